import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.instants import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    CivilTimeFault,
    ZoneFault,
    civil_day,
    civil_or_next,
    civil_text,
    from_civil,
    parse_instant,
    start_of_day,
    utc_text,
    zone_named,
)

AMSTERDAM = "Europe/Amsterdam"
ZONES = (
    "UTC",
    AMSTERDAM,
    "America/New_York",
    "America/Sao_Paulo",  # its summer time began at midnight, so that midnight does not exist
    "America/Havana",  # its summer time ends at 01:00, so that midnight comes twice
    "America/St_Johns",  # its clocks went back at 00:01, over midnight
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out 2011-12-30
    "Africa/Monrovia",  # offsets with seconds until 1972
)
instants = st.integers(
    min_value=parse_instant("1900-01-02T00:00:00Z", None),
    max_value=parse_instant("2200-12-30T00:00:00Z", None),
)


def civil(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> int:
    return parse_instant(text, None)


def test_an_instant_counts_microseconds_since_the_epoch() -> None:
    assert utc("1970-01-01T00:00:00Z") == 0
    assert utc("1970-01-02T00:00:00.000001Z") == DAY + 1
    assert utc("1969-12-31T23:59:59.999999Z") == -1
    assert utc("2026-06-03T10:00:00Z") == 1_780_480_800 * SECOND


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-03T08:00:00Z",
        "2026-06-03T10:00:00+02:00",
        "2026-06-03T03:30:00-04:30",
        "2026-06-03T08:00:00.000000-00:00",
        "2026-06-03 10:00",
        "2026-06-03T10:00",
        "2026-06-03 10:00:00",
        "2026-06-03 10:00+02:00",
    ],
)
def test_every_way_of_writing_one_instant_is_the_same_instant(text: str) -> None:
    assert parse_instant(text, AMSTERDAM) == 1_780_473_600 * SECOND


def test_a_date_is_the_start_of_that_civil_day() -> None:
    assert parse_instant("2026-06-03", AMSTERDAM) == utc("2026-06-02T22:00:00Z")
    assert parse_instant("2026-01-03", AMSTERDAM) == utc("2026-01-02T23:00:00Z")


def test_decimals_of_a_second_are_exact_to_the_microsecond() -> None:
    assert utc("2026-06-03T08:00:00.1Z") - utc("2026-06-03T08:00:00Z") == 100_000
    assert parse_instant("2026-06-03 10:00:00.000001", AMSTERDAM) - utc("2026-06-03T08:00:00Z") == 1


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("2026-06-03T10:00:00.1234567Z", "at most six decimals"),
        ("2026-06-03 10", "write 2026-06-03T10:00:00Z"),
        ("3-6-2026", "write 2026-06-03T10:00:00Z"),
        ("2026-06-03T10:00:00Z\n", "write 2026-06-03T10:00:00Z"),
        ("٢٠٢٦-06-03", "write 2026-06-03T10:00:00Z"),
        ("2026-06-03T10:00:00z", "write 2026-06-03T10:00:00Z"),
        ("2026-02-29", "no day 2026-02-29"),
        ("2026-06-03 24:00", "00:00 of the following day"),
        ("2026-06-03 25:00", "from 00:00:00 to 23:59:59"),
        ("2026-06-03 10:60", "from 00:00:00 to 23:59:59"),
        ("2026-06-30T23:59:60Z", "leap seconds"),
        ("2026-06-30T23:59:00+24:00", "less than 24 hours"),
        ("1899-12-31", "from 1900 to 2200"),
        ("2201-01-01T00:00:00Z", "from 1900 to 2200"),
    ],
)
def test_a_malformed_instant_is_refused_with_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(CivilTimeFault) as fault:
        parse_instant(text, AMSTERDAM)
    assert fault.value.reason == "malformed-instant"
    assert advice in str(fault.value)


def test_the_first_and_the_last_year_are_inside() -> None:
    assert utc_text(utc("1900-01-01T00:00:00Z")) == "1900-01-01T00:00:00Z"
    assert utc_text(utc("2200-12-31T23:59:59.999999Z")) == "2200-12-31T23:59:59.999999Z"


