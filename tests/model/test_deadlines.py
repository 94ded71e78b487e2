from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.calendars import Calendar, HorizonFault
from malus.model.deadlines import Deadline, LastInstants, Until, last_instant
from malus.model.durations import parse_duration
from malus.model.instants import HOUR, civil_day, civil_text, parse_instant

AMSTERDAM = "Europe/Amsterdam"
OFFICE = Calendar(
    name="office",
    zone=AMSTERDAM,
    always=False,
    weekly=tuple((weekday, 480, 1080) for weekday in range(5)),
    holidays=((date(2026, 4, 27), "Koningsdag"),),
    holiday_source="by hand",
    horizon_start=date(2025, 1, 1),
    horizon_end=date(2027, 12, 31),
)
ALWAYS = Calendar(
    name="always",
    zone=AMSTERDAM,
    always=True,
    horizon_start=date(2025, 1, 1),
    horizon_end=date(2027, 12, 31),
)


def at(text: str) -> int:
    return parse_instant(text, AMSTERDAM)


def deadline(within: str, until: Until, calendar: Calendar | None = None) -> Deadline:
    return Deadline(within=parse_duration(within), calendar=calendar, until=until, zone=AMSTERDAM)


@pytest.mark.parametrize(
    ("within", "calendar", "start", "last"),
    [
        ("4 hours", None, "2026-06-05 16:00", "2026-06-05 20:00"),
        ("4 hours", ALWAYS, "2026-06-05 16:00", "2026-06-05 20:00"),
        ("4 hours", OFFICE, "2026-06-05 16:00", "2026-06-08 10:00"),
        ("24 hours", None, "2026-03-28 10:00", "2026-03-29 11:00"),
        ("1 day", None, "2026-03-28 10:00", "2026-03-29 10:00"),
        ("30 days", None, "2026-07-01", "2026-07-31"),
        ("2 weeks", None, "2026-06-03 10:00", "2026-06-17 10:00"),
        ("1 month", None, "2026-01-31 10:00", "2026-02-28 10:00"),
        ("1 quarter", None, "2026-11-30 10:00", "2027-02-28 10:00"),
        ("1 year", None, "2024-02-29 10:00", "2025-02-28 10:00"),
        ("5 business days", OFFICE, "2026-04-24 10:00", "2026-05-04 10:00"),
        ("5 business days", OFFICE, "2026-06-06 10:00", "2026-06-13"),
        ("0 seconds", None, "2026-06-03 10:00", "2026-06-03 10:00"),
        ("1 day", None, "2026-03-28 02:30", "2026-03-29 03:00"),
    ],
)
def test_until_the_same_instant_that_instant_is_the_last_inside(
    within: str, calendar: Calendar | None, start: str, last: str
) -> None:
    assert last_instant(deadline(within, "same_instant", calendar), at(start)) == at(last)


@pytest.mark.parametrize(
    ("within", "calendar", "start", "last"),
    [
        ("30 days", None, "2026-06-03 10:00", "2026-07-03 23:59:59.999999"),
        ("0 days", None, "2026-06-03 10:00", "2026-06-03 23:59:59.999999"),
        ("1 month", None, "2026-01-31 00:00", "2026-02-28 23:59:59.999999"),
        ("2 weeks", None, "2026-06-03 23:59", "2026-06-17 23:59:59.999999"),
        ("1 quarter", None, "2026-06-03", "2026-09-03 23:59:59.999999"),
        ("1 year", None, "2024-02-29 10:00", "2025-02-28 23:59:59.999999"),
        ("5 business days", OFFICE, "2026-04-24 10:00", "2026-05-04 23:59:59.999999"),
        ("1 business day", OFFICE, "2026-06-06 10:00", "2026-06-08 23:59:59.999999"),
        ("0 business days", OFFICE, "2026-06-06 10:00", "2026-06-06 23:59:59.999999"),
        ("4 hours", OFFICE, "2026-06-05 16:00", "2026-06-08 23:59:59.999999"),
        ("24 hours", None, "2026-06-05", "2026-06-06 23:59:59.999999"),
    ],
)
def test_until_the_end_of_the_day_the_last_microsecond_is_inside(
    within: str, calendar: Calendar | None, start: str, last: str
) -> None:
    assert last_instant(deadline(within, "end_of_day", calendar), at(start)) == at(last)


