"""One figure of many: of the readings of a period, or of the times that another indicator measures.

Owns: counts, sums, means, the lowest and highest, percentiles as their definitions say them. Does not own: which
readings there are (`readings`), how long anything took (`incidents`, `deliveries`).
"""

from __future__ import annotations

from fractions import Fraction

from malus.model.indicators import DeliveryTime, Elapsed, Statistic

from tests.reference import deliveries
from tests.reference.found import Found
from tests.reference.incidents import Timed, counts_for, judged_by, placed
from tests.reference.readings import accepted
from tests.reference.world import Chain, Cut, World


def figure(world: World, chain: Chain, indicator: Statistic, cut: Cut) -> Found:
    """One figure of all the values of a period; too few of them say what the terms say."""
    doubt = False
    if indicator.times is None:
        values = accepted(world, chain, indicator, cut)
    else:
        values, doubt = _times(world, indicator, cut)
    if not values or doubt:
        return Found(doubt=doubt)
    few = indicator.few
    if few is not None and len(values) < few.below:
        world.edge(f"too few values: {few.says}")
        return Found(forgiven=few.says == "met")
    world.edge("exactly as many values as are not few", when=few is not None and len(values) == few.below)
    return Found(level=_taken(world, indicator, sorted(values)))


def one_by_one(world: World, indicator: Elapsed | DeliveryTime, cut: Cut, kind: str | None = None) -> list[Timed]:
    """Each incident, outage or delivery under an indicator, wherever it is placed.

    `kind`: that of the subject it is judged for, where an indicator made of these times has it.
    """
    if isinstance(indicator, DeliveryTime):
        return deliveries.timed(world, indicator, cut, kind)
    return judged_by(world, indicator, cut, kind=kind)


def _times(world: World, indicator: Statistic, cut: Cut) -> tuple[list[Fraction], bool]:
    """The times of a period, and whether facts of one of them disagree."""
    assert indicator.times is not None
    timing = world.terms[cut.place].indicator(indicator.times)
    assert isinstance(timing, Elapsed | DeliveryTime)
    values, doubt = [], False
    for one in one_by_one(world, timing, cut, indicator.for_each):
        if not counts_for(world, indicator.for_each, one, cut) or not placed(one, indicator.counted_in, cut):
            continue
        if one.end is None and timing.while_open == "waits":
            world.edge("open incident waits")
            continue
        doubt = doubt or one.doubt
        values.append(Fraction(one.elapsed))
    return values, doubt


def _taken(world: World, indicator: Statistic, values: list[Fraction]) -> Fraction:
    """The figure itself, of values in ascending order."""
    world.edge(f"a figure, {indicator.takes}", when=len(values) > 1)
    match indicator.takes:
        case "count":
            return Fraction(len(values))
        case "sum":
            return sum(values, Fraction(0))
        case "mean":
            return sum(values, Fraction(0)) / len(values)
        case "lowest":
            return values[0]
        case "highest":
            return values[-1]
        case _:
            return _percentile(world, indicator, values)


def _percentile(world: World, indicator: Statistic, values: list[Fraction]) -> Fraction:
    assert indicator.percentile is not None
    part, count = indicator.percentile.part, len(values)
    if indicator.percentile.method == "nearest_rank":
        # The least of the values that so great a part of all does not exceed.
        world.edge("a percentile exactly at a rank", when=(part * count).denominator == 1)
        return next(one for one in values if sum(other <= one for other in values) >= part * count)
    steps = part * (count - 1)
    below = steps.numerator // steps.denominator
    world.edge("a percentile between two values", when=steps != below and values[below] != values[below + 1])
    if steps == below:
        return values[below]
    return values[below] + (steps - below) * (values[below + 1] - values[below])
