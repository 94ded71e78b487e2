"""Levels made of other levels: of several periods or of several indicators.

Owns: which levels are parts, and what they make together. Does not own: any of those levels (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from malus.model.indicators import Combined

from tests.reference.found import Found
from tests.reference.subjects import of_kind
from tests.reference.world import Chain, Cut, World


@dataclass
class Part:
    """One level that another is made of: as its own terms print it (None: there is none), and exactly."""

    found: Found
    level: Fraction | None


def combined(world: World, indicator: Combined, cut: Cut, part_of: Callable[[Chain, list[Cut], int], Part]) -> Found:
    """What the levels of its parts make; `part_of` gives the one of a chain in the period of a number."""
    parts = []
    for name in indicator.indicators:
        chain = world.indicator_chain(cut.place, name)
        kind = chain.members[cut.place].for_each
        # Each subject is made of its own parts, unless it is the subjects that make one level together.
        whose = of_kind(world.terms[cut.place], kind) if indicator.over == "subjects" else [cut.whose]
        world.edge("levels combined for a subject", when=bool(cut.whose))
        for one in whose:
            own = [replace(each, whose=one) for each in world.periods(chain)]
            own = [each for each in own if world.measures(chain, each)]
            numbers = _those(indicator, cut, own)
            if indicator.last is not None and len(numbers) < indicator.last:
                world.edge(f"fewer periods than are combined: {indicator.fewer}")
                if indicator.fewer == "no_data":
                    return Found()
            parts += [part_of(chain, own, number) for number in numbers]
    if any(one.found.doubt for one in parts):
        world.edge("a part whose facts contradict each other")
        return Found(doubt=True)
    there = [one for one in parts if one.level is not None]
    if len(there) < len(parts):
        world.edge(f"a part without a level: {indicator.missing}")
        if indicator.missing == "undetermined":
            return Found(doubt=True)
    if not there:
        return Found()
    world.edge(f"levels combined: {indicator.takes}", when=len(there) > 1)
    world.edge(f"levels of subjects combined: {indicator.takes}", when=len(there) > 1 and indicator.over == "subjects")
    return _made(world, indicator, there)


def _those(indicator: Combined, cut: Cut, cuts: list[Cut]) -> list[int]:
    """Which periods of a part count: the last ones, those inside of this one, or this one."""
    if indicator.last is None:
        return [number for number, one in enumerate(cuts) if cut.start <= one.start < cut.end]
    return [number for number, one in enumerate(cuts) if one.start < cut.end][-indicator.last :]


def _made(world: World, indicator: Combined, there: list[Part]) -> Found:
    levels = [one.level for one in there if one.level is not None]
    if indicator.takes == "first_over_second":
        return _over_another(world, indicator, *levels)
    if indicator.takes == "ratio_of_sums":
        sums = [one.found.sums for one in there]
        above, below = sum((one[0] for one in sums), Fraction(0)), sum((one[1] for one in sums), Fraction(0))
        return Found(level=above / below, sums=(above, below))
    if indicator.takes == "highest":
        return Found(level=max(levels))
    if indicator.takes == "lowest":
        return Found(level=min(levels))
    total = sum(levels, Fraction(0))
    return Found(level=total if indicator.takes == "sum" else total / len(levels))


def _over_another(world: World, indicator: Combined, first: Fraction, second: Fraction) -> Found:
    """One level over the other: none over nothing, and nobody can say which where it is not one that is accepted."""
    world.edge("nothing over nothing", when=first == second == 0)
    world.edge("something over nothing", when=first > second == 0)
    if second == 0:
        return Found()
    level = first / second
    assert indicator.least is not None
    assert indicator.most is not None
    world.edge(
        "one over another exactly at an end of what is accepted", when=level in {indicator.least, indicator.most}
    )
    world.edge("one over another beyond the whole", when=level > 1)
    if not indicator.least <= level <= indicator.most:
        world.edge("one over another outside of what is accepted")
        return Found(doubt=True)
    return Found(level=level)
