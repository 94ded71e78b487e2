"""Random credits: tables in both directions, fixed sums, blocks of time, and what they apply to.

Owns: the `credit` of a clause. Does not own: its promise.
"""

from __future__ import annotations

from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.deliveries_written import damages

Document = dict[str, Any]

PERCENT_BELOW = {
    "100 %": ("99.9 %", "99 %"),
    "99.9 %": ("99.5 %", "98 %"),
    "99 %": ("98 %", "90 %"),
    "95 %": ("90 %", "50 %"),
    "50 %": ("40 %", "10 %"),
}
BEYOND = {
    "4 hours": ("6 hours", "1 hour"),
    "30 minutes": ("1 hour", "10 minutes"),
    "26 hours": ("30 hours", "4 hours"),
    "200 milliseconds": ("300 milliseconds", "100 milliseconds"),
    "10": ("20", "5"),
    "1 times": ("2 times", "1 times"),
    "3 times": ("5 times", "2 times"),
    "1 %": ("2 %", "0.1 %"),
    "0.1 %": ("1 %", "0.05 %"),
}
OPPOSITE = {"at_least": "below", "above": "at_most", "at_most": "above", "below": "at_least"}


def write_credit(choices: Choices, document: Document, measure: str, promise: Document, better: str) -> Document:
    """What a breach of the promise pays."""
    (edge, value), *_ = promise.items()
    if measure == "lateness":
        return damages(choices, document, value)
    kinds = ["amount"]
    if not isinstance(value, dict) and measure != "delivered":
        kinds += ["bands", "bands", "bands"]
    if measure in {"outages", "downtime", "elapsed", "outage times"}:
        kinds += ["blocks"]
    kind = choices.pick(kinds)
    if kind == "bands":
        credit = _bands(choices, document, edge, value, better)
    elif kind == "blocks":
        credit = _blocks(choices, document, measure)
    else:
        each = {"elapsed": ["incident"], "outage times": ["outage"], "occurrences": ["occurrence", "period"]}.get(
            measure, ["period"]
        )
        credit = {"each": choices.pick(each), "amount": _money(document, choices.pick([25_000, 33_300, 0]))}
    if choices.chance(15):
        least = _money(document, choices.pick([100, 60_000, 25_000]))
        compared = choices.pick(["before_rounding", "after_rounding"])
        credit["paid_only_if"] = {choices.pick(["above", "at_least"]): least, "compared": compared}
    return credit


def _money(document: Document, hundredths: int) -> str:
    return money(hundredths, document["currency"])


def _base(choices: Choices) -> Document:
    base: Document = {"charge": "hosting"}
    if choices.chance(30):
        base = choices.pick(
            [
                {"charges": ["hosting", "support"]},
                {"charge": "usage"},
                {"charges": ["hosting"], "less": ["support"]},
            ]
        )
    base["period"] = choices.pick(["judged", "judged", "previous", "next"])
    base["part_period"] = choices.pick(["pro_rata", "pro_rata", "full"])
    return base


def _bands(choices: Choices, document: Document, edge: str, value: str, better: str) -> Document:
    against = OPPOSITE[edge]
    further = (PERCENT_BELOW if better == "higher" else BEYOND)[value]
    by_rate = choices.chance(75)
    shape = choices.pick(["nested", "disjoint", "one", "whenever", "narrow"])
    if further[0] == "99.9 %" and shape == "whenever":
        shape = "nested"
    pays = [
        {"rate": choices.pick(["5 %", "3.33 %", "0 %"])} if by_rate else {"amount": _money(document, 10_001)},
        {"rate": choices.pick(["10 %", "12.5 %"])} if by_rate else {"amount": _money(document, 20_050)},
    ]
    credit: Document = {}
    if by_rate:
        credit["of"] = _base(choices)
    credit["overlap"] = choices.pick(["highest_credit", "first_row", "refuse"])
    beside = {"below": "at_least", "at_most": "above", "above": "at_most", "at_least": "below"}[against]
    if shape == "one":
        rows = [{against: value, **pays[0]}]
    elif shape == "nested":
        if credit["overlap"] == "refuse":
            credit["overlap"] = "highest_credit"
        if credit["overlap"] == "first_row":
            rows = [{against: further[0], **pays[1]}, {against: value, **pays[0]}]
            credit["pays"] = "only_when_missed"
        else:
            rows = [{against: value, **pays[0]}, {against: further[0], **pays[1]}]
    elif shape == "disjoint":
        rows = [{against: value, beside: further[0], **pays[0]}, {against: further[0], **pays[1]}]
    elif shape == "whenever":
        looser = _looser(value, better)
        rows = [{against: looser, **pays[0]}]
        credit["pays"] = choices.pick(["only_when_missed", "whenever_a_row_matches"])
    else:
        rows = [{against: further[0], **pays[1]}]
        credit["pays"] = "only_when_missed"
        credit["gaps"] = "undetermined"
    credit["bands"] = rows
    return credit


def _looser(value: str, better: str) -> str:
    if better == "lower":
        return BEYOND[value][1]
    return {"99.9 %": "100 %", "99 %": "99.9 %", "95 %": "99 %", "50 %": "95 %", "100 %": "100 %"}[value]


def _blocks(choices: Choices, document: Document, measure: str) -> Document:
    measured_on = {"elapsed": ["each_incident"], "outage times": ["each_outage"]}.get(
        measure, ["period_total", "each_outage"]
    )
    credit: Document = {
        "block": choices.pick(["1 hour", "15 minutes"]),
        "after": choices.pick(["0 hours", "0 hours", "4 hours", "10 minutes"]),
        "part": choices.pick(["counts", "ignored", "pro_rata"]),
        "measured_on": choices.pick(measured_on),
    }
    if choices.chance(60):
        credit["amount"] = _money(document, choices.pick([5_000, 3_333]))
    else:
        credit["rate"] = choices.pick(["1 %", "0.7 %"])
        credit["of"] = _base(choices)
    if choices.chance(25):
        credit["first"] = _money(document, 9_999)
    return credit
