import pickle
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.calendars import (
    Calendar,
    HorizonFault,
    add_business_days,
    add_working_time,
    business_days_between,
    is_business_day,
    latest_announcement,
    nth_business_day,
    open_stretches,
)
from malus.model.instants import DAY, HOUR, MINUTE, civil_moment, parse_instant

AMSTERDAM = "Europe/Amsterdam"
WEEKDAYS = range(5)


def at(text: str, zone: str = AMSTERDAM) -> int:
    return parse_instant(text, zone)


def working_time(calendar: Calendar, start: int, end: int) -> int:
    """The open time in [start, end), in microseconds."""
    return sum(closes - opens for opens, closes in open_stretches(calendar, start, end))


def hours(opens: int, closes: int, weekdays: range = WEEKDAYS) -> tuple[tuple[int, int, int], ...]:
    return tuple((weekday, opens * 60, closes * 60) for weekday in weekdays)


def calendar(
    weekly: tuple[tuple[int, int, int], ...],
    *,
    zone: str = AMSTERDAM,
    holidays: tuple[tuple[date, str], ...] = (),
    horizon: tuple[date, date] = (date(2015, 1, 1), date(2035, 12, 31)),
) -> Calendar:
    return Calendar(
        name="office",
        zone=zone,
        always=False,
        weekly=weekly,
        holidays=holidays,
        holiday_source="by hand",
        horizon_start=horizon[0],
        horizon_end=horizon[1],
    )


KINGS_DAY = (date(2026, 4, 27), "Koningsdag")
OFFICE = calendar(hours(8, 18), holidays=(KINGS_DAY, (date(2026, 12, 25), "Kerst")))
ALWAYS = Calendar(name="always", zone="UTC", always=True, horizon_start=date(2026, 1, 1), horizon_end=date(2026, 1, 1))
GLPI = calendar(hours(8, 20), zone="Europe/Paris")
DESK = calendar(hours(9, 17))
NIGHT = calendar(
    tuple(span for weekday in range(7) for span in ((weekday, 0, 360), (weekday, 1320, 1440))),
    holidays=((date(2026, 6, 10), "feest"),),
)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2019-01-01 07:00", "2019-01-01 09:00", 60),
        ("2019-01-01 06:00", "2019-01-01 07:00", 0),
        ("2019-01-01", "2019-01-08", 3_600),
        ("2019-01-08", "2019-01-01", 0),
    ],
)
def test_working_time_counts_open_hours_only(start: str, end: str, minutes: int) -> None:
    assert working_time(GLPI, at(start), at(end)) == minutes * MINUTE


@pytest.mark.parametrize(("days", "due"), [(7, "2018-11-28 10:00"), (-7, "2018-11-08 10:00")])
def test_business_days_keep_the_time_of_day_either_way(days: int, due: str) -> None:
    assert add_business_days(GLPI, at("2018-11-19 10:00"), days, "Europe/Paris") == at(due)


@pytest.mark.parametrize(("worked", "due"), [(8, "2026-06-08 16:00"), (2, "2026-06-08 10:00")])
def test_work_left_on_friday_goes_on_on_monday(worked: int, due: str) -> None:
    assert add_working_time(DESK, at("2026-06-05 16:00"), worked * HOUR) == at(due)


def test_an_always_open_calendar_counts_elapsed_time_and_knows_every_day() -> None:
    start, end = at("2190-03-29"), at("2190-03-30")
    assert working_time(ALWAYS, start, end) == end - start
    assert open_stretches(ALWAYS, start, end) == ((start, end),)
    assert add_working_time(ALWAYS, start, 5) == start + 5
    assert is_business_day(ALWAYS, date(2190, 3, 29))


def test_a_holiday_and_a_weekend_have_no_open_hours() -> None:
    assert working_time(OFFICE, at("2026-04-24 17:00"), at("2026-04-28 09:00")) == 2 * HOUR
    assert not is_business_day(OFFICE, date(2026, 4, 27))
    assert not is_business_day(OFFICE, date(2026, 4, 26))
    assert is_business_day(OFFICE, date(2026, 4, 28))


