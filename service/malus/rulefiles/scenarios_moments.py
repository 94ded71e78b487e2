"""The moments and periods of a line that expects something, read in the agreement's zone.

Owns: those values and their faults. Does not own: what a line expects (scenarios_expected).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final, TypeVar

from malus.model.event_values import UnreadableError, read_value
from malus.model.instants import CivilTimeFault, Instant, civil_day, parse_instant, start_of_day
from malus.model.periods import Period
from malus.rulefiles.documents import Unsound
from malus.rulefiles.forms import Given
from malus.rulefiles.nodes import Node
from malus.rulefiles.scalars import VALUE

T = TypeVar("T")
_END_OF_DAY: Final = " end_of_day"


@dataclass(slots=True)
class LineReading:
    """The values of a line that need the agreement's zone; `is_sound` until one of them is faulty."""

    given: Given
    zone: str
    is_sound: bool = True

    def sound(self, value: T) -> T:
        """The value, or Unsound where a moment or period of the line is faulty."""
        if not self.is_sound:
            raise Unsound
        return value

    def every_moment(self) -> None:
        """Report the faults of all of them, also where another value keeps the line from being read."""
        self.period()
        for key in ("arisen", "ends_service"):
            self.instant(key)
        for key in ("cure_until", "exercise_until", "claim_until", "choice_until", "due"):
            self.last_instant(key)

    def period(self) -> Period | None:
        """The period that the line names, None where it names none or its fault is reported."""
        text = self._text("period")
        if text is None:
            return None
        try:
            period = read_value("stretch", text, self.zone)
        except UnreadableError as fault:
            self._fault("period", fault.reason, fault.what, fault.hint)
            return None
        assert isinstance(period, Period), "a stretch is read as a period"
        return period

    def instant(self, key: str) -> Instant | None:
        """A moment; a date is the start of its day."""
        text = self._text(key)
        return None if text is None else self._instant(key, text)

    def last_instant(self, key: str) -> Instant | None:
        """A last instant inside: a time, or the end of a day where the line says so; a bare date says neither."""
        text = self._text(key)
        if text is None:
            return None
        if text.endswith(_END_OF_DAY):
            start = self._instant(key, text.removesuffix(_END_OF_DAY))
            if start is None:
                return None
            return start_of_day(civil_day(start, self.zone) + datetime.timedelta(days=1), self.zone) - 1
        if ":" not in text:
            what = f"`{text}` does not say whether the day counts to its end"
            self._fault(key, "malformed-instant", what, f"write `{text}{_END_OF_DAY}`, or a date and time")
            return None
        return self._instant(key, text)

    def _text(self, key: str) -> str | None:
        return self.given.get(key, VALUE) if self.given.has(key) else None

    def _instant(self, key: str, text: str) -> Instant | None:
        try:
            return parse_instant(text, self.zone)
        except CivilTimeFault as fault:
            what, _, hint = fault.message.partition(": ")
            self._fault(key, fault.reason, what, hint)
            return None

    def _fault(self, key: str, code: str, what: str, hint: str) -> None:
        self.is_sound = False
        at: Node = self.given.at(key)
        self.given.reading.error(code, at, what, hint=hint)
