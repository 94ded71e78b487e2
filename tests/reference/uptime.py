"""Time up and time down of one period: which time counts, in what minutes, and how outages weigh.

Owns: availability and downtime, from outages and from checks. Does not own: excused time (`exclusions`), the other
levels (`levels`), promises or money.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from malus.model import events as told
from malus.model.indicators import Availability, CheckedAvailability, Downtime, TimeShare

from tests.reference.civil import EXACT, Span, open_spans
from tests.reference.deployments import in_service, unsure_in_service
from tests.reference.exclusions import excused
from tests.reference.found import Found
from tests.reference.spans import kept, overlap, ratio, total, united, without
from tests.reference.subjects import told_of
from tests.reference.world import Chain, Cut, Stretch, Subject, World, event_order, matches

MINUTE = EXACT["minutes"]


def down_stretches(world: World, indicator: Availability, cut: Cut) -> list[Stretch]:
    """The stretches that count as an outage at all."""
    stretches = world.stretches(indicator, cut)
    world.edge(
        "stretch exactly as long as is ignored",
        when=any(one.end - one.start == indicator.ignore_up_to for one in stretches),
    )
    if indicator.ignore_up_to == 0:
        return stretches
    return [one for one in stretches if one.end - one.start > indicator.ignore_up_to]


def from_outages(world: World, chain: Chain, indicator: Availability, cut: Cut) -> Found:
    """Time up over agreed time, or the time down itself."""
    excluded = excused(world, indicator, cut)
    agreed = agreed_time(world, indicator, cut)
    counted = without(agreed, excluded)
    doubt = world.doubtful(indicator, cut) or unsure_in_service(world, indicator, cut)
    down = []
    for one in down_stretches(world, indicator, cut):
        world.edge("outage inside of excluded time", when=bool(kept([(one.start, one.end)], excluded)))
        world.edge("outage across a period's boundary", when=one.start < cut.start < one.end)
        part = tuple(kept([(one.start, one.end)], counted))
        if part:
            down.append(part)
    base = _base(world, indicator, cut, agreed, counted)
    times, lost = _in_minutes(world, indicator, down)
    found = Found(doubt=doubt, down=tuple(down), times=tuple(times), lost=lost)
    if indicator.weights is not None:
        return _weighed(world, chain, indicator, cut, base, counted, found)
    if isinstance(indicator, Downtime):
        found.level, found.grain = Fraction(lost), Fraction(1)
    elif base > 0:
        world.edge("more time down than the base has", when=lost > base)
        found.level, found.grain = ratio(max(0, base - lost), base), ratio(1, base)
        found.sums = (Fraction(max(0, base - lost)), Fraction(base))
    return found


def agreed_time(world: World, indicator: Any, cut: Cut) -> list[Span]:
    """The time of a period that counts at all: in the agreed hours, and in service."""
    agreed = [cut.span]
    if indicator.hours is not None:
        agreed = kept(agreed, open_spans(indicator.hours, cut.start, cut.end))
        world.edge("nothing of a period in the agreed hours", when=not agreed)
    if indicator.only_in_service:
        agreed = kept(agreed, in_service(world, indicator, cut))
        world.edge("nothing of a period in service", when=not agreed)
        world.edge("part of a period in service", when=0 < total(agreed) < cut.end - cut.start)
    return agreed


def _base(world: World, indicator: Any, cut: Cut, agreed: list[Span], counted: list[Span]) -> int:
    """What time down is held against: the time itself or a fixed one, less what leaves it."""
    left = total(counted) if indicator.excluded_time == "leaves_the_base" else total(agreed)
    return left - total(agreed) + held_against(world, indicator, cut, agreed)


def held_against(world: World, indicator: Any, cut: Cut, agreed: list[Span]) -> int:
    """How long a period is taken to be, before anything leaves the base."""
    fixed = indicator.fixed_base
    if fixed is None:
        return total(agreed)
    if cut.span != cut.whole:
        world.edge(f"part of a fixed base: {fixed.part_period}")
        if fixed.part_period == "its_own_time":
            return total(agreed)
    return int(fixed.microseconds)


def _in_minutes(world: World, indicator: Any, down: list[tuple[Span, ...]]) -> tuple[list[int], int]:
    """How long each outage and all of them are taken to have lasted."""
    exact = [total(part) for part in down]
    whole = indicator.whole_minutes
    if whole is None:
        return exact, total(span for part in down for span in part)
    if whole.each == "outage":
        times = [_minutes(world, time, whole.part) for time in exact]
        return times, sum(times)
    if whole.each == "period":
        return exact, _minutes(world, sum(exact), whole.part)
    begun: set[int] = set()
    for minute, shared in _shares(down):
        if whole.part == "counts" or shared == MINUTE:
            begun.add(minute)
    world.edge("two outages in one minute of the clock", when=any(shared > 1 for _, shared in _counts(down)))
    return exact, len(begun) * MINUTE


def _minutes(world: World, time: int, part: str) -> int:
    world.edge("exactly a whole number of minutes", when=time > 0 and time % MINUTE == 0)
    world.edge("one microsecond into another minute", when=time % MINUTE == 1)
    return -(-time // MINUTE) * MINUTE if part == "counts" else time // MINUTE * MINUTE


def _shares(down: list[tuple[Span, ...]]) -> list[tuple[int, int]]:
    """How much of each minute of the clock was down."""
    found: dict[int, int] = {}
    for start, end in united(span for part in down for span in part):
        for minute in range(start // MINUTE, -(-end // MINUTE)):
            a, b = overlap((start, end), (minute * MINUTE, (minute + 1) * MINUTE))
            found[minute] = found.get(minute, 0) + b - a
    return list(found.items())


def _counts(down: list[tuple[Span, ...]]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for part in down:
        for minute in {edge // MINUTE for start, end in part for edge in (start, end - 1)}:
            found[minute] = found.get(minute, 0) + 1
    return list(found.items())


def _weighed(
    world: World, chain: Chain, indicator: Availability, cut: Cut, base: int, counted: list[Span], found: Found
) -> Found:
    """The part that outages hit, over all there is, instant by instant."""
    weights = indicator.weights
    assert weights is not None
    hit = _hit(world, indicator, cut)
    # Whether it would have counted in the end does not matter: nobody told what it hit.
    untold = [
        one
        for one in world.consistent(indicator, cut)
        if _weight(one, weights.by) is None and _touches(_span(world, one), cut)
    ]
    world.edge("outage without a weight", when=bool(untold))
    whole = _whole(world, chain, indicator, cut)
    if untold or whole is None:
        world.edge("no total at the start of a period", when=whole is None)
        return replace(found, doubt=True)
    lost, at_once = Fraction(0), False
    for start, end, size in _pieces(whole, [span for _, span in hit], counted):
        parts = [_weight(one, weights.by) or Fraction(0) for one, span in hit if span[0] <= start and end <= span[1]]
        taken = sum(parts, Fraction(0)) if weights.overlapping == "added_up" else max(parts, default=Fraction(0))
        at_once = at_once or len(parts) > 1
        world.edge("outages at one time hit more than there is", when=taken > size)
        lost += min(taken, size) * (end - start)
    world.edge(f"outages at one time {weights.overlapping}", when=at_once)
    if weights.by == "affected" and weights.total is None:
        # Excused time that counts as up stays in the base with the total that it had.
        inside = counted if indicator.excluded_time == "leaves_the_base" else agreed_time(world, indicator, cut)
        all_there_is = sum((size * total(kept(inside, [(a, b)])) for a, b, size in whole), Fraction(0))
    else:
        all_there_is = Fraction(whole[0][2] * base)
    if all_there_is <= 0:
        return found
    left = max(Fraction(0), all_there_is - lost)
    return replace(found, level=left / all_there_is, sums=(left, all_there_is))


def _hit(world: World, indicator: Availability, cut: Cut) -> list[tuple[Subject, Span]]:
    """Each outage of a stretch that is not ignored."""
    stretches = [(one.start, one.end) for one in down_stretches(world, indicator, cut)]
    told_of = world.consistent(indicator, cut)
    return [(one, _span(world, one)) for one in told_of if kept([_span(world, one)], stretches)]


def _touches(span: Span, cut: Cut) -> bool:
    return span[0] < cut.end and cut.start < max(span[1], span[0] + 1)


def _span(world: World, one: Subject) -> Span:
    return one.starts[0], one.ends[0] if one.ends else world.as_of


def _weight(one: Subject, by: str) -> Fraction | None:
    return one.share if by == "share" else None if one.affected is None else Fraction(one.affected)


def _whole(world: World, chain: Chain, indicator: Availability, cut: Cut) -> list[tuple[int, int, Fraction]] | None:
    """All that there is, from when to when; None where nobody told."""
    weights = indicator.weights
    assert weights is not None
    if weights.by == "share":
        return [(cut.start, cut.end, Fraction(1))]
    if weights.total is not None:
        return [(cut.start, cut.end, Fraction(weights.total))]
    readings = sorted(
        (
            one
            for one in world.of_kind(
                told.Reading
            )  # No terms were in force at an instant before the first of them, so such a reading is refused.
            if one.unit == "count" and one.start >= world.starts(0) and world.speaks_of(one, chain, cut)
        ),
        key=lambda one: (one.start, *event_order(one)),
    )
    if not any(one.start <= cut.start for one in readings):
        return None
    found = []
    for number, one in enumerate(readings):
        until = readings[number + 1].start if number + 1 < len(readings) else cut.end
        start, end = overlap((one.start, until), cut.span)
        world.edge("total that changes within a period", when=cut.start < one.start < cut.end)
        if start < end:
            found.append((start, end, one.value))
    return found


def _pieces(
    whole: list[tuple[int, int, Fraction]], spans: list[Span], counted: list[Span]
) -> list[tuple[int, int, Fraction]]:
    """The counted time cut wherever an outage or a total begins or ends."""
    edges = {edge for a, b, _ in whole for edge in (a, b)} | {edge for span in (*spans, *counted) for edge in span}
    cuts, found = sorted(edges), []
    for start, end in pairwise(cuts):
        size = next((size for a, b, size in whole if a <= start and end <= b), None)
        if size is not None and kept([(start, end)], counted):
            found.append((start, end, size))
    return found


def from_checks(world: World, indicator: CheckedAvailability, cut: Cut) -> Found:
    """Time up over agreed time, from what a monitor saw."""
    checks = sorted(
        (
            one
            for one in world.of_kind(told.Check)
            # Nobody agreed to measure anything while no terms were in force, so what was seen then judges nothing.
            if world.in_force(one.at) is not None
            and world.service_of(one.service, one.at) == indicator.service
            and matches(one, indicator.where)
            and world.counts(told_of(one), indicator, cut)
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
    return observed_share(world, indicator, cut, Observed(observed, bad, doubt))


@dataclass
class Observed:
    """For which time something was seen, which of it was bad, and whether what was seen contradicts itself."""

    seen: list[Span]
    bad: list[Span]
    doubt: bool


def observed_share(world: World, indicator: CheckedAvailability | TimeShare, cut: Cut, told_of: Observed) -> Found:
    """The part of the agreed time that was not bad; time without an observation is what the terms say."""
    agreed = agreed_time(world, indicator, cut)
    bad, doubt = list(told_of.bad), told_of.doubt or unsure_in_service(world, indicator, cut)
    silent = without(agreed, told_of.seen)
    world.edge("time without a reading", when=isinstance(indicator, TimeShare) and bool(silent))
    if indicator.unobserved == "counts_as_down":
        bad += kept(silent, [(cut.start, world.as_of)])
    excluded = excused(world, indicator, cut)
    base = agreed
    if indicator.unobserved == "leaves_the_base":
        # Excluded time that counts as up does so whether or not a monitor looked.
        base = without(base, without(silent, excluded))
    if indicator.excluded_time == "leaves_the_base":
        base = without(base, excluded)
    down = kept(without(united(bad), excluded), base)
    held = total(base) - total(agreed) + held_against(world, indicator, cut, agreed)
    if held <= 0:
        return Found(doubt=doubt)
    return Found(
        level=ratio(max(0, held - total(down)), held),
        doubt=doubt,
        down=(tuple(down),),
        grain=ratio(1, held),
        sums=(Fraction(max(0, held - total(down))), Fraction(held)),
    )
