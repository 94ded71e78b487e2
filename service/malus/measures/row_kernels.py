"""Owns the compiled folds of rows as they come out of a columnar file into figures per agreement and period.

Everything is int64 microseconds and half-open, as in `kernels`; the agreements of one call may number thousands, and
their rows come in any order. Checks every row: what is no sound row, or could make a sum wrap, is marked, and the
caller has that agreement judged from its events one by one.

Bounds: instants lie within `earliest` and `latest`, which the caller keeps within 2**61, so lengths stay below 2**62.
A count is at most `most_count` < 2**60 and a sum is left alone once it passes 2**62, so that no sum reaches 2**63.
"""

import numpy as np
import numpy.typing as npt

from malus.measures.compiled import compiled

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

TALLY = 0
OUTAGE = 1
INCIDENT = 2
OTHER = 3
UNKNOWN = -1

RATIO_LANE = 0
TIME_LANE = 1
SHARE_LANE = 2

_SUM_LIMIT = 2**62


@compiled
def _period_of(instant: int, edges: Longs, shape: int, count: int) -> int:
    """The period of a shape that holds an instant; -1 before the first one, `count` after the last."""
    if count == 0 or instant < edges[shape, 0]:
        return -1
    span = edges[shape, count] - edges[shape, 0]
    # Periods are about equally long, so the one in proportion is it, or next to it.
    place: int = min((instant - edges[shape, 0]) // (span // count + 1), count)
    while edges[shape, place] > instant:
        place -= 1
    while place < count and edges[shape, place + 1] <= instant:
        place += 1
    return place


@compiled
def fold_rows(  # noqa: C901, PLR0912, PLR0915 - one loop over the rows: a call for each part costs more than the part
    agreements: Ints,
    agreement_bits: Bytes,
    agreement_numbers: Ints,
    kinds: Ints,
    kind_bits: Bytes,
    kind_codes: Ints,
    starts: Longs,
    start_bits: Bytes,
    ends: Longs,
    end_bits: Bytes,
    goods: Longs,
    good_bits: Bytes,
    totals: Longs,
    total_bits: Bytes,
    priorities: Longs,
    priority_bits: Bytes,
    priority_codes: Ints,
    priority_least: int,
    limits: Longs,
    shapes: Ints,
    starts_of: Longs,
    edges: Longs,
    period_counts: Ints,
    rules: Ints,
    as_of: int,
    earliest: int,
    latest: int,
    most_count: int,
    figures: Longs,
    rows_of: Longs,
    odd: Bytes,
    strangers: Longs,
    kept_agreements: Ints,
    kept_starts: Longs,
    kept_ends: Longs,
) -> int:
    """Folds tallies and incidents into `figures`; writes outages into the kept columns and returns how many.

    Bits say which values are there; none at all: all are. `agreement_numbers`: by the file's code the agreement's
    number, -1 for a stranger, which is counted by its code in `strangers` (the last place: rows without an agreement).
    `shapes`: by agreement its shape, -1 where its events are judged one by one anyway. By shape: `starts_of`, `edges`
    and `period_counts` of its periods, `rules` (does it count tallies, by their end; outages; incidents), `limits`
    (least and most microseconds in time for each priority code; the least above the most where it is not judged).
    `figures[agreement, period, lane]`: numerator, denominator, events used. `odd`: marked where a row is not plain.
    """
    kept = 0
    hint = 0
    codes = agreement_numbers.size
    known_kinds = kind_codes.size
    known_priorities = priority_codes.size
    no_agreement = agreement_bits.size > 0
    no_kind = kind_bits.size > 0
    no_start = start_bits.size > 0
    no_end = end_bits.size > 0
    no_good = good_bits.size > 0
    no_total = total_bits.size > 0
    no_priority = priority_bits.size > 0
    for row in range(agreements.size):
        code = agreements[row]
        if (no_agreement and (agreement_bits[row >> 3] >> (row & 7)) & 1 == 0) or code < 0 or code >= codes:
            strangers[strangers.size - 1] += 1
            continue
        agreement = agreement_numbers[code]
        if agreement < 0:
            strangers[code] += 1
            continue
        rows_of[agreement] += 1
        shape = shapes[agreement]
        if shape < 0:
            continue
        kind = UNKNOWN
        if (
            (not no_kind or (kind_bits[row >> 3] >> (row & 7)) & 1 == 1)
            and kinds[row] >= 0
            and kinds[row] < known_kinds
        ):
            kind = kind_codes[kinds[row]]
        has_end = not no_end or (end_bits[row >> 3] >> (row & 7)) & 1 == 1
        has_good = not no_good or (good_bits[row >> 3] >> (row & 7)) & 1 == 1
        has_total = not no_total or (total_bits[row >> 3] >> (row & 7)) & 1 == 1
        has_priority = not no_priority or (priority_bits[row >> 3] >> (row & 7)) & 1 == 1
        start = starts[row]
        end = ends[row]
        if (
            (no_start and (start_bits[row >> 3] >> (row & 7)) & 1 == 0)
            or start < starts_of[shape]
            or start < earliest
            or start > latest
            or (has_end and (end < start or end > latest))
        ):
            odd[agreement] = 1
            continue
        if kind == TALLY:
            good = goods[row]
            total = totals[row]
            if (
                rules[shape, 0] == 0
                or not (has_end and has_good and has_total)
                or has_priority
                or good < 0
                or good > total
                or total > most_count
            ):
                odd[agreement] = 1
                continue
            if end > as_of:
                continue
            at = start
            if rules[shape, 1] == 1:
                at = max(start, end - 1)
            period = hint
            count = period_counts[shape]
            if hint >= count or at < edges[shape, hint] or at >= edges[shape, hint + 1]:
                period = _period_of(at, edges, shape, count)
            if period < 0 or period >= count:
                continue
            hint = period
            if figures[agreement, period, RATIO_LANE, 1] > _SUM_LIMIT:
                odd[agreement] = 1
                continue
            figures[agreement, period, RATIO_LANE, 0] += good
            figures[agreement, period, RATIO_LANE, 1] += total
            figures[agreement, period, RATIO_LANE, 2] += 1
        elif kind == OUTAGE:
            if rules[shape, 2] == 0 or has_good or has_total or has_priority:
                odd[agreement] = 1
                continue
            if start > as_of:
                continue
            if not has_end or end > as_of:
                end = as_of
            kept_agreements[kept] = agreement
            kept_starts[kept] = start
            kept_ends[kept] = end
            kept += 1
        elif kind == INCIDENT:
            number = priorities[row] - priority_least
            if (
                rules[shape, 3] == 0
                or has_good
                or has_total
                or not has_priority
                or number < 0
                or number >= known_priorities
            ):
                odd[agreement] = 1
                continue
            if not has_end or end > as_of:
                continue
            least = limits[shape, priority_codes[number], 0]
            most = limits[shape, priority_codes[number], 1]
            if least > most:
                continue
            period = hint
            count = period_counts[shape]
            if hint >= count or end < edges[shape, hint] or end >= edges[shape, hint + 1]:
                period = _period_of(end, edges, shape, count)
            if period < 0 or period >= count:
                continue
            elapsed = end - start
            if least <= elapsed <= most:
                figures[agreement, period, SHARE_LANE, 0] += 1
            figures[agreement, period, SHARE_LANE, 1] += 1
            figures[agreement, period, SHARE_LANE, 2] += 2
        else:
            odd[agreement] = 1
    return kept


@compiled
def group_rows(
    agreements: Ints, bounds: Longs, places: Longs, starts: Longs, ends: Longs, room: Longs, disordered: Bytes
) -> None:
    """Writes the intervals into `room` (start, end), one agreement after the other, each in its order of coming.

    `bounds`: where each agreement begins. `places`: where its next interval goes, moved on. `disordered`: marked where
    an interval starts before the one that came before it.
    """
    for row in range(agreements.size):
        agreement = agreements[row]
        place = places[agreement]
        if place > bounds[agreement] and starts[row] < room[0, place - 1]:
            disordered[agreement] = 1
        room[0, place] = starts[row]
        room[1, place] = ends[row]
        places[agreement] = place + 1


@compiled
def fold_stretches(
    first: int,
    last: int,
    bounds: Longs,
    room: Longs,
    shapes: Ints,
    edges: Longs,
    period_counts: Ints,
    ignore_up_to: Longs,
    figures: Longs,
) -> None:
    """Folds the grouped intervals of agreements `first` to `last` (excluded) into the time lane of `figures`.

    The numerator becomes the microseconds that are covered, each instant once: touching intervals are one stretch,
    and one whose whole length is at most `ignore_up_to` counts nothing. The third figure counts the intervals that
    touch a period. Intervals of an agreement are sorted by their start.
    """
    for agreement in range(first, last):
        low = bounds[agreement]
        high = bounds[agreement + 1]
        if low == high or shapes[agreement] < 0:
            continue
        shape = shapes[agreement]
        count = period_counts[shape]
        open_start = room[0, low]
        open_end = room[1, low]
        for row in range(low, high + 1):
            if row < high:
                start = room[0, row]
                end = room[1, row]
                place = max(0, _period_of(start, edges, shape, count))
                while place < count and edges[shape, place] < max(end, start + 1):
                    if edges[shape, place + 1] > start:
                        figures[agreement, place, TIME_LANE, 2] += 1
                    place += 1
                if start <= open_end:
                    open_end = max(open_end, end)
                    continue
            if open_end - open_start > ignore_up_to[shape]:
                place = max(0, _period_of(open_start, edges, shape, count))
                while place < count and edges[shape, place] < open_end:
                    inside = min(open_end, edges[shape, place + 1]) - max(open_start, edges[shape, place])
                    figures[agreement, place, TIME_LANE, 0] += max(0, inside)
                    place += 1
            if row < high:
                open_start = start
                open_end = end


@compiled
def find_positions(numerators: Longs, denominators: Longs, above: Longs, below: Longs, positions: Ints) -> None:
    """Writes where each level lies among ascending edges above/below: 2 i before edge i, 2 i + 1 on it.

    A level without a denominator is at -1. Products fit 63 bits: the caller has made sure.
    """
    for row in range(numerators.size):
        position = -1
        if denominators[row] > 0:
            position = 2 * above.size
            for edge in range(above.size):
                left = numerators[row] * below[edge]
                right = above[edge] * denominators[row]
                if left <= right:
                    position = 2 * edge + (1 if left == right else 0)
                    break
        positions[row] = position
