"""Owns bonuses: from what follows from a kept promise to what the customer owes the provider, after caps of their own.

Does not own: the arithmetic (remedies), or credits, which a bonus never enters: it stands beside them, below nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.evaluation.crediting import remark_openings
from malus.evaluation.drafts import bases_for, before_caps, cap_order
from malus.evaluation.facts import Facts
from malus.evaluation.triggers import Trigger
from malus.model.assessment import Bonus, BonusState, Finality
from malus.model.clauses import Clause
from malus.model.credits import BonusTerms
from malus.model.explanation import Explanation, Step
from malus.model.instants import Instant
from malus.model.money import Money, zero
from malus.model.paying_steps import OwedByCustomer
from malus.model.rules import Consequence
from malus.remedies.amounts import worked_out
from malus.remedies.caps import Capped, through_caps
from malus.remedies.charge_base import ChargeBook


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A bonus before its caps, counted as what the customer owes."""

    trigger: Trigger
    clause: Clause
    terms: BonusTerms
    before_cap: Money | None
    capped: Capped


def bonuses_of(followed: Sequence[tuple[Trigger, Consequence]], book: ChargeBook, facts: Facts) -> list[Bonus]:
    """Every bonus that follows, in the order in which bonuses use their caps up: that of credits.

    Nobody claims one, and no option of the customer's takes it away.
    """
    drafts = [draft for trigger, consequence in followed if (draft := _draft(trigger, consequence, book)) is not None]
    drafts.sort(key=lambda draft: cap_order(draft.trigger, draft.clause))
    capped = through_caps([draft.capped for draft in drafts], book, facts.openings)
    remark_openings(facts, capped)
    return [_bonus(draft, result, facts.as_of) for draft, result in zip(drafts, capped, strict=True)]


def _draft(trigger: Trigger, consequence: Consequence, book: ChargeBook) -> _Draft | None:
    terms = trigger.terms
    clause = terms.clauses[consequence.clause]
    if clause.bonus is None:
        return None
    table = clause.bonus.table
    bases = bases_for(trigger, book)
    worked = worked_out(table, consequence.row, trigger.measurement, bases, terms.currency, promised=trigger.promised)
    capped = before_caps(trigger, clause, table, worked, holds="bonuses", final_from=trigger.final_from)
    return _Draft(trigger=trigger, clause=clause, terms=clause.bonus, before_cap=capped.amount, capped=capped)


def _bonus(draft: _Draft, capped: Capped, as_of: Instant) -> Bonus:
    trigger = draft.trigger
    steps: list[Step] = list(capped.steps)
    amount = _owed(capped.amount)
    if capped.amount is not None and amount is not None:
        steps.append(OwedByCustomer(settled=draft.terms.settled, before=capped.amount, result=amount))
    state = BonusState.DUE if amount is not None else BonusState.PENDING
    if not trigger.complete:
        state = BonusState.ACCRUING
    final = state is BonusState.DUE and capped.final_from is not None and capped.final_from <= as_of
    return Bonus(
        key=trigger.key(draft.clause.name, "bonus"),
        period=trigger.period,
        settled=draft.terms.settled,
        before_cap=_owed(draft.before_cap),
        amount=amount,
        pending_on=capped.waiting,
        state=state,
        finality=Finality.FINAL if final else Finality.PROVISIONAL,
        final_from=capped.final_from,
        explanation=Explanation(
            clause=draft.clause.name,
            source=draft.clause.source,
            terms_effective=trigger.terms.effective.isoformat(),
            steps=tuple(steps),
            line=draft.clause.line,
        ),
    )


def _owed(amount: Money | None) -> Money | None:
    """An amount as it stands among what the provider owes: below nothing."""
    return None if amount is None else zero(amount.currency) - amount
