"""Owns what a rate applies to where that is no charge: the value of goods, or a sum that the paper states.

Does not own: charges (charge_base), the rate, or which goods a verdict is about (measures).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from malus.model.credits import ChargeBase
from malus.model.explanation import BaseSum, ChargePart
from malus.model.measurement import Goods
from malus.model.money import zero
from malus.remedies.charge_base import Waiting, added_up

#: The most deliveries that a base names one by one; more are one part of it.
_NAMED_MOST: Final = 100


def goods_sum(base: ChargeBase, goods: Sequence[Goods], label: str, currency: str) -> BaseSum | Waiting | None:
    """What goods are worth, or a stated sum; None for a base of charges.

    What nobody told the value of is waited for, by name, save what came as agreed where only the rest is asked for.
    `label` names the period. Of a period, `deliveries` are all that it judges, `non_compliant` the part of them that
    did not come as agreed.
    """
    if base.fixed is not None:
        return _added([ChargePart(item="fixed sum", period="", amount=base.fixed)])
    if base.value_of is None:
        return None
    if not goods:
        return Waiting(what="the value of a delivery")
    parts: list[ChargePart] = []
    for item in goods:
        if base.value_of == "non_compliant" and item.complies:
            continue
        worth = item.bad_value if base.value_of == "non_compliant" else item.value
        if worth is None:
            return Waiting(what=f"the value of `{item.name}`")
        if worth.amount or base.value_of == "delivery":
            parts.append(ChargePart(item=f"value of {item.name}", period=label, amount=worth))
    if not parts:
        parts = [ChargePart(item="no goods", period=label, amount=zero(currency))]
    if len(parts) > _NAMED_MOST:
        together = _added(parts).total
        parts = [ChargePart(item=f"value of {len(parts)} deliveries", period=label, amount=together)]
    return _added(parts)


def _added(parts: Sequence[ChargePart]) -> BaseSum:
    return added_up(parts, parts[0].amount.currency)
