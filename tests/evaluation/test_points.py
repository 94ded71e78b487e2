"""Service points: what a miss weighs, added up, doubled when repeated, turned into money and rights."""

import pytest
from malus.model.paying_steps import PointsAdded, RepeatedMiss
from malus.model.quantities import Outcome
from malus.operations.render_steps import step_text

from tests.evaluation.written import (
    UPTIME,
    ZONE,
    amounts,
    charge,
    credit,
    down_minutes,
    fact,
    judge,
    opening,
    reading,
    verdict,
    written,
)

KPI = (
    "kpi: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_start, no_data: met}"
)
SEVERITY = (
    "overlap: refuse, bands: [{at_least: 98 %, below: 99 %, points: 1}, {at_least: 97 %, below: 98 %, points: 2}, "
    "{at_least: 96 %, below: 97 %, points: 3}, {below: 96 %, points: 4}]"
)
AGAIN = ", again: {missed_in: previous_period, times: 2}"
WEIGHT = "weight: {measure: points, clauses: [kpi], per: month}"
PAID = "paid: {source: b, promise: {indicator: weight, at_most: 0 points}, credit: CREDIT}"
RATE = "{each: point, rate: 0.5 %, of: {charge: hosting, period: judged}}"


def weighed(points=SEVERITY + AGAIN, paid=RATE, indicators=f"{KPI}\n{WEIGHT}", more="", clauses="", **others):
    kpi = f"kpi: {{source: a, promise: {{indicator: kpi, at_least: 99 %}}, points: {{{points}}}}}"
    clauses = f"{kpi}\n{PAID.replace('CREDIT', paid)}\n{clauses}"
    return written(
        indicators,
        clauses,
        more,
        charges="hosting: {amount: 200000.00 GBP, per: month}".replace("GBP", "EUR"),
        **others,
    )


def months(*levels):
    return [reading(f"2026-0{number}-03", level) for number, level in enumerate(levels, start=1)]


def points_of(answer, count, clause="paid"):
    return [str(verdict(answer, f"2026-0{number}", clause).level.exact()) for number in range(1, count + 1)]


def test_a_repeated_miss_weighs_twice_and_every_further_one_too():
    assert points_of(judge(weighed(), months("96.5", "98.5", "96.5")), 3) == ["3", "2", "6"]


def test_a_month_that_kept_the_promise_ends_the_row_of_misses():
    assert points_of(judge(weighed(), months("96.5", "99", "96.5", "97")), 4) == ["3", "0", "3", "4"]


def test_a_miss_that_was_brought_in_counts_as_the_month_before():
    before = opening("2025-12-01", "2026-01-01", missed="kpi")
    assert points_of(judge(weighed(), [*months("96.5"), before]), 1) == ["6"]


def test_points_may_be_added_for_a_repeated_miss():
    terms = weighed("each: 5, again: {missed_in: previous_period, points: 1}")
    assert points_of(judge(terms, months("96.5", "98.5", "96.5")), 3) == ["5", "6", "6"]


def test_points_become_money_by_a_rate_for_each_and_the_explanation_adds_them_up():
    answer = judge(weighed(), months("96.5", "98.5", "96.5"))
    assert amounts(answer) == ["3000", "2000", "6000"]
    steps = credit(answer, "2026-03", "paid").explanation.steps
    assert [step_text(step, ZONE) for step in steps if isinstance(step, PointsAdded)] == [
        "points: 2 x 3 (kpi 2026-03, missed again after 2026-02) = 6"
    ]
    assert step_text(steps[-1], ZONE) == "6 x 0.5 % x 200,000.00 = 6,000.00 EUR"


TABLE = (
    "{of: {charge: hosting, period: next}, overlap: highest_credit, pays: only_when_missed, bands: "
    "[{at_least: 1, below: 4, rate: 2 %}, {at_least: 4, rate: 4 %}]}"
)


@pytest.mark.parametrize(("level", "paid"), [("97", "4000"), ("95.9", "8000"), ("99", None)])
def test_points_become_money_by_a_table_on_the_next_months_bill(level, paid):
    assert amounts(judge(weighed(paid=TABLE), months(level))) == ([] if paid is None else [paid])


def test_a_level_in_a_gap_of_the_table_leaves_the_sum_undetermined_and_says_which():
    bands = (
        "overlap: refuse, gaps: undetermined, "
        "bands: [{at_least: 98 %, at_most: 98.9 %, points: 1}, {below: 98 %, points: 2}]"
    )
    answer = judge(weighed(bands), months("98.95"))
    found = verdict(answer, "2026-01", "paid")
    assert found.outcome is Outcome.UNDETERMINED
    assert found.explanation.steps[-1].named == ("kpi 2026-01, which no row takes",)
    assert answer.credits == ()


def test_a_level_that_nobody_knows_leaves_the_sum_undetermined():
    unknown = KPI.replace("no_data: met", "no_data: undetermined")
    answer = judge(weighed(indicators=f"{unknown}\n{WEIGHT}"), [])
    assert verdict(answer, "2026-01", "paid").outcome is Outcome.UNDETERMINED


