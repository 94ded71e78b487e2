"""Owns the facts of a window: where each is placed, from when it is known, and how an explanation shows them.

Does not own: which facts are inside a window, or when it fires (windows).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from malus.evaluation.chains import Entry
from malus.measures.occurrences import Occurrence, least_beyond
from malus.model.conditions import Fires, MissedPeriods, OccurrencesInWindow, TotalInWindow, span_text
from malus.model.explanation import Window, WindowFact
from malus.model.indicators import Indicator, Occurrences
from malus.model.instants import Instant, civil_text
from malus.model.quantities import Edge, Limit, Unit


def placed(item: Occurrence, condition: OccurrencesInWindow) -> Instant:
    """The instant that an occurrence counts at: its start or its end."""
    return item.start if condition.placed_at == "start" else item.end


def known_at(counted: Sequence[Occurrence], at: Instant, condition: OccurrencesInWindow) -> Instant:
    """When so many of the occurrences of a window, the newest ones at `at`, were known to be some that they are enough.

    Where each new one fires, one of the newest was known by then.
    """
    known = sorted(max(placed(item, condition), item.known) for item in counted)
    moments = [at, known[min(len(known), least_beyond(condition.count)) - 1]]
    if condition.fires is Fires.ON_EACH_NEW_FACT:
        moments.append(min(item.known for item in counted if placed(item, condition) == at))
    return max(moments)


def missed_window(
    condition: MissedPeriods, indicator: Indicator, inside: Sequence[Entry], used: Collection[Instant], *, fired: bool
) -> Window:
    """The periods of a window against the number needed; with `facts_used_once` those used up are marked."""
    gone = used if condition.fires is Fires.FACTS_USED_ONCE else ()
    facts = tuple(replace(entry.fact, used=entry.missed and entry.period.start in gone) for entry in inside)
    return Window(
        what=f"missed {indicator.cycle.kind}s",
        facts=facts,
        reached=sum(fact.counts and not fact.used for fact in facts),
        needed=Limit(edge=Edge.AT_LEAST, value=Fraction(condition.count), unit=Unit.COUNT),
        fired=fired,
    )


def occurrence_window(
    condition: OccurrencesInWindow,
    indicator: Occurrences,
    inside: Sequence[Occurrence],
    used: Collection[tuple[Instant, str]],
    zone: str,
    *,
    fired: bool,
) -> Window:
    """The occurrences of a window against the number needed; with `facts_used_once` those used up are marked."""
    gone = used if condition.fires is Fires.FACTS_USED_ONCE else ()
    facts = tuple(
        WindowFact(
            label=f"{item.name}, {civil_text(item.start, zone)}",
            counts=True,
            at=item.start,
            used=item.identity in gone,
        )
        for item in inside
    )
    return Window(
        what=f"{indicator.origin} in {span_text(condition.span)}",
        facts=facts,
        reached=sum(not fact.used for fact in facts),
        needed=condition.count,
        fired=fired,
    )


def total_window(condition: TotalInWindow, reached: int, *, fired: bool) -> Window:
    """The time down inside a window against the time needed, in microseconds."""
    return Window(
        what=f"time down in {span_text(condition.span)}",
        facts=(),
        reached=reached,
        needed=condition.total,
        fired=fired,
    )
