"""Owns one level made of several: their mean, sum, highest, lowest, or the ratio of what they are ratios of.

Does not own: which levels those are (evaluation), nor what the one is held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.model.combined import Combined, Takes
from malus.model.measurement import Measurement
from malus.model.measuring_steps import CombinedPart, LevelsCombined
from malus.model.periods import Period
from malus.model.quantities import Level, level_text, stated_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One level that is taken, by the name that explanations give it.

    `measurement` is its own, with the level as its terms round it; `exact` the level before that, whose numerator and
    denominator are what the level is a ratio of.
    """

    name: str
    measurement: Measurement
    exact: Level | None


def combined_level(indicator: Combined, period: Period, parts: Sequence[Part], *, too_few: bool) -> Measurement:
    """The one level of a period from its parts, which are in order.

    With `too_few` parts where the terms want all there is no data, whatever they are. Else a part whose facts
    contradict each other leaves the whole undetermined; one without a level is left out or leaves it undetermined, as
    the terms say. Nothing left is no data too.
    """
    if too_few:
        return Measurement(period=period, level=None, empty=True)
    doubtful = [part for part in parts if part.measurement.undetermined]
    absent = [part for part in parts if part.measurement.level is None and not part.measurement.undetermined]
    if doubtful:
        named = tuple(sorted({name for part in doubtful for name in (part.name, *part.measurement.named)}))
        return Measurement(period=period, level=None, undetermined=doubtful[0].measurement.undetermined, named=named)
    if absent and indicator.missing == "undetermined":
        named = tuple(part.name for part in absent)
        return Measurement(period=period, level=None, undetermined="these levels are missing", named=named)
    levels = [
        CombinedPart(name=part.name, level=part.exact if indicator.takes is Takes.RATIO_OF_SUMS else rounded)
        for part in parts
        if (rounded := part.measurement.level) is not None and part.exact is not None
    ]
    if not levels or _over_nothing(indicator, levels):
        return Measurement(period=period, level=None, empty=True)
    value = stated_ratio(taken(indicator.takes, [part.level for part in levels]))
    level = Level(numerator=value.numerator, denominator=value.denominator, unit=indicator.unit)
    if indicator.takes is Takes.RATIO_OF_SUMS:
        # Time over time and counts over counts stay what they are, so that a clerk can add them up.
        level = Level(
            numerator=sum(part.level.numerator for part in levels),
            denominator=sum(part.level.denominator for part in levels),
            unit=indicator.unit,
        )
    step = LevelsCombined(takes=indicator.takes.value, parts=tuple(levels), level=level)
    if indicator.takes is Takes.FIRST_OVER_SECOND and not _is_accepted(indicator, level):
        reason = f"{level_text(level)} is outside what `{indicator.name}` accepts"
        return Measurement(period=period, level=None, steps=(step,), undetermined=reason)
    return Measurement(period=period, level=level, steps=(step,))


def _over_nothing(indicator: Combined, levels: Sequence[CombinedPart]) -> bool:
    """Whether the first would be taken over nothing: there is no level then, whatever the first is."""
    return indicator.takes is Takes.FIRST_OVER_SECOND and not levels[1].level.numerator


def _is_accepted(indicator: Combined, level: Level) -> bool:
    assert indicator.least is not None and indicator.most is not None, "the terms say what they accept"
    return indicator.least <= level.exact() <= indicator.most


def taken(takes: Takes, levels: Sequence[Level]) -> Fraction:
    """What is taken of at least one level; all are of one unit."""
    values = [level.exact() for level in levels]
    match takes:
        case Takes.MEAN:
            return sum(values, Fraction(0)) / len(values)
        case Takes.SUM:
            return sum(values, Fraction(0))
        case Takes.HIGHEST:
            return max(values)
        case Takes.LOWEST:
            return min(values)
        case Takes.RATIO_OF_SUMS:
            return Fraction(sum(level.numerator for level in levels), sum(level.denominator for level in levels))
        case Takes.FIRST_OVER_SECOND:
            return values[0] / values[1]
