"""Whom random events name: one subject, several, what they are called elsewhere, one that nobody listed, nobody.

Owns: the `subjects` of events. Does not own: what happened (`histories`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms

from tests.properties.choices import Choices

OF_SUBJECTS = (
    told.Outage,
    told.Check,
    told.Reading,
    told.Tally,
    told.Incident,
    told.Delivery,
    told.Deployment,
    told.Exclusion,
    told.Obligation,
)


def name_subjects(choices: Choices, terms: list[Terms], events: list[Any]) -> None:
    """Say of each event whom it speaks of, where the terms list subjects."""
    if not any(one.subjects.listed for one in terms):
        return
    known: dict[str, tuple[str, ...]] = {}
    for place, one in enumerate(events):
        if isinstance(one, told.Obligation):
            events[place] = replace(one, subject=choices.pick(["north", "ring", "N-1", None]))
        elif isinstance(one, told.Charge | told.Opening):
            events[place] = replace(one, subjects=(choices.pick(["north", "ring", "east", "spur", "N-1", "critical"]),))
        elif isinstance(one, OF_SUBJECTS):
            # What is told later of one thing mostly names whom it named before, now and then nobody.
            thing = (
                getattr(one, "outage_id", None)
                or getattr(one, "incident_id", None)
                or getattr(one, "delivery_id", None)
            )
            named = known.get(thing, ()) if thing is not None and choices.chance(90) else ()
            named = one.subjects or named or _named(choices, excluded=isinstance(one, told.Exclusion))
            if thing is not None:
                named = known.setdefault(thing, named)
            events[place] = replace(one, subjects=named)


def _named(choices: Choices, *, excluded: bool) -> tuple[str, ...]:
    if excluded and choices.chance(50):
        return ()
    return choices.pick(
        [
            ("north",),
            ("north",),
            ("N-1",),
            ("east",),
            ("east", "north"),
            ("ring",),
            ("spur",),
            ("nobody",),
            ("nobody", "north"),
            (),
        ]
    )
