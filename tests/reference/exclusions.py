"""The time that an agreement excuses: by cause, announced in time, up to a budget.

Owns: which stretches are excluded for an indicator in a period. Does not own: what excluded time counts as.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from malus.model import events as told
from malus.model.agreement import ExclusionTerms, Terms

from tests.reference.civil import EXACT, Span, business_shift, period_at, shifted
from tests.reference.spans import kept, united
from tests.reference.subjects import excuses
from tests.reference.world import Cut, World


def excused(world: World, indicator: Any, cut: Cut, *, delivery: str = "", single: Sequence[str] = ()) -> list[Span]:
    """The time that the terms of this period excuse, wherever it lies; for one delivery also what names that one.

    `single`: the subjects that one incident or delivery names, where that is judged by itself.
    """
    terms = world.terms[cut.place]
    spans: list[Span] = []
    for accepted in terms.exclusions:
        if accepted.name in indicator.excluding:
            spans += _accepted(world, cut, accepted, indicator, delivery, single)
    return united(spans)


def _accepted(
    world: World, cut: Cut, accepted: ExclusionTerms, indicator: Any, delivery: str, single: Sequence[str]
) -> list[Span]:
    terms = world.terms[cut.place]
    windows = [
        (one.start, one.end)
        for one in world.of_kind(told.Exclusion)
        if one.cause == accepted.cause
        and one.service in {None, indicator.service}
        and one.delivery_id in {None, delivery}
        and (one.delivery_id is not None or excuses(terms, one, cut.whose, single))
        and _announced(world, terms, accepted, one)
    ]
    merged = united(windows)
    if accepted.budget_microseconds is None or accepted.budget_cycle is None:
        return merged
    allowed: list[Span] = []
    cells = {
        period_at(accepted.budget_cycle, point, terms.timezone)
        for start, end in merged
        for point in _points_in_cycles(accepted, terms, start, end)
    }
    for cell in sorted(cells):
        left = accepted.budget_microseconds
        for start, end in kept(merged, [cell]):
            allowed.append((start, min(end, start + left)))
            world.edge("exclusion budget used up", when=end - start > left)
            left -= min(left, end - start)
    return united(allowed)


def _points_in_cycles(accepted: ExclusionTerms, terms: Terms, start: int, end: int) -> list[int]:
    assert accepted.budget_cycle is not None
    points = []
    while start < end:
        points.append(start)
        start = period_at(accepted.budget_cycle, start, terms.timezone)[1]
    return points


def _announced(world: World, terms: Terms, accepted: ExclusionTerms, window: told.Exclusion) -> bool:
    notice = accepted.announced
    if notice is None:
        return True
    if window.announced_at is None:
        return False
    if notice.unit in EXACT:
        latest = window.start - int(notice.number * EXACT[notice.unit])
    elif notice.unit == "business days":
        calendar = accepted.announced_calendar or terms.business_days
        assert calendar is not None
        latest = business_shift(calendar, window.start, -int(notice.number), calendar.zone)
    else:
        days = int(notice.number) * (7 if notice.unit == "weeks" else 1)
        latest = shifted(window.start, terms.timezone, days=-days)
    world.edge("announced exactly in time", when=window.announced_at == latest)
    world.edge("announced one microsecond late", when=window.announced_at == latest + 1)
    return window.announced_at <= latest
