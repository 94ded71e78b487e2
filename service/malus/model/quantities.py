"""Owns levels and limits: exact ratios, the four edges, and integer comparison between them.

Does not own: how a level is measured, or how a quantity is written in a rule file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from malus.model.durations import duration_text
from malus.model.money import RoundingMode, decimal_text, round_to, rounded_text


class Unit(StrEnum):
    """What a level counts. Percentages are kept as parts of one: 99.9 % is 999/1000."""

    PERCENT = "percent"
    DURATION = "duration"
    COUNT = "count"


class Edge(StrEnum):
    """The four edges an author can write; `at_most` and `at_least` include the limit itself."""

    BELOW = "below"
    AT_MOST = "at_most"
    ABOVE = "above"
    AT_LEAST = "at_least"


class Outcome(StrEnum):
    """What a verdict says of an objective in one period."""

    MET = "met"
    MISSED = "missed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """An indicator's exact value: numerator over denominator, the denominator above zero.

    Percent: a part of one. Duration: microseconds over 1. Count: a number over 1.
    """

    numerator: int
    denominator: int
    unit: Unit

    def __post_init__(self) -> None:
        assert self.denominator > 0, "a level needs a denominator above zero"

    def exact(self) -> Fraction:
        """The value as a fraction in lowest terms."""
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One edge and its value, in the unit of the level it is held against."""

    edge: Edge
    value: Fraction
    unit: Unit

    def holds(self, level: Level) -> bool:
        """Whether a level satisfies this edge, by integer cross-multiplication: nothing is rounded."""
        assert level.unit == self.unit, f"{level.unit} is not comparable with {self.unit}"
        left = level.numerator * self.value.denominator
        right = self.value.numerator * level.denominator
        match self.edge:
            case Edge.BELOW:
                return left < right
            case Edge.AT_MOST:
                return left <= right
            case Edge.ABOVE:
                return left > right
            case Edge.AT_LEAST:
                return left >= right


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRounding:
    """Rounding that the terms state for a level before it is judged or looked up in a table.

    `places` counts the decimals of the figure as it is printed: of the percentage, the hours or the count.
    """

    places: int
    mode: RoundingMode

    def apply(self, level: Level) -> Level:
        """The rounded level; percentages are rounded as percentages (98.95 %, one place -> 99.0 %)."""
        scale = printed_scale(level.unit)
        rounded = round_to(level.exact() * scale, self.places, self.mode) / scale
        return Level(numerator=rounded.numerator, denominator=rounded.denominator, unit=level.unit)


#: The longest denominator, in bits, with which a level is stated; and the decimals of one that is longer.
_LONGEST_DENOMINATOR: Final = 512
_STATED_PLACES: Final = 30


def stated_ratio(value: Fraction) -> Fraction:
    """A ratio as it is stated: itself, or, where thousands of unlike ratios made it unwieldy, the middle of its cell.

    A cell lies between two neighbours of 30 decimals. The exact value is then none of them (a value of 30 decimals has
    a short denominator), so the middle of its cell is on the same side of it as the value: every limit, row and
    rounding that can be written, of 12 decimals at most, gives the same answer as the exact value.

    >>> stated_ratio(Fraction(1, 3))
    Fraction(1, 3)
    """
    if value.denominator.bit_length() <= _LONGEST_DENOMINATOR:
        return value
    cells = 10**_STATED_PLACES
    return Fraction(2 * (value.numerator * cells // value.denominator) + 1, 2 * cells)


def printed_scale(unit: Unit) -> Fraction:
    """What one of a unit is when printed: 100 for percentages, hours for durations, 1 for counts."""
    match unit:
        case Unit.PERCENT:
            return Fraction(100)
        case Unit.DURATION:
            return Fraction(1, 3_600_000_000)
        case Unit.COUNT:
            return Fraction(1)


def value_text(value: Fraction, unit: Unit) -> str:
    """Print an exact value with its unit: `99.9 %`, `43 min 12 s`, `3`."""
    match unit:
        case Unit.PERCENT:
            return f"{decimal_text(value * 100)} %"
        case Unit.DURATION:
            whole = round_to(value, 0, RoundingMode.DOWN)
            return duration_text(whole.numerator)
        case Unit.COUNT:
            return decimal_text(value)


def level_text(level: Level, places: int = 3) -> str:
    """Print a level for reading: `98.196 %` to so many places, exact where it is; durations and counts exact."""
    if level.unit is not Unit.PERCENT:
        return value_text(level.exact(), level.unit)
    percent = level.exact() * 100
    text = rounded_text(percent, places)
    exact = Fraction(text) == percent
    return f"{_trimmed(text) if exact else text} %"


def limit_text(limit: Limit) -> str:
    """Print an edge with its value: `at least 99.9 %`."""
    return f"{limit.edge.value.replace('_', ' ')} {value_text(limit.value, limit.unit)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