def test_points_over_a_window_of_periods_give_a_right_once_they_are_reached():
    terms = weighed(
        indicators=f"{KPI}\n{WEIGHT}\nlast-three: {{measure: points, clauses: [kpi], per: month, over: 3 months}}",
        clauses="critical: {source: c, promise: {indicator: last-three, below: 9 points}, "
        "right: {kind: termination, of: customer}}",
    )
    answer = judge(terms, months("96.5", "98.5", "97", "99", "99", "99"))
    assert points_of(answer, 6, "critical") == ["3", "5", "9", "6", "4", "0"]
    assert [right.key.occasion for right in answer.rights] == ["2026-02-28T23:00:00Z"]


def test_every_missed_incident_gives_its_points():
    indicators = (
        f"{KPI}\n{WEIGHT.replace('[kpi]', '[kpi, late]')}\n"
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: responded, "
        "calendar: always, pauses: [], counted_in: period_of_start, while_open: runs}"
    )
    late = "late: {source: c, promise: {indicator: it, at_most: 1 hour}, points: {each: 2}}"
    events = [
        fact(name, transition, when)
        for name, hours in (("A", 2), ("B", 0), ("C", 5))
        for transition, when in (("opened", "2026-01-03 10:00"), ("responded", f"2026-01-03 1{hours}:30"))
    ]
    answer = judge(weighed(indicators=indicators, clauses=late), [*events, *months("98.5")])
    assert points_of(answer, 1) == ["5"]


PROMISE = "promise: {indicator: uptime, at_least: 99.9 %}"
TWO = [down_minutes(60, "2026-05-03 10:00"), down_minutes(60), down_minutes(60, "2026-07-03 10:00")]


HOURS = "block: 1 hour, after: 0 hours, part: ignored, measured_on: period_total"
LOST = "times: 10, after: 0 minutes, measured_on: period_total, of: {charge: hosting, period: judged}"
HOURS_AGAIN = (
    f"{HOURS}, rate: 1 %, of: {{charge: hosting, period: judged}}, "
    "again: {missed_in: previous_period, times: 2, rate: 0.5 %}"
)
RATE_AGAIN = (
    "overlap: refuse, of: {charge: hosting, period: judged}, bands: [{below: 99.9 %, rate: 3 %}], "
    "again: {missed_in: previous_period, rate: 0.5 %}"
)


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ("each: period, amount: 50.00 EUR, again: {missed_in: previous_period, times: 2}", ["50", "100", "100"]),
        ("each: period, amount: 50.00 EUR, again: {missed_in: previous_period, amount: 7.00 EUR}", ["50", "57", "57"]),
        (RATE_AGAIN, ["360", "420", "420"]),
        (f"{HOURS}, amount: 50.00 EUR, again: {{missed_in: previous_period, times: 2}}", ["50", "100", "100"]),
        (f"{HOURS}, amount: 50.00 EUR, again: {{missed_in: previous_period, amount: 7.00 EUR}}", ["50", "57", "57"]),
        (
            f"{HOURS}, first: 30.00 EUR, amount: 50.00 EUR, again: {{missed_in: previous_period, times: 1.5}}",
            ["30", "45", "45"],
        ),
        (HOURS_AGAIN, ["120", "300", "300"]),
        # 12,000.00 over 31, 30 and 31 days of 24 hours, times ten, for an hour; twice as much once missed again.
        (f"{LOST}, again: {{missed_in: previous_period, times: 2}}", ["16129/100", "33333/100", "16129/50"]),
        (f"{LOST}, again: {{missed_in: previous_period, amount: 5.00 EUR}}", ["16129/100", "17167/100", "16629/100"]),
    ],
)
def test_a_credit_may_be_worth_more_when_the_month_before_was_missed_too(paid, expected):

    terms = written(UPTIME, f"uptime-credit: {{source: a, {PROMISE}, credit: {{{paid}}}}}")
    assert amounts(judge(terms, TWO)) == expected
    first = judge(terms, TWO[1:])
    assert len(amounts(first)) == 2
    assert not [step for step in credit(first, "2026-06").explanation.steps if isinstance(step, RepeatedMiss)]


def test_what_is_added_for_a_repeated_miss_is_owed_though_no_block_is_full():
    short = [down_minutes(60, "2026-05-03 10:00"), down_minutes(59)]
    paid = f"{HOURS}, amount: 50.00 EUR, again: {{missed_in: previous_period, amount: 7.00 EUR}}"
    terms = written(UPTIME, f"uptime-credit: {{source: a, {PROMISE}, credit: {{{paid}}}}}")
    assert amounts(judge(terms, short)) == ["50", "7"]


def test_a_rate_that_is_added_waits_for_its_charge_though_no_block_is_full():
    short = [down_minutes(60, "2026-05-03 10:00"), down_minutes(59)]
    paid = f"{HOURS}, rate: 1 %, of: {{charge: use, period: judged}}, again: {{missed_in: previous_period, rate: 1 %}}"
    terms = written(
        UPTIME,
        f"uptime-credit: {{source: a, {PROMISE}, credit: {{{paid}}}}}",
        charges="use: {from: events, per: month, absent: pending}",
    )
    may, june = charge("use", "2026-05-01", "2026-06-01", "100"), charge("use", "2026-06-01", "2026-07-01", "200")
    answer = judge(terms, [*short, may])
    assert [item.pending_on for item in answer.credits] == ["", "the charge `use` of 2026-06"]
    assert amounts(judge(terms, [*short, may, june])) == ["1", "2"]
