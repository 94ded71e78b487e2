"""Compiles indicators of deliveries: how late each was, and what a day of lateness is.

Owns: which keys a way of counting days needs. Does not own: the other measures (indicator_terms).
"""

from __future__ import annotations

from dataclasses import replace

from malus.model.indicators import DaysCounted, DeliveryShare, DeliveryTime, Elapsed, Indicator, Occurrences, is_of_each
from malus.rulefiles import forms_deliveries as forms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import LIMITED
from malus.rulefiles.forms_measures import COUNTED_IN, WHERE_DELIVERIES
from malus.rulefiles.indicator_parts import common_parts, excused_by, selection
from malus.rulefiles.levels import limits_on
from malus.rulefiles.scalars import NAME, NO_DATA
from malus.rulefiles.scope import Scope

_OF_24_HOURS = ("part_day",)
_CIVIL = ("due_day", "done_day")


def delivery_time_terms(name: str, given: Given, scope: Scope) -> Indicator:
    """The time of each delivery from when it was due or sent until it was there."""
    excluding = excused_by(given, scope)
    calendar = built(lambda: scope.calendar(given))
    starts = given.get("starts", forms.DELIVERY_STARTS)
    if starts == "due" and not given.has("early"):
        given.lacks("early", "a delivery may come before it is due")
    if starts == "sent" and given.has("early"):
        what = "nothing is there before it was sent, so nothing is early"
        given.reading.error("unknown-key", given.key_node("early"), what, hint="leave it out")
    days = built(lambda: _days(given))
    if days is not None and days.day != "business_day" and calendar is not None and not calendar.always:
        what = f"a day of `{name}` is {_spoken(days)}, whatever hours `{calendar.name}` is open"
        given.reading.error("wrong-measure", given.at("calendar"), what, hint="write `calendar: always`")
        raise Unsound
    if days is not None and days.day == "business_day" and calendar is not None and calendar.always:
        what = "`always` has no business days"
        given.reading.error("wrong-measure", given.at("calendar"), what, hint="name the calendar of the business days")
        raise Unsound
    where = selection(given, WHERE_DELIVERIES)
    if given.has("day") and days is None:
        raise Unsound
    return DeliveryTime(
        **common_parts(name, given),
        starts=sure(starts),
        calendar=sure(calendar),
        days=days,
        counted_in=given.must("counted_in", COUNTED_IN),
        while_open=given.must("while_open", forms.UNDER_WAY),
        where=where,
        excluding=excluding,
    )


def delivery_share_terms(name: str, given: Given, late: DeliveryTime, limited: Given, *, good: bool) -> Indicator:
    """The part of deliveries whose lateness keeps a limit."""
    (limit,) = limits_on(limited, late, "the share")
    for key, why in (
        ("weighted_by", "a delivery counts once, by its value or by its quantity"),
        ("in_full", "one in time may be short"),
    ):
        if not given.has(key):
            given.lacks(key, why)
    weighted_by, in_full = given.get("weighted_by", forms.WEIGHTED_BY), given.get("in_full", forms.IN_FULL)
    if weighted_by == "count" and in_full == "good_part_counts":
        what = "a delivery that counts once has no part that counts"
        given.reading.error("wrong-measure", given.at("in_full"), what, hint="write `all_or_nothing` or `not_judged`")
        raise Unsound
    given.must("no_data", NO_DATA)
    return DeliveryShare(
        **common_parts(name, given),
        indicator=late.name,
        limit=limit.limit,
        good=good,
        counted_in=given.must("counted_in", COUNTED_IN),
        weighted_by=sure(weighted_by),
        in_full=sure(in_full),
    )


def late_count_terms(indicators: dict[str, Indicator], name: str, given: Given, scope: Scope) -> Indicator:
    """How many deliveries are late, or rejected for what was checked or read of them, by one of the `indicators`."""
    limited = given.must("bad_when", LIMITED)
    judged = limited.must("indicator", NAME)
    if not scope.refer("indicator", judged, limited.at("indicator"), given.reading):
        raise Unsound
    late = indicators.get(judged)
    if late is None:
        raise Unsound
    if isinstance(late, Elapsed) or not is_of_each(late):
        hint = "name one of measure `elapsed` from deliveries, or a `sample` or `excursion` of each delivery"
        given.reading.error("wrong-measure", limited.at("indicator"), f"`{judged}` judges no deliveries", hint=hint)
        raise Unsound
    (limit,) = limits_on(limited, late, "`bad_when`")
    counted = Occurrences(
        **common_parts(name, given),
        origin="deliveries",
        each=limit.limit,
        counted_in=given.must("counted_in", COUNTED_IN),
        judged_by=judged,
    )
    return replace(counted, service=late.service)


def _days(given: Given) -> DaysCounted | None:
    if not given.has("day"):
        refuse_keys(given, (*_OF_24_HOURS, *_CIVIL), "nothing is counted in days here", "write `day:`, or leave it out")
        return None
    day = given.must("day", forms.DAY)
    wanted, others = (_OF_24_HOURS, _CIVIL) if day == "24_hours" else (_CIVIL, _OF_24_HOURS)
    refuse_keys(given, others, f"`day: {day}` has no such question", "leave it out")
    for key in wanted:
        if not given.has(key):
            given.lacks(key, f"`day: {day}` leaves it open")
    if day == "24_hours":
        return DaysCounted(day=day, part_day=given.must("part_day", forms.PART_DAY))
    due_day, done_day = (given.get(key, forms.DAY_COUNTS) for key in _CIVIL)
    return DaysCounted(day=day, due_day=sure(due_day), done_day=sure(done_day))


def refuse_keys(given: Given, keys: tuple[str, ...], what: str, hint: str) -> None:
    """Report each of these keys that is written."""
    for key in keys:
        if given.has(key):
            given.reading.error("unknown-key", given.key_node(key), what, hint=hint)


def _spoken(days: DaysCounted) -> str:
    return "24 hours" if days.day == "24_hours" else "a civil day"
