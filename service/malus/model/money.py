"""Owns money and rounding: exact amounts in one currency, and the minor unit they are payable in.

Does not own: which charge a rate applies to, where a contract rounds, or any exchange rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final


class RoundingMode(StrEnum):
    """How a value that lies between two steps is rounded; negatives mirror positives."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_DOWN = "half_down"
    UP = "up"
    DOWN = "down"


def round_to(value: Fraction, places: int, mode: RoundingMode) -> Fraction:
    """Round an exact value to a number of decimal places.

    `places` may be zero or negative (hundreds). `half_up` moves a tie away from zero, as invoices do
    (SEMANTICS 1); `up` is away from zero, `down` towards it.

    >>> round_to(Fraction("1234.5"), 0, RoundingMode.HALF_UP)
    Fraction(1235, 1)
    >>> round_to(Fraction("1234.5"), 0, RoundingMode.HALF_EVEN)
    Fraction(1234, 1)
    """
    step = Fraction(10) ** -places
    scaled = abs(value) / step
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest - scaled.denominator
    match mode:
        case RoundingMode.HALF_UP:
            up = twice >= 0
        case RoundingMode.HALF_DOWN:
            up = twice > 0
        case RoundingMode.HALF_EVEN:
            up = twice > 0 or (twice == 0 and whole % 2 == 1)
        case RoundingMode.UP:
            up = rest > 0
        case RoundingMode.DOWN:
            up = False
    magnitude = (whole + (1 if up else 0)) * step
    return magnitude if value >= 0 else -magnitude


_NO_MINOR_UNIT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS: Final = "CLF UYW"
_TWO_DIGITS: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU
UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
#: ISO 4217 alphabetic code -> digits of the minor unit.
MINOR_DIGITS: Final[dict[str, int]] = {
    code: digits
    for codes, digits in ((_NO_MINOR_UNIT, 0), (_TWO_DIGITS, 2), (_THREE_DIGITS, 3), (_FOUR_DIGITS, 4))
    for code in codes.split()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An exact amount, net of tax, in one ISO 4217 currency; negative where something is taken back."""

    amount: Fraction
    currency: str

    def __post_init__(self) -> None:
        assert self.currency in MINOR_DIGITS, f"{self.currency} is not an ISO 4217 currency"

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        # Sums begin with nothing, and most of them have one part.
        return Money(amount=self.amount + other.amount, currency=self.currency) if self.amount else other

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(amount=self.amount - other.amount, currency=self.currency)

    def times(self, factor: Fraction | int) -> Money:
        """The exact product; nothing is rounded."""
        return Money(amount=self.amount * factor, currency=self.currency)

    def payable(self, mode: RoundingMode) -> Money:
        """Round to the currency's minor unit (JPY 0, EUR 2, KWD 3 digits)."""
        return Money(amount=round_to(self.amount, MINOR_DIGITS[self.currency], mode), currency=self.currency)

    def is_payable(self) -> bool:
        """Whether the amount is a whole number of minor units."""
        minor_units: Fraction = self.amount * 10 ** MINOR_DIGITS[self.currency]
        return minor_units.denominator == 1

    def _same_currency(self, other: Money) -> None:
        assert self.currency == other.currency, f"{self.currency} and {other.currency} never mix"


def zero(currency: str) -> Money:
    """Nothing, in a currency."""
    return Money(amount=Fraction(0), currency=currency)


def money_text(money: Money, *, grouped: bool = True) -> str:
    """Print an amount with its currency: `12,000.00 EUR`; more digits only where the exact amount has them.

    A fraction without a finite decimal form is printed as a fraction, never rounded.
    """
    return f"{decimal_text(money.amount, MINOR_DIGITS[money.currency], grouped=grouped)} {money.currency}"


def decimal_text(value: Fraction, least_places: int = 0, *, grouped: bool = False) -> str:
    """Print an exact value as a decimal with at least so many places, or as `p/q` where none is exact.

    >>> decimal_text(Fraction("1200"), 2, grouped=True)
    '1,200.00'
    >>> decimal_text(Fraction(1, 3))
    '1/3'
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return rounded_text(value, max(twos, fives, least_places), grouped=grouped)


def rounded_text(value: Fraction, places: int, *, grouped: bool = False) -> str:
    """Print a value to a fixed number of places, half up; for reading only, never fed back into a figure.

    >>> rounded_text(Fraction(43717, 445), 3)
    '98.240'
    """
    digits = abs(round_to(value, places, RoundingMode.HALF_UP)) * 10**places
    text = str(digits.numerator).rjust(places + 1, "0")
    whole, fraction = (text[:-places], text[-places:]) if places else (text, "")
    body = f"{int(whole):,}" if grouped else whole
    sign = "-" if value < 0 and digits else ""
    return f"{sign}{body}.{fraction}" if fraction else f"{sign}{body}"
