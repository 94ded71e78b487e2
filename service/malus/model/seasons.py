"""Owns parts of the year that come back every year, and which of them a day lies in.

Does not own: what is promised in them (indicators), nor that together they cover the year (rulefiles).
"""

from __future__ import annotations

import datetime
from calendar import monthrange
from dataclasses import dataclass
from typing import Final

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
#: A year that has every day there can be.
LEAP_YEAR: Final = 2028


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A part of every year, both ends inside, each a month and a day of it; one that ends before it starts goes on
    into the next year.
    """

    first: tuple[int, int]
    last: tuple[int, int]

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            datetime.date(LEAP_YEAR, month, day)

    def holds(self, day: datetime.date) -> bool:
        """Whether a civil day lies in it, in whatever year."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last

    def text(self) -> str:
        """As it is written: `november-march`, `16 november-15 march`."""
        whole = self.first[1] == 1 and self.last[1] == last_day(self.last[0])
        first, last = (
            MONTHS[month - 1] if whole else f"{day} {MONTHS[month - 1]}" for month, day in (self.first, self.last)
        )
        return first if first == last else f"{first}-{last}"


def last_day(month: int) -> int:
    """The last day that a month can have: 29 February."""
    return monthrange(LEAP_YEAR, month)[1]