def test_stretches_over_midnight_are_one_and_a_holiday_cuts_them() -> None:
    assert open_stretches(NIGHT, at("2026-06-08 12:00"), at("2026-06-11 12:00")) == (
        (at("2026-06-08 22:00"), at("2026-06-09 06:00")),
        (at("2026-06-09 22:00"), at("2026-06-10 00:00")),
        (at("2026-06-11 00:00"), at("2026-06-11 06:00")),
    )


def test_stretches_are_cut_to_what_was_asked() -> None:
    assert open_stretches(OFFICE, at("2026-06-03 10:00"), at("2026-06-03 10:30")) == (
        (at("2026-06-03 10:00"), at("2026-06-03 10:30")),
    )
    assert open_stretches(OFFICE, at("2026-06-03 18:00"), at("2026-06-04 08:00")) == ()


def test_several_spans_a_day_leave_the_break_out() -> None:
    split = calendar(((2, 480, 720), (2, 780, 1020)))
    assert working_time(split, at("2026-06-03"), at("2026-06-04")) == 8 * HOUR
    assert add_working_time(split, at("2026-06-03 11:00"), 2 * HOUR) == at("2026-06-03 14:00")


def test_opening_hours_on_the_day_of_a_clock_change_are_elapsed_time() -> None:
    around = calendar(hours(0, 24, range(7)))
    assert working_time(around, at("2026-03-29"), at("2026-03-30")) == 23 * HOUR
    assert working_time(around, at("2026-10-25"), at("2026-10-26")) == 25 * HOUR
    day = calendar(hours(8, 18, range(7)))
    assert working_time(day, at("2026-03-29"), at("2026-03-30")) == 10 * HOUR
    early = calendar(hours(1, 8, range(7)))
    assert working_time(early, at("2026-03-29"), at("2026-03-30")) == 6 * HOUR
    assert working_time(early, at("2026-10-25"), at("2026-10-26")) == 8 * HOUR


def test_an_opening_that_the_clocks_skip_is_the_first_instant_after_the_gap() -> None:
    skipped = calendar(((6, 150, 480),))
    assert open_stretches(skipped, at("2026-03-29"), at("2026-03-30")) == (
        (at("2026-03-29 03:00"), at("2026-03-29 08:00")),
    )
    inside = calendar(((6, 130, 170),))
    assert open_stretches(inside, at("2026-03-29"), at("2026-03-30")) == ()


def test_an_opening_that_comes_twice_is_the_first() -> None:
    twice = calendar(((6, 150, 480),))
    assert open_stretches(twice, at("2026-10-25"), at("2026-10-26")) == (
        (at("2026-10-25 02:30+02:00"), at("2026-10-25 08:00")),
    )


def test_no_working_time_is_the_start_itself_even_at_night() -> None:
    assert add_working_time(OFFICE, at("2026-06-06 03:00"), 0) == at("2026-06-06 03:00")


def test_work_that_fills_a_day_ends_at_its_closing() -> None:
    friday = at("2026-06-05 16:00")
    assert add_working_time(DESK, friday, HOUR) == at("2026-06-05 17:00")
    assert add_working_time(DESK, friday, HOUR + 1) == at("2026-06-08 09:00") + 1


def test_negative_working_time_is_a_callers_fault() -> None:
    with pytest.raises(ValueError, match="not negative"):
        add_working_time(DESK, 0, -1)


SHORT = calendar(hours(8, 18), horizon=(date(2026, 6, 1), date(2026, 6, 30)))


def test_the_first_and_the_last_day_of_the_horizon_are_known() -> None:
    assert working_time(SHORT, at("2026-06-01"), at("2026-07-01")) == 22 * 10 * HOUR
    assert is_business_day(SHORT, date(2026, 6, 30))


