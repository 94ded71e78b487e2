"""Compiles levels that are made of other levels: of periods, of indicators, of subjects.

Owns: which indicators may be combined how. Does not own: the measuring of any of them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypedDict

from malus.model.combined import Combined, Takes
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Indicator,
    Points,
    Ratio,
    Share,
    TimeShare,
    is_of_each,
    level_unit,
)
from malus.model.quantities import Unit
from malus.rulefiles import forms_combined as forms
from malus.rulefiles.documents import Unsound
from malus.rulefiles.forms import Given
from malus.rulefiles.indicator_parts import common_parts
from malus.rulefiles.levels import accepted_values, counted_things, level_range
from malus.rulefiles.nodes import Node
from malus.rulefiles.scalars import NAME, NAMES
from malus.rulefiles.scope import Scope


class _OfParts(TypedDict):
    unit: Unit
    things: str
    least: Fraction | None
    most: Fraction | None


def over_periods_terms(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Combined:
    """The last so many periods of one indicator, or those inside each period."""
    source = level_source(indicators, given.must("indicator", NAME), given.at("indicator"), given, scope)
    last = given.must("over", forms.OVER)
    counted_back = last != forms.INSIDE
    if counted_back and not given.has("fewer"):
        given.lacks("fewer", "the first periods have fewer before them")
    if not counted_back and given.has("fewer"):
        what = "the periods inside another one are as many as they are"
        given.reading.error(
            "wrong-measure", given.key_node("fewer"), what, hint="take it out, or write `over: last 12`"
        )
        raise Unsound
    parts = common_parts(name, given)
    _same_subjects(given, parts["for_each"], source)
    takes = given.must("takes", forms.TAKES)
    return Combined(
        **parts,
        over="periods",
        indicators=(source.name,),
        takes=takes,
        last=last if counted_back else None,
        fewer=given.get("fewer", forms.FEWER) or "counts",
        missing=given.must("missing", forms.MISSING),
        **_of_parts(given, takes, (source,)),
    )


def over_indicators_terms(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Combined:
    """Several indicators in one period."""
    named = given.must("indicators", NAMES)
    sources = [level_source(indicators, item.value, item.node, given, scope) for item in named]
    parts = common_parts(name, given)
    for source, item in zip(sources, named, strict=True):
        _same_subjects(given, parts["for_each"], source)
        if source.cycle != parts["cycle"]:
            what = f"`{source.name}` cuts time in another way than `{name}`"
            given.reading.error("wrong-measure", item.node, what, hint="write the same `per` at both")
            raise Unsound
    takes = given.must("takes", forms.TAKES)
    if takes is not Takes.FIRST_OVER_SECOND and given.has("accepts"):
        what = "these levels lie between those of the parts"
        given.reading.error("unknown-key", given.key_node("accepts"), what, hint="leave `accepts` out")
        raise Unsound
    missing = given.must("missing", forms.MISSING)
    return Combined(
        **parts,
        over="indicators",
        indicators=tuple(dict.fromkeys(source.name for source in sources)),
        takes=takes,
        missing=missing,
        **(
            _one_over_other(name, given, sources, missing)
            if takes is Takes.FIRST_OVER_SECOND
            else _of_parts(given, takes, sources)
        ),
    )


def over_subjects_terms(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Combined:
    """Every subject of one indicator in one period."""
    source = level_source(indicators, given.must("indicator", NAME), given.at("indicator"), given, scope)
    parts = common_parts(name, given)
    if source.for_each is None or parts["for_each"] is not None or source.cycle != parts["cycle"]:
        what = f"`{source.name}` is not measured for each subject in the periods of `{name}`"
        hint = "name an indicator with `for_each` and the same `per`, and leave `for_each` out here"
        given.reading.error("wrong-measure", given.at("indicator"), what, hint=hint)
        raise Unsound
    takes = given.must("takes", forms.TAKES)
    return Combined(
        **parts,
        over="subjects",
        indicators=(source.name,),
        takes=takes,
        missing=given.must("missing", forms.MISSING),
        **_of_parts(given, takes, (source,)),
    )


def level_source(indicators: dict[str, Indicator], name: str, node: Node, given: Given, scope: Scope) -> Indicator:
    """An indicator that has a level for each of its periods; Unsound, and reported, where it has none or is unknown."""
    if not scope.refer("indicator", name, node, given.reading):
        raise Unsound
    source = indicators.get(name)
    if source is None or isinstance(source, Points) or is_of_each(source):
        what = f"`{name}` has no level for a period as a whole"
        hint = "name one of whole periods, not of incidents, deliveries or points; a combined one stands further up"
        given.reading.error("wrong-measure", node, what, hint=hint)
        raise Unsound
    return source


def _same_subjects(given: Given, kind: str | None, source: Indicator) -> None:
    if source.for_each != kind:
        what = f"`{source.name}` is measured for {'each ' + source.for_each if source.for_each else 'the whole'}"
        hint = "write the same `for_each` at both, or `from: subjects` to make one level of all of them"
        given.reading.error("wrong-measure", given.label, what, hint=hint)
        raise Unsound


def _one_over_other(name: str, given: Given, sources: list[Indicator], missing: str) -> _OfParts:
    """A percentage of two levels of one unit, neither of them a percentage, between what the terms accept."""
    at, what, hint = given.at("indicators"), "", ""
    if len({source.name for source in sources}) != 2 or len(sources) != 2:
        what, hint = "one indicator is taken over one other", "name two: `[delivered, promised]`"
    elif level_unit(sources[0]) is not level_unit(sources[1]):
        what, hint = "levels of several units make no one level", "name indicators of one unit"
    elif level_unit(sources[0]) is Unit.PERCENT:
        what, hint = "a percentage over a percentage is no share of anything", "name sums, counts or times"
    elif any(least is None or least < 0 for least in (level_range(source)[0] for source in sources)):
        what, hint = "a level below nothing makes no share", "let the `accepts` of both begin at `0`"
    elif missing == "left_out":
        at, what, hint = given.at("missing"), "with one of two left out nothing is left", "write `undetermined`"
    elif not given.has("accepts"):
        given.lacks("accepts", "a level above 100 % may be meant or a slip")
        raise Unsound
    if what:
        given.reading.error("wrong-measure", at, what, hint=hint)
        raise Unsound
    unit, least, most = accepted_values(name, given)
    if unit is not Unit.PERCENT or least < 0:
        what = f"`{name}` is a percentage of at least nothing"
        given.reading.error("wrong-unit", given.at("accepts"), what, hint="write `0 % to 150 %`")
        raise Unsound
    return _OfParts(unit=unit, things="values", least=least, most=most)


def _of_parts(given: Given, takes: Takes, sources: tuple[Indicator, ...] | list[Indicator]) -> _OfParts:
    units = {level_unit(source) for source in sources}
    unit = next(iter(units))
    what = ""
    if takes is Takes.FIRST_OVER_SECOND:
        what, hint = "only one indicator is taken over another", "write `from: indicators` with two of them"
    elif len(units) > 1:
        what, hint = "levels of several units make no one level", "name indicators of one unit"
    elif takes is Takes.SUM and unit is Unit.PERCENT:
        what, hint = "percentages do not add up to a level", "write `takes: mean` or `takes: ratio_of_sums`"
    elif takes is Takes.RATIO_OF_SUMS and not all(_is_ratio(source) for source in sources):
        what, hint = "not all of these levels are ratios of time or of counts", "write `takes: mean`"
    if what:
        given.reading.error("wrong-measure", given.at("takes"), what, hint=hint)
        raise Unsound
    ends = [level_range(source) for source in sources]
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    least = None if None in lows else min(low for low in lows if low is not None)
    most = None if None in highs else max(high for high in highs if high is not None)
    if takes is Takes.SUM:
        least, most = (Fraction(0) if least == 0 else None), None
    things = {counted_things(source) for source in sources}
    return _OfParts(unit=unit, things=things.pop() if len(things) == 1 else "values", least=least, most=most)


def _is_ratio(source: Indicator) -> bool:
    """Whether a level is something over something that can be added up over periods."""
    if isinstance(source, Combined):
        return source.takes is Takes.RATIO_OF_SUMS
    if isinstance(source, Availability) and source.weights is not None and source.weights.by == "share":
        # Its figures are those of the finest share that was hit in a period, so a month would weigh by its outages.
        return False
    return level_unit(source) is Unit.PERCENT and isinstance(
        source, Availability | CheckedAvailability | TimeShare | Ratio | Share
    )
