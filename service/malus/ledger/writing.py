"""Owns one transaction of one tenant: what it may read and add, and that nothing of it is kept where any of it failed.

Does not own: the connection or the write lock (connections), nor when the transaction begins (ledger).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from operator import itemgetter
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from malus.ledger import selections
from malus.ledger.chain import columns_of, key_columns, link_after
from malus.ledger.faults import as_malus_error
from malus.ledger.remembered import Remembered
from malus.ledger.tables import ANSWERS, CLOCKS, DECISIONS, EVENT_DECISIONS, EVENTS, TERMS_TEXTS
from malus.ledger.typed_text import event_text, text_of
from malus.model.assessment import RemedyKey
from malus.model.blocks import Blocks
from malus.model.canonical import canonical_text, digest_of_text
from malus.model.decisions import Decision
from malus.model.event_base import as_recorded
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.instants import Instant, utc_text
from malus.model.ledger_values import AgreementClock, ChainHead, EventIdentity, NumberedDecision, StoredEvent

#: Where a crash may come: each is called at its moment, and in production does nothing.
Failpoint: TypeAlias = Literal["before-insert", "before-commit", "after-commit"]


@dataclass(slots=True)
class _Call:
    """The number under which a transaction stores events of an agreement, and how many it stored."""

    number: int
    count: int = 0


class Writing:
    """One transaction, of use until its block ends. It holds the write lock, so what it read stays true."""

    def __init__(
        self, connection: Connection, tenant: str, remembered: Remembered, failpoint: Callable[[Failpoint], None]
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._remembered = remembered
        self._failpoint = failpoint
        self._clocks: dict[str, AgreementClock | None] = {}
        self._added: dict[str, _Call] = {}
        self._histories: dict[str, Blocks[Event]] = {}
        self._texts: list[str] = []
        self._last_calls: dict[str, int] = {}
        self._has_decided = False
        self._head: ChainHead | None = None
        self._decided: list[NumberedDecision] = []
        self._failed: Exception | None = None
        self._ended = False

    def stored(self, identities: Sequence[EventIdentity]) -> Mapping[EventIdentity, StoredEvent]:
        """Those of the identities that are stored already, in this transaction or before."""
        with self._statements() as connection:
            return selections.stored_events(connection, self._tenant, identities)

    def events_of(self, agreement: str) -> Blocks[Event]:
        """Every event of an agreement, with the moment it was recorded at; in the order stored."""
        with self._statements() as connection:
            if agreement not in self._histories:
                if agreement in self._added:
                    return Blocks(loose=selections.events_of(connection, self._tenant, agreement, None))
                last = self._last_call(connection, agreement)
                read = partial(selections.events_after, connection, self._tenant, agreement)
                self._histories[agreement] = self._remembered.events(self._tenant, agreement, last, read)
            return self._histories[agreement]

    def latest_decisions(self, agreement: str) -> Mapping[RemedyKey, Decision]:
        """The latest revision of every decision of an agreement, by key."""
        with self._statements() as connection:
            if self._has_decided:
                found = selections.latest_decisions(connection, self._tenant, agreement)
                return {numbered.decision.key: numbered.decision for numbered in found}
            last = self._chain_head(connection).sequence
            read = partial(selections.decisions_on, connection, self._tenant, agreement)
            return self._remembered.latest(self._tenant, agreement, last, read)

    def clock_of(self, agreement: str) -> AgreementClock | None:
        """The agreement's clock; None before its first call."""
        if agreement not in self._clocks:
            with self._statements() as connection:
                self._clocks[agreement] = selections.clocks(connection, self._tenant, agreement).get(agreement)
        return self._clocks[agreement]

    def add_events(self, events: Sequence[Event], recorded_at: Instant) -> tuple[Event, ...]:
        """Store events that are not stored yet; they have ids. Returns them as they are kept: recorded then."""
        with self._statements() as connection:
            stored = [self._stored(connection, event, recorded_at) for event in events]
            self._insert_rows(EVENTS, [row for _, row in stored])
        kept = tuple([event for event, _ in stored])
        for agreement in {event.agreement for event in kept} & self._histories.keys():
            mine = [event for event in kept if event.agreement == agreement]
            self._histories[agreement] = self._histories[agreement].followed_by(mine)
        return kept

    def add_decisions(self, decisions: Sequence[Decision], recorded_at: Instant) -> tuple[NumberedDecision, ...]:
        """Append decisions in the order given, each with the next number of the tenant's sequence.

        The number and the link are allotted here, so call it last: where several writers share a tenant, they wait
        from here to the commit.
        """
        with self._statements() as connection:
            self._has_decided = True
            bodies = [text_of(decision) for decision in decisions]
            head = self._chain_head(connection)
            rows: list[dict[str, Any]] = []
            sequence, link = head.sequence, head.link
            for decision, body in zip(decisions, bodies, strict=True):
                sequence += 1
                link = link_after(link, tenant=self._tenant, sequence=sequence, recorded_at=recorded_at, body=body)
                found_by = columns_of(decision)
                entry = {"sequence": sequence, "recorded_at": recorded_at, "body": body, "link": link}
                rows.append({"tenant": self._tenant, **entry, **found_by})
            self._insert(DECISIONS, rows)
            self._head = ChainHead(sequence=sequence, link=link)
        numbered = [
            NumberedDecision(sequence=number, recorded_at=recorded_at, decision=decision)
            for number, decision in enumerate(decisions, head.sequence + 1)
        ]
        self._decided += numbered
        return tuple(numbered)

    def link_events(self, identities: Sequence[EventIdentity], keys: Sequence[RemedyKey]) -> None:
        """Remember which decisions the first call of these events wrote, for the answer to repeats; once an event."""
        if not identities or not keys:
            return
        with self._statements() as connection:
            number = selections.last_answer(connection, self._tenant) + 1
            answer = {"tenant": self._tenant, "answer_number": number}
            self._insert(ANSWERS, [{**answer, "place": place, **key_columns(key)} for place, key in enumerate(keys)])
            self._insert_rows(EVENT_DECISIONS, [(self._tenant, who.source, who.id, number) for who in identities])

    def keep_terms(self, texts: Mapping[str, str]) -> None:
        """Keep the text of terms by digest with the first decision that uses it; a text that is kept already stays."""
        asked = [name for name in texts if not self._remembered.has_text(self._tenant, name)]
        if not asked:
            return
        with self._statements() as connection:
            kept = selections.terms_texts(connection, self._tenant, asked)
            new = [{"digest": name, "body": texts[name]} for name in asked if name not in kept]
            self._insert(TERMS_TEXTS, [{"tenant": self._tenant, **row} for row in new])
        self._texts += asked

    def set_clock(self, agreement: str, clock: AgreementClock) -> None:
        """Move an agreement's clock forward, or leave it and set its next transition.

        Raises MalusError `clock-behind` where it would go back.
        """
        before = self.clock_of(agreement)
        if before is not None and clock.as_of < before.as_of:
            stands, asked = utc_text(before.as_of), utc_text(clock.as_of)
            raise MalusError(
                "clock-behind",
                f"{agreement} was judged as of {stands} already, so its clock cannot go back to {asked}",
                {"agreement": agreement, "stands": stands, "asked": asked},
            )
        row = {"as_of": clock.as_of, "next_transition": clock.next_transition}
        with self._statements() as connection:
            if before is None:
                self._insert(CLOCKS, [{"tenant": self._tenant, "agreement": agreement, **row}])
            else:
                self._failpoint("before-insert")
                connection.execute(_MOVING, {**row, "whose": self._tenant, "which": agreement})
        self._clocks[agreement] = clock

    def end(self) -> None:
        """Let nothing more be asked of this transaction."""
        self._ended = True

    def commit(self) -> None:
        """Make all of it durable. Raises what an earlier statement failed with, also where the caller let that pass."""
        if self._failed is not None:
            raise self._failed
        self._failpoint("before-commit")
        # SQLite ends a transaction by itself when a disk is full, and the driver's commit would then say nothing.
        driver = self._connection.connection.dbapi_connection
        assert driver is not None
        assert driver.in_transaction, "the transaction is gone"
        self._connection.commit()
        for agreement, call in self._added.items():
            if agreement in self._histories:
                self._remembered.keep_events(self._tenant, agreement, call.number, self._histories[agreement])
        self._remembered.add_decisions(self._tenant, self._decided)
        self._remembered.keep_texts(self._tenant, self._texts)
        self._failpoint("after-commit")

    @contextmanager
    def _statements(self) -> Iterator[Connection]:
        assert not self._ended, "a transaction is of no use after its block"
        if self._failed is not None:
            raise self._failed
        try:
            yield self._connection
        except DBAPIError as fault:
            # After any fault nothing of this transaction may be kept: a part of it may be gone already.
            self._failed = as_malus_error(fault) or AssertionError(f"the ledger refused a statement: {fault.orig}")
            raise self._failed from fault

    def _insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        in_order = _columns_of(table)
        self._insert_rows(table, [in_order(row) for row in rows])

    def _insert_rows(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows whose values stand in the order of the table's columns."""
        if rows:
            self._failpoint("before-insert")
            self._connection.exec_driver_sql(_inserting(table), list(rows))

    def _stored(self, connection: Connection, event: Event, recorded_at: Instant) -> tuple[Event, tuple[Any, ...]]:
        """An event as it is kept, and its row."""
        assert event.id is not None, "an event without an id never enters a ledger"
        meaning = canonical_text(event)
        content = digest_of_text(meaning)
        kept = as_recorded(event, recorded_at, content)
        call = self._added.get(event.agreement) or self._new_call(connection, event.agreement)
        call.count += 1
        who = (self._tenant, event.source, event.id, event.agreement)
        return kept, (*who, content, event_text(kept, meaning), recorded_at, call.number, call.count - 1)

    def _new_call(self, connection: Connection, agreement: str) -> _Call:
        call = _Call(self._last_call(connection, agreement) + 1)
        self._added[agreement] = call
        return call

    def _chain_head(self, connection: Connection) -> ChainHead:
        """The last link of the tenant's chain; nobody else can add one while this transaction holds the write lock."""
        if self._head is None:
            self._head = selections.chain_head(connection, self._tenant)
        return self._head

    def _last_call(self, connection: Connection, agreement: str) -> int:
        """The number of the last transaction before this one that stored events of an agreement."""
        if agreement not in self._last_calls:
            self._last_calls[agreement] = selections.last_call(connection, self._tenant, agreement)
        return self._last_calls[agreement]


#: Put together once: building a statement costs more than running it.
_MOVING: Final = (
    update(CLOCKS)
    .where(CLOCKS.c.tenant == bindparam("whose"), CLOCKS.c.agreement == bindparam("which"))
    .values(as_of=bindparam("as_of"), next_transition=bindparam("next_transition"))
)


# Prepared here once, and not by SQLAlchemy for each row, which costs more than storing it.
@cache
def _inserting(table: Table) -> str:
    return str(insert(table).compile(dialect=sqlite.dialect()))


@cache
def _columns_of(table: Table) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    return itemgetter(*(column.name for column in table.columns))
