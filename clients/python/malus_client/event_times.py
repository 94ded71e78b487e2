"""Owns how times are written for the wire: instants in whole microseconds, civil times in an agreement's zone.

Does not own: which field of an event holds a time, or what it means. Each function raises ValueError that says what to
write.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MILLION: Final = 1_000_000
_WRITTEN: Final = re.compile(
    r"(?P<civil>\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?)(?P<offset>Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_WEEK: Final = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)


def timestamp_of(moment: str | int | datetime, zone: str | None) -> Timestamp:
    """The instant of a text, a datetime, or whole microseconds since 1970.

    Texts: RFC 3339 with `Z` or an offset, or civil `2026-06-03 10:00` (or a date: its first instant) in `zone`.
    Refused: a civil time without a zone, one that a clock change skips, one that it shows twice.
    """
    if isinstance(moment, bool) or not isinstance(moment, str | int | datetime):
        # As every other fault of a row; its type is only one of the ways to be none.
        raise ValueError(f"{moment!r} is no moment: write 2026-06-03T10:00:00Z")  # noqa: TRY004
    if isinstance(moment, str):
        moment = _read(moment, zone)
    elif isinstance(moment, datetime) and moment.tzinfo is None:
        moment = _at(moment, _required(zone, moment))
    ticks = moment if isinstance(moment, int) else (moment - _EPOCH) // _MICROSECOND
    return Timestamp(seconds=ticks // _MILLION, nanos=ticks % _MILLION * 1000)


def datetime_of(moment: Timestamp) -> datetime:
    """The moment in UTC; microseconds are kept."""
    return _EPOCH + timedelta(seconds=moment.seconds, microseconds=moment.nanos // 1000)


def period_of(label: str, zone: str | None) -> tuple[Timestamp, Timestamp]:
    """Start and end of a civil period by its label: 2026, 2026-Q2, 2026-06, 2026-W23 (Monday to Sunday) or a date."""
    first, after = _days(label)
    required = _required(zone, label)
    return timestamp_of(_midnight(first, required), None), timestamp_of(_midnight(after, required), None)


def _read(text: str, zone: str | None) -> datetime:
    written = _WRITTEN.fullmatch(text)
    try:
        if written is None:
            raise ValueError(text)
        civil = datetime.fromisoformat(written["civil"])
        if written["offset"] is not None:
            return datetime.fromisoformat(text)
    except ValueError:
        what = f"{text!r} is no instant: write 2026-06-03T10:00:00Z, or 2026-06-03 10:00 in the agreement's time zone"
        raise ValueError(what) from None
    required = _required(zone, text)
    return _midnight(civil.date(), required) if len(text) == len("2026-06-03") else _at(civil, required)


def _at(civil: datetime, zone: ZoneInfo) -> datetime:
    first, second = (civil.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first is None or first != second:
        raise ValueError(f"the clocks of {zone.key} show {civil} twice or never: write it with its offset")
    return civil.replace(tzinfo=timezone(first))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a civil day: of two midnights the earlier, of none the end of the gap."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _required(zone: str | None, moment: object) -> ZoneInfo:
    if zone is None:
        raise ValueError(f"{moment} is civil time and no zone is known: write it with its offset, or Z")
    return ZoneInfo(zone)


def _days(label: str) -> tuple[date, date]:
    try:
        if written := _MONTH.fullmatch(label):
            return _months(int(written[1]), int(written[2]), 1)
        if written := _QUARTER.fullmatch(label):
            return _months(int(written[1]), int(written[2]) * 3 - 2, 3)
        if _YEAR.fullmatch(label):
            return _months(int(label), 1, 12)
        if written := _WEEK.fullmatch(label):
            monday = date.fromisocalendar(int(written[1]), int(written[2]), 1)
            return monday, monday + timedelta(days=7)
        day = date.fromisoformat(label)
        return day, day + timedelta(days=1)
    except ValueError:
        what = f"{label!r} names no period: write 2026-06, 2026-Q2, 2026-W23, 2026 or a date"
        raise ValueError(what) from None


def _months(year: int, month: int, length: int) -> tuple[date, date]:
    last = month - 1 + length
    return date(year, month, 1), date(year + last // 12, last % 12 + 1, 1)
