"""What is remembered of compiled rule files: the same answer, never a stale one, and nothing that cannot be lost."""

import os
import pickle
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from malus.operations import compiled_files, compiling
from malus.operations.agreements import LoadedRules, load_agreements
from malus.operations.compiled_files import CompiledFiles
from malus.rulefiles.compiler import compile_terms

from tests.operations.rule_text import write_agreement

EVERY_CONSTRUCT = Path(__file__).parents[1] / "rulefiles" / "good" / "every-construct.yaml"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    write_agreement(folder, name="acme")
    write_agreement(folder, name="bolt")
    write_agreement(folder, name="faulty", more="nonsense: 1\n")
    return folder


def loaded(rules: Path, cache: Path) -> LoadedRules:
    return load_agreements([rules], remembered=CompiledFiles(cache))


def said(found: LoadedRules) -> tuple[object, ...]:
    return found.agreements, found.diagnostics, dict(found.lines), found.files, found.contents


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are compiled from now on."""
    paths: list[str] = []
    compile_terms = compiling.compile_terms

    def counted(content: bytes, path: str) -> object:
        paths.append(Path(path).parent.name)
        return compile_terms(content, path)

    monkeypatch.setattr(compiling, "compile_terms", counted)
    return paths


def test_a_file_that_has_not_changed_is_not_compiled_again_and_says_the_same(
    rules: Path, cache: Path, compilations: list[str]
) -> None:
    fresh = load_agreements([rules])
    first = loaded(rules, cache)
    compilations.clear()
    again = loaded(rules, cache)
    assert compilations == []
    assert said(fresh) == said(first) == said(again)
    assert [item.terms[0].digest() for item in again.agreements if item.terms] == [
        item.terms[0].digest() for item in fresh.agreements if item.terms
    ]


def spelled(value: Any) -> Any:
    """All that a value holds, also what equality and the digest leave aside and what is worked out once."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, [(each.name, spelled(getattr(value, each.name))) for each in fields(value)]
    if isinstance(value, tuple):
        return [spelled(item) for item in value]
    return type(value).__name__, value


def test_every_construct_comes_back_with_all_that_it_holds(cache: Path) -> None:
    path = "rules/every/construct.yaml"
    content = EVERY_CONSTRUCT.read_bytes()
    fresh = compile_terms(content, path)
    first = CompiledFiles(cache)
    first.keep(path, content, fresh)
    first.save()
    again = CompiledFiles(cache).found(path, content)
    assert again is not None
    assert fresh.terms is not None
    assert spelled(again.terms) == spelled(fresh.terms)
    assert dict(again.places) == dict(fresh.places)


def test_findings_over_several_files_are_found_on_remembered_ones_too(rules: Path, cache: Path) -> None:
    (file,) = (rules / "acme").iterdir()
    (rules / "acme" / "2026-03-01-named-wrongly.yaml").write_bytes(file.read_bytes())
    fresh = load_agreements([rules])
    loaded(rules, cache)
    assert said(loaded(rules, cache)) == said(fresh)
    assert {"overlapping-terms", "name-disagrees"} <= {item.code for item in fresh.diagnostics}


def test_only_the_file_that_changed_is_compiled_again(rules: Path, cache: Path, compilations: list[str]) -> None:
    loaded(rules, cache)
    (file,) = (rules / "bolt").iterdir()
    file.write_text(file.read_text().replace("12000.00", "13000.00"))
    compilations.clear()
    changed = loaded(rules, cache)
    assert compilations == ["bolt"]
    assert said(changed) == said(load_agreements([rules]))


def test_agreements_of_one_wording_share_what_they_say(rules: Path, cache: Path) -> None:
    loaded(rules, cache)
    acme, bolt = (item.terms[0] for item in loaded(rules, cache).agreements if item.terms)
    assert acme.clauses is bolt.clauses
    assert acme.indicators is bolt.indicators
    assert acme.agreement != bolt.agreement


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_what_was_damaged_is_compiled_anew(rules: Path, cache: Path, damage: bytes | None) -> None:
    loaded(rules, cache)
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-7] if damage is None else damage)
    assert said(loaded(rules, cache)) == said(load_agreements([rules]))
    assert len(list(cache.iterdir())) == 1


def test_a_folder_that_is_deleted_or_cannot_be_written_changes_nothing(rules: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("no folder")
    assert said(loaded(rules, blocked / "cache")) == said(load_agreements([rules]))


def test_another_version_of_the_compiler_compiles_anew_and_clears_up(
    rules: Path, cache: Path, compilations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(rules, cache)
    monkeypatch.setattr(compiled_files, "compiler_version", lambda: "later")
    compilations.clear()
    loaded(rules, cache)
    assert sorted(compilations) == ["acme", "bolt", "faulty"]
    assert len(list(cache.iterdir())) == 1


def test_a_folder_that_others_may_write_to_is_not_believed(rules: Path, cache: Path, compilations: list[str]) -> None:
    loaded(rules, cache)
    cache.chmod(0o777)
    compilations.clear()
    loaded(rules, cache)
    assert len(compilations) == 3


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo harm",)


def test_an_entry_that_would_call_something_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pickle.UnpicklingError, match="no part of a compiled file"):
        compiled_files._Reader(pickle.dumps(_Harm())).load()
