"""Owns what a breach pays by its place among those of its period: the first ones otherwise than the later ones.

Does not own: the order itself (evaluation.turns), nor the rest of a credit (amounts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from malus.model.credits import AmountCredit
from malus.model.explanation import NAMED_EVENTS_LIMIT, Step, Undetermined
from malus.model.paying_steps import InTurn

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which breaches of a period came before one, by the start of each; of `unsure` ones nobody can say whether."""

    period: str
    earlier: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def placed_in_turn(credit: AmountCredit, turn: Turn | None) -> tuple[int, tuple[Step, ...]] | Undetermined:
    """The place of a breach, from 1, and the step that says so; 1 without a step where no place matters.

    Undetermined where the places that it may have pay otherwise.
    """
    if not credit.has_firsts or credit.each == "occurrence":
        return 1, ()
    assert turn is not None, "what is paid by its turn has one"
    number = len(turn.earlier) + 1
    figures = (*credit.first_amounts, credit.amount) if credit.rate is None else (*credit.first_rates, credit.rate)
    may_be = {figures[min(number + more, len(figures)) - 1] for more in range(len(turn.unsure) + 1)}
    if len(may_be) > 1:
        reason = f"nobody can say whether an earlier {credit.each} missed the promise"
        return Undetermined(reason=reason, named=turn.unsure)
    step = InTurn(
        what=credit.each,
        period=turn.period,
        number=number,
        earlier=turn.earlier[:NAMED_EVENTS_LIMIT],
        amounts=() if credit.amount is None else (*credit.first_amounts, credit.amount),
        rates=() if credit.rate is None else (*credit.first_rates, credit.rate),
    )
    return number, (step,)


def paid_in_turn(each: str, figures: Sequence[T], count: Fraction, number: int) -> list[tuple[T, Fraction, str]]:
    """What is paid, how many times and for what: the figure of one place, or those of so many counted occurrences.

    `figures` are those of the first places and last of all that of each further one.

    >>> paid_in_turn("incident", [75, 100], Fraction(1), 3)
    [(100, Fraction(1, 1), 'incident')]
    >>> paid_in_turn("occurrence", [75, 100], Fraction(3), 1)
    [(75, Fraction(1, 1), 'first occurrence'), (100, Fraction(2, 1), 'further occurrence')]
    """
    if len(figures) == 1:
        return [(figures[0], count, each)]
    if each != "occurrence":
        return [(figures[min(number, len(figures)) - 1], count, each)]
    paid = [
        (figure, Fraction(1), f"{ordinal(place)} {each}")
        for place, figure in enumerate(figures[:-1], start=1)
        if place <= count
    ]
    further = count - len(paid)
    return [*paid, (figures[-1], further, f"further {each}")] if further or not paid else paid


def ordinal(number: int) -> str:
    """A place in words: `first`, `second`, `third`, then `4th`."""
    if number <= len(_FIRST):
        return _FIRST[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_FIRST = ("first", "second", "third")
