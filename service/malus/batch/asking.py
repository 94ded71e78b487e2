"""Owns the asking of the one judgement about one shape of terms: with levels in place of events, by period.

Does not own: which levels are worth asking about (judging), or any judging.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from malus.batch.levels import FoldedLevels, edges_of, level_at, measurement_of
from malus.batch.plain_terms import PlainTerms
from malus.evaluation.evaluate import assessed
from malus.evaluation.facts import Facts
from malus.evaluation.following import Matcher
from malus.evaluation.told_facts import ToldFacts
from malus.model.assessment import Assessment, ServiceCredit, Verdict
from malus.model.indicators import Indicator
from malus.model.instants import Instant
from malus.model.measurement import Measurement

#: By promise and period: a verdict and a credit (None where it earns none) whose instants are the period's own.
Dated = tuple[tuple[tuple[Verdict, ServiceCredit | None], ...], ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """One shape of terms, and the moment and matcher it is asked about with."""

    plain: PlainTerms
    as_of: Instant
    matcher: Matcher

    def facts(self) -> Facts:
        """The facts of an agreement of which nothing is told but levels."""
        return Facts(as_of=self.as_of, terms=(self.plain.terms,))

    def assessed(self, levels: dict[tuple[str, int], Measurement]) -> Assessment:
        """What follows from levels, in the periods that have some."""
        starts = {start for _, start in levels}
        threads = tuple(
            replace(
                thread,
                runs=tuple(
                    replace(run, periods=tuple(period for period in run.periods if period.start in starts))
                    for run in thread.runs
                ),
            )
            for thread in self.plain.threads
        )
        facts = self.facts()
        measures = FoldedLevels(facts=facts, told=ToldFacts(facts=facts), threads=threads, levels=levels)
        return assessed(measures, None, self.matcher)


def dated_of(plain: PlainTerms, as_of: Instant, matcher: Matcher) -> Dated:
    """A verdict and, where there can be one, a credit of each promise in every period, for the sake of their dates.

    No event has a say in it, so it is asked while the files are still being read.
    """
    asking = Asking(plain, as_of, matcher)
    lanes = lanes_in_use(plain)
    found: dict[int, tuple[tuple[Verdict, ServiceCredit | None], ...]] = {}
    edges = {item.name: edges_of(plain, item) for _, item in lanes}
    # Somewhere among the edges each clause pays, if it ever does; the worst place is tried first.
    for step in range(max(2 * len(each) + 1 for each in edges.values())):
        levels = {}
        for number, item in lanes:
            mine = edges[item.name]
            numerator, denominator = level_at(mine, min(step, 2 * len(mine)))
            for period in plain.periods:
                levels[item.name, period.start] = measurement_of(number, item, period, (numerator, denominator, 0))
        told = told_by_period(asking, asking.assessed(levels))
        for place in range(len(plain.promises)):
            column = tuple(told[period.start][place] for period in plain.periods)
            if place not in found or (found[place][0][1] is None and column[0][1] is not None):
                found[place] = column
        if all(column[0][1] is not None or plain.promises[place].credit is None for place, column in found.items()):
            break
    return tuple(found[place] for place in range(len(plain.promises)))


def lanes_in_use(plain: PlainTerms) -> list[tuple[int, Indicator]]:
    """The lanes that terms fill, each with its number."""
    return [(number, item) for number, item in enumerate(plain.lanes) if item is not None]


def told_by_period(asking: Asking, said: Assessment) -> dict[Instant, tuple[tuple[Verdict, ServiceCredit | None], ...]]:
    """What an assessment says of each promise, by the start of its period."""
    credits = {(item.key.clause, item.period.start): item for item in said.credits}
    verdicts = {(item.clause, item.period.start): item for item in said.verdicts}
    starts = dict.fromkeys(item.period.start for item in said.verdicts)
    return {
        start: tuple(
            (verdicts[clause.name, start], credits.get((clause.name, start))) for clause in asking.plain.promises
        )
        for start in starts
    }
