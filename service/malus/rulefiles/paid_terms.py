"""Compiles what a credit for each, or by blocks, pays: sums and rates, one for all or by name or class of the subject.

Owns: that every subject that is judged is spoken of. Does not own: the rest of the credit (credit_terms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from malus.model.conditions import Condition, Promise
from malus.model.credits import BandCredit, PaidBySubject
from malus.model.indicators import Indicator
from malus.model.money import Money
from malus.model.subjects import Subjects
from malus.rulefiles.documents import ByShape, Named, Unsound, built
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_subjects import AMOUNT, RATE
from malus.rulefiles.scope import Scope
from malus.rulefiles.subject_terms import by_subject

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What holds for all, and what `differs` by subject; of one key only one of both."""

    amount: Money | None
    rate: Fraction | None
    first: Money | None
    differs: PaidBySubject


def paid_terms(
    given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope, *, blocks: bool = False
) -> Paid:
    """The sums and rates of a credit under a condition; `judged` is its promise's indicator, if sound.

    `blocks`: it is paid by blocks, of which the first may differ.
    """

    def said(key: str, kind: ByShape[T | tuple[Named[T], ...]]) -> tuple[T | None, tuple[tuple[str, T], ...]] | None:
        return built(lambda: _said(given, key, kind, condition, judged, scope))

    amount, rate = said("amount", AMOUNT), said("rate", RATE)
    first = said("first", AMOUNT) if blocks else (None, ())
    if amount is None or rate is None or first is None:
        raise Unsound
    differs = PaidBySubject(amounts=amount[1], rates=rate[1], firsts=first[1])
    return Paid(amount=amount[0], rate=rate[0], first=first[0], differs=differs)


def tables_as_paid(table: BandCredit, kind: str | None, subjects: Subjects) -> tuple[BandCredit, ...]:
    """A table as it stands for the subjects of a kind, each once; the table itself where it is one for all."""
    if kind is None or not table.differs:
        return (table,)
    stands = {table.paid_to(name, subjects.class_of(name)): None for name in subjects.of_kind(kind)}
    return tuple(stands)


def _said(
    given: Given,
    key: str,
    kind: ByShape[T | tuple[Named[T], ...]],
    condition: Condition | None,
    judged: Indicator | None,
    scope: Scope,
) -> tuple[T | None, tuple[tuple[str, T], ...]]:
    """What a key says for all, or by subject; nothing where it is left out."""
    if not given.has(key):
        return None, ()
    told = given.must(key, kind)
    if not isinstance(told, tuple):
        return told, ()
    return None, told_by_subject(told, given, key, condition, judged, scope)


def told_by_subject(
    told: Sequence[Named[T]],
    given: Given,
    key: str,
    condition: Condition | None,
    judged: Indicator | None,
    scope: Scope,
) -> tuple[tuple[str, T], ...]:
    """What a key says by name or class of the subjects that are judged; Unsound where there are none."""
    if condition is not None and not isinstance(condition, Promise):
        what = f"`{key}` differs by subject, and only a promise is judged for each of them"
        given.reading.error("wrong-measure", given.key_node(key), what, hint="write `promise:`, or one for all")
        raise Unsound
    if judged is None:
        # Whose promise it is cannot be said until its own fault is mended.
        raise Unsound
    return by_subject(told, judged.for_each, given, key, scope)
