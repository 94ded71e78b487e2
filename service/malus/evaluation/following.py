"""Owns the rule set that terms compile to and the facts that evaluation states; asks a matcher what follows.

Does not own: matching itself. No other place decides that a remedy follows from a fact: without a matcher's answer
there is no credit, right, obligation or escalation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, assert_never

from malus.model.agreement import Terms
from malus.model.clauses import AfterStart, Clause, EscalationStep
from malus.model.conditions import (
    Declared,
    MissedPeriods,
    MissedTogether,
    NotFulfilled,
    OccurrencesInWindow,
    Promise,
    SingleCondition,
    TotalInWindow,
    single_conditions,
)
from malus.model.credits import BandCredit
from malus.model.indicators import Elapsed
from malus.model.quantities import Edge, Outcome
from malus.model.rules import Condition, Consequence, Fact, FactKind, Rule, RuleSet, Test
from malus.model.rules import Outcome as Following
from malus.remedies.bands import GAP

#: Flags of declared facts count from 0, those of obligations that were not fulfilled from here, by clause.
_NOT_FULFILLED = 100_000


class Matcher(Protocol):
    """Says which consequences follow from which facts; each fact by itself, in the order given."""

    def consequences(self, rules: RuleSet, facts: Sequence[Fact]) -> tuple[Following, ...]:
        """One answer a fact."""
        ...


@lru_cache(maxsize=2048)
def rules_of(terms: Terms) -> RuleSet:
    """Compile what the clauses say into rules over single facts; clauses are named by their place in the file."""
    flags = _flags(terms)
    ordinals = {clause.name: clause.ordinal for clause in terms.clauses}
    rules: list[Rule] = []
    for clause in terms.clauses:
        condition = clause.condition
        match condition:
            case Promise():
                by_incident = isinstance(terms.indicator(condition.indicator), Elapsed)
                rules += _of_promise(clause, _derived(clause, flags, ladder=not by_incident))
            case _:
                for part, single in single_conditions(condition):
                    rules += _of_single(clause, part, single, flags, ordinals)
        rules += _of_ladder(clause)
    return RuleSet(rules=tuple(rules))


def verdict_fact(clause: Clause, outcome: Outcome, row: int, points_row: int, bonus_row: int) -> Fact:
    """A verdict on a clause's promise, with the row of its table of money, of the one of points and of its bonus.

    `GAP` or `BEYOND` where no row takes the level.
    """
    more = {} if clause.points is None else {"points_row": points_row}
    if clause.bonus is not None:
        more["bonus_row"] = bonus_row
    return Fact.of("verdict", clause=clause.ordinal, outcome=outcome.value, row=row, **more)


def count_fact(clause: Clause, part: int, count: int) -> Fact:
    """So many facts in the window of a clause; `part` says which of several windows, 0 where there is one."""
    return Fact.of("aggregate", clause=clause.ordinal, part=part, count=count)


def total_fact(clause: Clause, part: int, total: int) -> Fact:
    """So many microseconds in the window of a clause; `part` says which of several windows, 0 where there is one."""
    return Fact.of("aggregate", clause=clause.ordinal, part=part, total=total)


def not_fulfilled_fact(clause: Clause) -> Fact:
    """What a clause obliged a party to deliver was not delivered in time."""
    return Fact.of("state", flag=_NOT_FULFILLED + clause.ordinal)


def step_fact(clause: Clause, step: int) -> Fact:
    """The time of a step of a clause's ladder came, or will, while its condition still held."""
    return Fact.of("state", clause=clause.ordinal, step=step)


def _flags(terms: Terms) -> dict[str, int]:
    named = {clause.declares for clause in terms.clauses if clause.declares is not None}
    return {flag: number for number, flag in enumerate(sorted(named))}


def _derived(clause: Clause, flags: dict[str, int], *, ladder: bool) -> tuple[Fact, ...]:
    """What is so besides once a clause is triggered: the fact it declares, the `ladder` that starts with the breach.

    An incident's ladder is stated step by step instead, because its steps may come before the breach.
    """
    declared = () if clause.declares is None else (Fact.of("state", flag=flags[clause.declares]),)
    return (*declared, *(step_fact(clause, step.step) for step in clause.escalation if ladder))


def _of_promise(clause: Clause, derives: tuple[Fact, ...]) -> list[Rule]:
    mine = _equals("clause", clause.ordinal)
    missed = _equals("outcome", Outcome.MISSED.value)
    rules: list[Rule] = []
    once = _once(clause)
    # What pays may be earned back, whether a miss or, with a table that pays whenever a row matches, a kept promise.
    back = () if clause.returned is None else (Consequence(clause=clause.ordinal, part="earn_back"),)
    if isinstance(clause.credit, BandCredit):
        whenever = clause.credit.pays == "whenever_a_row_matches"
        for band in clause.credit.bands:
            conditions = (mine, _equals("row", band.row), *(() if whenever else (missed,)))
            pays = Consequence(clause=clause.ordinal, part="credit", row=band.row)
            rules.append(_rule(f"{clause.name} row {band.row}", "verdict", conditions, (pays, *back)))
        nothing = Consequence(clause=clause.ordinal, part="credit", row=0)
        rules.append(_rule(f"{clause.name} no row", "verdict", (mine, _equals("row", GAP), missed), (nothing, *back)))
    elif clause.credit is not None:
        once = (Consequence(clause=clause.ordinal, part="credit"), *back, *once)
    rules += _of_points(clause, mine, missed)
    rules += _of_bonus(clause, mine)
    if clause.returned is not None:
        # Whether there is anything to earn back, and whether it is earned, are two facts.
        kept = Condition(property="count", test="at_least", value=clause.returned.periods)
        earned = Consequence(clause=clause.ordinal, part="earn_back", row=1)
        rules.append(_rule(f"{clause.name} earned back", "aggregate", (mine, _equals("part", 0), kept), (earned,)))
    if once or derives:
        rules.append(_rule(f"{clause.name} missed", "verdict", (mine, missed), once, derives))
    return rules


