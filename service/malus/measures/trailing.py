"""Owns the moments at which the time inside a trailing window comes to a limit; does not own what follows then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from malus.measures.exact import Stretch
from malus.model.instants import Instant


def reached_instants(
    stretches: Sequence[Stretch], width: int, reach: int, *, used_once: bool
) -> list[tuple[Instant, Instant]]:
    """Each instant t at which the time of the stretches within (t - width, t] comes to `reach`, from below.

    Stretches are merged and ascending, all numbers in microseconds, `reach` above 0. With `used_once` the time that
    led to one such instant never counts again; otherwise the window must have held less in between. Each instant comes
    with the first instant of the time inside its window.
    """
    reached: list[tuple[Instant, Instant]] = []
    left = list(stretches)
    inside = _inside(left, width)
    place = 0
    while place < len(left):
        start, end = left[place]
        if inside(start) < reach <= inside(end):
            at = _first(inside, reach, start, end)
            reached.append((at, _oldest(left, at - width)))
            if used_once:
                left = [(max(first, at), last) for first, last in left if last > at]
                inside = _inside(left, width)
                place = 0
                continue
        place += 1
    return reached


def overlaps(stretches: Sequence[Stretch], spans: Sequence[Stretch]) -> list[Stretch]:
    """The parts of ascending disjoint stretches that lie in ascending disjoint spans."""
    parts = [(max(start, first), min(end, last)) for start, end in stretches for first, last in spans]
    return [(start, end) for start, end in parts if start < end]


def time_inside(stretches: Sequence[Stretch], width: int, at: Instant) -> int:
    """The time of the stretches within (at - width, at], in microseconds."""
    return _inside(stretches, width)(at)


def _inside(stretches: Sequence[Stretch], width: int) -> Callable[[Instant], int]:
    starts = [start for start, _ in stretches]
    lengths = [0, *accumulate(end - start for start, end in stretches)]

    def before(instant: Instant) -> int:
        place = bisect_right(starts, instant) - 1
        return lengths[place] + min(instant, stretches[place][1]) - starts[place] if place >= 0 else 0

    return lambda instant: before(instant) - before(instant - width)


def _first(inside: Callable[[Instant], int], reach: int, low: Instant, high: Instant) -> Instant:
    # While a stretch lasts the time inside never falls, so halving finds the first instant.
    while high - low > 1:
        middle = (low + high) // 2
        if inside(middle) >= reach:
            high = middle
        else:
            low = middle
    return high


def _oldest(stretches: Sequence[Stretch], opens: Instant) -> Instant:
    return next(max(start, opens) for start, end in stretches if end > opens)
