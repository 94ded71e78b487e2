"""Owns what a ledger hands out: an event's identity, what became of it, a numbered decision, a clock, a chain's head.

Does not own: how any of it is stored (ledger), or who asks for it (operations).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from malus.model.assessment import RemedyKey
from malus.model.decisions import Decision
from malus.model.instants import Instant


class EventIdentity(NamedTuple):
    """Who an event is, for ever: the tenant is the ledger's, source and id are the sender's.

    A tuple, for every event of every call is looked up by it, several times.
    """

    source: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as the ledger holds it: its content digest, when it was recorded, and what its first call decided."""

    identity: EventIdentity
    agreement: str
    content: str
    recorded_at: Instant
    decision_keys: tuple[RemedyKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedDecision:
    """A decision with its place in the tenant's sequence, from 1 without a gap."""

    sequence: int
    recorded_at: Instant
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementClock:
    """An agreement's ledger clock: it only moves forward. `next_transition` is when time alone may change answers."""

    as_of: Instant
    next_transition: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The last link of a tenant's chain of decisions; `sequence` 0 and an empty link before the first decision.

    Who keeps a head can tell later that nothing at or before its place was changed, taken away or put in.
    """

    sequence: int
    link: str
