"""Owns the columns of the rows that tell of deliveries and of the time granted for them.

Does not own: the table of all kinds of event (event_fields), or how a value is read (event_values).
"""

from __future__ import annotations

from typing import Final

from malus.model.field_types import Field

DELIVERY_FIELDS: Final = (
    Field(name="delivery_id", type="name", meaning="the delivery, where several rows or other events tell of one"),
    Field(name="service", type="name", meaning="the service; may be left out where the agreement has only one"),
    Field(name="due", type="instant", meaning="when it is owed, before any extension"),
    Field(name="sent", type="instant", meaning="when it set out"),
    Field(name="done", type="instant", meaning="when it was there; empty while it is not"),
    Field(name="quantity", type="number", meaning="how much was owed"),
    Field(name="good_quantity", type="number", meaning="how much of it came as agreed"),
    Field(name="value", type="money", meaning="what it is worth, net of tax"),
    Field(name="good_value", type="money", meaning="what the part that came as agreed is worth"),
    Field(name="currency", type="currency", meaning="the currency of amounts that do not name one"),
    Field(name="item", type="name", meaning="what was delivered"),
    Field(name="site", type="name", meaning="the site"),
    Field(name="subjects", type="names", meaning="the listed subjects that it speaks of"),
)
EXTENSION_FIELDS: Final = (
    Field(name="delivery_id", type="name", meaning="the delivery that is given more time", required=True),
    Field(name="at", type="instant", meaning="when it was granted", required=True),
    Field(name="by", type="length", meaning="how much later it is due", required=True),
)
