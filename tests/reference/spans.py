"""Stretches of time as plain lists of (start, end): union, intersection, difference, total.

Owns: set arithmetic by walking over every boundary point. Does not own: what a stretch means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

Span = tuple[int, int]


def united(*lists: Iterable[Span]) -> list[Span]:
    """Every instant that lies in any of them; touching stretches become one, empty ones none."""
    merged: list[Span] = []
    for start, end in sorted(span for spans in lists for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def kept(spans: Iterable[Span], mask: Iterable[Span]) -> list[Span]:
    """What of `spans` lies inside of `mask`."""
    return _by_points(list(spans), list(mask), inside=True)


def without(spans: Iterable[Span], mask: Iterable[Span]) -> list[Span]:
    """What of `spans` lies outside of `mask`."""
    return _by_points(list(spans), list(mask), inside=False)


def _by_points(spans: list[Span], mask: list[Span], *, inside: bool) -> list[Span]:
    points = sorted({point for span in (*spans, *mask) for point in span})
    return united(cell for cell in pairwise(points) if _covers(spans, cell) and _covers(mask, cell) is inside)


def _covers(spans: list[Span], cell: Span) -> bool:
    return any(start <= cell[0] and cell[1] <= end for start, end in spans)


def total(spans: Iterable[Span]) -> int:
    """How long they are together, every instant counted once."""
    return sum(end - start for start, end in united(spans))


def overlap(one: Span, other: Span) -> Span:
    """The common part, perhaps empty (start not before end)."""
    return max(one[0], other[0]), min(one[1], other[1])


def touches(one: Span, other: Span) -> bool:
    start, end = overlap(one, other)
    return start < end


def ratio(part: int | Fraction, whole: int | Fraction) -> Fraction:
    return Fraction(part) / Fraction(whole)


def crossings(down: Sequence[tuple[int, int]], width: int, needed: int) -> list[int]:
    """The moments at which the time down within the last `width` reaches `needed` from below."""
    points = sorted({point + late for span in down for point in span for late in (0, width)})
    found, before, last = [], 0, None
    for point in points:
        inside = total(kept(down, [(point - width, point)])) if down else 0
        if before < needed <= inside:
            assert last is not None
            found.append(last + needed - before)
        before, last = inside, point
    return found
