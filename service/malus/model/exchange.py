"""Owns rates of exchange: what one unit of a currency is worth in another from a day on, and money changed by one.

Does not own: which day's rate a charge takes (remedies.charge_base), nor any rate that nobody wrote down.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.money import Money, RoundingMode

#: Whose rate a charge takes: that of the first or of the last civil day that it is charged for.
RateDay: TypeAlias = Literal["period_start", "period_end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """One unit of the currency `one` is so much `worth`, from the civil day `first` to `last`, both inside.

    Either side may be the agreement's own currency: `one USD is 0.92 EUR`, or `one EUR is 1.0870 USD`. `last` None:
    until a later rate of the same currency takes over.
    """

    one: str
    worth: Money
    first: datetime.date
    last: datetime.date | None
    source: str

    def __post_init__(self) -> None:
        assert self.worth.amount > 0, "a currency is worth something"
        assert self.worth.currency != self.one, "a rate is of two currencies"

    def foreign(self, own: str) -> str:
        """The currency that it changes into the agreement's own."""
        return self.worth.currency if self.one == own else self.one


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Rates that the parties wrote down, which day's rate counts, how the result is rounded (None: it is not)."""

    at: RateDay
    rates: tuple[ExchangeRate, ...]
    round: RoundingMode | None = None

    def rate_of(self, foreign: str, own: str, day: datetime.date) -> ExchangeRate | None:
        """The rate of a currency on a day: the latest that holds by then, None where none does."""
        begun = [rate for rate in self.rates if rate.foreign(own) == foreign and rate.first <= day]
        latest = max(begun, key=lambda rate: rate.first, default=None)
        return None if latest is None or (latest.last is not None and latest.last < day) else latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What was billed in another currency, and the rate it was changed at: one unit of `one` is so much `worth`.

    `since`: the civil day from which that rate holds. `source`: where the parties wrote it down. `mode`: how the result
    is rounded to the minor unit; None where it stays exact.
    """

    billed: Money
    one: str
    worth: Money
    since: str
    source: str
    mode: RoundingMode | None = None

    def result(self) -> Money:
        """The amount in the agreement's currency."""
        if self.one == self.billed.currency:
            exact = self.worth.times(self.billed.amount)
        else:
            assert self.worth.currency == self.billed.currency, f"{self} is a rate of other currencies"
            exact = Money(amount=Fraction(self.billed.amount, self.worth.amount), currency=self.one)
        return exact if self.mode is None else exact.payable(self.mode)


def exchanged(billed: Money, rate: ExchangeRate, mode: RoundingMode | None) -> Exchanged:
    """Money changed at a rate."""
    return Exchanged(
        billed=billed, one=rate.one, worth=rate.worth, since=rate.first.isoformat(), source=rate.source, mode=mode
    )
