"""What one server takes: nobody, by size or by number, keeps a good caller or the health check out."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from malus.edge.requests import EVENTS_LIMIT, FILES_LIMIT
from malus.edge.server import Limits
from malus.v1 import (
    agreement_service_pb2,
    agreement_service_pb2_grpc,
    decision_service_pb2,
    evaluation_service_pb2,
)

from tests.edge.builders import decision, outage_message
from tests.edge.serving import Refusal, Wire, refusal, serving

EvaluateEvents = evaluation_service_pb2.EvaluateEventsRequest
Pull = decision_service_pb2.PullDecisionsRequest
STATUS = agreement_service_pb2.GetReloadStatusRequest()
MEBI = 1024 * 1024


def refused(call: grpc.UnaryUnaryMultiCallable, request: object, **more: object) -> Refusal:
    with pytest.raises(grpc.RpcError) as told:
        call(request, timeout=20, **more)
    return refusal(told.value)


def test_a_call_beyond_its_bytes_is_refused_and_the_next_one_served(wire: Wire) -> None:
    request = agreement_service_pb2.ValidateRuleFilesRequest()
    request.rule_files.add(path="a.yaml", content=b" " * (2 * MEBI))
    assert refused(wire.agreement.ValidateRuleFiles, request).code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert wire.operations.asked == []
    request.rule_files[0].content = b" " * (MEBI - 100)
    assert wire.agreement.ValidateRuleFiles(request).valid


def test_what_is_small_only_while_compressed_is_refused_too(wire: Wire) -> None:
    request = agreement_service_pb2.ValidateRuleFilesRequest()
    request.rule_files.add(path="a.yaml", content=b" " * (64 * MEBI))
    read = refused(wire.agreement.ValidateRuleFiles, request, compression=grpc.Compression.Gzip)
    assert read.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert wire.operations.asked == []


def test_a_header_of_forty_kilobytes_is_refused_and_the_next_call_served(wire: Wire) -> None:
    read = refused(wire.agreement.GetReloadStatus, STATUS, metadata=(("x-much", "m" * 40 * 1024),))
    assert read.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert wire.operations.asked == []
    assert wire.agreement.GetReloadStatus(STATUS).generation == "abc"


def test_a_header_just_beyond_the_limit_is_refused_each_time_and_not_by_chance(wire: Wire) -> None:
    for _ in range(12):
        read = refused(wire.agreement.GetReloadStatus, STATUS, metadata=(("x-much", "m" * 9 * 1024),))
        assert read.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    small = (("x-some", "m" * 7 * 1024),)
    assert wire.agreement.GetReloadStatus(STATUS, metadata=small).generation == "abc"


def test_more_events_than_a_call_may_have_are_refused_whole(wire: Wire) -> None:
    request = EvaluateEvents(events=[outage_message()] * (EVENTS_LIMIT + 1))
    read = refused(wire.evaluation.EvaluateEvents, request)
    assert read.info is not None
    assert (read.code, read.info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "LIMIT_EXCEEDED")
    assert dict(read.info.metadata) == {"what": "events", "limit": "1000", "given": "1001"}
    assert wire.operations.asked == []
    full = EvaluateEvents(events=[outage_message(f"e{number}") for number in range(EVENTS_LIMIT)])
    assert len(wire.evaluation.EvaluateEvents(full).results) == EVENTS_LIMIT


def test_more_rule_files_than_a_call_may_have_are_refused(wire: Wire) -> None:
    request = agreement_service_pb2.ValidateRuleFilesRequest()
    for number in range(FILES_LIMIT + 1):
        request.rule_files.add(path=f"{number}.yaml")
    read = refused(wire.agreement.ValidateRuleFiles, request)
    assert read.info is not None
    assert read.info.reason == "LIMIT_EXCEEDED"


@contextmanager
def held(wire: Wire, calls: int) -> Iterator[None]:
    """So many calls that hold their slots, until the block ends."""
    wire.operations.gate = gate = threading.Event()
    inside = threading.Semaphore(0)
    wire.operations.at_gate = inside.release
    futures = [wire.agreement.GetReloadStatus.future(STATUS, timeout=30) for _ in range(calls)]
    for _ in futures:
        assert inside.acquire(timeout=10)
    wire.operations.gate = None
    try:
        yield
    finally:
        gate.set()
        assert [future.result().generation for future in futures] == ["abc"] * calls


def test_who_finds_no_slot_is_told_when_to_come_again() -> None:
    with serving(limits=Limits(slots=4)) as wire:
        with held(wire, 4):
            read = refused(wire.agreement.GetReloadStatus, STATUS)
            assert read.info is not None
            assert (read.code, read.info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
            assert dict(read.info.metadata) == {"limit": "4"}
            assert read.retry is not None
            assert read.retry.retry_delay.ToMilliseconds() == 250
        assert wire.agreement.GetReloadStatus(STATUS).generation == "abc"


def test_health_answers_while_every_slot_is_held() -> None:
    with serving(limits=Limits(slots=4, threads=4)) as wire, held(wire, 4):
        # No slot and no thread is left for calls of malus; health has its own.
        check = health_pb2_grpc.HealthStub(wire.channel).Check
        assert check(health_pb2.HealthCheckRequest(), timeout=5).status == health_pb2.HealthCheckResponse.SERVING


def test_a_slot_is_free_again_after_a_refusal_a_fault_and_a_cancelled_call() -> None:
    with serving(limits=Limits(slots=4)) as wire:
        for _ in range(6):
            refused(wire.evaluation.Simulate, evaluation_service_pb2.SimulateRequest())
            wire.operations.raises = ValueError("ours")
            refused(wire.agreement.GetReloadStatus, STATUS)
            wire.operations.raises = None
            future = wire.agreement.GetReloadStatus.future(STATUS)
            future.cancel()
        with held(wire, 4):
            pass


@contextmanager
def connections(wire: Wire, count: int) -> Iterator[list[grpc.Channel]]:
    """Callers with a connection of their own each, made before anything is asked."""
    address, own = f"127.0.0.1:{wire.server.port}", [("grpc.use_local_subchannel_pool", 1)]
    channels = [grpc.insecure_channel(address, options=own) for _ in range(count)]
    try:
        for channel in channels:
            grpc.channel_ready_future(channel).result(timeout=10)
        yield channels
    finally:
        for channel in channels:
            channel.close()


def test_five_hundred_calls_at_once_leave_a_good_caller_served() -> None:
    with serving(limits=Limits(slots=8)) as wire, connections(wire, 11) as (good, *crowd):
        wire.operations.gate = gate = threading.Event()
        stubs = [agreement_service_pb2_grpc.AgreementServiceStub(channel) for channel in crowd]
        flood = [stub.GetReloadStatus.future(STATUS, timeout=60) for stub in stubs for _ in range(50)]
        began = time.monotonic()
        check = health_pb2_grpc.HealthStub(good).Check
        assert check(health_pb2.HealthCheckRequest(), timeout=5).status == health_pb2.HealthCheckResponse.SERVING
        # All but those that hold the eight slots are sent away at once; nobody queues behind them.
        while sum(future.done() for future in flood) < 492:
            assert time.monotonic() - began < 20
            time.sleep(0.01)
        wire.operations.gate = None
        gate.set()
        served, tries = None, 0
        while served is None:
            tries += 1
            assert tries < 20
            try:
                served = agreement_service_pb2_grpc.AgreementServiceStub(good).GetReloadStatus(STATUS, timeout=10)
            except grpc.RpcError as error:
                retry = refusal(error).retry
                assert retry is not None
                time.sleep(retry.retry_delay.ToMilliseconds() / 1000)
        assert served.generation == "abc"
        codes = [future.code() for future in flood]
        assert codes.count(grpc.StatusCode.OK) == 8
        assert codes.count(grpc.StatusCode.RESOURCE_EXHAUSTED) == 492


def test_pulls_that_wait_take_a_quarter_of_the_slots_at_most() -> None:
    with serving(limits=Limits(slots=8)) as wire, ThreadPoolExecutor(8) as pool:
        waiting = Pull(consumer="billing", wait={"seconds": 30})
        pulls = [pool.submit(wire.decision.PullDecisions, waiting, timeout=30) for _ in range(2)]
        while len(wire.operations.asked) < 4:  # each has looked twice, so each waits
            time.sleep(0.01)
        read = refused(wire.decision.PullDecisions, waiting)
        assert read.info is not None
        assert (read.info.reason, read.info.metadata["limit"]) == ("OVERLOADED", "2")
        assert wire.decision.PullDecisions(Pull(consumer="billing")).cursor == "c1-0"
        with held(wire, 6):
            pass
        wire.operations.decisions = [decision(1)]
        assert [[item.sequence for item in pull.result().decisions] for pull in pulls] == [[1], [1]]


def test_a_pull_that_waits_in_vain_still_gives_a_cursor(wire: Wire) -> None:
    began = time.monotonic()
    pulled = wire.decision.PullDecisions(Pull(consumer="billing", after_cursor="c1-0", wait={"nanos": 300_000_000}))
    assert (list(pulled.decisions), pulled.cursor) == ([], "c1-0")
    assert time.monotonic() - began >= 0.3


def test_callers_who_never_send_their_request_keep_nobody_out() -> None:
    with serving(limits=Limits(slots=4, threads=200)) as wire, connections(wire, 2) as slow:
        never = threading.Event()

        def nothing() -> Iterator[bytes]:
            never.wait(30)
            yield b""

        method = "/malus.v1.AgreementService/GetReloadStatus"
        stuck = [channel.stream_unary(method).future(nothing(), timeout=30) for channel in slow for _ in range(60)]
        time.sleep(0.5)
        assert wire.agreement.GetReloadStatus(STATUS, timeout=5).generation == "abc"
        for call in stuck:
            call.cancel()
        never.set()


def test_a_socket_that_says_nothing_is_closed() -> None:
    with serving(limits=Limits(handshake_seconds=1)) as wire:
        with socket.create_connection(("127.0.0.1", wire.server.port), timeout=10) as silent:
            began = time.monotonic()
            while silent.recv(4096):
                pass
            assert time.monotonic() - began < 5
        assert wire.agreement.GetReloadStatus(STATUS).generation == "abc"
