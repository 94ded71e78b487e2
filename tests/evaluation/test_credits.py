"""What a breach pays before caps: tables, fixed sums, blocks of time, charge bases, rounding."""

import pytest
from malus.model.explanation import NotPaidBelow, RowHit, Undetermined
from malus.model.instants import MINUTE
from malus.model.quantities import Outcome

from tests.evaluation.written import (
    PROMISE,
    UPTIME,
    amounts,
    charge,
    credit,
    down_for,
    down_minutes,
    fact,
    judge,
    money,
    outage,
    reading,
    verdict,
    written,
)

THREE_ROWS = "[{below: 99.9 %, rate: 5 %}, {below: 99.5 %, rate: 10 %}, {below: 99.0 %, rate: 25 %}]"


def table(bands=THREE_ROWS, overlap="highest_credit", more="", of="{charge: hosting, period: judged}", **others):
    base = f"of: {of}, " if of else ""
    clause = f"uptime-credit: {{source: a, {PROMISE}, credit: {{{base}overlap: {overlap}, bands: {bands}{more}}}}}"
    return written(clauses=clause, **others)


def row_hit(found):
    return next(step for step in found.explanation.steps if isinstance(step, RowHit))


@pytest.mark.parametrize(
    ("minutes", "amount", "row"),
    [(44, "600", 1), (216, "600", 1), (217, "1200", 2), (432, "1200", 2), (433, "3000", 3)],
)
def test_the_highest_credit_of_the_rows_that_take_the_level_is_paid(minutes, amount, row):
    found = credit(judge(table(), [down_minutes(minutes)]), "2026-06")
    assert found.amount == money(amount)
    assert row_hit(found).row == row


def test_the_first_row_that_takes_the_level_is_paid_where_the_terms_say_so():
    found = credit(judge(table(overlap="first_row"), [down_minutes(433)]), "2026-06")
    assert found.amount == money("600")
    assert row_hit(found).others == (2, 3)


def test_of_two_rows_that_pay_the_same_the_first_is_named():
    bands = "[{below: 99.9 %, rate: 5 %}, {below: 99.5 %, rate: 5 %}]"
    assert row_hit(credit(judge(table(bands), [down_minutes(300)]), "2026-06")).row == 1


SPLIT = "[{at_least: 99.5 %, below: 99.9 %, rate: 5 %}, {below: 99.5 %, rate: 10 %}]"


def test_rows_that_do_not_overlap_pay_one_each_where_overlap_is_refused():
    assert credit(judge(table(SPLIT, "refuse"), [down_minutes(216)]), "2026-06").amount == money("600")
    assert credit(judge(table(SPLIT, "refuse"), [down_minutes(217)]), "2026-06").amount == money("1200")


GAP = "[{at_least: 99.5 %, below: 99.9 %, rate: 5 %}, {below: 99.0 %, rate: 25 %}]"


def test_a_level_in_an_accepted_gap_is_pending_with_its_neighbours_named_and_never_a_silent_zero():
    answer = judge(table(GAP, more=", gaps: undetermined"), [down_minutes(300)])
    found = credit(answer, "2026-06")
    assert (found.amount, found.before_cap, found.state) == (None, None, "pending")
    assert found.finality == "provisional"
    [why] = [step for step in found.explanation.steps if isinstance(step, Undetermined)]
    assert why.reason == "no row of the table takes this level"
    assert why.named == ("row 1: below 99.9 % and at least 99.5 %", "row 2: below 99 %")


def test_a_row_may_pay_although_the_promise_is_kept():
    bands = "[{below: 99.95 %, rate: 1 %}, {below: 99.9 %, rate: 5 %}]"
    both = table(bands, more=", pays: whenever_a_row_matches")
    kept = judge(both, [down_minutes(30)])
    assert verdict(kept, "2026-06").outcome is Outcome.MET
    assert credit(kept, "2026-06").amount == money("120")
    only = table(bands, more=", pays: only_when_missed")
    assert judge(only, [down_minutes(30)]).credits == ()


def test_a_row_may_pay_a_fixed_sum():
    terms = table("[{below: 99.9 %, amount: 75.00 EUR}, {below: 99 %, amount: 300.00 EUR}]", of="")
    assert credit(judge(terms, [down_minutes(60)]), "2026-06").amount == money("75")
    assert credit(judge(terms, [down_minutes(600)]), "2026-06").amount == money("300")


