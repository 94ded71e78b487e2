"""Owns what of an exact amount is payable before caps: rounded where the terms round each remedy, or too little.

Does not own: the amount itself (amounts), or caps, after which the terms may round instead.
"""

from __future__ import annotations

from malus.model.agreement import MoneyRule
from malus.model.credits import PaidOnlyIf
from malus.model.explanation import NotPaidBelow, Rounded, Step
from malus.model.money import Money, zero


def made_payable(amount: Money, rule: MoneyRule, least: PaidOnlyIf | None) -> tuple[Money, list[Step]]:
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
