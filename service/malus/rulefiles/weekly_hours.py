"""Reads the days and hours of a calendar: `mon-fri`, `[mon, wed]`, `08:00-18:00`, or a list of such hours.

Owns: the week that an author writes, as spans of minutes by weekday. Does not own: holidays and zones.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from malus.rulefiles.documents import Item, ListOf, Malformed, Text
from malus.rulefiles.findings import Reading, did_you_mean

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[int, int]


def _days(text: str, reading: Reading) -> tuple[int, ...]:
    del reading
    first, parted, last = text.partition("-")
    for word in (first, last) if parted else (first,):
        if word not in WEEKDAYS:
            hint = did_you_mean(word, WEEKDAYS)
            raise Malformed("unknown-value", f"`{word[:60]}` is no day of the week", hint)
    begin = WEEKDAYS.index(first)
    end = WEEKDAYS.index(last) if parted else begin
    if end < begin:
        raise Malformed("out-of-range", f"`{text}` runs backwards", "weeks start on `mon`: write a list of days")
    return tuple(range(begin, end + 1))


def _span(text: str, reading: Reading) -> Span:
    del reading
    written = re.fullmatch(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", text)
    if written is None:
        raise Malformed("malformed-hours", f"`{text[:60]}` are no hours", "write `08:00-18:00`")
    hour, minute, last_hour, last_minute = (int(part) for part in written.groups())
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or closes > 24 * 60:
        raise Malformed("malformed-hours", f"`{text}` are no hours of a day", "a day runs from `00:00` to `24:00`")
    if opens >= closes:
        hint = "past midnight, write two spans: `[00:00-02:00, 22:00-24:00]`"
        raise Malformed("malformed-hours", f"`{text}` ends before it starts", hint)
    return opens, closes


DAY_RANGE: Final = Text(
    says="days of the week: `mon-fri`",
    parse=_days,
    pattern="(mon|tue|wed|thu|fri|sat|sun)(-(tue|wed|thu|fri|sat|sun))?",
)
DAYS: Final = ListOf(of=DAY_RANGE, single=True)
HOURS: Final = ListOf(
    of=Text(says="hours: `08:00-18:00`", parse=_span, pattern="[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"),
    single=True,
)


def weekly_spans(
    days: tuple[Item[tuple[int, ...]], ...], hours: tuple[Item[Span], ...]
) -> tuple[tuple[int, int, int], ...]:
    """(weekday, from, to), ascending, touching spans of one day joined; Malformed where hours overlap."""
    spans = sorted(item.value for item in hours)
    joined: list[Span] = []
    for earlier, later in pairwise(spans):
        if later[0] < earlier[1]:
            raise Malformed("table-overlap", "these hours overlap", "write each hour once")
    for opens, closes in spans:
        touches = bool(joined) and joined[-1][1] == opens
        joined.append((joined.pop()[0] if touches else opens, closes))
    weekdays = sorted({weekday for item in days for weekday in item.value})
    return tuple((weekday, opens, closes) for weekday in weekdays for opens, closes in joined)
