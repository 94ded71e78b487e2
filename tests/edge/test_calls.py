"""Every call over the wire: what is asked reaches the operations, and their answer reaches the caller."""

import datetime
from typing import Any

import grpc
import pytest
from google.type.date_pb2 import Date
from malus.edge.operations_port import DecisionsWanted, EmptyBase, LedgerBase
from malus.edge.resource_names import page_token
from malus.edge.server import SERVICES
from malus.edge.to_wire_values import to_wire_instant
from malus.model.assessment import Finality
from malus.v1 import (
    agreement_service_pb2,
    decision_service_pb2,
    error_reason_pb2,
    evaluation_service_pb2,
    event_pb2,
    quantity_pb2,
)

from tests.edge.builders import END, START, decision, outage_message, revised
from tests.edge.serving import Wire, anybody, refusal, serving

EvaluateEvents = evaluation_service_pb2.EvaluateEventsRequest
Result = evaluation_service_pb2.EventResult
Simulate = evaluation_service_pb2.SimulateRequest
List = decision_service_pb2.ListDecisionsRequest
Pull = decision_service_pb2.PullDecisionsRequest


def violations(call: Any, request: Any) -> dict[str, str]:
    """The fields that a refused request is told, with their reasons; nothing may have been asked."""
    with pytest.raises(grpc.RpcError) as told:
        call(request)
    read = refusal(told.value)
    assert read.code is grpc.StatusCode.INVALID_ARGUMENT
    assert read.bad_request is not None
    return {violation.field: violation.reason for violation in read.bad_request.field_violations}


def test_each_event_of_a_call_has_its_own_answer_in_order(wire: Wire) -> None:
    wire.evaluation.EvaluateEvents(EvaluateEvents(events=[outage_message("old")]))
    other = outage_message("old")
    other.outage.service = "mail"
    malformed = event_pb2.Event(id="bad", source="monitoring", agreement="agreements/acme")
    stranger = outage_message("x")
    stranger.agreement = "agreements/nobody"
    events = [malformed, outage_message("new"), outage_message("old"), other, stranger]
    answer = wire.evaluation.EvaluateEvents(EvaluateEvents(events=events))
    assert [result.index for result in answer.results] == [0, 1, 2, 3, 4]
    assert [result.id for result in answer.results] == ["bad", "new", "old", "old", "x"]
    outcomes = [Result.Outcome.Name(result.outcome).removeprefix("OUTCOME_") for result in answer.results]
    assert outcomes == ["REJECTED", "ACCEPTED", "DUPLICATE", "CONFLICT", "REJECTED"]
    reasons = [
        error_reason_pb2.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_") for result in answer.results
    ]
    assert reasons == ["MALFORMED_FIELD", "UNSPECIFIED", "UNSPECIFIED", "EVENT_ID_CONFLICT", "UNKNOWN_AGREEMENT"]
    assert [(bad.field, bad.reason) for bad in answer.results[0].violations] == [("events[0].detail", "MISSING_FIELD")]
    assert answer.results[1].remarks[0].reason == error_reason_pb2.ERROR_REASON_UNUSED
    assert list(answer.results[2].decisions) == ["agreements/acme/decisions/uptime~credit~INC-1~2026-06-01T00:00:00Z"]
    assert [item.sequence for item in answer.decisions] == [2]
    assert list(answer.decisions[0].remedy.service_credit.explanation.steps) == []


def test_the_view_asks_for_steps(wire: Wire) -> None:
    answer = wire.evaluation.EvaluateEvents(EvaluateEvents(events=[outage_message()], view="VIEW_FULL"))
    assert len(answer.decisions[0].remedy.service_credit.explanation.steps) == 2


def test_the_operation_gets_only_good_events_and_the_moment(wire: Wire) -> None:
    events = [event_pb2.Event(), outage_message()]
    wire.evaluation.EvaluateEvents(EvaluateEvents(events=events, as_of=to_wire_instant(END)))
    ((tenant, good, as_of),) = wire.operations.asked
    assert (tenant, [event.id for event in good], as_of) == ("default", ["e1"], END)


def test_a_call_of_bad_events_alone_asks_for_nothing_and_answers_each(wire: Wire) -> None:
    answer = wire.evaluation.EvaluateEvents(EvaluateEvents(events=[event_pb2.Event()] * 2))
    assert [result.outcome for result in answer.results] == [Result.OUTCOME_REJECTED] * 2
    assert wire.operations.asked == []


