"""Durations as an agreement writes them: a whole or exact number and a unit.

Owns: reading `4 hours` or `5 business days`, which units are elapsed time, how a length of time is printed.
Does not own: where a duration ends once it starts (periods for civil units, calendars, deadlines).
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias, get_args

from malus.model.instants import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND

ExactUnit: TypeAlias = Literal["microseconds", "milliseconds", "seconds", "minutes", "hours"]
CivilUnit: TypeAlias = Literal["days", "weeks", "months", "quarters", "years"]
DurationUnit: TypeAlias = ExactUnit | CivilUnit | Literal["business days"]

_EXACT: Final[dict[str, int]] = {
    "microseconds": MICROSECOND,
    "milliseconds": MILLISECOND,
    "seconds": SECOND,
    "minutes": MINUTE,
    "hours": HOUR,
}
# 200 years in each civil unit: whatever a duration is added to stays a date that can be written.
_MOST: Final[dict[str, int]] = {
    "days": 73_000,
    "weeks": 10_400,
    "months": 2_400,
    "quarters": 800,
    "years": 200,
    "business days": 73_000,
}
_MOST_MICROSECONDS: Final = 73_000 * 24 * HOUR
_UNITS: Final[dict[str, DurationUnit]] = {
    unit: unit for unit in (*get_args(ExactUnit), *get_args(CivilUnit), "business days")
}
_BY_WORD: Final[dict[str, DurationUnit]] = _UNITS | {word.removesuffix("s"): _UNITS[word] for word in _UNITS}
_WRITTEN: Final = re.compile(r"((?:0|[1-9]\d{0,18})(?:\.\d{1,18})?) (\S+(?: \S+)?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time in one unit, never negative, at most 200 years.

    Up to hours a unit is elapsed time and the number may be a fraction that is whole in microseconds. Days
    and longer are civil (a March day may have 23 hours), business days need a calendar: whole numbers only.
    """

    number: int | Fraction
    unit: DurationUnit

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise ValueError(f"{self.unit!r} is no unit of time: write one of {', '.join(_UNITS)}")
        if self.number < 0:
            raise ValueError(f"a duration is not negative, got {self.number} {self.unit}")
        ticks = self.number * _EXACT.get(self.unit, 1)
        if ticks.denominator != 1:
            finest = "microseconds" if self.is_exact else self.unit
            raise ValueError(f"{self.number} {self.unit} is not a whole number of {finest}")
        if ticks > _MOST.get(self.unit, _MOST_MICROSECONDS):
            raise ValueError(f"{self.number} {self.unit} is longer than 200 years")
        if isinstance(self.number, Fraction) and self.number.denominator == 1:
            # One value, one spelling: equal durations also have equal digests.
            object.__setattr__(self, "number", self.number.numerator)

    @property
    def is_exact(self) -> bool:
        """Whether the unit is elapsed time, the same everywhere and on every day."""
        return self.unit in _EXACT

    @property
    def exact_microseconds(self) -> int:
        """The elapsed time; ValueError for days and longer, whose length depends on where they start."""
        if not self.is_exact:
            raise ValueError(f"{self} has no length of its own: it depends on the day that it starts from")
        return (self.number * _EXACT[self.unit]).numerator

    @property
    def whole_number(self) -> int:
        """The count of a civil unit or of business days; ValueError for a fraction."""
        if self.number.denominator != 1:
            raise ValueError(f"{self} is not a whole number of {self.unit}")
        return self.number.numerator

    def __str__(self) -> str:
        return f"{_number_text(Fraction(self.number))} {self.unit if self.number != 1 else self.unit[:-1]}"


def parse_duration(text: str) -> Duration:
    """The duration that a text names: number, one blank, unit in singular or plural (`4 hours`, `1 month`).

    Decimals only where they are whole in microseconds (`1.5 hours`). Raises ValueError with a plain sentence.
    """
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"{text[:60]!r} is no duration: write number, one blank, unit, as in 4 hours")
    unit = _BY_WORD.get(written[2])
    if unit is None:
        raise ValueError(f"{written[2][:60]!r} is no unit of time: write one of {', '.join(_UNITS)}")
    return Duration(number=Fraction(written[1]), unit=unit)


def duration_text(microseconds: int) -> str:
    """Elapsed time as people read it: `43 min 12 s`, `2 h`, `0 s`, `1 µs`; exact, the empty parts left out.

    Hours are the longest part, for a day is not always 24 of them. A negative length has a minus in front.
    """
    parts: list[str] = []
    rest = abs(microseconds)
    for size, unit in ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (MILLISECOND, "ms"), (MICROSECOND, "µs")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return ("-" if microseconds < 0 else "") + (" ".join(parts) or "0 s")


def _number_text(number: Fraction) -> str:
    """The shortest decimal, exact; a third of an hour, which has none, as `1/3`."""
    places, scaled = 0, number
    while scaled.denominator != 1 and places < 18:
        places, scaled = places + 1, scaled * 10
    if scaled.denominator != 1:
        return str(number)
    digits = str(scaled.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
