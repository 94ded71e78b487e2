"""Owns the ledger's tables as the statements see them; every key begins with the tenant.

Does not own: how the tables came to be, nor the triggers on them (migrations, which these must equal).
Instants are microseconds since the Unix epoch, UTC. Texts compare by code point. No table holds an amount outside
the text of its decision.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA: Final = MetaData()

#: Every event, for ever. `call_number` counts, per agreement, the transactions that stored events; `place` is within.
EVENTS: Final = Table(
    "events",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("content", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("call_number", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Index("events_in_order", "tenant", "agreement", "call_number", "place", unique=True),
)

#: Every revision of every decision, for ever; `link` chains an entry to the one before it.
DECISIONS: Final = Table(
    "decisions",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("agreement", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", String(64), nullable=False),
    CheckConstraint("sequence >= 1", name="decisions_count_from_one"),
    CheckConstraint("revision >= 1", name="revisions_count_from_one"),
    Index(
        "decisions_by_key",
        "tenant",
        "agreement",
        "clause",
        "slot",
        "subject",
        "occasion",
        "revision",
        unique=True,
    ),
)

#: What a call answered: the keys of the decisions that it wrote, once for all of its events.
ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("answer_number", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("clause", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("occasion", Text, nullable=False),
)

#: Which answer an event's first call got; an event without a row wrote no decision.
EVENT_DECISIONS: Final = Table(
    "event_decisions",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("answer_number", BigInteger, nullable=False),
    ForeignKeyConstraint(["tenant", "source", "id"], ["events.tenant", "events.source", "events.id"]),
)

#: The text of terms, kept with the first decision that was made under them.
TERMS_TEXTS: Final = Table(
    "terms_texts",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

#: How far an agreement has been judged.
CLOCKS: Final = Table(
    "clocks",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("agreement", Text, primary_key=True),
    Column("as_of", BigInteger, nullable=False),
    Column("next_transition", BigInteger, nullable=True),
)

#: How far a consumer has come in the tenant's sequence.
ACKNOWLEDGEMENTS: Final = Table(
    "acknowledgements",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("consumer", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
