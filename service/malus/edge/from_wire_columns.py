"""Owns how events in columns become events, each row with its own violations, all faults of the call told at once.

Does not own: what a field may hold. Rows that are plainly well formed are built as they stand (column_kinds); any other
is read as a row of a file is (`model.event_rows`), and that says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final, TypeAlias

from malus.edge.column_kinds import KINDS, Kind, RawRow
from malus.edge.from_wire_events import unknown_fields_of
from malus.edge.from_wire_values import from_wire_agreement, from_wire_name, from_wire_names
from malus.edge.requests import Fields
from malus.edge.violations import FieldViolation
from malus.model.event_rows import FieldFault, event_from_row
from malus.model.event_values import LARGEST_COUNT, UnreadableError
from malus.model.events import Event
from malus.v1 import event_columns_pb2

Header: TypeAlias = dict[str, str]
_HEADER: Final = ("service", "site")
_DETAIL_HEADER: Final = ("indicator", "unit", "delivery_id")


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One row: whose it is, as given, and its event or everything that is wrong with it."""

    source: str
    id: str
    read: Event | tuple[FieldViolation, ...]


def from_wire_columns(fields: Fields, columns: Sequence[event_columns_pb2.EventColumns], field: str) -> list[ColumnRow]:
    """Every row, in order. What is wrong with more than one row is a violation of the call, in `fields`."""
    rows: list[ColumnRow] = []
    for place, message in enumerate(columns):
        rows += _Columns(fields, message, f"{field}[{place}]").rows()
    return rows


def row_count(columns: event_columns_pb2.EventColumns) -> int:
    """How many rows there are: as many as the longest array has entries."""
    name = columns.WhichOneof("detail")
    return 0 if name is None else KINDS[name].row_count(getattr(columns, name))


