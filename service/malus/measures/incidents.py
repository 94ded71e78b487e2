"""Owns an incident's story: its transitions folded in order, its pauses and its priorities over time.

Does not own: working time (clocks), or which incidents a promise is about (response).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from malus.measures.exact import Stretch
from malus.measures.outages import OutageSubject
from malus.model.events import Incident, Outage, Transition, event_name
from malus.model.indicators import By, CountedIn, Elapsed, Occurrences
from malus.model.instants import Instant
from malus.model.measurement import content_line

_UP_TO_NOW = "up to now"
_RANK = {transition: rank for rank, transition in enumerate(Transition)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSubject:
    """One incident with everything told of it up to a moment, its facts in the order in which they happened.

    `outages` are the events themselves where it is an outage, told as an incident that is opened and resolved.
    """

    name: str
    service: str | None
    site: str | None
    subjects: tuple[str, ...]
    facts: tuple[Incident, ...]
    contradiction: tuple[str, ...]
    outages: tuple[Outage, ...] = ()

    @property
    def is_outage(self) -> bool:
        """Whether it is an outage, timed as an incident is."""
        return bool(self.outages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The part of an incident that an indicator times: from `start` to `end` (None while it runs), less `pauses`.

    `priority` judges it. `parts` are the stretches to time where only a part counts, else the whole; `runs_on` where
    the last of them is not known to be over for another priority.
    """

    subject: str
    start: Instant
    end: Instant | None
    priority: str | None
    pauses: tuple[Stretch, ...]
    parts: tuple[Stretch, ...]
    runs_on: bool = True


def fold_incidents(events: Iterable[Incident], as_of: Instant) -> list[IncidentSubject]:
    """Fold the facts of each incident together, as they were at `as_of`, inclusive.

    Facts at one instant are ordered by the source's sequence, the rank of transitions, then content; equal facts are
    one. Two openings at different instants, two resolutions without a reopening between, or anything before the opening
    cannot both be true.
    """
    told: dict[str, list[Incident]] = defaultdict(list)
    for event in events:
        if event.at <= as_of:
            told[event.incident_id].append(event)
    return [_subject(name, told[name]) for name in sorted(told)]


def outage_story(outage: OutageSubject) -> IncidentSubject:
    """An outage as the story of an incident: opened at its start, with its severity, and resolved at its end."""
    told = outage.events[0]
    moments = [(Transition.OPENED, outage.start)]
    if not outage.open:
        moments.append((Transition.RESOLVED, outage.end))
    return IncidentSubject(
        name=outage.name,
        service=outage.service,
        site=outage.site,
        subjects=outage.subjects,
        facts=tuple(
            Incident(
                agreement=told.agreement,
                incident_id=outage.name,
                transition=transition,
                at=at,
                priority=outage.severity,
                site=outage.site,
                subjects=outage.subjects,
            )
            for transition, at in moments
        ),
        contradiction=outage.contradiction,
        outages=outage.events,
    )


def clocks_of(indicator: Elapsed, subject: IncidentSubject, as_of: Instant) -> list[Clock]:
    """What an indicator times of an incident: one clock, or one per priority where each counts its part.

    Empty where the starting transition has not happened. The start is the first such transition; a resolution is the
    last one with nothing reopened after it, any other end is the first one at or after the start.
    """
    start = next((fact.at for fact in subject.facts if fact.transition is indicator.starts), None)
    if start is None:
        return []
    end = ended_at(indicator.ends, subject.facts, start)
    until = as_of if end is None else end
    pauses = _pauses(indicator, subject.facts, until)
    priorities = _priorities(subject.facts, start, until)
    if indicator.by is By.EACH_ITS_PART:
        # A priority that begins with the end was never the one to work under.
        spans = [span for span in priorities if span[0] < span[1]] or priorities
        held = sorted({priority for _, _, priority in spans if priority is not None})
        return [
            Clock(
                subject=f"{subject.name}/{priority}",
                start=start,
                end=end,
                priority=priority,
                pauses=pauses,
                parts=tuple((first, last) for first, last, name in spans if name == priority),
                runs_on=priority == spans[-1][2],
            )
            for priority in held
        ]
    return [
        Clock(
            subject=subject.name,
            start=start,
            end=end,
            priority=_judging(indicator, priorities),
            pauses=pauses,
            parts=((start, until),),
        )
    ]


def lacks_priority(indicator: Elapsed | Occurrences, subject: IncidentSubject, as_of: Instant) -> str:
    """When the priority by which an indicator would judge an incident is not known; empty where it is.

    An incident of another site, one whose clock has not started, and one that the terms let wait for its end while it
    is open are not judged yet whatever their priority.
    """
    if not all(subject.site in item.values for item in indicator.where if item.field_name == "site"):
        return ""
    if isinstance(indicator, Occurrences):
        known = indicator.origin != "incidents" or any(fact.priority is not None for fact in subject.facts)
        return "" if known else _UP_TO_NOW
    start = next((fact.at for fact in subject.facts if fact.transition is indicator.starts), None)
    end = None if start is None else ended_at(indicator.ends, subject.facts, start)
    waits = indicator.while_open == "waits" or indicator.counted_in is CountedIn.PERIOD_OF_END
    if start is None or (end is None and waits):
        return ""
    spans = _priorities(subject.facts, start, as_of if end is None else end)
    if indicator.by is By.EACH_ITS_PART:
        judged = [span for span in spans if span[0] < span[1]] or spans
        return "" if all(name is not None for _, _, name in judged) else "for a part of its time"
    if _judging(indicator, spans) is not None:
        return ""
    if indicator.by is By.AT_START:
        return "when its time starts"
    return _UP_TO_NOW if end is None else "up to its end"


