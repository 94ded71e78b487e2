"""What follows besides money: rights, obligations, steps of ladders, the customer's duties.

Owns: their deadlines and states. Does not own: when a clause comes true (`windows`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.clauses import AfterStart, AtShare, BeforePromise
from malus.model.conditions import NotFulfilled, Promise
from malus.model.indicators import Elapsed

from tests.reference.civil import last_moment
from tests.reference.incidents import FOREVER, Timed, counts_for, judged_by, share_of, used_up_at
from tests.reference.subjects import names
from tests.reference.verdicts import promised_of_single
from tests.reference.windows import Firing, grounds
from tests.reference.world import Cut, World

Listed = dict[Any, list[Any]]


@dataclass(frozen=True)
class Owed:
    """An obligation: since when, until when, done or not."""

    firing: Firing
    until: int
    state: str


def obligations(world: World, fired: list[Firing]) -> list[Owed]:
    """Every obligation that a clause brought, with its state."""
    found = []
    for one in fired:
        terms = one.clause.obligation
        if terms is None:
            continue
        until = last_moment(terms.due.deadline, one.at, closes_day=one.closes)
        delivered = [event.at for event in world.of_kind(told.Obligation) if _fulfils(world, event, one)]
        world.edge("obligation met at the last instant", when=until in delivered)
        world.edge("obligation met one microsecond late", when=until + 1 in delivered)
        state = "due" if world.as_of <= until else "missed"
        if any(at <= until for at in delivered):
            state = "fulfilled"
        found.append(Owed(one, until, state))
    return found


def _fulfils(world: World, event: told.Obligation, one: Firing) -> bool:
    if event.name != one.clause.name and event.name not in one.clause.formerly:
        return False
    if not names(world.terms[one.place], event.subject, one.whose, one.single):
        return False
    if event.period is None:
        return event.at >= one.at
    cut = None if one.judgement is None else one.judgement.cut
    return cut is None or cut.start <= event.period < cut.end


def after_obligations(world: World, owed: list[Owed]) -> list[Firing]:
    """Clauses that come true because another one's obligation was missed, one microsecond after its end."""
    found = []
    for one in owed:
        if one.state != "missed":
            continue
        for clause in world.terms[one.firing.place].clauses:
            named = one.firing.clause.name
            if any(isinstance(part, NotFulfilled) and part.clause == named for _, part in grounds(clause)):
                world.edge("obligation not fulfilled")
                late = one.until + 1
                found.append(replace(one.firing, clause=clause, at=late, closes=True, judgement=None, cut=None))
    return found


def rights(world: World, fired: list[Firing]) -> Listed:
    """(clause, occasion, subject) -> (arisen at, state, last instant to cure, last instant to exercise)."""
    found: Listed = defaultdict(list)
    for one in fired:
        terms = one.clause.right
        if terms is None:
            continue
        cure = terms.cure and last_moment(terms.cure.deadline, one.at, closes_day=one.closes)
        exercise = None
        if terms.exercise is not None and terms.exercise.after == "cure" and cure is not None:
            exercise = last_moment(terms.exercise.deadline, cure)
        elif terms.exercise is not None:
            exercise = last_moment(terms.exercise.deadline, one.at, closes_day=one.closes)
        state = _standing(world, one, cure, exercise)
        # What was cured can no longer be exercised.
        until = None if state == "cured" else exercise
        found[one.clause.name, one.occasion, one.owed_to].append((one.at, state, cure, until))
    return _sorted(found)


def _standing(world: World, one: Firing, cure: int | None, exercise: int | None) -> str:
    called, terms = {one.clause.name, *one.clause.formerly}, world.terms[one.place]
    if cure is not None:
        cured = [
            event.at
            for event in world.of_kind(told.Obligation)
            if event.name in called and names(terms, event.subject, one.whose, one.single)
        ]
        world.edge("cured at the last instant", when=cure in cured)
        world.edge("cured one microsecond late", when=cure + 1 in cured)
        if any(one.at <= at <= cure for at in cured):
            return "cured"
        if world.as_of <= cure:
            return "curing"
    notices = sorted(
        (
            event
            for event in world.of_kind(told.Notice)
            if event.clause in called and names(terms, event.subject, one.whose, one.single)
        ),
        key=lambda event: (event.at, event.sequence or 0, event.id or "", event.act),
    )
    for event in notices:
        opened = one.at <= event.at if cure is None else event.at > cure
        world.edge("notice at the last instant", when=event.at == exercise)
        world.edge("notice one microsecond late", when=exercise is not None and event.at == exercise + 1)
        if opened and (exercise is None or event.at <= exercise):
            return "exercised" if event.act == "exercises" else "waived"
    if exercise is not None and world.as_of > exercise:
        return "forfeited"
    return "open"


