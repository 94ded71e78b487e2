"""Owns what is known about the call that is being answered: its id, method, tenant, and what its log line will say.

Does not own: who a caller is (that is handed in), or when the line is written.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol, cast

import grpc

from malus.model.faults import MalusError


class CallerOf(Protocol):
    """Who calls: the tenant of a call that may be made; MalusError `unauthenticated` or `permission-denied` else."""

    def __call__(self, context: grpc.ServicerContext, method: str) -> str: ...


@dataclass(slots=True, kw_only=True)
class Call:
    """One call while it is answered; `said` goes to its log line: counts and names, never payloads or amounts."""

    id: str
    method: str
    tenant: str = ""
    said: dict[str, int | str] = field(default_factory=dict)


CURRENT: ContextVar[Call] = ContextVar("call")


def tenant() -> str:
    """The tenant of the call that is being answered; without a call there is none, which is our fault."""
    return CURRENT.get().tenant


def say(**facts: int | str) -> None:
    """Add to the call's log line."""
    CURRENT.get().said.update(facts)


def check_wanted(context: grpc.ServicerContext) -> None:
    """Raise MalusError `cancelled` or `deadline-exceeded` where nobody waits for the answer any more.

    A call that was given up goes on running in its thread, so this is asked before evaluating and before commit.
    """
    left = cast("float | None", context.time_remaining())  # None without a deadline, whatever its types say
    if left is not None and left <= 0:
        raise MalusError("deadline-exceeded", "the deadline passed before anything was kept")
    if not context.is_active():
        raise MalusError("cancelled", "the caller hung up before anything was kept")
