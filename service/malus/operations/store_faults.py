"""Owns how a fault of the ledger is told to whoever asked for something: one reason for all that may be tried again.

Does not own: which fault of a driver is which (ledger.faults), or status codes (edge.status).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from malus.model.faults import MalusError

_UNAVAILABLE: Final = frozenset(
    {
        "ledger-damaged",
        "ledger-full",
        "ledger-locked",
        "ledger-newer",
        "ledger-outdated",
        "ledger-read-only",
        "ledger-unreachable",
        "not-a-ledger",
    }
)


@contextmanager
def told_to_callers() -> Iterator[None]:
    """Raise the ledger's faults in the words of a call: `store-unavailable`, `cursor-beyond-end`, `as-of-in-the-past`.

    The sentence stays, so that an operator who reads it knows what to do; `cause` names the ledger's own reason.
    """
    try:
        yield
    except MalusError as fault:
        if fault.reason in _UNAVAILABLE:
            raise MalusError("store-unavailable", fault.message, {"cause": fault.reason}) from fault
        if fault.reason == "cursor-ahead":
            raise MalusError("cursor-beyond-end", fault.message, {"cursor": fault.metadata["asked"]}) from fault
        raise
