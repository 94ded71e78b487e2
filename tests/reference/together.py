"""Promises that are missed together: in one period, or by one incident.

Owns: what stands together, and the miss that makes it enough. Does not own: when one promise is missed (`windows`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from malus.model.conditions import MissedTogether

from tests.reference.world import Cut, World


def enough_missed(
    world: World, place: int, condition: MissedTogether, broken: list[Any]
) -> Iterator[tuple[list[Any], Cut]]:
    """The misses of different promises that together are enough, in order of time, for each period or incident.

    Beside them the period that a credit for it falls in: of all that were missed, the one that ends last.
    """
    together: dict[tuple[str | int, str], list[Any]] = {}
    for one in broken:
        if _named(world, place, condition, one) is not None:
            key = one.judgement.cut.start if condition.by == "period" else one.single
            if key != "":
                together.setdefault((key, one.whose), []).append(one)
    for misses in together.values():
        first: dict[str | None, Any] = {}
        for one in sorted(misses, key=lambda one: one.at):
            first.setdefault(_named(world, place, condition, one), one)
        enough = list(first.values())[: condition.count]
        world.edge(f"one promise too few missed by one {condition.by}", when=len(first) == condition.count - 1)
        world.edge("several misses of one promise count once", when=len(misses) > len(first))
        # What stands over several terms is judged by those of the miss that made it enough.
        if len(enough) == condition.count and enough[-1].place == place:
            world.edge(f"promises missed together by one {condition.by}")
            yield enough, max((one.judgement.cut for one in first.values()), key=lambda cut: cut.end)


def _named(world: World, place: int, condition: MissedTogether, one: Any) -> str | None:
    """What the terms at a place call the promise that was missed, where the condition names it."""
    return _called(world, place, condition, one.place, one.clause)


def _called(world: World, place: int, condition: MissedTogether, judged_at: int, clause: Any) -> str | None:
    chain = world.clause_chain(judged_at, clause.name)
    name = chain.members[place].name if place in chain.members else None
    return name if name in condition.clauses else None


def stands_with(world: World, place: int, condition: MissedTogether, one: Any, miss: Any) -> bool:
    """Whether a verdict is one of those that are looked at together with a miss."""
    if _called(world, place, condition, one.cut.place, one.clause) is None or one.whose != miss.whose:
        return False
    if condition.by == "period":
        return bool(one.cut.start == miss.judgement.cut.start)
    return bool(one.single == miss.single)
