"""Owns the sentences about deliveries: how late one was, and what that counts as.

Does not own: the sentences of levels (render_measured) and of money (render_steps), or any figure.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from malus.model.durations import duration_text
from malus.model.instants import DAY
from malus.model.measuring_steps import Late
from malus.operations.render_words import counted, moment_text

_DAYS: Final = {
    ("24_hours", "counts"): "of 24 hours, a begun one counts",
    ("24_hours", "ignored"): "of 24 hours, a begun one does not count",
    ("24_hours", "exact"): "of 24 hours, a begun one for its part",
    ("calendar_day", ""): "of the calendar",
    ("business_day", ""): "of business",
}


def late_text(late: Late, zone: str) -> str:
    """How late a delivery was: `D-7 due 2026-06-03, there 2026-06-05 09:00: 57 h, counted as 3 days`."""
    more = late.due is not None and late.counts_from > late.due
    start = f"due {moment_text(late.due, zone)}" if late.due is not None else "sent"
    if late.due is None or late.counts_from < late.due:
        start = f"sent {moment_text(late.counts_from, zone)}"
    elif more:
        start += f", with more time {moment_text(late.counts_from, zone)}"
    came = "under way" if late.is_open else "there"
    text = f"{late.delivery} {start}, {came} {moment_text(late.until, zone)}: {duration_text(late.running)}"
    if not late.day:
        return text
    days = counted(Fraction(late.counted, DAY), "day")
    return f"{text}, counted as {days} ({_DAYS[late.day, late.part_day]})"
