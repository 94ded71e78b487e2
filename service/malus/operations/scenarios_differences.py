"""Owns the difference between an expectation and an answer: both sides as text, and how far apart they are.

Does not own: what is compared with what.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from malus.model.instants import Instant
from malus.model.money import Money, money_text
from malus.operations.render_words import last_moment_text, moment_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as expected: the line that expects it, both sides, and how far apart two amounts are.

    `parting` says where the answer took another way than the expectation; empty where there is no one place.
    """

    line: int
    what: str
    expected: str
    got: str
    apart: str = ""
    parting: str = ""


@dataclass(slots=True, kw_only=True)
class Differences:
    """The differences found so far, in order; moments are shown on the clocks of `zone`."""

    zone: str
    found: list[Difference] = field(default_factory=list)

    def add(self, line: int, what: str, expected: str, got: str, parting: str = "", apart: str = "") -> None:
        """Keep a difference."""
        self.found.append(Difference(line=line, what=what, expected=expected, got=got, apart=apart, parting=parting))

    def money(self, line: int, what: str, wanted: Money, got: Money, why: str = "") -> None:
        """Compare two amounts, exactly."""
        if wanted != got:
            apart = got - wanted
            sign = "+" if apart.amount > 0 else ""
            self.add(line, what, money_text(wanted), money_text(got), why, f"{sign}{money_text(apart)}")

    def moment(self, line: int, what: str, wanted: Instant | None, got: Instant | None) -> None:
        """Compare two instants; None on the side of the expectation compares nothing."""
        if wanted is not None and wanted != got:
            shown = "none" if got is None else moment_text(got, self.zone)
            self.add(line, what, moment_text(wanted, self.zone), shown)

    def last_moment(self, line: int, what: str, wanted: Instant | None, got: Instant | None) -> None:
        """Compare two last instants; None on the side of the expectation compares nothing."""
        if wanted is not None and wanted != got:
            shown = "none" if got is None else last_moment_text(got, self.zone)
            self.add(line, what, last_moment_text(wanted, self.zone), shown)
