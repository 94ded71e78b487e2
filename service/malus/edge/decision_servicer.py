"""Owns the calls of DecisionService: pages, cursors, and waiting for what is not there yet.

Does not own: decisions, or how far a consumer has come.
"""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event as Signal
from typing import Final, cast

import grpc

from malus.edge.interceptors.call import check_wanted, say, tenant
from malus.edge.interceptors.slots import Slots
from malus.edge.operations_port import (
    DecisionName,
    DecisionsWanted,
    Operations,
    Pull,
    Pulled,
    RemedyKind,
)
from malus.edge.requests import Fields
from malus.edge.resource_names import (
    cursor,
    from_wire_cursor,
    from_wire_decision_name,
    from_wire_page_token,
    page_token,
)
from malus.edge.to_wire import to_wire_decision
from malus.edge.to_wire_values import fill
from malus.model.assessment import Finality, RemedyKey
from malus.model.instants import SECOND
from malus.model.ledger_values import NumberedDecision
from malus.v1 import decision_pb2
from malus.v1 import decision_service_pb2 as wire
from malus.v1.decision_service_pb2_grpc import DecisionServiceServicer

# How often a waiting pull looks again: a decision is worth this much delay, and a look is one short read.
_LOOK_SECONDS: Final = 0.25


class DecisionServicer(DecisionServiceServicer):
    """What billing takes, and what anybody asks about it."""

    def __init__(self, operations: Operations, slots: Slots, draining: Signal) -> None:
        self._operations = operations
        self._slots = slots
        self._draining = draining

    def ListDecisions(  # noqa: N802 - the wire's name
        self,
        request: wire.ListDecisionsRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.ListDecisionsResponse:
        fields = Fields(request)
        agreement, finality = fields.agreement_or_any("parent"), fields.word("finality")
        wanted = DecisionsWanted(
            agreement=agreement,
            clause=fields.optional_name("clause"),
            kind=cast("RemedyKind | None", fields.word("kind")),
            finality=None if finality is None else Finality(finality),
            period_after=fields.instant("period_after"),
            period_before=fields.instant("period_before"),
            show_withdrawn=request.show_withdrawn,
        )
        size, full = fields.page_size("page_size"), fields.is_full()
        fields.settle()
        found = self._operations.list_decisions(
            tenant(), wanted, after=_listed_after(request.page_token, wanted), most=size + 1
        )
        say(agreement=agreement or "-", decisions=len(found[:size]))
        return wire.ListDecisionsResponse(
            decisions=[to_wire_decision(item, full=full) for item in found[:size]],
            next_page_token=page_token(wanted, _place_of(found[size - 1])) if len(found) > size else "",
        )

    def GetDecision(  # noqa: N802 - the wire's name
        self,
        request: wire.GetDecisionRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> decision_pb2.Decision:
        fields = Fields(request)
        full = fields.is_full(unspecified=True)
        fields.settle()
        found = self._operations.get_decision(tenant(), from_wire_decision_name(request.name))
        return to_wire_decision(found, full=full)

    def ExplainDecision(  # noqa: N802 - the wire's name
        self,
        request: wire.ExplainDecisionRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.ExplainDecisionResponse:
        explained = self._operations.explain_decision(tenant(), from_wire_decision_name(request.name))
        return wire.ExplainDecisionResponse(
            decision=to_wire_decision(explained.decision, full=True), sentences=explained.sentences
        )

    def PullDecisions(  # noqa: N802 - the wire's name
        self, request: wire.PullDecisionsRequest, context: grpc.ServicerContext
    ) -> wire.PullDecisionsResponse:
        fields = Fields(request)
        pull = Pull(
            consumer=fields.name("consumer"),
            after=None,
            most=fields.page_size("max_decisions"),
            final_only=request.final_only,
            agreement=fields.optional_agreement("agreement"),
        )
        wait, full = fields.wait("wait"), fields.is_full()
        fields.settle()
        after = from_wire_cursor(request.after_cursor) if request.after_cursor else None
        pulled = self._pulled(tenant(), pull, after, wait, context)
        say(consumer=pull.consumer, decisions=len(pulled.decisions), reached=pulled.reached)
        return wire.PullDecisionsResponse(
            decisions=[to_wire_decision(item, full=full) for item in pulled.decisions],
            cursor=cursor(pulled.reached),
            more=pulled.more,
            chain_head=fill(wire.ChainHead(), pulled.head),
        )

    def AckDecisions(  # noqa: N802 - the wire's name
        self,
        request: wire.AckDecisionsRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.AckDecisionsResponse:
        fields = Fields(request)
        consumer = fields.name("consumer")
        fields.settle()
        reached = self._operations.acknowledge_decisions(tenant(), consumer, from_wire_cursor(request.cursor))
        say(consumer=consumer, reached=reached)
        return wire.AckDecisionsResponse(cursor=cursor(reached))

    def _pulled(self, of: str, pull: Pull, after: int | None, wait: int, context: grpc.ServicerContext) -> Pulled:
        """What there is; where there is nothing, what comes within `wait` microseconds, looking again and again."""
        pulled = self._operations.pull_decisions(of, replace(pull, after=after))
        if not wait or pulled.decisions:
            return pulled
        until = time.monotonic() + wait / SECOND
        with self._slots.waiting():
            while not pulled.decisions and (left := until - time.monotonic()) > 0:
                # Who waits is sent home with a cursor when the service goes down.
                if self._draining.wait(min(left, _LOOK_SECONDS)):
                    break
                check_wanted(context)
                pulled = self._operations.pull_decisions(of, replace(pull, after=pulled.reached))
        return pulled


def _place_of(numbered: NumberedDecision) -> tuple[str, ...]:
    decision = numbered.decision
    return (
        decision.agreement,
        decision.key.clause,
        decision.key.slot,
        decision.key.subject,
        decision.key.occasion,
    )


def _listed_after(token: str, wanted: DecisionsWanted) -> DecisionName | None:
    place = from_wire_page_token(token, wanted, parts=5)
    if place is None:
        return None
    agreement, clause, slot, subject, occasion = place
    return DecisionName(
        agreement=agreement, key=RemedyKey(clause=clause, slot=slot, subject=subject, occasion=occasion)
    )
