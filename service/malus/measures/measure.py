"""Owns the exact figures of outages, checks and tallies per period; does not own what the terms make of them.

Each function proves its bound, then asks the kernel, or the exact path where a number is too large for 64
bits: the answer is the same and always Python integers. Columns are int64 arrays or sequences of integers, in
microseconds, already chosen for one agreement and one service. Intervals are half-open.
"""

from typing import Literal

import numpy as np

from malus.measures import exact, kernels
from malus.measures.bounds import (
    INSTANT_LIMIT,
    INT64_LEAST,
    ROW_LIMIT,
    Column,
    Longs,
    as_longs,
    ascending,
    integers,
    within,
)
from malus.measures.exact import Stretch
from malus.measures.segments import Segments, at_most_int64, by_start

# Begins after anything a kernel is given: as a further outage it closes the last stretch, itself uncounted.
CLOSING = np.array([2 * INSTANT_LIMIT], dtype=np.int64)


def covered_time(starts: Column, ends: Column, segments: Segments, ignore_up_to: int = 0) -> list[int]:
    """Microseconds of each period that the union of the intervals covers, outside exclusions.

    Intervals [start, end) in any order (sorted by start is fastest); overlapping ones count once, touching
    ones are one stretch. A merged stretch whose whole length, before it is clipped to a period and before
    exclusions, is at most `ignore_up_to` microseconds counts nothing; at 0 only empty ones are ignored.
    Raises ValueError where an interval ends before it starts.
    """
    columns = as_longs(starts, ends)
    if columns is None or segments.columns is None or not within(INSTANT_LIMIT, *columns):
        stretches = exact.merged(integers(starts), integers(ends), ignore_up_to)
        return [exact.overlap(stretches, pieces) for pieces in segments.pieces]
    first, last = by_start(*columns)
    covered = np.zeros(len(segments.periods), dtype=np.int64)
    state = np.zeros(4, dtype=np.int64)
    shortest = at_most_int64(ignore_up_to)
    kernels.fold_outages(first, last, 1, shortest, state, segments.columns, covered)
    kernels.fold_outages(CLOSING, CLOSING, 1, shortest, state, segments.columns, covered)
    sums: list[int] = covered.tolist()
    return sums


def observed_states(
    instants: Column, codes: Column, segments: Segments, *, hold: int, until: int
) -> list[tuple[int, int, int]]:
    """Microseconds (down, degraded, observed in all) of each period, outside exclusions, from checks.

    Checks are sorted by instant; codes: 0 up, 1 down, 2 degraded; anything else raises ValueError. A state
    holds until the next check, or `hold` microseconds at most (-1: until the next check), and never past
    `until`; of checks at one instant the last row holds. The state at a period's start comes from the last
    check before it. Time that is not observed is the period's counted time less the third figure.
    """
    columns = as_longs(instants, codes)
    if columns is None or segments.columns is None or not within(INSTANT_LIMIT, *columns):
        return _exact_states(integers(instants), integers(codes), segments, hold, until)
    if not -INSTANT_LIMIT <= until <= INSTANT_LIMIT:
        return _exact_states(integers(instants), integers(codes), segments, hold, until)
    times, states = (np.ascontiguousarray(column) for column in columns)
    if times.size != states.size or not ascending(times):
        raise ValueError("checks must be sorted by instant, each with its state")
    refuse_unknown_states(states)
    known = int(np.searchsorted(times, until, side="left"))
    spans = np.zeros((3, len(segments.periods)), dtype=np.int64)
    state = np.zeros(4, dtype=np.int64)
    longest = at_most_int64(hold)
    end = np.array([until], dtype=np.int64)
    kernels.fold_checks(times[:known], states[:known], 1, longest, state, segments.columns, spans)
    kernels.fold_checks(end, end, 1, longest, state, segments.columns, spans)
    return [(down, degraded, observed) for down, degraded, observed in spans.T.tolist()]


def tally_sums(
    instants: Column,
    good: Column,
    total: Column,
    periods: tuple[Stretch, ...],
    *,
    by: Literal["start", "end"] = "start",
) -> list[tuple[int, int]]:
    """The sums (good, total) of the rows of each period, exact however large they grow.

    A row's instant is its start or its end, as `by` says: a start belongs to the period [start, end), an end
    to the period that it closes, (start, end]. Rows in any order; rows in no period count nothing. Periods
    are ascending and disjoint. Raises ValueError where the columns differ in length.
    """
    if not len(instants) == len(good) == len(total):
        raise ValueError("every tally needs its instant, its good count and its total")
    edges = as_longs([start for start, _ in periods], [end for _, end in periods])
    columns = as_longs(instants, good, total)
    if columns is None or edges is None or not _countable(columns[0]):
        rows = integers(instants)
        first = exact.tallied(rows, integers(good), periods, closing=by == "end")
        second = exact.tallied(rows, integers(total), periods, closing=by == "end")
        return list(zip(first, second, strict=True))
    halves = np.zeros((4, len(periods)), dtype=np.int64)
    rows_at, first_values, second_values = (np.ascontiguousarray(column) for column in columns)
    starts, ends = edges
    kernels.sum_tallies(rows_at, first_values, second_values, int(by == "end"), starts, ends, halves)
    return [
        ((good_upper << 32) + good_lower, (total_upper << 32) + total_lower)
        for good_upper, good_lower, total_upper, total_lower in halves.T.tolist()
    ]


def refuse_unknown_states(codes: Longs) -> None:
    """Raises ValueError where a code is none of 0 up, 1 down, 2 degraded."""
    if codes.size and (int(codes.min()) < kernels.UP or int(codes.max()) > kernels.DEGRADED):
        raise ValueError("a check's state is 0 up, 1 down or 2 degraded")


def _exact_states(
    instants: list[int], codes: list[int], segments: Segments, hold: int, until: int
) -> list[tuple[int, int, int]]:
    if len(instants) != len(codes) or instants != sorted(instants):
        raise ValueError("checks must be sorted by instant, each with its state")
    if not set(codes) <= {kernels.UP, kernels.DOWN, kernels.DEGRADED}:
        raise ValueError("a check's state is 0 up, 1 down or 2 degraded")
    spans = exact.state_spans(instants, codes, hold, until)
    figures = []
    for pieces in segments.pieces:
        down, degraded, up = (
            exact.overlap([(start, end) for start, end, state in spans if state == code], pieces)
            for code in (kernels.DOWN, kernels.DEGRADED, kernels.UP)
        )
        figures.append((down, degraded, down + degraded + up))
    return figures


def _countable(instants: Longs) -> bool:
    return instants.size < ROW_LIMIT and (instants.size == 0 or int(instants.min()) > INT64_LEAST)
