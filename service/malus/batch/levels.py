"""Owns levels as columns: where each lies among the edges that its clauses have, and the measurement that it was.

Does not own: what a place among the edges means: the clauses say that, for one level of each place (judging).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from malus.batch.columns import Ints, Longs
from malus.batch.plain_terms import PlainTerms
from malus.evaluation.in_force import Run
from malus.evaluation.measuring import Measures
from malus.measures.bounds import INT64_MOST
from malus.measures.row_kernels import find_positions
from malus.model.conditions import Promise
from malus.model.credits import BandCredit
from malus.model.explanation import EventsUsed
from malus.model.indicators import Availability, Indicator
from malus.model.measurement import Measurement
from malus.model.periods import Period
from malus.model.quantities import Level, Unit

#: What the events of each lane are called in an explanation.
_CALLED = ("tallies", "outages", "incident facts")


@dataclass(slots=True, kw_only=True)
class FoldedLevels(Measures):
    """Levels that were folded from rows, by indicator and the start of their period; they name no single event."""

    levels: Mapping[tuple[str, int], Measurement] = field(default_factory=dict)

    def measured(self, run: Run) -> list[Measurement]:
        """The levels of an indicator in a run's periods; none of an elapsed time that only a share is made of."""
        found = (self.levels.get((run.indicator.name, period.start)) for period in run.periods)
        return [measurement for measurement in found if measurement is not None]


def edges_of(plain: PlainTerms, indicator: Indicator) -> list[Fraction]:
    """Every edge at which some clause on an indicator may answer otherwise, ascending."""
    edges: set[Fraction] = set()
    for clause in plain.promises:
        assert isinstance(clause.condition, Promise)
        if clause.condition.indicator == indicator.name:
            edges |= {item.limit.value for item in clause.condition.limits}
            if isinstance(clause.credit, BandCredit):
                edges |= {limit.value for band in clause.credit.bands for limit in band.limits}
    return sorted(edges)


def positions_among(edges: Sequence[Fraction], numerators: Longs, denominators: Longs) -> Ints:
    """Where each level lies: 2 i below edge i and above the one before, 2 i + 1 on it; -1 where there is no level."""
    positions = np.empty(numerators.size, dtype=np.int32)
    above, below = [edge.numerator for edge in edges], [edge.denominator for edge in edges]
    largest = max(
        int(numerators.max(initial=0)) * max(below, default=1), int(denominators.max(initial=0)) * max(above, default=1)
    )
    if largest <= INT64_MOST:
        find_positions(
            np.ascontiguousarray(numerators),
            np.ascontiguousarray(denominators),
            np.array(above, dtype=np.int64),
            np.array(below, dtype=np.int64),
            positions,
        )
        return positions
    for row, (numerator, denominator) in enumerate(zip(numerators.tolist(), denominators.tolist(), strict=True)):
        positions[row] = _position(edges, numerator, denominator)
    return positions


def level_at(edges: Sequence[Fraction], position: int) -> tuple[int, int]:
    """Some level that lies at a position, as numerator and denominator."""
    place = position // 2
    if position % 2:
        value = edges[place]
    elif place == len(edges):
        value = edges[-1] + 1 if edges else Fraction(1)
    else:
        value = (edges[place] + (edges[place - 1] if place else min(Fraction(0), 2 * edges[place]))) / 2
    return value.numerator, value.denominator


def measurement_of(lane: int, indicator: Indicator, period: Period, figures: Sequence[int]) -> Measurement:
    """The measurement that a numerator, denominator and number of events stand for."""
    numerator, denominator, events = figures
    return Measurement(
        period=period,
        level=Level(numerator=numerator, denominator=denominator, unit=Unit.PERCENT) if denominator else None,
        steps=(EventsUsed(kind=_CALLED[lane], count=events, named=(), set_digest=""),),
        empty=not denominator,
        down=denominator - numerator if isinstance(indicator, Availability) else 0,
    )


def _position(edges: Sequence[Fraction], numerator: int, denominator: int) -> int:
    if not denominator:
        return -1
    for place, edge in enumerate(edges):
        left, right = numerator * edge.denominator, edge.numerator * denominator
        if left <= right:
            return 2 * place + (left == right)
    return 2 * len(edges)
