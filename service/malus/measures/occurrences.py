"""Owns counts: how many outages or incidents a period has, and whether a report was delivered in time.

Does not own: what a count is held against, or windows over several periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from malus.measures.exact import Stretch, without
from malus.measures.exclusions import Excused, exclusion_steps
from malus.measures.incidents import IncidentSubject, ended_at
from malus.measures.outages import OutageSubject, excused_stretches
from malus.measures.segments import merge_stretches
from malus.model.deadlines import last_instant
from malus.model.events import Event, Obligation, Transition
from malus.model.explanation import TimeLimit
from malus.model.indicators import CountedIn, Delivered, Occurrences
from malus.model.instants import Instant
from malus.model.measurement import Measurement, events_used
from malus.model.periods import Period
from malus.model.quantities import Edge, Level, Limit, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence: from `start` to `end` in microseconds, `length` of them without excused time.

    `known`: from when it is known to be one. `open`: it still lasts, so its end and length are those so far.
    """

    start: Instant
    end: Instant
    length: int
    known: Instant
    open: bool
    name: str

    @property
    def identity(self) -> tuple[Instant, str]:
        """What tells it from every other, also from one that starts at the same instant."""
        return self.start, self.name


def outage_occurrences(
    indicator: Occurrences, subjects: Sequence[OutageSubject], excused: Sequence[Excused], as_of: Instant
) -> list[Occurrence]:
    """The merged stretches of down time that are as long as `each` asks, without excused time, sorted by start.

    A stretch that is excused whole does not occur.
    """
    told = [subject for subject in subjects if not subject.contradiction]
    merged = merge_stretches([s.start for s in told], [s.end for s in told])
    windows = excused_stretches(excused)
    occurrences = []
    for start, end in merged:
        counted = without((start, end), windows)
        length = sum(last - first for first, last in counted)
        level = Level(numerator=length, denominator=1, unit=Unit.DURATION)
        if length and (indicator.each is None or indicator.each.holds(level)):
            mine = [s for s in told if s.start <= end and s.end >= start]
            occurrences.append(
                Occurrence(
                    start=start,
                    end=end,
                    length=length,
                    known=_long_enough_at(indicator.each, counted),
                    open=end >= as_of and any(s.open for s in mine),
                    name=mine[0].name,
                )
            )
    return occurrences


def incident_occurrences(subjects: Sequence[IncidentSubject], indicator: Occurrences) -> list[Occurrence]:
    """The incidents that the indicator asks for, from their opening to their resolution, sorted by start."""
    asked = [(item.field_name, frozenset(item.values)) for item in indicator.where]
    occurrences = []
    for subject in subjects:
        priority = next((fact.priority for fact in reversed(subject.facts) if fact.priority is not None), None)
        values = {"priority": priority, "site": subject.site}
        opened = next((fact.at for fact in subject.facts if fact.transition is Transition.OPENED), None)
        if opened is None or subject.contradiction:
            continue
        if not all(values.get(name) in wanted for name, wanted in asked):
            continue
        resolved = ended_at(Transition.RESOLVED, subject.facts, opened)
        end = max(opened, subject.facts[-1].at) if resolved is None else resolved
        occurrences.append(
            Occurrence(
                start=opened, end=end, length=end - opened, known=opened, open=resolved is None, name=subject.name
            )
        )
    return sorted(occurrences, key=lambda item: (item.start, item.end, item.name))


def least_beyond(limit: Limit) -> int:
    """The smallest whole number on the side of a limit that large ones are on."""
    return limit.value.numerator // limit.value.denominator + 1 if limit.edge is Edge.ABOVE else ceil(limit.value)


def _long_enough_at(each: Limit | None, counted: Sequence[Stretch]) -> Instant:
    """When as much of an outage had gone by, without excused time, as `each` asks."""
    if each is None:
        return counted[0][0]
    left = least_beyond(each)
    for start, end in counted:
        if end - start >= left:
            return start + left
        left -= end - start
    return counted[-1][1]


def measure_occurrences(
    indicator: Occurrences,
    periods: Sequence[Period],
    occurrences: Sequence[Occurrence],
    subjects: Sequence[OutageSubject] | Sequence[IncidentSubject],
    excused: Sequence[Excused],
) -> list[Measurement]:
    """How many occurrences each period has, placed by their start, or by their end once they have ended."""
    measured = []
    for period in periods:
        here = [item for item in occurrences if _belongs(indicator, item, period)]
        clash = tuple(sorted({name for s in subjects if _doubts(indicator, s, period) for name in s.contradiction}))
        events = [event for s in subjects if _inside(s, period) for event in _events(s)]
        measured.append(
            Measurement(
                period=period,
                level=None if clash else Level(numerator=len(here), denominator=1, unit=Unit.COUNT),
                steps=(events_used(indicator.origin, events), *exclusion_steps(excused, period)),
                undetermined="these facts about one subject cannot both be true" if clash else "",
                named=clash,
            )
        )
    return measured


def measure_delivered(
    indicator: Delivered, periods: Sequence[Period], obligations: Sequence[Obligation], as_of: Instant
) -> list[Measurement]:
    """1 where the period's report was delivered by its last instant inside, else 0; nothing before it is due."""
    measured = []
    for period in periods:
        due = last_instant(indicator.due, period.end, closes_day=True)
        told = [
            event
            for event in obligations
            if event.period is not None and period.start <= event.period < period.end and event.at <= as_of
        ]
        delivery = min(told, key=lambda event: (event.at, event.id or ""), default=None)
        delivered = None if delivery is None else delivery.at
        in_time = delivered is not None and delivered <= due
        if period.end > as_of or (as_of <= due and not in_time):
            continue
        limit = TimeLimit(name=indicator.name, runs_from=period.end, last_instant=due, done_at=delivered)
        measured.append(
            Measurement(
                period=period,
                level=Level(numerator=int(in_time), denominator=1, unit=Unit.COUNT),
                steps=(events_used("deliveries", told), limit),
                settled_at=None if in_time else due + 1,
                delivery=delivery,
            )
        )
    return measured


def _belongs(indicator: Occurrences, item: Occurrence, period: Period) -> bool:
    if indicator.counted_in is not CountedIn.PERIOD_OF_END:
        return period.start <= item.start < period.end
    # An outage is over at its end, which closes a period; an incident is resolved at an instant, which opens one.
    last = item.end - 1 if indicator.origin == "outages" else item.end
    return not item.open and period.start <= last < period.end


def _doubts(indicator: Occurrences, subject: OutageSubject | IncidentSubject, period: Period) -> bool:
    """Whether a subject, were its facts at one, could be counted in a period."""
    if isinstance(subject, OutageSubject):
        return _inside(subject, period)
    sites = [item.values for item in indicator.where if item.field_name == "site"]
    if not all(subject.site in values for values in sites):
        return False
    by_end = indicator.counted_in is CountedIn.PERIOD_OF_END
    counted = Transition.RESOLVED if by_end else Transition.OPENED
    return any(period.start <= fact.at < period.end for fact in subject.facts if fact.transition is counted)


def _inside(subject: OutageSubject | IncidentSubject, period: Period) -> bool:
    if isinstance(subject, OutageSubject):
        return subject.start < period.end and max(subject.end, subject.start + 1) > period.start
    return any(period.start <= fact.at < period.end for fact in subject.facts)


def _events(subject: OutageSubject | IncidentSubject) -> tuple[Event, ...]:
    return subject.events if isinstance(subject, OutageSubject) else subject.facts
