"""A promise that differs by the part of the year: the day on which the judged period starts decides."""

from __future__ import annotations

import datetime

import pytest
from malus.model.agreement import Terms
from malus.model.explanation import Judged
from malus.model.quantities import Outcome
from malus.model.seasons import Season
from malus.operations.render_steps import step_text

from tests.evaluation.written import MICROSECOND, at, fact, judge, reading, verdict, written

CAPACITY = (
    "capacity: {{measure: value, of: shop, from: readings, per: {per}, accepts: 0 % to 100 %, several: last,"
    " counted_in: period_of_start, no_data: undetermined}}"
)
LIMITS = "{november-march: 97 %, april-october: 94 %}"


def seasonal(limits: str = LIMITS, per: str = "month", **other: str) -> Terms:
    promise = f"promise: {{indicator: capacity, at_least: {limits}}}"
    clause = f"capacity: {{source: art. 6, {promise}, credit: {{each: period, amount: 50.00 EUR}}}}"
    return written(CAPACITY.format(per=per), clause, effective="2025-01-01", **other)


def told(terms: Terms, day: str, value: str) -> Outcome:
    period = judge(terms, [reading(f"{day} 12:00", value, indicator="capacity")], as_of="2027-01-01")
    return next(item.outcome for item in period.verdicts if item.level is not None)


@pytest.mark.parametrize(
    ("day", "value", "outcome"),
    [
        ("2026-10-20", "94", Outcome.MET),
        ("2026-10-20", "93.99", Outcome.MISSED),
        ("2026-11-20", "96.99", Outcome.MISSED),
        ("2026-11-20", "97", Outcome.MET),
        ("2026-03-20", "96.99", Outcome.MISSED),
        ("2026-04-20", "94", Outcome.MET),
        ("2026-01-20", "96.99", Outcome.MISSED),
    ],
)
def test_each_month_is_held_against_the_limit_of_its_season(day: str, value: str, outcome: Outcome) -> None:
    assert told(seasonal(), day, value) is outcome


def test_the_day_before_a_season_and_its_first_day_have_their_own_limits() -> None:
    daily = seasonal("{16 november-15 march: 97 %, 16 march-15 november: 94 %}", per="day")
    assert told(daily, "2026-11-15", "95") is Outcome.MET
    assert told(daily, "2026-11-16", "95") is Outcome.MISSED
    assert told(daily, "2026-03-15", "95") is Outcome.MISSED
    assert told(daily, "2026-03-16", "95") is Outcome.MET


def test_a_period_across_two_seasons_is_judged_whole_by_the_season_in_which_it_starts() -> None:
    quarters = seasonal(per="quarter")
    assert told(quarters, "2026-12-20", "95") is Outcome.MET
    assert told(quarters, "2026-02-20", "95") is Outcome.MISSED
    monthly = seasonal("{16 november-15 march: 97 %, 16 march-15 november: 94 %}")
    assert told(monthly, "2026-11-29", "95") is Outcome.MET
    assert told(monthly, "2026-03-29", "95") is Outcome.MISSED


def test_the_day_is_that_of_the_agreements_own_clock() -> None:
    # In Auckland the first of November begins while it is still October in UTC.
    assert told(seasonal(per="day", zone="Pacific/Auckland"), "2026-11-01", "95") is Outcome.MISSED
    assert told(seasonal(per="day", zone="America/New_York"), "2026-10-31", "95") is Outcome.MET


def test_the_29th_of_february_belongs_to_the_season_of_february() -> None:
    winter, rest = Season(first=(12, 1), last=(2, 29)), Season(first=(3, 1), last=(11, 30))
    assert winter.holds(datetime.date(2028, 2, 29))
    assert not rest.holds(datetime.date(2028, 2, 29))
    assert winter.holds(datetime.date(2027, 2, 28))
    assert rest.holds(datetime.date(2027, 3, 1))


def test_the_verdict_says_which_season_it_was_held_against() -> None:
    answer = judge(seasonal(), [reading("2026-11-20 12:00", "96", indicator="capacity")], as_of="2027-01-01")
    found = verdict(answer, "2026-11", "capacity")
    step = next(step for step in found.explanation.steps if isinstance(step, Judged))
    assert step.season == "november-march"
    assert step_text(step, "UTC") == "promised at least 97 % for november-march: missed"


@pytest.mark.parametrize(
    ("season", "text"),
    [
        (Season(first=(11, 1), last=(3, 31)), "november-march"),
        (Season(first=(7, 1), last=(7, 31)), "july"),
        (Season(first=(12, 1), last=(2, 29)), "december-february"),
        (Season(first=(12, 1), last=(2, 28)), "1 december-28 february"),
        (Season(first=(12, 24), last=(12, 24)), "24 december"),
        (Season(first=(7, 10), last=(7, 31)), "10 july-31 july"),
    ],
)
def test_a_season_is_printed_as_it_is_written(season: Season, text: str) -> None:
    assert season.text() == text


def test_a_season_has_days_that_exist() -> None:
    with pytest.raises(ValueError, match="day"):
        Season(first=(2, 30), last=(3, 31))


REPAIR = (
    "repair: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved,"
    " reopened: gap_counts, calendar: always, pauses: [], counted_in: period_of_end, while_open: runs}"
)
SLOW = (
    "slow: {source: art. 5, promise: {indicator: repair, at_most: {november-march: 4 hours, april-october: 8 hours}},"
    " credit: {each: incident, amount: 50.00 EUR}, escalation: [{at: promise, notify: manager, by: [email]}]}"
)


def test_an_incident_goes_by_the_season_in_which_its_clock_starts_whatever_period_counts_it() -> None:
    starts, ends = at("2026-10-31 23:59"), at("2026-11-01 00:00")
    events = [
        fact("AUTUMN", "opened", starts),
        fact("AUTUMN", "resolved", at("2026-11-01 07:59")),
        fact("WINTER", "opened", ends),
        fact("WINTER", "resolved", at("2026-11-01 04:00")),
        fact("LATE", "opened", ends),
        fact("LATE", "resolved", at("2026-11-01 04:00") + MICROSECOND),
    ]
    answer = judge(written(REPAIR, SLOW), events, as_of="2027-01-01")
    assert {item.subject: item.outcome for item in answer.verdicts} == {
        "AUTUMN": Outcome.MET,
        "WINTER": Outcome.MET,
        "LATE": Outcome.MISSED,
    }
    assert {item.period.label for item in answer.verdicts} == {"2026-11"}


def test_a_ladder_goes_by_the_season_of_its_incident_too() -> None:
    events = [fact("AUTUMN", "opened", "2026-10-31 20:00"), fact("WINTER", "opened", "2026-11-01 00:00")]
    steps = judge(written(REPAIR, SLOW), events, as_of="2026-11-02").escalations
    assert {step.key.subject: step.due_at for step in steps} == {
        "AUTUMN": at("2026-11-01 04:00"),
        "WINTER": at("2026-11-01 04:00"),
    }
