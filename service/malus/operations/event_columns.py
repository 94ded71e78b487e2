"""Owns how typed columns become events directly: rows without a fault are built without reading each value.

Does not own: which files there are (event_parquet), or what a fault is: a row that is odd in any way is
read by itself as every other format's is (model.event_rows), and both ways give the same events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from malus.model.event_fields import CHECK, INCIDENT_FACT, INCIDENT_SUMMARY, OUTAGE, TALLY, Form, fields_of
from malus.model.event_incidents import whole_incident
from malus.model.event_values import (
    EARLIEST_INSTANT,
    LARGEST_COUNT,
    LATEST_INSTANT,
    UnreadableError,
    read_value,
)
from malus.model.events import Check, Event, Incident, Outage, Tally
from malus.model.field_types import Field
from malus.operations.event_sink import EventSink

#: Forms that are built directly: their event (None for whole incidents), and columns of which the first is
#: never above the second.
_DIRECT: Final[tuple[tuple[Form, type[Event] | None, tuple[tuple[str, str], ...]], ...]] = (
    (OUTAGE, Outage, (("start", "end"),)),
    (CHECK, Check, ()),
    (TALLY, Tally, (("start", "end"), ("good", "total"))),
    (INCIDENT_FACT, Incident, ()),
    (
        INCIDENT_SUMMARY,
        None,
        tuple(("start", later) for later in ("accepted", "responded", "workaround", "end")),
    ),
)
#: Columns that a form may leave empty and that must be filled for a row to be built directly.
_FILLED: Final = {
    OUTAGE.called: "start",
    INCIDENT_SUMMARY.called: "start",
    INCIDENT_FACT.called: "transition",
}
_RANGES: Final = {
    "instant": (EARLIEST_INSTANT, LATEST_INSTANT),
    "whole": (0, LARGEST_COUNT),
    "order": (-LARGEST_COUNT, LARGEST_COUNT),
}
_ROW: Final = "row"


def take_columns(
    path: str, numbers: pa.Array, table: pa.Table, sink: EventSink, agreements: Collection[str] | None = None
) -> None:
    """Hand the rows of a table to the sink; `numbers` are those that its rows have in the file.

    Columns are named as fields of events, and hold text or 64-bit integers (an instant is microseconds since
    1970, UTC). Only rows of the `agreements` that are named, and of none, are taken (None: all).
    """
    has_ids = "id" in table.column_names
    table = table.append_column(_ROW, numbers)
    if agreements is not None:
        wanted = pa.array([*sorted(agreements), None], table["agreement"].type)
        table = table.filter(pc.is_in(table["agreement"], value_set=wanted))
    left = table
    built: dict[int, tuple[str, tuple[Event, ...]]] = {}
    for form, build, ordered in _DIRECT:
        fit = _fitting(form, ordered, left, has_ids=has_ids)
        if fit is None:
            continue
        told = _built(path, form, build, left.filter(fit), sink)
        if has_ids:
            # Of two rivals for an id the first counts, so these wait for their place among all rows.
            built.update((number, (str(own_id), events)) for number, own_id, events in told)
        else:
            for *_, events in told:
                sink.take_events(events)
        left = left.filter(pc.invert(fit))
    sink.rows += table.num_rows - left.num_rows
    odd = {row[_ROW]: row for row in _rows(left)}
    for number in sorted(built.keys() | odd.keys()) if has_ids else odd:
        if number in odd:
            row = odd[number]
            sink.take_row(path, row.pop(_ROW), row, has_ids=has_ids)
        else:
            sink.take_once(path, number, *built[number])


def _fitting(
    form: Form, ordered: tuple[tuple[str, str], ...], table: pa.Table, *, has_ids: bool
) -> pa.ChunkedArray | None:
    """Which rows are of this form and hold no fault; None where none is."""
    fields = {field.name: field for field in fields_of(form)}
    needed = {field.name for field in fields.values() if field.required} | ({"id"} if has_ids else set())
    if form.called in _FILLED:
        needed.add(_FILLED[form.called])
    if not needed <= set(table.column_names):
        return None
    of_kind = _known(pc.equal(table["kind"], form.kind))
    fit = of_kind
    for name in needed:
        fit = pc.and_(fit, pc.is_valid(table[name]))
    # Corrections are few, and what they may name is looked at one by one.
    fields = {name: field for name, field in fields.items() if name not in ("corrects", "corrects_source")}
    if form is INCIDENT_FACT:
        # A pause needs its reason and nothing else has one: such rows are looked at one by one.
        fields.pop("reason")
        fit = pc.and_(fit, _known(pc.not_equal(table["transition"], "paused")))
    for name in table.column_names:
        if name not in ("kind", _ROW):
            fit = pc.and_(fit, _fits(fields.get(name), table[name], of_kind))
    for first, then in ordered:
        # Text where an instant is asked for does not fit already.
        if all(name in table.column_names and pa.types.is_int64(table[name].type) for name in (first, then)):
            in_order = pc.less_equal(table[first], table[then])
            fit = pc.and_(fit, pc.fill_null(in_order, fill_value=True))
    return fit if pc.any(fit).as_py() else None


def _fits(field: Field | None, column: pa.ChunkedArray, of_kind: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which values are right as they stand; nulls are, and text is not where a number is asked for."""
    empty = pc.is_null(column)
    if field is None:
        return empty
    if field.type in _RANGES:
        if not pa.types.is_int64(column.type):
            return empty
        low, high = _RANGES[field.type]
        return pc.or_(empty, _known(pc.and_(pc.greater_equal(column, low), pc.less_equal(column, high))))
    seen = column.filter(of_kind).unique().drop_null().to_pylist()
    odd = [value for value in seen if not _is_read(field, value)]
    if not odd:
        return pc.or_(empty, pc.is_valid(column))
    return pc.or_(empty, pc.invert(pc.is_in(column, value_set=pa.array(odd, column.type))))


