"""Owns the explanation: why a remedy is what it is, as typed steps a clerk can re-add.

Does not own: the sentences (rendered when read), nor any judging. Arithmetic steps carry their inputs and their
result, so that `recomputed` can add them up again from nothing but the explanation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.afterwards import Adjusted, Disputed, OptionTaken, Returned, SettledBy
from malus.model.canonical import ASIDE
from malus.model.exchange import Exchanged
from malus.model.instants import Instant
from malus.model.measuring_steps import (
    Late,
    LevelsCombined,
    MeanOfIntervals,
    SampleChecked,
    StatisticTaken,
    TimeBase,
    TimeInside,
    TimeInWholeMinutes,
    TimeWeighed,
    TooFew,
)
from malus.model.money import Money, RoundingMode
from malus.model.moving import TargetMoved
from malus.model.paying_steps import (
    BaseRounded,
    InTurn,
    LostTime,
    OwedByCustomer,
    PaidAs,
    PointsAdded,
    PoolDrawn,
    RepeatedMiss,
    UnitsBeyond,
)
from malus.model.quantities import Level, Limit, Outcome

#: The most events that a step names one by one (SEMANTICS 8).
NAMED_EVENTS_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsUsed:
    """The events a level was measured from: the first hundred by name, all of them by count and digest."""

    kind: str
    count: int
    named: tuple[str, ...]
    set_digest: str
    evidence: tuple[str, ...] = field(default=(), metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeExcluded:
    """Time that an exclusion excused in this period, or why one was not excused (`refused` says it)."""

    exclusion: str
    source: str
    event: str
    microseconds: int
    refused: str = ""
    noticed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The exact level, and what it was rounded to where the terms say so."""

    indicator: str
    level: Level
    rounded: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The level held against the promise.

    `season`: the part of the year whose limit this is, as it is written; empty where the promise is the same all year.
    """

    limit: Limit
    outcome: Outcome
    season: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetermined:
    """Why nothing could be judged; `named` are the facts that cannot both be true, or the rows around a gap."""

    reason: str
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowHit:
    """The row of the table that the level fell in."""

    row: int
    limits: tuple[Limit, ...]
    rows_in_all: int
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargePart:
    """One charge in the base: its item and period, its amount, and the part of it that counts.

    `subject`: the listed subject that is charged it, where each is charged by itself. `exchanged`: what the amount was
    in another currency, and the rate.
    """

    item: str
    period: str
    amount: Money
    part: Fraction = Fraction(1)
    less: bool = False
    subject: str = ""
    exchanged: Exchanged | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseSum:
    """What a rate applies to: the sum of the parts (those marked `less` taken off)."""

    parts: tuple[ChargePart, ...]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTimes:
    """A rate of a base, `count` times where it is paid for each of several."""

    rate: Fraction
    base: Money
    result: Money
    count: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTimes:
    """A number of times a fixed sum, and that for each of so many `units` of goods."""

    count: Fraction
    each: Money
    what: str
    result: Money
    units: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksOfTime:
    """How many blocks a time is: `time` less `after`, cut into `block`, by the rule for a started block."""

    time: int
    after: int
    block: int
    part: Literal["counts", "ignored", "pro_rata"]
    blocks: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksPay:
    """What the blocks pay: the first one may pay another sum. `rate` is what made `each` of the base, where one did.

    `units`: each of so many units of goods pays that.
    """

    blocks: Fraction
    first: Money | None
    rate: Fraction | None
    each: Money
    result: Money
    units: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """An amount rounded to the minor unit."""

    before: Money
    mode: RoundingMode
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPaidBelow:
    """A credit that did not pass the least amount that is paid."""

    edge: Literal["above", "at_least"]
    least: Money
    before: Money
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CapCut:
    """What a cap took off: `limit` less what was `used` before leaves room; `wanted` shared it; `cut` is this one's."""

    cap: str
    source: str
    rate: Fraction | None
    base: BaseSum | None
    limit: Money
    used: Money
    wanted: Money
    before: Money
    cut: Money
    result: Money
    shared: Literal["pro_rata", "in_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What would have changed the answer: so much more or less of what is measured, and where it would have led.

    `microseconds` for time, `count` for tallies or occurrences, otherwise the `level` itself that would be needed.
    `towards`: `row 3`, `no credit`, `missed` or `met`.
    """

    direction: Literal["more", "less"]
    what: str
    towards: str
    microseconds: int | None = None
    count: int | None = None
    level: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFact:
    """One fact of a window: a period and whether it was missed, or an occurrence.

    `used`: it counts no more, for the window fired by it before. `margin` leads to the other side of the promise.
    """

    label: str
    counts: bool
    at: Instant
    level: Level | None = None
    margin: Margin | None = None
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The facts over a window against the number that the clause asks for; those `used` before are not `reached`."""

    what: str
    facts: tuple[WindowFact, ...]
    reached: int
    needed: Limit
    fired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """A moment and its last instant inside: claim, cure, exercise, obligation, escalation."""

    name: str
    runs_from: Instant
    last_instant: Instant
    done_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowsFrom:
    """The fact, declared by another clause or established by the parties, that triggers this one."""

    fact: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """A credit that was not claimed in time: nothing is payable any more."""

    step: str
    last_instant: Instant
    before: Money
    result: Money


Step: TypeAlias = (
    EventsUsed
    | TimeExcluded
    | TimeBase
    | TimeInWholeMinutes
    | TimeWeighed
    | MeanOfIntervals
    | Late
    | LevelsCombined
    | StatisticTaken
    | SampleChecked
    | TimeInside
    | TooFew
    | Measured
    | TargetMoved
    | Judged
    | Undetermined
    | PointsAdded
    | RepeatedMiss
    | PaidAs
    | InTurn
    | RowHit
    | BaseSum
    | PoolDrawn
    | BaseRounded
    | UnitsBeyond
    | RateTimes
    | CountTimes
    | BlocksOfTime
    | BlocksPay
    | LostTime
    | Rounded
    | NotPaidBelow
    | CapCut
    | Margin
    | Window
    | TimeLimit
    | FollowsFrom
    | Lapsed
    | OptionTaken
    | Adjusted
    | Disputed
    | SettledBy
    | Returned
    | OwedByCustomer
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The reasons of one verdict or remedy, in the order in which a person would work them out."""

    clause: str
    source: str
    terms_effective: str
    steps: tuple[Step, ...]
    line: int = field(default=0, metadata=ASIDE)
