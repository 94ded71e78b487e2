"""Owns how a row of names and values becomes events, with every fault of the row told at once.

Does not own: the table of fields (event_fields), the reading of one value (event_values), what fields mean
together (event_forms), files, or what an agreement makes of an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from malus.model.event_fields import (
    COLUMNS,
    FORMS,
    INCIDENT_FACT,
    INCIDENT_SUMMARY,
    KINDS,
    RETRACTION,
    Form,
    fields_of,
)
from malus.model.event_forms import FieldFault, RowReading, events_of
from malus.model.event_incidents import Occurrences
from malus.model.event_values import UnreadableError, nearest_of, read_value, shown, shown_name
from malus.model.events import Event
from malus.model.field_types import LOOKS

__all__ = ["FieldFault", "Occurrences", "Row", "event_from_row"]

Row: TypeAlias = Mapping[str, str | int | None]

_BY_KIND: Final = {kind: tuple(form for form in FORMS if form.kind == kind) for kind in KINDS}
_FIELDS: Final = {form.called: {entry.name: entry for entry in fields_of(form)} for form in FORMS}
_REQUIRED: Final = {form.called: tuple(entry for entry in fields_of(form) if entry.required) for form in FORMS}


def event_from_row(
    row: Row,
    *,
    zone: str | None,
    index: int,
    evidence: str,
    occurrences: Occurrences | None = None,
) -> tuple[Event, ...] | tuple[FieldFault, ...]:
    """The events that a row tells, or all that is wrong with it; never empty, never some of each.

    Values are text, integers out of typed columns (an instant is microseconds since 1970, UTC), or None; None
    and empty text are the same: not said. Civil times and periods are read in `zone`. Numbers: up to
    18 digits, a point, up to 12 decimals. `index` and `evidence` go to faults and events as they are.
    A whole incident without any id is named by its content; `occurrences`, shared by all rows that are read
    together, numbers equal ones, so names do not depend on the order of rows.

    >>> event_from_row({"kind": "outge", "agreement": "a"}, zone=None, index=0, evidence="")[0].hint
    'did you mean outage?'
    """
    said = {name: value for name, value in row.items() if value is not None and value != ""}
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in _BY_KIND:
        return (_kind_fault(kind, index),)
    reading = RowReading(index, _form_of(kind, said), evidence, occurrences, zone, said)
    _read_fields(reading, said, zone)
    _check_correction(reading)
    events = events_of(reading)
    if reading.faults:
        order = {shown_name(name): place for place, name in enumerate(said)}
        return tuple(sorted(reading.faults, key=lambda fault: order.get(fault.field, len(order))))
    return events


def _check_correction(reading: RowReading) -> None:
    """Refuse a correction of itself or without an id, a source without an event, and a retraction of nothing."""
    said = reading.values
    corrects, source = said.get("corrects"), said.get("source", "")
    if corrects is None:
        if reading.has_fault("corrects"):
            return
        if reading.form is RETRACTION:
            reading.missing("corrects", "write the id of the event that is taken back")
        elif "corrects_source" in said:
            reading.missing("corrects", "write the id of the event that it corrects, or leave `corrects_source` out")
    elif "id" not in said:
        reading.missing("id", "a correction needs an id of its own, by which it can be named in turn")
    elif corrects == said["id"] and said.get("corrects_source", source) == source:
        what = "an event cannot correct itself"
        reading.fault("corrects", "corrects-itself", what, "name the wrong event, and give this one an id of its own")


def _kind_fault(kind: object, index: int) -> FieldFault:
    known = f"write one of {', '.join(KINDS)}"
    if kind is None:
        return FieldFault(index=index, field="kind", reason="missing-field", what="`kind` is missing", hint=known)
    near = nearest_of(str(kind), KINDS)
    hint = f"did you mean {near}?" if near else known
    if kind == "correction":
        hint = "write the event as it should have been, of its own kind, with the id of the wrong one in `corrects`"
    what = f"{shown(kind)} is no kind of event"
    return FieldFault(index=index, field="kind", reason="unknown-kind", what=what, hint=hint)


def _form_of(kind: str, said: Mapping[str, object]) -> Form:
    forms = _BY_KIND[kind]
    if len(forms) == 1:
        return forms[0]
    return INCIDENT_SUMMARY if "start" in said and "transition" not in said else INCIDENT_FACT


def _read_fields(reading: RowReading, said: Mapping[str, str | int], zone: str | None) -> None:
    fields = _FIELDS[reading.form.called]
    for name, value in said.items():
        entry = fields.get(name)
        if entry is None:
            if name != "kind":
                _unknown_field(reading, name, fields)
            continue
        try:
            reading.values[name] = read_value(entry.type, value, zone)
        except UnreadableError as fault:
            reading.fault(name, fault.reason, fault.what, fault.hint)
    for entry in _REQUIRED[reading.form.called]:
        if entry.name not in said:
            reading.missing(entry.name, f"write {LOOKS[entry.type]}")


def _unknown_field(reading: RowReading, name: str, fields: Mapping[str, object]) -> None:
    form = reading.form
    what = f"{form.called} has no `{name}`" if name in COLUMNS else f"`{shown_name(name)}` is no field of an event"
    near = nearest_of(name, fields)
    others = ", ".join(entry.name for entry in form.fields)
    reading.fault(
        shown_name(name), "unknown-field", what, f"did you mean {near}?" if near else f"its fields are {others}"
    )
