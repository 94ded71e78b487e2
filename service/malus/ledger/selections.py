"""Owns what is asked of the tables, the same for a transaction that writes and for a snapshot that only reads.

Does not own: connections or transactions; every function runs on the connection that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Row, RowMapping, Select, and_, bindparam, exists, func, select

from malus.ledger.chain import NO_LINK, key_columns
from malus.ledger.tables import ACKNOWLEDGEMENTS, ANSWERS, CLOCKS, DECISIONS, EVENT_DECISIONS, EVENTS, TERMS_TEXTS
from malus.ledger.typed_text import decision_from, event_from
from malus.model.assessment import RemedyKey
from malus.model.event_base import with_content
from malus.model.events import Event
from malus.model.instants import Instant
from malus.model.ledger_values import AgreementClock, ChainHead, EventIdentity, NumberedDecision, StoredEvent

#: How many rows are asked for at a time: bounds memory and the number of a statement's parameters.
ROWS_AT_A_TIME: Final = 500

_NUMBERED: Final = (DECISIONS.c.sequence, DECISIONS.c.recorded_at, DECISIONS.c.body)

# What every call asks is put together once: building a statement costs more than running it.
_TENANT: Final[BindParameter[str]] = bindparam("tenant")
_AGREEMENT: Final[BindParameter[str]] = bindparam("agreement")
_EVENTS_OF: Final = (
    select(EVENTS.c.body, EVENTS.c.content)
    .where(EVENTS.c.tenant == _TENANT, EVENTS.c.agreement == _AGREEMENT)
    .order_by(EVENTS.c.call_number, EVENTS.c.place)
)
_KNOWN: Final = _EVENTS_OF.where(EVENTS.c.recorded_at <= bindparam("known_at"))
_AFTER: Final = _EVENTS_OF.where(EVENTS.c.call_number > bindparam("call"))
_LAST_CALL: Final = select(func.max(EVENTS.c.call_number)).where(
    EVENTS.c.tenant == _TENANT, EVENTS.c.agreement == _AGREEMENT
)
_LAST_ANSWER: Final = select(func.max(ANSWERS.c.answer_number)).where(ANSWERS.c.tenant == _TENANT)
_HEAD: Final = (
    select(DECISIONS.c.sequence, DECISIONS.c.link)
    .where(DECISIONS.c.tenant == _TENANT)
    .order_by(DECISIONS.c.sequence.desc())
    .limit(1)
)
_ON_AGREEMENT: Final = (
    select(*_NUMBERED)
    .where(
        DECISIONS.c.tenant == _TENANT, DECISIONS.c.agreement == _AGREEMENT, DECISIONS.c.sequence > bindparam("after")
    )
    .order_by(DECISIONS.c.sequence)
)
_CLOCKS: Final = (
    select(CLOCKS.c.agreement, CLOCKS.c.as_of, CLOCKS.c.next_transition)
    .where(CLOCKS.c.tenant == _TENANT)
    .order_by(CLOCKS.c.agreement)
)
_CLOCK: Final = _CLOCKS.where(CLOCKS.c.agreement == _AGREEMENT)
_LINKED: Final = and_(
    EVENT_DECISIONS.c.tenant == EVENTS.c.tenant,
    EVENT_DECISIONS.c.source == EVENTS.c.source,
    EVENT_DECISIONS.c.id == EVENTS.c.id,
)
_STORED: Final = (
    select(EVENTS.c.id, EVENTS.c.agreement, EVENTS.c.content, EVENTS.c.recorded_at, EVENT_DECISIONS.c.answer_number)
    .select_from(EVENTS.outerjoin(EVENT_DECISIONS, _LINKED))
    .where(
        EVENTS.c.tenant == _TENANT,
        EVENTS.c.source == bindparam("source"),
        EVENTS.c.id.in_(bindparam("ids", expanding=True)),
    )
)


def stored_events(
    connection: Connection, tenant: str, identities: Sequence[EventIdentity]
) -> dict[EventIdentity, StoredEvent]:
    """Those of the identities that are stored, each with the keys that its first call wrote, in the order written."""
    found: dict[EventIdentity, StoredEvent] = {}
    keys: dict[int, tuple[RemedyKey, ...]] = {}
    for source, ids in _by_source(identities):
        for row in connection.execute(_STORED, {"tenant": tenant, "source": source, "ids": ids}):
            answer = row.answer_number
            if answer is not None and answer not in keys:
                keys[answer] = _answered(connection, tenant, answer)
            identity = EventIdentity(source=source, id=row.id)
            found[identity] = StoredEvent(
                identity=identity,
                agreement=row.agreement,
                content=row.content,
                recorded_at=row.recorded_at,
                decision_keys=() if answer is None else keys[answer],
            )
    return found


def events_of(connection: Connection, tenant: str, agreement: str, known_at: Instant | None) -> tuple[Event, ...]:
    """The events of an agreement in the order stored; `known_at` is inclusive, None leaves none out."""
    if known_at is None:
        return events_after(connection, tenant, agreement, 0)
    return _events(connection.execute(_KNOWN, {**_mine(tenant, agreement), "known_at": known_at}))


def events_after(connection: Connection, tenant: str, agreement: str, call: int) -> tuple[Event, ...]:
    """The events of an agreement that calls after a number stored, in their order."""
    return _events(connection.execute(_AFTER, {**_mine(tenant, agreement), "call": call}))


def last_call(connection: Connection, tenant: str, agreement: str) -> int:
    """The number of the last transaction that stored events of an agreement; 0 before the first."""
    return connection.execute(_LAST_CALL, _mine(tenant, agreement)).scalar() or 0


def last_answer(connection: Connection, tenant: str) -> int:
    """The number of the tenant's last answer; 0 before the first."""
    return connection.execute(_LAST_ANSWER, {"tenant": tenant}).scalar() or 0


