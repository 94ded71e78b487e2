"""Owns how events are cut into calls: as many as a call may have, and no more bytes than it may have.

Does not own: what is in an event, or what happens to a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from malus.v1 import event_pb2

#: What one call may carry.
MOST_EVENTS: Final = 1_000
#: One mebibyte, less what a call carries beside its events.
MOST_BYTES: Final = (1 << 20) - 1_024
#: What an event costs beside its own bytes: its tag, and its length in at most four bytes.
_FRAME_BYTES: Final = 5


def batches(events: Iterable[event_pb2.Event]) -> Iterator[list[event_pb2.Event]]:
    """The events in order, in as few calls as can be; one that is too long by itself stands alone and is refused."""
    batch: list[event_pb2.Event] = []
    size = 0
    for event in events:
        weight = event.ByteSize() + _FRAME_BYTES
        if batch and (len(batch) == MOST_EVENTS or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield batch
