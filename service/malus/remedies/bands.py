"""Owns tables of bands: which row a level falls in, and the nearest change that would lead elsewhere.

Does not own: what the row pays on, or whether the credit follows at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from malus.model.credits import Band, BandCredit
from malus.model.quantities import Edge, Level, Limit
from malus.model.recompute import units_beyond

#: No row takes the level although rows lie on the side of it that pays less: the paper is silent there.
GAP: Final = 0
#: The level is better than every row, of a bonus worse: the terms say with `pays` that the table begins further on.
BEYOND: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The row that decides (None where no row, or several under `refuse`, take the level) and all that match."""

    hit: Band | None
    matching: tuple[int, ...]


def rows_for(credit: BandCredit, level: Level, promise: Limit) -> Rows:
    """Look a level up in a table: every row all of whose edges hold matches, `overlap` says which one decides.

    `highest_credit` takes the row with the highest rate or sum, the first of equals; `first_row` the first. `promise`
    is the limit that the level is held against: a slope may start there.
    """
    matching = [band for band in credit.bands if all(limit.holds(level) for limit in band.limits)]
    numbers = tuple(band.row for band in matching)
    if not matching or (credit.overlap == "refuse" and len(matching) > 1):
        return Rows(hit=None, matching=numbers)
    if credit.overlap == "first_row":
        return Rows(hit=matching[0], matching=numbers)
    hit = max(matching, key=lambda band: (_worth(band, level, promise), -band.row))
    return Rows(hit=hit, matching=numbers)


def row_number(credit: BandCredit, level: Level, promise: Limit) -> int:
    """The number of the row that decides, `BEYOND` for a level better than every row, else `GAP`.

    Where the author accepts gaps in writing, one between the promise and the first row is a gap too.

    `promise` tells which way is better: at least and above, the higher; at most and below, the lower.
    """
    rows = rows_for(credit, level, promise)
    if rows.hit is not None:
        return rows.hit.row
    better = not rows.matching and _is_past(credit, level, _LOWER if promise.edge in _HIGHER else _HIGHER)
    return BEYOND if better and credit.gaps == "refused" else GAP


def row_looked_up(table: BandCredit, level: Level, promise: Limit) -> int:
    """The row that decides by the level of another indicator than the promised one, else `GAP`: no side is better."""
    rows = rows_for(table, level, promise)
    return GAP if rows.hit is None else rows.hit.row


def bonus_row_number(table: BandCredit, level: Level, promise: Limit) -> int:
    """The row of a bonus's table that decides, `BEYOND` for a level that no row asks for yet, else `GAP`."""
    rows = rows_for(table, level, promise)
    if rows.hit is not None:
        return rows.hit.row
    short = not rows.matching and _is_past(table, level, _HIGHER if promise.edge in _HIGHER else _LOWER)
    return BEYOND if short else GAP


def _is_past(credit: BandCredit, level: Level, edges: Sequence[Edge]) -> bool:
    """Whether a level lies on the other side of every row of a table, seen from these edges."""
    return all(any(limit.edge in edges and not limit.holds(level) for limit in band.limits) for band in credit.bands)


_HIGHER: Final = (Edge.AT_LEAST, Edge.ABOVE)
_LOWER: Final = (Edge.BELOW, Edge.AT_MOST)


def nearest_change(
    level: Level, limits: Iterable[Limit], answer: Callable[[Level], str], *, less: bool
) -> tuple[int, str] | None:
    """The smallest change of a level's numerator, downwards (`less`) or upwards, that gives another answer.

    The denominator stays. Returns how many units and the answer they lead to; None where no edge lies that way.
    Percentages do not go below nothing or above the whole.
    """
    now = answer(level)
    candidates: set[int] = set()
    for limit in limits:
        low = limit.value.numerator * level.denominator // limit.value.denominator
        candidates |= {low - 1, low, low + 1}
    ahead = sorted(
        (abs(number - level.numerator), number)
        for number in candidates
        if number >= 0 and (number < level.numerator if less else number > level.numerator)
    )
    for units, number in ahead:
        there = answer(Level(numerator=number, denominator=level.denominator, unit=level.unit))
        if there != now:
            return units, there
    return None


def limits_of(bands: Sequence[Band]) -> list[Limit]:
    """Every edge of a table."""
    return [limit for band in bands for limit in band.limits]


def _worth(band: Band, level: Level, promise: Limit) -> Fraction:
    """What a row pays at a level, to be compared within a table, all of whose rows pay rates, or all amounts."""
    if band.points is not None:
        return band.points
    worth = band.rate or Fraction(0) if band.amount is None else band.amount.amount
    if band.slope is None:
        return worth
    each = band.slope.rate if band.slope.amount is None else band.slope.amount.amount
    assert each is not None, "the compiler gives every slope a rate or an amount"
    return worth + each * units_beyond(level, band.slope.from_promise(promise), band.slope.per, band.slope.part)
