"""Owns the calls of EvaluationService: which values go to the operation, and which message comes back.

Does not own: storing, judging, or who calls.
"""

from __future__ import annotations

from functools import partial
from typing import cast

import grpc

from malus.edge.from_wire_events import from_wire_events
from malus.edge.interceptors.call import check_wanted, say, tenant
from malus.edge.operations_port import (
    EmptyBase,
    EventAnswer,
    EventOutcome,
    LedgerBase,
    Operations,
    Simulation,
)
from malus.edge.requests import EVENTS_LIMIT, Fields, check_limit
from malus.edge.resource_names import decision_name
from malus.edge.to_wire import (
    to_wire_assessment,
    to_wire_decision,
    to_wire_diagnostic,
    to_wire_reason,
    to_wire_remark,
)
from malus.edge.to_wire_values import enum_number
from malus.edge.violations import FieldViolation, to_wire_violation
from malus.model.events import Event
from malus.v1 import evaluation_service_pb2 as wire
from malus.v1.evaluation_service_pb2_grpc import EvaluationServiceServicer


class EvaluationServicer(EvaluationServiceServicer):
    """Events in, decisions and assessments out."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def EvaluateEvents(  # noqa: N802 - the wire's name
        self, request: wire.EvaluateEventsRequest, context: grpc.ServicerContext
    ) -> wire.EvaluateEventsResponse:
        check_limit("events", EVENTS_LIMIT, len(request.events))
        fields = Fields(request)
        as_of, full = fields.instant("as_of"), fields.is_full()
        if not request.events:
            fields.violate("events", "missing-field", "it is missing: send at least one event")
        fields.settle()
        read = from_wire_events(request, request.events, "events")
        good = tuple(event for event in read if not isinstance(event, tuple))
        say(events=len(read), events_malformed=len(read) - len(good))
        response = wire.EvaluateEventsResponse()
        answers: tuple[EventAnswer, ...] = ()
        if good:
            answer = self._operations.evaluate_events(
                tenant(), good, as_of=as_of, check_wanted=partial(check_wanted, context)
            )
            answers = answer.events
            response.decisions.extend(to_wire_decision(decision, full=full) for decision in answer.decisions)
        assert len(answers) == len(good), "each event has its answer"
        left = iter(answers)
        for place, (message, event) in enumerate(zip(request.events, read, strict=True)):
            result = response.results.add(index=place, source=message.source, id=message.id)
            _tell(result, event, next(left) if not isinstance(event, tuple) else None)
        say(decisions=len(response.decisions))
        return response

    def Simulate(  # noqa: N802 - the wire's name
        self, request: wire.SimulateRequest, context: grpc.ServicerContext
    ) -> wire.SimulateResponse:
        fields = Fields(request)
        agreement, base = fields.agreement("agreement"), fields.word("base")
        known_at, full = fields.instant("known_at"), fields.is_full()
        simulation = Simulation(
            agreement=agreement,
            base=LedgerBase(known_at=known_at) if base == "ledger" else EmptyBase(),
            events=fields.events("events"),
            drafts=fields.files("rule_files", required=False),
            as_of=fields.instant("as_of"),
        )
        if request.base == wire.SimulateRequest.BASE_UNSPECIFIED:
            fields.violate("base", "missing-field", "it is missing: write BASE_EMPTY or BASE_LEDGER")
        if base == "empty" and request.HasField("known_at"):
            fields.violate("known_at", "unknown-field", "an empty base is known at any time: leave it out")
        for place, event in enumerate(request.events):
            if event.agreement and event.agreement != request.agreement:
                what = f"it names another agreement than the call: write {request.agreement}"
                fields.violate(f"events[{place}].agreement", "other-agreement", what)
        fields.settle()
        say(agreement=agreement, events=len(simulation.events), rule_files=len(simulation.drafts))
        answer = self._operations.simulate(tenant(), simulation, check_wanted=partial(check_wanted, context))
        return wire.SimulateResponse(
            assessment=to_wire_assessment(answer.assessment, full=full),
            diagnostics=[to_wire_diagnostic(found) for found in answer.diagnostics],
        )

    def Advance(  # noqa: N802 - the wire's name
        self, request: wire.AdvanceRequest, context: grpc.ServicerContext
    ) -> wire.AdvanceResponse:
        fields = Fields(request)
        agreement, as_of = fields.agreement_or_any("agreement"), fields.required_instant("as_of")
        full = fields.is_full()
        fields.settle()
        decisions = self._operations.advance(tenant(), agreement, as_of, check_wanted=partial(check_wanted, context))
        say(agreement=agreement or "-", decisions=len(decisions))
        return wire.AdvanceResponse(decisions=[to_wire_decision(item, full=full) for item in decisions])


def _tell(result: wire.EventResult, event: Event | tuple[FieldViolation, ...], answer: EventAnswer | None) -> None:
    if answer is None:
        assert isinstance(event, tuple)
        answer = EventAnswer(
            outcome=EventOutcome.REJECTED, reason="malformed-field", message="its fields are not all well formed"
        )
        result.violations.extend(to_wire_violation(violation) for violation in event)
    outcome = enum_number(wire.EventResult.Outcome.DESCRIPTOR, answer.outcome.value)
    result.outcome = cast("wire.EventResult.Outcome", outcome)
    result.reason = to_wire_reason(answer.reason)
    result.message = answer.message
    result.remarks.extend(to_wire_remark(remark) for remark in answer.remarks)
    result.decisions.extend(decision_name(name) for name in answer.decisions)
