"""Owns what can be measured: each indicator with everything that its paper settles about it.

Does not own: the measuring itself (measures), nor the promise made about a level (clauses).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.calendars import Calendar
from malus.model.canonical import ASIDE
from malus.model.deadlines import Deadline
from malus.model.events import Transition
from malus.model.periods import Cycle
from malus.model.quantities import LevelRounding, Limit, Unit


class NoData(StrEnum):
    """What a period says in which nothing could be measured."""

    MET = "met"
    MISSED = "missed"
    PREVIOUS = "previous"
    UNDETERMINED = "undetermined"


class CountedIn(StrEnum):
    """Which period a subject that crosses a boundary belongs to."""

    PERIOD_OF_START = "period_of_start"
    PERIOD_OF_END = "period_of_end"
    EACH_ITS_PART = "each_its_part"


class By(StrEnum):
    """Which priority judges an incident whose priority changed."""

    AT_START = "at_start"
    AT_END = "at_end"
    HIGHEST = "highest"
    EACH_ITS_PART = "each_its_part"


class Unobserved(StrEnum):
    """What a time without a check counts as."""

    COUNTS_AS_UP = "counts_as_up"
    COUNTS_AS_DOWN = "counts_as_down"
    LEAVES_THE_BASE = "leaves_the_base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Only events whose field has one of these values are measured."""

    field_name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorBase:
    """What every indicator says: its name, the service, how time is cut, and what silence counts as.

    `for_each`: a kind of subject; then there is a level for each listed subject of that kind, by itself.
    """

    name: str
    cycle: Cycle
    service: str | None = None
    for_each: str | None = None
    no_data: NoData | None = None
    round: LevelRounding | None = None
    formerly: tuple[str, ...] = ()
    source: str = ""
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability(IndicatorBase):
    """Up time over agreed time of a period, from outages: the union of them counts once."""

    where: tuple[Where, ...] = ()
    excluding: tuple[str, ...] = ()
    excluded_time: Literal["counts_as_up", "leaves_the_base"] = "counts_as_up"
    ignore_up_to: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAvailability(IndicatorBase):
    """Up time over agreed time of a period, from checks: a state holds until the next check, or `holds` at most."""

    excluding: tuple[str, ...] = ()
    excluded_time: Literal["counts_as_up", "leaves_the_base"] = "counts_as_up"
    holds: int | None = None
    unobserved: Unobserved
    degraded: Literal["counts_as_up", "counts_as_down"]
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(IndicatorBase):
    """Sum of good over sum of total of a period's tallies."""

    counted_in: CountedIn
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityLimit:
    """A limit on a level; `priority` None holds for every priority.

    `subject`: the name or the class of the subjects that it is for; None: every one.
    """

    priority: str | None
    limit: Limit
    subject: str | None = None


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
class Occurrences(IndicatorBase):
    """How many outages or incidents a period has, each as long as `each` asks."""

    origin: Literal["outages", "incidents"]
    each: Limit | None
    counted_in: CountedIn
    where: tuple[Where, ...] = ()
    excluding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(IndicatorBase):
    """Whether a report or plan that is owed for every period was delivered by its deadline."""

    due: Deadline


Indicator: TypeAlias = (
    Availability | CheckedAvailability | Ratio | IntervalMean | GivenValue | Elapsed | Share | Occurrences | Delivered
)


def level_unit(indicator: Indicator) -> Unit:
    """The unit in which an indicator's level is judged."""
    match indicator:
        case Availability() | CheckedAvailability() | Ratio() | IntervalMean() | Share():
            return Unit.PERCENT
        case GivenValue():
            return indicator.unit
        case Elapsed():
            return Unit.DURATION
        case Occurrences() | Delivered():
            return Unit.COUNT
