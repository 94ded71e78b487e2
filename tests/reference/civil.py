"""Civil time worked out the slow way: days, periods, shifts, working hours and deadlines of the reference.

Owns: its own reading of zones and calendars, by trying offsets and walking day by day.
Does not own: which period or deadline matters to whom. Nothing of the package is computed with here.
"""

from __future__ import annotations

import calendar as gregorian
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from malus.model.calendars import Calendar
from malus.model.deadlines import Deadline
from malus.model.periods import Cycle

Span = tuple[int, int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
ONE_DAY = timedelta(days=1)
EXACT = {"microseconds": 1, "milliseconds": 1000, "seconds": 10**6, "minutes": 60 * 10**6, "hours": HOUR}
MONTHS = {"months": 1, "quarters": 3, "years": 12}
DAYS = {"days": 1, "weeks": 7}


def wall(instant: int, zone: str) -> datetime:
    """What a clock on the wall shows."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=100_000)
def first_shown(moment: datetime, zone: str) -> int:
    """The first instant at which the clocks show a moment; where they skip it, the first one after the gap."""
    elapsed = moment - EPOCH.replace(tzinfo=None)
    naive = (elapsed.days * 86_400 + elapsed.seconds) * 10**6 + elapsed.microseconds
    place = ZoneInfo(zone)
    offsets = set()
    for hours in range(-28, 29, 1):
        offset = (EPOCH + timedelta(microseconds=naive, hours=hours)).astimezone(place).utcoffset()
        assert offset is not None
        offsets.add(offset // timedelta(microseconds=1))
    readings = [naive - offset for offset in offsets if wall(naive - offset, zone) == moment]
    if readings:
        return min(readings)
    minute = 60 * 10**6
    instant = (naive - 28 * HOUR) // minute * minute
    while wall(instant, zone) < moment:
        instant += minute
    return instant


def day_start(day: date, zone: str) -> int:
    return first_shown(datetime.combine(day, time.min), zone)


@lru_cache(maxsize=100_000)
def day_of(instant: int, zone: str) -> date:
    """The day that has begun and whose successor has not."""
    day = wall(instant, zone).date() - ONE_DAY
    while day_start(day + ONE_DAY, zone) <= instant:
        day += ONE_DAY
    return day


@lru_cache(maxsize=100_000)
def period_at(cycle: Cycle, instant: int, zone: str) -> Span:
    """The whole period of a cycle that holds an instant, found among every first day for miles around."""
    assert cycle.count == 1
    today = day_of(instant, zone)
    if cycle.kind == "day":
        firsts = [today + past * ONE_DAY for past in range(-2, 4)]
    elif cycle.kind == "week":
        firsts = [day for day in (today + past * ONE_DAY for past in range(-9, 17)) if day.weekday() == 0]
    else:
        firsts = [
            date(year, month, min(cycle.month_day, gregorian.monthrange(year, month)[1]))
            for year in range(today.year - 2, today.year + 4)
            for month in range(1, 13)
            if _begins(cycle, month)
        ]
    starts = [day_start(day, zone) for day in firsts]
    return max(start for start in starts if start <= instant), min(start for start in starts if start > instant)


def _begins(cycle: Cycle, month: int) -> bool:
    if cycle.kind == "year":
        return month == cycle.first_month
    return cycle.kind == "month" or (month - cycle.first_month) % 3 == 0


def days_in(span: Span, zone: str) -> int:
    """How many civil days [start, end) has, both of them midnights."""
    return (day_of(span[1] - 1, zone) - day_of(span[0], zone)).days + 1 if span[0] < span[1] else 0


def shifted(instant: int, zone: str, *, months: int = 0, days: int = 0) -> int:
    """The same time on the wall so many months, then days, on."""
    if months == 0 and days == 0:
        return instant
    moment = wall(instant, zone)
    number = moment.year * 12 + moment.month - 1 + months
    year, month = number // 12, number % 12 + 1
    day = date(year, month, min(moment.day, gregorian.monthrange(year, month)[1])) + days * ONE_DAY
    return first_shown(datetime.combine(day, moment.time()), zone)


def works_on(calendar: Calendar, day: date) -> bool:
    if calendar.always:
        return True
    closed = {holiday for holiday, _ in calendar.holidays}
    return day not in closed and any(weekday == day.weekday() for weekday, _, _ in calendar.weekly)


def open_on(calendar: Calendar, day: date) -> list[Span]:
    """The opening hours of one day, as instants."""
    if not works_on(calendar, day):
        return []
    return [
        (_minute(calendar, day, opens), _minute(calendar, day, closes))
        for weekday, opens, closes in calendar.weekly
        if weekday == day.weekday()
    ]


def _minute(calendar: Calendar, day: date, minute: int) -> int:
    if minute == 1440:
        return day_start(day + ONE_DAY, calendar.zone)
    return first_shown(datetime.combine(day, time(minute // 60, minute % 60)), calendar.zone)


def open_spans(calendar: Calendar, start: int, end: int) -> list[Span]:
    """The parts of [start, end) in which a calendar is open."""
    if calendar.always:
        return [(start, end)] if start < end else []
    found = []
    day, last = day_of(start, calendar.zone), day_of(end, calendar.zone)
    while day <= last:
        found += [(max(a, start), min(b, end)) for a, b in open_on(calendar, day) if max(a, start) < min(b, end)]
        day += ONE_DAY
    return found


def after_working(calendar: Calendar | None, start: int, length: int) -> int:
    """The first instant at which so much open time has gone by."""
    if calendar is None or calendar.always or length == 0:
        return start + length
    day, rest = day_of(start, calendar.zone), length
    while True:
        for a, b in open_on(calendar, day):
            opened = max(a, start)
            if b - opened >= rest:
                return opened + rest
            rest -= max(b - opened, 0)
        day += ONE_DAY


def business_day_after(calendar: Calendar, day: date, count: int) -> date:
    """The count-th business day after a day, or before it where negative."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    while count:
        day += step
        if works_on(calendar, day):
            count += -1 if count > 0 else 1
    return day


def business_shift(calendar: Calendar, start: int, count: int, zone: str) -> int:
    """So many business days on from a time: kept on a business day, whole days from any other."""
    if count == 0:
        return start
    day = day_of(start, zone)
    reached = business_day_after(calendar, day, count)
    if works_on(calendar, day):
        return first_shown(datetime.combine(reached, wall(start, zone).time()), zone)
    return day_start(reached + ONE_DAY if count > 0 else reached, zone)


def last_moment(deadline: Deadline, start: int, *, closes_day: bool = False) -> int:
    """The last instant that is still in time; `closes_day` when `start` is the end of a period."""
    unit, zone, number = deadline.within.unit, deadline.zone, deadline.within.number
    if deadline.until == "same_instant":
        return _same_time(deadline, start)
    if closes_day:
        start -= 1
    if unit in EXACT:
        last = day_of(_same_time(deadline, start), zone)
    elif unit == "business days":
        assert deadline.calendar is not None
        last = business_day_after(deadline.calendar, day_of(start, zone), int(number))
    else:
        midnight = day_start(day_of(start, zone), zone)
        last = day_of(_civil(unit, int(number), midnight, zone), zone)
        if closes_day and unit in MONTHS and (day_of(start, zone) + ONE_DAY).day == 1:
            # Months after the end of a month end with the end of a month.
            while (last + ONE_DAY).day != 1:
                last += ONE_DAY
    return day_start(last + ONE_DAY, zone) - 1


def _same_time(deadline: Deadline, start: int) -> int:
    unit, number = deadline.within.unit, deadline.within.number
    if unit in EXACT:
        return after_working(deadline.calendar, start, int(number * EXACT[unit]))
    if unit == "business days":
        assert deadline.calendar is not None
        return business_shift(deadline.calendar, start, int(number), deadline.zone)
    return _civil(unit, int(number), start, deadline.zone)


def _civil(unit: str, number: int, start: int, zone: str) -> int:
    if unit in MONTHS:
        return shifted(start, zone, months=MONTHS[unit] * number)
    return shifted(start, zone, days=DAYS[unit] * number)


def text_of(instant: int) -> str:
    """RFC 3339 in UTC, decimals only where there are any."""
    moment = (EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None)
    return moment.isoformat() + "Z"
