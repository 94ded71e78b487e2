"""Events in, decisions out: each event has its answer, each call is whole or gone, and what was said stays said."""

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from malus.model.assessment import Assessment
from malus.model.calendars import HorizonFault
from malus.model.decisions import Reason
from malus.model.events import Event, Transition
from malus.model.faults import MalusError
from malus.operations.evaluate_events import evaluate_events
from malus.operations.service_values import EventsCall

from tests.operations.rule_text import write_agreement
from tests.service.build import JUDGE, TENANT, at, claim, credited, desk, incident, outage, wanted

#: Five hours of June: a tenth of 12,000.00; a claim by 30 July makes it due.
FIVE_HOURS = outage("o1", "2026-06-03 10:00", "2026-06-03 15:00", outage_id="OUT-1")


def outcomes(answer: object) -> list[str]:
    return [item.outcome.value for item in answer.events]  # type: ignore[attr-defined]


def test_an_event_whose_period_still_runs_is_stored_and_decides_nothing_yet(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-15") as service:
        answer = service.send(FIVE_HOURS)
        assert outcomes(answer) == ["accepted"]
        assert answer.decisions == ()
        assert service.stored() == (FIVE_HOURS,)


def test_an_event_of_a_past_month_is_decided_with_the_money_of_its_terms(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        answer = service.send(FIVE_HOURS)
        assert credited(answer.decisions) == {"2026-06": ["1200"]}
        (decision,) = answer.decisions
        assert (decision.sequence, decision.decision.reason, decision.decision.state) == (1, Reason.FIRST, "claim_open")
        assert [name.key for name in answer.events[0].decisions] == [decision.decision.key]


def test_a_repeat_is_a_duplicate_with_the_decisions_of_its_first_call(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        first = service.send(FIVE_HOURS)
        service.moment.now = at("2026-07-20")
        again = service.send(FIVE_HOURS)
        assert outcomes(again) == ["duplicate"]
        assert again.events[0].decisions == first.events[0].decisions
        assert again.decisions == ()


def test_a_repeat_moves_no_clock_and_may_name_a_moment_that_has_passed(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        service.send(FIVE_HOURS, as_of="2026-07-15")
        service.advance("2026-08-01")
        assert outcomes(service.send(FIVE_HOURS, as_of="2026-07-15")) == ["duplicate"]
        assert service.ledger.clocks("default")["acme"].as_of == at("2026-08-01")


def test_the_same_id_with_other_content_is_a_conflict_and_overwrites_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        other = outage("o1", "2026-06-03 10:00", "2026-06-03 11:00", outage_id="OUT-1")
        answer = service.send(other)
        assert (outcomes(answer), answer.events[0].reason) == (["conflict"], "event-id-conflict")
        assert service.stored() == (FIVE_HOURS,)
        assert credited(service.pull().decisions) == {"2026-06": ["1200"]}


def test_each_decision_is_named_once_in_an_answer_however_many_events_brought_it(tmp_path: Path) -> None:
    many = [outage(f"o{day}", f"2026-06-{day:02} 10:00", f"2026-06-{day:02} 11:00") for day in range(1, 21)]
    with desk(tmp_path, now="2026-07-15") as service:
        first, again = service.send(*many), service.send(*many)
        for answer in (first, again):
            assert [len(item.decisions) for item in answer.events] == [1] + [0] * 19
        assert first.events[0].decisions == again.events[0].decisions


def test_two_sources_may_give_the_same_id(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        other = outage("o1", "2026-06-05 10:00", "2026-06-05 11:00", source="other")
        assert outcomes(service.send(FIVE_HOURS, other)) == ["accepted", "accepted"]


def test_an_id_twice_in_one_call_is_stored_once_and_rival_content_is_a_conflict(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        rival = outage("o1", "2026-06-04 10:00", "2026-06-04 15:00")
        answer = service.send(FIVE_HOURS, FIVE_HOURS, rival)
        assert outcomes(answer) == ["accepted", "duplicate", "conflict"]
        assert [len(item.decisions) for item in answer.events] == [1, 0, 0]
        assert service.stored() == (FIVE_HOURS,)


def test_an_old_event_beside_a_new_one_names_only_what_its_own_call_wrote(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        harmless = outage("o0", "2026-07-03 10:00", "2026-07-03 10:01")
        service.send(harmless)
        answer = service.send(harmless, FIVE_HOURS)
        assert outcomes(answer) == ["duplicate", "accepted"]
        assert answer.events[0].decisions == ()
        assert len(answer.events[1].decisions) == 1


def test_events_of_unknown_and_faulty_agreements_are_rejected_by_name_and_the_others_kept(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    write_agreement(rules, name="acme")
    write_agreement(rules, name="broken", more="nonsense: true\n")
    with desk(tmp_path, rules=rules, now="2026-07-15") as service:
        answer = service.send(
            outage("a", "2026-06-01", None, agreement="nobody"),
            outage("b", "2026-06-01", None, agreement="broken"),
            FIVE_HOURS,
        )
        assert [item.reason for item in answer.events] == ["unknown-agreement", "agreement-not-serving", ""]
        assert outcomes(answer) == ["rejected", "rejected", "accepted"]
        assert credited(answer.decisions) == {"2026-06": ["1200"]}


def test_what_depends_on_the_terms_is_stored_and_remarked(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        stranger = outage("o9", "2026-06-03 10:00", "2026-06-03 11:00", service="mail")
        before = outage("o8", "2025-06-03 10:00", "2025-06-03 11:00")
        answer = service.send(stranger, before, FIVE_HOURS)
        assert outcomes(answer) == ["accepted"] * 3
        assert [[remark.reason for remark in item.remarks] for item in answer.events] == [
            ["unknown-service"],
            ["no-terms-in-force"],
            [],
        ]


def test_a_late_event_revises_the_answer_with_the_difference_and_its_reason(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        late = service.send(outage("o2", "2026-06-20 10:00", "2026-06-20 15:00"))
        (revision,) = late.decisions
        assert (revision.decision.revision, revision.decision.supersedes) == (2, 1)
        assert revision.decision.reason is Reason.NEW_FACTS
        # Ten hours of 720 are below 99.0 %: 25 %, cut by the cap to 12 % of 12,000.00.
        assert credited(service.pull().decisions) == {"2026-06": ["1200", "1440"]}
        assert revision.decision.delta is not None
        assert revision.decision.delta.amount == Fraction(240)


def test_a_revision_that_time_would_have_brought_without_the_event_says_so(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        service.moment.now = at("2026-08-15")  # nobody claimed by 30 July
        answer = service.send(outage("o3", "2026-07-03 10:00", "2026-07-03 10:01"))
        (lapsed,) = answer.decisions
        assert (lapsed.decision.state, lapsed.decision.reason) == ("lapsed", Reason.TIME_PASSED)


def test_a_remedy_that_no_longer_follows_is_reduced_to_zero_by_a_revision(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(incident("i1", "INC-1", Transition.OPENED, "2026-06-03 10:00"))
        paid = credited(service.pull().decisions, "late-response")
        answer = service.send(incident("i2", "INC-1", Transition.RESPONDED, "2026-06-03 11:00"))
        (gone,) = answer.decisions
        assert paid == {"2026-06": ["250"]}
        assert (gone.decision.withdrawn, gone.decision.state) == (True, "reduced_to_zero")
        assert gone.decision.delta is not None
        assert gone.decision.delta.amount == Fraction(-250)


def test_the_moment_asked_for_may_not_lie_behind_the_clock_and_then_nothing_is_kept(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        with pytest.raises(MalusError) as told:
            service.send(outage("o2", "2026-06-20 10:00", None), as_of="2026-07-14")
        assert told.value.reason == "as-of-in-the-past"
        assert told.value.metadata == {
            "agreement": "acme",
            "as_of": "2026-07-13T22:00:00Z",
            "ledger_clock": "2026-07-14T22:00:00Z",
        }
        assert len(service.stored()) == 1


def test_without_a_moment_a_clock_that_is_ahead_stays_where_it_is(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-06-15") as service:
        service.advance("2026-09-01")
        answer = service.send(FIVE_HOURS)
        assert service.ledger.clocks("default")["acme"].as_of == at("2026-09-01")
        assert [item.decision.state for item in answer.decisions] == ["lapsed"]


def test_the_deltas_of_every_key_add_up_to_the_assessment_whatever_the_order_of_arrival(tmp_path: Path) -> None:
    events: list[Event] = [
        outage(f"o{day}", f"2026-06-{day:02} 10:00", f"2026-06-{day:02} {10 + day % 5 + 1}:00") for day in range(1, 13)
    ]
    events += [
        outage("o-may", "2026-05-03 10:00", "2026-05-03 20:00"),
        claim("c1", "uptime-credit", "2026-06", "2026-07-02"),
    ]
    events += [incident("i1", "INC-1", Transition.OPENED, "2026-06-03 10:00")]
    events += [incident("i2", "INC-1", Transition.RESPONDED, "2026-06-03 16:00")]
    answers = set()
    for seed in range(3):
        shuffled = random.Random(seed).sample(events, len(events))  # noqa: S311 - an order, no secret
        folder = tmp_path / str(seed)
        with desk(folder, now="2026-07-15") as service:
            for event in shuffled:
                service.send(event)
            service.advance("2026-07-20")
            standing = service.standing()
            deltas: dict[object, Fraction] = {}
            for item in service.pull().decisions:
                if item.decision.delta is not None:
                    key = item.decision.key
                    deltas[key] = deltas.get(key, Fraction(0)) + item.decision.delta.amount
            owed = {
                credit.key: credit.amount.amount
                for credit in standing.credits
                if credit.state != "accruing" and credit.amount
            }
            assert {key: total for key, total in deltas.items() if total} == {k: v for k, v in owed.items() if v}
            service.ledger.verify("default")
            answers.add(standing.digest())
    assert len(answers) == 1


def test_the_answer_is_that_of_the_plain_judgement_of_the_same_events(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        terms = service.catalogue.serving("default", "acme").terms
        plain = JUDGE(terms, (FIVE_HOURS,), as_of=at("2026-07-15"), known_at=None)
        assert service.standing().digest() == plain.digest()


def test_the_text_of_the_terms_is_kept_with_the_first_decision_by_them(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        (decision,) = service.send(FIVE_HOURS).decisions
        ((_, digest),) = decision.decision.terms
        (file,) = (tmp_path / "rules").rglob("*.yaml")
        assert service.ledger.terms_text("default", digest) == file.read_text()


def test_new_terms_for_the_same_date_give_a_revision_that_says_so(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
    (file,) = (tmp_path / "rules").rglob("*.yaml")
    file.write_text(file.read_text().replace("rate: 10 %", "rate: 11 %"))
    with desk(tmp_path, rules=tmp_path / "rules", now="2026-07-16") as service:
        service.advance("2026-07-16")
        last = service.pull().decisions[-1].decision
        assert (last.revision, last.reason) == (2, Reason.TERMS_CHANGED)
        assert credited(service.pull().decisions) == {"2026-06": ["1200", "1320"]}


@pytest.mark.parametrize("patience", [0, 1, 2])
def test_a_call_that_nobody_waits_for_any_more_keeps_nothing(patience: int, tmp_path: Path) -> None:
    left = patience

    def hung_up() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise MalusError("cancelled", "the caller hung up before anything was kept")

    with desk(tmp_path, now="2026-07-15") as service:
        with pytest.raises(MalusError, match="hung up"):
            service.send(FIVE_HOURS, check=hung_up)
        assert service.stored() == ()
        assert service.ledger.clocks("default") == {}
        assert service.pull().head.sequence == 0


def test_a_locked_store_is_told_as_one_to_try_again_and_keeps_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15", patience_seconds=0) as service:
        with desk(tmp_path, now="2026-07-15", patience_seconds=0) as other, other.ledger.writing("default") as held:
            held.clock_of("acme")
            with pytest.raises(MalusError) as told:
                service.send(FIVE_HOURS)
        assert (told.value.reason, told.value.metadata["cause"]) == ("store-unavailable", "ledger-locked")
        assert outcomes(service.send(FIVE_HOURS)) == ["accepted"]


@pytest.mark.parametrize("where", ["before-insert", "before-commit"])
def test_a_full_disk_is_told_as_such_keeps_nothing_and_the_next_call_is_as_if_nothing_had_happened(
    where: str, tmp_path: Path
) -> None:
    full = True

    def failpoint(name: str) -> None:
        if full and name == where:
            raise MalusError("ledger-full", "there is no room left for the ledger")

    with desk(tmp_path, now="2026-07-15", failpoint=failpoint) as service:
        with pytest.raises(MalusError) as told:
            service.send(FIVE_HOURS)
        assert (told.value.reason, told.value.metadata["cause"]) == ("store-unavailable", "ledger-full")
        assert (service.stored(), service.pull().decisions) == ((), ())
        full = False
        assert outcomes(service.send(FIVE_HOURS)) == ["accepted"]


def test_beyond_the_known_holidays_the_call_is_refused_by_name_and_keeps_nothing(tmp_path: Path) -> None:
    def beyond(*_: object, **__: object) -> Assessment:
        raise HorizonFault("office", "its holidays are known until 2030-12-31")

    with desk(tmp_path, judging=beyond) as service:
        with pytest.raises(MalusError) as told:
            service.send(FIVE_HOURS)
        assert (told.value.reason, told.value.metadata) == ("beyond-horizon", {"agreement": "acme"})
        assert "2030-12-31" in told.value.message
        assert service.stored() == ()


def halved(own_id: str = "o2", **more: object) -> Event:
    told = outage(own_id, "2026-06-03 10:00", "2026-06-03 10:20", outage_id="OUT-1")
    return replace(told, **{"corrects": "o1", **more})


def test_a_correction_revises_what_the_corrected_event_decided(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        answer = service.send(halved())
        assert outcomes(answer) == ["accepted"]
        (decision,) = answer.decisions
        assert (decision.decision.reason, decision.decision.withdrawn) == (Reason.NEW_FACTS, True)
        assert [remark.reason for remark in service.standing().remarks] == ["corrected"]
        assert outcomes(service.send(halved())) == ["duplicate"]


def test_a_correction_that_arrives_before_what_it_corrects_is_as_good(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        first = service.send(halved())
        assert [remark.reason for remark in first.events[0].remarks] == ["corrects-nothing"]
        late = service.send(FIVE_HOURS)
        assert ([remark.reason for remark in late.events[0].remarks], late.decisions) == (["corrected"], ())


def test_the_first_correction_that_was_accepted_stands(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS, halved())
        answer = service.send(halved("o3"), outage("o4", "2026-06-10 10:00", "2026-06-10 10:01"))
        assert (outcomes(answer), answer.events[0].reason) == (["conflict", "accepted"], "rival-corrections")
        assert "o2" in answer.events[0].message
        assert [event.id for event in service.stored()] == ["o1", "o2", "o4"]


def test_rival_corrections_in_one_call_stop_their_agreement_and_no_other(tmp_path: Path) -> None:
    with desk(tmp_path, "acme", "bolt", now="2026-07-15") as service:
        other = outage("b1", "2026-06-03 10:00", "2026-06-03 15:00", agreement="bolt")
        answer = service.send(FIVE_HOURS, halved("o2"), other, halved("o3"), halved("o3"))
        assert outcomes(answer) == ["rejected", "rejected", "accepted", "rejected", "rejected"]
        assert {item.reason for item in answer.events} == {"", "rival-corrections"}
        assert all(name in answer.events[0].message for name in ("o2", "o3"))
        assert service.stored() == ()
        assert service.ledger.clocks("default").keys() == {"bolt"}
        assert outcomes(service.send(FIVE_HOURS, halved("o3"))) == ["accepted", "accepted"]


def test_of_two_calls_written_together_the_first_correction_stands(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        calls = [
            EventsCall(events=told, as_of=None, check_wanted=wanted)
            for told in ((FIVE_HOURS, halved("o2")), (halved("o3"),))
        ]
        answers = evaluate_events(
            TENANT, calls, now=service.moment.now, catalogue=service.catalogue, ledger=service.ledger, judge=JUDGE
        )
        assert [outcomes(answer) for answer in answers] == [["accepted", "accepted"], ["conflict"]]
