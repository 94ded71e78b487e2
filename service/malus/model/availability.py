"""Owns time up and time down: from outages, checks or readings, over which time, and how outages weigh.

Does not own: the measuring (measures), nor the other measures (indicators).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from malus.model.calendars import Calendar
from malus.model.indicator_parts import IndicatorBase, ReportedInTime, Unobserved, Where
from malus.model.quantities import Limit, Unit

ExcludedTime: TypeAlias = Literal["counts_as_up", "leaves_the_base"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedBase:
    """A base that is the same for every period, whatever its length, in microseconds.

    `part_period`: what a period that the terms cut short is held against; None where none can be cut.
    """

    microseconds: int
    part_period: Literal["full", "its_own_time"] | None = None

    def __post_init__(self) -> None:
        if self.microseconds <= 0:
            raise ValueError("a fixed base is above nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeMinutes:
    """Time down in whole minutes: of each outage, of the period's sum, or minute by minute of the clock.

    `part`: a minute begun `counts` as whole, or is `ignored`.
    """

    each: Literal["outage", "period", "clock_minute"]
    part: Literal["counts", "ignored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much of the service an outage hits: its `share`, or how many were `affected` out of `total`.

    `total` None with `affected`: readings of the indicator tell it, each until the next. Outages at one time are
    `added_up`, to the whole at most, or the `highest` of them counts.
    """

    by: Literal["share", "affected"]
    total: int | None = None
    overlapping: Literal["added_up", "highest"]

    def __post_init__(self) -> None:
        if self.by == "share" and self.total is not None:
            raise ValueError("a share is of the whole: it has no total")
        if self.total is not None and self.total <= 0:
            raise ValueError("a total is above nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedIndicator(IndicatorBase):
    """What availability from outages and from checks have in common: which time counts at all.

    `excluding`: the exclusions that excuse time; excused time is never down. `hours`: only time in which this calendar
    is open counts. `only_in_service`: time in which the service was not in service leaves the base.
    """

    where: tuple[Where, ...] = ()
    excluding: tuple[str, ...] = ()
    excluded_time: ExcludedTime = "counts_as_up"
    hours: Calendar | None = None
    fixed_base: FixedBase | None = None
    only_in_service: bool = False

    def __post_init__(self) -> None:
        if self.fixed_base is not None and self.only_in_service:
            raise ValueError("a base that is fixed does not shrink with the time in service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability(TimedIndicator):
    """Up time over agreed time of a period, from outages: the union of them counts once, or each by its weight."""

    ignore_up_to: int = 0
    whole_minutes: WholeMinutes | None = None
    weights: Weights | None = None
    reporting: ReportedInTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime(Availability):
    """The time down of a period itself, in place of the part of the period that was up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAvailability(TimedIndicator):
    """Up time over agreed time of a period, from checks: a state holds until the next check, or `holds` at most."""

    holds: int | None = None
    unobserved: Unobserved
    degraded: Literal["counts_as_up", "counts_as_down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeShare(TimedIndicator):
    """The share of a period's time for which what readings tell lay `inside` every limit: `up` is the time it did.

    A reading holds until the next one, or `holds` microseconds after its end at most; `unobserved` says what time
    without one counts as. `reads` is the name that the readings carry.
    """

    reads: str
    unit: Unit
    inside: tuple[Limit, ...]
    holds: int | None = None
    unobserved: Unobserved
