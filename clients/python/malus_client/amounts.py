"""Owns the exact way between amounts on the wire and in Python: whole units and nanos, never a binary float.

Does not own: what an amount is for.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from google.type.money_pb2 import Money
from malus.v1 import quantity_pb2

#: Currencies whose minor digits are not two (ISO 4217).
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS: Final = "CLF UYW"
_DIGITS: Final = {
    code: digits for digits, codes in ((0, _NO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS)) for code in codes.split()
}
_NANO_DIGITS: Final = 9
_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,9}))? ([A-Z]{3})", re.ASCII)


def decimal_of(money: Money) -> Decimal:
    """The amount in major units, exact, written with the currency's minor digits, or more where it has more."""
    sign = "-" if money.units < 0 or money.nanos < 0 else ""
    decimals = str(abs(money.nanos)).rjust(_NANO_DIGITS, "0")
    least = _DIGITS.get(money.currency_code, 2)
    kept = decimals[:least] + decimals[least:].rstrip("0")
    return Decimal(f"{sign}{abs(money.units)}{'.' if kept else ''}{kept}")


def money_of(text: str) -> Money:
    """The amount of a text such as `1000.00 EUR`. Raises ValueError for any other form."""
    written = _AMOUNT.fullmatch(text)
    if written is None:
        raise ValueError(f"{text!r} is no amount: write it with its currency, e.g. 1000.00 EUR")
    sign, units, decimals, currency = written.groups()
    by = -1 if sign else 1
    nanos = int((decimals or "").ljust(_NANO_DIGITS, "0"))
    return Money(currency_code=currency, units=by * int(units), nanos=by * nanos)


def fraction_of(exact: quantity_pb2.ExactMoney) -> Fraction:
    """The exact amount in major units, as it was before it was rounded."""
    return Fraction(int(exact.amount.numerator), int(exact.amount.denominator))
