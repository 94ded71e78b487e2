"""kill -9 of `malus serve` at any moment: everything is sent again, and all is as if nothing had happened."""

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from malus.ledger.ledger import open_ledger
from malus.model.events import Event, Transition

from tests.operations.rule_text import write_agreement
from tests.service.build import at, incident, outage
from tests.service.process import serving, words_for
from tests.service.wire import Caller, connected, outcomes, served

AGREEMENTS = ("acme", "borg")
END = at("2026-08-15")


def _calls() -> Iterator[tuple[list[Event], int]]:
    """Call after call, each for a later moment: outages and incidents of two agreements, some of them learnt late."""
    for turn in range(8):
        events: list[Event] = []
        for name in AGREEMENTS:
            month = 5 + turn % 2
            start = f"2026-{month:02}-{turn + 1:02} 10:00"
            end = f"2026-{month:02}-{turn + 1:02} {12 + turn}:00"
            events.append(outage(f"o{turn}", start, end, agreement=name, source=name, service="web"))
            events.append(incident(f"{name}-i{turn}", f"INC-{turn}", Transition.OPENED, start, agreement=name))
            if turn % 2:
                responded = f"2026-{month:02}-{turn + 1:02} 11:00"
                events.append(
                    incident(f"{name}-r{turn}", f"INC-{turn}", Transition.RESPONDED, responded, agreement=name)
                )
        yield events, at(f"2026-07-{turn + 2:02}")


CALLS = list(_calls())


@dataclass(frozen=True, kw_only=True)
class Final:
    """What is left when everything was sent: the answers that stand, and what billing pulls, in order."""

    digests: tuple[str, ...]
    pulled: tuple[bytes, ...]


def send_all(caller: Caller, first: int = 0) -> list[str]:
    return [word for events, as_of in CALLS[first:] for word in outcomes(caller.send(events, as_of))]


def final(caller: Caller) -> Final:
    pulled = caller.pull()
    assert [item.sequence for item in pulled] == list(range(1, len(pulled) + 1))
    for item in pulled:
        item.ClearField("recorded_at")  # the one thing that depends on when it was written
    return Final(
        digests=tuple(caller.digest(name, END) for name in AGREEMENTS),
        pulled=tuple(item.SerializeToString(deterministic=True) for item in pulled),
    )


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    for name in AGREEMENTS:
        write_agreement(folder, name=name)
    return folder


@pytest.fixture(scope="module")
def uninterrupted(rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Final:
    with served(tmp_path_factory.mktemp("whole"), rules) as (_, caller):
        assert set(send_all(caller)) == {"ACCEPTED"}
        return final(caller)


def finished(rules: Path, ledger: Path) -> Final:
    """Start once more, send everything again, and stop in order; the chain of decisions holds."""
    with serving(*words_for(rules, ledger)) as process:
        with connected(process.port) as caller:
            assert set(send_all(caller)) <= {"ACCEPTED", "DUPLICATE"}
            assert set(send_all(caller)) == {"DUPLICATE"}
            found = final(caller)
        assert process.terminate() == 0
    opened = open_ledger(f"sqlite:///{ledger}")
    opened.verify("default")
    opened.close()
    return found


# Each call inserts several times and commits once; the fifth and the third call lie in the middle.
@pytest.mark.parametrize(("where", "turn"), [("before-insert", 11), ("before-commit", 5), ("after-commit", 3)])
def test_a_call_that_dies_is_whole_or_gone_and_sending_again_gives_the_uninterrupted_answer(
    where: str, turn: int, rules: Path, uninterrupted: Final, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    with serving(*words_for(rules, ledger), dies=(where, turn)) as process:
        with connected(process.port) as caller, pytest.raises(grpc.RpcError) as told:
            send_all(caller)
        assert told.value.code() is grpc.StatusCode.UNAVAILABLE
        assert process.ended() == -9
    assert finished(rules, ledger) == uninterrupted


def test_ten_kills_at_random_moments_lose_nothing_and_count_nothing_twice(
    rules: Path, uninterrupted: Final, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    chance = random.Random(20261123)  # noqa: S311 - a kill has to be at any moment, not at a secret one
    acknowledged: set[tuple[str, str]] = set()
    for _ in range(10):
        with serving(*words_for(rules, ledger)) as process:
            with connected(process.port) as caller:
                timer = threading.Timer(chance.uniform(0.0, 0.35), process.popen.kill)
                timer.start()
                _send_until_it_dies(caller, acknowledged)
            timer.join()
            assert process.ended() == -9
        stored = _stored(ledger)
        assert acknowledged <= stored
    assert finished(rules, ledger) == uninterrupted


def _send_until_it_dies(caller: Caller, acknowledged: set[tuple[str, str]]) -> None:
    while True:
        for events, as_of in CALLS:
            try:
                answer: Any = caller.send(events, as_of)
            except grpc.RpcError:
                return
            assert set(outcomes(answer)) <= {"ACCEPTED", "DUPLICATE"}
            acknowledged |= {(item.source, item.id) for item in answer.results}


def _stored(ledger: Path) -> set[tuple[str, str]]:
    opened = open_ledger(f"sqlite:///{ledger}")
    found = {(event.source, event.id or "") for name in AGREEMENTS for event in opened.events_of("default", name, None)}
    opened.close()
    return found
