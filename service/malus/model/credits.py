"""Owns the kinds of credit there are: what each one says about how much a breach pays, and of what.

Does not own: the arithmetic (`remedies.amounts` has one pure function a kind), nor which credit follows (matching).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, Literal, TypeAlias, TypeVar

from malus.model.canonical import ASIDE
from malus.model.money import Money, RoundingMode
from malus.model.periods import Cycle
from malus.model.quantities import Edge, Limit

#: What a part of a unit that is begun counts as.
Part: TypeAlias = Literal["counts", "ignored", "pro_rata"]
#: The time that is paid for: all time down of a period together, or that of each outage, incident or delivery.
MeasuredOn: TypeAlias = Literal["period_total", "each_outage", "each_incident", "each_delivery"]


#: Whose value a rate is of: the delivery judged, all of the period, or the part that did not come as agreed.
ValueOf: TypeAlias = Literal["delivery", "deliveries", "non_compliant"]
#: What a sum is paid for each unit of.
Units: TypeAlias = Literal["quantity_of_delivery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedPeriod:
    """Whose charges count: of the judged period, the one before or after it, the `cycle` that it ends in, or `days`."""

    kind: Literal["judged", "previous", "next", "cycle", "preceding"]
    cycle: Cycle | None = None
    days: int = 0


JUDGED: Final = ChargedPeriod(kind="judged")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolShare:
    """A share of an at-risk pool: the cap of that name, of whose limit `rate` of the charges is the measure.

    `rate` None: the limit is a fixed sum. The share may be more than the whole; the cap holds what is paid of it.
    `for_each`: the kind of subject of which each has such a pool by itself; None: one pool for all.
    """

    pool: str
    rate: Fraction | None
    share: Fraction
    for_each: str | None = None


#: What a day of a fee is: the month's fee over that month's own days, or over 30.
DayOfFee: TypeAlias = Literal["share_of_calendar_month", "thirtieth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeBase:
    """What a rate applies to: charges of a stretch of time, less others, or a `fixed` sum that the file states.

    Or what goods are worth, `value_of`: the delivery judged, all of the period, or what did not come as agreed.

    `period` may be so many civil days that precede the day of `before`. `part_period` None: no part period can occur.
    `day_of_fee`: one day of what is charged for the month (or other charge period) that holds the first day of all
    this, over its own days or over 30. `round`: the base is rounded to the minor unit before a rate is taken.
    """

    charges: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    period: ChargedPeriod = JUDGED
    before: Literal["period_start", "period_end", "subject_start"] = "period_end"
    part_period: Literal["pro_rata", "full"] | None = None
    day_of_fee: DayOfFee | None = None
    fixed: Money | None = None
    pool: PoolShare | None = None
    round: RoundingMode | None = None
    value_of: ValueOf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """So much more for every unit by which a level lies beyond `start`, which is `below` or `above` it.

    `start` a mere edge: that side of the promise, whatever it is for the season, priority or subject that is judged.
    Either a `rate` of the base or an `amount`, for every `per`, in the unit of the level (2 % per percentage point).
    """

    rate: Fraction | None
    amount: Money | None
    per: Fraction
    start: Limit | Edge
    part: Part

    def from_promise(self, promise: Limit) -> Limit:
        """Where it starts, for a level that is held against a promise."""
        if isinstance(self.start, Limit):
            return self.start
        return Limit(edge=self.start, value=promise.value, unit=promise.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidBySubject:
    """What a credit pays by name or by class of the subject, names first, where one figure does not hold for all.

    `blocks`, `afters`: how long a block is, and the time for which nothing is paid, in microseconds.

    What differs is said for every subject that is judged; what does not differ stands at the credit, or row, itself.
    """

    amounts: tuple[tuple[str, Money], ...] = ()
    rates: tuple[tuple[str, Fraction], ...] = ()
    firsts: tuple[tuple[str, Money], ...] = ()
    blocks: tuple[tuple[str, int], ...] = ()
    afters: tuple[tuple[str, int], ...] = ()


ONE_FOR_ALL: Final = PaidBySubject()

T = TypeVar("T")


def said_of(told: Sequence[tuple[str, T]], name: str, of_class: str) -> tuple[str, T] | None:
    """The word by which a subject is spoken of, its name or else its class, and what is said; None: one for all."""
    for word, value in told:
        if word in (name, of_class):
            return word, value
    assert not told, "the compiler has every subject spoken of"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One row of a table: the levels it takes (one or two edges) and what it pays; rows count from 1.

    It pays a rate or an amount, a slope, or a slope on top of a rate or an amount. `differs`: the rate or amount by
    subject. A row of a table of points gives points and pays nothing.
    """

    row: int
    limits: tuple[Limit, ...]
    rate: Fraction | None
    amount: Money | None
    slope: Slope | None = None
    points: Fraction | None = None
    differs: PaidBySubject = ONE_FOR_ALL
    line: int = field(default=0, metadata=ASIDE)

    @property
    def pays_rates(self) -> bool:
        """Whether it pays a part of a base; else a sum that the file states."""
        sloped = self.slope is not None and self.slope.rate is not None
        return self.rate is not None or bool(self.differs.rates) or sloped

    def paid_to(self, name: str, of_class: str) -> Band:
        """The row with the rate or amount that it pays to one subject."""
        amount, rate = said_of(self.differs.amounts, name, of_class), said_of(self.differs.rates, name, of_class)
        return replace(
            self,
            rate=self.rate if rate is None else rate[1],
            amount=self.amount if amount is None else amount[1],
            differs=ONE_FOR_ALL,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What a miss is worth more when the period just before it was missed too: so many `times`, or so much on top.

    Every further miss in a row is worth the same: twice, not four times.
    """

    times: Fraction = Fraction(1)
    rate: Fraction | None = None
    amount: Money | None = None
    points: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOnlyIf:
    """A credit that does not pass this limit is not paid."""

    edge: Literal["above", "at_least"]
    least: Money
    compared: Literal["before_rounding", "after_rounding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCredit:
    """A table of bands: the row a level falls in sets the rate on the base, or the amount.

    `rows_by`: the indicator whose level that is, of the same period and subject, where it is not the promised one.
    """

    base: ChargeBase | None
    overlap: Literal["highest_credit", "first_row", "refuse"]
    pays: Literal["only_when_missed", "whenever_a_row_matches"]
    bands: tuple[Band, ...]
    gaps: Literal["refused", "undetermined"] = "refused"
    rows_by: str | None = None
    paid_only_if: PaidOnlyIf | None = None
    again: Again | None = None

    @property
    def differs(self) -> bool:
        """Whether some row pays one subject more than another."""
        return any(band.differs != ONE_FOR_ALL for band in self.bands)

    def paid_to(self, name: str, of_class: str) -> BandCredit:
        """The table as it stands for one subject."""
        if not self.differs:
            return self
        return replace(self, bands=tuple(band.paid_to(name, of_class) for band in self.bands))


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountCredit:
    """A fixed sum or a rate for each breach: once a period, for each incident, outage or delivery, occurrence or point.

    `first_amounts`, `first_rates`: what the first ones of a period pay, in order, where they differ; one of both.
    `units`: the sum is one for each unit of the delivery's quantity. `differs`: the sum or rate by subject.
    """

    each: Literal["incident", "delivery", "occurrence", "outage", "period", "point"]
    amount: Money | None
    rate: Fraction | None = None
    base: ChargeBase | None = None
    first_amounts: tuple[Money, ...] = ()
    first_rates: tuple[Fraction, ...] = ()
    units: Units | None = None
    differs: PaidBySubject = ONE_FOR_ALL
    paid_only_if: PaidOnlyIf | None = None
    again: Again | None = None

    @property
    def has_firsts(self) -> bool:
        """Whether the first ones of a period pay otherwise than the later ones."""
        return bool(self.first_amounts or self.first_rates or self.differs.firsts)

    def with_first(self, amount: Money) -> AmountCredit:
        """The same with another sum for the first one of a period."""
        return replace(self, first_amounts=(amount,))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCredit:
    """A sum or a rate for each block of time beyond `after`; `part` says what a started block counts as.

    `measured_on`: the period's time down together, each outage, each incident or each delivery. `first` is what the
    first block pays where it differs. `units`: a block pays its sum for each unit of the delivery's quantity.
    `differs`: the sums, rates or lengths by subject; a `block` or `after` that differs is 0 here.
    """

    base: ChargeBase | None
    block: int
    after: int
    part: Part
    measured_on: MeasuredOn
    rate: Fraction | None
    amount: Money | None
    first: Money | None = None
    units: Units | None = None
    differs: PaidBySubject = ONE_FOR_ALL
    paid_only_if: PaidOnlyIf | None = None
    again: Again | None = None

    def with_first(self, amount: Money) -> BlockCredit:
        """The same with another sum for the first block."""
        return replace(self, first=amount)

    def with_lengths(self, name: str, of_class: str) -> BlockCredit:
        """The same with the lengths that hold for one subject."""
        block, after = said_of(self.differs.blocks, name, of_class), said_of(self.differs.afters, name, of_class)
        return replace(
            self,
            block=self.block if block is None else block[1],
            after=self.after if after is None else after[1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTimeCredit:
    """The charge for the lost time beyond `after`, so many `times`: the base spread evenly over its own time."""

    base: ChargeBase
    times: Fraction
    after: int
    measured_on: MeasuredOn
    paid_only_if: PaidOnlyIf | None = None
    again: Again | None = None


Credit: TypeAlias = BandCredit | AmountCredit | BlockCredit | LostTimeCredit


#: How a bonus is paid: set off against the credits on an invoice, or owed by itself.
Settled: TypeAlias = Literal["netted", "apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusTerms:
    """What the customer owes the provider for more than was promised: a table of levels that keep the promise.

    `settled`: whether it is set off against credits, or owed by itself whatever credits there are.
    """

    table: BandCredit
    settled: Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePoints:
    """What a breach weighs: the points of the row that its level falls in, or `each` so many, and more if `again`."""

    table: BandCredit | None
    each: Fraction | None
    again: Again | None = None