class _Columns:
    """One set of columns on its way."""

    def __init__(self, fields: Fields, message: event_columns_pb2.EventColumns, path: str) -> None:
        self._fields = fields
        self._message = message
        self._path = path
        self._faults = 0

    def rows(self) -> list[ColumnRow]:
        for name, number in unknown_fields_of(self._message):
            self._violate(
                name or "detail", "unknown-field", f"this version knows no field {number} of it: leave it out"
            )
        header = self._header()
        name = self._message.WhichOneof("detail")
        if name is None:
            self._violate("detail", "missing-field", "it is missing: write checks, readings or tallies")
            return []
        kind, detail = KINDS[name], getattr(self._message, name)
        header |= {part: text for part in _DETAIL_HEADER if (text := getattr(detail, part, ""))}
        count = self._count(kind, name, detail)
        ids, sequences = self._ids(count), self._sequences(count)
        shared = self._shared(kind, name, header)
        if self._faults:
            return []
        return list(self._read(kind, name, detail, header, shared, ids, sequences))

    def _violate(self, name: str, reason: str, description: str) -> None:
        self._faults += 1
        self._fields.violate(f"{self._path}.{name}", reason, description)

    def _header(self) -> Header:
        """What every row says alike, where it can be read."""
        message = self._message
        header = {name: text for name in _HEADER if (text := getattr(message, name))}
        self._take(header, "source", from_wire_name, message.source)
        self._take(header, "agreement", from_wire_agreement, message.agreement)
        if message.subjects:
            self._take(header, "subjects", from_wire_names, message.subjects)
        return header

    def _take(self, header: Header, name: str, read: Callable[[Any], str], value: object) -> None:
        try:
            header[name] = read(value)
        except UnreadableError as fault:
            self._violate(name, fault.reason, f"{fault.what}: {fault.hint}")

    def _count(self, kind: Kind, name: str, detail: Any) -> int:
        """How many rows there are; a violation for every array that does not have as many."""
        arrays = kind.arrays(detail)
        count = max(len(getattr(detail, array)) for array in arrays)
        if not count:
            self._violate(f"{name}.{arrays[0]}", "missing-field", "it is missing: send at least one row")
        for array in arrays:
            self._same_length(f"{name}.{array}", len(getattr(detail, array)), count)
        for part, reason, why in kind.faults(detail):
            self._violate(f"{name}.{part}", reason, why)
        return count

    def _same_length(self, array: str, length: int, count: int) -> None:
        if length != count:
            what = f"it has {length} entries and the longest array {count}: write one for each row"
            self._violate(array, "unequal-columns", what)

    def _ids(self, count: int) -> Sequence[str]:
        message = self._message
        if not message.id_prefix:
            if message.HasField("first_number"):
                self._violate(
                    "first_number", "unknown-field", "only rows with an `id_prefix` are numbered: leave it out"
                )
            if message.ids:
                self._same_length("ids", len(message.ids), count)
            else:
                self._violate("ids", "missing-field", "it is missing: write an id for each row, or an `id_prefix`")
            return message.ids
        if message.ids:
            self._violate("ids", "unknown-field", "beside an `id_prefix`: write one or the other")
        if not message.HasField("first_number"):
            self._violate("first_number", "missing-field", "it is missing: write the number of the first row")
            return ()
        first, last = message.first_number, message.first_number + count - 1
        if not 0 <= first <= last <= LARGEST_COUNT:
            what = f"rows {first} to {last} lie outside 0 to {LARGEST_COUNT}: write the source's own number"
            self._violate("first_number", "malformed-number", what)
        try:
            from_wire_name(message.id_prefix)
            from_wire_name(f"{message.id_prefix}-{last}")
        except UnreadableError as fault:
            self._violate("id_prefix", fault.reason, f"{fault.what}: {fault.hint}")
        prefix = message.id_prefix
        return [f"{prefix}-{number}" for number in range(first, last + 1)]

    def _sequences(self, count: int) -> Sequence[int | None]:
        given = self._message.sequences
        if given:
            self._same_length("sequences", len(given), count)
        return given or list(repeat(None, count))

    def _shared(self, kind: Kind, name: str, header: Header) -> dict[str, Any]:
        """The values that all rows have alike; a violation for each that cannot be read."""
        asked = {"agreement": "agreement", **header, "kind": kind.kind, "id": "row", **kind.example}
        (read, *more) = event_from_row(asked, zone=None, index=0, evidence="")
        for fault in (read, *more):
            if isinstance(fault, FieldFault):
                where = fault.field if fault.field in _HEADER else f"{name}.{fault.field}"
                self._violate(where, fault.reason, f"{fault.what}: {fault.hint}")
        return {} if isinstance(read, FieldFault) else kind.shared(read)

    def _read(
        self,
        kind: Kind,
        name: str,
        detail: Any,
        header: Header,
        shared: dict[str, Any],
        ids: Sequence[str],
        sequences: Sequence[int | None],
    ) -> Iterator[ColumnRow]:
        source, raw = self._message.source, kind.raw_rows(detail)
        plain = kind.plain_values(detail)
        for place, (row_id, sequence, values) in enumerate(zip(ids, sequences, plain, strict=True)):
            if values is not None and _is_plain(row_id, sequence):
                event = kind.event(**shared, id=row_id, sequence=sequence, **values)
                yield ColumnRow(source, row_id, event)
            else:
                row: RawRow = {**header, "kind": kind.kind, "id": row_id, "sequence": sequence, **raw(place)}
                yield ColumnRow(source, row_id, self._checked(kind, name, row, place))

    def _checked(self, kind: Kind, name: str, row: RawRow, place: int) -> Event | tuple[FieldViolation, ...]:
        read = event_from_row(row, zone=None, index=0, evidence="")
        faults = [fault for fault in read if isinstance(fault, FieldFault)]
        violations = [
            FieldViolation(
                field=f"{self._path}.{kind.array_of(name, fault.field)}[{place}]",
                reason=fault.reason,
                description=f"{fault.what}: {fault.hint}",
            )
            for fault in faults
        ]
        if not row["id"]:
            what, where = "it is missing: write a name of 1 to 200 characters", f"{self._path}.ids[{place}]"
            violations.append(FieldViolation(field=where, reason="missing-field", description=what))
        if violations:
            return tuple(violations)
        (event,) = read
        assert not isinstance(event, FieldFault)
        return event


def _is_plain(row_id: str, sequence: int | None) -> bool:
    is_name = 0 < len(row_id) <= 200 and row_id.isprintable() and row_id == row_id.strip()
    return is_name and (sequence is None or -LARGEST_COUNT <= sequence <= LARGEST_COUNT)
