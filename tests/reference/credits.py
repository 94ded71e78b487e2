"""Credits before caps: rows, sums and blocks, the charges they apply to, and where their claims stand.

Owns: one credit from one verdict. Does not own: what caps leave of it (`caps`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import AmountCredit, Band, BandCredit, BlockCredit, LostTimeCredit
from malus.model.indicators import level_unit
from malus.model.quantities import Limit

from tests.reference.bases import WaitsError, base_of, in_minor_units, span_of
from tests.reference.civil import EXACT
from tests.reference.edges import holds
from tests.reference.found import Found
from tests.reference.rows import picked_by
from tests.reference.subjects import for_subject, names
from tests.reference.turns import FIRST, Turn, places, said_for, turn_of, whole
from tests.reference.verdicts import Judgement, claim_deadline, may_mend, promise_of, steps_for
from tests.reference.windows import Firing, brought_in, without_terms
from tests.reference.world import World

#: What one point of a level is: a count, a percentage point, an hour.
_POINT = {"count": Fraction(1), "percent": Fraction(1, 100), "duration": Fraction(EXACT["hours"])}


@dataclass
class Due:
    """A credit on its way through the caps: `wanted` is None while it waits for something.

    `agreed`: both parties agreed what it amounts to, so no cap cuts it.
    `unclaimed`: it had lapsed before another option was taken in its place, and uses no cap that counts claims.
    """

    verdict: Judgement
    before_cap: Fraction | None
    wanted: Fraction | None
    state: str
    unclaimed: bool = False
    agreed: bool = False

    @property
    def clause(self) -> Clause:
        return self.verdict.clause


def credits_before_caps(world: World, judged: list[Judgement], fired: list[Firing]) -> list[Due]:
    """Every credit in the order in which caps are used: period end, clause, subject."""
    found = []
    for breach in breaches(world, fired):
        due = _credit(world, breach, missed_before=False)
        found += [] if due is None else [due]
    for verdict in judged:
        if verdict.clause.credit is not None:
            turn = turn_of(world, judged, verdict)
            due = _credit(world, verdict, missed_before=missed_just_before(world, judged, verdict), turn=turn)
            found += [] if due is None else [due]
    return sorted(
        found, key=lambda one: (one.verdict.cut.end, one.clause.ordinal, one.verdict.subject, one.verdict.whose)
    )


def breaches(world: World, fired: list[Firing]) -> Iterator[Judgement]:
    """What comes true over periods, as a breach in the period whose end made it true."""
    for one in fired:
        if one.clause.credit is None or isinstance(one.clause.condition, Promise) or one.cut is None:
            continue
        world.edge(f"a credit for {type(one.clause.condition).__name__}")
        incident = None if one.judgement is None or not one.single else one.judgement.incident
        cut = replace(one.cut, whose=one.whose)
        yield Judgement(
            one.clause,
            cut,
            one.single or one.whose,
            "missed",
            None,
            None,
            Found(),
            incident,
            final=one.final,
            occasion=one.occasion,
            mends=any(may_mend(world.terms[each.cut.place], each) for each in one.rests_on),
        )


def missed_just_before(world: World, judged: list[Judgement], verdict: Judgement) -> bool:
    """Whether the same promise was missed, for the same subject, in the period just before this one.

    Days without terms are no period of their own; a whole period without terms was not missed.
    """
    promise = world.clause_chain(verdict.cut.place, verdict.clause.name)
    if any(one.missed and one.end == verdict.cut.start for one in brought_in(world, promise, verdict.whose)):
        world.edge(
            "missed again after a miss brought in", when=getattr(verdict.clause.credit, "again", None) is not None
        )
        return True
    mine = [one for one in judged if world.clause_chain(one.cut.place, one.clause.name) is promise]
    ends = max((one.cut.end for one in mine if one.cut.end <= verdict.cut.start), default=None)
    if ends is None or not isinstance(verdict.clause.condition, Promise):
        return False
    if without_terms(world, verdict.clause, ends, verdict.cut):
        return False
    return any(one.outcome == "missed" and one.cut.end == ends and one.subject == verdict.subject for one in mine)


def _credit(world: World, verdict: Judgement, *, missed_before: bool, turn: Turn = FIRST) -> Due | None:
    terms = world.terms[verdict.cut.place]
    credit = verdict.clause.credit
    try:
        amount = _amount(world, terms, verdict, credit, turn)
        if amount is None:
            return None
        if missed_before and verdict.outcome == "missed":
            amount = _once_more(world, terms, verdict, credit, amount)
        amount = paid(world, terms, credit, amount)
    except WaitsError:
        amount = None
    # What began earlier and runs may yet put it in another place.
    state = "accruing" if turn.running else claim_state(world, terms, verdict, amount)
    return Due(verdict, amount, amount, state)


def _amount(world: World, terms: Terms, verdict: Judgement, credit: Any, turn: Turn) -> Fraction | None:
    match credit:
        case BandCredit():
            return _by_table(world, terms, verdict, credit)
        case AmountCredit():
            if verdict.outcome != "missed":
                return None
            if credit.has_firsts:
                return _by_place(world, terms, verdict, credit, turn)
            for_one = _sum_or_rate(world, terms, verdict, credit)
            if credit.each in {"occurrence", "point"}:
                if verdict.level is None:
                    world.edge("missed without a level to look up")
                    raise WaitsError
                world.edge("points are paid for as they are rounded", when=verdict.level != verdict.exact)
                return verdict.level / _POINT[unit_of(terms, verdict)] * for_one
            return for_one
        case BlockCredit():
            return _by_blocks(world, terms, verdict, credit) if verdict.outcome == "missed" else None
        case LostTimeCredit():
            return _lost_time(world, terms, verdict, credit) if verdict.outcome == "missed" else None
        case _:
            raise AssertionError(credit)


def _by_place(world: World, terms: Terms, verdict: Judgement, credit: AmountCredit, turn: Turn) -> Fraction:
    """What the first ones of a period pay, and each further one; of one period's occurrences all together."""
    if credit.each == "occurrence":
        if verdict.level is None:
            raise WaitsError
        count = whole(verdict.level)
        first = min(count, places(credit))
        world.edge("more occurrences than pay otherwise", when=count > first)
        world.edge("exactly as many occurrences as pay otherwise", when=count == places(credit))
        those = range(1, first + 1)
        paid_in_all = sum((_of_place(world, terms, verdict, credit, place) for place in those), Fraction(0))
        if count > first:
            paid_in_all += (count - first) * _of_place(world, terms, verdict, credit, first + 1)
        return paid_in_all
    place = turn.broken + 1
    said = {said_for(terms, credit, verdict.whose, each) for each in range(place, place + turn.unknown + 1)}
    world.edge("whatever its place, it pays the same", when=turn.unknown > 0 and len(said) == 1)
    if len(said) > 1:
        raise WaitsError
    return _of_place(world, terms, verdict, credit, place)


