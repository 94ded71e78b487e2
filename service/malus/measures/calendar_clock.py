"""Owns how a calendar becomes open hours for the kernels, and when an allowed time has run on one clock.

Does not own: the arithmetic of working time (clocks), or which pauses a clock allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from malus.measures.clocks import ALWAYS, OpenHours, Pauses, due_instants, open_hours
from malus.measures.exact import Stretch
from malus.model.calendars import Calendar, open_stretches
from malus.model.instants import DAY, Instant, civil_day, start_of_day

_FORTNIGHT = 14 * DAY
_YEAR = 366 * DAY


def hours_between(calendar: Calendar, start: Instant, end: Instant) -> OpenHours:
    """A calendar's open hours from `start` to `end`; round the clock without a horizon where it is always open."""
    if calendar.always:
        return ALWAYS
    stretches = open_stretches(calendar, start, end)
    return open_hours([first for first, _ in stretches], [last for _, last in stretches])


def reached_at(calendar: Calendar, start: Instant, allowed: int, pauses: Sequence[Stretch]) -> Instant | None:
    """The earliest instant at which so many open microseconds have run since `start`, less the pauses.

    `pauses` are sorted by start. None where that lies more than twenty years ahead. Raises HorizonFault only where the
    known days do not hold it: what is reached within them never asks for a later one.
    """
    columns = pause_columns([pauses])
    ahead = 4 * allowed + _FORTNIGHT
    while True:
        due = due_instants(
            [start], [allowed], hours_between(calendar, start, _known(calendar, start + ahead)), columns
        )[0]
        if due is not None or ahead > 20 * _YEAR:
            return due
        if _known(calendar, start + ahead) < start + ahead:
            open_stretches(calendar, start, start + ahead)
        ahead *= 4


def _known(calendar: Calendar, end: Instant) -> Instant:
    """The end of what is looked through: never past the last day whose holidays are known."""
    if calendar.always or civil_day(end, calendar.zone) <= calendar.horizon_end:
        return end
    return start_of_day(calendar.horizon_end + timedelta(days=1), calendar.zone)


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
