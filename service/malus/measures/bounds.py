"""Owns the proof that no kernel wraps; does not own what is done beyond the bound (`exact` answers there).

int64 wraps silently in compiled code, so each call is checked on the extremes of what it is given.
Write L for INSTANT_LIMIT = 2**61. The proofs, kernel by kernel:

- merge_stretches, cut_segments: only compare and copy, and end - start. With every |instant| <= L a length is
  at most 2L = 2**62 < 2**63.
- fold_outages, time_inside: a stretch lies within [-L, L], so its length is at most 2**62. What is counted in
  one period is a sum over disjoint pieces of that period, so it and every partial sum of it is at most the
  period's length, at most 2**62; taking back (sign -1) goes through the same sums from the other side, within
  +-2**62.
- fold_checks: as above for each of the three rows, since spans of states are disjoint. since + hold is formed
  only where until - since > hold, so it is below until. until - since is at most 2**62.
- sum_tallies: value = upper * 2**32 + lower with |upper| <= 2**31 and 0 <= lower < 2**32, for any int64. Sums
  over fewer than ROW_LIMIT = 2**30 rows stay below 2**61 and 2**62. An instant less one needs instant >
  -2**63.
- working_times: open stretches are disjoint in [-L, L], so open time before any instant is at most 2**62;
  elapsed is a difference of two such numbers, and sums over disjoint parts of [start, end) stay within 2**62.
- due_instants: `allowed` is at most L, so open time before + left <= 2**62 + 2**61 < 2**63. The instant found
  lies within an open stretch.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Longs: TypeAlias = npt.NDArray[np.int64]
Column: TypeAlias = Longs | Sequence[int]

INSTANT_LIMIT = 2**61
ROW_LIMIT = 2**30
INT64_LEAST = -(2**63)
INT64_MOST = 2**63 - 1


def as_longs(*columns: Column) -> tuple[Longs, ...] | None:
    """The columns as int64 arrays of their own values, or None where a number does not fit 64 bits.

    Raises TypeError for numbers that are not integers: nothing is truncated on the way in.
    """
    arrays = []
    for column in columns:
        if isinstance(column, np.ndarray):
            if column.dtype == np.int64:
                arrays.append(column)
                continue
            if column.dtype.kind not in "iu" and not (column.dtype == object or column.size == 0):
                raise TypeError(f"a column needs integers, not {column.dtype}")
        numbers = integers(column)
        if numbers and (min(numbers) < INT64_LEAST or max(numbers) > INT64_MOST):
            return None
        arrays.append(np.array(numbers, dtype=np.int64))
    return tuple(arrays)


def compact(*columns: Sequence[int]) -> tuple[Column, ...]:
    """The columns as int64 arrays, or as they are where a number of theirs does not fit."""
    return as_longs(*columns) or columns


def joined(parts: Sequence[tuple[Column, ...]], width: int) -> tuple[Column, ...]:
    """Columns of several parts, each made by `compact`, end to end: arrays where all of them are."""
    if all(isinstance(column, np.ndarray) for part in parts for column in part):
        empty = np.empty(0, dtype=np.int64)
        return tuple(np.concatenate([empty, *(part[place] for part in parts)]) for place in range(width))
    return tuple([number for part in parts for number in integers(part[place])] for place in range(width))


def integers(column: Column) -> list[int]:
    """The column as Python integers. Raises TypeError where one is not an integer (a truth value is none)."""
    given: list[object] = column.tolist() if isinstance(column, np.ndarray) else list(column)
    numbers = [int(number) for number in given if type(number) is int or isinstance(number, np.integer)]
    if len(numbers) < len(given):
        raise TypeError("a column needs integers")
    return numbers


def within(limit: int, *columns: Longs) -> bool:
    """Whether every number of every column lies in [-limit, limit], ends included."""
    return all(column.size == 0 or (-limit <= int(column.min()) and int(column.max()) <= limit) for column in columns)


def ascending(column: Longs) -> bool:
    """Whether no number is smaller than the one before it."""
    return column.size < 2 or bool((column[1:] >= column[:-1]).all())
