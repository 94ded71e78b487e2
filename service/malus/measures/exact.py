"""Owns the same figures as the kernels in Python integers of any size; does not own speed.

These answer where a bound of `bounds` is passed, with the meaning written down beside each kernel. They are
kept plain, so that the kernels can be held against them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Stretch = tuple[int, int]


def merged(starts: Iterable[int], ends: Iterable[int], ignore_up_to: int = 0) -> list[Stretch]:
    """The union of intervals as ascending stretches longer than `ignore_up_to`; touching ones are one."""
    stretches: list[Stretch] = []
    for start, end in sorted(zip(starts, ends, strict=True)):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return [(start, end) for start, end in stretches if end - start > ignore_up_to]


def without(stretch: Stretch, excluded: Sequence[Stretch]) -> list[Stretch]:
    """What is left of one stretch after merged exclusions."""
    start, end = stretch
    left = []
    for excluded_start, excluded_end in excluded:
        if excluded_end <= start or excluded_start >= end:
            continue
        if excluded_start > start:
            left.append((start, excluded_start))
        start = excluded_end
    return [*left, (start, end)] if start < end else left


def overlap(stretches: Sequence[Stretch], segments: Sequence[Stretch]) -> int:
    """Microseconds that two ascending lists of disjoint stretches have in common."""
    shared = 0
    cursor = 0
    for start, end in stretches:
        while cursor < len(segments) and segments[cursor][1] <= start:
            cursor += 1
        place = cursor
        while place < len(segments) and segments[place][0] < end:
            shared += min(end, segments[place][1]) - max(start, segments[place][0])
            place += 1
    return shared


def state_spans(instants: Sequence[int], codes: Sequence[int], hold: int, until: int) -> list[tuple[int, int, int]]:
    """The (start, end, code) that each check stands for; of checks at one instant the last row holds."""
    spans = []
    for row, (instant, code) in enumerate(zip(instants, codes, strict=True)):
        end = until if row + 1 == len(instants) else min(until, instants[row + 1])
        if hold >= 0:
            end = min(end, instant + hold)
        if end > instant:
            spans.append((instant, end, code))
    return spans


def tallied(instants: Sequence[int], values: Sequence[int], periods: Sequence[Stretch], closing: bool) -> list[int]:
    """The sum of the values per period; with `closing` a period is (start, end], otherwise [start, end)."""
    sums = [0] * len(periods)
    starts = [start for start, _ in periods]
    for instant, value in zip(instants, values, strict=True):
        place = instant - closing
        period = bisect_right(starts, place) - 1
        if period >= 0 and place < periods[period][1]:
            sums[period] += value
    return sums


def worked(start: int, end: int, hours: Sequence[Stretch], pauses: Sequence[Stretch]) -> int:
    """Open microseconds in [start, end) less the pauses."""
    if end <= start:
        return 0
    return overlap(without((start, end), merged(*_columns(pauses))), hours)


def due(start: int, allowed: int, hours: Sequence[Stretch], pauses: Sequence[Stretch]) -> int | None:
    """The earliest instant, not before the start, at which the allowed working time has passed, or None."""
    if allowed <= 0:
        return start
    left = allowed
    stops = merged(*_columns(pauses))
    for open_start, open_end in hours:
        for low, high in without((max(start, open_start), open_end), stops):
            if high - low >= left:
                return low + left
            left -= high - low
    return None


def _columns(stretches: Sequence[Stretch]) -> tuple[list[int], list[int]]:
    return [start for start, _ in stretches], [end for _, end in stretches]
