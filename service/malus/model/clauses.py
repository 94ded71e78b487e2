"""Owns what a clause says: its source, its condition and the remedies that follow from it.

Does not own: the kinds of condition (conditions) and of credit (credits), the arithmetic of a remedy (remedies), nor
the choice of which one follows (matching).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from malus.model.canonical import ASIDE
from malus.model.conditions import Condition
from malus.model.credits import BonusTerms, ChargeBase, Credit, ServicePoints
from malus.model.deadlines import Deadline
from malus.model.durations import Duration
from malus.model.money import Money
from malus.model.periods import Cycle
from malus.model.quantities import Limit

#: What a group of options may be for each of, besides the listed subjects of a kind.
INCIDENT: Final = "incident"
Party: TypeAlias = Literal["provider", "customer"]
#: What a cap limits.
Holds: TypeAlias = Literal["credits", "bonuses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline and the moment that it runs from."""

    after: str
    deadline: Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class RightTerms:
    """A right that arises: who holds it, the time to remedy first, until when it is exercised, and its notice."""

    kind: Literal["termination", "partial_termination", "step_in"]
    holder: Party
    cure: Due | None = None
    exercise: Due | None = None
    notice: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationTerms:
    """What a party must deliver once the clause is triggered."""

    deliver: str
    by: Party
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class AtShare:
    """Due when this share of the promised time is used (1 is the promise itself)."""

    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforePromise:
    """Due so much promised time before it runs out, in microseconds of the indicator's own clock."""

    microseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterStart:
    """Due at a deadline that runs from `promise` (an incident's limit) or from `breach`."""

    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """One rung of a ladder: when it is due, who is notified and how; steps count from 1."""

    step: int
    timing: AtShare | BeforePromise | AfterStart
    notify: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTerms:
    """When a credit is earned back: `periods` later periods that all keep the promise, or reach `target` instead.

    Nothing is returned where the level that was paid for meets `floor` (it was too bad), or where the clause
    `not_when` applied from the end of the credit's period to the end of the last of those periods.
    """

    periods: int
    target: Limit | None = None
    floor: Limit | None = None
    not_when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Source, condition and remedies. `ordinal` is its place in the file, from 0: the order in which caps are used."""

    ordinal: int
    name: str
    source: str
    condition: Condition
    credit: Credit | None = None
    bonus: BonusTerms | None = None
    points: ServicePoints | None = None
    right: RightTerms | None = None
    obligation: ObligationTerms | None = None
    escalation: tuple[EscalationStep, ...] = ()
    declares: str | None = None
    returned: ReturnTerms | None = None
    formerly: tuple[str, ...] = ()
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapWindow:
    """The time over which a cap is counted.

    `each_incident`, `each_period`: every incident or delivery, or every judged period, by itself. `period`: periods of
    `cycle`. `rolling`: `months` months that end with the period of the credit. `term`: the whole agreement.
    """

    kind: Literal["each_incident", "each_period", "period", "rolling", "term"]
    cycle: Cycle | None = None
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that the named clauses credit together in a window, or that their bonuses come to.

    Either a fixed `amount`, or `rate` of `charges`: those of the window (`same_window`), of the period that the
    credit judges (`judged_period`), or those that the credit itself was taken of (`as_credited`). `counts`: whether a
    lapsed credit has used the cap up. `for_each`: a kind of subject; then the credits of each have a cap of their own.
    `goods`: what `rate` is of where that is no charge: the value of the delivery, or a sum that the file states.
    `holds`: what it limits; credits and bonuses never use up one cap.
    """

    name: str
    source: str
    limits: tuple[str, ...]
    amount: Money | None
    rate: Fraction | None
    charges: tuple[str, ...]
    window: CapWindow
    base: Literal["same_window", "judged_period", "as_credited"]
    cut: Literal["pro_rata", "in_order"]
    counts: Literal["earned", "claimed"]
    part_period: Literal["pro_rata", "full"] | None = None
    for_each: str | None = None
    goods: ChargeBase | None = None
    holds: Holds = "credits"
    line: int = field(default=0, metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceTerms:
    """Until when the customer picks one of several options, and which one is taken without a word from it."""

    due: Due
    otherwise: Literal["highest_total", "first", "lapses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """Options of which one is paid, for each period of `cycle`, before caps; an option is the sum of its clauses.

    `for_each`: one for each incident, or for each listed subject of a kind, by itself; None: for all of a period
    together. `choice` is there where the customer chooses.
    """

    name: str
    source: str
    options: tuple[tuple[str, ...], ...]
    take: Literal["highest_total", "first", "customer_chooses"]
    cycle: Cycle
    for_each: str | None
    choice: ChoiceTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStep:
    """A step that a party takes by a deadline; without it the credit lapses. `clauses` empty: every credit."""

    step: str
    by: Party
    due: Due
    clauses: tuple[str, ...] = ()
    source: str = ""
