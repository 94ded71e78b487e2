"""Owns the check that a level follows from the steps that show how it came about.

Does not own: the arithmetic of money (recompute), nor any measuring.
"""

from __future__ import annotations

import math
from fractions import Fraction

from malus.model.instants import DAY, MINUTE
from malus.model.measuring_steps import (
    Late,
    LevelsCombined,
    MeanOfIntervals,
    SampleChecked,
    StatisticTaken,
    TimeBase,
    TimeInside,
    TimeInWholeMinutes,
)
from malus.model.moving import TargetMoved
from malus.model.quantities import stated_ratio


def level_adds_up(
    step: TimeBase
    | TimeInWholeMinutes
    | LevelsCombined
    | MeanOfIntervals
    | StatisticTaken
    | SampleChecked
    | TimeInside
    | Late
    | TargetMoved,
) -> bool:
    """Whether a step's result follows from its own inputs; of single outages a step tells the sums only."""
    match step:
        case TimeBase():
            whole = step.period - step.closed - step.out_of_service if step.fixed is None else step.fixed
            return max(0, whole - step.excused) == step.base
        case TimeInWholeMinutes():
            minutes = -(-step.exact // MINUTE) if step.part == "counts" else step.exact // MINUTE
            return step.each != "period" or minutes * MINUTE == step.counted
        case LevelsCombined():
            return _combined(step) == step.level.exact()
        case MeanOfIntervals():
            return (step.ratio_sum + step.full) / step.intervals == step.level.exact()
        case StatisticTaken():
            return _statistic(step) == step.level.exact()
        case TimeInside():
            down = step.outside + (step.unobserved if step.counts == "counts_as_down" else 0)
            up = max(0, step.base - down)
            return step.level is None or Fraction(up, step.base) == step.level.exact()
        case SampleChecked():
            return step.checked - step.good == step.defects
        case TargetMoved():
            return step.adds_up()
        case Late():
            return step.day != "24_hours" or whole_days(step.running, step.part_day) == step.counted


def whole_days(microseconds: int, part_day: str) -> int:
    """A time counted in days of 24 hours, in microseconds: begun ones, full ones, or the exact time.

    >>> whole_days(90_000_000_000, "counts") // 86_400_000_000
    2
    """
    match part_day:
        case "counts":
            return -(-microseconds // DAY) * DAY
        case "ignored":
            return microseconds // DAY * DAY
        case _:
            return microseconds


def _combined(step: LevelsCombined) -> Fraction:
    values = [part.level.exact() for part in step.parts]
    match step.takes:
        case "mean":
            return stated_ratio(sum(values, Fraction(0)) / len(values))
        case "sum":
            return sum(values, Fraction(0))
        case "highest":
            return max(values)
        case "lowest":
            return min(values)
        case "ratio_of_sums":
            tops, bottoms = ([part.level.numerator for part in step.parts], [p.level.denominator for p in step.parts])
            return Fraction(sum(tops), sum(bottoms))
        case "first_over_second":
            return stated_ratio(values[0] / values[1])


def _statistic(step: StatisticTaken) -> Fraction | None:
    """The figure by its inputs; by the values themselves where the step lists them. None where they contradict it."""
    values = [part.level.exact() for part in step.parts] or None
    if values is not None and (len(values) != step.count or values != sorted(values)):
        return None
    match step.takes:
        case "count":
            return Fraction(step.count)
        case "sum" | "mean":
            assert step.total is not None, "a sum and a mean have a total"
            total = step.total.exact()
            if values is not None and stated_ratio(sum(values, Fraction(0))) != total:
                return None
            return total if step.takes == "sum" else stated_ratio(total / step.count)
        case "lowest" | "highest":
            if values is None:
                return step.level.exact()
            return values[0] if step.takes == "lowest" else values[-1]
        case "percentile":
            return _at_place(step, values)


def _at_place(step: StatisticTaken, values: list[Fraction] | None) -> Fraction | None:
    assert step.percentile is not None and step.place is not None, "a percentile has a place"
    assert step.low is not None and step.high is not None, "there are values at its place"
    linear = step.method == "linear"
    place = 1 + step.percentile * (step.count - 1) if linear else Fraction(math.ceil(step.percentile * step.count))
    low, high = step.low.exact(), step.high.exact()
    at = math.floor(place)
    if place != step.place or (values is not None and (values[at - 1], values[min(at, step.count - 1)]) != (low, high)):
        return None
    return stated_ratio(low + (high - low) * (place - at))
