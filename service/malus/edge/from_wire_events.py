"""Owns how an event message becomes an event, or the list of everything that is wrong with it.

Does not own: which fields an event needs and what they mean together: `model.event_rows` reads rows of files and
messages alike. Here are only what a message can get wrong by itself, and the paths by which a caller finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.unknown_fields import UnknownFieldSet

from malus.edge.from_wire_values import (
    from_wire_agreement,
    from_wire_instant,
    from_wire_money_text,
    from_wire_name,
    from_wire_names,
)
from malus.edge.plain_messages import plain_event
from malus.edge.violations import FieldViolation
from malus.model.event_rows import FieldFault, event_from_row
from malus.model.event_values import UnreadableError, shown
from malus.model.events import Event
from malus.model.instants import utc_text
from malus.v1 import event_pb2

_INTERVAL: Final = {"start": "interval.start_time", "end": "interval.end_time"}
_ENVELOPE: Final = ("id", "source", "agreement", "sequence", "subjects", "corrects", "corrects_source")
#: Sources are few and said with every event.
_said_before: Final = lru_cache(maxsize=1000)(from_wire_name)
_UNSTATED: Final = "write one of the kinds of event that this version knows"


def from_wire_events(
    request: Message, messages: Sequence[event_pb2.Event], field: str
) -> list[Event | tuple[FieldViolation, ...]]:
    """Every event of a field of a request, or its violations, as `from_wire_event` reads one."""
    is_known = _knows_all_fields(request)
    return [
        (plain_event(message) if is_known else None) or from_wire_event(message, f"{field}[{place}]", is_known=is_known)
        for place, message in enumerate(messages)
    ]


def from_wire_event(
    message: event_pb2.Event, path: str, *, is_known: bool = False
) -> Event | tuple[FieldViolation, ...]:
    """The event that a message states, or all of its violations, each with the path of its field under `path`.

    Instants become microseconds, decimals and money stay text until their form is checked. A field or a value of an
    enum that this version does not know is a violation: nothing is passed over in silence. `is_known`: somebody has
    looked, and there is no field that this version does not know.
    """
    reading = _Reading(path)
    later = not is_known and reading.unknown_fields(message)
    kind = message.WhichOneof("detail")
    reading.take("id", "id", from_wire_name, message.id)
    reading.take("source", "source", _said_before, message.source)
    reading.take("agreement", "agreement", from_wire_agreement, message.agreement)
    if message.HasField("sequence"):
        reading.row["sequence"] = message.sequence
    for name in ("corrects", "corrects_source"):
        if getattr(message, name):
            reading.take(name, name, from_wire_name, getattr(message, name))
    if message.subjects:
        reading.take("subjects", "subjects", from_wire_names, message.subjects)
    if kind is None:
        if not later:
            reading.violate("detail", "missing-field", "it is missing", _UNSTATED)
        return tuple(reading.violations)
    reading.kind = reading.row["kind"] = kind
    reading.detail(getattr(message, kind))
    return reading.event()


class _Reading:
    """An event on its way: the row so far, the violations so far, and the row's fields they stand for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.kind = ""
        self.row: dict[str, str | int | None] = {}
        self.violations: list[FieldViolation] = []
        self.settled: set[str] = set()

    def violate(self, field: str, reason: str, what: str, hint: str) -> None:
        self.violations.append(
            FieldViolation(field=f"{self.path}.{field}", reason=reason, description=f"{what}: {hint}")
        )

    def take(self, name: str, field: str, read: Callable[[Any], str | int], value: object) -> None:
        try:
            self.row[name] = read(value)
        except UnreadableError as fault:
            self.settled.add(name)
            self.violate(field, fault.reason, fault.what, fault.hint)

    def detail(self, message: Message) -> None:
        for field, of in _fields(message.DESCRIPTOR.full_name):
            if field.has_presence and of != "enum" and not message.HasField(field.name):
                continue  # not stated, which is something else than nought
            if of in {"count", "text"}:
                self.row[field.name] = getattr(message, field.name)
            elif of == "enum":
                self._enum(field, getattr(message, field.name))
            else:
                self._message(field.name, of, getattr(message, field.name))

    def event(self) -> Event | tuple[FieldViolation, ...]:
        read = event_from_row(self.row, zone=None, index=0, evidence="")
        for fault in read:
            if isinstance(fault, FieldFault) and fault.field not in self.settled:
                # A span has no name in a row: without one the row asks for a period, which the wire does not have.
                no_span = fault.field == "period" and self.kind in ("charge", "opening")
                hint = "set start_time and end_time" if no_span else fault.hint
                self.violate(self._field_of(fault.field), fault.reason, fault.what, hint)
        if self.violations:
            return tuple(self.violations)
        (event,) = read  # a message states one fact; only a row of a file may tell a whole incident
        assert not isinstance(event, FieldFault)
        return event

    def unknown_fields(self, message: event_pb2.Event) -> bool:
        """Violate each field that this version does not know; whether the event itself, so its detail, has one."""
        if _knows_all_fields(message):
            return False
        own = dict.fromkeys(number for path, number in unknown_fields_of(message) if not path)
        for number in own:
            self.violate("detail", "unknown-field", f"this version knows no field {number}", _UNSTATED)
        for path, number in unknown_fields_of(message):
            if path:
                self.violate(path, "unknown-field", f"this version knows no field {number} of it", "leave it out")
        return bool(own)

    def _enum(self, field: FieldDescriptor, number: int) -> None:
        assert field.enum_type is not None
        if number == 0:
            return  # not stated, and the row says whether it must be
        value = _values(field.enum_type).get(number)
        if value is None:
            self.settled.add(field.name)
            known = ", ".join(_values(field.enum_type).values())
            self.violate(self._field_of(field.name), "unknown-value", f"{number} is no value of it", f"write {known}")
        else:
            self.row[field.name] = value

    def _message(self, name: str, of: str, value: Any) -> None:
        field = f"{self.kind}.{name}"
        match of:
            case "google.protobuf.Timestamp":
                # A row reads whole numbers as instants everywhere but in `period`, where they would be years.
                read = _instant_text if name == "period" else from_wire_instant
                self.take(name, field, read, value)
            case "google.type.Money":
                self.take(name, field, from_wire_money_text, value)
            case "google.type.Decimal":
                self.row[name] = value.value
            case "google.type.Interval":
                for end, part in _INTERVAL.items():
                    inner = part.removeprefix("interval.")
                    if value.HasField(inner):
                        self.take(end, f"{field}.{inner}", from_wire_instant, getattr(value, inner))
            case _:
                raise AssertionError(f"no reader for {of}, field {shown(name)}")

    def _field_of(self, name: str) -> str:
        if name in _ENVELOPE:
            return name
        if name == "period" and self.kind in ("charge", "opening"):
            return f"{self.kind}.interval"
        return f"{self.kind}.{_INTERVAL.get(name, name)}"


