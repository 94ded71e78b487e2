"""Owns service points as a level: what the breaches of some clauses weigh together, in a period or a run of them.

Does not own: how many points a breach gives, or whether it gives any (matching decides).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.model.indicators import Points
from malus.model.measurement import Measurement
from malus.model.paying_steps import PointsAdded, PointsGiven
from malus.model.periods import Period, previous_period
from malus.model.quantities import Level, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """The points of one breach, or why nobody knows them (`unknown`): `given` is None then.

    `lineage`: the clause through all amendments. `whose`: the listed subject it was judged for.
    """

    lineage: int
    ordinal: int
    whose: str
    period: Period
    given: PointsGiven | None
    unknown: str = ""


def measure_points(
    indicator: Points, periods: Sequence[Period], awards: Sequence[Award], zone: str
) -> list[Measurement]:
    """The sum of all points whose period ends in each period, or in it and the periods before it that are asked for.

    Without a breach it is nothing, which is a level too. Points that nobody knows leave the sum undetermined.
    """
    measured = []
    for period in periods:
        start = period
        for _ in range(indicator.over - 1):
            start = previous_period(indicator.cycle, start, zone)
        # Of a period that an amendment split, the part before gave its points to its own sum.
        since = start.start if start is period else start.whole_start
        here = [award for award in awards if since < award.period.end <= period.end]
        here.sort(key=lambda award: (award.period.end, award.ordinal, award.whose))
        unknown = tuple(award.unknown for award in here if award.given is None)
        given = tuple(award.given for award in here if award.given is not None)
        total = sum((part.points * part.times + part.added for part in given), Fraction(0))
        level = Level(numerator=total.numerator, denominator=total.denominator, unit=Unit.COUNT)
        measured.append(
            Measurement(
                period=period,
                level=None if unknown else level,
                steps=(PointsAdded(parts=given, total=total),),
                undetermined="these points are not known" if unknown else "",
                named=unknown,
            )
        )
    return measured