@pytest.mark.parametrize(
    ("within", "calendar", "last"),
    [
        ("30 days", None, "2026-07-30 23:59:59.999999"),
        ("1 month", None, "2026-07-31 23:59:59.999999"),
        ("2 months", None, "2026-08-31 23:59:59.999999"),
        ("1 quarter", None, "2026-09-30 23:59:59.999999"),
        ("0 days", None, "2026-06-30 23:59:59.999999"),
        ("5 business days", OFFICE, "2026-07-07 23:59:59.999999"),
        ("72 hours", None, "2026-07-03 23:59:59.999999"),
    ],
)
def test_from_the_end_of_a_period_the_day_it_closes_is_day_zero(
    within: str, calendar: Calendar | None, last: str
) -> None:
    end_of_june = at("2026-07-01")
    assert last_instant(deadline(within, "end_of_day", calendar), end_of_june, closes_day=True) == at(last)


def test_a_month_after_a_day_inside_a_month_keeps_its_date() -> None:
    within_a_month = deadline("1 month", "end_of_day")
    assert last_instant(within_a_month, at("2026-06-30 10:00")) == at("2026-07-30 23:59:59.999999")
    assert last_instant(within_a_month, at("2026-07-31"), closes_day=True) == at("2026-08-30 23:59:59.999999")


def test_the_end_of_a_period_changes_nothing_for_the_same_instant() -> None:
    until = deadline("30 days", "same_instant")
    assert last_instant(until, at("2026-07-01"), closes_day=True) == at("2026-07-31")


def test_one_microsecond_after_the_last_instant_is_the_next_day() -> None:
    last = last_instant(deadline("30 days", "end_of_day"), at("2026-07-01"), closes_day=True)
    assert (civil_day(last, AMSTERDAM), civil_day(last + 1, AMSTERDAM)) == (
        date(2026, 7, 30),
        date(2026, 7, 31),
    )


def test_the_last_day_may_be_one_of_23_hours() -> None:
    last = last_instant(deadline("1 day", "end_of_day"), at("2026-03-28 10:00"))
    assert civil_text(last, AMSTERDAM) == "2026-03-29 23:59:59.999999"
    assert last + 1 - at("2026-03-29") == 23 * HOUR


def test_a_deadline_beyond_the_horizon_is_never_guessed() -> None:
    for until in ("end_of_day", "same_instant"):
        with pytest.raises(HorizonFault):
            last_instant(deadline("1 business day", until, OFFICE), at("2027-12-31 10:00"))


def test_business_days_without_a_calendar_are_refused() -> None:
    with pytest.raises(ValueError, match="need a calendar"):
        deadline("5 business days", "end_of_day")


def test_civil_days_on_a_calendar_are_refused_for_they_run_through() -> None:
    with pytest.raises(ValueError, match="run through"):
        deadline("30 days", "end_of_day", OFFICE)
    assert deadline("30 days", "end_of_day", ALWAYS).calendar == ALWAYS


def test_a_deadline_ends_in_one_of_two_ways() -> None:
    with pytest.raises(ValueError, match="end_of_day or same_instant"):
        deadline("1 day", "noon")  # type: ignore[arg-type]


@given(
    start=st.integers(min_value=at("2025-06-01"), max_value=at("2026-12-31")),
    count=st.integers(min_value=0, max_value=60),
    unit=st.sampled_from(("hours", "days", "weeks", "months", "business days")),
)
def test_the_end_of_the_day_is_never_before_the_same_day_and_always_ends_it(start: int, count: int, unit: str) -> None:
    calendar = OFFICE if unit == "business days" else None
    within = f"{count if unit != 'months' else count % 12} {unit}"
    last = last_instant(deadline(within, "end_of_day", calendar), start)
    assert last >= start
    assert civil_day(last + 1, AMSTERDAM) > civil_day(last, AMSTERDAM)
    # Business days from a day off end, for the same instant, with the midnight 1 µs later.
    assert last_instant(deadline(within, "same_instant", calendar), start) <= last + 1


@given(
    starts=st.lists(st.integers(at("2026-03-27"), at("2026-03-31")) | st.just(at("2026-03-29")), max_size=12),
    until=st.sampled_from(["end_of_day", "same_instant"]),
    within=st.sampled_from([("3 business days", OFFICE), ("2 hours", OFFICE), ("1 day", None), ("1 month", None)]),
)
def test_one_start_after_the_other_each_has_its_own_last_instant(
    starts: list[int], until: Until, within: tuple[str, Calendar | None]
) -> None:
    until_then = deadline(within[0], until, within[1])
    in_turn = LastInstants(until_then)
    assert [in_turn.of(start) for start in starts] == [last_instant(until_then, start) for start in starts]
