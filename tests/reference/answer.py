"""The reference: the whole answer by plain ifs and exact fractions, and an assessment in the same shape.

Owns: what is compared. It is written from the agreements' words alone and shares no arithmetic with the package.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.events import Event

from tests.reference.bonuses import bonuses
from tests.reference.caps import after_caps
from tests.reference.consequences import (
    after_obligations,
    escalations,
    missed_duties,
    obligations,
    rights,
)
from tests.reference.credits import credits_before_caps
from tests.reference.earn_backs import earn_backs
from tests.reference.finality import final_credits
from tests.reference.later_life import agree, live_on
from tests.reference.options import after_options
from tests.reference.points import verdicts_and_points
from tests.reference.windows import firings, once_for_each_occasion
from tests.reference.world import World


@dataclass(frozen=True)
class ReferenceAnswer:
    """What both must agree on; a key with several entries has them in a fixed order."""

    verdicts: dict[tuple[str, int, str, str], tuple[str, Fraction | None, bool]]
    credits: dict[tuple[str, int, str, str], tuple[Fraction | None, Fraction | None, str, bool]]
    settled: dict[tuple[str, int, str, str], Fraction | None]
    bonuses: dict[tuple[str, int, str, str], tuple[Fraction | None, Fraction | None, str, str]]
    earn_backs: dict[tuple[str, int, str, str], tuple[str, Fraction | None, bool]]
    rights: dict[tuple[str, str, str], list[Any]]
    obligations: dict[tuple[str, str, str], list[Any]]
    escalations: dict[tuple[str, int, str], list[Any]]
    missed_duties: dict[tuple[str, int], list[Any]]
    put_aside: dict[str, list[str]]


def reference_assessment(
    terms: Sequence[Terms], events: Iterable[Event], as_of: int, known_at: int | None
) -> ReferenceAnswer:
    """The whole answer for one agreement, as of a moment and as known at a moment."""
    return with_edges(terms, events, as_of, known_at)[0]


def with_edges(
    terms: Sequence[Terms], events: Iterable[Event], as_of: int, known_at: int | None
) -> tuple[ReferenceAnswer, frozenset[str]]:
    """The answer, and the names of every boundary that was met exactly on the way to it."""
    world = World(terms, events, as_of, known_at)
    judged = verdicts_and_points(world)
    fired = firings(world, judged)
    dues = credits_before_caps(world, judged, fired)
    after_options(world, dues)
    agree(world, dues)
    amounts = after_caps(world, dues)
    taken = live_on(world, dues, amounts)
    finals = final_credits(world, judged, dues, amounts)
    fired = [one for one in fired if one.stands]
    returned = earn_backs(world, judged, dues, amounts, finals)
    owed = obligations(world, fired)
    # An obligation that follows from a missed one can be missed in turn; agreements do not go deeper.
    fired = once_for_each_occasion(world, fired + after_obligations(world, owed))
    owed = obligations(world, fired)
    owing: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for one in owed:
        owing[one.firing.clause.name, one.firing.occasion, one.firing.owed_to].append((one.until, one.state))
    answer = ReferenceAnswer(
        verdicts={
            (one.clause.name, one.cut.start, one.subject, one.whose): (one.outcome, one.level, one.final)
            for one in judged
        },
        credits={
            (one.clause.name, one.verdict.cut.start, one.verdict.owed_to, one.verdict.called()): (
                one.before_cap,
                Fraction(0) if one.state == "lapsed" else amount,
                one.state,
                final,
            )
            for one, amount, final in zip(dues, amounts, finals, strict=True)
        },
        settled={
            (one.clause.name, one.verdict.cut.start, one.verdict.owed_to, one.verdict.called()): amount
            for one, amount in zip(dues, taken, strict=True)
            if amount is not None
        },
        bonuses=bonuses(world, judged),
        earn_backs=returned,
        rights=rights(world, fired),
        obligations=dict(owing),
        escalations=escalations(world, fired),
        missed_duties=missed_duties(world),
        # Where no terms were known there is nothing that an event could have counted for.
        put_aside=_in_order(world.standing.remarks) if world.terms else {},
    )
    return answer, frozenset(world.edges)


def comparable(assessment: Assessment) -> ReferenceAnswer:
    """An assessment as the reference would give it."""
    rights_listed: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for right in assessment.rights:
        rights_listed[right.key.clause, right.key.occasion, right.key.subject].append(
            (right.arisen_at, str(right.state), right.cure_until, right.exercise_until)
        )
    owing: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for owed in assessment.obligations:
        owing[owed.key.clause, owed.key.occasion, owed.key.subject].append((owed.due_until, str(owed.state)))
    steps: dict[tuple[str, int, str], list[Any]] = defaultdict(list)
    for step in assessment.escalations:
        steps[step.key.clause, step.step, step.key.subject].append((step.due_at, str(step.state)))
    duties: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for duty in assessment.missed_duties:
        duties[duty.subject, duty.due_until].append(duty.done_at)
    aside: dict[str, list[str]] = defaultdict(list)
    for remark in assessment.remarks:
        if remark.reason in {"corrected", "retracted", "corrects-nothing"}:
            aside[remark.event].append(remark.reason)
    return ReferenceAnswer(
        verdicts={
            (one.clause, one.period.start, one.subject, one.whose): (
                str(one.outcome),
                None if one.level is None else one.level.exact(),
                str(one.finality) == "final",
            )
            for one in assessment.verdicts
        },
        credits={
            (one.key.clause, one.period.start, one.key.subject, one.key.occasion): (
                None if one.before_cap is None else one.before_cap.amount,
                None if one.amount is None else one.amount.amount,
                str(one.state),
                str(one.finality) == "final",
            )
            for one in assessment.credits
        },
        settled={
            (one.key.clause, one.period.start, one.key.subject, one.key.occasion): one.settled.amount
            for one in assessment.credits
            if one.settled is not None
        },
        bonuses={
            (one.key.clause, one.period.start, one.key.subject, one.key.occasion): (
                None if one.before_cap is None else one.before_cap.amount,
                None if one.amount is None else one.amount.amount,
                str(one.state),
                one.settled,
            )
            for one in assessment.bonuses
        },
        earn_backs={
            (one.key.clause, one.period.start, one.key.subject, one.key.occasion): (
                str(one.state),
                None if one.amount is None else one.amount.amount,
                str(one.finality) == "final",
            )
            for one in assessment.earn_backs
        },
        rights=_in_order(rights_listed),
        obligations=_in_order(owing),
        escalations=_in_order(steps),
        missed_duties=_in_order(duties),
        put_aside=_in_order(aside),
    )


def differences(reference: ReferenceAnswer, engine: ReferenceAnswer) -> list[str]:
    """Every place where the two disagree, one line each."""
    found = []
    for part in fields(reference):
        expected, given = getattr(reference, part.name), getattr(engine, part.name)
        for key in sorted({*expected, *given}, key=repr):
            one, other = expected.get(key), given.get(key)
            if one != other:
                found.append(f"{part.name} {key}: reference {one}, engine {other}")
    return found


def _in_order(listed: dict[Any, list[Any]]) -> dict[Any, list[Any]]:
    return {key: sorted(values, key=repr) for key, values in listed.items()}
