"""Compiles by which indicator the rows of a table are looked up, where it is not the promised one.

Owns: that the other one has a level for the same periods and subjects. Does not own: the rows (band_terms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from malus.model.indicators import (
    Delivered,
    DeliveryTime,
    Elapsed,
    Excursion,
    Indicator,
    NoData,
    Points,
    Sample,
)
from malus.rulefiles.documents import Item, Unsound
from malus.rulefiles.forms import Given
from malus.rulefiles.scalars import NAME, SLOPE
from malus.rulefiles.scope import Scope


def rows_by_terms(
    given: Given,
    rows: Sequence[Item[Given]],
    judged: Indicator | None,
    indicators: Mapping[str, Indicator],
    scope: Scope,
) -> Indicator:
    """The indicator by whose level the rows are looked up: the promised one, or another that fits it."""
    if not any(key.name == "rows_by" for key in given.form.keys) or not given.has("rows_by"):
        if judged is None:
            raise Unsound
        return judged
    name, node = given.must("rows_by", NAME), given.at("rows_by")
    if not scope.refer("indicator", name, node, given.reading):
        raise Unsound
    other, promised = indicators.get(name), judged
    if other is None or promised is None:
        raise Unsound
    what, hint = _misfit(other, promised)
    if what:
        given.reading.error("wrong-measure", node, what, hint=hint)
        raise Unsound
    if given.has("pays"):
        what = "rows by another indicator pay only where the promise is missed"
        given.reading.error("unknown-key", given.key_node("pays"), what, hint="leave `pays` out")
        raise Unsound
    for item in rows:
        told = item.value.get("slope", SLOPE)
        if told is not None and told.start is None:
            what = f"the promise is one on `{promised.name}`, and this row is looked up by `{name}`"
            given.reading.error("wrong-measure", item.value.at("slope"), what, hint="write the level where it starts")
            raise Unsound
    return other


def _misfit(other: Indicator, promised: Indicator) -> tuple[str, str]:
    """Why rows cannot be looked up by another indicator, and what to write instead; empty where they can."""
    without = next((item for item in (promised, other) if _is_single(item)), None)
    if without is None and isinstance(other, Delivered):
        without = other
    if without is not None:
        hint = "promise and rows both need an indicator of whole periods, and none of points"
        return f"`{without.name}` has no level for a period as a whole", hint
    if other.name == promised.name:
        return f"the rows are looked up by `{other.name}` as it is", "leave `rows_by` out"
    if other.cycle != promised.cycle:
        return f"`{other.name}` cuts time in another way than `{promised.name}`", "write the same `per` at both"
    if other.for_each != promised.for_each:
        what = f"`{other.name}` is measured for other subjects than `{promised.name}`"
        return what, "write the same `for_each` at both, or at neither"
    if other.no_data is NoData.PREVIOUS:
        what = f"without data `{other.name}` takes the level of the period before"
        return what, "write another `no_data`: rows are looked up by the level of the judged period"
    return "", ""


def _is_single(indicator: Indicator) -> bool:
    """Whether each incident or delivery has a level of its own, or points are counted before all else is judged."""
    if isinstance(indicator, Excursion | Sample):
        return indicator.measured_on == "each_delivery"
    return isinstance(indicator, Elapsed | DeliveryTime | Points)
