"""Owns the steps of an explanation that say what became of a credit after it was worked out.

Does not own: the steps that work it out (explanation), nor the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from malus.model.instants import Instant
from malus.model.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a group: the clauses whose credits it adds up, and their sum before caps."""

    clauses: tuple[str, ...]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTaken:
    """Which option of a group is paid and how that was found: options and `taken` count from 1, 0 is none.

    `tied`: others had the same total, and the first of them in the file is taken. `mine`: the option that this credit
    belongs to; another one leaves nothing of it.
    """

    group: str
    source: str
    options: tuple[Option, ...]
    how: Literal["highest_total", "first", "chosen", "only_one", "not_chosen"]
    taken: int
    tied: bool
    mine: int
    before: Money
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A credit earned back: what was credited is taken off again."""

    credited: Money
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Both parties agreed what the credit amounts to; `signed_at` is when the later of them signed."""

    event: str
    reason: str
    signed_at: Instant
    before: Money | None
    result: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """The credit is held from an instant on; `ended_at` None: it still is."""

    raised_at: Instant
    ended_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledBy:
    """What invoices took of the credit, what is left, and what the terms make of the rest."""

    invoices: tuple[str, ...]
    taken: Money
    rest: Money
    becomes: Literal["carried_over", "paid_out", "lapses"]
