"""Owns what every event carries, whatever it tells.

Does not own: any kind of event (events, event_deliveries).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from malus.model.canonical import ASIDE
from malus.model.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase:
    """What every event carries.

    `id` is unique per source, or None in a file without an id column (a closed multiset, where every row
    counts). `recorded_at` is when we learned of it and never judges anything. `sequence` is the source's own
    order of facts at one instant. `subjects`: the listed subjects that it speaks of, by name; a claim, a notice and
    what is delivered name theirs as `subject`. `corrects`: the id of the event in whose place this one stands, of
    `corrects_source` (empty: of its own source); None corrects nothing, and what corrects has an id. `evidence` says
    where the event was read (file and row).
    """

    agreement: str
    id: str | None = None
    source: str = ""
    sequence: int | None = None
    subjects: tuple[str, ...] = ()
    corrects: str | None = None
    corrects_source: str = ""
    recorded_at: Instant | None = field(default=None, metadata=ASIDE)
    evidence: str = field(default="", metadata=ASIDE)


Recorded = TypeVar("Recorded", bound=EventBase)


def as_recorded(event: Recorded, recorded_at: Instant) -> Recorded:
    """The same event with the moment at which we learned of it."""
    kind: Any = type(event)
    names, read = _fields_of(kind)
    recorded: Recorded = kind(**dict(zip(names, read(event), strict=True)), recorded_at=recorded_at)
    return recorded


@cache
def _fields_of(kind: type[EventBase]) -> tuple[tuple[str, ...], Callable[[EventBase], tuple[object, ...]]]:
    # dataclasses.replace costs five times as much, and a call may bring a thousand events.
    names = tuple(one.name for one in fields(kind) if one.name != "recorded_at")
    return names, attrgetter(*names)
