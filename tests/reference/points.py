"""Service points: what each miss weighs, added up over periods and held against a promise of its own.

Owns: the points of one miss, their sum, and the verdicts about sums. Does not own: the misses themselves (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import BandCredit
from malus.model.indicators import Points

from tests.reference.civil import period_at
from tests.reference.credits import missed_just_before
from tests.reference.edges import holds, rounded_level
from tests.reference.found import Found
from tests.reference.verdicts import Judgement, final_from, promised, verdicts
from tests.reference.world import Chain, Cut, World


def verdicts_and_points(world: World) -> list[Judgement]:
    """Every verdict, those about sums of points included, in the order of periods, clauses and subjects."""
    plain = verdicts(world)
    found = list(plain)
    for chain in world.indicators:
        cuts = world.periods(chain)
        for number, cut in enumerate(cuts):
            indicator = chain.members[cut.place]
            for clause in world.terms[cut.place].clauses:
                condition = clause.condition
                named = isinstance(condition, Promise) and condition.indicator == indicator.name
                if named and isinstance(indicator, Points):
                    window = _added_up(world, indicator, cuts[: number + 1])
                    found.append(_of_points(world, chain, clause, window, plain))
    return sorted(found, key=lambda one: (one.cut.start, one.clause.ordinal, one.subject, one.whose))


def _added_up(world: World, indicator: Points, cuts: Sequence[Cut]) -> Sequence[Cut]:
    """The periods whose points make one sum: the last, alone or with so many before it by the calendar."""
    last = cuts[-1]
    if indicator.over == 1:
        return [last]
    since = last.whole[0]
    for _ in range(indicator.over - 1):
        since = period_at(indicator.cycle, since - 1, world.terms[last.place].timezone)[0]
    return [one for one in cuts if one.start >= since]


def _of_points(world: World, chain: Chain, clause: Clause, window: Sequence[Cut], judged: list[Judgement]) -> Judgement:
    cut = window[-1]
    indicator = chain.members[cut.place]
    given = [one for one in judged if any(_gives(world, chain, one, each) for each in window)]
    weights = [weight(world, judged, one) for one in given]
    world.edge(
        "points of several periods together", when=len({one.cut.start for one in given if one.outcome == "missed"}) > 1
    )
    world.edge(
        "points of several promises together",
        when=len({one.clause.name for one in given if one.outcome == "missed"}) > 1,
    )
    # A claim for the money of a miss changes nothing of what it weighs.
    final = world.as_of >= final_from(world, clause, cut, None)
    if any(one is None for one in weights):
        world.edge("points that nobody can tell")
        return Judgement(clause, cut, "", "undetermined", None, None, Found(doubt=True), None, final)
    exact = sum((one for one in weights if one is not None), Fraction(0))
    level = rounded_level(indicator, exact, "count")
    limit = promised(world, clause, cut)
    outcome = "met" if holds(world, limit.edge, limit.value, level) else "missed"
    return Judgement(clause, cut, "", outcome, level, exact, Found(level=exact), None, final)


def _gives(world: World, chain: Chain, one: Judgement, cut: Cut) -> bool:
    """Whether the terms that judge a period add up the points of this miss in it."""
    return (
        one.cut.start == cut.start
        and one.cut.place == cut.place
        and one.clause.name in chain.members[cut.place].clauses
    )


def weight(world: World, judged: list[Judgement], one: Judgement) -> Fraction | None:
    """The points of one verdict: none where the promise is met, None where nobody can tell."""
    points = one.clause.points
    if one.outcome == "undetermined":
        return None
    if points is None or one.outcome == "met":
        return Fraction(0)
    given = points.each if points.table is None else _in_table(world, one, points.table)
    if given is None or points.again is None or not missed_just_before(world, judged, one):
        return given
    world.edge("points of a miss right after another")
    return given * points.again.times + points.again.points


def _in_table(world: World, one: Judgement, table: BandCredit) -> Fraction | None:
    if one.level is None:
        world.edge("points of a miss without a level")
        return None
    hit = [
        row
        for row in table.bands
        if all(holds(world, limit.edge, limit.value, one.level, one.found.grain) for limit in row.limits)
    ]
    world.edge("points in a gap of their table", when=not hit)
    world.edge("several rows of points match", when=len(hit) > 1)
    if not hit or (table.overlap == "refuse" and len(hit) > 1):
        return None
    return hit[0].points if table.overlap == "first_row" else max(row.points for row in hit)
