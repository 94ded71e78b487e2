"""Owns outages as subjects: each one's facts folded together, and the stretches in which a service was down.

Does not own: the level of a period (downtime), nor which time is excused (exclusions).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final

from malus.measures.bounds import Column, compact, joined
from malus.measures.exact import Stretch, without
from malus.measures.exclusions import Excused
from malus.measures.segments import merge_stretches
from malus.model.blocks import blocks_of
from malus.model.events import Event, Outage, event_name
from malus.model.indicators import Where
from malus.model.instants import Instant
from malus.model.measurement import content_line
from malus.model.quick_values import quickly_made

#: How outages are ordered.
IN_TIME: Final = attrgetter("start", "end", "name")
#: What all facts about one outage must tell alike, as far as they tell it.
_TOLD_ALIKE: Final = ("start", "end", "service", "severity", "site", "share", "affected")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class OutageSubject:
    """One outage with everything told of it up to a moment.

    `start` and `end` in microseconds; an outage that still lasts ends at that moment and is `open`.
    `contradiction` names facts that leave the subject undetermined: they cannot both be true, or (`start_unknown`)
    nobody told the start. `start` and `end` are then the widest span of what was told, and no time is down for it.
    """

    name: str
    start: Instant
    end: Instant
    open: bool
    service: str | None
    severity: str | None
    site: str | None
    subjects: tuple[str, ...]
    reported_at: Instant | None
    events: tuple[Outage, ...]
    share: Fraction | None = None
    affected: int | None = None
    contradiction: tuple[str, ...] = ()
    start_unknown: bool = False


def fold_outages(events: Iterable[Outage], as_of: Instant) -> tuple[list[OutageSubject], list[Outage]]:
    """Fold the facts of each outage together, as they were at `as_of` (facts later than that are not yet so).

    Returns the subjects sorted by start, and apart the events of those whose start nobody told.
    Two different starts, ends, services, sites or severities of one outage cannot both be true.
    """
    told: dict[str, list[Outage]] = defaultdict(list)
    alone: list[list[Outage]] = []
    subjects: list[OutageSubject] = []
    incomplete: list[Outage] = []
    for event in events:
        if event.start is not None and event.start > as_of:
            continue
        if event.start is None and event.end is not None and event.end > as_of:
            continue
        if event.outage_id is not None:
            told[event.outage_id].append(event)
        elif event.start is not None and max(event.start, event.end or as_of, event.reported_at or 0) < as_of:
            subjects.append(_over(event))
        else:
            alone.append([event])
    for facts in (*alone, *told.values()):
        subject = _folded(facts, as_of)
        subjects.append(subject)
        if subject.start_unknown:
            incomplete += facts
    subjects.sort(key=IN_TIME)
    return subjects, incomplete


def selected(subjects: Iterable[OutageSubject], where: Sequence[Where]) -> list[OutageSubject]:
    """The outages whose fields have the values that an indicator asks for, or have them by one of facts that disagree:
    what may be one of them leaves its period undetermined.
    """
    asked = [(item.field_name, frozenset(item.values)) for item in where]
    return [
        subject
        for subject in subjects
        if all(
            any(getattr(one, name) in values for one in (subject.events if subject.contradiction else (subject,)))
            for name, values in asked
        )
    ]


def down_stretches(subjects: Sequence[OutageSubject], excused: Sequence[Excused], ignore_up_to: int) -> list[Stretch]:
    """The stretches in which the service was down, without the excused time, sorted and disjoint."""
    merged = merge_stretches(*determined(subjects), ignore_up_to)
    windows = excused_stretches(excused)
    return [part for stretch in merged for part in without(stretch, windows)]


def excused_stretches(excused: Sequence[Excused]) -> list[Stretch]:
    """All excused time as sorted disjoint stretches."""
    windows = [stretch for item in excused for stretch in item.stretches]
    return merge_stretches([start for start, _ in windows], [end for _, end in windows])


def determined(subjects: Sequence[OutageSubject]) -> tuple[Column, Column]:
    """The starts and ends of the outages whose facts can all be true, in no order that means anything."""
    starts, ends = joined([block.once("spans", _spans) for block in blocks_of(subjects).blocks()], width=2)
    return starts, ends


def _spans(subjects: Sequence[OutageSubject]) -> tuple[Column, ...]:
    known = [subject for subject in subjects if not subject.contradiction]
    return compact([subject.start for subject in known], [subject.end for subject in known])


def _over(fact: Outage) -> OutageSubject:
    """An outage told by one fact, of which nothing lies ahead: as `_folded` has it, with no clash to look for."""
    assert fact.start is not None and fact.end is not None
    if fact.end < fact.start:
        return _folded([fact], fact.start if fact.reported_at is None else max(fact.start, fact.reported_at))
    return OutageSubject(
        name=fact.outage_id or event_name(fact),
        start=fact.start,
        end=fact.end,
        open=False,
        service=fact.service,
        severity=fact.severity,
        site=fact.site,
        subjects=tuple(sorted(set(fact.subjects))) if fact.subjects else (),
        reported_at=fact.reported_at,
        share=fact.share,
        affected=fact.affected,
        events=(fact,),
    )


def _folded(facts: list[Outage], as_of: Instant) -> OutageSubject:
    ends = sorted({fact.end for fact in facts if fact.end is not None and fact.end <= as_of})
    starts = sorted({fact.start for fact in facts if fact.start is not None})
    start_unknown = not starts
    starts = starts or ends[:1]
    told = sorted(facts, key=content_line) if len(facts) > 1 else facts
    clash: set[str] = set()
    for field_name in _TOLD_ALIKE if len(facts) > 1 else ():
        tellers = [fact for fact in told if _told(fact, field_name, as_of) is not None]
        if len({_told(fact, field_name, as_of) for fact in tellers}) > 1:
            clash |= {_clash_name(fact, field_name) for fact in tellers}
    if (ends and ends[-1] < starts[0]) or start_unknown:
        clash |= {event_name(fact) for fact in told}
    reported = [fact.reported_at for fact in told if fact.reported_at is not None and fact.reported_at <= as_of]
    end = ends[-1] if ends else as_of
    return OutageSubject(
        name=told[0].outage_id or event_name(told[0]),
        start=min(starts[0], end),
        end=max(end, starts[-1]),
        open=not ends,
        service=_only(told, "service"),
        severity=_only(told, "severity"),
        site=_only(told, "site"),
        subjects=tuple(sorted({name for fact in told for name in fact.subjects})),
        reported_at=min(reported) if reported else None,
        share=_only_number(told, "share"),
        affected=_only_number(told, "affected"),
        events=tuple(told),
        contradiction=tuple(sorted(clash)),
        start_unknown=start_unknown,
    )


def _told(fact: Outage, field_name: str, as_of: Instant) -> object:
    value = getattr(fact, field_name)
    return None if field_name == "end" and value is not None and value > as_of else value


def _clash_name(fact: Event, field_name: str) -> str:
    return f"{event_name(fact)} ({field_name.replace('_', ' ')})"


def _only(facts: Sequence[Outage], field_name: str) -> str | None:
    values = sorted({value for fact in facts if (value := getattr(fact, field_name)) is not None})
    return values[0] if values else None


def _only_number(facts: Sequence[Outage], field_name: str) -> Any:
    return next((value for fact in facts if (value := getattr(fact, field_name)) is not None), None)