def _of_place(world: World, terms: Terms, verdict: Judgement, credit: AmountCredit, place: int) -> Fraction:
    amount, rate = said_for(terms, credit, verdict.whose, place)
    world.edge("paid otherwise as one of the first", when=place <= places(credit))
    return _paid_for_one(world, terms, verdict, credit, amount, rate)


def _sum_or_rate(world: World, terms: Terms, verdict: Judgement, credit: Any) -> Fraction:
    differs, whose = credit.differs, verdict.whose
    world.edge("what a credit pays differs by subject", when=bool(differs.amounts or differs.rates))
    amount = for_subject([*differs.amounts, (None, credit.amount)], terms, whose)
    rate = for_subject([*differs.rates, (None, credit.rate)], terms, whose)
    return _paid_for_one(world, terms, verdict, credit, amount, rate)


def _paid_for_one(world: World, terms: Terms, verdict: Judgement, credit: Any, amount: Any, rate: Any) -> Fraction:
    if amount is not None:
        return amount.amount * _units(verdict, credit)  # type: ignore[no-any-return]
    world.edge("a rate for each", when=isinstance(credit, AmountCredit))
    return rate * base_of(world, terms, verdict, credit.base)  # type: ignore[no-any-return]


def _once_more(world: World, terms: Terms, verdict: Judgement, credit: Any, amount: Fraction) -> Fraction:
    """What a miss right after another is worth: so many times, and a rate or a sum on top."""
    again = getattr(credit, "again", None)
    if again is None:
        return amount
    world.edge("missed again")
    amount *= again.times
    if again.amount is not None:
        amount += again.amount.amount
    if again.rate is not None:
        amount += again.rate * base_of(world, terms, verdict, credit.base)
    return amount


def _lost_time(world: World, terms: Terms, verdict: Judgement, credit: LostTimeCredit) -> Fraction:
    """The charge for the time lost, so many times: the base spread evenly over the time that it was charged for."""
    beyond = sum(max(0, time - credit.after) for time in _times(verdict, credit.measured_on))
    start, end = span_of(terms, verdict, credit.base)
    world.edge("charge for lost time", when=beyond > 0)
    if not beyond:
        return Fraction(0)
    return credit.times * base_of(world, terms, verdict, credit.base) * Fraction(beyond, end - start)


def _times(verdict: Judgement, measured_on: str) -> list[int]:
    """The stretches of time that are paid for, each by itself or all together."""
    if verdict.incident is not None:
        return [verdict.incident.elapsed]
    if measured_on == "each_outage":
        return list(verdict.found.times)
    return [verdict.found.lost]


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
    if verdict.outcome == "met" and (credit.pays == "only_when_missed" or credit.rows_by is not None):
        return None
    level, grain = picked_by(world, verdict, credit)
    if level is None:
        if verdict.outcome == "met":
            return None
        world.edge("missed without a level to look up")
        raise WaitsError
    hit = [row for row in credit.bands if all(holds(world, one.edge, one.value, level, grain) for one in row.limits)]
    sharp = any(one.value == level for row in credit.bands for one in row.limits)
    world.edge("level exactly at a row's edge", when=sharp)
    world.edge("level of another indicator exactly at a row's edge", when=sharp and credit.rows_by is not None)
    if not hit:
        beyond = credit.rows_by is None and credit.gaps == "refused" and _better_than_all(verdict, credit)
        if verdict.outcome == "met" or beyond:
            return None
        world.edge("missed in a gap of the table")
        raise WaitsError
    world.edge("several rows match", when=len(hit) > 1)
    world.edge("a row pays although the promise is met", when=verdict.outcome == "met")
    if credit.overlap == "refuse" and len(hit) > 1:
        raise WaitsError
    rows = hit[:1] if credit.overlap == "first_row" else hit
    return max(row_pays(world, terms, verdict, credit, row, level) for row in rows)


