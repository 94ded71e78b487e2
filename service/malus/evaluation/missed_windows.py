"""Owns what one window over periods comes to: which misses count, whether they are enough, and whether it fires now.

Does not own: which periods lie in a window (windows, and a batch's rights), or what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.evaluation.following import count_fact
from malus.evaluation.triggers import Follower
from malus.model.clauses import Clause
from malus.model.conditions import Fires
from malus.model.rules import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCount:
    """What a window comes to; `counted` and `occasion` are places among its periods.

    `occasion`: the period that the remedy is named after; None where none follows now.
    """

    counted: tuple[int, ...]
    fact: Fact
    holds: bool
    occasion: int | None


def count_window(
    follower: Follower,
    place: int,
    clause: Clause,
    part: int,
    fires: Fires,
    missed: Sequence[bool],
    *,
    was_true: bool,
    is_new: bool,
    used: Sequence[bool] = (),
) -> WindowCount:
    """Count the misses of a window, its periods in order of time and the last one newest.

    `was_true`: whether the window held one period earlier. `is_new`: whether the newest was missed. `used`: which
    periods an earlier remedy used up, for a clause that uses each once.
    """
    once = fires is Fires.FACTS_USED_ONCE
    counted = tuple(at for at, is_missed in enumerate(missed) if is_missed and not (once and used and used[at]))
    fact = count_fact(clause, part, len(counted))
    holds = follower.holds(place, fact)
    occasion = None
    if holds and fires_now(fires, was_true=was_true, is_new=is_new):
        occasion = len(missed) - 1 if fires is Fires.ON_EACH_NEW_FACT else counted[0]
    return WindowCount(counted=counted, fact=fact, holds=holds, occasion=occasion)


def fires_now(fires: Fires, *, was_true: bool, is_new: bool) -> bool:
    """Whether a condition that holds yields its remedy now: it was true before, or its newest fact is new."""
    match fires:
        case Fires.ONCE_WHILE_TRUE:
            return not was_true
        case Fires.ON_EACH_NEW_FACT:
            return is_new
        case Fires.FACTS_USED_ONCE:
            return True
