"""Owns targets that move by a formula at fixed days: what a move is, and what a limit becomes by one.

Does not own: which days have come, or how a level that a target becomes is measured (evaluation).
"""

from __future__ import annotations

import datetime
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from malus.model.quantities import Edge, Level, LevelRounding, Limit

#: A year without a 29 February: a target never moves on a day that most years lack.
COMMON_YEAR: Final = 2027


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """How far a target moves: so much in the unit of the level (`unit`; of a percentage a part of one), a part of the
    target itself (`target`), or a part of what lies between it and 100 % (`rest`).
    """

    amount: Fraction
    of: Literal["unit", "target", "rest"]

    def length(self, target: Fraction) -> Fraction:
        """How far that is from a target on.

        >>> Stride(amount=Fraction(1, 10), of="rest").length(Fraction(996, 1000))
        Fraction(1, 2500)
        """
        match self.of:
            case "unit":
                return self.amount
            case "target":
                return self.amount * target
            case "rest":
                return self.amount * max(Fraction(0), 1 - target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move of a target: it rises or falls `by` so much, or becomes the level of `indicator`.

    `looser`: what a level means that would ease the promise: the target stays, or follows it. `by_at_most`: no single
    move is longer, whichever way. `round`: a target that moved is rounded so, before `never_beyond` holds; the next
    move starts from there. `never_beyond`: the value that no move passes, on the side to which a target rises or falls,
    or on which it is stricter where it becomes a level.
    """

    how: Literal["rises", "falls", "becomes"]
    by: Stride | None = None
    indicator: str = ""
    looser: Literal["stays", "follows"] | None = None
    by_at_most: Stride | None = None
    round: LevelRounding | None = None
    never_beyond: Fraction | None = None

    def rises_from(self, edge: Edge) -> bool:
        """Whether it leads upwards from a limit with this edge; of one that becomes a level: if higher is stricter."""
        return self.how == "rises" or (self.how == "becomes" and edge in (Edge.AT_LEAST, Edge.ABOVE))

    def wanted(self, before: Limit, level: Level | None) -> Fraction:
        """Where the target would go, had it no bound; a level that is absent leaves it where it is."""
        if self.by is not None:
            length = self.by.length(before.value)
            return before.value + (length if self.how == "rises" else -length)
        if level is None:
            return before.value
        reached, is_higher = level.exact(), level.exact() > before.value
        eases = is_higher is not self.rises_from(before.edge)
        return before.value if eases and self.looser == "stays" else reached

    def moved(self, before: Limit, level: Level | None) -> Limit:
        """The limit after the move."""
        value = self.wanted(before, level)
        if value == before.value:
            return before
        if self.by_at_most is not None:
            longest = self.by_at_most.length(before.value)
            value = min(max(value, before.value - longest), before.value + longest)
        if self.round is not None:
            value = self.round.apply(
                Level(numerator=value.numerator, denominator=value.denominator, unit=before.unit)
            ).exact()
        if self.never_beyond is not None:
            value = (min if self.rises_from(before.edge) else max)(value, self.never_beyond)
        return Limit(edge=before.edge, value=value, unit=before.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """A target's moves: on the civil day `first`, and again every so many months on the same day of the month.

    `no_level`: what a level means that is not there, of a target that becomes one: the target stays, or cannot be said.
    """

    first: datetime.date
    every_months: int
    move: Move
    no_level: Literal["stays", "undetermined"] | None = None

    def __post_init__(self) -> None:
        move, is_level = self.move, self.move.how == "becomes"
        told = (move.by is None, bool(move.indicator), move.looser is not None, self.no_level is not None)
        if any(item is not is_level for item in told):
            raise ValueError("a target moves by a stride, or becomes a level, with a word for one that is not there")
        if self.every_months < 1 or any(
            stride is not None and stride.amount <= 0 for stride in (move.by, move.by_at_most)
        ):
            raise ValueError("a target moves every month at most, and by more than nothing")
        if any(self.first.day > monthrange(COMMON_YEAR, month)[1] for month in self._months()):
            raise ValueError(f"not every month in which the target moves has a day {self.first.day}")

    def _months(self) -> set[int]:
        """The months of the year in which it moves."""
        return {(self.first.month - 1 + number * self.every_months) % 12 + 1 for number in range(12)}

    def day(self, number: int) -> datetime.date:
        """The day of a move, counted from 0; ValueError where a month lacks it."""
        months = self.first.month - 1 + number * self.every_months
        return self.first.replace(year=self.first.year + months // 12, month=months % 12 + 1)

    def days_until(self, day: datetime.date) -> Iterator[datetime.date]:
        """The days of all moves up to a day, itself among them."""
        number = 0
        while (moving := self.day(number)) <= day:
            yield moving
            number += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMoved:
    """A move of a promise's target: from which day on it is another, and by what.

    `level`: that which it was to become, as it was judged; None where there was none, or it moves by itself. `period`:
    the period whose level that is.
    """

    day: str
    before: Limit
    move: Move
    level: Level | None
    period: str
    after: Limit

    def adds_up(self) -> bool:
        """Whether the new target follows from the old one and the level."""
        return self.move.moved(self.before, self.level) == self.after
