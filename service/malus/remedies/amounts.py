"""Owns the arithmetic of every kind of credit: from what was measured to an exact amount and the steps to it.

Does not own: which credit follows (matching), caps, claims, or rounding to what is payable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from malus.model.credits import AmountCredit, BandCredit, BlockCredit, ChargeBase, Credit
from malus.model.explanation import (
    BaseSum,
    BlocksOfTime,
    BlocksPay,
    CountTimes,
    RateTimes,
    RowHit,
    Step,
    Undetermined,
)
from malus.model.measurement import Measurement
from malus.model.money import Money, zero
from malus.model.quantities import limit_text
from malus.model.recompute import blocks_of, pay_of
from malus.remedies.bands import rows_for
from malus.remedies.charge_base import Waiting


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
    base_of: Callable[[ChargeBase], BaseSum | Waiting],
    currency: str,
) -> Worked:
    """What a credit pays for a measurement, exact.

    `row` is the row of the table that follows, 0 where none does. `base_of` works a charge base out for the period
    that was judged; nothing asks it where no rate is involved.
    """
    match credit:
        case BandCredit():
            return _by_row(credit, row, measurement, base_of)
        case AmountCredit():
            return _fixed(credit, measurement)
        case BlockCredit():
            return _by_blocks(credit, measurement, base_of, currency)
        case _:
            assert_never(credit)


def _by_row(
    credit: BandCredit, row: int, measurement: Measurement, base_of: Callable[[ChargeBase], BaseSum | Waiting]
) -> Worked:
    band = next((band for band in credit.bands if band.row == row), None)
    if band is None:
        reason, named = _no_row(credit, measurement)
        return Worked(amount=None, steps=(Undetermined(reason=reason, named=named),), waiting=reason)
    matching = rows_for(credit, measurement.level).matching if measurement.level is not None else (row,)
    hit = RowHit(
        row=band.row,
        limits=band.limits,
        rows_in_all=len(credit.bands),
        others=tuple(number for number in matching if number != band.row),
    )
    if band.rate is None:
        assert band.amount is not None, "the compiler gives every row a rate or an amount"
        paid = CountTimes(count=Fraction(1), each=band.amount, what="row", result=band.amount)
        return Worked(amount=band.amount, steps=(hit, paid))
    return _rate_of(band.rate, credit.base, base_of, (hit,))


def _no_row(credit: BandCredit, measurement: Measurement) -> tuple[str, tuple[str, ...]]:
    if measurement.level is None:
        return "there is no level to look up in the table", ()
    matching = rows_for(credit, measurement.level).matching
    rows = tuple(f"row {band.row}: {' and '.join(limit_text(limit) for limit in band.limits)}" for band in credit.bands)
    if matching:
        return f"rows {', '.join(map(str, matching))} take this level and the terms refuse an overlap", rows
    return "no row of the table takes this level", rows


def _fixed(credit: AmountCredit, measurement: Measurement) -> Worked:
    count = Fraction(1)
    if credit.each == "occurrence" and measurement.level is not None:
        count = measurement.level.exact()
    result = credit.amount.times(count)
    return Worked(amount=result, steps=(CountTimes(count=count, each=credit.amount, what=credit.each, result=result),))


def _by_blocks(
    credit: BlockCredit,
    measurement: Measurement,
    base_of: Callable[[ChargeBase], BaseSum | Waiting],
    currency: str,
) -> Worked:
    match credit.measured_on:
        case "period_total":
            times: tuple[int, ...] = (measurement.down,)
        case "each_outage":
            times = measurement.stretches
        case "each_incident":
            times = (measurement.elapsed,)
    # Where none is long enough the longest shows why nothing is paid.
    paying = [time for time in times if _blocks_in(credit, time)] or [max(times, default=0)]
    at_first_price = 0 if credit.first is None else 1
    if credit.amount is not None or all(_blocks_in(credit, time) <= at_first_price for time in paying):
        # No charge is asked for, and nothing waits for one, where no block costs a rate of it.
        return _blocks(credit, paying, credit.amount or zero(currency), ())
    assert credit.rate is not None and credit.base is not None, "a block pays an amount or a rate of a base"
    base = _sound(base_of(credit.base))
    if isinstance(base, Waiting):
        return Worked(amount=None, steps=(Undetermined(reason=f"waits for {base.what}"),), waiting=base.what)
    return _blocks(credit, paying, base.total.times(credit.rate), (base,))


def _blocks(credit: BlockCredit, times: Sequence[int], each: Money, base: tuple[BaseSum, ...]) -> Worked:
    steps: list[Step] = [*base]
    total = zero(each.currency)
    for time in times:
        blocks = _blocks_in(credit, time)
        result = pay_of(blocks, credit.first, each)
        steps += [
            BlocksOfTime(time=time, after=credit.after, block=credit.block, part=credit.part, blocks=blocks),
            BlocksPay(blocks=blocks, first=credit.first, rate=credit.rate if base else None, each=each, result=result),
        ]
        total = total + result
    return Worked(amount=total, steps=tuple(steps))


def _blocks_in(credit: BlockCredit, time: int) -> Fraction:
    return blocks_of(time, credit.after, credit.block, credit.part)


def _sound(base: BaseSum | Waiting) -> BaseSum | Waiting:
    """A base that more was taken off than charged is nobody's to guess: a rate of it would be owed by the customer."""
    if isinstance(base, BaseSum) and base.total.amount < 0:
        return Waiting(what="a base that is not below nothing: more is taken off than was charged")
    return base


def _rate_of(
    rate: Fraction,
    charge_base: ChargeBase | None,
    base_of: Callable[[ChargeBase], BaseSum | Waiting],
    before: tuple[Step, ...],
) -> Worked:
    assert charge_base is not None, "the compiler gives every rate a base"
    base = _sound(base_of(charge_base))
    if isinstance(base, Waiting):
        steps: tuple[Step, ...] = (*before, Undetermined(reason=f"waits for {base.what}"))
        return Worked(amount=None, steps=steps, waiting=base.what)
    result = base.total.times(rate)
    return Worked(amount=result, steps=(*before, base, RateTimes(rate=rate, base=base.total, result=result)))