@pytest.mark.parametrize(("start", "end"), [("2026-05-31 23:59", "2026-06-02"), ("2026-06-01", "2026-07-01 00:01")])
def test_working_time_beyond_the_horizon_is_never_guessed(start: str, end: str) -> None:
    with pytest.raises(HorizonFault, match="2026-06-01 to 2026-06-30"):
        working_time(SHORT, at(start), at(end))


def test_a_search_that_leaves_the_horizon_is_refused_with_the_calendars_name() -> None:
    with pytest.raises(HorizonFault) as fault:
        add_working_time(SHORT, at("2026-06-30 17:00"), 2 * HOUR)
    assert (fault.value.name, str(fault.value)[:16]) == ("office", "calendar office:")
    assert "2026-07-01" in fault.value.what
    with pytest.raises(HorizonFault):
        add_business_days(SHORT, at("2026-06-30 10:00"), 1, AMSTERDAM)
    with pytest.raises(HorizonFault):
        latest_announcement(SHORT, at("2026-06-01 10:00"), 1)
    with pytest.raises(HorizonFault):
        is_business_day(SHORT, date(2026, 7, 1))
    again = pickle.loads(pickle.dumps(fault.value))  # noqa: S301 - our own bytes
    assert str(again) == str(fault.value)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-06-06 14:00", 1, "2026-06-09"),  # Saturday: Monday is day one, and it ends at Tuesday 00:00
        ("2026-06-06 14:00", 5, "2026-06-13"),
        ("2026-06-07 03:00", -1, "2026-06-05"),
        ("2026-06-07 03:00", -5, "2026-06-01"),
        ("2026-06-06 14:00", 0, "2026-06-06 14:00"),
        ("2026-04-24 10:00", 1, "2026-04-28 10:00"),  # over a weekend and Koningsdag
        ("2026-03-27 10:00", 1, "2026-03-30 10:00"),  # over a clock change
    ],
)
def test_business_days_count_from_the_nearest_boundary(start: str, days: int, due: str) -> None:
    assert add_business_days(OFFICE, at(start), days, AMSTERDAM) == at(due)


def test_the_nth_business_day_skips_weekends_and_holidays() -> None:
    assert nth_business_day(OFFICE, date(2026, 4, 24), 1) == date(2026, 4, 28)
    assert nth_business_day(OFFICE, date(2026, 4, 28), -1) == date(2026, 4, 24)
    assert nth_business_day(OFFICE, date(2026, 4, 26), 0) == date(2026, 4, 26)


def test_an_announcement_five_business_days_ahead_is_in_time_to_the_microsecond() -> None:
    event = at("2026-06-08 10:00")
    latest = latest_announcement(OFFICE, event, 5)
    assert latest == at("2026-06-01 10:00")
    assert business_days_between(OFFICE, latest, event) == 5
    assert business_days_between(OFFICE, latest + 1, event) == 4
    assert business_days_between(OFFICE, event, event) == 0
    assert business_days_between(OFFICE, event + DAY, event) == 0
    with pytest.raises(ValueError, match="no negative number"):
        latest_announcement(OFFICE, event, -1)


