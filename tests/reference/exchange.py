"""Charges in another currency: which day's rate counts, and what a charge comes to in the agreement's own.

Owns: the day, the rate of that day, its rounding. Does not own: which charges a rate is taken of (`bases`).
"""

from __future__ import annotations

from fractions import Fraction

from malus.model.agreement import Terms
from malus.model.exchange import ExchangeRate
from malus.model.money import MINOR_DIGITS, Money

from tests.reference.civil import Span, day_of
from tests.reference.edges import rounded
from tests.reference.world import World


def in_own_currency(world: World, terms: Terms, charged: Money, span: Span) -> Fraction | None:
    """What was charged for a time, in the agreement's currency; None where nobody wrote down a rate of its day."""
    own = terms.currency
    if charged.currency == own:
        return charged.amount
    first, last = _charged_for(world, span)
    place = world.in_force(first)
    rules = None if place is None else world.terms[place].exchange
    if rules is None:
        world.edge("a foreign charge where there are no rates")
        return None
    world.edge(f"a foreign charge takes the rate of its {rules.at}")
    instant = first if rules.at == "period_start" else last
    then = world.in_force(instant)
    day = day_of(instant, terms.timezone)
    rates = () if then is None or world.terms[then].exchange is None else world.terms[then].exchange.rates
    begun = [one for one in rates if charged.currency in {one.one, one.worth.currency} and one.first <= day]
    if not begun:
        world.edge("a foreign charge before its first rate")
        return None
    rate = max(begun, key=lambda one: one.first)
    world.edge("a rate on its first day", when=rate.first == day)
    world.edge("a rate on its last day", when=rate.last == day)
    if rate.last is not None and rate.last < day:
        world.edge("a foreign charge after its last rate")
        return None
    exact = _changed(world, charged, rate)
    printed = exact if rules.round is None else rounded(exact, MINOR_DIGITS[own], rules.round)
    world.edge("a changed charge is rounded", when=printed != exact)
    return printed


def _charged_for(world: World, span: Span) -> Span:
    """The first instant charged for, and the last: nobody is charged for days on which no terms are in force."""
    turns = {span[0], span[1] - 1}
    for place in range(len(world.terms)):
        stops = world.stops(place)
        turns |= {world.starts(place), world.starts(place) - 1} | (set() if stops is None else {stops, stops - 1})
    charged = [one for one in turns if span[0] <= one < span[1] and world.in_force(one) is not None]
    return (min(charged), max(charged)) if charged else (span[0], span[1] - 1)


def _changed(world: World, charged: Money, rate: ExchangeRate) -> Fraction:
    if rate.one == charged.currency:
        world.edge("a rate of one foreign unit")
        return charged.amount * rate.worth.amount
    world.edge("a rate of one unit of one's own")
    return charged.amount / rate.worth.amount
