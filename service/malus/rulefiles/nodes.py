"""Located nodes: what a rule file says, each part with its place and every scalar still the author's text.

Owns the shape between the YAML text and the typed documents. Knows no key, no unit and no fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from malus.model.faults import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A piece of text as the author wrote it: `99.90` stays `99.90`, `NO` stays `NO`, nothing is `null`.

    An absent value (`key:`) is the unquoted empty text. `span` is the number of characters the scalar takes
    in the file from `place`, quotes included, at most to the end of its first line; a caret underlines it.
    """

    text: str
    place: Place
    span: int
    quoted: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether nothing at all was written where the value should stand."""
        return not self.quoted and not self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list in the author's order; `flow` when written `[a, b]`."""

    items: tuple["Node", ...]
    place: Place
    flow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Entries in the author's order, each key once; `flow` when written `{a: b}`."""

    entries: tuple[Entry, ...]
    place: Place
    flow: bool = False

    def __post_init__(self) -> None:
        if len(set(self.keys())) != len(self.entries):
            raise ValueError("a mapping holds each key once")

    def keys(self) -> tuple[str, ...]:
        """The keys' texts in the author's order."""
        return tuple(entry.key.text for entry in self.entries)

    def entry(self, key: str) -> Entry | None:
        """The entry of `key`, with the key's own place, or None where it is not written."""
        return next((entry for entry in self.entries if entry.key.text == key), None)

    def get(self, key: str) -> "Node | None":
        """The value of `key`, or None where it is not written."""
        found = self.entry(key)
        return None if found is None else found.value

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


_KIND_NAMES = {Scalar: "text", Sequence: "a list", Mapping: "keys with values"}

Node = Scalar | Sequence | Mapping


def kind_of(node: Node) -> str:
    """What a node is, in words for a message: `text`, `a list` or `keys with values`."""
    return _KIND_NAMES[type(node)]
