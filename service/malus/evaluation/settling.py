"""Owns a level as it is judged: rounded as the terms say, and silence filled from the period before.

Does not own: the measuring, nor what a period without a level says in the end (judging).
"""

from __future__ import annotations

from dataclasses import replace

from malus.model.explanation import Measured
from malus.model.indicators import Indicator, NoData
from malus.model.measurement import Measurement
from malus.model.quantities import Level


def settled(indicator: Indicator, measurement: Measurement, previous: Level | None) -> tuple[Measurement, Level | None]:
    """A measurement with the level that is judged, and the exact one before it is rounded, None where there is none.

    `previous` is the exact level of the period before: with `no_data: previous` it fills a period without data.
    """
    level = measurement.level
    if level is None and measurement.empty and indicator.no_data is NoData.PREVIOUS:
        level = previous
    if level is None:
        return measurement, None
    rounded = level if indicator.round is None else indicator.round.apply(level)
    step = Measured(indicator=indicator.name, level=level, rounded=None if indicator.round is None else rounded)
    return replace(measurement, level=rounded, empty=False, steps=(*measurement.steps, step)), level
