"""Availability from outages: what is down, for how long, out of what."""

from fractions import Fraction

import pytest
from malus.model.explanation import Margin, Undetermined
from malus.model.instants import MINUTE, SECOND
from malus.model.quantities import Outcome

from tests.evaluation.written import (
    MICROSECOND,
    UPTIME,
    UPTIME_CREDIT,
    at,
    credit,
    down_for,
    down_minutes,
    excused,
    judge,
    money,
    outage,
    reasons,
    verdict,
    written,
)

ALLOWED_IN_JUNE = 43 * MINUTE + 12 * SECOND


def june(*events):
    return verdict(judge(written(), events), "2026-06")


def test_forty_three_minutes_and_twelve_seconds_down_keep_99_9_percent_of_june():
    answer = judge(written(), [down_for(ALLOWED_IN_JUNE)])
    assert verdict(answer, "2026-06").outcome is Outcome.MET
    assert answer.credits == ()


def test_one_microsecond_more_down_breaks_the_promise_and_pays_a_tenth():
    answer = judge(written(), [down_for(ALLOWED_IN_JUNE + MICROSECOND)])
    found = verdict(answer, "2026-06")
    assert found.outcome is Outcome.MISSED
    assert (found.level.numerator, found.level.denominator) == (43_200 * MINUTE - ALLOWED_IN_JUNE - 1, 43_200 * MINUTE)
    assert credit(answer, "2026-06").amount == money("1200")


def test_the_margin_says_how_much_less_down_time_would_have_kept_the_promise():
    found = june(down_for(ALLOWED_IN_JUNE + 3))
    margins = [step for step in found.explanation.steps if isinstance(step, Margin)]
    assert [(step.direction, step.microseconds, step.towards) for step in margins] == [("less", 3, "met")]


def test_overlapping_outages_count_once():
    events = [
        outage("2026-06-03 10:00", "2026-06-03 10:30"),
        outage("2026-06-03 10:10", "2026-06-03 10:43"),
        outage("2026-06-03 10:15", "2026-06-03 10:20"),
    ]
    assert june(*events).level.exact() == 1 - at_share(43 * MINUTE)


def at_share(microseconds, minutes=43_200):
    return Fraction(microseconds, minutes * MINUTE)


def test_an_outage_across_a_month_end_counts_in_each_month_its_part():
    answer = judge(written(), [outage("2026-06-30 23:00", "2026-07-01 02:00")])
    assert verdict(answer, "2026-06").level.exact() == 1 - at_share(60 * MINUTE)
    assert verdict(answer, "2026-07").level.exact() == 1 - at_share(120 * MINUTE, 44_640)


def test_a_march_day_lost_to_summer_time_has_twenty_three_hours():
    found = verdict(judge(written(), [outage("2026-03-29", "2026-03-30")]), "2026-03")
    assert found.level.denominator - found.level.numerator == 23 * 60 * MINUTE
    assert found.level.denominator == (31 * 24 - 1) * 60 * MINUTE


IGNORES_FIVE = UPTIME.replace("0 seconds", "5 minutes")


@pytest.mark.parametrize(("length", "down"), [(5 * MINUTE, 0), (5 * MINUTE + 1, 5 * MINUTE + 1)])
def test_an_outage_as_long_as_is_ignored_counts_nothing_and_one_microsecond_longer_counts_whole(length, down):
    found = verdict(judge(written(IGNORES_FIVE), [down_for(length)]), "2026-06")
    assert found.level.denominator - found.level.numerator == down


def test_short_outages_that_touch_are_one_long_outage():
    events = [down_minutes(3, "2026-06-03 10:00"), down_minutes(3, "2026-06-03 10:03")]
    found = verdict(judge(written(IGNORES_FIVE), events), "2026-06")
    assert found.level.denominator - found.level.numerator == 6 * MINUTE


def test_an_outage_is_measured_whole_before_the_month_end_cuts_it():
    events = [outage("2026-06-30 23:56", "2026-07-01 00:04")]
    answer = judge(written(IGNORES_FIVE), events)
    assert verdict(answer, "2026-06").level.exact() == 1 - at_share(4 * MINUTE)


LEAVES = UPTIME.replace("per: month", "per: month, excluding: [force], excluded_time: leaves_the_base")
COUNTS_UP = LEAVES.replace("leaves_the_base", "counts_as_up")
FORCE = "force: {cause: force_majeure, source: art. 11}"


