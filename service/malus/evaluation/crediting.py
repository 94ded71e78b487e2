"""Owns service credits: from what follows from a trigger to amounts after caps, with their state and finality.

Does not own: the arithmetic of one credit (remedies.amounts), of caps (remedies.caps) or of claims (remedies.claims).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.evaluation.in_force import names_of
from malus.evaluation.intake import Facts
from malus.evaluation.triggers import Trigger
from malus.model.agreement import MoneyRule
from malus.model.assessment import CreditState, Finality, ServiceCredit
from malus.model.clauses import ClaimStep, Clause
from malus.model.credits import AmountCredit, PaidOnlyIf
from malus.model.events import Claim
from malus.model.explanation import BaseSum, Explanation, Lapsed, NotPaidBelow, Rounded, Step
from malus.model.instants import Instant
from malus.model.money import Money, zero
from malus.model.rules import Consequence
from malus.remedies.amounts import worked_out
from malus.remedies.bases import Bases
from malus.remedies.caps import Capped, through_caps
from malus.remedies.charge_base import ChargeBook
from malus.remedies.claims import Standing, claim_starts, final_from, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A credit before caps, with what its state will be told from."""

    trigger: Trigger
    clause: Clause
    standing: Standing
    capped: Capped
    before_cap: Money | None


def credits_of(followed: Sequence[tuple[Trigger, Consequence]], book: ChargeBook, facts: Facts) -> list[ServiceCredit]:
    """Every service credit that follows, in the order in which credits use caps up.

    That order is (period end, clause order in the file, subject). A claim that names no credit is remarked.
    """
    matched: set[int] = set()
    drafts = [
        draft
        for trigger, consequence in followed
        if (draft := _draft(trigger, consequence, book, facts, matched)) is not None
    ]
    drafts.sort(
        key=lambda draft: (
            draft.trigger.period.end,
            draft.trigger.place,
            draft.clause.ordinal,
            draft.trigger.subject,
            draft.trigger.whose,
            draft.trigger.period.start,
            draft.trigger.occasion,
        )
    )
    capped = through_caps([draft.capped for draft in drafts], book, facts.openings)
    _remark_claims(facts, matched)
    _remark_openings(facts, capped)
    return [_credit(draft, credit, facts.as_of) for draft, credit in zip(drafts, capped, strict=True)]


def _draft(
    trigger: Trigger, consequence: Consequence, book: ChargeBook, facts: Facts, matched: set[int]
) -> _Draft | None:
    terms = trigger.terms
    clause = terms.clauses[consequence.clause]
    if clause.credit is None:
        return None
    worked = worked_out(
        clause.credit,
        consequence.row,
        trigger.measurement,
        Bases(
            book=book,
            period=trigger.period,
            cycle=trigger.cycle,
            zone=terms.timezone,
            whose=trigger.whose,
            starts=trigger.measurement.starts,
        ),
        terms.currency,
    )
    claims = [claim for claim in facts.claims if _names(claim, clause, trigger)]
    matched |= {id(claim) for claim in claims}
    stand = _standing(trigger, clause, claims, facts.as_of)
    for late in stand.late:
        facts.remark(late, "late-claim", f"this came after the last instant for `{clause.name}`: the credit lapsed")
    steps: list[Step] = [*trigger.steps, *worked.steps]
    amount = worked.amount
    if amount is not None:
        amount, rounding = _payable(amount, terms.money, clause.credit.paid_only_if)
        steps += rounding
    return _Draft(
        trigger=trigger,
        clause=clause,
        standing=stand,
        before_cap=amount,
        capped=Capped(
            place=trigger.place,
            clause=clause.name,
            ordinal=clause.ordinal,
            subject=trigger.subject,
            whose=trigger.whose,
            subjects=terms.subjects,
            period=trigger.period,
            zone=terms.timezone,
            money=terms.money,
            caps=terms.caps,
            amount=amount,
            lapsed=stand.lapsed is not None and trigger.complete and not _still_grows(trigger, clause),
            steps=tuple(steps),
            waiting=worked.waiting,
            base=next((step for step in worked.steps if isinstance(step, BaseSum)), None),
        ),
    )


