"""Owns the share of time for which readings lay inside limits: how long each holds, and the gaps between them.

Does not own: excused time or agreed hours (agreed_time), nor what a level is held against.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from malus.measures.agreed_time import AgreedTime
from malus.measures.exact import Stretch, merged, overlap, without
from malus.measures.exclusions import Excused, exclusion_steps
from malus.measures.in_service import UNSURE, DeploymentSubject, unsure_in
from malus.measures.tallies import reading_value
from malus.model.events import Reading, event_name
from malus.model.explanation import NAMED_EVENTS_LIMIT
from malus.model.indicators import TimeShare, Unobserved
from malus.model.instants import Instant
from malus.model.measurement import Measurement, content_line, events_used
from malus.model.measuring_steps import Gap, TimeInside
from malus.model.periods import Period
from malus.model.quantities import Level, Unit


def measure_time_share(
    indicator: TimeShare,
    periods: Sequence[Period],
    readings: Sequence[Reading],
    excused: Sequence[Excused],
    agreed: AgreedTime,
    as_of: Instant,
    deployments: Sequence[DeploymentSubject] = (),
) -> list[Measurement]:
    """Time inside the limits over agreed time of each period, in exact microseconds, from readings up to `as_of`.

    Of readings at one instant the one with the highest sequence counts; where two with the same sequence lie on
    different sides, both cannot be true. Time without a reading counts as the terms say; time after `as_of` is not
    outside. Excused time is never outside. Nothing can be said of a period of which `deployments` leave open whether
    the service was in service.
    """
    ordered = sorted(
        (reading for reading in readings if reading.start <= as_of),
        key=lambda reading: (reading.start, reading.sequence or 0, content_line(reading)),
    )
    told = _told(indicator, ordered, as_of)
    starts = [reading.start for reading in ordered]
    measured = []
    for place, period in enumerate(periods):
        pieces = [(start, min(end, as_of)) for start, end in agreed.counted.pieces[place] if start < as_of]
        inside, outside = overlap(told.inside, pieces), overlap(told.outside, pieces)
        gaps = [gap for piece in pieces for gap in without(piece, told.observed)]
        unobserved = sum(end - start for start, end in gaps)
        base, down = agreed.bases[place], outside
        match indicator.unobserved:
            case Unobserved.COUNTS_AS_DOWN:
                down += unobserved
            case Unobserved.LEAVES_THE_BASE:
                # Of a period that runs, what is still to come is not observed yet either.
                base -= agreed.counted.counted[place] - inside - outside
            case Unobserved.COUNTS_AS_UP:
                pass
        base = max(0, base)
        named = sorted({name for clash in told.clashes if clash.touches(period) for name in clash.named})
        reason = "these readings of one instant lie on both sides of a limit" if named else ""
        if not named and (named := list(unsure_in(deployments, period))):
            reason = UNSURE
        level = None
        if base and not named:
            level = Level(numerator=max(0, base - down), denominator=base, unit=Unit.PERCENT)
        step = TimeInside(
            limits=indicator.inside,
            inside=inside,
            outside=outside,
            unobserved=unobserved,
            counts=indicator.unobserved.value,
            gaps=tuple(Gap(start=start, end=end) for start, end in gaps[:NAMED_EVENTS_LIMIT]),
            all_gaps=len(gaps),
            base=base,
            level=level,
        )
        used = ordered[max(0, bisect_right(starts, period.start) - 1) : bisect_left(starts, period.end)]
        measured.append(
            Measurement(
                period=period,
                level=level,
                steps=(
                    events_used("readings", used),
                    *exclusion_steps(excused, period),
                    *agreed.steps[place],
                    *(() if named else (step,)),
                ),
                empty=not base and not named,
                undetermined=reason,
                named=tuple(named),
                down=down,
            )
        )
    return measured


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clash:
    start: Instant
    end: Instant
    named: tuple[str, ...]

    def touches(self, period: Period) -> bool:
        return self.start < period.end and self.end > period.start


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What readings tell: merged stretches inside and outside the limits, those of either, and contradictions."""

    inside: list[Stretch]
    outside: list[Stretch]
    observed: list[Stretch]
    clashes: list[_Clash]


def _told(indicator: TimeShare, ordered: Sequence[Reading], as_of: Instant) -> _Told:
    groups = [list(group) for _, group in groupby(ordered, key=lambda reading: reading.start)]
    inside: list[Stretch] = []
    outside: list[Stretch] = []
    clashes: list[_Clash] = []
    for place, group in enumerate(groups):
        last = group[-1]
        start, end = last.start, groups[place + 1][0].start if place + 1 < len(groups) else as_of
        newest = [reading for reading in group if (reading.sequence or 0) == (last.sequence or 0)]
        if indicator.holds is not None:
            # Of several that tell the same the one that reaches furthest holds, in whatever order they came.
            end = min(end, max(reading.end for reading in newest) + indicator.holds)
        if len({_is_inside(indicator, reading) for reading in newest}) > 1:
            named = tuple(f"{event_name(reading)} ({reading.value})" for reading in newest)
            clashes.append(_Clash(start=start, end=max(end, start + 1), named=named))
        if start < end:
            (inside if _is_inside(indicator, last) else outside).append((start, end))
    return _Told(inside=_union(inside), outside=_union(outside), observed=_union([*inside, *outside]), clashes=clashes)


def _is_inside(indicator: TimeShare, reading: Reading) -> bool:
    value = reading_value(reading, indicator.unit)
    assert value is not None, "a reading in another unit is not an indicator's"
    level = Level(numerator=value.numerator, denominator=value.denominator, unit=indicator.unit)
    return all(limit.holds(level) for limit in indicator.inside)


def _union(stretches: Sequence[Stretch]) -> list[Stretch]:
    return merged([start for start, _ in stretches], [end for _, end in stretches])
