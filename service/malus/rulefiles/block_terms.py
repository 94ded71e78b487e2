"""Compiles how long a block of time is and after how long it pays: for all, or by name or class of the subject.

Owns: which lengths fit which indicator. Does not own: what a block pays (paid_terms).
"""

from __future__ import annotations

from dataclasses import dataclass

from malus.model.conditions import Condition
from malus.model.indicators import DeliveryTime, Indicator
from malus.rulefiles.documents import Named, Unsound, built
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_subjects import LENGTH
from malus.rulefiles.nodes import Mapping, Node
from malus.rulefiles.paid_terms import told_by_subject
from malus.rulefiles.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The lengths in microseconds; one that differs by subject is 0 for all."""

    block: int
    after: int
    blocks: tuple[tuple[str, int], ...]
    afters: tuple[tuple[str, int], ...]


def length_terms(given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope) -> Lengths:
    """How long a block is and the time for which nothing is paid; Unsound where either is faulty."""
    block = built(lambda: _length(given, "block", condition, judged, scope))
    after = built(lambda: _length(given, "after", condition, judged, scope))
    if block is None or after is None:
        raise Unsound
    return Lengths(block=block[0], after=after[0], blocks=block[1], afters=after[1])


def _length(
    given: Given, key: str, condition: Condition | None, judged: Indicator | None, scope: Scope
) -> tuple[int, tuple[tuple[str, int], ...]]:
    told, node = given.must(key, LENGTH), given.at(key)
    if not isinstance(node, Mapping):
        length, in_days = told
        assert isinstance(length, int) and isinstance(in_days, bool), "one length stands there"
        return _checked(given, key, node, length, judged, in_days=in_days), ()
    lengths: list[Named[int]] = []
    for item in told:
        assert isinstance(item, Named), "a map of lengths stands there"
        at = node.get(item.name) or item.key
        lengths.append(Named(name=item.name, key=item.key, value=_one(given, key, at, item.value, judged)))
    return 0, told_by_subject(lengths, given, key, condition, judged, scope)


def _one(given: Given, key: str, node: Node, told: tuple[int, bool] | None, judged: Indicator | None) -> int | None:
    """One of several lengths; None where it is faulty, so that the others are looked at too."""
    return None if told is None else built(lambda: _checked(given, key, node, told[0], judged, in_days=told[1]))


def _checked(given: Given, key: str, node: Node, length: int, judged: Indicator | None, *, in_days: bool) -> int:
    if in_days and judged is not None and not (isinstance(judged, DeliveryTime) and judged.days is not None):
        what = f"`{judged.name}` is not counted in days"
        hint = "write it in hours, or say what a day of it is with `day:`"
        given.reading.error("wrong-unit", node, what, hint=hint)
        raise Unsound
    if key == "block" and not length:
        given.reading.error("out-of-range", node, "a block of no time", hint="write `1 hour`")
        raise Unsound
    return length
