"""Owns the compiled clocks: working time between two instants, and the instant at which it is used up.

Does not own calendars: the open hours come as an array of three rows, ascending and disjoint: start, end and
the open time before that start. Everything is int64 microseconds; `clocks` proves the bounds first. The
pauses of case i are the rows offsets[i] to offsets[i + 1] (excluded), sorted by start; they may overlap or
touch.
"""

import numpy as np
import numpy.typing as npt

from malus.measures.compiled import compiled

Longs = npt.NDArray[np.int64]

NEVER = -(2**63)


@compiled
def _worked_before(instant: int, hours: Longs) -> int:
    """Open microseconds before the instant, from the first open stretch on."""
    place = np.searchsorted(hours[0], instant, side="right") - 1
    if place < 0:
        return 0
    worked: int = hours[2, place] + min(instant, hours[1, place]) - hours[0, place]
    return worked


@compiled
def _reached_at(worked: int, hours: Longs) -> int:
    """The earliest instant with `worked` (above zero) open microseconds before it, or NEVER."""
    place = np.searchsorted(hours[2], worked, side="left") - 1
    if place < 0:
        return NEVER
    instant: int = hours[0, place] + (worked - hours[2, place])
    if instant > hours[1, place]:
        return NEVER
    return instant


@compiled
def working_times(
    starts: Longs,
    ends: Longs,
    hours: Longs,
    offsets: Longs,
    pause_starts: Longs,
    pause_ends: Longs,
    elapsed: Longs,
) -> None:
    """Writes the open microseconds in [start, end) less the case's pauses into `elapsed`."""
    for case in range(starts.size):
        reached = starts[case]
        end = ends[case]
        worked = 0
        for pause in range(offsets[case], offsets[case + 1]):
            if pause_ends[pause] <= reached:
                continue
            if pause_starts[pause] >= end:
                break
            if pause_starts[pause] > reached:
                worked += _worked_before(pause_starts[pause], hours) - _worked_before(reached, hours)
            reached = pause_ends[pause]
        if reached < end:
            worked += _worked_before(end, hours) - _worked_before(reached, hours)
        elapsed[case] = worked


@compiled
def due_instants(
    starts: Longs,
    allowed: Longs,
    hours: Longs,
    offsets: Longs,
    pause_starts: Longs,
    pause_ends: Longs,
    due: Longs,
) -> None:
    """Writes the earliest instant at which the `allowed` time since the start has passed, or NEVER."""
    for case in range(starts.size):
        reached = starts[case]
        left = allowed[case]
        found = left <= 0
        due[case] = reached
        pause = offsets[case]
        while not found and pause < offsets[case + 1]:
            if pause_ends[pause] > reached:
                if pause_starts[pause] > reached:
                    before = _worked_before(reached, hours)
                    worked = _worked_before(pause_starts[pause], hours) - before
                    if worked >= left:
                        due[case] = _reached_at(before + left, hours)
                        found = True
                    left -= worked
                reached = pause_ends[pause]
            pause += 1
        if not found:
            due[case] = _reached_at(_worked_before(reached, hours) + left, hours)