@pytest.mark.parametrize("text", ["2026-06-03", "2026-06-03 10:00"])
def test_civil_time_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(CivilTimeFault, match="write Z or an offset") as fault:
        parse_instant(text, None)
    assert fault.value.reason == "malformed-instant"


def test_an_ambiguous_time_is_refused_and_both_readings_are_named() -> None:
    with pytest.raises(CivilTimeFault) as fault:
        parse_instant("2026-10-25 02:30", AMSTERDAM)
    assert fault.value.reason == "ambiguous-civil-time"
    assert "2026-10-25T02:30:00+02:00 for the first" in str(fault.value)
    assert "2026-10-25T02:30:00+01:00 for the second" in str(fault.value)


def test_a_void_time_is_refused_and_the_gap_is_named() -> None:
    with pytest.raises(CivilTimeFault) as fault:
        parse_instant("2026-03-29 02:30", AMSTERDAM)
    assert fault.value.reason == "void-civil-time"
    assert "from 2026-03-29 02:00 to 2026-03-29 03:00" in str(fault.value)
    assert "+01:00 before the change or +02:00 after it" in str(fault.value)


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ("2026-03-29 01:59:59.999999", "2026-03-29T00:59:59.999999Z"),
        ("2026-03-29 03:00", "2026-03-29T01:00:00Z"),
        ("2026-10-25 01:59:59.999999", "2026-10-24T23:59:59.999999Z"),
        ("2026-10-25 03:00", "2026-10-25T02:00:00Z"),
    ],
)
def test_the_times_beside_a_clock_change_are_plain(edge: str, expected: str) -> None:
    assert parse_instant(edge, AMSTERDAM) == utc(expected)


@pytest.mark.parametrize("edge", ["02:00", "02:59:59.999999"])
def test_the_edges_of_a_clock_change_are_refused(edge: str) -> None:
    with pytest.raises(CivilTimeFault, match="does not exist"):
        parse_instant(f"2026-03-29 {edge}", AMSTERDAM)
    with pytest.raises(CivilTimeFault, match="comes twice"):
        parse_instant(f"2026-10-25 {edge}", AMSTERDAM)


def test_a_fold_that_is_named_chooses_the_reading() -> None:
    moment = civil("2026-10-25 02:30")
    assert from_civil(moment, AMSTERDAM, fold="first") == utc("2026-10-25T00:30:00Z")
    assert from_civil(moment, AMSTERDAM, fold="second") == utc("2026-10-25T01:30:00Z")


def test_a_named_fold_does_not_make_a_void_time_real() -> None:
    with pytest.raises(CivilTimeFault) as fault:
        from_civil(civil("2026-03-29 02:30"), AMSTERDAM, fold="first")
    assert fault.value.reason == "void-civil-time"


def test_a_civil_time_with_a_zone_inside_it_is_a_callers_fault() -> None:
    with pytest.raises(ValueError, match="carries no tzinfo"):
        from_civil(datetime(2026, 6, 3, tzinfo=UTC), AMSTERDAM)


def test_a_derived_void_time_is_the_first_instant_after_the_gap() -> None:
    change = utc("2026-03-29T01:00:00Z")
    assert civil_or_next(civil("2026-03-29 02:00"), AMSTERDAM) == change
    assert civil_or_next(civil("2026-03-29 02:59:59.999999"), AMSTERDAM) == change
    assert civil_or_next(civil("2026-10-25 02:30"), AMSTERDAM) == utc("2026-10-25T00:30:00Z")


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00Z"),  # clocks go from 00:00 to 01:00
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00Z"),  # 00:00 comes at 04:00 and at 05:00
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00:00Z"),
    ],
)
def test_a_day_starts_even_where_its_midnight_does_not_exist(zone: str, day: date, expected: str) -> None:
    assert start_of_day(day, zone) == utc(expected)


