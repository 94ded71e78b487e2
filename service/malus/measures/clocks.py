"""Owns working time: how much has passed between two instants, and when an allowed time is used up.

Does not own calendars (they come as stretches of open time) or which reasons may pause a clock.
Exact for integers of any size; microseconds throughout; intervals half-open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from malus.measures import clock_kernels, exact
from malus.measures.bounds import INSTANT_LIMIT, Column, Longs, as_longs, integers, within
from malus.measures.exact import Stretch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenHours:
    """A calendar's open stretches [start, end), ascending and disjoint, with the open time before each.

    Made by `open_hours`. Time outside the stretches, also before the first and after the last, does not
    count: the calendar's horizon is the caller's to watch. `columns` is None where a number is too large for
    the kernels.
    """

    stretches: tuple[Stretch, ...]
    columns: Longs | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pauses:
    """The pauses of every case: those of case i are rows offsets[i] to offsets[i + 1] (excluded).

    Within a case they are sorted by start and may overlap or touch; each instant pauses once. `offsets` has
    one number more than there are cases and begins at 0.
    """

    offsets: Column
    starts: Column
    ends: Column


def open_hours(starts: Column, ends: Column) -> OpenHours:
    """Open hours from stretches [start, end), ascending, disjoint and not empty; ValueError otherwise."""
    stretches = tuple(zip(integers(starts), integers(ends), strict=True))
    if any(start >= end for start, end in stretches) or any(now[1] > then[0] for now, then in pairwise(stretches)):
        raise ValueError("open hours must ascend, be disjoint and end after they start")
    numbers = as_longs(starts, ends)
    if numbers is None or not within(INSTANT_LIMIT, *numbers):
        return OpenHours(stretches=stretches, columns=None)
    before = [0, *accumulate(end - start for start, end in stretches)][: len(stretches)]
    return OpenHours(stretches=stretches, columns=np.array([*numbers, before], dtype=np.int64))


ALWAYS = open_hours([-INSTANT_LIMIT], [INSTANT_LIMIT])


def working_times(starts: Column, ends: Column, hours: OpenHours, pauses: Pauses | None = None) -> list[int]:
    """Open microseconds in each [start, end) less the case's pauses; 0 where the end is not after the start.

    Raises ValueError where the pauses do not fit the cases or are not sorted within one.
    """
    given = _numbers(starts, ends, hours, pauses)
    if given is None or hours.columns is None:
        first, last = integers(starts), integers(ends)
        return [
            exact.worked(start, end, hours.stretches, stops)
            for start, end, stops in zip(first, last, _stops(pauses, len(first)), strict=True)
        ]
    start_column, end_column, offsets, pause_starts, pause_ends = given
    elapsed = np.empty(start_column.size, dtype=np.int64)
    clock_kernels.working_times(start_column, end_column, hours.columns, offsets, pause_starts, pause_ends, elapsed)
    times: list[int] = elapsed.tolist()
    return times


def due_instants(starts: Column, allowed: Column, hours: OpenHours, pauses: Pauses | None = None) -> list[int | None]:
    """The earliest instant at which the working time since each start, less the case's pauses, is `allowed`.

    `allowed` is in microseconds; at 0 or less the start itself. None where the open hours end before that. A
    pause without an end is given a far one. Raises ValueError where the pauses do not fit the cases or are
    not sorted.
    """
    given = _numbers(starts, allowed, hours, pauses)
    if given is None or hours.columns is None:
        first, wanted = integers(starts), integers(allowed)
        return [
            exact.due(start, time, hours.stretches, stops)
            for start, time, stops in zip(first, wanted, _stops(pauses, len(first)), strict=True)
        ]
    start_column, allowed_column, offsets, pause_starts, pause_ends = given
    due = np.empty(start_column.size, dtype=np.int64)
    clock_kernels.due_instants(start_column, allowed_column, hours.columns, offsets, pause_starts, pause_ends, due)
    return [None if instant == clock_kernels.NEVER else instant for instant in due.tolist()]


def _numbers(
    starts: Column, second: Column, hours: OpenHours, pauses: Pauses | None
) -> tuple[Longs, Longs, Longs, Longs, Longs] | None:
    """The arrays for a kernel, or None where a number is too large for it."""
    cases = len(starts)
    if len(second) != cases:
        raise ValueError("every case needs both its numbers")
    if pauses is None:
        offsets: Longs = np.zeros(cases + 1, dtype=np.int64)
        none: Longs = np.empty(0, dtype=np.int64)
        columns = as_longs(starts, second, none, none)
    else:
        offsets = _offsets(pauses, cases)
        columns = as_longs(starts, second, pauses.starts, pauses.ends)
    if columns is None or hours.columns is None or not within(INSTANT_LIMIT, *columns):
        return None
    first, last, pause_starts, pause_ends = (np.ascontiguousarray(column) for column in columns)
    if pause_starts.size > 1:
        falls = np.flatnonzero(pause_starts[1:] < pause_starts[:-1]) + 1
        # Starts may fall only where the next case's pauses begin.
        if not bool(np.isin(falls, offsets).all()):
            raise ValueError("pauses must be sorted by start within a case")
    return first, last, offsets, pause_starts, pause_ends


def _offsets(pauses: Pauses, cases: int) -> Longs:
    numbers = integers(pauses.offsets)
    fits = len(numbers) == cases + 1 and numbers[0] == 0 and numbers == sorted(numbers)
    if not fits or numbers[-1] != len(pauses.starts) or len(pauses.starts) != len(pauses.ends):
        raise ValueError("offsets must begin at 0, ascend, number one more than the cases and end with the pauses")
    return np.array(numbers, dtype=np.int64)


def _stops(pauses: Pauses | None, cases: int) -> Sequence[Sequence[Stretch]]:
    if pauses is None:
        return [()] * cases
    rows = list(zip(integers(pauses.starts), integers(pauses.ends), strict=True))
    return [rows[low:high] for low, high in pairwise(integers(pauses.offsets))]
