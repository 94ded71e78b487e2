"""Owns the kinds of event that may come in columns: their arrays, and which rows of them are plainly well formed.

Does not own: what a row may hold, nor what is wrong with one: a row that is not plainly well formed is only named so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, Final, TypeAlias

from malus.model.event_values import EARLIEST_INSTANT, LARGEST_COUNT, LATEST_INSTANT
from malus.model.events import Check, CheckState, Event, Reading, Tally
from malus.v1 import event_pb2

#: A row as a file has it: names and values, None where nothing is said.
RawRow: TypeAlias = dict[str, str | int | None]
#: The values of a row that is plainly well formed; None where it has to be looked at.
PlainRow: TypeAlias = dict[str, Any] | None

#: The most digits after the point of a value.
MOST_DECIMALS: Final = 12
_SPAN: Final = {"start": "starts", "end": "ends"}
_STATES: Final = {
    value.number: CheckState(value.name.removeprefix("STATE_").lower())
    for value in event_pb2.Check.State.DESCRIPTOR.values
    if value.number
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of event in columns. `arrays_by_field`: the arrays of a row's fields; `example`: what any row might hold.

    `arrays`: those that a message must fill. `faults`: what is wrong with its other fields: which, a reason, why.
    """

    kind: str
    event: Callable[..., Event]
    arrays_by_field: dict[str, str]
    example: RawRow
    arrays: Callable[[Any], tuple[str, ...]]
    plain_values: Callable[[Any], Iterator[PlainRow]]
    raw_rows: Callable[[Any], Callable[[int], RawRow]]
    faults: Callable[[Any], list[tuple[str, str, str]]] = lambda _: []

    def row_count(self, detail: Any) -> int:
        """How many entries the longest array has."""
        return max(len(getattr(detail, array)) for array in self.arrays_by_field.values())

    def shared(self, example: Event) -> dict[str, Any]:
        """What an event has beside the values of its row."""
        own = {"id", "sequence", "start", "end", *self.arrays_by_field}
        return {one.name: getattr(example, one.name) for one in fields(example) if one.name not in own}

    def array_of(self, detail: str, field: str) -> str:
        """The path of the array that holds a field."""
        if field in ("id", "sequence"):
            return f"{field}s"
        return f"{detail}.{self.arrays_by_field.get(field, field)}"


def _check_values(checks: Any) -> Iterator[PlainRow]:
    for at, number in zip(checks.at, checks.states, strict=True):
        state = _STATES.get(number)
        is_plain = state is not None and EARLIEST_INSTANT <= at <= LATEST_INSTANT
        yield {"at": at, "state": state} if is_plain else None


def _check_rows(checks: Any) -> Callable[[int], RawRow]:
    def row(place: int) -> RawRow:
        number = checks.states[place]
        return {"at": checks.at[place], "state": _STATES.get(number, str(number)) if number else None}

    return row


def _tally_values(tallies: Any) -> Iterator[PlainRow]:
    for start, end, good, total in zip(tallies.starts, tallies.ends, tallies.good, tallies.total, strict=True):
        is_plain = EARLIEST_INSTANT <= start <= end <= LATEST_INSTANT and 0 <= good <= total <= LARGEST_COUNT
        yield {"start": start, "end": end, "good": good, "total": total} if is_plain else None


def _tally_rows(tallies: Any) -> Callable[[int], RawRow]:
    arrays = {"start": tallies.starts, "end": tallies.ends, "good": tallies.good, "total": tallies.total}
    return lambda place: {field: array[place] for field, array in arrays.items()}


def _reading_values(readings: Any) -> Iterator[PlainRow]:
    starts, ends = (readings.at, readings.at) if readings.at else (readings.starts, readings.ends)
    scale = 10**readings.decimals
    most = LARGEST_COUNT * scale
    for start, end, value in zip(starts, ends, readings.values, strict=True):
        is_plain = EARLIEST_INSTANT <= start <= end <= LATEST_INSTANT and -most <= value <= most
        yield {"start": start, "end": end, "value": Fraction(value, scale)} if is_plain else None


def _reading_rows(readings: Any) -> Callable[[int], RawRow]:
    times = {"at": readings.at} if readings.at else {"start": readings.starts, "end": readings.ends}

    def row(place: int) -> RawRow:
        value = _pointed(readings.values[place], readings.decimals)
        return {**{field: array[place] for field, array in times.items()}, "value": value}

    return row


def _reading_arrays(readings: Any) -> tuple[str, ...]:
    return ("at", "values") if readings.at else ("starts", "ends", "values")


def _reading_faults(readings: Any) -> list[tuple[str, str, str]]:
    found = []
    if readings.at:
        beside = [name for name in ("starts", "ends") if getattr(readings, name)]
        found = [(name, "unknown-field", "beside `at`: write one or the other") for name in beside]
    if not 0 <= readings.decimals <= MOST_DECIMALS:
        what = f"{readings.decimals} lies outside 0 to {MOST_DECIMALS}: write how many digits stand after the point"
        found.append(("decimals", "malformed-number", what))
    return found


def _pointed(value: int, decimals: int) -> str:
    """A value with its point, as text."""
    digits = str(abs(value)).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}"


#: The kinds by the field of the message that holds them.
KINDS: Final[dict[str, Kind]] = {
    "checks": Kind(
        kind="check",
        event=Check,
        arrays_by_field={"at": "at", "state": "states"},
        example={"at": 0, "state": "up"},
        arrays=lambda _: ("at", "states"),
        plain_values=_check_values,
        raw_rows=_check_rows,
    ),
    "readings": Kind(
        kind="reading",
        event=Reading,
        arrays_by_field={"at": "at", **_SPAN, "value": "values"},
        example={"at": 0, "value": 0},
        arrays=_reading_arrays,
        plain_values=_reading_values,
        raw_rows=_reading_rows,
        faults=_reading_faults,
    ),
    "tallies": Kind(
        kind="tally",
        event=Tally,
        arrays_by_field={**_SPAN, "good": "good", "total": "total"},
        example={"start": 0, "end": 0, "good": 0, "total": 0},
        arrays=lambda _: ("starts", "ends", "good", "total"),
        plain_values=_tally_values,
        raw_rows=_tally_rows,
    ),
}
