"""Owns the canonical text of values and its digest: equal meaning, equal bytes.

Does not own: what belongs into an assessment. A dataclass field with `metadata=ASIDE` is left out
(positions in a file, evidence such as a row number): they may differ where the meaning does not.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from json.encoder import encode_basestring
from typing import Final

from malus.model.json_texts import JsonTexts, Writer

#: Field metadata of what is carried along but is no part of the meaning.
ASIDE: Final[Mapping[str, bool]] = {"aside": True}


def digest(value: object) -> str:
    """SHA-256 in hexadecimal over the canonical text of a value."""
    return digest_of_text(canonical_text(value))


def digest_of_text(text: str) -> str:
    """SHA-256 in hexadecimal over the canonical text that a value has."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_text(value: object) -> str:
    """The one JSON text of a value: keys sorted, no blanks, fractions as `p/q`, dates as ISO 8601.

    Integers beyond 53 bits stay integers; binary floats are refused.
    """
    return _TEXTS.text(value)


def _meant_fields(kind: type) -> list[str] | None:
    return [one.name for one in fields(kind) if not one.metadata.get("aside")] if is_dataclass(kind) else None


def _other_writer(kind: type) -> Writer:
    if issubclass(kind, datetime.date):
        return lambda value: f'"{value.isoformat()}"'
    if issubclass(kind, list):
        return _TEXTS.listed
    if issubclass(kind, Mapping):
        return _mapping_text
    raise AssertionError(f"{kind.__name__} has no canonical form")


def _mapping_text(value: Mapping[object, object]) -> str:
    named = sorted({str(key): item for key, item in value.items()}.items())
    return f"{{{','.join(f'{encode_basestring(key)}:{_TEXTS.text(item)}' for key, item in named)}}}"


_TEXTS: Final = JsonTexts(_meant_fields, _other_writer)
