"""Owns excused time: which exclusion events the terms accept, with their notice and their budget.

Does not own: what an excused time does to a level; each measure settles that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.measures.exact import Stretch, without
from malus.measures.segments import merge_stretches
from malus.model.agreement import ExclusionTerms
from malus.model.calendars import business_days_between, latest_announcement
from malus.model.durations import Duration
from malus.model.events import Exclusion, event_name
from malus.model.explanation import TimeExcluded
from malus.model.instants import Instant
from malus.model.measurement import content_line
from malus.model.periods import Period, periods_between, shift_civil


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """What the terms make of one exclusion event: the stretches that are excused, or why none is.

    A time that two events excuse is given to the one that starts first, so that the stretches add up.
    """

    event: Exclusion
    terms: ExclusionTerms
    stretches: tuple[Stretch, ...]
    refused: str
    noticed: str


def excused_time(
    exclusions: Sequence[ExclusionTerms],
    events: Sequence[Exclusion],
    service: str | None,
    as_of: Instant,
    zone: str,
) -> list[Excused]:
    """Hold each exclusion event that concerns a service against the terms, cut at `as_of`.

    An event belongs to the first exclusion of its cause whose notice it keeps. Of the windows announced in time,
    the earliest time of a budget's period is excused first, until the budget is used up.
    """
    ordered = sorted(
        (event for event in events if event.start <= as_of and event.service in (None, service)),
        key=lambda event: (event.start, content_line(event)),
    )
    answers: list[Excused] = []
    for terms in exclusions:
        mine = [event for event in ordered if event.cause is terms.cause]
        accepted = [event for event in mine if not _refusal(terms, event, zone)]
        open_windows = [(event.start, _end(event, as_of)) for event in accepted]
        union = merge_stretches([start for start, _ in open_windows], [end for _, end in open_windows])
        allowed = union if terms.budget_microseconds is None else _within_budget(terms, union, zone)
        taken: list[Stretch] = []
        for event in mine:
            refused = _refusal(terms, event, zone)
            window = (event.start, _end(event, as_of))
            parts = [] if refused else _shared(window, allowed, taken)
            taken = merge_stretches(*_columns([*taken, *parts]))
            if not refused and not parts and window[1] > window[0]:
                refused = f"the budget of `{terms.name}` was used up, or the same time is excused already"
            answers.append(
                Excused(
                    event=event,
                    terms=terms,
                    stretches=tuple(parts),
                    refused=refused,
                    noticed=_noticed(terms, event),
                )
            )
    return _first_acceptance(answers)


def exclusion_steps(excused: Sequence[Excused], period: Period) -> tuple[TimeExcluded, ...]:
    """What each exclusion event that touches a period excused in it."""
    steps = []
    for item in excused:
        end = item.event.end if item.event.end is not None else period.end
        if item.event.start >= period.end or max(end, item.event.start + 1) <= period.start:
            continue
        inside = sum(max(0, min(end, period.end) - max(start, period.start)) for start, end in item.stretches)
        if inside == 0 and not item.refused:
            continue
        steps.append(
            TimeExcluded(
                exclusion=item.terms.name,
                source=item.terms.source,
                event=event_name(item.event),
                microseconds=inside,
                refused=item.refused,
                noticed=item.noticed,
            )
        )
    return tuple(steps)


def _first_acceptance(answers: Sequence[Excused]) -> list[Excused]:
    """One answer an event: the first exclusion that accepts it, else the first that refuses it."""
    kept: dict[int, Excused] = {}
    for answer in answers:
        before = kept.get(id(answer.event))
        if before is None or (before.refused and not answer.refused):
            kept[id(answer.event)] = answer
    return list(kept.values())


def _refusal(terms: ExclusionTerms, event: Exclusion, zone: str) -> str:
    if terms.announced is None:
        return ""
    if event.announced_at is None:
        return f"no announcement is known, at least {terms.announced} ahead is needed"
    if event.announced_at > _latest(terms, terms.announced, event.start, zone):
        return f"announced too late, at least {terms.announced} ahead is needed"
    return ""


def _latest(terms: ExclusionTerms, announced: Duration, start: Instant, zone: str) -> Instant:
    if announced.unit == "business days":
        assert terms.announced_calendar is not None, "the compiler gives business days their calendar"
        return latest_announcement(terms.announced_calendar, start, announced.whole_number)
    if announced.is_exact:
        return start - announced.exact_microseconds
    count = -announced.whole_number
    match announced.unit:
        case "days":
            return shift_civil(start, zone, days=count)
        case "weeks":
            return shift_civil(start, zone, days=7 * count)
        case "months":
            return shift_civil(start, zone, months=count)
        case "quarters":
            return shift_civil(start, zone, months=3 * count)
        case _:
            return shift_civil(start, zone, years=count)


def _noticed(terms: ExclusionTerms, event: Exclusion) -> str:
    if terms.announced is None or event.announced_at is None:
        return ""
    if terms.announced.unit == "business days" and terms.announced_calendar is not None:
        ahead = business_days_between(terms.announced_calendar, event.announced_at, event.start)
        return f"announced {ahead} business days ahead, {terms.announced.whole_number} needed"
    return f"at least {terms.announced} ahead needed"


def _within_budget(terms: ExclusionTerms, union: Sequence[Stretch], zone: str) -> list[Stretch]:
    assert terms.budget_microseconds is not None and terms.budget_cycle is not None
    if not union:
        return []
    kept: list[Stretch] = []
    for period in periods_between(terms.budget_cycle, union[0][0], union[-1][1], zone):
        left = terms.budget_microseconds
        for start, end in union:
            first, last = max(start, period.start), min(end, period.end)
            if first < last and left > 0:
                kept.append((first, min(last, first + left)))
                left -= min(last - first, left)
    return merge_stretches(*_columns(kept))


def _shared(window: Stretch, allowed: Sequence[Stretch], taken: Sequence[Stretch]) -> list[Stretch]:
    inside = [(max(window[0], start), min(window[1], end)) for start, end in allowed]
    return [part for start, end in inside if start < end for part in without((start, end), taken)]


def _end(event: Exclusion, as_of: Instant) -> Instant:
    return max(event.start, as_of if event.end is None else min(event.end, as_of))


def _columns(stretches: Sequence[Stretch]) -> tuple[list[int], list[int]]:
    return [start for start, _ in stretches], [end for _, end in stretches]
