"""Owns which option of a group is paid, from nothing but the totals of the options and what the customer said.

Does not own: what the options add up to, or what becomes of the credits in them (evaluation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from malus.model.clauses import OneOf
from malus.model.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The option that is paid, counted from 1; 0 where none is. `tied`: another one has the same total."""

    option: int
    how: Literal["highest_total", "first", "chosen", "only_one", "not_chosen"]
    tied: bool = False


def taken(group: OneOf, totals: Sequence[Money], *, chosen: int | None, may_choose: bool) -> Taken | None:
    """The option of a group that is paid; None while the customer may still choose (`may_choose`).

    `chosen` is the option that the customer picked in time, from 1. Options of nothing are no choice: where one alone
    adds up to something, it is paid. Ties go to the first in the file.
    """
    worth = [place for place, total in enumerate(totals, start=1) if total.amount]
    if group.take == "customer_chooses":
        if chosen is not None:
            return Taken(option=chosen, how="chosen")
        if len(worth) == 1:
            return Taken(option=worth[0], how="only_one")
        if worth and may_choose:
            return None
    if not worth:
        return Taken(option=1, how="highest_total", tied=len(totals) > 1)
    assert group.choice is not None or group.take != "customer_chooses", "the compiler gives a choice its deadline"
    rule = group.choice.otherwise if group.take == "customer_chooses" and group.choice is not None else group.take
    if rule == "lapses":
        return Taken(option=0, how="not_chosen")
    if rule == "first":
        return Taken(option=worth[0], how="first")
    most = max(total.amount for total in totals)
    highest = [place for place, total in enumerate(totals, start=1) if total.amount == most]
    return Taken(option=highest[0], how="highest_total", tied=len(highest) > 1)
