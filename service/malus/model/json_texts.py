"""Owns how values become JSON text: keys sorted, no blanks; how a type is written is worked out once.

Does not own: which types and fields a text is made of. Those who write texts say so (canonical, the ledger), and every
text has the same shape: `is` names the type of a value, fractions are `p/q`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from fractions import Fraction
from json.encoder import encode_basestring
from operator import attrgetter
from types import NoneType
from typing import Any, TypeAlias

Writer: TypeAlias = Callable[[Any], str]


class JsonTexts(dict[type, Writer]):
    """The writer of every type met so far: `texts[type(value)](value)` is the text of a value.

    `fields_of` names the fields of a type that has some; `other_writer` writes any other type, or refuses by raising.
    An event has many fields and a history many events, so a value is written at once, with no tree of JSON types.
    """

    def __init__(
        self,
        fields_of: Callable[[type], Iterable[str] | None],
        other_writer: Callable[[type], Writer],
    ) -> None:
        super().__init__()
        self._fields_of = fields_of
        self._other_writer = other_writer

    def __missing__(self, kind: type) -> Writer:
        writer = self[kind] = self._writer(kind)
        return writer

    def text(self, value: object) -> str:
        """The text of a value."""
        return self[type(value)](value)

    def listed(self, items: Iterable[object]) -> str:
        """The text of several values, in their order."""
        return f"[{','.join([self[type(item)](item) for item in items])}]"

    def _writer(self, kind: type) -> Writer:
        if issubclass(kind, Enum):
            return lambda value: self.text(value.value)
        if kind is NoneType:
            return lambda _: "null"
        if kind is bool:
            return lambda value: "true" if value else "false"
        if issubclass(kind, int):
            return int.__repr__
        if issubclass(kind, str):
            return encode_basestring
        if issubclass(kind, Fraction):
            return lambda value: f'"{value}"'
        if issubclass(kind, tuple):
            return self.listed
        names = self._fields_of(kind)
        return self._other_writer(kind) if names is None else self._of_fields(kind, sorted(names))

    def _of_fields(self, kind: type, names: list[str]) -> Writer:
        # Names of types and fields are identifiers: nothing in them needs to be escaped.
        parts = {"is": f'"is":"{kind.__name__}"'} | {name: f'"{name}":%s' for name in names}
        form = f"{{{','.join(parts[name] for name in sorted(parts))}}}"
        if len(names) < 2:
            return lambda value: form % tuple([self.text(getattr(value, name)) for name in names])
        read = attrgetter(*names)
        return lambda value: form % tuple(["null" if item is None else self[type(item)](item) for item in read(value)])
