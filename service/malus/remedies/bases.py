"""Owns which stretch of time a charge base speaks of, for one judged period or subject, and what is taken of it.

Does not own: what was charged in a stretch of time (charge_base), nor the rate that is taken of the base.
"""

from __future__ import annotations

from dataclasses import dataclass

from malus.model.credits import ChargeBase
from malus.model.explanation import BaseSum, Step
from malus.model.instants import Instant, civil_day, start_of_day
from malus.model.measurement import Goods
from malus.model.money import Money
from malus.model.paying_steps import BaseRounded, PoolDrawn
from malus.model.periods import Cycle, Period, next_period, period_containing, previous_period, shift_civil
from malus.model.recompute import drawn
from malus.remedies.charge_base import ChargeBook, Waiting
from malus.remedies.goods_base import goods_sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a rate applies to, the steps that lead there, and how long the time is that it was charged for."""

    total: Money
    steps: tuple[Step, ...]
    microseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """The bases of one judged period: `cycle` cut it, `starts` is when its subject began (None: it has none).

    `whose`: the listed subject it is judged for; what each of them is charged by itself counts for that one alone.
    `goods`: the deliveries that it is about.
    """

    book: ChargeBook
    period: Period
    cycle: Cycle
    zone: str
    whose: str = ""
    starts: Instant | None = None
    goods: tuple[Goods, ...] = ()

    def of(self, base: ChargeBase) -> Base | Waiting:
        """The sum that a rate is taken of, exact unless the terms round it, or what it waits for.

        A base that more was taken off than charged waits for ever: a rate of it would be owed by the customer. One of
        nothing is nothing.
        """
        start, end = self._span(base)
        found = self._charged(base, start, end)
        if isinstance(found, Waiting):
            return found
        if found.total.amount < 0:
            return Waiting(what="a base that is not below nothing: more is taken off than was charged")
        steps: list[Step] = [found]
        total = found.total
        if base.pool is not None:
            result = drawn(total, base.pool.rate, base.pool.share)
            pool = base.pool
            steps.append(PoolDrawn(pool=pool.pool, rate=pool.rate, share=pool.share, base=total, result=result))
            total = result
        if base.round is not None:
            result = total.payable(base.round)
            steps.append(BaseRounded(before=total, mode=base.round, result=result))
            total = result
        return Base(total=total, steps=tuple(steps), microseconds=end - start)

    def microseconds_of(self, base: ChargeBase) -> int:
        """How long the time is that a base is charged for, also where nobody knows yet what it comes to."""
        start, end = self._span(base)
        return end - start

    def _span(self, base: ChargeBase) -> tuple[Instant, Instant]:
        period = self.period
        match base.period.kind:
            case "judged":
                return period.start, period.end
            case "previous":
                whole = previous_period(self.cycle, period, self.zone)
            case "next":
                whole = next_period(self.cycle, period, self.zone)
            case "cycle":
                assert base.period.cycle is not None, "the compiler names the cycle"
                whole = period_containing(base.period.cycle, period.end - 1, self.zone)
            case "preceding":
                end = start_of_day(civil_day(self._before(base), self.zone), self.zone)
                return shift_civil(end, self.zone, days=-base.period.days), end
        return whole.start, whole.end

    def _before(self, base: ChargeBase) -> Instant:
        match base.before:
            case "period_start":
                return self.period.start
            case "period_end":
                return self.period.end
            case "subject_start":
                assert self.starts is not None, "the compiler lets only a subject's credit name its start"
                return self.starts

    def _charged(self, base: ChargeBase, start: Instant, end: Instant) -> BaseSum | Waiting:
        goods = goods_sum(base, self.goods, self.period.label, self.book.terms[0].currency)
        if goods is not None:
            return goods
        if base.day_of_fee is not None:
            return self.book.day_of_fee(base.charges, base.less, start, base.day_of_fee, self.whose)
        whose = self.whose
        if base.pool is not None:
            # A pool is what its cap holds: that of the cap's own subject, or one for all of them.
            whose = self.book.holder(whose, base.pool.for_each, self.period.start)
        return self.book.sum_between(base.charges, base.less, start, end, base.part_period, whose)