def escalations(world: World, fired: list[Firing]) -> Listed:
    """(clause, step, subject) -> (due at, state)."""
    found: Listed = defaultdict(list)
    for place, terms in enumerate(world.terms):
        for clause in terms.clauses:
            if not clause.escalation or not isinstance(clause.condition, Promise):
                continue
            indicator = terms.indicator(clause.condition.indicator)
            if isinstance(indicator, Elapsed):
                chain = world.indicator_chain(place, indicator.name)
                cut = Cut(world.starts(place), world.starts(place) + 1, (0, 0), place)
                for single in world.each(chain, cut):
                    for one in _opened_under(world, single, indicator):
                        _climb(world, clause, one, single, found)
    for one in fired:
        for step in one.clause.escalation:
            if isinstance(step.timing, AfterStart) and step.timing.due.after == "breach":
                due = last_moment(step.timing.due.deadline, one.at, closes_day=one.closes)
                incident = None if one.judgement is None else one.judgement.incident
                if incident is not None and incident.end is not None and incident.end <= due:
                    continue
                state = "coming" if due > world.as_of else "raised"
                found[one.clause.name, step.step, one.owed_to].append((due, state))
    return _sorted(found)


def _opened_under(world: World, cut: Cut, indicator: Elapsed) -> list[Timed]:
    clocks = judged_by(world, indicator, cut, world.as_of + FOREVER)
    return [
        one
        for one in clocks
        if not one.doubt and world.in_force(one.opened) == cut.place and counts_for(world, indicator.for_each, one, cut)
    ]


def _climb(world: World, clause: Any, one: Timed, cut: Cut, found: Listed) -> None:
    limit = promised_of_single(world, clause, cut, one)
    if limit is None:
        return
    for step in clause.escalation:
        due = _due(step.timing, one, limit.value)
        if due is None:
            continue
        world.edge("incident ended exactly when a step was due", when=one.end == due)
        world.edge("incident ended one microsecond after a step was due", when=one.end == due + 1)
        if one.end is not None and one.end <= due:
            continue
        if due > world.as_of and one.end is not None:
            continue
        state = "coming" if due > world.as_of else "raised"
        world.edge(f"step {type(step.timing).__name__} {state}")
        world.edge("a step of a ladder whose promise moves", when=clause.condition.moves is not None)
        world.edge("a step of a ladder by season", when=clause.condition.limits[0].season is not None)
        found[clause.name, step.step, cut.whose or one.subject].append((due, state))


def _due(timing: Any, one: Timed, limit: Fraction) -> int | None:
    match timing:
        case AtShare():
            return used_up_at(one, share_of(limit, timing.share))
        case BeforePromise():
            return used_up_at(one, -(-limit // 1) - timing.microseconds)
        case AfterStart():
            start = used_up_at(one, -(-limit // 1))
            if timing.due.after != "promise" or start is None:
                return None
            return last_moment(timing.due.deadline, start)
        case _:
            raise AssertionError(timing)


def missed_duties(world: World) -> Listed:
    """(outage, last instant) -> when it was reported after all."""
    found: Listed = defaultdict(list)
    for outage in world.outages:
        if outage.contradicts() or not outage.starts:
            continue
        place = world.in_force(outage.starts[0])
        if place is None:
            continue
        service = world.service_of(outage.service, outage.first())
        if service not in {one.name for one in world.terms[place].services}:
            continue
        for party in world.terms[place].parties:
            for duty in party.duties:
                from_end = duty.due.after == "outage_end"
                if duty.report != "outages" or (from_end and not outage.ends):
                    continue
                until = last_moment(duty.due.deadline, outage.ends[0] if from_end else outage.starts[0])
                world.edge("reported at the last instant", when=until in outage.reported)
                world.edge("reported one microsecond late", when=until + 1 in outage.reported)
                if world.as_of > until and not any(at <= until for at in outage.reported):
                    found[outage.name, until].append(outage.reported[0] if outage.reported else None)
    return dict(found)


def _sorted(found: Listed) -> Listed:
    return {key: sorted(values, key=repr) for key, values in found.items()}
