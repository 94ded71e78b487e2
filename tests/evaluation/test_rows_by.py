"""Rows that are looked up by another indicator than the promised one: the promise decides whether, they how much."""

import pytest
from malus.model.assessment import CreditState
from malus.model.explanation import Margin, Measured, RowHit

from tests.evaluation.test_subjects import SITES
from tests.evaluation.written import UPTIME, amounts, credit, down_for, down_minutes, judge, reading, reasons, written

DOWN = "down: {measure: downtime, of: shop, from: outages, per: month, ignore_up_to: 0 seconds}"
ROWS = (
    "bands: [{at_most: 1 hour, rate: 1 %}, {above: 1 hour, at_most: 4 hours, rate: 5 %}, {above: 4 hours, rate: 20 %}]"
)
BASE = "of: {charge: hosting, period: judged}, overlap: refuse"
MINUTE = 60_000_000


def paying(rows=ROWS, promise="promise: {indicator: uptime, at_least: 99.9 %}", more=BASE):
    return f"uptime-credit: {{source: a, {promise}, credit: {{{more}, rows_by: down, {rows}}}}}"


def june(microseconds):
    told = [down_for(microseconds)] if microseconds else []
    return judge(written(f"{UPTIME}\n{DOWN}", paying()), told, as_of="2026-07-01")


@pytest.mark.parametrize(
    ("down", "expected"),
    [
        # A thousandth of June is 43 minutes and 12 seconds: the promise is kept, whatever row the time falls in.
        (43 * MINUTE + 12_000_000, []),
        (43 * MINUTE + 12_000_001, ["120"]),
        (60 * MINUTE, ["120"]),
        (60 * MINUTE + 1, ["600"]),
        (240 * MINUTE, ["600"]),
        (240 * MINUTE + 1, ["2400"]),
        (0, []),
    ],
)
def test_the_promise_says_whether_and_the_time_down_how_much(down, expected):
    assert amounts(june(down)) == expected


def test_the_explanation_shows_both_levels_and_the_row():
    steps = credit(june(90 * MINUTE), "2026-06").explanation.steps
    assert [step.indicator for step in steps if isinstance(step, Measured)] == ["uptime", "down"]
    assert [(step.row, step.rows_in_all) for step in steps if isinstance(step, RowHit)] == [(2, 3)]


def test_a_slope_counts_the_units_of_the_other_indicator():
    rows = "bands: [{at_least: 0 hours, slope: 1 % per 1 hour above 0 hours, part: counts}]"
    terms = written(f"{UPTIME}\n{DOWN}", paying(rows))
    assert amounts(judge(terms, [down_minutes(120)])) == ["240"]
    assert amounts(judge(terms, [down_for(120 * MINUTE + 1)])) == ["360"]


def test_a_level_that_no_row_takes_leaves_the_credit_pending():
    rows = "gaps: undetermined, bands: [{above: 1 hour, amount: 5.00 EUR}]"
    terms = written(f"{UPTIME}\n{DOWN}", paying(rows, more="overlap: refuse"))
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert (found.amount, found.state, found.pending_on) == (
        None,
        CreditState.PENDING,
        "no row of the table takes this level",
    )


def test_where_the_other_level_is_not_known_the_credit_waits():
    score = (
        "score: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
        "counted_in: period_of_start, no_data: undetermined}"
    )
    clause = (
        "uptime-credit: {source: a, promise: {indicator: uptime, at_least: 99.9 %}, credit: {overlap: refuse, "
        "rows_by: score, bands: [{below: 50 %, amount: 9.00 EUR}, {at_least: 50 %, amount: 4.00 EUR}]}}"
    )
    terms = written(f"{UPTIME}\n{score}", clause)
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert (found.amount, found.pending_on) == (None, "there is no level to look up in the table")
    for value, expected in (("49.999", "9"), ("50", "4")):
        answer = judge(terms, [down_minutes(60), reading("2026-06-10", value)])
        assert (amounts(answer), reasons(answer)) == ([expected], [])


def test_each_subject_has_its_own_level_and_its_own_row():
    indicators = f"{UPTIME[:-1]}, for_each: site}}\n{DOWN[:-1]}, for_each: site}}"
    rows = "bands: [{at_most: 1 hour, amount: {small: 1.00 EUR, large: 2.00 EUR}}, {above: 1 hour, amount: 9.00 EUR}]"
    terms = written(indicators, paying(rows, more="overlap: refuse"), SITES)
    told = [down_minutes(50, site="delft"), down_minutes(61, site="rotterdam")]
    assert amounts(judge(terms, told)) == ["1", "9"]


def test_the_margin_speaks_of_the_promise_and_not_of_rows():
    steps = credit(june(90 * MINUTE), "2026-06").explanation.steps
    assert [step.towards for step in steps if isinstance(step, Margin)] == ["met"]
