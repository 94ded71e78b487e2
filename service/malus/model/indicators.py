"""Owns what can be measured: each indicator with everything that its paper settles about it.

Does not own: what all have in common (indicator_parts), time up and down (availability), the measuring itself
(measures), nor the promise made about a level (clauses).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.availability import Availability, CheckedAvailability, Downtime, TimeShare
from malus.model.calendars import Calendar
from malus.model.combined import Combined
from malus.model.deadlines import Deadline
from malus.model.events import Transition
from malus.model.indicator_parts import (
    By,
    CountedIn,
    FewSamples,
    IndicatorBase,
    NoData,
    ReportedInTime,
    Unobserved,
    Where,
)
from malus.model.quantities import Limit, Unit
from malus.model.seasons import Season
from malus.model.statistics import Sample, Statistic

__all__ = [
    "Availability",
    "By",
    "CheckedAvailability",
    "Combined",
    "CountedIn",
    "Delivered",
    "Downtime",
    "Elapsed",
    "FewSamples",
    "GivenValue",
    "Indicator",
    "IndicatorBase",
    "IntervalMean",
    "NoData",
    "Occurrences",
    "PriorityLimit",
    "Ratio",
    "Sample",
    "Share",
    "Statistic",
    "TimeShare",
    "Unobserved",
    "Where",
    "level_unit",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(IndicatorBase):
    """Sum of good over sum of total of a period's tallies; or one less that, the share of errors."""

    counted_in: CountedIn
    share_of: Literal["good", "errors"] = "good"
    few: FewSamples | None = None
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMean(IndicatorBase):
    """The mean of the ratios of a period's intervals, good over total in each; not the ratio of the period's sums.

    `interval` in microseconds, counted from the period's start in elapsed time, so that a day of 25 hours has more of
    them; one that the period's end cuts short is an interval too. `share_of` errors: one minus each ratio.
    """

    interval: int
    empty_interval: Literal["good", "bad", "leaves_the_mean"]
    share_of: Literal["good", "errors"] = "good"
    where: tuple[Where, ...] = ()

    def __post_init__(self) -> None:
        if self.interval <= 0:
            raise ValueError("an interval has a length")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenValue(IndicatorBase):
    """A level that a reading gives as such; one outside `accepts` (both ends inside) is refused."""

    unit: Unit
    accepts_from: Fraction | None
    accepts_to: Fraction | None
    several: Literal["last", "mean", "refused"]
    counted_in: CountedIn
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Elapsed(IndicatorBase):
    """Per incident, the time from one transition to another on a calendar, less the pauses that are allowed.

    Per outage (`origin`), the time from its start to its end; its severity is then the priority that judges it.
    """

    origin: Literal["incidents", "outages"] = "incidents"
    starts: Transition
    ends: Transition
    calendar: Calendar
    pauses: tuple[str, ...]
    counted_in: CountedIn
    while_open: Literal["runs", "waits"]
    reopened: Literal["gap_counts", "gap_is_paused"] | None = None
    by: By = By.AT_END
    priorities: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    excluding: tuple[str, ...] = ()
    reporting: ReportedInTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysCounted:
    """What a day is where a lateness counts in days.

    `24_hours`: a stretch of real time, begun ones by `part_day`. `calendar_day`, `business_day`: civil days of the
    agreement, business ones by the indicator's calendar; whether the day on which it was due and the one on which it
    came are among them is said apart.
    """

    day: Literal["24_hours", "calendar_day", "business_day"]
    part_day: Literal["counts", "ignored", "exact"] = "exact"
    due_day: Literal["counts", "does_not_count"] = "does_not_count"
    done_day: Literal["counts", "does_not_count"] = "counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTime(IndicatorBase):
    """Per delivery, the time from when it was due or set out until it was there; early is no time at all.

    `days` None: the open time of the calendar, exact. A period of start is that of `starts`, extensions included.
    """

    starts: Literal["due", "sent"]
    calendar: Calendar
    days: DaysCounted | None
    counted_in: CountedIn
    while_open: Literal["runs", "waits"]
    where: tuple[Where, ...] = ()
    excluding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityLimit:
    """A limit on a level; `priority` None holds for every priority.

    `subject`: the name or the class of the subjects that it is for; None: every one. `season`: the part of the year in
    which the judged period starts, or the time of the incident or delivery; None: all year.
    """

    priority: str | None
    limit: Limit
    subject: str | None = None
    season: Season | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(IndicatorBase):
    """The part of incidents whose elapsed time is on the good side of a limit (`good`), or on the bad one (not `good`).

    A good share is better the higher it is, a bad one the lower.
    """

    indicator: str
    limits: tuple[PriorityLimit, ...]
    good: bool
    counted_in: CountedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShare(IndicatorBase):
    """The part of a period's deliveries whose lateness is on the good side of a limit, or on the bad one (not `good`).

    `weighted_by`: each delivery counts once, by its value or by its quantity. `in_full`: a delivery in time is good
    whole (`not_judged`), for the part that came as agreed (`good_part_counts`), or only where all of it did.
    """

    indicator: str
    limit: Limit
    good: bool
    counted_in: CountedIn
    weighted_by: Literal["count", "value", "quantity"]
    in_full: Literal["not_judged", "good_part_counts", "all_or_nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion(IndicatorBase):
    """How many readings lay `outside`, or how far the worst of them did, during each delivery or in a period.

    A reading is outside where any of the limits holds; `reads` is the name that it carries.
    """

    reads: str
    unit: Unit
    outside: tuple[Limit, ...]
    counts: Literal["readings", "worst"]
    measured_on: Literal["each_delivery", "period_total"]
    counted_in: CountedIn
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences(IndicatorBase):
    """How many outages or incidents a period has, each as long as `each` asks; or how many incidents or deliveries bad.

    Bad is what lies on the side `each` of a limit on the indicator `judged_by`: one of elapsed time, or for deliveries
    also a sample or an excursion of each.
    """

    origin: Literal["outages", "incidents", "deliveries"]
    each: Limit | None
    judged_by: str | None = None
    counted_in: CountedIn
    where: tuple[Where, ...] = ()
    excluding: tuple[str, ...] = ()
    reporting: ReportedInTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(IndicatorBase):
    """Whether a report or plan that is owed for every period was delivered by its deadline."""

    due: Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(IndicatorBase):
    """The service points that the breaches of some clauses gave, in a period and the `over` - 1 periods before it."""

    clauses: tuple[str, ...]
    over: int = 1


Indicator: TypeAlias = (
    Availability
    | Downtime
    | CheckedAvailability
    | TimeShare
    | Ratio
    | IntervalMean
    | GivenValue
    | Elapsed
    | DeliveryTime
    | Share
    | DeliveryShare
    | Excursion
    | Statistic
    | Sample
    | Occurrences
    | Delivered
    | Points
    | Combined
)


def is_of_each(indicator: Indicator) -> bool:
    """Whether each incident, outage or delivery has a level of its own, and so no period as a whole has one."""
    match indicator:
        case Elapsed() | DeliveryTime():
            return True
        case Excursion() | Sample():
            return indicator.measured_on == "each_delivery"
        case _:
            return False


def level_unit(indicator: Indicator) -> Unit:
    """The unit in which an indicator's level is judged."""
    match indicator:
        case Downtime():
            return Unit.DURATION
        case (
            Availability() | CheckedAvailability() | TimeShare() | Ratio() | IntervalMean() | Share() | DeliveryShare()
        ):
            return Unit.PERCENT
        case GivenValue() | Combined():
            return indicator.unit
        case Excursion():
            return Unit.COUNT if indicator.counts == "readings" else indicator.unit
        case Statistic():
            return Unit.COUNT if indicator.takes == "count" else indicator.unit
        case Elapsed() | DeliveryTime():
            return Unit.DURATION
        case Occurrences() | Delivered() | Points() | Sample():
            return Unit.COUNT
