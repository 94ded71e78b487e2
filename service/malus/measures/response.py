"""Owns elapsed times and shares: how long each incident's clock ran, and how many kept their limit.

Does not own: an incident's story (incidents), working time (clocks), or what a promise makes of a level.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from malus.measures.by_period import of_each_period
from malus.measures.calendar_clock import hours_between, pause_columns, reached_at
from malus.measures.clocks import working_times
from malus.measures.exact import Stretch
from malus.measures.incidents import Clock, IncidentSubject, clocks_of
from malus.measures.occurrences import Occurrence, least_beyond
from malus.model.explanation import EventsUsed
from malus.model.indicators import CountedIn, Elapsed, Occurrences, PriorityLimit, Share
from malus.model.instants import Instant
from malus.model.measurement import Measurement, events_used
from malus.model.periods import Period
from malus.model.quantities import Level, Limit, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One incident's clock, the time that ran on it in microseconds, and the incident it belongs to."""

    subject: IncidentSubject
    clock: Clock
    elapsed: int
    pauses: tuple[Stretch, ...] = field(repr=False)


def timed_incidents(
    indicator: Elapsed, subjects: Sequence[IncidentSubject], excused: Sequence[Stretch], as_of: Instant
) -> list[Timed]:
    """The elapsed time of every incident that the indicator's `where` asks for, on its calendar, up to `as_of`.

    `subjects` are those of the indicator's service. Pauses with an allowed reason and excused stretches do not
    count. An incident whose starting transition has not happened is not timed.
    """
    asked = [(item.field_name, frozenset(item.values)) for item in indicator.where]
    cases: list[tuple[IncidentSubject, Clock]] = []
    for subject in subjects:
        for clock in clocks_of(indicator, subject, as_of):
            values = {"priority": clock.priority, "severity": clock.priority, "site": subject.site}
            if all(values.get(name) in wanted for name, wanted in asked):
                cases.append((subject, clock))
    if not cases:
        return []
    pauses = [_merged_pauses(clock, excused) for _, clock in cases]
    starts = [first for _, clock in cases for first, _ in clock.parts]
    ends = [last for _, clock in cases for _, last in clock.parts]
    per_part = [pauses[place] for place, (_, clock) in enumerate(cases) for _ in clock.parts]
    hours = hours_between(indicator.calendar, min(starts), max(ends))
    times = iter(working_times(starts, ends, hours, pause_columns(per_part)))
    return [
        Timed(subject=subject, clock=clock, elapsed=sum(next(times) for _ in clock.parts), pauses=pauses[place])
        for place, (subject, clock) in enumerate(cases)
    ]


def measure_elapsed(indicator: Elapsed, periods: Sequence[Period], timed: Sequence[Timed]) -> list[Measurement]:
    """One level per incident: its elapsed time, in the period of its start or of its end.

    An incident that still runs is judged with its time so far, or left out where the terms wait for its end.
    """
    measured = []
    for item, period in placed_times(indicator, indicator.counted_in, periods, timed):
        clash = item.subject.contradiction
        measured.append(
            Measurement(
                period=period,
                subject=item.clock.subject,
                level=None if clash else Level(numerator=item.elapsed, denominator=1, unit=Unit.DURATION),
                steps=(facts_used([item]),),
                undetermined=unsure([item]) if clash else "",
                named=clash,
                elapsed=0 if clash else item.elapsed,
                stretches=(item.elapsed,) if item.subject.is_outage and not clash else (),
                starts=item.clock.start,
                ends=item.clock.end,
                priority=item.clock.priority,
            )
        )
    return measured


def measure_share(
    share: Share, indicator: Elapsed, periods: Sequence[Period], timed: Sequence[Timed]
) -> list[Measurement]:
    """The part of each period's incidents whose time lies on the side that is named; no incident is empty.

    `good_when` names the good side, so that more is better, `bad_when` the bad one, so that less is. An incident whose
    priority has no limit is not judged.
    """
    limited = [item for item in timed if limit_for(share.limits, item.clock.priority) is not None]
    placed = placed_times(indicator, share.counted_in, periods, limited)
    measured = []
    for period, here, clash in of_each_period(periods, placed):
        named = sum(_is_named(share, item) for item in here)
        measured.append(
            Measurement(
                period=period,
                level=Level(numerator=named, denominator=len(here), unit=Unit.PERCENT) if here and not clash else None,
                steps=(facts_used(here, indicator),),
                empty=not here,
                undetermined=unsure(here) if clash else "",
                named=clash,
            )
        )
    return measured


def measure_late_incidents(
    indicator: Occurrences, elapsed: Elapsed, periods: Sequence[Period], timed: Sequence[Timed]
) -> list[Measurement]:
    """How many incidents of each period took so long; one that still runs counts with its time so far, or waits."""
    measured = []
    placed = placed_times(elapsed, indicator.counted_in, periods, timed)
    for period, used, clash in of_each_period(periods, placed):
        count = sum(_is_late(indicator, item) for item in used)
        measured.append(
            Measurement(
                period=period,
                level=None if clash else Level(numerator=count, denominator=1, unit=Unit.COUNT),
                steps=(facts_used(used, elapsed),),
                undetermined=unsure(used) if clash else "",
                named=clash,
            )
        )
    return measured


