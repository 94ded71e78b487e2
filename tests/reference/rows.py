"""The level that picks the row of a table: the promised one, or that of another indicator in the same period.

Owns: which level that is. Does not own: the level itself (`verdicts`), nor what a row pays (`credits`).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from malus.model.credits import BandCredit

from tests.reference.bases import WaitsError
from tests.reference.verdicts import Judgement, printed
from tests.reference.world import World


def picked_by(world: World, verdict: Judgement, credit: BandCredit) -> tuple[Fraction | None, Fraction]:
    """The level that picks a row, None where there is none, and what one microsecond of it is worth."""
    if credit.rows_by is None:
        return verdict.level, verdict.found.grain
    chain = world.indicator_chain(verdict.cut.place, credit.rows_by)
    cuts = [replace(one, whose=verdict.whose) for one in world.periods(chain)]
    (number,) = (number for number, one in enumerate(cuts) if one.start == verdict.cut.start)
    part = printed(world, chain, cuts, number)
    world.edge("rows by another indicator", when=part.level is not None)
    world.edge("rows by another indicator, for each subject", when=bool(verdict.whose))
    if part.found.doubt or part.level is None:
        world.edge("no level of the indicator that picks the row")
        raise WaitsError
    return part.level, part.found.grain
