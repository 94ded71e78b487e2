"""When an allowed time has run on a calendar whose holidays are known for a while only."""

from datetime import date

import pytest
from malus.measures.calendar_clock import reached_at
from malus.model.calendars import Calendar, HorizonFault
from malus.model.instants import HOUR, Instant, parse_instant

OFFICE = Calendar(
    name="office",
    zone="UTC",
    always=False,
    weekly=tuple((weekday, 480, 1020) for weekday in range(5)),
    holidays=((date(2026, 12, 25), "Christmas"),),
    horizon_start=date(2026, 1, 1),
    horizon_end=date(2026, 12, 31),
)


def at(text: str) -> Instant:
    return parse_instant(text, "UTC")


@pytest.mark.parametrize(
    ("allowed", "due"),
    [
        (0, "2026-12-23 16:00"),
        (HOUR, "2026-12-23 17:00"),
        (2 * HOUR, "2026-12-24 09:00"),
        # Christmas is a Friday, so Monday follows.
        (11 * HOUR, "2026-12-28 09:00"),
        # The last hour of the last day that is known.
        (46 * HOUR, "2026-12-31 17:00"),
    ],
)
def test_what_is_reached_within_the_known_days_asks_for_no_later_one(allowed: int, due: str) -> None:
    assert reached_at(OFFICE, at("2026-12-23 16:00"), allowed, []) == at(due)


def test_what_would_be_reached_after_the_known_days_cannot_be_told() -> None:
    with pytest.raises(HorizonFault, match="2027"):
        reached_at(OFFICE, at("2026-12-23 16:00"), 46 * HOUR + 1, [])


def test_a_pause_moves_it_and_may_last_for_months() -> None:
    paused = [(at("2026-01-05 09:00"), at("2026-10-05 09:00"))]
    assert reached_at(OFFICE, at("2026-01-05 08:00"), 2 * HOUR, paused) == at("2026-10-05 10:00")
