"""Good files compile without a word; a bad file stands beside the exact text that its author gets."""

import datetime
from pathlib import Path

import pytest
from malus.model.faults import Severity
from malus.rulefiles.compiler import Compiled, compile_terms
from malus.rulefiles.frames import render

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.yaml"))
BAD = sorted((HERE / "bad").glob("*.yaml"))


def compiled(path: Path) -> Compiled:
    return compile_terms(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_compiles_without_errors_and_warnings(path: Path) -> None:
    result = compiled(path)
    assert [item for item in result.diagnostics if item.severity is not Severity.NOTE] == []
    assert result.terms is not None


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_says_exactly_what_stands_beside_it(path: Path, rewrites: bool) -> None:
    result = compiled(path)
    text = render(result.diagnostics, {path.name: result.lines})
    beside = path.with_suffix(".txt")
    if rewrites:
        beside.write_text(text, encoding="utf-8")
    assert text == beside.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_named_after_what_it_shows(path: Path) -> None:
    codes = {item.code for item in compiled(path).diagnostics}
    assert codes, "a bad file that says nothing proves nothing"
    if not any(path.stem.startswith(start) for start in UNCODED):
        assert any(path.stem.startswith(code.removesuffix("-indicator")) for code in codes)


#: Bad files whose name tells a story instead of a code.
UNCODED = (
    "calendar-on-days",
    "cure-that-is-not-there",
    "cycle-and-priority",
    "ends-before",
    "faults-of-",
    "many-at-once",
    "missing-",
    "priority-assumed",
    "unknown-currency",
    "unknown-country",
    "unused-names",
    "malformed-phone-and-email",
)


def test_the_example_of_the_handbook_compiles_with_six_notes() -> None:
    result = compiled(HERE / "good" / "noordzee-webshop.yaml")
    assert [item.code for item in result.diagnostics] == [
        "until-assumed",
        "cycle-assumed",
        "priority-by-assumed",
        "until-assumed",
        "until-assumed",
        "cap-counts-assumed",
    ]
    terms = result.terms
    assert terms is not None
    assert terms.effective == datetime.date(2026, 1, 1)
    assert [clause.name for clause in terms.clauses] == ["uptime-credit", "late-response", "chronic"]
    assert terms.is_signed()
