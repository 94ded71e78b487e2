"""Owns the trigger: one established fact with all that its remedies are worked out from.

Does not own: which remedies follow from it (matching decides), or what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.evaluation.following import Matcher, rules_of, verdict_fact
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.measuring import Measures
from malus.measures.lateness import late_from
from malus.measures.response import used_up_at
from malus.model.agreement import Terms
from malus.model.assessment import RemedyKey
from malus.model.explanation import Step
from malus.model.indicators import DeliveryTime, Elapsed
from malus.model.instants import Instant, utc_text
from malus.model.measurement import Measurement
from malus.model.periods import Cycle, Period
from malus.model.quantities import Limit, Outcome
from malus.model.rules import Fact, RuleSet
from malus.model.rules import Outcome as Following


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A fact about a period or a subject, and when it was established.

    `subject`: the incident, else the listed subject that `whose` names too: the one for which its clause is judged.
    `at`: the moment it holds from; it `closes_day` where that is the end of a period or deadline. `complete`: its
    period is over, so money no longer accrues; `stands`: rights and obligations arise from it. `occasion`: what the
    remedies are keyed by. `final_from`: from when the fact cannot change; None while that cannot be said.
    `promised`: the limit that a verdict's level was held against. `looked_up`: what rows are looked up by, where that
    is not the verdict's own level.
    """

    place: int
    terms: Terms
    fact: Fact
    period: Period
    cycle: Cycle
    subject: str
    whose: str
    occasion: str
    at: Instant
    closes_day: bool
    complete: bool
    stands: bool
    final_from: Instant | None
    measurement: Measurement
    steps: tuple[Step, ...]
    promised: Limit | None = None
    looked_up: Measurement | None = None

    def key(self, clause: str, slot: str) -> RemedyKey:
        """What a remedy of a clause that follows from this is called for ever."""
        return RemedyKey(clause=clause, slot=slot, subject=self.whose or self.subject, occasion=self.occasion)

    def is_named(self, subject: str | None) -> bool:
        """Whether a claim, a notice or a delivery that names a subject may speak of this; naming none, it may."""
        return subject in (None, self.subject, self.whose)


@dataclass(slots=True)
class Follower:
    """Asks the matcher what follows under the terms of a place; compiles each terms' rules once."""

    _matcher: Matcher
    _rules: tuple[RuleSet, ...]

    @classmethod
    def of(cls, matcher: Matcher, terms: Sequence[Terms]) -> Follower:
        """Compile the rules of all terms in force."""
        return cls(matcher, tuple(rules_of(text) for text in terms))

    def follows(self, place: int, facts: Sequence[Fact]) -> tuple[Following, ...]:
        """What follows from each fact under the terms of that place."""
        return self._matcher.consequences(self._rules[place], facts)

    def holds(self, place: int, fact: Fact) -> bool:
        """Whether anything follows from a fact under the terms of that place."""
        following = self.follows(place, (fact,))[0]
        return bool(following.consequences or following.derived)


def verdict_triggers(judged: Sequence[JudgedPeriod], measures: Measures) -> list[Trigger]:
    """One trigger a verdict: a breach holds from the end of its period, an incident's from when its time is up."""
    triggers = []
    for item in judged:
        verdict = item.verdict
        at, closes_day = _established(item, measures)
        triggers.append(
            Trigger(
                place=item.place,
                terms=item.terms,
                fact=verdict_fact(item.clause, verdict.outcome, item.row, item.points_row, item.bonus_row),
                period=verdict.period,
                cycle=item.indicator.cycle,
                subject=verdict.subject,
                whose=verdict.whose,
                occasion=item.measurement.subject or utc_text(verdict.period.start),
                at=at,
                closes_day=closes_day,
                complete=item.complete,
                stands=item.complete or not closes_day,
                final_from=verdict.final_from,
                measurement=item.measurement,
                steps=verdict.explanation.steps,
                promised=verdict.limit,
                looked_up=item.looked_up,
            )
        )
    return triggers


def _established(item: JudgedPeriod, measures: Measures) -> tuple[Instant, bool]:
    verdict = item.verdict
    if item.measurement.settled_at is not None:
        return item.measurement.settled_at, True
    if isinstance(item.indicator, Elapsed) and verdict.outcome is Outcome.MISSED and verdict.limit is not None:
        incidents = measures.timed(item.place, item.indicator, item.indicator.for_each, verdict.whose)
        timed = next(timed for timed in incidents if timed.clock.subject == verdict.subject)
        allowed = verdict.limit.value
        used_up = used_up_at(item.indicator, timed, -(-allowed.numerator // allowed.denominator))
        if used_up is not None:
            return used_up, False
    if isinstance(item.indicator, DeliveryTime) and verdict.outcome is Outcome.MISSED and verdict.limit is not None:
        delivered = measures.goods.timed(item.place, item.indicator, item.indicator.for_each, verdict.whose)
        late = next(late for late in delivered if late.subject.name == verdict.subject)
        since = late_from(item.indicator, late, verdict.limit, item.terms.timezone)
        if since is not None:
            return since, False
    return verdict.period.end, True
