"""Owns the check that an explanation adds up: the amount, from nothing but the explanation's own steps.

Does not own: judging. It re-does the pocket-calculator arithmetic of each step and refuses one that does not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from malus.model.afterwards import Adjusted, OptionTaken, Returned
from malus.model.explanation import (
    NAMED_EVENTS_LIMIT,
    BaseSum,
    BlocksOfTime,
    BlocksPay,
    CapCut,
    CountTimes,
    Explanation,
    Lapsed,
    NotPaidBelow,
    RateTimes,
    Rounded,
    Step,
    Undetermined,
)
from malus.model.measured_again import level_adds_up
from malus.model.measuring_steps import (
    Late,
    LevelsCombined,
    MeanOfIntervals,
    SampleChecked,
    StatisticTaken,
    TimeBase,
    TimeInside,
    TimeInWholeMinutes,
)
from malus.model.money import Money, zero
from malus.model.moving import TargetMoved
from malus.model.paying_steps import (
    BaseRounded,
    InTurn,
    LostTime,
    OwedByCustomer,
    PointsAdded,
    PoolDrawn,
    RepeatedMiss,
    UnitsBeyond,
)
from malus.model.quantities import Edge, Level, Limit


def recomputed(explanation: Explanation) -> Money | None:
    """Add an explanation up again.

    Returns the amount the steps lead to, or None where no step has money. Several parts (three outages by the block)
    are several arithmetic steps, which are added before the first rounding or cap.
    Raises AssertionError naming the first step that does not follow from its own inputs.
    """
    running: Money | None = None
    base: Money | None = None
    blocks: Fraction | None = None
    waits = False
    _check_turns(explanation.steps)
    for step in explanation.steps:
        match step:
            case Undetermined():
                waits = True
            case OptionTaken() if waits and step.mine != step.taken:
                # What another option is paid instead of is nothing, whatever it would have come to.
                assert not _left(step).amount, f"{step} does not add up"
                running, waits = step.result, False
            case BaseSum():
                base = _added_up(step)
            case PoolDrawn() | BaseRounded():
                assert step.result == _of_base(step, base), f"{step} does not add up"
                base = step.result
            case BlocksOfTime():
                blocks = blocks_of(step.time, step.after, step.block, step.part)
                assert blocks == step.blocks, f"{step} does not add up"
            case (
                TimeBase()
                | TimeInWholeMinutes()
                | LevelsCombined()
                | MeanOfIntervals()
                | StatisticTaken()
                | SampleChecked()
                | TimeInside()
                | Late()
                | TargetMoved()
            ):
                assert level_adds_up(step), f"{step} does not add up"
            case RateTimes() | CountTimes() | BlocksPay() | LostTime():
                paid = _paid(step, base, blocks)
                assert paid == step.result, f"{step} does not add up"
                running = paid if running is None else running + paid
            case Returned() | Adjusted():
                assert _is_sound(step, running), f"{step} does not add up"
                running = step.result
            case UnitsBeyond() | PointsAdded() | InTurn():
                assert _counted(step), f"{step} does not add up"
            case Rounded() | NotPaidBelow() | OptionTaken() | CapCut() | Lapsed() | RepeatedMiss() | OwedByCustomer():
                assert running == step.before, f"{step} starts from another amount than {running}"
                assert _left(step) == step.result, f"{step} does not add up"
                running = step.result
            case _:
                pass
    return running


def _added_up(step: BaseSum) -> Money:
    total = zero(step.total.currency)
    for part in step.parts:
        assert part.exchanged is None or part.exchanged.result() == part.amount, f"{part} does not add up"
        share = part.amount.times(part.part)
        total = total - share if part.less else total + share
    assert total == step.total, f"{step} does not add up"
    return total


def _check_turns(steps: Sequence[Step]) -> None:
    """What is paid in turn is the figure of its place, the last of them for every further place."""
    for place, turn in enumerate(steps):
        if isinstance(turn, InTurn):
            last = max(len(turn.amounts), len(turn.rates)) - 1
            paid = next((step for step in steps[place:] if isinstance(step, RateTimes | CountTimes)), None)
            if paid is not None:
                figure, figures = (paid.each, turn.amounts) if isinstance(paid, CountTimes) else (paid.rate, turn.rates)
                assert figure == figures[min(turn.number - 1, last)], f"{paid} is not what {turn} says"


def _counted(step: UnitsBeyond | PointsAdded | InTurn) -> bool:
    match step:
        case InTurn():
            named = len(step.earlier)
            return step.number == named + 1 if named < NAMED_EVENTS_LIMIT else step.number > named
        case UnitsBeyond():
            return units_beyond(step.level, step.start, step.per, step.part) == step.units
        case PointsAdded():
            return sum((part.points * part.times + part.added for part in step.parts), Fraction(0)) == step.total


def _of_base(step: PoolDrawn | BaseRounded, base: Money | None) -> Money:
    match step:
        case PoolDrawn():
            assert step.base == base, f"{step} is of another base than was added up"
            return drawn(step.base, step.rate, step.share)
        case BaseRounded():
            assert step.before == base, f"{step} is of another base than was added up"
            return step.before.payable(step.mode)


def _paid(step: RateTimes | CountTimes | BlocksPay | LostTime, base: Money | None, blocks: Fraction | None) -> Money:
    match step:
        case RateTimes():
            assert step.base == base, f"{step} is of another base than was added up"
            return step.base.times(step.rate * step.count)
        case LostTime():
            assert step.base == base, f"{step} is of another base than was added up"
            return lost_time_pay(step.base, step.time, step.after, step.charged_for, step.times)
        case CountTimes():
            return step.each.times(step.count * (1 if step.units is None else step.units))
        case BlocksPay():
            assert blocks == step.blocks, f"{step} pays for other blocks than were counted"
            if step.rate is not None:
                assert base is not None and base.times(step.rate) == step.each, f"{step} is another rate"
            paid = pay_of(step.blocks, step.first, step.each)
            return paid if step.units is None else paid.times(step.units)


def _left(step: Rounded | NotPaidBelow | OptionTaken | CapCut | Lapsed | RepeatedMiss | OwedByCustomer) -> Money:
    match step:
        case Rounded():
            return step.before.payable(step.mode)
        case CapCut():
            return step.before - step.cut
        case OptionTaken():
            assert _is_taken_rightly(step), f"{step} takes another option than its totals say"
            return step.before if step.mine == step.taken else zero(step.before.currency)
        case RepeatedMiss():
            return step.before.times(step.times)
        case OwedByCustomer():
            return zero(step.before.currency) - step.before
        case NotPaidBelow() | Lapsed():
            return zero(step.before.currency)


def drawn(charged: Money, rate: Fraction | None, share: Fraction) -> Money:
    """A share of what a pool holds: of a rate of what was charged, or of a fixed sum."""
    return charged.times(share if rate is None else rate * share)


def units_beyond(level: Level, start: Limit, per: Fraction, part: str) -> Fraction:
    """How many units of `per` a level lies beyond `start`, below or above it; none on the other side.

    >>> from malus.model.quantities import Unit
    >>> at = Limit(edge=Edge.BELOW, value=Fraction(98, 100), unit=Unit.PERCENT)
    >>> units_beyond(Level(numerator=965, denominator=1000, unit=Unit.PERCENT), at, Fraction(1, 100), "counts")
    Fraction(2, 1)
    """
    beyond = start.value - level.exact() if start.edge is Edge.BELOW else level.exact() - start.value
    return _in_units(max(Fraction(0), beyond) / per, part)


def _is_sound(step: Returned | Adjusted, running: Money | None) -> bool:
    if isinstance(step, Adjusted):
        # What the parties agreed follows from nothing but their signatures.
        return step.before in (None, running)
    return step.result == zero(step.credited.currency) - step.credited


def _is_taken_rightly(step: OptionTaken) -> bool:
    totals = [option.total.amount for option in step.options]
    match step.how:
        case "highest_total":
            return totals.index(max(totals)) + 1 == step.taken
        case "first" | "only_one":
            return next(place for place, total in enumerate(totals, start=1) if total) == step.taken
        case "not_chosen":
            return step.taken == 0
        case "chosen":
            return 1 <= step.taken <= len(totals)


def blocks_of(time: int, after: int, block: int, part: str) -> Fraction:
    """How many blocks a time in microseconds is beyond `after`: begun ones, full ones, or the exact share.

    >>> blocks_of(61, 0, 60, "counts")
    Fraction(2, 1)
    """
    return _in_units(Fraction(max(0, time - after), block), part)


def _in_units(exact: Fraction, part: str) -> Fraction:
    match part:
        case "counts":
            return Fraction(-(-exact.numerator // exact.denominator))
        case "ignored":
            return Fraction(exact.numerator // exact.denominator)
        case _:
            return exact


def lost_time_pay(base: Money, time: int, after: int, charged_for: int, times: Fraction) -> Money:
    """So many times the charge for a time beyond `after`, of a base that was charged for `charged_for`."""
    return base.times(Fraction(max(0, time - after), charged_for) * times)


def pay_of(blocks: Fraction, first: Money | None, each: Money) -> Money:
    """What so many blocks pay; the first (or the part of it) pays `first` where that is stated."""
    if first is None:
        return each.times(blocks)
    in_first = min(blocks, Fraction(1))
    return first.times(in_first) + each.times(blocks - in_first)
