"""What a refused caller reads: one table, every reason over the wire with all of its details, and no text of ours."""

import base64
import pickle

import grpc
import pytest
from google.rpc import error_details_pb2
from malus.edge.status import CODES, INTERNAL_TEXT, status_of
from malus.edge.violations import FieldViolation, MalformedRequestError
from malus.model.faults import MalusError
from malus.v1 import agreement_service_pb2, error_reason_pb2, evaluation_service_pb2, event_pb2
from structlog.testing import capture_logs

from tests.edge.serving import Wire, refusal, serving

ASKED = agreement_service_pb2.GetReloadStatusRequest()
RETRYABLE = {"overloaded", "store-unavailable", "shutting-down"}


@pytest.mark.parametrize("reason", [reason for reason in CODES if reason != "malformed-field"])
def test_every_reason_reaches_the_caller_with_its_details(wire: Wire, reason: str) -> None:
    wire.operations.raises = MalusError(reason, "so it is", {"agreement": "acme", "as_of": "2026-06-01T00:00:00Z"})
    with pytest.raises(grpc.RpcError) as told:
        wire.agreement.GetReloadStatus(ASKED)
    read = refusal(told.value)
    assert (read.code, read.message) == (CODES[reason], "so it is")
    assert read.info is not None
    assert (read.info.domain, read.info.reason) == ("malus", reason.replace("-", "_").upper())
    assert dict(read.info.metadata) == {"agreement": "acme", "as_of": "2026-06-01T00:00:00Z"}
    assert read.bad_request is None
    assert (read.retry is not None) == (reason in RETRYABLE)
    if read.retry is not None:
        assert 0 < read.retry.retry_delay.ToMilliseconds() <= 1000


def test_only_what_may_pass_by_itself_is_to_be_tried_again() -> None:
    passing = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)
    assert {reason for reason, code in CODES.items() if code in passing} == RETRYABLE


@pytest.mark.parametrize("reason", CODES)
def test_every_reason_of_the_table_is_named_in_the_text_of_the_wire(reason: str) -> None:
    assert f"ERROR_REASON_{reason.replace('-', '_').upper()}" in set(error_reason_pb2.ErrorReason.keys())


def test_a_malformed_request_lists_every_violation(wire: Wire) -> None:
    request = evaluation_service_pb2.SimulateRequest(events=[event_pb2.Event()])
    with pytest.raises(grpc.RpcError) as told:
        wire.evaluation.Simulate(request)
    read = refusal(told.value)
    assert read.code is grpc.StatusCode.INVALID_ARGUMENT
    assert read.info is not None
    assert read.bad_request is not None
    assert len(read.bad_request.field_violations) == 6
    assert dict(read.info.metadata) == {"violations": "6", "listed": "6"}
    assert read.retry is None
    assert read.message.endswith("and 5 more")


def test_more_violations_than_trailers_hold_are_counted(wire: Wire) -> None:
    request = evaluation_service_pb2.SimulateRequest(events=[event_pb2.Event(id="\x00" * 150)] * 1000)
    with pytest.raises(grpc.RpcError) as told:
        wire.evaluation.Simulate(request)
    read = refusal(told.value)
    assert read.code is grpc.StatusCode.INVALID_ARGUMENT
    assert read.info is not None
    assert read.bad_request is not None
    assert read.info.metadata["violations"] == "4002"
    assert int(read.info.metadata["listed"]) == len(read.bad_request.field_violations) > 10


def test_a_status_fits_into_trailers_whatever_its_words() -> None:
    fault = MalusError("unknown-agreement", "x" * 10_000, {"agreement": "y" * 10_000})
    assert len(base64.b64encode(status_of(fault).SerializeToString())) < 4096
    long = FieldViolation(field="f" * 200, reason="malformed-name", description="ü" * 900)
    refused = status_of(MalformedRequestError([long] * 50))
    assert len(base64.b64encode(refused.SerializeToString())) < 7000


