"""Outages that weigh by what they hit: a share of the service, or so many of a total that may change."""

from fractions import Fraction

import pytest
from malus.model.quantities import Outcome

from tests.evaluation.written import down_minutes, excused, judge, outage, reading, reasons, verdict, written

PROMISED = "promised: {source: art. 4.2, promise: {indicator: up, at_least: 99.9 %}}"
BASE = 43200


def terms(keys: str, ignore: str = "0 seconds"):
    up = f"up: {{measure: availability, of: shop, from: outages, per: month, ignore_up_to: {ignore}, {keys}}}"
    return written(up, PROMISED)


def users(total: str = "100", overlapping: str = "added_up", more: str = "", ignore: str = "0 seconds"):
    return terms(f"weighted_by: affected, total: {total}, overlapping: {overlapping}{more}", ignore)


def shares(overlapping: str = "added_up"):
    return terms(f"weighted_by: share, overlapping: {overlapping}")


def found(terms, events, period: str = "2026-06"):
    return verdict(judge(terms, events, as_of="2026-12-15"), period, "promised")


def lost(terms, events, period: str = "2026-06"):
    """The minutes lost of a month of 30 days."""
    level = found(terms, events, period).level
    assert level is not None
    return (1 - level.exact()) * BASE


def test_an_hour_that_hit_eighty_of_a_hundred_users_is_eighty_hundredths_of_an_hour():
    assert lost(users(), [down_minutes(60, affected=80)]) == 48
    assert found(users(), [down_minutes(60, affected=80)]).outcome is Outcome.MISSED


def test_exactly_a_thousandth_of_all_user_minutes_keeps_the_promise():
    assert found(users(), [down_minutes(60, affected=72)]).outcome is Outcome.MET
    assert found(users(), [down_minutes(60, affected=73)]).outcome is Outcome.MISSED


def test_outages_at_one_time_are_added_up_to_the_total_at_most():
    both = [down_minutes(60, affected=80), down_minutes(30, affected=40)]
    assert lost(users(), both) == Fraction(30 * 100 + 30 * 80, 100)
    assert lost(users(overlapping="highest"), both) == 48


def test_of_many_outages_at_one_time_the_highest_holds_while_it_lasts():
    stairs = [
        outage("2026-06-03 10:00", "2026-06-03 11:00", affected=10),
        outage("2026-06-03 10:10", "2026-06-03 10:20", affected=50),
        outage("2026-06-03 10:15", "2026-06-03 10:30", affected=30),
    ]
    assert lost(users(overlapping="highest"), stairs) == Fraction(10 * 10 + 10 * 50 + 10 * 30 + 30 * 10, 100)
    assert lost(users(), stairs) == Fraction(10 * 10 + 5 * 60 + 5 * 90 + 10 * 40 + 30 * 10, 100)


def test_a_share_is_of_the_whole_service():
    assert lost(shares(), [down_minutes(60, share=Fraction(1, 2))]) == 30
    two = [down_minutes(60, share=Fraction(3, 4)), down_minutes(60, share=Fraction(3, 4))]
    assert (lost(shares(), two), lost(shares("highest"), two)) == (60, 45)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 10**14), Fraction(1)])
def test_any_share_is_exact(share: Fraction):
    assert lost(shares(), [down_minutes(7, share=share)]) == 7 * share


def test_an_outage_that_does_not_tell_what_it_hit_leaves_its_month_undetermined():
    told = found(users(), [down_minutes(60), down_minutes(5, "2026-07-03", affected=1)])
    assert told.outcome is Outcome.UNDETERMINED
    assert "these outages do not tell their `affected`" in str(told.explanation.steps)
    assert found(users(), [down_minutes(60)], "2026-07").outcome is Outcome.MET


def test_a_total_that_readings_tell_holds_until_the_next_one():
    events = [
        reading("2026-06-01", "100", "count"),
        reading("2026-06-16", "300", "count"),
        down_minutes(60, "2026-06-03 10:00", affected=100),
        down_minutes(60, "2026-06-20 10:00", affected=100),
    ]
    told = found(users("readings"), events)
    assert told.level is not None
    base = 15 * 1440 * 100 + 15 * 1440 * 300
    assert told.level.exact() == 1 - Fraction(60 * 100 + 60 * 100, base)
    # July goes on with the last reading.
    july = [*events, down_minutes(31, "2026-07-03 10:00", affected=300)]
    told = found(users("readings"), july, "2026-07")
    assert told.level is not None
    assert told.level.exact() == 1 - Fraction(31, 44640)


def test_without_a_total_from_its_start_on_a_month_is_undetermined():
    late = [reading("2026-06-02", "100", "count")]
    assert found(users("readings"), late).outcome is Outcome.UNDETERMINED
    assert found(users("readings"), late, "2026-07").outcome is Outcome.MET


def test_a_reading_of_the_total_is_used_and_a_percentage_is_no_total():
    assert reasons(judge(users("readings"), [reading("2026-06-01", "100", "count")])) == []
    assert reasons(judge(users("readings"), [reading("2026-06-01", "100", "%")])) == ["wrong-unit"]


def test_short_outages_are_ignored_by_their_merged_length_whatever_they_hit():
    events = [
        outage("2026-06-03 10:00", "2026-06-03 10:03", affected=100),
        outage("2026-06-03 10:03", "2026-06-03 10:06", affected=10),
        outage("2026-06-09 10:00", "2026-06-09 10:05", affected=100),
    ]
    assert lost(users(ignore="5 minutes"), events) == Fraction(3 * 100 + 3 * 10, 100)


def test_excused_time_loses_nothing_and_may_leave_the_base():
    window = excused("2026-06-15 00:00", "2026-06-15 10:00", "2026-05-01")
    events = [window, outage("2026-06-15 09:00", "2026-06-15 11:00", affected=50)]
    kept = users(more=", excluding: [maintenance], excluded_time: counts_as_up")
    assert lost(kept, events) == 30
    left = found(users(more=", excluding: [maintenance], excluded_time: leaves_the_base"), events)
    assert left.level is not None
    assert left.level.exact() == 1 - Fraction(30, BASE - 600)


def test_two_counts_told_of_one_outage_cannot_both_be_true():
    twice = [
        outage("2026-06-03 10:00", "2026-06-03 11:00", outage_id="O-1", affected=5),
        outage("2026-06-03 10:00", "2026-06-03 11:00", outage_id="O-1", affected=6),
    ]
    assert found(users(), twice).outcome is Outcome.UNDETERMINED
