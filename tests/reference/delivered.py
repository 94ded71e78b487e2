"""The part of deliveries that came in time and in full, and what the rest is worth.

Owns: that share. Does not own: how late a delivery is (`deliveries`), nor what is paid for it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from malus.model.indicators import DeliveryShare, DeliveryTime

from tests.reference.deliveries import timed
from tests.reference.edges import holds
from tests.reference.found import Found
from tests.reference.incidents import Timed, counts_for, placed
from tests.reference.world import Cut, World


def delivered_share(world: World, indicator: DeliveryShare, cut: Cut) -> Found:
    """What is good over all, or what is bad over all; what nobody told leaves it open."""
    timing = world.terms[cut.place].indicator(indicator.indicator)
    assert isinstance(timing, DeliveryTime)
    judged = []
    for one in timed(world, timing, cut, indicator.for_each):
        if not counts_for(world, indicator.for_each, one, cut) or not placed(one, indicator.counted_in, cut):
            continue
        if one.end is None and timing.while_open == "waits":
            world.edge("a delivery of a share waits")
            continue
        judged.append(one)
    good, whole, untold, doubt = Fraction(0), Fraction(0), False, False
    worths: list[Fraction | None] = []
    bad_worths: list[Fraction | None] = []
    for one in judged:
        kept = holds(world, indicator.limit.edge, indicator.limit.value, Fraction(one.elapsed), Fraction(1))
        in_time = kept is indicator.good
        weight = _weight(indicator, one)
        part = _part(world, indicator, one) if in_time else Fraction(0)
        world.edge("a late delivery is bad whole", when=not in_time)
        world.edge("a share of deliveries that nobody can tell", when=weight is None or part is None)
        doubt = doubt or one.doubt
        if weight is None or part is None:
            untold = True
        else:
            good += part * weight
            whole += weight
        world.edge("a delivery that complies and has no known value", when=part == 1 and one.value is None)
        worths.append(one.value)
        # Nothing of what complies is bad, whatever it is worth.
        bad = None if part is None or one.value is None else one.value * (1 - part)
        bad_worths.append(Fraction(0) if part == 1 else bad)
    if doubt or untold:
        return Found(doubt=True)
    if not judged:
        return Found()
    found = Found(worth=_added_up(worths), bad_worth=_added_up(bad_worths))
    if whole == 0:
        world.edge("deliveries that weigh nothing")
        return found
    world.edge(f"a share of deliveries by {indicator.weighted_by}, {indicator.in_full}", when=0 < good < whole)
    share = good if indicator.good else whole - good
    return replace(found, level=share / whole, sums=(share, whole))


def _weight(indicator: DeliveryShare, one: Timed) -> Fraction | None:
    if indicator.weighted_by == "count":
        return Fraction(1)
    return one.value if indicator.weighted_by == "value" else one.quantity


def _part(world: World, indicator: DeliveryShare, one: Timed) -> Fraction | None:
    """Which part of a delivery in time is good: as its value tells, else its quantity; None where nobody told.

    Where deliveries weigh by quantity, that alone tells.
    """
    if indicator.in_full == "not_judged":
        return Fraction(1)
    pairs = [(one.quantity, one.good_quantity)]
    if indicator.weighted_by != "quantity":
        pairs.insert(0, (one.value, one.good_value))
    known = [(whole, good) for whole, good in pairs if whole is not None and good is not None]
    if not known:
        return None
    whole, good = known[0]
    world.edge("the part in full is told by quantity alone", when=len(known) < len(pairs))
    part = good / whole if whole else Fraction(1)
    world.edge("a delivery in time and in full", when=part == 1)
    world.edge("a delivery in time and short", when=part < 1)
    return part if indicator.in_full == "good_part_counts" else Fraction(part == 1)


def _added_up(worths: list[Fraction | None]) -> Fraction | None:
    known = [one for one in worths if one is not None]
    return sum(known, Fraction(0)) if len(known) == len(worths) else None
