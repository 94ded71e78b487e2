"""Owns the names of resources, the cursor and the page token: what a caller gets and hands back unchanged.

Does not own: whether what is named exists. A decision's name holds its whole key, so nothing has to be looked up.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Final
from urllib.parse import quote, unquote

from malus.edge.operations_port import DecisionName
from malus.edge.violations import FieldViolation, MalformedRequestError
from malus.model.assessment import RemedyKey
from malus.model.faults import MalusError

#: Stands for every agreement, where a call takes that (AIP-159).
ANY: Final = "-"
_DECISION: Final = re.compile(r"agreements/([^/]+)/decisions/([^/@]+)(?:@([1-9][0-9]{0,8}))?")
_CURSOR: Final = re.compile(r"c1-(0|[1-9][0-9]{0,17})")
_SAFE: Final = " :#()"  # readable where it is harmless; "~", "/", "@" and "%" are always encoded


def agreement_name(agreement: str) -> str:
    """`agreements/{agreement}`."""
    return f"agreements/{agreement}"


def decision_name(name: DecisionName) -> str:
    """`agreements/{agreement}/decisions/{clause}~{slot}~{subject}~{occasion}`, and `@{revision}` where it names one.

    >>> key = RemedyKey(clause="uptime", slot="credit", subject="", occasion="2026-06-01T00:00:00Z")
    >>> decision_name(DecisionName(agreement="acme", key=key, revision=2))
    'agreements/acme/decisions/uptime~credit~~2026-06-01T00:00:00Z@2'
    """
    parts = (name.key.clause, name.key.slot, name.key.subject, name.key.occasion)
    revision = "" if name.revision is None else f"@{name.revision}"
    return f"agreements/{name.agreement}/decisions/{'~'.join(_encoded(part) for part in parts)}{revision}"


def from_wire_decision_name(text: str) -> DecisionName:
    """The decision of a name, its latest revision where none is named; MalformedRequestError for any other text."""
    written = _DECISION.fullmatch(text)
    parts = written[2].split("~") if written is not None else []
    if written is None or len(parts) != 4:
        hint = "it names no decision: write agreements/{agreement}/decisions/{decision} as it was given"
        raise MalformedRequestError([FieldViolation(field="name", reason="malformed-name", description=hint)])
    clause, slot, subject, occasion = (unquote(part) for part in parts)
    key = RemedyKey(clause=clause, slot=slot, subject=subject, occasion=occasion)
    return DecisionName(agreement=written[1], key=key, revision=int(written[3]) if written[3] else None)


def cursor(reached: int) -> str:
    """The text of a place in the tenant's sequence; 0 is before the first decision."""
    return f"c1-{reached}"


def from_wire_cursor(text: str) -> int:
    """The place of a cursor; MalusError `malformed-cursor` for a text that was never given out."""
    written = _CURSOR.fullmatch(text)
    if written is None:
        what = "this is no cursor: hand back what PullDecisions gave, unchanged"
        raise MalusError("malformed-cursor", what, {"cursor": text[:100]})
    return int(written[1])


def page_token(filters: object, last: tuple[str, ...]) -> str:
    """Where a list goes on: the key of its last entry, bound to the filters it was asked with."""
    text = json.dumps([_digest(filters), *last], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_wire_page_token(token: str, filters: object, parts: int) -> tuple[str, ...] | None:
    """The key to go on after, None for the first page; MalusError `malformed-page-token` for any other token."""
    if not token:
        return None
    try:
        read = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        read = None
    if (
        not isinstance(read, list)
        or len(read) != parts + 1
        or not all(isinstance(part, str) for part in read)
        or read[0] != _digest(filters)
    ):
        raise MalusError("malformed-page-token", "this list gave no such token, or gave it for other filters")
    return tuple(read[1:])


def _encoded(part: str) -> str:
    return quote(part, safe=_SAFE).replace("~", "%7E")


def _digest(filters: object) -> str:
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:16]
