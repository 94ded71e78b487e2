"""Owns statistics: the count, sum, mean, ends or a percentile of a period's readings or elapsed times, exact.

Does not own: which readings an indicator has, how long anything took, or what a promise makes of a level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from malus.measures.by_period import of_each_period
from malus.measures.lateness import TimedDelivery, placed_deliveries
from malus.measures.response import Timed, facts_used, placed_times, unsure
from malus.measures.tallies import in_periods, reading_value
from malus.model.events import Reading, event_name
from malus.model.explanation import NAMED_EVENTS_LIMIT, EventsUsed
from malus.model.indicators import CountedIn, DeliveryTime, Elapsed, Statistic
from malus.model.measurement import Measurement, events_used
from malus.model.measuring_steps import CombinedPart, StatisticTaken, TooFew
from malus.model.periods import Period
from malus.model.quantities import Level, Unit, stated_ratio

#: A value and the name of what it is of.
Named: TypeAlias = tuple[Fraction, str]


def measure_statistic(
    indicator: Statistic, periods: Sequence[Period], readings: Sequence[Reading]
) -> list[Measurement]:
    """One figure of each period's readings; a period without any is empty."""
    placed = in_periods(periods, readings, indicator.counted_in is CountedIn.PERIOD_OF_END)
    return [
        _measured(indicator, period, _read(indicator, used), events_used("readings", used))
        for period, used in zip(periods, placed, strict=True)
    ]


def measure_statistic_of_times(
    indicator: Statistic, elapsed: Elapsed, periods: Sequence[Period], timed: Sequence[Timed]
) -> list[Measurement]:
    """One figure of each period's incidents or outages; one that still runs counts with its time so far, or waits."""
    measured = []
    placed = placed_times(elapsed, indicator.counted_in, periods, timed)
    for period, used, clash in of_each_period(periods, placed):
        values = [(Fraction(item.elapsed), item.clock.subject) for item in used]
        measured.append(
            _measured(indicator, period, values, facts_used(used, elapsed), unsure(used) if clash else "", clash)
        )
    return measured


def measure_statistic_of_lateness(
    indicator: Statistic, late: DeliveryTime, periods: Sequence[Period], timed: Sequence[TimedDelivery]
) -> list[Measurement]:
    """One figure of how late each period's deliveries were, in the days that count where they are counted in days."""
    measured = []
    placed = placed_deliveries(late, indicator.counted_in, periods, timed)
    for period, used, clash in of_each_period(periods, placed):
        events = events_used("delivery facts", [event for item in used for event in item.subject.events])
        values = [(Fraction(item.counted), item.subject.name) for item in used]
        doubt = "these facts about one delivery cannot both be true" if clash else ""
        measured.append(_measured(indicator, period, values, events, doubt, clash))
    return measured


def percentile_place(part: Fraction, method: str, count: int) -> Fraction:
    """The place of a percentile among so many values in ascending order, counted from 1.

    >>> percentile_place(Fraction(95, 100), "nearest_rank", 10), percentile_place(Fraction(95, 100), "linear", 21)
    (Fraction(10, 1), Fraction(20, 1))
    """
    return 1 + part * (count - 1) if method == "linear" else Fraction(math.ceil(part * count))


def _read(indicator: Statistic, readings: Sequence[Reading]) -> list[Named]:
    values = [(reading_value(reading, indicator.unit), event_name(reading)) for reading in readings]
    return [(value, name) for value, name in values if value is not None]


def _measured(
    indicator: Statistic,
    period: Period,
    values: Sequence[Named],
    used: EventsUsed,
    doubt: str = "",
    clash: tuple[str, ...] = (),
) -> Measurement:
    few = indicator.few
    if doubt:
        return Measurement(period=period, level=None, steps=(used,), undetermined=doubt, named=clash)
    if few is not None and 0 < len(values) < few.below:
        step = TooFew(total=len(values), below=few.below, failures=None, allowed=None)
        met = few.says == "met"
        return Measurement(period=period, level=None, steps=(used, step), says_met=met, empty=not met)
    if not values:
        return Measurement(period=period, level=None, steps=(used,), empty=True)
    taken = _taken(indicator, sorted(values))
    return Measurement(period=period, level=taken.level, steps=(used, taken))


def _taken(indicator: Statistic, ordered: Sequence[Named]) -> StatisticTaken:
    count, percentile, unit = len(ordered), indicator.percentile, indicator.unit
    total: Fraction | None = None
    place = low = high = None
    match indicator.takes:
        case "count":
            value, unit = Fraction(count), Unit.COUNT
        case "sum" | "mean":
            total = stated_ratio(sum((value for value, _ in ordered), Fraction(0)))
            value = total if indicator.takes == "sum" else stated_ratio(total / count)
        case "lowest":
            value = ordered[0][0]
        case "highest":
            value = ordered[-1][0]
        case "percentile":
            assert percentile is not None, "a percentile says which one"
            place = percentile_place(percentile.part, percentile.method, count)
            at = math.floor(place)
            low, high = ordered[at - 1][0], ordered[min(at, count - 1)][0]
            value = stated_ratio(low + (high - low) * (place - at))
    listed = ordered if count <= NAMED_EVENTS_LIMIT else ()
    return StatisticTaken(
        takes=indicator.takes,
        count=count,
        parts=tuple(CombinedPart(name=name, level=_level(value, indicator.unit)) for value, name in listed),
        total=None if total is None else _level(total, unit),
        percentile=None if percentile is None else percentile.part,
        method="" if percentile is None else percentile.method,
        place=place,
        low=None if low is None else _level(low, unit),
        high=None if high is None else _level(high, unit),
        level=_level(value, unit),
    )


def _level(value: Fraction, unit: Unit) -> Level:
    return Level(numerator=value.numerator, denominator=value.denominator, unit=unit)
