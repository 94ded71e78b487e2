"""Owns what every indicator has: its name, how time is cut, what silence counts as, and the words for odd cases.

Does not own: any one measure (indicators, availability).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from malus.model.canonical import ASIDE
from malus.model.deadlines import Deadline
from malus.model.periods import Cycle
from malus.model.quantities import LevelRounding


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
class FewSamples:
    """What a period with a total below `below` says in place of its level: it is met, or there is no data.

    `missed_after`: with more failures than that it is judged by its level all the same; None: however many.
    """

    below: int
    says: Literal["met", "no_data"]
    missed_after: int | None = None

    def __post_init__(self) -> None:
        if self.below < 1 or (self.missed_after is not None and self.missed_after < 0):
            raise ValueError("few are fewer than one at least, and failures are counted from nothing on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedInTime:
    """A duty of the customer on which it depends how an outage counts.

    `deadline` runs from the outage's start or end; its last instant is inside. `not_kept`: an outage reported later
    counts from its report on, or not at all; one that nobody reported counts for nothing.
    """

    duty: str
    source: str
    deadline: Deadline
    after: Literal["outage_start", "outage_end"]
    not_kept: Literal["does_not_count", "counts_from_report"]


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