def test_a_day_of_a_clock_change_has_23_or_25_hours() -> None:
    def length(day: date) -> int:
        return start_of_day(day + timedelta(days=1), AMSTERDAM) - start_of_day(day, AMSTERDAM)

    assert length(date(2026, 3, 29)) == 23 * HOUR
    assert length(date(2026, 10, 25)) == 25 * HOUR
    assert length(date(2026, 6, 3)) == 24 * HOUR


def test_minutes_shown_again_after_midnight_belong_to_the_day_that_has_begun() -> None:
    # In 2010 St John's reached 00:01 on 7 November at 02:31 UTC and went back to 23:01 on the 6th.
    again = utc("2010-11-07T02:45:00Z")
    assert civil_text(again, "America/St_Johns").startswith("2010-11-06 23:15")
    assert civil_day(again, "America/St_Johns") == date(2010, 11, 7)


@given(instant=instants, zone=st.sampled_from(ZONES))
def test_the_civil_day_of_an_instant_holds_it(instant: int, zone: str) -> None:
    day = civil_day(instant, zone)
    assert start_of_day(day, zone) <= instant < start_of_day(day + timedelta(days=1), zone)


@given(
    first=st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001 - civil
    later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2)),
    zone=st.sampled_from(ZONES),
)
def test_derived_civil_times_never_go_back(first: datetime, later: timedelta, zone: str) -> None:
    assert civil_or_next(first, zone) <= civil_or_next(first + later, zone)


@given(instant=instants, zone=st.sampled_from(ZONES))
def test_civil_text_reads_back_as_the_same_instant(instant: int, zone: str) -> None:
    assert parse_instant(civil_text(instant, zone), zone) == instant


@given(instant=instants)
def test_utc_text_reads_back_as_the_same_instant(instant: int) -> None:
    assert utc(utc_text(instant)) == instant


@given(hours=st.integers(min_value=-48, max_value=48), micro=st.integers(min_value=0, max_value=HOUR))
def test_civil_text_reads_back_on_every_side_of_a_clock_change(hours: int, micro: int) -> None:
    for change in (utc("2026-03-29T01:00:00Z"), utc("2026-10-25T01:00:00Z")):
        instant = change + hours * HOUR // 8 + micro
        assert parse_instant(civil_text(instant, AMSTERDAM), AMSTERDAM) == instant


def test_seconds_and_decimals_are_shown_only_where_they_are_not_zero() -> None:
    noon = utc("2026-06-03T08:00:00Z")
    assert civil_text(noon, AMSTERDAM) == "2026-06-03 10:00"
    assert civil_text(noon + 5 * SECOND, AMSTERDAM) == "2026-06-03 10:00:05"
    assert civil_text(noon + 1, AMSTERDAM) == "2026-06-03 10:00:00.000001"
    assert utc_text(noon) == "2026-06-03T08:00:00Z"
    assert utc_text(noon + 1) == "2026-06-03T08:00:00.000001Z"


def test_a_time_that_comes_twice_is_shown_with_its_offset() -> None:
    assert civil_text(utc("2026-10-25T00:30:00Z"), AMSTERDAM) == "2026-10-25 02:30+02:00"
    assert civil_text(utc("2026-10-25T01:30:00Z"), AMSTERDAM) == "2026-10-25 02:30+01:00"


@pytest.mark.parametrize("name", ["Europe/Amsterdm", "", "../etc", "Europe", "localtime", "right/UTC", "a\0b"])
def test_a_name_that_is_no_zone_everywhere_is_refused(name: str) -> None:
    with pytest.raises(ZoneFault, match="write a name like Europe/Amsterdam"):
        zone_named(name)


def test_faults_survive_the_way_between_processes() -> None:
    fault = CivilTimeFault("void-civil-time", "2026-03-29 02:30 does not exist")
    again = pickle.loads(pickle.dumps(fault))  # noqa: S301 - our own bytes
    assert (again.reason, str(again)) == (fault.reason, str(fault))
    assert str(pickle.loads(pickle.dumps(ZoneFault("Mars")))) == str(ZoneFault("Mars"))  # noqa: S301


def test_the_units_build_on_each_other() -> None:
    assert (DAY, HOUR, MINUTE) == (86_400 * SECOND, 3_600 * SECOND, 60 * SECOND)
