"""Compiles what differs by pairs of subjects: by the pair, by one of its members, or by the class of one.

Owns: which words name a pair, and that every pair is spoken of once. Does not own: subjects of a single kind
(subject_terms).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TypeVar

from malus.model.subjects import Subjects, members_of, single_kinds
from malus.rulefiles.documents import Named, Unsound, sure
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given

T = TypeVar("T")


def words_for_pairs(kind: str, subjects: Subjects) -> tuple[str, ...]:
    """Every word by which the pairs of a kind may be spoken of, members and their classes first."""
    said = [_said(name, subjects) for single in single_kinds(kind) for name in subjects.of_kind(single)]
    pairs = ("/".join(words) for name in subjects.of_kind(kind) for words in _whole(name, subjects))
    return tuple(dict.fromkeys([word for words in said for word in words] + list(pairs)))


def by_pair(
    told: Sequence[Named[T]], kind: str, given: Given, key: str, subjects: Subjects
) -> tuple[tuple[str, T], ...]:
    """What a key says of every pair, by its name in the order of the alphabet.

    `north/high` goes before `north/urgent`, with a class in it, and both before `north` or `high` alone. Two words that
    speak of one pair with equal right are a fault, and so is a pair of which none does.
    """
    known = words_for_pairs(kind, subjects)
    for item in told:
        if item.name not in known:
            what = f"`{item.name}` is no {kind}, nor one of them, nor a class"
            given.reading.error("unknown-subject", item.key, what, hint=did_you_mean(item.name, known))
    values = {item.name: item.value for item in told}
    if any(item.name not in known or item.value is None for item in told):
        raise Unsound
    chosen = {name: _spoken_by(name, tuple(values), subjects) for name in subjects.of_kind(kind)}
    silent = [name for name, words in chosen.items() if not words]
    twice = next(((name, words) for name, words in chosen.items() if len(words) > 1), None)
    if silent:
        what = f"`{key}` says nothing for {len(silent)} of them: " + ", ".join(f"`{name}`" for name in silent[:5])
        given.reading.error("missing-key", given.key_node(key), what, hint="add them, by pair, by member or by class")
    if twice is not None:
        name, words = twice
        what = f"`{name}` is spoken of by " + " and by ".join(f"`{word}`" for word in words)
        given.reading.error("ambiguous-subject", given.key_node(key), what, hint=f"say what counts: `{name}: …`")
    if silent or twice is not None:
        raise Unsound
    return tuple((name, sure(values[words[0]])) for name, words in sorted(chosen.items()))


def _spoken_by(name: str, words: Sequence[str], subjects: Subjects) -> list[str]:
    """The words that speak of a pair with the best right: none, one, or several of equal right."""
    if name in words:
        return [name]
    whole = ["/".join(said) for said in _whole(name, subjects)]
    if any(word in words for word in whole):
        return [word for word in whole if word in words]
    # Of one member its name goes before its class; two members have equal right.
    first = (next((word for word in _said(member, subjects) if word in words), None) for member in members_of(name))
    return list(dict.fromkeys(word for word in first if word is not None))


def _whole(name: str, subjects: Subjects) -> list[tuple[str, ...]]:
    return list(product(*(_said(member, subjects) for member in members_of(name))))


def _said(name: str, subjects: Subjects) -> tuple[str, ...]:
    of_class = subjects.class_of(name)
    return (name, of_class) if of_class else (name,)
