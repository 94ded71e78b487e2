"""The place of a failure among those of its period, where the first ones pay otherwise than the later ones.

Owns: which come before it, and what its place pays. Does not own: verdicts, nor what a base is (`credits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from malus.model.agreement import Terms
from malus.model.conditions import Promise
from malus.model.credits import AmountCredit
from malus.model.indicators import DeliveryTime, Elapsed

from tests.reference.figures import one_by_one
from tests.reference.incidents import counts_for, placed
from tests.reference.seasons import limit_of_single
from tests.reference.subjects import for_subject
from tests.reference.verdicts import Judgement
from tests.reference.world import World


@dataclass(frozen=True)
class Turn:
    """Those that began before it: how many broke the promise, may have, and run and may yet."""

    broken: int = 0
    unknown: int = 0
    running: int = 0


#: What begins before all others, or takes no place.
FIRST = Turn()


def turn_of(world: World, judged: list[Judgement], verdict: Judgement) -> Turn:
    """How many of the same clause, period and subject come before a failure, by the start of their time, then name."""
    credit, condition = verdict.clause.credit, verdict.clause.condition
    if not isinstance(credit, AmountCredit) or not credit.has_firsts or verdict.incident is None:
        return FIRST
    assert isinstance(condition, Promise)
    indicator = world.terms[verdict.cut.place].indicator(condition.indicator)
    assert isinstance(indicator, Elapsed | DeliveryTime)
    own = (verdict.incident.start, verdict.subject)
    told = {
        one.subject: one
        for one in judged
        if one.clause is verdict.clause and one.cut.start == verdict.cut.start and one.whose == verdict.whose
    }
    world.edge(
        "two failures that began at the same instant",
        when=any(
            one.incident.start == own[0] and one.subject != own[1] and one.outcome == "missed"
            for one in told.values()
            if one.incident is not None
        ),
    )
    broken = unknown = running = 0
    for one in one_by_one(world, indicator, verdict.cut):
        if (one.start, one.subject) >= own or not counts_for(world, indicator.for_each, one, verdict.cut):
            continue
        earlier = told.get(one.subject)
        if earlier is None:
            running += _may_be_judged(world, condition, indicator, one, verdict)
        elif earlier.outcome == "undetermined":
            unknown += 1
            running += one.end is None
        elif earlier.outcome == "missed":
            broken += 1
        elif one.end is None:
            running += 1
    world.edge("an earlier failure pays for its place", when=broken > 0)
    world.edge("nobody knows whether an earlier one failed", when=unknown > 0)
    world.edge("an earlier one runs and may yet fail", when=running > 0)
    return Turn(broken, unknown, running)


def _may_be_judged(world: World, condition: Promise, indicator: Any, one: Any, verdict: Judgement) -> bool:
    """Whether one that has no verdict while it runs will have one in this period."""
    limit = limit_of_single(world, condition.limits, one, world.terms[verdict.cut.place], verdict.whose)
    waits = one.end is None and indicator.while_open == "waits"
    return waits and limit is not None and placed(one, indicator.counted_in, verdict.cut)


def said_for(terms: Terms, credit: AmountCredit, whose: str, place: int) -> tuple[Any, Any]:
    """The sum or the rate of a place, counted from 1: one of the first, or what each further one pays."""
    if credit.differs.firsts and place == 1:
        return for_subject(credit.differs.firsts, terms, whose), None
    if place <= len(credit.first_amounts):
        return credit.first_amounts[place - 1], None
    if place <= len(credit.first_rates):
        return None, credit.first_rates[place - 1]
    amount = for_subject([*credit.differs.amounts, (None, credit.amount)], terms, whose)
    rate = for_subject([*credit.differs.rates, (None, credit.rate)], terms, whose)
    return amount, rate


def places(credit: AmountCredit) -> int:
    """How many places pay otherwise."""
    return max(len(credit.first_amounts), len(credit.first_rates), 1 if credit.differs.firsts else 0)


def whole(count: Fraction) -> int:
    """How many occurrences there were."""
    assert count.denominator == 1
    return int(count)
