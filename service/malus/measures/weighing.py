"""Owns time down that weighs by what it hit: a share of the service, or so many of a total that may change.

Does not own: which outages are measured, nor the time that counts (agreed_time).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise
from math import lcm
from typing import Literal, TypeAlias

from malus.measures.exact import Stretch
from malus.measures.measure import covered_time
from malus.measures.segments import Segments

#: A stretch of time with what weighs in it: start, end, weight.
Weighed: TypeAlias = tuple[int, int, Fraction]


def weight_over_time(
    stretches: Iterable[Weighed], *, overlapping: Literal["added_up", "highest"], most: Sequence[Weighed]
) -> list[Weighed]:
    """The weight at each moment: that of all stretches that hold it, added up or the highest, and never above `most`.

    `most` is ascending and disjoint; where it says nothing, nothing weighs. The answer is ascending and disjoint.
    """
    told = [item for item in stretches if item[0] < item[1]]
    edges = sorted({edge for start, end, _ in (*told, *most) for edge in (start, end)})
    starting: dict[int, list[Weighed]] = defaultdict(list)
    for item in told:
        starting[item[0]].append(item)
    ending: dict[int, Fraction] = defaultdict(Fraction)
    heaviest: list[tuple[Fraction, int]] = []
    added = Fraction(0)
    place = 0
    answer: list[Weighed] = []
    for start, end in pairwise(edges):
        added -= ending.pop(start, Fraction(0))
        for _, last, weight in starting.get(start, ()):
            added += weight
            ending[last] += weight
            heappush(heaviest, (-weight, last))
        while heaviest and heaviest[0][1] <= start:
            heappop(heaviest)
        while place < len(most) and most[place][1] <= start:
            place += 1
        limit = most[place][2] if place < len(most) and most[place][0] <= start else Fraction(0)
        weight = added if overlapping == "added_up" else (-heaviest[0][0] if heaviest else Fraction(0))
        if min(weight, limit):
            answer.append((start, end, min(weight, limit)))
    return answer


def weighed_time(stretches: Sequence[Weighed], segments: Segments) -> list[Fraction]:
    """Microseconds times weight of each period, inside its segments; exact, one kernel call for each weight."""
    by_weight: dict[Fraction, list[Stretch]] = defaultdict(list)
    for start, end, weight in stretches:
        by_weight[weight].append((start, end))
    sums = [Fraction(0)] * len(segments.periods)
    for weight, alike in by_weight.items():
        covered = covered_time([start for start, _ in alike], [end for _, end in alike], segments)
        sums = [total + weight * time for total, time in zip(sums, covered, strict=True)]
    return sums


def whole_numbers(part: Fraction, whole: Fraction) -> tuple[int, int]:
    """Two fractions in the smallest unit that both are whole in; their ratio stays the same."""
    scale = lcm(part.denominator, whole.denominator)
    return int(part * scale), int(whole * scale)
