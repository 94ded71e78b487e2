"""The form for programs keeps every field, exactly, and holds nothing that JSON cannot."""

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction

from malus.model.assessment import Assessment
from malus.model.money import Money
from malus.model.periods import Period
from malus.operations.render_json import JsonValue, as_json

from tests.operations.assessed import ZONE, assessment, at, credit, october


def test_amounts_fractions_and_instants_have_one_exact_form_each() -> None:
    (said,) = as_json(assessment(credits=(credit("1200", before="3601/3"),)))["credits"]  # type: ignore[union-attr,str-unpack]
    assert isinstance(said, dict)
    assert said["amount"] == {"amount": "1200.00", "currency": "EUR"}
    assert said["before_cap"] == {"amount": "3601/3", "currency": "EUR"}
    assert said["claim_until"] == {"utc": "2026-11-30T22:59:59.999999Z", "civil": "2026-11-30 23:59:59.999999"}


def same(value: object, said: JsonValue) -> bool:
    """Whether a value of the model can be told from what is said of it, field by field."""
    if isinstance(value, Money):
        return (
            said == {"amount": said["amount"], "currency": value.currency} and Fraction(said["amount"]) == value.amount
        )  # type: ignore[index,call-overload,arg-type]
    if isinstance(value, Fraction):
        return isinstance(said, str) and Fraction(said) == value
    if isinstance(value, Enum):
        return said == value.value
    if isinstance(value, Period):
        return isinstance(said, dict) and said["label"] == value.label and same(value.start, said["start"])
    if is_dataclass(value):
        assert isinstance(said, dict)
        return all(same(getattr(value, entry.name), said[entry.name]) for entry in fields(value))
    if isinstance(value, tuple):
        return isinstance(said, list) and len(said) == len(value) and all(map(same, value, said))
    if isinstance(said, dict):
        assert isinstance(value, int)
        return at(str(said["civil"])) == value and at(str(said["utc"])) == value
    return value == said


def test_every_field_of_an_assessment_can_be_told_from_its_json() -> None:
    whole: Assessment = october()
    said = as_json(whole)
    assert same(whole, said)
    assert said["digest"] == whole.digest()
    assert said["timezone"] == ZONE


def test_what_is_said_survives_json_itself() -> None:
    said = as_json(october())
    assert json.loads(json.dumps(said, allow_nan=False)) == said