def row_pays(
    world: World, terms: Terms, verdict: Judgement, credit: BandCredit, row: Band, level: Fraction
) -> Fraction:
    """The flat part of a row, and its slope on top, for the level that picked it."""
    amount = Fraction(0)
    flat = for_subject([*row.differs.amounts, (None, row.amount)], terms, verdict.whose)
    rate = for_subject([*row.differs.rates, (None, row.rate)], terms, verdict.whose)
    world.edge("a row that differs by subject", when=bool(row.differs.amounts or row.differs.rates))
    if flat is not None:
        amount += flat.amount
    if rate is not None:
        amount += rate * base_of(world, terms, verdict, credit.base)
    if row.slope is None:
        return amount
    start = row.slope.start
    edge, begins = (start.edge, start.value) if isinstance(start, Limit) else (start, promise_of(world, verdict))
    world.edge("a slope from the promise", when=not isinstance(start, Limit))
    sign = 1 if edge in {"above", "at_least"} else -1
    units = max(Fraction(0), sign * (level - begins) / row.slope.per)
    world.edge("a whole number of units of a slope", when=units > 0 and units.denominator == 1)
    world.edge(f"a part of a unit of a slope {row.slope.part}", when=units.denominator != 1)
    if row.slope.part == "counts":
        units = Fraction(-(-units // 1))
    elif row.slope.part == "ignored":
        units = Fraction(units // 1)
    if row.slope.amount is not None:
        return amount + units * row.slope.amount.amount
    assert row.slope.rate is not None
    if units == 0:
        world.edge("a slope of nothing waits for no charge")
        return amount
    return amount + units * row.slope.rate * base_of(world, terms, verdict, credit.base)


def _by_blocks(world: World, terms: Terms, verdict: Judgement, credit: BlockCredit) -> Fraction:
    paid_in_all = Fraction(0)
    block = for_subject([*credit.differs.blocks, (None, credit.block)], terms, verdict.whose)
    after = for_subject([*credit.differs.afters, (None, credit.after)], terms, verdict.whose)
    own = bool(credit.differs.blocks or credit.differs.afters)
    for time in _times(verdict, credit.measured_on):
        beyond = max(0, time - after)
        world.edge("time exactly a whole number of blocks", when=beyond > 0 and beyond % block == 0)
        world.edge("one microsecond into another block", when=beyond % block == 1)
        world.edge("exactly a whole number of a class's own blocks", when=own and beyond > 0 and beyond % block == 0)
        blocks = Fraction(beyond, block)
        if credit.part == "counts":
            blocks = Fraction(-(-beyond // block))
        elif credit.part == "ignored":
            blocks = Fraction(beyond // block)
        first = for_subject([*credit.differs.firsts, (None, credit.first)], terms, verdict.whose)
        if first is not None and blocks:
            paid_in_all += first.amount * _units(verdict, credit) * min(blocks, Fraction(1))
            blocks = max(blocks - 1, Fraction(0))
        # What needs no bill does not wait for one: the charges are only asked for where a block costs a rate of them.
        # Nor does it take a quantity to know that no block costs nothing.
        if blocks:
            paid_in_all += blocks * _sum_or_rate(world, terms, verdict, credit)
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


def claim_state(world: World, terms: Terms, verdict: Judgement, amount: Fraction | None) -> str:
    """Where a credit stands at the moment of asking."""
    cut = verdict.cut
    still_open = verdict.incident is not None and verdict.incident.end is None
    credit = verdict.clause.credit
    # One sum for an incident or delivery is the same however long that lasts.
    grows = still_open and not (isinstance(credit, AmountCredit) and credit.each not in {"occurrence", "point"})
    if world.as_of < cut.end or grows or may_mend(terms, verdict):
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
            if claims(one, terms, verdict) and (one.step == step.step or (one.step is None and len(terms.claims) == 1))
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


def claims(event: Any, terms: Terms, verdict: Judgement) -> bool:
    """Whether a claim speaks of a credit: by clause, and by its period or its subject (or both)."""
    if event.clause != verdict.clause.name and event.clause not in verdict.clause.formerly:
        return False
    # A listed subject is judged in every period, so it takes the period to know which.
    if event.period is None and (event.subject is None or event.subject != verdict.single):
        return False
    if event.period is not None and not verdict.cut.start <= event.period < verdict.cut.end:
        return False
    return names(terms, event.subject, verdict.whose, verdict.single)


def unit_of(terms: Terms, verdict: Judgement) -> str:
    return level_unit(terms.indicator(verdict.clause.condition.indicator))  # type: ignore[union-attr]
