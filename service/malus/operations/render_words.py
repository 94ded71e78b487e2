"""Owns the small words of rendered answers: amounts, moments, deadlines, counts, exact levels.

Does not own: which sentences are made of them.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Final

from malus.model.durations import duration_text
from malus.model.instants import (
    HOUR,
    MILLISECOND,
    MINUTE,
    SECOND,
    CivilTimeFault,
    Instant,
    civil_day,
    civil_text,
    parse_instant,
    start_of_day,
)
from malus.model.money import MINOR_DIGITS, Money, decimal_text, rounded_text
from malus.model.quantities import Level, Unit, level_text, value_text

_IRREGULAR: Final = {"tally": "tallies", "delivery": "deliveries"}
_SINGULAR: Final = {many: one for one, many in _IRREGULAR.items()}


def amount_text(money: Money) -> str:
    """An amount without its currency: `1,200.00`; one that ends nowhere gets its first digits too.

    The exact fraction stands first and the figure in brackets is for reading only.
    """
    digits = MINOR_DIGITS[money.currency]
    exact = decimal_text(money.amount, digits, grouped=True)
    if "/" not in exact:
        return exact
    return f"{exact} (about {rounded_text(money.amount, digits + 2, grouped=True)})"


def moment_text(instant: Instant, zone: str) -> str:
    """A moment on the clocks of a zone: `2026-06-03 10:00`, and the date alone where a day begins.

    The last instant of a day is `2026-06-03, end of the day`.
    """
    if instant == start_of_day(civil_day(instant, zone), zone):
        return civil_day(instant, zone).isoformat()
    return last_moment_text(instant, zone)


def last_moment_text(instant: Instant, zone: str) -> str:
    """A last instant inside: `2026-07-30, end of the day`, or the civil time where it is not a day's last."""
    following = instant + 1
    if following == start_of_day(civil_day(following, zone), zone):
        return f"{civil_day(instant, zone).isoformat()}, end of the day"
    return civil_text(instant, zone)


def occasion_text(occasion: str, zone: str) -> str:
    """What a remedy is keyed by: a moment on the clocks of a zone, or the name of an incident as it is."""
    try:
        return moment_text(parse_instant(occasion, None), zone)
    except CivilTimeFault:
        return occasion


def percent_text(part: Fraction) -> str:
    """A part of one as a percentage: `12.5 %`; a third, which ends nowhere, as `100/3 %`."""
    return value_text(part, Unit.PERCENT)


def level_exactly(level: Level) -> str:
    """A level exact and as printed: `715/720 = 99.306 %`; durations and counts are exact as they stand.

    Time up over time agreed is shown in the largest unit that both are whole in, which changes no ratio.
    """
    if level.unit is not Unit.PERCENT:
        return level_text(level)
    if level.denominator == 1:
        return level_text(level)
    common = gcd(level.numerator, level.denominator)
    unit = next((size for size in (HOUR, MINUTE, SECOND) if common % size == 0), 1)
    return f"{level.numerator // unit:,}/{level.denominator // unit:,} = {level_text(level)}"


def counted(count: int | Fraction, word: str) -> str:
    """`1 outage`, `3 outages`, `2 tallies`: the word may come in singular or plural."""
    number = f"{count:,}" if isinstance(count, int) else decimal_text(count)
    one = _SINGULAR.get(word, word.removesuffix("s"))
    return f"{number} {one if count == 1 else _IRREGULAR.get(one, one + 's')}"


def time_beyond(microseconds: int) -> str:
    """A time that would change an answer: `43 min 12 s`, or `just over 43 min 12 s` for one microsecond more."""
    if microseconds % MILLISECOND == 1 and microseconds > 1:
        return f"just over {duration_text(microseconds - 1)}"
    return duration_text(microseconds)


def spoken(word: str) -> str:
    """A word of the rule files as people read it: `claim_open` is claim open."""
    return word.replace("_", " ")


def listed(names: tuple[str, ...], most: int = 6) -> str:
    """Names behind each other, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
