"""What each kind of credit comes to, with the steps of it, and what it says where nothing can be worked out."""

from fractions import Fraction

import pytest
from malus.model.credits import AmountCredit, Band, BandCredit, ChargeBase, ChargedPeriod, LostTimeCredit, Slope
from malus.model.explanation import CountTimes, Undetermined
from malus.model.instants import HOUR
from malus.model.measurement import Measurement
from malus.model.periods import Cycle, period_containing
from malus.remedies.amounts import worked_out
from malus.remedies.bases import Bases
from malus.remedies.charge_base import ChargeBook

from tests.evaluation.written import ZONE, at, money, written
from tests.remedies.test_bands import PROMISE, band, limit, percent, table

JUNE = period_containing(Cycle(kind="month"), at("2026-06-15"), ZONE)
HOSTING = ChargeBase(charges=("hosting",), period=ChargedPeriod(kind="judged"))


def bases(**more):
    text = written(**more)
    return Bases(
        book=ChargeBook(terms=(text,), charges=(), openings=()), period=JUNE, cycle=Cycle(kind="month"), zone=ZONE
    )


def worked(credit, row=0, **measured):
    told = {"period": JUNE, "level": None, **measured}
    return worked_out(credit, row, Measurement(**told), bases(), "EUR", promised=PROMISE)


def reason(found):
    (step,) = found.steps
    assert isinstance(step, Undetermined)
    assert (found.amount, step.reason) == (None, found.waiting)
    return step.reason, step.named


OVERLAPPING = table(
    band(1, limit("below", "99.9"), amount=50), band(2, limit("below", "99"), amount=90), overlap="refuse"
)


def test_a_table_that_refuses_an_overlap_names_the_rows_that_take_the_level():
    found = worked(OVERLAPPING, level=percent("98"))
    assert reason(found) == (
        "rows 1, 2 take this level and the terms refuse an overlap",
        ("row 1: below 99.9 %", "row 2: below 99 %"),
    )


def test_a_level_in_a_hole_of_the_table_and_no_level_at_all_are_told_apart():
    found = worked(OVERLAPPING, level=percent("99.9"))
    assert reason(found) == ("no row of the table takes this level", ("row 1: below 99.9 %", "row 2: below 99 %"))
    assert reason(worked(OVERLAPPING)) == ("there is no level to look up in the table", ())


def test_a_row_with_a_sum_and_a_slope_pays_both_and_says_so():
    slope = Slope(start=limit("below", "99"), per=Fraction(1, 100), part="pro_rata", rate=None, amount=money(8))
    row = Band(row=1, limits=(limit("below", "99"),), rate=None, amount=money(50), slope=slope)
    credit = BandCredit(base=None, overlap="refuse", pays="only_when_missed", bands=(row,))
    found = worked(credit, row=1, level=percent("98.25"))
    assert found.amount == money(56)
    assert [(step.what, step.count, step.result) for step in found.steps if isinstance(step, CountTimes)] == [
        ("row", 1, money(50)),
        ("unit", Fraction(3, 4), money(6)),
    ]


LOST = LostTimeCredit(base=HOSTING, times=Fraction(2), after=HOUR, measured_on="each_outage")
#: The fee is 12,000.00 for the 720 hours of June.
AN_HOUR_TWICE = money(Fraction(12000, 720) * 2)


def test_lost_time_pays_each_outage_beyond_what_is_free():
    found = worked(LOST, stretches=(HOUR, 2 * HOUR, 3 * HOUR))
    assert found.amount == AN_HOUR_TWICE.times(Fraction(1 + 2))
    assert [(step.time, step.after) for step in found.steps if hasattr(step, "charged_for")] == [
        (2 * HOUR, HOUR),
        (3 * HOUR, HOUR),
    ]


def test_where_no_outage_is_long_enough_the_longest_shows_why_nothing_is_paid():
    found = worked(LOST, stretches=(HOUR // 2, HOUR))
    assert (found.amount, [step.time for step in found.steps if hasattr(step, "charged_for")]) == (money(0), [HOUR])
    assert worked(LOST).amount == money(0)
    assert [step.time for step in worked(LOST).steps if hasattr(step, "charged_for")] == [0]


UNBILLED = bases(charges="hosting: {from: events, per: month, absent: pending}")
NO_BILL = "the charge `hosting` of 2026-06"


@pytest.mark.parametrize(("time", "amount", "waits"), [(HOUR + 1, None, NO_BILL), (HOUR, money(0), "")])
def test_lost_time_waits_for_a_bill_only_where_time_was_lost(time, amount, waits):
    measured = Measurement(period=JUNE, level=None, stretches=(time,))
    found = worked_out(LOST, 0, measured, UNBILLED, "EUR")
    assert (found.amount, found.waiting) == (amount, waits)


@pytest.mark.parametrize(("level", "amount", "waits"), [("98.9", None, NO_BILL), ("99", money(0), "")])
def test_a_slope_waits_for_a_bill_only_where_the_level_lies_beyond_its_start(level, amount, waits):
    slope = Slope(start=limit("below", "99"), per=Fraction(1, 100), part="counts", rate=Fraction(2, 100), amount=None)
    row = Band(row=1, limits=(limit("at_most", "100"),), rate=None, amount=None, slope=slope)
    credit = BandCredit(base=HOSTING, overlap="refuse", pays="only_when_missed", bands=(row,))
    found = worked_out(credit, 1, Measurement(period=JUNE, level=percent(level)), UNBILLED, "EUR", promised=PROMISE)
    assert (found.amount, found.waiting) == (amount, waits)


def test_a_sum_for_each_occurrence_waits_where_nobody_can_tell_how_many_there_were():
    each = AmountCredit(each="occurrence", amount=money(5), rate=None, base=None)
    found = worked(each)
    assert reason(found)[0] == "there is no level that says how many occurrences are paid for"
