"""Owns the arithmetic of every kind of credit: from what was measured to an exact amount and the steps to it.

Does not own: which credit follows (matching), what a rate is taken of (bases), caps, claims, or rounding to what is
payable. Each kind of credit has one function here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from malus.model.credits import (
    AmountCredit,
    Band,
    BandCredit,
    BlockCredit,
    ChargeBase,
    Credit,
    LostTimeCredit,
    MeasuredOn,
    Slope,
)
from malus.model.explanation import BlocksOfTime, BlocksPay, CountTimes, RateTimes, RowHit, Step, Undetermined
from malus.model.measurement import Measurement
from malus.model.money import Money, zero
from malus.model.paying_steps import LostTime, RepeatedMiss, UnitsBeyond
from malus.model.quantities import Edge, Level, Limit, limit_text, printed_scale
from malus.model.recompute import blocks_of, lost_time_pay, pay_of, units_beyond
from malus.remedies.bands import rows_for
from malus.remedies.bases import Base, Bases
from malus.remedies.charge_base import Waiting, added_up
from malus.remedies.in_turn import Turn, paid_in_turn, placed_in_turn
from malus.remedies.paid_by_subject import paid_to, row_paid_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """An exact amount before rounding and caps, or what it waits for, with the steps that lead there."""

    amount: Money | None
    steps: tuple[Step, ...]
    waiting: str = ""


def worked_out(
    credit: Credit,
    row: int,
    measurement: Measurement,
    bases: Bases,
    currency: str,
    *,
    again: str = "",
    promised: Limit | None = None,
    turn: Turn | None = None,
    looked_up: Measurement | None = None,
) -> Worked:
    """What a credit pays for a measurement, exact.

    `row` is the row of the table that follows, 0 where none does. `bases` are those of the period that was judged;
    nothing asks for one, and nothing waits for it, where no rate is involved. `again`: the period just before, where it
    was missed too. `promised`: the limit that the level was held against; a table needs it. `turn`: where the breach
    stands among those of its period; a credit whose first ones differ needs it.
    `looked_up`: the level by which a table's rows are looked up, where it is not the one that is paid for.
    """
    match credit:
        case BandCredit():
            level = measurement if looked_up is None else looked_up
            worked = _by_row(credit, row, level, bases, currency, promised)
            return _again(credit, again, worked if looked_up is None else _after(looked_up.steps, worked), bases)
        case AmountCredit():
            paid, paid_as = paid_to(credit, measurement)
            return _after(paid_as, _again(paid, again, _for_each(paid, measurement, bases, turn), bases))
        case BlockCredit():
            lengths = credit.with_lengths(measurement.whose, measurement.of_class)
            block, paid_as = paid_to(lengths, measurement)
            return _after(paid_as, _again(block, again, _by_blocks(block, measurement, bases, currency), bases))
        case LostTimeCredit():
            return _again(credit, again, _by_lost_time(credit, measurement, bases, currency), bases)
        case _:
            assert_never(credit)


def _after(before: Sequence[Step], worked: Worked) -> Worked:
    return replace(worked, steps=(*before, *worked.steps))


def _again(credit: Credit, period: str, worked: Worked, bases: Bases) -> Worked:
    """What is paid more for a miss right after another: a multiple, or a rate or sum on top."""
    again = credit.again
    if again is None or not period or worked.amount is None:
        return worked
    result = worked.amount.times(again.times)
    steps: list[Step] = [RepeatedMiss(period=period, times=again.times, before=worked.amount, result=result)]
    if again.amount is not None:
        steps.append(CountTimes(count=Fraction(1), each=again.amount, what="repeat", result=again.amount))
        result = result + again.amount
    if again.rate is not None:
        base = _base(credit.base, bases)
        if isinstance(base, Waiting):
            return _waits(base, *worked.steps, *steps)
        more = base.total.times(again.rate)
        steps += [*base.steps, RateTimes(rate=again.rate, base=base.total, result=more)]
        result = result + more
    return Worked(amount=result, steps=(*worked.steps, *steps))


def _by_row(
    credit: BandCredit, row: int, measurement: Measurement, bases: Bases, currency: str, promised: Limit | None
) -> Worked:
    assert promised is not None, "the compiler gives a table to promises only"
    band = next((band for band in credit.bands if band.row == row), None)
    if band is None or measurement.level is None:
        reason, named = _no_row(credit, measurement, promised)
        return Worked(amount=None, steps=(Undetermined(reason=reason, named=named),), waiting=reason)
    hit = RowHit(
        row=band.row,
        limits=band.limits,
        rows_in_all=len(credit.bands),
        others=tuple(number for number in rows_for(credit, measurement.level, promised).matching if number != band.row),
    )
    band, paid_as = row_paid_to(band, measurement)
    if not band.pays_rates:
        return _added((hit, *paid_as), [*_sums(band), *_slope_sums(band.slope, measurement.level, promised)])
    base = _base(credit.base, bases)
    if isinstance(base, Waiting):
        if band.rate is not None or band.slope is None or _units(band.slope, measurement.level, promised).units:
            return _waits(base, hit, *paid_as)
        # A level no unit beyond the start of the slope costs nothing of any charge.
        base = _no_base(currency, 0)
    rates = (
        [] if band.rate is None else [RateTimes(rate=band.rate, base=base.total, result=base.total.times(band.rate))]
    )
    return _added((hit, *paid_as, *base.steps), [*rates, *_slope_rates(band.slope, measurement.level, promised, base)])


def _sums(band: Band) -> list[Step]:
    if band.amount is None:
        return []
    return [CountTimes(count=Fraction(1), each=band.amount, what="row", result=band.amount)]


def _slope_sums(slope: Slope | None, level: Level, promised: Limit) -> list[Step]:
    if slope is None:
        return []
    assert slope.amount is not None, "the compiler gives all of a row rates, or amounts"
    units = _units(slope, level, promised)
    result = slope.amount.times(units.units)
    return [units, CountTimes(count=units.units, each=slope.amount, what="unit", result=result)]


def _slope_rates(slope: Slope | None, level: Level, promised: Limit, base: Base) -> list[Step]:
    if slope is None:
        return []
    assert slope.rate is not None, "the compiler gives all of a row rates, or amounts"
    units = _units(slope, level, promised)
    result = base.total.times(slope.rate * units.units)
    return [units, RateTimes(rate=slope.rate, base=base.total, count=units.units, result=result)]


def _units(slope: Slope, level: Level, promised: Limit) -> UnitsBeyond:
    start = slope.from_promise(promised)
    return UnitsBeyond(
        level=level,
        start=start,
        per=slope.per,
        part=slope.part,
        units=units_beyond(level, start, slope.per, slope.part),
        of_promise=isinstance(slope.start, Edge),
    )


def _no_row(credit: BandCredit, measurement: Measurement, promised: Limit) -> tuple[str, tuple[str, ...]]:
    if measurement.level is None:
        return "there is no level to look up in the table", ()
    matching = rows_for(credit, measurement.level, promised).matching
    rows = tuple(f"row {band.row}: {' and '.join(limit_text(limit) for limit in band.limits)}" for band in credit.bands)
    if matching:
        return f"rows {', '.join(map(str, matching))} take this level and the terms refuse an overlap", rows
    return "no row of the table takes this level", rows


def _for_each(credit: AmountCredit, measurement: Measurement, bases: Bases, turn: Turn | None) -> Worked:
    count = Fraction(1)
    if credit.each in ("occurrence", "point"):
        if measurement.level is None:
            # Missed because nothing was measured: nobody can tell how many there were, and one would be made up.
            reason = f"there is no level that says how many {credit.each}s are paid for"
            return Worked(amount=None, steps=(Undetermined(reason=reason, named=()),), waiting=reason)
        # A point is one of the unit as it is printed: a percentage point, an hour, or 1.
        count = measurement.level.exact() * printed_scale(measurement.level.unit)
    placed = placed_in_turn(credit, turn)
    if isinstance(placed, Undetermined):
        return Worked(amount=None, steps=(placed,), waiting=placed.reason)
    number, before = placed
    if credit.amount is not None:
        units = _units_of_goods(credit, measurement)
        if isinstance(units, Waiting):
            return _waits(units, *before)
        sums = paid_in_turn(credit.each, (*credit.first_amounts, credit.amount), count, number)
        return _added(before, [_times(each, many, what, units) for each, many, what in sums])
    assert credit.rate is not None, "the compiler gives each a rate or an amount"
    base = _base(credit.base, bases)
    if isinstance(base, Waiting):
        return _waits(base, *before)
    rates = paid_in_turn(credit.each, (*credit.first_rates, credit.rate), count, number)
    steps = [
        RateTimes(rate=rate, base=base.total, count=many, result=base.total.times(rate * many))
        for rate, many, _ in rates
    ]
    return _added((*base.steps, *before), steps)


def _times(each: Money, count: Fraction, what: str, units: Fraction | None) -> CountTimes:
    result = each.times(count if units is None else count * units)
    return CountTimes(count=count, each=each, what=what, result=result, units=units)


def _units_of_goods(credit: AmountCredit | BlockCredit, measurement: Measurement) -> Fraction | Waiting | None:
    """How many units of goods a sum is paid for; None where it is not paid by the unit."""
    if credit.units is None:
        return None
    quantity = measurement.goods[0].quantity if measurement.goods else None
    named = measurement.goods[0].name if measurement.goods else measurement.subject
    return Waiting(what=f"the quantity of `{named}`") if quantity is None else quantity


def _by_blocks(credit: BlockCredit, measurement: Measurement, bases: Bases, currency: str) -> Worked:
    times = _lengths(credit.measured_on, measurement)
    # Where none is long enough the longest shows why nothing is paid.
    paying = [time for time in times if _blocks_in(credit, time)] or [max(times, default=0)]
    at_first_price = 0 if credit.first is None else 1
    if credit.amount is not None or all(_blocks_in(credit, time) <= at_first_price for time in paying):
        # No charge is asked for, and nothing waits for one, where no block costs a rate of it.
        units = _units_of_goods(credit, measurement)
        if isinstance(units, Waiting):
            if any(_blocks_in(credit, time) for time in paying):
                return _waits(units)
            units = None
        return _added((), _blocks(credit, paying, credit.amount or zero(currency), None, units))
    assert credit.rate is not None, "a block pays an amount or a rate of a base"
    base = _base(credit.base, bases)
    if isinstance(base, Waiting):
        return _waits(base)
    return _added(base.steps, _blocks(credit, paying, base.total.times(credit.rate), credit.rate, None))


def _blocks(
    credit: BlockCredit, times: Sequence[int], each: Money, rate: Fraction | None, units: Fraction | None
) -> list[Step]:
    steps: list[Step] = []
    for time in times:
        blocks = _blocks_in(credit, time)
        result = pay_of(blocks, credit.first, each).times(Fraction(1) if units is None else units)
        steps += [
            BlocksOfTime(time=time, after=credit.after, block=credit.block, part=credit.part, blocks=blocks),
            BlocksPay(blocks=blocks, first=credit.first, rate=rate, each=each, result=result, units=units),
        ]
    return steps


def _by_lost_time(credit: LostTimeCredit, measurement: Measurement, bases: Bases, currency: str) -> Worked:
    lost = _lengths(credit.measured_on, measurement)
    paying = [time for time in lost if time > credit.after]
    base = bases.of(credit.base)
    if isinstance(base, Waiting):
        if paying:
            return _waits(base)
        # Nothing waits for a charge of which no time was lost.
        base = _no_base(currency, bases.microseconds_of(credit.base))
    # Where none is long enough the longest shows why nothing is paid.
    steps: list[Step] = [
        LostTime(
            time=time,
            after=credit.after,
            charged_for=base.microseconds,
            times=credit.times,
            base=base.total,
            result=lost_time_pay(base.total, time, credit.after, base.microseconds, credit.times),
        )
        for time in paying or [max(lost, default=0)]
    ]
    return _added(base.steps, steps)


def _lengths(measured_on: MeasuredOn, measurement: Measurement) -> tuple[int, ...]:
    match measured_on:
        case "period_total":
            return (measurement.down,)
        case "each_outage":
            return measurement.stretches
        case "each_incident" | "each_delivery":
            return (measurement.elapsed,)


def _blocks_in(credit: BlockCredit, time: int) -> Fraction:
    return blocks_of(time, credit.after, credit.block, credit.part)


def _base(base: ChargeBase | None, bases: Bases) -> Base | Waiting:
    assert base is not None, "the compiler gives every rate a base"
    return bases.of(base)


def _no_base(currency: str, microseconds: int) -> Base:
    return Base(total=zero(currency), steps=(added_up((), currency),), microseconds=microseconds)


def _waits(base: Waiting, *before: Step) -> Worked:
    steps = (*before, Undetermined(reason=f"waits for {base.what}"))
    return Worked(amount=None, steps=steps, waiting=base.what)


def _added(before: Sequence[Step], paying: Sequence[Step]) -> Worked:
    """The sum of every step that pays, which the explanation adds up in the same way."""
    results = [step.result for step in paying if isinstance(step, CountTimes | RateTimes | BlocksPay | LostTime)]
    total = results[0]
    for result in results[1:]:
        total = total + result
    return Worked(amount=total, steps=(*before, *paying))
