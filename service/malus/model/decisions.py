"""Owns the decision: one immutable entry for a remedy, its revision and what it changes.

Does not own: how decisions are stored or numbered (ledger), or when one is written (evaluation.deciding).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from malus.model.assessment import Finality, Remedy, RemedyKey
from malus.model.instants import Instant
from malus.model.money import Money
from malus.model.periods import Period


class Reason(StrEnum):
    """Why a revision was written."""

    FIRST = "first"
    NEW_FACTS = "new_facts"
    TIME_PASSED = "time_passed"
    TERMS_CHANGED = "terms_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one remedy is, from a moment of the ledger's clock on; never edited, only superseded.

    `revision` counts from 1; `supersedes` is the revision before it, None for the first. `delta` is the difference in
    money to what the revision before credited (nothing counts as 0), so that the deltas of a key add up to its last
    amount; None where no money is involved. `amount` None: the credit still waits for something.
    `content` identifies the remedy with its explanation: an equal content is not decided twice. `withdrawn`: the
    remedy no longer follows from the facts; a credit is then at zero.
    """

    agreement: str
    key: RemedyKey
    revision: int
    supersedes: int | None
    reason: Reason
    as_of: Instant
    state: str
    finality: Finality
    period: Period | None
    amount: Money | None
    before_cap: Money | None
    delta: Money | None
    withdrawn: bool
    terms: tuple[tuple[str, str], ...]
    content: str
    remedy: Remedy
