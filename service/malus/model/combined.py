"""Owns levels that are made of other levels: of several periods, of several indicators, or of several subjects.

Does not own: how those are measured, nor the arithmetic (measures.combining).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from malus.model.indicator_parts import IndicatorBase
from malus.model.quantities import Unit


class Takes(StrEnum):
    """What is made of several levels."""

    MEAN = "mean"
    RATIO_OF_SUMS = "ratio_of_sums"
    SUM = "sum"
    HIGHEST = "highest"
    LOWEST = "lowest"
    FIRST_OVER_SECOND = "first_over_second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined(IndicatorBase):
    """One level made of several levels of other indicators.

    `over`: the last so many periods (`last`) or those inside this one (`last` None) of one indicator, several
    indicators in one period, or one indicator's subjects in one period. `missing`: what becomes of a part without a
    level. `fewer`: what fewer than `last` periods since the start of the agreement mean. `unit`, `things`, `least` and
    `most` are those of the parts: what is counted, and between which levels the one lies.

    The first over the second is a percentage that may be above the whole, such as what was delivered of what was
    promised; `least` and `most` are then what the terms accept, and a level outside is undetermined.
    """

    over: Literal["periods", "indicators", "subjects"]
    indicators: tuple[str, ...]
    takes: Takes
    last: int | None = None
    fewer: Literal["counts", "no_data"] = "counts"
    missing: Literal["left_out", "undetermined"]
    unit: Unit
    things: str = "values"
    least: Fraction | None = None
    most: Fraction | None = None

    def __post_init__(self) -> None:
        if not self.indicators or (self.over != "indicators" and len(self.indicators) > 1):
            raise ValueError("periods and subjects are those of one indicator")
        if self.last is not None and (self.over != "periods" or self.last < 1):
            raise ValueError("only periods are counted back, at least one")
        if self.takes is Takes.FIRST_OVER_SECOND and (self.over != "indicators" or len(self.indicators) != 2):
            raise ValueError("one indicator is taken over one other")
