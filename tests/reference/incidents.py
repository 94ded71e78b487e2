"""Incidents, transition by transition: who judged them, how long they took, and when a ladder's step is due.

Owns: the clock of an incident in plain stretches of time. Does not own: what its verdict costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.events import Transition
from malus.model.indicators import Elapsed, Occurrences, PriorityLimit

from tests.reference import exclusions
from tests.reference.civil import Span, open_spans
from tests.reference.reported import as_reported
from tests.reference.spans import kept, total, united, without
from tests.reference.subjects import PRIORITY, concerning, counted, for_subject, kinds_in, told_of
from tests.reference.world import Cut, World, event_order, matches

RANK = {transition: number for number, transition in enumerate(Transition)}
FOREVER = 400 * 24 * 3_600_000_000


@dataclass
class Story:
    """The facts of one incident in order."""

    name: str
    service: str | None
    site: str | None
    severity: str | None
    facts: list[told.Incident]
    named: frozenset[str] = frozenset()

    def times(self, transition: str) -> list[int]:
        return [one.at for one in self.facts if one.transition == transition]

    def priority(self, instant: int) -> str | None:
        """The last one known at an instant."""
        known = [one.priority for one in self.facts if one.priority is not None and one.at <= instant]
        return known[-1] if known else None

    def contradicts(self) -> bool:
        opened = set(self.times("opened"))
        if len(opened) > 1 or self.facts[0].at < min(opened):
            return True
        resolved: int | None = None
        for one in self.facts:
            if one.transition == "resolved":
                if resolved is not None and resolved != one.at:
                    return True
                resolved = one.at
            elif one.transition == "reopened":
                resolved = None
        return False

    def resolved_at(self) -> int | None:
        """The last resolution with nothing reopened after it."""
        standing: int | None = None
        for one in self.facts:
            if one.transition == "resolved":
                standing = one.at
            elif one.transition == "reopened":
                standing = None
        return standing


@dataclass
class Timed:
    """One incident, or the part of it under one priority, as an indicator sees it."""

    subject: str
    story: Story | None
    start: int
    end: int | None
    priority: str | None
    spans: list[Span]
    doubt: bool
    due: int | None = None
    counted: int | None = None
    value: Fraction | None = None
    quantity: Fraction | None = None
    good_value: Fraction | None = None
    good_quantity: Fraction | None = None
    named: frozenset[str] = frozenset()

    @property
    def elapsed(self) -> int:
        return total(self.spans) if self.counted is None else self.counted

    @property
    def opened(self) -> int:
        return self.start if self.story is None else self.story.times("opened")[0]


def stories(world: World) -> list[Story]:
    """Every incident that was opened, its facts in order."""
    groups: dict[str, list[told.Incident]] = {}
    for one in world.of_kind(told.Incident):
        groups.setdefault(one.incident_id, []).append(one)
    found = []
    for name, facts in sorted(groups.items()):
        facts.sort(key=lambda one: (one.at, one.sequence or 0, RANK[one.transition], event_order(one)[1]))
        if all(one.transition != "opened" for one in facts):
            world.edge("incident without an opening")
            continue
        named = [one.service for one in facts if one.service is not None]
        service = world.service_of(named[0] if named else None, facts[0].at)
        site = next((one.site for one in facts if one.site is not None), None)
        found.append(Story(name, service, site, None, facts, frozenset(told_of(*facts))))
    return found


def judged_by(
    world: World, indicator: Elapsed, cut: Cut, upto: int | None = None, kind: str | None = None
) -> list[Timed]:
    """Each incident under an indicator, wherever it is placed; `upto` is how far an open one's clock runs.

    `kind`: that of the subject it is judged for, where an indicator made of these times has it.
    """
    kind = kind or indicator.for_each
    found = []
    if indicator.origin == "outages":
        return _outages(world, indicator, cut, kind, world.as_of if upto is None else upto)
    for story in stories(world):
        if story.service != indicator.service or not matches(story, indicator.where):
            continue
        free = _free(world, indicator, cut, kind, story.named)
        timed = _timed(world, indicator, story, free, world.as_of if upto is None else upto)
        wanted = [one.values for one in indicator.where if one.field_name == "priority"]
        found += [one for one in timed if all(one.priority in values for values in wanted)]
    return found


def _free(world: World, indicator: Elapsed, cut: Cut, kind: str | None, named: frozenset[str]) -> list[Span]:
    """What is excused of one incident."""
    single = concerning(world.terms[cut.place], named, kind, cut.whose)
    return exclusions.excused(world, indicator, cut, single=single)


def _outages(world: World, indicator: Elapsed, cut: Cut, kind: str | None, upto: int) -> list[Timed]:
    """Each outage by itself, whole, judged by its severity."""
    found = []
    for outage in world.outages:
        if not (world.concerns(outage, indicator.service) and outage.matches(indicator.where)):
            continue
        one = as_reported(world, outage, indicator)
        if one is None:
            continue
        # One of which only the end was told leaves the period of that undetermined.
        start, end = one.first(), max(one.ends) if one.ends else None
        if one.contradicts() and end is not None:
            # One told against itself has the widest span that was told.
            start, end = min([*one.starts, *one.ends]), max([*one.starts, *one.ends])
        until = upto if end is None else end
        free = _free(world, indicator, cut, kind, one.named)
        running = without(kept(open_spans(indicator.calendar, start, until), [(start, until)]), free)
        doubt = one.contradicts() or not one.starts
        found.append(Timed(one.name, None, start, end, one.severity, running, doubt, named=one.named))
    return found


def _timed(world: World, indicator: Elapsed, story: Story, free: list[Span], upto: int) -> list[Timed]:
    begun = story.times(indicator.starts)
    if not begun:
        world.edge("incident whose clock has not started")
        return []
    start = begun[0]
    if indicator.ends == "resolved":
        end = story.resolved_at()
        world.edge("resolved before its clock started", when=end is not None and end < start)
        # What was over before its clock started takes no time and is over where that starts.
        end = None if end is None else max(start, end)
    else:
        end = next((at for at in story.times(indicator.ends) if at >= start), None)
    doubt = story.contradicts()
    world.edge("incident contradicts itself", when=doubt)
    until = upto if end is None else end
    stopped = united(_paused(world, indicator, story, start, end, upto), free)
    running = without(kept(open_spans(indicator.calendar, start, until), [(start, until)]), stopped)
    last = world.as_of if end is None else end
    if indicator.by == "each_its_part":
        return _parts(world, story, start, end, running, last, doubt, until)
    if indicator.by == "at_start":
        priority = story.priority(start)
    elif indicator.by == "highest":
        had = {story.priority(start)} | {story.priority(one.at) for one in story.facts if start <= one.at <= last}
        priority = next((one for one in indicator.priorities if one in had), None)
    else:
        priority = story.priority(last)
    return [Timed(story.name, story, start, end, priority, running, doubt, named=story.named)]


def _paused(world: World, indicator: Elapsed, story: Story, start: int, end: int | None, upto: int) -> list[Span]:
    """Pauses for an allowed reason: until resumed, until the next pause, or until the end (or so far)."""
    so_far = world.as_of if end is None else end
    spans: list[Span] = []
    for number, one in enumerate(story.facts):
        if one.transition == "paused" and one.reason in indicator.pauses:
            later = [other.at for other in story.facts[number + 1 :] if other.transition in {"resumed", "paused"}]
            spans.append((one.at, min([*later, so_far])))
            world.edge("pause never resumed", when=not later)
        if one.transition == "resolved" and indicator.reopened == "gap_is_paused":
            again = [other.at for other in story.facts[number + 1 :] if other.transition == "reopened"]
            if again:
                spans.append((one.at, again[0]))
    return spans


def _parts(
    world: World,
    story: Story,
    start: int,
    end: int | None,
    running: list[Span],
    last: int,
    doubt: bool,
    until: int,
) -> list[Timed]:
    """One subject for each priority that it had for some time."""
    changes = sorted({start, *(one.at for one in story.facts if start < one.at < last)})
    held: dict[str, list[Span]] = {}
    for number, at in enumerate(changes):
        to = changes[number + 1] if number + 1 < len(changes) else until
        priority = story.priority(at)
        if priority is not None and (at < min(to, last) or start == last):
            held.setdefault(priority, []).append((at, to))
    world.edge("incident in several parts", when=len(held) > 1)
    return [
        Timed(f"{story.name}/{priority}", story, start, end, priority, kept(running, spans), doubt, named=story.named)
        for priority, spans in sorted(held.items())
    ]


def placed(one: Any, counted_in: str, cut: Cut) -> bool:
    """Whether an incident belongs to a period: by its start, or by its end (never while it is open).

    Transitions are instants, so one exactly at a boundary is the next period's.
    """
    at = one.start if counted_in == "period_of_start" else one.end
    return at is not None and cut.start <= at < cut.end


def limit_for(limits: tuple[PriorityLimit, ...], priority: str | None, terms: Any = None, whose: str = "") -> Any:
    """The limit that an incident is held against, or None where it is not judged."""
    if any(one.subject is not None for one in limits):
        return for_subject([(one.subject, one.limit) for one in limits], terms, whose)
    for one in limits:
        if one.priority is not None and one.priority == priority:
            return one.limit
    return next((one.limit for one in limits if one.priority is None), None)


def happenings(world: World, indicator: Occurrences, cut: Cut, make: Callable[..., Any]) -> list[Any]:
    """Incidents as occurrences: opened, and resolved or not."""
    return [
        make(story.times("opened")[0], story.resolved_at(), 0, story.times("opened")[0])
        for story in stories(world)
        if _concerned(world, indicator, story, cut) and not story.contradicts()
    ]


def _concerned(world: World, indicator: Any, story: Story, cut: Cut) -> bool:
    return (
        story.service == indicator.service
        and matches(story, indicator.where)
        and world.counts(story.named, indicator, cut)
    )


def counts_for(world: World, kind: str | None, one: Timed, cut: Cut) -> bool:
    """Whether an incident counts for the subject that is judged; a priority by itself is the one that judges it."""
    if kind is None:
        return True
    named = set(one.named)
    if PRIORITY in kinds_in(kind) and one.priority is not None:
        named.add(one.priority)
    world.edge("an incident is judged for its priority", when=PRIORITY in kinds_in(kind))
    found = counted(world.terms[cut.place], named, kind)
    world.edge("one incident counts for several subjects", when=len(found) > 1)
    return cut.whose in found


def doubtful(world: World, indicator: Occurrences, cut: Cut) -> bool:
    """Whether an incident that contradicts itself would be counted in a period."""
    transition = "opened" if indicator.counted_in == "period_of_start" else "resolved"
    return any(
        cut.start <= at < cut.end
        for story in stories(world)
        if _concerned(world, indicator, story, cut) and story.contradicts()
        for at in story.times(transition)
    )


def used_up_at(one: Timed, needed: int) -> int | None:
    """The first instant at which so much of an incident's clock has run; None where it never does."""
    if needed <= 0:
        return one.start
    gone = 0
    for start, end in one.spans:
        if gone + end - start >= needed:
            return start + needed - gone
        gone += end - start
    return None


def share_of(limit: Fraction, share: Fraction) -> int:
    """So much of a promised time, rounded up to a microsecond."""
    return -(-(limit * share) // 1)
