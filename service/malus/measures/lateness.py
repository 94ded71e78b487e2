"""Owns how late each delivery was, counted as the terms count, and from when it was later than they allow.

Does not own: a delivery's story (deliveries), working time (clocks), or what a promise makes of a level.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from malus.measures.calendar_clock import hours_between, pause_columns, reached_at
from malus.measures.clocks import working_times
from malus.measures.deliveries import DeliverySubject
from malus.measures.exact import Stretch, without
from malus.measures.exclusions import Excused, exclusion_steps
from malus.measures.occurrences import least_beyond
from malus.measures.segments import merge_stretches
from malus.model.calendars import is_business_day
from malus.model.explanation import Step
from malus.model.indicators import CountedIn, DaysCounted, DeliveryTime
from malus.model.instants import DAY, Instant, civil_day, start_of_day
from malus.model.measured_again import whole_days
from malus.model.measurement import Measurement, events_used
from malus.model.measuring_steps import Late
from malus.model.periods import Period
from malus.model.quantities import Edge, Level, Limit, Unit

_ONE_DAY = datetime.timedelta(days=1)
_DOUBT = "these facts about one delivery cannot both be true"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedDelivery:
    """One delivery on an indicator's clock: from `start` to `end` (None while it is under way).

    `running`: the microseconds that count, `counted`: what they count as. `excused`: what the terms excuse of it.
    """

    subject: DeliverySubject
    start: Instant
    end: Instant | None
    running: int
    counted: int
    excused: tuple[Excused, ...] = ()

    def level(self) -> Level:
        """The lateness that is judged."""
        return Level(numerator=self.counted, denominator=1, unit=Unit.DURATION)


def timed_deliveries(
    indicator: DeliveryTime,
    subjects: Sequence[DeliverySubject],
    excused_of: Callable[[DeliverySubject], list[Excused]],
    as_of: Instant,
    zone: str,
) -> list[TimedDelivery]:
    """The lateness of every delivery that has a start on this clock, up to `as_of`; one before its time is not late.

    What is not due yet and has not come is not timed. `excused_of` gives what the terms excuse of a delivery.
    """
    cases: list[tuple[DeliverySubject, Instant, Instant]] = []
    for subject in subjects:
        start = subject.judged_by if indicator.starts == "due" else subject.sent
        if start is not None and (start <= as_of or subject.done is not None):
            cases.append((subject, start, as_of if subject.done is None else subject.done))
    if not cases:
        return []
    excused = [excused_of(subject) for subject, _, _ in cases]
    pauses = [_stretches(items) for items in excused]
    starts, ends = [start for _, start, _ in cases], [max(start, end) for _, start, end in cases]
    hours = hours_between(indicator.calendar, min(starts), max(ends))
    times = working_times(starts, ends, hours, pause_columns(pauses))
    return [
        TimedDelivery(
            subject=subject,
            start=start,
            end=subject.done,
            running=running,
            counted=_counted(indicator, start, until, running, pauses[place], zone),
            excused=tuple(excused[place]),
        )
        for place, ((subject, start, until), running) in enumerate(zip(cases, times, strict=True))
    ]


def measure_lateness(
    indicator: DeliveryTime, periods: Sequence[Period], timed: Sequence[TimedDelivery], as_of: Instant
) -> list[Measurement]:
    """One level a delivery, in the period of its start or its end; one under way with its time so far, or not yet."""
    measured = []
    for item, period in placed_deliveries(indicator, indicator.counted_in, periods, timed):
        clash = item.subject.contradiction
        measured.append(
            Measurement(
                period=period,
                subject=item.subject.name,
                level=None if clash else item.level(),
                steps=delivery_steps(indicator, item, as_of),
                undetermined=_DOUBT if clash else "",
                named=clash,
                elapsed=0 if clash else item.counted,
                starts=item.start,
                ends=item.end,
                due=item.subject.judged_by,
                goods=(item.subject.goods(),),
            )
        )
    return measured


def placed_deliveries(
    indicator: DeliveryTime, counted_in: CountedIn, periods: Sequence[Period], timed: Sequence[TimedDelivery]
) -> list[tuple[TimedDelivery, Period]]:
    """Each delivery with the period that it belongs to; one under way has no end, and may have to wait for it."""
    firsts = [period.start for period in periods]
    placed = []
    for item in timed:
        if item.end is None and (indicator.while_open == "waits" or counted_in is CountedIn.PERIOD_OF_END):
            continue
        at = item.end if counted_in is CountedIn.PERIOD_OF_END and item.end is not None else item.start
        place = bisect_right(firsts, at) - 1
        if place >= 0 and at < periods[place].end:
            placed.append((item, periods[place]))
    return placed


def late_from(indicator: DeliveryTime, item: TimedDelivery, limit: Limit, zone: str) -> Instant | None:
    """The moment from which a delivery was later than a limit allows; None where that never came.

    Time that runs is used up at the instant at which it is all gone; whole days and civil days are over with their end.
    """
    days, allowed = indicator.days, -(-limit.value.numerator // limit.value.denominator)
    pauses = _stretches(item.excused)
    if days is None or days.day == "24_hours":
        if days is not None and days.part_day == "counts":
            # A day counts once it is begun: what must not be reached is the end of the day before.
            allowed = (allowed - 1) // DAY * DAY if limit.edge is Edge.BELOW else allowed // DAY * DAY
        elif days is not None and days.part_day == "ignored":
            allowed = -(-allowed // DAY) * DAY if limit.edge is Edge.BELOW else (allowed // DAY + 1) * DAY
        return reached_at(indicator.calendar, item.start, max(0, allowed), pauses)
    return _first_day(indicator, days, item, limit.holds, allowed, zone)


def first_beyond(indicator: DeliveryTime, item: TimedDelivery, limit: Limit, zone: str) -> Instant | None:
    """The first instant at which a delivery was so late that it was above a limit, or at least at it; None if never."""
    days, least = indicator.days, least_beyond(limit)
    if days is not None and days.day != "24_hours":
        return _first_day(indicator, days, item, lambda level: not limit.holds(level), least, zone)
    if days is not None and days.part_day != "exact":
        whole = -(-least // DAY)
        least = (whole - 1) * DAY + 1 if days.part_day == "counts" else whole * DAY
    return reached_at(indicator.calendar, item.start, max(0, least), _stretches(item.excused))


def _first_day(
    indicator: DeliveryTime,
    days: DaysCounted,
    item: TimedDelivery,
    keeps: Callable[[Level], bool],
    allowed: int,
    zone: str,
) -> Instant | None:
    """The start of the first civil day by which so many days are late that their level is not kept."""
    pauses, day = _stretches(item.excused), civil_day(item.start, zone)
    while True:
        moment = max(item.start, start_of_day(day, zone))
        level = Level(
            numerator=_civil_days(indicator, days, item.start, moment, pauses, zone) * DAY,
            denominator=1,
            unit=Unit.DURATION,
        )
        if not keeps(level):
            return moment
        if day > civil_day(item.end or moment, zone) + _ONE_DAY * (allowed // DAY + 400):
            return None
        day += _ONE_DAY


def delivery_steps(indicator: DeliveryTime, item: TimedDelivery, as_of: Instant) -> tuple[Step, ...]:
    """What was told of a delivery, what of its time was excused, and how late that makes it."""
    subject = item.subject
    until = as_of if item.end is None else item.end
    steps: list[Step] = [events_used("delivery facts", subject.events)]
    if subject.extensions:
        steps.append(events_used("extensions", subject.extensions))
    if until > item.start:
        steps += exclusion_steps(item.excused, Period(start=item.start, end=until, label=subject.name))
    days = indicator.days
    late = Late(
        delivery=subject.name,
        due=subject.due,
        counts_from=item.start,
        until=until,
        is_open=item.end is None,
        running=item.running,
        day="" if days is None else days.day,
        part_day="" if days is None or days.day != "24_hours" else days.part_day,
        counted=item.counted,
    )
    return (*steps, late) if not subject.contradiction else tuple(steps)


def _counted(
    indicator: DeliveryTime, start: Instant, until: Instant, running: int, pauses: Sequence[Stretch], zone: str
) -> int:
    days = indicator.days
    if days is None:
        return running
    if days.day == "24_hours":
        return whole_days(running, days.part_day)
    return _civil_days(indicator, days, start, until, pauses, zone) * DAY


def _civil_days(
    indicator: DeliveryTime, days: DaysCounted, start: Instant, until: Instant, pauses: Sequence[Stretch], zone: str
) -> int:
    """The civil days from the one it was due on to the one it came on, less those that are excused from end to end."""
    due_day, done_day = civil_day(start, zone), civil_day(max(start, until), zone)
    if done_day <= due_day:
        return 0
    first = due_day if days.due_day == "counts" else due_day + _ONE_DAY
    last = done_day if days.done_day == "counts" else done_day - _ONE_DAY
    if days.day == "calendar_day" and not pauses:
        return max(0, (last - first).days + 1)
    count, day = 0, first
    while day <= last:
        open_day = days.day == "calendar_day" or is_business_day(indicator.calendar, day)
        whole = (start_of_day(day, zone), start_of_day(day + _ONE_DAY, zone))
        count += open_day and bool(without(whole, pauses))
        day += _ONE_DAY
    return count


def _stretches(excused: Sequence[Excused]) -> list[Stretch]:
    windows = [stretch for item in excused for stretch in item.stretches]
    return merge_stretches([start for start, _ in windows], [end for _, end in windows])
