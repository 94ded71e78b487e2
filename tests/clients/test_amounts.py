"""Amounts pass the wire digit by digit."""

from decimal import Decimal

import pytest
from google.type.money_pb2 import Money
from hypothesis import given
from hypothesis import strategies as st
from malus.model.money import MINOR_DIGITS
from malus_client.amounts import decimal_of, money_of


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 10**9 - 1))
def test_units_and_nanos_are_the_exact_decimal(units: int, nanos: int) -> None:
    signed = -nanos if units < 0 else nanos
    amount = decimal_of(Money(currency_code="EUR", units=units, nanos=signed))
    assert int(amount.scaleb(9).to_integral_exact()) == units * 10**9 + signed
    assert money_of(f"{amount} EUR") == Money(currency_code="EUR", units=units, nanos=signed)


@pytest.mark.parametrize("currency", sorted(MINOR_DIGITS))
def test_an_amount_is_written_with_the_minor_digits_of_its_currency(currency: str) -> None:
    digits = MINOR_DIGITS[currency]
    if digits is not None:
        exponent = decimal_of(Money(currency_code=currency, units=12)).as_tuple().exponent
        assert exponent == -digits


def test_a_part_below_one_keeps_its_sign() -> None:
    assert decimal_of(Money(currency_code="EUR", units=0, nanos=-50_000_000)) == Decimal("-0.05")
    assert money_of("-0.05 EUR") == Money(currency_code="EUR", units=0, nanos=-50_000_000)
