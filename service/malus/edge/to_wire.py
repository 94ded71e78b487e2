"""Owns which message each answer has: assessments, decisions, explanations, diagnostics, agreements.

Does not own: how single values are written (to_wire_values), or any figure. With VIEW_BASIC the steps stay away, and
the digests are those of the whole answer all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar, cast

from google.protobuf.message import Message

from malus.edge.operations_port import AgreementSummary, DecisionName, ReloadState, ReviewDue, TermsWithText
from malus.edge.resource_names import agreement_name, decision_name
from malus.edge.to_wire_values import enum_number, fill, put, to_wire_date, to_wire_instant
from malus.model.assessment import (
    Assessment,
    Bonus,
    EarnBack,
    Escalation,
    EventRemark,
    ObligationDue,
    Remedy,
    Right,
    ServiceCredit,
)
from malus.model.explanation import Explanation, Step
from malus.model.faults import Diagnostic
from malus.model.ledger_values import NumberedDecision
from malus.v1 import (
    agreement_service_pb2,
    assessment_pb2,
    decision_pb2,
    error_reason_pb2,
    explanation_pb2,
    remedy_pb2,
    rule_file_pb2,
)

_R = TypeVar("_R", bound=Message)
_STEPS: Final = {
    # Each step's message has the name of its dataclass, and its field in the oneof is called after it.
    field.message_type.name: field.name
    for field in explanation_pb2.Step.DESCRIPTOR.oneofs_by_name["step"].fields
    if field.message_type is not None
}
_REMEDIES: Final = {
    ServiceCredit: "service_credit",
    Bonus: "bonus",
    EarnBack: "earn_back",
    Right: "right",
    ObligationDue: "obligation_due",
}


def to_wire_assessment(assessment: Assessment, *, full: bool) -> assessment_pb2.Assessment:
    """The whole answer, with its digest; its steps only where the view is full."""
    message = assessment_pb2.Assessment(
        agreement=agreement_name(assessment.agreement),
        as_of=to_wire_instant(assessment.as_of),
        timezone=assessment.timezone,
        currency_code=assessment.currency,
        terms=_terms_used(assessment.terms),
        missed_duties=[fill(assessment_pb2.MissedDuty(), duty) for duty in assessment.missed_duties],
        remarks=[to_wire_remark(remark) for remark in assessment.remarks],
        digest=assessment.digest(),
    )
    if assessment.known_at is not None:
        message.known_at.CopyFrom(to_wire_instant(assessment.known_at))
    for verdict in assessment.verdicts:
        _explained(message.verdicts.add(), verdict, verdict.explanation, full)
    for credit in assessment.credits:
        _explained(message.credits.add(), credit, credit.explanation, full)
    for right in assessment.rights:
        _explained(message.rights.add(), right, right.explanation, full)
    for owed in assessment.obligations:
        _explained(message.obligations.add(), owed, owed.explanation, full)
    for step in assessment.escalations:
        _explained(message.escalations.add(), step, step.explanation, full)
    for returned in assessment.earn_backs:
        _explained(message.earn_backs.add(), returned, returned.explanation, full)
    for bonus in assessment.bonuses:
        _explained(message.bonuses.add(), bonus, bonus.explanation, full)
    for near in assessment.nearly:
        _explained(message.nearly.add(), near, near.explanation, full)
    return message


def to_wire_decision(numbered: NumberedDecision, *, full: bool) -> decision_pb2.Decision:
    """One decision with its name, number and remedy; the remedy's steps only where the view is full."""
    decision = numbered.decision
    name = DecisionName(agreement=decision.agreement, key=decision.key, revision=decision.revision)
    message = decision_pb2.Decision(
        name=decision_name(name),
        sequence=numbered.sequence,
        recorded_at=to_wire_instant(numbered.recorded_at),
        terms=_terms_used(decision.terms),
        remedy=to_wire_remedy(decision.remedy, full=full),
    )
    return fill(message, decision, without=("agreement", "terms", "remedy"))


def to_wire_remedy(remedy: Remedy, *, full: bool) -> remedy_pb2.Remedy:
    """One remedy of any kind; its steps only where the view is full."""
    message = remedy_pb2.Remedy()
    field = "escalation" if isinstance(remedy, Escalation) else _REMEDIES[type(remedy)]
    _explained(getattr(message, field), remedy, remedy.explanation, full)
    return message


