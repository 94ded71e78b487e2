"""Which files make an agreement, and how one that is faulty stays out without taking others along."""

import datetime
from pathlib import Path

import pytest
from malus.model.faults import MalusError
from malus.operations.agreements import LoadedRules, load_agreements

from tests.operations.rule_text import AGREEMENT, write_agreement


def names(rules: LoadedRules) -> list[tuple[str, int, bool]]:
    return [(item.name, len(item.terms), item.is_refused) for item in rules.agreements]


def codes(rules: LoadedRules) -> set[str]:
    return {item.code for item in rules.diagnostics}


def test_a_folder_of_folders_holds_an_agreement_in_each_and_scenarios_are_no_rules(tmp_path: Path) -> None:
    place = write_agreement(tmp_path, name="acme")
    write_agreement(tmp_path / "region", name="bolt")
    (place / "scenarios").mkdir()
    (place / "scenarios" / "june.yaml").write_text("scenario: June\n")
    (place / "notes.txt").write_text("no rule file")
    assert names(load_agreements([tmp_path])) == [("acme", 1, False), ("bolt", 1, False)]


def test_terms_of_one_agreement_are_in_order_of_effective_date_however_they_are_named(tmp_path: Path) -> None:
    place = write_agreement(tmp_path, effective="2026-07-01")
    write_agreement(tmp_path, effective="2026-01-01")
    files = sorted(place.iterdir())
    for paths in ([place], files, files[::-1], [tmp_path, *files]):
        (only,) = load_agreements(paths).agreements[:1]
        assert [terms.effective.isoformat() for terms in only.terms] == ["2026-01-01", "2026-07-01"]


def test_an_error_in_one_file_keeps_its_whole_agreement_out_and_no_other(tmp_path: Path) -> None:
    write_agreement(tmp_path, name="acme", effective="2026-01-01")
    write_agreement(tmp_path, name="acme", effective="2026-07-01", more="nonsense: 1\n")
    write_agreement(tmp_path, name="bolt")
    rules = load_agreements([tmp_path])
    assert names(rules) == [("acme", 0, True), ("bolt", 1, False)]
    assert set(rules.judged()) == {"bolt"}
    assert "unknown-key" in codes(rules)
    (path,) = {item.place.path for item in rules.diagnostics if item.code == "unknown-key"}
    assert rules.lines[path][-1] == "nonsense: 1"


def test_a_faulty_agreement_is_called_by_its_other_files_or_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "a.yaml").write_text("nonsense: 1\n")
    assert names(load_agreements([tmp_path])) == [("left", 0, True)]


def test_one_agreement_in_two_folders_is_refused_with_both_places(tmp_path: Path) -> None:
    write_agreement(tmp_path / "one")
    write_agreement(tmp_path / "two")
    rules = load_agreements([tmp_path])
    assert names(rules) == [("acme", 0, True), ("acme", 0, True)]
    twice = [item for item in rules.diagnostics if item.code == "agreement-twice"]
    assert len(twice) == 2
    assert twice[0].also[0][0].path == twice[1].place.path


def test_two_agreements_in_one_folder_are_a_fault(tmp_path: Path) -> None:
    place = write_agreement(tmp_path)
    (place / "other.yaml").write_text(AGREEMENT.format(name="other", effective="2026-07-01", zone="Europe/Amsterdam"))
    assert names(load_agreements([place])) == [("acme", 0, True)]


def test_a_path_that_is_missing_or_holds_no_rules_is_the_callers_fault(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(MalusError) as caught:
            load_agreements([path])
        assert caught.value.reason == "no-rule-files"


def test_the_day_is_given_and_only_findings_about_dates_use_it(tmp_path: Path) -> None:
    write_agreement(tmp_path)
    assert "review-overdue" not in codes(load_agreements([tmp_path]))
    assert "review-overdue" in codes(load_agreements([tmp_path], today=datetime.date(2027, 6, 1)))


def test_loading_tells_each_file_before_it_is_read(tmp_path: Path) -> None:
    write_agreement(tmp_path)
    write_agreement(tmp_path, name="bolt")
    told: list[tuple[int, int]] = []
    load_agreements([tmp_path], progress=lambda _, done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_scenario_named_as_a_rule_file_is_one_fault_that_says_what_to_do_with_it(tmp_path: Path) -> None:
    path = tmp_path / "june.yaml"
    path.write_text("scenario: June\nas_of: 2026-07-15\nexpect: [{total: 0.00 EUR}]\n")
    (found,) = load_agreements([path]).diagnostics
    assert (found.code, found.what) == ("scenario-file", "this is a scenario: play it with `malus test`")