def paying(credit_text, indicator=UPTIME, promise=PROMISE, **more):
    return written(indicator, f"uptime-credit: {{source: a, {promise}, credit: {credit_text}}}", **more)


def test_a_fixed_sum_is_paid_once_for_each_broken_month():
    answer = judge(
        paying("{each: period, amount: 50.00 EUR}"), [down_minutes(60), down_minutes(60, "2026-08-03 10:00")]
    )
    assert [(item.period.label, item.amount) for item in answer.credits] == [
        ("2026-06", money("50")),
        ("2026-08", money("50")),
    ]


def blocks(part="counts", measured_on="period_total", more="amount: 100.00 EUR", after="1 hour"):
    return paying(f"{{block: 1 hour, after: {after}, part: {part}, measured_on: {measured_on}, {more}}}")


TWO_OUTAGES = (down_minutes(150), down_minutes(45, "2026-06-05 10:00"))


@pytest.mark.parametrize(
    ("part", "measured_on", "paid"),
    [
        ("counts", "period_total", "300"),
        ("ignored", "period_total", "200"),
        ("pro_rata", "period_total", "225"),
        ("counts", "each_outage", "200"),
        ("ignored", "each_outage", "100"),
        ("pro_rata", "each_outage", "150"),
    ],
)
def test_blocks_of_time_beyond_the_first_hour_are_paid_by_the_stated_rule(part, measured_on, paid):
    assert amounts(judge(blocks(part, measured_on), TWO_OUTAGES)) == [paid]


@pytest.mark.parametrize(("extra", "paid"), [(0, "0"), (1, "100"), (60 * MINUTE, "100"), (60 * MINUTE + 1, "200")])
def test_a_started_block_counts_from_its_first_microsecond(extra, paid):
    assert amounts(judge(blocks(), [down_for(60 * MINUTE + extra)])) == [paid]


def test_outages_that_touch_are_one_outage_of_blocks():
    events = [down_minutes(40), down_minutes(40, "2026-06-03 10:40")]
    assert amounts(judge(blocks(measured_on="each_outage"), events)) == ["100"]


def test_an_outage_across_a_month_end_is_paid_in_each_month_for_its_part():
    answer = judge(blocks(measured_on="each_outage"), [outage("2026-06-30 22:00", "2026-07-01 01:30")])
    assert [(item.period.label, item.amount) for item in answer.credits] == [
        ("2026-06", money("100")),
        ("2026-07", money("100")),
    ]


def test_the_first_block_may_pay_another_sum():
    more = "amount: 100.00 EUR, first: 50.00 EUR"
    assert amounts(judge(blocks(more=more), [down_minutes(200)])) == ["250"]
    assert amounts(judge(blocks("pro_rata", more=more), [down_minutes(90)])) == ["25"]


def test_a_block_may_pay_a_rate_of_the_charge():
    more = "rate: 1 %, of: {charge: hosting, period: judged}"
    assert amounts(judge(blocks(more=more), [down_minutes(200)])) == ["360"]


def test_a_block_of_a_charge_that_is_not_billed_yet_is_pending():
    terms = paying(
        "{block: 1 hour, after: 0 hours, part: counts, measured_on: period_total, rate: 1 %, "
        "of: {charge: hosting, period: judged}}",
        charges="hosting: {from: events, per: month, absent: pending}",
    )
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert (found.amount, found.state) == (None, "pending")
    assert found.pending_on == "the charge `hosting` of 2026-06"


TWO_CHARGES = "hosting: {amount: 12000.00 EUR, per: month}\nsupport: {amount: 3000.00 EUR, per: month}"


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        ("{charges: [hosting, support], period: judged}", "1500"),
        ("{charges: [hosting], less: [support], period: judged}", "900"),
        ("{charge: support, period: judged}", "300"),
    ],
)
def test_a_rate_applies_to_the_charges_that_the_clause_names(base, amount):
    terms = table("[{below: 99.9 %, rate: 10 %}]", of=base, charges=TWO_CHARGES)
    assert credit(judge(terms, [down_minutes(60)]), "2026-06").amount == money(amount)


