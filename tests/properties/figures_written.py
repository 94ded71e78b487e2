"""Random indicators of one figure made of many values.

Owns: those indicators and what is promised of them. Does not own: the clauses around them (`promises`).
"""

from __future__ import annotations

from typing import Any

from tests.properties.choices import Choices

Document = dict[str, Any]

LOWER = ("at_most", "at_most", "below")
#: What is accepted, and a promise that its unit can be held against.
READ = (
    ("0 milliseconds to 10000 milliseconds", "200 milliseconds"),
    ("0 to 1000", "10"),
    ("0 % to 100 %", "1 %"),
)


def statistic_of_readings(choices: Choices, service: str) -> tuple[Document, Document]:
    """A figure of readings, by their own name or one that several indicators may read."""
    accepts, value = choices.pick(READ)
    indicator: Document = {"measure": "statistic", "of": service, "from": "readings", "accepts": accepts}
    if choices.chance(40):
        indicator["reads"] = "measured"
    if choices.chance(15):
        indicator["where"] = {"site": ["north", "south"]}
    takes(choices, indicator)
    return indicator, {choices.pick(LOWER): "2" if indicator["takes"] == "count" else value}


def statistic_of_times(choices: Choices, timing: str, limit: str) -> tuple[Document, Document]:
    """A figure of the times that another indicator measures."""
    indicator: Document = {"measure": "statistic", "from": "elapsed_times", "times": timing}
    takes(choices, indicator)
    return indicator, {choices.pick(LOWER): "2" if indicator["takes"] == "count" else limit}


def takes(choices: Choices, indicator: Document) -> None:
    """Say which figure it is, and from how many values on."""
    kinds = ["count", "mean", "lowest", "highest", "percentile", "percentile"]
    if "%" not in indicator.get("accepts", ""):
        # Percentages do not add up to a level.
        kinds.append("sum")
    indicator["takes"] = choices.pick(kinds)
    if indicator["takes"] == "percentile":
        at = choices.pick(["50 %", "95 %", "100 %", "33.3 %", "25 %"])
        indicator["percentile"] = {"at": at, "method": choices.pick(["nearest_rank", "linear"])}
    if choices.chance(40):
        indicator["few"] = {"below": choices.pick(["2", "3"]), "says": choices.pick(["met", "no_data"])}


def time_share(choices: Choices, service: str) -> Document:
    """The part of a period's time for which readings lay inside one limit or two."""
    indicator: Document = {"measure": "time_share", "of": service, "from": "readings"}
    if choices.chance(50):
        indicator["reads"] = "measured"
    indicator |= choices.pick(
        [
            {"at_least": "2", "at_most": "8"},
            {"above": "2", "below": "8"},
            {"at_most": "8"},
            {"below": "200 milliseconds"},
            {"at_least": "20 %"},
        ]
    )
    indicator["holds_for"] = choices.pick(["until_next_reading", "at most 30 minutes", "at most 12 hours"])
    indicator["unobserved"] = choices.pick(["counts_as_inside", "counts_as_outside", "leaves_the_base"])
    if choices.chance(15):
        indicator["where"] = {"site": ["north", "south"]}
    return indicator