def to_wire_explanation(explanation: Explanation, *, full: bool) -> explanation_pb2.Explanation:
    """Where it follows from and, where the view is full, every step in order."""
    message = fill(explanation_pb2.Explanation(), explanation, without=("steps",))
    if full:
        message.steps.extend(to_wire_step(step) for step in explanation.steps)
    return message


def to_wire_step(step: Step) -> explanation_pb2.Step:
    """One step in the field that is called after it."""
    message = explanation_pb2.Step()
    put(message, _STEPS[type(step).__name__], step)
    return message


def to_wire_remark(remark: EventRemark) -> assessment_pb2.EventRemark:
    """What became of an event that judged nothing."""
    return assessment_pb2.EventRemark(event=remark.event, reason=to_wire_reason(remark.reason), message=remark.message)


def to_wire_reason(reason: str) -> error_reason_pb2.ErrorReason:
    """The named outcome of a kebab-case reason; the empty one is unspecified."""
    number = enum_number(error_reason_pb2.ErrorReason.DESCRIPTOR, reason.replace("-", "_")) if reason else 0
    return cast("error_reason_pb2.ErrorReason", number)


def to_wire_diagnostic(diagnostic: Diagnostic) -> rule_file_pb2.Diagnostic:
    """One thing to say about a rule file."""
    message = fill(rule_file_pb2.Diagnostic(), diagnostic, without=("also",))
    for place, label in diagnostic.also:
        fill(message.also.add(label=label).place, place)
    return message


def to_wire_agreement(summary: AgreementSummary) -> agreement_service_pb2.Agreement:
    """An agreement with all its terms; title, zone and currency are those of the newest ones."""
    message = agreement_service_pb2.Agreement(name=agreement_name(summary.agreement))
    for terms in summary.terms:
        message.title, message.timezone, message.currency_code = terms.title, terms.timezone, terms.currency
        message.terms.add(effective_date=to_wire_date(terms.effective), digest=terms.digest(), signed=terms.is_signed())
    if summary.ledger_clock is not None:
        message.ledger_clock.CopyFrom(to_wire_instant(summary.ledger_clock))
    return message


def to_wire_terms(given: TermsWithText, *, full: bool) -> agreement_service_pb2.Terms:
    """Terms by their dates and names; their text only where the view is full."""
    terms = given.terms
    message = agreement_service_pb2.Terms(
        agreement=agreement_name(terms.agreement),
        title=terms.title,
        document=terms.document,
        effective_date=to_wire_date(terms.effective),
        timezone=terms.timezone,
        currency_code=terms.currency,
        digest=terms.digest(),
        services=[service.name for service in terms.services],
        indicators=[indicator.name for indicator in terms.indicators],
        caps=[cap.name for cap in terms.caps],
        text=given.text if full else "",
    )
    for name in ("ends", "signed_provider", "signed_customer"):
        put(message, name, getattr(terms, name))
    for clause in terms.clauses:
        message.clauses.add(name=clause.name, source=clause.source)
    return message


def to_wire_review(review: ReviewDue) -> agreement_service_pb2.Review:
    """A review that is due."""
    return fill(agreement_service_pb2.Review(), replace(review, agreement=agreement_name(review.agreement)))


def to_wire_reload(state: ReloadState) -> agreement_service_pb2.ReloadStatus:
    """Which rule files are served."""
    message = fill(agreement_service_pb2.ReloadStatus(), state, without=("agreements",))
    for item in state.agreements:
        status = fill(message.agreements.add(), item, without=("diagnostics", "agreement"))
        status.agreement = agreement_name(item.agreement)
        status.diagnostics.extend(to_wire_diagnostic(found) for found in item.diagnostics)
    return message


def _explained(message: _R, value: object, explanation: Explanation, full: bool) -> _R:
    fill(message, value, without=("explanation",))
    message.explanation.CopyFrom(to_wire_explanation(explanation, full=full))  # type: ignore[attr-defined]
    return message


def _terms_used(terms: tuple[tuple[str, str], ...]) -> list[assessment_pb2.TermsUsed]:
    return [assessment_pb2.TermsUsed(effective_date=effective, digest=digest) for effective, digest in terms]
