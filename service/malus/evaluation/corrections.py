"""Owns what stands of all that was told: each event once, and neither corrected nor taken back by another.

Does not own: what is known at a moment, or what any event that stands means (intake).
A correction stands in the place of the event that it names. A retraction takes the event that it names back, as if it
had never been told: where that was a correction or a retraction, what it had put aside stands again (SEMANTICS 3).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from malus.model.assessment import EventReason, EventRemark
from malus.model.event_corrections import Retraction
from malus.model.events import Event, Happening, Incident, Transition, event_name
from malus.model.faults import MalusError

#: What stands behind the id of a row in the id of a fact of a whole incident: its transition, numbered from the second.
_FACT: Final = re.compile(f"({'|'.join(Transition)})(-[0-9]+)?")
#: How an event is named by another: the source and the id that it was told with.
_Name: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """An event that does not count, and the correction or retraction that says so."""

    event: Event
    by: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands of what was told.

    `events`: those that count, in the order given, each id once. `aside`: those that do not, in the same order.
    `without_target`: corrections and retractions of an event that was not told, itself among `events` where it tells
    something. `rivals`: groups of corrections and retractions that cannot all be right, of one event or of each other
    in a circle. Where there are any, nobody can say what stands. An event that is told later never makes rivals, unless
    it corrects something itself.
    """

    events: Sequence[Happening]
    aside: tuple[PutAside, ...] = ()
    without_target: tuple[Event, ...] = ()
    rivals: tuple[tuple[Event, ...], ...] = ()


def standing_of(events: Iterable[Event]) -> Standing:
    """What stands of events of one agreement, in whatever order they were told.

    A row that tells a whole incident is named by its own id, and so are all of its facts. Two retractions of one event
    say the same and are no rivals.
    """
    told = list(_distinct(events))
    if all(event.corrects is None for event in told):
        return Standing(events=[event for event in told if not isinstance(event, Retraction)])
    naming = _Naming.of(told)
    ordered = naming.ordered()
    rivals = [naming.circle(ordered)] if len(ordered) < len(naming.namers) else []
    aside: dict[int, int] = {}
    for place in ordered:
        by = naming.in_effect(place)
        if by:
            aside[place] = by[0]
        if naming.are_rivals(by):
            rivals.append(by)
    return Standing(
        events=[event for place, event in enumerate(told) if place not in aside and not isinstance(event, Retraction)],
        aside=tuple(PutAside(event=event, by=told[aside[place]]) for place, event in enumerate(told) if place in aside),
        without_target=tuple(
            told[place] for place, targets in naming.targets.items() if all(each >= len(told) for each in targets)
        ),
        rivals=tuple(tuple(told[place] for place in group) for group in rivals),
    )


def checked_standing(events: Iterable[Event]) -> Standing:
    """What stands of events; MalusError `rival-corrections`, which names them, where nobody can say."""
    standing = standing_of(events)
    if standing.rivals:
        what = "; ".join(_told(group) for group in standing.rivals)
        names = sorted({event_name(event) for group in standing.rivals for event in group})
        raise MalusError(
            "rival-corrections",
            f"{what}: take back all but the right one, each with a retraction that names it",
            {"events": ", ".join(names)},
        )
    return standing


def remarks_on(standing: Standing) -> list[EventRemark]:
    """What became of events that do not count, and of corrections of what nobody told."""
    remarks = []
    for item in standing.aside:
        by = event_name(item.by)
        if isinstance(item.by, Retraction):
            remarks.append(_remark(item.event, "retracted", f"it was taken back by {by}: it does not count"))
        else:
            remarks.append(_remark(item.event, "corrected", f"{by} stands in its place: it does not count"))
    for event in standing.without_target:
        source = event.corrects_source or event.source or "an unnamed source"
        what = "it puts nothing aside" if isinstance(event, Retraction) else "it counts by itself"
        why = f"no event `{event.corrects}` of {source} was told of this agreement: {what}"
        remarks.append(_remark(event, "corrects-nothing", why))
    return remarks


def _remark(event: Event, reason: EventReason, message: str) -> EventRemark:
    return EventRemark(event=event_name(event), reason=reason, message=message, evidence=event.evidence)


