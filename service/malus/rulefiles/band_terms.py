"""Compiles the rows of a table: the levels each takes, and the rate, amount or slope that it pays.

Owns: what one row may say, and that rows of a table can be compared. Does not own: whether a table is complete
(band_table), nor the credit around it (credit_terms).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from malus.model.conditions import Condition
from malus.model.credits import Band, Slope
from malus.model.indicators import Indicator, level_unit
from malus.model.quantities import Edge, Limit, Unit
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.documents import Item, Malformed, Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import EDGES
from malus.rulefiles.levels import counted_things, limit_on, things_value, value_in
from malus.rulefiles.paid_terms import paid_terms
from malus.rulefiles.quantities_text import Quantity
from malus.rulefiles.scalars import QUANTITY, SLOPE
from malus.rulefiles.scope import Scope


def rows_pay_rates(rows: Sequence[Item[Given]]) -> bool:
    """Whether any row pays a rate, flat or by a slope, so that the table needs a base."""
    return any(item.value.has("rate") or _sloped_rate(item.value) for item in rows)


def bands_of(
    rows: Sequence[Item[Given]], condition: Condition | None, judged: Indicator | None, scope: Scope
) -> tuple[Band, ...]:
    """The rows in order, counted from 1. Unsound where one is faulty, or the indicator is.

    All rows of a table pay rates, or all amounts: which of both is more cannot be told before the base is known.
    """
    rates = [item for item in rows if _kinds(item.value) == {"rate"}]
    amounts = [item for item in rows if _kinds(item.value) == {"amount"}]
    mixed = bool(rates) and bool(amounts)
    if mixed:
        odd = (rates if len(rates) < len(amounts) else amounts)[0].value
        what = "some rows pay a rate and some an amount: which of them pays most cannot be told"
        odd.reading.error("mixed-rows", odd.label, what, hint="write all rows with `rate:`, or all with `amount:`")
    bands = tuple(_band(row, item.value, condition, judged, scope) for row, item in enumerate(rows, start=1))
    if mixed:
        raise Unsound
    return tuple(sure(band) for band in bands)


def _sloped_rate(given: Given) -> bool:
    told = given.get("slope", SLOPE)
    return told is not None and told.rate is not None


def _kinds(given: Given) -> set[str]:
    """Whether a row pays rates or amounts; both, or nothing, where it is faulty by itself."""
    kinds = {key for key in ("rate", "amount") if given.has(key)}
    told = given.get("slope", SLOPE)
    return kinds if told is None else kinds | {"rate" if told.rate is not None else "amount"}


def edges_of(given: Given, judged: Indicator | None) -> tuple[Limit, ...] | None:
    """The levels that a row takes; None where an edge, or the indicator, is faulty."""
    written = [edge for edge in EDGES if given.has(edge)]
    sides = [edge in ("below", "at_most") for edge in written]
    sound = True
    if not written:
        given.reading.error("missing-key", given.label, "this row has no edge", hint="write `below:` or another edge")
        sound = False
    if sides.count(True) > 1 or sides.count(False) > 1:
        what = f"this row has `{'` and `'.join(written)}`"
        given.reading.error("duplicate-name", given.label, what, hint="write one lower and one upper edge at most")
        sound = False
    if judged is None:
        return None
    limits = [_limit(given, edge, judged) for edge in written]
    kept = tuple(limit for limit in limits if limit is not None)
    return kept if sound and len(kept) == len(limits) else None


def _band(row: int, given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope) -> Band | None:
    limits, sound = edges_of(given, judged), _pays_one_thing(given)
    slope = None if judged is None else _slope(given, judged)
    paid = built(lambda: paid_terms(given, condition, judged, scope))
    if limits is None or not sound or paid is None or (slope is None and given.has("slope")):
        return None
    return Band(
        row=row,
        limits=limits,
        rate=paid.rate,
        amount=paid.amount,
        slope=slope,
        differs=paid.differs,
        line=given.line,
    )


def _pays_one_thing(given: Given) -> bool:
    kinds = _kinds(given)
    if len(kinds) == 1 or given.faulty("slope"):
        return True
    what = "this row pays " + ("two things" if kinds else "nothing")
    code = "duplicate-name" if kinds else "missing-key"
    hint = "write `rate:`, `amount:` or `slope:`" if not kinds else "write rates only, or amounts only"
    given.reading.error(code, given.label, what, hint=hint)
    return False


def _limit(given: Given, edge: str, judged: Indicator) -> Limit | None:
    told = given.get(edge, QUANTITY)
    if told is None:
        return None
    try:
        return limit_on(Edge(edge), told, judged, given, given.at(edge))
    except Unsound:
        return None


def _slope(given: Given, judged: Indicator) -> Slope | None:
    told = given.get("slope", SLOPE)
    if told is None:
        if given.has("part") and not given.has("slope"):
            what = "only a slope has units that can be begun"
            given.reading.error("unknown-key", given.key_node("part"), what, hint="leave `part` out")
        return None
    try:
        per = _unit_value(told.per, judged)
        start = told.side if told.start is None else limit_on(told.side, told.start, judged, given, given.at("slope"))
    except Malformed as fault:
        given.reading.error(fault.code, given.at("slope"), fault.what, hint=fault.hint)
        return None
    except Unsound:
        return None
    part = given.get("part", forms.PART)
    if part is None:
        if not given.has("part"):
            given.lacks("part", "a unit of the slope may be begun and not full")
        return None
    return Slope(rate=told.rate, amount=told.amount, per=per, start=start, part=part)


def _unit_value(told: Quantity, judged: Indicator) -> Fraction:
    """One unit of a slope in the indicator's unit; Malformed where it has another."""
    match level_unit(judged):
        case Unit.PERCENT:
            if told.unit.removesuffix("s") != "percentage point":
                hint = "write `2 % per percentage point below 98 %`, or `per 0.1 percentage points`"
                raise Malformed("wrong-unit", f"`{told.text}` is no unit of `{judged.name}`, a percentage", hint)
            return told.number / 100
        case Unit.DURATION:
            return value_in(told, judged)
        case Unit.COUNT:
            return things_value(told, counted_things(judged), judged.name)
