"""Compiles availability and time down: which time counts, how outages weigh, how long a check's state holds.

Owns: which of those keys become necessary through others, and which exclude each other. Does not own: the measuring.
"""

from __future__ import annotations

from typing import TypedDict

from malus.model.availability import (
    Availability,
    CheckedAvailability,
    Downtime,
    ExcludedTime,
    FixedBase,
    TimeShare,
    Weights,
    WholeMinutes,
)
from malus.model.calendars import Calendar
from malus.model.indicators import Unobserved, Where
from malus.rulefiles import forms_availability as forms
from malus.rulefiles.documents import Unsound, Words, sure
from malus.rulefiles.excursion_indicators import reading_limits
from malus.rulefiles.forms import Form, Given
from malus.rulefiles.forms_agreement import SERVICES
from malus.rulefiles.forms_measures import WHERE_OUTAGES, WHERE_SITE
from malus.rulefiles.indicator_parts import common_parts, excused_by, reported_in_time, selection
from malus.rulefiles.scalars import ELAPSED_TIME, NAME
from malus.rulefiles.scope import Scope


class _TimeParts(TypedDict):
    where: tuple[Where, ...]
    excluding: tuple[str, ...]
    excluded_time: ExcludedTime
    hours: Calendar | None
    fixed_base: FixedBase | None
    only_in_service: bool


def from_outages(name: str, given: Given, scope: Scope) -> Availability:
    """Availability from outages."""
    parts = _time_parts(given, scope, WHERE_OUTAGES)
    whole, weights = _whole_minutes(given), _weights(given, parts["fixed_base"])
    if whole is not None and weights is not None:
        what = f"`{name}` counts whole minutes and weighs outages"
        hint = "a minute that hits a part of the service is no whole minute: take one of them out"
        given.reading.error("duplicate-name", given.key_node("whole_minutes"), what, hint=hint)
        raise Unsound
    return Availability(
        **common_parts(name, given),
        **parts,
        ignore_up_to=given.must("ignore_up_to", ELAPSED_TIME),
        whole_minutes=whole,
        weights=weights,
        reporting=reported_in_time(given, scope),
    )


def downtime_terms(name: str, given: Given, scope: Scope) -> Downtime:
    """The time down itself, from outages."""
    return Downtime(
        **common_parts(name, given),
        **_time_parts(given, scope, WHERE_OUTAGES),
        ignore_up_to=given.must("ignore_up_to", ELAPSED_TIME),
        whole_minutes=_whole_minutes(given),
        reporting=reported_in_time(given, scope),
    )


def from_checks(name: str, given: Given, scope: Scope) -> CheckedAvailability:
    """Availability from checks."""
    parts = _time_parts(given, scope, WHERE_SITE)
    unobserved = given.get("unobserved", forms.UNOBSERVED)
    if unobserved is Unobserved.LEAVES_THE_BASE and not given.has("no_data"):
        given.lacks("no_data", "when unobserved time leaves the base, a period may have nothing left")
    holds = given.must("state_holds", forms.HOLDS)
    return CheckedAvailability(
        **common_parts(name, given),
        **parts,
        holds=None if holds == forms.UNTIL_NEXT_CHECK else holds,
        unobserved=sure(unobserved),
        degraded=given.must("degraded", forms.DEGRADED),
    )


def time_share_terms(name: str, given: Given, scope: Scope) -> TimeShare:
    """The share of time for which readings lie inside limits."""
    parts = _time_parts(given, scope, WHERE_SITE, forms.INSIDE_TIME)
    limits = reading_limits(name, given, inside=True)
    unobserved = given.get("unobserved", forms.UNREAD)
    if unobserved is Unobserved.LEAVES_THE_BASE and not given.has("no_data"):
        given.lacks("no_data", "when time without a reading leaves the base, a period may have nothing left")
    holds = given.must("holds_for", forms.HOLDS_FOR)
    return TimeShare(
        **common_parts(name, given),
        **parts,
        reads=given.must("reads", NAME) if given.has("reads") else name,
        unit=limits[0].unit,
        inside=limits,
        holds=None if holds == forms.UNTIL_NEXT_READING else holds,
        unobserved=sure(unobserved),
    )


