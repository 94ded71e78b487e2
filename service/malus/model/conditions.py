"""Owns the conditions of clauses: a promise that was missed, or what must have come together, in which window.

Does not own: what follows from a condition (clauses), or whether it holds (matching).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from malus.model.durations import duration_text
from malus.model.indicators import PriorityLimit
from malus.model.instants import DAY
from malus.model.moving import Moves
from malus.model.periods import Cycle
from malus.model.quantities import Limit


class Fires(StrEnum):
    """How often a condition over a window yields its remedy."""

    ONCE_WHILE_TRUE = "once_while_true"
    ON_EACH_NEW_FACT = "on_each_new_fact"
    FACTS_USED_ONCE = "facts_used_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The objective: an indicator and the limit that keeps it, by priority where it differs; each `moves` alike."""

    indicator: str
    limits: tuple[PriorityLimit, ...]
    moves: Moves | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedPeriods:
    """At least `count` missed periods within any `window` consecutive ones (the last included)."""

    name: str
    count: int
    window: int
    fires: Fires


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailingTime:
    """A window of real time, 0 or more microseconds, that ends with its newest fact; it closes the moment the oldest
    leaves it.
    """

    microseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDays:
    """A window of whole civil days in the agreement's zone, at least 1: the day of its newest fact and those before."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMonths:
    """A window that opens so many civil months before its newest fact, at the same time of day."""

    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePeriod:
    """The period of a cycle that its newest fact lies in, from the period's first instant on."""

    cycle: Cycle


Span: TypeAlias = TrailingTime | CalendarDays | CalendarMonths | OnePeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrencesInWindow:
    """A number of occurrences of an indicator within a window.

    `placed_at`: the instant an occurrence stands for. `at_the_edge`: whether one that lies exactly at the opening of
    the window still counts; a window of whole days or one period holds its first instant anyway.
    """

    indicator: str
    count: Limit
    span: Span
    placed_at: Literal["start", "end"]
    at_the_edge: Literal["inside", "outside"]
    fires: Fires


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalInWindow:
    """The total time down within a window of real time or one period, against a limit."""

    indicator: str
    total: Limit
    span: TrailingTime | OnePeriod
    fires: Fires


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A fact that another clause declares."""

    flag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFulfilled:
    """An obligation of another clause was not fulfilled in time."""

    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedTogether:
    """At least `count` of the promises of these clauses, by name, were missed in one period, or by one incident."""

    clauses: tuple[str, ...]
    count: int
    by: Literal["period", "incident"]


SingleCondition: TypeAlias = (
    MissedPeriods | OccurrencesInWindow | TotalInWindow | Declared | NotFulfilled | MissedTogether
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One of several conditions, each by itself; two that rest on the same first fact are one occasion."""

    conditions: tuple[SingleCondition, ...]


Condition: TypeAlias = Promise | SingleCondition | AnyOf


def single_conditions(condition: Condition) -> Iterable[tuple[int, SingleCondition]]:
    """The conditions that a condition is made of, each with its place; 0 for one that stands alone.

    A promise has none: its verdicts are the facts.
    """
    match condition:
        case Promise():
            return ()
        case AnyOf():
            return enumerate(condition.conditions, start=1)
        case _:
            return ((0, condition),)


def span_text(span: Span) -> str:
    """A window as an explanation names it.

    >>> span_text(TrailingTime(microseconds=2_000_000)), span_text(CalendarMonths(months=6))
    ('2 s', '6 months')
    """
    match span:
        case TrailingTime():
            days, rest = divmod(span.microseconds, DAY)
            return _several(days, "day") if days and not rest else duration_text(span.microseconds)
        case CalendarDays():
            return _several(span.days, "day")
        case CalendarMonths():
            return _several(span.months, "month")
        case OnePeriod():
            return f"one {span.cycle.kind}"


def _several(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
