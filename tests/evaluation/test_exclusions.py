"""Excused time: which exclusion events the terms accept, their notice, their budget."""

import pytest
from malus.model.explanation import TimeExcluded
from malus.model.instants import HOUR, MINUTE

from tests.evaluation.written import UPTIME, at, excused, judge, outage, reasons, verdict, written

PLANNED = UPTIME.replace("per: month", "per: month, excluding: [maintenance], excluded_time: counts_as_up")


def down(answer, period="2026-06"):
    level = verdict(answer, period).level
    return level.denominator - level.numerator


def steps(answer, period="2026-06"):
    return [step for step in verdict(answer, period).explanation.steps if isinstance(step, TimeExcluded)]


def maintained(announced, start="2026-06-10 22:00", end="2026-06-10 23:00", notice="5 business days"):
    terms = written(
        PLANNED, exclusions=f"maintenance: {{cause: maintenance, announced: at least {notice}, source: art. 3.4}}"
    )
    return judge(terms, [excused(start, end, announced), outage(start, end)])


def test_maintenance_announced_exactly_five_business_days_ahead_is_excused():
    answer = maintained("2026-06-03 22:00")
    assert down(answer) == 0
    [step] = steps(answer)
    assert (step.microseconds, step.refused) == (HOUR, "")
    assert "5" in step.noticed


def test_maintenance_announced_one_microsecond_late_is_not_excused_and_the_reason_is_shown():
    answer = maintained(at("2026-06-03 22:00") + 1)
    assert down(answer) == HOUR
    [step] = steps(answer)
    assert step.microseconds == 0
    assert "too late" in step.refused


def test_maintenance_that_nobody_announced_is_not_excused():
    answer = maintained(None)
    assert down(answer) == HOUR
    assert "no announcement" in steps(answer)[0].refused


@pytest.mark.parametrize(
    ("notice", "latest"),
    [
        ("48 hours", "2026-06-08 22:00"),
        ("2 days", "2026-06-08 22:00"),
        ("1 week", "2026-06-03 22:00"),
        ("1 month", "2026-05-10 22:00"),
        ("1 quarter", "2026-03-10 22:00"),
        ("1 year", "2025-06-10 22:00"),
    ],
)
def test_notice_runs_back_from_the_start_and_its_last_instant_is_inside(notice, latest):
    assert down(maintained(latest, notice=notice)) == 0
    assert down(maintained(at(latest) + 1, notice=notice)) == HOUR


def test_only_the_causes_that_the_indicator_lists_are_excused():
    answer = judge(
        written(
            PLANNED, exclusions="maintenance: {cause: maintenance, source: a}\nforce: {cause: force_majeure, source: b}"
        ),
        [excused("2026-06-10", "2026-06-11", cause="force_majeure"), outage("2026-06-10 10:00", "2026-06-10 11:00")],
    )
    assert down(answer) == HOUR
    assert steps(answer) == []


def test_an_exclusion_of_another_service_excuses_nothing():
    services = "{shop: {title: Shop}, mail: {title: Mail}}"
    terms = written(PLANNED, services=services, exclusions="maintenance: {cause: maintenance, source: a}")
    events = [
        excused("2026-06-10", "2026-06-11", service="mail"),
        outage("2026-06-10 10:00", "2026-06-10 11:00", service="shop"),
    ]
    assert down(judge(terms, events)) == HOUR
    events[0] = excused("2026-06-10", "2026-06-11", service="shop")
    assert down(judge(terms, events)) == 0


BUDGET = "maintenance: {cause: maintenance, at_most: 2 hours per month, first: earliest, source: art. 3.4}"


