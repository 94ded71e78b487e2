"""Deliveries, one by one: when each was owed, when it came, how late that is, and what it is worth.

Owns: the clock of a delivery, in days or in open time. Does not own: what its verdict costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.indicators import DaysCounted, DeliveryTime

from tests.reference.civil import EXACT, Span, day_of, day_start, open_spans, shifted, works_on
from tests.reference.exclusions import excused
from tests.reference.incidents import Timed, counts_for, placed
from tests.reference.spans import kept, total, without
from tests.reference.subjects import concerning, told_of
from tests.reference.world import Cut, World

DAY = 24 * EXACT["hours"]


@dataclass
class Owed:
    """Everything that was told of one delivery."""

    name: str
    facts: list[told.Delivery]

    def first(self, field: str) -> Any:
        """What was told of it; of several instants the earliest, of anything else what was told first."""
        if field in {"due", "sent", "done"}:
            return min(self.values(field), default=None)
        return next((getattr(one, field) for one in self.facts if getattr(one, field) is not None), None)

    def contradicts(self, *fields: str) -> bool:
        return any(len(self.values(field)) > 1 for field in fields)

    def values(self, field: str) -> set[Any]:
        return {getattr(one, field) for one in self.facts if getattr(one, field) is not None}


def deliveries(world: World) -> list[Owed]:
    """Every delivery with all its facts, by name."""
    groups: dict[str, list[told.Delivery]] = {}
    for number, one in enumerate(world.of_kind(told.Delivery)):
        groups.setdefault(one.delivery_id or one.id or f"row {number}", []).append(one)
    return [Owed(name, facts) for name, facts in sorted(groups.items())]


def timed(world: World, indicator: DeliveryTime, cut: Cut, kind: str | None = None) -> list[Timed]:
    """Each delivery under an indicator, wherever it is placed.

    `kind`: that of the subject it is judged for, where an indicator made of these times has it.
    """
    kind = kind or indicator.for_each
    found = []
    for one in _concerned(world, indicator):
        due = _extended(world, one, cut)
        start = due if indicator.starts == "due" else one.first("sent")
        end = one.first("done")
        came_early = end is not None and end <= world.as_of
        if start is None or (start > world.as_of and not came_early):
            world.edge("delivery whose clock has not started")
            continue
        world.edge("delivery that came before its clock would have started", when=start > world.as_of)
        last = world.as_of if end is None else end
        closed = due is not None and not works_on(indicator.calendar, day_of(due, indicator.calendar.zone))
        world.edge("due on a closed day, with all that was granted", when=closed and due != one.first("due"))
        counted = _elapsed(world, indicator, one, (start, last), cut, kind)
        found.append(_timed(world, one, start, due, counted))
    return found


def handed_over(world: World, indicator: Any, cut: Cut) -> list[Timed]:
    """Each delivery that belongs to a period by when it set out, else was due, else came; or by when it came."""
    found = []
    for one in whenever_handed_over(world, indicator, cut):
        if not placed(one, indicator.counted_in, cut):
            continue
        world.edge("delivery that came before its clock would have started", when=one.start > world.as_of)
        world.edge("a delivery under way without a clock", when=one.end is None)
        found.append(one)
    return [one for one in found if counts_for(world, indicator.for_each, one, cut)]


def whenever_handed_over(world: World, indicator: Any, cut: Cut) -> list[Timed]:
    """Each delivery that an indicator asks for, wherever it is placed."""
    found = []
    for one in _concerned(world, indicator):
        due, end = _extended(world, one, cut), one.first("done")
        start = next(at for at in (one.first("sent"), due, end) if at is not None)
        if start <= world.as_of or end is not None:
            found.append(_timed(world, one, start, due, None))
    return found


def late_from(
    world: World, indicator: DeliveryTime, one: Timed, cut: Cut, kind: str | None, late: Callable[[int], bool]
) -> int:
    """The first microsecond up to which a delivery that is late took long enough to be."""
    (owed,) = (each for each in deliveries(world) if each.name == one.subject)
    if late(0):
        return one.start
    edges = set(world.edges)
    not_yet, by_then = one.start, world.as_of if one.end is None else one.end
    while by_then - not_yet > 1:
        between = (not_yet + by_then) // 2
        if late(_elapsed(world, indicator, owed, (one.start, between), cut, kind)):
            by_then = between
        else:
            not_yet = between
    world.edges = edges
    return by_then


def _concerned(world: World, indicator: Any) -> Iterable[Owed]:
    """The deliveries of a service that an indicator asks for, of which anything is known."""
    for one in deliveries(world):
        instants = one.values("due") | one.values("sent") | one.values("done")
        if not instants:
            continue
        if world.service_of(one.first("service"), min(instants)) != indicator.service:
            continue
        if all(one.first(where.field_name) in where.values for where in indicator.where):
            yield one


def _timed(world: World, one: Owed, start: int, due: int | None, counted: int | None) -> Timed:
    end = one.first("done")
    doubt = one.contradicts("due", "sent", "done", "value", "good_value", "quantity", "good_quantity")
    if one.first("sent") is not None and end is not None and end < one.first("sent"):
        world.edge("delivery that came before it was sent")
        doubt = True
    world.edge("delivery contradicts itself", when=doubt)
    return Timed(
        subject=one.name,
        story=None,
        start=start,
        end=end,
        priority=None,
        spans=[],
        doubt=doubt,
        due=due,
        counted=counted,
        value=_amount(one.first("value")),
        quantity=one.first("quantity"),
        good_value=_amount(one.first("good_value")),
        good_quantity=one.first("good_quantity"),
        named=frozenset(told_of(*one.facts)),
    )


def _amount(money: Any) -> Fraction | None:
    return None if money is None else Fraction(money.amount)


def _extended(world: World, one: Owed, cut: Cut) -> int | None:
    """When it is owed, every extension granted: the days together first, then the rest."""
    due: int | None = one.first("due")
    granted = [item for item in world.of_kind(told.Extension) if item.delivery_id == one.name]
    if due is None or not granted:
        return due
    world.edge("several extensions", when=len(granted) > 1)
    days = sum(item.days for item in granted)
    later = shifted(due, world.terms[cut.place].timezone, days=days)
    world.edge("days granted over a change of the clocks", when=later - due != days * DAY)
    world.edge("granted once it was due", when=any(item.at > due for item in granted))
    world.edge("granted at the moment of asking", when=any(item.at == world.as_of for item in granted))
    at_last: int = later + sum(item.microseconds for item in granted)
    world.edge("due at the moment of asking, with all that was granted", when=at_last == world.as_of)
    return at_last


def _elapsed(world: World, indicator: DeliveryTime, one: Owed, span: Span, cut: Cut, kind: str | None) -> int:
    start, last = span
    world.edge("delivered exactly when due", when=start == last)
    if last <= start:
        world.edge("delivered before it was due", when=last < start)
        return 0
    single = concerning(world.terms[cut.place], told_of(*one.facts), kind, cut.whose)
    free = excused(world, indicator, cut, delivery=one.name, single=single)
    if indicator.days is not None and indicator.days.day != "24_hours":
        return DAY * _days_between(world, indicator, indicator.days, (start, last), free, cut)
    late = total(without(kept(open_spans(indicator.calendar, start, last), [(start, last)]), free))
    if indicator.days is None or indicator.days.part_day == "exact":
        return late
    world.edge("exactly a whole number of days late", when=late > 0 and late % DAY == 0)
    world.edge("one microsecond into another day late", when=late % DAY == 1)
    return -(-late // DAY) * DAY if indicator.days.part_day == "counts" else late // DAY * DAY


def _days_between(
    world: World, indicator: DeliveryTime, days: DaysCounted, span: Span, free: list[Span], cut: Cut
) -> int:
    """The civil days of a delay, one by one."""
    zone = world.terms[cut.place].timezone
    due, done = day_of(span[0], zone), day_of(span[1], zone)
    if due == done:
        world.edge("delivered later on the day it was due")
        return 0
    count = 0
    for day in _every_day(due, done):
        if day == due and days.due_day == "does_not_count":
            continue
        if day == done and days.done_day == "does_not_count":
            continue
        if days.day == "business_day" and not works_on(indicator.calendar, day):
            continue
        whole = (day_start(day, zone), day_start(day + timedelta(days=1), zone))
        if not without([whole], free):
            world.edge("day excused from end to end")
            continue
        world.edge("day excused in part", when=bool(kept([whole], free)))
        count += 1
    return count


def _every_day(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)
