"""Random shares of deliveries that came in time and in full, and what the rest costs.

Owns: those indicators with the lateness they judge by, their clauses, and deliveries told with their parts. Does not
own: lateness alone (`deliveries_written`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.indicators import DeliveryShare, DeliveryTime
from malus.model.money import Money

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, PERCENT_BELOW, charges_of
from tests.properties.deliveries_written import lateness
from tests.properties.promises import CYCLES, NO_DATA, Written
from tests.properties.remedies_written import write_windows
from tests.properties.telling import DAY, HOUR, Teller, moment, nudge
from tests.reference.world import Cut, World

Document = dict[str, Any]

NAME, TIMES = "on-time", "on-time-by"
#: At most so many periods, with so many deliveries in each.
FEW = 2


def write_delivered_shares(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One such indicator with its clause, and the lateness it judges by."""
    timing = lateness(choices, choices.pick(list(document["services"])))
    if choices.chance(30):
        timing["excluding"] = ["maintenance"]
    document["indicators"][TIMES] = timing
    good = choices.chance(75)
    edges = ["at_most", "below"] if good else ["above", "at_least"]
    limit = choices.pick(["1 day", "2 days"] if "day" in timing else ["4 hours", "26 hours"])
    weighted_by = choices.pick(["count", "value", "value", "quantity"])
    in_full = ["not_judged", "all_or_nothing", *(["good_part_counts"] * 2 if weighted_by != "count" else [])]
    cycle = choices.pick(CYCLES)
    document["indicators"][NAME] = {
        "measure": "share",
        "good_when" if good else "bad_when": {"indicator": TIMES, choices.pick(edges): limit},
        "weighted_by": weighted_by,
        "in_full": choices.pick(in_full),
        "per": cycle,
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "no_data": choices.pick(NO_DATA),
    }
    if choices.chance(20):
        document["indicators"][NAME]["round"] = f"{choices.pick([0, 1])} places half_up"
    promise = (
        {"at_least": choices.pick(["99 %", "95 %", "50 %"])} if good else {"at_most": choices.pick(["1 %", "50 %"])}
    )
    clause: Document = {"source": "art. 12", "promise": {"indicator": NAME, **promise}}
    clause["credit"] = _credit(choices, document, promise)
    document["clauses"][f"{NAME}-clause"] = clause
    if choices.chance(40):
        most = money(choices.pick([5_000, 20_050]), document["currency"])
        cap = {
            "name": "goods",
            "limits": [f"{NAME}-clause"],
            "at_most": most,
            "per": choices.pick(["period", "quarter"]),
        }
        document.setdefault("caps", []).append(
            {**cap, "cut": "in_order", "counts": choices.pick(["earned", "claimed"]), "source": "art. 12.6"}
        )
    for step in document.get("claims", ()):
        if step["after"].startswith(("incident", "outage", "delivery")):
            step["after"] = "period_end"
    mine = Written(NAME, f"{NAME}-clause", "delivered share", cycle, has_credit=True, per_incident=False)
    write_windows(choices, document, [mine])


def _credit(choices: Choices, document: Document, promise: Document) -> Document:
    (_, value), *_ = promise.items()
    base = {"value_of": choices.pick(["non_compliant", "non_compliant", "deliveries"])}
    if choices.chance(20):
        base = charges_of(choices, "delivered share")
    kind = choices.pick(["once", "once", "rows", "sum"])
    if kind == "sum":
        return {"each": "period", "amount": money(25_000, document["currency"])}
    if kind == "once" or value == "50 %":
        credit: Document = {"each": "period", "rate": choices.pick(["3 %", "0.7 %"]), "of": base}
        if choices.chance(20):
            credit["again"] = {"missed_in": "previous_period", "times": "2"}
        return credit
    higher = "at_least" in promise
    further = (PERCENT_BELOW if higher else BEYOND)[value][0]
    against, beside = ("below", "at_least") if higher else ("above", "at_most")
    rows = [{against: value, beside: further, "rate": "2 %"}, {against: further, "rate": "5.5 %"}]
    return {"of": base, "overlap": "refuse", "bands": rows}


def tell_delivered_shares(teller: Teller, world: World) -> None:
    """Deliveries on time and a microsecond late, whole and short, of which something may be untold."""
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if isinstance(chain.members[cut.place], DeliveryShare)]
        first = teller.choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            for _ in range(teller.choices.between(1, FEW + 1)):
                _tell(teller, world.terms[cut.place], chain.members[cut.place], cut)


def _tell(teller: Teller, terms: Terms, indicator: DeliveryShare, cut: Cut) -> None:
    choices = teller.choices
    timing = terms.indicator(indicator.indicator)
    assert isinstance(timing, DeliveryTime)
    name = f"s{len(teller.told) + 1:03}"
    start = moment(choices, cut)
    late = choices.pick([int(indicator.limit.value), int(indicator.limit.value), 0, 5 * DAY])
    done = start + max(0, late + nudge(choices))
    if choices.chance(15):
        done = choices.pick([cut.end, cut.end - 1])
    about: dict[str, Any] = {
        "delivery_id": name,
        "service": teller.service(terms, timing.service),
        "item": choices.pick(["beds", "beds", "lamps"]),
        "site": choices.pick(["north", "north", "east"]),
    }
    value, quantity = choices.pick([200, 333, 10_000, 0]), choices.pick([20, 7, 1, 0])
    parts = {
        "value": _money(terms, value),
        "good_value": _money(terms, choices.pick([value, value, value * 99 // 100, value // 2, 0])),
        "quantity": Fraction(quantity),
        "good_quantity": choices.pick([Fraction(quantity), Fraction(quantity), Fraction(quantity, 2), Fraction(0)]),
    }
    about |= {key: part for key, part in parts.items() if choices.chance(93)}
    began: dict[str, Any] = {"due": start} if timing.starts == "due" else {"sent": start}
    if timing.starts == "due" and choices.chance(20):
        teller.tell(told.Extension, delivery_id=name, at=cut.start, days=0, microseconds=HOUR)
    shape = choices.pick(["whole", "whole", "whole", "two", "two", "under way", "clash"])
    if shape == "whole":
        teller.tell(told.Delivery, **about, **began, done=done)
        return
    teller.tell(told.Delivery, **about, **began)
    if shape != "under way":
        teller.tell(told.Delivery, delivery_id=name, done=done)
    if shape == "clash" and choices.chance(30):
        teller.tell(told.Delivery, delivery_id=name, value=_money(terms, value + 1))


def _money(terms: Terms, amount: int) -> Money:
    return Money(amount=Fraction(amount), currency=terms.currency)
