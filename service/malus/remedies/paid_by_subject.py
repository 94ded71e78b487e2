"""Owns what a credit pays to one subject, where its sums or rates differ by name or class.

Does not own: the arithmetic that follows (amounts), nor which subjects there are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from malus.model.credits import ONE_FOR_ALL, AmountCredit, Band, BlockCredit, PaidBySubject, said_of
from malus.model.measurement import Measurement
from malus.model.paying_steps import PaidAs

C = TypeVar("C", AmountCredit, BlockCredit)


def paid_to(credit: C, measurement: Measurement) -> tuple[C, tuple[PaidAs, ...]]:
    """The credit with the sums and rates of the subject that was measured, and as what it is paid."""
    if credit.differs == ONE_FOR_ALL:
        return credit, ()
    whose = measurement.whose, measurement.of_class
    amount, rate = said_of(credit.differs.amounts, *whose), said_of(credit.differs.rates, *whose)
    first = said_of(credit.differs.firsts, *whose)
    mine = credit
    if amount is not None:
        mine = replace(mine, amount=amount[1])
    if rate is not None:
        mine = replace(mine, rate=rate[1])
    if first is not None:
        mine = mine.with_first(first[1])
    return mine, _said(credit.differs, measurement)


def row_paid_to(band: Band, measurement: Measurement) -> tuple[Band, tuple[PaidAs, ...]]:
    """A row with the sum or rate of the subject that was measured, and as what it is paid."""
    return band.paid_to(measurement.whose, measurement.of_class), _said(band.differs, measurement)


def _said(differs: PaidBySubject, measurement: Measurement) -> tuple[PaidAs, ...]:
    whose = measurement.whose, measurement.of_class
    found: list[tuple[str, object] | None] = [said_of(differs.rates, *whose)]
    found += [said_of(told, *whose) for told in (differs.amounts, differs.firsts)]
    found += [said_of(told, *whose) for told in (differs.blocks, differs.afters)]
    words = {said[0] for said in found if said is not None}
    return tuple(PaidAs(subject=measurement.whose, word=word) for word in sorted(words))
