"""Compiles indicators: what is measured, with everything that the author settled about it.

Owns: which keys become necessary through which others, and the notes on what was assumed.
Does not own: how anything is measured, nor the promise made about a level.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Final, TypeAlias

from malus.model.indicators import (
    Delivered,
    GivenValue,
    Indicator,
    IntervalMean,
    Occurrences,
    Ratio,
)
from malus.model.instants import DAY
from malus.model.quantities import Limit, Unit
from malus.rulefiles import forms_indicators as forms
from malus.rulefiles.availability_terms import downtime_terms, from_checks, from_outages, time_share_terms
from malus.rulefiles.combined_terms import over_indicators_terms, over_periods_terms, over_subjects_terms
from malus.rulefiles.deadline_terms import deadline_terms
from malus.rulefiles.delivery_indicators import delivery_time_terms, late_count_terms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.excursion_indicators import excursion_terms
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_availability import DOWNTIME, FROM_CHECKS, FROM_OUTAGES, TIME_SHARE
from malus.rulefiles.forms_combined import OVER_INDICATORS, OVER_PERIODS, OVER_SUBJECTS
from malus.rulefiles.forms_deliveries import DELIVERY_TIME, EXCURSION
from malus.rulefiles.forms_measures import COUNTED_IN, WHERE_OUTAGES, WHERE_SITE
from malus.rulefiles.forms_statistics import OF_READINGS, OF_TIMES, SAMPLE
from malus.rulefiles.incident_indicators import (
    elapsed_terms,
    incident_count_terms,
    outage_time_terms,
    share_terms,
)
from malus.rulefiles.indicator_parts import (
    common_parts,
    excused_by,
    few_terms,
    refer_to_names,
    reported_in_time,
    selection,
)
from malus.rulefiles.levels import accepted_values
from malus.rulefiles.point_terms import points_indicator
from malus.rulefiles.scalars import (
    EDGE_AND_TIME,
    ELAPSED_TIME,
    NO_DATA,
)
from malus.rulefiles.scope import Scope
from malus.rulefiles.statistic_indicators import sample_terms, statistic_of_readings, statistic_of_times


def indicator_terms(scope: Scope) -> dict[str, Indicator]:
    """Every indicator of the file that has no fault, by name, in the order of the file.

    Shares and late deliveries come after what they judge by, and combined levels last, each after those that it is made
    of.
    """
    indicators: dict[str, Indicator] = {}
    declared = scope.top.get("indicators", forms.INDICATORS) or ()
    for stage in (_BUILD, _BUILD_UPON, _COMBINE):
        for named in declared:
            given = named.value
            if given is None or given.form.name not in stage:
                continue
            refer_to_names(given, scope)
            indicator = built(partial(stage[given.form.name], indicators, named.name, given, scope))
            if indicator is not None:
                indicators[named.name] = indicator
    return {named.name: indicators[named.name] for named in declared if named.name in indicators}


def _ratio(name: str, given: Given, scope: Scope) -> Indicator:
    del scope  # it names nothing but its service
    where = selection(given, WHERE_SITE)
    given.must("no_data", NO_DATA)
    return Ratio(
        **common_parts(name, given),
        where=where,
        counted_in=given.must("counted_in", COUNTED_IN),
        share_of=given.get("share_of", forms.SHARE_OF) or "good",
        few=few_terms(given),
    )


def _interval_mean(name: str, given: Given, scope: Scope) -> Indicator:
    del scope  # it names nothing but its service
    where = selection(given, WHERE_SITE)
    empty = given.get("empty_interval", forms.EMPTY_INTERVAL)
    if empty == "leaves_the_mean" and not given.has("no_data"):
        given.lacks("no_data", "when empty intervals leave the mean, a period may have nothing left")
    interval = given.must("interval", ELAPSED_TIME)
    if not interval or DAY % interval:
        what = f"`{name}` has intervals that do not fill a day"
        hint = "write a length that divides 24 hours: `5 minutes`, `1 hour`"
        given.reading.error("out-of-range", given.at("interval"), what, hint=hint)
        raise Unsound
    return IntervalMean(
        **common_parts(name, given),
        where=where,
        interval=interval,
        empty_interval=sure(empty),
        share_of=given.get("share_of", forms.SHARE_OF) or "good",
    )


def _value(name: str, given: Given, scope: Scope) -> Indicator:
    del scope  # it names nothing but its service
    where = selection(given, WHERE_SITE)
    unit, first, last = accepted_values(name, given)
    given.must("no_data", NO_DATA)
    return GivenValue(
        **common_parts(name, given),
        where=where,
        unit=unit,
        accepts_from=first,
        accepts_to=last,
        several=given.must("several", forms.SEVERAL),
        counted_in=given.must("counted_in", COUNTED_IN),
    )


def _outage_count(name: str, given: Given, scope: Scope) -> Indicator:
    excluding = excused_by(given, scope)
    where = selection(given, WHERE_OUTAGES)
    each = given.get("each", EDGE_AND_TIME)
    if given.faulty("each"):
        raise Unsound
    return Occurrences(
        **common_parts(name, given),
        where=where,
        excluding=excluding,
        origin="outages",
        each=None if each is None else Limit(edge=each[0], value=Fraction(each[1]), unit=Unit.DURATION),
        counted_in=given.must("counted_in", COUNTED_IN),
        reporting=reported_in_time(given, scope),
    )


def _delivered(name: str, given: Given, scope: Scope) -> Indicator:
    due = deadline_terms(given.must("due", forms.DUE), scope)
    return Delivered(**common_parts(name, given), due=due)


_Builder: TypeAlias = Callable[[dict[str, Indicator], str, Given, Scope], Indicator]


def _by_itself(build: Callable[[str, Given, Scope], Indicator]) -> _Builder:
    return lambda _, name, given, scope: build(name, given, scope)


_BUILD: Final[dict[str, _Builder]] = {
    FROM_OUTAGES.name: _by_itself(from_outages),
    DOWNTIME.name: _by_itself(downtime_terms),
    FROM_CHECKS.name: _by_itself(from_checks),
    TIME_SHARE.name: _by_itself(time_share_terms),
    forms.RATIO.name: _by_itself(_ratio),
    forms.INTERVAL_MEAN.name: _by_itself(_interval_mean),
    forms.VALUE_GIVEN.name: _by_itself(_value),
    forms.ELAPSED.name: _by_itself(elapsed_terms),
    forms.OUTAGE_TIME.name: _by_itself(outage_time_terms),
    forms.OUTAGE_COUNT.name: _by_itself(_outage_count),
    forms.DELIVERED.name: _by_itself(_delivered),
    DELIVERY_TIME.name: _by_itself(delivery_time_terms),
    EXCURSION.name: _by_itself(excursion_terms),
    SAMPLE.name: _by_itself(sample_terms),
    OF_READINGS.name: _by_itself(statistic_of_readings),
    forms.POINTS.name: _by_itself(points_indicator),
}
_BUILD_UPON: Final[dict[str, _Builder]] = {
    forms.SHARE.name: share_terms,
    forms.LATE_COUNT.name: late_count_terms,
    forms.INCIDENT_COUNT.name: incident_count_terms,
    OF_TIMES.name: statistic_of_times,
}
_COMBINE: Final[dict[str, _Builder]] = {
    OVER_PERIODS.name: over_periods_terms,
    OVER_INDICATORS.name: over_indicators_terms,
    OVER_SUBJECTS.name: over_subjects_terms,
}