@pytest.mark.parametrize(
    ("weekly", "holidays"),
    [
        ((), ()),
        (((7, 0, 60),), ()),
        (((0, 60, 60),), ()),
        (((0, 0, 1441),), ()),
        (((0, 0, 60), (0, 30, 90)), ()),
        (((1, 0, 60), (0, 0, 60)), ()),
        (hours(8, 18), (KINGS_DAY, KINGS_DAY)),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(
    weekly: tuple[tuple[int, int, int], ...], holidays: tuple[tuple[date, str], ...]
) -> None:
    with pytest.raises(ValueError, match="calendar office"):
        calendar(weekly, holidays=holidays)


def test_a_calendar_with_holidays_is_not_always_open_and_a_horizon_has_a_length() -> None:
    with pytest.raises(ValueError, match="either always open"):
        Calendar(
            name="a",
            zone="UTC",
            always=True,
            holidays=(KINGS_DAY,),
            horizon_start=date(2026, 1, 1),
            horizon_end=date(2026, 1, 2),
        )
    with pytest.raises(ValueError, match="ends before it starts"):
        calendar(hours(8, 18), horizon=(date(2026, 1, 2), date(2026, 1, 1)))


minutes = st.integers(min_value=0, max_value=400 * 24 * 60).map(lambda m: at("2026-01-01") + m * MINUTE)
instants = st.integers(min_value=at("2026-01-01"), max_value=at("2027-01-01"))
calendars = st.sampled_from((OFFICE, NIGHT, DESK, GLPI, calendar(hours(9, 17), zone="America/New_York"), ALWAYS))
weekly_calendars = st.sampled_from((OFFICE, NIGHT, DESK, GLPI))


@given(calendar=calendars, a=instants, b=instants, c=instants)
def test_working_time_is_additive(calendar: Calendar, a: int, b: int, c: int) -> None:
    a, b, c = sorted((a, b, c))
    assert working_time(calendar, a, b) + working_time(calendar, b, c) == working_time(calendar, a, c)


@given(calendar=calendars, start=instants, worked=st.integers(min_value=0, max_value=300 * HOUR))
def test_adding_working_time_inverts_counting_it(calendar: Calendar, start: int, worked: int) -> None:
    reached = add_working_time(calendar, start, worked)
    assert working_time(calendar, start, reached) == worked
    if worked:
        assert working_time(calendar, start, reached - 1) == worked - 1


@given(calendar=calendars, start=minutes, length=st.integers(min_value=0, max_value=4 * 24 * 60))
def test_working_time_agrees_with_a_count_minute_by_minute(calendar: Calendar, start: int, length: int) -> None:
    closed = {day for day, _ in calendar.holidays}

    def is_open(instant: int) -> bool:
        shown = civil_moment(instant, calendar.zone)
        minute = shown.hour * 60 + shown.minute
        spans = [span for span in calendar.weekly if span[0] == shown.weekday() and span[1] <= minute < span[2]]
        return calendar.always or (bool(spans) and shown.date() not in closed)

    counted = sum(is_open(start + past * MINUTE) for past in range(length))
    assert working_time(calendar, start, start + length * MINUTE) == counted * MINUTE


@given(calendar=calendars, start=instants, length=st.integers(min_value=0, max_value=30 * DAY))
def test_open_stretches_are_sorted_disjoint_and_merged(calendar: Calendar, start: int, length: int) -> None:
    stretches = open_stretches(calendar, start, start + length)
    assert all(start <= opens < closes <= start + length for opens, closes in stretches)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(stretches))


@given(
    calendar=weekly_calendars,
    start=instants,
    later=st.integers(min_value=0, max_value=5 * DAY),
    days=st.integers(min_value=-12, max_value=12),
)
def test_a_later_start_never_has_an_earlier_end(calendar: Calendar, start: int, later: int, days: int) -> None:
    ends = (
        add_business_days(calendar, start, days, calendar.zone),
        add_business_days(calendar, start + later, days, calendar.zone),
    )
    assert ends[0] <= ends[1]


@given(calendar=weekly_calendars, event=instants, ahead=st.integers(min_value=0, max_value=30 * DAY))
def test_business_days_ahead_agree_with_the_latest_announcement(calendar: Calendar, event: int, ahead: int) -> None:
    announced = event - ahead
    n = business_days_between(calendar, announced, event)
    assert announced <= latest_announcement(calendar, event, n)
    assert announced > latest_announcement(calendar, event, n + 1)


@given(day=st.dates(date(2025, 1, 1), date(2027, 1, 1)), n=st.integers(min_value=1, max_value=30))
def test_the_nth_business_day_has_n_business_days_up_to_it(day: date, n: int) -> None:
    last = nth_business_day(OFFICE, day, n)
    passed = [day + timedelta(days=past) for past in range(1, (last - day).days + 1)]
    assert sum(is_business_day(OFFICE, each) for each in passed) == n
    assert is_business_day(OFFICE, last)