def test_a_call_without_events_or_with_a_finer_moment_is_refused(wire: Wire) -> None:
    request = EvaluateEvents(as_of={"nanos": 1})
    assert violations(wire.evaluation.EvaluateEvents, request) == {
        "as_of": "MALFORMED_INSTANT",
        "events": "MISSING_FIELD",
    }
    assert wire.operations.asked == []


def test_simulate_names_its_base_events_and_drafts(wire: Wire) -> None:
    request = Simulate(agreement="agreements/acme", base="BASE_LEDGER", known_at=to_wire_instant(START))
    request.events.append(outage_message())
    request.rule_files.add(path="a.yaml", content=b"format: 1")
    answer = wire.evaluation.Simulate(request)
    ((_, simulation),) = wire.operations.asked
    assert simulation.base == LedgerBase(known_at=START)
    assert ([event.id for event in simulation.events], simulation.drafts[0].content) == (["e1"], b"format: 1")
    assert simulation.as_of is None
    assert len(answer.assessment.digest) == 64
    assert [found.code for found in answer.diagnostics] == ["dead-row"]
    wire.evaluation.Simulate(Simulate(agreement="agreements/acme", base="BASE_EMPTY"))
    assert wire.operations.asked[1][1].base == EmptyBase()


def test_simulate_tells_all_that_is_wrong_with_the_call_and_its_events(wire: Wire) -> None:
    request = Simulate(known_at=to_wire_instant(START), events=[event_pb2.Event(), outage_message()])
    request.rule_files.add(path="")
    assert violations(wire.evaluation.Simulate, request) == {
        "agreement": "MALFORMED_NAME",
        "base": "MISSING_FIELD",
        "events[0].id": "MISSING_FIELD",
        "events[0].source": "MISSING_FIELD",
        "events[0].agreement": "MALFORMED_NAME",
        "events[0].detail": "MISSING_FIELD",
        "events[1].agreement": "OTHER_AGREEMENT",
        "rule_files[0].path": "MISSING_FIELD",
    }


def test_an_empty_base_has_no_time_at_which_it_was_known(wire: Wire) -> None:
    request = Simulate(agreement="agreements/acme", base="BASE_EMPTY", known_at=to_wire_instant(0))
    assert violations(wire.evaluation.Simulate, request) == {"known_at": "UNKNOWN_FIELD"}


@pytest.mark.parametrize(("name", "agreement"), [("agreements/acme", "acme"), ("agreements/-", None)])
def test_advance_moves_one_clock_or_all(wire: Wire, name: str, agreement: str | None) -> None:
    request = evaluation_service_pb2.AdvanceRequest(agreement=name, as_of=to_wire_instant(0))
    assert len(wire.evaluation.Advance(request).decisions) == 1
    assert wire.operations.asked == [("default", agreement, 0)]


def test_advance_needs_an_agreement_and_a_time(wire: Wire) -> None:
    request = evaluation_service_pb2.AdvanceRequest()
    told = {"agreement": "MALFORMED_NAME", "as_of": "MISSING_FIELD"}
    assert violations(wire.evaluation.Advance, request) == told


def test_a_list_comes_page_by_page_without_a_gap(wire: Wire) -> None:
    wire.operations.decisions = [decision(number) for number in range(1, 6)]
    request, subjects = List(parent="agreements/acme", page_size=2), []
    while True:
        page = wire.decision.ListDecisions(request)
        subjects.append([item.key.subject for item in page.decisions])
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert subjects == [["INC-1", "INC-2"], ["INC-3", "INC-4"], ["INC-5"]]


def test_a_list_hands_every_filter_on(wire: Wire) -> None:
    request = List(parent="agreements/-", clause="uptime", kind="REMEDY_KIND_RIGHT", finality="FINALITY_FINAL")
    request.period_after.CopyFrom(to_wire_instant(START))
    request.period_before.CopyFrom(to_wire_instant(END))
    request.show_withdrawn = True
    wire.decision.ListDecisions(request)
    wanted = DecisionsWanted(
        agreement=None,
        clause="uptime",
        kind="right",
        finality=Finality.FINAL,
        period_after=START,
        period_before=END,
        show_withdrawn=True,
    )
    assert wire.operations.asked == [("default", wanted, None, 101)]


def test_a_token_of_other_filters_is_refused(wire: Wire) -> None:
    wire.operations.decisions = [decision(number) for number in range(1, 6)]
    page = wire.decision.ListDecisions(List(parent="agreements/acme", page_size=2))
    with pytest.raises(grpc.RpcError) as told:
        wire.decision.ListDecisions(List(parent="agreements/-", page_token=page.next_page_token))
    info = refusal(told.value).info
    assert info is not None
    assert info.reason == "MALFORMED_PAGE_TOKEN"


