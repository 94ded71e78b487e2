"""A scenario's event lines become the rows that event files have, and from there events by the same reading.

Owns: which column each key of a line is, and the facts that an incident's line expands into. Does not own: what a
row's values may be or what an event is (model.event_rows).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from malus.model.event_rows import FieldFault, event_from_row
from malus.model.events import Event, Incident, Transition
from malus.rulefiles.documents import Item
from malus.rulefiles.findings import Reading
from malus.rulefiles.forms import Given
from malus.rulefiles.nodes import Node
from malus.rulefiles.scalars import VALUES
from malus.rulefiles.scenarios_forms import MOMENTS, PAUSES, PRIORITY_CHANGES

#: The column of a row that a key of a line is, where it has another name there.
_COLUMNS: Final = {"from": "start", "to": "end", "recorded": "recorded_at"}
_COLUMNS_OF: Final[dict[str, dict[str, str]]] = {
    "outage": {"outage": "service", "reported": "reported_at"},
    "deployment": {"deployment": "service"},
    "check": {"check": "service"},
    "tally": {"tally": "service", "delivery": "delivery_id"},
    "reading": {"reading": "indicator", "delivery": "delivery_id"},
    "delivery": {"delivery": "delivery_id"},
    "extension": {"extension": "delivery_id"},
    "incident": {"incident": "incident_id"},
    "exclusion": {"exclusion": "cause", "announced": "announced_at", "delivery": "delivery_id"},
    "charge": {"charge": "item"},
    "obligation": {"obligation": "name"},
    "claim": {"claim": "clause"},
    "notice": {"notice": "clause"},
    "choice": {"choice": "group"},
    "settlement": {"settlement": "clause"},
    "dispute": {"dispute": "clause"},
    "adjustment": {
        "adjustment": "clause",
        "provider_signed": "provider_signed_at",
        "customer_signed": "customer_signed_at",
    },
    "retraction": {"retraction": "corrects"},
    "cap": {},
    "missed": {},
}
_KINDS: Final = {"cap": "opening", "missed": "opening"}
_INCIDENT_FACTS: Final = (
    ("opened", Transition.OPENED),
    ("accepted", Transition.ACCEPTED),
    ("responded", Transition.RESPONDED),
    ("workaround", Transition.WORKAROUND),
    ("resolved", Transition.RESOLVED),
    ("reopened", Transition.REOPENED),
)
_CARRIED: Final = ("incident", "service", "site", "subjects", "sequence", "recorded", "corrects")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedFault:
    """A fault of one field of a line, and the node to underline."""

    fault: FieldFault
    at: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One line and the events it tells, or what is wrong with it; never both.

    `number` counts from 1 among `events`; 0 for charges and opening balances, which are not refused by place.
    `evidence` is the place in the file that remarks on its events carry. `names`: what an expectation may call it.
    """

    number: int
    evidence: str
    names: tuple[str, ...]
    events: tuple[Event, ...]
    faults: tuple[LocatedFault, ...]


@dataclass(slots=True)
class _Row:
    """A row on its way, with the node that each of its columns came from."""

    values: dict[str, str]
    nodes: dict[str, Node]


def event_line(given: Given, number: int, *, agreement: str, zone: str) -> EventLine:
    """The events of a line; civil times and periods are read in `zone`.

    All faults of the line are told, each with the key it stands at. A summary of an incident becomes its transitions
    in order of time; with an `id` they are called `<id>#opened`, `<id>#paused-2` and so on.
    """
    word = given.form.keys[0].name
    kind = _KINDS.get(word, word)
    evidence = str(given.node.place)
    events: list[Event] = []
    faults: list[LocatedFault] = []
    rows = list(_incident_rows(given)) if word == "incident" else [_row(given, word)]
    for row in rows:
        values = {"kind": kind, "agreement": agreement, **row.values}
        for told in event_from_row(values, zone=zone, index=number, evidence=evidence):
            if isinstance(told, FieldFault):
                at = row.nodes.get(told.field, given.key_node(word))
                faults.append(LocatedFault(fault=_in_our_words(told, word), at=at))
            else:
                events.append(told)
    if word == "incident":
        faults += _incident_faults(given, number, rows, () if faults else tuple(events))
        events, overlapping = _pauses_joined(given, number, events if not faults else [])
        faults += overlapping
    columns = ("id", "outage_id", "deployment_id", "incident", "delivery")
    names = tuple(text for key in columns if (text := _text(given, key)) is not None)
    return EventLine(
        number=number,
        evidence=evidence,
        names=names,
        events=() if faults else tuple(events),
        faults=tuple(dict.fromkeys(faults)),
    )


def report(line: EventLine, reading: Reading) -> None:
    """Report every fault of a line where it stands."""
    for located in line.faults:
        fault = located.fault
        reading.error(fault.reason, located.at, fault.what, hint=fault.hint)


def _row(given: Given, word: str) -> _Row:
    row = _Row({}, {})
    for key in given.entries:
        text = _text(given, key)
        if text is not None:
            column = _column(key, word)
            row.values[column], row.nodes[column] = text, given.at(key)
    if word == "reading" and "value" in row.values:
        # A reading's number and unit are two columns, and one quantity in a scenario.
        number, blank, unit = row.values["value"].partition(" ")
        row.values |= {"value": number, "unit": unit if blank else "count"}
        row.nodes["unit"] = row.nodes["value"]
    return row


