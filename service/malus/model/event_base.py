"""Owns what every event carries, whatever it tells.

Does not own: any kind of event (events, event_deliveries).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

from malus.model.canonical import ASIDE, digest
from malus.model.instants import Instant


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


def as_recorded(event: Recorded, recorded_at: Instant) -> Recorded:
    """The same event with the moment at which we learned of it."""
    kind: Any = type(event)
    read, writers = _fields_of(kind)
    recorded: Recorded = object.__new__(kind)
    for write, value in zip(writers, read(event), strict=True):
        write(recorded, value)
    _RECORDED(recorded, recorded_at)
    _keep_content(recorded, content_of(event))
    return recorded


@cache
def _fields_of(
    kind: type[EventBase],
) -> tuple[Callable[[EventBase], tuple[object, ...]], tuple[Callable[[EventBase, object], None], ...]]:
    # dataclasses.replace costs eight times as much, and a call may bring a thousand events.
    names = tuple(one.name for one in fields(kind) if one.name != "recorded_at")
    return attrgetter(*names), tuple(getattr(kind, name).__set__ for name in names)


# A frozen value lets nobody set its slots; a copy that nobody has seen yet is filled by the slots themselves.
_kept_content: Final[Callable[[EventBase], str]] = vars(_Digested)["kept_content"].__get__
_keep_content: Final[Callable[[EventBase, str], None]] = vars(_Digested)["kept_content"].__set__
_RECORDED: Final[Callable[[EventBase, Instant], None]] = vars(EventBase)["recorded_at"].__set__
