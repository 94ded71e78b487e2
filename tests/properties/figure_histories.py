"""Random readings of which one figure is made: at a promise, a microsecond or a thousandth beside it, and far off.

Owns: those readings. Does not own: readings that give a level as such (`histories`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.indicators import Combined, Statistic, TimeShare

from tests.properties.choices import Choices
from tests.properties.service_histories import tell_service
from tests.properties.telling import DAY, HOUR, MINUTE, Teller, exclude, levels_of, moment, nudge
from tests.reference.world import Cut

#: What a reading names, and how many of it are one of what a level is in.
UNITS = {
    "percent": ("%", Fraction(100)),
    "count": ("count", Fraction(1)),
    "duration": ("milliseconds", Fraction(1, 1000)),
}
#: What a value lies beside a level, in the unit that a reading names.
BESIDE = (Fraction(0), Fraction(0), Fraction(1, 1000), Fraction(-1, 1000), Fraction(-1, 2), Fraction(1, 2))


def tell_many(teller: Teller, terms: Terms, indicator: Any, cut: Cut) -> None:
    """What one figure of a period is made of, where no other indicator's events make it."""
    match indicator:
        case Statistic(times=None):
            _values(teller, terms, indicator, cut)
        case Statistic() | Combined():
            pass
        case TimeShare():
            _held(teller, terms, indicator, cut)
        case _:
            raise AssertionError(indicator)


def _values(teller: Teller, terms: Terms, indicator: Statistic, cut: Cut) -> None:
    """A few readings of one period, some of them with one value."""
    choices = teller.choices
    if choices.chance(10):
        return
    unit, scale = UNITS[indicator.unit]
    levels = [Fraction(1), *(levels_of(terms, indicator.name) if indicator.takes != "count" else [])]
    if indicator.accepts_to is not None:
        levels.append(indicator.accepts_to)
    value = Fraction(0)
    for _ in range(choices.between(1, 4)):
        if not choices.chance(20):
            value = max(Fraction(0), choices.pick(levels) * scale + choices.pick(BESIDE))
        start, end = when(choices, cut)
        teller.tell(
            told.Reading,
            start=start,
            end=end,
            value=value,
            unit=unit if not choices.chance(4) else "count" if unit == "%" else "%",
            **called(teller, terms, indicator),
        )


def called(teller: Teller, terms: Terms, indicator: Any) -> dict[str, Any]:
    """What a reading is told to be for: the name that the indicator reads, now and then none."""
    choices = teller.choices
    name = getattr(indicator, "reads", "") or indicator.name
    return {
        "indicator": None if choices.chance(25) else name,
        "service": teller.service(terms, indicator.service),
        "site": choices.pick(["north", "north", "south", "east"]),
    }


def when(choices: Choices, cut: Cut) -> tuple[int, int]:
    """An instant, or a stretch that perhaps begins before its period or ends with it."""
    at = moment(choices, cut)
    return choices.pick(
        [(at, at), (at, at), (at, at + HOUR), (cut.end - HOUR, cut.end), (cut.start - HOUR, cut.start + 1)]
    )


def _held(teller: Teller, terms: Terms, indicator: TimeShare, cut: Cut) -> None:
    """Readings inside and outside, exactly on the limits, each until the next one or for as long as it may hold."""
    choices = teller.choices
    tell_service(teller, terms, indicator, cut)
    unit, scale = UNITS[indicator.unit]
    edges = [limit.value * scale for limit in indicator.inside]
    values = [*edges, *edges, (edges[0] + edges[-1]) / 2, edges[0] - Fraction(1, 1000), edges[-1] + 1]
    at = choices.pick([cut.start, cut.start, moment(choices, cut), cut.start - HOUR])
    for _ in range(choices.between(1, 4)):
        length = choices.pick([0, 0, 0, HOUR, DAY])
        teller.tell(
            told.Reading,
            start=at,
            end=at + length,
            value=choices.pick(values),
            unit=unit if not choices.chance(4) else "count" if unit == "%" else "%",
            sequence=choices.pick([None, None, 1, 2]),
            **called(teller, terms, indicator),
        )
        gaps = [HOUR, 6 * HOUR, 2 * DAY, 20 * MINUTE, length // 2]
        if indicator.holds is not None:
            gaps += [length + indicator.holds, length + indicator.holds + nudge(choices)]
        gaps += [
            int((1 - level) * (cut.end - cut.start)) + nudge(choices) for level in levels_of(terms, indicator.name)
        ]
        at += max(0, choices.pick([*gaps, 0 if choices.chance(30) else HOUR]))
    if indicator.excluding and choices.chance(60):
        exclude(teller, terms, indicator, at - 2 * HOUR, HOUR)
