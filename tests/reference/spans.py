"""Stretches of time as plain lists of (start, end): union, intersection, difference, total.

Owns: set arithmetic by walking along two sorted lists. Does not own: what a stretch means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

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
    left, right = united(spans), united(mask)
    parts: list[Span] = []
    one = other = 0
    while one < len(left) and other < len(right):
        parts.append(overlap(left[one], right[other]))
        if left[one][1] < right[other][1]:
            one += 1
        else:
            other += 1
    return united(parts)


def without(spans: Iterable[Span], mask: Iterable[Span]) -> list[Span]:
    """What of `spans` lies outside of `mask`: inside of the gaps that it leaves."""
    left, right = united(spans), united(mask)
    if not left:
        return []
    edges = [left[0][0], *(edge for span in right for edge in span), left[-1][1]]
    return kept(left, zip(edges[::2], edges[1::2], strict=True))


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
