"""Owns samples: how many of what was checked were defects, of each delivery or in a period.

Does not own: how many defects are accepted, which the promise says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from malus.measures.deliveries import DeliverySubject, JudgedDelivery, deliveries_placed
from malus.measures.tallies import in_periods
from malus.model.events import Tally
from malus.model.explanation import EventsUsed
from malus.model.indicators import CountedIn, Sample
from malus.model.instants import Instant
from malus.model.measurement import Measurement, events_used
from malus.model.measuring_steps import SampleChecked, TooFew
from malus.model.periods import Period
from malus.model.quantities import Level, Unit

_DOUBT = "these facts about one delivery cannot both be true"


def measure_samples(indicator: Sample, periods: Sequence[Period], tallies: Sequence[Tally]) -> list[Measurement]:
    """One level a period: the defects of all that was checked in it; nothing checked is empty."""
    placed = in_periods(periods, tallies, indicator.counted_in is CountedIn.PERIOD_OF_END)
    measured = []
    for period, used in zip(periods, placed, strict=True):
        checked = _Checked(indicator, used)
        measured.append(
            Measurement(
                period=period,
                level=checked.level,
                steps=checked.steps,
                empty=checked.level is None and not checked.says_met,
                says_met=checked.says_met,
            )
        )
    return measured


def measure_samples_of_each(
    indicator: Sample,
    periods: Sequence[Period],
    tallies: Sequence[Tally],
    deliveries: Sequence[DeliverySubject],
    as_of: Instant,
) -> list[Measurement]:
    """One level a delivery, from the tallies that name it and ended by `as_of`; nothing checked is empty."""
    told = _by_delivery(tallies, as_of)
    measured = []
    for delivery, period in deliveries_placed(indicator.counted_in, periods, deliveries, as_of):
        checked, clash = _Checked(indicator, told[delivery.name]), delivery.contradiction
        measured.append(
            Measurement(
                period=period,
                subject=delivery.name,
                level=None if clash else checked.level,
                steps=checked.steps,
                empty=checked.level is None and not checked.says_met and not clash,
                says_met=checked.says_met and not clash,
                undetermined=_DOUBT if clash else "",
                named=clash,
                starts=delivery.begins,
                ends=delivery.done,
                due=delivery.judged_by,
                goods=(delivery.goods(),),
            )
        )
    return measured


def sampled_deliveries(
    indicator: Sample, tallies: Sequence[Tally], deliveries: Sequence[DeliverySubject], as_of: Instant
) -> list[JudgedDelivery]:
    """The defects of each delivery; too small a sample, and nothing checked, give none."""
    told = _by_delivery(tallies, as_of)
    return [
        JudgedDelivery(
            subject=delivery, level=_Checked(indicator, told[delivery.name]).level, used=tuple(told[delivery.name])
        )
        for delivery in deliveries
    ]


def _by_delivery(tallies: Sequence[Tally], as_of: Instant) -> dict[str | None, list[Tally]]:
    """The tallies that ended by `as_of`, by the delivery that they name."""
    told: dict[str | None, list[Tally]] = defaultdict(list)
    for tally in tallies:
        if tally.end <= as_of:
            told[tally.delivery_id].append(tally)
    return told


class _Checked:
    """What some tallies say of a sample: its level, or that it is too small to have one."""

    def __init__(self, indicator: Sample, used: Sequence[Tally]) -> None:
        checked, good = sum(tally.total for tally in used), sum(tally.good for tally in used)
        defects, few = checked - good, indicator.few
        events: EventsUsed = events_used("tallies", used)
        self.level: Level | None = None
        self.says_met = False
        self.steps: tuple[EventsUsed | SampleChecked | TooFew, ...] = (events,)
        if few is not None and 0 < checked < few.below and (few.missed_after is None or defects <= few.missed_after):
            step = TooFew(total=checked, below=few.below, failures=defects, allowed=few.missed_after)
            self.steps, self.says_met = (events, step), few.says == "met"
        elif checked:
            self.level = Level(numerator=defects, denominator=1, unit=Unit.COUNT)
            self.steps = (events, SampleChecked(checked=checked, good=good, defects=defects))
