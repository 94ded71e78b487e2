"""Compiles targets that move: the days, the stride or the level, the bounds, and that no target leaves its range.

Does not own: the limits that move (levels), or the arithmetic of a move (model.moving).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from malus.model.indicators import Indicator, PriorityLimit, level_unit
from malus.model.moving import Move, Moves, Stride
from malus.model.quantities import LevelRounding, Unit, limit_text, value_text
from malus.rulefiles import forms_moves as forms
from malus.rulefiles.combined_terms import level_source
from malus.rulefiles.documents import Malformed, Unsound
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_moves import StrideText
from malus.rulefiles.levels import counted_things, duration_value, level_range, things_value, value_in
from malus.rulefiles.nodes import Node
from malus.rulefiles.scalars import DATE, DURATION, NAME, QUANTITY
from malus.rulefiles.scope import Scope

_MONTHS = {"months": 1, "quarters": 3, "years": 12}
_MOST_MONTHS = 1200
_How = Literal["rises", "falls", "becomes"]


def moves_terms(
    given: Given,
    limits: Sequence[PriorityLimit],
    indicator: Indicator,
    indicators: dict[str, Indicator],
    scope: Scope,
) -> Moves:
    """How the limits of a promise move; Unsound where that is faulty."""
    hows: dict[int, _How] = {id(forms.RISES): "rises", id(forms.FALLS): "falls", id(forms.BECOMES): "becomes"}
    how = hows[id(given.form)]
    first, months = given.must("first", DATE), _months(given)
    _check_days(given, first, months)
    source = _source(given, limits, indicator, indicators, scope) if how == "becomes" else None
    by = None if source is not None else _stride(given, f"{how}_by", indicator)
    move = Move(
        how=how,
        by=by,
        indicator="" if source is None else source.name,
        looser=None if source is None else given.must("looser", forms.LOOSER),
        by_at_most=_stride(given, "by_at_most", indicator) if given.has("by_at_most") else None,
        round=_round(given, by),
        never_beyond=_bound(given, indicator) if given.has("never_beyond") else None,
    )
    _check_range(given, move, limits, indicator)
    no_level = None if source is None else given.must("no_level", forms.NO_LEVEL)
    return Moves(first=first, every_months=months, move=move, no_level=no_level)


def most_moved(moves: Moves | None, limits: Sequence[PriorityLimit], indicator: Indicator) -> list[PriorityLimit]:
    """The limits of a promise with the furthest that each may move to: what a table of rows must speak of."""
    if moves is None:
        return list(limits)
    move, (least, most) = moves.move, level_range(indicator)
    found = list(limits)
    for item in limits:
        ahead, behind = (most, least) if move.rises_from(item.limit.edge) else (least, most)
        ends = [
            ahead if move.never_beyond is None else move.never_beyond,
            behind if move.looser == "follows" else None,
        ]
        found += [_at(item, end) for end in ends if end is not None]
    return found


def _at(item: PriorityLimit, value: Fraction) -> PriorityLimit:
    limit = type(item.limit)(edge=item.limit.edge, value=value, unit=item.limit.unit)
    return PriorityLimit(priority=item.priority, limit=limit, subject=item.subject, season=item.season)


def _months(given: Given) -> int:
    every = given.must("every", DURATION)
    months = every.number * _MONTHS.get(every.unit, 0)
    if months.denominator != 1 or not 1 <= months <= _MOST_MONTHS:
        what = f"`{every}` is no number of whole months"
        given.reading.error("wrong-unit", given.at("every"), what, hint="write `12 months`, or `1 year`")
        raise Unsound
    return months.numerator


def _check_days(given: Given, first: datetime.date, months: int) -> None:
    """Every month in which the target moves must have the day of the month."""
    try:
        Moves(first=first, every_months=months, move=_ANY)
    except ValueError:
        what = f"not every month in which the target moves has a day {first.day}"
        given.reading.error("malformed-date", given.at("first"), what, hint="write the first day of the next month")
        raise Unsound from None


_ANY = Move(how="rises", by=Stride(amount=Fraction(1), of="unit"))


def _source(
    given: Given,
    limits: Sequence[PriorityLimit],
    indicator: Indicator,
    indicators: dict[str, Indicator],
    scope: Scope,
) -> Indicator:
    """The indicator whose level the target becomes."""
    source = level_source(indicators, given.must("becomes", NAME), given.at("becomes"), given, scope)
    what, hint = "", ""
    if level_unit(source) is not level_unit(indicator) or counted_things(source) != counted_things(indicator):
        what = f"`{source.name}` and `{indicator.name}` have levels of different units"
        hint = "name an indicator whose levels are of the same unit"
    elif source.for_each not in (None, indicator.for_each):
        what = f"`{source.name}` is measured for each {source.for_each}, `{indicator.name}` is not"
        hint = "write the same `for_each` at both, or leave it out there"
    elif any(item.season is not None or item.priority is not None for item in limits):
        what = f"one level of `{source.name}` would become the target of every season and priority"
        hint = "write one limit, or one for each subject; or let the targets rise or fall by so much"
    if what:
        given.reading.error("wrong-measure", given.at("becomes"), what, hint=hint)
        raise Unsound
    return source


def _stride(given: Given, key: str, indicator: Indicator) -> Stride:
    told = given.must(key, forms.STRIDE)
    try:
        return _stride_on(told, indicator)
    except Malformed as fault:
        given.reading.error(fault.code, given.at(key), fault.what, hint=fault.hint)
        raise Unsound from None


def _stride_on(told: StrideText, indicator: Indicator) -> Stride:
    unit = level_unit(indicator)
    if told.quantity is None:
        if told.of == "rest" and unit is not Unit.PERCENT:
            what = f"`{indicator.name}` is no percentage, so nothing is left between its target and 100 %"
            raise Malformed("wrong-unit", what, "write `5 % of target`, or how far in its own unit")
        return Stride(amount=told.share, of=told.of)
    quantity = told.quantity
    match unit:
        case Unit.PERCENT:
            if quantity.unit.removesuffix("s") != "percentage point":
                what = f"`{indicator.name}` is a percentage, `{quantity.text}` is no part of it"
                raise Malformed("wrong-unit", what, "write `0.1 percentage points`, `5 % of target` or `10 % of rest`")
            return Stride(amount=quantity.number / 100, of="unit")
        case Unit.DURATION:
            return Stride(amount=duration_value(quantity, indicator.name), of="unit")
        case Unit.COUNT:
            return Stride(amount=things_value(quantity, counted_things(indicator), indicator.name), of="unit")


def _round(given: Given, by: Stride | None) -> LevelRounding | None:
    told = given.get("round", forms.ROUND_OR_EXACT)
    if not given.has("round") and by is not None and by.of != "unit":
        given.lacks("round", "a share of a target seldom comes out even")
        raise Unsound
    if given.has("round") and told is None:
        raise Unsound
    return told if isinstance(told, LevelRounding) else None


def _bound(given: Given, indicator: Indicator) -> Fraction:
    told = given.must("never_beyond", QUANTITY)
    try:
        value = value_in(told, indicator)
        least, most = level_range(indicator)
        if (least is not None and value < least) or (most is not None and value > most):
            what = f"`{told.text}` is outside what `{indicator.name}` can be"
            raise Malformed("out-of-range", what, "write a level that it can have")
    except Malformed as fault:
        given.reading.error(fault.code, given.at("never_beyond"), fault.what, hint=fault.hint)
        raise Unsound from None
    return value


def _check_range(given: Given, move: Move, limits: Sequence[PriorityLimit], indicator: Indicator) -> None:
    """No written target lies beyond the bound already, and none can leave what the level can be."""
    node: Node = given.at("never_beyond")
    for item in limits:
        rises, bound = move.rises_from(item.limit.edge), move.never_beyond
        if bound is not None and (item.limit.value > bound if rises else item.limit.value < bound):
            side = "above" if rises else "below"
            bound_text = value_text(bound, item.limit.unit)
            what = f"the target `{limit_text(item.limit)}` lies {side} {bound_text} before it has moved"
            given.reading.error("out-of-range", node, what, hint="write the last target that the paper allows")
            raise Unsound
    rises = move.rises_from(limits[0].limit.edge)
    end = level_range(indicator)[1 if rises else 0]
    # A share of what is left never uses it up; a level is always within what levels can be.
    arrives = move.by is not None and move.by.of != "rest" and not (move.by.of == "target" and not rises)
    if move.never_beyond is None and end is not None and arrives:
        end_text = value_text(end, level_unit(indicator))
        given.lacks("never_beyond", f"one day the target would pass {end_text}, which nothing can")
        raise Unsound
