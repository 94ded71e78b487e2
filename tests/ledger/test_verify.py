"""A ledger that was edited behind its back says so, and names the place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from malus.ledger.chain import link_after
from malus.ledger.ledger import SqlLedger
from malus.model.faults import MalusError
from pysqlite3 import dbapi2 as driver

from tests.ledger.build import TENANT, decision, opened, outage

NOW = 7


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    made = opened(tmp_path)
    with made.writing(TENANT) as writing:
        writing.add_events([outage(number) for number in range(3)], NOW)
        writing.add_decisions([decision(1), decision(2), decision(1, revision=2), decision(3)], NOW)
    made.acknowledge(TENANT, "billing", 4)
    yield made
    made.close()


def _edit(folder: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    # Isolation level None: each statement is durable by itself.
    connection = driver.connect(folder / "ledger.db", isolation_level=None)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement, values in statements:
        connection.execute(statement, values)
    connection.close()


def test_a_ledger_that_nobody_edited_holds(ledger: SqlLedger) -> None:
    head = ledger.verify(TENANT)
    assert head == ledger.chain_head(TENANT)
    assert head.sequence == 4


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE decisions SET body = replace(body, '100', '900') WHERE sequence = 2", "decision 2"),
        ("UPDATE decisions SET recorded_at = 8 WHERE sequence = 3", "decision 3"),
        ("UPDATE decisions SET link = upper(link) WHERE sequence = 1", "decision 1"),
        ("UPDATE decisions SET occasion = 'other' WHERE sequence = 4", "decision 4"),
        ("UPDATE decisions SET agreement = 'other' WHERE sequence = 4", "decision 4"),
        ("UPDATE decisions SET revision = 3 WHERE sequence = 3", "decision 3"),
        ("DELETE FROM decisions WHERE sequence = 2", "decision 2"),
        ("DELETE FROM decisions WHERE sequence = 1", "decision 1"),
        ("DELETE FROM decisions WHERE sequence = 4", "decision 4"),
        ("DELETE FROM decisions", "decision 1"),
        ("UPDATE decisions SET sequence = sequence + 10", "decision 1"),
        (
            "UPDATE events SET body = replace(body, '\"service\":null', '\"service\":\"web\"') WHERE id = 'e1'",
            "event e1",
        ),
        ("UPDATE events SET recorded_at = 8 WHERE id = 'e2'", "event e2"),
        ("UPDATE events SET agreement = 'other' WHERE id = 'e0'", "event e0"),
        ("UPDATE events SET body = 'nothing' WHERE id = 'e0'", "event e0"),
        ("UPDATE events SET content = 'd' WHERE id = 'e0'", "event e0"),
    ],
)
def test_an_edit_is_found_and_named(ledger: SqlLedger, tmp_path: Path, statement: str, place: str) -> None:
    _edit(tmp_path, (statement, ()))
    with pytest.raises(MalusError) as found:
        ledger.verify(TENANT)
    assert found.value.reason == "ledger-tampered"
    assert found.value.message.startswith(f"{place} ")


def test_a_chain_that_was_forged_anew_differs_from_a_head_kept_elsewhere(ledger: SqlLedger, tmp_path: Path) -> None:
    kept = ledger.verify(TENANT)
    connection = driver.connect(tmp_path / "ledger.db")
    rows = connection.execute("SELECT sequence, recorded_at, body FROM decisions ORDER BY sequence").fetchall()
    connection.close()
    link, statements = "", []
    for sequence, recorded_at, body in rows:
        forged = body.replace("severe failure", "slight failure")
        link = link_after(link, tenant=TENANT, sequence=sequence, recorded_at=recorded_at, body=forged)
        statements.append(("UPDATE decisions SET body = ?, link = ? WHERE sequence = ?", (forged, link, sequence)))
    _edit(tmp_path, *statements)
    assert ledger.verify(TENANT).sequence == kept.sequence
    assert ledger.verify(TENANT).link != kept.link


def test_revisions_that_do_not_count_from_one_are_found(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(9, revision=2)], NOW)
    with pytest.raises(MalusError, match="revision 2 does not follow"):
        ledger.verify(TENANT)


def test_a_link_depends_on_everything_that_an_entry_says() -> None:
    said = {"previous": "p", "tenant": "t", "sequence": 1, "recorded_at": 2, "body": "b"}
    links = {
        _link(**said),
        *(_link(**{**said, name: value}) for name, value in (("previous", "q"), ("tenant", "u"), ("body", "c"))),
        *(_link(**{**said, name: 3}) for name in ("sequence", "recorded_at")),
        _link(**{**said, "tenant": "t\n1 2\nb"}),
    }
    assert len(links) == 7


def _link(*, previous: str, **said: object) -> str:
    return link_after(previous, **said)
