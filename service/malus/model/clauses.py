"""Owns what a clause says: its condition and the remedies that follow from it.

Does not own: the kinds of credit (credits), the arithmetic of a remedy (remedies), nor the choice of which one follows
(matching).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.canonical import ASIDE
from malus.model.credits import Credit
from malus.model.deadlines import Deadline
from malus.model.durations import Duration
from malus.model.indicators import PriorityLimit
from malus.model.money import Money
from malus.model.periods import Cycle
from malus.model.quantities import Limit

Party: TypeAlias = Literal["provider", "customer"]


class Fires(StrEnum):
    """How often a condition over a window yields its remedy."""

    ONCE_WHILE_TRUE = "once_while_true"
    ON_EACH_NEW_FACT = "on_each_new_fact"
    FACTS_USED_ONCE = "facts_used_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The objective: an indicator and the limit that keeps it, by priority where it differs."""

    indicator: str
    limits: tuple[PriorityLimit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedPeriods:
    """At least `count` missed periods within any `window` consecutive ones (the last included)."""

    name: str
    count: int
    window: int
    fires: Fires


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrencesInDays:
    """A number of occurrences of an indicator within any D days.

    `day`: 24 hours of real time, or civil days in the agreement's zone. `placed_at`: the instant an occurrence
    stands for. `at_the_edge`: whether one exactly D days old still counts.
    """

    indicator: str
    count: Limit
    days: int
    day: Literal["24_hours", "calendar_day"]
    placed_at: Literal["start", "end"]
    at_the_edge: Literal["inside", "outside"]
    fires: Fires


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalInDays:
    """The total time down within any D days of 24 hours, against a limit."""

    indicator: str
    total: Limit
    days: int
    fires: Fires


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A fact that another clause declares."""

    flag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFulfilled:
    """An obligation of another clause was not fulfilled in time."""

    clause: str


Condition: TypeAlias = Promise | MissedPeriods | OccurrencesInDays | TotalInDays | Declared | NotFulfilled


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline and the moment that it runs from."""

    after: str
    deadline: Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class RightTerms:
    """A right that arises: who holds it, the time to remedy first, until when it is exercised, and its notice."""

    kind: Literal["termination", "partial_termination", "step_in"]
    holder: Party
    cure: Due | None = None
    exercise: Due | None = None
    notice: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationTerms:
    """What a party must deliver once the clause is triggered."""

    deliver: str
    by: Party
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class AtShare:
    """Due when this share of the promised time is used (1 is the promise itself)."""

    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforePromise:
    """Due so much promised time before it runs out, in microseconds of the indicator's own clock."""

    microseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterStart:
    """Due at a deadline that runs from `promise` (an incident's limit) or from `breach`."""

    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """One rung of a ladder: when it is due, who is notified and how; steps count from 1."""

    step: int
    timing: AtShare | BeforePromise | AfterStart
    notify: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Source, condition and remedies. `ordinal` is its place in the file, from 0: the order in which caps are used."""

    ordinal: int
    name: str
    source: str
    condition: Condition
    credit: Credit | None = None
    right: RightTerms | None = None
    obligation: ObligationTerms | None = None
    escalation: tuple[EscalationStep, ...] = ()
    declares: str | None = None
    formerly: tuple[str, ...] = ()
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapWindow:
    """The time over which a cap is counted.

    `each_incident`, `each_period`: every incident, or every judged period, by itself. `period`: periods of `cycle`.
    `rolling`: `months` months that end with the period of the credit. `term`: the whole agreement.
    """

    kind: Literal["each_incident", "each_period", "period", "rolling", "term"]
    cycle: Cycle | None = None
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that the named clauses credit together in a window.

    Either a fixed `amount`, or `rate` of `charges`: those of the window (`same_window`) or of the period that the
    credit judges (`judged_period`). `counts`: whether a lapsed credit has used the cap up.
    """

    name: str
    source: str
    limits: tuple[str, ...]
    amount: Money | None
    rate: Fraction | None
    charges: tuple[str, ...]
    window: CapWindow
    base: Literal["same_window", "judged_period"]
    cut: Literal["pro_rata", "in_order"]
    counts: Literal["earned", "claimed"]
    part_period: Literal["pro_rata", "full"] | None = None
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStep:
    """A step that a party takes by a deadline; without it the credit lapses. `clauses` empty: every credit."""

    step: str
    by: Party
    due: Due
    clauses: tuple[str, ...] = ()
    source: str = ""
