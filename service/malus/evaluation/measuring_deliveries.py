"""Owns which deliveries each indicator is measured from, timed once for all that ask.

Does not own: how late one was or what a period's come to (measures), or what is excused of it (measuring).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from malus.evaluation.excusing import Excusing
from malus.evaluation.facts import Facts
from malus.evaluation.in_force import Run
from malus.evaluation.subject_facts import by_subject
from malus.measures.delivered_shares import (
    late_occurrences,
    measure_delivery_share,
    measure_late,
    measure_rejected,
    rejected_occurrences,
)
from malus.measures.deliveries import DeliverySubject, JudgedDelivery, selected_deliveries
from malus.measures.excursions import exposed_deliveries, measure_excursions, measure_excursions_of_each
from malus.measures.lateness import TimedDelivery, measure_lateness, timed_deliveries
from malus.measures.occurrences import Occurrence
from malus.measures.samples import measure_samples, measure_samples_of_each, sampled_deliveries
from malus.measures.statistics import measure_statistic_of_lateness
from malus.model.agreement import Terms
from malus.model.events import Reading, Tally
from malus.model.indicators import DeliveryShare, DeliveryTime, Excursion, Occurrences, Sample, Statistic
from malus.model.measurement import Measurement


@dataclass(slots=True, kw_only=True)
class DeliveryMeasures:
    """Measures indicators of deliveries.

    `excusing` gives what the terms of a place excuse of a delivery, `readings` and `tallies` those of an indicator
    for a subject.
    """

    facts: Facts
    excusing: Excusing
    readings: Callable[[int, Excursion, str], Sequence[Reading]]
    tallies: Callable[[int, Sample, str], Sequence[Tally]]
    _timed: dict[tuple[int, str, str | None, str], list[TimedDelivery]] = field(default_factory=dict)
    _parts: dict[tuple[int, str, str], dict[str, list[TimedDelivery]]] = field(default_factory=dict)

    def measured(
        self,
        run: Run,
        indicator: DeliveryTime | DeliveryShare | Excursion | Sample | Occurrences | Statistic,
        whose: str,
    ) -> list[Measurement]:
        """Every level of an indicator of deliveries in a run's periods: one a delivery, or one a period.

        `whose`: the listed subject whose deliveries count; empty where the indicator is not `for_each`.
        """
        match indicator:
            case DeliveryTime():
                return measure_lateness(
                    indicator, run.periods, self._of(run.place, indicator, indicator, whose), self.facts.as_of
                )
            case DeliveryShare():
                late = _lateness(run.terms, indicator.indicator)
                return measure_delivery_share(indicator, late, run.periods, self._of(run.place, indicator, late, whose))
            case Excursion():
                return self._excursions(run, indicator, whose)
            case Sample():
                return self._samples(run, indicator, whose)
            case Occurrences():
                by = _judging(run.terms, indicator)
                if isinstance(by, DeliveryTime):
                    return measure_late(indicator, by, run.periods, self._of(run.place, indicator, by, whose))
                judged = self._judged(run.place, indicator, by, whose)
                called = "readings" if isinstance(by, Excursion) else "tallies"
                return measure_rejected(indicator, run.periods, judged, called, self.facts.as_of)
            case Statistic():
                late = _lateness(run.terms, indicator.times)
                timed = self._of(run.place, indicator, late, whose)
                return measure_statistic_of_lateness(indicator, late, run.periods, timed)

    def timed(self, place: int, indicator: DeliveryTime, kind: str | None, whose: str) -> list[TimedDelivery]:
        """Every delivery that an indicator times for a subject of a kind, under the terms of that place."""
        kind, whose = (kind, whose) if self.excusing.narrow else (None, "")
        key = (place, indicator.name, kind, whose)
        if key not in self._timed:
            assert indicator.service is not None, f"the compiler gives `{indicator.name}` its service"
            subjects = selected_deliveries(self.facts.deliveries[indicator.service], indicator.where)
            self._timed[key] = timed_deliveries(
                indicator,
                subjects,
                lambda subject: self.excusing.of(
                    place, indicator, whose, self.excusing.names(place, subject, kind, whose), subject.name
                ),
                self.facts.as_of,
                self.facts.terms[place].timezone,
            )
        return self._timed[key]

    def bad_ones(self, place: int, indicator: Occurrences, whose: str) -> list[Occurrence]:
        """Every late or rejected delivery that an indicator counts, in the whole history."""
        by = _judging(self.facts.terms[place], indicator)
        if isinstance(by, DeliveryTime):
            timed, zone = self._of(place, indicator, by, whose), self.facts.terms[place].timezone
            return late_occurrences(indicator, by, timed, self.facts.as_of, zone)
        return rejected_occurrences(indicator, self._judged(place, indicator, by, whose), self.facts.as_of)

    def _excursions(self, run: Run, indicator: Excursion, whose: str) -> list[Measurement]:
        if indicator.measured_on == "period_total":
            return measure_excursions(indicator, run.periods, self.readings(run.place, indicator, whose))
        readings, deliveries = self._read(run.place, indicator), self._delivered(run.place, indicator, indicator, whose)
        return measure_excursions_of_each(indicator, run.periods, readings, deliveries, self.facts.as_of)

    def _samples(self, run: Run, indicator: Sample, whose: str) -> list[Measurement]:
        if indicator.measured_on == "period_total":
            return measure_samples(indicator, run.periods, self.tallies(run.place, indicator, whose))
        tallies, deliveries = (
            self._checked(run.place, indicator),
            self._delivered(run.place, indicator, indicator, whose),
        )
        return measure_samples_of_each(indicator, run.periods, tallies, deliveries, self.facts.as_of)

    def _judged(self, place: int, indicator: Occurrences, by: Excursion | Sample, whose: str) -> list[JudgedDelivery]:
        """The deliveries that count for a subject of an indicator, with the level that `by` gives each."""
        deliveries = self._delivered(place, indicator, by, whose)
        if isinstance(by, Excursion):
            return exposed_deliveries(by, self._read(place, by), deliveries)
        return sampled_deliveries(by, self._checked(place, by), deliveries, self.facts.as_of)

    def _read(self, place: int, indicator: Excursion) -> Sequence[Reading]:
        """The readings that name a delivery go with it, whatever site they name themselves."""
        return self.readings(place, replace(indicator, for_each=None, where=()), "")

    def _checked(self, place: int, indicator: Sample) -> Sequence[Tally]:
        """The tallies that name a delivery go with it, whatever site they name themselves."""
        return self.tallies(place, replace(indicator, for_each=None, where=()), "")

    def _delivered(
        self, place: int, indicator: Excursion | Sample | Occurrences, by: Excursion | Sample, whose: str
    ) -> list[DeliverySubject]:
        """The deliveries that `by` asks for and that count for a subject of an indicator made of them."""
        assert indicator.service is not None, f"the compiler gives `{indicator.name}` its service"
        deliveries = selected_deliveries(self.facts.deliveries[indicator.service], by.where)
        kind = indicator.for_each
        return deliveries if kind is None else by_subject(deliveries, self.facts.terms[place].subjects, kind)[whose]

    def _of(
        self,
        place: int,
        indicator: DeliveryTime | DeliveryShare | Occurrences | Statistic,
        late: DeliveryTime,
        whose: str,
    ) -> list[TimedDelivery]:
        """The deliveries, timed as `late` says, that count for a subject of an indicator."""
        kind = indicator.for_each
        timed = self.timed(place, late, kind, whose)
        if kind is None:
            return timed
        key = (place, indicator.name, whose if self.excusing.narrow else "")
        if key not in self._parts:
            subjects = self.facts.terms[place].subjects
            self._parts[key] = by_subject(timed, subjects, kind)
        return self._parts[key][whose]


def _judging(terms: Terms, indicator: Occurrences) -> DeliveryTime | Excursion | Sample:
    """What says of each delivery whether it counts."""
    assert indicator.judged_by is not None, "the compiler lets deliveries be counted by a level of theirs only"
    by = terms.indicator(indicator.judged_by)
    assert isinstance(by, DeliveryTime | Excursion | Sample), "the compiler lets only these judge deliveries"
    return by


def _lateness(terms: Terms, name: str | None) -> DeliveryTime:
    assert name is not None, "the compiler names the lateness"
    indicator = terms.indicator(name)
    assert isinstance(indicator, DeliveryTime), "the compiler lets deliveries be counted by their lateness only"
    return indicator
