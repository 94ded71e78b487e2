"""Owns the mean of short intervals' ratios; does not own the sums in an interval (measure), nor any promise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from malus.measures.measure import tally_sums
from malus.measures.tallies import in_periods
from malus.model.events import Tally, event_name
from malus.model.explanation import NAMED_EVENTS_LIMIT
from malus.model.indicators import IntervalMean
from malus.model.instants import Instant
from malus.model.measurement import Measurement, events_used
from malus.model.measuring_steps import MeanOfIntervals
from malus.model.periods import Period
from malus.model.quantities import Level, Unit, stated_ratio


def measure_interval_mean(
    indicator: IntervalMean, periods: Sequence[Period], tallies: Sequence[Tally], as_of: Instant
) -> list[Measurement]:
    """The mean of each period's interval ratios, exact: sum of the ratios over the number of intervals.

    A tally belongs to the interval in which it starts, and a period with one that ends beyond its interval is
    undetermined: nobody knows which part of it was good. So is a period into which one reaches from before it. An
    interval without a total counts as the terms say; one that has not begun at `as_of` is never bad.
    """
    placed = in_periods(periods, tallies, by_end=False)
    reaching = _reaching_in(periods, tallies)
    return [
        _measured(indicator, period, [*before, *used], as_of)
        for period, before, used in zip(periods, reaching, placed, strict=True)
    ]


def _reaching_in(periods: Sequence[Period], tallies: Sequence[Tally]) -> list[list[Tally]]:
    """The tallies that began before a period and end in it or after it."""
    firsts = [period.start for period in periods]
    found: list[list[Tally]] = [[] for _ in periods]
    for tally in tallies:
        for place in range(bisect_right(firsts, tally.start), bisect_left(firsts, tally.end)):
            found[place].append(tally)
    return found


def _measured(indicator: IntervalMean, period: Period, used: Sequence[Tally], as_of: Instant) -> Measurement:
    step = events_used("tallies", used)
    wide = sorted({event_name(tally) for tally in used if _is_wide(indicator, period, tally)})
    if wide:
        return Measurement(
            period=period,
            level=None,
            steps=(step,),
            undetermined="these tallies reach beyond one interval",
            named=tuple(wide[:NAMED_EVENTS_LIMIT]),
        )
    ratios = _ratios(indicator, period, used)
    in_all = _intervals(period.start, period.end, indicator.interval)
    empty = in_all - len(ratios)
    ahead = min(empty, in_all - _intervals(period.start, max(period.start, min(as_of, period.end)), indicator.interval))
    good = 0
    match indicator.empty_interval:
        case "good":
            good = empty
        case "bad":
            good = ahead
        case "leaves_the_mean":
            in_all, empty = len(ratios), 0
    if not in_all:
        return Measurement(period=period, level=None, steps=(step,), empty=True)
    errors = indicator.share_of == "errors"
    full = empty - good if errors else good
    total = _sum(Fraction(1) - ratio if errors else ratio for ratio in ratios)
    mean = stated_ratio((total + full) / in_all)
    level = Level(numerator=mean.numerator, denominator=mean.denominator, unit=Unit.PERCENT)
    how = MeanOfIntervals(
        length=indicator.interval,
        intervals=in_all,
        measured=len(ratios),
        ratio_sum=mean * in_all - full,
        full=full,
        level=level,
    )
    return Measurement(period=period, level=level, steps=(step, how))


def _ratios(indicator: IntervalMean, period: Period, used: Sequence[Tally]) -> list[Fraction]:
    """Good over total of each interval in which there was any total."""
    stretches = tuple(sorted({_interval(indicator, period, tally) for tally in used}))
    sums = tally_sums(
        [tally.start for tally in used],
        [tally.good for tally in used],
        [tally.total for tally in used],
        stretches,
    )
    return [Fraction(good, total) for good, total in sums if total]


def _is_wide(indicator: IntervalMean, period: Period, tally: Tally) -> bool:
    return tally.start < period.start or tally.end > _interval(indicator, period, tally)[1]


def _interval(indicator: IntervalMean, period: Period, tally: Tally) -> tuple[Instant, Instant]:
    # A tally that starts and ends with the period's last instant still belongs to the last interval.
    start = tally.start - (tally.start - period.start) % indicator.interval
    return start, min(start + indicator.interval, period.end)


def _intervals(start: Instant, end: Instant, length: int) -> int:
    """How many intervals begin in [start, end)."""
    return -((start - end) // length)


def _sum(ratios: Iterable[Fraction]) -> Fraction:
    """The exact sum; ratios of one denominator are added first, so that no common one is looked for twice."""
    by_denominator: dict[int, int] = defaultdict(int)
    for ratio in ratios:
        by_denominator[ratio.denominator] += ratio.numerator
    parts = [Fraction(numerator, denominator) for denominator, numerator in sorted(by_denominator.items())]
    while len(parts) > 1:
        # In pairs: a long sum of small ratios would carry one huge denominator through every step.
        parts = [sum(parts[place : place + 2], Fraction(0)) for place in range(0, len(parts), 2)]
    return parts[0] if parts else Fraction(0)
