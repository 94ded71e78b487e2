"""Owns the collecting of what is wrong with the fields of a request, and the limits that all requests share.

Does not own: the reading of single values, or of events.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from malus.edge.from_wire_events import from_wire_events
from malus.edge.from_wire_values import (
    from_wire_agreement,
    from_wire_date,
    from_wire_instant,
    from_wire_name,
    from_wire_wait,
)
from malus.edge.operations_port import DraftFile
from malus.edge.resource_names import ANY, agreement_name
from malus.edge.violations import FieldViolation, MalformedRequestError
from malus.model.event_values import UnreadableError
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.instants import SECOND, Instant
from malus.v1 import event_pb2, rule_file_pb2

_T = TypeVar("_T")
_V = TypeVar("_V")
EVENTS_LIMIT: Final = 1000
ROWS_LIMIT: Final = 5000
FILES_LIMIT: Final = 100
PAGE_LIMIT: Final = 1000
PAGE_DEFAULT: Final = 100
WAIT_LIMIT: Final = 30 * SECOND


class Fields:
    """The fields of one request: values where they can be read, and all violations, told by `settle`."""

    def __init__(self, request: Message) -> None:
        self._request = request
        self._violations: list[FieldViolation] = []

    def settle(self) -> None:
        """Raise MalformedRequestError with every violation found so far, if there is one."""
        if self._violations:
            raise MalformedRequestError(self._violations)

    def violate(self, field: str, reason: str, description: str) -> None:
        self._violations.append(FieldViolation(field=field, reason=reason, description=description))

    def agreement(self, field: str) -> str:
        """The agreement that the field names; "" where it cannot be read."""
        return self._read(field, from_wire_agreement, self._value(field), "")

    def agreement_or_any(self, field: str) -> str | None:
        """The agreement that the field names, None for `agreements/-`."""
        return None if self._value(field) == agreement_name(ANY) else self.agreement(field)

    def optional_agreement(self, field: str) -> str | None:
        """The agreement that the field names, None where it is empty."""
        return self.agreement(field) if self._value(field) else None

    def name(self, field: str) -> str:
        return self._read(field, from_wire_name, self._value(field), "")

    def optional_name(self, field: str) -> str:
        return self.name(field) if self._value(field) else ""

    def instant(self, field: str) -> Instant | None:
        """The instant of a field, None where it is unset."""
        moment: Timestamp = self._value(field)
        return self._read(field, from_wire_instant, moment, None) if self._request.HasField(field) else None

    def required_instant(self, field: str) -> Instant:
        read = self.instant(field)
        if read is None and not self._request.HasField(field):
            self.violate(field, "missing-field", "it is missing: write an instant")
        return read or 0

    def date(self, field: str) -> datetime.date:
        """The civil day of a required field."""
        day: Date = self._value(field)
        return self._read(field, from_wire_date, day, datetime.date.min)

    def wait(self, field: str) -> int:
        """Microseconds to wait, 0 where the field is unset."""
        length: Duration = self._value(field)
        return self._read(field, lambda value: from_wire_wait(value, WAIT_LIMIT), length, 0)

    def page_size(self, field: str) -> int:
        size: int = self._value(field)
        if size < 0:
            self.violate(field, "negative-number", f"{size} is below zero: write 1 to {PAGE_LIMIT}")
        return min(size, PAGE_LIMIT) or PAGE_DEFAULT

    def word(self, field: str) -> str | None:
        """The model's word for the value of an enum, None for the unspecified one."""
        number: int = self._value(field)
        enum = self._request.DESCRIPTOR.fields_by_name[field].enum_type
        assert enum is not None
        value = enum.values_by_number.get(number)
        if value is None:
            self.violate(field, "unknown-value", f"{number} is no value that this version knows")
        if value is None or number == 0:
            return None
        return value.name.removeprefix(enum.values_by_number[0].name.removesuffix("UNSPECIFIED")).lower()

    def is_full(self, *, unspecified: bool = False) -> bool:
        """Whether the view asks for steps; `unspecified` is what it means when it is not said."""
        word = self.word("view")
        return unspecified if word is None else word == "full"

    def files(self, field: str, *, required: bool) -> tuple[DraftFile, ...]:
        given: Sequence[rule_file_pb2.RuleFile] = self._value(field)
        check_limit(field, FILES_LIMIT, len(given))
        if required and not given:
            self.violate(field, "missing-field", "it is missing: send at least one rule file")
        for place, file in enumerate(given):
            self._read(f"{field}[{place}].path", from_wire_name, file.path, "")
        return tuple(DraftFile(path=file.path, content=file.content) for file in given)

    def events(self, field: str) -> tuple[Event, ...]:
        """Every event of a field, all well formed; otherwise all violations of all events are told."""
        given: Sequence[event_pb2.Event] = self._value(field)
        check_limit(field, EVENTS_LIMIT, len(given))
        read: list[Event] = []
        for event in from_wire_events(self._request, given, field):
            if isinstance(event, tuple):
                self._violations += event
            else:
                read.append(event)
        return tuple(read)

    def _value(self, field: str) -> Any:
        return getattr(self._request, field)

    def _read(self, field: str, read: Callable[[_V], _T], value: _V, otherwise: _T) -> _T:
        try:
            return read(value)
        except UnreadableError as fault:
            self.violate(field, fault.reason, f"{fault.what}: {fault.hint}")
            return otherwise


def check_limit(what: str, limit: int, given: int) -> None:
    """Raise MalusError `limit-exceeded` where more is given than a call may have."""
    if given > limit:
        metadata = {"what": what, "limit": str(limit), "given": str(given)}
        raise MalusError(
            "limit-exceeded", f"{given} {what} are more than {limit}: send them in several calls", metadata
        )
