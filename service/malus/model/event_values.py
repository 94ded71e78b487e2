"""Owns how one field of an event row is read: text, or a typed integer, becomes an exact value or a reason.

Does not own: which fields a row has (event_fields), or what they mean together (event_rows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Final

from malus.model.durations import Duration, parse_duration
from malus.model.events import Act, Cause, CheckState, DisputeAct, Transition
from malus.model.field_types import LOOKS, FieldType
from malus.model.instants import FIRST_YEAR, LAST_YEAR, CivilTimeFault, Instant, parse_instant
from malus.model.money import MINOR_DIGITS, Money
from malus.model.periods import Cycle, CycleKind, Period, period_labelled

_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?", re.ASCII)
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_AMOUNT: Final = re.compile(r"(\S+)(?: (\S+))?", re.ASCII)
_NAME_LENGTH: Final = 200
#: The largest count a row may hold: eighteen digits.
LARGEST_COUNT: Final = 10**18 - 1
#: Typed instants outside these are refused as texts outside are: the first of 1900 and of 2201, UTC.
EARLIEST_INSTANT: Final = parse_instant(f"{FIRST_YEAR}-01-01", "UTC")
LATEST_INSTANT: Final = parse_instant(f"{LAST_YEAR}-12-31T23:59:59.999999Z", None)
_PERIOD_SHAPES: Final[tuple[tuple[str, CycleKind], ...]] = (
    (r"\d{4}", "year"),
    (r"\d{4}-Q[1-4]", "quarter"),
    (r"\d{4}-\d{2}", "month"),
    (r"\d{4}-W\d{2}", "week"),
    (r"\d{4}-\d{2}-\d{2}", "day"),
)


class UnreadableError(ValueError):
    """A value that its field does not take: a stable reason, what is wrong, and what to write instead."""

    def __init__(self, reason: str, what: str, hint: str) -> None:
        super().__init__(reason, what, hint)
        self.reason = reason
        self.what = what
        self.hint = hint


def read_value(of: FieldType, value: str | int, zone: str | None) -> object:
    """The exact value of a field, from text or, out of a typed column, from an integer.

    An integer is microseconds since the Unix epoch where an instant is asked for. Civil times, dates and
    periods need `zone`. An amount without its currency is a bare number (Fraction): the row says which
    currency. Raises UnreadableError; nothing is rounded or guessed.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _refused_type(value, of)
    return _READERS[of](value, zone)


