"""Instants: whole microseconds since the Unix epoch, UTC, and the civil times that name them.

Owns: reading and writing an instant, the civil day that holds it, what a clock change does to a civil time.
Does not own: the present moment (always an argument), lengths of time (durations), how time is cut (periods).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from pkgutil import get_data
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

Instant: TypeAlias = int
CivilTimeReason: TypeAlias = Literal["ambiguous-civil-time", "void-civil-time", "malformed-instant"]

MICROSECOND: Final = 1
MILLISECOND: Final = 1_000
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CIVIL_EPOCH: Final = _EPOCH.replace(tzinfo=None)
_TICK: Final = timedelta(microseconds=1)
_ONE_DAY: Final = timedelta(days=1)
_WRITTEN: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d+))?)?"
    r"(?P<offset>Z|[+-]\d{2}:[0-5]\d(?::[0-5]\d)?)?)?",
    re.ASCII,
)
_FORMS: Final = "2026-06-03T10:00:00Z, 2026-06-03T10:00:00+02:00, 2026-06-03 10:00 or 2026-06-03"
# "right/" zones count leap seconds; the others mean whatever the machine was set to.
_ZONE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_MACHINE_ZONES: Final = re.compile(r"(posix|right)/.*|localtime|posixrules|Factory")


class CivilTimeFault(ValueError):  # noqa: N818 - what a caller handles is a fault in this house
    """A text or civil time that names no single instant; the message says what to write instead."""

    def __init__(self, reason: CivilTimeReason, message: str) -> None:
        super().__init__(reason, message)
        self.reason: CivilTimeReason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


class ZoneFault(ValueError):  # noqa: N818 - as above
    """A name that the IANA time zone data does not hold, or that means another zone on another machine."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name!r} is no IANA time zone: write a name like Europe/Amsterdam or UTC"


def parse_instant(text: str, zone: str | None) -> Instant:
    """The instant that a text names: with `Z` or an offset as it stands, otherwise civil time in `zone`.

    Forms: RFC 3339 `2026-06-03T10:00:00Z` or `+02:00`, civil `2026-06-03 10:00` (seconds and up to six
    decimals may follow, `T` may stand for the blank), and a date: the first instant of that civil day.
    Raises CivilTimeFault: more than six decimals, a year outside 1900 to 2200, civil time without a zone, a
    time that a clock change makes ambiguous or void. An offset that is written settles both.
    """
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise _malformed(text, f"write {_FORMS}")
    day = _written_day(text, written["day"])
    if written["hour"] is None:
        return start_of_day(day, _required_zone(text, zone))
    moment = datetime.combine(day, _written_time(text, written))
    if written["offset"] is None:
        return from_civil(moment, _required_zone(text, zone))
    return _at_offset(moment, _written_offset(text, written["offset"]))


def from_civil(moment: datetime, zone: str, *, fold: Literal["refuse", "first", "second"] = "refuse") -> Instant:
    """The instant at which the clocks of `zone` show `moment`, a datetime without tzinfo.

    A moment that they show twice is refused unless `fold` says which of the two is meant; one that they skip
    is always refused, for it has no reading to choose (`civil_or_next` takes the end of the gap).
    """
    before, after = _offsets(moment, zone)
    if before == after:
        return _at_offset(moment, before)
    if before < after:
        raise CivilTimeFault("void-civil-time", _void_message(moment, zone, before, after))
    if fold == "refuse":
        raise CivilTimeFault("ambiguous-civil-time", _ambiguous_message(moment, zone, before, after))
    return _at_offset(moment, before if fold == "first" else after)


def civil_or_next(moment: datetime, zone: str) -> Instant:
    """The first instant at which the clocks of `zone` show `moment` or, where they skip it, any later time.

    So an ambiguous time is its first occurrence and a void one is the first instant after the gap. Never goes
    back as `moment` goes on, and refuses nothing: for times that are derived, not for times that are written.
    """
    before, after = _offsets(moment, zone)
    if before >= after:
        return _at_offset(moment, before)
    # Inside a gap: the offset changes exactly once between the two readings of the void time.
    early, late = _at_offset(moment, after), _at_offset(moment, before)
    place = zone_named(zone)
    while late - early > 1:
        middle = (early + late) // 2
        if _utc(middle).astimezone(place).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


# Periods, terms and calendars ask for the same midnights again and again.
@lru_cache(maxsize=100_000)
def start_of_day(day: date, zone: str) -> Instant:
    """The first instant of a civil day, also where its midnight is skipped or comes twice.

    A day that a zone left out altogether (Samoa, 2011-12-30) starts, and ends, where the next one starts.
    """
    return civil_or_next(datetime.combine(day, time.min), zone)


def civil_day(instant: Instant, zone: str) -> date:
    """The civil day whose start is at or before `instant` while the next day's start is after it.

    This is the date on the wall clock, but for a clock set back over midnight: once a day has begun, the
    minutes of the day before that are shown again belong to the day that has begun, so that days tile time.
    """
    day = civil_moment(instant, zone).date()
    following = day + _ONE_DAY
    return following if instant >= start_of_day(following, zone) else day


