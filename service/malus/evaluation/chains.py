"""Owns the chain of a promise: every judged period of it through all amendments, missed or not.

Does not own: windows over the chain, or what follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.evaluation.in_force import Thread, clause_lineages, indicator_lineages, names_of
from malus.evaluation.judging import JudgedPeriod
from malus.model.agreement import Terms
from malus.model.clauses import Clause
from malus.model.conditions import (
    Declared,
    MissedPeriods,
    MissedTogether,
    NotFulfilled,
    OccurrencesInWindow,
    Promise,
    SingleCondition,
    TotalInWindow,
)
from malus.model.events import Opening
from malus.model.explanation import WindowFact
from malus.model.indicators import Delivered, Indicator
from malus.model.instants import Instant, civil_text
from malus.model.periods import Cycle, Period, part_of, period_containing, previous_period
from malus.model.quantities import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One judged period of a promise: whether it was missed, by any of its subjects."""

    place: int
    indicator: Indicator
    period: Period
    at: Instant
    missed: bool
    final_from: Instant | None
    fact: WindowFact


def chain_of(
    terms: Sequence[Terms],
    place: int,
    promised: Clause,
    threads: Sequence[Thread],
    judged: Sequence[JudgedPeriod],
    openings: Sequence[Opening],
    whose: str = "",
) -> list[Entry]:
    """Every judged period of a promise through all amendments, for one subject, with the misses that were brought in.

    `promised` is a clause of the terms at `place`; the chain follows it under whatever names it had. In order of time.
    """
    lineages = clause_lineages(terms)
    wanted = lineages[place, promised.name]
    by_period: dict[tuple[int, Instant], list[JudgedPeriod]] = {}
    for item in judged:
        if lineages[item.place, item.clause.name] == wanted and item.verdict.whose == whose:
            by_period.setdefault((item.place, item.verdict.period.start), []).append(item)
    entries: list[Entry] = []
    for thread in threads:
        for run in thread.runs:
            names = [
                clause.condition.indicator
                for clause in run.terms.clauses
                if isinstance(clause.condition, Promise) and lineages[run.place, clause.name] == wanted
            ]
            if run.indicator.name not in names:
                continue
            for period in run.periods:
                here = by_period.get((run.place, period.start), [])
                if here or not isinstance(run.indicator, Delivered):
                    entries.append(_entry(run.place, run.indicator, period, here))
    known = {entry.period.start for entry in entries}
    names_then = _names_through(terms, place, promised, lineages)
    entries += [
        _brought_in(opening, terms[place])
        for opening in openings
        if opening.missed in names_then and opening.start not in known and _is_for(opening, whose)
    ]
    return sorted(entries, key=lambda entry: entry.period.start)


def periods_back(chain: Sequence[Entry], entry: Entry, count: int, zone: str) -> Period:
    """The period so many before an entry's: the one judged before it, else the part or whole that its cycle has there.

    Days on which the agreement was out of force are no period of their own; a whole month of them is one that was not
    missed. Before the agreement began a month counts as it is cut by that.
    """
    judged = sorted((other.period for other in chain if other.place >= 0), key=lambda period: period.end)
    period = entry.period
    for _ in range(count):
        period = _period_before(judged, entry.indicator.cycle, period, zone)
    return period


def _period_before(judged: Sequence[Period], cycle: Cycle, period: Period, zone: str) -> Period:
    whole = period_containing(cycle, period.whole_start, zone)
    previous = previous_period(cycle, whole, zone)
    latest = next((other for other in reversed(judged) if other.end <= period.start), None)
    if latest is not None and (latest.end == period.start or latest.start >= previous.start):
        return latest
    if latest is None and period.start > period.whole_start:
        return part_of(whole, period.whole_start, period.start)
    return previous


def promised_by(terms: Terms, name: str) -> Clause:
    """The clause whose promise `missed:` names, by its own name or by its indicator's."""
    promises = [clause for clause in terms.clauses if isinstance(clause.condition, Promise)]
    named = next((clause for clause in promises if clause.name == name), None)
    if named is not None:
        return named
    return next(
        clause for clause in promises if isinstance(clause.condition, Promise) and clause.condition.indicator == name
    )


def _is_for(opening: Opening, whose: str) -> bool:
    return not whose or whose in opening.subjects


def looked_at(terms: Terms, condition: SingleCondition) -> Indicator | None:
    """The indicator whose verdicts or facts a window looks at; None for a condition without a window."""
    match condition:
        case MissedPeriods(name=name):
            promise = promised_by(terms, name).condition
            assert isinstance(promise, Promise), "only a promise is missed"
            return terms.indicator(promise.indicator)
        case OccurrencesInWindow() | TotalInWindow():
            return terms.indicator(condition.indicator)
        case Declared() | NotFulfilled() | MissedTogether():
            return None


def _names_through(
    terms: Sequence[Terms], place: int, promised: Clause, lineages: dict[tuple[int, str], int]
) -> set[str]:
    """Every name that a promise or its indicator had under any terms: what was brought in keeps the one it had."""
    assert isinstance(promised.condition, Promise)
    indicators = indicator_lineages(terms)
    wanted = lineages[place, promised.name], indicators[place, promised.condition.indicator]
    names: set[str] = set()
    for then, text in enumerate(terms):
        for clause in text.clauses:
            names |= set(names_of(clause)) if lineages[then, clause.name] == wanted[0] else set()
        for indicator in text.indicators:
            names |= set(names_of(indicator)) if indicators[then, indicator.name] == wanted[1] else set()
    return names


def _entry(place: int, indicator: Indicator, period: Period, here: Sequence[JudgedPeriod]) -> Entry:
    missed = [item for item in here if item.verdict.outcome is Outcome.MISSED]
    shown = missed[0] if missed else (here[0] if here else None)
    finals = [item.verdict.final_from for item in here]
    settled = [item.measurement.settled_at for item in here if item.measurement.settled_at is not None]
    return Entry(
        place=place,
        indicator=indicator,
        period=period,
        at=max([period.end, *settled]),
        missed=bool(missed),
        final_from=None if None in finals else max([period.end, *(final for final in finals if final is not None)]),
        fact=WindowFact(
            label=period.label,
            counts=bool(missed),
            at=period.start,
            level=shown.verdict.level if shown is not None else None,
            margin=shown.margin if shown is not None else None,
        ),
    )


def _brought_in(opening: Opening, terms: Terms) -> Entry:
    period = Period(start=opening.start, end=opening.end, label=civil_text(opening.start, terms.timezone)[:10])
    return Entry(
        place=-1,
        indicator=terms.indicators[0],
        period=period,
        at=opening.end,
        missed=True,
        final_from=opening.end,
        fact=WindowFact(label=f"{period.label} (brought in)", counts=True, at=opening.start),
    )
