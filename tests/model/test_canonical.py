"""The one text of a value, and what is left out of it."""

import datetime
import json
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.canonical import ASIDE, canonical_text, digest


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    part: Fraction
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True)
class Other:
    part: Fraction


@dataclass(frozen=True)
class Outer:
    name: str
    when: datetime.date
    colour: Colour
    inner: tuple[Inner, ...]
    flag: bool | None = None


def outer(line: int = 0, part: str = "1/3") -> Outer:
    return Outer("ä", datetime.date(2026, 6, 3), Colour.RED, (Inner(Fraction(part), line),))


def test_a_value_has_one_text_with_sorted_keys_fractions_and_dates():
    assert canonical_text(outer()) == (
        '{"colour":"red","flag":null,"inner":[{"is":"Inner","part":"1/3"}],"is":"Outer","name":"ä","when":"2026-06-03"}'
    )


def test_what_is_carried_aside_is_no_part_of_the_meaning():
    assert digest(outer(1)) == digest(outer(2))
    assert digest(outer(part="1/3")) != digest(outer(part="2/3"))


def test_values_of_different_kinds_with_equal_fields_differ():
    assert digest(Inner(Fraction(1))) != digest(Other(Fraction(1)))


def test_integers_beyond_53_bits_stay_exact():
    assert canonical_text([2**63 + 1, True]) == "[9223372036854775809,true]"


def test_a_mapping_is_written_by_its_sorted_keys():
    assert canonical_text({"b": 1, "a": [Fraction(2)]}) == '{"a":["2"],"b":1}'


@pytest.mark.parametrize("value", [0.5, {1, 2}, b"bytes", Inner])
def test_binary_floats_and_unknown_kinds_are_refused(value):
    with pytest.raises(AssertionError, match="no canonical form"):
        canonical_text(value)


@given(st.text(st.characters(exclude_categories=("Cs",))), st.integers(), st.fractions())
def test_a_text_is_what_any_json_encoder_would_write(name, number, part):
    text = canonical_text({name: (name, number, part, None, Outer(name, datetime.date(2026, 6, 3), Colour.RED, ()))})
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert json.loads(text)[name][:4] == [name, number, str(part), None]
