"""Owns the calls of AgreementService: which agreements are served, by which terms, and whether files are sound.

Does not own: rule files, or when a review is due.
"""

from __future__ import annotations

import datetime

import grpc

from malus.edge.interceptors.call import say, tenant
from malus.edge.operations_port import Operations
from malus.edge.requests import Fields
from malus.edge.resource_names import from_wire_page_token, page_token
from malus.edge.to_wire import (
    to_wire_agreement,
    to_wire_diagnostic,
    to_wire_reload,
    to_wire_review,
    to_wire_terms,
)
from malus.model.faults import MalusError, Severity
from malus.v1 import agreement_service_pb2 as wire
from malus.v1.agreement_service_pb2_grpc import AgreementServiceServicer


class AgreementServicer(AgreementServiceServicer):
    """Answers about agreements and their terms; changes none."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def ListAgreements(  # noqa: N802 - the wire's name
        self,
        request: wire.ListAgreementsRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.ListAgreementsResponse:
        fields = Fields(request)
        size = fields.page_size("page_size")
        fields.settle()
        (after,) = from_wire_page_token(request.page_token, "agreements", parts=1) or ("",)
        found = self._operations.list_agreements(tenant(), after=after, most=size + 1)
        return wire.ListAgreementsResponse(
            agreements=[to_wire_agreement(item) for item in found[:size]],
            next_page_token=page_token("agreements", (found[size - 1].agreement,)) if len(found) > size else "",
        )

    def GetAgreement(  # noqa: N802 - the wire's name
        self,
        request: wire.GetAgreementRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.Agreement:
        fields = Fields(request)
        agreement = fields.agreement("name")
        fields.settle()
        return to_wire_agreement(self._operations.get_agreement(tenant(), agreement))

    def GetTerms(  # noqa: N802 - the wire's name
        self,
        request: wire.GetTermsRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.Terms:
        fields = Fields(request)
        agreement, day, full = fields.agreement("agreement"), fields.date("date"), fields.is_full()
        fields.settle()
        return to_wire_terms(self._operations.terms_in_force(tenant(), agreement, day), full=full)

    def ListReviews(  # noqa: N802 - the wire's name
        self,
        request: wire.ListReviewsRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.ListReviewsResponse:
        fields = Fields(request)
        day, size = fields.date("due_by"), fields.page_size("page_size")
        fields.settle()
        after = _reviewed_after(from_wire_page_token(request.page_token, day, parts=2))
        found = self._operations.reviews_due(tenant(), day, after=after, most=size + 1)
        token = ""
        if len(found) > size:
            token = page_token(day, (found[size - 1].due_on.isoformat(), found[size - 1].agreement))
        return wire.ListReviewsResponse(reviews=[to_wire_review(item) for item in found[:size]], next_page_token=token)

    def ValidateRuleFiles(  # noqa: N802 - the wire's name
        self,
        request: wire.ValidateRuleFilesRequest,
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.ValidateRuleFilesResponse:
        fields = Fields(request)
        files = fields.files("rule_files", required=True)
        fields.settle()
        found = self._operations.validate_rule_files(tenant(), files)
        say(rule_files=len(files), diagnostics=len(found))
        return wire.ValidateRuleFilesResponse(
            diagnostics=[to_wire_diagnostic(item) for item in found],
            valid=all(item.severity is not Severity.ERROR for item in found),
        )

    def GetReloadStatus(  # noqa: N802 - the wire's name
        self,
        request: wire.GetReloadStatusRequest,  # noqa: ARG002 - it says nothing
        context: grpc.ServicerContext,  # noqa: ARG002 - the wire's shape
    ) -> wire.ReloadStatus:
        return to_wire_reload(self._operations.reload_status(tenant()))


def _reviewed_after(place: tuple[str, ...] | None) -> tuple[datetime.date, str] | None:
    if place is None:
        return None
    try:
        return (datetime.date.fromisoformat(place[0]), place[1])
    except ValueError:
        raise MalusError("malformed-page-token", "this list gave no such token") from None
