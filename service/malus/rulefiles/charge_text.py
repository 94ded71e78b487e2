"""Reads the phrases about what is charged and paid: whose charges count, a slope, what a cap allows and how long.

Owns: those phrases and the refusals that say what to write instead. Does not own: the quantities that they are made of
(quantities_text).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from malus.model.clauses import CapWindow
from malus.model.credits import JUDGED, ChargeBase, ChargedPeriod
from malus.model.money import Money
from malus.model.quantities import Edge
from malus.rulefiles.documents import Malformed
from malus.rulefiles.findings import Reading, did_you_mean
from malus.rulefiles.quantities_text import LONGEST_YEARS, Quantity, cut, money, percent, quantity, short

#: Stands in a cap for what the delivery of the credit is worth.
VALUE_OF_DELIVERY: Final = "value_of_delivery"
_NEIGHBOURS: Final = {
    "judged": JUDGED,
    "previous": ChargedPeriod(kind="previous"),
    "next": ChargedPeriod(kind="next"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CapLimit:
    """What a cap allows: an amount, or a share of charges, of a delivery's value or of a stated sum."""

    amount: Money | None
    rate: Fraction | None
    charges: tuple[str, ...]
    goods: ChargeBase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeText:
    """A slope as written: what it pays, for every so much, on which side of which level; None: of the promise."""

    rate: Fraction | None
    amount: Money | None
    per: Quantity
    side: Edge
    start: Quantity | None


def cap_window(text: str, reading: Reading) -> CapWindow:
    """The time over which a cap is counted: a cycle, `incident` and the like, `period`, `rolling 12 months`, `term`."""
    if text == "term":
        return CapWindow(kind="term")
    if text in ("incident", "outage", "delivery"):
        return CapWindow(kind="each_incident")
    if text == "period":
        return CapWindow(kind="each_period")
    rolling = re.fullmatch(r"rolling ([0-9]{1,3}) months", text)
    if rolling is not None:
        if not 1 <= int(rolling[1]) <= 12 * LONGEST_YEARS:
            raise Malformed("out-of-range", f"`{short(text)}` is no window", "write `rolling 12 months`")
        return CapWindow(kind="rolling", months=int(rolling[1]))
    try:
        return CapWindow(kind="period", cycle=cut(text, reading))
    except Malformed as fault:
        hint = (
            "write `month` or another cycle, `incident`, `outage`, `delivery`, `period`, `rolling 12 months` or `term`"
        )
        raise Malformed(fault.code, f"`{short(text)}` is no time to count a cap over", hint) from None


def cap_limit(text: str, reading: Reading) -> CapLimit:
    """An amount, or `30 % of hosting`, `of [hosting, support]`, `of value_of_delivery` or `of 5000.00 EUR`."""
    rate, parted, of = text.partition(" of ")
    if not parted:
        if text.endswith("%"):
            raise Malformed("malformed-quantity", f"`{short(text)}` does not say of which charge",
                            "write `30 % of hosting`")  # fmt: skip
        return CapLimit(amount=money(text, reading), rate=None, charges=())
    if of == VALUE_OF_DELIVERY:
        return CapLimit(amount=None, rate=percent(rate, reading), charges=(), goods=ChargeBase(value_of="delivery"))
    if of[:1].isdigit() and " " in of:
        goods = ChargeBase(fixed=money(of, reading))
        return CapLimit(amount=None, rate=percent(rate, reading), charges=(), goods=goods)
    names = of[1:-1].split(",") if of.startswith("[") and of.endswith("]") else [of]
    charges = tuple(name.strip() for name in names)
    if not all(re.fullmatch(r"[a-z0-9-]+", name) for name in charges) or len(set(charges)) < len(charges):
        raise Malformed("malformed-quantity", f"`{short(of)}` names no charges",
                        "write `30 % of hosting` or `30 % of [hosting, support]`")  # fmt: skip
    return CapLimit(amount=None, rate=percent(rate, reading), charges=charges)


def charged_period(text: str, reading: Reading) -> ChargedPeriod:
    """Which charges count: `judged`, `previous`, `next`, `preceding 30 days`, or a cycle that the period ends in."""
    if text in _NEIGHBOURS:
        return _NEIGHBOURS[text]
    preceding = re.fullmatch(r"preceding ([0-9]{1,4}) days", text)
    if preceding is not None:
        if not 1 <= int(preceding[1]) <= 3660:
            raise Malformed("out-of-range", f"`{short(text)}` is no stretch of days", "write `preceding 30 days`")
        return ChargedPeriod(kind="preceding", days=int(preceding[1]))
    try:
        return ChargedPeriod(kind="cycle", cycle=cut(text, reading))
    except Malformed:
        words = ("judged", "previous", "next", "preceding 30 days", "month", "quarter", "year")
        hint = did_you_mean(text, words) or f"write one of {', '.join(f'`{word}`' for word in words)}"
        raise Malformed("unknown-value", f"`{short(text)}` is no period whose charges count", hint) from None


def slope(text: str, reading: Reading) -> SlopeText:
    """`2 % per percentage point below 98 %`: a rate or amount, its unit, a side, and where it starts."""
    written = re.fullmatch(r"(.+?) per (.+?) (below|above) (.+)", text)
    if written is None:
        hint = "write `2 % per percentage point below 98 %` or `50.00 EUR per 30 minutes above 4 hours`"
        raise Malformed("malformed-quantity", f"`{short(text)}` is no slope", hint)
    pays, unit, side, start = written.groups()
    per = quantity(unit if unit[0].isdigit() else f"1 {unit}", reading)
    if per.number <= 0:
        raise Malformed(
            "out-of-range", f"`{short(unit)}` is no unit to count", "write `percentage point`, `30 minutes`"
        )
    is_rate = pays.endswith("%")
    return SlopeText(
        rate=percent(pays, reading) if is_rate else None,
        amount=None if is_rate else money(pays, reading),
        per=per,
        side=Edge(side),
        start=None if start == "the promise" else quantity(start, reading),
    )
