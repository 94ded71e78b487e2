"""Who uses whose cap up: each subject its own, in windows that reach to the very end of a period."""

from dataclasses import replace
from fractions import Fraction

import pytest
from malus.model.explanation import CapCut
from malus.model.periods import Cycle, Period, part_of, period_containing
from malus.remedies.caps import Capped, through_caps
from malus.remedies.charge_base import ChargeBook

from tests.evaluation.written import UPTIME, ZONE, at, money, opening, written

SITES = (
    "subjects:\n  north: {kind: region}\n  delft: {kind: site, part_of: north}\n  gouda: {kind: site, part_of: north}\n"
)
MONTH = Cycle(kind="month")


def terms(cap, **money_rule):
    capped = f"caps:\n  - {{name: most, limits: [uptime-credit], {cap}, source: art. 5}}"
    return written(indicators=UPTIME.replace("}", ", for_each: site}"), more=f"{SITES}{capped}", **money_rule)


def month(day):
    return period_containing(MONTH, at(day), ZONE)


def credit(text, period: Period, euros, whose="", **more):
    asked = {"lapsed": False, **more}
    return Capped(
        place=0,
        clause="uptime-credit",
        ordinal=0,
        subject=whose,
        period=period,
        zone=ZONE,
        money=text.money,
        caps=text.caps,
        amount=money(euros),
        whose=whose,
        subjects=text.subjects,
        **asked,
    )


def paid(text, *credits, openings=()):
    book = ChargeBook(terms=(text,), charges=(), openings=tuple(openings))
    return [capped.amount for capped in through_caps(credits, book, openings)]


EACH_SITE = "at_most: 100.00 EUR, per: quarter, cut: in_order, for_each: site"
EACH_REGION = "at_most: 100.00 EUR, per: quarter, cut: in_order, for_each: region"
ALL = "at_most: 100.00 EUR, per: quarter, cut: in_order"


@pytest.mark.parametrize(
    ("cap", "left"), [(EACH_SITE, [80, 90, 20, 10]), (EACH_REGION, [80, 20, 0, 0]), (ALL, [80, 20, 0, 0])]
)
def test_a_site_uses_its_own_cap_up_and_the_one_of_the_region_it_is_part_of(cap, left):
    text = terms(cap)
    credits = [
        credit(text, month("2026-04-01"), 80, "delft"),
        credit(text, month("2026-04-01"), 90, "gouda"),
        credit(text, month("2026-05-01"), 70, "delft"),
        credit(text, month("2026-05-01"), 70, "gouda"),
    ]
    assert paid(text, *credits) == [money(euros) for euros in left]


def test_a_quarter_ends_with_its_last_month_and_the_next_one_begins_anew():
    text = terms(ALL)
    months = [month(f"2026-{number:02}-01") for number in (3, 4, 5, 6, 7)]
    assert paid(text, *(credit(text, period, 60) for period in months)) == [
        money(euros) for euros in (60, 60, 40, 0, 60)
    ]


def test_two_credits_of_one_moment_and_one_subject_share_what_is_left_in_order():
    text = terms(EACH_SITE)
    june = month("2026-06-01")
    assert paid(text, credit(text, june, 60, "delft"), credit(text, june, 60, "delft")) == [money(60), money(40)]


def test_a_balance_uses_up_the_cap_of_its_own_site_only():
    text = terms(EACH_SITE)
    told = opening("2026-04-01", "2026-05-01", cap="most", used=money(95), subjects=("delft",))
    june = month("2026-06-01")
    credits = [credit(text, june, 60, "delft"), credit(text, june, 60, "gouda")]
    assert paid(text, *credits, openings=[told]) == [money(5), money(60)]


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [("2026-04-01", "2026-07-01", 10), ("2026-01-01", "2026-04-01", 60), ("2026-03-15", "2026-04-15", None)],
)
def test_a_balance_counts_from_edge_to_edge_of_a_window_and_one_across_it_cannot_be_placed(start, end, left):
    text = terms(ALL)
    told = opening(start, end, cap="most", used=money(90))
    assert paid(text, credit(text, month("2026-05-01"), 60), openings=[told]) == [left if left is None else money(left)]


@pytest.mark.parametrize(("counts", "left"), [("earned", 30), ("claimed", 60)])
def test_a_credit_that_nobody_claimed_uses_the_cap_up_as_the_terms_say(counts, left):
    text = terms(f"{ALL}, counts: {counts}")
    credits = [credit(text, month("2026-04-01"), 70, lapsed=True), credit(text, month("2026-05-01"), 60)]
    assert paid(text, *credits)[1] == money(left)


@pytest.mark.parametrize(
    ("mode", "left"),
    [
        # 9.99 is left of 10.009: as shares, 0.006986 and 9.983012. The odd cent goes to the larger remainder, 0.01 ...
        ("half_up", [money("0.01"), money("9.98")]),
        # ... but where 0.007 is rounded down nobody would be paid it, so it goes to the one who would.
        ("down", [money(0), money("9.99")]),
    ],
)
def test_an_odd_cent_goes_to_nobody_who_would_not_be_paid_it(mode, left):
    text = terms("at_most: 9.99 EUR, per: quarter, cut: pro_rata", rounding=mode, when="after_caps")
    wants = [credit(text, month("2026-06-01"), cents) for cents in ("0.007", "10.002")]
    assert paid(text, *wants) == left


