"""Owns rights and obligations: what arose from each trigger, and where it stands at the moment asked for.

Does not own: the course of a right (remedies.rights), or whether one arises.
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.evaluation.facts import Facts
from malus.evaluation.following import not_fulfilled_fact
from malus.evaluation.in_force import names_of
from malus.evaluation.triggers import Trigger
from malus.model.assessment import Finality, ObligationDue, ObligationState, Right
from malus.model.clauses import Clause
from malus.model.deadlines import last_instant
from malus.model.events import Notice, Obligation
from malus.model.explanation import Explanation, FollowsFrom, Step, TimeLimit
from malus.model.instants import Instant
from malus.model.measurement import Measurement
from malus.remedies.rights import Heard, course_of


def right_of(trigger: Trigger, clause: Clause, facts: Facts) -> tuple[Right, tuple[Heard, ...]] | None:
    """The right that a trigger gave rise to, with the events that speak of it and what became of each.

    None while the trigger lies ahead or does not stand yet.
    """
    if clause.right is None or trigger.at > facts.as_of or not trigger.stands:
        return None
    course = course_of(
        clause.right,
        trigger.at,
        [event for event in facts.obligations if _speaks_of(event, clause, trigger)],
        [event for event in facts.notices if _speaks_of(event, clause, trigger)],
        facts.as_of,
        trigger.terms.timezone,
        closes_day=trigger.closes_day,
        business_days=trigger.terms.business_days,
    )
    final_from = _latest(course.settled_at, trigger.final_from)
    right = Right(
        key=trigger.key(clause.name, "right"),
        kind=clause.right.kind,
        holder=clause.right.holder,
        arisen_at=trigger.at,
        cure_until=course.cure_until,
        exercise_until=course.exercise_until,
        ends_service_at=course.ends_service_at,
        state=course.state,
        finality=_finality(final_from, facts.as_of),
        final_from=final_from,
        explanation=_explained(trigger, clause, course.limits),
    )
    return right, course.heard


def obligation_of(trigger: Trigger, clause: Clause, facts: Facts) -> tuple[ObligationDue, tuple[Heard, ...]] | None:
    """What a party owes because of a trigger: due, fulfilled in time, or missed; with what became of each delivery.

    None while the trigger lies ahead or does not stand yet. The first delivery counts, also one that came too late.
    """
    if clause.obligation is None or trigger.at > facts.as_of or not trigger.stands:
        return None
    owed = clause.obligation
    due_until = last_instant(owed.due.deadline, trigger.at, closes_day=trigger.closes_day)
    names = (owed.deliver, *names_of(clause))
    told = [
        event for event in facts.obligations if event.name in names and _is_for(event.period, event.subject, trigger)
    ]
    delivered = min(
        (event for event in told if event.at >= trigger.at),
        key=lambda event: (event.at, event.id or ""),
        default=None,
    )
    fulfilled_at = None if delivered is None else delivered.at
    if fulfilled_at is not None and fulfilled_at <= due_until:
        state, settled = ObligationState.FULFILLED, fulfilled_at
    else:
        state = ObligationState.MISSED if facts.as_of > due_until else ObligationState.DUE
        settled = due_until + 1
    final_from = _latest(settled, trigger.final_from)
    limit = TimeLimit(name=owed.deliver, runs_from=trigger.at, last_instant=due_until, done_at=fulfilled_at)
    obligation = ObligationDue(
        key=trigger.key(clause.name, "obligation"),
        deliver=owed.deliver,
        by=owed.by,
        due_until=due_until,
        fulfilled_at=fulfilled_at,
        state=state,
        finality=_finality(final_from, facts.as_of),
        final_from=final_from,
        explanation=_explained(trigger, clause, (limit,)),
    )
    return obligation, tuple(Heard(event=event, unused=_undelivered(event, delivered, trigger.at)) for event in told)


def not_fulfilled(obligation: ObligationDue, trigger: Trigger, clause: Clause, as_of: Instant) -> Trigger:
    """The trigger that a missed obligation is for other clauses; money accrues while its trigger's period runs."""
    return Trigger(
        place=trigger.place,
        terms=trigger.terms,
        fact=not_fulfilled_fact(clause),
        period=trigger.period,
        cycle=trigger.cycle,
        subject=trigger.subject,
        whose=trigger.whose,
        occasion=trigger.occasion,
        at=obligation.due_until + 1,
        closes_day=True,
        complete=trigger.period.end <= as_of,
        stands=True,
        final_from=obligation.final_from,
        measurement=Measurement(
            period=trigger.period, level=None, whose=trigger.whose, of_class=trigger.measurement.of_class
        ),
        steps=(
            FollowsFrom(fact=f"{obligation.deliver} was not delivered in time", clause=clause.name),
            *obligation.explanation.steps,
        ),
    )


def _explained(trigger: Trigger, clause: Clause, limits: Sequence[Step]) -> Explanation:
    return Explanation(
        clause=clause.name,
        source=clause.source,
        terms_effective=trigger.terms.effective.isoformat(),
        steps=(*trigger.steps, *limits),
        line=clause.line,
    )


def _undelivered(event: Obligation, delivered: Obligation | None, owed_from: Instant) -> str:
    if event is delivered:
        return ""
    return "nothing was owed at that moment" if event.at < owed_from else "what was owed had been delivered before"


def _speaks_of(event: Obligation | Notice, clause: Clause, trigger: Trigger) -> bool:
    name = event.name if isinstance(event, Obligation) else event.clause
    return name in names_of(clause) and _is_for(event.period, event.subject, trigger)


def _is_for(period: Instant | None, subject: str | None, trigger: Trigger) -> bool:
    """Whether what an event names is this trigger's; an event that names nothing speaks of whatever is open."""
    if not trigger.is_named(subject):
        return False
    return period is None or trigger.period.start <= period < trigger.period.end


def _latest(settled: Instant | None, established: Instant | None) -> Instant | None:
    return None if settled is None or established is None else max(settled, established)


def _finality(final_from: Instant | None, as_of: Instant) -> Finality:
    return Finality.FINAL if final_from is not None and final_from <= as_of else Finality.PROVISIONAL
