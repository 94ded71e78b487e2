"""Periods: how an agreement cuts time into days, weeks, months, quarters and years in its own zone.

Owns: the period that holds an instant, its neighbours, its label, the part periods at the ends of a term,
and the civil shift that rolling windows are made of.
Does not own: which hours count (calendars), until when something may be done (deadlines).
"""

import calendar as gregorian
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from malus.model.instants import (
    FIRST_YEAR,
    LAST_YEAR,
    Instant,
    civil_day,
    civil_moment,
    civil_or_next,
    start_of_day,
)

CycleKind: TypeAlias = Literal["day", "week", "month", "quarter", "year"]

_DAYS: Final[dict[str, int]] = {"day": 1, "week": 7}
_MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}
_A_MONDAY: Final = date(1900, 1, 1)
_LABEL: Final = re.compile(
    r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-W(?P<week>\d{2})|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?:\.\..+)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """How an indicator's time is cut: every `count` days, ISO weeks, months, quarters or years.

    `month_day` (1 to 31) is the day on which months, quarters and years begin; where a month is shorter it is
    that month's last day. `first_month` (1 to 12) begins the fiscal year and its quarters. `origin` is the
    first day of any one period: needed only where `count` leaves open which unit begins a period (every two
    weeks, every two years, every five months).
    """

    kind: CycleKind
    month_day: int = 1
    first_month: int = 1
    count: int = 1
    origin: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in _DAYS and self.kind not in _MONTHS:
            raise ValueError(f"time is cut by day, week, month, quarter or year, not by {self.kind!r}")
        if not (1 <= self.month_day <= 31 and 1 <= self.first_month <= 12 and 1 <= self.count <= 400):
            raise ValueError("month_day is 1 to 31, first_month 1 to 12, count 1 to 400")
        if self.kind in _DAYS and self.month_day != 1:
            raise ValueError(f"a {self.kind} has no month_day")
        if self.kind not in ("quarter", "year") and self.first_month != 1:
            raise ValueError(f"a {self.kind} has no first_month")
        if self.origin is None and not self._is_aligned:
            raise ValueError(f"{self.count} {self.kind}s need an origin: the first day of one such period")
        if self.origin is not None and _unit_start(self, self.origin) != self.origin:
            raise ValueError(f"no {self.kind} of this cycle begins on its origin {self.origin}")

    @property
    def _is_aligned(self) -> bool:
        return self.count == 1 or (self.kind in _MONTHS and 12 % (self.count * _MONTHS[self.kind]) == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A half-open stretch [start, end) that is judged as one; its label is unique within its cycle.

    `cut_from` is the whole period's (start, end) where a term's start or end cut a part out of it.
    """

    start: Instant
    end: Instant
    label: str
    cut_from: tuple[Instant, Instant] | None = None

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"period {self.label} ends at or before its start")
        if self.cut_from is not None:
            whole_start, whole_end = self.cut_from
            if not (whole_start <= self.start and self.end <= whole_end):
                raise ValueError(f"part period {self.label} lies outside the whole one")
            if (self.start, self.end) == self.cut_from:
                raise ValueError(f"period {self.label} is whole, so nothing is cut from it")

    @property
    def whole_start(self) -> Instant:
        return self.start if self.cut_from is None else self.cut_from[0]

    @property
    def whole_end(self) -> Instant:
        return self.end if self.cut_from is None else self.cut_from[1]


@lru_cache(maxsize=10_000)
def period_containing(cycle: Cycle, instant: Instant, zone: str) -> Period:
    """The whole period of the cycle that holds an instant: start <= instant < end, both midnights of `zone`.

    Labels: `2026-06-03`, `2026-W23`, `2026-06`, `2026-Q2`, `2026`; months, quarters and years that begin on
    another day than the first, or in another month than January, are called by their first day
    (`2026-01-16`). Periods of several units name the first and the last: `2026-01..2026-06`.
    """
    first = _first_day(cycle, civil_day(instant, zone))
    following = _following(cycle, first)
    start, end = start_of_day(first, zone), start_of_day(following, zone)
    assert start <= instant < end
    return Period(start=start, end=end, label=_label(cycle, first, following))


def period_labelled(cycle: Cycle, label: str, zone: str) -> Period:
    """The whole period that a label names; ValueError where the cycle has no period of that name."""
    day = _labelled_day(label)
    if day is not None:
        period = period_containing(cycle, start_of_day(day, zone), zone)
        if period.label == label:
            return period
    sample = _first_day(cycle, date(2026, 6, 3))
    example = _label(cycle, sample, _following(cycle, sample))
    raise ValueError(f"{label[:60]!r} names no period here: write it as in {example}")


def next_period(cycle: Cycle, period: Period, zone: str) -> Period:
    """The whole period after this one; after a part period, the one after the whole that it was cut from."""
    return period_containing(cycle, period.whole_end, zone)


def previous_period(cycle: Cycle, period: Period, zone: str) -> Period:
    """The whole period before this one; before a part period, the one before the whole it was cut from."""
    return period_containing(cycle, period.whole_start - 1, zone)


def periods_between(cycle: Cycle, start: Instant, end: Instant, zone: str) -> tuple[Period, ...]:
    """The periods that share time with [start, end), in order; the first and the last are cut to it.

    They tile [start, end) without gap or overlap. Nothing where end <= start.
    """
    periods: list[Period] = []
    reached = start
    while reached < end:
        whole = period_containing(cycle, reached, zone)
        periods.append(part_of(whole, reached, min(end, whole.end)))
        reached = whole.end
    return tuple(periods)


def part_of(whole: Period, start: Instant, end: Instant) -> Period:
    """The part of a whole period that lies in [start, end); the period itself where that is all of it."""
    if (start, end) == (whole.start, whole.end):
        return whole
    return Period(start=start, end=end, label=whole.label, cut_from=(whole.start, whole.end))


def shift_civil(instant: Instant, zone: str, *, days: int = 0, months: int = 0, years: int = 0) -> Instant:
    """The same local time so many years, months and then days on, or back where negative.

    A month without that day has its last day instead: 31 January and one month is 28 or 29 February. A local
    time that the clocks skip becomes the first instant after the gap, one that comes twice the first of the
    two. A shift by nothing is the instant itself.
    """
    if not (days or months or years):
        return instant
    moment = civil_moment(instant, zone)
    same_day = _month_day(_month_number(moment.date()) + 12 * years + months, moment.day)
    return civil_or_next(datetime.combine(same_day + timedelta(days=days), moment.time()), zone)


def _first_day(cycle: Cycle, day: date) -> date:
    """The first day of the period that holds a day: its unit's, stepped back to where `count` units begin."""
    unit = _unit_start(cycle, day)
    if cycle.kind in _DAYS:
        past_days = (unit - (cycle.origin or _A_MONDAY)).days % (cycle.count * _DAYS[cycle.kind])
        return unit - timedelta(days=past_days)
    begun = cycle.first_month - 1 if cycle.origin is None else _month_number(cycle.origin)
    number = _month_number(unit)
    return _month_day(number - (number - begun) % (cycle.count * _MONTHS[cycle.kind]), cycle.month_day)


def _unit_start(cycle: Cycle, day: date) -> date:
    if cycle.kind in _DAYS:
        return day - timedelta(days=day.weekday()) if cycle.kind == "week" else day
    number = _month_number(day)
    if day < _month_day(number, cycle.month_day):
        number -= 1
    return _month_day(number - (number - cycle.first_month + 1) % _MONTHS[cycle.kind], cycle.month_day)


def _following(cycle: Cycle, first: date) -> date:
    return _units_after(cycle, first, cycle.count)


def _units_after(cycle: Cycle, first: date, count: int) -> date:
    if cycle.kind in _DAYS:
        return first + timedelta(days=count * _DAYS[cycle.kind])
    return _month_day(_month_number(first) + count * _MONTHS[cycle.kind], cycle.month_day)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_day(number: int, day: int) -> date:
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day, gregorian.monthrange(year, month)[1]))


def _label(cycle: Cycle, first: date, following: date) -> str:
    label = _unit_label(cycle, first)
    if cycle.count == 1:
        return label
    return f"{label}..{_unit_label(cycle, _units_after(cycle, following, -1))}"


def _unit_label(cycle: Cycle, first: date) -> str:
    # A fiscal quarter called Q1 would be read as January to March by the other party; its first day is not.
    if cycle.kind == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    if cycle.kind == "day" or cycle.month_day != 1 or cycle.first_month != 1:
        return first.isoformat()
    if cycle.kind == "month":
        return f"{first.year:04}-{first.month:02}"
    return f"{first.year:04}-Q{first.month // 3 + 1}" if cycle.kind == "quarter" else f"{first.year:04}"


def _labelled_day(label: str) -> date | None:
    written = _LABEL.fullmatch(label)
    if written is None:
        return None
    year = int(written["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        if written["week"] is not None:
            return date.fromisocalendar(year, int(written["week"]), 1)
        if written["quarter"] is not None:
            return date(year, int(written["quarter"]) * 3 - 2, 1)
        return date(year, int(written["month"] or 1), int(written["day"] or 1))
    except ValueError:
        return None
