"""Owns the kinds of credit there are: what each one says about how much a breach pays, and of what.

Does not own: the arithmetic (`remedies.amounts` has one pure function a kind), nor which credit follows (matching).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from malus.model.canonical import ASIDE
from malus.model.money import Money
from malus.model.quantities import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeBase:
    """What a rate applies to: charges of a period, less others. `part_period` None: no part period can occur."""

    charges: tuple[str, ...]
    less: tuple[str, ...] = ()
    period: Literal["judged", "previous", "next"]
    part_period: Literal["pro_rata", "full"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One row of a table: the levels it takes (one or two edges) and what it pays; rows count from 1."""

    row: int
    limits: tuple[Limit, ...]
    rate: Fraction | None
    amount: Money | None
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOnlyIf:
    """A credit that does not pass this limit is not paid."""

    edge: Literal["above", "at_least"]
    least: Money
    compared: Literal["before_rounding", "after_rounding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCredit:
    """A table of bands: the row a level falls in sets the rate on the base, or the amount."""

    base: ChargeBase | None
    overlap: Literal["highest_credit", "first_row", "refuse"]
    pays: Literal["only_when_missed", "whenever_a_row_matches"]
    bands: tuple[Band, ...]
    gaps: Literal["refused", "undetermined"] = "refused"
    paid_only_if: PaidOnlyIf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountCredit:
    """A fixed sum for each breach: once a period, for each incident, or for each occurrence of a period."""

    each: Literal["incident", "occurrence", "period"]
    amount: Money
    paid_only_if: PaidOnlyIf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCredit:
    """A sum or a rate for each block of time beyond `after`; `part` says what a started block counts as.

    `measured_on`: the period's time down together, each outage, or each incident. `first` is what the first block
    pays where it differs.
    """

    base: ChargeBase | None
    block: int
    after: int
    part: Literal["counts", "ignored", "pro_rata"]
    measured_on: Literal["period_total", "each_outage", "each_incident"]
    rate: Fraction | None
    amount: Money | None
    first: Money | None = None
    paid_only_if: PaidOnlyIf | None = None


Credit: TypeAlias = BandCredit | AmountCredit | BlockCredit
