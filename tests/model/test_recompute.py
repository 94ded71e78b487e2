"""An explanation adds up by itself, and one that does not is refused by its first wrong step."""

from dataclasses import replace
from fractions import Fraction

import pytest
from malus.model.exchange import Exchanged
from malus.model.explanation import (
    BaseSum,
    BlocksOfTime,
    BlocksPay,
    CapCut,
    ChargePart,
    CountTimes,
    Explanation,
    FollowsFrom,
    Lapsed,
    NotPaidBelow,
    RateTimes,
    Rounded,
    Step,
)
from malus.model.measuring_steps import CombinedPart, LevelsCombined, MeanOfIntervals, TimeBase, TimeInWholeMinutes
from malus.model.money import Money, RoundingMode
from malus.model.quantities import Level, Unit
from malus.model.recompute import blocks_of, pay_of, recomputed


def money(amount: str | Fraction | int) -> Money:
    return Money(amount=Fraction(amount), currency="EUR")


def dollars(amount: str | int) -> Money:
    return Money(amount=Fraction(amount), currency="USD")


def added_up(*steps: Step) -> Money | None:
    return recomputed(Explanation(clause="c", source="a", terms_effective="2026-01-01", steps=steps))


BASE = BaseSum(
    parts=(
        ChargePart(item="hosting", period="2026-06", amount=money(300), part=Fraction(1, 3)),
        ChargePart(item="gift", period="2026-06", amount=money("0.05"), less=True),
    ),
    total=money("99.95"),
)
RATE = RateTimes(rate=Fraction(1, 10), base=money("99.95"), result=money("9.995"))
CENTS = Rounded(before=money("9.995"), mode=RoundingMode.HALF_UP, result=money("10.00"))
CUT = CapCut(
    cap="most",
    source="b",
    rate=None,
    base=None,
    limit=money(6),
    used=money(0),
    wanted=money(10),
    before=money(10),
    cut=money(4),
    result=money(6),
    shared="pro_rata",
)
LAPSED = Lapsed(step="claim", last_instant=0, before=money(6), result=money(0))
BLOCKS = BlocksOfTime(time=150, after=60, block=60, part="counts", blocks=Fraction(2))
PAID = BlocksPay(blocks=Fraction(2), first=money(5), rate=None, each=money(10), result=money(15))
COUNTED = CountTimes(count=Fraction(3), each=money(250), what="incident", result=money(750))
HOURS = 3_600_000_000
BASE_TIME = TimeBase(
    period=720 * HOURS, closed=20 * HOURS, out_of_service=100 * HOURS, fixed=None, excused=HOURS, base=599 * HOURS
)
FIXED_TIME = replace(BASE_TIME, fixed=100 * HOURS, base=99 * HOURS)
MINUTES = TimeInWholeMinutes(each="period", part="ignored", exact=61_000_000, counted=60_000_000)
MEAN = MeanOfIntervals(
    length=HOURS,
    intervals=3,
    measured=2,
    ratio_sum=Fraction(1, 2),
    full=1,
    level=Level(numerator=1, denominator=2, unit=Unit.PERCENT),
)
HALVES = LevelsCombined(
    takes="mean",
    parts=(
        CombinedPart(name="a", level=Level(numerator=1, denominator=2, unit=Unit.PERCENT)),
        CombinedPart(name="b", level=Level(numerator=2, denominator=2, unit=Unit.PERCENT)),
    ),
    level=Level(numerator=3, denominator=4, unit=Unit.PERCENT),
)
LITTLE = NotPaidBelow(edge="above", least=money(1), before=money("0.5"), result=money(0))


def test_a_rate_of_a_base_is_rounded_cut_and_lapses_step_by_step():
    assert added_up(FollowsFrom(fact="f", clause="c")) is None
    assert added_up(BASE, RATE) == money("9.995")
    assert added_up(BASE, RATE, CENTS) == money(10)
    assert added_up(BASE, RATE, CENTS, CUT) == money(6)
    assert added_up(BASE, RATE, CENTS, CUT, LAPSED) == money(0)


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        (BASE_TIME, replace(BASE_TIME, base=600 * HOURS)),
        (FIXED_TIME, replace(FIXED_TIME, base=100 * HOURS)),
        (MINUTES, replace(MINUTES, counted=120_000_000)),
        (MEAN, replace(MEAN, full=2)),
        (HALVES, replace(HALVES, takes="sum")),
        (replace(HALVES, takes="sum", level=replace(HALVES.level, numerator=6)), replace(HALVES, takes="highest")),
        (replace(HALVES, takes="highest", level=replace(HALVES.level, numerator=4)), replace(HALVES, takes="lowest")),
        (replace(HALVES, takes="lowest", level=replace(HALVES.level, numerator=2)), replace(HALVES, takes="sum")),
        (replace(HALVES, takes="ratio_of_sums"), replace(HALVES, takes="lowest")),
    ],
    ids=lambda step: type(step).__name__,
)
def test_how_a_level_came_about_adds_up(step: Step, wrong: Step):
    assert added_up(step) is None
    with pytest.raises(AssertionError, match="does not add up"):
        added_up(wrong)


