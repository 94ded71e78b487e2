"""Owns folded state: the figures of one indicator's open periods, kept up to date as facts come in.

A fold is a cache, never the truth: its figures are those of `measure` over the same facts, in whatever order
and in however many batches they came. The caller removes duplicates, gives each fold the facts of one
agreement and service, and builds a new fold where periods or exclusions change. A fold is not safe for two
threads at once. In-order facts cost the same however many came before; a late fact counts its day anew.
Once a number is too large for the kernels, a fold recounts its facts at each question: slow, same figures.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import numpy as np

from malus.measures import kernels
from malus.measures.bounds import INSTANT_LIMIT, Column, Longs, as_longs, integers
from malus.measures.day_buckets import DayBuckets
from malus.measures.exact import Stretch
from malus.measures.measure import covered_time, observed_states, refuse_unknown_states, tally_sums
from malus.measures.segments import Segments, at_most_int64


class OutageFold:
    """Microseconds covered by outages per period, as `covered_time` has them.

    An outage that is still open is added up to the instant asked about, and removed and added anew as that
    moves on.
    """

    __slots__ = ("_covered", "_ignore_up_to", "_rows", "_segments")

    def __init__(self, segments: Segments, ignore_up_to: int = 0) -> None:
        self._segments = segments
        self._ignore_up_to = at_most_int64(ignore_up_to) if segments.columns is not None else ignore_up_to
        self._covered = np.zeros(len(segments.periods), dtype=np.int64)
        self._rows = _OutageRows(segments, self._ignore_up_to, self._covered)

    def add(self, start: int, end: int) -> None:
        """Counts one outage [start, end). Raises ValueError where it ends before it starts."""
        if end < start:
            raise ValueError("an interval ends before it starts")
        self._rows.put((start, end))

    def add_many(self, starts: Column, ends: Column) -> None:
        """Counts many outages in any order. Raises ValueError, counting none, where one ends too early."""
        columns = as_longs(starts, ends)
        if columns is None:
            backwards = any(end < start for start, end in zip(integers(starts), integers(ends), strict=True))
        else:
            backwards = bool((columns[1] < columns[0]).any())
        if backwards:
            raise ValueError("an interval ends before it starts")
        self._rows.put_many((starts, ends))

    def remove(self, start: int, end: int) -> None:
        """Takes back one outage as it was added; ValueError where it was not."""
        self._rows.take((start, end))

    def value(self, period: int) -> int:
        """Microseconds of the period (by its number in the segments) that outages cover."""
        columns = self._segments.columns
        if self._rows.large is not None or columns is None:
            starts, ends = _columns(self._rows.rows(), 2)
            return covered_time(starts, ends, self._segments, self._ignore_up_to)[period]
        covered = int(self._covered[period])
        is_open, start, end, _ = self._rows.state.tolist()
        if is_open and end - start > self._ignore_up_to:
            covered += _inside(start, end, period, self._segments, columns)
        return covered


class CheckFold:
    """Microseconds down, degraded and observed per period, as `observed_states` has them.

    Checks at one instant are ordered by the source's `sequence`, then by code: the last of them holds.
    """

    __slots__ = ("_hold", "_rows", "_segments", "_spans")

    def __init__(self, segments: Segments, hold: int) -> None:
        self._segments = segments
        self._hold = hold
        self._spans = np.zeros((3, len(segments.periods)), dtype=np.int64)
        self._rows = _CheckRows(segments, at_most_int64(hold), self._spans)

    def add(self, instant: int, code: int, sequence: int = 0) -> None:
        """Counts one check. Raises ValueError for a code that is none of 0 up, 1 down, 2 degraded."""
        if code not in (kernels.UP, kernels.DOWN, kernels.DEGRADED):
            raise ValueError("a check's state is 0 up, 1 down or 2 degraded")
        self._rows.put((instant, sequence, code))

    def add_many(self, instants: Column, codes: Column, sequences: Column | None = None) -> None:
        """Counts many checks in any order. Raises ValueError, counting none, for an unknown code."""
        states = as_longs(codes)
        if states is None:
            raise ValueError("a check's state is 0 up, 1 down or 2 degraded")
        refuse_unknown_states(states[0])
        orders = sequences if sequences is not None else np.zeros(len(codes), dtype=np.int64)
        self._rows.put_many((instants, orders, codes))

    def remove(self, instant: int, code: int, sequence: int = 0) -> None:
        """Takes back one check as it was added; ValueError where it was not."""
        self._rows.take((instant, sequence, code))

    def value(self, period: int, until: int) -> tuple[int, int, int]:
        """Microseconds (down, degraded, observed in all) of the period, knowing nothing from `until` on."""
        columns = self._segments.columns
        is_open, since, code, _ = self._rows.state.tolist()
        if self._rows.large is not None or columns is None or until > INSTANT_LIMIT or (is_open and until < since):
            instants, _, codes = _columns(self._rows.rows(), 3)
            return observed_states(instants, codes, self._segments, hold=self._hold, until=until)[period]
        down, degraded, observed = self._spans[:, period].tolist()
        if is_open:
            end = until if self._hold < 0 else min(until, since + self._hold)
            held = _inside(since, end, period, self._segments, columns)
            observed += held
            down += held if code == kernels.DOWN else 0
            degraded += held if code == kernels.DEGRADED else 0
        return down, degraded, observed


class TallyFold:
    """The sums (good, total) per period, as `tally_sums` has them; sums know no late fact."""

    __slots__ = ("_by", "_closing", "_good", "_periods", "_starts", "_total")

    def __init__(self, periods: Sequence[Stretch], by: Literal["start", "end"] = "start") -> None:
        self._periods = tuple(periods)
        self._starts = [start for start, _ in self._periods]
        self._by: Literal["start", "end"] = by
        self._closing = by == "end"
        self._good = [0] * len(self._periods)
        self._total = [0] * len(self._periods)

    def add(self, instant: int, good: int, total: int) -> None:
        """Counts one tally at its start or end, as the fold was told; in no period it counts nothing."""
        place = instant - self._closing
        period = bisect_right(self._starts, place) - 1
        if period >= 0 and place < self._periods[period][1]:
            self._good[period] += good
            self._total[period] += total

    def add_many(self, instants: Column, good: Column, total: Column) -> None:
        """Counts many tallies in any order."""
        for period, sums in enumerate(tally_sums(instants, good, total, self._periods, by=self._by)):
            self._good[period] += sums[0]
            self._total[period] += sums[1]

    def remove(self, instant: int, good: int, total: int) -> None:
        """Takes back one tally; that it was added is the caller's word."""
        self.add(instant, -good, -total)

    def value(self, period: int) -> tuple[int, int]:
        """The sums (good, total) of the period."""
        return self._good[period], self._total[period]