def chain_head(connection: Connection, tenant: str) -> ChainHead:
    """The last link of the tenant's chain and its place."""
    row = connection.execute(_HEAD, {"tenant": tenant}).one_or_none()
    return ChainHead(sequence=0, link=NO_LINK) if row is None else ChainHead(sequence=row.sequence, link=row.link)


def decisions_on(connection: Connection, tenant: str, agreement: str, after: int) -> list[NumberedDecision]:
    """The decisions on an agreement after a place in the sequence, in order."""
    rows = connection.execute(_ON_AGREEMENT, {**_mine(tenant, agreement), "after": after})
    return [_numbered(row) for row in rows]


def decisions_from(connection: Connection, tenant: str, after: int, most: int) -> Iterator[NumberedDecision]:
    """Up to `most` decisions after a place in the sequence, in order, each read when it is asked for."""
    asked = select(*_NUMBERED).where(DECISIONS.c.tenant == tenant, DECISIONS.c.sequence > after)
    asked = asked.order_by(DECISIONS.c.sequence).limit(most).execution_options(yield_per=ROWS_AT_A_TIME)
    return (_numbered(row) for row in connection.execute(asked))


def latest_decisions(connection: Connection, tenant: str, agreement: str | None) -> list[NumberedDecision]:
    """The last revision of every decision, of one agreement or of all, by agreement and key."""
    later = DECISIONS.alias("later")
    same = ("tenant", "agreement", "clause", "slot", "subject", "occasion")
    superseded = exists().where(
        and_(*(later.c[name] == DECISIONS.c[name] for name in same)), later.c.revision == DECISIONS.c.revision + 1
    )
    asked = select(*_NUMBERED).where(DECISIONS.c.tenant == tenant, ~superseded)
    if agreement is not None:
        asked = asked.where(DECISIONS.c.agreement == agreement)
    found = [_numbered(row) for row in connection.execute(asked)]
    # Sorted here, by code point: a database sorts by the rules of its own collation.
    return sorted(found, key=_place_by_key)


