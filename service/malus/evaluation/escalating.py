"""Owns ladders and duties: the escalation steps that hold given the facts, and what the customer did not do in time.

Does not own: raising, withdrawing or sending anything; the ledger reconciles, others pull (SEMANTICS 5).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from malus.evaluation.facts import Facts
from malus.evaluation.following import step_fact
from malus.evaluation.in_force import place_in_force
from malus.evaluation.measuring import Measures
from malus.evaluation.promised import Held
from malus.evaluation.triggers import Follower, Trigger
from malus.measures.outages import OutageSubject
from malus.measures.response import Timed, used_up_at
from malus.model.agreement import Duty, Terms
from malus.model.assessment import Escalation, MissedDuty, RemedyKey, StepState
from malus.model.blocks import Blocks
from malus.model.clauses import AfterStart, AtShare, BeforePromise, Clause, EscalationStep
from malus.model.conditions import Promise
from malus.model.deadlines import LastInstants, last_instant
from malus.model.events import Transition
from malus.model.explanation import Explanation, Measured, Step, TimeLimit
from malus.model.indicators import Elapsed
from malus.model.instants import Instant, utc_text
from malus.model.quantities import Level, Limit, Unit

_DUTIES: Final = attrgetter("due_until", "subject", "source")
_DUE: Final = attrgetter("due_until")


def escalations_of(facts: Facts, measures: Measures, follower: Follower) -> list[Escalation]:
    """Every step of an incident's ladder that holds: its time came, or will, while the incident still lasted.

    An incident's ladder follows the terms at its opening. A step is due when its part of the promised time is used on
    the indicator's own clock; it does not hold where the end came at or before that instant.
    """
    steps: list[Escalation] = []
    for place, terms in enumerate(facts.terms):
        for clause in terms.clauses:
            if not clause.escalation or not isinstance(clause.condition, Promise):
                continue
            indicator = terms.indicator(clause.condition.indicator)
            if not isinstance(indicator, Elapsed):
                continue
            for whose in measures.whose_of(place, indicator):
                of_class = measures.told.subjects(place).class_of(whose)
                for timed in measures.timed_for(place, indicator, indicator, whose):
                    held = Held(start=timed.clock.start, priority=timed.clock.priority, whose=whose, of_class=of_class)
                    promised = measures.targets.promised(place, terms, clause, held)
                    known = promised is not None and not promised.undetermined and not timed.subject.contradiction
                    if promised is not None and known and _opened_under(facts, timed) == place:
                        limit = promised.limit
                        steps += _incident_ladder(facts, place, clause, indicator, timed, limit, whose, follower)
    return steps


def breach_step(facts: Facts, trigger: Trigger, clause: Clause, row: int) -> Escalation | None:
    """The step of a ladder that runs from a breach: the moment its clause was triggered, by period or by window.

    None while that moment lies ahead or does not stand yet, and where the incident is over by the time it is due.
    """
    step = next((step for step in clause.escalation if step.step == row), None)
    if step is None or not isinstance(step.timing, AfterStart):
        return None
    if trigger.at > facts.as_of or not trigger.stands:
        return None
    due = last_instant(step.timing.due.deadline, trigger.at, closes_day=trigger.closes_day)
    ended = trigger.measurement.ends
    if ended is not None and ended <= due:
        return None
    limit = TimeLimit(name=f"step {row}", runs_from=trigger.at, last_instant=due)
    steps = (*trigger.steps, limit)
    key = trigger.key(clause.name, "escalation")
    return _step(facts, trigger.place, clause, step, key.subject, key.occasion, due, steps)


def missed_duties(facts: Facts) -> list[MissedDuty]:
    """The outages that the customer did not report by the last instant, by the terms in force at their start."""
    told = Blocks([block for subjects in facts.outages.values() for block in subjects.blocks()])
    key = ("not reported", facts.terms)
    missed = told.in_order(key, lambda outages: _not_reported(facts, outages), _DUTIES)
    return missed[: bisect_left(missed, facts.as_of, key=_DUE)]


def _not_reported(facts: Facts, outages: Sequence[OutageSubject]) -> list[MissedDuty]:
    """The outages not reported by the last instant, also where that is still to come."""
    missed: list[MissedDuty] = []
    owed = [_to_report(terms) for terms in facts.terms]
    for subject in outages:
        place = None if subject.contradiction else facts.place_within(subject.start, subject.start)
        for duty, in_time in () if place is None else owed[place]:
            after_end = duty.due.after == "outage_end"
            if after_end and subject.open:
                continue
            due = in_time.of(subject.end if after_end else subject.start)
            if subject.reported_at is None or subject.reported_at > due:
                missed.append(
                    MissedDuty(
                        duty="report outages",
                        subject=subject.name,
                        source=duty.source,
                        due_until=due,
                        done_at=subject.reported_at,
                    )
                )
    return sorted(missed, key=_DUTIES)


def _to_report(terms: Terms) -> list[tuple[Duty, LastInstants]]:
    """Whose duty it is to report outages, and by when."""
    duties = (duty for party in terms.parties for duty in party.duties if duty.report == "outages")
    return [(duty, LastInstants(duty.due.deadline)) for duty in duties]


def _opened_under(facts: Facts, timed: Timed) -> int | None:
    """The place of the terms in force when an incident was opened; its clock may start later."""
    opened = next(fact.at for fact in timed.subject.facts if fact.transition is Transition.OPENED)
    return place_in_force(facts.terms, opened)


def _incident_ladder(
    facts: Facts,
    place: int,
    clause: Clause,
    indicator: Elapsed,
    timed: Timed,
    limit: Limit,
    whose: str,
    follower: Follower,
) -> list[Escalation]:
    answers = follower.follows(place, [step_fact(clause, step.step) for step in clause.escalation])
    held: list[Escalation] = []
    for following in answers:
        for consequence in following.consequences:
            if consequence.part != "escalation":
                continue
            carried = facts.terms[place].clauses[consequence.clause]
            step = next((step for step in carried.escalation if step.step == consequence.row), None)
            timing = None if step is None else _due(indicator, timed, limit, step)
            if step is None or timing is None:
                continue
            runs_from, due = timing
            ended = timed.clock.end
            if ended is not None and ended <= due:
                continue
            level = Level(numerator=timed.elapsed, denominator=1, unit=Unit.DURATION)
            reasons: tuple[Step, ...] = (
                Measured(indicator=indicator.name, level=level),
                TimeLimit(name=f"step {step.step}", runs_from=runs_from, last_instant=due),
            )
            key = (whose or timed.clock.subject, timed.clock.subject)
            held.append(_step(facts, place, carried, step, *key, due, reasons))
    return held


def _due(indicator: Elapsed, timed: Timed, limit: Limit, step: EscalationStep) -> tuple[Instant, Instant] | None:
    """The moment that a step runs from, and the one at which it is due; None where that never comes."""
    match step.timing:
        case AtShare():
            used = limit.value * step.timing.share
            due = used_up_at(indicator, timed, -(-used.numerator // used.denominator))
        case BeforePromise():
            left = limit.value - step.timing.microseconds
            due = used_up_at(indicator, timed, max(0, -(-left.numerator // left.denominator)))
        case AfterStart():
            broken = used_up_at(indicator, timed, -(-limit.value.numerator // limit.value.denominator))
            return None if broken is None else (broken, last_instant(step.timing.due.deadline, broken))
    return None if due is None else (timed.clock.start, due)


def _step(
    facts: Facts,
    place: int,
    clause: Clause,
    step: EscalationStep,
    subject: str,
    occasion: str,
    due: Instant,
    reasons: tuple[Step, ...],
) -> Escalation:
    return Escalation(
        key=RemedyKey(
            clause=clause.name,
            slot=f"escalation-{step.step}",
            subject=subject,
            occasion=occasion or utc_text(due),
        ),
        step=step.step,
        due_at=due,
        notify=step.notify,
        by=step.by,
        state=StepState.RAISED if due <= facts.as_of else StepState.COMING,
        explanation=Explanation(
            clause=clause.name,
            source=clause.source,
            terms_effective=facts.terms[place].effective.isoformat(),
            steps=reasons,
            line=clause.line,
        ),
    )
