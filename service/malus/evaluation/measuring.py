"""Owns which facts each indicator is measured from; asks the kernels' callers once per run of periods.

Does not own: how any level is measured (measures), or what a promise makes of it (judging).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from malus.evaluation.in_force import Run, names_of
from malus.evaluation.intake import Facts
from malus.measures.checks import measure_checked_availability
from malus.measures.exact import Stretch
from malus.measures.exclusions import Excused, excused_time
from malus.measures.incidents import IncidentSubject
from malus.measures.intervals import measure_interval_mean
from malus.measures.occurrences import (
    Occurrence,
    incident_occurrences,
    measure_delivered,
    measure_occurrences,
    outage_occurrences,
)
from malus.measures.outages import (
    OutageSubject,
    down_stretches,
    excused_stretches,
    measure_availability,
    selected,
)
from malus.measures.response import Timed, measure_elapsed, measure_share, timed_incidents
from malus.measures.tallies import measure_given, measure_ratio, reading_value
from malus.model.agreement import Terms
from malus.model.conditions import Promise
from malus.model.credits import BlockCredit
from malus.model.events import Check, Reading, Tally
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    Elapsed,
    GivenValue,
    Indicator,
    IntervalMean,
    Occurrences,
    Ratio,
    Share,
    Where,
)
from malus.model.measurement import Measurement

#: Indicators that take an event which names none of them only where they are alone.
FROM_TALLIES: Final = (Ratio, IntervalMean)
FROM_READINGS: Final = (GivenValue,)


@dataclass(slots=True, kw_only=True)
class Measures:
    """Measures indicators from one agreement's facts, keeping what several indicators or clauses ask for."""

    facts: Facts
    _timed: dict[tuple[int, str], list[Timed]] = field(default_factory=dict)
    _excused: dict[tuple[int, tuple[str, ...], str | None], list[Excused]] = field(default_factory=dict)

    def measured(self, run: Run) -> list[Measurement]:
        """Every level of an indicator in a run's periods: one a period, or one an incident."""
        indicator, periods, facts = run.indicator, run.periods, self.facts
        match indicator:
            case Availability():
                return measure_availability(
                    indicator,
                    periods,
                    self.outages(indicator),
                    self.excused(run.place, indicator),
                    each_outage=_pays_each_outage(run.terms, indicator.name),
                )
            case CheckedAvailability():
                return measure_checked_availability(
                    indicator,
                    periods,
                    [check for check in facts.checks[_service(indicator)] if _wanted(check, indicator.where)],
                    self.excused(run.place, indicator),
                    facts.as_of,
                )
            case Ratio():
                return measure_ratio(indicator, periods, self._tallies(run.terms, indicator))
            case IntervalMean():
                return measure_interval_mean(indicator, periods, self._tallies(run.terms, indicator), facts.as_of)
            case GivenValue():
                return measure_given(indicator, periods, self._readings(run.terms, indicator))
            case Elapsed():
                return measure_elapsed(indicator, periods, self.timed(run.place, indicator))
            case Share():
                elapsed = run.terms.indicator(indicator.indicator)
                assert isinstance(elapsed, Elapsed), "the compiler lets a share be of elapsed times only"
                return measure_share(indicator, elapsed, periods, self.timed(run.place, elapsed))
            case Occurrences():
                return measure_occurrences(
                    indicator,
                    periods,
                    self.occurrences(run.place, indicator),
                    self._subjects(indicator),
                    self.excused(run.place, indicator),
                )
            case Delivered():
                named = names_of(indicator)
                told = [event for event in facts.obligations if event.name in named]
                return measure_delivered(indicator, periods, told, facts.as_of)
            case _:
                assert_never(indicator)

    def timed(self, place: int, indicator: Elapsed) -> list[Timed]:
        """Every incident that an indicator times, under the terms of that place."""
        key = (place, indicator.name)
        if key not in self._timed:
            subjects = self.facts.incidents[_service(indicator)]
            excused = excused_stretches(self.excused(place, indicator))
            self._timed[key] = timed_incidents(indicator, subjects, excused, self.facts.as_of)
        return self._timed[key]

    def occurrences(self, place: int, indicator: Occurrences) -> list[Occurrence]:
        """Every occurrence of an indicator in the whole history."""
        if indicator.origin == "incidents":
            return incident_occurrences(self.facts.incidents[_service(indicator)], indicator)
        excused = self.excused(place, indicator)
        return outage_occurrences(indicator, self.outages(indicator), excused, self.facts.as_of)

    def down(self, place: int, indicator: Availability) -> list[Stretch]:
        """Every stretch of down time in the whole history, without excused time."""
        return down_stretches(self.outages(indicator), self.excused(place, indicator), indicator.ignore_up_to)

    def outages(self, indicator: Availability | Occurrences) -> list[OutageSubject]:
        """The outages of an indicator's service that its `where` asks for."""
        return selected(self.facts.outages[_service(indicator)], indicator.where)

    def excused(
        self, place: int, indicator: Availability | CheckedAvailability | Elapsed | Occurrences
    ) -> list[Excused]:
        """What the terms of that place make of every exclusion event that an indicator lets excuse time."""
        key = (place, indicator.excluding, indicator.service)
        if key not in self._excused:
            terms = self.facts.terms[place]
            wanted = [item for item in terms.exclusions if item.name in indicator.excluding]
            self._excused[key] = excused_time(
                wanted, self.facts.exclusions, indicator.service, self.facts.as_of, terms.timezone
            )
        return self._excused[key]

    def _subjects(self, indicator: Occurrences) -> Sequence[OutageSubject] | Sequence[IncidentSubject]:
        if indicator.origin == "outages":
            return self.outages(indicator)
        return self.facts.incidents[_service(indicator)]

    def _tallies(self, terms: Terms, indicator: Ratio | IntervalMean) -> list[Tally]:
        mine = self.facts.tallies[_service(indicator)]
        names, alone = names_of(indicator), _is_alone(terms, indicator)
        return [
            tally
            for tally in mine
            if (tally.indicator in names or (tally.indicator is None and alone)) and _wanted(tally, indicator.where)
        ]

    def _readings(self, terms: Terms, indicator: GivenValue) -> list[Reading]:
        mine = self.facts.readings[_service(indicator)]
        names, alone = names_of(indicator), _is_alone(terms, indicator)
        return [
            reading
            for reading in mine
            if (reading.indicator in names or (reading.indicator is None and alone))
            and _wanted(reading, indicator.where)
            and accepted(indicator, reading)
        ]


