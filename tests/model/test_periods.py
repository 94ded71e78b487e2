from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from malus.model.instants import DAY, HOUR, parse_instant, start_of_day
from malus.model.periods import (
    Cycle,
    Period,
    next_period,
    period_containing,
    period_labelled,
    periods_between,
    previous_period,
    shift_civil,
)

AMSTERDAM = "Europe/Amsterdam"
ZONES = (
    "UTC",
    AMSTERDAM,
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
MONTH = Cycle(kind="month")


def at(text: str, zone: str = AMSTERDAM) -> int:
    return parse_instant(text, zone)


def period(cycle: Cycle, text: str) -> tuple[int, int, str]:
    found = period_containing(cycle, at(text), AMSTERDAM)
    assert found.cut_from is None
    return found.start, found.end, found.label


@st.composite
def cycles(draw: st.DrawFn) -> Cycle:
    kind = draw(st.sampled_from(("day", "week", "month", "quarter", "year")))
    by_month = kind in ("month", "quarter", "year")
    month_day = draw(st.integers(1, 31)) if by_month else 1
    first_month = draw(st.integers(1, 12)) if kind in ("quarter", "year") else 1
    single = Cycle(kind=kind, month_day=month_day, first_month=first_month)
    if draw(st.booleans()):
        return single
    some = start_of_day(draw(st.dates(date(1990, 1, 1), date(2040, 1, 1))), "UTC")
    begun = period_containing(single, some, "UTC").start // DAY
    return Cycle(
        kind=kind,
        month_day=month_day,
        first_month=first_month,
        count=draw(st.integers(1, 14)),
        origin=date(1970, 1, 1) + timedelta(days=begun),
    )


days = st.dates(date(1991, 1, 1), date(2040, 1, 1))
instants = st.builds(
    lambda day, past: start_of_day(day, "UTC") + past, days, st.integers(min_value=0, max_value=DAY - 1)
)


@pytest.mark.parametrize(
    ("cycle", "instant", "start", "end", "label"),
    [
        (Cycle(kind="day"), "2026-06-03 10:00", "2026-06-03", "2026-06-04", "2026-06-03"),
        (Cycle(kind="week"), "2026-06-03 10:00", "2026-06-01", "2026-06-08", "2026-W23"),
        (MONTH, "2026-06-03 10:00", "2026-06-01", "2026-07-01", "2026-06"),
        (Cycle(kind="quarter"), "2026-06-03 10:00", "2026-04-01", "2026-07-01", "2026-Q2"),
        (Cycle(kind="year"), "2026-06-03 10:00", "2026-01-01", "2027-01-01", "2026"),
        (Cycle(kind="month", month_day=16), "2026-02-03", "2026-01-16", "2026-02-16", "2026-01-16"),
        (Cycle(kind="month", month_day=16), "2026-02-16", "2026-02-16", "2026-03-16", "2026-02-16"),
        (Cycle(kind="quarter", first_month=2), "2026-01-31", "2025-11-01", "2026-02-01", "2025-11-01"),
        (Cycle(kind="year", first_month=4), "2026-03-31 23:59", "2025-04-01", "2026-04-01", "2025-04-01"),
        (
            Cycle(kind="year", first_month=3, month_day=15),
            "2026-03-15",
            "2026-03-15",
            "2027-03-15",
            "2026-03-15",
        ),
        (Cycle(kind="month", count=6), "2026-08-01", "2026-07-01", "2027-01-01", "2026-07..2026-12"),
        (
            Cycle(kind="week", count=2, origin=date(2026, 6, 1)),
            "2026-05-31 23:00",
            "2026-05-18",
            "2026-06-01",
            "2026-W21..2026-W22",
        ),
        (
            Cycle(kind="year", count=2, origin=date(2025, 1, 1)),
            "2026-06-03",
            "2025-01-01",
            "2027-01-01",
            "2025..2026",
        ),
    ],
)
def test_a_period_is_cut_at_the_midnights_of_its_zone(
    cycle: Cycle, instant: str, start: str, end: str, label: str
) -> None:
    assert period(cycle, instant) == (at(start), at(end), label)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    june = period_containing(MONTH, at("2026-06-01"), AMSTERDAM)
    assert period_containing(MONTH, june.end - 1, AMSTERDAM) == june
    assert period_containing(MONTH, june.end, AMSTERDAM).label == "2026-07"
    assert period_containing(MONTH, june.start - 1, AMSTERDAM).label == "2026-05"


def test_months_are_as_long_as_they_really_last() -> None:
    def length(label: str) -> int:
        found = period_labelled(MONTH, label, AMSTERDAM)
        return found.end - found.start

    assert length("2026-03") == 31 * DAY - HOUR
    assert length("2026-10") == 31 * DAY + HOUR
    assert length("2026-06") == 30 * DAY
    assert length("2024-02") == 29 * DAY
    assert length("2100-02") == 28 * DAY


def test_a_march_day_in_amsterdam_has_23_hours() -> None:
    start, end, _ = period(Cycle(kind="day"), "2026-03-29 12:00")
    assert end - start == 23 * HOUR


@pytest.mark.parametrize(
    ("day", "label"),
    [
        ("2025-12-29", "2026-W01"),
        ("2026-12-31", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
    ],
)
def test_an_iso_week_belongs_to_the_year_of_its_thursday(day: str, label: str) -> None:
    start, end, found = period(Cycle(kind="week"), day)
    assert found == label
    assert end - start == 7 * DAY


def test_an_anchor_beyond_the_end_of_a_month_is_its_last_day() -> None:
    cut = periods_between(Cycle(kind="month", month_day=31), at("2024-01-31"), at("2024-05-31"), AMSTERDAM)
    assert [each.label for each in cut] == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
    assert cut[-1].end == at("2024-05-31")


def test_part_periods_at_both_ends_of_a_term_know_the_whole() -> None:
    first, middle, last = periods_between(MONTH, at("2026-01-15"), at("2026-03-10"), AMSTERDAM)
    assert (first.label, first.start, first.end) == ("2026-01", at("2026-01-15"), at("2026-02-01"))
    assert first.cut_from == (first.whole_start, first.whole_end) == (at("2026-01-01"), at("2026-02-01"))
    assert (middle.cut_from, middle.whole_start, middle.whole_end) == (None, middle.start, middle.end)
    assert (last.label, last.end, last.whole_end) == ("2026-03", at("2026-03-10"), at("2026-04-01"))


def test_a_term_inside_one_period_is_one_part_of_it() -> None:
    (only,) = periods_between(MONTH, at("2026-06-10"), at("2026-06-20"), AMSTERDAM)
    assert (only.start, only.end, only.cut_from) == (
        at("2026-06-10"),
        at("2026-06-20"),
        (at("2026-06-01"), at("2026-07-01")),
    )


def test_a_term_that_ends_at_or_before_its_start_has_no_periods() -> None:
    assert periods_between(MONTH, at("2026-06-10"), at("2026-06-10"), AMSTERDAM) == ()
    assert periods_between(MONTH, at("2026-06-10"), at("2026-05-10"), AMSTERDAM) == ()


def test_the_neighbours_of_a_part_are_those_of_the_whole() -> None:
    (part,) = periods_between(MONTH, at("2026-06-10"), at("2026-06-20"), AMSTERDAM)
    assert next_period(MONTH, part, AMSTERDAM).label == "2026-07"
    assert previous_period(MONTH, part, AMSTERDAM).label == "2026-05"


def test_a_day_that_a_zone_left_out_is_no_period() -> None:
    before = period_containing(Cycle(kind="day"), at("2011-12-29 12:00", "Pacific/Apia"), "Pacific/Apia")
    assert next_period(Cycle(kind="day"), before, "Pacific/Apia").label == "2011-12-31"
    with pytest.raises(ValueError, match="names no period"):
        period_labelled(Cycle(kind="day"), "2011-12-30", "Pacific/Apia")


@given(cycle=cycles(), start=instants, years=st.integers(0, 2), zone=st.sampled_from(ZONES))
def test_periods_tile_time_without_gap_or_overlap(cycle: Cycle, start: int, years: int, zone: str) -> None:
    assume(cycle.kind != "day" or years == 0)
    end = start + years * 366 * DAY + 40 * DAY + 1
    cut = periods_between(cycle, start, end, zone)
    assert (cut[0].start, cut[-1].end) == (start, end)
    for earlier, later in pairwise(cut):
        assert earlier.end == later.start
        assert earlier.label != later.label
        assert next_period(cycle, earlier, zone).start == later.whole_start
        assert previous_period(cycle, later, zone).end == earlier.whole_end


@given(cycle=cycles(), instant=instants, zone=st.sampled_from(ZONES))
def test_a_label_finds_its_period_again(cycle: Cycle, instant: int, zone: str) -> None:
    found = period_containing(cycle, instant, zone)
    assert found.start <= instant < found.end
    assert period_labelled(cycle, found.label, zone) == found


@pytest.mark.parametrize(
    "label", ["2026-13", "2026-W54", "2026-Q2", "2026", "2026-06-01", "june", "9999-12", "0000-01"]
)
def test_a_label_of_another_cycle_is_refused_with_an_example(label: str) -> None:
    with pytest.raises(ValueError, match=r"write it as in 2026-06$"):
        period_labelled(MONTH, label, AMSTERDAM)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "fortnight"},
        {"kind": "month", "month_day": 32},
        {"kind": "month", "month_day": 0},
        {"kind": "year", "first_month": 13},
        {"kind": "week", "month_day": 2},
        {"kind": "month", "first_month": 4},
        {"kind": "month", "count": 0},
        {"kind": "week", "count": 2},
        {"kind": "year", "count": 2},
        {"kind": "month", "count": 5},
        {"kind": "week", "count": 2, "origin": date(2026, 6, 2)},
        {"kind": "month", "count": 5, "origin": date(2026, 6, 2)},
    ],
)
def test_a_cycle_that_does_not_say_where_a_period_begins_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"origin|month_day|time is cut by|first_month"):
        Cycle(**fields)  # type: ignore[arg-type]


