"""Owns what becomes of a credit after it was worked out: agreed anew, disputed, and settled by invoices.

Does not own: what it is worth under the terms. Events name a credit by clause and period or subject, so they may come
before the decision does; one that names none is remarked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from malus.evaluation.drafts import CreditDraft, names_credit
from malus.evaluation.facts import Facts
from malus.model.afterwards import Adjusted, Disputed, SettledBy
from malus.model.assessment import CreditState
from malus.model.events import Adjustment, Dispute, DisputeAct, Settlement, event_name
from malus.model.explanation import Step
from malus.model.instants import Instant
from malus.model.money import Money, money_text, zero

_OWED = frozenset({CreditState.DUE, CreditState.CLAIM_OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where a credit stands after disputes and settlements, with the steps that say so."""

    state: CreditState
    settled: Money | None
    steps: tuple[Step, ...]


def agreed_upon(drafts: Sequence[CreditDraft], facts: Facts) -> list[CreditDraft]:
    """The credits in the order given, each with what the parties agreed that it amounts to, where they did.

    An adjustment counts from when both have signed; the newest one counts. Two of one moment with different amounts
    contradict each other, and the credit waits. Without both signatures an adjustment changes nothing.
    """
    heard: set[int] = set()
    signed = [(event, at) for event in facts.adjustments if (at := _signed_at(event, facts.as_of)) is not None]
    result = []
    for draft in drafts:
        mine = [item for item in signed if names_credit(item[0], draft.clause, draft.trigger)]
        heard |= {id(event) for event, _ in mine}
        result.append(_agreed(draft, mine, facts) if mine else draft)
    names = {id(event) for event, _ in signed}
    for event in facts.adjustments:
        if id(event) not in names:
            facts.remark(event, "unsigned-adjustment", "it changes nothing before both parties have signed it")
        elif id(event) not in heard:
            facts.remark(event, "unused", f"no credit of `{event.clause}` is there for what it names")
    return result


@dataclass(slots=True, kw_only=True)
class LaterLife:
    """The disputes and settlements of an agreement, and which of them a credit has heard of."""

    facts: Facts
    heard: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, facts: Facts) -> LaterLife:
        """Nothing has heard of any yet."""
        return cls(facts=facts)

    def after(self, draft: CreditDraft, state: CreditState, amount: Money | None) -> After:
        """Where a credit stands once disputes and invoices are looked at.

        An open dispute holds a credit that is owed, waits or can be claimed. What invoices took is compared with the
        amount as it is now; taking more than that is remarked.
        """
        steps: list[Step] = []
        dispute = self._dispute(draft)
        steps += [dispute] if dispute is not None else []
        settled = self._settled(draft, state, amount, steps)
        owed = state in _OWED or state in (CreditState.PENDING, CreditState.CHOICE_PENDING)
        if dispute is not None and dispute.ended_at is None and owed:
            return After(state=CreditState.DISPUTED, settled=settled, steps=tuple(steps))
        if settled is not None and state is CreditState.DUE and amount is not None and amount.amount:
            lapses = isinstance(steps[-1], SettledBy) and steps[-1].becomes == "lapses"
            if settled.amount >= amount.amount or lapses:
                state = CreditState.SETTLED
        return After(state=state, settled=settled, steps=tuple(steps))

    def remark_unheard(self) -> None:
        """Remark every dispute and settlement that speaks of no credit."""
        told: list[Dispute | Settlement] = [*self.facts.disputes, *self.facts.settlements]
        for event in told:
            if id(event) not in self.heard:
                self.facts.remark(event, "unused", f"no credit of `{event.clause}` is there for what it names")

    def _dispute(self, draft: CreditDraft) -> Disputed | None:
        told = [event for event in self.facts.disputes if names_credit(event, draft.clause, draft.trigger)]
        self.heard |= {id(event) for event in told}
        raised: Dispute | None = None
        ended: Dispute | None = None
        for event in sorted(told, key=_order):
            if event.act is DisputeAct.RAISES and (raised is None or ended is not None):
                raised, ended = event, None
            elif event.act is DisputeAct.ENDS and raised is not None and ended is None:
                ended = event
            else:
                why = "it was disputed already" if event.act is DisputeAct.RAISES else "no dispute was open then"
                self.facts.remark(event, "unused", why)
        if raised is None:
            return None
        return Disputed(raised_at=raised.at, ended_at=None if ended is None else ended.at)

    def _settled(self, draft: CreditDraft, state: CreditState, amount: Money | None, steps: list[Step]) -> Money | None:
        told = [event for event in self.facts.settlements if names_credit(event, draft.clause, draft.trigger)]
        self.heard |= {id(event) for event in told}
        if not told:
            return None
        told.sort(key=_order)
        taken = sum((event.amount for event in told[1:]), told[0].amount)
        owed = amount if amount is not None else zero(taken.currency)
        if taken.amount > owed.amount or state not in _OWED:
            stands = state.value.replace("_", " ")
            what = f"invoices took {money_text(taken)} of a credit of {money_text(owed)}, which is {stands}"
            self.facts.remark(told[-1], "settled-too-much", what)
        settlement = draft.trigger.terms.settlement
        steps.append(
            SettledBy(
                invoices=tuple(event.invoice or event_name(event) for event in told),
                taken=taken,
                rest=zero(taken.currency) if taken.amount > owed.amount else owed - taken,
                becomes=settlement.rest if settlement is not None else "carried_over",
            )
        )
        return taken


def _signed_at(event: Adjustment, as_of: Instant) -> Instant | None:
    """When the later of both parties had signed; None while one has not."""
    if event.provider_signed_at is None or event.customer_signed_at is None:
        return None
    at = max(event.at, event.provider_signed_at, event.customer_signed_at)
    return at if at <= as_of else None


def _agreed(draft: CreditDraft, told: Sequence[tuple[Adjustment, Instant]], facts: Facts) -> CreditDraft:
    newest = max((at, event.sequence or 0) for event, at in told)
    last = sorted(
        (item for item in told if (item[1], item[0].sequence or 0) == newest), key=lambda item: _order(item[0])
    )
    event, at = last[0]
    if any(other.amount != event.amount for other, _ in last):
        names = tuple(event_name(other) for other, _ in last)
        facts.remark(event, "contradictory-facts", f"these cannot both be true: {', '.join(names)}")
        waiting = f"one adjustment: {' and '.join(names)} contradict each other"
        return replace(draft, capped=replace(draft.capped, amount=None, waiting=waiting))
    agreed = Adjusted(event=event_name(event), reason=event.reason, signed_at=at, before=None, result=event.amount)
    return replace(draft, capped=replace(draft.capped, agreed=agreed))


def _order(event: Adjustment | Dispute | Settlement) -> tuple[Instant, int, str]:
    return event.at, event.sequence or 0, event.id or ""
