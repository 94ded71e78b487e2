"""What a rate applies to: the charges of a span, by the terms of each moment and by what was billed."""

from datetime import date
from fractions import Fraction

import pytest
from malus.model.credits import ChargeBase, ChargedPeriod
from malus.model.instants import start_of_day
from malus.model.periods import Cycle, part_of, period_containing
from malus.remedies.bases import Bases
from malus.remedies.charge_base import ChargeBook, Waiting

from tests.evaluation.written import UPTIME_CREDIT, ZONE, at, charge, money, opening, written

MONTH = Cycle(kind="month")
PAID = UPTIME_CREDIT.replace("period: judged", "period: judged, part_period: pro_rata")


def book(*texts, charges=(), openings=()):
    return ChargeBook(terms=tuple(texts), charges=tuple(charges), openings=tuple(openings))


def total(found):
    assert not isinstance(found, Waiting), found
    return found.total


FIXED = written()
BILLED = written(charges="hosting: {from: events, per: month, absent: pending}")
NOTHING = written(charges="hosting: {from: events, per: month, absent: zero}")


def test_whole_charge_periods_add_up():
    assert total(book(FIXED).sum_between(["hosting"], [], at("2026-04-01"), at("2026-07-01"), None)) == money(36000)


def test_a_part_that_the_terms_do_not_price_is_never_guessed():
    found = book(FIXED).sum_between(["hosting"], [], at("2026-06-16"), at("2026-07-01"), None)
    assert isinstance(found, Waiting)
    assert "part_period" in found.what
    bill = charge("hosting", "2026-06-01", "2026-07-01", "300.00")
    found = book(BILLED, charges=[bill]).sum_between(["hosting"], [], at("2026-06-16"), at("2026-07-01"), None)
    assert isinstance(found, Waiting)


@pytest.mark.parametrize(("rule", "amount"), [("pro_rata", 150), ("full", 300)])
def test_a_bill_that_lies_partly_inside_counts_by_its_days_or_in_full(rule, amount):
    bill = charge("hosting", "2026-06-01", "2026-07-01", "300.00")
    assert total(
        book(BILLED, charges=[bill]).sum_between(["hosting"], [], at("2026-06-16"), at("2026-07-01"), rule)
    ) == (money(amount))


def test_a_bill_of_the_charge_period_that_lies_wholly_outside_counts_nothing():
    bills = [
        charge("hosting", "2026-06-01", "2026-06-11", "100.00"),
        charge("hosting", "2026-06-11", "2026-07-01", "200.00"),
    ]
    assert total(
        book(BILLED, charges=bills).sum_between(["hosting"], [], at("2026-06-11"), at("2026-07-01"), None)
    ) == (money(200))


def test_one_month_without_a_bill_makes_a_quarter_wait_or_is_nothing():
    bills = [
        charge("hosting", "2026-04-01", "2026-05-01", "1.00"),
        charge("hosting", "2026-06-01", "2026-07-01", "2.00"),
    ]
    span = (["hosting"], [], at("2026-04-01"), at("2026-07-01"), None)
    waits = book(BILLED, charges=bills).sum_between(*span)
    assert waits == Waiting(what="the charge `hosting` of 2026-05")
    assert total(book(NOTHING, charges=bills).sum_between(*span)) == money(3)


def test_charges_end_with_the_agreement():
    ended = written(clauses=PAID, more="ends: 2026-05-31")
    assert total(book(ended).sum_between(["hosting"], [], at("2026-05-01"), at("2026-08-01"), None)) == money(12000)


def test_a_charge_that_a_later_text_brings_counts_from_then_on():
    both = "hosting: {amount: 12000.00 EUR, per: month}\nextra: {amount: 10.00 EUR, per: month}"
    texts = (FIXED, written(charges=both, effective="2026-06-01"))
    assert total(book(*texts).sum_between(["extra"], [], at("2026-04-01"), at("2026-08-01"), None)) == money(20)
    assert total(book(FIXED).sum_between(["extra"], [], at("2026-04-01"), at("2026-08-01"), None)) == money(0)


@pytest.mark.parametrize(("which", "amount"), [("judged", 6), ("previous", 5), ("next", 7)])
def test_the_neighbours_of_a_part_period_are_whole_periods(which, amount):
    bills = [charge("hosting", f"2026-0{n}-01", f"2026-0{n + 1}-01", f"{n}.00") for n in (5, 6, 7)]
    whole = period_containing(MONTH, start_of_day(date(2026, 6, 1), ZONE), ZONE)
    part = part_of(whole, at("2026-06-16"), whole.end)
    base = ChargeBase(charges=("hosting",), period=ChargedPeriod(kind=which), part_period="full")
    bases = Bases(book=book(BILLED, charges=bills), period=part, cycle=MONTH, zone=ZONE)
    assert total(bases.of(base)) == money(amount)


def test_what_was_charged_before_the_first_terms_comes_from_the_balances_of_its_cap():
    balances = [
        opening("2025-11-01", "2025-12-01", cap="most", charged=money(100)),
        opening("2025-12-01", "2026-01-01", cap="other", charged=money(1000)),
        opening("2025-01-01", "2025-02-01", cap="most", charged=money(5000)),
        opening("2025-12-01", "2026-01-01", cap="most", used=money(7)),
    ]
    span = (["hosting"], at("2025-10-01"), at("2026-03-01"), None)
    found = book(FIXED, openings=balances).sum_with_brought_in("most", *span)
    assert total(found) == money(24100)
    assert [part.part for part in found.parts] == [Fraction(1)] * 3
    waits = book(BILLED, openings=balances).sum_with_brought_in("most", *span)
    assert isinstance(waits, Waiting)


def test_a_balance_reaches_to_the_very_end_of_the_span_and_says_what_it_is():
    told = opening("2025-12-01", "2026-01-01", cap="most", charged=money(100))
    found = book(FIXED, openings=[told]).sum_with_brought_in(
        "most", ["hosting"], at("2025-12-01"), at("2026-01-01"), None
    )
    assert total(found) == money(100)
    assert [(part.item, part.period) for part in found.parts] == [("brought in", "2025-12-01 00:00..")]


def test_of_a_cap_for_each_subject_only_its_own_balances_and_charges_count():
    sites = "subjects:\n  north: {kind: site}\n  south: {kind: site}"
    each = "hosting: {amount: {north: 100.00 EUR, south: 30.00 EUR}, per: month, for_each: site}"
    terms = written(charges=each, more=sites)
    balances = [
        opening("2025-12-01", "2026-01-01", cap="most", charged=money(7), subjects=("north",)),
        opening("2025-12-01", "2026-01-01", cap="most", charged=money(2), subjects=("south",)),
    ]
    span = (["hosting"], at("2025-12-01"), at("2026-02-01"), None)
    assert total(book(terms, openings=balances).sum_with_brought_in("most", *span, "north")) == money(107)
    assert total(book(terms, openings=balances).sum_with_brought_in("most", *span, "south")) == money(32)
    assert total(book(terms, openings=balances).sum_with_brought_in("most", *span)) == money(139)


@pytest.mark.parametrize(("rule", "amount"), [("pro_rata", 18000), ("full", 24000)])
def test_a_part_of_a_charge_counts_beside_balances_as_the_terms_say(rule, amount):
    found = book(FIXED).sum_with_brought_in("most", ["hosting"], at("2025-12-01"), at("2026-02-15"), rule)
    assert total(found) == money(amount)
