"""Compiles indicators of readings that lie outside limits, during a delivery or in a period.

Owns: which limits go together. Does not own: the other measures (indicator_terms).
"""

from __future__ import annotations

from fractions import Fraction

from malus.model.indicators import Excursion, Indicator, NoData
from malus.model.quantities import Edge, Limit, Unit
from malus.rulefiles import forms_deliveries as forms
from malus.rulefiles.documents import Malformed, Unsound
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import EDGES
from malus.rulefiles.forms_measures import COUNTED_IN, WHERE_SITE
from malus.rulefiles.indicator_parts import common_parts, selection
from malus.rulefiles.levels import duration_value
from malus.rulefiles.quantities_text import Quantity
from malus.rulefiles.scalars import NAME, NO_DATA, QUANTITY
from malus.rulefiles.scope import Scope


def excursion_terms(name: str, given: Given, scope: Scope) -> Indicator:
    """How many readings lie outside, or how far the worst does."""
    del scope  # it names nothing but its service
    where = selection(given, WHERE_SITE)
    limits = reading_limits(name, given, inside=False)
    measured_on = given.must("measured_on", forms.EXCURSION_ON)
    if given.must("no_data", NO_DATA) is NoData.PREVIOUS and measured_on == "each_delivery":
        what = "a delivery without readings says nothing about the next"
        given.reading.error("unknown-value", given.at("no_data"), what, hint="write `met`, `missed` or `undetermined`")
        raise Unsound
    return Excursion(
        **common_parts(name, given),
        reads=given.must("reads", NAME) if given.has("reads") else name,
        unit=limits[0].unit,
        outside=limits,
        counts=given.must("counts", forms.COUNTS),
        measured_on=measured_on,
        counted_in=given.must("counted_in", COUNTED_IN),
        where=where,
    )


def reading_limits(name: str, given: Given, *, inside: bool) -> tuple[Limit, ...]:
    """The limits that a reading is held against, one on each side at most: inside of both, or outside of either."""
    written = [edge for edge in EDGES if given.has(edge)]
    sides = [edge in ("below", "at_most") for edge in written]
    if not written or sides.count(True) > 1 or sides.count(False) > 1:
        code = "duplicate-name" if written else "missing-key"
        what = f"`{name}` has {'two limits on one side' if written else 'no limit'}"
        given.reading.error(code, given.label, what, hint="write `below:`, `above:` or both")
        raise Unsound
    limits = [_limit(name, Edge(edge), given) for edge in written]
    if len({limit.unit for limit in limits}) > 1:
        given.reading.error("wrong-unit", given.label, "the limits have two units", hint="write both in one unit")
        raise Unsound
    if len(limits) == 2:
        upwards = (Edge.ABOVE, Edge.AT_LEAST)
        low, high = sorted(limits, key=lambda limit: (limit.edge in upwards) is not inside)
        if low.value >= high.value:
            what = "no reading is inside both limits"
            hint = f"write the lower limit with `{'at_least' if inside else 'below'}`"
            given.reading.error("out-of-range", given.label, what, hint=hint)
            raise Unsound
        return (low, high) if inside else tuple(limits)
    return tuple(limits)


def _limit(name: str, edge: Edge, given: Given) -> Limit:
    told = given.must(edge.value, QUANTITY)
    try:
        unit, value = _value(name, told)
    except Malformed as fault:
        given.reading.error(fault.code, given.at(edge.value), fault.what, hint=fault.hint)
        raise Unsound from None
    return Limit(edge=edge, value=value, unit=unit)


def _value(name: str, told: Quantity) -> tuple[Unit, Fraction]:
    if told.unit == "%":
        return Unit.PERCENT, told.number / 100
    if not told.unit:
        return Unit.COUNT, told.number
    return Unit.DURATION, duration_value(told, name)
