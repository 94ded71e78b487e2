"""How the indicators and clauses that a focus adds join an agreement that is written already.

Owns: where they stand and which caps hold them too. Does not own: what they say.
"""

from __future__ import annotations

from typing import Any

from tests.properties.choices import Choices
from tests.properties.promises import level_of

Document = dict[str, Any]


def join_indicator(
    choices: Choices, document: Document, measure: str, name: str, cycle: str, kind: str = ""
) -> tuple[str, Any, str]:
    """Add an indicator before all others, so that it is told of first; its edge, limit, and which is better."""
    service = next(iter(document["services"]))
    others = document["indicators"]
    document["indicators"] = {}
    indicator, promise, better = level_of(choices, document, measure, name, service, cycle)
    document["indicators"] = {**document["indicators"], name: indicator, **others}
    if kind:
        indicator["for_each"] = kind
    ((edge, value),) = promise.items()
    return edge, value, better


def join_clauses(choices: Choices, document: Document, clauses: Document) -> None:
    """Add clauses before all others, where an amendment gives the first a new name, or behind; caps may hold them."""
    for cap in document.get("caps", ()):
        for name, clause in clauses.items():
            if _holds_any(cap) and "credit" in clause and choices.chance(50):
                cap["limits"].append(name)
    before = choices.chance(50)
    document["clauses"] = {**clauses, **document["clauses"]} if before else {**document["clauses"], **clauses}


def _holds_any(cap: Document) -> bool:
    """Whether a cap can hold clauses of any kind and period."""
    one_by_one = cap["per"] in {"incident", "outage", "delivery", "period"}
    return "limits" in cap and not one_by_one and cap.get("base") != "judged_period"
