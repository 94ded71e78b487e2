"""Where a target lies that moves on fixed days: each move worked out from the one before.

Owns: the days and the arithmetic of every move. Does not own: the limit before the first, nor any level (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from malus.model.agreement import Terms
from malus.model.moving import Move, Moves, Stride
from malus.model.quantities import Limit

from tests.reference.civil import day_of, day_start
from tests.reference.combined import Part
from tests.reference.edges import rounded_level
from tests.reference.world import World

#: The level that a target becomes on a day, None where no period of it has ended by then.
LevelBy = Callable[[str, int], Part | None]


def moved(world: World, terms: Terms, moves: Moves | None, limit: Limit, since: int, level_by: LevelBy) -> Any:
    """The limit that holds for what starts at an instant; None where nobody can say where it lies."""
    if moves is None:
        return limit
    value, number, today = limit.value, 0, day_of(since, terms.timezone)
    while (day := _day(moves, number)) <= today:
        world.edge("a period that starts on the day of a move", when=day == today)
        world.edge("a target that moved more than once", when=number > 0)
        wanted = _wanted(world, moves, moves.move, limit.edge, value, day_start(day, terms.timezone), level_by)
        if wanted is None:
            world.edge("a target that nobody can say")
            return None
        value = _bounded(world, moves.move, limit, value, wanted)
        number += 1
    world.edge("a target that is yet to move", when=number == 0)
    return replace(limit, value=value)


def _day(moves: Moves, number: int) -> date:
    months = moves.first.year * 12 + moves.first.month - 1 + number * moves.every_months
    return date(months // 12, months % 12 + 1, moves.first.day)


def _wanted(
    world: World, moves: Moves, move: Move, edge: str, value: Fraction, by: int, level_by: LevelBy
) -> Fraction | None:
    """Where it would go without any bound."""
    if move.how != "becomes":
        assert move.by is not None
        way = 1 if move.how == "rises" else -1
        world.edge(f"a target {move.how} by {move.by.of}")
        return value + way * _length(move.by, value)
    part = level_by(move.indicator, by)
    if part is not None and part.found.doubt:
        return None
    if part is None or part.level is None:
        world.edge(f"no level to become: {moves.no_level}")
        return value if moves.no_level == "stays" else None
    eases = part.level < value if edge in ("at_least", "above") else part.level > value
    world.edge(f"a level that would ease the promise: {move.looser}", when=eases)
    world.edge("a level that makes the promise stricter", when=not eases and part.level != value)
    return value if eases and move.looser == "stays" else part.level


def _length(stride: Stride, value: Fraction) -> Fraction:
    if stride.of == "unit":
        return stride.amount
    return stride.amount * (value if stride.of == "target" else max(Fraction(0), 1 - value))


def _bounded(world: World, move: Move, limit: Limit, before: Fraction, wanted: Fraction) -> Fraction:
    if wanted == before:
        return before
    value = wanted
    if move.by_at_most is not None:
        longest = _length(move.by_at_most, before)
        value = min(before + longest, max(before - longest, wanted))
        world.edge("a move that is bound", when=value != wanted)
    value = rounded_level(move, value, limit.unit)
    if move.never_beyond is not None:
        upwards = move.how == "rises" or (move.how == "becomes" and limit.edge in ("at_least", "above"))
        bound = min(value, move.never_beyond) if upwards else max(value, move.never_beyond)
        world.edge("a target that may go no further", when=bound != value)
        value = bound
    return value