def late_incidents(
    indicator: Occurrences, elapsed: Elapsed, timed: Sequence[Timed], as_of: Instant
) -> list[Occurrence]:
    """Every incident that took so long, from where its clock started to where it stopped, sorted by start."""
    found = [
        Occurrence(
            start=item.clock.start,
            end=as_of if item.clock.end is None else item.clock.end,
            length=item.elapsed,
            known=_late_at(indicator, elapsed, item, as_of),
            open=item.clock.end is None,
            name=item.clock.subject,
        )
        for item in timed
        if not item.subject.contradiction
        and not (item.clock.end is None and elapsed.while_open == "waits")
        and _is_late(indicator, item)
    ]
    return sorted(found, key=lambda item: (item.start, item.end, item.name))


def _is_named(share: Share, item: Timed) -> bool:
    limit = limit_for(share.limits, item.clock.priority)
    return limit is not None and limit.holds(Level(numerator=item.elapsed, denominator=1, unit=Unit.DURATION))


def _is_late(indicator: Occurrences, item: Timed) -> bool:
    assert indicator.each is not None, "lateness is held against a limit"
    return indicator.each.holds(Level(numerator=item.elapsed, denominator=1, unit=Unit.DURATION))


def _late_at(indicator: Occurrences, elapsed: Elapsed, item: Timed, as_of: Instant) -> Instant:
    """When so much of an incident's clock had run that it is counted; one that is too short, once that stopped."""
    assert indicator.each is not None, "lateness is held against a limit"
    late = used_up_at(elapsed, item, least_beyond(indicator.each))
    stopped = as_of if item.clock.end is None else item.clock.end
    return stopped if late is None else min(late, stopped)


def facts_used(timed: Sequence[Timed], indicator: Elapsed | None = None) -> EventsUsed:
    """What was told of these incidents or outages."""
    if any(item.subject.is_outage for item in timed) or (indicator is not None and indicator.origin == "outages"):
        return events_used("outages", [event for item in timed for event in item.subject.outages])
    return events_used("incident facts", [fact for item in timed for fact in item.subject.facts])


def unsure(timed: Sequence[Timed]) -> str:
    """Why nothing can be said where facts contradict each other."""
    what = "outage" if any(item.subject.is_outage for item in timed) else "incident"
    return f"these facts about one {what} cannot both be true"


def limit_for(
    limits: Sequence[PriorityLimit], priority: str | None, whose: str = "", of_class: str = ""
) -> Limit | None:
    """The limit that a priority, or a subject and its class, is held against; None where the promise is silent on it.

    Of a limit by name and one by class the first one counts: the compiler puts names first.
    """
    for item in limits:
        if item.priority in (None, priority) and item.subject in (None, whose, of_class):
            return item.limit
    return None


def used_up_at(indicator: Elapsed, timed: Timed, allowed: int) -> Instant | None:
    """The earliest instant at which so many microseconds had run on an incident's clock.

    None where that never comes: past the calendar, or after the last part of a priority that counts its own part only.
    """
    over = None if timed.clock.runs_on else timed.clock.parts[-1][1]
    pauses = sorted([*timed.pauses, *_between_parts(timed.clock)])
    due = reached_at(indicator.calendar, timed.clock.start, allowed, pauses)
    return None if due is None or (over is not None and due > over) else due


def placed_times(
    indicator: Elapsed, counted_in: CountedIn, periods: Sequence[Period], timed: Sequence[Timed]
) -> list[tuple[Timed, Period]]:
    """Each incident with the period that it belongs to; one that runs has no end, and may have to wait for it."""
    firsts = [period.start for period in periods]
    placed = []
    for item in timed:
        if item.clock.end is None and (indicator.while_open == "waits" or counted_in is CountedIn.PERIOD_OF_END):
            continue
        at = item.clock.start
        if counted_in is CountedIn.PERIOD_OF_END and item.clock.end is not None:
            at = item.clock.end
        place = bisect_right(firsts, at) - 1
        if place >= 0 and at < periods[place].end:
            placed.append((item, periods[place]))
    return placed


def _between_parts(clock: Clock) -> list[Stretch]:
    """The time before and between the parts that a clock counts."""
    ends = [clock.start, *(end for _, end in clock.parts)]
    return [(end, start) for end, (start, _) in zip(ends, clock.parts, strict=False) if end < start]


def _merged_pauses(clock: Clock, excused: Sequence[Stretch]) -> tuple[Stretch, ...]:
    last = max(end for _, end in clock.parts)
    return tuple(sorted([*clock.pauses, *((a, b) for a, b in excused if b > clock.start and a < last)]))
