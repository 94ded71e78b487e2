"""Owns the exit codes, the same for every command, and how a caller's fault ends one.

Does not own: what any command finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from malus.model.faults import MalusError


class Exit(IntEnum):
    """What a command's end says to the program that called it."""

    NOTHING_TO_SAY = 0
    FINDINGS = 1
    WRONG_USAGE = 2
    CHANGES = 3
    NOT_COMPUTED = 4


#: Told beneath the help of every command.
EXIT_CODES = (
    "Exit codes: 0 nothing to say, 1 findings or failures, 2 wrong usage, 3 changes found, 4 could not be computed."
)

_USAGE = frozenset(
    {
        "column-unread",
        "columns-differ",
        "java-missing",
        "ledger-url-unknown",
        "malformed-address",
        "malformed-file",
        "malformed-moment",
        "malformed-setting",
        "no-decisions",
        "no-parquet",
        "no-rule-files",
        "plaintext-off-loopback",
        "spark-missing",
        "unknown-agreement",
        "unknown-clause",
        "unknown-period",
        "unknown-subject",
    }
)


@contextmanager
def ending() -> Iterator[None]:
    """End the command where a caller's fault is raised: its sentence on standard error, and its exit code."""
    try:
        yield
    except MalusError as fault:
        typer.echo(f"error[{fault.reason}] {fault.message}", err=True)
        raise typer.Exit(Exit.WRONG_USAGE if fault.reason in _USAGE else Exit.NOT_COMPUTED) from None
