"""Readings outside their limits: how many, how far, during which delivery, and what that pays."""

from dataclasses import replace
from fractions import Fraction

import pytest
from malus.model.assessment import CreditState
from malus.model.event_deliveries import Delivery
from malus.model.events import Reading
from malus.model.quantities import Outcome

from tests.evaluation.written import at, judge, money, verdict, written


def read(limits="below: 2, above: 13", counts="worst", on="each_delivery", no_data="undetermined", credit="", zero="0"):
    it = (
        f"it: {{measure: excursion, of: shop, from: readings, reads: warmth, {limits}, counts: {counts}, "
        f"measured_on: {on}, per: month, counted_in: period_of_start, no_data: {no_data}}}"
    )
    pays = credit or ("each: point, amount: 0.10 EUR" if counts == "worst" else "each: occurrence, amount: 5.00 EUR")
    return written(it, f"it: {{source: a, promise: {{indicator: it, at_most: {zero}}}, credit: {{{pays}}}}}")


def told(name="D", quantity=None, done="2026-06-05"):
    return Delivery(
        agreement="acme",
        delivery_id=name,
        sent=at("2026-06-02"),
        done=None if done is None else at(done),
        quantity=None if quantity is None else Fraction(quantity),
    )


def warmth(value, delivery="D", unit="count", **more):
    moment = at("2026-06-03")
    return Reading(
        agreement="acme",
        indicator="warmth",
        start=moment,
        end=moment,
        value=Fraction(value),
        unit=unit,
        delivery_id=delivery,
        **more,
    )


def level(terms, *events, subject="D"):
    return verdict(judge(terms, events), "2026-06", "it", subject).level.exact()


@pytest.mark.parametrize(("value", "outside"), [("13", 0), ("13.000000000001", 1), ("2", 0), ("1.999", 1), ("-40", 1)])
def test_a_reading_exactly_at_a_limit_is_inside_with_below_and_above(value, outside):
    assert level(read(counts="readings"), told(), warmth(value)) == outside


def test_a_reading_exactly_at_a_limit_is_outside_with_at_most_and_at_least():
    terms = read("at_most: 2, at_least: 13", "readings")
    assert level(terms, told(), warmth(2), warmth(13), warmth(7)) == 2


def test_the_worst_reading_is_the_one_farthest_from_its_own_limit():
    assert level(read(), told(), warmth("15.5"), warmth("-1"), warmth(7)) == 3


def test_each_point_of_the_worst_pays_for_each_unit_of_the_delivery():
    terms = read(credit="each: point, amount: 0.10 EUR, units: quantity_of_delivery")
    answer = judge(terms, [told(quantity=3000), warmth("15.5")])
    assert [item.amount for item in answer.credits] == [money("750")]


def test_a_point_of_a_percentage_is_a_percentage_point():
    terms = read("above: 90 %", credit="each: point, amount: 1.00 EUR", zero="0 %")
    answer = judge(terms, [told(), warmth("92.5", unit="%")])
    assert [item.amount for item in answer.credits] == [money("2.50")]


def test_each_delivery_has_the_readings_that_name_it_and_no_others():
    answer = judge(
        read(counts="readings"), [told(), told("E"), warmth(20), warmth(20), warmth(7, "E"), warmth(20, None)]
    )
    assert [(item.key.subject, item.amount) for item in answer.credits] == [("D", money("10"))]


@pytest.mark.parametrize(
    ("no_data", "outcome"),
    [("met", Outcome.MET), ("missed", Outcome.MISSED), ("undetermined", Outcome.UNDETERMINED)],
)
def test_a_delivery_without_readings_is_what_the_terms_say(no_data, outcome):
    assert verdict(judge(read(no_data=no_data), [told()]), "2026-06", "it", "D").outcome is outcome


def test_a_period_as_a_whole_takes_every_reading():
    terms = read(counts="readings", on="period_total", no_data="met")
    assert level(terms, told(), warmth(20), warmth(20, None), subject="") == 2


def test_where_asks_for_the_site_of_the_delivery_and_a_reading_goes_with_it():
    terms = read("above: 13, where: {site: north}", "readings", no_data="missed")
    events = [replace(told("N"), site="north"), replace(told("E"), site="east"), warmth(20, "N"), warmth(20, "E")]
    answer = judge(terms, events)
    assert {(one.subject, one.level.exact()) for one in answer.verdicts if one.subject} == {("N", 1)}


def test_a_delivery_that_was_there_before_it_is_due_is_judged_at_once():
    early = replace(told(), sent=None, due=at("2026-06-20"))
    answer = judge(read(counts="readings"), [early, warmth(20)], as_of="2026-06-10")
    assert verdict(answer, "2026-06", "it", "D").level.exact() == 1


def test_a_shipment_under_way_is_judged_with_what_was_read_so_far():
    answer = judge(read(counts="readings"), [told(done=None), warmth(20)], as_of="2026-06-04")
    (credit,) = answer.credits
    assert (credit.amount, credit.state) == (money("5"), CreditState.ACCRUING)


def test_a_reading_in_another_unit_or_for_an_unknown_delivery_is_named_and_does_not_count():
    answer = judge(
        read(counts="readings", no_data="met"), [told(), warmth(20, unit="%", id="a"), warmth(20, "X", id="b")]
    )
    assert {(remark.event, remark.reason) for remark in answer.remarks} == {("a", "wrong-unit"), ("b", "unknown-name")}
    assert not answer.credits


@pytest.mark.parametrize(
    ("counts", "credit", "many"),
    [
        ("worst", "each: point, amount: 0.10 EUR, units: quantity_of_delivery", "points"),
        ("readings", "each: occurrence, amount: 5.00 EUR", "occurrences"),
    ],
)
def test_a_delivery_missed_for_want_of_readings_waits_and_pays_for_no_point_made_up(counts, credit, many):
    terms = read(counts=counts, no_data="missed", credit=credit)
    (waiting,) = judge(terms, [told(quantity=3000)]).credits
    assert (waiting.amount, waiting.state) == (None, CreditState.PENDING)
    assert waiting.pending_on == f"there is no level that says how many {many} are paid for"
