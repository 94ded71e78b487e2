"""The way back from messages to values, and any value of a type: what the product never needs and its tests do.

A value's type and its message's field say together what may stand there: an int is an instant where the message has
a Timestamp, and a length of time where it has a Duration.
"""

import types
from dataclasses import fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st
from malus.model.money import Money
from malus.model.periods import Period

INSTANTS = st.integers(-2_208_988_800_000_000, 7_289_654_399_999_999)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NUMBERS = st.fractions(-1000, 1000, max_denominator=97)


@cache
def hints(value_type: type) -> dict[str, Any]:
    return get_type_hints(value_type)


def told_fields(value_type: type, descriptor: Descriptor) -> list[str]:
    """The fields of a value that its message tells: all but evidence and such."""
    return [f.name for f in fields(value_type) if not f.metadata or f.name in descriptor.fields_by_name]


def any_value(value_type: Any, descriptor: Descriptor, **settled: Any) -> st.SearchStrategy[Any]:
    """Any value of a dataclass whose message is described; the settled fields are as they are given."""
    if value_type is Period:
        return st.tuples(INSTANTS, st.integers(2, 10**12), st.booleans()).map(_period)
    parts = {
        name: _any_of(hints(value_type)[name], descriptor.fields_by_name[name])
        for name in told_fields(value_type, descriptor)
        if name not in settled
    }
    return st.builds(value_type, **parts, **{name: st.just(value) for name, value in settled.items()})


def _period(drawn: tuple[int, int, bool]) -> Period:
    start, length, is_part = drawn
    cut_from = (start - 1, start + length + 5) if is_part else None
    return Period(start=start, end=start + length, label="2026-06", cut_from=cut_from)


def _any_of(hint: Any, field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = [part for part in get_args(hint) if part is not type(None)]
        return st.none() | _any_of(inner, field)
    if get_origin(hint) is tuple:
        return st.lists(_any_of(get_args(hint)[0], field), max_size=3).map(tuple)
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if hint is str:
        return TEXTS
    if hint is bool:
        return st.booleans()
    if hint is Fraction:
        return NUMBERS
    if hint is Money:
        payable = field.message_type.full_name == "google.type.Money"
        amounts = st.integers(-(10**15), 10**15).map(lambda cents: Fraction(cents, 100)) if payable else NUMBERS
        return st.builds(Money, amount=amounts, currency=st.sampled_from(["EUR", "KWD", "JPY"]))
    if hint is int:
        return _any_int(field)
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    return any_value(hint, field.message_type)


def _any_int(field: FieldDescriptor) -> st.SearchStrategy[int]:
    if field.type == FieldDescriptor.TYPE_STRING:  # digits of any length; a denominator is above zero
        return st.integers(1, 10**30)
    if field.message_type is None:
        return st.integers(0, 2**31 - 1)
    return INSTANTS if field.message_type.name == "Timestamp" else st.integers(0, 10**15)


def read_back(message: Message, value_type: Any, **settled: Any) -> Any:
    """The value that a message tells, from nothing but the message, the value's type and the settled fields."""
    if value_type is Period:
        return Period(
            label=message.label,
            start=_ticks(message.interval.start_time),
            end=_ticks(message.interval.end_time),
            cut_from=(_ticks(message.cut_from.start_time), _ticks(message.cut_from.end_time))
            if message.HasField("cut_from")
            else None,
        )
    values = dict(settled)
    for name in set(told_fields(value_type, message.DESCRIPTOR)) - set(settled):
        values[name] = _read(message, message.DESCRIPTOR.fields_by_name[name], hints(value_type)[name])
    return value_type(**values)


def _read(message: Message, field: FieldDescriptor, hint: Any) -> Any:
    value = getattr(message, field.name)
    if get_origin(hint) in (Union, types.UnionType):
        if field.has_presence and not message.HasField(field.name):
            return None
        (hint,) = [part for part in get_args(hint) if part is not type(None)]
    elif field.message_type is not None and get_origin(hint) is not tuple:
        assert message.HasField(field.name), f"{field.full_name} is always told"
    if get_origin(hint) is tuple:
        return tuple(_one(item, field, get_args(hint)[0]) for item in value)
    return _one(value, field, hint)


def _one(value: Any, field: FieldDescriptor, hint: Any) -> Any:
    if field.enum_type is not None:
        zero = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
        word = field.enum_type.values_by_number[value].name.removeprefix(zero).lower()
        assert word != "unspecified"
        return hint(word) if isinstance(hint, type) and issubclass(hint, StrEnum) else word
    if hint is Fraction:
        return Fraction(int(value.numerator), int(value.denominator))
    if hint is Money and field.message_type.name == "Money":
        return Money(amount=value.units + Fraction(value.nanos, 10**9), currency=value.currency_code)
    if hint is Money:
        amount = Fraction(int(value.amount.numerator), int(value.amount.denominator))
        return Money(amount=amount, currency=value.currency_code)
    if hint is int:
        return int(value) if field.message_type is None else _ticks(value)
    return read_back(value, hint) if is_dataclass(hint) else value


def _ticks(moment: Any) -> int:
    micros, finer = divmod(moment.nanos, 1000)
    assert finer == 0
    return int(moment.seconds * 1_000_000 + micros)
