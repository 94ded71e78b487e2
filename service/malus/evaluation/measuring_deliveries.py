"""Owns which deliveries each indicator is measured from, timed once for all that ask.

Does not own: how late one was or what a period's come to (measures), or what is excused of it (measuring).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from malus.evaluation.in_force import Run
from malus.evaluation.intake import Facts
from malus.measures.delivered_shares import late_occurrences, measure_delivery_share, measure_late
from malus.measures.deliveries import selected_deliveries
from malus.measures.exclusions import Excused
from malus.measures.lateness import TimedDelivery, measure_lateness, timed_deliveries
from malus.measures.occurrences import Occurrence
from malus.model.agreement import Terms
from malus.model.indicators import DeliveryShare, DeliveryTime, Occurrences
from malus.model.measurement import Measurement


@dataclass(slots=True, kw_only=True)
class DeliveryMeasures:
    """Measures indicators of deliveries; `excusing` gives what the terms of a place excuse of a delivery by name."""

    facts: Facts
    excusing: Callable[[int, DeliveryTime, str], list[Excused]]
    _timed: dict[tuple[int, str], list[TimedDelivery]] = field(default_factory=dict)

    def measured(self, run: Run, indicator: DeliveryTime | DeliveryShare | Occurrences) -> list[Measurement]:
        """Every level of an indicator of deliveries in a run's periods: one a delivery, or one a period."""
        match indicator:
            case DeliveryTime():
                return measure_lateness(indicator, run.periods, self.timed(run.place, indicator), self.facts.as_of)
            case DeliveryShare():
                late = _lateness(run.terms, indicator.indicator)
                return measure_delivery_share(indicator, late, run.periods, self.timed(run.place, late))
            case Occurrences():
                late = _lateness(run.terms, indicator.late)
                return measure_late(indicator, late, run.periods, self.timed(run.place, late))

    def timed(self, place: int, indicator: DeliveryTime) -> list[TimedDelivery]:
        """Every delivery that an indicator times, under the terms of that place."""
        key = (place, indicator.name)
        if key not in self._timed:
            assert indicator.service is not None, f"the compiler gives `{indicator.name}` its service"
            subjects = selected_deliveries(self.facts.deliveries[indicator.service], indicator.where)
            self._timed[key] = timed_deliveries(
                indicator,
                subjects,
                lambda subject: self.excusing(place, indicator, subject.name),
                self.facts.as_of,
                self.facts.terms[place].timezone,
            )
        return self._timed[key]

    def late_ones(self, place: int, indicator: Occurrences) -> list[Occurrence]:
        """Every late delivery that an indicator counts, in the whole history."""
        late = _lateness(self.facts.terms[place], indicator.late)
        return late_occurrences(indicator, self.timed(place, late), self.facts.as_of)


def _lateness(terms: Terms, name: str | None) -> DeliveryTime:
    assert name is not None, "only late deliveries are counted by a lateness"
    indicator = terms.indicator(name)
    assert isinstance(indicator, DeliveryTime), "the compiler lets deliveries be counted by their lateness only"
    return indicator
