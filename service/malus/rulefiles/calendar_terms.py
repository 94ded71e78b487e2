"""Compiles calendars: weekly hours, and holidays turned into explicit dates up to a horizon.

Owns: which days a country's holidays are, as the holidays package has them, and the version that it was.
Does not own: what a calendar counts (model.calendars). The package is imported only where a country is named.
"""

from __future__ import annotations

import datetime
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Final

from malus.model.calendars import Calendar
from malus.rulefiles.documents import Malformed, Unsound, built
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_agreement import CALENDAR, CALENDARS, HOLIDAYS
from malus.rulefiles.nodes import Scalar
from malus.rulefiles.scalars import DATE, DATES, LANGUAGE, ZONE
from malus.rulefiles.scope import Scope
from malus.rulefiles.weekly_hours import DAYS, HOURS, weekly_spans

#: How many years of holidays are written out where the terms have no end.
OPEN_ENDED_YEARS: Final = 10
#: Deadlines and reviews outlive the terms, so their days are known past the end.
YEARS_PAST_THE_END: Final = 2

Days = tuple[tuple[datetime.date, str], ...]


def calendar_terms(scope: Scope) -> dict[str, Calendar]:
    """Every calendar of the file that has no fault, by name."""
    calendars: dict[str, Calendar] = {}
    for named in scope.top.get("calendars", CALENDARS) or ():
        given = named.value
        if given is not None:
            calendar = built(partial(_calendar, named.name, given, scope))
            if calendar is not None:
                calendars[named.name] = calendar
    return calendars


def horizon(scope: Scope) -> tuple[datetime.date, datetime.date]:
    """The first and the last day whose holidays are written out: whole years around the terms."""
    effective = scope.top.get("effective", DATE)
    if effective is None:
        raise Unsound
    ends = scope.top.get("ends", DATE)
    last = effective.year + OPEN_ENDED_YEARS
    if ends is not None:
        last = max(ends.year + YEARS_PAST_THE_END, effective.year + 3)
    return datetime.date(effective.year - 1, 1, 1), datetime.date(last, 12, 31)


def holidays_version() -> str:
    """The name and version of the holiday data."""
    # Its own `version` module cannot be imported without the whole of its data, which takes half a second.
    return f"holidays {version('holidays')}"


def zone_data_version() -> str:
    """The name and version of the time zone data."""
    import tzdata  # type: ignore[import-untyped]  # published without types

    return f"tzdata {tzdata.__version__}"


def _calendar(name: str, given: Given, scope: Scope) -> Calendar:
    assert given.form is CALENDAR
    closed: Days = ()
    source = "none"
    if given.has("holidays"):
        closed, source = _holidays(given, scope)
    else:
        hint = "write `holidays: NL`, a list of dates, or `holidays: none` if the paper has none"
        what = f"`{name}` does not say which days are holidays"
        given.reading.warning("calendar-without-holidays", given.label, what, hint=hint)
    also = {item.value: "closed" for item in given.get("also_closed", DATES) or ()}
    days, hours = given.must("days", DAYS), given.must("hours", HOURS)
    try:
        weekly = weekly_spans(days, hours)
    except Malformed as fault:
        given.reading.error(fault.code, given.at("hours"), fault.what, hint=fault.hint)
        raise Unsound from None
    if not weekly:
        raise Unsound
    first, last = _known_days(given, closed, scope)
    if given.faulty("timezone") or given.faulty("holidays"):
        raise Unsound
    return Calendar(
        name=name,
        zone=given.get("timezone", ZONE) or scope.zone,
        always=False,
        weekly=weekly,
        holidays=tuple(sorted((also | dict(closed)).items())),
        holiday_source=source,
        horizon_start=first,
        horizon_end=last,
    )


def _known_days(given: Given, closed: Days, scope: Scope) -> tuple[datetime.date, datetime.date]:
    """The days whose holidays are known: all without holidays, a list's own years, else the horizon."""
    told = given.get("holidays", HOLIDAYS)
    if told is None or told == "none":
        return datetime.date.min, datetime.date.max
    first, last = horizon(scope)
    if isinstance(told, str):
        return first, last
    listed = max((day.year for day, _ in closed), default=first.year)
    return first, datetime.date(max(listed, first.year), 12, 31)


def _holidays(given: Given, scope: Scope) -> tuple[Days, str]:
    told = given.must("holidays", HOLIDAYS)
    if not isinstance(told, str):
        dates = {item.value for item in told if isinstance(item.value, datetime.date)}
        return tuple((day, "holiday") for day in sorted(dates)), "dates of the terms"
    if told == "none":
        return (), "none"
    first, last = horizon(scope)
    country, _, region = told.partition("-")
    known = _countries()
    node = given.at("holidays")
    assert isinstance(node, Scalar)
    if country not in known:
        hint = did_you_mean(country, tuple(sorted(known))) or "write a country's code, `NL`, or `none`"
        given.reading.error("unknown-value", node, f"`{country[:20]}` is no country with known holidays", hint=hint)
        raise Unsound
    if region and region not in known[country]:
        hint = did_you_mean(region, known[country]) or f"{country} has no regions of its own: write `{country}`"
        given.reading.error("unknown-value", node, f"`{region[:20]}` is no region of {country}", hint=hint)
        raise Unsound
    language = scope.top.get("language", LANGUAGE) or "en"
    return _dates(country, region, language, first.year, last.year), f"{told}, {holidays_version()}"


@lru_cache(maxsize=1)
def _countries() -> dict[str, tuple[str, ...]]:
    import holidays

    supported = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(regions) for country, regions in supported.items() if len(country) == 2}


@lru_cache(maxsize=256)
def _dates(country: str, region: str, language: str, first: int, last: int) -> Days:
    import holidays

    # Without a language the package takes the machine's, and the names, so the digest, would differ by machine.
    found = holidays.country_holidays(country, subdiv=region or None, years=range(first, last + 1), language=language)
    # A bridge over the turn of a year adds days of a neighbouring year that the horizon does not hold.
    return tuple(sorted((day, name) for day, name in found.items() if first <= day.year <= last))
