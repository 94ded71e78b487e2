"""Owns the chain of a tenant's decisions: the link of an entry, and whether a stored chain still holds.

Does not own: storing. A link is the SHA-256 over the link before it and everything an entry says, so that no entry
can be changed, taken away or put in without every later link being different.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from sqlalchemy import RowMapping

from malus.ledger.typed_text import decision_from
from malus.model.assessment import RemedyKey
from malus.model.decisions import Decision
from malus.model.faults import MalusError
from malus.model.instants import Instant
from malus.model.ledger_values import ChainHead

#: Before the first decision of a tenant.
NO_LINK: Final = ""


def link_after(previous: str, *, tenant: str, sequence: int, recorded_at: Instant, body: str) -> str:
    """The link of an entry: SHA-256 in hexadecimal over the previous link, the entry's place and its text.

    `body` comes last, so that no two entries run together into the same bytes; the tenant is told by its length.
    """
    said = f"{previous}\n{len(tenant)} {tenant}\n{sequence} {recorded_at}\n{body}"
    return hashlib.sha256(said.encode()).hexdigest()


def checked_chain(tenant: str, rows: Iterable[RowMapping]) -> ChainHead:
    """The head of a chain whose every entry was checked, from the first on.

    Checked: numbers without a gap, every link, every column against the decision's text, revisions that count from 1.
    Raises MalusError `ledger-tampered`, which names the first entry that does not hold.
    """
    head = ChainHead(sequence=0, link=NO_LINK)
    revisions: dict[tuple[str, RemedyKey], int] = {}
    for row in rows:
        sequence = head.sequence + 1
        if row["sequence"] != sequence:
            raise tampered(tenant, sequence, "it is missing")
        link = link_after(head.link, tenant=tenant, sequence=sequence, recorded_at=row["recorded_at"], body=row["body"])
        if row["link"] != link:
            raise tampered(tenant, sequence, "its link does not follow from its text and the entry before")
        decision = decision_from(row["body"])
        if any(row[name] != value for name, value in columns_of(decision).items()):
            raise tampered(tenant, sequence, "its columns differ from its text")
        subject = (decision.agreement, decision.key)
        if decision.revision != revisions.get(subject, 0) + 1:
            raise tampered(tenant, sequence, f"revision {decision.revision} does not follow the one before")
        revisions[subject] = decision.revision
        head = ChainHead(sequence=sequence, link=link)
    return head


def columns_of(decision: Decision) -> dict[str, str | int]:
    """What a decision is found by: the columns that repeat a part of its text."""
    return {"agreement": decision.agreement, **key_columns(decision.key), "revision": decision.revision}


def key_columns(key: RemedyKey) -> dict[str, str]:
    """The columns of a remedy's key."""
    return {"clause": key.clause, "slot": key.slot, "subject": key.subject, "occasion": key.occasion}


def tampered(tenant: str, sequence: int, what: str) -> MalusError:
    """The fault of an entry that does not hold."""
    return MalusError(
        "ledger-tampered",
        f"decision {sequence} does not hold: {what}; compare with a backup",
        {"tenant": tenant, "sequence": str(sequence)},
    )
