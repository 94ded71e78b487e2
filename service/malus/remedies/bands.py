"""Owns tables of bands: which row a level falls in, and the nearest change that would lead elsewhere.

Does not own: what the row pays on, or whether the credit follows at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.model.clauses import Band, BandCredit
from malus.model.quantities import Level, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The row that decides (None where no row, or several under `refuse`, take the level) and all that match."""

    hit: Band | None
    matching: tuple[int, ...]


def rows_for(credit: BandCredit, level: Level) -> Rows:
    """Look a level up in a table: every row all of whose edges hold matches, `overlap` says which one decides.

    `highest_credit` takes the row with the highest rate or sum, the first of equals; `first_row` the first.
    """
    matching = [band for band in credit.bands if all(limit.holds(level) for limit in band.limits)]
    numbers = tuple(band.row for band in matching)
    if not matching or (credit.overlap == "refuse" and len(matching) > 1):
        return Rows(hit=None, matching=numbers)
    hit = matching[0] if credit.overlap == "first_row" else max(matching, key=lambda band: (_worth(band), -band.row))
    return Rows(hit=hit, matching=numbers)


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
        at = limit.value * level.denominator
        low = at.numerator // at.denominator
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


def _worth(band: Band) -> Fraction:
    if band.rate is not None:
        return band.rate
    assert band.amount is not None, "the compiler gives every row a rate or an amount"
    return band.amount.amount
