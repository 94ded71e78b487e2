"""The operations in memory: they remember what they were asked, answer plainly, or raise what a test wants."""

import datetime
from collections.abc import Callable
from threading import Event as Signal
from threading import Lock
from typing import Any

from malus.edge.operations_port import (
    AgreementStatus,
    AgreementSummary,
    CheckWanted,
    DecisionName,
    DecisionsWanted,
    DraftFile,
    EventAnswer,
    EventOutcome,
    EventsAnswer,
    ExplainedDecision,
    Operations,
    Pull,
    Pulled,
    ReloadState,
    ReviewDue,
    Simulation,
    SimulationAnswer,
    TermsWithText,
)
from malus.model.assessment import EventRemark
from malus.model.canonical import digest
from malus.model.events import Event
from malus.model.faults import Diagnostic, MalusError, Place, Severity
from malus.model.instants import Instant
from malus.model.ledger_values import ChainHead, NumberedDecision

from tests.edge.builders import assessment, decision, terms


class FakeOperations:
    """What a tenant sent and what stands; `raises` is raised by any call, `gate` holds calls until it is set."""

    def __init__(self) -> None:
        self.raises: BaseException | None = None
        self.gate: Signal | None = None
        self.at_gate: Callable[[], None] = lambda: None
        self.asked: list[Any] = []
        self.stored: dict[tuple[str, str | None], str] = {}
        self.decisions: list[NumberedDecision] = []
        self.acknowledged: dict[tuple[str, str], int] = {}
        self._lock = Lock()

    def _enter(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.raises is not None:
            raise self.raises
        if self.gate is not None:
            self.at_gate()
            self.gate.wait(30)

    def evaluate_events(
        self, tenant: str, events: tuple[Event, ...], *, as_of: Instant | None, check_wanted: CheckWanted
    ) -> EventsAnswer:
        self._enter(tenant, events, as_of)
        check_wanted()
        with self._lock:
            answers = tuple(self._stored(event) for event in events)
            new = [decision(len(self.decisions) + 1)] if any(a.outcome == "accepted" for a in answers) else []
            self.decisions += new
        return EventsAnswer(events=answers, decisions=tuple(new))

    def _stored(self, event: Event) -> EventAnswer:
        if event.agreement != "acme":
            message = f"there is no agreement {event.agreement}"
            return EventAnswer(outcome=EventOutcome.REJECTED, reason="unknown-agreement", message=message)
        place = (event.source, event.id)
        content = digest(event)
        before = self.stored.setdefault(place, content)
        if before != content:
            message = "this id was accepted with other content"
            return EventAnswer(outcome=EventOutcome.CONFLICT, reason="event-id-conflict", message=message)
        if place in self._answered:
            name = DecisionName(agreement="acme", key=decision(1).decision.key)
            return EventAnswer(outcome=EventOutcome.DUPLICATE, decisions=(name,))
        self._answered.add(place)
        remark = EventRemark(event=event.id or "", reason="unused", message="no indicator reads it")
        return EventAnswer(outcome=EventOutcome.ACCEPTED, remarks=(remark,))

    @property
    def _answered(self) -> set[tuple[str, str | None]]:
        return self.__dict__.setdefault("answered", set())

    def simulate(self, tenant: str, simulation: Simulation, *, check_wanted: CheckWanted) -> SimulationAnswer:
        self._enter(tenant, simulation)
        check_wanted()
        return SimulationAnswer(assessment=assessment(simulation.agreement), diagnostics=(WARNING,))

    def advance(
        self, tenant: str, agreement: str | None, as_of: Instant, *, check_wanted: CheckWanted
    ) -> tuple[NumberedDecision, ...]:
        self._enter(tenant, agreement, as_of)
        check_wanted()
        return (decision(1),)

    def list_decisions(
        self, tenant: str, wanted: DecisionsWanted, *, after: DecisionName | None, most: int
    ) -> tuple[NumberedDecision, ...]:
        self._enter(tenant, wanted, after, most)
        found = sorted(self.decisions, key=lambda item: item.decision.key.subject)
        if after is not None:
            found = [item for item in found if item.decision.key.subject > after.key.subject]
        return tuple(found[:most])

    def get_decision(self, tenant: str, name: DecisionName) -> NumberedDecision:
        self._enter(tenant, name)
        for item in self.decisions:
            if item.decision.key == name.key and name.revision in (None, item.decision.revision):
                return item
        raise MalusError("unknown-decision", "there is no such decision", {"decision": name.key.clause})

    def explain_decision(self, tenant: str, name: DecisionName) -> ExplainedDecision:
        return ExplainedDecision(decision=self.get_decision(tenant, name), sentences=("3.33 % of 1,000.00 EUR",))

    def pull_decisions(self, tenant: str, pull: Pull) -> Pulled:
        self._enter(tenant, pull)
        after = self.acknowledged.get((tenant, pull.consumer), 0) if pull.after is None else pull.after
        if after > len(self.decisions):
            raise MalusError("cursor-beyond-end", "the ledger does not reach so far", {"cursor": str(after)})
        found = [item for item in self.decisions if item.sequence > after]
        reached = found[: pull.most][-1].sequence if found else after
        head = ChainHead(sequence=len(self.decisions), link="ab" if self.decisions else "")
        return Pulled(decisions=tuple(found[: pull.most]), reached=reached, more=len(found) > pull.most, head=head)

    def acknowledge_decisions(self, tenant: str, consumer: str, reached: int) -> int:
        self._enter(tenant, consumer, reached)
        kept = max(reached, self.acknowledged.get((tenant, consumer), 0))
        self.acknowledged[tenant, consumer] = kept
        return kept

    def list_agreements(self, tenant: str, *, after: str, most: int) -> tuple[AgreementSummary, ...]:
        self._enter(tenant, after, most)
        names = [name for name in ("acme", "borg", "core") if name > after]
        return tuple(AgreementSummary(agreement=name, terms=(terms(),), ledger_clock=None) for name in names[:most])

    def get_agreement(self, tenant: str, agreement: str) -> AgreementSummary:
        self._enter(tenant, agreement)
        if agreement != "acme":
            raise MalusError("unknown-agreement", "there is no such agreement", {"agreement": agreement})
        return AgreementSummary(agreement="acme", terms=(terms(), terms("2026-05-01")), ledger_clock=0)

    def terms_in_force(self, tenant: str, agreement: str, on: datetime.date) -> TermsWithText:
        self._enter(tenant, agreement, on)
        return TermsWithText(terms=terms(), text="format: 1\n")

    def reviews_due(
        self, tenant: str, by: datetime.date, *, after: tuple[datetime.date, str] | None, most: int
    ) -> tuple[ReviewDue, ...]:
        self._enter(tenant, by, after, most)
        due = [(datetime.date(2026, 6, day), f"a{day}") for day in range(1, 6)]
        return tuple(
            ReviewDue(agreement=name, due_on=day, last_held=None, every="6 months", source="Art. 9", overdue=True)
            for day, name in [place for place in due if after is None or place > after][:most]
        )

    def validate_rule_files(self, tenant: str, files: tuple[DraftFile, ...]) -> tuple[Diagnostic, ...]:
        self._enter(tenant, files)
        return (ERROR, WARNING) if b"broken" in files[0].content else ()

    def reload_status(self, tenant: str) -> ReloadState:
        self._enter(tenant)
        status = AgreementStatus(agreement="acme", serving=True, faulty=True, loaded_at=5, diagnostics=(ERROR,))
        return ReloadState(generation="abc", checked_at=7, agreements=(status,))


ERROR = Diagnostic(
    code="band-gap",
    severity=Severity.ERROR,
    place=Place(path="a.yaml", line=3, column=5),
    span=4,
    what="nothing takes 98 %",
    hint="write a row",
    source="Art. 4",
    money="up to 50.00 EUR",
    also=((Place(path="b.yaml", line=1, column=1), "the other row"),),
)
WARNING = Diagnostic(
    code="dead-row", severity=Severity.WARNING, place=Place(path="a.yaml", line=9, column=1), span=0, what="row 4"
)


def as_operations(fake: FakeOperations) -> Operations:
    """The fake as what the edge asks for; mypy holds the shape."""
    return fake