def test_several_parts_are_added_before_anything_is_rounded():
    assert added_up(COUNTED, COUNTED) == money(1500)
    assert added_up(BLOCKS, PAID, BLOCKS, PAID) == money(30)
    assert added_up(BASE, RATE, BASE, RATE) == money("19.99")


def test_too_little_to_pay_is_nothing():
    assert added_up(CountTimes(count=Fraction(1), each=money("0.5"), what="row", result=money("0.5")), LITTLE) == money(
        0
    )


def test_a_rate_of_the_base_may_make_what_each_block_pays():
    paid = BlocksPay(blocks=Fraction(2), first=None, rate=Fraction(1, 5), each=money("19.99"), result=money("39.98"))
    assert added_up(BASE, BLOCKS, paid) == money("39.98")


@pytest.mark.parametrize(
    ("one", "worth", "mode", "amount"),
    [
        ("USD", money("0.92"), None, "92"),
        ("EUR", dollars("1.087"), None, "100000/1087"),
        ("EUR", dollars("1.087"), RoundingMode.HALF_UP, "92"),
        ("EUR", dollars("1.087"), RoundingMode.DOWN, "91.99"),
    ],
)
def test_a_charge_of_another_currency_adds_up_at_its_rate(one, worth, mode, amount):
    changed = Exchanged(billed=dollars(100), one=one, worth=worth, since="2026-01-01", source="art. 7", mode=mode)
    part = ChargePart(item="usage", period="2026-06", amount=money(amount), exchanged=changed)
    added_up(BaseSum(parts=(part,), total=money(amount)))
    cent_more = money(amount) + money("0.01")
    with pytest.raises(AssertionError):
        added_up(BaseSum(parts=(replace(part, amount=cent_more),), total=cent_more))


@pytest.mark.parametrize(
    "steps",
    [
        (replace(BASE, total=money("99.96")),),
        (BASE, replace(RATE, base=money("99.96"), result=money("9.996"))),
        (BASE, replace(RATE, result=money("9.99"))),
        (BASE, RATE, replace(CENTS, before=money("9.99"))),
        (BASE, RATE, replace(CENTS, result=money("9.99"))),
        (BASE, RATE, CENTS, replace(CUT, before=money(9))),
        (BASE, RATE, CENTS, replace(CUT, result=money(7))),
        (BASE, RATE, CENTS, LAPSED),
        (BASE, RATE, CENTS, CUT, replace(LAPSED, result=money(6))),
        (replace(BLOCKS, blocks=Fraction(3)),),
        (BLOCKS, replace(PAID, blocks=Fraction(3), result=money(25))),
        (BLOCKS, replace(PAID, result=money(20))),
        (BASE, BLOCKS, replace(PAID, rate=Fraction(1, 2))),
        (replace(COUNTED, result=money(751)),),
        (COUNTED, replace(LITTLE, result=money("0.5"))),
    ],
)
def test_a_step_that_does_not_follow_from_its_own_figures_is_refused(steps):
    with pytest.raises(AssertionError):
        added_up(*steps)


@pytest.mark.parametrize(
    ("time", "part", "blocks"),
    [
        (60, "counts", 0),
        (61, "counts", 1),
        (120, "counts", 1),
        (121, "counts", 2),
        (119, "ignored", 0),
        (120, "ignored", 1),
        (90, "pro_rata", Fraction(1, 2)),
        (10, "pro_rata", 0),
    ],
)
def test_blocks_begin_beyond_the_free_time_and_parts_count_as_stated(time, part, blocks):
    assert blocks_of(time, 60, 60, part) == blocks


@pytest.mark.parametrize(("blocks", "paid"), [("0", "0"), ("1/2", "5/2"), ("1", "5"), ("3", "25"), ("5/2", "20")])
def test_the_first_block_or_the_part_of_it_pays_its_own_sum(blocks, paid):
    assert pay_of(Fraction(blocks), money(5), money(10)) == money(paid)
    assert pay_of(Fraction(blocks), None, money(10)) == money(Fraction(blocks) * 10)
