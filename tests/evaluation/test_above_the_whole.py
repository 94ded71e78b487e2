"""What was delivered of what was promised: a percentage that may lie above the whole, as far as the terms accept it."""

from fractions import Fraction

import pytest
from malus.model.measuring_steps import LevelsCombined
from malus.model.quantities import Outcome

from tests.evaluation.written import amounts, judge, reading, reasons, verdict, written

SUM = "{{measure: statistic, of: shop, from: readings, per: month, takes: sum, accepts: 0 to 100000, {placed}}}"
PLACED = "counted_in: period_of_start, no_data: undetermined"
YIELD = (
    "yield: {measure: combined, from: indicators, indicators: [delivered, promised], per: month,"
    " takes: first_over_second, accepts: 0 % to 150 %, missing: undetermined, no_data: NO_DATA}"
)
GIVEN = (
    "yield: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 150 %, several: last,"
    " counted_in: period_of_start, no_data: undetermined}"
)
BASE = "of: {charge: hosting, period: judged}, overlap: refuse"
CLAUSE = (
    "uptime-credit: {source: a, promise: {indicator: yield, at_least: 100 %}, "
    f"credit: {{{BASE}, bands: [{{below: 100 %, slope: 2 % per percentage point below 100 %, part: pro_rata}}]}}, "
    f"bonus: {{{BASE}, settled: netted, "
    "bands: [{above: 105 %, slope: 1 % per percentage point above 105 %, part: pro_rata}]}}"
)


def sums(no_data="undetermined"):
    parts = [f"{name}: {SUM.format(placed=PLACED)}" for name in ("delivered", "promised")]
    return written("\n".join([*parts, YIELD.replace("NO_DATA", no_data)]), CLAUSE)


def told(delivered, promised):
    return [
        *(reading(f"2026-06-1{day} 12:00", value, "", indicator="delivered") for day, value in enumerate(delivered)),
        *(reading(f"2026-06-1{day} 12:00", value, "", indicator="promised") for day, value in enumerate(promised)),
    ]


def june(delivered, promised, **choices):
    return judge(sums(**choices), told(delivered, promised), as_of="2026-07-01")


@pytest.mark.parametrize(
    ("delivered", "credits", "bonuses"),
    [
        (["1000"], [], []),
        (["600", "390"], ["240"], []),
        (["999.999"], ["1/50"], []),
        (["1050"], [], []),
        (["500", "600"], [], ["-600"]),
        (["1500"], [], ["-5400"]),
    ],
)
def test_below_the_promise_a_credit_and_above_five_percent_more_a_bonus(delivered, credits, bonuses):
    answer = june(delivered, ["400", "600"])
    paid = [str(item.amount.amount) for item in answer.bonuses if item.amount is not None]
    assert (amounts(answer), paid, reasons(answer)) == (credits, bonuses, [])


def test_the_level_is_the_exact_ratio_and_its_step_adds_up():
    found = verdict(june(["700", "400"], ["1000"]), "2026-06")
    assert (found.outcome, found.level.exact()) == (Outcome.MET, Fraction(11, 10))
    [step] = [step for step in found.explanation.steps if isinstance(step, LevelsCombined)]
    assert [(part.name, part.level.exact()) for part in step.parts] == [("delivered", 1100), ("promised", 1000)]


@pytest.mark.parametrize(
    ("delivered", "outcome"), [("1500", Outcome.MET), ("1500.001", Outcome.UNDETERMINED), ("0", Outcome.MISSED)]
)
def test_a_level_past_what_is_accepted_is_undetermined_and_never_paid(delivered, outcome):
    answer = june([delivered], ["1000"])
    assert verdict(answer, "2026-06").outcome is outcome
    assert outcome is not Outcome.UNDETERMINED or (answer.credits, answer.bonuses) == ((), ())


@pytest.mark.parametrize(("no_data", "outcome"), [("met", Outcome.MET), ("undetermined", Outcome.UNDETERMINED)])
def test_where_nothing_was_promised_there_is_no_level(no_data, outcome):
    for delivered in ("0", "5"):
        found = verdict(june([delivered], ["0"], no_data=no_data), "2026-06")
        assert (found.outcome, found.level) == (outcome, None)


def test_without_one_of_the_two_nobody_can_say():
    assert verdict(june([], ["1000"]), "2026-06").outcome is Outcome.UNDETERMINED
    assert verdict(june(["1000"], []), "2026-06").outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("value", "credits", "bonuses", "remarks"),
    [
        ("99.5", ["120"], [], []),
        ("100", [], [], []),
        ("105", [], [], []),
        ("110", [], ["-600"], []),
        ("150", [], ["-5400"], []),
        ("150.01", [], [], ["outside-accepts"]),
    ],
)
def test_a_given_value_may_lie_above_the_whole_as_far_as_it_is_accepted(value, credits, bonuses, remarks):
    answer = judge(written(GIVEN, CLAUSE), [reading("2026-06-10", value)], as_of="2026-07-01")
    paid = [str(item.amount.amount) for item in answer.bonuses if item.amount is not None]
    assert (amounts(answer), paid, reasons(answer)) == (credits, bonuses, remarks)
