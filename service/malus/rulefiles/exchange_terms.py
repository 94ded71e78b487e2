"""Compiles the rates of exchange: each between the agreement's currency and another, one for each day at most.

Does not own: what is charged in which currency (party_terms), nor which rate a charge takes (remedies).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial

from malus.model.agreement import ChargeTerms
from malus.model.exchange import Exchange, ExchangeRate
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_exchange import EXCHANGE, EXCHANGE_RATES, RATE_DAY
from malus.rulefiles.scalars import CURRENCY, DATE, ROUNDING_MODE, SOURCE, WORTH
from malus.rulefiles.scope import Scope


def exchange_terms(scope: Scope) -> Exchange | None:
    """The rates of a file; Unsound where one of them has a fault, None where there are none."""
    if not scope.top.has("exchange"):
        return None
    given, own = scope.top.must("exchange", EXCHANGE), scope.top.must("currency", CURRENCY)
    told = [item.value for item in given.get("rates", EXCHANGE_RATES) or ()]
    made = [(item, built(partial(_rate, item, own))) for item in told]
    sound = _one_a_day([(item, rate) for item, rate in made if rate is not None], own)
    rates = [sure(rate) for _, rate in made]
    at = given.must("at", RATE_DAY)
    if not rates or not sound or given.faulty("round"):
        raise Unsound
    ordered = tuple(sorted(rates, key=lambda rate: (rate.foreign(own), rate.first)))
    return Exchange(at=at, rates=ordered, round=given.get("round", ROUNDING_MODE))


def lint_exchange(scope: Scope, exchange: Exchange | None, charges: Sequence[ChargeTerms]) -> None:
    """Report rates of a currency in which nothing can be charged."""
    own = scope.top.get("currency", CURRENCY)
    if exchange is None or own is None or any(charge.is_billed for charge in charges):
        return
    amounts = [money for charge in charges for money in (charge.amount, *dict(charge.amounts).values())]
    charged = {money.currency for money in amounts if money is not None}
    for foreign in sorted({rate.foreign(own) for rate in exchange.rates} - charged):
        what = f"nothing is charged in {foreign}: its rates change nothing"
        hint = "take them out, or write the charge in that currency, or `from: events`"
        scope.top.reading.warning("unused-rate", scope.top.key_node("exchange"), what, hint=hint)


def _rate(given: Given, own: str) -> ExchangeRate:
    one, worth = given.must("one", CURRENCY), given.must("is", WORTH)
    if (one == own) == (worth.currency == own):
        what = f"this rate is between {one} and {worth.currency}, and the agreement's currency is {own}"
        hint = f"write a rate between {own} and another currency"
        given.reading.error("wrong-unit", given.at("is"), what, hint=hint)
        raise Unsound
    first, last = given.must("from", DATE), given.get("until", DATE)
    if given.faulty("until"):
        raise Unsound
    if last is not None and last < first:
        what = f"this rate ends before {first}, the day from which it holds"
        given.reading.error("out-of-range", given.at("until"), what, hint="write a later day")
        raise Unsound
    return ExchangeRate(one=one, worth=worth, first=first, last=last, source=given.must("source", SOURCE))


def _one_a_day(told: Sequence[tuple[Given, ExchangeRate]], own: str) -> bool:
    sound = True
    for place, (given, rate) in enumerate(told):
        for _, other in told[:place]:
            day = _day_of_both(rate, other)
            if rate.foreign(own) == other.foreign(own) and day is not None:
                what = f"{day} has two rates of {rate.foreign(own)}"
                hint = "keep one, or let the earlier one end: `until`"
                given.reading.error("duplicate-name", given.at("from"), what, hint=hint)
                sound = False
    return sound


def _day_of_both(one: ExchangeRate, other: ExchangeRate) -> datetime.date | None:
    """A day that two rates both claim; a later rate takes over from one without `until`."""
    earlier, later = sorted((one, other), key=lambda rate: rate.first)
    if earlier.first == later.first or (earlier.last is not None and earlier.last >= later.first):
        return later.first
    return None
