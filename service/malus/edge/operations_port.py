"""Owns what the wire asks of the operations: one function for each call, in model values only.

Does not own: any of them, nor messages. The values are the operations' own (operations.service_values); implementers
match `Operations`, and composition wires them. Every function takes the tenant first. What cannot be done is raised as
a MalusError whose reason is in `edge.status`; anything else that is raised reaches the caller as INTERNAL with a fixed
text.
"""

from __future__ import annotations

import datetime
from typing import Protocol

from malus.model.events import Event
from malus.model.faults import Diagnostic
from malus.model.instants import Instant
from malus.model.ledger_values import NumberedDecision
from malus.operations.service_values import (
    AgreementStatus,
    AgreementSummary,
    CheckWanted,
    DecisionName,
    DecisionsWanted,
    DraftFile,
    EmptyBase,
    EventAnswer,
    EventOutcome,
    EventsAnswer,
    ExplainedDecision,
    LedgerBase,
    Pull,
    Pulled,
    ReloadState,
    RemedyKind,
    ReviewDue,
    Simulation,
    SimulationAnswer,
    TermsWithText,
)

__all__ = [
    "AgreementStatus",
    "AgreementSummary",
    "CheckWanted",
    "DecisionName",
    "DecisionsWanted",
    "DraftFile",
    "EmptyBase",
    "EventAnswer",
    "EventOutcome",
    "EventsAnswer",
    "ExplainedDecision",
    "LedgerBase",
    "Operations",
    "Pull",
    "Pulled",
    "ReloadState",
    "RemedyKind",
    "ReviewDue",
    "Simulation",
    "SimulationAnswer",
    "TermsWithText",
]


class Operations(Protocol):
    """Everything the wire can ask. Lists come in a fixed order and at most `most` of them, strictly after `after`."""

    def evaluate_events(
        self, tenant: str, events: tuple[Event, ...], *, as_of: Instant | None, check_wanted: CheckWanted
    ) -> EventsAnswer:
        """Store events (1 to 1,000, each with source and id) and decide what follows; durable when it returns.

        As-of None: now, never behind the ledger clocks. Raises `as-of-in-the-past`, `store-unavailable`,
        `beyond-horizon`; an unknown agreement, or one that does not serve, rejects only its events.
        """
        ...

    def simulate(self, tenant: str, simulation: Simulation, *, check_wanted: CheckWanted) -> SimulationAnswer:
        """Say what would follow; nothing is stored. Raises `unknown-agreement`, `agreement-not-serving`,
        `faulty-rule-file`, `event-id-conflict`, `beyond-horizon`, `store-unavailable`.
        """
        ...

    def advance(
        self, tenant: str, agreement: str | None, as_of: Instant, *, check_wanted: CheckWanted
    ) -> tuple[NumberedDecision, ...]:
        """Move the ledger clock of an agreement (None: of all) to a moment; what followed, by sequence.

        Raises `unknown-agreement`, `as-of-in-the-past`, `agreement-not-serving`, `beyond-horizon`, `store-unavailable`.
        """
        ...

    def list_decisions(
        self, tenant: str, wanted: DecisionsWanted, *, after: DecisionName | None, most: int
    ) -> tuple[NumberedDecision, ...]:
        """Latest revisions by (agreement, clause, slot, subject, occasion). Raises `unknown-agreement`."""
        ...

    def get_decision(self, tenant: str, name: DecisionName) -> NumberedDecision:
        """One decision. Raises `unknown-decision`."""
        ...

    def explain_decision(self, tenant: str, name: DecisionName) -> ExplainedDecision:
        """One decision and its sentences; nothing is judged again. Raises `unknown-decision`."""
        ...

    def pull_decisions(self, tenant: str, pull: Pull) -> Pulled:
        """Decisions after a place in the sequence; it returns at once, also with none.

        Raises `cursor-beyond-end`, `unknown-agreement`, `store-unavailable`.
        """
        ...

    def acknowledge_decisions(self, tenant: str, consumer: str, reached: int) -> int:
        """Remember how far a consumer has come, never backwards; the place that is remembered.

        Raises `cursor-beyond-end`, `store-unavailable`.
        """
        ...

    def list_agreements(self, tenant: str, *, after: str, most: int) -> tuple[AgreementSummary, ...]:
        """Agreements by name; after the empty name comes the first."""
        ...

    def get_agreement(self, tenant: str, agreement: str) -> AgreementSummary:
        """One agreement. Raises `unknown-agreement`."""
        ...

    def terms_in_force(self, tenant: str, agreement: str, on: datetime.date) -> TermsWithText:
        """The signed terms in force on a civil day. Raises `unknown-agreement`, `no-terms-in-force`."""
        ...

    def reviews_due(
        self, tenant: str, by: datetime.date, *, after: tuple[datetime.date, str] | None, most: int
    ) -> tuple[ReviewDue, ...]:
        """Reviews due on or before a civil day, by (day, agreement)."""
        ...

    def validate_rule_files(self, tenant: str, files: tuple[DraftFile, ...]) -> tuple[Diagnostic, ...]:
        """All that is wrong with the rule files of one agreement, in reading order."""
        ...

    def reload_status(self, tenant: str) -> ReloadState:
        """Which rule files are served."""
        ...
