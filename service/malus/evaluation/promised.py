"""Owns which limit a promise has for what is judged: that of its season, priority or subject, moved by its formula.

Does not own: holding a level against it (judging), or the arithmetic of a move (model.moving).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from malus.measures.combining import Part
from malus.measures.response import limit_for
from malus.model.agreement import Terms
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.explanation import Step
from malus.model.indicators import Indicator, PriorityLimit
from malus.model.instants import Instant, civil_day, start_of_day
from malus.model.measurement import Measurement
from malus.model.moving import Moves, TargetMoved
from malus.model.quantities import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A limit with the part of the year whose limit it is (empty: all year), and the moves that led to it.

    `undetermined`: why nobody knows the limit, which then is the last that was known; `named`: what it rests on.
    """

    limit: Limit
    season: str = ""
    steps: tuple[Step, ...] = ()
    undetermined: str = ""
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held against a promise: when it starts, which priority judges it, and for whom."""

    start: Instant
    priority: str | None
    whose: str
    of_class: str


def held_of(measurement: Measurement) -> Held:
    """A period goes by the day on which it starts, an incident or a delivery by that on which its own time does."""
    return Held(
        start=measurement.period.start if measurement.starts is None else measurement.starts,
        priority=measurement.priority,
        whose=measurement.whose,
        of_class=measurement.of_class,
    )


@dataclass(slots=True, kw_only=True)
class Targets:
    """The limits of all promises of an agreement, each moved once. `levels` tells an indicator's levels in order."""

    levels: Callable[[int, Indicator, str], Sequence[Part]]
    _moved: dict[tuple[int, str, Limit, str, str, int], Promised] = field(default_factory=dict)

    def promised(self, place: int, terms: Terms, clause: Clause, held: Held) -> Promised | None:
        """The limit of a clause's promise; None where the promise is silent on the priority or the subject.

        The civil day of `held.start` decides: for the season, and for the moves that have come by then.
        """
        promise = clause.condition
        assert isinstance(promise, Promise), "only a promise has limits"
        limits, season = _in_season(promise, held, terms.timezone)
        limit = limit_for(limits, held.priority, held.whose, held.of_class)
        if limit is None:
            return None
        if promise.moves is None:
            return Promised(limit=limit, season=season)
        days = tuple(promise.moves.days_until(civil_day(held.start, terms.timezone)))
        key = (place, clause.name, limit, season, held.whose, len(days))
        if key not in self._moved:
            self._moved[key] = self._move(place, terms, promise.moves, limit, held.whose, season, len(days))
        return self._moved[key]

    def _move(
        self, place: int, terms: Terms, moves: Moves, limit: Limit, whose: str, season: str, count: int
    ) -> Promised:
        steps: list[Step] = []
        for number in range(count):
            day = moves.day(number)
            part: Part | None = None
            if moves.move.indicator:
                indicator = terms.indicator(moves.move.indicator)
                told = self.levels(place, indicator, whose if indicator.for_each is not None else "")
                until = start_of_day(day, terms.timezone)
                part = next((item for item in reversed(told) if item.measurement.period.end <= until), None)
            doubt = _doubt(moves, part, day.isoformat())
            steps += () if part is None else part.measurement.steps
            if doubt is not None:
                return Promised(limit=limit, season=season, steps=tuple(steps), undetermined=doubt[0], named=doubt[1])
            level = None if part is None else part.measurement.level
            moved = moves.move.moved(limit, level)
            period = "" if part is None else part.name
            steps.append(
                TargetMoved(day=day.isoformat(), before=limit, move=moves.move, level=level, period=period, after=moved)
            )
            limit = moved
        return Promised(limit=limit, season=season, steps=tuple(steps))


def _doubt(moves: Moves, part: Part | None, day: str) -> tuple[str, tuple[str, ...]] | None:
    """Why nobody knows what a target becomes, and what that rests on; None where it is known."""
    if not moves.move.indicator:
        return None
    if part is not None and part.measurement.undetermined:
        named = (part.name, *part.measurement.named)
        return f"nobody knows what the target becomes on {day}: {part.measurement.undetermined}", named
    if (part is None or part.measurement.level is None) and moves.no_level == "undetermined":
        named = (moves.move.indicator,) if part is None else (moves.move.indicator, part.name)
        return f"the target becomes a level on {day} that is not there", named
    return None


def _in_season(promise: Promise, held: Held, zone: str) -> tuple[Sequence[PriorityLimit], str]:
    """The limits of a promise in the part of the year that decides, and that part as it is written."""
    if all(item.season is None for item in promise.limits):
        return promise.limits, ""
    day = civil_day(held.start, zone)
    inside = [(item, item.season) for item in promise.limits if item.season is not None and item.season.holds(day)]
    return [item for item, _ in inside], inside[0][1].text()
