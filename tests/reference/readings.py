"""What readings and tallies tell of one period: which are an indicator's, where they are placed, what is accepted.

Owns: that choice, in the order of time. Does not own: any level made of them (`levels`, `figures`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told

from tests.reference.civil import EXACT
from tests.reference.world import Chain, Cut, World, event_order, in_period, matches


def placed(world: World, chain: Chain, indicator: Any, cut: Cut, kind: type[Any]) -> list[Any]:
    """The tallies or readings of an indicator that belong to a period."""
    found = [one for one in world.of_kind(kind) if world.speaks_of(one, chain, cut)]
    world.edge("tally or reading that ends with its period", when=any(one.end == cut.end for one in found))
    world.edge("tally or reading across a boundary", when=any(one.start < cut.start < one.end for one in found))
    return [
        one
        for one in found
        if in_period(indicator.counted_in, cut.span, one.start, one.end) and matches(one, indicator.where)
    ]


def accepted(world: World, chain: Chain, indicator: Any, cut: Cut) -> list[Fraction]:
    """The values of a period's readings that are in its unit and inside of what is accepted, in the order of time."""
    values = []
    for one in sorted(placed(world, chain, indicator, cut, told.Reading), key=lambda one: (one.end, *event_order(one))):
        value = in_unit(one, indicator.unit)
        world.edge("reading in another unit", when=value is None)
        if value is None:
            continue
        lowest, highest = indicator.accepts_from, indicator.accepts_to
        outside = (lowest is not None and value < lowest) or (highest is not None and value > highest)
        world.edge("reading exactly at the end of what is accepted", when=value in {lowest, highest})
        world.edge("reading outside of what is accepted", when=outside)
        if not outside:
            values.append(value)
    return values


def of_deliveries(world: World, chain: Chain, cut: Cut, kind: type[Any]) -> list[Any]:
    """The tallies or readings of an indicator that name a delivery, taken at a time of which some terms speak.

    They go with their delivery, whatever site or subject they name themselves.
    """
    found = [one for one in world.of_kind(kind) if one.delivery_id is not None and world.is_for(one, chain, cut)]
    begins = [world.starts(place) for place in range(len(world.terms))]
    under = [
        one for one in found if world.in_force(one.start) is not None or any(one.start < at < one.end for at in begins)
    ]
    world.edge("told of a delivery when no terms were in force", when=len(under) < len(found))
    return under


def in_unit(reading: told.Reading, unit: str) -> Fraction | None:
    """A reading's value in the unit of an indicator; None where it is of another kind."""
    if unit == "percent":
        return reading.value / 100 if reading.unit == "%" else None
    if unit == "count":
        return reading.value if reading.unit == "count" else None
    return reading.value * EXACT[reading.unit] if reading.unit in EXACT else None