def test_a_list_refuses_a_size_below_zero_and_a_value_nobody_knows(wire: Wire) -> None:
    request = List(parent="acme", page_size=-1, kind=9)
    told = {"parent": "MALFORMED_NAME", "page_size": "NEGATIVE_NUMBER", "kind": "UNKNOWN_VALUE"}
    assert violations(wire.decision.ListDecisions, request) == told


def test_a_decision_is_got_with_its_steps_by_its_name_or_its_revision(wire: Wire) -> None:
    wire.operations.decisions = [revised(decision(1), 2), decision(1)]
    latest = wire.decision.GetDecision(
        decision_service_pb2.GetDecisionRequest(
            name="agreements/acme/decisions/uptime~credit~INC-1~2026-06-01T00:00:00Z"
        )
    )
    assert latest.revision == 2
    assert len(latest.remedy.service_credit.explanation.steps) == 2
    first = wire.decision.GetDecision(
        decision_service_pb2.GetDecisionRequest(name=latest.name.replace("@2", "@1"), view="VIEW_BASIC")
    )
    assert first.revision == 1
    assert list(first.remedy.service_credit.explanation.steps) == []


def test_an_explained_decision_has_its_steps_and_its_sentences(wire: Wire) -> None:
    wire.operations.decisions = [decision(1)]
    name = "agreements/acme/decisions/uptime~credit~INC-1~2026-06-01T00:00:00Z@1"
    told = wire.decision.ExplainDecision(decision_service_pb2.ExplainDecisionRequest(name=name))
    assert list(told.sentences) == ["3.33 % of 1,000.00 EUR"]
    assert len(told.decision.remedy.service_credit.explanation.steps) == 2


def test_a_pull_goes_on_from_its_cursor_and_always_gives_one(wire: Wire) -> None:
    empty = wire.decision.PullDecisions(Pull(consumer="billing"))
    assert (empty.cursor, empty.more, empty.chain_head.sequence) == ("c1-0", False, 0)
    wire.operations.decisions = [decision(number) for number in range(1, 6)]
    first = wire.decision.PullDecisions(Pull(consumer="billing", after_cursor=empty.cursor, max_decisions=3))
    assert ([item.sequence for item in first.decisions], first.more) == ([1, 2, 3], True)
    assert (first.chain_head.sequence, first.chain_head.link) == (5, "ab")
    rest = wire.decision.PullDecisions(Pull(consumer="billing", after_cursor=first.cursor, max_decisions=3))
    assert ([item.sequence for item in rest.decisions], rest.more) == ([4, 5], False)
    end = wire.decision.PullDecisions(Pull(consumer="billing", after_cursor=rest.cursor))
    assert end.cursor == rest.cursor


def test_without_a_cursor_a_pull_goes_on_from_what_was_acknowledged(wire: Wire) -> None:
    wire.operations.decisions = [decision(number) for number in range(1, 4)]
    request = decision_service_pb2.AckDecisionsRequest(consumer="billing", cursor="c1-2")
    assert wire.decision.AckDecisions(request).cursor == "c1-2"
    request.cursor = "c1-1"
    assert wire.decision.AckDecisions(request).cursor == "c1-2"
    pulled = wire.decision.PullDecisions(Pull(consumer="billing"))
    assert [item.sequence for item in pulled.decisions] == [3]
    others = wire.decision.PullDecisions(Pull(consumer="audit", final_only=True, agreement="agreements/acme"))
    assert len(others.decisions) == 3
    assert wire.operations.asked[-1][1].final_only
    assert wire.operations.asked[-1][1].agreement == "acme"


def test_a_pull_needs_its_consumer_and_a_length_of_time_that_can_be_waited(wire: Wire) -> None:
    told = {"consumer": "MISSING_FIELD", "wait": "MALFORMED_DURATION"}
    assert violations(wire.decision.PullDecisions, Pull(wait={"seconds": -1})) == told


def test_agreements_come_page_by_page(wire: Wire) -> None:
    first = wire.agreement.ListAgreements(agreement_service_pb2.ListAgreementsRequest(page_size=2))
    assert [item.name for item in first.agreements] == ["agreements/acme", "agreements/borg"]
    request = agreement_service_pb2.ListAgreementsRequest(page_size=2, page_token=first.next_page_token)
    last = wire.agreement.ListAgreements(request)
    assert ([item.name for item in last.agreements], last.next_page_token) == (["agreements/core"], "")


def test_an_agreement_tells_its_terms_and_its_clock(wire: Wire) -> None:
    told = wire.agreement.GetAgreement(agreement_service_pb2.GetAgreementRequest(name="agreements/acme"))
    assert [(item.effective_date.month, item.signed) for item in told.terms] == [(1, False), (5, False)]
    assert (told.title, told.timezone, told.currency_code) == ("Hosting", "Europe/Amsterdam", "EUR")
    assert told.HasField("ledger_clock")


