"""Deliveries that were rejected for what was checked or read of them, counted a month or in a window of days."""

from fractions import Fraction

import pytest
from malus.model.assessment import RightState
from malus.model.event_deliveries import Delivery
from malus.model.events import Reading
from malus.model.quantities import Outcome

from tests.evaluation.written import at, judge, money, only_right, tally, verdict, written

SAMPLE = "measure: sample, of: shop, from: tallies, measured_on: each_delivery, no_data: undetermined"
WARMTH = (
    "measure: excursion, of: shop, from: readings, reads: warmth, above: 8, counts: worst, measured_on: each_delivery, "
    "no_data: undetermined"
)
PLACED = "per: month, counted_in: period_of_end"


def rejected(judged=SAMPLE, bad="above: 5"):
    return written(
        f"judged: {{{judged}, {PLACED}}}\n"
        f"bad: {{measure: occurrences, from: deliveries, bad_when: {{indicator: judged, {bad}}}, {PLACED}}}",
        "judged: {source: a, promise: {indicator: judged, at_most: 5}, credit: {each: delivery, amount: 50.00 EUR}}\n"
        "bad: {source: b, promise: {indicator: bad, at_most: 1 delivery}, "
        "credit: {each: occurrence, amount: 7.00 EUR}}\n"
        "often: {source: c, when: {occurrences: bad, at_least: 2 deliveries, within: any 10 days, day: 24_hours, "
        "placed_at: end, at_the_edge: outside}, fires: once_while_true, right: {kind: termination, of: customer}}",
    )


def came(name: str, done: str | None, sent: str | None = None) -> Delivery:
    return Delivery(
        agreement="acme",
        delivery_id=name,
        sent=None if sent is None else at(sent),
        done=None if done is None else at(done),
    )


def checked(name: str, defects: int, day: str = "2026-06-20"):
    return tally(day, f"{day} 12:00", 80 - defects, 80, delivery_id=name)


def warmth(name: str, value: str) -> Reading:
    moment = at("2026-06-03")
    return Reading(
        agreement="acme",
        indicator="warmth",
        start=moment,
        end=moment,
        value=Fraction(value),
        unit="count",
        delivery_id=name,
    )


def count(terms, *events, period="2026-06"):
    return verdict(judge(terms, events), period, "bad")


def test_a_delivery_counts_from_one_defect_more_than_are_accepted():
    told = [came("D", "2026-06-05"), checked("D", 6), came("E", "2026-06-06"), checked("E", 5)]
    assert count(rejected(), *told).level.exact() == 1


def test_every_rejected_delivery_of_a_missed_month_is_paid_for():
    told = [one for name in "DEF" for one in (came(name, "2026-06-05"), checked(name, 6))]
    answer = judge(rejected(), told)
    assert sum(item.amount.amount for item in answer.credits if item.key.clause == "bad") == money("21").amount


def test_what_nobody_checked_is_not_rejected():
    assert count(rejected(), came("D", "2026-06-05")).level.exact() == 0


def test_a_delivery_belongs_to_the_month_in_which_it_came_whenever_it_was_checked():
    told = [came("D", "2026-05-31 23:59"), checked("D", 6), came("E", "2026-06-01"), checked("E", 6)]
    assert count(rejected(), *told).level.exact() == 1


def test_facts_of_a_delivery_that_contradict_each_other_leave_the_month_open():
    told = [came("D", "2026-06-05"), came("D", "2026-06-06"), checked("D", 6)]
    assert count(rejected(), *told).outcome is Outcome.UNDETERMINED


def test_a_delivery_that_was_too_warm_is_counted_alike():
    told = [came("D", "2026-06-05"), warmth("D", "10.5"), came("E", "2026-06-06"), warmth("E", "10")]
    assert count(rejected(WARMTH, "above: 2"), *told).level.exact() == 1


@pytest.mark.parametrize(("second", "arises"), [("2026-06-14 23:59", True), ("2026-06-15", False)])
def test_rejected_deliveries_within_so_many_days_give_a_right(second: str, arises: bool):
    told = [came("D", "2026-06-05"), checked("D", 6), came("E", second), checked("E", 80)]
    answer = judge(rejected(), told)
    assert [right.state for right in answer.rights] == ([RightState.OPEN] if arises else [])
    if arises:
        assert only_right(answer).arisen_at == at(second)
