"""Owns where a window over single facts opens, and the windows in which time down is added up.

Does not own: what is inside, or when a window fires (windows).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import assert_never

from malus.measures.exact import Stretch
from malus.model.conditions import (
    CalendarDays,
    CalendarMonths,
    OccurrencesInWindow,
    OnePeriod,
    TrailingTime,
)
from malus.model.instants import Instant, civil_day, start_of_day
from malus.model.periods import period_containing, shift_civil


def opens_after(condition: OccurrencesInWindow, at: Instant, zone: str) -> Instant:
    """The instant after which an occurrence is inside the window that ends at `at`, itself inside."""
    edge = 1 if condition.at_the_edge == "inside" else 0
    span = condition.span
    match span:
        case TrailingTime():
            return at - span.microseconds - edge
        case CalendarDays():
            return start_of_day(civil_day(at, zone) - datetime.timedelta(days=span.days - 1), zone) - 1
        case CalendarMonths():
            return shift_civil(at, zone, months=-span.months) - edge
        case OnePeriod():
            return period_containing(span.cycle, at, zone).start - 1
        case _:
            assert_never(span)


def windows_of_time(
    span: TrailingTime | OnePeriod, down: Sequence[Stretch], zone: str, as_of: Instant
) -> Iterator[tuple[int, Sequence[Stretch]]]:
    """Each window's width in microseconds with the ascending time down that may lie in it.

    A trailing window slides over all of it. Of periods each is a window by itself, up to the one that holds `as_of`;
    those without any time down are left out, but for the last.
    """
    if isinstance(span, TrailingTime):
        yield span.microseconds, down
        return
    now = period_containing(span.cycle, as_of, zone)
    period, inside = now, list[Stretch]()
    for start, end in down:
        reached = start
        while reached < end:
            if not period.start <= reached < period.end:
                if inside:
                    yield period.end - period.start, inside
                period, inside = period_containing(span.cycle, reached, zone), []
            inside.append((reached, min(end, period.end)))
            reached = inside[-1][1]
    if period.start < now.start:
        if inside:
            yield period.end - period.start, inside
        period, inside = now, []
    yield period.end - period.start, inside