def _of_points(clause: Clause, mine: Condition, missed: Condition) -> list[Rule]:
    if clause.points is None:
        return []
    if clause.points.table is None:
        gives = Consequence(clause=clause.ordinal, part="points")
        return [_rule(f"{clause.name} points", "verdict", (mine, missed), (gives,))]
    return [
        _rule(
            f"{clause.name} points of row {row}",
            "verdict",
            (mine, _equals("points_row", row), missed),
            (Consequence(clause=clause.ordinal, part="points", row=row),),
        )
        for row in (GAP, *(band.row for band in clause.points.table.bands))
    ]


def _of_bonus(clause: Clause, mine: Condition) -> list[Rule]:
    """A bonus follows from a promise that is kept, never from one that is missed."""
    if clause.bonus is None:
        return []
    kept = _equals("outcome", Outcome.MET.value)
    return [
        _rule(
            f"{clause.name} bonus of row {row}",
            "verdict",
            (mine, _equals("bonus_row", row), kept),
            (Consequence(clause=clause.ordinal, part="bonus", row=row),),
        )
        for row in (GAP, *(band.row for band in clause.bonus.table.bands))
    ]


def _of_single(
    clause: Clause, part: int, condition: SingleCondition, flags: dict[str, int], ordinals: dict[str, int]
) -> list[Rule]:
    match condition:
        case MissedPeriods():
            return _of_aggregate(clause, part, "count", Edge.AT_LEAST, condition.count, flags)
        case OccurrencesInWindow():
            needed = condition.count
            return _of_aggregate(clause, part, "count", needed.edge, needed.value.numerator, flags)
        case TotalInWindow():
            needed = condition.total
            return _of_aggregate(clause, part, "total", needed.edge, needed.value.numerator, flags)
        case MissedTogether():
            return _of_aggregate(clause, part, "count", Edge.AT_LEAST, condition.count, flags)
        case Declared():
            return _of_flag(clause, flags[condition.flag], flags)
        case NotFulfilled():
            return _of_flag(clause, _NOT_FULFILLED + ordinals[condition.clause], flags)
        case _:
            assert_never(condition)


def _of_aggregate(clause: Clause, part: int, name: str, edge: Edge, value: int, flags: dict[str, int]) -> list[Rule]:
    reached = Condition(property=name, test=_TESTS[edge], value=value)
    conditions = (_equals("clause", clause.ordinal), _equals("part", part), reached)
    return _whole(clause, "aggregate", conditions, flags)


def _of_flag(clause: Clause, flag: int, flags: dict[str, int]) -> list[Rule]:
    return _whole(clause, "state", (_equals("flag", flag),), flags)


def _whole(clause: Clause, kind: FactKind, conditions: tuple[Condition, ...], flags: dict[str, int]) -> list[Rule]:
    """Everything that a clause without a promise of its own says, once its condition holds."""
    follows = _once(clause)
    if clause.credit is not None:
        follows = (Consequence(clause=clause.ordinal, part="credit"), *follows)
    derives = _derived(clause, flags, ladder=True)
    return [_rule(clause.name, kind, conditions, follows, derives)] if follows or derives else []


def _of_ladder(clause: Clause) -> list[Rule]:
    """Steps on an incident's own clock: each has a fact of its own, because it may be due before the breach."""
    return [
        _rule(
            f"{clause.name} step {step.step}",
            "state",
            (_equals("clause", clause.ordinal), _equals("step", step.step)),
            (Consequence(clause=clause.ordinal, part="escalation", row=step.step),),
        )
        for step in clause.escalation
        if not runs_from_breach(step)
    ]


def runs_from_breach(step: EscalationStep) -> bool:
    """Whether a step runs from the breach itself, not from the time that the promise leaves."""
    return isinstance(step.timing, AfterStart) and step.timing.due.after == "breach"


def _once(clause: Clause) -> tuple[Consequence, ...]:
    right = () if clause.right is None else (Consequence(clause=clause.ordinal, part="right"),)
    owed = () if clause.obligation is None else (Consequence(clause=clause.ordinal, part="obligation"),)
    steps = (
        Consequence(clause=clause.ordinal, part="escalation", row=step.step)
        for step in clause.escalation
        if runs_from_breach(step)
    )
    return (*right, *owed, *steps)


def _rule(
    name: str,
    kind: FactKind,
    conditions: tuple[Condition, ...],
    consequences: tuple[Consequence, ...],
    derives: tuple[Fact, ...] = (),
) -> Rule:
    return Rule(name=name, kind=kind, conditions=conditions, consequences=consequences, derives=derives)


def _equals(name: str, value: int | str) -> Condition:
    return Condition(property=name, test="equals", value=value)


_TESTS: dict[Edge, Test] = {
    Edge.AT_LEAST: "at_least",
    Edge.ABOVE: "above",
    Edge.AT_MOST: "at_most",
    Edge.BELOW: "below",
}
