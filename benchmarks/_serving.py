"""Owns the servers that `online`, `single` and `steady` are measured on, each a process, and what they are sent.

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
from google.protobuf.timestamp_pb2 import Timestamp
from malus.composition import judge
from malus.operations.evaluate import evaluate
from malus.v1 import evaluation_service_pb2 as wire
from malus.v1 import evaluation_service_pb2_grpc, event_pb2

Kind: TypeAlias = Literal["malus", "empty-handler"]

RULES = Path(__file__).parents[1] / "rules" / "agreements" / "it-hosting"
BUSES = RULES.with_name("city-buses")
JUNE = 1_780_272_000  # 1 June 2026 in UTC, in seconds
AS_OF = JUNE + 30 * 86_400
MOST_EVENTS = 30 * 86_400 // 20
_START_SECONDS = 120


@dataclass(kw_only=True)
class Server:
    """A server process with a channel to it; `memory_mb` is the most that it held, once it is down."""

    evaluation: Any
    process: int
    memory_mb: int = 0

    def memory_now_mb(self) -> int:
        """What the process holds at this moment, as the operating system has it."""
        lines = Path(f"/proc/{self.process}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))


@contextmanager
def running(kind: Kind, ledger: Path, rules: Path = RULES) -> Iterator[Server]:
    """A server of that kind; where it is malus, with a ledger in that file and the agreements of that folder."""
    # Spawned: a process that has used gRPC must not be forked.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(kind, ledger, rules, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.poll(_START_SECONDS), f"{kind} did not start"
        options = (("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1))
        with grpc.insecure_channel(f"127.0.0.1:{ours.recv()}", options=options) as channel:
            stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)  # type: ignore[no-untyped-call]
            assert process.pid is not None
            server = Server(evaluation=stub, process=process.pid)
            yield server
        ours.send("stop")
        server.memory_mb = ours.recv()
        process.join(_START_SECONDS)
    finally:
        process.kill()
        process.join()


def request(first: int, count: int, agreement: str = "it-hosting") -> wire.EvaluateEventsRequest:
    """A call with outages number `first` and on: one every 20 seconds of June 2026, 7 seconds long."""
    numbers = range(first, first + count)
    asked = wire.EvaluateEventsRequest(events=[_outage(number, agreement) for number in numbers])
    asked.as_of.seconds = AS_OF
    return asked


def tallies(first: int, count: int) -> wire.EvaluateEventsRequest:
    """A call with tallies number `first` and on: one for every 20 seconds of June 2026."""
    asked = wire.EvaluateEventsRequest()
    asked.as_of.seconds = AS_OF
    for number in range(first, first + count):
        event = asked.events.add(id=f"tally-{number}", source="gates", agreement="agreements/city-buses")
        start, good, total = _tally(number)
        event.tally.indicator, event.tally.good, event.tally.total = "punctual", good, total
        event.tally.interval.start_time.seconds, event.tally.interval.end_time.seconds = start, start + 20
    return asked


def columns(first: int, count: int) -> wire.EvaluateColumnsRequest:
    """The call with the same tallies in columns."""
    asked = wire.EvaluateColumnsRequest()
    asked.as_of.seconds = AS_OF
    rows = asked.columns.add(source="gates", agreement="agreements/city-buses", id_prefix="tally", first_number=first)
    starts, good, total = zip(*map(_tally, range(first, first + count)), strict=True)
    rows.tallies.indicator = "punctual"
    rows.tallies.starts.extend(start * 1_000_000 for start in starts)
    rows.tallies.ends.extend((start + 20) * 1_000_000 for start in starts)
    rows.tallies.good.extend(good)
    rows.tallies.total.extend(total)
    return asked


def check_accepted(sent: wire.EvaluateEventsRequest, answer: wire.EvaluateEventsResponse) -> None:
    """Fails unless every event of the call was stored by it."""
    accepted = wire.EventResult.OUTCOME_ACCEPTED
    assert [(item.id, item.outcome) for item in answer.results] == [(event.id, accepted) for event in sent.events]


def check_totals(
    server: Server, ledger: Path, events: int, folder: Path, agreement: str = "it-hosting", rules: Path = RULES
) -> None:
    """Fails unless the ledger holds an agreement's outages 0 up to `events`, and is judged as a file of the same is."""
    lines = ["id,source,agreement,kind,start,end"]
    lines += [
        f"{event.id},{event.source},{agreement},outage,{_text(interval.start_time)},{_text(interval.end_time)}"
        for event in (_outage(number, agreement) for number in range(events))
        for interval in (event.outage.interval,)
    ]
    _check_as_file(server, ledger, folder, agreement, rules, lines)


def check_tallies(server: Server, ledger: Path, events: int, folder: Path) -> None:
    """Fails unless the ledger holds tallies 0 up to `events`, and is judged as a file of the same tallies is."""
    lines = ["id,source,agreement,kind,indicator,start,end,good,total"]
    for number in range(events):
        start, good, total = _tally(number)
        span = ",".join(_text(Timestamp(seconds=at)) for at in (start, start + 20))
        lines.append(f"tally-{number},gates,city-buses,tally,punctual,{span},{good},{total}")
    _check_as_file(server, ledger, folder, "city-buses", BUSES, lines)


def _check_as_file(server: Server, ledger: Path, folder: Path, agreement: str, rules: Path, lines: list[str]) -> None:
    with driver.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        found = connection.execute("SELECT id FROM events WHERE agreement = ?", (agreement,))
        stored = {row[0] for row in found}
    assert stored == {line.partition(",")[0] for line in lines[1:]}, "the ledger holds other events"
    asked = wire.SimulateRequest(agreement=f"agreements/{agreement}", base=wire.SimulateRequest.BASE_LEDGER)
    asked.as_of.seconds = AS_OF
    served = server.evaluation.Simulate(asked).assessment
    file = folder / "events.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer = evaluate([rules], [file], as_of=AS_OF * 1_000_000, judge=judge())
    assert answer.events == len(lines) - 1, answer.faults
    mine = next(one for one in answer.assessments if one.agreement == agreement)
    assert served.digest == mine.digest(), "the service answers otherwise than the file"


def _outage(number: int, agreement: str) -> event_pb2.Event:
    assert number < MOST_EVENTS, "June has no room for more"
    event = event_pb2.Event(
        id=f"outage-{number}", source=f"monitor of {agreement}", agreement=f"agreements/{agreement}"
    )
    event.outage.interval.start_time.seconds = JUNE + 20 * number
    event.outage.interval.end_time.seconds = JUNE + 20 * number + 7
    return event


def _tally(number: int) -> tuple[int, int, int]:
    """The first second of a tally, how many were good, and how many there were."""
    assert number < MOST_EVENTS, "June has no room for more"
    return JUNE + 20 * number, 8 + number % 3, 10


def _text(moment: Any) -> str:
    return str(moment.ToJsonString())


def _serve(kind: Kind, ledger: Path, rules: Path, pipe: Connection) -> None:
    end = _start_malus(ledger, rules, pipe) if kind == "malus" else _start_empty(pipe)
    pipe.recv()
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    end()


def _start_malus(ledger: Path, rules: Path, pipe: Connection) -> Any:
    from malus import logs  # noqa: PLC0415 - only this process serves
    from malus.composition import keep_what_is_loaded, start_service  # noqa: PLC0415

    # The log is written as in production, to a file beside the ledger.
    sys.stderr = ledger.with_suffix(".log").open("w", encoding="utf-8")
    logs.set_up()
    service = start_service(rules=rules, ledger_url=f"sqlite:///{ledger}", address="127.0.0.1:0")
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
