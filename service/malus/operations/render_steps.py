"""Owns the sentence of each step of an explanation: one step, one sentence, from nothing but the step.

Does not own: which steps there are (model.explanation), their order, or any figure: nothing is judged again.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import assert_never

from malus.model.afterwards import Adjusted, Disputed, OptionTaken, Returned, SettledBy
from malus.model.durations import duration_text
from malus.model.exchange import Exchanged
from malus.model.explanation import (
    BaseSum,
    BlocksOfTime,
    BlocksPay,
    CapCut,
    ChargePart,
    CountTimes,
    FollowsFrom,
    Lapsed,
    Margin,
    NotPaidBelow,
    RateTimes,
    Rounded,
    RowHit,
    Step,
    TimeLimit,
    Window,
    WindowFact,
)
from malus.model.instants import HOUR, MINUTE, SECOND
from malus.model.measuring_steps import Late, TimeInside
from malus.model.money import decimal_text, money_text, rounded_text
from malus.model.paying_steps import (
    BaseRounded,
    InTurn,
    LostTime,
    OwedByCustomer,
    PaidAs,
    PoolDrawn,
    RepeatedMiss,
    UnitsBeyond,
)
from malus.model.quantities import Edge, Unit, level_text, limit_text, value_text
from malus.operations.render_deliveries import late_text
from malus.operations.render_later import later_text
from malus.operations.render_measured import MeasuringStep, measuring_text
from malus.operations.render_time_shares import inside_text
from malus.operations.render_words import (
    amount_text,
    counted,
    last_moment_text,
    listed,
    moment_text,
    percent_text,
    spoken,
    time_beyond,
)
from malus.remedies.in_turn import ordinal

_STARTED_BLOCK = {
    "counts": "a started block counts",
    "ignored": "a started block does not count",
    "pro_rata": "a started block counts for its part",
}


_UNITS = ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
_BEGUN_UNIT = {part: sentence.replace("block", "unit") for part, sentence in _STARTED_BLOCK.items()}


def step_text(step: Step, zone: str) -> str:
    """The sentence of a step; civil times are those of `zone`. Figures are exact unless they say `about`.

    A percentage that has no short decimal form stands behind its exact ratio.
    """
    if isinstance(step, MeasuringStep):
        return measuring_text(step)
    match step:
        case RowHit() | RateTimes() | CountTimes() | UnitsBeyond() | BlocksOfTime() | BlocksPay() | LostTime():
            return _paying(step)
        case BaseSum() | PoolDrawn() | BaseRounded():
            return _of_base(step)
        case Rounded() | NotPaidBelow() | CapCut() | RepeatedMiss():
            return _reducing(step)
        case OptionTaken() | Adjusted() | Disputed() | SettledBy() | Returned():
            return later_text(step, zone)
        case Margin():
            return margin_text(step)
        case Window():
            return window_text(step)
        case TimeLimit():
            return time_limit_text(step, zone)
        case TimeInside():
            return inside_text(step, zone)
        case Late():
            return late_text(step, zone)
        case Lapsed() | FollowsFrom() | PaidAs() | InTurn() | OwedByCustomer():
            return _following(step, zone)
        case _:
            assert_never(step)


def _following(step: Lapsed | FollowsFrom | PaidAs | InTurn | OwedByCustomer, zone: str) -> str:
    match step:
        case InTurn():
            return _in_turn(step)
        case PaidAs():
            return f"{step.subject} is paid as {'such' if step.word == step.subject else step.word}"
        case OwedByCustomer():
            how = "set off against credits" if step.settled == "netted" else "by itself, apart from credits"
            return f"a bonus: the customer owes {money_text(step.before)}, {how}: {money_text(step.result)}"
        case Lapsed():
            until = last_moment_text(step.last_instant, zone)
            return f"lapsed: no {spoken(step.step)} by {until}; {money_text(step.before)} would have been due"
        case FollowsFrom():
            by = f", by {step.clause}" if step.clause else ""
            return f"follows from {step.fact}{by}"


def _in_turn(step: InTurn) -> str:
    figures = [amount_text(amount) for amount in step.amounts] or [percent_text(rate) for rate in step.rates]
    firsts = [f"{figure} for the {ordinal(place)}" for place, figure in enumerate(figures[:-1], start=1)]
    after = f", after {listed(step.earlier)}" if step.earlier else ""
    which = f"the {ordinal(step.number)} {step.what} of {step.period} that misses its promise, by their start{after}"
    return f"{which}: {', '.join(firsts)}, {figures[-1]} for each further one"


def margin_text(margin: Margin) -> str:
    """What would have changed the answer: `1 min 12 s more downtime moves it to row 3`."""
    return f"{margin_amount(margin)} moves it to {margin.towards}"


def margin_amount(margin: Margin) -> str:
    """How much more or less of what is measured: `1 min 12 s more downtime`."""
    if margin.microseconds is not None:
        return f"{time_beyond(margin.microseconds)} {margin.direction} {margin.what}"
    if margin.count is not None:
        fewer = "fewer" if margin.direction == "less" else margin.direction
        return f"{margin.count:,} {fewer} {_one_of(margin.what) if margin.count == 1 else margin.what}"
    if margin.level is not None:
        # A given value has no parts to add or take away: the level itself that would be needed.
        return f"{margin.what} at {percent_text(margin.level)}, {margin.direction} than it was,"
    return f"{margin.direction} {margin.what}"


def _one_of(many: str) -> str:
    """The singular of what is counted: `late incident`, `incident within the limit`."""
    head, parted, rest = many.partition(" within ")
    return f"{head.removesuffix('s')}{parted}{rest}"


def window_text(window: Window) -> str:
    """The facts of a window against the number asked for, and the margin of each fact that lacks."""
    facts = "; ".join(window_fact_text(fact) for fact in window.facts)
    return f"{reached_text(window)}: {facts}" if facts else reached_text(window)


def reached_text(window: Window) -> str:
    """How far the facts of a window reach: `2 of 3 missed months`."""
    needed = window.needed
    is_time = needed.unit is Unit.DURATION
    reached = duration_text(window.reached) if is_time else f"{window.reached:,}"
    if needed.edge is Edge.AT_LEAST:
        return f"{reached} of {value_text(needed.value, needed.unit)} {window.what}"
    return f"{reached} {window.what}, {limit_text(needed)} needed"


def time_limit_text(limit: TimeLimit, zone: str) -> str:
    """A deadline with where it runs from and, where it was kept or missed, when it was done."""
    until = f"{spoken(limit.name)} by {last_moment_text(limit.last_instant, zone)}"
    runs = f"runs from {moment_text(limit.runs_from, zone)}"
    if limit.done_at is None:
        return f"{until} ({runs})"
    late = ", too late" if limit.done_at > limit.last_instant else ""
    return f"{until} ({runs}): done {moment_text(limit.done_at, zone)}{late}"


def base_text(base: BaseSum) -> str:
    """The parts of a charge base and, where there are several, their sum."""
    parts = " ".join(_charge_part(part, is_first=place == 0) for place, part in enumerate(base.parts))
    if not base.parts:
        return f"base: no charge, {money_text(base.total)}"
    if len(base.parts) == 1 and base.parts[0].part == 1 and not base.parts[0].less:
        return f"base: {parts} {base.total.currency}"
    return f"base: {parts} = {money_text(base.total)}"


def _of_base(step: BaseSum | PoolDrawn | BaseRounded) -> str:
    match step:
        case BaseSum():
            return base_text(step)
        case PoolDrawn():
            held = amount_text(step.base)
            held = held if step.rate is None else f"{percent_text(step.rate)} x {held}"
            return f"pool {step.pool}: {percent_text(step.share)} of {held} = {money_text(step.result)}"
        case BaseRounded():
            how = spoken(step.mode.value)
            return f"base rounded {how}: {amount_text(step.before)} -> {money_text(step.result)}"
        case _:
            assert_never(step)


def _paying(step: RowHit | RateTimes | CountTimes | UnitsBeyond | BlocksOfTime | BlocksPay | LostTime) -> str:
    match step:
        case RowHit():
            limits = " and ".join(limit_text(limit) for limit in step.limits)
            others = f"; it also falls in row {', '.join(map(str, step.others))}" if step.others else ""
            return f"row {step.row} of {step.rows_in_all}: {limits}{others}"
        case RateTimes():
            return f"{rate_text(step)} = {money_text(step.result)}"
        case UnitsBeyond():
            return _units_beyond(step)
        case CountTimes():
            if step.units is not None:
                units = f"{counted(step.units, 'unit')} x {amount_text(step.each)}"
                return f"{counted(step.count, step.what)} x {units} = {money_text(step.result)}"
            if step.count == 1:
                each = "the" if " " in step.what and not step.what.startswith("further ") else "each"
                return f"{money_text(step.result)} for {each} {step.what}"
            return f"{counted(step.count, step.what)} x {amount_text(step.each)} = {money_text(step.result)}"
        case BlocksOfTime():
            less = f" less {duration_text(step.after)}" if step.after else ""
            blocks = f"{duration_text(step.time)}{less} in blocks of {duration_text(step.block)}"
            return f"{blocks}, {_STARTED_BLOCK[step.part]}: {counted(step.blocks, 'block')}"
        case BlocksPay():
            first = f", the first {amount_text(step.first)}" if step.first is not None else ""
            rate = f" ({percent_text(step.rate)} of the base)" if step.rate not in (None, 1) else ""
            blocks = f"{counted(step.blocks, 'block')} x {amount_text(step.each)}{rate}{first}"
            if step.units is not None:
                blocks += f", for each of {counted(step.units, 'unit')}"
            return f"{blocks} = {money_text(step.result)}"
        case LostTime():
            less = f", {duration_text(step.time)} less {duration_text(step.after)}" if step.after else ""
            return f"{lost_time_text(step)} = {money_text(step.result)} (the charge for the lost time{less})"
        case _:
            assert_never(step)


def rate_text(step: RateTimes) -> str:
    """A rate of a base as a product: `3 x 5 % x 1,000.00`."""
    count = "" if step.count == 1 else f"{_factor(step.count)} x "
    return f"{count}{percent_text(step.rate)} x {amount_text(step.base)}"


def lost_time_text(step: LostTime) -> str:
    """The charge for a lost time as a product: `50 x 432.00 x 30/43,200 min`."""
    lost = max(0, step.time - step.after)
    common = gcd(lost, step.charged_for)
    unit, name = next(((size, name) for size, name in _UNITS if common % size == 0), (1, "µs"))
    share = f"{lost // unit:,}/{step.charged_for // unit:,} {name}"
    return f"{_factor(step.times)} x {amount_text(step.base)} x {share}"


def _units_beyond(step: UnitsBeyond) -> str:
    start, level = step.start, step.level.exact()
    beyond = max(Fraction(0), start.value - level if start.edge is Edge.BELOW else level - start.value)
    where = limit_text(start)
    if step.of_promise:
        where = f"{start.edge.value} the promise of {value_text(start.value, start.unit)}"
    lies = f"{level_text(step.level)} lies {_distance(beyond, start.unit)} {where}"
    units = f"in units of {_distance(step.per, start.unit)}, {_BEGUN_UNIT[step.part]}"
    return f"{lies}, {units}: {_factor(step.units)}"


def _distance(value: Fraction, unit: Unit) -> str:
    """A difference of two levels: `0.25 percentage points`, `31 min`, `2`."""
    if unit is not Unit.PERCENT:
        return value_text(value, unit)
    return f"{_factor(value * 100)} percentage point{'' if value * 100 == 1 else 's'}"


def _factor(number: Fraction) -> str:
    """A number to multiply by: exact, with its first digits too where they never end."""
    exact = decimal_text(number)
    return f"{exact} (about {rounded_text(number, 6)})" if "/" in exact else exact


def _charge_part(part: ChargePart, *, is_first: bool) -> str:
    sign = "less " if part.less else "" if is_first else "+ "
    share = "" if part.part == 1 else f" x {part.part.numerator}/{part.part.denominator}"
    named = " ".join(word for word in (part.item, part.subject, part.period) if word)
    changed = "" if part.exchanged is None else f" (= {_exchanged(part.exchanged)})"
    return f"{sign}{named} {amount_text(part.amount)}{changed}{share}"


def _exchanged(step: Exchanged) -> str:
    """How an amount was changed, and at whose rate: `100.00 USD x 0.92 EUR, from 2026-01-01, art. 7`."""
    times = "x" if step.one == step.billed.currency else "/"
    rounded = "" if step.mode is None else f", rounded {spoken(step.mode.value)}"
    rate = f"{decimal_text(step.worth.amount)} {step.worth.currency}"
    return f"{money_text(step.billed)} {times} {rate}{rounded}, from {step.since}, {step.source}"


def _reducing(step: Rounded | NotPaidBelow | CapCut | RepeatedMiss) -> str:
    match step:
        case RepeatedMiss():
            again = f"missed again, after {step.period}"
            times = f": {_factor(step.times)} x {amount_text(step.before)} = {money_text(step.result)}"
            return again if step.times == 1 else again + times
        case Rounded():
            return f"rounded {spoken(step.mode.value)}: {amount_text(step.before)} -> {money_text(step.result)}"
        case NotPaidBelow():
            edge = f"is not {spoken(step.edge)} {amount_text(step.least)}"
            return f"not paid: {amount_text(step.before)} {edge} {step.least.currency}"
        case CapCut():
            return _cap_cut(step)
        case _:
            assert_never(step)


def _cap_cut(step: CapCut) -> str:
    limit = cap_limit_text(step)
    used = f", {amount_text(step.used)} used before" if step.used.amount else ""
    article = f", {step.source}" if step.source else ""
    if not step.cut.amount:
        return f"{step.cap} cap{article}: {amount_text(step.wanted)} is within {limit}{used}"
    how = "shared pro rata" if step.shared == "pro_rata" else "taken in order"
    cut = f"{amount_text(step.before)} - {amount_text(step.cut)} = {money_text(step.result)}"
    return f"{step.cap} cap{article}: {amount_text(step.wanted)} > {limit}{used}, {how}: {cut}"


def cap_limit_text(step: CapCut) -> str:
    """What a cap allows: `12 % x 40,000.00`, with the product where it is not plain, or the fixed amount."""
    if step.rate is None or step.base is None:
        return amount_text(step.limit)
    return f"{percent_text(step.rate)} x {amount_text(step.base.total)} = {amount_text(step.limit)}"


def window_fact_text(fact: WindowFact) -> str:
    """One fact of a window and how near it was to counting: `2026-08 NO, 99.014 %: 6 min 15 s more …`."""
    text = f"{fact.label} {'used before' if fact.used else 'yes' if fact.counts else 'NO'}"
    if fact.level is not None:
        text += f", {level_text(fact.level)}"
    # A change that leaves the fact on its side, such as one to another row, says nothing here.
    if fact.margin is not None and not fact.used and fact.counts == (fact.margin.towards == "met"):
        text += f": {margin_amount(fact.margin)} and it would{' not' if fact.counts else ''} have"
    return text
