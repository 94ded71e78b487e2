"""Owns the compiled folds of intervals, checks and tallies into periods; checks no argument.

Everything is int64: instants and lengths in microseconds, intervals half-open [start, end). Callers come
through `measure` or `folding`, which prove the bounds first (see `bounds`): nothing here can notice that it
wrapped.

`segments` is an array of three rows: start, end and period number of each stretch of time that counts (a
period less its exclusions), ascending and disjoint. `state` is what a fold carries from one call to the next,
four numbers: whether a stretch or state is open, its start, its end (outages) or code (checks), and the
segment it has come to. A fresh fold's state is four zeros; one call with many rows equals many calls with one
row. `sign` is +1 to count and -1 to take back what the same call from the same state had counted.
"""

import numpy as np
import numpy.typing as npt

from malus.measures.compiled import compiled

Longs = npt.NDArray[np.int64]

UP = 0
DOWN = 1
DEGRADED = 2


@compiled
def _spread(start: int, end: int, sign: int, cursor: int, segments: Longs, sums: Longs) -> int:
    """Adds [start, end) to the sums of the periods it touches; returns the first segment past `start`.

    Later calls never start before this one, so the cursor only moves forward and a fold stays linear.
    """
    count = segments.shape[1]
    while cursor < count and segments[1, cursor] <= start:
        cursor += 1
    place = cursor
    while place < count and segments[0, place] < end:
        low = max(start, segments[0, place])
        high = min(end, segments[1, place])
        sums[segments[2, place]] += sign * (high - low)
        place += 1
    return cursor


@compiled
def fold_outages(
    starts: Longs, ends: Longs, sign: int, ignore_up_to: int, state: Longs, segments: Longs, covered: Longs
) -> None:
    """Folds intervals sorted by start into `covered` microseconds per period, each instant counted once.

    Touching intervals are one stretch. A stretch is counted when the next one begins; the last one stays open
    in `state`. A stretch whose whole length is at most `ignore_up_to` counts nothing.
    """
    is_open = state[0]
    open_start = state[1]
    open_end = state[2]
    cursor = state[3]
    for row in range(starts.size):
        start = starts[row]
        end = ends[row]
        if is_open and start <= open_end:
            open_end = max(open_end, end)
        else:
            if is_open and open_end - open_start > ignore_up_to:
                cursor = _spread(open_start, open_end, sign, cursor, segments, covered)
            is_open = 1
            open_start = start
            open_end = end
    state[0] = is_open
    state[1] = open_start
    state[2] = open_end
    state[3] = cursor


@compiled
def fold_checks(
    instants: Longs, codes: Longs, sign: int, hold: int, state: Longs, segments: Longs, spans: Longs
) -> None:
    """Folds checks sorted by instant into `spans`: microseconds down, degraded and observed, per period.

    A state holds until the next check, or for `hold` microseconds at most (-1: until the next check). Of
    checks at one instant the last row holds. The last state stays open in `state`: a check at the end of what
    is known closes it.
    """
    is_open = state[0]
    since = state[1]
    code = state[2]
    cursor = state[3]
    for row in range(instants.size):
        until = instants[row]
        if is_open:
            if hold >= 0 and until - since > hold:
                until = since + hold
            if until > since:
                cursor = _spread(since, until, sign, cursor, segments, spans[2])
                if code == DOWN:
                    _spread(since, until, sign, cursor, segments, spans[0])
                elif code == DEGRADED:
                    _spread(since, until, sign, cursor, segments, spans[1])
        is_open = 1
        since = instants[row]
        code = codes[row]
    state[0] = is_open
    state[1] = since
    state[2] = code
    state[3] = cursor


@compiled
def time_inside(start: int, end: int, low: int, high: int, segments: Longs) -> int:
    """Microseconds of [start, end) inside the segments numbered low to high (high excluded)."""
    inside = 0
    for place in range(low, high):
        inside += max(0, min(end, segments[1, place]) - max(start, segments[0, place]))
    return inside


@compiled
def merge_stretches(starts: Longs, ends: Longs, ignore_up_to: int, merged: Longs) -> int:
    """Writes merged stretches longer than `ignore_up_to` into `merged` (start, end); returns how many."""
    count = 0
    row = 0
    while row < starts.size:
        start = starts[row]
        end = ends[row]
        row += 1
        while row < starts.size and starts[row] <= end:
            end = max(end, ends[row])
            row += 1
        if end - start > ignore_up_to:
            merged[0, count] = start
            merged[1, count] = end
            count += 1
    return count


@compiled
def cut_segments(starts: Longs, ends: Longs, excluded_starts: Longs, excluded_ends: Longs, segments: Longs) -> int:
    """Writes what merged exclusions leave of ascending periods into `segments`; returns how many.

    `segments` needs room for periods + exclusions: every segment starts at a period's start or an exclusion's
    end.
    """
    count = 0
    cursor = 0
    for period in range(starts.size):
        start = starts[period]
        end = ends[period]
        while cursor < excluded_starts.size and excluded_ends[cursor] <= start:
            cursor += 1
        place = cursor
        while place < excluded_starts.size and excluded_starts[place] < end:
            if excluded_starts[place] > start:
                segments[0, count] = start
                segments[1, count] = excluded_starts[place]
                segments[2, count] = period
                count += 1
            start = excluded_ends[place]
            place += 1
        if start < end:
            segments[0, count] = start
            segments[1, count] = end
            segments[2, count] = period
            count += 1
    return count


@compiled
def sum_tallies(
    instants: Longs, good: Longs, total: Longs, closing: int, starts: Longs, ends: Longs, sums: Longs
) -> None:
    """Adds good and total of each row to its period, if it has one, in halves that cannot wrap.

    `closing` 0: an instant belongs to [start, end); 1: to (start, end], the period that it closes. `sums` has
    four rows per period: good above and below 2**32, total above and below 2**32 (a value is upper * 2**32 +
    lower).
    """
    period = 0
    count = starts.size
    if count == 0:
        return
    for row in range(instants.size):
        # (start, end] in whole microseconds is [start, end) one microsecond earlier.
        instant = instants[row] - closing
        if instant < starts[period] or instant >= ends[period]:
            period = max(0, np.searchsorted(starts, instant, side="right") - 1)
            if instant < starts[period] or instant >= ends[period]:
                continue
        sums[0, period] += good[row] >> 32
        sums[1, period] += good[row] & 0xFFFFFFFF
        sums[2, period] += total[row] >> 32
        sums[3, period] += total[row] & 0xFFFFFFFF
