"""Owns the calls of EvaluationService: which values go to the operation, and which message comes back.

Does not own: storing, judging, or who calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, cast

import grpc

from malus.edge.decision_messages import DecisionMessages
from malus.edge.from_wire_columns import from_wire_columns, row_count
from malus.edge.from_wire_events import from_wire_events
from malus.edge.interceptors.call import check_wanted, say, tenant
from malus.edge.operations_port import (
    EmptyBase,
    EventAnswer,
    EventOutcome,
    EventsAnswer,
    LedgerBase,
    Operations,
    Simulation,
)
from malus.edge.requests import EVENTS_LIMIT, ROWS_LIMIT, Fields, check_limit
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
from malus.model.instants import Instant
from malus.v1 import evaluation_service_pb2 as wire
from malus.v1.evaluation_service_pb2_grpc import EvaluationServiceServicer


class EvaluationServicer(EvaluationServiceServicer):
    """Events in, decisions and assessments out."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._told = DecisionMessages()

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
        response = wire.EvaluateEventsResponse()
        answered = self._evaluated(read, as_of, context)
        response.decisions.extend(self._told.of(decision, full=full) for decision in answered.decisions)
        told = _in_place(read, answered.events)
        for place, (message, event, answer) in enumerate(zip(request.events, read, told, strict=True)):
            _tell(response.results.add(index=place, source=message.source, id=message.id), event, answer)
        say(decisions=len(response.decisions))
        return response

    def EvaluateColumns(  # noqa: N802 - the wire's name
        self, request: wire.EvaluateColumnsRequest, context: grpc.ServicerContext
    ) -> wire.EvaluateColumnsResponse:
        check_limit("rows", ROWS_LIMIT, sum(map(row_count, request.columns)))
        fields = Fields(request)
        as_of, full = fields.instant("as_of"), fields.is_full()
        if not request.columns:
            fields.violate("columns", "missing-field", "it is missing: send at least one row")
        rows = from_wire_columns(fields, request.columns, "columns")
        fields.settle()
        read = [row.read for row in rows]
        response = wire.EvaluateColumnsResponse()
        answered = self._evaluated(read, as_of, context)
        response.decisions.extend(self._told.of(decision, full=full) for decision in answered.decisions)
        for place, (row, answer) in enumerate(zip(rows, _in_place(read, answered.events), strict=True)):
            response.outcomes.append(_outcome(answer))
            if answer.says_more():
                _tell(response.results.add(index=place, source=row.source, id=row.id), row.read, answer)
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

    def _evaluated(
        self,
        read: Sequence[Event | tuple[FieldViolation, ...]],
        as_of: Instant | None,
        context: grpc.ServicerContext,
    ) -> EventsAnswer:
        """What became of those events that could be read; with none the operation is not asked."""
        good = tuple(event for event in read if not isinstance(event, tuple))
        say(events=len(read), events_malformed=len(read) - len(good))
        if not good:
            return EventsAnswer(events=(), decisions=())
        return self._operations.evaluate_events(
            tenant(), good, as_of=as_of, check_wanted=partial(check_wanted, context)
        )


def _in_place(
    read: Sequence[Event | tuple[FieldViolation, ...]], answers: Sequence[EventAnswer]
) -> Iterator[EventAnswer]:
    """The answer to every event, in the order given; one that could not be read is refused here."""
    left = iter(answers)
    for event in read:
        yield _MALFORMED if isinstance(event, tuple) else next(left)
    assert next(left, None) is None, "each event has one answer"


def _tell(result: wire.EventResult, event: Event | tuple[FieldViolation, ...], answer: EventAnswer) -> None:
    if isinstance(event, tuple):
        result.violations.extend(to_wire_violation(violation) for violation in event)
    result.outcome = _outcome(answer)
    if answer.says_more():
        result.reason = to_wire_reason(answer.reason)
        result.message = answer.message
        result.remarks.extend(to_wire_remark(remark) for remark in answer.remarks)
        result.decisions.extend(decision_name(name) for name in answer.decisions)


def _outcome(answer: EventAnswer) -> wire.EventResult.Outcome:
    return _OUTCOMES[answer.outcome]


_MALFORMED: Final = EventAnswer(
    outcome=EventOutcome.REJECTED, reason="malformed-field", message="its fields are not all well formed"
)
_OUTCOMES: Final = {
    outcome: cast("wire.EventResult.Outcome", enum_number(wire.EventResult.Outcome.DESCRIPTOR, outcome.value))
    for outcome in EventOutcome
}
