"""Runs the revisions on the connection that malus.ledger.migration hands over, inside its transaction.

Owns nothing: Alembic loads this file by its name.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