@pytest.mark.parametrize(("counts", "left"), [("earned", [50, 50]), ("claimed", [80, 80])])
def test_a_credit_that_nobody_claimed_has_a_share_of_what_is_left_as_the_terms_say(counts, left):
    text = terms(f"at_most: 100.00 EUR, per: quarter, cut: pro_rata, counts: {counts}")
    june = month("2026-06-01")
    assert paid(text, credit(text, june, 80, lapsed=True), credit(text, june, 80)) == [money(euros) for euros in left]


@pytest.mark.parametrize("per", ["period", "quarter"])
def test_one_that_waits_takes_nothing_of_the_room_that_others_share(per):
    text = terms(f"at_most: 90.00 EUR, per: {per}, cut: pro_rata")
    june = month("2026-06-01")
    first, second = (credit(text, june, 60, final_from=june.end) for _ in range(2))
    waits = replace(first, amount=None)
    book = ChargeBook(terms=(text,), charges=(), openings=())
    capped = through_caps([waits, first, second], book, [])
    assert [one.amount for one in capped] == [None, money(45), money(45)]
    assert [one.final_from for one in capped[1:]] == [None, None]


def test_a_cap_of_each_period_begins_anew_with_the_next():
    text = terms("at_most: 100.00 EUR, per: period, cut: in_order")
    credits = [credit(text, month(day), 80) for day in ("2026-05-01", "2026-06-01", "2026-06-01")]
    assert paid(text, *credits) == [money(80), money(80), money(20)]


def test_a_cap_of_each_period_for_each_site_is_one_for_each():
    text = terms("at_most: 100.00 EUR, per: period, cut: in_order, for_each: site")
    june = month("2026-06-01")
    credits = [credit(text, june, 80, whose) for whose in ("delft", "delft", "gouda")]
    assert paid(text, *credits) == [money(80), money(20), money(80)]


@pytest.mark.parametrize(("part_period", "left"), [("full", 120), ("pro_rata", 60)])
def test_a_share_of_the_charge_of_a_part_period_is_taken_of_all_of_it_or_of_its_part(part_period, left):
    text = terms(f"at_most: 1 % of hosting, per: period, part_period: {part_period}, cut: in_order")
    june = month("2026-06-01")
    half = part_of(june, june.start, at("2026-06-16"))
    assert paid(text, credit(text, half, 500)) == [money(left)]


def test_the_step_says_what_the_cap_is_of_what_was_used_and_what_all_wanted_together():
    text = terms("at_most: 1 % of hosting, per: quarter, part_period: pro_rata, cut: pro_rata")
    book = ChargeBook(terms=(text,), charges=(), openings=())
    may, june = month("2026-05-01"), month("2026-06-01")
    _, first, second = through_caps([credit(text, may, 60), credit(text, june, 200), credit(text, june, 400)], book, [])
    (step,) = first.steps
    assert isinstance(step, CapCut)
    assert step.base is not None
    assert (step.cap, step.source, step.rate) == ("most", "art. 5", Fraction(1, 100))
    assert [(part.item, part.period, part.amount) for part in step.base.parts] == [
        ("hosting", f"2026-0{number}", money(12000)) for number in (4, 5, 6)
    ]
    assert (step.base.total, step.limit, step.used, step.wanted) == (money(36000), money(360), money(60), money(600))
    assert (step.before, step.cut, step.result) == (money(200), money(100), money(100))
    assert second.amount == money(200)


@pytest.mark.parametrize(("counts", "finals"), [("claimed", [3, 3, 3]), ("earned", [1, 3, 2])])
def test_credits_that_share_what_is_claimed_are_final_together(counts, finals):
    text = terms(f"at_most: 100.00 EUR, per: quarter, cut: pro_rata, counts: {counts}")
    june = month("2026-06-01")
    book = ChargeBook(terms=(text,), charges=(), openings=())
    capped = through_caps([credit(text, june, 60, final_from=day) for day in (1, 3, 2)], book, [])
    assert [one.final_from for one in capped] == finals


@pytest.mark.parametrize(("counts", "finals"), [("claimed", [1, 4, None]), ("earned", [1, 4, None])])
def test_one_is_final_by_those_before_it_and_by_none_after_it(counts, finals):
    text = terms(f"at_most: 100.00 EUR, per: quarter, cut: in_order, counts: {counts}")
    book = ChargeBook(terms=(text,), charges=(), openings=())
    told = [
        credit(text, month(f"2026-0{number}-01"), 10, final_from=day) for number, day in ((4, 1), (5, 4), (6, None))
    ]
    assert [one.final_from for one in through_caps(told, book, [])] == finals


def test_under_any_cap_one_waits_for_what_runs_on_but_what_lapsed_does_not():
    text = terms("at_most: 100.00 EUR, per: quarter, cut: in_order, counts: earned")
    june = month("2026-06-01")
    book = ChargeBook(terms=(text,), charges=(), openings=())
    runs = replace(credit(text, june, 10, final_from=1), runs_on=True)
    told = [runs, credit(text, june, 10, final_from=2), credit(text, june, 10, lapsed=True, final_from=3)]
    assert [one.final_from for one in through_caps(told, book, [])] == [None, None, 3]
