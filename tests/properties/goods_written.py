"""Random clauses about what was read of deliveries or found in them, and the caps on what they pay.

Owns: the clause of one such indicator, its credit, its right, its caps. Does not own: the indicators themselves.
"""

from __future__ import annotations

from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import OPPOSITE, charges_of
from tests.properties.deliveries_written import worth
from tests.properties.remedies_written import write_right

Document = dict[str, Any]

#: A level further off than each promise, for a second row.
FURTHER = {
    "0": "2",
    "1": "3",
    "2": "3",
    "2.5": "5",
    "5": "6",
    "0 %": "2 %",
    "1 %": "3 %",
    "0 hours": "1 minute",
    "200 milliseconds": "2 seconds",
    "30 minutes": "1 hour",
}
BESIDE = {"below": "at_least", "at_most": "above", "above": "at_most", "at_least": "below"}


def write_goods_clause(choices: Choices, document: Document, name: str, promise: Document, *, each: str) -> None:
    """The clause about an indicator that is there already; `each` is what else than a period is paid for."""
    by_delivery = document["indicators"][name]["measured_on"] == "each_delivery"
    kind = choices.pick(["each", "each", "once", "rows"])
    if kind == "rows":
        credit = _rows(choices, document, promise, by_delivery=by_delivery)
    else:
        credit = {"each": each if kind == "each" else "delivery" if by_delivery else "period"}
        credit |= _paid(choices, document, by_delivery=by_delivery)
        if "amount" in credit and by_delivery and choices.chance(40):
            credit["units"] = "quantity_of_delivery"
    if not by_delivery and choices.chance(20):
        credit["again"] = {"missed_in": "previous_period", "times": "2"}
    if choices.chance(15):
        least = money(choices.pick([100, 60_000]), document["currency"])
        credit["paid_only_if"] = {choices.pick(["above", "at_least"]): least, "compared": "after_rounding"}
    if kind != "rows" and choices.chance(20):
        (edge, value), *_ = promise.items()
        promise = {edge: {"november-march": value, "april-october": FURTHER[value]}}
    clause: Document = {"source": "art. 12", "promise": {"indicator": name, **promise}, "credit": credit}
    if choices.chance(25):
        clause["right"] = write_right(choices)
    clauses = document["clauses"]
    # Now and then the first of the file, which an amended text may call something else.
    document["clauses"] = {f"{name}-clause": clause, **clauses} if choices.chance(40) else clauses
    document["clauses"][f"{name}-clause"] = clause
    _caps(choices, document, name, by_delivery=by_delivery)
    for step in document.get("claims", ()):
        if step["after"].startswith(("incident", "outage", "delivery")):
            step["after"] = (
                choices.pick(["delivery_due", "delivery_done"]) if _all_by_delivery(document) else "period_end"
            )


def _all_by_delivery(document: Document) -> bool:
    """Whether every credit is paid for a delivery, so that a claim can run from when that was due or came."""
    credited = [one for one in document["clauses"].values() if "credit" in one]
    if not all("promise" in one for one in credited):
        return False
    judged = [document["indicators"][one["promise"]["indicator"]] for one in credited]
    return all(one.get("from") == "deliveries" or one.get("measured_on") == "each_delivery" for one in judged)


def _paid(choices: Choices, document: Document, *, by_delivery: bool) -> Document:
    if choices.chance(50):
        return {"amount": money(choices.pick([1_050, 333, 25_000]), document["currency"])}
    base = worth(choices, document) if by_delivery else charges_of(choices, "goods")
    return {"rate": choices.pick(["2 %", "0.7 %"]), "of": base}


def _rows(choices: Choices, document: Document, promise: Document, *, by_delivery: bool) -> Document:
    (edge, value), *_ = promise.items()
    against, further = OPPOSITE[edge], FURTHER[value]
    first = _paid(choices, document, by_delivery=by_delivery)
    second = {"rate": "5 %"} if "rate" in first else {"amount": money(30_000, document["currency"])}
    credit: Document = {"of": first.pop("of")} if "of" in first else {}
    credit["overlap"] = "refuse"
    credit["bands"] = [{against: value, BESIDE[against]: further, **first}, {against: further, **second}]
    return credit


def _caps(choices: Choices, document: Document, name: str, *, by_delivery: bool) -> None:
    caps = []
    if by_delivery and choices.chance(50):
        most = choices.pick(["55 % of value_of_delivery", "100 % of value_of_delivery", _sum(choices, document)])
        caps.append({"name": f"{name}-price", "limits": [f"{name}-clause"], "at_most": most, "per": "delivery"})
    if choices.chance(40):
        per = choices.pick(["month", "quarter", "rolling 2 months", "period"])
        caps.append(
            {"name": f"{name}-all", "limits": [f"{name}-clause"], "at_most": _sum(choices, document), "per": per}
        )
    for cap in caps:
        cap["cut"] = choices.pick(["in_order", "pro_rata"])
        cap["counts"] = choices.pick(["earned", "claimed"])
        cap["source"] = "art. 12.6"
    if caps:
        document.setdefault("caps", []).extend(caps)


def _sum(choices: Choices, document: Document) -> str:
    return money(choices.pick([5_000, 20_050, 333]), document["currency"])
