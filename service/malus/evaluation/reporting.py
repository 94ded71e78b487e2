"""Owns what becomes of outages that the customer did not report as its duty asks: they count from the report, or not.

Does not own: the duty that was missed, as a fact of its own (escalating), or which outages an indicator looks at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from malus.measures.outages import OutageSubject
from malus.model.deadlines import last_instant
from malus.model.explanation import TimeExcluded
from malus.model.indicator_parts import ReportedInTime
from malus.model.instants import Instant
from malus.model.measurement import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreported:
    """An outage not reported by the last instant, and the time of it, [start, end), that counts for nothing."""

    outage: str
    start: Instant
    end: Instant
    due: Instant
    reported_at: Instant | None


def as_reported(outages: Sequence[OutageSubject], asked: ReportedInTime | None) -> Sequence[OutageSubject]:
    """The outages as they count: those reported in time whole, the others from their report on or not at all.

    The last instant is inside. One that nobody has reported yet does not count. Facts that contradict each other stay,
    so that what they leave undetermined does not become a kept promise.
    """
    if asked is None:
        return outages
    return [
        replace(outage, start=late.end) if late is not None else outage
        for outage in outages
        if (late := _unreported(outage, asked)) is None or late.end < outage.end
    ]


def unreported(outages: Sequence[OutageSubject], asked: ReportedInTime) -> list[Unreported]:
    """Every outage of which a part or all counts for nothing, because of its report."""
    return [late for outage in outages if (late := _unreported(outage, asked)) is not None]


def with_reports(measurement: Measurement, late: Sequence[Unreported], asked: ReportedInTime) -> Measurement:
    """A level with the time in its period that counted for nothing, and until when a report may still change that."""
    period = measurement.period
    here = [item for item in late if item.start < period.end and item.end > period.start]
    if not here:
        return measurement
    steps = [
        TimeExcluded(
            exclusion=asked.duty,
            source=asked.source,
            event=item.outage,
            microseconds=min(item.end, period.end) - max(item.start, period.start),
            refused="",
            noticed="the customer reported it too late" if item.reported_at is not None else "nobody reported it",
        )
        for item in here
    ]
    used, rest = measurement.steps[:1], measurement.steps[1:]
    return replace(measurement, steps=(*used, *steps, *rest), facts_until=max(item.due for item in here))


def _unreported(outage: OutageSubject, asked: ReportedInTime) -> Unreported | None:
    if outage.contradiction:
        return None
    due = last_instant(asked.deadline, outage.end if asked.after == "outage_end" else outage.start)
    told = outage.reported_at
    if told is not None and told <= due:
        return None
    counts = asked.not_kept == "counts_from_report" and told is not None
    until = max(outage.start, min(outage.end, told)) if counts and told is not None else outage.end
    return Unreported(outage=outage.name, start=outage.start, end=until, due=due, reported_at=told)