def test_a_budget_is_used_by_the_earliest_time_first():
    events = [
        excused("2026-06-20 01:00", "2026-06-20 02:00", id="late"),
        excused("2026-06-10 01:00", "2026-06-10 02:30", id="early"),
        outage("2026-06-10 01:00", "2026-06-10 02:30"),
        outage("2026-06-20 01:00", "2026-06-20 02:00"),
    ]
    answer = judge(written(PLANNED, exclusions=BUDGET), events)
    assert down(answer) == 30 * MINUTE
    assert [(step.event, step.microseconds) for step in steps(answer)] == [
        ("early", 90 * MINUTE),
        ("late", 30 * MINUTE),
    ]


def test_a_used_up_budget_is_given_as_the_reason():
    events = [
        excused("2026-06-10 01:00", "2026-06-10 03:00"),
        excused("2026-06-20 01:00", "2026-06-20 02:00"),
        outage("2026-06-20 01:00", "2026-06-20 02:00"),
    ]
    answer = judge(written(PLANNED, exclusions=BUDGET), events)
    assert down(answer) == HOUR
    assert "budget" in steps(answer)[1].refused


def test_a_budget_begins_again_with_its_own_period_inside_one_window():
    events = [
        excused("2026-06-30 20:00", "2026-07-01 04:00"),
        outage("2026-06-30 20:00", "2026-07-01 04:00"),
    ]
    answer = judge(written(PLANNED, exclusions=BUDGET), events)
    assert (down(answer, "2026-06"), down(answer, "2026-07")) == (2 * HOUR, 2 * HOUR)


def test_a_budget_is_not_used_by_what_was_announced_too_late():
    terms = written(
        PLANNED,
        exclusions="maintenance: {cause: maintenance, announced: at least 2 days, at_most: 2 hours per month, "
        "first: earliest, source: art. 3.4}",
    )
    events = [
        excused("2026-06-10 01:00", "2026-06-10 03:00", "2026-06-09"),
        excused("2026-06-20 01:00", "2026-06-20 03:00", "2026-06-01"),
        outage("2026-06-20 01:00", "2026-06-20 03:00"),
    ]
    assert down(judge(terms, events)) == 0


def test_overlapping_exclusions_excuse_the_same_time_once():
    events = [
        excused("2026-06-10 01:00", "2026-06-10 03:00", id="a"),
        excused("2026-06-10 02:00", "2026-06-10 04:00", id="b"),
        outage("2026-06-10 00:00", "2026-06-10 05:00"),
    ]
    answer = judge(written(PLANNED, exclusions="maintenance: {cause: maintenance, source: a}"), events)
    assert down(answer) == 2 * HOUR
    assert [step.microseconds for step in steps(answer)] == [2 * HOUR, HOUR]


def test_an_exclusion_goes_to_the_first_of_two_of_its_cause_that_accepts_it():
    terms = written(
        PLANNED.replace("[maintenance]", "[planned, urgent]"),
        exclusions="planned: {cause: maintenance, announced: at least 5 days, source: a}\n"
        "urgent: {cause: maintenance, announced: at least 1 hour, source: b}",
    )
    window = ("2026-06-10 01:00", "2026-06-10 02:00")
    answer = judge(terms, [excused(*window, "2026-06-09 20:00"), outage(*window)])
    assert down(answer) == 0
    assert [step.exclusion for step in steps(answer)] == ["urgent"]


def test_an_exclusion_that_still_lasts_is_cut_at_the_moment_of_asking():
    events = [excused("2026-06-10 01:00", None), outage("2026-06-10 00:00")]
    terms = written(PLANNED, exclusions="maintenance: {cause: maintenance, source: a}")
    assert down(judge(terms, events, as_of="2026-06-10 05:00")) == HOUR


def test_an_exclusion_that_has_not_begun_does_not_exist_yet():
    terms = written(PLANNED, exclusions="maintenance: {cause: maintenance, source: a}")
    answer = judge(terms, [excused("2026-06-20", "2026-06-21")], as_of="2026-06-10")
    assert steps(answer) == []


def test_an_exclusion_for_a_cause_that_no_terms_excuse_is_remarked():
    answer = judge(written(), [excused("2026-06-10", "2026-06-11", cause="third_party")])
    assert reasons(answer) == ["unused"]
