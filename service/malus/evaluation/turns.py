"""Owns the place of a breach among those of its period: the first of the month, the second, and so on.

Does not own: what each place pays (remedies.amounts), or whether anything follows: the matcher says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.triggers import Trigger
from malus.model.clauses import Clause
from malus.model.credits import AmountCredit
from malus.model.instants import Instant
from malus.model.quantities import Outcome
from malus.remedies.in_turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A turn and how sure it is.

    `complete`: whatever started earlier is over, or broke its promise for good. `final_from`: from when none of that
    can change any more; None while that cannot be said.
    """

    turn: Turn
    complete: bool
    final_from: Instant | None


_Group = tuple[int, int, str, Instant]


@dataclass(frozen=True, slots=True)
class Turns:
    """Orders what each clause judges one by one in a period, of one subject, by the start of each.

    What starts at the same instant stands in the order of the alphabet. Only clauses that pay the first otherwise have
    an order at all.
    """

    _groups: dict[_Group, list[JudgedPeriod]]

    @classmethod
    def of(cls, judged: Sequence[JudgedPeriod]) -> Turns:
        """Group and order the verdicts of every clause whose credit differs by turn."""
        groups: dict[_Group, list[JudgedPeriod]] = {}
        for item in judged:
            if differs_by_turn(item.clause):
                key = (item.place, item.clause.ordinal, item.verdict.whose, item.verdict.period.start)
                groups.setdefault(key, []).append(item)
        for group in groups.values():
            group.sort(key=_order)
        return cls(groups)

    def of_breach(self, trigger: Trigger, clause: Clause) -> Standing | None:
        """The turn of a missed promise among those of its period; None where every one is paid alike.

        Something earlier that nobody can judge leaves the turn open between two places.
        """
        if not differs_by_turn(clause):
            return None
        group = self._groups[trigger.place, clause.ordinal, trigger.whose, trigger.period.start]
        place = next(place for place, item in enumerate(group) if item.verdict.subject == trigger.subject)
        earlier = group[:place]
        missed = [item.verdict.subject for item in earlier if item.verdict.outcome is Outcome.MISSED]
        unsure = [item.verdict.subject for item in earlier if item.verdict.outcome is Outcome.UNDETERMINED]
        finals = [item.verdict.final_from for item in group[: place + 1]]
        return Standing(
            turn=Turn(period=trigger.period.label, earlier=tuple(missed), unsure=tuple(unsure)),
            complete=all(_stands(item) for item in earlier),
            final_from=None if None in finals else max(final for final in finals if final is not None),
        )


def differs_by_turn(clause: Clause) -> bool:
    """Whether the credit of a clause pays the first single breaches of a period otherwise than the later ones."""
    credit = clause.credit
    return isinstance(credit, AmountCredit) and credit.each != "occurrence" and credit.has_firsts


def _stands(item: JudgedPeriod) -> bool:
    return item.verdict.outcome is Outcome.MISSED or not item.measurement.is_open


def _order(item: JudgedPeriod) -> tuple[Instant, str]:
    assert item.measurement.starts is not None, "the compiler orders only what has a start"
    return item.measurement.starts, item.verdict.subject
