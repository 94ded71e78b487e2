"""Owns service credits: from what follows from a trigger to amounts after caps, with their state and finality.

Does not own: the arithmetic of one credit (remedies.amounts), of caps (remedies.caps) or of claims (remedies.claims).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from malus.evaluation.choosing import with_one_of_each_group
from malus.evaluation.drafts import CreditDraft, bases_for, before_caps, cap_order, names_credit
from malus.evaluation.facts import Facts
from malus.evaluation.later_life import LaterLife, agreed_upon
from malus.evaluation.pointing import Repeats
from malus.evaluation.triggers import Trigger
from malus.evaluation.turns import Turns, differs_by_turn
from malus.model.assessment import CreditState, Finality, ServiceCredit
from malus.model.clauses import ClaimStep, Clause
from malus.model.credits import AmountCredit
from malus.model.events import Claim
from malus.model.explanation import Explanation, Lapsed
from malus.model.instants import Instant
from malus.model.money import zero
from malus.model.rules import Consequence
from malus.remedies.amounts import worked_out
from malus.remedies.caps import Capped, through_caps
from malus.remedies.charge_base import ChargeBook
from malus.remedies.claims import Standing, claim_starts, final_from, standing


def credits_of(
    followed: Sequence[tuple[Trigger, Consequence]], book: ChargeBook, facts: Facts, repeats: Repeats, turns: Turns
) -> list[ServiceCredit]:
    """Every service credit that follows, in the order in which credits use caps up.

    That order is (period end, clause order in the file, subject). A claim that names no credit is remarked.
    """
    matched: set[int] = set()
    drafts = [
        draft
        for trigger, consequence in followed
        if (draft := _draft(trigger, consequence, book, facts, repeats, turns, matched)) is not None
    ]
    drafts = with_one_of_each_group(drafts, facts)
    drafts = agreed_upon(drafts, facts)
    drafts.sort(key=lambda draft: cap_order(draft.trigger, draft.clause))
    capped = through_caps(
        [
            replace(
                draft.capped,
                runs_on=_runs_on(draft.trigger, draft.clause, facts.as_of),
                final_from=_final_from(draft),
            )
            for draft in drafts
        ],
        book,
        facts.openings,
    )
    _remark_claims(facts, matched)
    remark_openings(facts, capped)
    later = LaterLife.of(facts)
    credits = [_credit(draft, credit, later, facts.as_of) for draft, credit in zip(drafts, capped, strict=True)]
    later.remark_unheard()
    return credits


def _draft(
    trigger: Trigger,
    consequence: Consequence,
    book: ChargeBook,
    facts: Facts,
    repeats: Repeats,
    turns: Turns,
    matched: set[int],
) -> CreditDraft | None:
    terms = trigger.terms
    clause = terms.clauses[consequence.clause]
    if clause.credit is None:
        return None
    placed = turns.of_breach(trigger, clause)
    if placed is not None:
        # What started earlier may still move this one up, so it is no more final than that.
        trigger = replace(trigger, complete=trigger.complete and placed.complete, final_from=placed.final_from)
    worked = worked_out(
        clause.credit,
        consequence.row,
        trigger.measurement,
        bases_for(trigger, book),
        terms.currency,
        again="" if clause.credit.again is None else repeats.before(trigger, clause),
        promised=trigger.promised,
        turn=None if placed is None else placed.turn,
        looked_up=trigger.looked_up,
    )
    claims = [claim for claim in facts.claims if _claims(claim, clause, trigger)]
    matched |= {id(claim) for claim in claims}
    stand = _standing(trigger, clause, claims, facts.as_of)
    for late in stand.late:
        facts.remark(late, "late-claim", f"this came after the last instant for `{clause.name}`: the credit lapsed")
    lapsed = stand.lapsed is not None and trigger.complete and not _still_grows(trigger, clause)
    capped = before_caps(trigger, clause, clause.credit, worked, holds="credits", lapsed=lapsed)
    return CreditDraft(
        trigger=trigger,
        clause=clause,
        standing=stand,
        before_cap=capped.amount,
        capped=capped,
        final_from=None if _runs_on(trigger, clause, facts.as_of) else _alone_final_from(trigger, clause, stand),
    )


def _credit(draft: CreditDraft, capped: Capped, later: LaterLife, as_of: Instant) -> ServiceCredit:
    trigger, stand, terms = draft.trigger, draft.standing, draft.trigger.terms
    amount, steps = capped.amount, list(capped.steps)
    steps += stand.limits
    state = _state(draft, capped)
    if state is CreditState.LAPSED and amount is not None and stand.lapsed is not None:
        nothing = zero(amount.currency)
        steps.append(
            Lapsed(step=stand.lapsed.name, last_instant=stand.lapsed.last_instant, before=amount, result=nothing)
        )
        amount = nothing
    after = later.after(draft, state, amount)
    final = (
        capped.final_from is not None
        and capped.final_from <= as_of
        and after.state not in (CreditState.ACCRUING, CreditState.DISPUTED)
        and amount is not None
    )
    return ServiceCredit(
        key=trigger.key(draft.clause.name, "credit"),
        period=trigger.period,
        before_cap=draft.before_cap,
        amount=amount,
        pending_on=capped.waiting,
        state=after.state,
        finality=Finality.FINAL if final else Finality.PROVISIONAL,
        final_from=capped.final_from,
        claim_until=stand.open_until,
        explanation=Explanation(
            clause=draft.clause.name,
            source=draft.clause.source,
            terms_effective=terms.effective.isoformat(),
            steps=(*steps, *after.steps),
            line=draft.clause.line,
        ),
        settled=after.settled,
        choice_until=draft.choice.until if draft.choice is not None and draft.choice.pending else None,
    )


def _final_from(draft: CreditDraft) -> Instant | None:
    """From when nothing but caps can change a credit; None while that cannot be said."""
    if draft.capped.agreed is not None:
        # Whatever it would have come to, and whatever is chosen.
        return _alone_final_from(draft.trigger, draft.clause, draft.standing)
    if draft.final_from is None or draft.choice is None:
        return draft.final_from
    return max(draft.final_from, draft.choice.settled_by())


def _runs_on(trigger: Trigger, clause: Clause, as_of: Instant) -> bool:
    """Whether what a credit is for is not over yet although its period is."""
    return trigger.period.end <= as_of and (not trigger.complete or _still_grows(trigger, clause))


def _alone_final_from(trigger: Trigger, clause: Clause, stand: Standing) -> Instant | None:
    """From when nothing can change a credit that stands against no other; None while that cannot be said."""
    settled = final_from(trigger.terms.settlement, trigger.period.end, stand)
    if trigger.final_from is None or settled is None:
        return None
    if trigger.fact.kind != "verdict" or differs_by_turn(clause):
        # A window or turn is no more final than the verdicts in it; a verdict's own credit is settled by its own claim.
        settled = max(settled, trigger.final_from)
    for measurement in (trigger.measurement, trigger.looked_up):
        if measurement is not None and measurement.facts_until is not None:
            settled = max(settled, measurement.facts_until)
    return settled


def _state(draft: CreditDraft, capped: Capped) -> CreditState:
    trigger, stand = draft.trigger, draft.standing
    if capped.agreed is not None:
        return CreditState.DUE
    if not trigger.complete or _still_grows(trigger, draft.clause):
        return CreditState.ACCRUING
    if capped.amount is None:
        chooses = draft.choice is not None and draft.choice.pending
        return CreditState.CHOICE_PENDING if chooses else CreditState.PENDING
    if draft.not_taken:
        return CreditState.REDUCED_TO_ZERO
    if stand.lapsed is not None:
        return CreditState.LAPSED
    return CreditState.CLAIM_OPEN if stand.waiting else CreditState.DUE


def _still_grows(trigger: Trigger, clause: Clause) -> bool:
    """Whether an incident that still runs makes its credit larger; a fixed sum is owed once the promise is broken."""
    fixed = isinstance(clause.credit, AmountCredit) and clause.credit.each not in ("occurrence", "point")
    return trigger.measurement.is_open and not fixed


def _standing(trigger: Trigger, clause: Clause, claims: Sequence[Claim], as_of: Instant) -> Standing:
    steps = _steps(trigger, clause)
    return standing(steps, claims, claim_starts(trigger.measurement, trigger.period.end), as_of)


def _claims(claim: Claim, clause: Clause, trigger: Trigger) -> bool:
    """Whether a claim names this credit, and which of several steps it takes."""
    return names_credit(claim, clause, trigger) and not (claim.step is None and len(_steps(trigger, clause)) > 1)


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


def remark_openings(facts: Facts, capped: Sequence[Capped]) -> None:
    """Remark every balance that lies partly outside a window of its cap."""
    straddling = {id(opening): opening for credit in capped for opening in credit.straddling}
    for opening in straddling.values():
        why = f"this balance of the cap `{opening.cap}` lies partly outside a window of it: give it per period"
        facts.remark(opening, "opening-straddles-window", why)
