"""Owns how a right moves: arisen, curing, open, then cured, exercised, waived or forfeited.

Does not own: whether it arises. We report a right; we never terminate. Last instants are inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from malus.model.assessment import RightState
from malus.model.calendars import Calendar
from malus.model.clauses import RightTerms
from malus.model.deadlines import Deadline, last_instant
from malus.model.events import Act, Notice, Obligation
from malus.model.explanation import TimeLimit
from malus.model.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A delivery or notice that speaks of a remedy; `unused` says why it changed nothing there, empty where it did."""

    event: Obligation | Notice
    unused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a right stands at a moment, with its time limits; `settled_at` is when its state can no longer change.

    `heard`: every delivery and notice that speaks of it, with what became of each.
    """

    state: RightState
    cure_until: Instant | None
    exercise_until: Instant | None
    ends_service_at: Instant | None
    settled_at: Instant | None
    limits: tuple[TimeLimit, ...]
    heard: tuple[Heard, ...]


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
    heard: list[Heard] = []
    opens_at = arisen_at
    cure_until: Instant | None = None
    exercise_from, exercise_closes = arisen_at, closes_day
    if right.cure is not None:
        cure_until = last_instant(right.cure.deadline, arisen_at, closes_day=closes_day)
        cure = _earliest(event for event in cures if arisen_at <= event.at <= cure_until and event.at <= as_of)
        cured_at = None if cure is None else cure.at
        heard += [Heard(event=event, unused=_no_cure(event, cure, arisen_at, cure_until)) for event in cures]
        limits.append(TimeLimit(name="cure", runs_from=arisen_at, last_instant=cure_until, done_at=cured_at))
        if cured_at is not None:
            heard += [Heard(event=notice, unused=_CURED) for notice in notices]
            return _course(RightState.CURED, cure_until, None, None, cured_at, limits, heard)
        opens_at = cure_until + 1
        if right.exercise is not None and right.exercise.after == "cure":
            exercise_from, exercise_closes = cure_until, False
    exercise_until: Instant | None = None
    if right.exercise is not None:
        exercise_until = last_instant(right.exercise.deadline, exercise_from, closes_day=exercise_closes)
    if as_of < opens_at:
        if exercise_until is not None:
            limits.append(TimeLimit(name="exercise", runs_from=exercise_from, last_instant=exercise_until))
        heard += [Heard(event=event, unused=_no_notice(event, None, arisen_at, opens_at)) for event in notices]
        return _course(RightState.CURING, cure_until, exercise_until, None, None, limits, heard)
    in_time = [
        notice
        for notice in notices
        if opens_at <= notice.at <= as_of and (exercise_until is None or notice.at <= exercise_until)
    ]
    first = min(in_time, key=lambda told: (told.at, told.sequence or 0, told.id or "", told.act), default=None)
    heard += [Heard(event=event, unused=_no_notice(event, first, arisen_at, opens_at)) for event in notices]
    if exercise_until is not None:
        done = first.at if first is not None else None
        limits.append(TimeLimit(name="exercise", runs_from=exercise_from, last_instant=exercise_until, done_at=done))
    if first is not None and first.act is Act.WAIVES:
        return _course(RightState.WAIVED, cure_until, exercise_until, None, first.at, limits, heard)
    if first is not None:
        return _course(
            RightState.EXERCISED,
            cure_until,
            exercise_until,
            _ends(right, first.at, zone, business_days),
            first.at,
            limits,
            heard,
        )
    if exercise_until is not None and as_of > exercise_until:
        return _course(RightState.FORFEITED, cure_until, exercise_until, None, exercise_until + 1, limits, heard)
    return _course(RightState.OPEN, cure_until, exercise_until, None, None, limits, heard)


def _course(
    state: RightState,
    cure_until: Instant | None,
    exercise_until: Instant | None,
    ends_service_at: Instant | None,
    settled_at: Instant | None,
    limits: Sequence[TimeLimit],
    heard: Sequence[Heard],
) -> Course:
    return Course(
        state=state,
        cure_until=cure_until,
        exercise_until=exercise_until,
        ends_service_at=ends_service_at,
        settled_at=settled_at,
        limits=tuple(limits),
        heard=tuple(heard),
    )


_CURED = "the right had been cured"


def _earliest(cures: Iterable[Obligation]) -> Obligation | None:
    return min(cures, key=lambda event: (event.at, event.id or ""), default=None)


def _no_cure(event: Obligation, cure: Obligation | None, arisen_at: Instant, cure_until: Instant) -> str:
    if event is cure:
        return ""
    if event.at < arisen_at:
        return "the right had not arisen yet, so there was nothing to cure"
    return "the time to cure the right was over" if event.at > cure_until else _CURED


def _no_notice(notice: Notice, first: Notice | None, arisen_at: Instant, opens_at: Instant) -> str:
    if notice is first:
        return ""
    if notice.at < opens_at:
        why = "it had not arisen yet" if notice.at < arisen_at else "it could still be cured"
        return f"the right was not open at that moment: {why}"
    if first is not None and notice.at >= first.at:
        return "an earlier notice had decided the right"
    return "the right was not open at that moment: the time to exercise it was over"


def _ends(right: RightTerms, exercised_at: Instant, zone: str, business_days: Calendar | None) -> Instant | None:
    """When the service ends: so long after the notice as the terms ask, at the same instant of the day."""
    if right.notice is None:
        return exercised_at
    calendar = business_days if right.notice.unit == "business days" else None
    notice = Deadline(within=right.notice, calendar=calendar, until="same_instant", zone=zone)
    return last_instant(notice, exercised_at)
