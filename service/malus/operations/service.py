"""Owns the service's operations as one thing: everything the wire can ask, with what each of them needs.

Does not own: any of them; each has a module of its own. The shape is the edge's (`edge.operations_port.Operations`).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC

from malus.model.events import Event
from malus.model.faults import Diagnostic
from malus.model.instants import SECOND, Instant
from malus.model.ledger_values import NumberedDecision
from malus.operations import advance, agreement_answers, decisions, evaluate_events, simulate
from malus.operations.catalogue import Catalogue
from malus.operations.gathering import Gathering
from malus.operations.ports import Clock, Judge, Ledger
from malus.operations.rule_drafts import compiled_drafts
from malus.operations.service_values import (
    AgreementSummary,
    CheckWanted,
    DecisionName,
    DecisionsWanted,
    DraftFile,
    EventsAnswer,
    EventsCall,
    ExplainedDecision,
    Pull,
    Pulled,
    ReloadState,
    ReviewDue,
    Simulation,
    SimulationAnswer,
    TermsWithText,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOperations:
    """Answers for one catalogue and one ledger by one judgement and one clock; safe to call from any thread."""

    catalogue: Catalogue
    ledger: Ledger
    judge: Judge
    clock: Clock
    _gathering: Gathering = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_gathering", Gathering(self._evaluated))

    def evaluate_events(
        self, tenant: str, events: tuple[Event, ...], *, as_of: Instant | None, check_wanted: CheckWanted
    ) -> EventsAnswer:
        call = EventsCall(events=events, as_of=as_of, check_wanted=check_wanted)
        return self._gathering.answered(tenant, call)

    def _evaluated(self, tenant: str, calls: Sequence[EventsCall]) -> tuple[EventsAnswer, ...]:
        return evaluate_events.evaluate_events(
            tenant,
            calls,
            now=self.clock(),
            catalogue=self.catalogue,
            ledger=self.ledger,
            judge=self.judge,
        )

    def simulate(self, tenant: str, simulation: Simulation, *, check_wanted: CheckWanted) -> SimulationAnswer:
        return simulate.simulate(
            tenant,
            simulation,
            now=self.clock(),
            catalogue=self.catalogue,
            ledger=self.ledger,
            judge=self.judge,
            check_wanted=check_wanted,
        )

    def advance(
        self, tenant: str, agreement: str | None, as_of: Instant, *, check_wanted: CheckWanted
    ) -> tuple[NumberedDecision, ...]:
        return advance.advance(
            tenant,
            agreement,
            as_of,
            now=self.clock(),
            catalogue=self.catalogue,
            ledger=self.ledger,
            judge=self.judge,
            check_wanted=check_wanted,
        )

    def list_decisions(
        self, tenant: str, wanted: DecisionsWanted, *, after: DecisionName | None, most: int
    ) -> tuple[NumberedDecision, ...]:
        return decisions.list_decisions(
            tenant, wanted, after=after, most=most, catalogue=self.catalogue, ledger=self.ledger
        )

    def get_decision(self, tenant: str, name: DecisionName) -> NumberedDecision:
        return decisions.get_decision(tenant, name, ledger=self.ledger)

    def explain_decision(self, tenant: str, name: DecisionName) -> ExplainedDecision:
        return decisions.explain_decision(tenant, name, catalogue=self.catalogue, ledger=self.ledger)

    def pull_decisions(self, tenant: str, pull: Pull) -> Pulled:
        return decisions.pull_decisions(tenant, pull, catalogue=self.catalogue, ledger=self.ledger)

    def acknowledge_decisions(self, tenant: str, consumer: str, reached: int) -> int:
        return decisions.acknowledge_decisions(tenant, consumer, reached, ledger=self.ledger)

    def list_agreements(self, tenant: str, *, after: str, most: int) -> tuple[AgreementSummary, ...]:
        return agreement_answers.list_agreements(
            tenant, after=after, most=most, catalogue=self.catalogue, ledger=self.ledger
        )

    def get_agreement(self, tenant: str, agreement: str) -> AgreementSummary:
        return agreement_answers.get_agreement(tenant, agreement, catalogue=self.catalogue, ledger=self.ledger)

    def terms_in_force(self, tenant: str, agreement: str, on: datetime.date) -> TermsWithText:
        return agreement_answers.terms_in_force(tenant, agreement, on, catalogue=self.catalogue)

    def reviews_due(
        self, tenant: str, by: datetime.date, *, after: tuple[datetime.date, str] | None, most: int
    ) -> tuple[ReviewDue, ...]:
        return agreement_answers.reviews_due(
            tenant, by, after=after, most=most, now=self.clock(), catalogue=self.catalogue
        )

    def validate_rule_files(self, tenant: str, files: tuple[DraftFile, ...]) -> tuple[Diagnostic, ...]:  # noqa: ARG002 - files are the same to every tenant
        today = datetime.datetime.fromtimestamp(self.clock() // SECOND, UTC).date()
        return compiled_drafts(files, today).diagnostics

    def reload_status(self, tenant: str) -> ReloadState:
        return agreement_answers.reload_status(tenant, catalogue=self.catalogue)
