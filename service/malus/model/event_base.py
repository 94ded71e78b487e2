"""Owns what every event carries, whatever it tells.

Does not own: any kind of event (events, event_deliveries).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from malus.model.canonical import ASIDE
from malus.model.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase:
    """What every event carries.

    `id` is unique per source, or None in a file without an id column (a closed multiset, where every row
    counts). `recorded_at` is when we learned of it and never judges anything. `sequence` is the source's own
    order of facts at one instant. `subjects`: the listed subjects that it speaks of, by name; a claim, a notice and
    what is delivered name theirs as `subject`. `evidence` says where the event was read (file and row).
    """

    agreement: str
    id: str | None = None
    source: str = ""
    sequence: int | None = None
    subjects: tuple[str, ...] = ()
    recorded_at: Instant | None = field(default=None, metadata=ASIDE)
    evidence: str = field(default="", metadata=ASIDE)
