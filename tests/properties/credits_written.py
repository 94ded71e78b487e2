"""Random credits: tables in both directions, slopes, sums and rates for each, blocks, lost time, and their bases.

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
    "2": ("3", "1"),
    "2 days": ("5 days", "1 day"),
    "1 times": ("2 times", "1 times"),
    "3 times": ("5 times", "2 times"),
    "1 %": ("2 %", "0.1 %"),
    "0.1 %": ("1 %", "0.05 %"),
}
#: The cap that rates are taken of, where a credit says so; `write_caps` declares it.
POOL = "at-risk"
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
    if measure in {"outages", "elapsed"}:
        kinds += ["lost time"]
    kind = choices.pick(kinds)
    if kind == "bands":
        credit = _bands(choices, document, measure, edge, value, better)
    elif kind == "blocks":
        credit = _blocks(choices, document, measure)
    elif kind == "lost time":
        credit = _lost_time(choices, measure)
    else:
        credit = _for_each(choices, document, measure)
    if kind in {"bands", "amount"} and measure not in {"elapsed", "outage times", "deliveries"} and choices.chance(20):
        credit["again"] = _again(choices, document, credit)
    if choices.chance(15):
        least = _money(document, choices.pick([100, 60_000, 25_000]))
        compared = choices.pick(["before_rounding", "after_rounding"])
        credit["paid_only_if"] = {choices.pick(["above", "at_least"]): least, "compared": compared}
    return credit


def _for_each(choices: Choices, document: Document, measure: str) -> Document:
    each = {"elapsed": ["incident"], "outage times": ["outage"], "occurrences": ["occurrence", "period"]}.get(
        measure, ["period"]
    )
    credit = {"each": choices.pick(each), "amount": _money(document, choices.pick([25_000, 33_300, 0]))}
    if choices.chance(40):
        del credit["amount"]
        credit["rate"] = choices.pick(["2 %", "0.7 %"])
        credit["of"] = _base(choices, document, measure)
    return credit


def _again(choices: Choices, document: Document, credit: Document) -> Document:
    again: Document = {"missed_in": "previous_period"}
    added = choices.pick(["times", "times", "on top", "both"])
    if added != "on top":
        again["times"] = choices.pick(["2", "1.5"])
    if added != "times":
        if "of" in credit and choices.chance(50):
            again["rate"] = "0.5 %"
        else:
            again["amount"] = _money(document, 1_001)
    return again


def _lost_time(choices: Choices, measure: str) -> Document:
    measured_on = ["each_incident"] if measure == "elapsed" else ["period_total", "each_outage"]
    return {
        "times": choices.pick(["50", "1", "2.5"]),
        "after": choices.pick(["0 minutes", "5 minutes", "4 hours"]),
        "measured_on": choices.pick(measured_on),
        "of": charges_of(choices, measure),
    }


def _money(document: Document, hundredths: int) -> str:
    return money(hundredths, document["currency"])


def _base(choices: Choices, document: Document, measure: str) -> Document:
    """What a rate is taken of: charges, a sum of the file, a share of a pool that caps then hold."""
    kind = choices.pick(["charges", "charges", "charges", "charges", "amount", "pool"])
    base = charges_of(choices, measure)
    if kind == "charges" and base["period"] == "judged" and choices.chance(20):
        day = choices.pick(["share_of_calendar_month", "thirtieth"])
        base = {"charge": choices.pick(["support", "support", "usage"]), "period": "judged", "day_of_fee": day}
    if kind == "amount":
        base = {"amount": _money(document, 25_000_033)}
    elif kind == "pool":
        base = {"pool": POOL, "share": choices.pick(["50 %", "33.3 %", "150 %"])}
    if kind != "amount" and choices.chance(15):
        base["round"] = choices.pick(["half_up", "half_even", "down"])
    return base


def charges_of(choices: Choices, measure: str) -> Document:
    base: Document = {"charge": "hosting"}
    if choices.chance(30):
        base = choices.pick(
            [
                {"charges": ["hosting", "support"]},
                {"charge": "usage"},
                {"charges": ["hosting"], "less": ["support"]},
            ]
        )
    base["period"] = choices.pick(
        ["judged", "judged", "judged", "previous", "next", "quarter", "year from month 4", "preceding 30 days"]
    )
    if base["period"].startswith("preceding"):
        base["period"] = choices.pick(["preceding 30 days", "preceding 31 days", "preceding 7 days"])
        starts = ["period_start", "period_end", *(["subject_start"] if measure == "elapsed" else [])]
        base["before"] = choices.pick(starts)
    base["part_period"] = choices.pick(["pro_rata", "pro_rata", "full"])
    return base


def _bands(choices: Choices, document: Document, measure: str, edge: str, value: str, better: str) -> Document:
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
        credit["of"] = _base(choices, document, measure)
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
    if not value.endswith("days") and choices.chance(30):
        steepest = choices.pick(rows)
        steepest["slope"], steepest["part"] = slope_beyond(choices, document, value, better, by_rate=by_rate)
        if choices.chance(60):
            steepest.pop("rate", None)
            steepest.pop("amount", None)
    credit["bands"] = rows
    return credit


def slope_beyond(choices: Choices, document: Document, value: str, better: str, *, by_rate: bool) -> tuple[str, str]:
    """So much for every unit beyond the promise, and what a part of a unit counts as."""
    much = choices.pick(["2 %", "0.3 %"]) if by_rate else _money(document, 1_050)
    if value.endswith("%"):
        unit = choices.pick(["percentage point", "0.1 percentage points", "7 percentage points"])
    elif value.endswith("s") and "times" not in value:
        unit = "50 milliseconds" if "milli" in value else choices.pick(["hour", "30 minutes", "90 minutes"])
    else:
        unit = "time" if "times" in value else "1"
    side = "below" if better == "higher" else "above"
    # Where the promise differs by season or subject, what starts at it differs too.
    start = "the promise" if choices.chance(35) else value
    return f"{much} per {unit} {side} {start}", choices.pick(["pro_rata", "counts", "ignored"])


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
        credit["of"] = _base(choices, document, measure)
    if choices.chance(25):
        credit["first"] = _money(document, 9_999)
    return credit
