"""The level of an indicator in one period, in fractions, by lists of stretches.

Owns: time down, states held, counts and sums. Does not own: excluded time (`exclusions`), incidents (`incidents`),
promises or money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    GivenValue,
    Occurrences,
    Ratio,
)

from tests.reference import incidents
from tests.reference.civil import EXACT, Span, last_moment
from tests.reference.edges import holds
from tests.reference.exclusions import excused
from tests.reference.spans import kept, ratio, total, united, without
from tests.reference.world import Chain, Cut, Stretch, World, event_order, in_period, matches


@dataclass
class Found:
    """What was measured: `level` None means no data; `doubt` that the facts disagree."""

    level: Fraction | None = None
    doubt: bool = False
    down: tuple[tuple[Span, ...], ...] = ()
    listed: bool = True
    grain: Fraction = Fraction(0)


def measured(world: World, chain: Chain, cut: Cut) -> Found:
    """The exact level of one indicator in one period, before any rounding."""
    indicator = chain.members[cut.place]
    match indicator:
        case Availability():
            return _from_outages(world, indicator, cut)
        case CheckedAvailability():
            return _from_checks(world, indicator, cut)
        case Ratio():
            return _from_tallies(world, chain, indicator, cut)
        case GivenValue():
            return _from_readings(world, chain, indicator, cut)
        case Occurrences():
            return _counted(world, indicator, cut)
        case Delivered():
            return _delivered(world, indicator, cut)
        case _:
            raise AssertionError("incidents are judged one by one")


def down_stretches(world: World, indicator: Availability) -> list[Stretch]:
    """The stretches that count as an outage at all."""
    stretches = world.stretches(indicator.service, indicator.where)
    world.edge(
        "stretch exactly as long as is ignored",
        when=any(one.end - one.start == indicator.ignore_up_to for one in stretches),
    )
    if indicator.ignore_up_to == 0:
        return stretches
    return [one for one in stretches if one.end - one.start > indicator.ignore_up_to]


def _from_outages(world: World, indicator: Availability, cut: Cut) -> Found:
    excluded = excused(world, indicator, cut)
    base = total(without([cut.span], excluded)) if indicator.excluded_time == "leaves_the_base" else total([cut.span])
    down = []
    for one in down_stretches(world, indicator):
        world.edge("outage inside of excluded time", when=bool(kept([(one.start, one.end)], excluded)))
        world.edge("outage across a period's boundary", when=one.start < cut.start < one.end)
        part = tuple(without(kept([(one.start, one.end)], [cut.span]), excluded))
        if part:
            down.append(part)
    doubt = world.doubtful(indicator.service, indicator.where, cut.span)
    if base == 0:
        return Found(doubt=doubt)
    lost = total(span for part in down for span in part)
    return Found(level=ratio(base - lost, base), doubt=doubt, down=tuple(down), grain=ratio(1, base))


def _from_checks(world: World, indicator: CheckedAvailability, cut: Cut) -> Found:
    checks = sorted(
        (
            one
            for one in world.of_kind(told.Check)
            if world.service_of(one.service, one.at) == indicator.service and matches(one, indicator.where)
        ),
        key=lambda one: (one.at, *event_order(one)),
    )
    observed: list[Span] = []
    bad: list[Span] = []
    doubt = False
    for number, one in enumerate(checks):
        end = checks[number + 1].at if number + 1 < len(checks) else world.as_of
        if indicator.holds is not None:
            world.edge("state held exactly as long as it may", when=end == one.at + indicator.holds)
            end = min(end, one.at + indicator.holds)
        span = (one.at, end)
        observed.append(span)
        if one.state == "down" or (one.state == "degraded" and indicator.degraded == "counts_as_down"):
            bad.append(span)
        rivals = [
            other
            for other in checks
            if other.at == one.at and (other.sequence or 0) == (one.sequence or 0) and other.state != one.state
        ]
        doubt = doubt or bool(rivals and kept([span], [cut.span]))
    world.edge("checks contradict each other", when=doubt)
    silent = without([cut.span], observed)
    if indicator.unobserved == "counts_as_down":
        bad += kept(silent, [(cut.start, world.as_of)])
    excluded = excused(world, indicator, cut)
    base = [cut.span]
    if indicator.unobserved == "leaves_the_base":
        # Excluded time that counts as up does so whether or not a monitor looked.
        base = without(base, without(silent, excluded))
    if indicator.excluded_time == "leaves_the_base":
        base = without(base, excluded)
    down = kept(without(united(bad), excluded), base)
    if total(base) == 0:
        return Found(doubt=doubt)
    return Found(
        level=ratio(total(base) - total(down), total(base)),
        doubt=doubt,
        down=(tuple(down),),
        grain=ratio(1, total(base)),
    )


def _from_tallies(world: World, chain: Chain, indicator: Ratio, cut: Cut) -> Found:
    counted = [one for one in _placed(world, chain, indicator, cut, told.Tally) if matches(one, indicator.where)]
    asked = sum(one.total for one in counted)
    if asked == 0:
        return Found()
    return Found(level=ratio(sum(one.good for one in counted), asked))


def _placed(world: World, chain: Chain, indicator: Any, cut: Cut, kind: type[Any]) -> list[Any]:
    found = [one for one in world.of_kind(kind) if world.speaks_of(one, chain, cut)]
    world.edge("tally or reading that ends with its period", when=any(one.end == cut.end for one in found))
    world.edge("tally or reading across a boundary", when=any(one.start < cut.start < one.end for one in found))
    return [one for one in found if in_period(indicator.counted_in, cut.span, one.start, one.end)]


def _from_readings(world: World, chain: Chain, indicator: GivenValue, cut: Cut) -> Found:
    values = []
    for one in sorted(
        (one for one in _placed(world, chain, indicator, cut, told.Reading) if matches(one, indicator.where)),
        key=lambda one: (one.end, *event_order(one)),
    ):
        value = _in_unit(one, indicator.unit)
        world.edge("reading in another unit", when=value is None)
        if value is None:
            continue
        lowest, highest = indicator.accepts_from, indicator.accepts_to
        outside = (lowest is not None and value < lowest) or (highest is not None and value > highest)
        world.edge("reading exactly at the end of what is accepted", when=value in {lowest, highest})
        world.edge("reading outside of what is accepted", when=outside)
        if not outside:
            values.append(value)
    if not values:
        return Found()
    if indicator.several == "refused" and len(values) > 1:
        world.edge("several readings refused")
        return Found(doubt=True)
    if indicator.several == "mean":
        return Found(level=sum(values, Fraction(0)) / len(values))
    return Found(level=values[-1])


def _in_unit(reading: told.Reading, unit: str) -> Fraction | None:
    if unit == "percent":
        return reading.value / 100 if reading.unit == "%" else None
    if unit == "count":
        return reading.value if reading.unit == "count" else None
    return reading.value * EXACT[reading.unit] if reading.unit in EXACT else None


@dataclass
class Occurrence:
    """One thing that happened: from when to when (None: still open), and how long of it counts."""

    start: int
    end: int | None
    length: int


def happenings(world: World, indicator: Occurrences, cut: Cut) -> list[Occurrence]:
    """Everything that the terms of this period would count, wherever it lies."""
    if indicator.origin == "incidents":
        return incidents.happenings(world, indicator, Occurrence)
    found = []
    excluded = excused(world, indicator, cut)
    for one in world.stretches(indicator.service, indicator.where):
        length = total(without([(one.start, one.end)], excluded))
        if length == 0:
            world.edge("outage wholly excluded")
            continue
        if indicator.each is not None and not holds(world, indicator.each.edge, indicator.each.value, Fraction(length)):
            continue
        found.append(Occurrence(one.start, None if one.still_open else one.end, length))
    return found


def _counted(world: World, indicator: Occurrences, cut: Cut) -> Found:
    count = 0
    for one in happenings(world, indicator, cut):
        if indicator.counted_in == "period_of_start":
            count += cut.start <= one.start < cut.end
        elif indicator.origin == "incidents":
            count += one.end is not None and cut.start <= one.end < cut.end
        else:
            count += one.end is not None and cut.start < one.end <= cut.end
    if indicator.origin == "incidents":
        doubt = incidents.doubtful(world, indicator, cut)
    else:
        doubt = world.doubtful(indicator.service, indicator.where, cut.span)
    return Found(level=Fraction(count), doubt=doubt)


def _delivered(world: World, indicator: Delivered, cut: Cut) -> Found:
    due = last_moment(indicator.due, cut.end, closes_day=True)
    for one in world.of_kind(told.Obligation):
        if one.name != indicator.name and one.name not in indicator.formerly:
            continue
        if one.period is None or not cut.start <= one.period < cut.end:
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
