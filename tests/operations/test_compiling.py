"""Many rule files are compiled on several cores: in the order given, the same as one by one, whatever a child does."""

import io
import pickle
from pathlib import Path

import pytest
from malus.operations import compiling
from malus.operations.compiling import compile_all, compile_share
from malus.rulefiles.compiler import compile_terms

from tests.operations.rule_text import write_agreement


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[str, bytes]]:
    for name in ("acme", "bolt"):
        write_agreement(tmp_path, name=name)
    good = [(str(path), path.read_bytes()) for path in sorted(tmp_path.rglob("*.yaml"))]
    return [good[0], ("bad", b"a: ["), good[1]]


def alone(files: list[tuple[str, bytes]]) -> list[tuple[object, object, object]]:
    compiled = [compile_terms(content, path) for path, content in files]
    return [(entry.terms, entry.diagnostics, dict(entry.places)) for entry in compiled]


@pytest.mark.parametrize("children", [0, 1, 5])
def test_files_come_back_in_their_order_whoever_compiled_them(files: list[tuple[str, bytes]], children: int) -> None:
    told: list[str] = []
    compiled = compile_all(files, told=told.append, children=children)
    assert [(entry.terms, entry.diagnostics, dict(entry.places)) for entry in compiled] == alone(files)
    assert told == [path for path, _ in files[:: children + 1]]


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "pass"])
def test_the_share_of_a_child_that_fails_is_compiled_here(
    files: list[tuple[str, bytes]], program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "_PROGRAM", program)
    compiled = compile_all(files, told=lambda _: None, children=1)
    assert [(entry.terms, entry.diagnostics, dict(entry.places)) for entry in compiled] == alone(files)


def test_a_child_answers_for_each_file_it_is_handed(files: list[tuple[str, bytes]]) -> None:
    answer = io.BytesIO()
    compile_share(io.BytesIO(pickle.dumps(files)), answer)
    compiled = pickle.loads(answer.getvalue())  # noqa: S301 - our own answer
    assert [(entry.terms, entry.diagnostics, dict(entry.places)) for entry in compiled] == alone(files)


def test_a_few_files_are_worth_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_started", lambda _: pytest.fail("a child was started"))
    assert compile_all([("bad", b"a: [")], told=lambda _: None)[0].terms is None
