"""The main journeys through a real server in this process, over a real ledger."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from malus.edge.to_wire_values import to_wire_instant
from malus.model.instants import DAY
from malus.operations.evaluate import evaluate
from malus.v1 import decision_service_pb2, quantity_pb2

from tests.edge.serving import refusal
from tests.operations.rule_text import write_agreement
from tests.service.build import JUDGE, Moment, at, outage
from tests.service.wire import Advance, EvaluateEvents, Simulate, connected, message_of, outcomes, served

FIVE_HOURS = outage("o1", "2026-06-03 10:00", "2026-06-03 15:00", service="web")
MORE = outage("o2", "2026-06-20 10:00", "2026-06-20 15:00", service="web")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    write_agreement(tmp_path / "rules")
    return tmp_path / "rules"


def test_events_become_decisions_that_billing_pulls_with_their_reasons(tmp_path: Path, rules: Path) -> None:
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (_, caller):
        answer = caller.send([FIVE_HOURS])
        assert outcomes(answer) == ["ACCEPTED"]
        late = caller.send([FIVE_HOURS, MORE])
        assert outcomes(late) == ["DUPLICATE", "ACCEPTED"]
        pulled = caller.pull()
        assert [item.name for item in pulled] == [answer.decisions[0].name, late.decisions[0].name]
        assert [(item.amount.units, item.delta.units) for item in pulled] == [(1200, 1200), (1440, 240)]
        explained = caller.decision.ExplainDecision(decision_service_pb2.ExplainDecisionRequest(name=pulled[1].name))
        assert explained.sentences[0].endswith("revision 2: new facts, 240.00 EUR more than before")
        assert len(explained.decision.remedy.service_credit.explanation.steps) == len(explained.sentences) - 1


def test_the_digest_is_that_of_the_command_line_on_the_same_events(tmp_path: Path, rules: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "agreement,kind,id,source,service,start,end\n"
        "acme,outage,o1,monitor,web,2026-06-03 10:00,2026-06-03 15:00\n"
        "acme,outage,o2,monitor,web,2026-06-20 10:00,2026-06-20 15:00\n"
    )
    (plain,) = evaluate([rules], [file], as_of="2026-07-15", judge=JUDGE).assessments
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (_, caller):
        caller.send([MORE])
        caller.send([FIVE_HOURS])
        assert caller.digest("acme") == plain.digest()


def test_an_operator_moves_the_clock_and_reads_what_followed(tmp_path: Path, rules: Path) -> None:
    with served(tmp_path, rules, now=Moment("2026-06-15")) as (_, caller):
        caller.send([FIVE_HOURS])
        answer = caller.evaluation.Advance(Advance(agreement="agreements/-", as_of=to_wire_instant(at("2026-07-01"))))
        assert [item.amount.units for item in answer.decisions] == [1200]
        with pytest.raises(grpc.RpcError) as told:
            caller.evaluation.Advance(Advance(agreement="agreements/acme", as_of=to_wire_instant(at("2026-06-30"))))
        read = refusal(told.value)
        assert read.code is grpc.StatusCode.FAILED_PRECONDITION
        assert read.info is not None
        assert read.info.reason == "AS_OF_IN_THE_PAST"


def test_a_locked_store_is_unavailable_with_a_time_to_try_again(tmp_path: Path, rules: Path) -> None:
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (service, caller):
        with service.ledger.writing("default") as held:
            held.clock_of("acme")
            with pytest.raises(grpc.RpcError) as told:
                caller.send([FIVE_HOURS])
        read = refusal(told.value)
        assert read.code is grpc.StatusCode.UNAVAILABLE
        assert read.retry is not None
        assert outcomes(caller.send([FIVE_HOURS])) == ["ACCEPTED"]


def test_a_call_whose_deadline_passes_while_it_waits_keeps_nothing(tmp_path: Path, rules: Path) -> None:
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (service, caller):
        with service.ledger.writing("default") as held:
            held.clock_of("acme")
            with pytest.raises(grpc.RpcError) as told:
                caller.send([FIVE_HOURS], seconds=1)
            assert told.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        time.sleep(0.5)  # the call goes on in its thread: it gets the lock now, and finds nobody waiting
        assert service.ledger.events_of("default", "acme", None) == ()
        assert outcomes(caller.send([FIVE_HOURS])) == ["ACCEPTED"]


def test_a_cancelled_call_keeps_nothing(tmp_path: Path, rules: Path) -> None:
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (service, caller):
        with service.ledger.writing("default") as held:
            held.clock_of("acme")
            call = caller.evaluation.EvaluateEvents.future(EvaluateEvents(events=[message_of(FIVE_HOURS)]), timeout=60)
            time.sleep(0.3)
            call.cancel()
            time.sleep(0.2)
        time.sleep(0.5)
        assert service.ledger.events_of("default", "acme", None) == ()


def test_a_drain_lets_calls_under_way_end_and_what_they_acknowledged_is_there(tmp_path: Path, rules: Path) -> None:
    acknowledged: list[str] = []
    refused: list[grpc.StatusCode] = []
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (service, caller):
        caller.send([FIVE_HOURS])
        ending = threading.Event()

        def send(number: int) -> None:
            turn = 0
            while not ending.is_set():
                turn += 1
                event = outage(f"w{number}-{turn}", "2026-07-03 10:00", "2026-07-03 10:01", service="web")
                try:
                    answer = caller.send([event])
                except grpc.RpcError as fault:
                    refused.append(fault.code())
                    return
                assert outcomes(answer) == ["ACCEPTED"]
                acknowledged.append(event.id or "")

        writers = [threading.Thread(target=send, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        time.sleep(0.5)
        assert service.stop(notice_seconds=0, grace_seconds=20)
        ending.set()
        for writer in writers:
            writer.join()
    assert len(acknowledged) > 4
    assert set(refused) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (service, _):
        stored = {event.id for event in service.ledger.events_of("default", "acme", None)}
        assert set(acknowledged) <= stored


def test_health_names_the_agreements_that_serve_and_the_clock(tmp_path: Path, rules: Path) -> None:
    write_agreement(rules, name="broken", more="nonsense: true\n")
    moment = Moment("2026-07-15")
    with served(tmp_path, rules, now=moment, tick_seconds=1) as (_, caller):
        check = health_pb2_grpc.HealthStub(caller.channel).Check

        def status(name: str) -> str:
            found = check(health_pb2.HealthCheckRequest(service=name)).status
            return str(health_pb2.HealthCheckResponse.ServingStatus.Name(found))

        assert (status("agreements/acme"), status("agreements/broken")) == ("SERVING", "NOT_SERVING")
        assert status("clock") == "SERVING"
        moment.now += 3 * DAY
        assert _within(10, lambda: status("clock") == "NOT_SERVING")
        caller.evaluation.Advance(Advance(agreement="agreements/-", as_of=to_wire_instant(moment.now)))
        assert _within(10, lambda: status("clock") == "SERVING")


def test_the_clock_ticks_by_itself_and_billing_reads_what_it_brought(tmp_path: Path, rules: Path) -> None:
    moment = Moment("2026-06-30 23:00")
    with served(tmp_path, rules, now=moment, tick_seconds=1) as (_, caller):
        caller.send([FIVE_HOURS])
        assert caller.pull() == []
        moment.now = at("2026-07-01 00:30")
        assert _within(10, lambda: [item.amount.units for item in caller.pull()] == [1200])


def test_a_draft_is_tried_against_the_ledger_over_the_wire(tmp_path: Path, rules: Path) -> None:
    (file,) = rules.rglob("*.yaml")
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (_, caller):
        caller.send([FIVE_HOURS])
        request = Simulate(agreement="agreements/acme", base=Simulate.BASE_LEDGER, view=quantity_pb2.VIEW_FULL)
        request.rule_files.add(path="draft.yaml", content=file.read_bytes().replace(b"rate: 10 %", b"rate: 11 %"))
        answer = caller.evaluation.Simulate(request)
        assert [item.amount.units for item in answer.assessment.credits] == [1320]
        assert caller.pull()[-1].amount.units == 1200


def test_a_second_caller_sees_what_the_first_was_acknowledged(tmp_path: Path, rules: Path) -> None:
    with served(tmp_path, rules, now=Moment("2026-07-15")) as (service, caller):
        caller.send([FIVE_HOURS])
        with connected(service.port) as other:
            assert len(other.pull()) == 1
            assert outcomes(other.send([FIVE_HOURS])) == ["DUPLICATE"]


def _within(seconds: int, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False