def test_one_violation_is_listed_however_long_it_is() -> None:
    refused = status_of(MalformedRequestError([FieldViolation(field="f", reason="r", description="d" * 4000)] * 2))
    listed = error_details_pb2.BadRequest()
    refused.details[1].Unpack(listed)
    assert len(listed.field_violations) == 1


@pytest.mark.parametrize(
    "raised",
    [
        ValueError("password=hunter2"),
        AssertionError("42 is not payable"),
        MalusError("rule-faults", "a reason of another floor"),
        RecursionError("too deep"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_a_fault_of_ours_shows_nothing_but_where_to_look(wire: Wire, raised: Exception) -> None:
    wire.operations.raises = raised
    with capture_logs() as lines, pytest.raises(grpc.RpcError) as told:
        wire.agreement.GetReloadStatus(ASKED)
    read = refusal(told.value)
    assert (read.code, read.message) == (grpc.StatusCode.INTERNAL, INTERNAL_TEXT)
    assert read.info is not None
    assert (read.info.reason, list(read.info.metadata)) == ("INTERNAL", ["call_id"])
    shown = "".join(str(part) for part in told.value.trailing_metadata()) + read.message
    assert str(raised) not in shown
    failed = [line for line in lines if line["event"] == "call_failed"]
    assert [line["call_id"] for line in failed] == [read.info.metadata["call_id"]]
    assert dict(told.value.initial_metadata())["call-id"] == read.info.metadata["call_id"]


def test_bytes_that_are_no_message_are_the_caller_s_fault(wire: Wire) -> None:
    call = wire.channel.unary_unary("/malus.v1.EvaluationService/EvaluateEvents")
    with pytest.raises(grpc.RpcError) as told:
        call(b"\xff\xff\xff")
    read = refusal(told.value)
    assert read.code is grpc.StatusCode.INVALID_ARGUMENT
    assert read.bad_request is not None
    assert read.bad_request.field_violations[0].reason == "MALFORMED_MESSAGE"


def test_a_caller_who_is_nobody_is_refused_before_anything_is_asked() -> None:
    def nobody(context: grpc.ServicerContext, method: str) -> str:
        raise MalusError("unauthenticated", "no certificate names you")

    with serving(caller_of=nobody) as wire:
        with pytest.raises(grpc.RpcError) as told:
            wire.agreement.GetReloadStatus(ASKED)
        assert refusal(told.value).code is grpc.StatusCode.UNAUTHENTICATED
        assert wire.operations.asked == []


def test_each_call_writes_one_line_without_payloads(wire: Wire) -> None:
    event = event_pb2.Event(id="secret-id", source="monitoring")
    with capture_logs() as lines:
        wire.evaluation.EvaluateEvents(evaluation_service_pb2.EvaluateEventsRequest(events=[event]))
    (line,) = lines
    assert {name: line[name] for name in ("event", "method", "tenant", "code", "reason", "events")} == {
        "event": "call_answered",
        "method": "/malus.v1.EvaluationService/EvaluateEvents",
        "tenant": "default",
        "code": "OK",
        "reason": "",
        "events": 1,
    }
    assert len(line["call_id"]) == 32
    assert line["duration_us"] >= 0
    assert "secret-id" not in str(line)


def test_a_refused_call_s_line_names_code_and_reason(wire: Wire) -> None:
    wire.operations.raises = MalusError("store-unavailable", "the store cannot be reached")
    with capture_logs() as lines, pytest.raises(grpc.RpcError):
        wire.agreement.GetReloadStatus(ASKED)
    assert [(line["code"], line["reason"]) for line in lines] == [("UNAVAILABLE", "store-unavailable")]


def test_a_malformed_request_keeps_its_violations_over_a_process_boundary() -> None:
    fault = MalformedRequestError([FieldViolation(field="f", reason="r", description="d")])
    assert pickle.loads(pickle.dumps(fault)).violations == fault.violations  # noqa: S301 (our own bytes)
