"""Owns the types that a field of an event row may have, what a value of each looks like, and the field itself.

Does not own: which fields a kind of event has (event_fields), or how a value is read (event_values).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

FieldType: TypeAlias = Literal[
    "name",
    "instant",
    "period",
    "stretch",
    "whole",
    "order",
    "number",
    "money",
    "unit",
    "share",
    "currency",
    "state",
    "transition",
    "cause",
    "act",
    "names",
    "dispute_act",
    "length",
]

#: What a value of each type looks like, for messages and handbooks.
LOOKS: Final[dict[FieldType, str]] = {
    "name": "a name of 1 to 200 characters",
    "instant": "an instant: 2026-06-03T10:00:00Z, or 2026-06-03 10:00 in the agreement's time zone",
    "period": "a period: 2026-06, 2026-Q2, 2026-W23, 2026 or a date",
    "stretch": "a period: 2026-06, 2026-Q2, 2026-W23, 2026 or a date",
    "whole": "a whole number, 0 or more",
    "order": "a whole number",
    "number": "a number: 99.95",
    "money": "an amount with its currency: 1000.00 EUR",
    "unit": "a unit: %, count, or a unit of time up to hours",
    "share": "a percentage from 0 to 100: 50 %",
    "currency": "an ISO 4217 currency: EUR",
    "state": "up, down or degraded",
    "transition": "a transition: opened, accepted, responded, paused, resumed, resolved …",
    "cause": "maintenance, force_majeure, customer or third_party",
    "act": "exercises or waives",
    "names": "names, with semicolons between them: rotterdam; line-2",
    "dispute_act": "raises or ends",
    "length": "a length of time: 20 days, 2 weeks or 6 hours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column: its name, the type of its values, whether a row must fill it, and what it means."""

    name: str
    type: FieldType
    meaning: str
    required: bool = False


#: Arrow's names of the types that are read: text, integers, instants, days, decimals, nothing at all, codes of such.
_EXACT_TYPE: Final = re.compile(
    r"(dictionary<values=)?((large_)?string\b(?!_)|u?int[0-9]+|timestamp\[|date(32|64)\[|decimal[0-9]+\(|null)"
)


def is_exact_type(name: str) -> bool:
    """Whether a column holds what was written into it, by Arrow's name of its type; binary fractions do not."""
    return _EXACT_TYPE.match(name) is not None
