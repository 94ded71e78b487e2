"""Money and rounding: exact amounts, one currency, minor units."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.money import (
    MINOR_DIGITS,
    Money,
    RoundingMode,
    decimal_text,
    money_text,
    round_to,
    rounded_text,
    zero,
)


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Fraction(amount), currency=currency)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (RoundingMode.HALF_UP, ["2", "3", "3", "-3"]),
        (RoundingMode.HALF_EVEN, ["2", "2", "3", "-2"]),
        (RoundingMode.HALF_DOWN, ["2", "2", "3", "-2"]),
        (RoundingMode.UP, ["3", "3", "3", "-3"]),
        (RoundingMode.DOWN, ["2", "2", "2", "-2"]),
    ],
)
def test_each_mode_rounds_below_at_and_above_the_tie_and_negatives_mirror_positives(mode, expected):
    values = [Fraction("2.4999"), Fraction("2.5"), Fraction("2.5001"), Fraction("-2.5")]
    assert [str(round_to(value, 0, mode)) for value in values] == expected


def test_half_even_goes_to_the_even_neighbour_either_way():
    assert [round_to(Fraction(tie), 0, RoundingMode.HALF_EVEN) for tie in ("0.5", "1.5", "2.5", "3.5")] == [0, 2, 2, 4]


def test_places_may_be_hundreds():
    assert round_to(Fraction(1250), -2, RoundingMode.HALF_UP) == 1300
    assert round_to(Fraction(1250), -2, RoundingMode.HALF_EVEN) == 1200


@given(st.fractions(), st.integers(-3, 6), st.sampled_from(RoundingMode))
def test_a_rounded_value_lies_on_the_grid_and_less_than_one_step_away(value, places, mode):
    step = Fraction(10) ** -places
    result = round_to(value, places, mode)
    assert (result / step).denominator == 1
    assert abs(result - value) < step
    assert round_to(result, places, mode) == result


@pytest.mark.parametrize(
    ("currency", "payable"), [("JPY", "1235"), ("EUR", "1234.57"), ("KWD", "1234.568"), ("CLF", "1234.5679")]
)
def test_an_amount_is_payable_in_whole_minor_units_of_its_currency(currency, payable):
    amount = money("1234.56789", currency)
    assert not amount.is_payable()
    assert amount.payable(RoundingMode.HALF_UP) == money(payable, currency)
    assert amount.payable(RoundingMode.HALF_UP).is_payable()


def test_money_is_added_and_taken_off_in_one_currency():
    assert money("1.10") + money("2.20") == money("3.30")
    assert money("1.10") - money("2.20") == money("-1.10")
    assert money("10").times(Fraction(1, 3)).times(3) == money("10")
    assert zero("EUR") + money("1") == money("1")


def test_currencies_never_mix():
    with pytest.raises(AssertionError, match="never mix"):
        money("1") + money("1", "USD")
    with pytest.raises(AssertionError, match="never mix"):
        money("1") - money("1", "USD")


def test_a_currency_is_one_of_iso_4217():
    assert MINOR_DIGITS["EUR"] == 2
    with pytest.raises(AssertionError, match="ISO 4217"):
        money("1", "XXX")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12000", "EUR", "12,000.00 EUR"),
        ("-1234567.5", "EUR", "-1,234,567.50 EUR"),
        ("10.005", "EUR", "10.005 EUR"),
        ("1234", "JPY", "1,234 JPY"),
        ("0.5", "KWD", "0.500 KWD"),
        ("1/3", "EUR", "1/3 EUR"),
    ],
)
def test_an_amount_is_printed_exactly_with_at_least_its_minor_digits(amount, currency, text):
    assert money_text(money(amount, currency)) == text


def test_an_amount_may_be_printed_without_groups():
    assert money_text(money("12000"), grouped=False) == "12000.00 EUR"


@given(st.integers(), st.integers(0, 8))
def test_a_decimal_text_reads_back_as_the_same_value(number, places):
    value = Fraction(number, 10**places)
    assert Fraction(decimal_text(value)) == value
    assert Fraction(decimal_text(value, 3, grouped=True).replace(",", "")) == value


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [("-0.004", 2, "0.00"), ("-0.005", 2, "-0.01"), ("0.05", 1, "0.1"), ("7", 0, "7"), ("999.5", 0, "1000")],
)
def test_a_rounded_text_has_its_places_and_no_negative_nothing(value, places, text):
    assert rounded_text(Fraction(value), places) == text
