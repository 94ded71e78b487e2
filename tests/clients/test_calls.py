"""A call is repeated while a repeat can help, ends within its deadline, and fails with one exception."""

import time
from typing import Any

import grpc
import pytest
from malus.edge.server import Limits
from malus.model.faults import MalusError
from malus_client import CallError, Client, connect
from malus_client.batches import MOST_BYTES, batches
from malus_client.calls import Caller
from malus_client.event_rows import messages_of

from tests.edge.serving import Wire, serving

ROW: Any = {
    "id": "e-1",
    "source": "tests",
    "agreement": "acme",
    "kind": "outage",
    "start": "2026-06-03T10:00:00Z",
    "end": "2026-06-03T11:00:00Z",
}


def _client(wire: Wire, **caller: Any) -> Client:
    channel = grpc.insecure_channel(f"127.0.0.1:{wire.server.port}")
    return Client(channel, Caller(10, **caller))


def test_a_call_is_repeated_while_the_store_cannot_be_reached_and_the_event_counts_once() -> None:
    with serving() as wire:
        waits: list[float] = []
        wire.operations.raises = MalusError("store-unavailable", "the store is away")

        def back_at_the_third_wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                wire.operations.raises = None

        with _client(wire, sleep=back_at_the_third_wait) as client:
            sent = client.send([ROW])
        assert [result.outcome for result in sent.results] == ["accepted"]
        assert len(wire.operations.asked) == 4
        # The service names a second; each wait is that, and a little more so that not all come back together.
        assert all(1 <= wait <= 1.25 for wait in waits)


def test_no_repeat_goes_past_the_deadline() -> None:
    with serving() as wire:
        wire.operations.raises = MalusError("store-unavailable", "the store is away")
        now = [0.0]

        def sleep(seconds: float) -> None:
            now[0] += seconds

        with _client(wire, clock=lambda: now[0], sleep=sleep) as client, pytest.raises(CallError) as failed:
            client.send([ROW])
        assert (failed.value.reason, failed.value.code) == ("store-unavailable", "UNAVAILABLE")
        assert now[0] < 10
        assert len(wire.operations.asked) > 3


def test_a_refusal_is_never_repeated_and_carries_reason_message_and_metadata() -> None:
    with serving() as wire:
        wire.operations.raises = MalusError("as-of-in-the-past", "the clock is ahead", {"agreement": "acme"})
        with _client(wire) as client, pytest.raises(CallError) as failed:
            client.send([ROW])
        fault = failed.value
        assert (fault.reason, fault.message) == ("as-of-in-the-past", "the clock is ahead")
        assert (fault.metadata, fault.code) == ({"agreement": "acme"}, "FAILED_PRECONDITION")
        assert len(wire.operations.asked) == 1


def test_a_refusal_lists_every_violation() -> None:
    with serving() as wire, _client(wire) as client, pytest.raises(CallError) as failed:
        list(client.pull(" "))
    assert [violation.field for violation in failed.value.violations] == ["consumer"]


def test_a_service_that_is_not_there_is_unavailable_within_the_deadline() -> None:
    began = time.monotonic()
    with connect("127.0.0.1:1", deadline_seconds=0.5) as client, pytest.raises(CallError) as failed:
        list(client.agreements())
    assert failed.value.reason in {"unavailable", "deadline-exceeded"}
    assert time.monotonic() - began < 5


def test_a_call_that_takes_too_long_is_given_up() -> None:
    with serving() as wire:
        from threading import Event

        wire.operations.gate = Event()
        with connect(f"127.0.0.1:{wire.server.port}", deadline_seconds=0.3) as client:
            with pytest.raises(CallError) as failed:
                client.send([ROW])
            wire.operations.gate.set()
    assert failed.value.reason == "deadline-exceeded"


def test_a_thousand_and_one_events_are_two_calls() -> None:
    with serving() as wire, _client(wire) as client:
        sent = client.send({**ROW, "id": f"e-{place}"} for place in range(1001))
        assert [len(asked[1]) for asked in wire.operations.asked] == [1000, 1]
        assert [result.id for result in sent.results] == [f"e-{place}" for place in range(1001)]
        assert [result.row for result in sent.results] == list(range(1001))


def test_long_events_are_cut_so_that_each_call_is_taken() -> None:
    long = {**ROW, "site": "s" * 200, "service": "é" * 200, "severity": "z" * 200, "outage_id": "o" * 200}
    long |= {"source": "q" * 200, "agreement": "acme"}
    rows = [{**long, "id": f"{place:0200}"} for place in range(1000)]
    cut = list(batches(message for row in rows for message in messages_of(row, None)))
    assert len(cut) == 2
    with serving(limits=Limits()) as wire, _client(wire) as client:
        assert {result.outcome for result in client.send(rows).results} == {"accepted"}
        assert [len(asked[1]) for asked in wire.operations.asked] == [len(batch) for batch in cut]


def test_an_event_longer_than_a_call_stands_alone() -> None:
    long = messages_of({**ROW, "site": "s" * (MOST_BYTES + 1)}, None)
    short = messages_of(ROW, None)
    assert [len(batch) for batch in batches([*short, *short, *long, *short])] == [2, 1, 1]
