"""Owns which facts each indicator is measured from: its service's, as its `where` asks, for one subject or for all.

Does not own: the measuring (measuring), nor which subject a fact names (subject_facts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from malus.evaluation.event_owners import accepted, fed_by_readings, owned, wanted
from malus.evaluation.facts import Facts
from malus.evaluation.in_force import Run, names_of
from malus.evaluation.reporting import Unreported, as_reported, unreported
from malus.evaluation.subject_facts import by_subject
from malus.evaluation.time_in_service import told_by_deployments
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject, outage_story
from malus.measures.outages import OutageSubject, selected
from malus.measures.tallies import totals_over_time
from malus.measures.weighing import Weighed
from malus.model.availability import TimedIndicator, TimeShare
from malus.model.events import Check, Obligation, Reading, Tally
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    Elapsed,
    Excursion,
    GivenValue,
    IndicatorBase,
    IntervalMean,
    Occurrences,
    Ratio,
    Sample,
    Statistic,
)
from malus.model.subjects import Subjects

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class ToldFacts:
    """The facts of one agreement by indicator, parted once for all its subjects.

    `whose`, wherever it is asked for, is the listed subject whose facts count; empty where the indicator is not
    `for_each`: then all of them do.
    """

    facts: Facts
    _parts: dict[tuple[int, str, str], dict[str, list[Any]]] = field(default_factory=dict)

    def subjects(self, place: int) -> Subjects:
        """The subjects that the terms of a place list."""
        return self.facts.terms[place].subjects

    def outages(self, place: int, indicator: Availability | Occurrences, whose: str) -> Sequence[OutageSubject]:
        """The outages of an indicator's service that its `where` asks for, as they count by their report."""
        told, asked = self.facts.outages[service_of(indicator)], indicator.reporting
        where = indicator.where
        mine = told.chosen(("where", where), lambda block: selected(block, where)) if where else told
        return self.of(place, indicator, whose, "outages", lambda: as_reported(mine, asked))

    def unreported(self, place: int, indicator: Availability | Occurrences, whose: str) -> list[Unreported]:
        """The outages of which a part or all does not count because of the customer's duty to report them."""
        if indicator.reporting is None:
            return []
        told = self.facts.outages[service_of(indicator)]
        mine = self.of(place, indicator, whose, "told outages", lambda: selected(told, indicator.where))
        return unreported(mine, indicator.reporting)

    def stories(self, indicator: Elapsed) -> list[IncidentSubject]:
        """Every incident that an indicator times; an outage that is timed is one too."""
        if indicator.origin == "incidents":
            return self.facts.incidents[service_of(indicator)]
        told = as_reported(self.facts.outages[service_of(indicator)], indicator.reporting)
        return [outage_story(outage) for outage in told]

    def incidents(self, place: int, indicator: Occurrences, whose: str) -> Sequence[IncidentSubject]:
        """The incidents of a service that count for a subject."""
        return self.of(place, indicator, whose, "incidents", lambda: self.facts.incidents[service_of(indicator)])

    def checks(self, place: int, indicator: CheckedAvailability, whose: str) -> Sequence[Check]:
        """The checks of an indicator's service that its `where` asks for."""
        mine, where = self.facts.checks[service_of(indicator)], indicator.where
        return self.of(place, indicator, whose, "checks", lambda: [check for check in mine if wanted(check, where)])

    def deployments(self, place: int, indicator: TimedIndicator, whose: str) -> Sequence[DeploymentSubject]:
        """The deployments that tell when a service was in service, where they are asked."""
        service = service_of(indicator)
        if not indicator.only_in_service or not told_by_deployments(self.facts.terms[place], service):
            return []
        return self.of(place, indicator, whose, "deployments", lambda: self.facts.deployments[service])

    def totals(self, run: Run, indicator: Availability, whose: str) -> list[Weighed]:
        """How many there are in all over time, as readings of the indicator tell it: each until the next."""
        if not fed_by_readings(indicator):
            return []
        told = self.facts.readings[service_of(indicator)]
        mine = self.of(run.place, indicator, whose, "totals", lambda: owned(self.facts, run.place, indicator, told))
        return totals_over_time(mine, run.periods)

    def deliveries(self, place: int, indicator: Delivered, whose: str) -> Sequence[Obligation]:
        """What was delivered under the name of an indicator, or one that it had."""
        mine, named = self.facts.obligations, names_of(indicator)
        return self.of(place, indicator, whose, "deliveries", lambda: [item for item in mine if item.name in named])

    def tallies(self, place: int, indicator: Ratio | IntervalMean | Sample, whose: str) -> Sequence[Tally]:
        """The tallies that feed an indicator."""
        key = ("fed", self.facts.terms, place, indicator.name, indicator.where)

        def chosen(tallies: Sequence[Tally]) -> list[Tally]:
            return [tally for tally in owned(self.facts, place, indicator, tallies) if wanted(tally, indicator.where)]

        def told() -> Sequence[Tally]:
            return self.facts.tallies[service_of(indicator)].chosen(key, chosen)

        return self.of(place, indicator, whose, "tallies", told)

    def readings(
        self, place: int, indicator: GivenValue | Excursion | Statistic | TimeShare, whose: str
    ) -> Sequence[Reading]:
        """The readings that feed an indicator and that its terms accept."""
        key = ("fed", self.facts.terms, place, indicator.name, indicator.where)

        def chosen(readings: Sequence[Reading]) -> list[Reading]:
            mine = owned(self.facts, place, indicator, readings)
            return [item for item in mine if wanted(item, indicator.where) and accepted(indicator, item)]

        def told() -> Sequence[Reading]:
            return self.facts.readings[service_of(indicator)].chosen(key, chosen)

        return self.of(place, indicator, whose, "readings", told)

    def of(
        self, place: int, indicator: IndicatorBase, whose: str, what: str, told: Callable[[], Sequence[T]]
    ) -> Sequence[T]:
        """The facts that count for a subject; they are parted once for all subjects of an indicator."""
        if indicator.for_each is None:
            return told()
        kind, key = indicator.for_each, (place, indicator.name, what)
        if key not in self._parts:
            subjects = self.subjects(place)
            self._parts[key] = by_subject(told(), subjects, kind)
        parts: dict[str, list[T]] = self._parts[key]
        return parts[whose]


def service_of(indicator: IndicatorBase) -> str:
    """The service of an indicator that has one."""
    assert indicator.service is not None, f"the compiler gives `{indicator.name}` its service"
    return indicator.service
