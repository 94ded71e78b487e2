"""Owns excursions: how many readings lay outside their limits and how far, during a delivery or in a period.

Does not own: which readings an indicator has, or what a promise makes of a level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from malus.measures.deliveries import DeliverySubject, JudgedDelivery, deliveries_placed
from malus.measures.tallies import in_periods, reading_value
from malus.model.events import Reading
from malus.model.indicators import CountedIn, Excursion
from malus.model.instants import Instant
from malus.model.measurement import Measurement, events_used
from malus.model.periods import Period
from malus.model.quantities import Edge, Level, Limit, Unit

_DOUBT = "these facts about one delivery cannot both be true"


def measure_excursions(
    indicator: Excursion, periods: Sequence[Period], readings: Sequence[Reading]
) -> list[Measurement]:
    """One level a period, from all of its readings; none is empty."""
    placed = in_periods(periods, readings, indicator.counted_in is CountedIn.PERIOD_OF_END)
    return [
        Measurement(
            period=period,
            level=_level(indicator, used) if used else None,
            steps=(events_used("readings", used),),
            empty=not used,
        )
        for period, used in zip(periods, placed, strict=True)
    ]


def measure_excursions_of_each(
    indicator: Excursion,
    periods: Sequence[Period],
    readings: Sequence[Reading],
    deliveries: Sequence[DeliverySubject],
    as_of: Instant,
) -> list[Measurement]:
    """One level a delivery, from the readings that name it; none is empty."""
    told = _by_delivery(readings)
    measured = []
    for delivery, period in deliveries_placed(indicator.counted_in, periods, deliveries, as_of):
        used, clash = told[delivery.name], delivery.contradiction
        measured.append(
            Measurement(
                period=period,
                subject=delivery.name,
                level=_level(indicator, used) if used and not clash else None,
                steps=(events_used("readings", used),),
                empty=not used and not clash,
                undetermined=_DOUBT if clash else "",
                named=clash,
                starts=delivery.begins,
                ends=delivery.done,
                due=delivery.judged_by,
                goods=(delivery.goods(),),
            )
        )
    return measured


def exposed_deliveries(
    indicator: Excursion, readings: Sequence[Reading], deliveries: Sequence[DeliverySubject]
) -> list[JudgedDelivery]:
    """What the readings of each delivery come to; a delivery without one has no level."""
    told = _by_delivery(readings)
    return [
        JudgedDelivery(
            subject=delivery,
            level=_level(indicator, told[delivery.name]) if told[delivery.name] else None,
            used=tuple(told[delivery.name]),
        )
        for delivery in deliveries
    ]


def _by_delivery(readings: Sequence[Reading]) -> dict[str | None, list[Reading]]:
    told: dict[str | None, list[Reading]] = defaultdict(list)
    for reading in readings:
        told[reading.delivery_id].append(reading)
    return told


def _level(indicator: Excursion, readings: Sequence[Reading]) -> Level:
    values = [reading_value(reading, indicator.unit) or Fraction(0) for reading in readings]
    beyond = [worst for value in values if (worst := _beyond(indicator, value)) is not None]
    if indicator.counts == "readings":
        return Level(numerator=len(beyond), denominator=1, unit=Unit.COUNT)
    worst = max(beyond, default=Fraction(0))
    return Level(numerator=worst.numerator, denominator=worst.denominator, unit=indicator.unit)


def _beyond(indicator: Excursion, value: Fraction) -> Fraction | None:
    """How far a value lies beyond the limit that it is outside of; None where it is inside all of them."""
    level = Level(numerator=value.numerator, denominator=value.denominator, unit=indicator.unit)
    return max((_distance(limit, value) for limit in indicator.outside if limit.holds(level)), default=None)


def _distance(limit: Limit, value: Fraction) -> Fraction:
    return limit.value - value if limit.edge in (Edge.BELOW, Edge.AT_MOST) else value - limit.value
