"""Owns the event that says of another that it should not have been told.

Does not own: what stands of all that was told (evaluation.corrections), or corrections: those are events of any kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from malus.model.event_base import EventBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction(EventBase):
    """The event that it `corrects` is taken back, as if it had never been told; `reason` says why."""

    reason: str | None = None
