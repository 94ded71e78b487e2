"""Owns the compiled trailing windows: how many facts, and how much time, lie in each.

Everything is int64 microseconds; `windows` proves the bounds first.
"""

import numpy as np
import numpy.typing as npt

from malus.measures.compiled import compiled

Longs = npt.NDArray[np.int64]

NEVER = -(2**63)


@compiled
def count_windows(instants: Longs, width: int, closed: int, counts: Longs) -> None:
    """Writes for each sorted instant t how many lie in (t - width, t], or [t - width, t] if closed is 1."""
    oldest = 0
    newest = 0
    for row in range(instants.size):
        while newest < instants.size and instants[newest] <= instants[row]:
            newest += 1
        # An open edge is a closed one a microsecond later; open and of no width, a window is empty.
        edge = instants[row] - width + 1 - closed
        while oldest < newest and instants[oldest] < edge:
            oldest += 1
        counts[row] = newest - oldest


@compiled
def first_reach(starts: Longs, ends: Longs, width: int, reach: int) -> int:
    """The first instant at which the time in stretches within the trailing window is `reach`, or NEVER.

    Stretches ascend and are disjoint; 0 < reach. The time inside can only grow while the window's new edge is
    in a stretch and its old edge is not, so both edges walk over the stretches once.
    """
    if starts.size == 0 or reach > width:
        return NEVER
    inside = 0
    place = 0
    edge = starts[0] - width
    for newest in range(starts.size):
        # Between two stretches only the old edge meets time that counts.
        target = starts[newest] - width
        while place < newest and starts[place] < target:
            inside -= min(ends[place], target) - max(starts[place], edge)
            if ends[place] > target:
                break
            place += 1
        edge = target
        target = ends[newest] - width
        while edge < target:
            if edge < starts[place]:
                step = min(starts[place], target) - edge
                if inside + step >= reach:
                    return int(edge + width + reach - inside)
                inside += step
                edge += step
            elif ends[place] <= target:
                edge = ends[place]
                place += 1
            else:
                edge = target
    return NEVER
