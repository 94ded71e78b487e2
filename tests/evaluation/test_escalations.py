"""Ladders of escalation, and the customer's duty to report."""

import datetime
from dataclasses import replace

import pytest
from malus.model.explanation import TimeLimit

from tests.evaluation.written import (
    PROMISE,
    UPTIME_CREDIT,
    at,
    down_minutes,
    fact,
    judge,
    outage,
    reasons,
    written,
)

OPENED = fact("I", "opened", "2026-06-03 10:00")
STEPS = (
    "{at: 80 % of promise, notify: desk, by: [phone]}",
    "{at: promise, notify: manager, by: [email]}",
    "{within: 4 hours, after: promise, calendar: office, notify: manager, by: [email]}",
    "{within: 1 hour, before: promise, notify: desk, by: [phone, email]}",
)


def ladder(*steps, calendar="always", promise="at_most: 4 hours", **choices):
    said = {"starts": "opened", "ends": "responded", "pauses": "[waiting]", "by": "at_end"} | choices
    keys = ", ".join(f"{name}: {value}" for name, value in said.items())
    return written(
        f"it: {{measure: elapsed, of: shop, from: incidents, per: month, calendar: {calendar}, "
        "counted_in: period_of_start, "
        f"while_open: runs, {keys}}}",
        f"it: {{source: a, promise: {{indicator: it, {promise}}}, escalation: [{', '.join(steps)}]}}",
    )


def raised(answer):
    return [(item.step, item.due_at, item.state.value) for item in answer.escalations]


def test_every_step_has_its_due_time_and_they_are_listed_in_that_order():
    answer = judge(ladder(*STEPS), [OPENED], as_of="2026-06-03 13:00")
    assert raised(answer) == [
        (4, at("2026-06-03 13:00"), "raised"),
        (1, at("2026-06-03 13:12"), "coming"),
        (2, at("2026-06-03 14:00"), "coming"),
        # Three office hours on Wednesday are left at 14:00, one on Thursday.
        (3, at("2026-06-04 10:00"), "coming"),
    ]
    first = answer.escalations[0]
    assert (first.notify, first.by, first.key.subject, first.key.slot) == (
        "desk",
        ("email", "phone"),
        "I",
        "escalation-4",
    )


def test_a_step_is_coming_until_the_instant_it_is_due():
    terms = ladder(STEPS[0])
    due = at("2026-06-03 13:12")
    assert raised(judge(terms, [OPENED], as_of=due - 1)) == [(1, due, "coming")]
    assert raised(judge(terms, [OPENED], as_of=due)) == [(1, due, "raised")]


@pytest.mark.parametrize(("late", "held"), [(-1, False), (0, False), (1, True)])
def test_a_step_does_not_hold_where_the_incident_ended_at_or_before_its_due_time(late, held):
    ended = fact("I", "responded", at("2026-06-03 13:12") + late)
    assert bool(judge(ladder(STEPS[0]), [OPENED, ended]).escalations) is held


def test_a_pause_moves_the_due_time():
    events = [
        OPENED,
        fact("I", "paused", "2026-06-03 11:00", reason="waiting"),
        fact("I", "resumed", "2026-06-03 12:30"),
    ]
    assert raised(judge(ladder(STEPS[1]), events)) == [(1, at("2026-06-03 15:30"), "raised")]


def test_due_times_run_on_the_calendar_of_the_indicator():
    friday = fact("I", "opened", "2026-06-05 16:00")
    assert raised(judge(ladder(STEPS[1], calendar="office"), [friday])) == [(1, at("2026-06-08 12:00"), "raised")]


def test_a_share_of_the_promise_is_rounded_up_to_a_microsecond():
    terms = ladder("{at: 33 % of promise, notify: desk, by: [phone]}", promise="at_most: 1 second")
    assert judge(terms, [OPENED]).escalations[0].due_at == at("2026-06-03 10:00") + 330_000
    third = ladder("{at: 33.33335 % of promise, notify: desk, by: [phone]}", promise="at_most: 1 second")
    assert judge(third, [OPENED]).escalations[0].due_at == at("2026-06-03 10:00") + 333_334


def test_the_ladder_of_an_incident_follows_the_limit_of_its_priority():
    terms = ladder(STEPS[1], promise="at_most: {high: 2 hours, low: 8 hours}")
    events = [fact("H", "opened", "2026-06-03 10:00", "high"), fact("L", "opened", "2026-06-03 10:00", "low")]
    assert [(item.key.subject, item.due_at) for item in judge(terms, events).escalations] == [
        ("H", at("2026-06-03 12:00")),
        ("L", at("2026-06-03 18:00")),
    ]


def test_a_ladder_follows_the_terms_at_the_opening_even_where_the_clock_starts_later():
    old, new = ladder(STEPS[1], starts="accepted"), ladder(STEPS[0], starts="accepted")
    later = written_from(new, "2026-07-01")
    events = [fact("I", "opened", "2026-06-30 23:00"), fact("I", "accepted", "2026-07-01 01:00")]
    answer = judge([old, later], events)
    assert [(item.due_at, item.explanation.terms_effective) for item in answer.escalations] == [
        (at("2026-07-01 05:00"), "2026-01-01")
    ]