@pytest.mark.parametrize(("indicator", "base"), [(LEAVES, 29 * 1440), (COUNTS_UP, 30 * 1440)])
def test_excluded_time_leaves_the_base_or_counts_as_up(indicator, base):
    terms = written(indicator, exclusions=FORCE)
    events = [
        excused("2026-06-10", "2026-06-11", cause="force_majeure"),
        outage("2026-06-10 22:00", "2026-06-11 01:00"),
    ]
    found = verdict(judge(terms, events), "2026-06")
    assert found.level.exact() == 1 - at_share(60 * MINUTE, base)


def test_a_month_excluded_whole_has_no_base_and_is_undetermined_not_a_penalty():
    terms = written(LEAVES, exclusions=FORCE)
    events = [excused("2026-06-01", "2026-07-01", cause="force_majeure"), down_minutes(600)]
    answer = judge(terms, events)
    found = verdict(answer, "2026-06")
    assert (found.outcome, found.level) == (Outcome.UNDETERMINED, None)
    assert answer.credits == ()


@pytest.mark.parametrize(("no_data", "outcome"), [("met", Outcome.MET), ("missed", Outcome.MISSED)])
def test_a_month_without_base_counts_as_the_terms_say(no_data, outcome):
    terms = written(LEAVES.replace("per: month", f"per: month, no_data: {no_data}"), exclusions=FORCE)
    answer = judge(terms, [excused("2026-06-01", "2026-07-01", cause="force_majeure")])
    assert verdict(answer, "2026-06").outcome is outcome
    if outcome is Outcome.MISSED:
        pending = credit(answer, "2026-06")
        assert pending.amount is None
        assert "no level" in pending.pending_on


def test_a_month_without_base_takes_the_level_of_the_month_before():
    terms = written(LEAVES.replace("per: month", "per: month, no_data: previous"), exclusions=FORCE)
    events = [excused("2026-06-01", "2026-08-01", cause="force_majeure"), down_minutes(60, "2026-05-04 10:00")]
    answer = judge(terms, events)
    for month in ("2026-06", "2026-07"):
        assert verdict(answer, month).level == verdict(answer, "2026-05").level
    assert credit(answer, "2026-07").amount == money("1200")


def test_the_first_month_without_base_has_no_previous_level_and_is_undetermined():
    terms = written(LEAVES.replace("per: month", "per: month, no_data: previous"), exclusions=FORCE)
    answer = judge(terms, [excused("2026-01-01", "2026-02-01", cause="force_majeure")])
    assert verdict(answer, "2026-01").outcome is Outcome.UNDETERMINED


def test_an_open_outage_lasts_until_the_moment_of_asking():
    answer = judge(written(), [outage("2026-06-03 10:00")], as_of="2026-06-03 12:00")
    found = verdict(answer, "2026-06")
    assert found.level.exact() == 1 - at_share(120 * MINUTE)


def test_an_end_that_lies_ahead_is_not_yet_so():
    story = [outage("2026-06-03 10:00", "2026-06-03 14:00")]
    found = verdict(judge(written(), story, as_of="2026-06-03 12:00"), "2026-06")
    assert found.level.exact() == 1 - at_share(120 * MINUTE)


def test_an_end_told_later_closes_the_outage_it_names():
    events = [
        outage("2026-06-03 10:00", outage_id="o", id="1"),
        outage(None, "2026-06-03 11:00", outage_id="o", id="2"),
    ]
    assert june(*events).level.exact() == 1 - at_share(60 * MINUTE)


@pytest.mark.parametrize(
    "events",
    [
        [
            outage("2026-06-03 10:00", "2026-06-03 10:01", outage_id="o", id="1"),
            outage(None, "2026-06-03 11:00", outage_id="o", id="2"),
        ],
        [
            outage("2026-06-03 10:00", outage_id="o", id="1"),
            outage("2026-06-03 09:00", "2026-06-03 11:00", outage_id="o", id="2"),
        ],
        [
            outage("2026-06-03 10:00", outage_id="o", id="1"),
            outage(None, "2026-06-03 09:00", outage_id="o", id="2"),
        ],
    ],
)
def test_two_stories_of_one_outage_leave_the_month_undetermined_and_both_are_named(events):
    answer = judge(written(), [*events, down_minutes(600, "2026-05-04 10:00"), down_minutes(600)])
    found = verdict(answer, "2026-06")
    assert (found.outcome, found.level) == (Outcome.UNDETERMINED, None)
    [why] = [step for step in found.explanation.steps if isinstance(step, Undetermined)]
    assert {name[0] for name in why.named} == {"1", "2"}
    assert verdict(answer, "2026-05").outcome is Outcome.MISSED
    assert [item.period.label for item in answer.credits] == ["2026-05"]
    assert reasons(answer) == ["contradictory-facts"]


