"""Owns the ports: what the operations ask of a ledger, a catalogue of terms and a judgement.

Does not own: any of them. Implementers match these shapes and import nothing from here; composition wires them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from malus.model.agreement import Terms
from malus.model.assessment import Assessment, RemedyKey
from malus.model.blocks import Blocks
from malus.model.decisions import Decision
from malus.model.events import Event
from malus.model.instants import Instant
from malus.model.ledger_values import AgreementClock, ChainHead, EventIdentity, NumberedDecision, StoredEvent


class Judge(Protocol):
    """The one judgement: terms and events in, an assessment out; the same wherever it is asked."""

    def __call__(
        self, terms: Sequence[Terms], events: Sequence[Event], *, as_of: Instant, known_at: Instant | None
    ) -> Assessment: ...


class Clock(Protocol):
    """The present moment; composition hands one in, and nothing below it looks at the machine's."""

    def __call__(self) -> Instant: ...


class LedgerWriting(Protocol):
    """One transaction of one tenant: all of it becomes durable at its end, or nothing does."""

    def stored(self, identities: Sequence[EventIdentity]) -> Mapping[EventIdentity, StoredEvent]:
        """Those of the identities that are stored already."""
        ...

    def events_of(self, agreement: str) -> Blocks[Event]:
        """Every event of an agreement, with the moment it was recorded at."""
        ...

    def latest_decisions(self, agreement: str) -> Mapping[RemedyKey, Decision]:
        """The latest revision of every decision of an agreement."""
        ...

    def clock_of(self, agreement: str) -> AgreementClock | None:
        """The agreement's clock; None before its first call."""
        ...

    def add_events(self, events: Sequence[Event], recorded_at: Instant) -> tuple[Event, ...]:
        """Store events that are not stored yet. Returns them as they are kept."""
        ...

    def add_decisions(self, decisions: Sequence[Decision], recorded_at: Instant) -> tuple[NumberedDecision, ...]:
        """Append decisions, each with the next number of the tenant's sequence."""
        ...

    def link_events(self, identities: Sequence[EventIdentity], keys: Sequence[RemedyKey]) -> None:
        """Remember which decisions the first call of these events wrote, for the answer to repeats."""
        ...

    def keep_terms(self, texts: Mapping[str, str]) -> None:
        """Keep the text of terms by digest with the first decision that uses it."""
        ...

    def set_clock(self, agreement: str, clock: AgreementClock) -> None:
        """Move an agreement's clock; it never goes back."""
        ...


class Ledger(Protocol):
    """What is remembered; every function takes the tenant first."""

    def writing(self, tenant: str) -> AbstractContextManager[LedgerWriting]:
        """Begin a transaction; it commits at the end of the block and rolls back where the block raises."""
        ...

    def events_of(self, tenant: str, agreement: str, known_at: Instant | None) -> tuple[Event, ...]:
        """Every event of an agreement that was recorded by a moment (None: now)."""
        ...

    def decisions_after(
        self, tenant: str, after: int, most: int, wanted: Callable[[Decision], bool]
    ) -> tuple[tuple[NumberedDecision, ...], int]:
        """Up to `most` decisions after a place in the sequence, in order, and the place reached (never a skip)."""
        ...

    def latest(self, tenant: str, agreement: str | None) -> tuple[NumberedDecision, ...]:
        """The latest revision of every decision, by agreement and key."""
        ...

    def revisions(self, tenant: str, agreement: str, key: RemedyKey) -> tuple[NumberedDecision, ...]:
        """Every revision of one decision, first to last."""
        ...

    def clocks(self, tenant: str) -> Mapping[str, AgreementClock]:
        """Every agreement's clock."""
        ...

    def acknowledge(self, tenant: str, consumer: str, sequence: int) -> None:
        """Remember how far a consumer has come."""
        ...

    def acknowledged(self, tenant: str, consumer: str) -> int:
        """How far a consumer has come; 0 before its first acknowledgement."""
        ...

    def terms_text(self, tenant: str, digest: str) -> str | None:
        """The text of terms that a decision of the tenant was made under."""
        ...

    def chain_head(self, tenant: str) -> ChainHead:
        """The last link of the tenant's chain of decisions, and its place."""
        ...
