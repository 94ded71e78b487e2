"""Owns what a credit pays to one subject, where its sums or rates differ by name or class.

Does not own: the arithmetic that follows (amounts), nor which subjects there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from malus.model.credits import AmountCredit, BlockCredit
from malus.model.measurement import Measurement
from malus.model.paying_steps import PaidAs

C = TypeVar("C", AmountCredit, BlockCredit)
T = TypeVar("T")


def paid_to(credit: C, measurement: Measurement) -> tuple[C, tuple[PaidAs, ...]]:
    """The credit with the sums and rates of the subject that was measured, and as what it is paid."""
    differs = credit.differs
    amount, rate, first = (
        _said_of(differs.amounts, measurement),
        _said_of(differs.rates, measurement),
        _said_of(differs.firsts, measurement),
    )
    mine = credit
    if amount is not None:
        mine = replace(mine, amount=amount[1])
    if rate is not None:
        mine = replace(mine, rate=rate[1])
    if first is not None and isinstance(mine, BlockCredit):
        mine = replace(mine, first=first[1])
    words = {said[0] for said in (amount, rate, first) if said is not None}
    return mine, tuple(PaidAs(subject=measurement.whose, word=word) for word in sorted(words))


def _said_of(told: Sequence[tuple[str, T]], measurement: Measurement) -> tuple[str, T] | None:
    """The word by which the subject is spoken of, its name or else its class, and what is said; None: one for all."""
    for word, value in told:
        if word in (measurement.whose, measurement.of_class):
            return word, value
    assert not told, "the compiler has every subject spoken of"
    return None
