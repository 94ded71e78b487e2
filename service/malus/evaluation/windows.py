"""Owns clauses over windows: the facts of each window, the number reached, and when it fires.

Does not own: whether a number is enough - matching decides that - or what follows. Windows end with each judged period
or each occurrence; an undetermined period is not a missed one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from malus.evaluation.chains import Entry, chain_of, periods_back, promised_by
from malus.evaluation.following import count_fact, total_fact
from malus.evaluation.in_force import Thread, clause_lineages
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.measuring import Measures
from malus.evaluation.triggers import Follower, Trigger
from malus.measures.occurrences import Occurrence
from malus.measures.trailing import reached_instants, time_inside
from malus.model.agreement import Terms
from malus.model.assessment import NearMiss
from malus.model.clauses import Clause, Fires, MissedPeriods, OccurrencesInDays, TotalInDays
from malus.model.events import Opening
from malus.model.explanation import Explanation, Window, WindowFact
from malus.model.indicators import Availability, Indicator, Occurrences
from malus.model.instants import DAY, Instant, civil_day, civil_text, start_of_day, utc_text
from malus.model.measurement import Measurement
from malus.model.periods import Period, period_containing
from malus.model.quantities import Edge, Limit, Unit
from malus.model.rules import Fact


@dataclass(slots=True)
class _State:
    """What a window clause remembers from one moment to the next, also through amendments."""

    is_new: bool = True
    was_true: bool = False
    used: set[Instant] = field(default_factory=set)


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
        states: dict[int, _State] = {}
        for place, terms in enumerate(self.terms):
            for clause in terms.clauses:
                state = states.setdefault(lineages[place, clause.name], _State())
                match clause.condition:
                    case MissedPeriods():
                        self._missed_periods(place, clause, clause.condition, state)
                    case OccurrencesInDays():
                        self._occurrences(place, clause, clause.condition, state)
                    case TotalInDays():
                        self._total(place, clause, clause.condition)
                    case _:
                        pass
        return self.triggers, self.nearly

    def _missed_periods(self, place: int, clause: Clause, condition: MissedPeriods, state: _State) -> None:
        promised = promised_by(self.terms[place], condition.name)
        chain = chain_of(self.terms, place, promised, self.threads, self.judged, self.openings)
        zone = self.terms[place].timezone
        window: Window | None = None
        for entry in chain:
            if entry.place != place or entry.period.end > self.as_of:
                continue
            if state.is_new:
                # Misses brought in may have made it true before the first period that is judged here.
                held = self._window(chain, entry, condition.window + 1, zone)[:-1]
                state.was_true = self._holds(place, count_fact(clause, sum(other.missed for other in held)))
                state.is_new = False
            inside = self._window(chain, entry, condition.window, zone)
            missed = [other for other in inside if other.missed]
            counted = [other for other in missed if other.period.start not in state.used]
            fact = count_fact(clause, len(counted if condition.fires is Fires.FACTS_USED_ONCE else missed))
            holds = self._holds(place, fact)
            fires = holds and _fires(condition.fires, state, is_new=entry.missed)
            window = Window(
                what=f"missed {_periods_word(entry.indicator)}",
                facts=tuple(other.fact for other in inside),
                reached=len(missed),
                needed=Limit(edge=Edge.AT_LEAST, value=Fraction(condition.count), unit=Unit.COUNT),
                fired=holds,
            )
            if fires:
                finals = [other.final_from for other in inside]
                occasion = entry if condition.fires is Fires.ON_EACH_NEW_FACT else (counted or missed)[0]
                state.used |= {other.period.start for other in counted}
                self._trigger(
                    place,
                    fact,
                    entry.indicator,
                    entry.period,
                    utc_text(occasion.period.start),
                    entry.at,
                    window,
                    final_from=None if None in finals else max(final for final in finals if final is not None),
                    closes_day=True,
                )
            state.was_true = holds
        self._near(place, clause, window)

    @staticmethod
    def _window(chain: Sequence[Entry], entry: Entry, length: int, zone: str) -> list[Entry]:
        """The entries of the last `length` periods up to an entry, in order of time."""
        opens = periods_back(chain, entry, length - 1, zone).start
        return [other for other in chain if opens <= other.period.start <= entry.period.start]

    def _occurrences(self, place: int, clause: Clause, condition: OccurrencesInDays, state: _State) -> None:
        indicator = self.terms[place].indicator(condition.indicator)
        assert isinstance(indicator, Occurrences), "the compiler lets only occurrences be counted in days"
        found = [
            item
            for item in self.measures.occurrences(place, indicator)
            if condition.placed_at == "start" or not item.open
        ]
        found.sort(key=lambda item: _placed(item, condition))
        window: Window | None = None
        for at in sorted({_placed(item, condition) for item in found}):
            if not self._judges(place, at):
                continue
            opens = self._window_opens(place, condition, at)
            inside = [item for item in found if opens < _placed(item, condition) <= at]
            fresh = [item for item in inside if item.start not in state.used]
            counted = fresh if condition.fires is Fires.FACTS_USED_ONCE else inside
            before = [item for item in inside if _placed(item, condition) < at]
            fact = count_fact(clause, len(counted))
            holds = self._holds(place, fact)
            state.was_true = self._holds(place, count_fact(clause, len(before)))
            window = Window(
                what=f"{indicator.origin} in {condition.days} days",
                facts=tuple(_occurrence_fact(item, self.terms[place].timezone) for item in inside),
                reached=len(inside),
                needed=condition.count,
                fired=holds,
            )
            if holds and _fires(condition.fires, state, is_new=True):
                oldest = at if condition.fires is Fires.ON_EACH_NEW_FACT else _placed(counted[0], condition)
                state.used |= {item.start for item in counted}
                known = max(
                    at,
                    *(_known_at(item, indicator, condition) for item in inside if _placed(item, condition) == at),
                )
                self._trigger(place, fact, indicator, None, utc_text(oldest), known, window)
        self._near(place, clause, window)

    def _total(self, place: int, clause: Clause, condition: TotalInDays) -> None:
        indicator = self.terms[place].indicator(condition.indicator)
        assert isinstance(indicator, Availability), "the compiler lets only time down be added up in days"
        began = self.terms[0].starts()
        down = [(max(start, began), end) for start, end in self.measures.down(place, indicator) if end > began]
        width = condition.days * DAY
        limit = condition.total.value
        reach = (
            (limit.numerator // limit.denominator) + 1
            if condition.total.edge is Edge.ABOVE
            else -(-limit.numerator // limit.denominator)
        )
        once = condition.fires is Fires.FACTS_USED_ONCE
        window: Window | None = None
        for at, oldest in reached_instants(down, width, reach, used_once=once):
            fact = total_fact(clause, reach)
            if not self._judges(place, at) or not self._holds(place, fact):
                continue
            window = _total_window(condition, reach, fired=True)
            self._trigger(place, fact, indicator, None, utc_text(oldest), at, window)
        now = time_inside(down, width, self.as_of) if down else 0
        holds = bool(down) and self._holds(place, total_fact(clause, now))
        self._near(place, clause, _total_window(condition, now, fired=holds))

    def _window_opens(self, place: int, condition: OccurrencesInDays, at: Instant) -> Instant:
        """The instant after which a fact is inside the window that ends at `at`."""
        if condition.day == "calendar_day":
            zone = self.terms[place].timezone
            return start_of_day(civil_day(at, zone) - datetime.timedelta(days=condition.days - 1), zone) - 1
        return at - condition.days * DAY - (1 if condition.at_the_edge == "inside" else 0)

    def _judges(self, place: int, at: Instant) -> bool:
        """Whether the terms of a place are those in force at an instant that has come."""
        start = self.terms[place].starts()
        later = self.terms[place + 1].starts() if place + 1 < len(self.terms) else None
        stops = self.terms[place].stops()
        if not start <= at <= self.as_of or (later is not None and at >= later):
            return False
        return stops is None or at < stops

    def _holds(self, place: int, fact: Fact) -> bool:
        following = self.follower.follows(place, (fact,))[0]
        return bool(following.consequences or following.derived)

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
        final_from: Instant | None = None,
        closes_day: bool = False,
    ) -> None:
        terms = self.terms[place]
        judged = period if period is not None else period_containing(indicator.cycle, at, terms.timezone)
        self.triggers.append(
            Trigger(
                place=place,
                terms=terms,
                fact=fact,
                period=judged,
                cycle=indicator.cycle,
                subject="",
                occasion=occasion,
                at=at,
                closes_day=closes_day,
                complete=judged.end <= self.as_of,
                final_from=final_from if period is not None else judged.end,
                measurement=Measurement(period=judged, level=None),
                steps=(window,),
            )
        )

    def _near(self, place: int, clause: Clause, window: Window | None) -> None:
        later = place + 1 < len(self.terms) and self.terms[place + 1].starts() <= self.as_of
        if window is None or window.fired or later:
            return
        terms = self.terms[place]
        self.nearly.append(
            NearMiss(
                clause=clause.name,
                source=clause.source,
                explanation=Explanation(
                    clause=clause.name,
                    source=clause.source,
                    terms_effective=terms.effective.isoformat(),
                    steps=(window,),
                    line=clause.line,
                ),
            )
        )


def _fires(fires: Fires, state: _State, *, is_new: bool) -> bool:
    match fires:
        case Fires.ONCE_WHILE_TRUE:
            return not state.was_true
        case Fires.ON_EACH_NEW_FACT:
            return is_new
        case Fires.FACTS_USED_ONCE:
            return True


def _periods_word(indicator: Indicator) -> str:
    return f"{indicator.cycle.kind}s"


def _placed(item: Occurrence, condition: OccurrencesInDays) -> Instant:
    return item.start if condition.placed_at == "start" else item.end


def _known_at(item: Occurrence, indicator: Occurrences, condition: OccurrencesInDays) -> Instant:
    """When it was known that an occurrence is as long as `each` asks."""
    if condition.placed_at == "end" or indicator.each is None:
        return _placed(item, condition)
    least = indicator.each.value.numerator // indicator.each.value.denominator
    return item.start + least + (1 if indicator.each.edge is Edge.ABOVE else 0)


def _occurrence_fact(item: Occurrence, zone: str) -> WindowFact:
    return WindowFact(label=f"{item.name}, {civil_text(item.start, zone)}", counts=True, at=item.start)


def _total_window(condition: TotalInDays, reached: int, *, fired: bool) -> Window:
    return Window(
        what=f"time down in {condition.days} days",
        facts=(),
        reached=reached,
        needed=condition.total,
        fired=fired,
    )
