"""Owns what a caller is told when the store fails: which fault of the driver is which reason, and what to do.

Does not own: faults of what is stored (the functions that find them raise those), nor status codes of a wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from malus.model.faults import MalusError

# SQLite's primary result codes (the low byte of an extended one).
_BUSY: Final = 5
_LOCKED: Final = 6
_READ_ONLY: Final = 8
_INPUT_OUTPUT: Final = 10
_CORRUPT: Final = 11
_FULL: Final = 13
_CANNOT_OPEN: Final = 14
_NOT_A_DATABASE: Final = 26

_REASONS: Final = {
    _BUSY: ("ledger-locked", "another process is writing to the ledger: try again, or stop that process"),
    _LOCKED: ("ledger-locked", "another connection is writing to the ledger: try again"),
    _READ_ONLY: ("ledger-read-only", "the ledger's file cannot be written: give this user the right to write it"),
    _INPUT_OUTPUT: ("ledger-unreachable", "the disk under the ledger fails: look at the disk, then try again"),
    _CORRUPT: ("ledger-damaged", "the ledger's file is damaged: restore the last backup and verify it"),
    _FULL: ("ledger-full", "there is no room left for the ledger: nothing was stored; free some and try again"),
    _CANNOT_OPEN: ("ledger-unreachable", "the ledger's file cannot be opened: its folder must exist and be writable"),
    _NOT_A_DATABASE: ("not-a-ledger", "the file is no ledger: name another one"),
}


@contextmanager
def told() -> Iterator[None]:
    """Raise the driver's faults as MalusError where the world is at fault; ours go on as they are."""
    try:
        yield
    except DBAPIError as fault:
        known = as_malus_error(fault)
        if known is None:
            raise
        raise known from fault


def as_malus_error(fault: DBAPIError) -> MalusError | None:
    """What a caller is told of a fault; None for a fault of ours."""
    code = getattr(fault.orig, "sqlite_errorcode", None)
    if not isinstance(code, int) or code & 0xFF not in _REASONS:
        return None
    reason, message = _REASONS[code & 0xFF]
    return MalusError(reason, message)
