"""Owns the shape of what was measured: one level of one indicator in one period, with the steps that show it.

Does not own: the measuring of any kind of level, or what a promise makes of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter

from malus.model.blocks import Blocks, blocks_of
from malus.model.event_base import content_of
from malus.model.events import Event, Obligation, event_name
from malus.model.explanation import NAMED_EVENTS_LIMIT, EventsUsed, Step
from malus.model.instants import Instant
from malus.model.money import Money
from malus.model.periods import Period
from malus.model.quantities import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What a delivery is worth, the worth of its part that did not come as agreed, how much it was; None: untold.

    `complies`: all of it came as agreed, so that nothing of it is bad, whatever it is worth.
    """

    name: str
    value: Money | None
    bad_value: Money | None
    quantity: Fraction | None
    complies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A level in a period, or the reason why there is none.

    `subject`: the incident it is about, empty for the period as a whole. `empty`: there was nothing to measure, so the
    terms' `no_data` decides. `says_met`: the terms call it met without looking at a level. `undetermined`: facts that
    cannot both be true, both `named`. `down`: microseconds down, of availability; `elapsed`: those of an incident,
    exact also where the level is rounded. `stretches`: each outage's own part of the period, in microseconds.
    `settled_at`: when a report's level was known, after the period's end;
    `delivery`: the event that delivered it, in time or not.
    `whose`: the subject it was measured for, where the indicator is `for_each`, and its class `of_class`.
    `first_start`, `last_end`: of the outages that touch the period; `last_end` None while one of them lasts.
    `starts`, `ends`, `priority`: an incident's clock and the priority that judges it; no end while it is open. A
    delivery's clock likewise; `due` is when it was owed, extensions included. `goods`: the deliveries it is about.
    `facts_until`: until when a report of the customer may still change it.
    """

    period: Period
    subject: str = ""
    level: Level | None
    steps: tuple[Step, ...] = ()
    empty: bool = False
    says_met: bool = False
    undetermined: str = ""
    named: tuple[str, ...] = ()
    down: int = 0
    stretches: tuple[int, ...] = ()
    elapsed: int = 0
    settled_at: Instant | None = None
    delivery: Obligation | None = None
    starts: Instant | None = None
    ends: Instant | None = None
    priority: str | None = None
    whose: str = ""
    of_class: str = ""
    first_start: Instant | None = None
    last_end: Instant | None = None
    due: Instant | None = None
    goods: tuple[Goods, ...] = ()
    facts_until: Instant | None = None

    @property
    def is_open(self) -> bool:
        """Whether the subject's clock started and has not ended."""
        return self.starts is not None and self.ends is None


def events_used(kind: str, events: Sequence[Event]) -> EventsUsed:
    """Name the events of a level: at most a hundred one by one, all of them by count and digest of the set.

    The digest is over the sorted digests of the events' own content, so it is the same in any order of arrival.
    """
    told = blocks_of(events)
    named = sorted({event_name(event) for event in told}) if len(told) <= NAMED_EVENTS_LIMIT else []
    return EventsUsed(
        kind=kind,
        count=len(told),
        named=tuple(named),
        set_digest=told.once("set digest", _set_digest),
        evidence=tuple(sorted(event.evidence for event in told.first(NAMED_EVENTS_LIMIT))),
    )


def _set_digest(told: Blocks[Event]) -> str:
    return hashlib.sha256("\n".join(told.in_order("contents", _contents)).encode()).hexdigest()


def _contents(events: Sequence[Event]) -> list[str]:
    return sorted(map(content_of, events))


def content_line(event: Event) -> str:
    """An event's content as one line: the tie-break where time and sequence are equal, the same in any order."""
    kind = type(event)
    read = _READERS.get(kind)
    if read is None:
        names = [name for name in kind.__dataclass_fields__ if not kind.__dataclass_fields__[name].metadata]
        read = _READERS[kind] = attrgetter(*names)
    return f"{kind.__name__}{read(event)!r}"


_READERS: dict[type, attrgetter[tuple[object, ...]]] = {}
