"""Owns the canonical text of values and its digest: equal meaning, equal bytes.

Does not own: what belongs into an assessment. A dataclass field with `metadata=ASIDE` is left out
(positions in a file, evidence such as a row number): they may differ where the meaning does not.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Final

#: Field metadata of what is carried along but is no part of the meaning.
ASIDE: Final[Mapping[str, bool]] = {"aside": True}


def digest(value: object) -> str:
    """SHA-256 in hexadecimal over the canonical text of a value."""
    return hashlib.sha256(canonical_text(value).encode()).hexdigest()


def canonical_text(value: object) -> str:
    """The one JSON text of a value: keys sorted, no blanks, fractions as `p/q`, dates as ISO 8601."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def plain(value: object) -> object:
    """A value as JSON types. Integers beyond 53 bits stay integers; binary floats are refused."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        return {"is": kind.__name__, **{name: plain(getattr(value, name)) for name in _meaning_of(kind)}}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    raise AssertionError(f"{type(value).__name__} has no canonical form")


@lru_cache(maxsize=1024)
def _meaning_of(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that are part of its meaning."""
    return tuple(one.name for one in fields(kind) if not one.metadata.get("aside"))
