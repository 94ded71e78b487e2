"""Owns the ledger: what is remembered of a tenant, durable when a call returns, and proof that it is what was written.

Does not own: what is decided, or the moment - time is an argument. One process writes at a time, any number read.
Start here; typed_text says how values are kept, tables where, writing how a transaction works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, RowMapping, insert, update

from malus.ledger import selections
from malus.ledger.chain import checked_chain, tampered
from malus.ledger.connections import Connections
from malus.ledger.migration import ensure_current
from malus.ledger.remembered import Remembered
from malus.ledger.tables import ACKNOWLEDGEMENTS
from malus.ledger.typed_text import event_from
from malus.ledger.writing import Failpoint, Writing
from malus.model.assessment import RemedyKey
from malus.model.canonical import digest
from malus.model.decisions import Decision
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.instants import Instant
from malus.model.ledger_values import AgreementClock, ChainHead, NumberedDecision

#: The most decisions that one call of `decisions_after` looks at.
SCAN_LIMIT: Final = 10_000


def open_ledger(
    url: str, *, patience_seconds: int = 5, failpoint: Callable[[Failpoint], None] = lambda _: None
) -> SqlLedger:
    """The ledger in the file that a URL names (`sqlite:///ledger.db`); a new file gets its tables.

    `patience_seconds`: how long a call waits for another writer. `failpoint` is called where a crash may come.
    Raises MalusError: `ledger-url-unknown`, `ledger-unreachable`, `not-a-ledger`, `ledger-outdated` (migrate first),
    `ledger-newer`, `ledger-locked`, `sqlite-outdated`.
    """
    connections = Connections(url, patience_seconds=patience_seconds)
    try:
        ensure_current(connections)
    except BaseException:
        connections.close()
        raise
    return SqlLedger(connections, failpoint)


class SqlLedger:
    """What is remembered; every function takes the tenant first, and is safe to call from any thread.

    Any of them may raise MalusError `ledger-unreachable` or `ledger-damaged`; those that write also `ledger-locked`
    and `ledger-full`, and then nothing of theirs was stored.
    """

    def __init__(self, connections: Connections, failpoint: Callable[[Failpoint], None]) -> None:
        self._connections = connections
        self._failpoint = failpoint
        self._remembered = Remembered()

    @contextmanager
    def writing(self, tenant: str) -> Iterator[Writing]:
        """Begin a transaction; it is durable when the block has ended, and all of it is gone where the block raises."""
        with self._connections.writing() as connection:
            writing = Writing(connection, tenant, self._remembered, self._failpoint)
            try:
                yield writing
            finally:
                writing.end()
            writing.commit()

    def events_of(self, tenant: str, agreement: str, known_at: Instant | None) -> tuple[Event, ...]:
        """Every event of an agreement that was recorded by a moment (inclusive; None: all), in the order stored."""
        with self._connections.reading() as connection:
            return selections.events_of(connection, tenant, agreement, known_at)

    def decisions_after(
        self, tenant: str, after: int, most: int, wanted: Callable[[Decision], bool]
    ) -> tuple[tuple[NumberedDecision, ...], int]:
        """Up to `most` wanted decisions after a place in the sequence, in order, and the place reached.

        Asking again after the place reached skips nothing and repeats nothing; the end is where that place no longer
        moves. A call looks at 10,000 decisions at most, so it may come back short of `most` before the end.
        Raises MalusError `cursor-ahead` where `after` lies beyond the last decision.
        """
        assert most >= 1, "a page holds at least one decision"
        found: list[NumberedDecision] = []
        reached = after
        with self._connections.reading() as connection:
            _refuse_ahead(connection, tenant, after)
            for numbered in selections.decisions_from(connection, tenant, after, SCAN_LIMIT):
                reached = numbered.sequence
                if wanted(numbered.decision):
                    found.append(numbered)
                    if len(found) == most:
                        break
        return tuple(found), reached

    def latest(self, tenant: str, agreement: str | None) -> tuple[NumberedDecision, ...]:
        """The latest revision of every decision, of one agreement or (None) of all, by agreement and key."""
        with self._connections.reading() as connection:
            return tuple(selections.latest_decisions(connection, tenant, agreement))

    def revisions(self, tenant: str, agreement: str, key: RemedyKey) -> tuple[NumberedDecision, ...]:
        """Every revision of one decision, first to last; none where the key is unknown."""
        with self._connections.reading() as connection:
            return selections.revisions_of(connection, tenant, agreement, key)

    def clocks(self, tenant: str) -> Mapping[str, AgreementClock]:
        """Every agreement's clock, by agreement."""
        with self._connections.reading() as connection:
            return selections.clocks(connection, tenant)

    def acknowledge(self, tenant: str, consumer: str, sequence: int) -> None:
        """Remember that a consumer has every decision up to a place; an earlier place than before changes nothing.

        Raises MalusError `cursor-ahead` where the place lies beyond the last decision.
        """
        with self._connections.writing() as connection:
            _refuse_ahead(connection, tenant, sequence)
            before = selections.acknowledgements(connection, tenant).get(consumer)
            mine = {"tenant": tenant, "consumer": consumer}
            if before is None:
                connection.execute(insert(ACKNOWLEDGEMENTS).values(sequence=sequence, **mine))
            elif sequence > before:
                row = (ACKNOWLEDGEMENTS.c[name] == value for name, value in mine.items())
                connection.execute(update(ACKNOWLEDGEMENTS).where(*row).values(sequence=sequence))
            connection.commit()

    def acknowledged(self, tenant: str, consumer: str) -> int:
        """How far a consumer has come; 0 before its first acknowledgement."""
        with self._connections.reading() as connection:
            return selections.acknowledgements(connection, tenant).get(consumer, 0)

    def terms_text(self, tenant: str, digest: str) -> str | None:
        """The text of terms that a decision of the tenant was made under."""
        with self._connections.reading() as connection:
            return selections.terms_texts(connection, tenant, [digest]).get(digest)

    def chain_head(self, tenant: str) -> ChainHead:
        """The last link of the tenant's decisions and its place; who keeps it can prove later what it covers."""
        with self._connections.reading() as connection:
            return selections.chain_head(connection, tenant)

    def verify(self, tenant: str) -> ChainHead:
        """Check every decision and event of a tenant against its link or digest; returns the head that was reached.

        Compare the head with one kept elsewhere: entries taken off the end show only there, or in an acknowledgement.
        Raises MalusError `ledger-tampered`: names the first decision or event that does not hold.
        """
        with self._connections.reading() as connection:
            head = checked_chain(tenant, selections.every_entry(connection, tenant))
            if any(place > head.sequence for place in selections.acknowledgements(connection, tenant).values()):
                raise tampered(tenant, head.sequence + 1, "a consumer has acknowledged it, and it is missing")
            for row in selections.every_event(connection, tenant):
                _check_event(tenant, row)
        return head

    def close(self) -> None:
        """Close the file; the ledger is of no use afterwards."""
        self._connections.close()


def _refuse_ahead(connection: Connection, tenant: str, sequence: int) -> None:
    # After an older backup is restored, a later cursor would skip what is decided from then on.
    last = selections.chain_head(connection, tenant).sequence
    if not 0 <= sequence <= last:
        raise MalusError(
            "cursor-ahead",
            f"the sequence goes from 0 to {last}, so it has no place {sequence}: start again from a place that it has",
            {"last": str(last), "asked": str(sequence)},
        )


def _check_event(tenant: str, row: RowMapping) -> None:
    source, event_id = row["source"], row["id"]
    try:
        event = event_from(row["body"])
        said = (event.agreement, event.source, event.id, event.recorded_at, digest(event))
        holds = said == (row["agreement"], source, event_id, row["recorded_at"], row["content"])
    except MalusError:
        holds = False
    if not holds:
        raise MalusError(
            "ledger-tampered",
            f"event {event_id} of {source or 'an unnamed source'} does not hold: its text differs from its digest",
            {"tenant": tenant, "source": source, "id": event_id},
        )
