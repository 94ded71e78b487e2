"""Random indicators of deliveries, and what lateness pays.

Owns: those indicators and the credits only they have. Does not own: the clauses around them (`promises`).
"""

from __future__ import annotations

from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices

Document = dict[str, Any]


def lateness(choices: Choices, service: str) -> Document:
    """An indicator of how late deliveries are, in days or in open time."""
    indicator: Document = {
        "measure": "elapsed",
        "of": service,
        "from": "deliveries",
        "per": choices.pick(["month", "month", "week", "month from day 16"]),
        "starts": choices.pick(["due", "due", "due", "sent"]),
        "ends": "done",
        "calendar": "always",
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "while_open": choices.pick(["runs", "runs", "waits"]),
    }
    if indicator["starts"] == "due":
        indicator["early"] = "zero"
    day = choices.pick(["24_hours", "calendar_day", "business_day", None])
    if day is None:
        indicator["calendar"] = choices.pick(["always", "office", "split"])
    else:
        indicator["day"] = day
    if day == "24_hours":
        indicator["part_day"] = choices.pick(["counts", "ignored", "exact"])
    elif day is not None:
        indicator["due_day"] = choices.pick(["counts", "does_not_count"])
        indicator["done_day"] = choices.pick(["counts", "does_not_count"])
    if day == "business_day":
        indicator["calendar"] = choices.pick(["office", "split"])
    if choices.chance(15):
        indicator["where"] = choices.pick([{"item": ["beds", "chairs"]}, {"site": "north"}])
    return indicator


def worth(choices: Choices, document: Document) -> Document:
    """What a rate for a late delivery is taken of."""
    if choices.chance(60):
        return {"value_of": "delivery"}
    return {"amount": money(choices.pick([500_000, 99_999]), document["currency"])}


def damages(choices: Choices, document: Document, limit: str) -> Document:
    """What a late delivery pays: blocks of time, rows by lateness, a sum for each unit or for each delivery."""
    in_days = limit.split()[1].startswith("day")
    kind = choices.pick(["blocks", "blocks", "rows", "sum"])
    if kind == "rows":
        further = "5 days" if in_days else "9 hours"
        return {
            "of": worth(choices, document),
            "overlap": "refuse",
            "bands": [{"above": limit, "at_most": further, "rate": "5 %"}, {"above": further, "rate": "12.5 %"}],
        }
    if kind == "sum":
        credit: Document = {"each": "delivery", "amount": money(choices.pick([2_500, 33]), document["currency"])}
    else:
        credit = {
            "block": choices.pick(["1 day", "2 days", "7 days"]) if in_days else choices.pick(["1 hour", "6 hours"]),
            "after": choices.pick(["0 days", limit]) if in_days else "0 hours",
            "part": choices.pick(["counts", "ignored", "pro_rata"]),
            "measured_on": "each_delivery",
        }
        if choices.chance(60):
            return {**credit, "rate": choices.pick(["1 %", "10.5 %", "0.7 %"]), "of": worth(choices, document)}
        credit["amount"] = money(choices.pick([5_000, 3_333]), document["currency"])
        if choices.chance(25):
            credit["first"] = money(9_999, document["currency"])
    if choices.chance(40):
        credit["units"] = "quantity_of_delivery"
    return credit