def test_terms_are_those_of_a_day_and_their_text_comes_on_request(wire: Wire) -> None:
    request = agreement_service_pb2.GetTermsRequest(agreement="agreements/acme", date=Date(year=2026, month=6, day=3))
    told = wire.agreement.GetTerms(request)
    assert wire.operations.asked == [("default", "acme", datetime.date(2026, 6, 3))]
    assert (list(told.services), [(item.name, item.source) for item in told.clauses]) == (["web"], [("exit", "Art. 9")])
    assert (told.signed_provider.year, told.HasField("signed_customer"), told.text) == (2026, False, "")
    request.view = quantity_pb2.VIEW_FULL
    assert wire.agreement.GetTerms(request).text == "format: 1\n"


def test_terms_need_a_whole_day(wire: Wire) -> None:
    request = agreement_service_pb2.GetTermsRequest(agreement="agreements/acme", date=Date(year=2026))
    assert violations(wire.agreement.GetTerms, request) == {"date": "MALFORMED_DATE"}


def test_reviews_come_page_by_page_to_the_last(wire: Wire) -> None:
    request = agreement_service_pb2.ListReviewsRequest(due_by=Date(year=2026, month=12, day=1), page_size=3)
    first = wire.agreement.ListReviews(request)
    request.page_token = first.next_page_token
    last = wire.agreement.ListReviews(request)
    assert [item.agreement for item in (*first.reviews, *last.reviews)] == [f"agreements/a{n}" for n in range(1, 6)]
    assert last.next_page_token == ""
    assert (first.reviews[0].every, first.reviews[0].overdue) == ("6 months", True)
    assert not first.reviews[0].HasField("last_held")


def test_a_token_whose_day_is_none_is_refused(wire: Wire) -> None:
    token = page_token(datetime.date(2026, 12, 1), ("soon", "acme"))
    request = agreement_service_pb2.ListReviewsRequest(due_by=Date(year=2026, month=12, day=1), page_token=token)
    with pytest.raises(grpc.RpcError) as told:
        wire.agreement.ListReviews(request)
    info = refusal(told.value).info
    assert info is not None
    assert info.reason == "MALFORMED_PAGE_TOKEN"


def test_faults_of_rule_files_are_an_answer_and_no_error(wire: Wire) -> None:
    request = agreement_service_pb2.ValidateRuleFilesRequest()
    request.rule_files.add(path="a.yaml", content=b"broken")
    told = wire.agreement.ValidateRuleFiles(request)
    assert ([found.code for found in told.diagnostics], told.valid) == (["band-gap", "dead-row"], False)
    request.rule_files[0].content = b"sound"
    assert wire.agreement.ValidateRuleFiles(request).valid


def test_validation_needs_a_file(wire: Wire) -> None:
    request = agreement_service_pb2.ValidateRuleFilesRequest()
    assert violations(wire.agreement.ValidateRuleFiles, request) == {"rule_files": "MISSING_FIELD"}


def test_reload_status_tells_each_agreement(wire: Wire) -> None:
    told = wire.agreement.GetReloadStatus(agreement_service_pb2.GetReloadStatusRequest())
    (status,) = told.agreements
    assert (status.agreement, status.serving, status.faulty) == ("agreements/acme", True, True)
    assert status.diagnostics[0].code == "band-gap"
    assert (told.generation, told.checked_at.nanos) == ("abc", 7000)


def test_every_call_of_the_wire_is_answered_and_takes_the_caller_s_tenant() -> None:
    """Generated from the descriptors, so that no call can be added without its servicer."""
    files = (evaluation_service_pb2, decision_service_pb2, agreement_service_pb2)
    services = [service for file in files for service in file.DESCRIPTOR.services_by_name.values()]
    assert [service.full_name for service in services] == list(SERVICES)
    asked: list[str] = []

    def nobody(context: grpc.ServicerContext, method: str) -> str:
        asked.append(method)
        return anybody(context, method)

    with serving(caller_of=nobody) as wire:
        methods = [f"/{service.full_name}/{method.name}" for service in services for method in service.methods]
        for name in methods:
            call = wire.channel.unary_unary(name, request_serializer=None, response_deserializer=None)
            # An empty request is refused by most, and by all of them as the caller's fault.
            code = call.future(b"").code()
            assert code in (grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT), name
        assert asked == methods
        assert {entry[0] for entry in wire.operations.asked} == {"default"}
