"""What a rate is taken of: charges of some stretch of time, a sum of the file, or a share of a pool.

Owns: which stretch, its charges cycle by cycle, a day of it. Does not own: the rate, nor what caps leave.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from fractions import Fraction

from malus.model import events as told
from malus.model.agreement import ChargeTerms, Terms
from malus.model.clauses import Cap, Clause
from malus.model.conditions import MissedPeriods, MissedTogether, Promise
from malus.model.credits import ChargeBase
from malus.model.money import MINOR_DIGITS, Money
from malus.model.periods import Cycle

from tests.reference.civil import Span, day_of, day_start, days_in, period_at
from tests.reference.edges import rounded
from tests.reference.exchange import in_own_currency
from tests.reference.spans import overlap
from tests.reference.subjects import charged_for, for_subject, held_by, meant
from tests.reference.verdicts import Judgement
from tests.reference.world import World


class WaitsError(Exception):
    """A figure that is not known yet, or never settled by the table."""


def in_minor_units(terms: Terms, amount: Fraction) -> Fraction:
    return rounded(amount, MINOR_DIGITS[terms.currency], terms.money.mode)


def base_of(world: World, terms: Terms, verdict: Judgement, base: ChargeBase | None) -> Fraction:
    """What a credit's rate is taken of."""
    assert base is not None
    taken = _before_rounding(world, terms, verdict, base)
    if base.round is None:
        return taken
    printed = rounded(taken, MINOR_DIGITS[terms.currency], base.round)
    world.edge("a base is rounded before its rate", when=printed != taken)
    return printed


def _before_rounding(world: World, terms: Terms, verdict: Judgement, base: ChargeBase) -> Fraction:
    if base.value_of is not None or (base.fixed is not None and base.pool is None):
        return goods_base(world, verdict, base)
    if base.pool is not None:
        cap = next(one for one in terms.caps if one.name == base.pool.pool)
        world.edge("a share of a pool")
        return base.pool.share * _pool(world, terms, cap, verdict)
    span = span_of(terms, verdict, base)
    if base.day_of_fee is not None:
        return _day_of_fee(world, terms, base, span[0], verdict.whose)
    taken = sum(
        (charged(world, terms, name, span, base.part_period, verdict.whose) for name in base.charges), Fraction(0)
    )
    less = sum((charged(world, terms, name, span, base.part_period, verdict.whose) for name in base.less), Fraction(0))
    if taken < less:
        world.edge("more taken off than charged")
        raise WaitsError
    world.edge(f"a rate of the charges of {base.period.kind}")
    return taken - less


def goods_base(world: World, verdict: Judgement, base: ChargeBase) -> Fraction:
    """What goods are worth, or a sum that the paper states."""
    if base.fixed is not None:
        world.edge("a rate of a sum that the file states")
        return Fraction(base.fixed.amount)
    if base.value_of != "delivery":
        worth = verdict.found.worth if base.value_of == "deliveries" else verdict.found.bad_worth
        world.edge(f"waits for the value of {base.value_of}", when=worth is None)
        if worth is None:
            raise WaitsError
        world.edge(f"a rate of the value of {base.value_of}")
        return worth
    assert verdict.incident is not None
    world.edge("waits for the value of a delivery", when=verdict.incident.value is None)
    if verdict.incident.value is None:
        raise WaitsError
    return verdict.incident.value


def _day_of_fee(world: World, terms: Terms, base: ChargeBase, first: int, whose: str) -> Fraction:
    """The first day's part of the month that each charge is for; what a part of a month costs is all the same."""
    parts = Fraction(0)
    for name in (*base.charges, *base.less):
        month = period_at(terms.charge(name).cycle, first, terms.timezone)
        days = days_in(month, terms.timezone) if base.day_of_fee == "share_of_calendar_month" else 30
        fee = charged(world, terms, name, month, None, whose) / days
        if not terms.charge(name).is_billed and world.splits(month):
            # Of a month with two prices the day has that of its own part.
            at = max(first, world.starts(0))
            day = (at, day_start(day_of(at, terms.timezone) + timedelta(days=1), terms.timezone))
            world.edge("a day of fee of a split month")
            fee = charged(world, terms, name, day, "pro_rata", whose) * days_in(month, terms.timezone) / days
        parts += fee if name in base.charges else -fee
    world.edge(f"a day of fee, {base.day_of_fee}")
    return parts


