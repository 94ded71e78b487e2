"""Cases about working time: each is a case for the measure itself, since no contract words it so."""

from datetime import date

import pytest
from malus.measures.clocks import Pauses, open_hours, working_times
from malus.model.calendars import Calendar, add_business_days, add_working_time, open_stretches
from malus.model.instants import HOUR, MINUTE, parse_instant

ZONE = "Europe/Amsterdam"


def calendar(opens: int, closes: int) -> Calendar:
    """Monday to Friday between two hours, without holidays."""
    return Calendar(
        name="desk",
        zone=ZONE,
        always=False,
        weekly=tuple((day, opens * 60, closes * 60) for day in range(5)),
        horizon_start=date(2018, 1, 1),
        horizon_end=date(2027, 12, 31),
    )


EIGHT_TO_EIGHT, NINE_TO_FIVE = calendar(8, 20), calendar(9, 17)


def at(text: str) -> int:
    return parse_instant(text, ZONE)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        pytest.param("2019-01-01 07:00", "2019-01-01 09:00", 60, id="CLK-01"),
        pytest.param("2019-01-01 06:00", "2019-01-01 07:00", 0, id="CLK-02"),
        pytest.param("2019-01-01", "2019-01-08", 3600, id="CLK-03"),
        pytest.param("2019-01-08", "2019-01-01", 0, id="CLK-04"),
    ],
)
def test_working_minutes_between_two_instants(start: str, end: str, minutes: int) -> None:
    stretches = open_stretches(EIGHT_TO_EIGHT, at("2018-12-31"), at("2019-01-31"))
    hours = open_hours([first for first, _ in stretches], [last for _, last in stretches])
    assert working_times([at(start)], [at(end)], hours) == [minutes * MINUTE]


@pytest.mark.parametrize(
    ("days", "due"),
    [pytest.param(7, "2018-11-28 10:00", id="CLK-05"), pytest.param(-7, "2018-11-08 10:00", id="CLK-06")],
)
def test_working_days_are_counted_in_both_directions(days: int, due: str) -> None:
    assert add_business_days(EIGHT_TO_EIGHT, at("2018-11-19 10:00"), days, ZONE) == at(due)


@pytest.mark.parametrize(
    ("hours", "due"),
    [pytest.param(8, "2026-06-08 16:00", id="CLK-07"), pytest.param(2, "2026-06-08 10:00", id="CLK-08")],
)
def test_working_hours_from_friday_at_four(hours: int, due: str) -> None:
    assert add_working_time(NINE_TO_FIVE, at("2026-06-05 16:00"), hours * HOUR) == at(due)


@pytest.mark.parametrize(
    ("frame", "minutes"),
    [
        pytest.param((0, 240), 90, id="CLK-09"),
        pytest.param((-10080, 10200), 90, id="CLK-10"),
        pytest.param((30, 120), 60, id="CLK-11"),
        pytest.param((0, 30), 30, id="CLK-12"),
    ],
)
def test_minutes_inside_a_frame_stop_at_a_pause_and_at_the_closing(frame: tuple[int, int], minutes: int) -> None:
    created, pending, closed = 0, 90, 120
    first, last = max(created, frame[0]), min(closed, frame[1])
    always = open_hours([-(10**6) * MINUTE], [10**6 * MINUTE])
    pauses = Pauses(offsets=[0, 1], starts=[pending * MINUTE], ends=[closed * MINUTE])
    assert working_times([first * MINUTE], [last * MINUTE], always, pauses) == [minutes * MINUTE]