def test_a_contradictory_outage_leaves_only_the_months_it_touches_undetermined():
    events = [
        outage("2026-06-30 23:00", "2026-06-30 23:30", outage_id="o", id="1"),
        outage(None, "2026-07-01 00:30", outage_id="o", id="2"),
    ]
    answer = judge(written(), events)
    touched = [item.period.label for item in answer.verdicts if item.outcome is Outcome.UNDETERMINED]
    assert touched == ["2026-06", "2026-07"]


def test_an_outage_whose_start_nobody_told_leaves_the_month_of_its_end_undetermined():
    answer = judge(written(), [outage(None, "2026-06-03 11:00", outage_id="o", id="1")])
    assert verdict(answer, "2026-06").outcome is Outcome.UNDETERMINED
    assert verdict(answer, "2026-05").outcome is Outcome.MET
    assert reasons(answer) == ["incomplete-subject"]


def test_a_contradictory_outage_never_merges_with_a_true_one():
    told_twice = [
        outage("2026-05-31 23:00", "2026-05-31 23:30", outage_id="o", id="1"),
        outage(None, "2026-06-01", outage_id="o", id="2"),
    ]
    answer = judge(written(IGNORES_FIVE), [*told_twice, down_minutes(4, "2026-06-01 00:00")])
    assert verdict(answer, "2026-06").level.exact() == 1


def test_an_outage_of_no_length_is_nothing():
    assert june(down_for(0)).level.exact() == 1


def test_only_outages_of_the_asked_severity_count():
    terms = written(UPTIME.replace("per: month", "per: month, where: {severity: [major, critical]}"))
    events = [
        down_minutes(100, severity="minor"),
        down_minutes(10, "2026-06-05 10:00", severity="major"),
        down_minutes(20, "2026-06-06 10:00"),
    ]
    assert verdict(judge(terms, events), "2026-06").level.exact() == 1 - at_share(10 * MINUTE)


def test_a_running_month_is_judged_over_its_whole_base_and_provisional():
    answer = judge(written(), [down_minutes(60)], as_of="2026-06-10")
    found = verdict(answer, "2026-06")
    assert found.level.denominator == 43_200 * MINUTE
    assert found.finality == "provisional"
    assert credit(answer, "2026-06").state == "accruing"


def test_a_month_that_begins_at_the_moment_of_asking_is_not_listed_yet():
    labels = [item.period.label for item in judge(written(), as_of="2026-03-01").verdicts]
    assert labels == ["2026-01", "2026-02"]
    later = judge(written(), as_of=at("2026-03-01") + 1)
    assert [item.period.label for item in later.verdicts] == ["2026-01", "2026-02", "2026-03"]


@pytest.mark.parametrize(
    ("cycle", "label"),
    [
        ("week", "2026-W23"),
        ("day", "2026-06-03"),
        ("quarter", "2026-Q2"),
        ("year", "2026"),
        ("month from day 16", "2026-05-16"),
    ],
)
def test_a_level_is_measured_per_cycle(cycle, label):
    terms = written(
        UPTIME.replace("per: month", f"per: {cycle}"),
        UPTIME_CREDIT.replace("period: judged", "period: judged, part_period: pro_rata"),
    )
    found = verdict(judge(terms, [down_minutes(7)]), label)
    assert found.level.denominator - found.level.numerator == 7 * MINUTE


def test_the_level_is_rounded_before_it_is_judged_where_the_terms_say_so():
    terms = written(UPTIME.replace("per: month", "per: month, round: 1 places half_up"))
    # 64 min of 43,200 are 99.8518... %: 99.9 % when rounded, and kept.
    assert verdict(judge(terms, [down_minutes(64)]), "2026-06").outcome is Outcome.MET
    assert verdict(judge(terms, [down_minutes(65)]), "2026-06").outcome is Outcome.MISSED
