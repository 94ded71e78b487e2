"""Owns which breaches give how many service points, and which miss comes right after another.

Does not own: the sum of points (measures.points), or whether a breach gives any: the matcher says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from malus.evaluation.chains import Entry, chain_of, periods_back
from malus.evaluation.in_force import Thread, clause_lineages
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.triggers import Follower, Trigger
from malus.measures.points import Award
from malus.model.agreement import Terms
from malus.model.clauses import Clause
from malus.model.events import Opening
from malus.model.paying_steps import PointsGiven
from malus.model.quantities import Outcome
from malus.model.rules import Consequence


@dataclass(slots=True, kw_only=True)
class Repeats:
    """Says of a missed period whether the one just before was missed too, under the same clause and for its subject."""

    terms: Sequence[Terms]
    threads: Sequence[Thread]
    judged: Sequence[JudgedPeriod]
    openings: Sequence[Opening]
    _chains: dict[tuple[int, str, str], list[Entry]] = field(default_factory=dict)

    def before(self, trigger: Trigger, clause: Clause) -> str:
        """The label of the period just before, where it and this one were missed; empty where not, or nobody knows.

        A miss that an agreement brought in counts as well. A kept promise repeats nothing, also where its table pays.
        """
        if ("outcome", Outcome.MISSED.value) not in trigger.fact.values:
            return ""
        key = (trigger.place, clause.name, trigger.whose)
        if key not in self._chains:
            self._chains[key] = chain_of(
                self.terms, trigger.place, clause, self.threads, self.judged, self.openings, trigger.whose
            )
        chain = self._chains[key]
        mine = next(entry for entry in chain if entry.place >= 0 and entry.period.start == trigger.period.start)
        ends = periods_back(chain, mine, 1, trigger.terms.timezone).end
        return next((entry.fact.label for entry in chain if entry.period.end == ends and entry.missed), "")


def awards_of(
    terms: Sequence[Terms],
    triggers: Sequence[Trigger],
    judged: Sequence[JudgedPeriod],
    follower: Follower,
    repeats: Repeats,
) -> list[Award]:
    """The points of every breach that gives some; `triggers` are those of the `judged`, in their order.

    A verdict that nobody can tell gives points that nobody can tell.
    """
    lineages = clause_lineages(terms)
    awards: list[Award] = []
    for trigger, item in zip(triggers, judged, strict=True):
        if item.clause.points is None:
            continue
        lineage = lineages[item.place, item.clause.name]
        if item.verdict.outcome is Outcome.UNDETERMINED:
            unknown = f"{item.clause.name} {trigger.period.label}"
            awards.append(_award(item.clause, trigger, lineage, None, unknown))
            continue
        for consequence in follower.follows(trigger.place, (trigger.fact,))[0].consequences:
            if consequence.part == "points":
                given = _given(item.clause, trigger, consequence, repeats)
                unknown = "" if given is not None else f"{item.clause.name} {trigger.period.label}, which no row takes"
                awards.append(_award(item.clause, trigger, lineage, given, unknown))
    return awards


def _given(clause: Clause, trigger: Trigger, consequence: Consequence, repeats: Repeats) -> PointsGiven | None:
    weighs = clause.points
    assert weighs is not None, "points follow only from a clause that gives them"
    points = weighs.each
    if weighs.table is not None:
        points = next((band.points for band in weighs.table.bands if band.row == consequence.row), None)
    if points is None:
        return None
    again = "" if weighs.again is None else repeats.before(trigger, clause)
    return PointsGiven(
        clause=clause.name,
        period=trigger.period.label,
        subject=trigger.subject,
        points=points,
        times=weighs.again.times if weighs.again is not None and again else Fraction(1),
        added=weighs.again.points if weighs.again is not None and again else Fraction(0),
        again=again,
    )


def _award(clause: Clause, trigger: Trigger, lineage: int, given: PointsGiven | None, unknown: str) -> Award:
    return Award(
        lineage=lineage,
        ordinal=clause.ordinal,
        whose=trigger.whose,
        period=trigger.period,
        given=given,
        unknown=unknown,
    )