def _is_read(field: Field, value: str | int) -> bool:
    try:
        read_value(field.type, value, None)
    except UnreadableError:
        return False
    return value != ""


def _known(condition: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(condition, fill_value=False)


def _built(
    path: str, form: Form, build: type[Event] | None, table: pa.Table, sink: EventSink
) -> Iterator[tuple[int, str | None, tuple[Event, ...]]]:
    """The events of each row, with the row's number and its own id."""
    fields = {field.name: field for field in fields_of(form)}
    # A column that says nothing here is left to the event's own default.
    names = [name for name in table.column_names if name in fields and table[name].null_count < table.num_rows]
    columns = [_values(fields[name], table[name]) for name in names]
    numbers = table[_ROW].to_pylist()
    rows = (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
    if build is None:
        for number, row in zip(numbers, rows, strict=True):
            yield number, row.get("id"), whole_incident(row, f"{path}:{number}", sink.occurrences)
    else:
        one: Callable[..., Event] = build
        for number, row in zip(numbers, rows, strict=True):
            yield number, row.get("id"), (one(evidence=f"{path}:{number}", **row),)


def _values(field: Field, column: pa.ChunkedArray) -> list[Any]:
    if field.type in _RANGES:
        return list(column.to_pylist())
    if field.type == "name":
        texts = _texts(column)
        # An event without a source says so with an empty text, not with None.
        return ["" if text is None else text for text in texts] if field.name == "source" else texts
    read: Mapping[object, object] = {
        value: read_value(field.type, value, None) for value in column.unique().drop_null().to_pylist()
    }
    return [None if value is None else read[value] for value in column.to_pylist()]


def _texts(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_int64(column.type):
        return [None if value is None else str(value) for value in column.to_pylist()]
    return list(column.to_pylist())


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    names = table.column_names
    columns = [table[name].to_pylist() for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))
