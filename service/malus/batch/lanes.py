"""Owns what the row fold is told of terms, as arrays: periods, limits and rules of each shape, agreement by agreement.

Does not own: which terms are plain (plain_terms), or the fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np

from malus.batch.columns import Ints, Longs
from malus.batch.plain_terms import PlainTerms
from malus.measures.bounds import INSTANT_LIMIT
from malus.measures.response import limit_for
from malus.measures.segments import at_most_int64
from malus.model.indicators import Availability, CountedIn, Ratio, Share
from malus.model.quantities import Edge, Limit

#: Where `rules` says whether outages count.
_TIME_RULE: Final = 2
#: The place of each number of a signed byte, as it is written.
_NUMBERS: Final = {str(number): number + 128 for number in range(-128, 128)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Arrays by shape, and `shapes`: the shape of each agreement, -1 where its events are not folded.

    `priorities`: every priority that some terms name; its place is its code, and the code after the last one is that of
    all others. `services`: every service that some terms have; `service_of`: by shape the place of its only one. The
    other arrays are as `row_kernels` takes them.
    """

    shapes: Ints
    starts: Longs
    edges: Longs
    counts: Ints
    rules: Ints
    limits: Longs
    ignore_up_to: Longs
    priorities: tuple[str, ...]
    services: tuple[str, ...]
    service_of: Ints

    @property
    def most_periods(self) -> int:
        """The most periods that any shape has."""
        return max(1, int(self.edges.shape[1]) - 1)

    def priority_numbers(self) -> Ints:
        """The code of each priority that is a number from -128 to 127, in their order."""
        codes = np.full(256, len(self.priorities), dtype=np.int32)
        for code, name in enumerate(self.priorities):
            place = _NUMBERS.get(name)
            if place is not None:
                codes[place] = code
        return codes

    def of_one(self, place: int) -> Lanes:
        """The lanes of one agreement."""
        return replace(self, shapes=self.shapes[place : place + 1])

    def complete(self, figures: Longs) -> None:
        """Turn time that is covered into time that is not, over the time of the period."""
        for number, count in enumerate(self.counts.tolist()):
            mine = np.flatnonzero(self.shapes == number)
            lengths = np.diff(self.edges[number][: count + 1])
            if self.rules[number, _TIME_RULE] and mine.size:
                covered = figures[mine, : lengths.size, 1, 0]
                figures[mine, : lengths.size, 1, 0] = lengths - covered
                figures[mine, : lengths.size, 1, 1] = lengths


def lanes_of(plain: Sequence[PlainTerms], shapes: Sequence[int]) -> Lanes:
    """The arrays for shapes of terms; `shapes` gives the shape of each agreement."""
    most = max((len(item.periods) for item in plain), default=0)
    count = max(1, len(plain))
    edges = np.zeros((count, most + 1), dtype=np.int64)
    priorities = sorted({name for item in plain for name in _priorities(item)})
    limits = np.zeros((count, len(priorities) + 1, 2), dtype=np.int64)
    rules = np.zeros((count, 4), dtype=np.int32)
    ignored = np.zeros(count, dtype=np.int64)
    for number, item in enumerate(plain):
        tallies, outages, incidents = item.lanes
        edges[number, : len(item.periods) + 1] = [item.periods[0].start, *(period.end for period in item.periods)]
        by_end = isinstance(tallies, Ratio) and tallies.counted_in is CountedIn.PERIOD_OF_END
        rules[number] = [tallies is not None, by_end, outages is not None, incidents is not None]
        if isinstance(outages, Availability):
            ignored[number] = at_most_int64(outages.ignore_up_to)
        if isinstance(incidents, Share):
            for code, name in enumerate([*priorities, None]):
                # The last code is that of priorities that nobody names: only a limit for all of them holds.
                limits[number, code] = _bounds(limit_for(incidents.limits, name))
    services = sorted({item.terms.services[0].name for item in plain})
    return Lanes(
        shapes=np.array(shapes, dtype=np.int32),
        starts=np.array([item.terms.starts() for item in plain] or [0], dtype=np.int64),
        edges=edges,
        counts=np.array([len(item.periods) for item in plain] or [0], dtype=np.int32),
        rules=rules,
        limits=limits,
        ignore_up_to=ignored,
        priorities=tuple(priorities),
        services=tuple(services),
        service_of=np.array([services.index(item.terms.services[0].name) for item in plain] or [0], dtype=np.int32),
    )


def _priorities(item: PlainTerms) -> list[str]:
    share = item.lanes[2]
    return [limit.priority for limit in share.limits if limit.priority is not None] if isinstance(share, Share) else []


def _bounds(limit: Limit | None) -> tuple[int, int]:
    """The least and the most whole number of microseconds that a limit holds for; none at all without a limit."""
    if limit is None:
        return 1, 0
    low, high = _floor(limit.value), -_floor(-limit.value)
    match limit.edge:
        case Edge.AT_MOST:
            least, most = 0, low
        case Edge.BELOW:
            least, most = 0, high - 1
        case Edge.AT_LEAST:
            least, most = high, 4 * INSTANT_LIMIT
        case Edge.ABOVE:
            least, most = low + 1, 4 * INSTANT_LIMIT
    return min(least, 2 * INSTANT_LIMIT), max(-1, min(most, 2 * INSTANT_LIMIT))


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator
