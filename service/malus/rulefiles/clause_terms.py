"""Compiles clauses: each with its source, its promise or condition, and what follows.

Owns: putting a clause together. Does not own: conditions (condition_terms), credits (credit_terms), rights,
obligations and ladders (consequence_terms).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from malus.model.clauses import Cap, Clause
from malus.model.conditions import Condition, Promise
from malus.model.indicators import Indicator
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.bonus_terms import bonus_terms
from malus.rulefiles.condition_terms import condition_terms
from malus.rulefiles.consequence_terms import escalation_steps, obligation_terms, right_terms
from malus.rulefiles.credit_terms import Owed, credit_terms
from malus.rulefiles.documents import Unsound, built
from malus.rulefiles.forms import Given
from malus.rulefiles.point_terms import points_terms
from malus.rulefiles.return_terms import return_terms
from malus.rulefiles.scalars import NAME, NAME_OR_NAMES, SOURCE
from malus.rulefiles.scope import Scope


def clause_terms(scope: Scope, indicators: dict[str, Indicator], caps: Mapping[str, Cap]) -> dict[str, Clause]:
    """Every clause without a fault, by name in the order of the file; all faults of the others are reported."""
    clauses: dict[str, Clause] = {}
    for ordinal, named in enumerate(scope.top.get("clauses", forms.CLAUSES) or ()):
        given = named.value
        if given is None:
            continue
        condition = built(partial(condition_terms, named.name, given, scope, indicators))
        clause = built(
            partial(_clause, ordinal, given, condition, _owed(named.name, condition, scope, indicators, caps))
        )
        if clause is not None:
            clauses[named.name] = clause
    return clauses


def _owed(
    name: str,
    condition: Condition | None,
    scope: Scope,
    indicators: dict[str, Indicator],
    caps: Mapping[str, Cap],
) -> Owed:
    judged = indicators.get(condition.indicator) if isinstance(condition, Promise) else None
    return Owed(clause=name, condition=condition, judged=judged, scope=scope, caps=caps, indicators=indicators)


def _clause(
    ordinal: int,
    given: Given,
    condition: Condition | None,
    owed: Owed,
) -> Clause:
    scope, judged = owed.scope, owed.judged
    # Each part is built by itself, so that a fault in one hides none in the next.
    credit = built(lambda: credit_terms(given, owed))
    bonus = built(lambda: bonus_terms(given, owed))
    points = built(lambda: points_terms(given, condition, judged))
    returned = built(lambda: return_terms(given, condition, judged, scope))
    right = built(lambda: right_terms(given, scope))
    obligation = built(lambda: obligation_terms(given, scope))
    steps = built(lambda: escalation_steps(given, condition, judged, scope))
    for key, part in (
        ("credit", credit),
        ("bonus", bonus),
        ("points", points),
        ("returned", returned),
        ("right", right),
        ("obligation", obligation),
        ("escalation", steps),
    ):
        if given.has(key) and not part:
            raise Unsound
    if condition is None:
        raise Unsound
    return Clause(
        ordinal=ordinal,
        name=owed.clause,
        source=given.must("source", SOURCE),
        condition=condition,
        credit=credit,
        bonus=bonus,
        points=points,
        returned=returned,
        right=right,
        obligation=obligation,
        escalation=steps or (),
        declares=given.must("declares", NAME) if given.has("declares") else None,
        formerly=tuple(sorted({item.value for item in given.get("formerly", NAME_OR_NAMES) or ()})),
        line=given.line,
    )
