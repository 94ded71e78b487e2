"""Compiles what differs by the part of the year: each part, and that every day of the year lies in one of them.

Does not own: what is said for each part, nor which of them holds for a period (judging).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Final, TypeVar

from malus.model.seasons import LEAP_YEAR, MONTHS, Season, last_day
from malus.rulefiles.documents import Named, Unsound, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.nodes import Node

T = TypeVar("T")

_PART: Final = re.compile(r"(?:([1-9]|[12][0-9]|3[01]) )?([a-z]+)(?:-(?:([1-9]|[12][0-9]|3[01]) )?([a-z]+))?")
_EVERY_DAY: Final = tuple(datetime.date(LEAP_YEAR, 1, 1) + datetime.timedelta(days=day) for day in range(366))
_HINT: Final = "write months, `november-march`, or days, `16 november-15 march`"


def tells_seasons(told: Sequence[Named[T]]) -> bool:
    """Whether a map tells parts of the year apart: one of its names is one."""
    return any(_season(item.name) is not None for item in told)


def by_season(told: Sequence[Named[T]], given: Given, key: str) -> tuple[tuple[Season, Node, T], ...]:
    """What a key says by part of the year and where, by first day; every day must lie in exactly one of them."""
    seasons: list[tuple[Season, Named[T]]] = []
    for item in told:
        season = _season(item.name)
        if season is None:
            what = f"`{item.name}` is no part of the year"
            given.reading.error("malformed-date", item.key, what, hint=_HINT)
        else:
            seasons.append((season, item))
    if len(seasons) < len(told) or not _tile_the_year(seasons, given, key) or any(item.value is None for item in told):
        raise Unsound
    ordered = sorted(seasons, key=lambda pair: pair[0].first)
    return tuple((season, item.key, sure(item.value)) for season, item in ordered)


def _tile_the_year(seasons: Sequence[tuple[Season, Named[T]]], given: Given, key: str) -> bool:
    sound = True
    for place, (season, item) in enumerate(seasons):
        for earlier, other in seasons[:place]:
            both = next((day for day in _EVERY_DAY if season.holds(day) and earlier.holds(day)), None)
            if both is not None:
                what = f"{_day_text(both)} lies in `{other.name}` and in `{item.name}`"
                hint = "let each day of the year lie in one of them; both ends are inside"
                given.reading.error("duplicate-name", item.key, what, hint=hint)
                sound = False
    silent = next((day for day in _EVERY_DAY if not any(season.holds(day) for season, _ in seasons)), None)
    if silent is not None:
        what = f"`{key}` says nothing for a period that starts on {_day_text(silent)}"
        hint = "let every day of the year lie in one of the parts"
        given.reading.error("missing-key", given.key_node(key), what, hint=hint)
        sound = False
    return sound


def _season(text: str) -> Season | None:
    """A part of the year as written, None where it is none: a month alone is all of it."""
    written = _PART.fullmatch(text)
    if written is None:
        return None
    day, month, until_day, until = written.groups()
    until_day, until = (day, month) if until is None else (until_day, until)
    if month not in MONTHS or until not in MONTHS:
        return None
    first, last = MONTHS.index(month) + 1, MONTHS.index(until) + 1
    at, to = int(day or 1), int(until_day or last_day(last))
    if at > last_day(first) or to > last_day(last):
        return None
    return Season(first=(first, at), last=(last, to))


def _day_text(day: datetime.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
