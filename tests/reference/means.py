"""The mean of a period's intervals, one by one.

Owns: that level. Does not own: the ratio of a period's sums (`levels`).
"""

from __future__ import annotations

from fractions import Fraction

from malus.model import events as told
from malus.model.indicators import IntervalMean

from tests.reference.found import Found
from tests.reference.world import Chain, Cut, World, matches


def mean_of_intervals(world: World, chain: Chain, indicator: IntervalMean, cut: Cut) -> Found:
    """Each interval's ratio, good over total, then their mean; an empty one as the terms say."""
    length = indicator.interval
    sums: dict[int, list[int]] = {}
    doubt = False
    for one in world.of_kind(told.Tally):
        if not (world.speaks_of(one, chain, cut) and matches(one, indicator.where)):
            continue
        if not (one.start < cut.end and cut.start < max(one.end, one.start + 1)):
            continue
        number = (one.start - cut.start) // length
        until = min(cut.start + (number + 1) * length, cut.end)
        world.edge("tally exactly of an interval", when=(one.start - cut.start) % length == 0 and one.end == until)
        world.edge("tally over two intervals", when=number < 0 or one.end > until)
        if number < 0 or one.end > until:
            doubt = True
            continue
        held = sums.setdefault(number, [0, 0])
        world.edge("several tallies of one interval", when=held != [0, 0])
        held[0] += one.good
        held[1] += one.total
    ratios = {number: Fraction(good, asked) for number, (good, asked) in sums.items() if asked}
    count = -(-(cut.end - cut.start) // length)
    world.edge("interval cut short by its period", when=(cut.end - cut.start) % length != 0)
    begun = min(count, max(0, -(-(world.as_of - cut.start) // length)))
    world.edge("intervals still to come", when=begun < count)
    empty = count - len(ratios)
    good, counted = sum(ratios.values(), Fraction(0)), len(ratios)
    if indicator.empty_interval != "leaves_the_mean":
        counted = count
        # One that is still to come is never bad.
        bad = begun - len(ratios) if indicator.empty_interval == "bad" else 0
        good += empty - bad
    if counted == 0:
        return Found(doubt=doubt)
    mean = good / counted
    return Found(level=1 - mean if indicator.share_of == "errors" else mean, doubt=doubt)
