"""Owns the two servers that `online` and `single` are measured on, each a process of its own, and what they are sent.

Does not own: what is timed. The empty handler stands on the settings of malus's own server, reads the same requests
and answers nothing; no interceptor, no log, no store.
"""

import multiprocessing
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, TypeAlias

import grpc
import pysqlite3.dbapi2 as driver  # type: ignore[import-untyped] # published without types
from malus.composition import judge
from malus.operations.evaluate import evaluate
from malus.v1 import evaluation_service_pb2 as wire
from malus.v1 import evaluation_service_pb2_grpc, event_pb2

Kind: TypeAlias = Literal["malus", "empty-handler"]

RULES = Path(__file__).parents[1] / "rules" / "agreements" / "it-hosting"
JUNE = 1_780_272_000  # 1 June 2026 in UTC, in seconds
AS_OF = JUNE + 30 * 86_400
MOST_EVENTS = 30 * 86_400 // 20
_START_SECONDS = 120


@dataclass(kw_only=True)
class Server:
    """A server process with a channel to it; `memory_mb` is the most that it held, once it is down."""

    evaluation: Any
    memory_mb: int = 0


@contextmanager
def running(kind: Kind, ledger: Path) -> Iterator[Server]:
    """A server of that kind; where it is malus, with a ledger in that file."""
    # Spawned: a process that has used gRPC must not be forked.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(kind, ledger, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.poll(_START_SECONDS), f"{kind} did not start"
        options = (("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1))
        with grpc.insecure_channel(f"127.0.0.1:{ours.recv()}", options=options) as channel:
            stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)  # type: ignore[no-untyped-call]
            server = Server(evaluation=stub)
            yield server
        ours.send("stop")
        server.memory_mb = ours.recv()
        process.join(_START_SECONDS)
    finally:
        process.kill()
        process.join()


def request(first: int, count: int) -> wire.EvaluateEventsRequest:
    """A call with outages number `first` and on: one every 20 seconds of June 2026, 7 seconds long."""
    asked = wire.EvaluateEventsRequest(events=[_outage(number) for number in range(first, first + count)])
    asked.as_of.seconds = AS_OF
    return asked


def check_accepted(sent: wire.EvaluateEventsRequest, answer: wire.EvaluateEventsResponse) -> None:
    """Fails unless every event of the call was stored by it."""
    accepted = wire.EventResult.OUTCOME_ACCEPTED
    assert [(item.id, item.outcome) for item in answer.results] == [(event.id, accepted) for event in sent.events]


def check_totals(server: Server, ledger: Path, events: int, folder: Path) -> None:
    """Fails unless the ledger holds outages 0 up to `events`, and is judged as a file of the same outages is."""
    with driver.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        stored = {row[0] for row in connection.execute("SELECT id FROM events")}
    assert stored == {f"outage-{number}" for number in range(events)}, "the ledger holds other events"
    asked = wire.SimulateRequest(agreement="agreements/it-hosting", base=wire.SimulateRequest.BASE_LEDGER)
    asked.as_of.seconds = AS_OF
    served = server.evaluation.Simulate(asked).assessment
    file = folder / "outages.csv"
    lines = ["id,source,agreement,kind,start,end"]
    lines += [
        f"{event.id},{event.source},it-hosting,outage,{_text(interval.start_time)},{_text(interval.end_time)}"
        for event in map(_outage, range(events))
        for interval in (event.outage.interval,)
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer = evaluate([RULES], [file], as_of=AS_OF * 1_000_000, judge=judge())
    assert answer.events == events, answer.faults
    assert served.digest == answer.assessments[0].digest(), "the service answers otherwise than the file"


def _outage(number: int) -> event_pb2.Event:
    assert number < MOST_EVENTS, "June has no room for more"
    event = event_pb2.Event(id=f"outage-{number}", source="monitoring", agreement="agreements/it-hosting")
    event.outage.interval.start_time.seconds = JUNE + 20 * number
    event.outage.interval.end_time.seconds = JUNE + 20 * number + 7
    return event


def _text(moment: Any) -> str:
    return str(moment.ToJsonString())


def _serve(kind: Kind, ledger: Path, pipe: Connection) -> None:
    end = _start_malus(ledger, pipe) if kind == "malus" else _start_empty(pipe)
    pipe.recv()
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    end()


def _start_malus(ledger: Path, pipe: Connection) -> Any:
    from malus import logs  # noqa: PLC0415 - only this process serves
    from malus.composition import keep_what_is_loaded, start_service  # noqa: PLC0415

    # The log is written as in production, to a file beside the ledger.
    sys.stderr = ledger.with_suffix(".log").open("w", encoding="utf-8")
    logs.set_up()
    service = start_service(rules=RULES, ledger_url=f"sqlite:///{ledger}", address="127.0.0.1:0")
    keep_what_is_loaded()
    pipe.send(service.port)
    return service.stop


def _start_empty(pipe: Connection) -> Any:
    from malus.edge.server import Limits, _options  # noqa: PLC0415 - the very settings of malus's own server

    limits = Limits()
    server = grpc.server(
        ThreadPoolExecutor(max_workers=limits.threads),
        options=_options(limits),
        maximum_concurrent_rpcs=limits.calls,
    )
    evaluation_service_pb2_grpc.add_EvaluationServiceServicer_to_server(_Empty(), server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    pipe.send(port)
    return lambda: server.stop(0).wait()


class _Empty(evaluation_service_pb2_grpc.EvaluationServiceServicer):
    """Answers nothing."""

    def EvaluateEvents(  # noqa: N802 - the wire's name
        self,
        request: wire.EvaluateEventsRequest,  # noqa: ARG002 - read, and not looked at
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> wire.EvaluateEventsResponse:
        return wire.EvaluateEventsResponse()
