"""Promises that differ by the part of the year: the day that decides, and the limit that holds on it.

Owns: which season a day lies in, for whole periods and for what is judged by itself. Does not own: what is promised.
"""

from __future__ import annotations

from typing import Any

from malus.model.agreement import Terms

from tests.reference.civil import day_of
from tests.reference.incidents import Timed, limit_for
from tests.reference.world import Cut, World


def limit_of_period(world: World, limits: Any, cut: Cut) -> Any:
    """The limit of the day on which the judged period starts."""
    if limits[0].season is None:
        return limits[0].limit
    zone = world.terms[cut.place].timezone
    started = _place(limits, cut.start, zone)
    world.edge("a period that starts on the first day of a season", when=_is_first(limits, cut.start, zone))
    world.edge("a period that runs into another season", when=_place(limits, cut.end - 1, zone) != started)
    return limits[started].limit


def limit_of_single(world: World, limits: Any, one: Timed, terms: Terms, whose: str) -> Any:
    """The limit of an incident, outage or delivery, None where it has none: of the day on which its clock starts."""
    if limits[0].season is None:
        return limit_for(limits, one.priority, terms, whose)
    zone = terms.timezone
    started, before, after = (_place(limits, at, zone) for at in (one.start, one.start - 1, one.start + 1))
    world.edge("a clock that starts on the first day of a season", when=_is_first(limits, one.start, zone))
    world.edge("a clock that starts at the first instant of a season", when=before != started)
    world.edge("a clock that starts a microsecond before a season", when=after != started)
    over = one.end is not None and _place(limits, one.end, zone) != started
    world.edge("a clock that ends in another season", when=over)
    return limits[started].limit


def counted_elsewhere(world: World, limits: Any, one: Timed, cut: Cut) -> None:
    """Remember what is counted in a period that starts in another season than its own clock."""
    zone = world.terms[cut.place].timezone
    if limits[0].season is not None:
        apart = _place(limits, one.start, zone) != _place(limits, cut.start, zone)
        world.edge("a clock of another season than its period", when=apart)


def _place(limits: Any, instant: int, zone: str) -> int:
    day = day_of(instant, zone)
    (place,) = (number for number, one in enumerate(limits) if _in_season(one.season, (day.month, day.day)))
    return place


def _is_first(limits: Any, instant: int, zone: str) -> bool:
    day = day_of(instant, zone)
    return (day.month, day.day) in [one.season.first for one in limits]


def _in_season(season: Any, day: tuple[int, int]) -> bool:
    days = [(month, number) for month in range(1, 13) for number in range(1, 32)]
    first, last = days.index(season.first), days.index(season.last)
    span = days[first : last + 1] if first <= last else days[first:] + days[: last + 1]
    return day in span