def accepted(indicator: GivenValue, reading: Reading) -> bool:
    """Whether the terms accept a reading: its unit is theirs and its value inside, both ends included."""
    value = reading_value(reading, indicator.unit)
    if value is None:
        return False
    above = indicator.accepts_from is None or value >= indicator.accepts_from
    return above and (indicator.accepts_to is None or value <= indicator.accepts_to)


def _is_alone(terms: Terms, indicator: Indicator) -> bool:
    """Whether no other indicator of these terms is measured from the same kind of events on the same service."""
    kinds = next(kinds for kinds in (FROM_TALLIES, FROM_READINGS) if isinstance(indicator, kinds))
    alike = [item for item in terms.indicators if isinstance(item, kinds) and item.service == indicator.service]
    return len(alike) == 1


def _pays_each_outage(terms: Terms, name: str) -> bool:
    return any(
        isinstance(clause.credit, BlockCredit)
        and clause.credit.measured_on == "each_outage"
        and isinstance(clause.condition, Promise)
        and clause.condition.indicator == name
        for clause in terms.clauses
    )


def _wanted(event: Check | Tally | Reading, where: Sequence[Where]) -> bool:
    return all(getattr(event, item.field_name) in item.values for item in where)


def _service(indicator: Indicator) -> str:
    assert indicator.service is not None, f"the compiler gives `{indicator.name}` its service"
    return indicator.service