def ended_at(ends: Transition, facts: Sequence[Incident], start: Instant) -> Instant | None:
    """When the clock that began at `start` ended: the last resolution that stands, or the first other transition.

    What was resolved before the clock began, and not reopened, leaves it no time: it ends where it starts.
    """
    if ends is not Transition.RESOLVED:
        return next((fact.at for fact in facts if fact.transition is ends and fact.at >= start), None)
    end: Instant | None = None
    for fact in facts:
        if fact.transition is Transition.RESOLVED:
            end = max(start, fact.at)
        elif fact.transition is Transition.REOPENED:
            end = None
    return end


def _subject(name: str, events: Sequence[Incident]) -> IncidentSubject:
    ordered = sorted(events, key=lambda fact: (fact.at, fact.sequence or 0, _RANK[fact.transition], content_line(fact)))
    facts: list[Incident] = []
    for fact in ordered:
        if not facts or _content(facts[-1]) != _content(fact):
            facts.append(fact)
    return IncidentSubject(
        name=name,
        service=_only(facts, "service"),
        site=_only(facts, "site"),
        subjects=tuple(sorted({name for fact in facts for name in fact.subjects})),
        facts=tuple(facts),
        contradiction=_contradiction(facts),
    )


def _contradiction(facts: Sequence[Incident]) -> tuple[str, ...]:
    clash: set[str] = set()
    openings = [fact for fact in facts if fact.transition is Transition.OPENED]
    if len({fact.at for fact in openings}) > 1:
        clash |= {f"{event_name(fact)} (opened)" for fact in openings}
    if openings:
        early = [fact for fact in facts if fact.at < openings[0].at]
        clash |= {f"{event_name(fact)} ({fact.transition.value})" for fact in (*early, *(openings if early else ()))}
    resolved: Incident | None = None
    for fact in facts:
        if fact.transition is Transition.REOPENED:
            resolved = None
        elif fact.transition is Transition.RESOLVED:
            if resolved is not None and resolved.at != fact.at:
                clash |= {f"{event_name(resolved)} (resolved)", f"{event_name(fact)} (resolved)"}
            resolved = fact
    for field_name in ("service", "site"):
        if len({getattr(fact, field_name) for fact in facts} - {None}) > 1:
            clash |= {f"{event_name(fact)} ({field_name})" for fact in facts if getattr(fact, field_name) is not None}
    return tuple(sorted(clash))


def _pauses(indicator: Elapsed, facts: Sequence[Incident], until: Instant) -> tuple[Stretch, ...]:
    pauses: list[Stretch] = []
    since: Instant | None = None
    reopened_from: Instant | None = None
    for fact in facts:
        if fact.transition in (Transition.PAUSED, Transition.RESUMED):
            if since is not None:
                pauses.append((since, fact.at))
            allowed = fact.transition is Transition.PAUSED and fact.reason in indicator.pauses
            since = fact.at if allowed else None
        elif fact.transition is Transition.RESOLVED:
            reopened_from = fact.at
        elif fact.transition is Transition.REOPENED and reopened_from is not None:
            if indicator.reopened == "gap_is_paused":
                pauses.append((reopened_from, fact.at))
            reopened_from = None
    if since is not None:
        pauses.append((since, until))
    return tuple(sorted((first, min(last, until)) for first, last in pauses if first < min(last, until)))


def _priorities(facts: Sequence[Incident], start: Instant, until: Instant) -> list[tuple[Instant, Instant, str | None]]:
    """The stretches of [start, until] by priority; the last stretch may be empty and then names the last priority."""
    changes = [(fact.at, fact.priority) for fact in facts if fact.priority is not None and fact.at <= until]
    current = next((priority for at, priority in reversed(changes) if at <= start), None)
    spans: list[tuple[Instant, Instant, str | None]] = []
    since = start
    for at, priority in changes:
        if at > start and priority != current:
            spans.append((since, at, current))
            since, current = at, priority
    spans.append((since, until, current))
    return spans


def _judging(indicator: Elapsed, priorities: Sequence[tuple[Instant, Instant, str | None]]) -> str | None:
    match indicator.by:
        case By.AT_START:
            return priorities[0][2]
        case By.HIGHEST:
            ranks = {name: rank for rank, name in enumerate(indicator.priorities)}
            return min((name for _, _, name in priorities), key=lambda name: ranks.get(name or "", len(ranks)))
        case _:
            return priorities[-1][2]


def _content(fact: Incident) -> tuple[object, ...]:
    return (fact.transition, fact.at, fact.priority, fact.reason, fact.service, fact.site, fact.subjects)


def _only(facts: Sequence[Incident], field_name: str) -> str | None:
    values = sorted({value for fact in facts if (value := getattr(fact, field_name)) is not None})
    return values[0] if values else None
