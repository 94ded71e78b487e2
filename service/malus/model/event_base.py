"""Owns what every event carries, whatever it tells.

Does not own: any kind of event (events, event_deliveries).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from malus.model.canonical import ASIDE, digest
from malus.model.instants import Instant
from malus.model.quick_values import copying_but_for


class _Digested:
    """Room for the digest of an event: no field of it, so in no comparison, copy or text."""

    __slots__ = ("kept_content",)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase(_Digested):
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


def content_of(event: EventBase) -> str:
    """The digest of what an event tells, without evidence and `recorded_at`; worked out once, for it cannot change."""
    try:
        return _kept_content(event)
    except AttributeError:
        content = digest(event)
        _keep_content(event, content)
        return content


def with_content(event: Recorded, content: str) -> Recorded:
    """An event that was just read, and its digest, which is known already."""
    _keep_content(event, content)
    return event


def as_recorded(event: Recorded, recorded_at: Instant, content: str) -> Recorded:
    """The same event with the moment at which we learned of it; `content` is its digest."""
    kind: Any = type(event)
    recorded: Recorded = _recording(kind)(event, recorded_at)
    _keep_content(recorded, content)
    return recorded


@cache
def _recording(kind: type[EventBase]) -> Callable[[EventBase, Instant], Any]:
    return copying_but_for(kind, "recorded_at")


# A frozen value lets nobody set its slots; a copy that nobody has seen yet is filled by the slots themselves.
_kept_content: Final[Callable[[EventBase], str]] = vars(_Digested)["kept_content"].__get__
_keep_content: Final[Callable[[EventBase, str], None]] = vars(_Digested)["kept_content"].__set__
