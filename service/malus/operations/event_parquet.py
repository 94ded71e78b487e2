"""Owns the reading of Parquet event files: batches of rows, and their columns as text or 64-bit integers.

Does not own: how columns become events (event_columns), what a row means (model.event_rows), other formats.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from malus.model.event_fields import COLUMNS
from malus.model.field_types import is_exact_type
from malus.operations.event_columns import take_columns
from malus.operations.event_sink import EventSink

#: As many rows as are held at once.
BATCH_ROWS: Final = 131_072


def read_parquet(path: Path, sink: EventSink, agreements: Collection[str] | None = None) -> None:
    """Hand the events of one Parquet file to the sink, in batches; rows count from 1.

    `agreements`: only rows of these, and those that name none (None: every row).
    Instants are timestamps, UTC or of any zone; one without a zone is civil time of the agreement. Columns
    that no event has are noted and left aside. A known column of binary floating-point numbers is a fault of
    the file: its values are not what was written into it.
    """
    name, done = str(path), 0
    try:
        with pq.ParquetFile(path) as file:
            columns = good_columns(name, file.schema_arrow, sink)
            if columns is None:
                return
            total = file.metadata.num_rows
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
                numbers = pa.array(range(done + 1, done + batch.num_rows + 1), pa.int64())
                take_rows(name, numbers, batch.select(columns), sink, agreements)
                done += batch.num_rows
                sink.tell(name, done, total)
    except (pa.ArrowException, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        what = f"this is no readable Parquet file: {str(fault).splitlines()[0][:120]}"
        sink.fault(name, 0, "malformed-file", what, "write it again", whole_file=not done)


def take_rows(
    path: str,
    numbers: pa.Array,
    rows: pa.RecordBatch,
    sink: EventSink,
    agreements: Collection[str] | None = None,
) -> None:
    """Hand rows of a file to the sink, their columns known to be good; `numbers` are those that they have in it."""
    plain = {name: _plain(rows.column(name)) for name in rows.schema.names}
    take_columns(path, numbers, pa.table(plain), sink, agreements)


def good_columns(name: str, schema: pa.Schema, sink: EventSink) -> list[str] | None:
    """The columns of a file that say something of events; None, and its faults in the sink, where it cannot be read."""
    before = len(sink.faults)
    aside = [column for column in schema.names if column not in COLUMNS]
    if aside:
        listed = ", ".join(aside[:20]) + (" …" if len(aside) > 20 else "")
        sink.notes.append(f"{name}: columns that no event has are left aside: {listed}")
    for column in ("kind", "agreement"):
        if column not in schema.names:
            what = f"the column `{column}` is missing; nothing of this file is read"
            sink.fault(name, 0, "missing-field", what, "name it as events do", field_name=column)
    for entry in schema:
        if entry.name in COLUMNS and not is_exact_type(str(entry.type)):
            what = f"the column `{entry.name}` is of type {entry.type}; nothing of this file is read"
            hint = "write numbers as integers or decimals, instants as timestamps, all else as text"
            sink.fault(name, 0, "wrong-type", what, hint, field_name=entry.name)
    if len(sink.faults) > before:
        return None
    return [column for column in schema.names if column in COLUMNS]


def _plain(column: pa.Array) -> pa.Array:
    """A column as text or 64-bit integers: instants in microseconds, civil times and decimals as written."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    if pa.types.is_timestamp(kind):
        return _written(column.cast(pa.timestamp("us")), datetime.datetime.isoformat)
    if pa.types.is_date(kind):
        return _written(column.cast(pa.date32()), datetime.date.isoformat)
    if pa.types.is_decimal(kind):
        return _written(column, _decimal_text)
    if pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    return column


def _written(column: pa.Array, write: Callable[[Any], str]) -> pa.Array:
    return pa.array([None if value is None else write(value) for value in column.to_pylist()], pa.string())


def _decimal_text(value: decimal.Decimal) -> str:
    text = format(value, "f")
    # Zeros that a decimal column's scale adds say nothing.
    return text.rstrip("0").rstrip(".") if "." in text else text
