"""Owns when a decision is written: at a transition, and when facts or terms change an answer.

Does not own: judging, or storing. Views - a credit whose period runs, a step that is still coming - are no decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from malus.model.assessment import (
    Assessment,
    Bonus,
    BonusState,
    CreditState,
    EarnBack,
    Escalation,
    Finality,
    Remedy,
    RemedyKey,
    ServiceCredit,
    StepState,
)
from malus.model.canonical import digest
from malus.model.decisions import Decision, Reason
from malus.model.instants import Instant
from malus.model.money import Money, zero
from malus.model.periods import Period


def decided(assessment: Assessment, latest: Mapping[RemedyKey, Decision], reason: Reason) -> list[Decision]:
    """The decisions that an assessment adds to the latest ones of its agreement, in canonical order.

    A remedy that differs from its latest decision - in state, finality, amount or reasons - gets a revision with the
    difference in money; one that no longer follows gets a revision at zero. `reason` says why the question was asked
    again. An equal answer adds nothing.
    """
    standing = {remedy.key: remedy for remedy in _decidable(assessment)}
    added = [
        decision
        for key, remedy in standing.items()
        if (decision := _revised(assessment, remedy, latest.get(key), reason)) is not None
    ]
    added += [
        _withdrawn(assessment, before, reason)
        for key, before in sorted(latest.items(), key=lambda item: _order(item[0]))
        if key not in standing and not before.withdrawn
    ]
    return added


def next_transition(assessment: Assessment) -> Instant | None:
    """The first instant after `as_of` at which time alone may change the answer; None where nothing is ahead."""
    ahead = [instant for instant in _moments(assessment) if instant is not None and instant > assessment.as_of]
    return min(ahead, default=None)


def _decidable(assessment: Assessment) -> Iterable[Remedy]:
    yield from (credit for credit in assessment.credits if credit.state is not CreditState.ACCRUING)
    yield from (bonus for bonus in assessment.bonuses if bonus.state is not BonusState.ACCRUING)
    yield from assessment.earn_backs
    yield from assessment.rights
    yield from assessment.obligations
    yield from (step for step in assessment.escalations if step.state is StepState.RAISED)


def _revised(assessment: Assessment, remedy: Remedy, before: Decision | None, reason: Reason) -> Decision | None:
    content = digest(remedy)
    if before is not None and before.content == content and not before.withdrawn:
        return None
    amount, before_cap = _money(remedy)
    return Decision(
        agreement=assessment.agreement,
        key=remedy.key,
        revision=1 if before is None else before.revision + 1,
        supersedes=None if before is None else before.revision,
        reason=Reason.FIRST if before is None else reason,
        as_of=assessment.as_of,
        state=remedy.state.value,
        finality=_finality(remedy),
        period=_period(remedy),
        amount=amount,
        before_cap=before_cap,
        delta=_delta(remedy, amount, before, assessment.currency),
        withdrawn=False,
        terms=assessment.terms,
        content=content,
        remedy=remedy,
    )


def _withdrawn(assessment: Assessment, before: Decision, reason: Reason) -> Decision:
    is_credit = isinstance(before.remedy, ServiceCredit)
    has_caps = isinstance(before.remedy, ServiceCredit | Bonus)
    nothing = zero(assessment.currency) if isinstance(before.remedy, ServiceCredit | Bonus | EarnBack) else None
    return replace(
        before,
        revision=before.revision + 1,
        supersedes=before.revision,
        reason=reason,
        as_of=assessment.as_of,
        state="reduced_to_zero" if is_credit else "withdrawn",
        finality=Finality.PROVISIONAL,
        amount=nothing,
        before_cap=nothing if has_caps else None,
        delta=None if nothing is None else nothing - (before.amount or nothing),
        withdrawn=True,
        terms=assessment.terms,
    )


def _money(remedy: Remedy) -> tuple[Money | None, Money | None]:
    if isinstance(remedy, ServiceCredit | Bonus):
        return remedy.amount, remedy.before_cap
    if isinstance(remedy, EarnBack):
        return remedy.amount, None
    return None, None


def _delta(remedy: Remedy, amount: Money | None, before: Decision | None, currency: str) -> Money | None:
    if not isinstance(remedy, ServiceCredit | Bonus | EarnBack):
        return None
    nothing = zero(currency)
    earlier = nothing if before is None or before.amount is None else before.amount
    return (amount or nothing) - earlier


def _finality(remedy: Remedy) -> Finality:
    # A step that was raised stays raised unless facts change, which is a new revision.
    return Finality.FINAL if isinstance(remedy, Escalation) else remedy.finality


def _period(remedy: Remedy) -> Period | None:
    return remedy.period if isinstance(remedy, ServiceCredit | Bonus | EarnBack) else None


def _order(key: RemedyKey) -> tuple[str, str, str, str]:
    return (key.clause, key.slot, key.subject, key.occasion)


def _moments(assessment: Assessment) -> Iterable[Instant | None]:
    for verdict in assessment.verdicts:
        yield from (verdict.period.end, verdict.final_from)
    for credit in assessment.credits:
        yield from (credit.period.end, credit.final_from, _after(credit.claim_until))
    for bonus in assessment.bonuses:
        yield from (bonus.period.end, bonus.final_from)
    for returned in assessment.earn_backs:
        yield returned.final_from
    for right in assessment.rights:
        yield from (right.final_from, _after(right.cure_until), _after(right.exercise_until), right.ends_service_at)
    for owed in assessment.obligations:
        yield from (owed.final_from, _after(owed.due_until))
    for step in assessment.escalations:
        yield step.due_at


def _after(last_instant: Instant | None) -> Instant | None:
    return None if last_instant is None else last_instant + 1
