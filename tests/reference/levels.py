"""The level of an indicator in one period, in fractions: counts, sums, readings, reports.

Owns: which measure gives it, and those. Does not own: time up and down (`uptime`), means of intervals (`means`),
figures of many values (`figures`), excused time (`exclusions`), incidents (`incidents`), promises or money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.model import events as told
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    Excursion,
    GivenValue,
    IntervalMean,
    Occurrences,
    Ratio,
    Sample,
    Statistic,
    TimeShare,
)

from tests.reference import incidents
from tests.reference.bad import bad_ones
from tests.reference.civil import Span, last_moment
from tests.reference.edges import holds
from tests.reference.exclusions import excused
from tests.reference.excursions import outside
from tests.reference.figures import figure
from tests.reference.found import Found
from tests.reference.inside import time_inside
from tests.reference.means import mean_of_intervals
from tests.reference.readings import accepted, placed
from tests.reference.samples import defects
from tests.reference.spans import ratio, total, united, without
from tests.reference.uptime import from_checks, from_outages
from tests.reference.world import Chain, Cut, World


def measured(world: World, chain: Chain, cut: Cut) -> Found:
    """The exact level of one indicator in one period, before any rounding."""
    indicator = chain.members[cut.place]
    match indicator:
        case Availability():
            return from_outages(world, chain, indicator, cut)
        case CheckedAvailability():
            return from_checks(world, indicator, cut)
        case TimeShare():
            return time_inside(world, chain, indicator, cut)
        case IntervalMean():
            return mean_of_intervals(world, chain, indicator, cut)
        case Ratio():
            return _from_tallies(world, chain, indicator, cut)
        case GivenValue():
            return _from_readings(world, chain, indicator, cut)
        case Statistic():
            return figure(world, chain, indicator, cut)
        case Excursion():
            return outside(world, chain, indicator, cut)
        case Sample():
            return defects(world, chain, indicator, cut)
        case Occurrences():
            return _counted(world, indicator, cut)
        case Delivered():
            return _delivered(world, indicator, cut)
        case _:
            raise AssertionError("incidents are judged one by one")


def _from_tallies(world: World, chain: Chain, indicator: Ratio, cut: Cut) -> Found:
    counted = placed(world, chain, indicator, cut, told.Tally)
    asked = sum(one.total for one in counted)
    if asked == 0:
        return Found()
    good = sum(one.good for one in counted)
    return Found(level=ratio(good, asked), sums=(Fraction(good), Fraction(asked)))


def _from_readings(world: World, chain: Chain, indicator: GivenValue, cut: Cut) -> Found:
    values = accepted(world, chain, indicator, cut)
    if not values:
        return Found()
    if indicator.several == "refused" and len(values) > 1:
        world.edge("several readings refused")
        return Found(doubt=True)
    if indicator.several == "mean":
        return Found(level=sum(values, Fraction(0)) / len(values))
    return Found(level=values[-1])


@dataclass
class Occurrence:
    """One thing that happened: from when to when (None: still open), and how long of it counts.

    `known`: from when it is known to be one.
    """

    start: int
    end: int | None
    length: int
    known: int


def happenings(world: World, indicator: Occurrences, cut: Cut) -> list[Occurrence]:
    """Everything that the terms of this period would count, wherever it lies."""
    if indicator.judged_by is not None:
        return [
            Occurrence(one.start, one.end, 0, one.known) for one in bad_ones(world, indicator, cut) if not one.doubt
        ]
    if indicator.origin == "incidents":
        return incidents.happenings(world, indicator, cut, Occurrence)
    found = []
    excluded = excused(world, indicator, cut)
    for one in world.stretches(indicator, cut):
        counted = without([(one.start, one.end)], excluded)
        length = total(counted)
        if length == 0:
            world.edge("outage wholly excluded")
            continue
        if indicator.each is not None and not holds(world, indicator.each.edge, indicator.each.value, Fraction(length)):
            continue
        found.append(Occurrence(one.start, None if one.still_open else one.end, length, _known(indicator, counted)))
    return found


def _known(indicator: Occurrences, counted: Sequence[Span]) -> int:
    """The first instant at which as much of an outage had gone by, without excused time, as each has to last."""
    needed = 0 if indicator.each is None else int(indicator.each.value) + (indicator.each.edge == "above")
    for start, end in counted:
        if end - start >= needed:
            return start + needed
        needed -= end - start
    raise AssertionError("it lasted as long")


def _counted(world: World, indicator: Occurrences, cut: Cut) -> Found:
    count = 0
    for one in happenings(world, indicator, cut):
        if indicator.counted_in == "period_of_start":
            count += cut.start <= one.start < cut.end
        elif indicator.origin != "outages":
            count += one.end is not None and cut.start <= one.end < cut.end
        else:
            count += one.end is not None and cut.start < one.end <= cut.end
    if indicator.judged_by is not None:
        unsure = [one for one in bad_ones(world, indicator, cut) if one.doubt]
        doubt = any(incidents.placed(one, indicator.counted_in, cut) for one in unsure)
    elif indicator.origin == "incidents":
        doubt = incidents.doubtful(world, indicator, cut)
    else:
        doubt = world.doubtful(indicator, cut)
    return Found(level=Fraction(count), doubt=doubt)


def _delivered(world: World, indicator: Delivered, cut: Cut) -> Found:
    due = last_moment(indicator.due, cut.end, closes_day=True)
    for one in world.of_kind(told.Obligation):
        if one.name != indicator.name and one.name not in indicator.formerly:
            continue
        if one.period is None or not cut.start <= one.period < cut.end:
            continue
        if indicator.for_each is not None and not world.counts({one.subject} - {None}, indicator, cut):
            continue
        world.edge("delivered at the last instant", when=one.at == due)
        world.edge("delivered one microsecond late", when=one.at == due + 1)
        if one.at <= due:
            return Found(level=Fraction(1))
    return Found(level=Fraction(0), listed=world.as_of > due)


def all_spans(parts: Sequence[Sequence[Span]]) -> list[Span]:
    return united(span for part in parts for span in part)


def level_found_spans(world: World, chain: Chain, cut: Cut) -> list[Span]:
    """The time down of one period, as one list."""
    return all_spans(measured(world, chain, cut).down)
