"""What compiling promises: every fault at once, no noise after a fault, and one digest for one meaning."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.model.faults import Severity
from malus.model.indicators import Elapsed
from malus.rulefiles.compiler import compile_terms
from malus.rulefiles.documents import ByShape, Kind, ListOf, NamesTo
from malus.rulefiles.forms import ByKey, ByWord, Form
from malus.rulefiles.forms_agreement import AGREEMENT
from malus.rulefiles.spelling import nearest

HERE = Path(__file__).parent
SHORT = (HERE / "good" / "short.yaml").read_text(encoding="utf-8")
EVERY = (HERE / "good" / "every-construct.yaml").read_text(encoding="utf-8")
HANDBOOK = (HERE / "good" / "noordzee-webshop.yaml").read_text(encoding="utf-8")


def codes(text: str) -> list[str]:
    return [item.code for item in compile_terms(text, "x.yaml").diagnostics]


def digest_of(text: str) -> str:
    terms = compile_terms(text, "x.yaml").terms
    assert terms is not None
    return terms.digest()


def as_text(text: str) -> dict[str, Any]:
    """A rule file as plain dicts and lists in which every scalar is still text."""
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it builds nothing but text
    return loaded


def written_keys(text: str) -> list[tuple[int, int, str]]:
    """Line, column (from 0) and text of every key of the language in a file, names of the author left out."""
    ours = {key for form in forms_of(AGREEMENT) for key in (item.name for item in form.keys)}
    found: list[tuple[int, int, str]] = []

    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found.append((key.start_mark.line, key.start_mark.column, key.value))
                walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                walk(item)

    walk(yaml.compose(text, Loader=yaml.SafeLoader))
    return [item for item in found if item[2] in ours]


def forms_of(kind: Kind[object], seen: set[int] | None = None) -> Iterator[Form]:
    seen = set() if seen is None else seen
    if id(kind) in seen:
        return
    seen.add(id(kind))
    match kind:
        case Form():
            yield kind
            for key in kind.keys:
                yield from forms_of(key.kind, seen)
        case ByWord() | ByKey():
            for _, form in kind.forms:
                yield from forms_of(form, seen)
        case ListOf() | NamesTo():
            yield from forms_of(kind.of, seen)
        case ByShape():
            for part in (kind.scalar, kind.sequence, kind.mapping):
                if part is not None:
                    yield from forms_of(part, seen)
        case _:
            return


def test_the_file_of_every_construct_writes_every_key_of_every_form() -> None:
    written = {key for _, _, key in written_keys(EVERY)}
    missing = {key.name for form in forms_of(AGREEMENT) for key in form.keys} - written
    assert missing == set()


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("ignored_outages_up_to", "the nearest are `ignore_up_to`"),
        ("zzz", "its keys are `measure`, `from`, `of`, `per`,"),
        ("z" * 200, "its keys are `measure`, `from`, `of`, `per`,"),
    ],
)
def test_a_key_that_is_no_slip_of_any_other_is_answered_with_the_nearest_or_with_all_of_a_form(key, hint):
    text = SHORT.replace("ignore_up_to: ", f"{key}: 1\n    ignore_up_to: ", 1)
    (found,) = compile_terms(text, "x.yaml").diagnostics
    assert (found.code, found.hint[: len(hint)]) == ("unknown-key", hint)


def misspelt(word: str) -> str:
    """A slip that no other key is nearer to: a letter doubled, far enough in for the kind to be recognised."""
    return word + word[-1] if len(word) < 4 else word[:-2] + word[-2] + word[-2] + word[-1]


@pytest.mark.parametrize(("line", "column", "key"), written_keys(EVERY), ids=str)
def test_a_misspelt_key_is_named_with_the_right_spelling_and_nothing_else(line: int, column: int, key: str) -> None:
    lines = EVERY.splitlines(keepends=True)
    text = lines[line]
    assert text[column:].startswith(key)
    lines[line] = text[:column] + misspelt(key) + text[column + len(key) :]
    if nearest(misspelt(key), [key]) is None:
        pytest.fail(f"{misspelt(key)} is too far from {key} to prove anything")
    found = compile_terms("".join(lines), "x.yaml")
    # The file itself has one note, for it holds a duty that nothing judges.
    said = [item for item in found.diagnostics if item.code != "duty-not-judged"]
    assert [(item.code, item.place.line, item.place.column, item.hint) for item in said] == [
        ("unknown-key", line + 1, column + 1, f"did you mean `{key}`?")
    ]
    assert found.terms is None


FAULTS = {
    "title: Hosting\n": ("title: ' '\n", "malformed-text"),
    "ends: 2026-12-31\n": ("ends: someday\n", "malformed-date"),
    "hosting: {amount: 40000.00 EUR": ("hosting: {amount: 40000.00 USD", "wrong-unit"),
    "hours: 08:00-18:00": ("hours: 8-18", "malformed-hours"),
    "cause: maintenance": ("cause: upkeep", "unknown-value"),
    "of: shop\n    from: outages": ("of: shoq\n    from: outages", "unknown-service"),
    "ends: responded": ("ends: answered", "unknown-value"),
    "at_least: 99.9 %}": ("at_least: 99.9}", "wrong-unit"),
    "amount: 250.00 EUR": ("amount: 250 EUR each", "wrong-unit"),
    "notify: desk": ("notify: dask", "unknown-contact"),
    "within: any 6 months": ("within: 6 months", "malformed-quantity"),
    "of: customer}": ("of: client}", "unknown-value"),
    "30 % of hosting": ("30 % of hostin", "unknown-charge"),
    "otherwise: lapses": ("otherwise: stays", "unknown-value"),
    "rest: carried_over": ("rest: kept", "unknown-value"),
}


def test_faults_all_over_a_file_are_all_reported_in_one_run() -> None:
    text = SHORT
    for good, (bad, _) in FAULTS.items():
        assert good in text
        text = text.replace(good, bad, 1)
    expected = sorted(code for _, code in FAULTS.values())
    assert sorted(codes(text)) == expected


@pytest.mark.parametrize("good", FAULTS, ids=lambda text: text.strip().replace("\n", " "))
def test_one_fault_makes_no_noise_elsewhere(good: str) -> None:
    bad, code = FAULTS[good]
    assert codes(SHORT.replace(good, bad, 1)) == [code]


def test_a_name_whose_declaration_failed_is_still_known() -> None:
    text = SHORT.replace("measure: availability", "measure: availabilitie")
    found = codes(text)
    assert found == ["unknown-value"]


def test_comments_layout_and_the_order_of_keys_do_not_change_the_digest() -> None:
    for text in (SHORT, HANDBOOK, EVERY):
        data = as_text(text)
        clauses = data["clauses"]
        turned = yaml.dump(reordered(data) | {"clauses": clauses}, sort_keys=False, allow_unicode=True, width=70)
        assert digest_of("# another comment\n" + turned) == digest_of(text)


def reordered(value: object) -> dict[str, object]:
    def turn(part: object) -> object:
        if isinstance(part, dict):
            return {key: turn(part[key]) for key in sorted(part, reverse=True)}
        return [turn(item) for item in part] if isinstance(part, list) else part

    turned = turn(value)
    assert isinstance(turned, dict)
    return turned


def test_the_order_of_clauses_changes_the_digest() -> None:
    data = as_text(SHORT)
    data["clauses"] = dict(reversed(data["clauses"].items()))
    assert digest_of(yaml.dump(data, sort_keys=False, width=1000)) != digest_of(SHORT)


@pytest.mark.parametrize(
    ("good", "other"),
    [
        ("rate: 25 %", "rate: 25.01 %"),
        ("below: 95.0 %, rate", "at_most: 94.99999 %, rate"),
        ("{kind: termination", "{kind: step_in"),
        ("holidays: none", "holidays: NL"),
        ("cut: pro_rata", "cut: in_order"),
        ("within: 30 days", "within: 31 days"),
        ("round: half_up", "round: half_even"),
    ],
)
def test_another_meaning_has_another_digest(good: str, other: str) -> None:
    text = SHORT.replace("overlap: refuse", "overlap: refuse\n      gaps: undetermined")
    assert good in text
    assert digest_of(text.replace(good, other, 1)) != digest_of(text)


def test_the_path_of_a_file_is_no_part_of_its_meaning() -> None:
    one, other = compile_terms(SHORT, "a.yaml").terms, compile_terms(SHORT, "b.yaml").terms
    assert one is not None
    assert other is not None
    assert one.digest() == other.digest()


def test_equal_quantities_written_otherwise_mean_the_same() -> None:
    assert digest_of(SHORT.replace("99.9 %", "99.900 %").replace("4 hours", "240 minutes")) == digest_of(SHORT)


def test_holidays_are_explicit_dates_past_the_end_of_the_terms_and_name_their_data() -> None:
    result = compile_terms(HANDBOOK, "x.yaml")
    assert result.terms is not None
    office = next(item for item in result.calendars if item.name == "office")
    days = {day.isoformat(): name for day, name in office.holidays}
    assert days["2026-04-27"] == "Koningsdag"
    assert office.horizon_end.year == 2030
    assert office.holiday_source.startswith("NL, holidays ")
    assert any(version.startswith("holidays ") for version in result.terms.data_versions)
    assert any(version.startswith("tzdata ") for version in result.terms.data_versions)


def test_names_of_holidays_do_not_depend_on_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "import sys; from malus.rulefiles.compiler import compile_terms;"
        "print(compile_terms(sys.stdin.read(), 'x').terms.digest())"
    )
    digests = set()
    for language in ("en_US.UTF-8", "nl_NL.UTF-8", "uk_UA.UTF-8"):
        monkeypatch.setenv("LANGUAGE", language)
        run = subprocess.run([sys.executable, "-c", script], input=HANDBOOK, capture_output=True, text=True, check=True)
        digests.add(run.stdout)
    assert len(digests) == 1


def test_a_duty_that_runs_from_an_outage_speaks_of_outages() -> None:
    terms = compile_terms(HANDBOOK, "x.yaml").terms
    assert terms is not None
    customer = next(party for party in terms.parties if party.party == "customer")
    assert [duty.report for duty in customer.duties] == ["outages"]


def test_a_condition_on_an_indicator_names_the_clause_that_promises_it() -> None:
    terms = compile_terms(HANDBOOK, "x.yaml").terms
    assert terms is not None
    assert terms.clauses[2].condition.name == "uptime-credit"  # type: ignore[union-attr]


def test_an_elapsed_time_without_a_cycle_is_counted_by_month() -> None:
    terms = compile_terms(HANDBOOK, "x.yaml").terms
    assert terms is not None
    response = terms.indicator("response")
    assert isinstance(response, Elapsed)
    assert response.cycle.kind == "month"


def test_compiling_imports_no_numeric_library_and_no_holidays_unless_a_country_is_named() -> None:
    script = (
        "import sys; from malus.rulefiles.compiler import compile_terms;"
        "assert compile_terms(sys.stdin.read(), 'x').terms;"
        "print(sorted({'numba', 'numpy', 'pyarrow', 'holidays'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], input=SHORT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


LINES = EVERY.splitlines(keepends=True)
WORDS = sorted({word for line in LINES for word in line.replace(",", " ").split()})


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good file with up to six slips: lines lost, doubled or swapped, words and characters exchanged."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "word", "character", "cut", "indent"])):
            case "drop":
                lines[at] = ""
            case "double":
                lines[at] *= 2
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "word":
                words = lines[at].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS))
                lines[at] = " ".join(words)
            case "character":
                where = draw(st.integers(0, max(len(lines[at]) - 1, 0)))
                lines[at] = lines[at][:where] + draw(st.characters()) + lines[at][where + 1 :]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))] + "\n"
            case "indent":
                lines[at] = "  " + lines[at]
    return "".join(lines)


@settings(max_examples=150)
@given(mutated())
def test_no_slip_makes_compiling_raise_and_terms_never_come_with_errors(text: str) -> None:
    result = compile_terms(text, "x.yaml")
    errors = [item for item in result.diagnostics if item.severity is Severity.ERROR]
    assert (result.terms is None) == bool(errors)
    if result.terms is not None:
        assert len(result.terms.digest()) == 64


def test_what_terms_restate_and_leave_out_is_carried_and_counts_in_their_digest() -> None:
    plain = compile_terms(EVERY, "x.yaml").terms
    assert plain is not None
    assert plain.restates == ("2026-02-16", "2026-03-16")
    assert plain.not_modelled == (("art. 15", "who appears in court is no matter of levels"),)
    for changed in (
        EVERY.replace("restates: [2026-02-16, 2026-03-16]", "restates: [2026-02-16]"),
        EVERY.replace("no matter of levels", "a matter of law"),
    ):
        other = compile_terms(changed, "x.yaml").terms
        assert other is not None
        assert other.digest() != plain.digest()


@pytest.mark.parametrize("blank", ["\xa0", "\u2003", "\u3000", "\x0b", "\x1c", "\x85"])
@pytest.mark.parametrize("line", ["{}a: 1", "{}- a", "x: {{b: 1\n{}c: 2", "  {}]: 1", "a: 'b'{}c", "{}"])
def test_white_space_that_is_no_blank_is_a_fault_wherever_a_line_breaks_off(blank: str, line: str) -> None:
    for before in ("", "format: 1\n", "a:\n  b: 1\n", "a:\n  - b\n"):
        found = compile_terms(f"{before}{line.format(blank)}\n", "x.yaml")
        assert found.terms is None
        assert found.diagnostics
