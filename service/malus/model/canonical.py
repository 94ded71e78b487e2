"""Owns the canonical text of values and its digest: equal meaning, equal bytes.

Does not own: what belongs into an assessment. A dataclass field with `metadata=ASIDE` is left out
(positions in a file, evidence such as a row number): they may differ where the meaning does not.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from types import NoneType
from typing import Any, Final, cast

#: Field metadata of what is carried along but is no part of the meaning.
ASIDE: Final[Mapping[str, bool]] = {"aside": True}


def digest(value: object) -> str:
    """SHA-256 in hexadecimal over the canonical text of a value."""
    return hashlib.sha256(canonical_text(value).encode()).hexdigest()


def canonical_text(value: object) -> str:
    """The one JSON text of a value: keys sorted, no blanks, fractions as `p/q`, dates as ISO 8601."""
    return _ENCODER.encode(plain(value))


def plain(value: object) -> object:
    """A value as JSON types. Integers beyond 53 bits stay integers; binary floats are refused."""
    return _writer(cast("Hashable", type(value)))(value)


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@lru_cache(maxsize=1024)
def _writer(kind: type) -> Callable[[Any], object]:
    """How values of a type are written; worked out once, since an event has many fields and a history many events."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, NoneType | bool | int | str):
        return lambda value: value
    if issubclass(kind, Fraction):
        return str
    if issubclass(kind, datetime.date):
        return lambda value: value.isoformat()
    if is_dataclass(kind):
        tag = kind.__name__
        names = tuple(one.name for one in fields(kind) if not one.metadata.get("aside"))
        return lambda value: {"is": tag, **{name: plain(getattr(value, name)) for name in names}}
    if issubclass(kind, tuple | list):
        return lambda value: [plain(item) for item in value]
    if issubclass(kind, Mapping):
        return lambda value: {str(key): plain(item) for key, item in value.items()}
    raise AssertionError(f"{kind.__name__} has no canonical form")