def civil_moment(instant: Instant, zone: str) -> datetime:
    """What the clocks of `zone` show at an instant, as a datetime without tzinfo."""
    return _utc(instant).astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)


def civil_text(instant: Instant, zone: str) -> str:
    """`2026-06-03 10:00`: seconds, and six decimals, only where they are not zero.

    A time that the clocks show twice gets its offset, so `parse_instant` always reads the same instant back.
    """
    moment = civil_moment(instant, zone)
    before, after = _offsets(moment, zone)
    text = moment.isoformat(sep=" ", timespec=_precision(moment, "minutes"))
    if before == after:
        return text
    return text + _offset_text(before if instant == _at_offset(moment, before) else after)


def utc_text(instant: Instant) -> str:
    """`2026-06-03T08:00:00Z`: RFC 3339 in UTC, six decimals only where they are not zero."""
    moment = _utc(instant).replace(tzinfo=None)
    return moment.isoformat(timespec=_precision(moment, "seconds")) + "Z"


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises ZoneFault for any other name, and for one whose meaning is local.

    Always in the edition of the tzdata package, which terms name in their digest: machines whose systems carry other
    editions must not judge differently.
    """
    if _MACHINE_ZONES.fullmatch(name) or not _ZONE_NAME.fullmatch(name):
        raise ZoneFault(name)
    try:
        rules = get_data("tzdata", f"zoneinfo/{name}")
        return ZoneInfo.from_file(BytesIO(rules or b""), key=name)
    except (OSError, ValueError):
        raise ZoneFault(name) from None


def _written_day(text: str, written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise _malformed(text, f"the calendar has no day {written}") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _malformed(text, f"write a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _written_time(text: str, written: re.Match[str]) -> time:
    hour, minute, second = int(written["hour"]), int(written["minute"]), int(written["second"] or 0)
    fraction = written["fraction"] or ""
    if len(fraction) > 6:
        raise _malformed(text, "time is counted in microseconds, write at most six decimals")
    if hour == 24:
        raise _malformed(text, "write 00:00 of the following day")
    if second == 60:
        raise _malformed(text, "leap seconds are not counted, write the first second of the next minute")
    if hour > 24 or minute > 59 or second > 59:
        raise _malformed(text, "write a time from 00:00:00 to 23:59:59")
    return time(hour, minute, second, int(fraction.ljust(6, "0")))


def _written_offset(text: str, written: str) -> timedelta:
    if written == "Z":
        return timedelta(0)
    hours, minutes, *seconds = (int(part) for part in written[1:].split(":"))
    if hours > 23:
        raise _malformed(text, "write an offset of less than 24 hours")
    distance = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return -distance if written[0] == "-" else distance


def _required_zone(text: str, zone: str | None) -> str:
    if zone is None:
        raise _malformed(text, "no time zone is known here, write Z or an offset: 2026-06-03T10:00:00+02:00")
    return zone


def _malformed(text: str, advice: str) -> CivilTimeFault:
    return CivilTimeFault("malformed-instant", f"{text[:60]!r} is no instant: {advice}")


def _offsets(moment: datetime, zone: str) -> tuple[timedelta, timedelta]:
    """The offsets of the first and second reading: equal for most times, falling where a time comes twice,
    rising where it is skipped (PEP 495).
    """
    if moment.tzinfo is not None:
        raise ValueError("a civil time carries no tzinfo: its zone is named beside it")
    placed = moment.replace(tzinfo=zone_named(zone), fold=0)
    first, second = placed.utcoffset(), placed.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return first, second


def _at_offset(moment: datetime, offset: timedelta) -> Instant:
    return (moment - _CIVIL_EPOCH - offset) // _TICK


def _utc(instant: Instant) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def _ambiguous_message(moment: datetime, zone: str, before: timedelta, after: timedelta) -> str:
    shown, written = _shown(moment), moment.isoformat()
    return (
        f"{shown} comes twice in {zone}: write {written}{_offset_text(before)} for the first "
        f"or {written}{_offset_text(after)} for the second"
    )


def _void_message(moment: datetime, zone: str, before: timedelta, after: timedelta) -> str:
    change = civil_or_next(moment, zone)
    left, reached = _CIVIL_EPOCH + timedelta(microseconds=change) + before, civil_moment(change, zone)
    return (
        f"{_shown(moment)} does not exist in {zone}, where the clocks go from {_shown(left)} "
        f"to {_shown(reached)}: write a time before or after that, or one with its offset, "
        f"{_offset_text(before)} before the change or {_offset_text(after)} after it"
    )


def _shown(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec=_precision(moment, "minutes"))


def _precision(moment: datetime, least: Literal["minutes", "seconds"]) -> str:
    if moment.microsecond:
        return "microseconds"
    return "seconds" if moment.second else least


def _offset_text(offset: timedelta) -> str:
    seconds = offset // timedelta(seconds=1)
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}"
    return f"{text}:{rest % 60:02}" if rest % 60 else text
