"""Owns the columns of what only an assessment tells: bonuses, earn-backs, obligations.

Does not own: verdicts, credits and rights, which rows that are folded lead to as well (tables), or files (answers).
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from malus.batch.tables import NAME, TIME, amount_text
from malus.model.assessment import Assessment, Bonus, EarnBack, ObligationDue
from malus.model.periods import Period

BONUSES: Final = pa.schema(
    [
        ("agreement", NAME), ("clause", NAME), ("subject", NAME), ("occasion", NAME), ("period", NAME),
        ("start", TIME), ("end", TIME), ("before_cap", NAME), ("amount", NAME), ("currency", NAME),
        ("settled", NAME), ("pending_on", NAME), ("state", NAME), ("finality", NAME), ("final_from", TIME),
    ]
)  # fmt: skip
EARN_BACKS: Final = pa.schema(
    [
        ("agreement", NAME), ("clause", NAME), ("subject", NAME), ("occasion", NAME), ("period", NAME),
        ("start", TIME), ("end", TIME), ("amount", NAME), ("currency", NAME), ("pending_on", NAME),
        ("state", NAME), ("finality", NAME), ("final_from", TIME),
    ]
)  # fmt: skip
OBLIGATIONS: Final = pa.schema(
    [
        ("agreement", NAME), ("clause", NAME), ("subject", NAME), ("occasion", NAME), ("deliver", NAME), ("by", NAME),
        ("due_until", TIME), ("fulfilled_at", TIME), ("state", NAME), ("finality", NAME), ("final_from", TIME),
    ]
)  # fmt: skip


def other_tables(said: Assessment) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The bonuses, earn-backs and obligations of one assessment; what the customer owes is below nothing."""
    bonuses = [
        {
            **_named(said, item),
            **_dated(item.period),
            "before_cap": amount_text(item.before_cap),
            "amount": amount_text(item.amount),
            "currency": said.currency,
            "settled": item.settled,
            "pending_on": item.pending_on,
            **_standing(item),
        }
        for item in said.bonuses
    ]
    earn_backs = [
        {
            **_named(said, item),
            **_dated(item.period),
            "amount": amount_text(item.amount),
            "currency": said.currency,
            "pending_on": item.pending_on,
            **_standing(item),
        }
        for item in said.earn_backs
    ]
    obligations = [
        {
            **_named(said, item),
            "deliver": item.deliver,
            "by": item.by,
            "due_until": item.due_until,
            "fulfilled_at": item.fulfilled_at,
            **_standing(item),
        }
        for item in said.obligations
    ]
    return (
        pa.Table.from_pylist(bonuses, BONUSES),
        pa.Table.from_pylist(earn_backs, EARN_BACKS),
        pa.Table.from_pylist(obligations, OBLIGATIONS),
    )


def _named(said: Assessment, item: Bonus | EarnBack | ObligationDue) -> dict[str, object]:
    key = item.key
    return {"agreement": said.agreement, "clause": key.clause, "subject": key.subject, "occasion": key.occasion}


def _dated(period: Period) -> dict[str, object]:
    return {"period": period.label, "start": period.start, "end": period.end}


def _standing(item: Bonus | EarnBack | ObligationDue) -> dict[str, object]:
    return {"state": item.state.value, "finality": item.finality.value, "final_from": item.final_from}
