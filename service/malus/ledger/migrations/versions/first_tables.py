"""The first tables: events, decisions, answers, terms, clocks and acknowledgements, and what keeps them from edits.

Owns the schema of revision 0001, written out here: it stays what it was when malus.ledger.tables moves on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite ends a REPLACE without its delete triggers unless recursive_triggers is on; connections turn it on.
_NEVER_EDITED = ("events", "decisions", "answers", "event_decisions", "terms_texts")


def upgrade() -> None:
    """Make the tables, their indexes and their triggers."""
    _events()
    _decisions()
    _answers()
    _standing()
    for table in _NEVER_EDITED:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added'); END"
            )
    _forward_only("clocks", "as_of")
    _forward_only("acknowledgements", "sequence")


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("call_number", sa.BigInteger, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_index("events_in_order", "events", ["tenant", "agreement", "call_number", "place"], unique=True)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("agreement", sa.Text, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.CheckConstraint("sequence >= 1", name="decisions_count_from_one"),
        sa.CheckConstraint("revision >= 1", name="revisions_count_from_one"),
    )
    key = ["tenant", "agreement", "clause", "slot", "subject", "occasion", "revision"]
    op.create_index("decisions_by_key", "decisions", key, unique=True)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("answer_number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
    )
    op.create_table(
        "event_decisions",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("answer_number", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["tenant", "source", "id"], ["events.tenant", "events.source", "events.id"]),
    )


def _standing() -> None:
    op.create_table(
        "terms_texts",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "clocks",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("agreement", sa.Text, primary_key=True),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("next_transition", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )


def _forward_only(table: str, column: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_step_back BEFORE UPDATE ON {table} WHEN NEW.{column} < OLD.{column} "
        f"BEGIN SELECT RAISE(ABORT, '{table} never go back'); END"
    )
