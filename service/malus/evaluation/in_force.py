"""Owns which terms hold when, and the periods of every indicator across amendments.

Does not own: what happens in a period. A period is judged whole by the terms in force at its start, unless later terms
say that they split it (SEMANTICS 6).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from malus.model.agreement import Terms, spans_in_force
from malus.model.clauses import Clause
from malus.model.indicators import Indicator
from malus.model.instants import Instant, civil_day
from malus.model.periods import Period, part_of, period_containing


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The periods of one indicator that the same terms judge, in order. `place` is the terms' place in force."""

    place: int
    terms: Terms
    terms_digest: str
    indicator: Indicator
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One indicator through all amendments, under whatever names: its runs in order of time.

    `named`: what each terms, by their place, call it, also where no period of it has begun under them.
    """

    runs: tuple[Run, ...]
    named: frozenset[tuple[int, str]]


def known_terms(terms: Sequence[Terms], known_at: Instant | None) -> tuple[Terms, ...]:
    """The signed terms known at a moment (None: all), ascending by effective date.

    Of two texts for one date the one signed last holds. Unsigned terms are never in force.
    """
    by_date: dict[object, tuple[Instant, str, Terms]] = {}
    for text in terms:
        known_from = text.known_from()
        if known_from is None or (known_at is not None and known_from > known_at):
            continue
        before = by_date.get(text.effective)
        if before is None or (known_from, text.digest()) > before[:2]:
            by_date[text.effective] = (known_from, text.digest(), text)
    return tuple(sorted((text for _, _, text in by_date.values()), key=lambda text: text.effective))


def place_in_force(terms: Sequence[Terms], instant: Instant) -> int | None:
    """The place of the terms in force at an instant: the last that started, unless they have ended."""
    for place in range(len(terms) - 1, -1, -1):
        if terms[place].starts() <= instant:
            stops = terms[place].stops()
            return None if stops is not None and instant >= stops else place
    return None


def place_within(terms: Sequence[Terms], starts: Sequence[Instant], first: Instant, last: Instant) -> int | None:
    """The place of the terms, which begin at `starts`, that judge what happened from `first` to `last`.

    What began in a time without terms and lasts into the next ones is judged by them.
    """
    before = bisect_right(starts, first)
    for place in range(max(0, before - 1), max(before, bisect_right(starts, last))):
        stops = terms[place].stops()
        if stops is None or max(first, starts[place]) < stops:
            return place
    return None


def spans_measured(terms: Sequence[Terms], place: int, indicator: str) -> list[tuple[Instant, Instant]]:
    """The stretches of time in which an indicator of the terms of `place` is measured, whatever it is called there.

    In order; the last one has no end worth naming.
    """
    lineage = next(each for each in _indicator_lineages(terms) if place in each and each[place].name == indicator)
    return [span for number, span in enumerate(spans_in_force(terms)) if number in lineage]


def threads_of(terms: Sequence[Terms], digests: Sequence[str], as_of: Instant) -> tuple[Thread, ...]:
    """Every indicator's periods that started before `as_of`, each with the terms that judge it.

    `digests` are those of the terms, in their order. The first period starts with the terms, the last ends with the
    agreement; a period that begins under one text and ends under another stays whole, unless the later text says that
    it is split: then each part is a period of its own, and the second one is called by its first day.
    """
    lineages = _indicator_lineages(terms)
    return tuple(_thread(terms, digests, lineage, as_of) for lineage in lineages)


def clause_lineages(terms: Sequence[Terms]) -> dict[tuple[int, str], int]:
    """A number for every clause by (place of its terms, name), the same through amendments and new names."""
    numbers: dict[tuple[int, str], int] = {}
    latest: dict[str, int] = {}
    count = 0
    for place, text in enumerate(terms):
        for clause in text.clauses:
            former = next((latest[name] for name in (clause.name, *clause.formerly) if name in latest), None)
            if former is None:
                former, count = count, count + 1
            numbers[place, clause.name] = former
        latest = {clause.name: numbers[place, clause.name] for clause in text.clauses}
    return numbers


def indicator_lineages(terms: Sequence[Terms]) -> dict[tuple[int, str], int]:
    """A number for every indicator by (place of its terms, name), the same through amendments and new names."""
    return {
        (place, indicator.name): number
        for number, lineage in enumerate(_indicator_lineages(terms))
        for place, indicator in lineage.items()
    }


def names_of(item: Clause | Indicator) -> tuple[str, ...]:
    """The name of a clause or indicator and those it had before."""
    return (item.name, *item.formerly)


def _indicator_lineages(terms: Sequence[Terms]) -> list[dict[int, Indicator]]:
    lineages: list[dict[int, Indicator]] = []
    latest: dict[str, dict[int, Indicator]] = {}
    for place, text in enumerate(terms):
        current: dict[str, dict[int, Indicator]] = {}
        for indicator in text.indicators:
            lineage = next((latest[name] for name in names_of(indicator) if name in latest), None)
            if lineage is None:
                lineage = {}
                lineages.append(lineage)
            lineage[place] = indicator
            current[indicator.name] = lineage
        latest = current
    return lineages


def _thread(terms: Sequence[Terms], digests: Sequence[str], lineage: dict[int, Indicator], as_of: Instant) -> Thread:
    by_place: dict[int, list[Period]] = {}
    at: Instant | None = terms[0].starts()
    while at is not None and at < as_of:
        place = place_in_force(terms, at)
        if place is None or place not in lineage:
            at = next((text.starts() for text in terms if text.starts() > at), None)
            continue
        period = _period(terms, place, lineage[place], at)
        by_place.setdefault(place, []).append(period)
        at = period.end
    return Thread(
        named=frozenset((place, indicator.name) for place, indicator in lineage.items()),
        runs=tuple(
            Run(
                place=place,
                terms=terms[place],
                terms_digest=digests[place],
                indicator=lineage[place],
                periods=tuple(periods),
            )
            for place, periods in by_place.items()
        ),
    )


def _period(terms: Sequence[Terms], place: int, indicator: Indicator, start: Instant) -> Period:
    zone = terms[place].timezone
    whole = period_containing(indicator.cycle, start, zone)
    stops = terms[place].stops()
    ends = [whole.end, *splits_after(terms, start)[:1]]
    part = part_of(whole, start, min(ends if stops is None else [*ends, stops]))
    if start > whole.start and place > 0 and terms[place].amended == "split" and start == terms[place].starts():
        return replace(part, label=civil_day(start, zone).isoformat())
    return part


def splits_after(terms: Sequence[Terms], start: Instant) -> list[Instant]:
    """The instants after `start` at which an amendment splits what runs, in order."""
    return sorted(text.starts() for text in terms[1:] if text.amended == "split" and text.starts() > start)
