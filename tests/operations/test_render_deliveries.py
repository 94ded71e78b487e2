"""Deliveries in sentences; test_render holds that every kind of step has one."""

from dataclasses import replace

import pytest
from malus.model.explanation import Step
from malus.model.instants import DAY, HOUR, parse_instant
from malus.model.measuring_steps import Late
from malus.operations.render_deliveries import late_text

ZONE = "Europe/Amsterdam"
LATE = Late(
    delivery="D-7",
    due=parse_instant("2026-06-01", ZONE),
    counts_from=parse_instant("2026-06-01", ZONE),
    until=parse_instant("2026-06-03 09:00", ZONE),
    is_open=False,
    running=57 * HOUR,
    day="24_hours",
    part_day="counts",
    counted=3 * DAY,
)
DELIVERED: dict[str, tuple[Step, str]] = {
    "Late": (
        LATE,
        "D-7 due 2026-06-01, there 2026-06-03 09:00: 57 h, counted as 3 days (of 24 hours, a begun one counts)",
    ),
}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            {"day": "", "part_day": "", "counts_from": LATE.due + DAY, "running": 33 * HOUR},
            "D-7 due 2026-06-01, with more time 2026-06-02, there 2026-06-03 09:00: 33 h",
        ),
        (
            {"day": "calendar_day", "part_day": "", "is_open": True, "counted": 2 * DAY},
            "D-7 due 2026-06-01, under way 2026-06-03 09:00: 57 h, counted as 2 days (of the calendar)",
        ),
        ({"day": "", "part_day": "", "due": None}, "D-7 sent 2026-06-01, there 2026-06-03 09:00: 57 h"),
    ],
)
def test_a_lateness_says_from_when_it_runs_and_what_it_counts_as(told, sentence) -> None:
    assert late_text(replace(LATE, **told), ZONE) == sentence
