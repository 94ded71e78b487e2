"""Owns which time of a period counts: agreed hours, time in service, less what is excused, or a fixed base.

Does not own: what happened in that time, nor why something is excused (exclusions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.measures.exact import Stretch
from malus.measures.exclusions import Excused
from malus.measures.segments import Segments, cut_segments, merge_stretches
from malus.measures.trailing import overlaps
from malus.model.availability import TimedIndicator
from malus.model.calendars import open_stretches
from malus.model.instants import Instant
from malus.model.measuring_steps import TimeBase
from malus.model.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgreedTime:
    """The time of each period that counts.

    `counted`: the stretches in which a service can be down; `agreed`: those with excused time too. `bases`:
    microseconds of each period that down time is held against. `steps`: how each base came about, where that is more
    than the period itself.
    """

    counted: Segments
    agreed: Segments
    excused_leaves: bool
    bases: tuple[int, ...]
    steps: tuple[tuple[TimeBase, ...], ...]

    @property
    def in_base(self) -> Segments:
        """The stretches that the bases are made of, where none is fixed."""
        return self.counted if self.excused_leaves else self.agreed


def agreed_time(
    indicator: TimedIndicator,
    periods: Sequence[Period],
    excused: Sequence[Excused],
    in_service: Sequence[Stretch] | None,
) -> AgreedTime:
    """Cut every period to the time that counts; `in_service` is None where a service always is.

    Time outside the agreed hours and outside service is in no base. Excused time is never down; it stays in the base
    (`counts_as_up`) or leaves it. A fixed base holds whatever the period's length; of a part period as the terms say.
    """
    closed = [] if indicator.hours is None else _closed(indicator, periods)
    absent = [] if in_service is None else _between(periods, in_service)
    windows = [stretch for item in excused for stretch in item.stretches]
    opened = _cut(periods, closed)
    agreed = _cut(periods, [*closed, *absent]) if absent else opened
    counted = _cut(periods, [*closed, *absent, *windows]) if windows else agreed
    leaves = indicator.excluded_time == "leaves_the_base"
    plain = indicator.hours is None and indicator.fixed_base is None and in_service is None
    bases: list[int] = []
    steps: list[tuple[TimeBase, ...]] = []
    lengths = zip(periods, opened.counted, agreed.counted, counted.counted, strict=True)
    for period, hours, in_agreed, left in lengths:
        excluded = in_agreed - left if leaves else 0
        fixed = _fixed(indicator, period)
        whole = in_agreed if fixed is None else fixed
        base = max(0, whole - excluded)
        bases.append(base)
        step = TimeBase(
            period=period.end - period.start,
            closed=period.end - period.start - hours,
            out_of_service=hours - in_agreed,
            fixed=fixed,
            excused=excluded,
            base=base,
        )
        steps.append(() if plain else (step,))
    return AgreedTime(counted=counted, agreed=agreed, excused_leaves=leaves, bases=tuple(bases), steps=tuple(steps))


def agreed_parts(
    indicator: TimedIndicator, stretches: Sequence[Stretch], in_service: Sequence[Stretch] | None
) -> list[Stretch]:
    """What of ascending stretches lies in agreed hours and in service: all of it where neither is asked."""
    parts = list(stretches)
    if indicator.hours is not None:
        parts = [part for start, end in parts for part in open_stretches(indicator.hours, start, end)]
    if in_service is None:
        return parts
    return overlaps(parts, merge_stretches([start for start, _ in in_service], [end for _, end in in_service]))


def _fixed(indicator: TimedIndicator, period: Period) -> int | None:
    fixed = indicator.fixed_base
    if fixed is None or (period.cut_from is not None and fixed.part_period == "its_own_time"):
        return None
    return fixed.microseconds


def _closed(indicator: TimedIndicator, periods: Sequence[Period]) -> list[Stretch]:
    assert indicator.hours is not None
    open_hours = [
        stretch for period in periods for stretch in open_stretches(indicator.hours, period.start, period.end)
    ]
    return _between(periods, open_hours)


def _between(periods: Sequence[Period], inside: Sequence[Stretch]) -> list[Stretch]:
    """What of the time from the first period to the last lies in none of the stretches."""
    if not periods:
        return []
    gaps: list[Stretch] = []
    reached: Instant = periods[0].start
    for start, end in merge_stretches([start for start, _ in inside], [end for _, end in inside]):
        if start > reached:
            gaps.append((reached, start))
        reached = max(reached, end)
    return [*gaps, (reached, periods[-1].end)] if reached < periods[-1].end else gaps


def _cut(periods: Sequence[Period], without: Sequence[Stretch]) -> Segments:
    return cut_segments(
        [period.start for period in periods],
        [period.end for period in periods],
        [start for start, _ in without],
        [end for _, end in without],
    )
