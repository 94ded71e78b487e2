"""Owns the place of a breach among those of its period: the first of the month, the second, and so on.

Does not own: what each place pays (remedies.amounts), or whether anything follows: the matcher says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from malus.evaluation.in_force import Thread
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.measuring import Measures
from malus.evaluation.promised import held_of
from malus.evaluation.triggers import Trigger
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import AmountCredit
from malus.model.indicators import DeliveryTime, Elapsed
from malus.model.instants import Instant
from malus.model.measurement import Measurement
from malus.model.quantities import Outcome
from malus.remedies.in_turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A turn and how sure it is.

    `complete`: whatever started earlier is over and judged, or broke its promise. `final_from`: from when none
    of that can change any more; None while that cannot be said.
    """

    turn: Turn
    complete: bool
    final_from: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What runs and is not judged before its end: it may yet break its promise, and take a place among the first."""

    place: int
    clause: Clause
    measurement: Measurement


_Group = tuple[int, int, str, Instant]


@dataclass(frozen=True, slots=True)
class Turns:
    """Orders what each clause judges one by one in a period, of one subject, by the start of each.

    What starts at the same instant stands in the order of the alphabet. Only clauses that pay the first otherwise have
    an order at all.
    """

    _groups: dict[_Group, list[JudgedPeriod]]
    _waiting: dict[_Group, list[tuple[Instant, str]]]

    @classmethod
    def of(cls, judged: Sequence[JudgedPeriod], waiting: Sequence[Waiting] = ()) -> Turns:
        """Group and order the verdicts of every clause whose credit differs by turn, and what waits for its own."""
        groups: dict[_Group, list[JudgedPeriod]] = {}
        for item in judged:
            if differs_by_turn(item.clause):
                key = (item.place, item.clause.ordinal, item.verdict.whose, item.verdict.period.start)
                groups.setdefault(key, []).append(item)
        for group in groups.values():
            group.sort(key=lambda item: _order(item.measurement, item.verdict.subject))
        running: dict[_Group, list[tuple[Instant, str]]] = {}
        for one in waiting:
            found = one.measurement
            key = (one.place, one.clause.ordinal, found.whose, found.period.start)
            running.setdefault(key, []).append(_order(found, found.subject or found.whose))
        return cls(groups, running)

    def of_breach(self, trigger: Trigger, clause: Clause) -> Standing | None:
        """The turn of a missed promise among those of its period; None where every one is paid alike.

        Something earlier that nobody can judge leaves the turn open between two places.
        """
        if not differs_by_turn(clause):
            return None
        key = (trigger.place, clause.ordinal, trigger.whose, trigger.period.start)
        group = self._groups[key]
        place = next(place for place, item in enumerate(group) if item.verdict.subject == trigger.subject)
        earlier = group[:place]
        missed = [item.verdict.subject for item in earlier if item.verdict.outcome is Outcome.MISSED]
        unsure = [item.verdict.subject for item in earlier if item.verdict.outcome is Outcome.UNDETERMINED]
        finals = [item.verdict.final_from for item in group[: place + 1]]
        own = _order(group[place].measurement, trigger.subject)
        may_come = any(one < own for one in self._waiting.get(key, ()))
        if may_come:
            finals.append(None)
        return Standing(
            turn=Turn(period=trigger.period.label, earlier=tuple(missed), unsure=tuple(unsure)),
            complete=not may_come and all(_stands(item) for item in earlier),
            final_from=None if None in finals else max(final for final in finals if final is not None),
        )


def differs_by_turn(clause: Clause) -> bool:
    """Whether the credit of a clause pays the first single breaches of a period otherwise than the later ones."""
    credit = clause.credit
    return isinstance(credit, AmountCredit) and credit.each != "occurrence" and credit.has_firsts


def waiting_of(threads: Sequence[Thread], measures: Measures) -> list[Waiting]:
    """What runs and waits for its end to be judged, wherever the first of a period pay otherwise."""
    found = []
    for run in (run for thread in threads for run in thread.runs):
        indicator = run.indicator
        if not isinstance(indicator, Elapsed | DeliveryTime) or indicator.while_open != "waits":
            continue
        clauses = [clause for clause in run.terms.clauses if differs_by_turn(clause) and _promises(clause, indicator)]
        if not clauses:
            continue
        running = replace(run, indicator=replace(indicator, while_open="runs"))
        for item in measures.measured(running):
            held = held_of(item)
            found += [
                Waiting(place=run.place, clause=clause, measurement=item)
                for clause in clauses
                if item.is_open and measures.targets.promised(run.place, run.terms, clause, held) is not None
            ]
    return found


def _promises(clause: Clause, indicator: Elapsed | DeliveryTime) -> bool:
    return isinstance(clause.condition, Promise) and clause.condition.indicator == indicator.name


def _stands(item: JudgedPeriod) -> bool:
    return item.verdict.outcome is Outcome.MISSED or not item.measurement.is_open


def _order(measurement: Measurement, subject: str) -> tuple[Instant, str]:
    assert measurement.starts is not None, "the compiler orders only what has a start"
    return measurement.starts, subject
