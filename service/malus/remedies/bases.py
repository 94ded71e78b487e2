"""Owns which stretch of time a charge base speaks of, for one judged period or subject, and what is taken of it.

Does not own: what was charged in a stretch of time (charge_base), nor the rate that is taken of the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from malus.model.credits import ChargeBase
from malus.model.explanation import BaseSum, Step
from malus.model.instants import Instant, civil_day, start_of_day
from malus.model.measurement import Goods
from malus.model.money import Money
from malus.model.paying_steps import BaseRounded, PoolDrawn
from malus.model.periods import Cycle, Period, next_period, period_containing, previous_period, shift_civil
from malus.model.recompute import drawn
from malus.remedies.charge_base import ChargeBook, Waiting, added_up
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
        goods = goods_sum(base, self.goods, self.period.label)
        if goods is not None:
            return goods
        match base.day_of_fee:
            case None:
                return self.book.sum_between(base.charges, base.less, start, end, base.part_period, self.whose)
            case "share_of_calendar_month":
                day = shift_civil(start, self.zone, days=1)
                return self.book.sum_between(base.charges, base.less, start, day, "pro_rata", self.whose)
            case "thirtieth":
                whole = self.book.sum_between(base.charges, base.less, start, end, "full", self.whose)
                if isinstance(whole, Waiting):
                    return whole
                return added_up(whole.parts, whole.total.currency, Fraction(1, 30))
