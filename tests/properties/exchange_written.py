"""Random charges in another currency, rates that begin and end around them, and bills in both currencies.

Owns: the rates of a file, one clause that is sure to take them, and foreign bills. Does not own: other charges.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.money import Money

from tests.properties.choices import Choices
from tests.properties.promises import Written
from tests.properties.telling import HOUR, Teller
from tests.reference.civil import period_at
from tests.reference.world import World

Document = dict[str, Any]


def write_exchange(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Charges in another currency, its rates, and a promise that pays a part of them."""
    own = document["currency"]
    foreign = "USD" if own != "USD" else "EUR"
    exchange: Document = {"at": choices.pick(["period_start", "period_end"])}
    if choices.chance(40):
        exchange["round"] = choices.pick(["half_up", "down"])
    exchange["rates"] = _rates(choices, document["effective"], own, foreign)
    document["exchange"] = exchange
    if choices.chance(70):
        document["charges"]["support"]["amount"] = f"{choices.pick(['400.00', '333.33'])} {foreign}"
    indicator = {"measure": "availability", "of": "shop", "from": "outages", "per": choices.pick(["month", "week"])}
    document["indicators"]["changed"] = {**indicator, "ignore_up_to": "0 seconds"}
    of = {"charges": choices.pick([["support"], ["usage"], ["support", "usage"]]), "period": choices.pick(PERIODS)}
    credit = {"each": "period", "rate": choices.pick(["7 %", "12.5 %"]), "of": {**of, "part_period": "pro_rata"}}
    if choices.chance(20):
        credit["of"]["part_period"] = "full"
    clause = {"source": "art. 7", "promise": {"indicator": "changed", "at_least": "99.9 %"}, "credit": credit}
    document["clauses"]["changed-clause"] = clause
    if choices.chance(40):
        cap = {"name": "changed-cap", "limits": ["changed-clause"], "at_most": "8 % of [hosting, support]"}
        cap |= {"per": "month", "part_period": "pro_rata", "cut": "in_order", "counts": "earned", "source": "art. 9"}
        document.setdefault("caps", []).append(cap)


PERIODS = ("judged", "judged", "previous", "quarter")


def _rates(choices: Choices, effective: str, own: str, foreign: str) -> list[Document]:
    """One to three, from days on which months begin, end, or beside them."""
    start = datetime.date.fromisoformat(effective)
    rates = []
    day = choices.pick([start, start - datetime.timedelta(days=400), start, start + datetime.timedelta(days=1)])
    for number in range(choices.pick([1, 2, 3])):
        one, worth = choices.pick([(foreign, "0.92"), (own, "1.0870"), (foreign, "110.5")])
        rate = {"one": one, "is": f"{worth} {own if one == foreign else foreign}", "from": str(day)}
        begins = _next_month(max(day, start)) + datetime.timedelta(days=choices.pick([0, 0, -1, 1, 14]))
        if choices.chance(30):
            rate["until"] = str(max(day, begins - datetime.timedelta(days=choices.pick([1, 1, 2]))))
        rates.append({**rate, "source": f"art. 7.{number}"})
        day = max(begins, day + datetime.timedelta(days=1))
    return rates


def _next_month(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def tell_exchange(teller: Teller, world: World) -> None:
    """Periods that are missed, and bills for them in the other currency or in both."""
    choices, terms = teller.choices, world.terms[0]
    foreign = "USD" if terms.currency != "USD" else "EUR"
    for chain in world.indicators:
        for cut in world.periods(chain)[:6]:
            if chain.members[cut.place].name == "changed" and choices.chance(70):
                about = {"outage_id": f"x{len(teller.told)}", "service": "shop"}
                teller.tell(told.Outage, start=cut.start + HOUR, end=cut.start + 13 * HOUR, **about)
    at = period_at(terms.charge("usage").cycle, world.starts(0), terms.timezone)[0]
    for _ in range(3):
        start, end = period_at(terms.charge("usage").cycle, at, terms.timezone)
        at = end
        if choices.chance(80):
            currency = foreign if choices.chance(85) else terms.currency
            amount = Money(amount=Fraction(choices.pick([100, 12_345])), currency=currency)
            teller.tell(told.Charge, item="usage", start=start, end=end, amount=amount)
