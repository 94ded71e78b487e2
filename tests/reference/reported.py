"""How an outage counts where that depends on the customer's report of it.

Owns: what is left of an outage that was reported late or not at all. Does not own: missed duties (`consequences`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.reference.civil import last_moment


def as_reported(world: Any, one: Any, indicator: Any) -> Any | None:
    """The outage as it counts for an indicator; None where nothing of it does."""
    asked = getattr(indicator, "reporting", None)
    if asked is None:
        return one
    if one.contradicts() or not one.starts:
        # What is told against itself leaves its period undetermined, reported or not.
        return one
    if not one.reported:
        world.edge("an outage that nobody reported")
        return None
    until = _until(one, asked)
    at = min(one.reported)
    world.edge("an outage reported at the last instant", when=at == until)
    world.edge("an outage reported one microsecond late", when=until is not None and at == until + 1)
    if until is None or at <= until:
        return one
    if asked.not_kept == "does_not_count" or (one.ends and at >= one.ends[0]):
        world.edge(f"an outage reported late, of which nothing is left: {asked.not_kept}")
        return None
    world.edge("an outage counts from its report")
    return replace(one, starts=[at])


def may_still_be_reported(world: Any, indicator: Any, cut: Any) -> bool:
    """Whether an outage of a period that nobody reported so far could yet be reported in time."""
    asked = getattr(indicator, "reporting", None)
    if asked is None:
        return False
    for one in world.outages:
        if one.reported or not one.starts or not world.selected(one, indicator, cut):
            continue
        end = one.ends[0] if one.ends else world.as_of
        until = _until(one, asked)
        if one.starts[0] < cut.end and cut.start < end and (until is None or world.as_of <= until):
            world.edge("a period waits for a report")
            return True
    return False


def _until(one: Any, asked: Any) -> int | None:
    """The last instant for a report; None while the outage lasts that it runs from the end of."""
    if asked.after == "outage_end":
        return last_moment(asked.deadline, one.ends[0]) if one.ends else None
    return last_moment(asked.deadline, one.starts[0]) if one.starts else None