def span_of(terms: Terms, verdict: Judgement, base: ChargeBase) -> Span:
    """The stretch of time whose charges count."""
    zone, cut = terms.timezone, verdict.cut
    cycles = _cycles_of(terms, verdict.clause)
    # Promises that are missed together may have periods of their own: those of the one whose period this is.
    cycle = next((one for one in cycles if period_at(one, cut.whole[0], zone) == cut.whole), cycles[0])
    match base.period.kind:
        case "judged":
            return cut.span
        case "previous":
            return period_at(cycle, cut.whole[0] - 1, zone)
        case "next":
            return period_at(cycle, cut.whole[1], zone)
        case "cycle":
            assert base.period.cycle is not None
            return period_at(base.period.cycle, cut.end - 1, zone)
        case "preceding":
            if base.before == "subject_start":
                assert verdict.incident is not None
                anchor = verdict.incident.start
            else:
                anchor = cut.start if base.before == "period_start" else cut.end
            last = day_of(anchor, zone)
            return day_start(last - timedelta(days=base.period.days), zone), day_start(last, zone)


def _cycles_of(terms: Terms, clause: Clause) -> list[Cycle]:
    """The periods in which a clause is judged; those of the promises that it watches where it is none itself."""
    condition = clause.condition
    if isinstance(condition, Promise):
        return [terms.indicator(condition.indicator).cycle]
    assert isinstance(condition, MissedPeriods | MissedTogether)
    watched = [condition.name] if isinstance(condition, MissedPeriods) else condition.clauses
    named = [one for name in watched for one in terms.clauses if one.name == name]
    return [cycle for one in named for cycle in _cycles_of(terms, one)]


def _pool(world: World, terms: Terms, cap: Cap, verdict: Judgement) -> Fraction:
    """What a cap over a single period holds, before anything is cut to it."""
    if cap.amount is not None:
        return Fraction(cap.amount.amount)
    assert cap.rate is not None
    span = verdict.cut.span
    if cap.window.kind == "period" and cap.base != "judged_period":
        assert cap.window.cycle is not None
        span = period_at(cap.window.cycle, verdict.cut.end - 1, terms.timezone)
    whose = held_by(terms, cap.for_each, verdict.whose)
    return cap.rate * sum(
        (charged(world, terms, name, span, cap.part_period, whose) for name in cap.charges), Fraction(0)
    )


def charged(world: World, terms: Terms, name: str, span: Span, part_period: str | None, whose: str) -> Fraction:
    """What an item costs a subject over [start, end), or all of them; WaitsError where a bill has not come."""
    item, zone = terms.charge(name), terms.timezone
    if span[1] <= world.starts(0):
        world.edge("charges of a time that was over before the agreement began")
        return Fraction(0)
    bills = [
        one
        for one in world.of_kind(told.Charge)
        if one.item == name and max(one.start, span[0]) < min(one.end, span[1])
    ]
    result, instant = Fraction(0), span[0]
    paid: list[tuple[str, told.Charge]] = []
    while instant < span[1]:
        cycle = period_at(item.cycle, instant, zone)
        instant = cycle[1]
        # Nothing is charged for a time that was over before the agreement began, or for a cycle after it ended.
        place = world.in_force(max(cycle[0], world.starts(0)))
        if place is None:
            # Terms that begin within the cycle, after a time without any, charge it.
            began = [one for one in range(len(world.terms)) if cycle[0] < world.starts(one) < min(cycle[1], span[1])]
            place = began[0] if began else None
        if min(cycle[1], span[1]) <= world.starts(0) or place is None:
            world.edge("cycle outside of the agreement")
            bills = [one for one in bills if not cycle[0] <= one.start < cycle[1]]
        elif not item.is_billed and world.splits(cycle):
            result += split_charge(world, terms, item, cycle, span, part_period, whose)
        elif not item.is_billed:
            for one in _whom(world, world.terms[place], item, whose):
                price = own_price(world, terms, _price(world.terms[place], terms, item, one), cycle)
                result += _part(world, price, cycle, span, part_period, zone)
        else:
            for one in _whom(world, world.terms[place], item, whose):
                paid += _bills_of(world, world.terms[place], item, bills, cycle, one)
    for number, (one, bill) in enumerate(paid):
        if (one, bill) not in paid[:number]:
            price = own_price(world, terms, bill.amount, (bill.start, bill.end))
            result += _part(world, price, (bill.start, bill.end), span, part_period, zone)
    return result


