"""Owns what is said of bonuses: each in a line of its own, what they come to, and what is left once they are set off.

Does not own: the sentence of a step (render_steps), or credits, which no bonus is ever taken off silently.
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.model.assessment import Assessment, Bonus, BonusState
from malus.model.money import Money, money_text, zero


def bonus_text(bonus: Bonus) -> str:
    """A bonus in a line: who owes it, for what, how it is settled, and where it stands."""
    owed = "pending" if bonus.amount is None else f"{money_text(_turned(bonus.amount))} owed by the customer"
    subject = f" for {bonus.key.subject}" if bonus.key.subject else ""
    waits = f": waits for {bonus.pending_on}" if bonus.pending_on else ""
    cut = ""
    if bonus.amount is not None and bonus.before_cap is not None and bonus.amount.amount != bonus.before_cap.amount:
        cut = f", {money_text(_turned(bonus.before_cap))} before caps"
    how = "netted" if bonus.settled == "netted" else "apart"
    final = "" if bonus.state is BonusState.PENDING else f", {bonus.finality.value}"
    return (
        f"bonus: {owed}{cut}, {bonus.period.label}{subject} ({bonus.key.clause}, {bonus.explanation.source}):"
        f" {how}, {bonus.state.value}{final}{waits}"
    )


def beside_total(assessment: Assessment, total: Money) -> list[str]:
    """What stands in a heading beside the total of credits: the bonuses, and what is left where some are set off."""
    settled = [item for item in assessment.bonuses if item.state is not BonusState.ACCRUING]
    if not settled:
        return []
    parts = [f"bonuses {money_text(_turned(_total(settled, assessment.currency)))} owed by the customer"]
    netted = [item for item in settled if item.settled == "netted"]
    if netted:
        net = total + _total(netted, assessment.currency)
        who = "provider" if net.amount >= 0 else "customer"
        parts.append(f"net {money_text(net if net.amount >= 0 else _turned(net))} owed by the {who}")
    return parts


def beside_all(bonuses: Sequence[Bonus], currency: str) -> list[str]:
    """What stands beside the total of many agreements: their bonuses that are owed."""
    due = _total([bonus for bonus in bonuses if bonus.state is BonusState.DUE], currency)
    return [f"bonuses {money_text(_turned(due))} owed by the customers"] if due.amount else []


def _total(bonuses: Sequence[Bonus], currency: str) -> Money:
    """What bonuses come to, below nothing; those still pending count nothing."""
    return sum((item.amount for item in bonuses if item.amount is not None), zero(currency))


def _turned(amount: Money) -> Money:
    return zero(amount.currency) - amount
