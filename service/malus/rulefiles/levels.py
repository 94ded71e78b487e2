"""Turns written quantities into limits: an edge and a value in the unit of the indicator it is held against.

Owns: which unit fits which indicator, and the sentence for one that does not. Does not own: the indicators.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from malus.model.combined import Combined
from malus.model.indicators import (
    Delivered,
    DeliveryTime,
    Elapsed,
    GivenValue,
    Indicator,
    Occurrences,
    Points,
    PriorityLimit,
    Statistic,
    level_unit,
)
from malus.model.instants import DAY
from malus.model.quantities import Edge, Limit, Unit, value_text
from malus.rulefiles.documents import Malformed, Named, Unsound
from malus.rulefiles.findings import Reading, did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import EDGES
from malus.rulefiles.nodes import Mapping, Node
from malus.rulefiles.quantities_text import Quantity, elapsed_time
from malus.rulefiles.scalars import ACCEPTED_RANGE, LIMIT
from malus.rulefiles.scope import Scope
from malus.rulefiles.season_terms import by_season, tells_seasons
from malus.rulefiles.subject_pairs import words_for_pairs
from malus.rulefiles.subject_terms import by_subject

_COUNTED: Final = {
    "outages": ("outage", "outages", "occurrence", "occurrences", "time", "times"),
    "incidents": ("incident", "incidents", "occurrence", "occurrences", "time", "times"),
    "deliveries": ("delivery", "deliveries"),
    "points": ("point", "points", "service point", "service points"),
    "values": (),
}
#: Where a quantity is read again, its faults are known to the caller and reported there.
_UNREAD: Final = Reading(path="")
_EXAMPLE: Final = {
    "outages": "2 outages",
    "incidents": "2 incidents",
    "deliveries": "1 delivery",
    "points": "6 points",
    "values": "2",
}


def edge_written(given: Given, name: str) -> Edge:
    """The one edge that a form has; none or several are faults."""
    written = [edge for edge in EDGES if any(key.name == edge for key in given.form.keys) and given.has(edge)]
    if len(written) == 1:
        return Edge(written[0])
    choices = ", ".join(f"`{edge}`" for edge in EDGES if any(key.name == edge for key in given.form.keys))
    if not written:
        given.reading.error("missing-key", given.label, f"{name} has no limit", hint=f"write one of {choices}")
    else:
        what = f"{name} has {len(written)} limits"
        given.reading.error("duplicate-name", given.key_node(written[1]), what, hint=f"write one of {choices}")
    raise Unsound


def limits_on(given: Given, indicator: Indicator, name: str, scope: Scope | None = None) -> tuple[PriorityLimit, ...]:
    """The limit of a promise, or one for each priority, by priority in the order of the alphabet.

    With the `scope` of the file, which a promise has, also one by name or class of the indicator's subjects, names
    first, or one by the part of the year.
    """
    edge = edge_written(given, name)
    told = given.must(edge.value, LIMIT)
    node = given.at(edge.value)
    if isinstance(told, Quantity):
        return (PriorityLimit(priority=None, limit=limit_on(edge, told, indicator, given, node)),)
    assert isinstance(node, Mapping)
    if scope is not None and _tells_subjects(told, indicator, scope):
        by_whom = by_subject(told, indicator.for_each, given, edge.value, scope)
        return tuple(
            PriorityLimit(
                priority=None,
                limit=limit_on(edge, quantity, indicator, given, node.get(word) or node),
                subject=word,
            )
            for word, quantity in by_whom
        )
    if scope is not None and tells_seasons(told):
        by_part = by_season(told, given, edge.value)
        return tuple(
            PriorityLimit(priority=None, limit=limit_on(edge, quantity, indicator, given, at), season=season)
            for season, at, quantity in by_part
        )
    if not isinstance(indicator, Elapsed):
        what = f"`{indicator.name}` has no priorities"
        seasons = "" if scope is None else ", or one for each part of the year: `november-march`"
        given.reading.error("wrong-type", given.key_node(edge.value), what, hint=f"write one limit{seasons}")
        raise Unsound
    limits: list[PriorityLimit | None] = []
    for named in told:
        check_priority(indicator, named.name, given, named.key)
        if named.value is None:
            limits.append(None)
            continue
        at = node.get(named.name) or named.key
        limits.append(_limit_of(named.name, edge, named.value, indicator, given, at))
    sound = [limit for limit in limits if limit is not None]
    if len(sound) < len(limits):
        raise Unsound
    return tuple(sorted(sound, key=lambda limit: limit.priority or ""))


def _tells_subjects(told: Sequence[Named[Quantity]], indicator: Indicator, scope: Scope) -> bool:
    """Whether a map of limits tells subjects apart, and not the parts of the year, nor priorities of incidents."""
    if indicator.for_each is None:
        return False
    words = words_for_pairs(indicator.for_each, scope.subjects)
    may_be_else = isinstance(indicator, Elapsed) or tells_seasons(told)
    return not may_be_else or any(item.name in words for item in told)


def check_priority(indicator: Elapsed, priority: str, given: Given, at: Node) -> None:
    """Report a priority that the indicator's own list does not have."""
    if indicator.priorities and priority not in indicator.priorities:
        what = f"`{priority}` is no priority of `{indicator.name}`"
        given.reading.error("unknown-value", at, what, hint=did_you_mean(priority, indicator.priorities))


