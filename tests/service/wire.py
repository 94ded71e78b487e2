"""The way over the wire: events as messages, a running service's stubs, and rows of a file as events with ids."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from malus.composition import Service, start_service
from malus.edge.to_wire_values import to_wire_instant
from malus.model.events import Check, CheckState, Event, Incident, Outage
from malus.v1 import (
    agreement_service_pb2_grpc,
    decision_service_pb2,
    decision_service_pb2_grpc,
    evaluation_service_pb2,
    evaluation_service_pb2_grpc,
    event_pb2,
    quantity_pb2,
)

EvaluateEvents = evaluation_service_pb2.EvaluateEventsRequest
Simulate = evaluation_service_pb2.SimulateRequest
Advance = evaluation_service_pb2.AdvanceRequest
Pull = decision_service_pb2.PullDecisionsRequest
Result = evaluation_service_pb2.EventResult


@dataclass(kw_only=True)
class Caller:
    """A caller's stubs on one channel."""

    channel: grpc.Channel

    def __post_init__(self) -> None:
        self.evaluation: Any = evaluation_service_pb2_grpc.EvaluationServiceStub(self.channel)
        self.decision: Any = decision_service_pb2_grpc.DecisionServiceStub(self.channel)
        self.agreement: Any = agreement_service_pb2_grpc.AgreementServiceStub(self.channel)

    def send(self, events: Iterable[Event], as_of: int | None = None, seconds: int = 60) -> Any:
        request = EvaluateEvents(events=[message_of(event) for event in events])
        if as_of is not None:
            request.as_of.CopyFrom(to_wire_instant(as_of))
        return self.evaluation.EvaluateEvents(request, timeout=seconds)

    def digest(self, agreement: str, as_of: int | None = None) -> str:
        request = Simulate(agreement=f"agreements/{agreement}", base=Simulate.BASE_LEDGER)
        if as_of is not None:
            request.as_of.CopyFrom(to_wire_instant(as_of))
        return str(self.evaluation.Simulate(request).assessment.digest)

    def pull(self, **told: Any) -> list[Any]:
        """Every decision from the beginning on, page by page."""
        found: list[Any] = []
        cursor = "c1-0"
        while True:
            page = self.decision.PullDecisions(
                Pull(**{"consumer": "billing", "after_cursor": cursor, "view": quantity_pb2.VIEW_FULL} | told)
            )
            found += page.decisions
            cursor = page.cursor
            if not page.more:
                return found


def outcomes(answer: Any) -> list[str]:
    return [Result.Outcome.Name(item.outcome).removeprefix("OUTCOME_") for item in answer.results]


@contextmanager
def connected(port: int) -> Iterator[Caller]:
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        grpc.channel_ready_future(channel).result(timeout=30)
        yield Caller(channel=channel)


@contextmanager
def served(folder: Path, rules: Path, **told: Any) -> Iterator[tuple[Service, Caller]]:
    """A service in this process on a port of its own, and a caller."""
    asked: dict[str, Any] = {"ledger_url": f"sqlite:///{folder / 'ledger.db'}", "address": "127.0.0.1:0"}
    service = start_service(rules=rules, **asked | told)
    try:
        with connected(service.port) as caller:
            yield service, caller
    finally:
        service.stop(grace_seconds=5)


def message_of(event: Event) -> event_pb2.Event:
    """An outage, a check or an incident's transition as it is sent."""
    message = event_pb2.Event(id=event.id or "", source=event.source, agreement=f"agreements/{event.agreement}")
    if event.sequence is not None:
        message.sequence = event.sequence
    match event:
        case Outage():
            _fill(message.outage, event, "outage_id", "service", "severity", "site")
            if event.start is not None:
                message.outage.interval.start_time.CopyFrom(to_wire_instant(event.start))
            if event.end is not None:
                message.outage.interval.end_time.CopyFrom(to_wire_instant(event.end))
        case Check():
            _fill(message.check, event, "service", "site")
            message.check.at.CopyFrom(to_wire_instant(event.at))
            message.check.state = getattr(event_pb2.Check, f"STATE_{CheckState(event.state).name}")
        case Incident():
            _fill(message.incident, event, "incident_id", "service", "site", "priority", "reason")
            message.incident.at.CopyFrom(to_wire_instant(event.at))
            message.incident.transition = getattr(event_pb2.Incident, f"TRANSITION_{event.transition.name}")
        case _:
            raise AssertionError(f"no test sends a {type(event).__name__} yet")
    return message


def _fill(message: Any, event: Event, *names: str) -> None:
    for name in names:
        if getattr(event, name) is not None:
            setattr(message, name, getattr(event, name))
