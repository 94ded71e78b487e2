"""Deadlines: the one shape in which claims, notices, cures, obligations and escalations say "within".

Owns: the last instant that is still in time. Does not own: what a deadline starts from, nor what follows.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from malus.model.calendars import Calendar, add_business_days, add_working_time, nth_business_day
from malus.model.durations import Duration
from malus.model.instants import Instant, civil_day, start_of_day
from malus.model.periods import shift_civil

_IN_MONTHS: Final = ("months", "quarters", "years")

Until: TypeAlias = Literal["end_of_day", "same_instant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """So long from a start, until the same instant or until the end of that civil day of `zone`.

    `calendar` is the one that hours, or business days, are counted on; None counts elapsed time. Civil days,
    weeks, months, quarters and years run through and have none.
    """

    within: Duration
    calendar: Calendar | None = None
    until: Until
    zone: str

    def __post_init__(self) -> None:
        if self.until not in ("end_of_day", "same_instant"):
            raise ValueError(f"a deadline lasts until end_of_day or same_instant, not {self.until!r}")
        if self.within.unit == "business days":
            if self.calendar is None:
                raise ValueError(f"{self.within} need a calendar that says which days those are")
        elif not self.within.is_exact and self.calendar is not None and not self.calendar.always:
            raise ValueError(f"{self.within} run through: calendar {self.calendar.name} counts business days or hours")


@lru_cache(maxsize=100_000)
def last_instant(deadline: Deadline, start: Instant, *, closes_day: bool = False) -> Instant:
    """The last instant that is in time, itself inside; one microsecond later is too late.

    `same_instant`: exactly so long after `start`. Hours run on the calendar or as elapsed time; days and
    longer keep the local time (shift_civil); business days as add_business_days says.
    `end_of_day`: the day that holds `start` is day zero and is not counted, and the last day ends with its
    last microsecond (Regulation (EEC, Euratom) 1182/71, article 3). Hours end with the day they run out in.
    `closes_day`: `start` is the end of a period, so day zero is the day that it closes. 30 days after the end
    of June until the end of the day is 30 July 23:59:59.999999. Months after the end of a month end with the end of
    a month: two months after the end of June is 31 August.
    Raises HorizonFault where the calendar does not know a day that is needed.
    """
    if deadline.until == "same_instant":
        return _same_instant(deadline, start)
    zero = start - 1 if closes_day else start
    if deadline.within.is_exact:
        return _end_of(civil_day(_same_instant(deadline, zero), deadline.zone), deadline.zone)
    day_zero = civil_day(zero, deadline.zone)
    if deadline.within.unit == "business days":
        assert deadline.calendar is not None
        last = nth_business_day(deadline.calendar, day_zero, deadline.within.whole_number)
    else:
        last = civil_day(_shifted(deadline, start_of_day(day_zero, deadline.zone)), deadline.zone)
        if closes_day and deadline.within.unit in _IN_MONTHS and _ends_month(day_zero):
            last = last.replace(day=monthrange(last.year, last.month)[1])
    return _end_of(last, deadline.zone)


class LastInstants:
    """The last instants of one deadline for one start after the other, as `last_instant` has each.

    A thousand outages of a day are to be reported by one instant, which is worked out for the first of them.
    """

    __slots__ = ("_deadline", "_last", "_next_day", "_of_days", "_this_day")

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._of_days = deadline.until == "end_of_day" and not deadline.within.is_exact
        self._this_day = self._next_day = self._last = 0

    def of(self, start: Instant) -> Instant:
        """The last instant that is in time for this start."""
        if not self._of_days:
            return last_instant(self._deadline, start)
        if not self._this_day <= start < self._next_day:
            zone = self._deadline.zone
            day = civil_day(start, zone)
            self._last = last_instant(self._deadline, start)
            self._this_day, self._next_day = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
        return self._last


def _same_instant(deadline: Deadline, start: Instant) -> Instant:
    within, calendar = deadline.within, deadline.calendar
    if within.is_exact:
        length = within.exact_microseconds
        return start + length if calendar is None else add_working_time(calendar, start, length)
    if within.unit == "business days":
        assert calendar is not None
        return add_business_days(calendar, start, within.whole_number, deadline.zone)
    return _shifted(deadline, start)


def _shifted(deadline: Deadline, start: Instant) -> Instant:
    count = deadline.within.whole_number
    match deadline.within.unit:
        case "days":
            return shift_civil(start, deadline.zone, days=count)
        case "weeks":
            return shift_civil(start, deadline.zone, days=7 * count)
        case "months":
            return shift_civil(start, deadline.zone, months=count)
        case "quarters":
            return shift_civil(start, deadline.zone, months=3 * count)
        case "years":
            return shift_civil(start, deadline.zone, years=count)
        case _:
            raise AssertionError("hours and business days are counted elsewhere")


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _end_of(day: date, zone: str) -> Instant:
    return start_of_day(day + timedelta(days=1), zone) - 1
