"""Owns the values that a service is asked with and answers in: events' outcomes, pulls, simulations, what is served.

Does not own: any operation, or how a value is told on the wire. What a function cannot do is raised as a MalusError.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from malus.model.agreement import Terms
from malus.model.assessment import Assessment, EventRemark, Finality, RemedyKey
from malus.model.events import Event
from malus.model.faults import Diagnostic
from malus.model.instants import Instant
from malus.model.ledger_values import ChainHead, NumberedDecision

#: Raises MalusError `cancelled` or `deadline-exceeded` where nobody waits for the answer any more. To be called
#: before evaluating and again right before commit: a call that was given up goes on running in its thread.
CheckWanted: TypeAlias = Callable[[], None]

RemedyKind: TypeAlias = Literal["service_credit", "bonus", "earn_back", "right", "obligation", "escalation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionName:
    """Which decision: that revision of it, or the latest one where none is named."""

    agreement: str
    key: RemedyKey
    revision: int | None = None


class EventOutcome(StrEnum):
    """What became of one event of a call."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """What became of one event.

    `reason` (kebab-case, `event-id-conflict`, `unknown-agreement`, …) and `message` say why it was refused; both are
    empty where it was not. `remarks`: of an accepted one that judged nothing. `decisions`: what the call that first
    brought it wrote, less what an earlier event of the same answer names already.
    """

    outcome: EventOutcome
    reason: str = ""
    message: str = ""
    remarks: tuple[EventRemark, ...] = ()
    decisions: tuple[DecisionName, ...] = ()

    def says_more(self) -> bool:
        """Whether there is more to say of the event than its outcome."""
        return bool(self.reason or self.remarks or self.decisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsCall:
    """The events of one call, the moment to judge for (None: now), and whether somebody still waits for the answer."""

    events: tuple[Event, ...]
    as_of: Instant | None
    check_wanted: CheckWanted


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsAnswer:
    """One answer for each event, in the order given, and the decisions that were written, by sequence.

    Calls that were written together share the decisions on an agreement that more than one of them told something new.
    """

    events: tuple[EventAnswer, ...]
    decisions: tuple[NumberedDecision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyBase:
    """Simulate from nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBase:
    """Simulate from the ledger, as it was known at a moment (None: all that is recorded)."""

    known_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A rule file that a caller sent; `path` is only its name."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What to simulate: for one agreement, on a base, with events added, by drafts (none: the terms served)."""

    agreement: str
    base: EmptyBase | LedgerBase
    events: tuple[Event, ...]
    drafts: tuple[DraftFile, ...]
    as_of: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationAnswer:
    """What would be, and what is to be said about the drafts (no errors: those are `faulty-rule-file`)."""

    assessment: Assessment
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsWanted:
    """Which latest revisions to list; None and the empty clause ask for any. Both instants cut a credit's period:
    it ends after `period_after` and starts before `period_before`.
    """

    agreement: str | None
    clause: str = ""
    kind: RemedyKind | None = None
    finality: Finality | None = None
    period_after: Instant | None = None
    period_before: Instant | None = None
    show_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedDecision:
    """A decision and its steps as sentences, one a line."""

    decision: NumberedDecision
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What a consumer asks for: at most so many after a place in the sequence (None: its acknowledged one)."""

    consumer: str
    after: int | None
    most: int
    final_only: bool
    agreement: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """Decisions by sequence, and the place reached, also past those that were not wanted; `more`: pull again.

    `head`: the last link of the tenant's chain of decisions, for who keeps it to hold the ledger against later.
    """

    decisions: tuple[NumberedDecision, ...]
    reached: int
    more: bool
    head: ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSummary:
    """An agreement: all its terms by effective date, and its ledger clock (None: nothing was judged yet)."""

    agreement: str
    terms: tuple[Terms, ...]
    ledger_clock: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsWithText:
    """Terms and the rule file they were compiled from, as it was written."""

    terms: Terms
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """When an agreement is to be looked at again; `every` in its words. `overdue`: that day has passed."""

    agreement: str
    due_on: datetime.date
    last_held: datetime.date | None
    every: str
    source: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementStatus:
    """Whether an agreement is served, and whether its files on disk are faulty so that its last good terms serve."""

    agreement: str
    serving: bool
    faulty: bool
    loaded_at: Instant | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadState:
    """What is served: the digest over all terms, when the files were last looked at, each agreement by name."""

    generation: str
    checked_at: Instant
    agreements: tuple[AgreementStatus, ...]
