"""Owns how a calendar becomes open hours for the kernels, and when an allowed time has run on one clock.

Does not own: the arithmetic of working time (clocks), or which pauses a clock allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.measures.clocks import ALWAYS, OpenHours, Pauses, due_instants, open_hours
from malus.measures.exact import Stretch
from malus.model.calendars import Calendar, open_stretches
from malus.model.instants import DAY, Instant

_YEAR = 366 * DAY


def hours_between(calendar: Calendar, start: Instant, end: Instant) -> OpenHours:
    """A calendar's open hours from `start` to `end`; round the clock without a horizon where it is always open."""
    if calendar.always:
        return ALWAYS
    stretches = open_stretches(calendar, start, end)
    return open_hours([first for first, _ in stretches], [last for _, last in stretches])


def reached_at(calendar: Calendar, start: Instant, allowed: int, pauses: Sequence[Stretch]) -> Instant | None:
    """The earliest instant at which so many open microseconds have run since `start`, less the pauses.

    `pauses` are sorted by start. None where the calendar ends before that.
    """
    columns = pause_columns([pauses])
    reach = start + 4 * allowed + _YEAR
    while True:
        due = due_instants([start], [allowed], hours_between(calendar, start, reach), columns)[0]
        if due is not None or reach > start + 20 * _YEAR:
            return due
        reach += 4 * _YEAR


def pause_columns(pauses: Sequence[Sequence[Stretch]]) -> Pauses:
    """The pauses of every case as columns; those of a case are sorted by start."""
    offsets = [0]
    for stops in pauses:
        offsets.append(offsets[-1] + len(stops))
    return Pauses(
        offsets=offsets,
        starts=[first for stops in pauses for first, _ in stops],
        ends=[last for stops in pauses for _, last in stops],
    )
