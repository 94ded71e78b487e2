"""Compiles indicators of incidents: elapsed time, the share that keeps a limit, and how many there were.

Owns: what an incident's clock and priority need. Does not own: the other measures (indicator_terms).
"""

from __future__ import annotations

from malus.model.events import Transition
from malus.model.indicators import By, DeliveryTime, Elapsed, Indicator, Occurrences, Share
from malus.model.periods import Cycle
from malus.model.quantities import Limit
from malus.rulefiles import forms_indicators as forms
from malus.rulefiles.delivery_indicators import delivery_share_terms, refuse_keys
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_measures import COUNTED_IN, WHERE_INCIDENTS, WHERE_OUTAGES
from malus.rulefiles.indicator_parts import common_parts, excused_by, reported_in_time, selection
from malus.rulefiles.levels import check_priority, limits_on
from malus.rulefiles.scalars import CYCLE, NAME, NO_DATA
from malus.rulefiles.scope import Scope


def elapsed_terms(name: str, given: Given, scope: Scope) -> Indicator:
    """The time of each incident from one transition to another."""
    excluding = excused_by(given, scope)
    calendar = built(lambda: scope.calendar(given))
    starts, ends = given.get("starts", forms.MOMENT), given.get("ends", forms.MOMENT)
    if starts is not None and starts == ends:
        what = f"`{name}` starts and ends with `{starts.value}`"
        given.reading.error("unknown-value", given.at("ends"), what, hint="write the transition that stops the clock")
    if ends is Transition.RESOLVED and not given.has("reopened"):
        given.lacks("reopened", "an incident that was resolved may be reopened")
    by = given.get("by", forms.BY)
    priorities = tuple(item.value for item in given.get("priorities", forms.PRIORITIES) or ())
    if by is By.HIGHEST and not given.has("priorities"):
        given.lacks("priorities", "the highest of them must be known")
    cycle = given.get("per", CYCLE)
    if not given.has("per"):
        what = f"`{name}` is counted by month"
        given.reading.note("cycle-assumed", given.label, what, hint="write `per: month`")
        cycle = Cycle(kind="month")
    where = selection(given, WHERE_INCIDENTS)
    indicator = Elapsed(
        **common_parts(name, given, sure(cycle)),
        where=where,
        excluding=excluding,
        starts=sure(starts),
        ends=sure(ends),
        calendar=sure(calendar),
        pauses=tuple(sorted({item.value for item in given.must("pauses", forms.PAUSES)})),
        counted_in=given.must("counted_in", COUNTED_IN),
        while_open=given.must("while_open", forms.WHILE_OPEN),
        reopened=given.get("reopened", forms.REOPENED),
        by=by or By.AT_END,
        priorities=priorities,
    )
    for value in (value for item in where if item.field_name == "priority" for value in item.values):
        check_priority(indicator, value, given, given.at("where"))
    return indicator


def outage_time_terms(name: str, given: Given, scope: Scope) -> Indicator:
    """The time of each outage from its start to its end."""
    excluding = excused_by(given, scope)
    calendar = built(lambda: scope.calendar(given))
    where = selection(given, WHERE_OUTAGES)
    return Elapsed(
        **common_parts(name, given),
        origin="outages",
        where=where,
        excluding=excluding,
        starts=Transition.OPENED,
        ends=Transition.RESOLVED,
        calendar=sure(calendar),
        pauses=(),
        counted_in=given.must("counted_in", COUNTED_IN),
        while_open=given.must("while_open", forms.WHILE_OPEN),
        reporting=reported_in_time(given, scope),
    )


def share_terms(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Indicator:
    """The part of incidents that keeps a limit on one of the `indicators`."""
    told = [key for key in ("good_when", "bad_when") if given.has(key)]
    if len(told) != 1:
        what = f"`{name}` says {'twice' if told else 'nowhere'} when an incident is good"
        code = "duplicate-name" if told else "missing-key"
        given.reading.error(code, given.label, what, hint="write `good_when:` or `bad_when:`")
        raise Unsound
    limited = given.must(told[0], forms.LIMITED)
    judged = limited.must("indicator", NAME)
    if not scope.refer("indicator", judged, limited.at("indicator"), given.reading):
        raise Unsound
    elapsed = indicators.get(judged)
    if elapsed is None:
        raise Unsound
    if isinstance(elapsed, DeliveryTime):
        return delivery_share_terms(name, given, elapsed, limited, good=told[0] == "good_when")
    refuse_keys(given, ("weighted_by", "in_full"), "this share is not one of deliveries", "leave it out")
    if not isinstance(elapsed, Elapsed):
        hint = "a share is one of incidents or deliveries: name an indicator of measure `elapsed`"
        what = f"`{judged}` is not measured per incident or delivery"
        given.reading.error("wrong-measure", limited.at("indicator"), what, hint=hint)
        raise Unsound
    limits = limits_on(limited, elapsed, f"`{told[0]}`")
    given.must("no_data", NO_DATA)
    return Share(
        **common_parts(name, given),
        indicator=judged,
        limits=limits,
        good=told[0] == "good_when",
        counted_in=given.must("counted_in", COUNTED_IN),
    )


def incident_count_terms(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Indicator:
    """How many incidents a period has, or how many whose time by one of the `indicators` is on a side of a limit."""
    excluding = excused_by(given, scope)
    where = selection(given, WHERE_INCIDENTS)
    late, limit = _bad_when(indicators, given, scope) if given.has("bad_when") else (None, None)
    return Occurrences(
        **common_parts(name, given),
        where=where,
        excluding=excluding,
        origin="incidents",
        each=limit,
        judged_by=late,
        counted_in=given.must("counted_in", COUNTED_IN),
    )


def _bad_when(indicators: dict[str, Indicator], given: Given, scope: Scope) -> tuple[str, Limit]:
    limited = given.must("bad_when", forms.LIMITED)
    judged = limited.must("indicator", NAME)
    if not scope.refer("indicator", judged, limited.at("indicator"), given.reading):
        raise Unsound
    elapsed = indicators.get(judged)
    if elapsed is None:
        raise Unsound
    if not isinstance(elapsed, Elapsed) or elapsed.origin != "incidents" or elapsed.service != given.must("of", NAME):
        hint = "name an indicator of measure `elapsed` from incidents of the same service"
        what = f"`{judged}` times no incidents of this service"
        given.reading.error("wrong-measure", limited.at("indicator"), what, hint=hint)
        raise Unsound
    refuse_keys(given, ("where", "excluding"), f"`{judged}` says which incidents and which time count", "leave it out")
    limits = limits_on(limited, elapsed, "`bad_when`")
    if limits[0].priority is not None:
        what = "an incident is late by one limit here"
        hint = "write one limit, or one indicator for each priority"
        given.reading.error("wrong-type", given.key_node("bad_when"), what, hint=hint)
        raise Unsound
    return judged, limits[0].limit
