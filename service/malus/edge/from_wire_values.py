"""Owns how single values of a message become exact ones: instants, amounts, dates, names of resources.

Does not own: which fields a message has, or what a value means. Each function raises UnreadableError, as the readers of
event rows do, so that one collector serves both.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money

from malus.model.event_values import EARLIEST_INSTANT, LATEST_INSTANT, UnreadableError, nearest_of, shown
from malus.model.instants import FIRST_YEAR, LAST_YEAR, SECOND, Instant
from malus.model.money import MINOR_DIGITS

_NANOS: Final = 1_000_000_000
_NAME_LENGTH: Final = 200
_AGREEMENT: Final = re.compile(r"agreements/([^/]+)")


def from_wire_ticks(moment: Timestamp) -> Instant:
    """Whole microseconds of a timestamp, in any year; finer digits and nanos outside 0 to 999,999,999 are refused."""
    if not 0 <= moment.nanos < _NANOS:
        raise UnreadableError("malformed-instant", f"nanos {moment.nanos} lie outside 0 to 999999999", "correct them")
    microseconds, finer = divmod(moment.nanos, 1000)
    if finer:
        what = f"nanos {moment.nanos} are finer than a microsecond"
        raise UnreadableError(
            "malformed-instant", what, "time is counted in microseconds, leave the last three digits 0"
        )
    return int(moment.seconds) * SECOND + microseconds


def from_wire_instant(moment: Timestamp) -> Instant:
    """The instant of a timestamp, in whole microseconds of the years 1900 to 2200."""
    ticks = from_wire_ticks(moment)
    if not EARLIEST_INSTANT <= ticks <= LATEST_INSTANT:
        what = f"{moment.seconds} seconds lie outside the years {FIRST_YEAR} to {LAST_YEAR}"
        raise UnreadableError("malformed-instant", what, "write seconds since 1970, not milliseconds")
    return ticks


def from_wire_wait(length: Duration, most: int) -> int:
    """Microseconds of a length of time, 0 or more; more than `most` is taken as `most`, finer digits are dropped."""
    if length.seconds < 0 or length.nanos < 0 or length.nanos >= _NANOS:
        raise UnreadableError("malformed-duration", "it lies below zero or its nanos out of range", "write 0 or more")
    return min(int(length.seconds) * SECOND + length.nanos // 1000, most)


def from_wire_money_text(money: Money) -> str:
    """The amount as text with its currency, `1000.00 EUR`: exact, units and nanos of one sign, minor digits only."""
    digits = MINOR_DIGITS.get(money.currency_code)
    if digits is None:
        near = nearest_of(money.currency_code.upper(), MINOR_DIGITS)
        what = f"{shown(money.currency_code)} is no ISO 4217 currency"
        raise UnreadableError("unknown-currency", what, f"did you mean {near}?" if near else "write e.g. EUR")
    if not -_NANOS < money.nanos < _NANOS:
        raise UnreadableError("malformed-money", f"nanos {money.nanos} lie outside ±999999999", "carry into units")
    if (money.units > 0 > money.nanos) or (money.units < 0 < money.nanos):
        what = f"units {money.units} and nanos {money.nanos} have different signs"
        raise UnreadableError("malformed-money", what, "write -1.75 as units -1 and nanos -750000000")
    if money.nanos % 10 ** (9 - digits):
        what = f"{money.currency_code} has {digits} minor digits and nanos {money.nanos} has more"
        raise UnreadableError("malformed-money", what, "write what can be paid")
    sign = "-" if money.units < 0 or money.nanos < 0 else ""
    decimals = str(abs(money.nanos)).rjust(9, "0")[:digits]
    return f"{sign}{abs(money.units)}{'.' if decimals else ''}{decimals} {money.currency_code}"


def from_wire_date(day: Date) -> datetime.date:
    """A whole civil day of the years 1900 to 2200."""
    try:
        read = datetime.date(day.year, day.month, day.day)
    except ValueError:
        what = f"{day.year}-{day.month}-{day.day} is no day of the calendar"
        raise UnreadableError("malformed-date", what, "set year, month and day") from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        what = f"{read.isoformat()} lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
        raise UnreadableError("malformed-date", what, "correct the year")
    return read


@lru_cache(maxsize=10_000)
def from_wire_agreement(name: str) -> str:
    """The agreement of a resource name, `agreements/{agreement}`."""
    written = _AGREEMENT.fullmatch(name)
    if written is None:
        raise UnreadableError("malformed-name", f"{shown(name)} names no agreement", "write agreements/{agreement}")
    return from_wire_name(written[1])


def from_wire_name(text: str) -> str:
    """A name of 1 to 200 printable characters without a blank at either end."""
    if not text:
        raise UnreadableError("missing-field", "it is missing", "write a name of 1 to 200 characters")
    if len(text) > _NAME_LENGTH or text != text.strip() or not text.isprintable():
        what = f"{shown(text)} is no name"
        raise UnreadableError("malformed-name", what, "write 1 to 200 printable characters, no blank at either end")
    return text


def from_wire_names(texts: Iterable[str]) -> str:
    """Several names as a row has them, with semicolons between; so none may hold a semicolon itself."""
    names = [from_wire_name(text) for text in texts]
    for name in names:
        if ";" in name:
            raise UnreadableError("malformed-name", f"{shown(name)} holds a semicolon", "write one name each")
    return "; ".join(names)
