"""Credits before caps: rows, sums and blocks, the charges they apply to, and where their claims stand.

Owns: one credit from one verdict. Does not own: what caps leave of it (`caps`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import ChargeTerms, Terms
from malus.model.clauses import Clause
from malus.model.credits import AmountCredit, BandCredit, BlockCredit, ChargeBase
from malus.model.indicators import level_unit
from malus.model.money import MINOR_DIGITS

from tests.reference.civil import Span, days_in, period_at
from tests.reference.edges import holds, rounded
from tests.reference.spans import overlap
from tests.reference.verdicts import Judgement, claim_deadline, steps_for
from tests.reference.world import World


@dataclass
class Due:
    """A credit on its way through the caps: `wanted` is None while it waits for something."""

    verdict: Judgement
    before_cap: Fraction | None
    wanted: Fraction | None
    state: str

    @property
    def clause(self) -> Clause:
        return self.verdict.clause


class WaitsError(Exception):
    """A figure that is not known yet, or never settled by the table."""


def credits_before_caps(world: World, judged: list[Judgement]) -> list[Due]:
    """Every credit in the order in which caps are used: period end, clause, subject."""
    found = [
        one
        for one in (_credit(world, verdict) for verdict in judged if verdict.clause.credit is not None)
        if one is not None
    ]
    return sorted(found, key=lambda one: (one.verdict.cut.end, one.clause.ordinal, one.verdict.subject))


def _credit(world: World, verdict: Judgement) -> Due | None:
    terms = world.terms[verdict.cut.place]
    credit = verdict.clause.credit
    try:
        amount = _amount(world, terms, verdict, credit)
    except WaitsError:
        amount = None
    else:
        if amount is None:
            return None
        amount = paid(world, terms, credit, amount)
    return Due(verdict, amount, amount, claim_state(world, terms, verdict, amount))


def _amount(world: World, terms: Terms, verdict: Judgement, credit: Any) -> Fraction | None:
    match credit:
        case BandCredit():
            return _by_table(world, terms, verdict, credit)
        case AmountCredit():
            if verdict.outcome != "missed":
                return None
            if credit.each == "occurrence":
                assert verdict.exact is not None
                return verdict.exact * credit.amount.amount
            return credit.amount.amount * _units(verdict, credit)
        case BlockCredit():
            return _by_blocks(world, terms, verdict, credit) if verdict.outcome == "missed" else None
        case _:
            raise AssertionError(credit)


def _better_than_all(verdict: Judgement, credit: BandCredit) -> bool:
    """Whether a missed level lies beyond the good end of the table, where `pays` says that nothing is paid."""
    promised = verdict.clause.condition.limits[0].limit  # type: ignore[union-attr]
    higher_is_better = promised.edge in ("at_least", "above")
    good_edges = ("below", "at_most") if higher_is_better else ("above", "at_least")
    sign = 1 if higher_is_better else -1
    ends = [[one.value for one in row.limits if one.edge in good_edges] for row in credit.bands]
    if verdict.level is None or not all(ends):
        return False
    return all(verdict.level * sign >= values[0] * sign for values in ends)


def _by_table(world: World, terms: Terms, verdict: Judgement, credit: BandCredit) -> Fraction | None:
    if verdict.outcome == "undetermined":
        return None
    if verdict.outcome == "met" and credit.pays == "only_when_missed":
        return None
    if verdict.level is None:
        if verdict.outcome == "met":
            return None
        world.edge("missed without a level to look up")
        raise WaitsError
    grain = verdict.found.grain
    level = verdict.level
    hit = [row for row in credit.bands if all(holds(world, one.edge, one.value, level, grain) for one in row.limits)]
    world.edge(
        "level exactly at a row's edge",
        when=any(one.value == level for row in credit.bands for one in row.limits),
    )
    if not hit:
        beyond = credit.gaps == "refused" and _better_than_all(verdict, credit)
        if verdict.outcome == "met" or beyond:
            return None
        world.edge("missed in a gap of the table")
        raise WaitsError
    world.edge("several rows match", when=len(hit) > 1)
    world.edge("a row pays although the promise is met", when=verdict.outcome == "met")
    if credit.overlap == "refuse" and len(hit) > 1:
        raise WaitsError
    rows = hit[:1] if credit.overlap == "first_row" else hit
    return max(
        Fraction(row.amount.amount) if row.amount is not None else row.rate * _base(world, terms, verdict, credit.base)
        for row in rows
    )


def _by_blocks(world: World, terms: Terms, verdict: Judgement, credit: BlockCredit) -> Fraction:
    if verdict.incident is not None:
        times = [verdict.incident.elapsed]
    elif credit.measured_on == "each_outage":
        times = list(verdict.found.times)
    else:
        times = [verdict.found.lost]
    paid_in_all = Fraction(0)
    for time in times:
        beyond = max(0, time - credit.after)
        world.edge("time exactly a whole number of blocks", when=beyond > 0 and beyond % credit.block == 0)
        world.edge("one microsecond into another block", when=beyond % credit.block == 1)
        blocks = Fraction(beyond, credit.block)
        if credit.part == "counts":
            blocks = Fraction(-(-beyond // credit.block))
        elif credit.part == "ignored":
            blocks = Fraction(beyond // credit.block)
        if credit.first is not None:
            paid_in_all += credit.first.amount * _units(verdict, credit) * min(blocks, Fraction(1))
            blocks = max(blocks - 1, Fraction(0))
        # What needs no bill does not wait for one: the charges are only asked for where a block costs a rate of them.
        if blocks:
            paid_in_all += blocks * (
                credit.amount.amount * _units(verdict, credit)
                if credit.amount is not None
                else credit.rate * _base(world, terms, verdict, credit.base)
            )
    return paid_in_all


def _units(verdict: Judgement, credit: Any) -> Fraction:
    """For how many units a sum is paid: one, or each unit that the delivery held."""
    if credit.units is None:
        return Fraction(1)
    assert verdict.incident is not None
    if verdict.incident.quantity is None:
        raise WaitsError
    return verdict.incident.quantity


def paid(world: World, terms: Terms, credit: Any, amount: Fraction) -> Fraction:
    """Rounded where each remedy is, and nothing where it is too little to be paid."""
    payable = in_minor_units(terms, amount)
    world.edge("rounding changes an amount", when=payable != amount)
    kept = payable if terms.money.when == "each_remedy" else amount
    if credit.paid_only_if is None:
        return kept
    compared = amount if credit.paid_only_if.compared == "before_rounding" else payable
    least = credit.paid_only_if.least.amount
    passes = compared > least if credit.paid_only_if.edge == "above" else compared >= least
    world.edge("amount exactly the least that is paid", when=compared == least)
    world.edge("too little to be paid", when=not passes)
    return kept if passes else Fraction(0)


def in_minor_units(terms: Terms, amount: Fraction) -> Fraction:
    return rounded(amount, MINOR_DIGITS[terms.currency], terms.money.mode)


def _base(world: World, terms: Terms, verdict: Judgement, base: ChargeBase | None) -> Fraction:
    assert base is not None
    if base.value_of is not None or (base.fixed is not None and base.pool is None):
        return goods_base(world, verdict, base)
    indicator = terms.indicator(verdict.clause.condition.indicator)  # type: ignore[union-attr]
    span, whole = verdict.cut.span, verdict.cut.whole
    if base.period.kind == "previous":
        span = period_at(indicator.cycle, whole[0] - 1, terms.timezone)
    elif base.period.kind == "next":
        span = period_at(indicator.cycle, whole[1], terms.timezone)
    taken = sum((charged(world, terms, name, span, base.part_period) for name in base.charges), Fraction(0))
    less = sum((charged(world, terms, name, span, base.part_period) for name in base.less), Fraction(0))
    if taken < less:
        world.edge("more taken off than charged")
        raise WaitsError
    return taken - less


def goods_base(world: World, verdict: Judgement, base: ChargeBase) -> Fraction:
    """What goods are worth, or a sum that the paper states."""
    if base.fixed is not None:
        return Fraction(base.fixed.amount)
    assert base.value_of == "delivery"
    assert verdict.incident is not None
    world.edge("waits for the value of a delivery", when=verdict.incident.value is None)
    if verdict.incident.value is None:
        raise WaitsError
    return verdict.incident.value


def charged(world: World, terms: Terms, name: str, span: Span, part_period: str | None) -> Fraction:
    """What an item costs over [start, end), cycle by cycle; WaitsError where a bill has not come."""
    item, zone = terms.charge(name), terms.timezone
    bills = [
        one
        for one in world.of_kind(told.Charge)
        if one.item == name and max(one.start, span[0]) < min(one.end, span[1])
    ]
    result, instant = Fraction(0), span[0]
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
        elif item.amount is not None:
            price = _price(world.terms[place], item)
            result += _part(world, price, cycle, span, part_period, zone)
        elif not any(max(one.start, cycle[0]) < min(one.end, cycle[1]) for one in bills):
            if item.absent == "pending":
                world.edge("waits for a bill")
                raise WaitsError
            world.edge("no bill counts as zero")
    if item.amount is not None:
        return result
    parts = (_part(world, one.amount.amount, (one.start, one.end), span, part_period, zone) for one in bills)
    return sum(parts, Fraction(0))


def _price(terms: Terms, item: ChargeTerms) -> Fraction:
    """What a fixed charge is by the terms in force when its cycle begins; as the judging terms say if those do not."""
    amount = next((one.amount for one in terms.charges if one.name == item.name), None) or item.amount
    assert amount is not None
    return Fraction(amount.amount)


def _part(world: World, amount: Fraction, cycle: Span, span: Span, part_period: str | None, zone: str) -> Fraction:
    shared = overlap(cycle, span)
    if shared == cycle or part_period != "pro_rata":
        return amount
    world.edge("part of a charge")
    return amount * days_in(shared, zone) / days_in(cycle, zone)


def claim_state(world: World, terms: Terms, verdict: Judgement, amount: Fraction | None) -> str:
    """Where a credit stands at the moment of asking."""
    cut = verdict.cut
    still_open = verdict.incident is not None and verdict.incident.end is None
    grows = still_open and not isinstance(verdict.clause.credit, AmountCredit)
    if world.as_of < cut.end or grows or (still_open and not _stands(terms, verdict)):
        return "accruing"
    if amount is None:
        return "pending"
    steps = steps_for(terms, verdict.clause)
    done: dict[str, int] = {}
    state = "due"
    for step in steps:
        deadline = claim_deadline(step, cut, verdict.incident, done)
        taken = sorted(
            one.at
            for one in world.of_kind(told.Claim)
            if claims(one, verdict) and (one.step == step.step or (one.step is None and len(terms.claims) == 1))
        )
        if deadline is None:
            state = "claim_open" if state == "due" else state
            continue
        world.edge("claimed at the last instant", when=deadline in taken)
        world.edge("claimed one microsecond late", when=deadline + 1 in taken)
        in_time = [at for at in taken if at <= deadline]
        if in_time:
            done[step.step] = in_time[0]
        elif world.as_of > deadline:
            state = "lapsed"
        else:
            state = "claim_open" if state == "due" else state
    return state


def _stands(terms: Terms, verdict: Judgement) -> bool:
    """Whether the breach of a running incident can no longer be mended, by another priority at its end."""
    promise = verdict.clause.condition
    timing = terms.indicator(promise.indicator)  # type: ignore[union-attr]
    named = any(one.priority for one in promise.limits) or any(  # type: ignore[union-attr]
        one.field_name == "priority"
        for one in timing.where  # type: ignore[union-attr]
    )
    return verdict.outcome == "missed" and not (named and timing.by == "at_end")  # type: ignore[union-attr]


def claims(event: told.Claim, verdict: Judgement) -> bool:
    """Whether a claim speaks of a credit: by clause, and by its period or its subject (or both)."""
    if event.clause != verdict.clause.name and event.clause not in verdict.clause.formerly:
        return False
    if event.period is None and event.subject is None:
        return False
    if event.period is not None and not verdict.cut.start <= event.period < verdict.cut.end:
        return False
    return event.subject is None or event.subject == verdict.subject


def unit_of(terms: Terms, verdict: Judgement) -> str:
    return level_unit(terms.indicator(verdict.clause.condition.indicator))  # type: ignore[union-attr]
