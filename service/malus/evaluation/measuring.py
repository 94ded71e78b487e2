"""Owns which facts each indicator is measured from; asks the kernels' callers once per run of periods.

Does not own: how any level is measured (measures), or what a promise makes of it (judging).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, assert_never

from malus.evaluation.combined_levels import CombinedLevels
from malus.evaluation.excusing import Excusing
from malus.evaluation.facts import Facts
from malus.evaluation.in_force import Run, Thread, clause_lineages
from malus.evaluation.measuring_deliveries import DeliveryMeasures
from malus.evaluation.promised import Targets
from malus.evaluation.reporting import with_reports
from malus.evaluation.time_in_service import time_in_service
from malus.evaluation.told_facts import ToldFacts, service_of
from malus.measures.agreed_time import AgreedTime, agreed_parts, agreed_time
from malus.measures.checks import measure_checked_availability
from malus.measures.downtime import Told, measure_availability
from malus.measures.exact import Stretch
from malus.measures.exclusions import Excused
from malus.measures.incidents import IncidentSubject
from malus.measures.intervals import measure_interval_mean
from malus.measures.occurrences import (
    Occurrence,
    incident_occurrences,
    measure_delivered,
    measure_occurrences,
    outage_occurrences,
)
from malus.measures.outages import OutageSubject, down_stretches, excused_stretches
from malus.measures.points import Award, measure_points
from malus.measures.response import (
    Timed,
    late_incidents,
    measure_elapsed,
    measure_late_incidents,
    measure_share,
    timed_incidents,
)
from malus.measures.statistics import measure_statistic, measure_statistic_of_times
from malus.measures.tallies import measure_given, measure_ratio
from malus.measures.time_shares import measure_time_share
from malus.model.agreement import Terms
from malus.model.availability import TimedIndicator, TimeShare
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Combined,
    Delivered,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Excursion,
    GivenValue,
    Indicator,
    IntervalMean,
    Occurrences,
    Points,
    Ratio,
    Sample,
    Share,
    Statistic,
)
from malus.model.measurement import Measurement

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Measures:
    """Measures indicators from one agreement's facts, keeping what several indicators or clauses ask for.

    `awards` are the points of every breach, once those are known. `whose`, wherever it is asked for, is the listed
    subject whose facts count; empty where the indicator is not `for_each`: then all of them do.
    """

    facts: Facts
    told: ToldFacts
    goods: DeliveryMeasures = field(init=False)
    excusing: Excusing = field(init=False)
    targets: Targets = field(init=False)
    awards: list[Award] = field(default_factory=list)
    threads: Sequence[Thread] = ()
    _timed: dict[tuple[int, str, str | None, str], list[Timed]] = field(default_factory=dict)
    _combined: CombinedLevels = field(init=False)

    def __post_init__(self) -> None:
        self.excusing = Excusing(facts=self.facts, told=self.told)
        self._combined = CombinedLevels(threads=self.threads, measured=self._measured)
        self.targets = Targets(levels=self._combined.history)
        self.goods = DeliveryMeasures(
            facts=self.facts,
            excusing=self.excusing,
            readings=self.told.readings,
            tallies=self.told.tallies,
        )

    def measured(self, run: Run) -> list[Measurement]:
        """Every level of an indicator in a run's periods: one a period, or one an incident, for each subject."""
        kind = run.indicator.for_each
        if kind is None:
            return self._reported(run, "")
        subjects = self.told.subjects(run.place)
        return [
            replace(measurement, whose=name, of_class=subjects.class_of(name))
            for name in subjects.of_kind(kind)
            for measurement in self._reported(run, name)
        ]

    def _reported(self, run: Run, whose: str) -> list[Measurement]:
        """The levels, each with the outages that do not count because of the customer's report."""
        indicator, measured = run.indicator, self._measured(run, whose)
        if not isinstance(indicator, Availability | Occurrences) or indicator.reporting is None:
            return measured
        late = self.told.unreported(run.place, indicator, whose)
        return [with_reports(measurement, late, indicator.reporting) for measurement in measured]

    def _measured(self, run: Run, whose: str) -> list[Measurement]:
        indicator, periods, place, facts = run.indicator, run.periods, run.place, self.facts
        match indicator:
            case Availability() | CheckedAvailability() | TimeShare():
                return self._measured_time(run, indicator, whose)
            case Share() | Statistic(times=str()) | Occurrences(origin="incidents", judged_by=str()):
                return self._measured_times(run, indicator, whose)
            case Ratio() | IntervalMean() | GivenValue() | Statistic():
                return self._measured_numbers(run, indicator, whose)
            case Elapsed():
                return measure_elapsed(indicator, periods, self.timed_for(place, indicator, indicator, whose))
            case DeliveryTime() | DeliveryShare() | Excursion() | Sample() | Occurrences(origin="deliveries"):
                return self.goods.measured(run, indicator, whose)
            case Occurrences():
                return measure_occurrences(
                    indicator,
                    periods,
                    self.occurrences(place, indicator, whose),
                    self._counted(place, indicator, whose),
                    self.excused(place, indicator, whose),
                )
            case Points():
                return measure_points(indicator, periods, self._awards(place, indicator, whose), run.terms.timezone)
            case Delivered():
                return measure_delivered(indicator, periods, self.told.deliveries(place, indicator, whose), facts.as_of)
            case Combined():
                return self._combined.levels(run, indicator, whose, self.told.subjects(place))
            case _:
                assert_never(indicator)

    def _measured_time(
        self, run: Run, indicator: Availability | CheckedAvailability | TimeShare, whose: str
    ) -> list[Measurement]:
        periods, place = run.periods, run.place
        match indicator:
            case Availability():
                return measure_availability(
                    indicator,
                    periods,
                    Told(
                        outages=self.told.outages(place, indicator, whose),
                        excused=self.excused(place, indicator, whose),
                        deployments=self.told.deployments(place, indicator, whose),
                        totals=self.told.totals(run, indicator, whose),
                    ),
                    self._agreed(run, indicator, whose),
                    each_outage=run.terms.pays_each_outage(indicator.name),
                )
            case CheckedAvailability():
                return measure_checked_availability(
                    indicator,
                    periods,
                    self.told.checks(place, indicator, whose),
                    self.excused(place, indicator, whose),
                    self._agreed(run, indicator, whose),
                    self.facts.as_of,
                    self.told.deployments(place, indicator, whose),
                )
            case TimeShare():
                return measure_time_share(
                    indicator,
                    periods,
                    self.told.readings(place, indicator, whose),
                    self.excused(place, indicator, whose),
                    self._agreed(run, indicator, whose),
                    self.facts.as_of,
                    self.told.deployments(place, indicator, whose),
                )

    def _measured_numbers(
        self, run: Run, indicator: Ratio | IntervalMean | GivenValue | Statistic, whose: str
    ) -> list[Measurement]:
        periods, place = run.periods, run.place
        match indicator:
            case Ratio():
                return measure_ratio(indicator, periods, self.told.tallies(place, indicator, whose))
            case IntervalMean():
                told = self.told.tallies(place, indicator, whose)
                return measure_interval_mean(indicator, periods, told, self.facts.as_of)
            case GivenValue():
                return measure_given(indicator, periods, self.told.readings(place, indicator, whose))
            case Statistic():
                return measure_statistic(indicator, periods, self.told.readings(place, indicator, whose))

    def _measured_times(self, run: Run, indicator: Share | Statistic | Occurrences, whose: str) -> list[Measurement]:
        """Levels made of the times of incidents, outages or deliveries that another indicator measures."""
        elapsed = _timed_by(run.terms, indicator)
        if isinstance(elapsed, DeliveryTime):
            assert isinstance(indicator, Statistic), "the compiler gives other counts of deliveries their own measure"
            return self.goods.measured(run, indicator, whose)
        timed = self.timed_for(run.place, indicator, elapsed, whose)
        match indicator:
            case Share():
                return measure_share(indicator, elapsed, run.periods, timed)
            case Statistic():
                return measure_statistic_of_times(indicator, elapsed, run.periods, timed)
            case Occurrences():
                return measure_late_incidents(indicator, elapsed, run.periods, timed)

    def whose_of(self, place: int, indicator: Indicator | None) -> tuple[str, ...]:
        """Each subject that an indicator is measured for; one empty name where it is measured but once."""
        kind = None if indicator is None else indicator.for_each
        return ("",) if kind is None else self.told.subjects(place).of_kind(kind)

    def timed(self, place: int, indicator: Elapsed, kind: str | None, whose: str) -> list[Timed]:
        """Every incident that an indicator times, under the terms of that place.

        `whose` is the subject, of a kind, that they are timed for: an exclusion may hold for it and for no other.
        """
        kind, whose = (kind, whose) if self.excusing.narrow else (None, "")
        key = (place, indicator.name, kind, whose)
        if key not in self._timed:
            self._timed[key] = self._timing(place, indicator, kind, whose)
        return self._timed[key]

    def timed_for(
        self, place: int, indicator: Elapsed | Share | Statistic | Occurrences, elapsed: Elapsed, whose: str
    ) -> Sequence[Timed]:
        """The incidents, timed as `elapsed` says, that count for a subject of an indicator."""
        kind, what = indicator.for_each, f"timed for {whose}" if self.excusing.narrow else "timed"
        return self.told.of(place, indicator, whose, what, lambda: self.timed(place, elapsed, kind, whose))

    def occurrences(self, place: int, indicator: Occurrences, whose: str) -> list[Occurrence]:
        """Every occurrence of an indicator in the whole history."""
        if indicator.origin == "deliveries":
            return self.goods.bad_ones(place, indicator, whose)
        if indicator.judged_by is not None:
            elapsed = _timed_by(self.facts.terms[place], indicator)
            assert isinstance(elapsed, Elapsed), "the compiler lets incidents be counted by their own time only"
            return late_incidents(
                indicator, elapsed, self.timed_for(place, indicator, elapsed, whose), self.facts.as_of
            )
        if indicator.origin == "incidents":
            return incident_occurrences(self.told.incidents(place, indicator, whose), indicator)
        excused = self.excused(place, indicator, whose)
        return outage_occurrences(indicator, self.told.outages(place, indicator, whose), excused, self.facts.as_of)

    def down(self, place: int, indicator: Availability, whose: str) -> list[Stretch]:
        """Every stretch of down time in the whole history, without excused time."""
        outages, excused = self.told.outages(place, indicator, whose), self.excused(place, indicator, whose)
        down = down_stretches(outages, excused, indicator.ignore_up_to)
        return agreed_parts(indicator, down, self._in_service(place, indicator, whose))

    def excused(self, place: int, indicator: TimedIndicator | Elapsed | Occurrences, whose: str) -> list[Excused]:
        """What the terms of that place make of every exclusion event that an indicator lets excuse time."""
        return self.excusing.of(place, indicator, whose)

    def _agreed(self, run: Run, indicator: TimedIndicator, whose: str) -> AgreedTime:
        """The time of each period of a run that counts for an indicator."""
        excused = self.excused(run.place, indicator, whose)
        return agreed_time(indicator, run.periods, excused, self._in_service(run.place, indicator, whose))

    def _in_service(self, place: int, indicator: TimedIndicator, whose: str) -> list[Stretch] | None:
        if not indicator.only_in_service:
            return None
        deployments = self.told.deployments(place, indicator, whose)
        return time_in_service(self.facts.terms[place], deployments, service_of(indicator))

    def _timing(self, place: int, indicator: Elapsed, kind: str | None, whose: str) -> list[Timed]:
        """Time every incident, those of the same subjects together: an exclusion may hold for some of them only."""
        alike: dict[tuple[str, ...], list[IncidentSubject]] = defaultdict(list)
        for incident in self.told.stories(indicator):
            alike[self.excusing.names(place, incident, kind, whose)].append(incident)
        return [
            timed
            for names, incidents in alike.items()
            for timed in timed_incidents(
                indicator,
                incidents,
                excused_stretches(self.excusing.of(place, indicator, whose, names)),
                self.facts.as_of,
            )
        ]

    def _counted(
        self, place: int, indicator: Occurrences, whose: str
    ) -> Sequence[OutageSubject] | Sequence[IncidentSubject]:
        if indicator.origin == "outages":
            return self.told.outages(place, indicator, whose)
        return self.told.incidents(place, indicator, whose)

    def _awards(self, place: int, indicator: Points, whose: str) -> list[Award]:
        lineages = clause_lineages(self.facts.terms)
        mine = {lineages[place, name] for name in indicator.clauses}
        told = [award for award in self.awards if award.lineage in mine]
        if indicator.for_each is None:
            return told
        kind, subjects = indicator.for_each, self.told.subjects(place)
        return [award for award in told if whose in subjects.counted_for(kind, (award.whose,))]


def _timed_by(terms: Terms, indicator: Share | Statistic | Occurrences) -> Elapsed | DeliveryTime:
    """The indicator whose times another is made of."""
    match indicator:
        case Share(indicator=name):
            pass
        case Statistic(times=times):
            name = times or ""
        case Occurrences(judged_by=judged_by):
            name = judged_by or ""
    elapsed = terms.indicator(name)
    assert isinstance(elapsed, Elapsed | DeliveryTime), "the compiler lets only elapsed times be counted so"
    return elapsed
