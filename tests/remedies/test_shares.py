"""A shared cut: whole minor units, largest remainder, ties in order, never more than the room or the wish."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from malus.model.agreement import MoneyRule
from malus.model.clauses import Cap, CapWindow
from malus.model.explanation import CapCut
from malus.model.instants import start_of_day
from malus.model.money import Money, RoundingMode, round_to
from malus.model.periods import Cycle, Period, period_containing
from malus.remedies.caps import Capped, through_caps
from malus.remedies.charge_base import ChargeBook

from tests.evaluation.written import written

TERMS = written()
JUNE: Period = period_containing(Cycle(kind="month"), start_of_day(date(2026, 6, 1), "UTC"), "UTC")


def money(amount):
    return Money(amount=Fraction(amount), currency="EUR")


def shared(amounts, room, cut="pro_rata", when="each_remedy"):
    cap = Cap(
        name="most",
        source="a",
        limits=tuple(f"c{place}" for place in range(len(amounts))),
        amount=money(room),
        rate=None,
        charges=(),
        window=CapWindow(kind="term"),
        base="judged_period",
        cut=cut,
        counts="earned",
    )
    credits = [
        Capped(
            place=0,
            clause=f"c{place}",
            ordinal=place,
            subject="",
            period=JUNE,
            zone="UTC",
            money=MoneyRule(mode=RoundingMode.HALF_UP, when=when),
            caps=(cap,),
            amount=money(amount),
            lapsed=False,
        )
        for place, amount in enumerate(amounts)
    ]
    return through_caps(credits, ChargeBook(terms=(TERMS,), charges=(), openings=()), ())


cents = st.integers(0, 100_000).map(lambda number: Fraction(number, 100))


@given(st.lists(cents, min_size=1, max_size=6), cents)
def test_the_shares_add_up_to_the_cent_and_none_is_more_than_was_wanted(wants, room):
    gets = [item.amount.amount for item in shared(wants, room)]
    assert sum(gets) == min(room, sum(wants))
    for want, get in zip(wants, gets, strict=True):
        assert 0 <= get <= want
        assert (get * 100).denominator == 1
        if sum(wants) > room:
            assert abs(get - room * want / sum(wants)) < Fraction(1, 100)


@given(st.lists(cents, min_size=1, max_size=6), cents)
def test_in_order_nobody_loses_before_everybody_after_lost_all(wants, room):
    gets = [item.amount.amount for item in shared(wants, room, "in_order")]
    assert sum(gets) == min(room, sum(wants))
    first = next((place for place, (want, get) in enumerate(zip(wants, gets, strict=True)) if get < want), len(wants))
    assert all(get == 0 for get in gets[first + 1 :])


fractions = st.fractions(0, 1000, max_denominator=700)


@given(st.lists(fractions, min_size=1, max_size=5), fractions)
def test_unrounded_amounts_under_an_unrounded_cap_are_never_cut_below_zero_or_raised(wants, room):
    for want, item in zip(wants, shared(wants, room, when="after_caps"), strict=True):
        assert 0 <= item.amount.amount <= round_to(want, 2, RoundingMode.HALF_UP)
        assert all(step.cut.amount >= 0 for step in item.steps if isinstance(step, CapCut))
