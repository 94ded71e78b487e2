"""Which agreements are served, by which terms, when they are looked at again, and what keeps one from serving."""

import datetime
from pathlib import Path

import pytest
from malus.model.faults import MalusError, Severity
from malus.operations.service_values import DraftFile

from tests.operations.rule_text import AGREEMENT, write_agreement
from tests.service.build import JUDGE, TENANT, at, desk, outage


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_agreements_are_listed_by_name_with_their_terms_and_clock(tmp_path: Path) -> None:
    with desk(tmp_path, "borg", "acme") as service:
        service.send(outage("o1", "2026-06-03 10:00", None))
        found = service.operations.list_agreements(TENANT, after="", most=10)
        assert [(item.agreement, len(item.terms), item.ledger_clock) for item in found] == [
            ("acme", 1, at("2026-06-15")),
            ("borg", 1, None),
        ]
        assert service.operations.list_agreements(TENANT, after="acme", most=1) == found[1:]
        assert service.operations.get_agreement(TENANT, "acme") == found[0]
        assert service.operations.list_agreements("other", after="", most=10) == ()


def test_the_terms_of_a_day_come_with_their_text_as_it_was_written(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    write_agreement(rules)
    write_agreement(rules, effective="2026-10-01")
    with desk(tmp_path, rules=rules) as service:
        for on, effective in (("2026-09-30", "2026-01-01"), ("2026-10-01", "2026-10-01"), ("2027-12-31", "2026-10-01")):
            found = service.operations.terms_in_force(TENANT, "acme", day(on))
            assert found.terms.effective == day(effective)
            assert found.text == (rules / "acme" / f"{effective}-terms.yaml").read_text()
        for on in ("2025-12-31", "2028-01-01"):
            with pytest.raises(MalusError) as told:
                service.operations.terms_in_force(TENANT, "acme", day(on))
            assert (told.value.reason, told.value.metadata["date"]) == ("no-terms-in-force", on)


def test_unsigned_terms_are_never_in_force(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (file,) = write_agreement(rules).iterdir()
    file.write_text(file.read_text().replace("customer: 2025-12-15", "customer: unsigned"))
    file.write_text(file.read_text().replace("{provider: 2025-12-12, customer: unsigned}", "{provider: 2025-12-12}"))
    with desk(tmp_path, rules=rules) as service:
        with pytest.raises(MalusError, match="both parties signed"):
            service.operations.terms_in_force(TENANT, "acme", day("2026-06-01"))
        answer = service.send(outage("o1", "2026-06-03 10:00", None))
        assert [remark.reason for remark in answer.events[0].remarks] == ["unsigned-terms"]


def test_a_review_is_due_so_long_after_the_terms_took_effect_or_the_last_one_was_held(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    write_agreement(rules, name="acme")
    (file,) = write_agreement(rules, name="borg").iterdir()
    file.write_text(
        file.read_text().replace("review: {every: 12 months", "review: {every: 3 months, held: [2026-02-10]")
    )
    with desk(tmp_path, rules=rules, now="2026-06-15") as service:

        def due(by: str, after: tuple[datetime.date, str] | None = None) -> list[tuple[str, str, bool]]:
            found = service.operations.reviews_due(TENANT, day(by), after=after, most=10)
            return [(item.agreement, item.due_on.isoformat(), item.overdue) for item in found]

        assert due("2026-12-31") == [("borg", "2026-05-10", True)]
        assert due("2027-01-01") == [("borg", "2026-05-10", True), ("acme", "2027-01-01", False)]
        assert due("2027-01-01", (day("2026-05-10"), "borg")) == [("acme", "2027-01-01", False)]
        assert due("2026-05-09") == []


def test_a_faulty_agreement_is_named_with_its_faults_and_the_others_serve(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    write_agreement(rules, name="acme")
    write_agreement(rules, name="broken", more="nonsense: true\n")
    with desk(tmp_path, rules=rules) as service:
        state = service.operations.reload_status(TENANT)
        acme, broken = state.agreements
        assert (acme.agreement, acme.serving, acme.faulty, acme.loaded_at) == ("acme", True, False, at("2026-06-15"))
        assert (broken.agreement, broken.serving, broken.faulty, broken.loaded_at) == ("broken", False, True, None)
        assert [item.code for item in broken.diagnostics if item.severity is Severity.ERROR] == ["unknown-key"]
        with pytest.raises(MalusError) as told:
            service.operations.terms_in_force(TENANT, "broken", day("2026-06-01"))
        assert told.value.reason == "agreement-not-serving"


def test_an_agreement_whose_rules_do_not_pass_their_trial_does_not_serve(tmp_path: Path) -> None:
    from malus.operations.catalogue import load_catalogue

    def judging(terms: object, events: object, **told: object) -> object:
        if terms[0].agreement == "acme":  # type: ignore[index]
            raise MalusError("rules-refused", "the rules did not pass their trial")
        return JUDGE(terms, events, **told)  # type: ignore[arg-type]

    for name in ("acme", "borg"):
        write_agreement(tmp_path, name=name)
    catalogue = load_catalogue({TENANT: [tmp_path]}, judge=judging, now=0)  # type: ignore[arg-type]
    assert [(item.name, item.is_serving) for item in catalogue.agreements(TENANT)] == [("acme", False), ("borg", True)]
    assert [item.code for item in catalogue.named(TENANT, "acme").diagnostics][-1] == "rules-refused"


def test_the_generation_changes_with_the_meaning_of_the_terms_and_not_with_their_layout(tmp_path: Path) -> None:
    (file,) = write_agreement(tmp_path / "rules").iterdir()
    seen = []
    for change in (lambda text: text, lambda text: "# a remark\n" + text, lambda text: text.replace("25 %", "26 %")):
        file.write_text(change(file.read_text()))
        with desk(tmp_path, rules=tmp_path / "rules") as service:
            seen.append(service.operations.reload_status(TENANT).generation)
    assert seen[0] == seen[1] != seen[2]


def test_drafts_are_validated_together_and_nothing_of_them_is_kept(tmp_path: Path) -> None:
    text = AGREEMENT.format(name="acme", effective="2026-01-01", zone="Europe/Amsterdam").encode()
    with desk(tmp_path) as service:

        def errors(*files: DraftFile) -> list[str]:
            found = service.operations.validate_rule_files(TENANT, files)
            return [f"{item.place.path} {item.code}" for item in found if item.severity is Severity.ERROR]

        assert errors(DraftFile(path="a.yaml", content=text)) == []
        assert errors(DraftFile(path="a.yaml", content=b"\xff\xfe")) != []
        same_day = errors(DraftFile(path="a.yaml", content=text), DraftFile(path="b.yaml", content=text))
        assert same_day == ["b.yaml overlapping-terms"]
