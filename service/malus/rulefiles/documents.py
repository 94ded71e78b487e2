"""The shapes a rule file is made of: scalars, words, lists, names to things, and forms with their keys.

Owns: how a shape is described once, how a located node is read by it with every fault reported, and how the
same description becomes JSON Schema. Does not own: which keys the language has (the forms), what they mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from malus.rulefiles.findings import Reading, did_you_mean
from malus.rulefiles.nodes import Mapping, Node, Scalar, Sequence, kind_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, object]


class Malformed(ValueError):  # noqa: N818 - an author's fault is a value a moment later
    """A text that is not what its key takes: a stable code, a sentence, and what to write instead."""

    def __init__(self, code: str, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint


class Unsound(Exception):  # noqa: N818 - a signal, never shown: the fault itself is already reported
    """A value is asked for whose fault has been reported; what depends on it is not built."""


class Kind(ABC, Generic[T_co]):
    """What may stand at a place. `read` reports every fault beneath, and returns None for one here."""

    __slots__ = ()

    @abstractmethod
    def read(self, node: Node, reading: Reading) -> T_co | None:
        """The value of a node, or None once its fault is reported."""

    @abstractmethod
    def schema(self, definitions: dict[str, Schema]) -> Schema:
        """The JSON Schema of the same shape; forms are put under `definitions` by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Kind[T_co]):
    """One scalar that `parse` takes or refuses with Malformed; `says` is what to write, with an example."""

    says: str
    parse: Callable[[str, Reading], T_co]
    pattern: str = ""
    numeric: bool = False

    def read(self, node: Node, reading: Reading) -> T_co | None:
        if not isinstance(node, Scalar):
            reading.error("wrong-type", node, f"here stands {kind_of(node)}, not text", hint=f"write {self.says}")
            return None
        if node.is_absent:
            where = node if reading.label is None else reading.label
            reading.error("wrong-type", where, "nothing is written after this key", hint=f"write {self.says}")
            return None
        try:
            return self.parse(node.text, reading)
        except Malformed as fault:
            reading.error(fault.code, node, fault.what, hint=fault.hint or f"write {self.says}")
            return None

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        del definitions
        described: Schema = {
            "type": ["string", "number"] if self.numeric else "string",
            "description": self.says,
        }
        return {**described, "pattern": f"^(?:{self.pattern})$"} if self.pattern else described


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Kind[T_co]):
    """One of a closed list of words, each standing for a value."""

    choices: tuple[tuple[str, T_co], ...]

    def read(self, node: Node, reading: Reading) -> T_co | None:
        names = tuple(word for word, _ in self.choices)
        if not isinstance(node, Scalar) or node.is_absent:
            return Text(says=did_you_mean("", names).removeprefix("write "), parse=_unreachable).read(node, reading)
        for word, value in self.choices:
            if word == node.text:
                return value
        known = "" if reading.label is None else f" of `{reading.label.text}`"
        reading.error("unknown-value", node, f"`{node.text}` is no value{known}", hint=did_you_mean(node.text, names))
        return None

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        del definitions
        # An editor's YAML reads `1` as a number.
        return {"enum": [int(word) if word.isdecimal() else word for word, _ in self.choices]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Generic[T_co]):
    """One value of a list, with its node."""

    value: T_co
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Kind[tuple[Item[T_co], ...]]):
    """A list; where `single` says so, one value may stand for it. Faulty items are left out."""

    of: Kind[T_co]
    single: bool = False
    least: int = 1

    def read(self, node: Node, reading: Reading) -> tuple[Item[T_co], ...] | None:
        if not isinstance(node, Sequence):
            if self.single:
                return self._items((node,), reading)
            hint = "write a list: `[...]`, or one `- ` line for each"
            reading.error("wrong-type", _label_or(node, reading), f"here stands {kind_of(node)}, not a list", hint=hint)
            return None
        if len(node.items) < self.least:
            what = "this list is empty" if not node.items else f"this list has {len(node.items)} and needs {self.least}"
            hint = f"leave the key out, or name at least {'one' if self.least == 1 else self.least}"
            reading.error("wrong-type", node, what, hint=hint)
            return None
        return self._items(node.items, reading)

    def _items(self, nodes: tuple[Node, ...], reading: Reading) -> tuple[Item[T_co], ...]:
        read = ((self.of.read(node, _for_item(node, reading)), node) for node in nodes)
        return tuple(Item(value=value, node=node) for value, node in read if value is not None)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        of = self.of.schema(definitions)
        many: Schema = {"type": "array", "items": of, "minItems": self.least}
        return {"anyOf": [of, many]} if self.single else many


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Generic[T_co]):
    """A name that the author declares. `value` is None where that is faulty: the name is still known."""

    name: str
    key: Scalar
    value: T_co | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesTo(Kind[tuple[Named[T_co], ...]]):
    """A map from the author's names, of kind `name`, to things of one kind."""

    name: Kind[str]
    of: Kind[T_co]

    def read(self, node: Node, reading: Reading) -> tuple[Named[T_co], ...] | None:
        mapping = mapping_or_fault(node, reading, "names with what they stand for")
        if mapping is None:
            return None
        named: list[Named[T_co]] = []
        for entry in mapping:
            self.name.read(entry.key, reading.beneath(entry.key))
            value = self.of.read(entry.value, reading.beneath(entry.key))
            named.append(Named(name=entry.key.text, key=entry.key, value=value))
        return tuple(named)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        names = {key: part for key, part in self.name.schema(definitions).items() if key == "pattern"}
        return {
            "type": "object",
            "propertyNames": names,
            "additionalProperties": self.of.schema(definitions),
            "minProperties": 1,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ByShape(Kind[T_co]):
    """What a place takes depends on whether text, a list or keys with values stand there."""

    scalar: Kind[T_co] | None = None
    sequence: Kind[T_co] | None = None
    mapping: Kind[T_co] | None = None

    def read(self, node: Node, reading: Reading) -> T_co | None:
        match node:
            case Scalar():
                kind = self.scalar
            case Sequence():
                kind = self.sequence
            case Mapping():
                kind = self.mapping
        kind = kind or self.scalar or self.mapping or self.sequence
        assert kind is not None, "a place takes something"
        return kind.read(node, reading)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        kinds = (self.scalar, self.sequence, self.mapping)
        return {"anyOf": [kind.schema(definitions) for kind in kinds if kind is not None]}


def mapping_or_fault(node: Node, reading: Reading, expected: str, *, least: int = 1) -> Mapping | None:
    """The mapping itself, with at least so many keys in it, or None once the fault is reported."""
    if isinstance(node, Mapping) and len(node.entries) >= least:
        return node
    where = _label_or(node, reading)
    if isinstance(node, Mapping) or (isinstance(node, Scalar) and node.is_absent):
        reading.error("wrong-type", where, "nothing is written here", hint=f"write {expected}, or leave the key out")
    else:
        reading.error("wrong-type", where, f"here stands {kind_of(node)}", hint=f"write {expected}")
    return None


def sure(value: T | None) -> T:
    """The value, or Unsound where its fault has been reported already."""
    if value is None:
        raise Unsound
    return value


def built(make: Callable[[], T]) -> T | None:
    """What `make` builds, or None where something that it needs is faulty."""
    try:
        return make()
    except Unsound:
        return None


def _label_or(node: Node, reading: Reading) -> Node:
    if isinstance(node, Scalar) and not node.is_absent:
        return node
    return node if reading.label is None else reading.label


def _for_item(node: Node, reading: Reading) -> Reading:
    # A row has no key of its own: its faults stand at the row, not at the key of the whole list.
    return reading if isinstance(node, Scalar) else reading.beneath(None)


def _unreachable(text: str, reading: Reading) -> None:
    raise AssertionError(f"{text!r} at {reading.path} is neither a list, a mapping nor absent")
