"""Checks what is said of subjects across a file: that a cap for each of them knows whose credits it holds.

Owns: that check, and for which kinds of subject a clause is judged. Does not own: a single `for_each` (subject_terms).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from malus.model.clauses import Clause
from malus.model.conditions import (
    AnyOf,
    Condition,
    Declared,
    MissedPeriods,
    MissedTogether,
    NotFulfilled,
    OccurrencesInWindow,
    Promise,
    TotalInWindow,
)
from malus.rulefiles.drafts import Draft
from malus.rulefiles.forms_caps import CAPS
from malus.rulefiles.scalars import NAME, NAMES


def lint_subjects(draft: Draft) -> None:
    """Report every clause under a cap for each subject that is not judged for one subject of that kind."""
    for item in draft.scope.top.get("caps", CAPS) or ():
        cap = draft.caps.get(item.value.get("name", NAME) or "")
        if cap is None or cap.for_each is None:
            continue
        for named in item.value.get("limits", NAMES) or item.value.get("limits_bonuses", NAMES) or ():
            clause = draft.clauses.get(named.value)
            if clause is None or all(_fits(draft, kind, cap.for_each) for kind in judged_for(draft, clause)):
                continue
            what = f"`{clause.name}` is not judged for each {cap.for_each}: nobody knows whose cap it uses up"
            hint = f"write `for_each: {cap.for_each}` at its indicator, or take it out of this cap"
            item.value.reading.error("cap-on-nothing", named.node, what, hint=hint)


def judged_for(draft: Draft, clause: Clause) -> set[str | None]:
    """The kinds of subject that a clause is judged for; None is the agreement as a whole."""
    return set(_kinds(draft, clause.condition, frozenset({clause.name})))


def _kinds(draft: Draft, condition: Condition, seen: frozenset[str]) -> Iterator[str | None]:
    match condition:
        case Promise() | OccurrencesInWindow() | TotalInWindow():
            indicator = draft.indicators.get(condition.indicator)
            if indicator is not None:
                yield indicator.for_each
        case MissedPeriods() | NotFulfilled() | MissedTogether():
            for name in _clauses_of(condition):
                if name in draft.clauses and name not in seen:
                    yield from _kinds(draft, draft.clauses[name].condition, seen | {name})
        case Declared(flag=flag):
            for other in draft.clauses.values():
                if other.declares == flag and other.name not in seen:
                    yield from _kinds(draft, other.condition, seen | {other.name})
        case AnyOf():
            for single in condition.conditions:
                yield from _kinds(draft, single, seen)
        case _:
            assert_never(condition)


def _clauses_of(condition: MissedPeriods | NotFulfilled | MissedTogether) -> tuple[str, ...]:
    match condition:
        case MissedPeriods(name=name) | NotFulfilled(clause=name):
            return (name,)
        case MissedTogether(clauses=names):
            return names


def _fits(draft: Draft, judged: str | None, capped: str) -> bool:
    """Whether every subject of one kind is, or is part of, exactly one of another."""
    if judged is None:
        return False
    subjects = draft.scope.subjects
    return all(len(subjects.at_or_above(name, capped)) == 1 for name in subjects.of_kind(judged))
