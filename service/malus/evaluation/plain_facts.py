"""Owns which events are over and by themselves: what they are to an agreement is the same at every later moment.

Does not own: what that is (intake). An outage told whole by one event, a tally, a reading, a check: other events can
correct them, and then nobody passes by here, or excuse their time, which is looked at later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from malus.model.blocks import Block, Blocks
from malus.model.events import Check, Event, Outage, Reading, Tally
from malus.model.instants import Instant

#: Before anything that an event can tell.
EARLIEST: Final = -(2**63)


@dataclass(slots=True, kw_only=True)
class PlainFacts:
    """Blocks of events that are over and by themselves, and all the other events."""

    blocks: list[Block[Event]] = field(default_factory=list)
    others: list[Event] = field(default_factory=list)


def plain_facts(events: Iterable[Event], as_of: Instant, known_at: Instant | None) -> PlainFacts:
    """Part events that come in blocks; any that do not are all among the others.

    Events in blocks are a ledger's, which holds every id once. Where anything is corrected or taken back, nothing is
    plain.
    """
    if not isinstance(events, Blocks):
        return PlainFacts(others=list(events))
    facts = PlainFacts()
    for block in events.blocks():
        parted = block.once("parted", _parted)
        if parted.over < as_of and (known_at is None or parted.known <= known_at):
            facts.blocks.append(parted.plain)
            facts.others += parted.others
        else:
            facts.others += block
    if any(event.corrects is not None for event in facts.others):
        return PlainFacts(others=list(events))
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parted:
    """A block parted. `over`: the last instant that `plain` speaks of; `known`: when the last of it was learned of."""

    plain: Block[Event]
    over: Instant
    known: Instant
    others: tuple[Event, ...]


def _parted(block: Block[Event]) -> _Parted:
    plain: list[Event] = []
    others: list[Event] = []
    over = known = EARLIEST
    for event in block:
        end = _over(event)
        if end is None:
            others.append(event)
            continue
        plain.append(event)
        over = max(over, end)
        if event.recorded_at is not None:
            known = max(known, event.recorded_at)
    return _Parted(plain=Block(plain), over=over, known=known, others=tuple(others))


def _over(event: Event) -> Instant | None:
    """The last instant that an event speaks of; None where others may tell more of what it tells."""
    if event.corrects is not None:
        return None
    if isinstance(event, Outage):
        start, end = event.start, event.end
        if event.outage_id is not None or start is None or end is None or end < start:
            return None
        return end if event.reported_at is None else max(end, event.reported_at)
    if isinstance(event, Tally | Reading):
        return max(event.start, event.end) if event.delivery_id is None else None
    return event.at if isinstance(event, Check) else None
