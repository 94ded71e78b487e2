"""The mean of short intervals: every interval weighs the same, however much happened in it."""

from fractions import Fraction

import pytest
from malus.model.events import Tally
from malus.model.instants import MINUTE
from malus.model.measuring_steps import MeanOfIntervals
from malus.model.quantities import Outcome

from tests.evaluation.written import at, judge, money, verdict, written

FIVE = 5 * MINUTE
MEAN = "measure: mean_of_intervals, of: shop, from: tallies"
PROMISE = "promised: {source: art. 4.2, promise: {indicator: right, at_least: 99.9 %}}"


def terms(empty: str = "good", interval: str = "5 minutes", more: str = "", zone: str = "UTC", per: str = "month"):
    no_data = "no_data: undetermined" if empty == "leaves_the_mean" else ""
    keys = ", ".join(part for part in (f"interval: {interval}", f"empty_interval: {empty}", no_data, more) if part)
    right = f"right: {{{MEAN}, per: {per}, {keys}}}"
    return written(right, PROMISE, zone=zone)


def told(place: int, good: int, total: int, zone: str = "UTC", month: str = "2026-06-01"):
    start = at(month, zone) + place * FIVE
    return tally_at(start, start + FIVE, good, total)


def tally_at(start: int, end: int, good: int, total: int, **more: object):
    return Tally(agreement="acme", start=start, end=end, good=good, total=total, **more)  # type: ignore[arg-type]


def level(terms, events, period: str = "2026-06", as_of: str = "2026-07-15"):
    return verdict(judge(terms, events, as_of=at(as_of, "UTC")), period, "promised")


def test_the_mean_of_ratios_is_not_the_ratio_of_sums():
    busy, idle = told(0, 100, 1000), told(1, 1, 1)
    found = level(terms("leaves_the_mean"), [busy, idle])
    assert found.level.exact() == Fraction(Fraction(1, 10) + 1, 2)


def test_an_interval_without_anything_is_good_bad_or_no_part_of_the_mean():
    half = [told(0, 1, 2)]
    assert level(terms("good"), half).level.exact() == (8639 + Fraction(1, 2)) / 8640
    assert level(terms("bad"), half).level.exact() == Fraction(1, 2) / 8640
    assert level(terms("leaves_the_mean"), half).level.exact() == Fraction(1, 2)


def test_a_tally_of_nothing_is_no_interval_with_events():
    assert level(terms("leaves_the_mean"), [told(0, 0, 0)]).outcome is Outcome.UNDETERMINED
    assert level(terms("good"), [told(0, 0, 0)]).level.exact() == 1


def test_exactly_the_promise_is_kept_and_the_least_more_is_not():
    dead = [told(place, 0, 7) for place in range(8)]
    assert level(terms(), [*dead, told(8, 36, 100)]).outcome is Outcome.MET
    assert level(terms(), [*dead, told(8, 35, 100)]).outcome is Outcome.MISSED


def test_several_tallies_of_one_interval_are_one_ratio():
    halves = [
        tally_at(at("2026-06-01", "UTC") + k * MINUTE, at("2026-06-01", "UTC") + (k + 1) * MINUTE, k, 4) for k in (1, 2)
    ]
    assert level(terms("leaves_the_mean"), halves).level.exact() == Fraction(3, 8)


def test_errors_are_measured_as_one_minus_the_good():
    found = level(terms("good", more="share_of: errors"), [told(0, 1, 4)])
    assert found.level.exact() == Fraction(3, 4) / 8640
    assert level(terms("bad", more="share_of: errors"), [told(0, 1, 4)]).level.exact() == (Fraction(3, 4) + 8639) / 8640


@pytest.mark.parametrize(
    ("month", "hours"), [("2026-03", 31 * 24 - 1), ("2026-10", 31 * 24 + 1), ("2028-02", 29 * 24), ("2026-06", 720)]
)
def test_the_number_of_intervals_follows_the_clocks_and_leap_days(month: str, hours: int):
    zone = "Europe/Amsterdam"
    found = level(terms(zone=zone), [told(0, 0, 1, zone, f"{month}-01")], month, "2028-06-01")
    step = next(step for step in found.explanation.steps if isinstance(step, MeanOfIntervals))
    assert step.intervals == hours * 12
    assert found.level.exact() == Fraction(hours * 12 - 1, hours * 12)


def test_a_part_period_has_the_intervals_of_its_part():
    part = written(
        f"right: {{{MEAN}, per: month, interval: 1 hour, empty_interval: good}}",
        PROMISE,
        zone="UTC",
        effective="2026-06-16",
        more="ends: 2026-07-10",
    )
    answer = judge(part, [], as_of="2026-09-01")
    steps = [step for item in answer.verdicts for step in item.explanation.steps if isinstance(step, MeanOfIntervals)]
    assert [step.intervals for step in steps] == [15 * 24, 10 * 24]


def test_an_interval_that_the_clock_change_cuts_short_is_an_interval():
    zone = "Europe/Amsterdam"
    day = level(terms(interval="2 hours", zone=zone, per="day"), [], "2026-03-29", "2026-04-01")
    step = next(step for step in day.explanation.steps if isinstance(step, MeanOfIntervals))
    assert step.intervals == 12  # 23 hours: eleven of two hours and one of one


def test_intervals_that_are_still_to_come_are_not_bad():
    found = level(terms("bad"), [], as_of="2026-06-02")
    assert found.level.exact() == Fraction(8640 - 288, 8640)


def test_a_tally_over_two_intervals_makes_the_period_undetermined_and_is_named():
    start = at("2026-06-01", "UTC")
    found = level(terms(), [tally_at(start, start + FIVE + 1, 1, 1, id="T-1")])
    assert found.outcome is Outcome.UNDETERMINED
    assert "T-1" in str(found.explanation.steps)
    assert level(terms(), [tally_at(start, start + FIVE, 1, 1)]).outcome is Outcome.MET


def test_thousands_of_unlike_ratios_still_fall_on_the_right_side():
    """Their common denominator has thousands of digits; the level is stated shortly and on its exact side."""
    primes = [n for n in range(3, 30000) if all(n % d for d in range(2, int(n**0.5) + 1))][:2000]
    events = [told(place, prime - 1, prime) for place, prime in enumerate(primes)]
    exact = 1 - sum((Fraction(1, prime) for prime in primes), Fraction(0)) / 8640
    found = level(terms(), events).level.exact()
    assert abs(found - exact) < Fraction(1, 10**30)
    assert len(str(found.denominator)) < 40
    for places in (4, 12, 14):
        assert (found > Fraction(round(exact * 10**places), 10**places)) == (
            exact > Fraction(round(exact * 10**places), 10**places)
        )


def test_a_credit_follows_from_the_mean():
    clause = (
        "promised: {source: art. 4.2, promise: {indicator: right, at_least: 99.9 %}, "
        "credit: {each: period, amount: 20.00 EUR}}"
    )
    right = f"right: {{{MEAN}, per: month, interval: 5 minutes, empty_interval: good}}"
    answer = judge(written(right, clause, zone="UTC"), [told(place, 0, 1) for place in range(9)], as_of="2026-07-15")
    assert [item.amount for item in answer.credits] == [money("20.00")]