BILLED = "hosting: {from: events, per: month, absent: pending}"
BILLS = [
    charge("hosting", "2026-05-01", "2026-06-01", "500.00"),
    charge("hosting", "2026-06-01", "2026-07-01", "600.00"),
    charge("hosting", "2026-06-01", "2026-07-01", "60.00"),
    charge("hosting", "2026-07-01", "2026-08-01", "700.00"),
]


@pytest.mark.parametrize(("period", "amount"), [("judged", "66"), ("previous", "50"), ("next", "70")])
def test_a_rate_applies_to_what_was_billed_for_the_judged_the_previous_or_the_next_month(period, amount):
    terms = table("[{below: 99.9 %, rate: 10 %}]", of=f"{{charge: hosting, period: {period}}}", charges=BILLED)
    assert credit(judge(terms, [down_minutes(60), *BILLS]), "2026-06").amount == money(amount)


def test_a_credit_waits_for_a_bill_and_is_due_once_it_came():
    terms = table("[{below: 99.9 %, rate: 10 %}]", charges=BILLED)
    waits = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert (waits.amount, waits.state, waits.finality) == (None, "pending", "provisional")
    assert waits.pending_on == "the charge `hosting` of 2026-06"
    paid = credit(judge(terms, [down_minutes(60), *BILLS]), "2026-06")
    assert (paid.amount, paid.state, paid.finality) == (money("66"), "due", "final")


def test_a_month_without_a_bill_is_worth_nothing_where_the_terms_say_so():
    terms = table("[{below: 99.9 %, rate: 10 %}]", charges=BILLED.replace("pending", "zero"))
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert (found.amount, found.state) == (money("0"), "due")


def test_a_quarter_pays_on_the_three_months_that_were_charged():
    terms = written(
        UPTIME.replace("per: month", "per: quarter"),
        f"uptime-credit: {{source: a, {PROMISE}, credit: {{of: {{charge: hosting, period: judged, "
        "part_period: pro_rata}, "
        "overlap: highest_credit, bands: [{below: 99.9 %, rate: 10 %}]}}",
    )
    assert credit(judge(terms, [down_minutes(600)]), "2026-Q2").amount == money("3600")


@pytest.mark.parametrize(("rule", "amount"), [("pro_rata", "640"), ("full", "1200")])
def test_a_part_of_a_charged_month_counts_by_its_days_or_in_full(rule, amount):
    # From 16 January on: 16 of the 31 days of January, 12,000.00 x 16/31 x 31/31... a tenth of a part.
    terms = table(
        "[{below: 99.9 %, rate: 10 %}]",
        of=f"{{charge: hosting, period: judged, part_period: {rule}}}",
        effective="2026-01-16",
        charges="hosting: {amount: 12400.00 EUR, per: month}"
        if rule == "pro_rata"
        else "hosting: {amount: 12000.00 EUR, per: month}",
    )
    found = next(item for item in judge(terms, [down_minutes(60, "2026-01-20 10:00")]).credits)
    assert found.amount == money(amount)


def test_a_month_from_the_sixteenth_pays_on_parts_of_two_charged_months():
    terms = written(
        UPTIME.replace("per: month", "per: month from day 16"),
        f"uptime-credit: {{source: a, {PROMISE}, credit: {{of: {{charge: hosting, period: judged, "
        "part_period: pro_rata}, "
        "overlap: highest_credit, bands: [{below: 99.9 %, rate: 100 %}]}}",
        charges="hosting: {amount: 930.00 EUR, per: month}",
    )
    # 16 May to 16 June: 16 of 31 days of May and 15 of 30 days of June.
    assert amounts(judge(terms, [down_minutes(60)])) == [str(480 + 465)]


@pytest.mark.parametrize(
    ("rounding", "fee", "amount"),
    [
        ("half_up", "100.05", "10.01"),
        ("half_even", "100.05", "10.00"),
        ("half_even", "100.15", "10.02"),
        ("half_down", "100.05", "10.00"),
        ("up", "100.01", "10.01"),
        ("down", "100.09", "10.00"),
    ],
)
def test_an_amount_is_rounded_to_the_cent_as_the_terms_say(rounding, fee, amount):
    terms = table(
        "[{below: 99.9 %, rate: 10 %}]", rounding=rounding, charges=f"hosting: {{amount: {fee} EUR, per: month}}"
    )
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert found.amount == found.before_cap == money(amount)


