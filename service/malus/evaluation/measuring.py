"""Owns which facts each indicator is measured from; asks the kernels' callers once per run of periods.

Does not own: how any level is measured (measures), or what a promise makes of it (judging).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, assert_never

from malus.evaluation.event_owners import accepted, fed_by_readings, owned, wanted
from malus.evaluation.in_force import Run, clause_lineages, names_of
from malus.evaluation.intake import Facts
from malus.evaluation.measuring_deliveries import DeliveryMeasures
from malus.evaluation.subject_facts import by_subject, exclusions_for, texts_of
from malus.evaluation.time_in_service import time_in_service, told_by_deployments
from malus.measures.agreed_time import AgreedTime, agreed_parts, agreed_time
from malus.measures.checks import measure_checked_availability
from malus.measures.deliveries import DeliverySubject
from malus.measures.downtime import Told, measure_availability
from malus.measures.exact import Stretch
from malus.measures.exclusions import Excused, excused_time
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject, outage_story
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
    selected,
)
from malus.measures.points import Award, measure_points
from malus.measures.response import Timed, measure_elapsed, measure_share, timed_incidents
from malus.measures.tallies import measure_given, measure_ratio, totals_over_time
from malus.measures.weighing import Weighed
from malus.model.availability import TimedIndicator
from malus.model.events import Check, Obligation, Reading, Tally
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    GivenValue,
    Indicator,
    IndicatorBase,
    IntervalMean,
    Occurrences,
    Points,
    Ratio,
    Share,
)
from malus.model.measurement import Measurement
from malus.model.subjects import Subjects

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Measures:
    """Measures indicators from one agreement's facts, keeping what several indicators or clauses ask for.

    `awards` are the points of every breach, once those are known. `whose`, wherever it is asked for, is the listed
    subject whose facts count; empty where the indicator is not `for_each`: then all of them do.
    """

    facts: Facts
    goods: DeliveryMeasures = field(init=False)
    awards: list[Award] = field(default_factory=list)
    _timed: dict[tuple[int, str], list[Timed]] = field(default_factory=dict)
    _excused: dict[tuple[int, tuple[str, ...], str | None, tuple[str, ...], str | None], list[Excused]] = field(
        default_factory=dict
    )
    _parts: dict[tuple[int, str, str], dict[str, list[Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.goods = DeliveryMeasures(
            facts=self.facts,
            excusing=lambda place, indicator, delivery: self._excusing(
                place, indicator, self._named_by(place, delivery), delivery.name
            ),
        )

    def measured(self, run: Run) -> list[Measurement]:
        """Every level of an indicator in a run's periods: one a period, or one an incident, for each subject."""
        kind = run.indicator.for_each
        if kind is None:
            return self._measured(run, "")
        subjects = self.subjects(run.place)
        return [
            replace(measurement, whose=name, of_class=subjects.class_of(name))
            for name in subjects.of_kind(kind)
            for measurement in self._measured(run, name)
        ]

    def _measured(self, run: Run, whose: str) -> list[Measurement]:
        indicator, periods, place, facts = run.indicator, run.periods, run.place, self.facts
        match indicator:
            case Availability():
                return measure_availability(
                    indicator,
                    periods,
                    Told(
                        outages=self.outages(place, indicator, whose),
                        excused=self.excused(place, indicator, whose),
                        deployments=self._deployments(place, indicator, whose),
                        totals=self._totals(run, indicator, whose),
                    ),
                    self._agreed(run, indicator, whose),
                    each_outage=run.terms.pays_each_outage(indicator.name),
                )
            case CheckedAvailability():
                return measure_checked_availability(
                    indicator,
                    periods,
                    self._checks(place, indicator, whose),
                    self.excused(place, indicator, whose),
                    self._agreed(run, indicator, whose),
                    facts.as_of,
                )
            case Ratio():
                return measure_ratio(indicator, periods, self._tallies(place, indicator, whose))
            case IntervalMean():
                told = self._tallies(place, indicator, whose)
                return measure_interval_mean(indicator, periods, told, facts.as_of)
            case GivenValue():
                return measure_given(indicator, periods, self._readings(place, indicator, whose))
            case Elapsed():
                return measure_elapsed(indicator, periods, self.timed_for(place, indicator, indicator, whose))
            case DeliveryTime() | DeliveryShare() | Occurrences(late=str()):
                return self.goods.measured(run, indicator, whose)
            case Share():
                elapsed = run.terms.indicator(indicator.indicator)
                assert isinstance(elapsed, Elapsed), "the compiler lets a share be of elapsed times only"
                return measure_share(indicator, elapsed, periods, self.timed_for(place, indicator, elapsed, whose))
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
                return measure_delivered(indicator, periods, self._deliveries(place, indicator, whose), facts.as_of)
            case _:
                assert_never(indicator)

    def subjects(self, place: int) -> Subjects:
        """The subjects that the terms of a place list."""
        return self.facts.terms[place].subjects

    def whose_of(self, place: int, indicator: Indicator | None) -> tuple[str, ...]:
        """Each subject that an indicator is measured for; one empty name where it is measured but once."""
        kind = None if indicator is None else indicator.for_each
        return ("",) if kind is None else self.subjects(place).of_kind(kind)

    def timed(self, place: int, indicator: Elapsed) -> list[Timed]:
        """Every incident that an indicator times, under the terms of that place."""
        key = (place, indicator.name)
        if key not in self._timed:
            self._timed[key] = self._timing(place, indicator)
        return self._timed[key]

    def timed_for(self, place: int, indicator: Elapsed | Share, elapsed: Elapsed, whose: str) -> list[Timed]:
        """The incidents, timed as `elapsed` says, that count for a subject of an indicator."""
        return self._of(place, indicator, whose, "timed", lambda: self.timed(place, elapsed))

    def _named_by(self, place: int, fact: IncidentSubject | DeliverySubject) -> tuple[str, ...]:
        """The listed subjects that an incident or delivery names, each once."""
        names = (self.subjects(place).called(text) for text in texts_of(fact, ""))
        return tuple(sorted({name for name in names if name is not None}))

    def occurrences(self, place: int, indicator: Occurrences, whose: str) -> list[Occurrence]:
        """Every occurrence of an indicator in the whole history."""
        if indicator.late is not None:
            return self.goods.late_ones(place, indicator, whose)
        if indicator.origin == "incidents":
            return incident_occurrences(self._incidents(place, indicator, whose), indicator)
        excused = self.excused(place, indicator, whose)
        return outage_occurrences(indicator, self.outages(place, indicator, whose), excused, self.facts.as_of)

    def down(self, place: int, indicator: Availability, whose: str) -> list[Stretch]:
        """Every stretch of down time in the whole history, without excused time."""
        outages, excused = self.outages(place, indicator, whose), self.excused(place, indicator, whose)
        down = down_stretches(outages, excused, indicator.ignore_up_to)
        return agreed_parts(indicator, down, self._in_service(place, indicator, whose))

    def outages(self, place: int, indicator: Availability | Occurrences, whose: str) -> list[OutageSubject]:
        """The outages of an indicator's service that its `where` asks for."""
        told = self.facts.outages[_service(indicator)]
        return self._of(place, indicator, whose, "outages", lambda: selected(told, indicator.where))

    def excused(self, place: int, indicator: TimedIndicator | Elapsed | Occurrences, whose: str) -> list[Excused]:
        """What the terms of that place make of every exclusion event that an indicator lets excuse time."""
        return self._excusing(place, indicator, (whose,) if whose else ())

    def _excusing(
        self,
        place: int,
        indicator: TimedIndicator | Elapsed | DeliveryTime | Occurrences,
        names: tuple[str, ...],
        delivery: str | None = None,
    ) -> list[Excused]:
        """What is excused for these subjects; an exclusion that names a delivery excuses nothing else."""
        if not any(event.delivery_id == delivery for event in self.facts.exclusions):
            delivery = None
        if not any(event.subjects for event in self.facts.exclusions):
            names = ()  # what holds for each of them is worked out once
        key = (place, indicator.excluding, indicator.service, names, delivery)
        if key not in self._excused:
            terms = self.facts.terms[place]
            wanted = [item for item in terms.exclusions if item.name in indicator.excluding]
            told = [event for event in self.facts.exclusions if event.delivery_id in (None, delivery)]
            events = exclusions_for(told, self.subjects(place), names)
            self._excused[key] = excused_time(wanted, events, indicator.service, self.facts.as_of, terms.timezone)
        return self._excused[key]

    def _agreed(self, run: Run, indicator: TimedIndicator, whose: str) -> AgreedTime:
        """The time of each period of a run that counts for an indicator."""
        excused = self.excused(run.place, indicator, whose)
        return agreed_time(indicator, run.periods, excused, self._in_service(run.place, indicator, whose))

    def _in_service(self, place: int, indicator: TimedIndicator, whose: str) -> list[Stretch] | None:
        if not indicator.only_in_service:
            return None
        deployments = self._deployments(place, indicator, whose)
        return time_in_service(self.facts.terms[place], deployments, _service(indicator))

    def _deployments(self, place: int, indicator: TimedIndicator, whose: str) -> list[DeploymentSubject]:
        service = _service(indicator)
        if not indicator.only_in_service or not told_by_deployments(self.facts.terms[place], service):
            return []
        return self._of(place, indicator, whose, "deployments", lambda: self.facts.deployments[service])

    def _totals(self, run: Run, indicator: Availability, whose: str) -> list[Weighed]:
        """How many there are in all over time, as readings of the indicator tell it: each until the next."""
        if not fed_by_readings(indicator):
            return []
        told = self.facts.readings[_service(indicator)]
        mine = self._of(run.place, indicator, whose, "totals", lambda: owned(run.terms, indicator, told))
        return totals_over_time(mine, run.periods)

    def _of(self, place: int, indicator: IndicatorBase, whose: str, what: str, told: Callable[[], list[T]]) -> list[T]:
        """The facts that count for a subject; they are parted once for all subjects of an indicator."""
        if indicator.for_each is None:
            return told()
        kind, key = indicator.for_each, (place, indicator.name, what)
        if key not in self._parts:
            subjects = self.subjects(place)
            self._parts[key] = by_subject(told(), subjects, kind, lambda fact: texts_of(fact, kind))
        parts: dict[str, list[T]] = self._parts[key]
        return parts[whose]

    def _timing(self, place: int, indicator: Elapsed) -> list[Timed]:
        """Time every incident, those of the same subjects together: an exclusion may hold for some of them only."""
        alike: dict[tuple[str, ...], list[IncidentSubject]] = defaultdict(list)
        narrow = any(event.subjects for event in self.facts.exclusions)
        for incident in self._stories(indicator):
            alike[self._named_by(place, incident) if narrow else ()].append(incident)
        return [
            timed
            for names, incidents in alike.items()
            for timed in timed_incidents(
                indicator, incidents, excused_stretches(self._excusing(place, indicator, names)), self.facts.as_of
            )
        ]

    def _stories(self, indicator: Elapsed) -> list[IncidentSubject]:
        if indicator.origin == "incidents":
            return self.facts.incidents[_service(indicator)]
        return [outage_story(outage) for outage in self.facts.outages[_service(indicator)]]

    def _incidents(self, place: int, indicator: Occurrences, whose: str) -> list[IncidentSubject]:
        return self._of(place, indicator, whose, "incidents", lambda: self.facts.incidents[_service(indicator)])

    def _counted(
        self, place: int, indicator: Occurrences, whose: str
    ) -> Sequence[OutageSubject] | Sequence[IncidentSubject]:
        if indicator.origin == "outages":
            return self.outages(place, indicator, whose)
        return self._incidents(place, indicator, whose)

    def _checks(self, place: int, indicator: CheckedAvailability, whose: str) -> list[Check]:
        mine, where = self.facts.checks[_service(indicator)], indicator.where
        return self._of(place, indicator, whose, "checks", lambda: [check for check in mine if wanted(check, where)])

    def _awards(self, place: int, indicator: Points, whose: str) -> list[Award]:
        lineages = clause_lineages(self.facts.terms)
        mine = {lineages[place, name] for name in indicator.clauses}
        told = [award for award in self.awards if award.lineage in mine]
        if indicator.for_each is None:
            return told
        kind, subjects = indicator.for_each, self.subjects(place)
        return [award for award in told if whose in subjects.counted_for(kind, (award.whose,))]

    def _deliveries(self, place: int, indicator: Delivered, whose: str) -> list[Obligation]:
        mine, named = self.facts.obligations, names_of(indicator)
        return self._of(place, indicator, whose, "deliveries", lambda: [item for item in mine if item.name in named])

    def _tallies(self, place: int, indicator: Ratio | IntervalMean, whose: str) -> list[Tally]:
        def told() -> list[Tally]:
            mine = owned(self.facts.terms[place], indicator, self.facts.tallies[_service(indicator)])
            return [tally for tally in mine if wanted(tally, indicator.where)]

        return self._of(place, indicator, whose, "tallies", told)

    def _readings(self, place: int, indicator: GivenValue, whose: str) -> list[Reading]:
        def told() -> list[Reading]:
            mine = owned(self.facts.terms[place], indicator, self.facts.readings[_service(indicator)])
            return [item for item in mine if wanted(item, indicator.where) and accepted(indicator, item)]

        return self._of(place, indicator, whose, "readings", told)


def _service(indicator: IndicatorBase) -> str:
    assert indicator.service is not None, f"the compiler gives `{indicator.name}` its service"
    return indicator.service
