"""What outages cost: folded one by one into an open month, and counted in bulk over a year.

The fold must cost the same however many outages came before. Rivals for the bulk count are what one would
otherwise write over the same sorted columns: a loop in plain Python, and numpy. Their answers are compared
before any is timed.
"""

import gc
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from malus.measures.folding import OutageFold
from malus.measures.measure import covered_time
from malus.measures.segments import Segments, cut_segments

Longs = npt.NDArray[np.int64]

SECOND = 1_000_000
DAY = 86_400 * SECOND
MAY = 1_777_586_400 * SECOND  # 1 May 2026 in Amsterdam
MONTH = 30 * DAY
IGNORED = 5 * SECOND

EARLY = 100
LATE = 100_000
BLOCK = 20
REPEATS = 400
MOST_GROWTH = 1.2


def measure(*, full: bool) -> dict[str, Any]:
    """Bulk seconds for 200 thousand outages (2 million if `full`), and the cost of one at two depths."""
    events = 2_000_000 if full else 200_000
    segments = _year()
    starts, ends = _outages(events)
    answers = {
        "ours": covered_time(starts, ends, segments, IGNORED),
        "plain-python": _in_plain_python(starts.tolist(), ends.tolist(), segments),
        "numpy": _in_numpy(starts, ends, segments),
        "fold": _folded(starts, ends, segments),
    }
    for name, answer in answers.items():
        assert answer == answers["ours"], f"{name} answers otherwise"
    ours = _seconds(lambda: covered_time(starts, ends, segments, IGNORED), 9)
    first, last = starts.tolist(), ends.tolist()
    rivals = {
        "plain-python": _seconds(lambda: _in_plain_python(first, last, segments), 3),
        "numpy": _seconds(lambda: _in_numpy(starts, ends, segments), 9),
    }
    early, late = _cost_of_one()
    growth = late / early
    return {
        "ours": ours,
        "rivals": rivals,
        "ratio": {name: round(seconds / ours, 2) for name, seconds in rivals.items()},
        "events": events,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "bulk_ns_per_event": round(ours / events * 1e9, 2),
        "cost_100_us": round(early, 3),
        "cost_100000_us": round(late, 3),
        "growth": round(growth, 3),
        "short_of": [f"growth of at most {MOST_GROWTH}"] if growth > MOST_GROWTH else [],
    }


def _cost_of_one() -> tuple[float, float]:
    """Median microseconds of one in-order outage near number 100 and near number 100,000 of an open month.

    Blocks at both depths take turns, so that whatever else the machine does falls on both alike.
    """
    deep = _filled(LATE)
    depth = LATE
    early, late = [], []
    gc.collect()
    gc.disable()
    for _ in range(REPEATS):
        fresh = _filled(EARLY - BLOCK)
        _block(fresh, EARLY - BLOCK)
        early.append(_block(fresh, EARLY))
        _block(deep, depth)
        late.append(_block(deep, depth + BLOCK))
        depth += 2 * BLOCK
    gc.enable()
    assert deep.value(0) == _covered_by(depth)
    return statistics.median(early), statistics.median(late)


def _block(fold: OutageFold, number: int) -> float:
    rows = [_outage(number + more) for more in range(BLOCK)]
    began = time.perf_counter_ns()
    for start, end in rows:
        fold.add(start, end)
    return (time.perf_counter_ns() - began) / BLOCK / 1000


def _filled(count: int) -> OutageFold:
    fold = OutageFold(cut_segments([MAY], [MAY + MONTH]))
    for number in range(count):
        fold.add(*_outage(number))
    return fold


def _outage(number: int) -> tuple[int, int]:
    """One every 20 seconds of the month, 7 seconds long: the 116,000 that are needed end on its 27th day."""
    start = MAY + number * 20 * SECOND
    return start, start + 7 * SECOND


def _covered_by(count: int) -> int:
    return count * 7 * SECOND


def _year() -> Segments:
    """Twelve open months with four hours of maintenance each week."""
    months = [MAY + month * MONTH for month in range(13)]
    weekly = range(MAY, MAY + 12 * MONTH, 7 * DAY)
    return cut_segments(months[:-1], months[1:], list(weekly), [start + 14_400 * SECOND for start in weekly])


def _outages(count: int) -> tuple[Longs, Longs]:
    chance = np.random.default_rng(20261123)
    starts = np.sort(chance.integers(MAY, MAY + 12 * MONTH, count))
    mean_gap = 12 * MONTH // count
    return starts, starts + chance.integers(1, 2 * mean_gap, count)


def _folded(starts: Longs, ends: Longs, segments: Segments) -> list[int]:
    fold = OutageFold(segments, IGNORED)
    fold.add_many(starts, ends)
    return [fold.value(period) for period in range(len(segments.periods))]


def _in_plain_python(starts: list[int], ends: list[int], segments: Segments) -> list[int]:
    pieces = [(low, high, number) for number, part in enumerate(segments.pieces) for low, high in part]
    covered = [0] * len(segments.pieces)
    cursor = 0
    open_start, open_end = starts[0], ends[0]
    for start, end in zip([*starts[1:], ends[-1] + 12 * MONTH], [*ends[1:], 0], strict=True):
        if start <= open_end:
            open_end = max(open_end, end)
            continue
        if open_end - open_start > IGNORED:
            while cursor < len(pieces) and pieces[cursor][1] <= open_start:
                cursor += 1
            place = cursor
            while place < len(pieces) and pieces[place][0] < open_end:
                low, high, number = pieces[place]
                covered[number] += min(open_end, high) - max(open_start, low)
                place += 1
        open_start, open_end = start, end
    return covered


def _in_numpy(starts: Longs, ends: Longs, segments: Segments) -> list[int]:
    reached = np.maximum.accumulate(ends)
    begins = starts[1:] > reached[:-1]
    first = starts[np.concatenate(([True], begins))]
    last = reached[np.concatenate((begins, [True]))]
    kept = last - first > IGNORED
    first, last = first[kept], last[kept]
    covered = []
    for part in segments.pieces:
        total = 0
        for low, high in part:
            near = slice(np.searchsorted(last, low), np.searchsorted(first, high))
            total += int((np.minimum(last[near], high) - np.maximum(first[near], low)).sum())
        covered.append(total)
    return covered


def _seconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
