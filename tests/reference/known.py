"""Which facts are so as of a moment, and which rows are one and the same event.

Owns: cutting each fact at the moment of asking. Does not own: what several facts of one subject say together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from malus.model import events as told


def cut_at(event: told.Event, as_of: int) -> told.Event | None:
    """What of an event is already so as of a moment; None where nothing is."""
    match event:
        case told.Outage():
            start = event.start if event.start is None or event.start <= as_of else None
            end = event.end if event.end is None or event.end <= as_of else None
            if (start is None and event.start is not None) or (start is None and end is None):
                return None
            reported = event.reported_at
            return replace(event, end=end, reported_at=None if reported is not None and reported > as_of else reported)
        case told.Deployment():
            end = event.end if event.end is None or event.end <= as_of else None
            if (event.start is not None and event.start > as_of) or (event.start is None and end is None):
                return None
            return replace(event, end=end)
        case told.Delivery():
            sent = event.sent if event.sent is None or event.sent <= as_of else None
            done = event.done if event.done is None or event.done <= as_of else None
            return replace(event, sent=sent, done=done)
        case told.Exclusion():
            end = as_of if event.end is None or event.end > as_of else event.end
            return replace(event, end=end) if event.start <= as_of else None
        case told.Tally() | told.Reading() | told.Charge():
            return event if event.end <= as_of else None
        case told.Opening():
            return event if event.start <= as_of else None
        case _:
            return event if event.at <= as_of else None


def once_each(events: Iterable[told.Event]) -> list[told.Event]:
    """Events with an id count once; rows without one count as often as they stand there."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for one in events:
        if one.id is not None and (one.source, one.id) in seen:
            continue
        if one.id is not None:
            seen.add((one.source, one.id))
        kept.append(one)
    return kept