def limit_on(edge: Edge, told: Quantity, indicator: Indicator, given: Given, at: Node) -> Limit:
    """A limit in the indicator's unit, and within what its level can be."""
    try:
        value = value_in(told, indicator)
        _check_range(value, edge, told, indicator)
    except Malformed as fault:
        given.reading.error(fault.code, at, fault.what, hint=fault.hint)
        raise Unsound from None
    return Limit(edge=edge, value=value, unit=level_unit(indicator))


def value_in(told: Quantity, indicator: Indicator) -> Fraction:
    """The value of a quantity in the indicator's unit; Malformed where it has another."""
    unit = level_unit(indicator)
    if unit is Unit.PERCENT:
        return percent_value(told, indicator.name)
    if isinstance(indicator, DeliveryTime | Statistic) and told.unit in ("day", "days") and unit is Unit.DURATION:
        return _days_value(told, indicator)
    if unit is Unit.DURATION:
        return duration_value(told, indicator.name)
    return count_value(told, counted_things(indicator), indicator.name)


def accepted_values(name: str, given: Given) -> tuple[Unit, Fraction, Fraction]:
    """The first and the last reading that an indicator accepts, and the unit that both are in."""
    low, high = given.must("accepts", ACCEPTED_RANGE)
    try:
        if low.unit == "%":
            return Unit.PERCENT, low.number / 100, high.number / 100
        if not low.unit:
            return Unit.COUNT, low.number, high.number
        return Unit.DURATION, duration_value(low, name), duration_value(high, name)
    except Malformed as fault:
        given.reading.error(fault.code, given.at("accepts"), fault.what, hint=fault.hint)
        raise Unsound from None


def percent_value(told: Quantity, name: str) -> Fraction:
    """A percentage as a part of one."""
    if told.unit != "%":
        raise Malformed("wrong-unit", f"`{name}` is a percentage, `{told.text}` is not", "write `99.9 %`")
    return told.number / 100


def duration_value(told: Quantity, name: str) -> Fraction:
    """An elapsed time in microseconds."""
    try:
        return Fraction(elapsed_time(told.text, _UNREAD))
    except Malformed:
        hint = "write hours, minutes or seconds: `4 hours`"
        raise Malformed("wrong-unit", f"`{name}` is elapsed time, `{told.text}` is not", hint) from None


def _days_value(told: Quantity, indicator: DeliveryTime | Statistic) -> Fraction:
    in_days = indicator.in_days if isinstance(indicator, Statistic) else indicator.days is not None
    if not in_days:
        what = f"`{indicator.name}` does not say what a day is"
        raise Malformed("wrong-unit", what, "write hours, or add `day: 24_hours` or another to the indicator")
    return told.number * DAY


def count_value(told: Quantity, things: str, name: str) -> Fraction:
    """A whole number of things: `3 outages`, `1 delivery`, or a plain number."""
    number = things_value(told, things, name)
    if things != "values" and number.denominator != 1:
        raise Malformed("out-of-range", f"`{told.text}` is no whole number", f"write `{_EXAMPLE[things]}`")
    return number


def things_value(told: Quantity, things: str, name: str) -> Fraction:
    """A number of things, whole or not."""
    if told.unit and told.unit not in _COUNTED[things]:
        counts = "a plain number" if things == "values" else things
        raise Malformed("wrong-unit", f"`{name}` counts {counts}, not `{told.unit}`", f"write `{_EXAMPLE[things]}`")
    return told.number


def counted_things(indicator: Indicator) -> str:
    """What an indicator that counts counts, in the plural."""
    if isinstance(indicator, Combined):
        return indicator.things
    if isinstance(indicator, Occurrences):
        return indicator.origin
    if isinstance(indicator, Points):
        return "points"
    return "deliveries" if isinstance(indicator, Delivered) else "values"


def level_range(indicator: Indicator) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest level that there can be, both inside; None for no end."""
    if isinstance(indicator, Combined):
        return indicator.least, indicator.most
    if isinstance(indicator, Statistic):
        if indicator.takes == "sum" and (indicator.accepts_from or 0) < 0:
            return None, None
        if indicator.takes in ("count", "sum"):
            return Fraction(0), None
        return (indicator.accepts_from, indicator.accepts_to) if indicator.times is None else (Fraction(0), None)
    if isinstance(indicator, GivenValue):
        return indicator.accepts_from, indicator.accepts_to
    if isinstance(indicator, Delivered) or level_unit(indicator) is Unit.PERCENT:
        return Fraction(0), Fraction(1)
    return Fraction(0), None


def _limit_of(
    priority: str, edge: Edge, told: Quantity, indicator: Indicator, given: Given, at: Node
) -> PriorityLimit | None:
    try:
        return PriorityLimit(priority=priority, limit=limit_on(edge, told, indicator, given, at))
    except Unsound:
        return None


def _check_range(value: Fraction, edge: Edge, told: Quantity, indicator: Indicator) -> None:
    least, most = level_range(indicator)
    if (least is not None and value < least) or (most is not None and value > most):
        ends = " to ".join("any" if end is None else value_text(end, level_unit(indicator)) for end in (least, most))
        what = f"`{edge.value.replace('_', ' ')} {told.text}` is outside what `{indicator.name}` can be"
        raise Malformed("out-of-range", what, f"its levels run from {ends}")
