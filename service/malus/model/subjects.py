"""Owns the subjects of an agreement: the sites, lines, priorities or customers that one clause judges one by one.

Does not own: which indicator is measured for each of them, or what any of them is charged (agreement).

Two kinds at once are a kind of their own: of `line and priority` is every line with every priority, `north/high`. A
pair is part of both of its members, so a line's charge or cap is that of all pairs with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from malus.model.canonical import ASIDE

#: What joins the kinds of a pair, and its members. No kind and no name that an author writes has either.
_KINDS: Final = " and "
_MEMBERS: Final = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One subject that the terms list.

    `kind`: what it is one of (`site`, `line`). `of_class`: its class among its kind, empty where it has none.
    `part_of`: the subjects it is directly part of, by name. `known_as`: what events may call it besides its name.
    """

    name: str
    kind: str
    title: str = ""
    of_class: str = ""
    part_of: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """The subjects that one text of terms lists, found by kind, by name and by what events call them."""

    listed: tuple[Subject, ...] = ()
    _by_name: dict[str, Subject] = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _by_kind: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _called: dict[str, str] = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _above: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _below: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _pairs: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, metadata=ASIDE)

    def __post_init__(self) -> None:
        by_kind: dict[str, list[str]] = defaultdict(list)
        below: dict[str, list[str]] = defaultdict(list)
        for subject in self.listed:
            by_kind[subject.kind].append(subject.name)
        self._keep("_by_name", {subject.name: subject for subject in self.listed})
        self._keep("_by_kind", {kind: tuple(names) for kind, names in by_kind.items()})
        self._keep("_called", {text: item.name for item in self.listed for text in (item.name, *item.known_as)})
        self._keep("_pairs", {})
        self._keep("_above", {name: self._all_above(name) for name in self._by_name})
        for name, wholes in self._above.items():
            for whole in wholes:
                below[whole].append(name)
        self._keep("_below", {name: tuple(parts) for name, parts in below.items()})

    def kinds(self) -> tuple[str, ...]:
        """Every kind that is listed, in the order of the alphabet."""
        return tuple(sorted(self._by_kind))

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """The names of every subject of a kind, in the order of the alphabet; of two kinds, every pair of theirs."""
        if _KINDS not in kind:
            return self._by_kind.get(kind, ())
        if kind not in self._pairs:
            self._pairs[kind] = paired(self.of_kind(single) for single in single_kinds(kind))
        return self._pairs[kind]

    def class_of(self, name: str) -> str:
        """The class of a subject; empty where it has none, is a pair, or is not listed."""
        subject = self._by_name.get(name)
        return "" if subject is None else subject.of_class

    def called(self, text: str) -> str | None:
        """The subject, or pair of them, that an event means by a text; None where nobody listed it."""
        name = self._called.get(text)
        if name is not None or _MEMBERS not in text:
            return name
        members = [self._called.get(part) for part in text.split(_MEMBERS)]
        return _MEMBERS.join(member for member in members if member) if all(members) else None

    def counted_for(self, kind: str, texts: Iterable[str]) -> tuple[str, ...]:
        """The subjects of a kind that a fact counts for: those it names, and those that these are part of."""
        found: dict[str, None] = {}
        for text in texts:
            name = self.called(text)
            if name is not None:
                found |= dict.fromkeys(self.at_or_above(name, kind))
        return tuple(found)

    def covers(self, texts: Iterable[str], name: str) -> bool:
        """Whether one of the texts names a subject, or something that it is part of."""
        called = (self.called(text) for text in texts)
        return any(other is not None and other in self.at_or_above(name, self._kind_of(other)) for other in called)

    def at_or_above(self, name: str, kind: str) -> tuple[str, ...]:
        """The subject itself where it is of that kind, else those of that kind that it is part of."""
        if _KINDS in kind:
            return paired(self.at_or_above(name, single) for single in single_kinds(kind))
        found: dict[str, None] = {}
        for member in name.split(_MEMBERS):
            subject = self._by_name.get(member)
            if subject is not None and subject.kind == kind:
                found[member] = None
            else:
                found |= dict.fromkeys(
                    above for above in self._above.get(member, ()) if self._by_name[above].kind == kind
                )
        return tuple(found)

    def concerned(self, name: str, kind: str) -> tuple[str, ...]:
        """The subjects of a kind that bear on a subject: itself or its wholes, else its parts, else all of them.

        Without a subject (an empty name) all of the kind; none for a subject that is not listed.
        """
        if name and self.called(name) is None:
            return ()
        return self.at_or_above(name, kind) or self._parts(name, kind) or self.of_kind(kind)

    def lies_in_itself(self, name: str) -> bool:
        """Whether a subject is, by way of others, part of itself: nothing can be."""
        subject = self._by_name.get(name)
        parts_of = () if subject is None else (*subject.part_of, *self._part_of(self._above[name]))
        return name in parts_of

    def _parts(self, name: str, kind: str) -> tuple[str, ...]:
        if _KINDS in kind or _MEMBERS in name:
            whole = self._kind_of(name)
            return tuple(part for part in self.of_kind(kind) if whole and name in self.at_or_above(part, whole))
        return tuple(below for below in self._below.get(name, ()) if self._by_name[below].kind == kind)

    def _kind_of(self, name: str) -> str:
        """The kind of a listed subject, or of a pair; empty where there is none."""
        members = [self._by_name.get(member) for member in name.split(_MEMBERS)]
        return together(member.kind for member in members if member is not None)

    def _part_of(self, names: Iterable[str]) -> list[str]:
        return [whole for name in names for whole in self._by_name[name].part_of]

    def _keep(self, name: str, value: object) -> None:
        # A lookup is made once, with the value; it is no part of what the value says.
        object.__setattr__(self, name, value)

    def _all_above(self, name: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = list(self._by_name[name].part_of)
        while waiting:
            above = waiting.pop(0)
            if above in self._by_name and above not in found and above != name:
                found[above] = None
                waiting += self._by_name[above].part_of
        return tuple(found)


def together(kinds: Iterable[str]) -> str:
    """Several kinds as one, in their order: `line and priority`. A single one is itself."""
    return _KINDS.join(kinds)


def single_kinds(kind: str) -> tuple[str, ...]:
    """The kinds of which one is made; a single one is its own."""
    return tuple(kind.split(_KINDS))


def members_of(name: str) -> tuple[str, ...]:
    """The subjects of which a pair is made; a single one is its own."""
    return tuple(name.split(_MEMBERS))


def paired(members: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Every one of the first with every one of the second, and so on: none where one of them is empty."""
    return tuple(_MEMBERS.join(pair) for pair in product(*members))