def refused_beside(before: Sequence[Event], new: Sequence[Event]) -> Mapping[int, str]:
    """Which of the new events, by their places, cannot stand beside the earlier ones and each other, and why.

    What was told first stands, and of new rivals none does.
    """
    refused: dict[int, str] = {}
    if all(event.corrects is None for event in new):
        return refused
    while True:
        left = [event for place, event in enumerate(new) if place not in refused]
        rivals = standing_of([*before, *left]).rivals
        if not rivals:
            return refused
        found = {
            place: f"{_told(group)}: what was accepted stands; to change it, correct that event"
            for group in rivals
            for place, event in enumerate(new)
            if any(event is each for each in group)
        }
        if not found:
            assert any(event.corrects is not None for event in left), "what was accepted has no rivals"
            # A correction that was taken back stands again, by a retraction of the retraction.
            why = f"{_told(rivals[0])}: what was accepted stands; take one of them back first"
            found = {place: why for place, event in enumerate(new) if event.corrects is not None}
        refused |= found


def _told(group: Sequence[Event]) -> str:
    said = sorted(
        f"{event_name(event)} of {event.source or 'an unnamed source'} "
        f"{'takes back' if isinstance(event, Retraction) else 'corrects'} {event.corrects}"
        for event in group
    )
    return f"these corrections cannot all be right: {', '.join(said)}"


def _distinct(events: Iterable[Event]) -> Iterator[Event]:
    """Equal events with the same id count once; events without ids are a closed multiset, where every row counts."""
    seen: set[_Name] = set()
    for event in events:
        if event.id is not None:
            identity = (event.source, event.id)
            if identity in seen:
                continue
            seen.add(identity)
        yield event


def _row_of(own_id: str) -> str:
    """The id of the row that a fact of a whole incident was told in; any other id as it is."""
    row, mark, what = own_id.rpartition("#")
    return row if mark and _FACT.fullmatch(what) else own_id


def _names_of(event: Event) -> set[str]:
    """The ids by which an event can be named: its own, and that of the row of a whole incident."""
    if event.id is None:
        return set()
    return {event.id, _row_of(event.id)} if isinstance(event, Incident) else {event.id}


@dataclass(slots=True)
class _Naming:
    """Which events name which, by their places; what is named and was not told comes last."""

    told: Sequence[Event]
    targets: Mapping[int, list[int]]
    namers: Sequence[list[int]]
    effect: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Sequence[Event]) -> _Naming:
        wanted: dict[_Name, list[int]] = defaultdict(list)
        for place, event in enumerate(told):
            if event.corrects is not None:
                wanted[event.corrects_source or event.source, event.corrects].append(place)
        names = [_names_of(event) for event in told]
        known = {(event.source, name) for event, mine in zip(told, names, strict=True) for name in mine}
        untold = [name for name in wanted if name not in known]
        namers = [
            sorted({namer for name in mine for namer in wanted.get((event.source, name), ())})
            for event, mine in zip(told, names, strict=True)
        ]
        namers += [sorted({*wanted[source, name], *wanted.get((source, _row_of(name)), ())}) for source, name in untold]
        targets: dict[int, list[int]] = defaultdict(list)
        for place, each in enumerate(namers):
            for namer in each:
                targets[namer].append(place)
        return cls(told=told, targets=targets, namers=namers)

    def ordered(self) -> list[int]:
        """Every event after all that name it; those in a circle, and what they name, are left out."""
        waiting = [len(each) for each in self.namers]
        ready = [place for place, count in enumerate(waiting) if not count]
        for place in ready:
            for target in self.targets.get(place, ()):
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
        return ready

    def circle(self, ordered: Sequence[int]) -> list[int]:
        """The corrections that name each other in a circle."""
        left = set(range(len(self.told))) - set(ordered)
        while ends := {place for place in left if not left.intersection(self.targets.get(place, ()))}:
            left -= ends
        return sorted(left)

    def in_effect(self, place: int) -> list[int]:
        """Those that put an event aside; asked of every event that names it before."""
        by = [each for each in self.namers[place] if self.effect[each]]
        # What a correction put aside stays aside when the correction is corrected in turn.
        undone = by if self._takes_back(place) else [each for each in by if self._takes_back(each)]
        self.effect[place] = not undone
        return by

    def are_rivals(self, places: Sequence[int]) -> bool:
        """Whether these say different things of one event: told in several rows, and not all that it never was."""
        rows = {(self.told[each].source, min(_names_of(self.told[each]), key=len)) for each in places}
        return len(rows) > 1 and not all(self._takes_back(each) for each in places)

    def _takes_back(self, place: int) -> bool:
        return place < len(self.told) and isinstance(self.told[place], Retraction)
