"""Owns availability and time down from outages: the union of them per period, in whole minutes or by weight.

Does not own: an outage's facts (outages), which time counts (agreed_time), nor what a level is held against.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.measures.agreed_time import AgreedTime
from malus.measures.exact import Stretch
from malus.measures.exclusions import Excused, exclusion_steps
from malus.measures.in_service import UNSURE, DeploymentSubject, unsure_in
from malus.measures.measure import covered_time
from malus.measures.outages import OutageSubject, determined
from malus.measures.segments import merge_stretches
from malus.measures.trailing import overlaps
from malus.measures.weighing import Weighed, weighed_time, weight_over_time, whole_numbers
from malus.model.availability import Availability, Downtime, Weights, WholeMinutes
from malus.model.blocks import Block, Blocks, blocks_of
from malus.model.events import Outage, event_name
from malus.model.explanation import Step
from malus.model.instants import MINUTE, Instant
from malus.model.measurement import Measurement, events_used
from malus.model.measuring_steps import TimeInWholeMinutes, TimeWeighed
from malus.model.periods import Period
from malus.model.quantities import Level, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the events tell: outages as selected, what the terms excuse, and the deployments where they are asked.

    `totals`: how many there are in all over time, ascending and disjoint, where weights are out of a total that
    readings tell.
    """

    outages: Sequence[OutageSubject]
    excused: Sequence[Excused]
    deployments: Sequence[DeploymentSubject] = ()
    totals: Sequence[Weighed] = ()


def measure_availability(
    indicator: Availability, periods: Sequence[Period], told: Told, agreed: AgreedTime, *, each_outage: bool = False
) -> list[Measurement]:
    """Up time over agreed time of each period, (base - down) / base in exact microseconds; or the time down itself.

    Overlapping and touching outages count once, or by weight. A merged stretch whose whole length is at most
    `ignore_up_to` counts nothing. Excused time is never down. A base of nothing is empty, not 0 and not 100 %; more
    time down than a fixed base has is 0 %. `each_outage` also gives every stretch's own part of the period.
    """
    outages = blocks_of(told.outages)
    starts, ends = determined(outages)
    downs = covered_time(starts, ends, agreed.counted, indicator.ignore_up_to)
    whole = indicator.whole_minutes
    parts_asked = each_outage or (whole is not None and whole.each == "outage")
    # Stretch by stretch only for those who ask for stretches.
    asked = parts_asked or whole is not None or indicator.weights is not None
    merged = merge_stretches(starts, ends, indicator.ignore_up_to) if asked else []
    lost = None if indicator.weights is None else _lost(indicator.weights, periods, told, merged, agreed)
    touching = _touching(periods, outages)
    measured = []
    for place, period in enumerate(periods):
        here = touching[place]
        steps: list[Step] = [
            events_used("outages", here.mapped("events", _events)),
            *exclusion_steps(told.excused, period),
            *agreed.steps[place],
        ]
        down = downs[place]
        pieces = agreed.counted.pieces[place]
        parts = _parts(merged, pieces) if parts_asked else ()
        if whole is not None:
            exact = down
            if whole.each == "outage":
                parts = tuple(_whole(part, whole.part) for part in parts)
            down = _in_whole_minutes(whole, exact, parts, merged, pieces)
            steps.append(TimeInWholeMinutes(each=whole.each, part=whole.part, exact=exact, counted=down))
        reason, named = _doubt(indicator, told, here, period)
        level = None if reason else _level(indicator, agreed.bases[place], down)
        if lost is not None and not reason:
            level, step = _weighed_level(indicator.weights, *lost[place])
            steps.append(step)
        measured.append(
            Measurement(
                period=period,
                level=level,
                steps=tuple(steps),
                empty=level is None and not reason,
                undetermined=reason,
                named=named,
                down=down,
                stretches=parts if each_outage else (),
                first_start=min(
                    (block.once("first start", _first_start) for block in here.blocks()), default=period.end
                ),
                last_end=_last_end(here, period),
            )
        )
    return measured


def _events(outages: Sequence[OutageSubject]) -> list[Outage]:
    return [event for subject in outages for event in subject.events]


def _first_start(outages: Sequence[OutageSubject]) -> Instant:
    return min(subject.start for subject in outages)


def _last_end(touching: Blocks[OutageSubject], period: Period) -> Instant | None:
    ends = [block.once("last end", _end_of_all) for block in touching.blocks()]
    return None if None in ends else max((end for end in ends if end is not None), default=period.end)


def _end_of_all(outages: Sequence[OutageSubject]) -> Instant | None:
    return None if any(subject.open for subject in outages) else max(subject.end for subject in outages)


def _contradictory(outages: Sequence[OutageSubject]) -> list[OutageSubject]:
    return [subject for subject in outages if subject.contradiction]