@pytest.mark.parametrize(("currency", "fee", "amount"), [("JPY", "1005", "101"), ("KWD", "100.005", "10.001")])
def test_an_amount_is_rounded_to_the_minor_unit_of_its_currency(currency, fee, amount):
    terms = table(
        "[{below: 99.9 %, rate: 10 %}]", currency=currency, charges=f"hosting: {{amount: {fee} {currency}, per: month}}"
    )
    assert credit(judge(terms, [down_minutes(60)]), "2026-06").amount == money(amount, currency)


def test_rounding_after_caps_leaves_the_figure_before_exact():
    terms = table(
        "[{below: 99.9 %, rate: 10 %}]", when="after_caps", charges="hosting: {amount: 100.05 EUR, per: month}"
    )
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert found.before_cap == money("10.005")
    assert found.amount == money("10.01")


@pytest.mark.parametrize(
    ("least", "amount"),
    [
        ("{above: 10.00 EUR, compared: before_rounding}", "10.00"),
        ("{above: 10.00 EUR, compared: after_rounding}", "0"),
        ("{at_least: 10.00 EUR, compared: after_rounding}", "10.00"),
        ("{at_least: 10.01 EUR, compared: before_rounding}", "0"),
        ("{above: 9.99 EUR, compared: after_rounding}", "10.00"),
    ],
)
def test_a_credit_that_does_not_pass_the_least_amount_is_not_paid(least, amount):
    terms = table(
        "[{below: 99.9 %, rate: 10 %}]",
        more=f", paid_only_if: {least}",
        charges="hosting: {amount: 100.04 EUR, per: month}",
    )
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert found.amount == money(amount)
    assert any(isinstance(step, NotPaidBelow) for step in found.explanation.steps) is (amount == "0")


def test_a_missed_month_of_a_free_service_is_listed_with_nothing_to_pay():
    terms = table("[{below: 99.9 %, rate: 10 %}]", charges="hosting: {amount: 0.00 EUR, per: month}")
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert (found.amount, found.before_cap, found.state) == (money("0"), money("0"), "due")


def test_a_level_that_is_rounded_is_looked_up_as_rounded():
    terms = written(
        UPTIME.replace("per: month", "per: month, round: 1 places half_up"),
        f"uptime-credit: {{source: a, {PROMISE}, credit: {{of: {{charge: hosting, period: judged}}, "
        "overlap: highest_credit, bands: [{below: 99.9 %, rate: 5 %}, {below: 99.8 %, rate: 10 %}]}}",
    )
    # 108 min down are 99.75 %, printed 99.8 %; 109 min are 99.7477 %, printed 99.7 %.
    assert credit(judge(terms, [down_minutes(108)]), "2026-06").amount == money("600")
    assert credit(judge(terms, [down_minutes(109)]), "2026-06").amount == money("1200")


def test_a_table_may_be_of_times_and_of_counts():
    elapsed = written(
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, "
        "ends: responded, calendar: always, "
        "pauses: [], counted_in: period_of_start, while_open: runs}",
        "it: {source: a, promise: {indicator: it, at_most: 1 hour}, credit: {overlap: highest_credit, "
        "bands: [{above: 1 hour, amount: 10.00 EUR}, {above: 2 hours, amount: 30.00 EUR}]}}",
    )
    late = [fact("I", "opened", "2026-06-03 10:00"), fact("I", "responded", "2026-06-03 12:30")]
    assert amounts(judge(elapsed, late)) == ["30"]
    given = written(
        "it: {measure: value, of: shop, from: readings, per: month, accepts: 0 to 10, several: last, "
        "counted_in: period_of_start, no_data: met}",
        "it: {source: a, promise: {indicator: it, at_most: 2}, credit: {overlap: highest_credit, "
        "bands: [{above: 2, amount: 10.00 EUR}, {above: 4, amount: 30.00 EUR}]}}",
    )
    assert amounts(judge(given, [reading("2026-06-03", "4", "count")])) == ["10"]
