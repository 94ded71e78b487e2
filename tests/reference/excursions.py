"""Readings that lie outside of limits: how many of them, or how far the worst one does.

Owns: that level, of the readings of a period or of those that name one delivery. Does not own: which deliveries a
period has (`deliveries`), nor what a promise makes of the level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from malus.model import events as told
from malus.model.indicators import Excursion
from malus.model.quantities import Limit

from tests.reference.deliveries import handed_over
from tests.reference.edges import holds
from tests.reference.found import Found
from tests.reference.incidents import Timed
from tests.reference.readings import in_unit, of_deliveries, placed
from tests.reference.world import Chain, Cut, World


def outside(world: World, chain: Chain, indicator: Excursion, cut: Cut) -> Found:
    """The level of all the readings of a period."""
    return _level(world, indicator, placed(world, chain, indicator, cut, told.Reading))


def outside_of_each(
    world: World, chain: Chain, indicator: Excursion, cut: Cut, listed: Sequence[Timed] | None = None
) -> Iterator[tuple[Timed, Found]]:
    """Each delivery of a period, or of those listed, with the level of the readings that name it, whenever taken."""
    readings = of_deliveries(world, chain, cut, told.Reading)
    for one in handed_over(world, indicator, cut) if listed is None else listed:
        found = _level(world, indicator, [reading for reading in readings if reading.delivery_id == one.subject])
        found.doubt = one.doubt
        yield one, found


def _level(world: World, indicator: Excursion, readings: Sequence[told.Reading]) -> Found:
    values = [value for one in readings if (value := in_unit(one, indicator.unit)) is not None]
    world.edge("reading in another unit", when=len(values) < len(readings))
    if not values:
        return Found()
    distances = [_beyond(world, indicator.outside, value) for value in values]
    beyond = [one for one in distances if one is not None]
    world.edge("a reading exactly on a limit that is outside", when=Fraction(0) in beyond)
    world.edge(f"an excursion, {indicator.counts}", when=bool(beyond))
    world.edge("no reading outside", when=not beyond)
    if indicator.counts == "readings":
        return Found(level=Fraction(len(beyond)))
    world.edge("the worst of several readings outside", when=len(set(beyond)) > 1)
    return Found(level=max(beyond, default=Fraction(0)))


def _beyond(world: World, limits: Sequence[Limit], value: Fraction) -> Fraction | None:
    """How far a reading lies past the limit that it is outside of; None where it is inside."""
    edges = set(world.edges)
    past = [abs(value - limit.value) for limit in limits if holds(world, limit.edge, limit.value, value)]
    world.edges = edges
    return max(past, default=None)
