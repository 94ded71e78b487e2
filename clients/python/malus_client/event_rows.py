"""Owns how a row in the words of event files becomes messages: one for each fact that the row tells.

Does not own: whether the service takes them; it lists all that is wrong with each. Here only what cannot be written as
a message is refused: columns and words that are none, times and amounts that have no exact reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from malus.v1 import event_pb2

from malus_client.amounts import money_of
from malus_client.event_times import period_of, timestamp_of

#: A row: the columns of event files by name; empty and None are both "not said".
Row: TypeAlias = Mapping[str, str | int | Decimal | datetime | None]

#: The columns of a whole incident told in one row, and the transition that each becomes.
_WHOLE_INCIDENT: Final = {
    "start": "opened",
    "accepted": "accepted",
    "responded": "responded",
    "workaround": "workaround",
    "end": "resolved",
}
_KINDS: Final = {field.name: field for field in event_pb2.Event.DESCRIPTOR.oneofs_by_name["detail"].fields}
#: `recorded_at` is the service's own to say, and judges nothing.
_ENVELOPE: Final = ("id", "source", "agreement", "sequence", "kind", "recorded_at")


class RowError(ValueError):
    """A row that cannot be written as a message: the column, and what is wrong with it."""

    def __init__(self, column: str, what: str) -> None:
        super().__init__(f"{column}: {what}")
        self.column = column
        self.what = what


def messages_of(row: Row, zone: str | None) -> tuple[event_pb2.Event, ...]:
    """The facts of a row; a whole incident in one row is several, with ids such as `<id>#opened`.

    `zone` is where civil times and periods are read, None where only offsets will do. Numbers are text, int or
    Decimal. Raises RowError.
    """
    said = {name: value for name, value in row.items() if value is not None and value != ""}
    for name, value in said.items():
        if isinstance(value, float | bool) or not isinstance(value, str | int | Decimal | datetime):
            raise RowError(name, f"{value!r} is not exact or not plain: write text, an int, a Decimal or a datetime")
    kind = str(said.get("kind", ""))
    if kind not in _KINDS:
        raise RowError("kind", f"{kind!r} is no kind of event: write one of {', '.join(_KINDS)}")
    if kind == "incident" and "start" in said and "transition" not in said:
        return tuple(_message(kind, fact, zone) for fact in _transitions(said))
    return (_message(kind, said, zone),)


def is_civil(row: Row) -> bool:
    """Whether a row may hold a time or a period that needs the agreement's zone to be read."""
    try:
        messages_of(row, None)
    except RowError:
        return True
    return False


def shared(row: Row, agreements: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A fact that several agreements share, once for each of them, with the ids `<id>/<agreement>`."""
    for agreement in agreements:
        yield {**row, "id": f"{row.get('id', '')}/{agreement}", "agreement": agreement}


def _transitions(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    own_id = said.get("id", "")
    beside = {name: value for name, value in said.items() if name not in _WHOLE_INCIDENT and name != "priority"}
    for column, transition in _WHOLE_INCIDENT.items():
        if column in said:
            fact = {**beside, "id": f"{own_id}#{transition}", "transition": transition, "at": said[column]}
            fact.setdefault("incident_id", own_id)
            if transition == "opened" and "priority" in said:
                fact["priority"] = said["priority"]
            yield fact


def _message(kind: str, said: dict[str, Any], zone: str | None) -> event_pb2.Event:
    event = event_pb2.Event(id=str(said.get("id", "")), source=str(said.get("source", "")))
    agreement = str(said.get("agreement", ""))
    event.agreement = agreement if agreement.startswith("agreements/") else f"agreements/{agreement}"
    if "sequence" in said:
        event.sequence = _whole("sequence", said["sequence"])
    detail = getattr(event, kind)
    detail.SetInParent()
    left = {name: value for name, value in said.items() if name not in _ENVELOPE}
    for field in detail.DESCRIPTOR.fields:
        _fill(detail, field, left, zone)
    if left:
        known = ", ".join(field.name for field in detail.DESCRIPTOR.fields)
        raise RowError(next(iter(left)), f"an event of kind {kind} has no such column; it has {known}")
    return event


def _fill(detail: Message, field: FieldDescriptor, left: dict[str, Any], zone: str | None) -> None:
    """Take what the row says of a field out of `left`, into the message."""
    of = field.message_type.full_name if field.message_type is not None else ""
    if of == "google.type.Interval":
        _fill_interval(getattr(detail, field.name), left, zone)
        return
    value = left.pop(field.name, None)
    if of == "google.type.Money" and value is not None:
        code = left.get("currency")
        text = str(value)
        value = f"{text} {code}" if code and " " not in text else text
    if field.name in _last_amounts(detail):
        left.pop("currency", None)
    if value is None:
        return
    try:
        match of:
            case "google.protobuf.Timestamp" if field.name == "period" and isinstance(value, str) and ":" not in value:
                getattr(detail, field.name).CopyFrom(period_of(value, zone)[0])
            case "google.protobuf.Timestamp":
                getattr(detail, field.name).CopyFrom(timestamp_of(value, zone))
            case "google.type.Money":
                getattr(detail, field.name).CopyFrom(money_of(str(value)))
            case "google.type.Decimal":
                getattr(detail, field.name).value = format(value, "f") if isinstance(value, Decimal) else str(value)
            case _ if field.enum_type is not None:
                setattr(detail, field.name, _number(field.enum_type, field.name, str(value)))
            case _ if field.type == FieldDescriptor.TYPE_STRING:
                setattr(detail, field.name, str(value))
            case _:
                setattr(detail, field.name, _whole(field.name, value))
    except ValueError as fault:
        raise fault if isinstance(fault, RowError) else RowError(field.name, str(fault)) from None


def _fill_interval(interval: Any, left: dict[str, Any], zone: str | None) -> None:
    for name, part in (("start", interval.start_time), ("end", interval.end_time)):
        if name in left:
            try:
                part.CopyFrom(timestamp_of(left.pop(name), zone))
            except ValueError as fault:
                raise RowError(name, str(fault)) from None
    # Only a charge and an opening balance say their span as a period; elsewhere `period` is a field of its own.
    if "period" in left and not interval.HasField("start_time") and not interval.HasField("end_time"):
        try:
            start, end = period_of(str(left.pop("period")), zone)
        except ValueError as fault:
            raise RowError("period", str(fault)) from None
        interval.start_time.CopyFrom(start)
        interval.end_time.CopyFrom(end)


def _last_amounts(detail: Message) -> tuple[str, ...]:
    amounts = [
        field.name
        for field in detail.DESCRIPTOR.fields
        if field.message_type is not None and field.message_type.full_name == "google.type.Money"
    ]
    return tuple(amounts[-1:])


def _number(of: EnumDescriptor, column: str, word: str) -> int:
    prefix = of.values_by_number[0].name.removesuffix("UNSPECIFIED")
    known = {value.name.removeprefix(prefix).lower(): value.number for value in of.values if value.number}
    if word not in known:
        raise RowError(column, f"{word!r} is none of {', '.join(known)}")
    return known[word]


def _whole(column: str, value: object) -> int:
    text = str(value)
    if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) <= 19):
        raise RowError(column, f"{text!r} is no whole number of at most 18 digits")
    return int(text)
