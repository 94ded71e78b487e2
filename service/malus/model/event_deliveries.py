"""Owns the events about goods and works: what is owed and came, and the time that was granted for it.

Does not own: the other events (events), or what any agreement makes of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from malus.model.event_base import EventBase
from malus.model.instants import Instant
from malus.model.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(EventBase):
    """Goods or work owed at an instant; what is told later repeats the `delivery_id`, and without `done` it is owed on.

    `sent` is when it set out. `quantity` is how much was owed and `good_quantity` the part of it that came as agreed;
    `value` and `good_value` the same in money, net of tax.
    """

    delivery_id: str | None = None
    service: str | None = None
    due: Instant | None = None
    sent: Instant | None = None
    done: Instant | None = None
    quantity: Fraction | None = None
    good_quantity: Fraction | None = None
    value: Money | None = None
    good_value: Money | None = None
    item: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(EventBase):
    """So much time granted at an instant for a delivery: civil `days` and elapsed `microseconds`; extensions add up."""

    delivery_id: str
    at: Instant
    days: int = 0
    microseconds: int = 0
