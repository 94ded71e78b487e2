"""Compiles conditions over occurrences and total time: what is counted, and the window it is counted in.

Owns: which windows a condition may have and what must be said about them. Does not own: windows over missed periods
(condition_terms).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from malus.model.conditions import (
    CalendarDays,
    CalendarMonths,
    Fires,
    OccurrencesInWindow,
    OnePeriod,
    Span,
    TotalInWindow,
    TrailingTime,
)
from malus.model.durations import parse_duration
from malus.model.indicators import Availability, Indicator, Occurrences
from malus.model.instants import DAY
from malus.model.quantities import Limit, Unit
from malus.rulefiles import forms_conditions as forms
from malus.rulefiles.documents import Malformed, Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.levels import count_value, edge_written
from malus.rulefiles.quantities_text import Quantity
from malus.rulefiles.scalars import CYCLE, ELAPSED_TIME, NAME, QUANTITY, WINDOW
from malus.rulefiles.scope import Scope

_IN_DAYS: Final[dict[str, Literal[1, 7]]] = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_IN_MONTHS: Final[dict[str, Literal[1, 3, 12]]] = {
    "month": 1,
    "months": 1,
    "quarter": 3,
    "quarters": 3,
    "year": 12,
    "years": 12,
}


def occurrences_terms(
    when: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]
) -> OccurrencesInWindow:
    """A number of occurrences in a window; Unsound where it is faulty."""
    span = built(lambda: _span(when))
    indicator = _indicator(when, "occurrences", scope, indicators)
    if not isinstance(indicator, Occurrences):
        hint = "name an indicator of measure `occurrences`"
        when.reading.error("wrong-measure", when.at("occurrences"), f"`{indicator.name}` counts nothing", hint=hint)
        raise Unsound
    edge = edge_written(when, "the condition")
    told = when.must(edge.value, QUANTITY)
    try:
        value = count_value(told, indicator.origin, indicator.name)
    except Malformed as fault:
        when.reading.error(fault.code, when.at(edge.value), fault.what, hint=fault.hint)
        raise Unsound from None
    if span is None:
        raise Unsound
    return OccurrencesInWindow(
        indicator=indicator.name,
        count=Limit(edge=edge, value=value, unit=Unit.COUNT),
        span=span,
        placed_at=when.must("placed_at", forms.PLACED_AT),
        at_the_edge=_at_the_edge(when, span),
        fires=sure(fires),
    )


def total_terms(when: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]) -> TotalInWindow:
    """A total of time down in a window; Unsound where it is faulty."""
    span = built(lambda: _length(when))
    indicator = _indicator(when, "total", scope, indicators)
    if not isinstance(indicator, Availability):
        hint = "name an indicator of measure `availability` from outages"
        when.reading.error("wrong-measure", when.at("total"), f"`{indicator.name}` adds up no time down", hint=hint)
        raise Unsound
    edge = edge_written(when, "the condition")
    total = Limit(edge=edge, value=Fraction(when.must(edge.value, ELAPSED_TIME)), unit=Unit.DURATION)
    if span is None:
        raise Unsound
    return TotalInWindow(indicator=indicator.name, total=total, span=span, fires=sure(fires))


def _indicator(when: Given, key: str, scope: Scope, indicators: dict[str, Indicator]) -> Indicator:
    name = when.must(key, NAME)
    scope.refer("indicator", name, when.at(key), when.reading)
    if name not in indicators:
        raise Unsound
    return indicators[name]


def _span(when: Given) -> Span:
    """The window of a condition on occurrences: real time, whole days, months back, or one period."""
    told = _within(when)
    if told is None:
        _refuse_day(when, "one stretch of the calendar")
        return OnePeriod(cycle=when.must("per", CYCLE))
    if told.unit in _IN_MONTHS:
        _refuse_day(when, "months")
        return CalendarMonths(months=_whole(when, told) * _IN_MONTHS[told.unit])
    if told.unit not in _IN_DAYS:
        _refuse_day(when, "elapsed time")
        return _elapsed(when, told)
    days = _whole(when, told) * _IN_DAYS[told.unit]
    if not when.has("day"):
        when.lacks("day", "a day can be 24 hours or a day of the calendar")
    if when.must("day", forms.DAY) == "calendar_day":
        return CalendarDays(days=days)
    return TrailingTime(microseconds=days * DAY)


def _length(when: Given) -> TrailingTime | OnePeriod:
    """The window of a condition on total time: days of 24 hours, elapsed time, or one period."""
    told = _within(when)
    if told is None:
        return OnePeriod(cycle=when.must("per", CYCLE))
    if told.unit in _IN_DAYS:
        return TrailingTime(microseconds=_whole(when, told) * _IN_DAYS[told.unit] * DAY)
    if told.unit in _IN_MONTHS:
        hint = "write `per: month` for the month of the calendar, or `within: any 30 days`"
        what = f"`{told.text}` are of different lengths, and time down is added up over one length"
        when.reading.error("wrong-unit", when.at("within"), what, hint=hint)
        raise Unsound
    span = _elapsed(when, told)
    if span.microseconds == 0:
        when.reading.error("out-of-range", when.at("within"), "a window of no time holds no time down", hint="widen it")
        raise Unsound
    return span


def _within(when: Given) -> Quantity | None:
    """The quantity after `within`, None where the window is one period (`per`)."""
    if when.has("within") == when.has("per"):
        code = "duplicate-name" if when.has("within") else "missing-key"
        what = "this condition has two windows" if when.has("within") else "this condition has no window"
        hint = "write `within: any 30 days`, or `per: month` for a stretch of the calendar"
        when.reading.error(code, when.key_node("per"), what, hint=hint)
        raise Unsound
    return when.must("within", WINDOW) if when.has("within") else None


def _whole(when: Given, told: Quantity) -> int:
    if told.number < 1:
        when.reading.error("out-of-range", when.at("within"), f"`{told.text}` is no window", hint="write `any 30 days`")
        raise Unsound
    return int(told.number)


def _elapsed(when: Given, told: Quantity) -> TrailingTime:
    try:
        return TrailingTime(microseconds=parse_duration(f"{int(told.number)} {told.unit}").exact_microseconds)
    except ValueError:
        what = f"`{told.text}` is no length of a window"
        when.reading.error("wrong-unit", when.at("within"), what, hint="write `any 30 days` or `any 2 hours`")
        raise Unsound from None


def _refuse_day(when: Given, counted: str) -> None:
    if when.has("day"):
        what = f"this window is {counted}, and no day is counted"
        when.reading.error("unknown-key", when.key_node("day"), what, hint="leave `day` out")
        raise Unsound


def _at_the_edge(when: Given, span: Span) -> Literal["inside", "outside"]:
    if isinstance(span, OnePeriod | CalendarDays):
        if when.has("at_the_edge"):
            what = "a stretch of the calendar holds its first instant and not its end: no occurrence lies at its edge"
            when.reading.error("unknown-key", when.key_node("at_the_edge"), what, hint="leave `at_the_edge` out")
            raise Unsound
        return "inside"
    if not when.has("at_the_edge"):
        when.lacks("at_the_edge", "an occurrence exactly as old as the window is in it or not")
    return when.must("at_the_edge", forms.AT_THE_EDGE)
