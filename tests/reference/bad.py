"""The incidents and deliveries that are bad by another indicator: late, or rejected for what was found in them.

Owns: which they are, when each stands and from when it is known to be bad. Does not own: how they are counted
(`levels`, `windows`), nor the level of any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from malus.model.indicators import DeliveryTime, Elapsed, Excursion, Occurrences, Sample

from tests.reference.deliveries import late_from, whenever_handed_over
from tests.reference.edges import holds
from tests.reference.excursions import outside_of_each
from tests.reference.figures import one_by_one
from tests.reference.found import Found
from tests.reference.incidents import Timed, counts_for, used_up_at
from tests.reference.samples import defects_of_each
from tests.reference.world import Cut, World


@dataclass(frozen=True)
class Bad:
    """One that is bad: its start, its end (None: still open), the first instant at which it was, and whether the
    facts of it disagree, so that nobody can say.
    """

    start: int
    end: int | None
    known: int
    doubt: bool


def bad_ones(world: World, indicator: Occurrences, cut: Cut) -> list[Bad]:
    """Every one that the terms of this period would count, wherever it lies."""
    key = (cut.place, indicator.name, cut.whose)
    if key not in world.bad:
        world.bad[key] = _found(world, indicator, cut)
    return world.bad[key]


def _found(world: World, indicator: Occurrences, cut: Cut) -> list[Bad]:
    found = []
    for one, level, known in _with_levels(world, indicator, cut):
        if not counts_for(world, indicator.for_each, one, cut):
            continue
        if one.doubt:
            found.append(Bad(one.start, one.end, one.start, doubt=True))
        elif _is_bad(world, indicator, cut, level):
            world.edge("one that is bad and still open", when=one.end is None)
            found.append(Bad(one.start, one.end, known, doubt=False))
    return found


def _is_bad(world: World, indicator: Occurrences, cut: Cut, level: Fraction) -> bool:
    assert indicator.each is not None
    judged = world.terms[cut.place].indicator(indicator.judged_by or "")
    grain = Fraction(1) if isinstance(judged, DeliveryTime | Elapsed) else Fraction(0)
    return holds(world, indicator.each.edge, indicator.each.value, level, grain)


def _with_levels(world: World, indicator: Occurrences, cut: Cut) -> Iterator[tuple[Timed, Fraction, int]]:
    """Each incident or delivery that has a level, with it and the moment from which it would be known to be bad."""
    judged = world.terms[cut.place].indicator(indicator.judged_by or "")
    if isinstance(judged, Sample | Excursion):
        for one, found in _of_each(world, judged, cut):
            world.edge("a delivery without a level is not counted", when=found.level is None)
            # One told against itself leaves it open, whatever was found in it.
            if found.level is not None or one.doubt:
                world.edge("a delivery is judged by what was found in it", when=isinstance(judged, Sample))
                world.edge("a delivery is judged by what was read of it", when=isinstance(judged, Excursion))
                yield one, found.level or Fraction(0), one.start
        return
    assert isinstance(judged, DeliveryTime | Elapsed)
    for one in one_by_one(world, judged, cut, indicator.for_each):
        if one.end is None and judged.while_open == "waits":
            world.edge("one that is open waits to be counted")
            continue
        level = Fraction(one.elapsed)
        known = one.start
        if not one.doubt and _is_bad(world, indicator, cut, level):
            known = _late_from(world, indicator, judged, one, cut)
        yield one, level, known


def _of_each(world: World, judged: Sample | Excursion, cut: Cut) -> Iterator[tuple[Timed, Found]]:
    chain, listed = world.indicator_chain(cut.place, judged.name), whenever_handed_over(world, judged, cut)
    if isinstance(judged, Sample):
        return defects_of_each(world, chain, judged, cut, listed)
    return outside_of_each(world, chain, judged, cut, listed)


def _late_from(world: World, indicator: Occurrences, judged: DeliveryTime | Elapsed, one: Timed, cut: Cut) -> int:
    """The first instant at which one that is late was."""
    if isinstance(judged, DeliveryTime):
        kind = indicator.for_each
        return late_from(world, judged, one, cut, kind, lambda took: _is_bad(world, indicator, cut, Fraction(took)))
    assert indicator.each is not None
    up = used_up_at(one, int(indicator.each.value) + (indicator.each.edge == "above"))
    assert up is not None
    return up