def _time_parts(
    given: Given, scope: Scope, where: Form, excluded_time: Words[ExcludedTime] = forms.EXCLUDED_TIME
) -> _TimeParts:
    excluding = excused_by(given, scope)
    keys = {key.name for key in given.form.keys}
    if "excluded_time" in keys and excluding and not given.has("excluded_time"):
        given.lacks("excluded_time", "it decides whether excused time stays in the base")
    only_in_service = _only_in_service(given, scope)
    hours = scope.calendar(given, "hours") if given.has("hours") else None
    if "no_data" in keys and (only_in_service or hours is not None) and not given.has("no_data"):
        given.lacks("no_data", "when time leaves the base, a period may have nothing left")
    return _TimeParts(
        where=selection(given, where),
        excluding=excluding,
        excluded_time=(given.get("excluded_time", excluded_time) if "excluded_time" in keys else None)
        or "counts_as_up",
        hours=hours,
        fixed_base=_fixed_base(given, only_in_service=only_in_service) if "base" in keys else None,
        only_in_service=only_in_service,
    )


def _only_in_service(given: Given, scope: Scope) -> bool:
    if not given.has("not_in_service"):
        return False
    given.must("not_in_service", forms.LEAVES_THE_BASE)
    service = given.must("of", NAME)
    declared = {named.name: named.value for named in scope.top.get("services", SERVICES) or ()}
    told = declared.get(service)
    if told is not None and not told.has("in_service"):
        what = f"`{service}` does not say when it is in service"
        hint = "write `in_service: {from: ..., until: ...}` or `in_service: deployments` at the service"
        given.reading.error("missing-key", given.key_node("not_in_service"), what, hint=hint)
        raise Unsound
    return True


def _fixed_base(given: Given, *, only_in_service: bool) -> FixedBase | None:
    if not given.has("base"):
        if given.has("part_base"):
            given.lacks("base", "`part_base` is about a base that is fixed")
        return None
    length = given.must("base", ELAPSED_TIME)
    if not length:
        hint = "write how long every period is taken to be: `43200 minutes`"
        given.reading.error("out-of-range", given.at("base"), "a base of nothing holds nothing", hint=hint)
        raise Unsound
    if only_in_service:
        what = "a base that is fixed does not shrink with the time in service"
        hint = "take `base` or `not_in_service` out"
        given.reading.error("duplicate-name", given.key_node("base"), what, hint=hint)
        raise Unsound
    return FixedBase(microseconds=length, part_period=given.get("part_base", forms.PART_BASE))


def _whole_minutes(given: Given) -> WholeMinutes | None:
    if not given.has("whole_minutes"):
        return None
    told = given.must("whole_minutes", forms.WHOLE_MINUTES)
    return WholeMinutes(each=told.must("each", forms.WHOLE_OF), part=told.must("part", forms.BEGUN))


def _weights(given: Given, fixed: FixedBase | None) -> Weights | None:
    if not given.has("weighted_by"):
        for key in ("total", "overlapping"):
            if given.has(key):
                given.lacks("weighted_by", f"`{key}` is about what outages weigh")
        return None
    by = given.must("weighted_by", forms.WEIGHTED_BY)
    if by == "affected" and not given.has("total"):
        given.lacks("total", "so many affected are a part of all there are")
    if not given.has("overlapping"):
        given.lacks("overlapping", "two outages at one time may hit the same ones or others")
    total = given.get("total", forms.TOTAL)
    if by == "share" and given.has("total"):
        hint = "take it out, or write `weighted_by: affected`"
        given.reading.error(
            "wrong-measure", given.key_node("total"), "a share is of the whole: it has no total", hint=hint
        )
        raise Unsound
    if total == forms.TOLD_BY_READINGS and fixed is not None:
        what = "a total that changes over time needs the time that there is"
        given.reading.error("wrong-measure", given.key_node("base"), what, hint="take the fixed `base` out")
        raise Unsound
    if by == "affected" and total is None:
        raise Unsound
    return Weights(
        by=by,
        total=None if total == forms.TOLD_BY_READINGS else total,
        overlapping=given.must("overlapping", forms.OVERLAPPING),
    )