def _credit(draft: _Draft, capped: Capped, as_of: Instant) -> ServiceCredit:
    trigger, stand, terms = draft.trigger, draft.standing, draft.trigger.terms
    amount, steps = capped.amount, list(capped.steps)
    steps += stand.limits
    state = _state(trigger, draft.clause, capped, stand)
    if state is CreditState.LAPSED and amount is not None and stand.lapsed is not None:
        nothing = zero(amount.currency)
        steps.append(
            Lapsed(step=stand.lapsed.name, last_instant=stand.lapsed.last_instant, before=amount, result=nothing)
        )
        amount = nothing
    settled = final_from(terms.settlement, trigger.period.end, stand)
    if trigger.final_from is None:
        settled = None
    elif settled is not None and trigger.fact.kind != "verdict":
        # A window is no more final than the verdicts in it; a verdict's own credit is settled by its own claim.
        settled = max(settled, trigger.final_from)
    final = (
        settled is not None
        and settled <= as_of
        and state is not CreditState.ACCRUING
        and amount is not None
        and not capped.uncertain
    )
    return ServiceCredit(
        key=trigger.key(draft.clause.name, "credit"),
        period=trigger.period,
        before_cap=draft.before_cap,
        amount=amount,
        pending_on=capped.waiting,
        state=state,
        finality=Finality.FINAL if final else Finality.PROVISIONAL,
        final_from=settled,
        claim_until=stand.open_until,
        explanation=Explanation(
            clause=draft.clause.name,
            source=draft.clause.source,
            terms_effective=terms.effective.isoformat(),
            steps=tuple(steps),
            line=draft.clause.line,
        ),
    )


def _state(trigger: Trigger, clause: Clause, capped: Capped, stand: Standing) -> CreditState:
    if not trigger.complete or _still_grows(trigger, clause):
        return CreditState.ACCRUING
    if capped.amount is None:
        return CreditState.PENDING
    if stand.lapsed is not None:
        return CreditState.LAPSED
    return CreditState.CLAIM_OPEN if stand.waiting else CreditState.DUE


def _still_grows(trigger: Trigger, clause: Clause) -> bool:
    """Whether an incident that still runs makes its credit larger; a fixed sum is owed once the promise is broken."""
    return trigger.measurement.is_open and not isinstance(clause.credit, AmountCredit)


def _payable(amount: Money, rule: MoneyRule, least: PaidOnlyIf | None) -> tuple[Money, list[Step]]:
    """The amount before caps: rounded where the terms round each remedy, and nothing where it is too little to pay."""
    steps: list[Step] = []
    exact = amount
    if rule.when == "each_remedy":
        amount, steps = _rounded(amount, rule)
    if least is None:
        return amount, steps
    compared = exact if least.compared == "before_rounding" else exact.payable(rule.mode)
    passes = compared.amount > least.least.amount if least.edge == "above" else compared.amount >= least.least.amount
    if passes or not amount.amount:
        return amount, steps
    nothing = zero(amount.currency)
    return nothing, [*steps, NotPaidBelow(edge=least.edge, least=least.least, before=amount, result=nothing)]


def _rounded(amount: Money, rule: MoneyRule) -> tuple[Money, list[Step]]:
    result = amount.payable(rule.mode)
    return result, [] if result == amount else [Rounded(before=amount, mode=rule.mode, result=result)]


def _standing(trigger: Trigger, clause: Clause, claims: Sequence[Claim], as_of: Instant) -> Standing:
    steps = _steps(trigger, clause)
    return standing(steps, claims, claim_starts(trigger.measurement, trigger.period.end), as_of)


def _names(claim: Claim, clause: Clause, trigger: Trigger) -> bool:
    """Whether a claim names this credit: clause, subject or an instant of its period, and which of several steps."""
    if claim.clause not in names_of(clause) or (claim.step is None and len(_steps(trigger, clause)) > 1):
        return False
    if not trigger.is_named(claim.subject):
        return False
    if claim.period is None:
        # A listed subject has many credits, an incident one.
        return claim.subject is not None and claim.subject == trigger.occasion
    return trigger.period.start <= claim.period < trigger.period.end


def _steps(trigger: Trigger, clause: Clause) -> list[ClaimStep]:
    return [step for step in trigger.terms.claims if not step.clauses or clause.name in step.clauses]


def _remark_claims(facts: Facts, matched: set[int]) -> None:
    for claim in facts.claims:
        if id(claim) in matched:
            continue
        named = claim.period is not None or claim.subject is not None
        why = (
            f"no credit of `{claim.clause}` is owed for what it names, or it leaves out which of several steps it takes"
            if named
            else "name the period or the subject that is claimed"
        )
        facts.remark(claim, "claim-without-credit", why)


def _remark_openings(facts: Facts, capped: Sequence[Capped]) -> None:
    straddling = {id(opening): opening for credit in capped for opening in credit.straddling}
    for opening in straddling.values():
        why = f"this balance of the cap `{opening.cap}` lies partly outside a window of it: give it per period"
        facts.remark(opening, "opening-straddles-window", why)