def _incident_rows(given: Given) -> Iterator[_Row]:
    facts = list(_incident_facts(given))
    seen: dict[Transition, int] = {}
    carried = [(_column(key, "incident"), key) for key in _CARRIED]
    for place, (transition, row) in enumerate(facts):
        for column, key in carried:
            text = _text(given, key)
            if text is not None:
                row.values[column], row.nodes[column] = text, given.at(key)
        priority, own_id = _text(given, "priority"), _text(given, "id")
        if priority is not None and place == 0 and "priority" not in row.values:
            row.values["priority"], row.nodes["priority"] = priority, given.at("priority")
        seen[transition] = seen.get(transition, 0) + 1
        if own_id is not None:
            again = f"-{seen[transition]}" if seen[transition] > 1 else ""
            row.values["id"], row.nodes["id"] = f"{own_id}#{transition.value}{again}", given.at("id")
        row.values["transition"] = transition.value
        yield row


def _incident_facts(given: Given) -> Iterator[tuple[Transition, _Row]]:
    for key, transition in _INCIDENT_FACTS:
        if key in ("resolved", "reopened"):
            for item in given.get(key, MOMENTS) or ():
                yield transition, _Row({"at": item.value}, {"at": item.node})
        elif (text := _text(given, key)) is not None:
            yield transition, _Row({"at": text}, {"at": given.at(key)})
    for pause in given.get("pauses", PAUSES) or ():
        stops = _taken(pause, {"from": "at", "reason": "reason"})
        yield Transition.PAUSED, stops
        if pause.value.has("to"):
            yield Transition.RESUMED, _taken(pause, {"to": "at"})
    for change in given.get("priority_changes", PRIORITY_CHANGES) or ():
        yield Transition.PRIORITY_CHANGED, _taken(change, {"at": "at", "to": "priority"})


def _taken(item: Item[Given], columns: dict[str, str]) -> _Row:
    row = _Row({}, dict.fromkeys(columns.values(), item.node))
    for key, column in columns.items():
        text = _text(item.value, key)
        if text is not None:
            row.values[column], row.nodes[column] = text, item.value.at(key)
    return row


def _column(key: str, word: str) -> str:
    return _COLUMNS_OF[word].get(key, _COLUMNS.get(key, key))


def _text(given: Given, key: str) -> str | None:
    if key == "subjects" and given.has(key):
        return "; ".join(item.value for item in given.get(key, VALUES) or ()) or None
    value = given.values.get(key)
    return value if isinstance(value, str) else None


def _in_our_words(fault: FieldFault, word: str) -> FieldFault:
    """The fault with the keys of a line where the row's messages name columns."""
    what, hint = fault.what, fault.hint
    for key, column in {**_COLUMNS, **_COLUMNS_OF[word]}.items():
        what, hint = what.replace(f"`{column}`", f"`{key}`"), hint.replace(f"`{column}`", f"`{key}`")
    return FieldFault(index=fault.index, field=fault.field, reason=fault.reason, what=what, hint=hint)


def _incident_faults(given: Given, number: int, rows: list[_Row], events: tuple[Event, ...]) -> Iterator[LocatedFault]:
    """What no single fact shows: that there is none, or that one is earlier than the opening told beside it."""
    if not rows:
        what, hint = "nothing happens to this incident", "write when it was `opened`, `responded`, `resolved` …"
        yield _said(given.key_node("incident"), number, "missing-field", what, hint)
    facts = [event for event in events if isinstance(event, Incident)]
    opened = next((fact.at for fact in facts if fact.transition is Transition.OPENED), None)
    for row, fact in zip(rows, facts, strict=False):
        if opened is not None and fact.at < opened:
            what = f"the incident was {fact.transition.value.replace('_', ' ')} before it was opened"
            yield _said(row.nodes["at"], number, "end-before-start", what, "write a later time, or correct `opened`")


def _pauses_joined(given: Given, number: int, events: Sequence[Event]) -> tuple[list[Event], list[LocatedFault]]:
    """The facts of an incident whose pauses overlap as those of one pause; of different reasons they are a fault.

    Each pause of a line has its end beside it, so that overlapping ones are the time that any of them takes.
    """
    stops = [event for event in events if isinstance(event, Incident) and _is_pause(event)]
    pauses: list[tuple[Incident, Incident | None]] = []
    for place, fact in enumerate(stops):
        if fact.transition is Transition.PAUSED:
            later = stops[place + 1] if place + 1 < len(stops) else None
            pauses.append((fact, later if later is not None and later.transition is Transition.RESUMED else None))
    joined: list[tuple[Incident, Incident | None]] = []
    faults: list[LocatedFault] = []
    for start, end in sorted(pauses, key=lambda pause: pause[0].at):
        before = joined[-1] if joined else None
        if before is None or (before[1] is not None and before[1].at <= start.at):
            joined.append((start, end))
        elif before[0].reason != start.reason:
            what = f"it is paused for `{before[0].reason}` and for `{start.reason}` at one time"
            hint = "end the one where the other begins"
            faults.append(_said(given.at("pauses"), number, "contradictory-facts", what, hint))
        elif before[1] is not None and (end is None or end.at > before[1].at):
            joined[-1] = (before[0], end)
    chosen = {id(fact) for pause in joined for fact in pause}
    return [event for event in events if not _is_pause(event) or id(event) in chosen], faults


def _is_pause(event: Event) -> bool:
    return isinstance(event, Incident) and event.transition in (Transition.PAUSED, Transition.RESUMED)


def _said(at: Node, number: int, reason: str, what: str, hint: str) -> LocatedFault:
    return LocatedFault(fault=FieldFault(index=number, field="at", reason=reason, what=what, hint=hint), at=at)
