"""Owns the columns of one batch of rows as the row fold takes them: numbers, and the bits that say which are there.

Does not own: which files there are, or what the numbers are folded into. No text is ever made of a dictionary code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from malus.measures.row_kernels import INCIDENT, OTHER, OUTAGE, TALLY, UNKNOWN
from malus.model.event_fields import COLUMNS, KINDS
from malus.model.field_types import is_exact_type

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

#: What the fold reads; any other column of an event must be empty, or its rows are judged one by one.
FOLDED: Final = ("agreement", "kind", "start", "end", "good", "total", "priority", "id", "service")
_NEEDED: Final = ("agreement", "kind", "start")
_FOLDED_KINDS: Final = {"tally": TALLY, "outage": OUTAGE, "incident": INCIDENT}
_ALL_THERE: Final = np.zeros(0, dtype=np.uint8)
_PRIORITIES: Final = (-128, 127)


def is_foldable(schema: pa.Schema) -> bool:
    """Whether a file's columns can be folded: instants in UTC, integers, names; all others such as events may have."""
    types = {entry.name: entry.type for entry in schema}
    if not set(_NEEDED) <= set(types):
        return False
    tests: Mapping[str, Callable[[pa.DataType], bool]] = {
        "agreement": _is_name,
        "kind": _is_name,
        "start": _is_instant,
        "end": _is_instant,
        "good": pa.types.is_integer,
        "total": pa.types.is_integer,
        "priority": lambda kind: pa.types.is_integer(kind) or _is_name(kind),
        "id": lambda kind: pa.types.is_signed_integer(kind) or _is_name(kind),
        "service": _is_name,
    }
    return all(
        tests[name](types[name]) if name in tests else is_exact_type(str(types[name])) for name in columns_read(schema)
    )


def columns_read(schema: pa.Schema) -> list[str]:
    """The columns of a file that say something of events."""
    return [name for name in schema.names if name in COLUMNS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What a dictionary's codes mean: a number for each, and the names that the dictionary holds."""

    numbers: Ints
    names: pa.Array


@dataclass(slots=True)
class Mapped:
    """Numbers of names, worked out once for each dictionary that comes along."""

    names: pa.Array
    otherwise: int
    _last: Codes | None = field(default=None)

    def codes(self, dictionary: pa.Array) -> Codes:
        """The number of each name in a dictionary: its place among the known names."""
        if self._last is None or not self._last.names.equals(dictionary):
            found = pc.fill_null(pc.index_in(dictionary, value_set=self.names.cast(dictionary.type)), self.otherwise)
            self._last = Codes(numbers=_numpy(found, np.int32), names=dictionary)
        return self._last


def kind_codes(dictionary: pa.Array) -> Ints:
    """The fold's code of each kind of event that a dictionary names."""
    known = {kind: _FOLDED_KINDS.get(kind, OTHER) for kind in KINDS}
    return np.array([known.get(name, UNKNOWN) for name in dictionary.to_pylist()], dtype=np.int32)


def names_of(column: pa.Array) -> tuple[Ints, Bytes, pa.Array]:
    """A column of names as codes, the bits of those that are there, and the dictionary."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    indices = column.indices
    if column.dictionary.null_count:
        column = column.dictionary_decode().dictionary_encode()
        indices = column.indices
    return _numpy(indices, np.int32), _bits(indices), column.dictionary


def longs_of(batch: pa.RecordBatch, name: str) -> tuple[Longs, Bytes]:
    """A column of numbers or instants as 64-bit integers (microseconds), with the bits of those that are there."""
    if name not in batch.schema.names:
        return np.zeros(batch.num_rows, dtype=np.int64), np.zeros(batch.num_rows // 8 + 1, dtype=np.uint8)
    column = batch.column(name)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).view(pa.int64())
    elif not pa.types.is_int64(column.type):
        column = column.cast(pa.int64())
    return _numpy(column, np.int64), _bits(column)


def rows_that_say_more(batch: pa.RecordBatch) -> Any:
    """The rows in which a column that the fold does not read says something; None where none does."""
    more = None
    for name in batch.schema.names:
        column = batch.column(name)
        if name not in FOLDED and column.null_count < batch.num_rows:
            said = pc.is_valid(column)
            if _is_name(column.type):  # no text at all says as little as nothing
                said = pc.fill_null(pc.not_equal(column.cast(pa.string()), ""), fill_value=False)
            more = said if more is None else pc.or_(more, said)
    return more


def words_of(column: pa.Array) -> tuple[Bytes, Longs, Bytes]:
    """A column of names or numbers as text: its letters, where each word begins, the bits of those that are there."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    _, places, letters = column.buffers()
    offsets = np.frombuffer(places, dtype=np.int32, count=len(column) + 1, offset=column.offset * 4)
    words = np.zeros(0, dtype=np.uint8) if letters is None else np.frombuffer(letters, dtype=np.uint8)
    return words, offsets.astype(np.int64), _bits(column)


def _is_name(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_instant(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind)) and kind.tz is not None


def _numpy(column: pa.Array, kind: type) -> Any:
    """The values of a column without a copy where that can be; those that are not there are whatever they are."""
    buffer = column.buffers()[1]
    width = column.type.bit_width // 8
    values = np.frombuffer(buffer, dtype=f"i{width}", count=len(column), offset=column.offset * width)
    return values.astype(kind, copy=False)


def _bits(column: pa.Array) -> Bytes:
    if column.null_count == 0:
        return _ALL_THERE
    bits = np.frombuffer(column.buffers()[0], dtype=np.uint8)
    if column.offset % 8 == 0:
        return bits[column.offset // 8 :]
    there = np.unpackbits(bits, bitorder="little")[column.offset : column.offset + len(column)]
    return np.packbits(there, bitorder="little")
