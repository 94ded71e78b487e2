"""Owns the time that counts: periods less their exclusions. Does not own what falls into it.

Periods come from a cycle or from working hours, exclusions from the terms and from events; here both are
numbers.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from malus.measures import exact, kernels
from malus.measures.bounds import INSTANT_LIMIT, Column, Longs, as_longs, ascending, integers, within
from malus.measures.exact import Stretch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """Ascending disjoint periods [start, end) less their exclusions, in microseconds; made by `cut_segments`.

    `columns` has rows start, end and period number of each segment for the kernels, or is None where a number
    is too large for them; `pieces` are the same stretches per period in Python integers. `bounds[p]` to
    `bounds[p + 1]` (excluded) are the segments of period p in `columns`.
    """

    periods: tuple[Stretch, ...]
    pieces: tuple[tuple[Stretch, ...], ...]
    columns: Longs | None
    bounds: tuple[int, ...]

    @property
    def counted(self) -> list[int]:
        """Microseconds per period that are not excluded."""
        return [sum(end - start for start, end in pieces) for pieces in self.pieces]

    @property
    def excluded(self) -> list[int]:
        """Microseconds of exclusions per period."""
        return [end - start - left for (start, end), left in zip(self.periods, self.counted, strict=True)]


def cut_segments(
    period_starts: Column, period_ends: Column, exclusion_starts: Column = (), exclusion_ends: Column = ()
) -> Segments:
    """The time of each period that counts once the exclusions are taken out.

    Instants in microseconds. Periods: [start, end), ascending, disjoint (gaps are allowed), start < end;
    anything else raises ValueError. Exclusions: [start, end) in any order, may overlap; their union is taken
    out once.
    """
    periods = tuple(zip(integers(period_starts), integers(period_ends), strict=True))
    if any(start >= end for start, end in periods) or any(ours[1] > then[0] for ours, then in pairwise(periods)):
        raise ValueError("periods must ascend, be disjoint and end after they start")
    stretches = merge_stretches(exclusion_starts, exclusion_ends)
    numbers = as_longs(*_columns(periods), *_columns(stretches))
    if numbers is None or not within(INSTANT_LIMIT, *numbers):
        pieces = tuple(tuple(exact.without(period, stretches)) for period in periods)
        return Segments(periods=periods, pieces=pieces, columns=None, bounds=_bounds(pieces))
    starts, ends, first, last = numbers
    room: Longs = np.empty((3, len(periods) + len(stretches)), dtype=np.int64)
    count = kernels.cut_segments(starts, ends, first, last, room)
    columns = np.ascontiguousarray(room[:, :count])
    left: list[list[Stretch]] = [[] for _ in periods]
    for start, end, period in columns.T.tolist():
        left[period].append((start, end))
    pieces = tuple(tuple(stretch) for stretch in left)
    return Segments(periods=periods, pieces=pieces, columns=columns, bounds=_bounds(pieces))


def merge_stretches(starts: Column, ends: Column, ignore_up_to: int = 0) -> list[Stretch]:
    """The union of intervals [start, end), in any order, as ascending disjoint stretches (start, end).

    Touching intervals are one stretch. Stretches of at most `ignore_up_to` microseconds are left out, so at 0
    only empty ones. Exact for integers of any size; raises ValueError where an interval ends before it
    starts.
    """
    if len(starts) != len(ends):
        raise ValueError("as many starts as ends are needed")
    columns = as_longs(starts, ends)
    if columns is None or not within(INSTANT_LIMIT, *columns):
        first, last = integers(starts), integers(ends)
        if any(end < start for start, end in zip(first, last, strict=True)):
            raise ValueError("an interval ends before it starts")
        return exact.merged(first, last, ignore_up_to)
    first_column, last_column = by_start(*columns)
    merged = np.empty((2, first_column.size), dtype=np.int64)
    count = kernels.merge_stretches(first_column, last_column, at_most_int64(ignore_up_to), merged)
    return list(zip(merged[0, :count].tolist(), merged[1, :count].tolist(), strict=True))


def by_start(starts: Longs, ends: Longs) -> tuple[Longs, Longs]:
    """The intervals in ascending order of start. Raises ValueError where one ends before it starts."""
    if bool((ends < starts).any()):
        raise ValueError("an interval ends before it starts")
    if not ascending(starts):
        order = np.argsort(starts)
        starts, ends = starts[order], ends[order]
    return np.ascontiguousarray(starts), np.ascontiguousarray(ends)


def at_most_int64(length: int) -> int:
    """The length, cut to one that is longer than any stretch a kernel is given."""
    return max(-1, min(length, 2 * INSTANT_LIMIT))


def _columns(stretches: tuple[Stretch, ...] | list[Stretch]) -> tuple[list[int], list[int]]:
    return [start for start, _ in stretches], [end for _, end in stretches]


def _bounds(pieces: tuple[tuple[Stretch, ...], ...]) -> tuple[int, ...]:
    reached = [0]
    for stretches in pieces:
        reached.append(reached[-1] + len(stretches))
    return tuple(reached)