def unknown_fields_of(message: Message) -> Iterator[tuple[str, int]]:
    """The fields that this version does not know, of a message ("") and of those it holds (their paths), by number."""
    if not _knows_all_fields(message):
        yield from (("", number) for number in _unknown(message))
        yield from _unknown_beneath(message, "")


def _knows_all_fields(message: Message) -> bool:
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return known.ByteSize() == message.ByteSize()


def _instant_text(moment: Timestamp) -> str:
    return utc_text(from_wire_instant(moment))


@cache
def _fields(message: str) -> tuple[tuple[FieldDescriptor, str], ...]:
    """The fields of a detail, each with what it holds: text, count, enum, or the name of a message."""
    descriptor = event_pb2.DESCRIPTOR.message_types_by_name[message.rpartition(".")[2]]
    found = []
    for field in descriptor.fields:
        if field.message_type is not None:
            found.append((field, field.message_type.full_name))
        elif field.enum_type is not None:
            found.append((field, "enum"))
        else:
            found.append((field, "text" if field.type == FieldDescriptor.TYPE_STRING else "count"))
    return tuple(found)


@cache
def _values(enum: EnumDescriptor) -> dict[int, str]:
    """The values of an enum in the words of the model, less the unspecified one."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {value.number: value.name.removeprefix(prefix).lower() for value in enum.values if value.number}


def _unknown_beneath(message: Message, path: str) -> Iterator[tuple[str, int]]:
    for field, value in message.ListFields():
        if field.message_type is not None:
            here = f"{path}.{field.name}" if path else field.name
            yield from ((here, number) for number in _unknown(value))
            yield from _unknown_beneath(value, here)


def _unknown(message: Message) -> list[int]:
    found = UnknownFieldSet(message)
    return [found[place].field_number for place in range(len(found))]
