"""The one shape of every deadline: within, after (or before) which start, until when, on which calendar.

Owns: the keys of a deadline. Does not own: what a missing `until` means (deadline_terms), nor the clauses.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.rulefiles.documents import Kind, Words
from malus.rulefiles.forms import Form, Key, may, needs
from malus.rulefiles.scalars import DURATION, NAME, words

UNTIL: Final[Words[Literal["end_of_day", "same_instant"]]] = words("end_of_day", "same_instant")


def deadline_keys(after: Kind[str], starts: str) -> tuple[Key, ...]:
    """The keys of a deadline that runs from one of the starts that `after` takes."""
    return (
        needs("within", DURATION, "how long it lasts: `30 days`, `4 hours`, `5 business days`"),
        needs("after", after, starts),
        *closing_keys(),
    )


def closing_keys() -> tuple[Key, ...]:
    """How a deadline ends, and which hours or days count."""
    return (
        may(
            "until",
            UNTIL,
            "whether the last day counts to its end or to the same time; the last instant is inside",
        ),
        may("calendar", NAME, "the calendar whose hours or business days count"),
    )


def deadline_form(name: str, after: Kind[str], starts: str) -> Form:
    """A deadline that stands by itself."""
    return Form(name=name, says="a deadline: `{within: 30 days, after: ...}`", keys=deadline_keys(after, starts))
