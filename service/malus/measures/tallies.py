"""Owns ratios of tallies and levels that readings give as such; does not own what a level is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from malus.measures.bounds import Column, compact, joined
from malus.measures.measure import tally_sums
from malus.measures.weighing import Weighed
from malus.model.blocks import Block, Blocks, blocks_of
from malus.model.events import Reading, Tally, event_name
from malus.model.indicators import CountedIn, GivenValue, Ratio
from malus.model.instants import Instant
from malus.model.measurement import Measurement, content_line, events_used
from malus.model.measuring_steps import TooFew
from malus.model.periods import Period
from malus.model.quantities import Level, Unit

Placed = TypeVar("Placed", Tally, Reading)


def measure_ratio(indicator: Ratio, periods: Sequence[Period], tallies: Sequence[Tally]) -> list[Measurement]:
    """Sum of good (or of errors) over sum of total of each period's tallies, exact however large; no total is empty.

    Where the terms forgive few samples, a small total has no level: the terms call it met, or it is no data.
    """
    by_end = indicator.counted_in is CountedIn.PERIOD_OF_END
    told = blocks_of(tallies)
    spans = tuple((period.start, period.end) for period in periods)
    columns = [block.once(("counts", by_end), lambda block: _columns(block, by_end)) for block in told.blocks()]
    instants, good, total = joined(columns, width=3)
    sums = tally_sums(instants, good, total, spans, by="end" if by_end else "start")
    placed: list[Blocks[Tally]] = [Blocks() for _ in periods]
    for block in told.blocks():
        for place, here in enumerate(
            block.once(("placed", by_end, spans), lambda block: _placed(periods, block, by_end))
        ):
            if here:
                placed[place].add(here)
    return [
        _ratio(indicator, period, used, good, total)
        for period, used, (good, total) in zip(periods, placed, sums, strict=True)
    ]


def _columns(tallies: Sequence[Tally], by_end: bool) -> tuple[Column, ...]:
    return compact(
        [_last(tally) + 1 if by_end else tally.start for tally in tallies],
        [tally.good for tally in tallies],
        [tally.total for tally in tallies],
    )


def _placed(periods: Sequence[Period], tallies: Sequence[Tally], by_end: bool) -> list[Block[Tally]]:
    return [Block(here) for here in in_periods(periods, tallies, by_end)]


def _ratio(indicator: Ratio, period: Period, used: Sequence[Tally], good: int, total: int) -> Measurement:
    events, failures, few = events_used("tallies", used), total - good, indicator.few
    if few is not None and 0 < total < few.below and (few.missed_after is None or failures <= few.missed_after):
        step = TooFew(total=total, below=few.below, failures=failures, allowed=few.missed_after)
        met = few.says == "met"
        return Measurement(period=period, level=None, steps=(events, step), says_met=met, empty=not met)
    counted = failures if indicator.share_of == "errors" else good
    return Measurement(
        period=period,
        level=Level(numerator=counted, denominator=total, unit=Unit.PERCENT) if total else None,
        steps=(events,),
        empty=not total,
    )


def measure_given(indicator: GivenValue, periods: Sequence[Period], readings: Sequence[Reading]) -> list[Measurement]:
    """The level that a period's reading gives: the last one, their exact mean, or none where several are refused."""
    placed = in_periods(periods, readings, indicator.counted_in is CountedIn.PERIOD_OF_END)
    measured = []
    for period, used in zip(periods, placed, strict=True):
        several = len(used) > 1 and indicator.several == "refused"
        value = None if several or not used else _given(indicator, used)
        measured.append(
            Measurement(
                period=period,
                level=None
                if value is None
                else Level(numerator=value.numerator, denominator=value.denominator, unit=indicator.unit),
                steps=(events_used("readings", used),),
                empty=not used,
                undetermined="several readings for one period are refused by the terms" if several else "",
                named=tuple(sorted(event_name(reading) for reading in used)) if several else (),
            )
        )
    return measured


def totals_over_time(readings: Sequence[Reading], periods: Sequence[Period]) -> list[Weighed]:
    """How many there are in all: each reading from its start until the next one, the last to the end of the periods.

    Of readings at one instant the one with the highest sequence counts. Only a count of nothing or more is a total.
    """
    ordered = sorted(readings, key=lambda reading: (reading.start, reading.sequence or 0, content_line(reading)))
    counts = ((reading.start, reading_value(reading, Unit.COUNT)) for reading in ordered)
    told = {start: count for start, count in counts if count is not None and count >= 0}
    starts = sorted(told)
    ends = [*starts[1:], periods[-1].end] if periods and starts else []
    return [(start, end, told[start]) for start, end in zip(starts, ends, strict=True) if start < end]


READ_AS = {
    Unit.PERCENT: "a percentage (`%`)",
    Unit.COUNT: "a plain number (`count`)",
    Unit.DURATION: "a length of time (`seconds`, `minutes`, `hours`)",
}


def reading_value(reading: Reading, unit: Unit) -> Fraction | None:
    """A reading in the unit of its indicator (a percentage as a part of one), or None where the units differ."""
    match unit:
        case Unit.PERCENT:
            return reading.value / 100 if reading.unit in ("%", "percent") else None
        case Unit.COUNT:
            return reading.value if reading.unit in ("", "count") else None
        case Unit.DURATION:
            scale = _TIME_UNITS.get(reading.unit)
            return None if scale is None else reading.value * scale


def in_periods(periods: Sequence[Period], events: Sequence[Placed], by_end: bool) -> list[list[Placed]]:
    """The events of each period [start, end): by the instant they start, or by the last instant before their end.

    An event that is itself an instant (start = end) is placed by it.
    """
    placed: list[list[Placed]] = [[] for _ in periods]
    instant: Callable[[Placed], Instant] = _last if by_end else lambda event: event.start
    place = 0
    for event in sorted(events, key=instant):
        at = instant(event)
        while place < len(periods) and periods[place].end <= at:
            place += 1
        if place < len(periods) and periods[place].start <= at:
            placed[place].append(event)
    return placed


def _last(event: Tally | Reading) -> Instant:
    return max(event.start, event.end - 1)


_LENGTHS = {"microsecond": 1, "millisecond": 1_000, "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}
# One second is said as in a rule file: `1 second`.
_TIME_UNITS = _LENGTHS | {f"{unit}s": scale for unit, scale in _LENGTHS.items()}


def _given(indicator: GivenValue, used: Sequence[Reading]) -> Fraction:
    ordered = sorted(used, key=lambda reading: (reading.end, reading.sequence or 0, content_line(reading)))
    values = [reading_value(reading, indicator.unit) or Fraction(0) for reading in ordered]
    return values[-1] if indicator.several == "last" else sum(values, Fraction(0)) / len(values)
