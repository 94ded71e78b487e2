"""Analyses a table of bands exactly: which levels have no row, several rows, and which rows no level reaches.

Owns: the arithmetic of stretches of levels, on the continuum or on the grid that rounded levels lie on.
Does not own: how a finding is said (lint_tables), nor how a level picks its row (remedies).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from malus.model.credits import Band
from malus.model.indicators import (
    Delivered,
    DeliveryTime,
    Excursion,
    Indicator,
    Occurrences,
    Points,
    Sample,
    Statistic,
    level_unit,
)
from malus.model.instants import DAY
from malus.model.quantities import Edge, Limit, Unit, printed_scale, value_text
from malus.rulefiles.levels import level_range

#: A place between levels: just before a value (0) or just after it (1).
Cut = tuple[Fraction, int]
#: The levels from one cut to another; never empty.
Stretch = tuple[Cut, Cut]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The levels that there can be: `first` to `last`, `step` apart, or everywhere where that is None."""

    unit: Unit
    step: Fraction | None
    first: Cut
    last: Cut
    endless: bool

    def of(self, limits: Iterable[Limit]) -> tuple[Stretch, ...]:
        """The levels that satisfy all the limits: one stretch, or none."""
        low, high = self.first, self.last
        for limit in limits:
            match limit.edge:
                case Edge.BELOW:
                    high = min(high, self._cut(limit.value, 0))
                case Edge.AT_MOST:
                    high = min(high, self._cut(limit.value, 1))
                case Edge.ABOVE:
                    low = max(low, self._cut(limit.value, 1))
                case Edge.AT_LEAST:
                    low = max(low, self._cut(limit.value, 0))
        return ((low, high),) if low < high else ()

    def whole(self) -> tuple[Stretch, ...]:
        """Every level."""
        return self.of(())

    def _cut(self, value: Fraction, side: int) -> Cut:
        return on_grid((value, side), self.step)

    def text(self, stretch: Stretch) -> str:
        """A stretch in words: `from 95 % up to 95.5 %`, `at 95 %`, `from 4 h on`."""
        (low, low_side), (high, high_side) = stretch
        if self.step is not None:
            high -= self.step
            if self.endless and stretch[1] >= self.last:
                return f"from {value_text(low, self.unit)} on"
            if low == high:
                return f"at {value_text(low, self.unit)}"
            return f"from {value_text(low, self.unit)} to {value_text(high, self.unit)}"
        if low == high:
            return f"at exactly {value_text(low, self.unit)}"
        start = f"{'above' if low_side else 'from'} {value_text(low, self.unit)}"
        if self.endless and stretch[1] >= self.last:
            return start if low_side else f"{start} on"
        return f"{start} up to {'and including ' if high_side else ''}{value_text(high, self.unit)}"

    def sample(self, stretch: Stretch) -> Fraction:
        """A level inside a stretch that is short to write and away from its ends where it can be."""
        (low, low_side), (high, _) = stretch
        if self.step is not None:
            inside = (high - low) / self.step - 1
            return low + self.step * (inside.numerator // (2 * inside.denominator))
        if low == high:
            return low
        middle, scale = (low + high) / 2, printed_scale(self.unit)
        for places in range(13):
            written = _down(middle * scale, Fraction(1, 10**places)) / scale
            if low < written < high:
                return written
        return middle if low < middle else low + low_side


def levels_of(indicator: Indicator, edges: Iterable[Fraction]) -> Levels:
    """The levels of an indicator; where they have no end, far enough past the greatest of `edges`."""
    least, most = level_range(indicator)
    unit, step = level_unit(indicator), _step(indicator)
    first = Fraction(0) if least is None else least
    # Two hours past the last edge, or two of what the unit is printed in, so that a level between can be named.
    beyond = max(Fraction(1), step or 2 / printed_scale(unit))
    last = max((first, *edges)) + beyond if most is None else most
    return Levels(
        unit=unit,
        step=step,
        first=on_grid((first, 0), step),
        last=on_grid((last, 1), step),
        endless=most is None,
    )


def on_grid(cut: Cut, step: Fraction | None) -> Cut:
    """A cut as the first grid level behind it; itself where there is no grid."""
    if step is None:
        return cut
    value, side = cut
    past = _down(value, step)
    return (past if side == 0 and past == value else past + step), 0


def union(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same levels in ascending stretches that do not touch."""
    merged: list[Stretch] = []
    for low, high in sorted(stretches):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The levels of the first that are not in the second."""
    rest = list(union(stretches))
    for low, high in union(taken):
        parts = ((start, min(end, low)) for start, end in rest)
        after = ((max(start, high), end) for start, end in rest)
        rest = [part for part in (*parts, *after) if part[0] < part[1]]
    return union(rest)


def both(left: Iterable[Stretch], right: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The levels that are in both."""
    others = tuple(right)
    shared = ((max(a, c), min(b, d)) for a, b in left for c, d in others)
    return union(part for part in shared if part[0] < part[1])


def overlaps(levels: Levels, bands: tuple[Band, ...]) -> tuple[tuple[Band, Band, Stretch], ...]:
    """Every two rows that share a level, with the first stretch that they share."""
    found: list[tuple[Band, Band, Stretch]] = []
    for place, later in enumerate(bands):
        for earlier in bands[:place]:
            shared = both(levels.of(earlier.limits), levels.of(later.limits))
            if shared:
                found.append((earlier, later, shared[0]))
    return tuple(found)


def _step(indicator: Indicator) -> Fraction | None:
    if indicator.round is not None:
        return Fraction(10) ** -indicator.round.places / printed_scale(level_unit(indicator))
    if isinstance(indicator, Occurrences | Delivered | Points | Sample):
        return Fraction(1)
    if isinstance(indicator, Excursion) and indicator.counts == "readings":
        return Fraction(1)
    if isinstance(indicator, Statistic) and indicator.takes == "count":
        return Fraction(1)
    if isinstance(indicator, DeliveryTime) and indicator.days is not None:
        whole = indicator.days.day != "24_hours" or indicator.days.part_day != "exact"
        return Fraction(DAY) if whole else None
    return None


def _down(value: Fraction, step: Fraction) -> Fraction:
    return step * (value // step)
