"""Compiles statistics of a period's readings or of the times that another indicator measures, and samples.

Owns: what a percentile needs and which values make which figure. Does not own: the other measures (indicator_terms).
"""

from __future__ import annotations

from typing import TypedDict

from malus.model.indicators import CountedIn, DeliveryTime, Elapsed, FewSamples, Indicator, NoData
from malus.model.quantities import Unit
from malus.model.statistics import Percentile, Sample, Statistic, Taken
from malus.rulefiles import forms_statistics as forms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_measures import COUNTED_IN, FEW, WHERE_SITE
from malus.rulefiles.indicator_parts import common_parts, few_terms, selection
from malus.rulefiles.levels import accepted_values
from malus.rulefiles.scalars import NAME, NO_DATA, PERCENT
from malus.rulefiles.scope import Scope


class _Figure(TypedDict):
    takes: Taken
    percentile: Percentile | None
    few: FewSamples | None
    counted_in: CountedIn


def sample_terms(name: str, given: Given, scope: Scope) -> Indicator:
    """How many defects a sample has."""
    del scope  # it names nothing but its service
    where = selection(given, WHERE_SITE)
    measured_on = given.must("measured_on", forms.SAMPLED_ON)
    if given.must("no_data", NO_DATA) is NoData.PREVIOUS and measured_on == "each_delivery":
        what = "a delivery that nobody checked says nothing about the next"
        given.reading.error("unknown-value", given.at("no_data"), what, hint="write `met`, `missed` or `undetermined`")
        raise Unsound
    return Sample(
        **common_parts(name, given),
        measured_on=measured_on,
        counted_in=given.must("counted_in", COUNTED_IN),
        few=few_terms(given),
        where=where,
    )


def statistic_of_readings(name: str, given: Given, scope: Scope) -> Indicator:
    """One figure of all the readings of a period."""
    del scope  # it names nothing but its service
    where = selection(given, WHERE_SITE)
    accepted, figure = built(lambda: accepted_values(name, given)), _figure(given)
    unit, first, last = sure(accepted)
    if unit is Unit.PERCENT and figure["takes"] == "sum":
        what = "percentages do not add up to a level"
        given.reading.error("wrong-measure", given.at("takes"), what, hint="write `takes: mean`")
        raise Unsound
    return Statistic(
        **common_parts(name, given),
        **figure,
        unit=unit,
        reads=given.must("reads", NAME) if given.has("reads") else name,
        accepts_from=first,
        accepts_to=last,
        where=where,
    )


def statistic_of_times(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Indicator:
    """One figure of the times of a period's incidents, outages or deliveries."""
    figure = built(lambda: _figure(given))
    timed = given.must("times", NAME)
    if not scope.refer("indicator", timed, given.at("times"), given.reading):
        raise Unsound
    elapsed = indicators.get(timed)
    if elapsed is None:
        raise Unsound
    if not isinstance(elapsed, Elapsed | DeliveryTime):
        what = f"`{timed}` is not measured per incident, outage or delivery"
        hint = "name an indicator of measure `elapsed`"
        given.reading.error("wrong-measure", given.at("times"), what, hint=hint)
        raise Unsound
    return Statistic(
        **common_parts(name, given),
        **sure(figure),
        unit=Unit.DURATION,
        times=timed,
        in_days=isinstance(elapsed, DeliveryTime) and elapsed.days is not None,
    )


def _figure(given: Given) -> _Figure:
    takes = given.get("takes", forms.TAKEN)
    if takes == "percentile" and not given.has("percentile"):
        given.lacks("percentile", "there are many, and they are found in several ways")
        raise Unsound
    if takes is not None and takes != "percentile" and given.has("percentile"):
        what = f"no percentile is taken, but `{takes}`"
        hint = "take it out, or write `takes: percentile`"
        given.reading.error("wrong-measure", given.key_node("percentile"), what, hint=hint)
        raise Unsound
    percentile = built(lambda: _percentile(given)) if given.has("percentile") else None
    few = built(lambda: few_terms(given)) if given.has("few") else None
    if few is not None and few.missed_after is not None:
        what = "nothing that is measured here fails"
        hint = "take `missed_after` out"
        given.reading.error("wrong-measure", given.must("few", FEW).key_node("missed_after"), what, hint=hint)
        raise Unsound
    given.must("no_data", NO_DATA)
    return _Figure(
        takes=sure(takes),
        percentile=sure(percentile) if given.has("percentile") else None,
        few=sure(few) if given.has("few") else None,
        counted_in=given.must("counted_in", COUNTED_IN),
    )


def _percentile(given: Given) -> Percentile:
    told = given.must("percentile", forms.PERCENTILE)
    part = told.must("at", PERCENT)
    if not 0 < part <= 1:
        what = "there is no such percentile"
        told.reading.error("out-of-range", told.at("at"), what, hint="write one above 0 % and up to 100 %: `95 %`")
        raise Unsound
    return Percentile(part=part, method=told.must("method", forms.METHOD))
