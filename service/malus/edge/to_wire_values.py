"""Owns how any value becomes its message: field by field, by the same names, exact.

Does not own: which message a value has (to_wire). The type of a message's field says how its value is written:
microseconds as Timestamp, Duration or int64, fractions as Ratio, amounts as ExactMoney or, where they are payable,
google.type.Money. A value's field that its message lacks is our fault and stops the call.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import fields
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeVar, cast

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.interval_pb2 import Interval
from google.type.money_pb2 import Money as WireMoney

from malus.model.instants import SECOND, Instant
from malus.model.money import Money, decimal_text, money_text
from malus.model.periods import Period
from malus.model.quantities import Level, Limit, level_text, limit_text
from malus.v1 import quantity_pb2

_M = TypeVar("_M", bound=Message)
_BILLION: Final = 1_000_000_000


def fill(message: _M, value: object, *, without: Iterable[str] = ()) -> _M:
    """Write every field of a dataclass into the message's field of the same name, but those named in `without`.

    None leaves a field unset. Fields that carry evidence or a place beside the meaning go where the message has
    them; any other field that the message lacks is an AssertionError.
    """
    known = message.DESCRIPTOR.fields_by_name
    for entry in fields(value):  # type: ignore[arg-type]  # every caller gives a dataclass
        if entry.name in without or (entry.metadata and entry.name not in known):
            continue
        assert entry.name in known, f"{message.DESCRIPTOR.name} has no field for {type(value).__name__}.{entry.name}"
        put(message, entry.name, getattr(value, entry.name))
    return message


def put(message: Message, name: str, value: object) -> None:
    """Write one value into the field of that name; None and the empty tuple leave it unset."""
    if value is None or value == ():
        return
    field = cast("FieldDescriptor", message.DESCRIPTOR.fields_by_name[name])
    if isinstance(value, tuple):
        target = getattr(message, field.name)
        if field.message_type is None:
            target.extend(_plain(field, item) for item in value)
        else:
            for item in value:
                _write(target.add(), item)
    elif field.message_type is None:
        setattr(message, field.name, _plain(field, value))
    else:
        target = getattr(message, field.name)
        target.SetInParent()  # 1970 is an instant too, and an empty message says so only when it is set
        _write(target, value)


def to_wire_instant(instant: Instant) -> Timestamp:
    """A timestamp in whole microseconds."""
    return Timestamp(seconds=instant // SECOND, nanos=instant % SECOND * 1000)


def to_wire_date(day: datetime.date) -> Date:
    """A whole civil day."""
    return Date(year=day.year, month=day.month, day=day.day)


def to_wire_money(money: Money) -> WireMoney:
    """An amount in whole minor units, or at least in nanos; anything finer is an AssertionError, never a rounding."""
    nanos = money.amount * _BILLION
    assert nanos.denominator == 1, f"{money_text(money)} is not payable, so it has no exact form as google.type.Money"
    units, rest = divmod(abs(nanos.numerator), _BILLION)
    sign = -1 if nanos < 0 else 1
    return WireMoney(currency_code=money.currency, units=sign * units, nanos=sign * rest)


def enum_number(enum: EnumDescriptor, word: str) -> int:
    """The number of a value by the model's word for it, e.g. `half_up`; an unknown word is an AssertionError."""
    number = _numbers(enum).get(word)
    assert number is not None, f"{enum.full_name} has no value for {word!r}"
    return number


def _plain(field: FieldDescriptor, value: object) -> object:
    if field.enum_type is not None:
        return enum_number(field.enum_type, str(value.value if isinstance(value, Enum) else value))
    if field.type == FieldDescriptor.TYPE_STRING:
        return str(value)  # levels carry integers of any length as digits
    assert isinstance(value, int), f"{field.full_name} is a whole number, not {value!r}"
    return value


def _write(message: Message, value: object) -> None:
    write = _WRITERS.get(message.DESCRIPTOR.full_name)
    if write is None:
        fill(message, value)
    else:
        message.CopyFrom(write(value))


def _ratio(value: Fraction) -> quantity_pb2.Ratio:
    return quantity_pb2.Ratio(
        numerator=str(value.numerator), denominator=str(value.denominator), text=decimal_text(value)
    )


def _exact_money(value: Money) -> quantity_pb2.ExactMoney:
    return quantity_pb2.ExactMoney(currency_code=value.currency, amount=_ratio(value.amount), text=money_text(value))


def _level(value: Level) -> quantity_pb2.Level:
    return fill(quantity_pb2.Level(text=level_text(value)), value)


def _limit(value: Limit) -> quantity_pb2.Limit:
    return fill(quantity_pb2.Limit(text=limit_text(value)), value)


def _period(value: Period) -> quantity_pb2.Period:
    whole = None if value.cut_from is None else _interval(*value.cut_from)
    return quantity_pb2.Period(label=value.label, interval=_interval(value.start, value.end), cut_from=whole)


def _interval(start: Instant, end: Instant) -> Interval:
    return Interval(start_time=to_wire_instant(start), end_time=to_wire_instant(end))


def _duration(microseconds: int) -> Duration:
    assert microseconds >= 0, "a length of time is not below zero"
    return Duration(seconds=microseconds // SECOND, nanos=microseconds % SECOND * 1000)


_WRITERS: Final[dict[str, Callable[[Any], Message]]] = {
    "google.protobuf.Timestamp": to_wire_instant,
    "google.protobuf.Duration": _duration,
    "google.type.Date": to_wire_date,
    "google.type.Money": to_wire_money,
    "malus.v1.Ratio": _ratio,
    "malus.v1.ExactMoney": _exact_money,
    "malus.v1.Level": _level,
    "malus.v1.Limit": _limit,
    "malus.v1.Period": _period,
}


@cache
def _numbers(enum: EnumDescriptor) -> dict[str, int]:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {value.name.removeprefix(prefix).lower(): value.number for value in enum.values if value.number}
