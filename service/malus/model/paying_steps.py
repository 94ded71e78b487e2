"""Owns the steps of an explanation about bases, slopes, lost time and service points.

Does not own: the other steps, and the union of all (explanation). Each carries its inputs and its result.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from malus.model.credits import Settled
from malus.model.money import Money, RoundingMode
from malus.model.quantities import Level, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsGiven:
    """The points of one breach: those of its row or of each, `times` and plus `added` where it is missed again.

    `again`: the period just before, that was missed too; empty where that changes nothing.
    """

    clause: str
    period: str
    subject: str
    points: Fraction
    times: Fraction = Fraction(1)
    added: Fraction = Fraction(0)
    again: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAdded:
    """The points of several breaches, added up."""

    parts: tuple[PointsGiven, ...]
    total: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidAs:
    """What is paid differs by subject: this `subject` is paid what is said of `word`, its own name or its class."""

    subject: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InTurn:
    """Which one of its period a breach is, counted by the start of each, and what the ones in turn pay.

    `earlier`: those before it, at most a hundred of them. `amounts` or `rates`: what the first ones pay, and last of
    all each further one.
    """

    what: str
    period: str
    number: int
    earlier: tuple[str, ...]
    amounts: tuple[Money, ...] = ()
    rates: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDrawn:
    """A share of what a pool holds: a `rate` of its charges, or all of a fixed sum."""

    pool: str
    rate: Fraction | None
    share: Fraction
    base: Money
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRounded:
    """A base rounded to the minor unit before a rate is taken of it."""

    before: Money
    mode: RoundingMode
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsBeyond:
    """How far a level lies beyond `start`, in units of `per`, by the rule for a unit that is begun.

    `of_promise`: it starts at the promise, wherever that lay for what was judged.
    """

    level: Level
    start: Limit
    per: Fraction
    part: Literal["counts", "ignored", "pro_rata"]
    units: Fraction
    of_promise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedByCustomer:
    """A bonus: what was worked out is owed the other way, so it stands below nothing, `settled` as the terms say."""

    settled: Settled
    before: Money
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTime:
    """The charge for a lost `time` beyond `after`, so many `times`: the base over the time `charged_for`."""

    time: int
    after: int
    charged_for: int
    times: Fraction
    base: Money
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedMiss:
    """The period just before was missed too: an amount counts so many `times`; 1 where something is added instead."""

    period: str
    times: Fraction
    before: Money
    result: Money
