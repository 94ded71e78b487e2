"""Levels and limits: the four edges by integer comparison, rounding as printed, printing."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.money import RoundingMode
from malus.model.quantities import (
    Edge,
    Level,
    LevelRounding,
    Limit,
    Unit,
    level_text,
    limit_text,
    printed_scale,
    value_text,
)

HOUR = 3_600_000_000


def level(numerator: int, denominator: int = 1, unit: Unit = Unit.PERCENT) -> Level:
    return Level(numerator=numerator, denominator=denominator, unit=unit)


def limit(edge: str, value: Fraction, unit: Unit = Unit.PERCENT) -> Limit:
    return Limit(edge=Edge(edge), value=value, unit=unit)


@pytest.mark.parametrize(
    ("edge", "holds"),
    [
        ("below", [True, False, False]),
        ("at_most", [True, True, False]),
        ("above", [False, False, True]),
        ("at_least", [False, True, True]),
    ],
)
def test_an_edge_includes_its_limit_or_not(edge, holds):
    base = 43_200 * 60_000_000
    at = base * 999 // 1000
    levels = [level(number, base) for number in (at - 1, at, at + 1)]
    assert [limit(edge, Fraction(999, 1000)).holds(item) for item in levels] == holds


@given(st.fractions(0, 2), st.fractions(0, 2), st.integers(1, 10**30), st.sampled_from(Edge))
def test_an_edge_compares_exactly_whatever_the_size_of_the_numbers(value, bound, scale, edge):
    held = limit(edge, bound).holds(level(value.numerator * scale, value.denominator * scale))
    compared = {
        Edge.BELOW: value < bound,
        Edge.AT_MOST: value <= bound,
        Edge.ABOVE: value > bound,
        Edge.AT_LEAST: value >= bound,
    }
    assert held is compared[edge]


def test_levels_of_different_units_are_not_compared():
    with pytest.raises(AssertionError, match="not comparable"):
        limit("below", Fraction(1), Unit.COUNT).holds(level(1))


def test_a_level_needs_a_base():
    with pytest.raises(AssertionError, match="above zero"):
        level(0, 0)


def test_a_percentage_is_rounded_as_it_is_printed():
    rounding = LevelRounding(places=1, mode=RoundingMode.HALF_UP)
    assert rounding.apply(level(9895, 10000)).exact() == Fraction(99, 100)
    assert rounding.apply(level(98949, 100000)).exact() == Fraction(989, 1000)


def test_a_duration_is_rounded_in_hours_and_a_count_in_ones():
    rounding = LevelRounding(places=1, mode=RoundingMode.HALF_UP)
    assert rounding.apply(level(HOUR + 180_000_000, 1, Unit.DURATION)).exact() == HOUR + HOUR // 10
    assert rounding.apply(level(5, 4, Unit.COUNT)).exact() == Fraction(13, 10)
    assert [printed_scale(unit) for unit in (Unit.PERCENT, Unit.COUNT)] == [100, 1]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(999, 1000), Unit.PERCENT, "99.9 %"),
        (Fraction(1, 3), Unit.PERCENT, "100/3 %"),
        (Fraction(4 * HOUR), Unit.DURATION, "4 h"),
        (Fraction(3), Unit.COUNT, "3"),
    ],
)
def test_a_value_is_printed_exactly_with_its_unit(value, unit, text):
    assert value_text(value, unit) == text


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [(715, 720, "99.306 %"), (999, 1000, "99.9 %"), (1, 1, "100 %"), (0, 1, "0 %"), (1, 3, "33.333 %")],
)
def test_a_level_is_printed_for_reading_and_exactly_where_it_is_short(numerator, denominator, text):
    assert level_text(level(numerator, denominator)) == text


def test_a_duration_and_a_count_are_printed_exactly():
    assert level_text(level(HOUR, 1, Unit.DURATION)) == value_text(Fraction(HOUR), Unit.DURATION)
    assert level_text(level(7, 2, Unit.COUNT)) == "3.5"


def test_a_limit_is_printed_with_its_edge():
    words = [limit_text(limit(edge, Fraction(999, 1000))) for edge in ("below", "at_most", "above", "at_least")]
    assert words == ["below 99.9 %", "at most 99.9 %", "above 99.9 %", "at least 99.9 %"]
    assert all(left != right for left, right in itertools.pairwise(words))