def test_a_period_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="ends at or before its start"):
        Period(start=1, end=1, label="x")
    with pytest.raises(ValueError, match="outside the whole"):
        Period(start=1, end=5, label="x", cut_from=(2, 9))
    with pytest.raises(ValueError, match="nothing is cut"):
        Period(start=1, end=5, label="x", cut_from=(1, 5))


@pytest.mark.parametrize(
    ("start", "shift", "expected"),
    [
        ("2026-01-31 10:00", {"months": 1}, "2026-02-28 10:00"),
        ("2024-01-31 10:00", {"months": 1}, "2024-02-29 10:00"),
        ("2026-03-31 10:00", {"months": -1}, "2026-02-28 10:00"),
        ("2024-02-29 10:00", {"years": 1}, "2025-02-28 10:00"),
        ("2024-02-29 10:00", {"years": -4}, "2020-02-29 10:00"),
        ("2026-03-28 10:00", {"days": 1}, "2026-03-29 10:00"),
        ("2026-12-31 10:00", {"months": 2, "days": 1}, "2027-03-01 10:00"),
        ("2026-03-28 02:30", {"days": 1}, "2026-03-29 03:00"),
        ("2026-10-24 02:30", {"days": 1}, "2026-10-25 02:30+02:00"),
        ("2026-07-01", {"years": -1}, "2025-07-01"),
        ("2026-06-03 10:00:00.000001", {"days": 30}, "2026-07-03 10:00:00.000001"),
    ],
)
def test_a_civil_shift_keeps_the_local_time(start: str, shift: dict[str, int], expected: str) -> None:
    assert shift_civil(at(start), AMSTERDAM, **shift) == at(expected)


def test_a_shift_by_nothing_is_the_instant_itself() -> None:
    second = at("2026-10-25 02:30+01:00")
    assert shift_civil(second, AMSTERDAM) == second


def test_a_day_over_a_clock_change_is_23_hours_of_elapsed_time() -> None:
    start = at("2026-03-28 10:00")
    assert shift_civil(start, AMSTERDAM, days=1) - start == 23 * HOUR
