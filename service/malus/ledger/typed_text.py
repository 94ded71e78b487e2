"""Owns the lossless text of events and decisions: what is written is read back equal, of the same type.

Does not own: the canonical text that digests are made of (model.canonical). This text has the same shape - `is` names
the type, fractions are `p/q` - and also holds the fields that are no part of the meaning (positions, evidence); that of
an event is its canonical text with those behind it, for a call may bring a thousand events.
The types are the closed set that an event or a decision can reach; any other is refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from json.encoder import encode_basestring
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from malus.model.assessment import Assessment
from malus.model.decisions import Decision
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.json_texts import JsonTexts, Writer

_Reader: TypeAlias = Callable[[object], object]

_FRACTION: Final = re.compile(r"-?[0-9]+(?:/[1-9][0-9]*)?", re.ASCII)
_SCALARS: Final = frozenset({str, int, bool, NoneType})


def text_of(value: Decision | Assessment) -> str:
    """The one text of a value: JSON with sorted keys and no blanks, every field included."""
    return _TEXTS.text(value)


def event_text(event: Event, meaning: str) -> str:
    """The one text of an event, whose canonical text is `meaning`: JSON without blanks, every field included."""
    at = "null" if event.recorded_at is None else event.recorded_at
    return f'{meaning[:-1]},"evidence":{encode_basestring(event.evidence)},"recorded_at":{at}}}'


def event_from(text: str) -> Event:
    """The event that `event_text` wrote. Raises MalusError `unreadable-text`: names the type or field at fault."""
    return cast("Event", _read(Event, text))


def decision_from(text: str) -> Decision:
    """The decision that `text_of` wrote, its explanation as typed steps.

    A field that was added since has its default. Raises MalusError `unreadable-text`: names the type or field.
    """
    return cast("Decision", _read(Decision, text))


def assessment_from(text: str) -> Assessment:
    """The assessment that `text_of` wrote, every explanation as typed steps. Raises as `decision_from` does."""
    return cast("Assessment", _read(Assessment, text))


def _every_field(kind: type) -> list[str] | None:
    return [field.name for field in fields(kind)] if is_dataclass(kind) else None


def _no_form(kind: type) -> Writer:
    raise AssertionError(f"{kind.__name__} has no lossless form")


def _read(hint: object, text: str) -> object:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable("the whole", "no JSON text") from None
    return _reader(hint, "the whole")(plain)


@cache
def _reader(hint: object, where: str) -> _Reader:
    """What reads a value of a type from its plain form; `where` names the field in a fault."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _scalar_reader(frozenset({cast("type", hint)}), where)
    if origin in (Union, UnionType):
        return _union_reader(parts, where)
    if origin is Literal:
        return _literal_reader(parts, where)
    if origin is tuple:
        return _tuple_reader(parts, where)
    if hint is Fraction:
        return lambda plain: _fraction(plain, where)
    assert isinstance(hint, type), f"{hint} at {where} has no lossless form"
    if issubclass(hint, Enum):
        return _enum_reader(hint, where)
    assert is_dataclass(hint), f"{hint.__name__} at {where} has no lossless form"
    return _tagged_reader((hint,), where)


def _scalar_reader(kinds: frozenset[type], where: str) -> _Reader:
    def read(plain: object) -> object:
        # type(), not isinstance: True is no number.
        if type(plain) not in kinds:
            raise _unreadable(where, _shown(plain))
        return plain

    return read


def _union_reader(parts: tuple[object, ...], where: str) -> _Reader:
    scalars = frozenset(cast("type", part) for part in parts if part in _SCALARS)
    values = tuple(part for part in parts if isinstance(part, type) and is_dataclass(part))
    others = tuple(part for part in parts if part not in scalars and part not in values)
    if values:
        assert not others, f"{where} mixes types that its text could not tell apart"
        rest = _tagged_reader(values, where)
    elif others:
        # Enums, literals and fractions are texts, so beside one of them a text would have two readings.
        assert len(others) == 1, f"{where} mixes types that its text could not tell apart"
        assert str not in scalars, f"{where} mixes types that its text could not tell apart"
        rest = _reader(others[0], where)
    else:
        return _scalar_reader(scalars, where)

    def read(plain: object) -> object:
        return plain if type(plain) in scalars else rest(plain)

    return read


def _literal_reader(words: tuple[object, ...], where: str) -> _Reader:
    def read(plain: object) -> object:
        if plain not in words:
            raise _unreadable(where, _shown(plain))
        return plain

    return read


def _tuple_reader(parts: tuple[object, ...], where: str) -> _Reader:
    if len(parts) == 2 and parts[1] is Ellipsis:
        each = _reader(parts[0], where)
        return lambda plain: tuple([each(item) for item in _items(plain, None, where)])
    readers = tuple(_reader(part, where) for part in parts)
    return lambda plain: tuple(
        [read(item) for read, item in zip(readers, _items(plain, len(readers), where), strict=True)]
    )


def _items(plain: object, count: int | None, where: str) -> list[object]:
    if not isinstance(plain, list) or (count is not None and len(plain) != count):
        raise _unreadable(where, _shown(plain))
    return plain


def _fraction(plain: object, where: str) -> Fraction:
    if not isinstance(plain, str) or not _FRACTION.fullmatch(plain):
        raise _unreadable(where, _shown(plain))
    return Fraction(plain)


def _enum_reader(kind: type[Enum], where: str) -> _Reader:
    words = {member.value: member for member in kind}

    def read(plain: object) -> object:
        if not isinstance(plain, str) or plain not in words:
            raise _unreadable(where, _shown(plain))
        return words[plain]

    return read


def _tagged_reader(kinds: tuple[type, ...], where: str) -> _Reader:
    # Types may hold each other, so their fields are looked at when the first such value is met.
    named = {kind.__name__: kind for kind in kinds}

    def read(plain: object) -> object:
        if not isinstance(plain, dict):
            raise _unreadable(where, _shown(plain))
        tag = plain.get("is")
        kind = named.get(tag) if isinstance(tag, str) else None
        if kind is None:
            raise _unreadable(where, f"a value of the type {_shown(tag)}")
        return _built(kind, plain)

    return read


def _built(kind: type, plain: dict[str, object]) -> object:
    readers, needed = _fields_of(kind)
    given: dict[str, object] = {}
    for name, item in plain.items():
        read = readers.get(name)
        if read is not None:
            given[name] = read(item)
        elif name != "is":
            raise _unreadable(kind.__name__, f"a field {name[:60]!r}")
    missing = needed - given.keys()
    if missing:
        raise _unreadable(kind.__name__, f"no field {min(missing)!r}")
    try:
        return kind(**given)
    except (AssertionError, ValueError) as fault:
        raise _unreadable(kind.__name__, f"what no {kind.__name__} can be ({fault})") from fault


@cache
def _fields_of(kind: type) -> tuple[dict[str, _Reader], frozenset[str]]:
    hints = get_type_hints(kind)
    members: tuple[Field[Any], ...] = fields(kind)
    readers = {member.name: _reader(hints[member.name], f"{kind.__name__}.{member.name}") for member in members}
    needed = {member.name for member in members if member.default is MISSING and member.default_factory is MISSING}
    return readers, frozenset(needed)


def _unreadable(where: str, what: str) -> MalusError:
    message = f"a stored text holds {what} at {where}, which this release does not know: read it with a newer release"
    return MalusError("unreadable-text", message, {"where": where})


def _shown(plain: object) -> str:
    return repr(plain)[:60]


_TEXTS: Final = JsonTexts(_every_field, _no_form)
