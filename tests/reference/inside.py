"""The part of a period for which what readings tell lay inside its limits.

Owns: how long each reading holds, and on which side of the limits it lies. Does not own: which time counts (`uptime`).
"""

from __future__ import annotations

from malus.model import events as told
from malus.model.indicators import TimeShare

from tests.reference.civil import Span
from tests.reference.edges import holds
from tests.reference.found import Found
from tests.reference.readings import in_unit
from tests.reference.spans import kept
from tests.reference.uptime import Observed, observed_share
from tests.reference.world import Chain, Cut, World, matches


def time_inside(world: World, chain: Chain, indicator: TimeShare, cut: Cut) -> Found:
    """Each reading holds from its start until the next one's, or so long after its own end at most."""
    readings, first = [], world.starts(0)
    for one in world.of_kind(told.Reading):
        if world.speaks_of(one, chain, cut) and matches(one, indicator.where):
            value = in_unit(one, indicator.unit)
            world.edge("reading in another unit", when=value is None)
            # Nobody agreed to measure anything before the first terms, so what was read by then judges nothing.
            if value is not None and max(one.end, one.start + 1) > first:
                good = all(holds(world, limit.edge, limit.value, value) for limit in indicator.inside)
                readings.append((one, good))
    starts = sorted({one.start for one, _ in readings})
    observed: list[Span] = []
    bad: list[Span] = []
    doubt = False
    for number, start in enumerate(starts):
        of_one_instant = [(one, good) for one, good in readings if one.start == start]
        last = max(one.sequence or 0 for one, _ in of_one_instant)
        newest = [(one, good) for one, good in of_one_instant if (one.sequence or 0) == last]
        end = starts[number + 1] if number + 1 < len(starts) else world.as_of
        if indicator.holds is not None:
            until = max(one.end for one, _ in newest) + indicator.holds
            world.edge("reading held exactly as long as it may", when=end == until)
            end = min(end, until)
        observed.append((start, end))
        sides = {good for _, good in newest}
        if len(sides) > 1:
            doubt = doubt or bool(kept([(start, end)], [cut.span]))
            world.edge("readings of one instant on both sides", when=doubt)
        elif sides == {False}:
            bad.append((start, end))
    return observed_share(world, indicator, cut, Observed(observed, bad, doubt))