def _whom(world: World, then: Terms, item: ChargeTerms, whose: str) -> list[str]:
    """Whom a charge is for, by the terms in force when what it is for begins: one empty name where it is for all."""
    if item.for_each is None:
        return [""]
    if whose and meant(then, whose) is None:
        world.edge("nothing is charged for a subject that was not listed")
        return []
    billed = charged_for(then, item, whose)
    world.edge("what one subject alone is charged", when=len(billed) == 1)
    world.edge("what several subjects are charged together", when=len(billed) > 1)
    return billed


def _bills_of(
    world: World, then: Terms, item: ChargeTerms, bills: list[told.Charge], cycle: Span, whose: str
) -> list[tuple[str, told.Charge]]:
    """The bills of one for a cycle; WaitsError where none has come and the terms wait for it."""
    mine = [
        one
        for one in bills
        if max(one.start, cycle[0]) < min(one.end, cycle[1])
        and (not whose or whose in {meant(then, text) for text in one.subjects})
    ]
    if not mine and item.absent == "pending":
        world.edge("waits for a bill")
        raise WaitsError
    world.edge("no bill counts as zero", when=not mine)
    return [(whose, one) for one in mine]


def own_price(world: World, terms: Terms, charged: Money, span: Span) -> Fraction:
    """What was charged for a time in the agreement's currency; WaitsError where its day has no rate."""
    price = in_own_currency(world, terms, charged, span)
    if price is None:
        raise WaitsError
    return price


def split_charge(
    world: World, terms: Terms, item: ChargeTerms, cycle: Span, span: Span, part_period: str | None, whose: str
) -> Fraction:
    """A fixed charge of a cycle in which terms split what runs: each part at the price of its own terms, by days."""
    zone, bounds = terms.timezone, [cycle[0], *world.splits(cycle), cycle[1]]
    touched = [part for part in itertools.pairwise(bounds) if max(part[0], span[0]) < min(part[1], span[1])]
    inside = span[0] <= cycle[0] and cycle[1] <= span[1]
    if part_period is None and not inside:
        raise WaitsError
    prorated = part_period == "pro_rata"
    # What counts in full counts once: each price that is touched by its days.
    days = days_in(cycle, zone) if prorated else sum(days_in(part, zone) for part in touched)
    result = Fraction(0)
    for part in touched:
        place = world.in_force(max(part[0], world.starts(0)))
        for one in [] if place is None else _whom(world, world.terms[place], item, whose):
            price = own_price(world, terms, _price(world.terms[place], terms, item, one), part)
            result += price * days_in(overlap(part, span) if prorated else part, zone) / days
    world.edge("charged for a time that holds a split", when=len(touched) > 1 and inside)
    world.edge("charged in part for a time that holds a split", when=len(touched) > 1 and not inside)
    world.edge(f"charged for a part of a split cycle: {part_period}", when=len(touched) == 1)
    return result


def _price(terms: Terms, judging: Terms, item: ChargeTerms, whose: str) -> Money:
    """What a fixed charge is by the terms in force when its cycle begins; as the judging terms say if those do not."""
    then = next((one for one in terms.charges if one.name == item.name), None)
    amount = None if then is None else for_subject([*then.amounts, (None, then.amount)], terms, whose)
    amount = amount or for_subject([*item.amounts, (None, item.amount)], judging, whose)
    assert amount is not None
    return amount  # type: ignore[no-any-return]


def _part(world: World, amount: Fraction, cycle: Span, span: Span, part_period: str | None, zone: str) -> Fraction:
    shared = overlap(cycle, span)
    if shared == cycle or part_period != "pro_rata":
        return amount
    world.edge("part of a charge")
    return amount * days_in(shared, zone) / days_in(cycle, zone)
