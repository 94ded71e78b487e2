"""Forms: mappings with a closed set of keys, each key described once.

Owns: reading a mapping key by key (unknown keys with the nearest spelling, missing keys), choosing between
forms by a word or by a telling key, and the typed access to what was read. Does not own: the language's keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from malus.rulefiles.documents import Kind, Schema, mapping_or_fault, sure
from malus.rulefiles.findings import Reading, did_you_mean, did_you_mean_key, one_of
from malus.rulefiles.nodes import Entry, Mapping, Node, Scalar
from malus.rulefiles.spelling import nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a form: what it takes, whether it must be there, and what it means in a sentence."""

    name: str
    kind: Kind[object]
    required: bool
    says: str


def needs(name: str, kind: Kind[object], says: str) -> Key:
    """A key that must be there."""
    return Key(name=name, kind=kind, required=True, says=says)


def may(name: str, kind: Kind[object], says: str) -> Key:
    """A key that may be left out."""
    return Key(name=name, kind=kind, required=False, says=says)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A mapping that was read by a form: its values by key, None for a value whose fault is reported."""

    form: Form
    node: Mapping
    reading: Reading
    entries: dict[str, Entry]
    values: dict[str, object]

    def get(self, key: str, kind: Kind[T]) -> T | None:
        """The value of a key, None where it is left out or faulty; `kind` is the one the form describes."""
        assert self.form.key(key).kind is kind, f"`{key}` of {self.form.name} is of another kind"
        return self.values.get(key)  # type: ignore[return-value]  # held by the assertion above

    def must(self, key: str, kind: Kind[T]) -> T:
        """The value of a key; Unsound where it is missing or faulty, which has been reported."""
        return sure(self.get(key, kind))

    def has(self, key: str) -> bool:
        """Whether the key is written, faulty or not."""
        return key in self.entries

    def faulty(self, key: str) -> bool:
        """Whether the key is written and its value could not be read."""
        return key in self.entries and self.values.get(key) is None

    def at(self, key: str) -> Node:
        """The node of a key's value; the form's label where the key is left out."""
        return self.entries[key].value if key in self.entries else self.label

    def key_node(self, key: str) -> Node:
        """The key itself, where it is written; else the form's label."""
        return self.entries[key].key if key in self.entries else self.label

    @property
    def label(self) -> Node:
        """What stands for the whole: the key that names it, or its first key in a list."""
        return self.reading.label or self.node

    @property
    def line(self) -> int:
        """The line on which it starts."""
        label = self.label
        return label.place.line

    def lacks(self, key: str, why: str) -> None:
        """Report a key that has become necessary through another one."""
        says = self.form.key(key).says
        self.reading.error("missing-key", self.label, f"`{key}` is missing: {why}", hint=f"`{key}`: {says}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Kind[Given]):
    """A mapping with these keys and no others; `name` is how messages call it."""

    name: str
    says: str
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key:
        """The description of a key that this form has."""
        return next(key for key in self.keys if key.name == name)

    def read(self, node: Node, reading: Reading) -> Given | None:
        # A form that asks for nothing may be empty: `archive: {}` is a service without a title.
        least = 1 if any(key.required for key in self.keys) else 0
        mapping = mapping_or_fault(node, reading, self.says, least=least)
        if mapping is None:
            return None
        reading = _with_source(mapping, reading)
        entries = _taken(mapping, tuple(key.name for key in self.keys), self.name, reading)
        values: dict[str, object] = {}
        for key in self.keys:
            entry = entries.get(key.name)
            if entry is not None:
                values[key.name] = key.kind.read(entry.value, reading.beneath(entry.key))
            elif key.required:
                what = f"{self.name} lacks `{key.name}`"
                reading.error("missing-key", reading.label or mapping, what, hint=f"`{key.name}`: {key.says}")
        return Given(form=self, node=mapping, reading=reading, entries=entries, values=values)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        name = self.name.removeprefix("a ").removeprefix("an ").removeprefix("the ").replace(" ", "-").replace("`", "")
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = {
                "type": "object",
                "description": self.says,
                "properties": {key.name: _described(key, definitions) for key in self.keys},
                "required": [key.name for key in self.keys if key.required],
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWord(Kind[Given]):
    """The word after one key says which form the whole mapping takes."""

    name: str
    key: str
    forms: tuple[tuple[str, Form | ByWord], ...]

    def read(self, node: Node, reading: Reading) -> Given | None:
        mapping = mapping_or_fault(node, reading, f"{self.name}: keys with values")
        if mapping is None:
            return None
        words = tuple(word for word, _ in self.forms)
        entry = _telling_entry(mapping, (self.key,), all_keys(self))
        if entry is None:
            _taken(mapping, all_keys(self), self.name, reading)
            what = f"{self.name} lacks `{self.key}`"
            reading.error("missing-key", reading.label or mapping, what, hint=f"`{self.key}`: {one_of(words)}")
            return None
        if isinstance(entry.value, Scalar):
            for word, form in self.forms:
                if word == entry.value.text:
                    return form.read(node, reading)
        _taken(mapping, all_keys(self), self.name, reading)
        if isinstance(entry.value, Scalar) and not entry.value.is_absent:
            what = f"`{entry.value.text}` is no `{self.key}` that {self.name} has"
            reading.error("unknown-value", entry.value, what, hint=did_you_mean(entry.value.text, words))
        else:
            reading.error("wrong-type", entry.key, f"`{self.key}` takes one word", hint=f"write {one_of(words)}")
        return None

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return {"anyOf": [form.schema(definitions) for _, form in self.forms]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByKey(Kind[Given]):
    """The key that is there says which form the mapping takes."""

    name: str
    forms: tuple[tuple[str, Form], ...]

    def read(self, node: Node, reading: Reading) -> Given | None:
        tells = tuple(key for key, _ in self.forms)
        mapping = mapping_or_fault(node, reading, f"{self.name}, told by {one_of(tells)}")
        if mapping is None:
            return None
        known = all_keys(self)
        entry = _telling_entry(mapping, tells, known)
        if entry is None:
            _taken(mapping, known, self.name, reading)
            what = f"{self.name} lacks the key that says which kind it is"
            reading.error("missing-key", reading.label or mapping, what, hint=f"write {one_of(tells)}")
            return None
        told = entry.key.text if entry.key.text in tells else nearest(entry.key.text, known)
        return next(form for key, form in self.forms if key == told).read(node, reading)

    def schema(self, definitions: dict[str, Schema]) -> Schema:
        return {"anyOf": [form.schema(definitions) for _, form in self.forms]}


def all_keys(kind: Form | ByWord | ByKey) -> tuple[str, ...]:
    """Every key that any of the forms beneath has, in order, each once."""
    if isinstance(kind, Form):
        return tuple(key.name for key in kind.keys)
    return tuple(dict.fromkeys(key for _, form in kind.forms for key in all_keys(form)))


def _taken(mapping: Mapping, known: tuple[str, ...], name: str, reading: Reading) -> dict[str, Entry]:
    """The entries by known key. A misspelt key is reported and then read as the one that was meant."""
    entries = {entry.key.text: entry for entry in mapping if entry.key.text in known}
    for entry in mapping:
        word = entry.key.text
        if word in known:
            continue
        what = f"`{word}` is no key of {name}"
        reading.error("unknown-key", entry.key, what, hint=did_you_mean_key(word, known))
        meant = nearest(word, known)
        if meant is not None and meant not in entries:
            entries[meant] = entry
    return entries


def _telling_entry(mapping: Mapping, tells: tuple[str, ...], known: tuple[str, ...]) -> Entry | None:
    for key in tells:
        found = mapping.entry(key)
        if found is not None:
            return found
    misspelt = (entry for entry in mapping if entry.key.text not in known)
    return next((entry for entry in misspelt if nearest(entry.key.text, known) in tells), None)


def _with_source(mapping: Mapping, reading: Reading) -> Reading:
    source = mapping.get("source")
    return reading.beneath(reading.label, source.text) if isinstance(source, Scalar) else reading


def _described(key: Key, definitions: dict[str, Schema]) -> Schema:
    described = key.kind.schema(definitions)
    if "$ref" in described:
        return {**described, "description": key.says}
    return {**described, "description": key.says}