def written_from(terms, effective):
    return replace(terms, effective=datetime.date.fromisoformat(effective))


def test_a_contradictory_incident_climbs_no_ladder():
    answer = judge(ladder(STEPS[1]), [OPENED, fact("I", "opened", "2026-06-03 11:00")])
    assert answer.escalations == ()


BREACH = "{within: 2 business days, after: breach, until: end_of_day, notify: manager, by: [email]}"


def test_the_ladder_of_a_monthly_promise_runs_from_the_end_of_the_month():
    terms = written(clauses=f"it: {{source: a, {PROMISE}, escalation: [{BREACH}]}}")
    # June closes on Tuesday; two business days later is Thursday.
    due = at("2026-07-03") - 1
    assert raised(judge(terms, [down_minutes(60)], as_of="2026-07-01")) == [(1, due, "coming")]
    assert raised(judge(terms, [down_minutes(60)], as_of=due)) == [(1, due, "raised")]
    assert judge(terms, [down_minutes(60)], as_of=at("2026-07-01") - 1).escalations == ()
    assert judge(terms, []).escalations == ()


def test_a_clause_over_a_window_has_its_ladder_too():
    terms = written(
        clauses=(
            f"{UPTIME_CREDIT}\nagain: {{source: b, when: {{missed: uptime, at_least: 2 months, "
            "within: any 2 months}, "
            f"fires: once_while_true, escalation: [{BREACH}]}}"
        )
    )
    events = [down_minutes(60), down_minutes(60, "2026-07-03 10:00")]
    assert raised(judge(terms, events)) == [(1, at("2026-08-05") - 1, "raised")]
    assert judge(terms, events[:1]).escalations == ()


def test_a_declared_fact_and_a_missed_obligation_have_their_ladders_too():
    plan = "obligation: {deliver: plan, by: provider, within: 2 days, after: breach, until: end_of_day}"
    terms = written(
        clauses=f"it: {{source: a, {PROMISE}, declares: critical, {plan}}}\n"
        f"told: {{source: b, when: {{declared: critical}}, escalation: [{BREACH}]}}\n"
        f"worse: {{source: c, when: {{not_fulfilled: it}}, escalation: [{BREACH}]}}"
    )
    answer = judge(terms, [down_minutes(60)])
    assert [(item.key.clause, item.due_at) for item in answer.escalations] == [
        ("told", at("2026-07-03") - 1),
        # The plan was due to the end of Thursday 2 July, which closes it: two business days later is Monday.
        ("worse", at("2026-07-07") - 1),
    ]


DUTY = "{{report: {}, within: 3 business days, after: {}, until: end_of_day, source: art. 6.1}}"
# Wednesday 3 June and three business days: Monday 8 June.
REPORT_ENDS = at("2026-06-09") - 1


def duties(report="outages", after="outage_start"):
    return written(duties=DUTY.format(report, after))


@pytest.mark.parametrize(("told", "missed"), [(REPORT_ENDS, 0), (REPORT_ENDS + 1, 1), (None, 1)])
def test_an_outage_reported_at_the_last_instant_is_in_time(told, missed):
    event = down_minutes(60, reported_at=told, id="o")
    found = judge(duties(), [event]).missed_duties
    assert len(found) == missed
    for duty in found:
        assert (duty.subject, duty.due_until, duty.done_at, duty.source) == ("o", REPORT_ENDS, told, "art. 6.1")


def test_a_duty_is_not_missed_before_its_last_instant_is_over():
    assert judge(duties(), [down_minutes(60)], as_of=REPORT_ENDS).missed_duties == ()
    assert len(judge(duties(), [down_minutes(60)], as_of=REPORT_ENDS + 1).missed_duties) == 1


def test_a_report_that_lies_ahead_was_not_made_yet():
    event = down_minutes(60, reported_at=at("2026-06-20"))
    [duty] = judge(duties(), [event], as_of="2026-06-15").missed_duties
    assert duty.done_at is None


def test_a_duty_may_run_from_the_end_of_an_outage_and_not_while_it_is_open():
    event = outage("2026-06-03 10:00", "2026-06-04 12:00")
    [duty] = judge(duties(after="outage_end"), [event]).missed_duties
    assert duty.due_until == at("2026-06-10") - 1
    assert judge(duties(after="outage_end"), [outage("2026-06-03 10:00")]).missed_duties == ()


def test_a_contradictory_outage_is_no_missed_duty():
    story = [
        outage("2026-06-03 10:00", "2026-06-03 11:00", outage_id="o", id="1"),
        outage(None, "2026-06-03 12:00", outage_id="o", id="2"),
    ]
    answer = judge(duties(), story)
    assert answer.missed_duties == ()
    assert reasons(answer) == ["contradictory-facts"]


def test_a_step_after_the_promise_runs_from_when_the_promise_is_used_up():
    answer = judge(ladder(*STEPS), [OPENED], as_of="2026-06-05")
    runs_from = {
        item.step: [step.runs_from for step in item.explanation.steps if isinstance(step, TimeLimit)]
        for item in answer.escalations
    }
    opened, used_up = [at("2026-06-03 10:00")], [at("2026-06-03 14:00")]
    assert runs_from == {1: opened, 2: opened, 3: used_up, 4: opened}
