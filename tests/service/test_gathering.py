"""Calls that wait for the one writer: written together, answered apart, and none harmed by its neighbours."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from malus.model.calendars import HorizonFault
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.operations.service_values import EventsAnswer

from tests.operations.rule_text import write_agreement
from tests.service.build import JUDGE, Desk, credited, desk, outage, wanted

FIRST = outage("first", "2026-06-01 10:00", "2026-06-01 10:01")


def hour(name: str, day: int, **told: Any) -> Event:
    return outage(name, f"2026-06-{day:02} 10:00", f"2026-06-{day:02} 11:00", **told)


class Writer:
    """Holds the first commit until a test lets it go, and counts them all."""

    def __init__(self) -> None:
        self.holds, self.goes_on, self.commits = Signal(), Signal(), 0

    def __call__(self, failpoint: str) -> None:
        if failpoint == "before-commit":
            self.commits += 1
            if self.commits == 1:
                self.holds.set()
                assert self.goes_on.wait(10)


class Crowd:
    """Calls that queue, in order, behind a first one that is being written."""

    def __init__(self, service: Desk, pool: ThreadPoolExecutor) -> None:
        self._service, self._pool = service, pool
        self.sent: list[Future[EventsAnswer]] = []

    def sends(
        self, *events: Event, as_of: str | None = None, check: Callable[[], None] = wanted
    ) -> Future[EventsAnswer]:
        self.sent.append(self._pool.submit(self._service.send, *events, as_of=as_of, check=check))
        queues = self._service.operations._gathering._queues
        deadline = time.monotonic() + 10
        while len(queues["default"]) < len(self.sent):
            assert time.monotonic() < deadline, "the call never came to the queue"
            time.sleep(0.001)
        return self.sent[-1]


@contextmanager
def behind_the_first(service: Desk, writer: Writer) -> Iterator[Crowd]:
    with ThreadPoolExecutor(16) as pool:
        first = pool.submit(service.send, FIRST)
        assert writer.holds.wait(10)
        crowd = Crowd(service, pool)
        try:
            yield crowd
        finally:
            writer.goes_on.set()
        assert first.result(10).events[0].outcome.value == "accepted"
        for call in crowd.sent:
            call.exception(10)


def test_calls_that_wait_together_are_written_in_one_transaction_and_answered_each_by_its_own(tmp_path: Path) -> None:
    writer = Writer()
    with desk(tmp_path, now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            calls = [crowd.sends(hour(f"o{day}", day), hour(f"p{day}", day)) for day in range(2, 12)]
        assert writer.commits == 2
        assert [len(call.result().events) for call in calls] == [2] * 10
        assert len(service.stored()) == 21


def test_only_calls_that_ask_for_the_same_moment_are_written_together(tmp_path: Path) -> None:
    asked = [None, "2026-07-16", "2026-07-16", "2026-07-17", "2026-07-17", "2026-07-16"]
    writer = Writer()
    with desk(tmp_path, now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            calls = [crowd.sends(hour(f"o{day}", day), as_of=as_of) for day, as_of in enumerate(asked, 2)]
        assert writer.commits == 1 + 3
        with pytest.raises(MalusError, match="judged as of 2026-07-16T22:00:00Z already"):
            calls.pop().result()
        assert [call.result().events[0].outcome.value for call in calls] == ["accepted"] * 5
        assert len(service.stored()) == 1 + 5


def test_they_share_the_decisions_on_what_they_told_and_a_repeat_names_them_again(tmp_path: Path) -> None:
    writer = Writer()
    with desk(tmp_path, now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            one, other = crowd.sends(hour("o2", 2)), crowd.sends(*(hour(f"q{day}", day) for day in range(3, 8)))
        assert credited(one.result().decisions) == credited(other.result().decisions) == {"2026-06": ["1200"]}
        named = one.result().events[0].decisions
        assert len(named) == 1
        assert service.send(hour("q3", 3)).events[0].decisions == named


def test_a_call_is_told_nothing_of_agreements_that_only_its_neighbours_named(tmp_path: Path) -> None:
    writer = Writer()
    with desk(tmp_path, "acme", "bolt", now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            small = crowd.sends(outage("s", "2026-07-02 10:00", "2026-07-02 10:01", agreement="bolt"))
            large = crowd.sends(*(hour(f"o{day}", day) for day in range(2, 8)))
        assert writer.commits == 2
        assert small.result().decisions == ()
        assert len(large.result().decisions) == 1


def test_one_event_told_by_two_of_them_is_stored_once(tmp_path: Path) -> None:
    writer = Writer()
    with desk(tmp_path, now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            calls = [crowd.sends(hour("o2", 2)), crowd.sends(hour("o2", 2)), crowd.sends(hour("o2", 3))]
        assert [call.result().events[0].outcome.value for call in calls] == ["accepted", "duplicate", "conflict"]
        assert len(service.stored()) == 2


@pytest.mark.parametrize("patience", [0, 1, 2])
def test_a_call_that_was_given_up_keeps_nothing_and_its_neighbours_keep_all(patience: int, tmp_path: Path) -> None:
    left = patience

    def hung_up() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise MalusError("cancelled", "the caller hung up before anything was kept")

    writer = Writer()
    with desk(tmp_path, now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            before, given_up, after = (
                crowd.sends(hour("o2", 2)),
                crowd.sends(hour("o3", 3), check=hung_up),
                crowd.sends(hour("o4", 4)),
            )
        assert [call.result().events[0].outcome.value for call in (before, after)] == ["accepted", "accepted"]
        with pytest.raises(MalusError, match="hung up"):
            given_up.result()
        assert [event.id for event in service.stored()] == ["first", "o2", "o4"]


def test_an_agreement_that_cannot_be_judged_takes_no_call_on_another_along(tmp_path: Path) -> None:
    def judging(terms: Any, events: Any, **told: Any) -> Any:
        if terms[0].agreement == "bolt":
            raise HorizonFault("office", "its holidays are known until 2030-12-31")
        return JUDGE(terms, events, **told)

    for name in ("acme", "bolt"):
        write_agreement(tmp_path / "rules", name=name)
    writer = Writer()
    with desk(tmp_path, rules=tmp_path / "rules", now="2026-07-15", failpoint=writer, judging=judging) as service:
        with behind_the_first(service, writer) as crowd:
            fails, stands = crowd.sends(hour("b", 2, agreement="bolt")), crowd.sends(hour("o2", 2))
        with pytest.raises(MalusError) as told:
            fails.result()
        assert told.value.reason == "beyond-horizon"
        assert stands.result().events[0].outcome.value == "accepted"
        assert service.stored("bolt") == ()


def test_the_answer_is_that_of_the_same_calls_one_by_one(tmp_path: Path) -> None:
    events = [hour(f"o{day}", day) for day in range(2, 12)]
    writer = Writer()
    with desk(tmp_path / "together", now="2026-07-15", failpoint=writer) as service:
        with behind_the_first(service, writer) as crowd:
            for event in events:
                crowd.sends(event)
        together = service.standing().digest()
        service.ledger.verify("default")
    with desk(tmp_path / "alone", now="2026-07-15") as service:
        for event in (FIRST, *events):
            service.send(event)
        assert service.standing().digest() == together
