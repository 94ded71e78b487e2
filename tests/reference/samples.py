"""Defects among what was checked, of each delivery or in a period.

Owns: that level, and what a sample smaller than agreed says. Does not own: which deliveries a period has
(`deliveries`), nor what a promise makes of the level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from malus.model import events as told
from malus.model.indicators import Sample

from tests.reference.deliveries import handed_over
from tests.reference.found import Found
from tests.reference.incidents import Timed
from tests.reference.readings import of_deliveries, placed
from tests.reference.world import Chain, Cut, World


def defects(world: World, chain: Chain, indicator: Sample, cut: Cut) -> Found:
    """Those in all the tallies of a period."""
    return _level(world, indicator, placed(world, chain, indicator, cut, told.Tally))


def defects_of_each(
    world: World, chain: Chain, indicator: Sample, cut: Cut, listed: Sequence[Timed] | None = None
) -> Iterator[tuple[Timed, Found]]:
    """Each delivery of a period, or of those listed, with the defects in the tallies that name it, whenever taken."""
    tallies = of_deliveries(world, chain, cut, told.Tally)
    for one in handed_over(world, indicator, cut) if listed is None else listed:
        found = _level(world, indicator, [tally for tally in tallies if tally.delivery_id == one.subject])
        found.doubt = one.doubt
        yield one, found


def _level(world: World, indicator: Sample, tallies: Sequence[told.Tally]) -> Found:
    checked = sum(one.total for one in tallies)
    bad = checked - sum(one.good for one in tallies)
    few = indicator.few
    world.edge("tallies that checked nothing", when=bool(tallies) and checked == 0)
    if checked == 0:
        return Found()
    world.edge("several tallies of one sample", when=len(tallies) > 1)
    if few is None or checked >= few.below:
        world.edge("a sample exactly as large as agreed", when=few is not None and checked == few.below)
        return Found(level=Fraction(bad))
    if few.missed_after is not None and bad > few.missed_after:
        world.edge("a small sample with too many defects")
        return Found(level=Fraction(bad))
    world.edge("a small sample with exactly as many defects as it may have", when=bad == few.missed_after)
    world.edge(f"a small sample: {few.says}")
    return Found(forgiven=few.says == "met")
