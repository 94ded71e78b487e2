"""Amounts as rule files write them.

Owns: the digits of each currency that random agreements use. Does not own: any arithmetic.
"""

from __future__ import annotations


def money(minor_cents: int, currency: str) -> str:
    """An amount of so many hundredths, written with the digits of its currency."""
    whole, cents = divmod(minor_cents, 100)
    if currency == "JPY":
        return f"{whole} JPY"
    return f"{whole}.{cents:02}0 KWD" if currency == "KWD" else f"{whole}.{cents:02} {currency}"
