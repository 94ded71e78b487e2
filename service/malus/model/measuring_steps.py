"""Owns the steps that show how a level came about, each with its inputs and its result.

Does not own: the steps of money and of verdicts (explanation), nor any sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from malus.model.instants import Instant
from malus.model.quantities import Level, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBase:
    """The time that a level is held against, in microseconds: the period, or `fixed`, less what is no part of it.

    `closed`: outside the agreed hours; `out_of_service`: in those hours, but not in service; `excused`: excused and
    out of the base.
    """

    period: int
    closed: int
    out_of_service: int
    fixed: int | None
    excused: int
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInWholeMinutes:
    """Time down as the terms count it in whole minutes; both in microseconds."""

    each: Literal["outage", "period", "clock_minute"]
    part: Literal["counts", "ignored"]
    exact: int
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWeighed:
    """Time down by what it hit: so many `lost` of `base`, both microseconds times what is counted."""

    by: Literal["share", "affected"]
    overlapping: Literal["added_up", "highest"]
    lost: Fraction
    base: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOfIntervals:
    """The mean of interval ratios: `ratio_sum` of the `measured` ones and one for each `full`, over all `intervals`.

    `length` in microseconds. `full` are those without events that count as wholly good (or as wholly errors, where
    errors are measured); others without events count as nothing, or are no part of `intervals`.
    """

    length: int
    intervals: int
    measured: int
    ratio_sum: Fraction
    full: int
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """How long after `counts_from` (when it was due with its extensions, or set out) a delivery was there.

    `until`: when it was there, or the moment asked for while it is under way (`is_open`). `running`: the microseconds
    that count, without excused time and outside the calendar; `day`, `part_day`: what they were counted in, empty where
    exact; `counted`: what is judged.
    """

    delivery: str
    due: Instant | None
    counts_from: Instant
    until: Instant
    is_open: bool
    running: int
    day: str
    part_day: str
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedPart:
    """One level that another is made of, by the name of its period, indicator or subject."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsCombined:
    """One level made of several, in order; of a ratio of sums the numerators and denominators are added up."""

    takes: Literal["mean", "ratio_of_sums", "sum", "highest", "lowest", "first_over_second"]
    parts: tuple[CombinedPart, ...]
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of time in which nothing told what held."""

    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInside:
    """The time for which readings lay inside `limits`, in microseconds: so long `outside`, so long `unobserved`.

    `counts`: what unobserved time counts as. `gaps`: the first stretches of it, at most a hundred of `all_gaps`.
    `base`: what the level is held against, without unobserved time where that leaves it.
    """

    limits: tuple[Limit, ...]
    inside: int
    outside: int
    unobserved: int
    counts: Literal["counts_as_up", "counts_as_down", "leaves_the_base"]
    gaps: tuple[Gap, ...]
    all_gaps: int
    base: int
    level: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticTaken:
    """One figure of `count` values: with up to a hundred of them those `parts`, in ascending order.

    `total`: their sum, where a sum or a mean is taken. Of a percentile, by `method`: the `percentile` as a part of one,
    its `place` in order, counted from 1, and the values there, `low` at the whole place and `high` at the next one.
    """

    takes: Literal["count", "sum", "mean", "lowest", "highest", "percentile"]
    count: int
    parts: tuple[CombinedPart, ...]
    total: Level | None
    percentile: Fraction | None
    method: str
    place: Fraction | None
    low: Level | None
    high: Level | None
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChecked:
    """So many were checked, and `good` of them were as agreed; the others are `defects`."""

    checked: int
    good: int
    defects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFew:
    """A total so small that the terms do not judge its level; with up to `allowed` failures, or however many.

    `failures` None: what is counted has no failures.
    """

    total: int
    below: int
    failures: int | None
    allowed: int | None
