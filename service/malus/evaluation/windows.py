"""Owns clauses over windows: the number reached in each window, and when it fires.

Does not own: whether a number is enough - matching decides that - what follows, or how facts are shown (window_facts).
Windows end with each judged period or each occurrence; an undetermined period is not a missed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from malus.evaluation.chains import Entry, chain_of, looked_at, periods_back, promised_by
from malus.evaluation.following import count_fact, total_fact
from malus.evaluation.in_force import Thread, clause_lineages, spans_measured
from malus.evaluation.judging import JudgedPeriod, facts_final_from, verdict_final_from
from malus.evaluation.measuring import Measures
from malus.evaluation.missed_windows import count_window, fires_now
from malus.evaluation.triggers import Follower, Trigger
from malus.evaluation.window_facts import known_at, missed_window, occurrence_window, placed, total_window
from malus.evaluation.window_spans import opens_after, windows_of_time
from malus.measures.trailing import overlaps, reached_instants, time_inside
from malus.model.agreement import Terms
from malus.model.assessment import NearMiss
from malus.model.clauses import Clause
from malus.model.conditions import (
    Declared,
    Fires,
    MissedPeriods,
    MissedTogether,
    NotFulfilled,
    OccurrencesInWindow,
    Promise,
    TotalInWindow,
    single_conditions,
)
from malus.model.events import Opening
from malus.model.explanation import Explanation, Window
from malus.model.indicators import Availability, Indicator, Occurrences
from malus.model.instants import Instant, utc_text
from malus.model.measurement import Measurement
from malus.model.periods import Period, period_containing
from malus.model.quantities import Edge
from malus.model.rules import Fact
from malus.remedies.claims import settled_from


@dataclass(slots=True)
class _State:
    """What a window clause remembers from one moment to the next, also through amendments."""

    is_new: bool = True
    was_true: bool = False
    periods_used: set[Instant] = field(default_factory=set)
    occurrences_used: set[tuple[Instant, str]] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class WindowClauses:
    """Every window clause of an agreement, worked through in order of time."""

    terms: tuple[Terms, ...]
    threads: Sequence[Thread]
    judged: Sequence[JudgedPeriod]
    measures: Measures
    openings: Sequence[Opening]
    follower: Follower
    as_of: Instant
    triggers: list[Trigger] = field(default_factory=list)
    nearly: list[NearMiss] = field(default_factory=list)

    def worked_through(self) -> tuple[list[Trigger], list[NearMiss]]:
        """Every moment at which a window fired, and for each clause that does not hold now how near it is."""
        lineages = clause_lineages(self.terms)
        states: dict[tuple[int, int, str], _State] = {}
        for place, terms in enumerate(self.terms):
            for clause in terms.clauses:
                for part, condition in single_conditions(clause.condition):
                    for whose in self.measures.whose_of(place, looked_at(terms, condition)):
                        state = states.setdefault((lineages[place, clause.name], part, whose), _State())
                        match condition:
                            case MissedPeriods():
                                self._missed_periods(place, clause, part, condition, state, whose)
                            case OccurrencesInWindow():
                                self._occurrences(place, clause, part, condition, state, whose)
                            case TotalInWindow():
                                self._total(place, clause, part, condition, whose)
                            case Declared() | NotFulfilled() | MissedTogether():
                                pass  # they look over no window
                            case _:
                                assert_never(condition)
        return self.triggers, self.nearly

    def _missed_periods(
        self, place: int, clause: Clause, part: int, condition: MissedPeriods, state: _State, whose: str
    ) -> None:
        promised = promised_by(self.terms[place], condition.name)
        chain = chain_of(self.terms, place, promised, self.threads, self.judged, self.openings, whose)
        zone = self.terms[place].timezone
        window: Window | None = None
        mine = [entry for entry in chain if entry.place == place and entry.period.end <= self.as_of]
        for entry in mine:
            before = periods_back(chain, entry, 1, zone)
            if state.is_new or all(other.period.start != before.start for other in chain):
                # Misses brought in may have made it true before the first period that is judged here; a period
                # without terms, which was not missed, may have ended it.
                held = self._window(chain, entry, condition.window + 1, zone)[:-1]
                state.was_true = self.follower.holds(
                    place, count_fact(clause, part, sum(other.missed for other in held))
                )
                state.is_new = False
            inside = self._window(chain, entry, condition.window, zone)
            count = count_window(
                self.follower,
                place,
                clause,
                part,
                condition.fires,
                [other.missed for other in inside],
                was_true=state.was_true,
                is_new=entry.missed,
                used=[other.period.start in state.periods_used for other in inside],
            )
            state.was_true = count.holds
            if count.occasion is None and entry is not mine[-1]:
                continue  # only what fires, and what came last, is shown to anybody
            window = missed_window(condition, entry.indicator, inside, state.periods_used, fired=count.holds)
            if count.occasion is not None:
                if condition.fires is Fires.FACTS_USED_ONCE:
                    state.periods_used |= {inside[at].period.start for at in count.counted}
                self._trigger(
                    place,
                    count.fact,
                    entry.indicator,
                    entry.period,
                    utc_text(inside[count.occasion].period.start),
                    entry.at,
                    window,
                    whose=whose,
                    final_from=settled_from([other.final_from for other in inside]),
                    closes_day=True,
                )
        self._near(place, clause, window, whose)

    @staticmethod
    def _window(chain: Sequence[Entry], entry: Entry, length: int, zone: str) -> list[Entry]:
        """The entries of the last `length` periods up to an entry, in order of time."""
        opens = periods_back(chain, entry, length - 1, zone).start
        return [other for other in chain if opens <= other.period.start <= entry.period.start]

    def _occurrences(
        self, place: int, clause: Clause, part: int, condition: OccurrencesInWindow, state: _State, whose: str
    ) -> None:
        indicator = self.terms[place].indicator(condition.indicator)
        assert isinstance(indicator, Occurrences), "the compiler lets only occurrences be counted in days"
        found = [
            item
            for item in self.measures.occurrences(place, indicator, whose)
            if condition.placed_at == "start" or not item.open
        ]
        # What occurred while no terms measured it is nobody's failure.
        spans = spans_measured(self.terms, place, indicator.name)
        found = [item for item in found if any(start <= placed(item, condition) < end for start, end in spans)]
        found.sort(key=lambda item: placed(item, condition))
        window: Window | None = None
        for at in sorted({placed(item, condition) for item in found}):
            if not self._judges(place, at):
                continue
            opens = opens_after(condition, at, self.terms[place].timezone)
            inside = [item for item in found if opens < placed(item, condition) <= at]
            fresh = [item for item in inside if item.identity not in state.occurrences_used]
            counted = fresh if condition.fires is Fires.FACTS_USED_ONCE else inside
            before = [item for item in inside if placed(item, condition) < at]
            fact = count_fact(clause, part, len(counted))
            holds = self.follower.holds(place, fact)
            state.was_true = self.follower.holds(place, count_fact(clause, part, len(before)))
            zone = self.terms[place].timezone
            window = occurrence_window(condition, indicator, inside, state.occurrences_used, zone, fired=holds)
            if holds and fires_now(condition.fires, was_true=state.was_true, is_new=True):
                oldest = at if condition.fires is Fires.ON_EACH_NEW_FACT else placed(counted[0], condition)
                if condition.fires is Fires.FACTS_USED_ONCE:
                    state.occurrences_used |= {item.identity for item in counted}
                known = known_at(counted, at, condition)
                self._trigger(place, fact, indicator, None, utc_text(oldest), known, window, whose=whose)
        self._near(place, clause, window, whose)

    def _total(self, place: int, clause: Clause, part: int, condition: TotalInWindow, whose: str) -> None:
        indicator = self.terms[place].indicator(condition.indicator)
        assert isinstance(indicator, Availability), "the compiler lets only time down be added up in a window"
        down = overlaps(self.measures.down(place, indicator, whose), spans_measured(self.terms, place, indicator.name))
        limit = condition.total.value
        reach = (
            (limit.numerator // limit.denominator) + 1
            if condition.total.edge is Edge.ABOVE
            else -(-limit.numerator // limit.denominator)
        )
        once = condition.fires is Fires.FACTS_USED_ONCE
        window: Window | None = None
        for width, inside in windows_of_time(condition.span, down, self.terms[place].timezone, self.as_of):
            used_until = self.terms[0].starts()
            for at, oldest in reached_instants(inside, width, reach, used_once=once):
                used_until = at
                fact = total_fact(clause, part, reach)
                if not self._judges(place, at) or not self.follower.holds(place, fact):
                    continue
                window = total_window(condition, reach, fired=True)
                self._trigger(place, fact, indicator, None, utc_text(oldest), at, window, whose=whose)
            # What led to the window before is used up.
            left = [(max(start, used_until), end) for start, end in inside if end > used_until] if once else inside
            now = time_inside(left, width, self.as_of) if left else 0
            holds = bool(left) and self.follower.holds(place, total_fact(clause, part, now))
            window = total_window(condition, now, fired=holds)
        self._near(place, clause, window, whose)

    def _judges(self, place: int, at: Instant) -> bool:
        """Whether the terms of a place are those in force at an instant that has come."""
        start = self.terms[place].starts()
        later = self.terms[place + 1].starts() if place + 1 < len(self.terms) else None
        stops = self.terms[place].stops()
        if not start <= at <= self.as_of or (later is not None and at >= later):
            return False
        return stops is None or at < stops

    def _trigger(
        self,
        place: int,
        fact: Fact,
        indicator: Indicator,
        period: Period | None,
        occasion: str,
        at: Instant,
        window: Window,
        *,
        whose: str,
        final_from: Instant | None = None,
        closes_day: bool = False,
    ) -> None:
        terms = self.terms[place]
        judged = period if period is not None else period_containing(indicator.cycle, at, terms.timezone)
        of_class = self.measures.told.subjects(place).class_of(whose)
        measurement = Measurement(period=judged, level=None, whose=whose, of_class=of_class)
        self.triggers.append(
            Trigger(
                place=place,
                terms=terms,
                fact=fact,
                period=judged,
                cycle=indicator.cycle,
                subject=whose,
                whose=whose,
                occasion=occasion,
                at=at,
                closes_day=closes_day,
                complete=judged.end <= self.as_of,
                stands=True,
                final_from=final_from if period is not None else self._final_from(terms, indicator, measurement),
                measurement=measurement,
                steps=(window,),
            )
        )

    @staticmethod
    def _final_from(terms: Terms, indicator: Indicator, measurement: Measurement) -> Instant | None:
        """From when the facts of a period are settled: when every verdict on that indicator there would be final."""
        promising = [
            clause
            for clause in terms.clauses
            if isinstance(clause.condition, Promise) and clause.condition.indicator == indicator.name
        ]
        finals = [verdict_final_from(terms, clause, measurement) for clause in promising]
        finals.append(facts_final_from(terms, measurement))
        return settled_from(finals)

    def _near(self, place: int, clause: Clause, window: Window | None, whose: str) -> None:
        later = place + 1 < len(self.terms) and self.terms[place + 1].starts() <= self.as_of
        if window is None or window.fired or later:
            return
        terms = self.terms[place]
        self.nearly.append(
            NearMiss(
                clause=clause.name,
                source=clause.source,
                subject=whose,
                explanation=Explanation(
                    clause=clause.name,
                    source=clause.source,
                    terms_effective=terms.effective.isoformat(),
                    steps=(window,),
                    line=clause.line,
                ),
            )
        )