def nearest_of(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most alike, or None where none is close."""
    close = get_close_matches(word, sorted(known), n=1)
    return close[0] if close else None


def shown(value: object) -> str:
    """A value as messages quote it: at most sixty characters."""
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def shown_name(name: str) -> str:
    """A column's name as messages print it: at most sixty characters, control characters as signs."""
    return name[:60] if name[:60].isprintable() else ascii(name[:60])[1:-1]


def _refused_type(value: object, of: FieldType) -> UnreadableError:
    if isinstance(value, float):
        what = "a binary floating-point number is not exact"
        return UnreadableError("inexact-number", what, "send it as text or as a decimal: 99.95")
    kind = type(value).__name__
    return UnreadableError("wrong-type", f"{kind} is no value of an event row", f"write {LOOKS[of]}")


def _name(value: str | int, _zone: str | None) -> str:
    text = str(value)
    hint = f"write {LOOKS['name']}"
    if len(text) > _NAME_LENGTH:
        raise UnreadableError("malformed-name", f"{shown(text)} is {len(text)} characters long", hint)
    if text != text.strip():
        raise UnreadableError("malformed-name", f"{shown(text)} begins or ends with a blank", "leave the blank out")
    if not text.isprintable():
        raise UnreadableError("malformed-name", f"{shown(text)} holds a character that does not print", hint)
    return text


def _names(value: str | int, zone: str | None) -> tuple[str, ...]:
    parts = [part.strip(" ") for part in str(value).split(";")]
    if not all(parts):
        what = f"{shown(value)} has a semicolon and no name beside it"
        raise UnreadableError("malformed-name", what, f"write {LOOKS['names']}")
    return tuple(sorted({_name(part, zone) for part in parts}))


def _instant(value: str | int, zone: str | None) -> Instant:
    if isinstance(value, int):
        if not EARLIEST_INSTANT <= value <= LATEST_INSTANT:
            what = f"{value} microseconds lie outside the years {FIRST_YEAR} to {LAST_YEAR}"
            raise UnreadableError("malformed-instant", what, "check the column's unit")
        return value
    try:
        return parse_instant(value, zone)
    except CivilTimeFault as fault:
        what, _, hint = fault.message.partition(": ")
        raise UnreadableError(fault.reason, what, hint) from None


def _period(value: str | int, zone: str | None) -> Instant:
    if isinstance(value, str) and ":" in value:
        return _instant(value, zone)
    return _stretch(value, zone).start


def _stretch(value: str | int, zone: str | None) -> Period:
    text = str(value)
    kind = next((kind for shape, kind in _PERIOD_SHAPES if re.fullmatch(shape, text, re.ASCII)), None)
    if kind is None:
        raise UnreadableError("malformed-period", f"{shown(text)} names no period", f"write {LOOKS['period']}")
    if zone is None:
        what = f"the period {text} needs a time zone and none is known here"
        raise UnreadableError("malformed-period", what, "write start and end with an offset instead")
    try:
        return period_labelled(Cycle(kind=kind), text, zone)
    except (ValueError, OverflowError):
        what = f"the calendar has no {kind} {text}"
        raise UnreadableError("malformed-period", what, f"write {LOOKS['period']}") from None


def _integer(value: str | int, hint: str) -> int:
    if isinstance(value, int):
        number = value
    elif _INTEGER.fullmatch(value):
        number = int(value)
    else:
        raise UnreadableError("malformed-number", f"{shown(value)} is no whole number", hint)
    if abs(number) > LARGEST_COUNT:
        raise UnreadableError("malformed-number", f"{number} has more than 18 digits", hint)
    return number


def _order(value: str | int, _zone: str | None) -> int:
    return _integer(value, f"write {LOOKS['order']} of at most 18 digits")


def _whole(value: str | int, _zone: str | None) -> int:
    hint = f"write {LOOKS['whole']}, of at most 18 digits"
    number = _integer(value, hint)
    if number < 0:
        raise UnreadableError("negative-number", f"{number} is below zero", hint)
    return number


def _number(value: str | int, _zone: str | None) -> Fraction:
    if isinstance(value, int):
        return Fraction(_order(value, None))
    if not _NUMBER.fullmatch(value):
        hint = "write at most 18 digits, then at most 12 decimals after a point: 99.95"
        raise UnreadableError("malformed-number", f"{shown(value)} is no number", hint)
    return Fraction(value)


def _money(value: str | int, zone: str | None) -> Money | Fraction:
    written = _AMOUNT.fullmatch(str(value))
    if written is None:
        raise UnreadableError("malformed-money", f"{shown(value)} is no amount", f"write {LOOKS['money']}")
    amount = _number(written[1], zone)
    if amount < 0:
        raise UnreadableError("negative-number", f"{shown(value)} is below zero", "write what was charged, 0 or more")
    if written[2] is None:
        return amount
    return Money(amount=amount, currency=_currency(written[2], zone))


def _currency(value: str | int, _zone: str | None) -> str:
    code = str(value)
    if code not in MINOR_DIGITS:
        near = nearest_of(code.upper(), MINOR_DIGITS)
        hint = f"did you mean {near}?" if near else f"write {LOOKS['currency']}"
        raise UnreadableError("unknown-currency", f"{shown(code)} is no ISO 4217 currency", hint)
    return code


def _unit(value: str | int, _zone: str | None) -> str:
    unit = str(value)
    if unit in ("%", "count") or _is_unit_of_time(unit):
        return unit
    raise UnreadableError("unknown-value", f"{shown(unit)} is no unit", "write %, count, or seconds, minutes, hours …")


def _share(value: str | int, zone: str | None) -> Fraction:
    percent = _number(value.removesuffix(" %") if isinstance(value, str) else value, zone)
    if not 0 <= percent <= 100:
        raise UnreadableError("share-out-of-range", f"{shown(value)} is no part of a whole", f"write {LOOKS['share']}")
    return percent / 100


def _is_unit_of_time(unit: str) -> bool:
    try:
        duration: Duration = parse_duration(f"1 {unit}")
    except ValueError:
        return False
    return duration.is_exact


def _length(value: str | int, _zone: str | None) -> Duration:
    text, hint = str(value), f"write {LOOKS['length']}"
    try:
        length = parse_duration(text)
    except ValueError:
        raise UnreadableError("malformed-length", f"{shown(text)} is no length of time", hint) from None
    if not (length.is_exact or length.unit in ("days", "weeks")):
        what = f"{shown(text)} has another length wherever it starts, so two of them would not add up"
        raise UnreadableError("malformed-length", what, hint)
    if not length.number:
        raise UnreadableError("malformed-length", f"{shown(text)} is no time at all", hint)
    return length


def _one_of(values: type[StrEnum]) -> Callable[[str | int, str | None], StrEnum]:
    def read(value: str | int, _zone: str | None) -> StrEnum:
        word = str(value)
        known = [item.value for item in values]
        if word in known:
            return values(word)
        near = nearest_of(word, known)
        hint = f"did you mean {near}?" if near else f"write one of {', '.join(known)}"
        raise UnreadableError("unknown-value", f"{shown(word)} is none of {', '.join(known)}", hint)

    return read


_READERS: Final[dict[FieldType, Callable[[str | int, str | None], object]]] = {
    "name": _name,
    "instant": _instant,
    "period": _period,
    "stretch": _stretch,
    "whole": _whole,
    "order": _order,
    "number": _number,
    "money": _money,
    "unit": _unit,
    "share": _share,
    "currency": _currency,
    "state": _one_of(CheckState),
    "transition": _one_of(Transition),
    "cause": _one_of(Cause),
    "act": _one_of(Act),
    "names": _names,
    "dispute_act": _one_of(DisputeAct),
    "length": _length,
}
