"""What a writer read before is not read again, and is always what stands in the file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from malus.ledger import remembered, selections
from malus.ledger.ledger import SqlLedger
from malus.model.events import Event
from malus.model.ledger_values import AgreementClock
from sqlalchemy import Connection

from tests.ledger.build import AGREEMENT, MIDNIGHT, TENANT, decision, key, opened, outage

NOW = MIDNIGHT


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    with_file = opened(tmp_path)
    yield with_file
    with_file.close()


def told(ledger: SqlLedger, *numbers: int, agreement: str = AGREEMENT) -> tuple[Event, ...]:
    """Store outages, and what a later call reads of the agreement: it must equal what a reader finds."""
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(number, agreement=agreement) for number in numbers], NOW)
    return known(ledger, agreement)


def known(ledger: SqlLedger, agreement: str = AGREEMENT) -> tuple[Event, ...]:
    with ledger.writing(TENANT) as writing:
        events = tuple(writing.events_of(agreement))
    assert events == ledger.events_of(TENANT, agreement, None)
    return events


def test_a_later_call_gets_the_very_events_that_were_read_before(ledger: SqlLedger) -> None:
    first = told(ledger, 1, 2)
    second = told(ledger, 3)
    assert len(second) == 3
    assert all(one is other for one, other in zip(first, second, strict=False))


def test_what_a_transaction_did_not_keep_is_not_remembered(ledger: SqlLedger) -> None:
    told(ledger, 1)

    def fails() -> None:
        with ledger.writing(TENANT) as writing:
            writing.add_events([outage(2)], NOW)
            assert len(writing.events_of(AGREEMENT)) == 2
            writing.add_decisions([decision(1)], NOW)
            assert list(writing.latest_decisions(AGREEMENT)) == [key(1)]
            writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW, next_transition=None))
            assert writing.clock_of(AGREEMENT) is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert [event.id for event in known(ledger)] == ["e1"]
    with ledger.writing(TENANT) as writing:
        assert writing.latest_decisions(AGREEMENT) == {}
        assert writing.clock_of(AGREEMENT) is None
    assert [event.id for event in told(ledger, 3)] == ["e1", "e3"]


def test_what_another_process_wrote_meanwhile_is_read(ledger: SqlLedger, tmp_path: Path) -> None:
    told(ledger, 1)
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(1), decision(2)], NOW)
        assert len(writing.latest_decisions(AGREEMENT)) == 2
    other = opened(tmp_path)
    told(other, 2)
    with other.writing(TENANT) as writing:
        writing.add_decisions([decision(1, revision=2, euros=250), decision(1, agreement="archive")], NOW)
    other.close()
    assert [event.id for event in known(ledger)] == ["e1", "e2"]
    with ledger.writing(TENANT) as writing:
        assert {found.revision for found in writing.latest_decisions(AGREEMENT).values()} == {1, 2}
    assert [event.id for event in told(ledger, 3)] == ["e1", "e2", "e3"]


def test_who_is_asked_for_again_takes_the_place_of_the_agreement_asked_for_longest_ago(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_HELD", 3)
    two, one = told(ledger, 2, 3, agreement="archive"), told(ledger, 1)
    told(ledger, 4, agreement="vault")
    assert known(ledger)[0] is one[0]
    vault = known(ledger, "vault")
    assert known(ledger, "vault")[0] is vault[0]
    assert known(ledger)[0] is one[0]
    again = known(ledger, "archive")
    assert again == two
    assert again[0] is not two[0]


def test_of_agreements_fed_in_turn_those_that_there_is_room_for_are_not_read_again(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"agreement-{number}" for number in range(10)]
    monkeypatch.setattr(remembered, "MOST_HELD", 60)
    read: list[int] = []
    after = selections.events_after

    def counted(connection: Connection, tenant: str, agreement: str, call: int) -> tuple[Event, ...]:
        events = after(connection, tenant, agreement, call)
        read.append(len(events))
        return events

    def fed(turn: int) -> int:
        read.clear()
        for place, name in enumerate(names):
            with ledger.writing(TENANT) as writing:
                writing.events_of(name)
                writing.add_events([outage(100 * place + turn, agreement=name)], NOW)
        return sum(read)

    for turn in range(5):
        assert fed(turn) == 0
    monkeypatch.setattr(selections, "events_after", counted)
    for turn in range(5, 10):
        fed(turn)
    # Ten have eleven to fifteen events each by then, and four to five of them are held.
    for turn in range(10, 15):
        assert fed(turn) <= 0.7 * turn * len(names)


def test_more_than_is_held_at_all_is_read_each_time(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_HELD", 1)
    first = told(ledger, 1, 2)
    assert known(ledger) == first
    assert known(ledger)[0] is not first[0]


def test_decisions_that_were_written_are_known_to_the_next_call_without_being_read(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger.writing(TENANT) as writing:
        assert writing.latest_decisions(AGREEMENT) == {}
        writing.add_decisions([decision(1), decision(2, agreement="archive")], NOW)
    with ledger.writing(TENANT) as writing:
        writing.latest_decisions(AGREEMENT)
        writing.add_decisions([decision(1, revision=2, euros=250)], NOW)
    monkeypatch.setattr(selections, "decisions_on", lambda *_: pytest.fail("they were read"))
    with ledger.writing(TENANT) as writing:
        assert writing.latest_decisions(AGREEMENT) == {key(1): decision(1, revision=2, euros=250)}


def test_a_history_keeps_its_blocks_from_call_to_call(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.events_of(AGREEMENT)
        writing.add_events([outage(number) for number in range(600)], NOW)
        (first,) = writing.events_of(AGREEMENT).blocks()
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(600)], NOW)
    with ledger.writing(TENANT) as writing:
        assert next(writing.events_of(AGREEMENT).blocks()) is first
        assert len(writing.events_of(AGREEMENT)) == 601