def _doubt(
    indicator: Availability, told: Told, here: Blocks[OutageSubject], period: Period
) -> tuple[str, tuple[str, ...]]:
    """Why nothing can be said of a period, and the events that leave it so; empty where all is well."""
    doubtful = [subject for block in here.blocks() for subject in block.once("contradictory", _contradictory)]
    clash = {name for subject in doubtful for name in subject.contradiction}
    if clash:
        both = any(not subject.start_unknown for subject in doubtful)
        reason = "these facts about one outage cannot both be true" if both else "nobody told when these outages began"
        return reason, tuple(sorted(clash))
    unsure = unsure_in(told.deployments, period)
    if unsure:
        return UNSURE, unsure
    weights = indicator.weights
    if weights is None:
        return "", ()
    lacking = {event_name(item.events[0]) for item in here if getattr(item, weights.by) is None}
    if lacking:
        return f"these outages do not tell their `{weights.by}`", tuple(sorted(lacking))
    if weights.by == "affected" and weights.total is None and not _covered(told.totals, period):
        return "no reading tells how many there are in all from the start of this period on", ()
    return "", ()


def _covered(totals: Sequence[Weighed], period: Period) -> bool:
    return any(start <= period.start < end for start, end, _ in totals)


def _lost(
    weights: Weights, periods: Sequence[Period], told: Told, merged: Sequence[Stretch], agreed: AgreedTime
) -> list[tuple[Fraction, Fraction]]:
    """What each period lost and had in all, in microseconds times what weighs."""
    if weights.by == "share" or weights.total is not None:
        total = Fraction(1) if weights.total is None else Fraction(weights.total)
        most: Sequence[Weighed] = [(periods[0].start, periods[-1].end, total)] if periods else []
        wholes = [total * base for base in agreed.bases]
    else:
        most = told.totals
        wholes = weighed_time(most, agreed.in_base)
    kept = [start for start, _ in merged]
    hits = [
        (item.start, item.end, Fraction(getattr(item, weights.by)))
        for item in told.outages
        if not item.contradiction and getattr(item, weights.by) is not None and _is_kept(item, merged, kept)
    ]
    profile = weight_over_time(hits, overlapping=weights.overlapping, most=most)
    return list(zip(weighed_time(profile, agreed.counted), wholes, strict=True))


def _is_kept(item: OutageSubject, merged: Sequence[Stretch], starts: Sequence[int]) -> bool:
    """Whether the merged stretch of an outage was long enough to count."""
    place = bisect_right(starts, item.start) - 1
    return place >= 0 and item.start < merged[place][1]


def _level(indicator: Availability, base: int, down: int) -> Level | None:
    if isinstance(indicator, Downtime):
        return Level(numerator=down, denominator=1, unit=Unit.DURATION)
    return Level(numerator=max(0, base - down), denominator=base, unit=Unit.PERCENT) if base else None


def _weighed_level(weights: Weights | None, lost: Fraction, base: Fraction) -> tuple[Level | None, TimeWeighed]:
    assert weights is not None, "only what is weighed has something lost"
    step = TimeWeighed(by=weights.by, overlapping=weights.overlapping, lost=lost, base=base)
    if not base:
        return None, step
    numerator, denominator = whole_numbers(max(Fraction(0), base - lost), base)
    return Level(numerator=numerator, denominator=denominator, unit=Unit.PERCENT), step


def _in_whole_minutes(
    whole: WholeMinutes, exact: int, parts: Sequence[int], merged: Sequence[Stretch], pieces: Sequence[Stretch]
) -> int:
    match whole.each:
        case "period":
            return _whole(exact, whole.part)
        case "outage":
            return sum(parts)
        case "clock_minute":
            touched = [_clock_minutes(stretch, whole.part) for stretch in overlaps(merged, pieces)]
            # A minute begun counts as whole, also where the rest of it is excused: the sum is one of whole minutes.
            return sum(end - start for start, end in merge_stretches([a for a, _ in touched], [b for _, b in touched]))


def _whole(time: int, part: str) -> int:
    return -(-time // MINUTE) * MINUTE if part == "counts" else time // MINUTE * MINUTE


def _clock_minutes(stretch: Stretch, part: str) -> Stretch:
    start, end = stretch
    if part == "counts":
        return start - start % MINUTE, end + -end % MINUTE
    first = start + -start % MINUTE
    return first, max(first, end - end % MINUTE)


def _touching(periods: Sequence[Period], outages: Blocks[OutageSubject]) -> list[Blocks[OutageSubject]]:
    """The outages that touch each period."""
    touching: list[Blocks[OutageSubject]] = [Blocks() for _ in periods]
    key = ("touching", tuple((period.start, period.end) for period in periods))
    for block in outages.blocks():
        for place, touched in block.once(key, lambda subjects: _touched(periods, subjects)):
            touching[place].add(touched)
    return touching


def _touched(periods: Sequence[Period], subjects: Sequence[OutageSubject]) -> list[tuple[int, Block[OutageSubject]]]:
    firsts = [period.start for period in periods]
    touching: list[list[OutageSubject]] = [[] for _ in periods]
    for subject in subjects:
        low = max(0, bisect_right(firsts, subject.start) - 1)
        high = max(low + 1, bisect_left(firsts, subject.end))
        for place in range(low, min(high, len(periods))):
            if periods[place].end > subject.start and periods[place].start < max(subject.end, subject.start + 1):
                touching[place].append(subject)
    return [(place, Block(touched)) for place, touched in enumerate(touching) if touched]


def _parts(merged: Sequence[Stretch], pieces: Sequence[Stretch]) -> tuple[int, ...]:
    parts = (sum(max(0, min(end, last) - max(start, first)) for first, last in pieces) for start, end in merged)
    return tuple(part for part in parts if part)
