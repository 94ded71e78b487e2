"""What time alone brings: clocks moved on purpose, transitions that come due, and a machine clock that lies."""

from pathlib import Path

import pytest
from malus.model.decisions import Reason
from malus.model.events import Transition
from malus.model.faults import MalusError
from malus.operations.advance import Ticking

from tests.service.build import JUDGE, Desk, at, desk, incident, outage

FIVE_HOURS = outage("o1", "2026-06-03 10:00", "2026-06-03 15:00")


def ticking(service: Desk) -> Ticking:
    return Ticking(catalogue=service.catalogue, ledger=service.ledger, judge=JUDGE)


def test_the_end_of_a_period_decides_what_was_only_a_view(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-15") as service:
        assert service.send(FIVE_HOURS).decisions == ()
        (decision,) = service.advance("2026-07-01")
        assert (decision.decision.state, decision.decision.as_of) == ("claim_open", at("2026-07-01"))


def test_a_moment_that_is_reached_already_decides_nothing_again(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-15") as service:
        service.send(FIVE_HOURS)
        assert len(service.advance("2026-07-01")) == 1
        assert service.advance("2026-07-01") == ()


def test_a_step_that_comes_after_the_claim_lapses_is_a_revision_by_time(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-15") as service:
        service.send(FIVE_HOURS)
        service.advance("2026-07-01")
        (lapsed,) = service.advance("2026-08-10")
        assert (lapsed.decision.reason, lapsed.decision.state) == (Reason.TIME_PASSED, "lapsed")


def test_a_clock_never_goes_back(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        service.advance("2026-07-01")
        with pytest.raises(MalusError) as told:
            service.advance("2026-06-30")
        assert told.value.reason == "as-of-in-the-past"


def test_all_agreements_are_moved_together_or_none_is(tmp_path: Path) -> None:
    with desk(tmp_path, "acme", "borg") as service:
        service.advance("2026-07-01", None)
        assert {name: clock.as_of for name, clock in service.ledger.clocks("default").items()} == {
            "acme": at("2026-07-01"),
            "borg": at("2026-07-01"),
        }
        service.advance("2026-08-01", "borg")
        with pytest.raises(MalusError) as told:
            service.advance("2026-07-15", None)
        assert told.value.metadata["agreement"] == "borg"
        assert service.ledger.clocks("default")["acme"].as_of == at("2026-07-01")


def test_an_unknown_agreement_has_no_clock_to_move(tmp_path: Path) -> None:
    with desk(tmp_path) as service, pytest.raises(MalusError) as told:
        service.advance("2026-07-01", "nobody")
    assert told.value.reason == "unknown-agreement"


def test_a_look_judges_what_has_come_due_and_nothing_else(tmp_path: Path) -> None:
    with desk(tmp_path, "acme", "borg", now="2026-06-30 12:00") as service:
        service.send(FIVE_HOURS)
        looks = ticking(service)
        assert looks.tick(at("2026-06-30 13:00")).decisions == 0
        assert service.ledger.clocks("default")["acme"].as_of == at("2026-06-30 12:00")
        assert looks.tick(at("2026-07-01 00:00")).decisions == 1
        assert looks.tick(at("2026-07-01 00:01")).decisions == 0
        (decision,) = service.pull().decisions
        assert decision.decision.as_of == at("2026-07-01")
        assert "borg" not in service.ledger.clocks("default")


def test_an_open_incident_comes_due_while_nobody_sends_anything(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-30 18:00") as service:
        service.send(incident("i1", "INC-1", Transition.OPENED, "2026-06-30 17:00"))
        looks = ticking(service)
        assert looks.tick(at("2026-06-30 23:00")).decisions == 0
        assert looks.tick(at("2026-07-01 01:00")).decisions == 1
        # From then on it is late in a month that has ended: 250.00.
        assert service.pull().decisions[-1].decision.key.clause == "late-response"


def test_a_jump_of_more_than_a_day_waits_for_an_operator(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-20") as service:
        service.send(FIVE_HOURS)
        looks = ticking(service)
        assert not looks.tick(at("2026-06-20 01:00")).held
        assert looks.tick(at("2026-07-30")).held
        assert service.pull().decisions == ()
        service.advance("2026-07-30")
        assert not looks.tick(at("2026-07-30 00:10")).held


def test_after_a_start_the_newest_ledger_clock_is_what_a_jump_is_measured_from(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-29") as service:
        service.send(FIVE_HOURS)
        assert ticking(service).tick(at("2026-07-15")).held
        # 24 hours are no jump yet; a microsecond more is one.
        assert not ticking(service).tick(at("2026-06-30")).held
        assert ticking(service).tick(at("2026-06-30") + 1).held


def test_a_clock_that_goes_back_is_ignored(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-30 12:00") as service:
        service.send(FIVE_HOURS)
        looks = ticking(service)
        looks.tick(at("2026-07-01 01:00"))
        back = looks.tick(at("2026-05-20"))
        assert (back.decisions, back.held, back.failed) == (0, False, ())
        assert service.ledger.clocks("default")["acme"].as_of == at("2026-07-01 01:00")
        assert not looks.tick(at("2026-07-01 02:00")).held


def test_one_agreement_that_cannot_be_judged_keeps_no_other_from_its_transition(tmp_path: Path) -> None:
    def judging(terms: object, events: object, **told: object) -> object:
        if terms[0].agreement == "acme":  # type: ignore[index]
            raise MalusError("rules-refused", "the rules did not pass their trial")
        return JUDGE(terms, events, **told)  # type: ignore[arg-type]

    with desk(tmp_path, "acme", "borg", now="2026-06-30 12:00") as service:
        service.send(FIVE_HOURS, outage("b1", "2026-06-03 10:00", "2026-06-03 15:00", agreement="borg"))
        looks = Ticking(catalogue=service.catalogue, ledger=service.ledger, judge=judging)  # type: ignore[arg-type]
        ticked = looks.tick(at("2026-07-01"))
        assert ticked.decisions == 1
        assert [(agreement, fault.reason) for _, agreement, fault in ticked.failed] == [
            ("acme", "agreement-not-serving")
        ]
