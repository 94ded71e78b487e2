"""Owns how many events of one kind, given in columns, are written as messages that a call takes.

Does not own: what happens to a call, or what a column means: columns have the names of event files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from malus.v1 import event_columns_pb2, event_pb2

from malus_client.batches import MOST_BYTES
from malus_client.event_rows import RowError
from malus_client.event_times import timestamp_of

#: What one call may carry.
MOST_ROWS: Final = 5_000
#: What a row may take beside its id: two instants, two numbers, a place in the order.
_ROW_BYTES: Final = 64
_MILLION: Final = 1_000_000
_DETAILS: Final = {"check": "checks", "reading": "readings", "tally": "tallies"}
_ARRAYS: Final = {"start": "starts", "end": "ends", "value": "values", "state": "states"}
_TIMES: Final = ("at", "start", "end")
_OF_ALL: Final = ("source", "agreement", "service", "site", "id_prefix", "subjects")

Column = Sequence[str | int | Decimal | datetime]


def columns_of(
    kind: str, columns: Mapping[str, Column], alike: Mapping[str, Any], *, first_number: int | None
) -> Iterator[event_columns_pb2.EventColumns]:
    """The rows in order, in as few messages as calls take. `alike`: what every row says. Raises RowError."""
    if kind not in _DETAILS:
        raise RowError("kind", f"{kind!r} does not come in columns: write one of {', '.join(_DETAILS)}")
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) != 1:
        raise RowError(next(iter(lengths), "columns"), f"columns have one length, and at least one is given: {lengths}")
    ids = [len(str(name).encode()) for name in columns.get("id", ())]
    each = min(MOST_ROWS, MOST_BYTES // (max(ids, default=0) + _ROW_BYTES))
    decimals = max((_decimals(value) for value in columns.get("value", ())), default=0)
    for first in range(0, next(iter(lengths.values())), each):
        message = event_columns_pb2.EventColumns(**{name: value for name, value in alike.items() if name in _OF_ALL})
        if first_number is not None:
            message.first_number = first_number + first
        detail = getattr(message, _DETAILS[kind])
        detail.SetInParent()
        for name, value in alike.items():
            if name not in _OF_ALL:
                _set(detail, name, value)
        if decimals:
            _set(detail, "decimals", decimals)
        for name, column in columns.items():
            _fill(message, detail, name, column[first : first + each], decimals)
        yield message


def _set(detail: Any, name: str, value: object) -> None:
    if name not in detail.DESCRIPTOR.fields_by_name:
        raise RowError(name, "rows of this kind have no such field")
    setattr(detail, name, value)


def _fill(message: Any, detail: Any, name: str, column: Column, decimals: int) -> None:
    if name in ("id", "sequence"):
        getattr(message, f"{name}s").extend(column)
        return
    array = getattr(detail, _ARRAYS.get(name, name), None)
    if array is None:
        raise RowError(name, "rows of this kind have no such column")
    try:
        if name in _TIMES:
            array.extend(_ticks(moment) for moment in column)
        elif name == "value":
            array.extend(_scaled(value, decimals) for value in column)
        elif name == "state":
            array.extend(event_pb2.Check.State.Value(f"STATE_{str(state).upper()}") for state in column)
        else:
            array.extend(column)
    except (ValueError, TypeError) as fault:
        raise RowError(name, str(fault)) from None


def _ticks(moment: Any) -> int:
    if type(moment) is int:
        return moment
    stamp = timestamp_of(moment, None)
    return int(stamp.seconds) * _MILLION + stamp.nanos // 1000


def _scaled(value: Any, decimals: int) -> int:
    # In text, not by scaleb: a context would round beyond its precision.
    whole, _, part = format(Decimal(value), "f").partition(".")
    return int(whole + part.ljust(decimals, "0"))


def _decimals(value: Any) -> int:
    """How many digits of a number stand after its point."""
    try:
        if type(value) not in (int, str, Decimal):
            raise TypeError(value)
        number = Decimal(value)
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or not -12 <= exponent <= 0 or abs(number) >= 10**18:
            raise ValueError(value)
    except (ArithmeticError, TypeError, ValueError):
        what = "no number of at most 18 digits and 12 decimals: write an int, a Decimal or text"
        raise RowError("value", f"{value!r} is {what}") from None
    return -exponent
