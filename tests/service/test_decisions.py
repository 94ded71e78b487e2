"""What billing takes and what anybody asks about it: stored answers, never judged again."""

import threading
from pathlib import Path

import pytest
from malus.model.assessment import Finality
from malus.model.events import Transition
from malus.model.faults import MalusError
from malus.operations.service_values import DecisionName, DecisionsWanted

from tests.operations.rule_text import write_agreement
from tests.service.build import TENANT, Desk, at, claim, desk, incident, outage

JUNE = outage("o6", "2026-06-03 10:00", "2026-06-03 15:00")
MAY = outage("o5", "2026-05-03 10:00", "2026-05-03 15:00")
LATE = incident("i1", "INC-1", Transition.OPENED, "2026-06-03 10:00")


def listed(service: Desk, after: DecisionName | None = None, most: int = 100, **told: object) -> list[str]:
    wanted = DecisionsWanted(**{"agreement": None} | told)  # type: ignore[arg-type]
    found = service.operations.list_decisions(TENANT, wanted, after=after, most=most)
    return [f"{item.decision.key.clause} {item.decision.key.occasion} r{item.decision.revision}" for item in found]


def test_the_latest_revisions_are_listed_by_clause_and_occasion_and_filtered(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(JUNE, MAY)
        service.send(LATE, claim("c1", "uptime-credit", "2026-06", "2026-07-10"))
        may, june = "uptime-credit 2026-04-30T22:00:00Z r1", "uptime-credit 2026-05-31T22:00:00Z r2"
        right, late = "chronic 2026-04-30T22:00:00Z r1", "late-response INC-1 r1"
        assert listed(service) == [right, late, may, june]
        assert listed(service, clause="uptime-credit") == [may, june]
        assert listed(service, kind="right") == [right]
        assert listed(service, kind="escalation") == []
        assert listed(service, period_after=at("2026-06-01")) == [late, june]
        assert listed(service, period_before=at("2026-06-01")) == [may]
        assert listed(service, finality=Finality.PROVISIONAL) == [right]
        assert listed(service, finality=Finality.FINAL) == [late, may, june]


def test_pages_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(JUNE, MAY, LATE)
        whole = service.operations.list_decisions(TENANT, DecisionsWanted(agreement="acme"), after=None, most=100)
        after, seen = None, []
        while page := service.operations.list_decisions(TENANT, DecisionsWanted(agreement="acme"), after=after, most=1):
            seen += page
            after = DecisionName(agreement="acme", key=page[-1].decision.key)
        assert tuple(seen) == whole
        assert len(whole) >= 3


def test_what_was_withdrawn_is_listed_only_where_it_is_asked_for(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(LATE)
        service.send(incident("i2", "INC-1", Transition.RESPONDED, "2026-06-03 11:00"))
        assert listed(service) == []
        assert listed(service, show_withdrawn=True) == ["late-response INC-1 r2"]


def test_any_revision_can_be_had_and_the_latest_without_naming_one(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        (first,) = service.send(JUNE).decisions
        service.send(outage("o7", "2026-06-20 10:00", "2026-06-20 15:00"))
        key = first.decision.key
        assert service.operations.get_decision(TENANT, DecisionName(agreement="acme", key=key, revision=1)) == first
        latest = service.operations.get_decision(TENANT, DecisionName(agreement="acme", key=key))
        assert latest.decision.revision == 2
        with pytest.raises(MalusError) as told:
            service.operations.get_decision(TENANT, DecisionName(agreement="acme", key=key, revision=3))
        assert told.value.reason == "unknown-decision"


def test_a_decision_is_explained_from_its_stored_steps_in_the_time_of_its_agreement(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(JUNE)
        (second,) = service.send(outage("o7", "2026-06-20 10:00", "2026-06-20 15:00")).decisions
        name = DecisionName(agreement="acme", key=second.decision.key)

    def unasked(*_: object, **__: object) -> object:
        raise AssertionError("explaining never judges")

    with desk(tmp_path, rules=tmp_path / "rules", now="2026-07-15", judging=unasked) as service:  # type: ignore[arg-type]
        sentences = service.operations.explain_decision(TENANT, name).sentences
    assert sentences[0] == (
        "uptime-credit, art. 4.2, by the terms of 2026-01-01 for 2026-06: claim open, provisional; "
        "1,440.00 EUR; revision 2: new facts, 240.00 EUR more than before"
    )
    assert any("25 %" in line for line in sentences)
    assert any("monthly" in line for line in sentences)


def test_an_agreement_whose_files_are_gone_is_still_listed_pulled_and_explained(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        (decision,) = service.send(JUNE).decisions
    write_agreement(tmp_path / "rules", name="borg")
    for file in (tmp_path / "rules" / "acme").iterdir():
        file.unlink()
    with desk(tmp_path, rules=tmp_path / "rules", now="2026-07-15") as service:
        assert listed(service, agreement="acme") != []
        assert service.pull(agreement="acme").decisions == (decision,)
        name = DecisionName(agreement="acme", key=decision.decision.key)
        assert "2026-06" in service.operations.explain_decision(TENANT, name).sentences[0]


def test_a_pull_reaches_past_what_is_not_wanted_and_says_whether_there_is_more(tmp_path: Path) -> None:
    with desk(tmp_path, "acme", "borg", now="2026-07-15") as service:
        service.send(JUNE)
        service.send(outage("b1", "2026-06-03 10:00", "2026-06-03 15:00", agreement="borg"))
        pulled = service.pull(agreement="borg")
        assert [item.decision.agreement for item in pulled.decisions] == ["borg"]
        assert (pulled.reached, pulled.more) == (pulled.head.sequence, False)
        first = service.pull(most=1)
        assert (first.reached, first.more) == (1, True)
        nothing = service.pull(final_only=True)
        assert (nothing.decisions, nothing.reached, nothing.more) == ((), pulled.head.sequence, False)


def test_what_was_passed_over_as_provisional_comes_again_when_it_is_final(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(JUNE)
        reached = service.pull(final_only=True).reached
        service.advance("2026-08-15")
        final = service.pull(after=reached, final_only=True).decisions
        assert [(item.decision.state, item.decision.finality) for item in final] == [("lapsed", Finality.FINAL)]


def test_a_consumer_goes_on_from_where_it_acknowledged_and_never_goes_back(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(JUNE, MAY)
        reached = service.pull(after=None, most=1).reached
        assert service.operations.acknowledge_decisions(TENANT, "billing", reached) == 1
        assert service.pull(after=None).decisions[0].sequence == 2
        assert service.operations.acknowledge_decisions(TENANT, "billing", 0) == 1
        assert service.pull(after=None, consumer="audit").decisions[0].sequence == 1


def test_a_place_beyond_the_end_is_refused(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        for ask in (
            lambda: service.pull(after=1),
            lambda: service.operations.acknowledge_decisions(TENANT, "billing", 1),
        ):
            with pytest.raises(MalusError) as told:
                ask()
            assert (told.value.reason, told.value.metadata) == ("cursor-beyond-end", {"cursor": "1"})


def test_unknown_agreements_are_refused(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        for ask in (lambda: service.pull(agreement="nobody"), lambda: listed(service, agreement="nobody")):
            with pytest.raises(MalusError) as told:
                ask()
            assert told.value.reason == "unknown-agreement"


def test_a_pull_beside_concurrent_writers_skips_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    names = [f"a{number}" for number in range(4)]
    with desk(tmp_path, *names, now="2026-07-15", patience_seconds=60) as service:
        faults: list[BaseException] = []

        def write(name: str) -> None:
            try:
                for day in range(1, 7):
                    start, end = f"2026-06-{day:02} 10:00", f"2026-06-{day:02} 11:30"
                    service.send(outage(f"{name}-{day}", start, end, agreement=name))
            except BaseException as fault:
                faults.append(fault)
                raise

        writers = [threading.Thread(target=write, args=(name,)) for name in names]
        for writer in writers:
            writer.start()
        seen, reached = [], 0
        while any(writer.is_alive() for writer in writers) or service.pull(after=reached).decisions:
            pulled = service.pull(after=reached, most=2)
            seen += [item.sequence for item in pulled.decisions]
            reached = pulled.reached
        assert faults == []
        assert seen == list(range(1, service.pull().head.sequence + 1))
        assert len(seen) >= 8
