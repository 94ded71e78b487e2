"""Bonuses: what the customer owes for more than was promised, and what caps on bonuses leave of it.

Owns: which kept promises earn one, and where it stands. Does not own: what a row pays (`credits`), nor how a cap is
shared out (`caps`).
"""

from __future__ import annotations

from fractions import Fraction

from malus.model.credits import BandCredit

from tests.reference.bases import WaitsError
from tests.reference.caps import after_caps
from tests.reference.credits import Due, paid, row_pays
from tests.reference.edges import holds
from tests.reference.verdicts import Judgement
from tests.reference.world import World

Bonuses = dict[tuple[str, int, str, str], tuple[Fraction | None, Fraction | None, str, str]]


def bonuses(world: World, judged: list[Judgement]) -> Bonuses:
    """(clause, period, subject, occasion) -> before caps, after them, state, how it is paid; all below nought."""
    earned = [due for verdict in judged if (due := _earned(world, verdict)) is not None]
    earned.sort(key=lambda one: (one.verdict.cut.end, one.clause.ordinal, one.verdict.subject, one.verdict.whose))
    found: Bonuses = {}
    for due, amount in zip(earned, after_caps(world, earned, "bonuses"), strict=True):
        verdict, terms = due.verdict, due.clause.bonus
        assert terms is not None
        world.edge(f"a bonus {terms.settled}")
        world.edge("a bonus is cut", when=amount != due.before_cap)
        world.edge("a bonus waits", when=amount is None)
        before = None if due.before_cap is None else -due.before_cap
        owed = None if amount is None else -amount
        key = (due.clause.name, verdict.cut.start, verdict.owed_to, verdict.called())
        found[key] = (before, owed, due.state, terms.settled)
    return found


def _earned(world: World, verdict: Judgement) -> Due | None:
    """What a kept promise earns before caps; None where it earns nothing, as where nothing was measured."""
    bonus = verdict.clause.bonus
    if bonus is None or verdict.outcome != "met" or verdict.level is None:
        return None
    table, terms = bonus.table, world.terms[verdict.cut.place]
    level, grain = verdict.level, verdict.found.grain
    rows = [row for row in table.bands if all(holds(world, one.edge, one.value, level, grain) for one in row.limits)]
    if not rows and _short_of_all(verdict, table):
        world.edge("kept, and short of a bonus")
        return None
    world.edge("several rows of a bonus match", when=len(rows) > 1)
    world.edge("kept in a gap of a bonus", when=not rows)
    amount: Fraction | None = None
    try:
        if rows and (len(rows) == 1 or table.overlap != "refuse"):
            tried = rows[:1] if table.overlap == "first_row" else rows
            amount = max(row_pays(world, terms, verdict, table, row, level) for row in tried)
            amount = paid(world, terms, table, amount)
    except WaitsError:
        amount = None
    running = verdict.incident is not None and verdict.incident.end is None
    state = "due" if amount is not None else "pending"
    if world.as_of < verdict.cut.end or running:
        state = "accruing"
    return Due(verdict, amount, amount, state)


def _short_of_all(verdict: Judgement, table: BandCredit) -> bool:
    """Whether a level lies between the promise and the first row, on the far side from what is best."""
    higher_is_better = verdict.clause.condition.limits[0].limit.edge in ("at_least", "above")  # type: ignore[union-attr]
    sign = 1 if higher_is_better else -1
    near = ("at_least", "above") if higher_is_better else ("at_most", "below")
    level = verdict.level
    assert level is not None
    starts = [one.value for row in table.bands for one in row.limits if one.edge in near]
    return len(starts) == len(table.bands) and all(level * sign <= start * sign for start in starts)
