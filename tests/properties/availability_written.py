"""Random availability, time down and means of intervals: which time counts, in what minutes, how outages weigh.

Owns: those indicators. Does not own: the clauses that promise something about them (`promises`).
"""

from __future__ import annotations

from typing import Any

from tests.properties.choices import Choices

Document = dict[str, Any]

IN_SERVICE = (
    "deployments",
    {"from": "2026-02-10"},
    {"until": "2026-03-20"},
    {"from": "2026-01-20", "until": "2026-04-11"},
)


def which_time_counts(choices: Choices, document: Document, indicator: Document, no_data: str) -> None:
    """Add agreed hours, the time in service or a fixed base, now and then."""
    if choices.chance(25):
        indicator["hours"] = choices.pick(["office", "split"])
    if choices.chance(20):
        service = document["services"][indicator["of"]]
        service.setdefault("in_service", choices.pick(IN_SERVICE))
        indicator["not_in_service"] = "leaves_the_base"
    elif indicator["measure"] == "availability" and choices.chance(20):
        indicator["base"] = choices.pick(["43200 minutes", "720 hours", "100 hours"])
        indicator["part_base"] = choices.pick(["full", "its_own_time"])
    if indicator["measure"] == "availability" and ("hours" in indicator or "not_in_service" in indicator):
        indicator.setdefault("no_data", no_data)


def how_outages_count(choices: Choices, indicator: Document) -> None:
    """Add whole minutes or weights, now and then; a total that changes has no fixed base."""
    if choices.chance(30):
        indicator["whole_minutes"] = {
            "each": choices.pick(["outage", "period", "clock_minute"]),
            "part": choices.pick(["counts", "ignored"]),
        }
    elif indicator["measure"] == "availability" and choices.chance(50):
        indicator["weighted_by"] = choices.pick(["share", "affected"])
        indicator["overlapping"] = choices.pick(["added_up", "highest"])
        if indicator["weighted_by"] == "affected":
            indicator["total"] = "100" if "base" in indicator else choices.pick(["100", "readings", "readings"])


def mean_of_intervals(choices: Choices, service: str, cycle: str, no_data: str) -> Document:
    indicator = {
        "measure": "mean_of_intervals",
        "of": service,
        "from": "tallies",
        "per": cycle,
        "interval": choices.pick(["1 hour", "24 hours", "5 minutes", "12 hours"]),
        "empty_interval": choices.pick(["good", "bad", "leaves_the_mean"]),
    }
    if indicator["empty_interval"] == "leaves_the_mean":
        indicator["no_data"] = no_data
    if choices.chance(30):
        indicator["share_of"] = choices.pick(["errors", "errors", "good"])
    return indicator
