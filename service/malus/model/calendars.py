"""Calendars: which hours and which days count, in a zone of their own, with holidays as explicit dates.

Owns: open stretches, working time between instants and its inverse, counting business days.
Does not own: where holidays come from (compiled into dates up to a horizon), what a deadline means by an end.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from malus.model.instants import Instant, civil_day, civil_moment, civil_or_next, start_of_day

_ONE_DAY: Final = timedelta(days=1)
_MINUTES_A_DAY: Final = 1440


class HorizonFault(ValueError):  # noqa: N818 - what a caller handles is a fault in this house
    """A calendar was asked about a day whose holidays it does not know."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(name, what)
        self.name = name
        self.what = what

    def __str__(self) -> str:
        return f"calendar {self.name}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Hours that count: always, or spans of the week without the holidays.

    `weekly` holds (weekday, from, to): Monday is 0, minutes since the day's start, to at most 1440; ascending
    and without overlap. `holidays` holds (day, name) in ascending order; a holiday has no open hours.
    `horizon_start` and `horizon_end` are the first and the last day whose holidays are known, both inside;
    a calendar that is always open knows every day.
    """

    name: str
    zone: str
    always: bool
    weekly: tuple[tuple[int, int, int], ...] = ()
    holidays: tuple[tuple[date, str], ...] = ()
    holiday_source: str = ""
    horizon_start: date
    horizon_end: date

    def __post_init__(self) -> None:
        if self.always == bool(self.weekly) or (self.always and self.holidays):
            raise ValueError(f"calendar {self.name} is either always open or has weekly hours and holidays")
        if self.horizon_end < self.horizon_start:
            raise ValueError(f"calendar {self.name} has a horizon that ends before it starts")
        reached = (0, 0)
        for weekday, opens, closes in self.weekly:
            if not (0 <= weekday <= 6 and 0 <= opens < closes <= _MINUTES_A_DAY):
                raise ValueError(f"calendar {self.name} has impossible hours {(weekday, opens, closes)}")
            if (weekday, opens) < reached:
                raise ValueError(f"calendar {self.name} has hours that overlap or are out of order")
            reached = (weekday, closes)
        days = [day for day, _ in self.holidays]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(f"calendar {self.name} has holidays twice or out of order")

    def __hash__(self) -> int:
        """Of a few fields: the holidays of fifty years are many, and tell two calendars apart only by their number."""
        return hash((self.name, self.zone, self.weekly, self.horizon_end, len(self.holidays)))


def open_stretches(calendar: Calendar, start: Instant, end: Instant) -> tuple[tuple[Instant, Instant], ...]:
    """The stretches of [start, end) that are open: half-open, sorted, disjoint, touching ones merged.

    Exact over clock changes: hours are elapsed time between the instants at which the clocks first show the
    opening and the closing; one that they skip is the first instant after the gap.
    """
    if end <= start:
        return ()
    if calendar.always:
        return ((start, end),)
    stretches: list[tuple[Instant, Instant]] = []
    last = civil_day(end - 1, calendar.zone)
    _check_horizon(calendar, last)
    for opens, closes in _stretches_from(calendar, civil_day(start, calendar.zone), last):
        opened, closed = max(opens, start), min(closes, end)
        if opened >= closed:
            continue
        if stretches and stretches[-1][1] == opened:
            opened = stretches.pop()[0]
        stretches.append((opened, closed))
    return tuple(stretches)


def add_working_time(calendar: Calendar, start: Instant, microseconds: int) -> Instant:
    """The earliest instant at which so much open time has passed since `start`; `start` itself for 0.

    Work that fills a day ends at that day's closing, not at the next opening. Raises HorizonFault where the
    known days do not hold as much, ValueError for a negative length.
    """
    if microseconds < 0:
        raise ValueError(f"working time is not negative, got {microseconds} microseconds")
    if microseconds == 0 or calendar.always:
        return start + microseconds
    rest = microseconds
    for opens, closes in _stretches_from(calendar, civil_day(start, calendar.zone), None):
        opened = max(opens, start)
        if closes - opened >= rest:
            return opened + rest
        rest -= max(closes - opened, 0)
    raise AssertionError("days go on until the horizon refuses one")


def is_business_day(calendar: Calendar, day: date) -> bool:
    """Whether a civil day is no holiday and has open hours; HorizonFault beyond the days that are known."""
    if calendar.always:
        return True
    _check_horizon(calendar, day)
    return not _is_holiday(calendar, day) and any(span[0] == day.weekday() for span in calendar.weekly)


@lru_cache(maxsize=100_000)
def nth_business_day(calendar: Calendar, day: date, n: int) -> date:
    """The n-th business day after a day, before it where n is negative; for 0 `day`, business day or not."""
    step = _ONE_DAY if n > 0 else -_ONE_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_business_day(calendar, day)
    return day


def add_business_days(calendar: Calendar, start: Instant, days: int, zone: str) -> Instant:
    """The instant so many business days after `start`, before it where negative; days are those of `zone`.

    From a business day the local time of day is kept: Monday 10:00 and one is Tuesday 10:00. Any other start
    counts whole days from the boundary of the nearest business day, so that a later start never ends earlier:
    forward from Saturday, one ends with Monday (Tuesday 00:00); backward, one reaches the start of Friday.
    """
    if days == 0:
        return start
    day = civil_day(start, zone)
    reached = nth_business_day(calendar, day, days)
    if is_business_day(calendar, day):
        return civil_or_next(datetime.combine(reached, civil_moment(start, zone).time()), zone)
    return start_of_day(reached + _ONE_DAY if days > 0 else reached, zone)


def latest_announcement(calendar: Calendar, event_start: Instant, n: int) -> Instant:
    """The last instant at which something is announced at least n business days ahead; it is inside.

    Days are those of the calendar's zone. Announced on Monday 10:00 for the next Monday 10:00 is five ahead.
    """
    if n < 0:
        raise ValueError(f"an announcement is made no negative number of days ahead, got {n}")
    return add_business_days(calendar, event_start, -n, calendar.zone)


def business_days_between(calendar: Calendar, announced: Instant, event_start: Instant) -> int:
    """The most business days ahead that an announcement is: the largest n whose latest announcement holds it.

    0 where it comes on the day itself, or afterwards.
    """
    first, last = civil_day(announced, calendar.zone), civil_day(event_start, calendar.zone)
    if first >= last:
        return 0
    between = (first + timedelta(days=past) for past in range(1, (last - first).days))
    count = sum(is_business_day(calendar, day) for day in between)
    return count + (announced <= latest_announcement(calendar, event_start, count + 1))


def _stretches_from(calendar: Calendar, day: date, last: date | None) -> Iterator[tuple[Instant, Instant]]:
    """Day by day, ascending, until `last` (inside) or until the horizon refuses a day."""
    while last is None or day <= last:
        yield from _stretches_on(calendar, day)
        day += _ONE_DAY


# Every incident and every deadline asks for the same days.
@lru_cache(maxsize=100_000)
def _stretches_on(calendar: Calendar, day: date) -> tuple[tuple[Instant, Instant], ...]:
    _check_horizon(calendar, day)
    if _is_holiday(calendar, day):
        return ()
    return tuple(
        (_at_minute(calendar, day, opens), _at_minute(calendar, day, closes))
        for weekday, opens, closes in calendar.weekly
        if weekday == day.weekday()
    )


def _at_minute(calendar: Calendar, day: date, minute: int) -> Instant:
    if minute == _MINUTES_A_DAY:
        return start_of_day(day + _ONE_DAY, calendar.zone)
    return civil_or_next(datetime.combine(day, time(minute // 60, minute % 60)), calendar.zone)


def _is_holiday(calendar: Calendar, day: date) -> bool:
    place = bisect_left(calendar.holidays, (day, ""))
    return place < len(calendar.holidays) and calendar.holidays[place][0] == day


def _check_horizon(calendar: Calendar, day: date) -> None:
    if not calendar.horizon_start <= day <= calendar.horizon_end:
        known = f"{calendar.horizon_start} to {calendar.horizon_end}"
        raise HorizonFault(calendar.name, f"{day} lies outside the days whose holidays are known, {known}")
