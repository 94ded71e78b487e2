"""Owns the order of a fold's facts: sorted rows in buckets of a day; does not own what they mean.

Buckets make lateness cheap. Each keeps its rows and the state in which the fold came to it, so a late row
takes back its own day and counts it anew, and then the days after it only as far as the state at their
boundary changed. Nothing here is safe for two threads at once.
"""

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from malus.measures.bounds import INSTANT_LIMIT, Column, Longs, as_longs, integers, within

Row: TypeAlias = tuple[int, ...]

DAY = 86_400_000_000  # a bucket's width in microseconds; a matter of speed, not of any civil day


@dataclass(slots=True)
class Bucket:
    """One day's rows, column by column, and the fold's state before the first of them."""

    before: tuple[int, int, int]
    columns: tuple["array[int]", ...]

    def row(self, place: int) -> Row:
        return tuple(column[place] for column in self.columns)

    def place_of(self, row: Row) -> int:
        """Where the row belongs: after all that are smaller or equal."""
        return bisect_right(range(len(self.columns[0])), row, key=self.row)

    def numbers(self) -> tuple[Longs, ...]:
        """Copies of the columns: a view would forbid the arrays to grow."""
        return tuple(np.array(column, dtype=np.int64) for column in self.columns)


@dataclass(slots=True)
class DayBuckets(ABC):
    """Rows in buckets by the day of their first column, kept folded through `run` in the rows' order."""

    width: int
    # None where the periods themselves are too large for the kernels.
    segments: Longs | None
    state: Longs = field(default_factory=lambda: np.zeros(4, dtype=np.int64))
    last: Row = ()
    days: list[int] = field(default_factory=list)
    buckets: dict[int, Bucket] = field(default_factory=dict)
    # Rows in no order once a number is too large for the kernels; None until then.
    large: list[Row] | None = None
    one: tuple[Longs, ...] = ()

    def __post_init__(self) -> None:
        self.one = tuple(np.zeros(1, dtype=np.int64) for _ in range(self.width))
        if self.segments is None:
            self.large = []

    @abstractmethod
    def run(self, columns: tuple[Longs, ...], sign: int, state: Longs) -> None:
        """Folds sorted rows on from the state; with sign -1 takes back what that had counted."""

    def put(self, row: Row) -> None:
        """Takes in one row: at the end for next to nothing, late by counting its day anew."""
        if self.large is not None or not _fits(row):
            self._go_large().append(row)
        elif row >= self.last:
            day = row[0] // DAY
            bucket = self.buckets.get(day) or self._open(day)
            one = self.one
            for place, number in enumerate(row):
                bucket.columns[place].append(number)
                one[place][0] = number
            self.run(one, 1, self.state)
            self.last = row
        else:
            self._rework({row[0] // DAY: [row]}, {})

    def put_many(self, columns: Sequence[Column]) -> None:
        """Takes in many rows in any order: those past the last row in one pass, each late day once."""
        numbers = as_longs(*columns)
        if self.large is not None or numbers is None or not within(INSTANT_LIMIT, *numbers):
            self._go_large().extend(list(zip(*(integers(column) for column in columns), strict=True)))
            return
        if len({column.size for column in numbers}) != 1:
            raise ValueError("columns differ in length")
        sorted_columns = _sorted(numbers)
        count = int(numbers[0].size)
        late = bisect_left(range(count), self.last, key=lambda place: _row(sorted_columns, place))
        days = sorted_columns[0] // DAY
        changed: dict[int, list[Row]] = {}
        for place in range(late):
            changed.setdefault(int(days[place]), []).append(_row(sorted_columns, place))
        if changed:
            self._rework(changed, {})
        turns = np.flatnonzero(days[late + 1 :] != days[late : count - 1]) + late + 1
        for low, high in pairwise([late, *turns.tolist(), count]):
            if low < high:
                self._append(int(days[low]), tuple(column[low:high] for column in sorted_columns))

    def take(self, row: Row) -> None:
        """Takes one row out again; ValueError where it is not there."""
        if self.large is not None:
            self.large.remove(row)
            return
        bucket = self.buckets.get(row[0] // DAY)
        place = bucket.place_of(row) - 1 if bucket else -1
        if bucket is None or place < 0 or bucket.row(place) != row:
            raise ValueError("a fact can be taken out only once, and only as it was put in")
        self._rework({}, {row[0] // DAY: [row]})

    def rows(self) -> list[Row]:
        """All rows in order."""
        if self.large is not None:
            return sorted(self.large)
        return [self.buckets[day].row(place) for day in self.days for place in range(self._length(day))]

    def _rework(self, more: dict[int, list[Row]], fewer: dict[int, list[Row]]) -> None:
        """Counts the changed days anew, and the following ones while the state before them changed."""
        waiting = sorted({*more, *fewer})
        for day in waiting:
            if day not in self.buckets:
                self._insert(day)
        state = np.zeros(4, dtype=np.int64)
        place = 0
        carried = False
        while place < len(self.days):
            day = self.days[place]
            bucket = self.buckets[day]
            before = _boundary(state) if carried else bucket.before
            if not (waiting and waiting[0] == day) and before == bucket.before:
                # The change has died out: the next changed day starts from the state it knows.
                carried = False
                if not waiting:
                    return
                place = bisect_left(self.days, waiting[0])
                continue
            self._run_bucket(bucket, -1, state)
            if waiting and waiting[0] == day:
                waiting.pop(0)
                _change(bucket, more.get(day, []), fewer.get(day, []))
            bucket.before = before
            self._run_bucket(bucket, 1, state)
            carried = True
            place += 1
        self.state[:] = state
        while self.days and not self._length(self.days[-1]):
            del self.buckets[self.days.pop()]
        self.last = self.buckets[self.days[-1]].row(-1) if self.days else ()

    def _run_bucket(self, bucket: Bucket, sign: int, state: Longs) -> None:
        assert self.segments is not None
        columns = bucket.numbers()
        state[:3] = bucket.before
        state[3] = 0
        if columns[0].size:
            first = bucket.before[1] if bucket.before[0] else columns[0][0]
            state[3] = np.searchsorted(self.segments[1], first, side="right")
            self.run(columns, sign, state)

    def _append(self, day: int, part: tuple[Longs, ...]) -> None:
        bucket = self.buckets.get(day) or self._open(day)
        for column, more in zip(bucket.columns, part, strict=True):
            column.frombytes(more.tobytes())
        self.run(part, 1, self.state)
        self.last = _row(part, -1)

    def _open(self, day: int) -> Bucket:
        """A new last bucket; the day is after all others."""
        bucket = Bucket(before=_boundary(self.state), columns=tuple(array("q") for _ in range(self.width)))
        self.buckets[day] = bucket
        self.days.append(day)
        return bucket

    def _insert(self, day: int) -> None:
        """An empty bucket between others: the fold comes to it as it came to the one after it."""
        after = bisect_right(self.days, day)
        before = self.buckets[self.days[after]].before if after < len(self.days) else _boundary(self.state)
        self.buckets[day] = Bucket(before=before, columns=tuple(array("q") for _ in range(self.width)))
        insort(self.days, day)

    def _length(self, day: int) -> int:
        return len(self.buckets[day].columns[0])

    def _go_large(self) -> list[Row]:
        if self.large is None:
            self.large = self.rows()
            self.days.clear()
            self.buckets.clear()
        return self.large


def _sorted(columns: tuple[Longs, ...]) -> tuple[Longs, ...]:
    first = columns[0]
    if bool((first[1:] > first[:-1]).all()):
        return tuple(np.ascontiguousarray(column) for column in columns)
    order = np.lexsort(columns[::-1])
    return tuple(column[order] for column in columns)


def _row(columns: tuple[Longs, ...], place: int) -> Row:
    return tuple(int(column[place]) for column in columns)


def _change(bucket: Bucket, more: list[Row], fewer: list[Row]) -> None:
    if len(more) > 1:
        added = np.array(more, dtype=np.int64).T
        pairs = zip(bucket.numbers(), added, strict=True)
        together = _sorted(tuple(np.concatenate(pair) for pair in pairs))
        bucket.columns = tuple(array("q", column.tobytes()) for column in together)
    else:
        for row in more:
            place = bucket.place_of(row)
            for column, number in zip(bucket.columns, row, strict=True):
                column.insert(place, number)
    for row in fewer:
        place = bucket.place_of(row) - 1
        for column in bucket.columns:
            del column[place]


def _boundary(state: Longs) -> tuple[int, int, int]:
    """The part of a state that decides what follows: the segment cursor is only a matter of speed."""
    return int(state[0]), int(state[1]), int(state[2])


def _fits(row: Row) -> bool:
    return min(row) >= -INSTANT_LIMIT and max(row) <= INSTANT_LIMIT
