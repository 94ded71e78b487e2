"""Owns the form of answers for programs: every field, nothing rounded, plain values that JSON can hold.

Does not own: the text for people (render), or the wire (edge).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from malus.model.assessment import Assessment
from malus.model.instants import Instant, civil_text, utc_text
from malus.model.money import MINOR_DIGITS, Money, decimal_text
from malus.model.periods import Period
from malus.model.quantities import Level, Limit, level_text, limit_text

JsonValue: TypeAlias = str | int | bool | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None


def as_json(assessment: Assessment) -> dict[str, JsonValue]:
    """Every field of an assessment, under its own name, with the digest beside them.

    Amounts are text with at least the currency's decimals (`"1200.00"`), exact as `p/q` where they end
    nowhere. Other exact numbers are `p/q` or whole as text. An instant is `{"utc": RFC 3339, "civil": text}`,
    the civil time being that of the agreement's zone. Levels and limits also carry their `text` as it is
    printed for people, which is never to be calculated with. Each step of an explanation says what it `is`.
    """
    said = json_value(assessment, assessment.timezone)
    assert isinstance(said, dict), "an assessment is an object"
    return {**said, "digest": assessment.digest()}


def json_value(value: object, zone: str) -> JsonValue:
    """Any value of the model as JSON can hold it; instants are told by the fields that hold them."""
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    match value:
        case Fraction():
            return str(value)
        case datetime.date():
            return value.isoformat()
        case Money():
            digits = MINOR_DIGITS[value.currency]
            return {"amount": decimal_text(value.amount, digits), "currency": value.currency}
        case Period():
            return _period(value, zone)
        case Level():
            return {**_fields(value, zone), "text": level_text(value)}
        case Limit():
            return {**_fields(value, zone), "text": limit_text(value)}
        case tuple() | list():
            return [json_value(item, zone) for item in value]
        case _:
            assert is_dataclass(value), f"{type(value).__name__} has no form in JSON"
            return {"is": type(value).__name__, **_fields(value, zone)}


def instant_json(instant: Instant, zone: str) -> dict[str, JsonValue]:
    """An instant for programs and people: RFC 3339 in UTC, and the civil time of a zone beside it."""
    return {"utc": utc_text(instant), "civil": civil_text(instant, zone)}


def _period(period: Period, zone: str) -> dict[str, JsonValue]:
    cut_from: JsonValue = None
    if period.cut_from is not None:
        cut_from = {
            "start": instant_json(period.whole_start, zone),
            "end": instant_json(period.whole_end, zone),
        }
    return {
        "label": period.label,
        "start": instant_json(period.start, zone),
        "end": instant_json(period.end, zone),
        "cut_from": cut_from,
    }


def _fields(value: object, zone: str) -> dict[str, JsonValue]:
    assert is_dataclass(value), "only values have fields"
    said: dict[str, JsonValue] = {}
    for entry in fields(value):
        held = getattr(value, entry.name)
        # An instant is an integer like any other but for its declared type.
        if isinstance(held, int) and "Instant" in str(entry.type):
            said[entry.name] = instant_json(held, zone)
        else:
            said[entry.name] = json_value(held, zone)
    return said
