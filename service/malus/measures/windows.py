"""Owns trailing windows: facts counted, and time added up, in so many microseconds before an instant.

Does not own which facts are counted or what a clause makes of the figure. Exact for integers of any size.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from malus.measures import exact, window_kernels
from malus.measures.bounds import INSTANT_LIMIT, Column, as_longs, ascending, integers, within
from malus.measures.exact import Stretch


def window_counts(instants: Column, width: int, *, closed: bool) -> list[int]:
    """For each instant t of a sorted column how many lie in (t - width, t], or in [t - width, t] if `closed`.

    All instants equal to t count, also those in later rows. Width in microseconds, 0 or more; ValueError
    where it is negative or the column is not sorted.
    """
    if width < 0:
        raise ValueError("a window's width is not negative")
    columns = as_longs(instants)
    if columns is None or width > INSTANT_LIMIT or not within(INSTANT_LIMIT, *columns):
        numbers = integers(instants)
        if numbers != sorted(numbers):
            raise ValueError("instants must be sorted")
        return exact.window_counts(numbers, width, closed)
    column = np.ascontiguousarray(columns[0])
    if not ascending(column):
        raise ValueError("instants must be sorted")
    counts = np.empty(column.size, dtype=np.int64)
    window_kernels.count_windows(column, width, int(closed), counts)
    figures: list[int] = counts.tolist()
    return figures


def first_window_reaching(stretches: Sequence[Stretch], width: int, limit: int, *, above: bool) -> int | None:
    """The first instant t at which the time in stretches within [t - width, t) comes to the limit, or None.

    `above` False: the time is at least `limit` microseconds; True: it exceeds it by at least one microsecond.
    Stretches (start, end) are merged, ascending and not empty (see `merge_stretches`). Raises ValueError
    where they are not, or where no time at all would already do.
    """
    reach = limit + above
    if reach < 1:
        raise ValueError("a window that must reach no time is always reached")
    starts = [start for start, _ in stretches]
    ends = [end for _, end in stretches]
    edges = [edge for stretch in stretches for edge in stretch]
    if any(edge >= following for edge, following in pairwise(edges)):
        raise ValueError("stretches must be merged and ascend")
    columns = as_longs(starts, ends)
    if columns is None or width > INSTANT_LIMIT or not within(INSTANT_LIMIT, *columns):
        return exact.first_reach(stretches, width, reach)
    first, last = columns
    instant = window_kernels.first_reach(first, last, width, min(reach, INSTANT_LIMIT + 1))
    return None if instant == window_kernels.NEVER else instant
