"""Where the server listens, what it says of itself, and how it goes down."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from malus.edge.interceptors.call import check_wanted
from malus.edge.server import SERVICES, start_server
from malus.model.faults import MalusError
from malus.v1 import agreement_service_pb2, decision_service_pb2, evaluation_service_pb2

from tests.edge.builders import outage_message
from tests.edge.fake_operations import FakeOperations
from tests.edge.serving import Wire, anybody, serving

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
STATUS = agreement_service_pb2.GetReloadStatusRequest()


def health(wire: Wire, name: str = "") -> int:
    check = health_pb2_grpc.HealthStub(wire.channel).Check
    status: int = check(health_pb2.HealthCheckRequest(service=name), timeout=5).status
    return status


def refusal_to_start(address: str, *, plaintext_anywhere: bool = False) -> MalusError:
    with pytest.raises(MalusError) as told:
        start_server(FakeOperations(), address=address, caller_of=anybody, plaintext_anywhere=plaintext_anywhere)
    return told.value


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", "unix:/tmp/x", "", "a b:1", ":1"])
def test_an_address_that_would_be_taken_for_another_is_refused(address: str) -> None:
    told = refusal_to_start(address)
    assert (told.reason, told.metadata["address"]) == ("malformed-address", address)


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "malus.example:0", "127.0.0.1.example:0"])
def test_plaintext_off_loopback_is_refused_by_name(address: str) -> None:
    assert refusal_to_start(address).reason == "plaintext-off-loopback"


def test_plaintext_off_loopback_is_taken_where_the_flag_says_so() -> None:
    server = start_server(FakeOperations(), address="0.0.0.0:0", caller_of=anybody, plaintext_anywhere=True)
    assert 0 < server.port < 65536
    server.drain(notice_seconds=0, grace_seconds=0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_loopback_needs_no_certificate(host: str) -> None:
    if host == "[::1]" and not socket.has_ipv6:
        host = "localhost"
    server = start_server(FakeOperations(), address=f"{host}:0", caller_of=anybody)
    assert 0 < server.port < 65536
    server.drain(notice_seconds=0, grace_seconds=0)


def test_with_credentials_a_server_speaks_nothing_else() -> None:
    kind = grpc.LocalConnectionType.LOCAL_TCP
    server = start_server(
        FakeOperations(), address="127.0.0.1:0", caller_of=anybody, credentials=grpc.local_server_credentials(kind)
    )
    with grpc.secure_channel(f"127.0.0.1:{server.port}", grpc.local_channel_credentials(kind)) as channel:
        check = health_pb2_grpc.HealthStub(channel).Check
        assert check(health_pb2.HealthCheckRequest(), timeout=5).status == SERVING
    server.drain(notice_seconds=0, grace_seconds=0)


def test_a_second_server_never_shares_a_port_silently(wire: Wire) -> None:
    told = refusal_to_start(f"127.0.0.1:{wire.server.port}")
    assert told.reason == "address-unusable"


def test_health_names_the_service_each_of_its_parts_and_each_agreement(wire: Wire) -> None:
    assert {health(wire, name) for name in ("", *SERVICES)} == {SERVING}
    wire.server.set_serving("acme", serving=False)
    assert health(wire, "agreements/acme") == NOT_SERVING
    assert health(wire) == SERVING
    wire.server.set_serving("acme", serving=True)
    assert health(wire, "agreements/acme") == SERVING


def _listed(wire: Wire) -> set[str]:
    ask = reflection_pb2_grpc.ServerReflectionStub(wire.channel).ServerReflectionInfo
    (answer,) = ask(iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=5)
    return {service.name for service in answer.list_services_response.service}


def test_reflection_lists_the_services_where_it_is_asked_for() -> None:
    with serving(reflect=True) as wire:
        assert _listed(wire) >= set(SERVICES)


def test_reflection_is_off_by_default(wire: Wire) -> None:
    with pytest.raises(grpc.RpcError) as told:
        _listed(wire)
    assert told.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_going_down_says_so_first_and_loses_no_call_under_way() -> None:
    with serving() as wire, ThreadPoolExecutor(4) as pool:
        wire.operations.gate = gate = threading.Event()
        inside = threading.Event()
        wire.operations.at_gate = inside.set
        request = evaluation_service_pb2.EvaluateEventsRequest(events=[outage_message()])
        under_way = pool.submit(wire.evaluation.EvaluateEvents, request, timeout=30)
        assert inside.wait(10)
        wire.operations.gate = None
        drained = pool.submit(wire.server.drain, notice_seconds=0.5, grace_seconds=20)
        while health(wire) == SERVING:
            time.sleep(0.01)
        # While others are told, calls are still taken.
        assert wire.agreement.GetReloadStatus(STATUS).generation == "abc"
        time.sleep(0.8)
        with pytest.raises(grpc.RpcError) as told:
            wire.agreement.GetReloadStatus(STATUS, timeout=5)
        assert told.value.code() is grpc.StatusCode.UNAVAILABLE
        assert not drained.done()
        gate.set()
        assert [result.outcome for result in under_way.result().results] == [1]
        assert drained.result() is True
        wire.server.wait()


def test_going_down_sends_waiting_pulls_home_with_a_cursor() -> None:
    with serving() as wire, ThreadPoolExecutor(2) as pool:
        request = decision_service_pb2.PullDecisionsRequest(consumer="billing", wait={"seconds": 30})
        pull = pool.submit(wire.decision.PullDecisions, request, timeout=30)
        while len(wire.operations.asked) < 2:
            time.sleep(0.01)
        began = time.monotonic()
        assert wire.server.drain(notice_seconds=0, grace_seconds=20)
        assert time.monotonic() - began < 5
        assert pull.result().cursor == "c1-0"


def test_a_call_that_outlasts_its_grace_is_cancelled() -> None:
    with serving() as wire, ThreadPoolExecutor(2) as pool:
        wire.operations.gate = gate = threading.Event()
        inside = threading.Event()
        wire.operations.at_gate = inside.set
        call = pool.submit(wire.agreement.GetReloadStatus, STATUS, timeout=30)
        assert inside.wait(10)
        assert wire.server.drain(notice_seconds=0, grace_seconds=0.2) is False
        gate.set()
        with pytest.raises(grpc.RpcError):
            call.result()


def test_an_operation_learns_that_its_caller_hung_up() -> None:
    with serving() as wire:
        wire.operations.gate = gate = threading.Event()
        inside = threading.Event()
        wire.operations.at_gate = inside.set
        request = evaluation_service_pb2.EvaluateEventsRequest(events=[outage_message()])
        future = wire.evaluation.EvaluateEvents.future(request)
        assert inside.wait(10)
        future.cancel()
        time.sleep(0.3)
        gate.set()
        wire.server.drain(notice_seconds=0, grace_seconds=5)
        assert wire.operations.stored == {}


class Waiting:
    """What a servicer is told of its caller."""

    def __init__(self, *, left: float | None, active: bool) -> None:
        self._left, self._active = left, active

    def time_remaining(self) -> float | None:
        return self._left

    def is_active(self) -> bool:
        return self._active


@pytest.mark.parametrize("left", [None, 0.5])
def test_a_call_that_somebody_waits_for_goes_on(left: float | None) -> None:
    assert check_wanted(Waiting(left=left, active=True)) is None  # type: ignore[arg-type, func-returns-value]


@pytest.mark.parametrize(
    ("left", "active", "reason"),
    [
        (0, True, "deadline-exceeded"),
        (-1, False, "deadline-exceeded"),
        (None, False, "cancelled"),
        (9, False, "cancelled"),
    ],
)
def test_a_call_that_nobody_waits_for_stops(left: float | None, active: bool, reason: str) -> None:
    with pytest.raises(MalusError) as told:
        check_wanted(Waiting(left=left, active=active))  # type: ignore[arg-type]
    assert told.value.reason == reason
