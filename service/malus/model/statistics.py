"""Owns statistics: one figure made of many readings or elapsed times of a period, or of samples that were checked.

Does not own: the readings and times themselves, nor the arithmetic (measures.statistics).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.indicator_parts import CountedIn, FewSamples, IndicatorBase, Where
from malus.model.quantities import Unit

Taken: TypeAlias = Literal["count", "sum", "mean", "lowest", "highest", "percentile"]
PercentileMethod: TypeAlias = Literal["nearest_rank", "linear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """Which part of the values, in ascending order, lies up to the level; above 0 and at most 1.

    `nearest_rank`: the value at place ceil(part x n), which is one of the values (definition 1 of R. J. Hyndman and
    Y. Fan, Sample Quantiles in Statistical Packages, 1996). `linear`: at place 1 + part x (n - 1), between two values
    in proportion (their definition 7, PERCENTILE.INC of spreadsheets). They pay differently, so the terms say which.
    """

    part: Fraction
    method: PercentileMethod

    def __post_init__(self) -> None:
        if not 0 < self.part <= 1:
            raise ValueError("a percentile lies above 0 % and up to 100 %")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic(IndicatorBase):
    """One figure of all the values of a period: of readings, or of the times that the indicator `times` measures.

    `unit` is that of the values; a count has none. `in_days`: the times are lateness counted in days. Readings outside
    what is accepted, both ends inside, are refused.
    """

    takes: Taken
    percentile: Percentile | None = None
    unit: Unit
    counted_in: CountedIn
    few: FewSamples | None = None
    times: str | None = None
    in_days: bool = False
    reads: str = ""
    accepts_from: Fraction | None = None
    accepts_to: Fraction | None = None
    where: tuple[Where, ...] = ()

    def __post_init__(self) -> None:
        if (self.takes == "percentile") != (self.percentile is not None):
            raise ValueError("a percentile says which one, and nothing else does")
        if (self.times is None) == (not self.reads):
            raise ValueError("a statistic is of readings or of times")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(IndicatorBase):
    """How many of what was checked were defects, of each delivery or in a period, as tallies tell it.

    The acceptance number is the limit of the promise. `few`: what a sample smaller than agreed says; with more defects
    than `missed_after` it is judged all the same, since checking more makes them no fewer.
    """

    measured_on: Literal["each_delivery", "period_total"]
    counted_in: CountedIn
    few: FewSamples | None = None
    where: tuple[Where, ...] = ()
