"""Owns how a right moves: arisen, curing, open, then cured, exercised, waived or forfeited.

Does not own: whether it arises. We report a right; we never terminate. Last instants are inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.model.assessment import RightState
from malus.model.calendars import Calendar
from malus.model.clauses import RightTerms
from malus.model.deadlines import Deadline, last_instant
from malus.model.events import Act, Notice, Obligation
from malus.model.explanation import TimeLimit
from malus.model.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a right stands at a moment, with its time limits; `settled_at` is when its state can no longer change."""

    state: RightState
    cure_until: Instant | None
    exercise_until: Instant | None
    ends_service_at: Instant | None
    settled_at: Instant | None
    limits: tuple[TimeLimit, ...]


def course_of(
    right: RightTerms,
    arisen_at: Instant,
    cures: Sequence[Obligation],
    notices: Sequence[Notice],
    as_of: Instant,
    zone: str,
    *,
    closes_day: bool,
    business_days: Calendar | None,
) -> Course:
    """Follow a right from the moment it arose to `as_of`.

    `cures` are deliveries that name it, `notices` those that speak of it. A cure inside its time ends the right; after
    the cure's time it is open; a notice inside the time to exercise decides it, the earliest one first; after that
    time it is forfeited. `closes_day`: it arose with the end of a period, which closes that day.
    """
    limits: list[TimeLimit] = []
    opens_at = arisen_at
    cure_until: Instant | None = None
    exercise_from, exercise_closes = arisen_at, closes_day
    if right.cure is not None:
        cure_until = last_instant(right.cure.deadline, arisen_at, closes_day=closes_day)
        cured_at = min((e.at for e in cures if arisen_at <= e.at <= cure_until and e.at <= as_of), default=None)
        limits.append(TimeLimit(name="cure", runs_from=arisen_at, last_instant=cure_until, done_at=cured_at))
        if cured_at is not None:
            return _course(RightState.CURED, cure_until, None, None, cured_at, limits)
        opens_at = cure_until + 1
        if right.exercise is not None and right.exercise.after == "cure":
            exercise_from, exercise_closes = cure_until, False
    exercise_until: Instant | None = None
    if right.exercise is not None:
        exercise_until = last_instant(right.exercise.deadline, exercise_from, closes_day=exercise_closes)
    if as_of < opens_at:
        if exercise_until is not None:
            limits.append(TimeLimit(name="exercise", runs_from=exercise_from, last_instant=exercise_until))
        return _course(RightState.CURING, cure_until, exercise_until, None, None, limits)
    in_time = [
        notice
        for notice in notices
        if opens_at <= notice.at <= as_of and (exercise_until is None or notice.at <= exercise_until)
    ]
    first = min(in_time, key=lambda notice: (notice.at, notice.act.value, notice.id or ""), default=None)
    if exercise_until is not None:
        done = first.at if first is not None else None
        limits.append(TimeLimit(name="exercise", runs_from=exercise_from, last_instant=exercise_until, done_at=done))
    if first is not None and first.act is Act.WAIVES:
        return _course(RightState.WAIVED, cure_until, exercise_until, None, first.at, limits)
    if first is not None:
        return _course(
            RightState.EXERCISED,
            cure_until,
            exercise_until,
            _ends(right, first.at, zone, business_days),
            first.at,
            limits,
        )
    if exercise_until is not None and as_of > exercise_until:
        return _course(RightState.FORFEITED, cure_until, exercise_until, None, exercise_until + 1, limits)
    return _course(RightState.OPEN, cure_until, exercise_until, None, None, limits)


def _course(
    state: RightState,
    cure_until: Instant | None,
    exercise_until: Instant | None,
    ends_service_at: Instant | None,
    settled_at: Instant | None,
    limits: Sequence[TimeLimit],
) -> Course:
    return Course(
        state=state,
        cure_until=cure_until,
        exercise_until=exercise_until,
        ends_service_at=ends_service_at,
        settled_at=settled_at,
        limits=tuple(limits),
    )


def _ends(right: RightTerms, exercised_at: Instant, zone: str, business_days: Calendar | None) -> Instant | None:
    """When the service ends: so long after the notice as the terms ask, at the same instant of the day."""
    if right.notice is None:
        return exercised_at
    calendar = business_days if right.notice.unit == "business days" else None
    notice = Deadline(within=right.notice, calendar=calendar, until="same_instant", zone=zone)
    return last_instant(notice, exercised_at)
