"""A store that fails says which way, keeps nothing of the call, and goes on when the reason is gone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from malus.ledger import connections
from malus.ledger.ledger import SqlLedger, open_ledger
from malus.model.faults import MalusError
from pysqlite3 import dbapi2 as driver
from sqlalchemy import text

from tests.ledger.build import AGREEMENT, TENANT, decision, opened, outage, started, url_in

_HOLDER = """
import sys
from malus.ledger.ledger import open_ledger
from tests.ledger.build import TENANT, outage

ledger = open_ledger(sys.argv[1])
with ledger.writing(TENANT) as writing:
    writing.add_events([outage("held")], 1)
    print("held", flush=True)
    sys.stdin.readline()
print("done", flush=True)
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    made = opened(tmp_path, patience_seconds=0)
    yield made
    made.close()


def _room(ledger: SqlLedger, pages: int) -> None:
    with ledger._connections.writing() as connection:
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))


def _add(ledger: SqlLedger, first: int) -> list[str]:
    """One call with twenty events and a decision; what it acknowledged."""
    events = [outage(number) for number in range(first, first + 20)]
    with ledger.writing(TENANT) as writing:
        writing.add_events(events, 1)
        writing.add_decisions([decision(first)], 1)
    return [str(event.id) for event in events]


def _fill(ledger: SqlLedger, acknowledged: list[str]) -> None:
    while True:
        acknowledged += _add(ledger, len(acknowledged))


def _ids(ledger: SqlLedger) -> list[str]:
    return [str(event.id) for event in ledger.events_of(TENANT, AGREEMENT, None)]


def test_without_room_nothing_is_acknowledged_reads_go_on_and_room_is_enough_to_go_on(ledger: SqlLedger) -> None:
    _room(ledger, 80)
    acknowledged: list[str] = []
    with pytest.raises(MalusError) as refused:
        _fill(ledger, acknowledged)
    assert refused.value.reason == "ledger-full"
    assert len(acknowledged) > 40
    for _ in range(3):
        with pytest.raises(MalusError, match="no room left"):
            _add(ledger, len(acknowledged))
    assert _ids(ledger) == acknowledged
    assert ledger.verify(TENANT).sequence == len(acknowledged) // 20
    _room(ledger, 1000)
    acknowledged += _add(ledger, len(acknowledged))
    assert _ids(ledger) == acknowledged


def test_a_block_that_lets_a_full_disk_pass_is_not_acknowledged(ledger: SqlLedger) -> None:
    _room(ledger, 80)

    def write() -> None:
        with ledger.writing(TENANT) as writing:
            writing.add_events([outage("first")], 1)
            for numbers in (range(5000), range(1)):
                with pytest.raises(MalusError):
                    writing.add_events([outage(number) for number in numbers], 1)

    with pytest.raises(MalusError) as refused:
        write()
    assert refused.value.reason == "ledger-full"
    assert _ids(ledger) == []


def test_another_process_that_writes_locks_writers_out_and_readers_not(ledger: SqlLedger, tmp_path: Path) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], 1)
    with started(_HOLDER, url_in(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(MalusError, match="another process is writing") as refused, ledger.writing(TENANT):
            pass
        assert refused.value.reason == "ledger-locked"
        with pytest.raises(MalusError, match="another process is writing"):
            ledger.acknowledge(TENANT, "billing", 0)
        second = opened(tmp_path, patience_seconds=0)
        assert _ids(ledger) == _ids(second) == ["e1"]
        second.close()
        assert process.communicate("go on\n", timeout=30)[0] == "done\n"
    assert _ids(ledger) == ["e1", "eheld"]
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(2)], 1)


def test_a_writer_waits_for_another_process_as_long_as_it_has_patience(tmp_path: Path) -> None:
    patient = opened(tmp_path, patience_seconds=30)
    with started(_HOLDER, url_in(tmp_path)) as process, ThreadPoolExecutor(1) as thread:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"

        def add() -> None:
            with patient.writing(TENANT) as writing:
                writing.add_events([outage(2)], 1)

        waiting = thread.submit(add)
        assert process.communicate("go on\n", timeout=30)[0] == "done\n"
        waiting.result(timeout=30)
    assert _ids(patient) == ["eheld", "e2"]
    patient.close()


def test_a_call_that_writes_for_too_long_does_not_hold_the_others_for_ever(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT), ThreadPoolExecutor(1) as thread:

        def refused() -> str:
            with pytest.raises(MalusError) as told, ledger.writing(TENANT):
                pass
            return told.value.reason

        assert thread.submit(refused).result(timeout=30) == "ledger-locked"
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], 1)


@pytest.mark.parametrize("raises_at", ["before-insert", "before-commit"])
def test_a_fault_before_the_commit_keeps_nothing(raises_at: str, tmp_path: Path) -> None:
    def failpoint(name: str) -> None:
        if name == raises_at:
            raise OSError(name)

    ledger = opened(tmp_path, failpoint=failpoint)
    with pytest.raises(OSError, match=raises_at), ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], 1)
    assert _ids(ledger) == []
    ledger.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://who:secret@host/malus",
        "sqlite:///ledger.db?mode=ro",
        "ledger.db",
        "",
    ],
)
def test_a_url_that_names_no_file_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(MalusError) as refused:
        open_ledger(url)
    assert refused.value.reason == "ledger-url-unknown"
    assert "secret" not in f"{refused.value.message}{refused.value.metadata}"


def test_a_folder_that_is_not_there_is_named_as_the_reason(tmp_path: Path) -> None:
    with pytest.raises(MalusError, match="folder must exist") as refused:
        opened(tmp_path / "nowhere")
    assert refused.value.reason == "ledger-unreachable"


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("format: 1\n" * 1000, encoding="utf-8")
    with pytest.raises(MalusError) as refused:
        opened(tmp_path)
    assert refused.value.reason == "not-a-ledger"
    assert (tmp_path / "ledger.db").read_text(encoding="utf-8") == "format: 1\n" * 1000


def test_an_sqlite_that_can_damage_a_shared_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(MalusError) as refused:
        opened(tmp_path)
    assert refused.value.reason == "sqlite-outdated"


def test_a_commit_that_returned_is_on_the_disk(ledger: SqlLedger) -> None:
    with ledger._connections.writing() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


def test_a_file_that_cannot_be_shared_is_refused() -> None:
    alone = driver.connect(":memory:")
    with pytest.raises(MalusError, match="local disk"):
        connections._prepare_writer(alone, None)
    alone.close()


def test_a_reader_cannot_write(ledger: SqlLedger) -> None:
    with pytest.raises(MalusError) as refused, ledger._connections.reading() as connection:
        connection.execute(text("DELETE FROM clocks"))
    assert refused.value.reason == "ledger-read-only"
