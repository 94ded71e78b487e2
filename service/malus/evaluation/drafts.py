"""Owns a remedy on its way: what follows from a trigger, before and after options and caps, and which events name it.

Does not own: any arithmetic, or where the credit stands in the end (crediting, later_life).
"""

from __future__ import annotations

from dataclasses import dataclass

from malus.evaluation.in_force import names_of
from malus.evaluation.triggers import Trigger
from malus.model.clauses import Clause, Holds
from malus.model.credits import Credit
from malus.model.events import Adjustment, Claim, Dispute, Settlement
from malus.model.explanation import BaseSum
from malus.model.instants import Instant
from malus.model.money import Money
from malus.remedies.amounts import Worked
from malus.remedies.bases import Bases
from malus.remedies.caps import Capped
from malus.remedies.charge_base import ChargeBook
from malus.remedies.claims import Standing
from malus.remedies.payable import made_payable


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceStanding:
    """Where the choice among a credit's options stands: the last instant for it, and when it was made.

    `pending`: the credit waits for it. `rivals`: choices that cannot both be true.
    """

    until: Instant
    made_at: Instant | None = None
    pending: bool = False
    rivals: tuple[str, ...] = ()

    def settled_by(self) -> Instant:
        """From when the choice can no longer change."""
        return self.until + 1 if self.made_at is None else self.made_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditDraft:
    """A credit before caps, with what its state will be told from. `choice` None: its group asks nobody.

    `final_from`: from when neither it nor what it stands against can change; None while that cannot be said.
    """

    trigger: Trigger
    clause: Clause
    standing: Standing
    capped: Capped
    before_cap: Money | None
    final_from: Instant | None
    not_taken: bool = False
    choice: ChoiceStanding | None = None


def names_credit(event: Claim | Settlement | Dispute | Adjustment, clause: Clause, trigger: Trigger) -> bool:
    """Whether an event names this credit: by clause, and by its subject, an instant of its period, or both."""
    if event.clause not in names_of(clause):
        return False
    if not trigger.is_named(event.subject):
        return False
    if event.period is None:
        # A listed subject has many credits, an incident one.
        return event.subject is not None and event.subject == trigger.occasion
    return trigger.period.start <= event.period < trigger.period.end


def cap_order(trigger: Trigger, clause: Clause) -> tuple[Instant, int, int, str, str, Instant, str]:
    """The order in which what follows uses caps up: period end, clause in the file, subject (SEMANTICS 5)."""
    period = trigger.period
    return (
        period.end,
        trigger.place,
        clause.ordinal,
        trigger.subject,
        trigger.whose,
        period.start,
        trigger.occasion,
    )


def before_caps(
    trigger: Trigger,
    clause: Clause,
    table: Credit,
    worked: Worked,
    *,
    holds: Holds,
    lapsed: bool = False,
    final_from: Instant | None = None,
) -> Capped:
    """What was worked out, made payable, as it meets the caps that hold such remedies (`holds`, as `Cap.holds`)."""
    terms = trigger.terms
    amount, steps = worked.amount, (*trigger.steps, *worked.steps)
    if amount is not None:
        amount, rounding = made_payable(amount, terms.money, table.paid_only_if)
        steps += tuple(rounding)
    return Capped(
        place=trigger.place,
        clause=clause.name,
        ordinal=clause.ordinal,
        subject=trigger.subject,
        whose=trigger.whose,
        subjects=terms.subjects,
        period=trigger.period,
        zone=terms.timezone,
        money=terms.money,
        caps=tuple(cap for cap in terms.caps if cap.holds == holds),
        amount=amount,
        lapsed=lapsed,
        final_from=final_from,
        steps=steps,
        waiting=worked.waiting,
        base=next((step for step in worked.steps if isinstance(step, BaseSum)), None),
        goods=trigger.measurement.goods,
    )


def bases_for(trigger: Trigger, book: ChargeBook) -> Bases:
    """What a rate may be taken of, for what follows from a trigger."""
    return Bases(
        book=book,
        period=trigger.period,
        cycle=trigger.cycle,
        zone=trigger.terms.timezone,
        whose=trigger.whose,
        starts=trigger.measurement.starts,
        goods=trigger.measurement.goods,
    )
