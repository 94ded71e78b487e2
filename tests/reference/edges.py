"""The four edges and rounding, in fractions.

Owns: whether a level keeps a limit, and what a figure is to so many decimals. Does not own: any level.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.reference.civil import EXACT
from tests.reference.world import World


def holds(world: World, edge: str, value: Fraction, level: Fraction, grain: Fraction = Fraction(0)) -> bool:
    """Whether a level keeps one of the four edges; `grain` is what one microsecond is worth."""
    world.edge(f"level exactly at {edge}", when=level == value)
    world.edge("level one microsecond above a limit", when=bool(grain) and level - value == grain)
    world.edge("level one microsecond below a limit", when=bool(grain) and value - level == grain)
    if edge == "below":
        return level < value
    if edge == "at_most":
        return level <= value
    return level > value if edge == "above" else level >= value


def rounded_level(indicator: Any, level: Fraction, unit: str) -> Fraction:
    """The level as the terms print it, where they round it before it is judged."""
    if indicator.round is None:
        return level
    scale = {"percent": Fraction(100), "duration": Fraction(1, EXACT["hours"]), "count": Fraction(1)}[unit]
    return rounded(level * scale, indicator.round.places, indicator.round.mode) / scale


def rounded(value: Fraction, places: int, mode: str) -> Fraction:
    """To a number of decimals; what is below zero mirrors what is above."""
    if value < 0:
        return -rounded(-value, places, mode)
    grid = Fraction(10) ** places
    lower = (value * grid) // 1
    rest = value * grid - lower
    half = Fraction(1, 2)
    higher = {
        "up": rest > 0,
        "down": False,
        "half_up": rest >= half,
        "half_down": rest > half,
        "half_even": rest > half or (rest == half and lower % 2 == 1),
    }[str(mode)]
    return Fraction(lower + higher) / grid
