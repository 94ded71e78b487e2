"""Owns events in messages that are plainly well formed: they are built as they stand.

Does not own: what a field may hold, nor what is wrong with one: a message that says anything else than is read here, or
says it otherwise, is only named so, and is read as a row of a file is (`from_wire_events`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from google.protobuf.message import Message
from google.type.interval_pb2 import Interval

from malus.edge.from_wire_values import from_wire_agreement, from_wire_instant, from_wire_name
from malus.model.event_values import LARGEST_COUNT, UnreadableError
from malus.model.events import Event, Outage, Tally
from malus.v1 import event_pb2


def plain_event(message: event_pb2.Event) -> Event | None:
    """The event of a message that is plainly well formed; None where it has to be looked at.

    The message has no field that this version does not know.
    """
    values: dict[str, Any] = {}
    kind: Callable[[dict[str, Any], Message], Event | None] | None = None
    try:
        for field, value in message.ListFields():
            name = field.name
            read = _ENVELOPE.get(name)
            if read is not None:
                values[name] = read(value)
            elif name in _KINDS:
                kind, detail = _KINDS[name], value
            else:
                return None
        if kind is None or len(values.keys() & _NEEDED) < len(_NEEDED):
            return None
        return kind(values, detail)
    except UnreadableError:
        return None


def _outage(values: dict[str, Any], detail: Message) -> Event | None:
    if not _take(values, detail, _OF_OUTAGES):
        return None
    start, end = values.get("start"), values.get("end")
    return Outage(**values) if start is not None and (end is None or start <= end) else None


def _tally(values: dict[str, Any], detail: Message) -> Event | None:
    values["good"] = values["total"] = 0  # a count of nothing is not written
    if not _take(values, detail, _OF_TALLIES):
        return None
    start, end = values.get("start"), values.get("end")
    is_plain = start is not None and end is not None and start <= end
    return Tally(**values) if is_plain and 0 <= values["good"] <= values["total"] <= LARGEST_COUNT else None


def _take(values: dict[str, Any], detail: Message, readers: dict[str, Callable[[Any], Any]]) -> bool:
    """Read every field that is set; whether all of them can be read here."""
    for field, value in detail.ListFields():
        name = field.name
        if name == "interval":
            _take_interval(values, value)
        elif name in readers:
            values[name] = readers[name](value)
        else:
            return False
    return True


def _take_interval(values: dict[str, Any], interval: Interval) -> None:
    if interval.HasField("start_time"):
        values["start"] = from_wire_instant(interval.start_time)
    if interval.HasField("end_time"):
        values["end"] = from_wire_instant(interval.end_time)


def _sequence(number: int) -> int:
    if not -LARGEST_COUNT <= number <= LARGEST_COUNT:
        raise UnreadableError("malformed-number", "", "")
    return number


#: Names that are few and said with every event.
_said_before: Final = lru_cache(maxsize=1000)(from_wire_name)
_ENVELOPE: Final[dict[str, Callable[[Any], Any]]] = {
    "id": from_wire_name,
    "source": _said_before,
    "agreement": from_wire_agreement,
    "sequence": _sequence,
}
_NEEDED: Final = frozenset({"id", "source", "agreement"})
_NAMED: Final[dict[str, Callable[[Any], Any]]] = {"service": _said_before, "site": _said_before}
_OF_OUTAGES: Final[dict[str, Callable[[Any], Any]]] = {
    **_NAMED,
    "outage_id": from_wire_name,
    "severity": _said_before,
    "reported_at": from_wire_instant,
}
_OF_TALLIES: Final[dict[str, Callable[[Any], Any]]] = {**_NAMED, "indicator": _said_before, "good": int, "total": int}
_KINDS: Final = {"outage": _outage, "tally": _tally}