def revisions_of(connection: Connection, tenant: str, agreement: str, key: RemedyKey) -> tuple[NumberedDecision, ...]:
    """Every revision of one decision, first to last."""
    asked = select(*_NUMBERED).where(
        DECISIONS.c.tenant == tenant,
        DECISIONS.c.agreement == agreement,
        *(DECISIONS.c[name] == value for name, value in key_columns(key).items()),
    )
    return tuple(_numbered(row) for row in connection.execute(asked.order_by(DECISIONS.c.revision)))


def clocks(connection: Connection, tenant: str, agreement: str | None = None) -> dict[str, AgreementClock]:
    """The clocks by agreement: of one, or of all."""
    asked = _CLOCKS if agreement is None else _CLOCK
    return {
        row.agreement: AgreementClock(as_of=row.as_of, next_transition=row.next_transition)
        for row in connection.execute(asked, _mine(tenant, agreement))
    }


def acknowledgements(connection: Connection, tenant: str) -> dict[str, int]:
    """How far each consumer has come."""
    asked = select(ACKNOWLEDGEMENTS.c.consumer, ACKNOWLEDGEMENTS.c.sequence)
    rows = connection.execute(asked.where(ACKNOWLEDGEMENTS.c.tenant == tenant))
    return {row.consumer: row.sequence for row in rows}


def terms_texts(connection: Connection, tenant: str, digests: Sequence[str]) -> dict[str, str]:
    """Those of the texts that are kept, by digest."""
    asked = select(TERMS_TEXTS.c.digest, TERMS_TEXTS.c.body).where(
        TERMS_TEXTS.c.tenant == tenant, TERMS_TEXTS.c.digest.in_(digests)
    )
    return {row.digest: row.body for row in connection.execute(asked)}


def every_entry(connection: Connection, tenant: str) -> Iterator[RowMapping]:
    """The rows of a tenant's decisions in sequence, a few at a time."""
    return _streamed(connection, select(DECISIONS).where(DECISIONS.c.tenant == tenant).order_by(DECISIONS.c.sequence))


def every_event(connection: Connection, tenant: str) -> Iterator[RowMapping]:
    """The rows of a tenant's events, a few at a time."""
    return _streamed(connection, select(EVENTS).where(EVENTS.c.tenant == tenant))


def _streamed(connection: Connection, asked: Select[Any]) -> Iterator[RowMapping]:
    yield from connection.execute(asked.execution_options(yield_per=ROWS_AT_A_TIME)).mappings()


def _by_source(identities: Sequence[EventIdentity]) -> Iterator[tuple[str, list[str]]]:
    ids: dict[str, list[str]] = {}
    for identity in dict.fromkeys(identities):
        ids.setdefault(identity.source, []).append(identity.id)
    for source, members in ids.items():
        for start in range(0, len(members), ROWS_AT_A_TIME):
            yield source, members[start : start + ROWS_AT_A_TIME]


def _answered(connection: Connection, tenant: str, answer: int) -> tuple[RemedyKey, ...]:
    asked = select(ANSWERS).where(ANSWERS.c.tenant == tenant, ANSWERS.c.answer_number == answer)
    return tuple(
        RemedyKey(clause=row.clause, slot=row.slot, subject=row.subject, occasion=row.occasion)
        for row in connection.execute(asked.order_by(ANSWERS.c.place))
    )


def _events(rows: Iterable[Row[str, str]]) -> tuple[Event, ...]:
    return tuple([with_content(event_from(body), content) for body, content in rows])


def _numbered(row: Row[int, int, str]) -> NumberedDecision:
    return NumberedDecision(sequence=row.sequence, recorded_at=row.recorded_at, decision=decision_from(row.body))


def _place_by_key(numbered: NumberedDecision) -> tuple[str, ...]:
    return (numbered.decision.agreement, *key_columns(numbered.decision.key).values())


def _mine(tenant: str, agreement: str | None) -> dict[str, str | None]:
    return {"tenant": tenant, "agreement": agreement}