class _OutageRows(DayBuckets):
    """Rows (start, end), merged into stretches."""

    def __init__(self, segments: Segments, ignore_up_to: int, covered: Longs) -> None:
        super().__init__(width=2, segments=segments.columns)
        self._ignore_up_to = ignore_up_to
        self._covered = covered

    def run(self, columns: tuple[Longs, ...], sign: int, state: Longs) -> None:
        assert self.segments is not None
        starts, ends = columns
        kernels.fold_outages(starts, ends, sign, self._ignore_up_to, state, self.segments, self._covered)


class _CheckRows(DayBuckets):
    """Rows (instant, sequence, code), each holding until the next."""

    def __init__(self, segments: Segments, hold: int, spans: Longs) -> None:
        super().__init__(width=3, segments=segments.columns)
        self._hold = hold
        self._spans = spans

    def run(self, columns: tuple[Longs, ...], sign: int, state: Longs) -> None:
        assert self.segments is not None
        instants, _, codes = columns
        kernels.fold_checks(instants, codes, sign, self._hold, state, self.segments, self._spans)


def _inside(start: int, end: int, period: int, segments: Segments, columns: Longs) -> int:
    low, high = segments.bounds[period], segments.bounds[period + 1]
    return int(kernels.time_inside(start, end, low, high, columns))


def _columns(rows: list[tuple[int, ...]], width: int) -> list[list[int]]:
    return [[row[place] for row in rows] for place in range(width)]
