"""What a rate is taken of: whose charges, one day's fee, a share of a pool, a fixed sum; and a rate paid for each."""

import pytest
from malus.model.explanation import BaseSum, RateTimes
from malus.model.paying_steps import BaseRounded, PoolDrawn
from malus.operations.render_steps import step_text

from tests.evaluation.written import (
    PROMISE,
    UPTIME,
    ZONE,
    amounts,
    at,
    charge,
    credit,
    down_minutes,
    fact,
    judge,
    money,
    outage,
    written,
)

MONEY_STEPS = (BaseSum, PoolDrawn, BaseRounded, RateTimes)


def paying(credit_text, more="", indicator=UPTIME, promise=PROMISE, **others):
    return written(indicator, f"uptime-credit: {{source: a, {promise}, credit: {credit_text}}}", more, **others)


def sentences(found):
    return [step_text(step, ZONE) for step in found.explanation.steps if isinstance(step, MONEY_STEPS)]


def test_a_missed_month_may_pay_a_rate():
    found = credit(
        judge(paying("{each: period, rate: 2.5 %, of: {charge: hosting, period: judged}}"), [down_minutes(60)]),
        "2026-06",
    )
    assert sentences(found) == ["base: hosting 2026-06 12,000.00 EUR", "2.5 % x 12,000.00 = 300.00 EUR"]


def test_every_occurrence_may_pay_a_rate():
    terms = paying(
        "{each: occurrence, rate: 1 %, of: {charge: hosting, period: judged}}",
        indicator="many: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start}",
        promise="promise: {indicator: many, at_most: 1 outage}",
    )
    events = [outage(f"2026-06-0{day} 10:00", f"2026-06-0{day} 10:01") for day in (1, 2, 3)]
    found = credit(judge(terms, events), "2026-06")
    assert found.amount == money("360")
    assert sentences(found)[-1] == "3 x 1 % x 12,000.00 = 360.00 EUR"


INCIDENTS = (
    "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: responded, "
    "calendar: always, pauses: [], counted_in: period_of_start, while_open: runs}"
)
LATE = [fact("I", "opened", "2026-06-15 10:00"), fact("I", "responded", "2026-06-15 11:31")]


@pytest.mark.parametrize(("period", "paid"), [("quarter", "900"), ("year", "3600"), ("quarter from month 2", "900")])
def test_a_month_may_pay_on_the_quarter_or_year_that_it_lies_in(period, paid):
    terms = paying(
        f"{{each: incident, rate: 1 %, of: {{charge: hosting, period: {period}, part_period: full}}}}",
        indicator=INCIDENTS,
        promise="promise: {indicator: it, at_most: 1 hour}",
        charges="hosting: {amount: 30000.00 EUR, per: month}",
        effective="2025-01-01",
    )
    assert amounts(judge(terms, LATE)) == [paid]


BILLED = "usage: {from: events, per: month, absent: zero}"


@pytest.mark.parametrize(
    ("before", "shares"),
    [
        ("subject_start", [("2026-05", "16/31"), ("2026-06", "7/15")]),
        ("period_start", [("2026-05", "30/31")]),
        ("period_end", [("2026-06", "1")]),
    ],
)
def test_preceding_days_end_before_the_day_that_the_terms_name(before, shares):
    of = f"{{charge: usage, period: preceding 30 days, before: {before}, part_period: pro_rata}}"
    terms = paying(
        f"{{each: incident, rate: 1 %, of: {of}}}",
        indicator=INCIDENTS,
        promise="promise: {indicator: it, at_most: 1 hour}",
        charges=BILLED,
    )
    bills = [
        charge("usage", "2026-05-01", "2026-06-01", "3100.00"),
        charge("usage", "2026-06-01", "2026-07-01", "3000.00"),
    ]
    answer = judge(terms, [*LATE, *bills])
    # In May a day is 100.00, and so in June.
    assert amounts(answer) == ["30"]
    [base] = [step for step in answer.credits[0].explanation.steps if isinstance(step, BaseSum)]
    parts = [(part.period, str(part.part)) for part in base.parts]
    assert (
        parts
        == {
            "subject_start": [("2026-05", "16/31"), ("2026-06", "7/15")],
            "period_start": [("2026-05", "30/31")],
            "period_end": [("2026-06", "1")],
        }[before]
    )


@pytest.mark.parametrize(
    ("rule", "fee", "start", "paid"),
    [
        ("share_of_calendar_month", "3000", "2026-06-03 10:00", "200"),
        ("share_of_calendar_month", "3100", "2026-07-03 10:00", "200"),
        ("share_of_calendar_month", "2900", "2028-02-03 10:00", "200"),
        ("thirtieth", "3000", "2026-07-03 10:00", "200"),
    ],
)
def test_an_hour_down_may_pay_a_day_of_the_months_fee(rule, fee, start, paid):
    terms = paying(
        "{block: 1 hour, after: 0 hours, part: counts, measured_on: period_total, rate: 100 %, "
        f"of: {{charge: hosting, period: judged, day_of_fee: {rule}}}}}",
        charges=f"hosting: {{amount: {fee}.00 EUR, per: month}}",
    )
    assert amounts(judge(terms, [down_minutes(61, start)], as_of="2028-12-01")) == [paid]


def test_a_day_of_the_fee_is_the_same_in_a_month_that_the_agreement_cuts():
    for rule in ("share_of_calendar_month", "thirtieth"):
        terms = paying(
            f"{{each: period, rate: 100 %, of: {{charge: hosting, period: judged, day_of_fee: {rule}}}}}",
            charges="hosting: {amount: 3000.00 EUR, per: month}",
            effective="2026-06-16",
        )
        assert amounts(judge(terms, [down_minutes(120, "2026-06-20 10:00")])) == ["100"]


@pytest.mark.parametrize("day", ["2026-04-23", "2026-04-24", "2026-10-29", "2026-10-30"])
def test_a_day_that_begins_an_hour_late_or_ends_late_costs_one_day_of_the_fee(day):
    # In Cairo the clocks change at midnight: 24 April begins at one o'clock.
    terms = written(
        UPTIME.replace("per: month", "per: day"),
        f"uptime-credit: {{source: art. 4.2, {PROMISE}, credit: "
        "{each: period, rate: 100 %, of: {charge: hosting, period: judged, day_of_fee: thirtieth}}}",
        charges="hosting: {amount: 3000.00 EUR, per: month}",
        zone="Africa/Cairo",
    )
    moment = at(f"{day} 10:00", "Africa/Cairo")
    answer = judge(terms, [outage(moment, moment + 3_600_000_000)], as_of=moment + 90 * 86_400_000_000)
    assert amounts(answer) == ["100"]


@pytest.mark.parametrize("per", ["quarter", "month from day 31", "year"])
@pytest.mark.parametrize(("rule", "paid"), [("share_of_calendar_month", "100"), ("thirtieth", "100")])
def test_a_day_of_the_fee_is_one_of_one_month_however_long_the_judged_period_is(per, rule, paid):
    terms = written(
        UPTIME.replace("per: month", f"per: {per}"),
        f"uptime-credit: {{source: art. 4.2, {PROMISE}, credit: "
        f"{{each: period, rate: 100 %, of: {{charge: hosting, period: judged, day_of_fee: {rule}}}}}}}",
        charges="hosting: {amount: 3000.00 EUR, per: month}",
        effective="2026-04-01",
    )
    assert amounts(judge(terms, [down_minutes(3000, "2026-04-20 10:00")], as_of="2027-06-01")) == [paid]


@pytest.mark.parametrize(("rule", "paid"), [("share_of_calendar_month", "10"), ("thirtieth", "10.33")])
def test_a_day_of_a_fee_that_came_in_two_bills_is_one_of_the_whole_month(rule, paid):
    terms = paying(
        f"{{each: period, rate: 100 %, of: {{charge: hosting, period: judged, day_of_fee: {rule}}}}}",
        charges="hosting: {from: events, per: month, absent: pending}",
    )
    bills = [
        charge("hosting", "2026-07-01", "2026-07-11", "100.00"),
        charge("hosting", "2026-07-11", "2026-08-01", "210.00"),
    ]
    found = credit(judge(terms, [down_minutes(60, "2026-07-03 10:00"), *bills]), "2026-07")
    assert found.amount == money(paid)


def test_a_base_may_be_rounded_before_the_rate_is_taken_and_says_so():
    terms = paying(
        "{block: 1 hour, after: 0 hours, part: counts, measured_on: period_total, rate: 100 %, of: "
        "{charge: hosting, period: judged, day_of_fee: thirtieth, round: half_up}}",
        charges="hosting: {amount: 1000.00 EUR, per: month}",
    )
    found = credit(judge(terms, [down_minutes(180)]), "2026-06")
    # 33.33 three times, and not 99.999... rounded to 100.00.
    assert found.amount == money("99.99")
    assert sentences(found) == [
        "base: hosting 2026-06 1,000.00 x 1/30 = 100/3 EUR",
        "base rounded half up: 100/3 (about 33.3333) -> 33.33 EUR",
    ]


def test_a_rate_may_be_taken_of_a_sum_that_the_paper_states():
    terms = paying("{each: period, rate: 0.1 %, of: {amount: 250000.00 EUR}}")
    found = credit(judge(terms, [down_minutes(60)]), "2026-06")
    assert sentences(found) == ["base: fixed sum 250,000.00 EUR", "0.1 % x 250,000.00 = 250.00 EUR"]


POOL = (
    "caps:\n  - {name: at-risk, limits: [uptime-credit, slow-credit], at_most: 10 % of hosting, per: month, "
    "cut: pro_rata, source: app. C}"
)


def pooled(share, rate, more=POOL):
    second = (
        f"slow-credit: {{source: a, {PROMISE}, "
        f"credit: {{each: period, rate: {rate} %, of: {{pool: at-risk, share: {share} %}}}}}}"
    )
    first = (
        f"uptime-credit: {{source: a, {PROMISE}, "
        "credit: {each: period, rate: 40 %, of: {pool: at-risk, share: 50 %}}}"
    )
    return written(UPTIME, f"{first}\n{second}", more, charges="hosting: {amount: 100000.00 EUR, per: month}")


def test_a_share_of_a_pool_times_an_allocation_times_what_is_at_risk():
    found = credit(judge(pooled(150, 40), [down_minutes(60)]), "2026-06")
    assert found.amount == money("2000")
    assert sentences(found) == [
        "base: hosting 2026-06 100,000.00 EUR",
        "pool at-risk: 50 % of 10 % x 100,000.00 = 5,000.00 EUR",
        "40 % x 5,000.00 = 2,000.00 EUR",
    ]


@pytest.mark.parametrize(
    ("share", "rate", "paid"),
    [(150, 40, ["2000", "6000"]), (200, 40, ["2000", "8000"]), (200, "40.1", ["1996.01", "8003.99"])],
)
def test_parts_of_a_pool_may_add_up_to_more_than_it_holds_and_what_is_paid_may_not(share, rate, paid):
    found = judge(pooled(share, rate), [down_minutes(60)]).credits
    assert [item.amount for item in found] == [money(amount) for amount in paid]


def test_a_pool_may_hold_a_fixed_sum():
    found = credit(judge(pooled(50, 10, POOL.replace("10 % of hosting", "8000.00 EUR")), [down_minutes(60)]), "2026-06")
    assert sentences(found) == [
        "base: fixed sum 8,000.00 EUR",
        "pool at-risk: 50 % of 8,000.00 = 4,000.00 EUR",
        "40 % x 4,000.00 = 1,600.00 EUR",
    ]


@pytest.mark.parametrize(
    ("period", "paid"),
    # 30 of the bill's 61 days lie in June and 31 in July; the quarter holds it once, and the bills of April and May.
    [("judged", "30"), ("next", "31"), ("quarter", "81")],
)
def test_a_bill_over_two_months_counts_in_each_for_its_part_and_once_in_what_holds_both(period, paid):
    terms = paying(
        f"{{each: period, rate: 10 %, of: {{charge: usage, period: {period}, part_period: pro_rata}}}}",
        charges="usage: {from: events, per: month, absent: pending}",
    )
    bills = [
        charge("usage", "2026-04-01", "2026-05-01", "240"),
        charge("usage", "2026-05-01", "2026-06-01", "270"),
        charge("usage", "2026-06-01", "2026-08-01", "610"),
    ]
    assert credit(judge(terms, [down_minutes(60), *bills]), "2026-06").amount == money(paid)


def test_a_week_that_nobody_was_billed_for_waits_also_where_the_rest_of_its_month_was():
    terms = paying(
        "{each: period, rate: 10 %, of: {charge: usage, period: judged, part_period: pro_rata}}",
        indicator=UPTIME.replace("per: month", "per: week"),
        charges="usage: {from: events, per: month, absent: pending}",
    )
    told = [down_minutes(60, "2026-06-23 10:00"), charge("usage", "2026-06-01", "2026-06-16", "150")]
    waiting = judge(terms, told).credits
    assert [(item.amount, item.pending_on) for item in waiting] == [(None, "the charge `usage` of 2026-06")]
    rest = charge("usage", "2026-06-16", "2026-07-01", "300")
    assert amounts(judge(terms, [*told, rest])) == ["14"]


def test_a_base_of_nothing_pays_nothing_and_one_below_nothing_waits():
    charges = "hosting: {amount: 100.00 EUR, per: month}\nrebate: {amount: REBATE EUR, per: month}"
    text = "{each: period, rate: 10 %, of: {charge: hosting, less: [rebate], period: judged}}"
    for rebate, paid, state in (("100.00", money("0"), "due"), ("100.01", None, "pending")):
        terms = paying(text, charges=charges.replace("REBATE", rebate))
        found = credit(judge(terms, [down_minutes(60)]), "2026-06")
        assert (found.amount, found.state) == (paid, state)


def test_a_month_that_begins_without_terms_costs_what_those_say_that_begin_in_it():
    text = "{each: period, rate: 10 %, of: {charge: hosting, period: judged, part_period: full}}"
    first = paying(text, "ends: 2026-05-20")
    second = paying(text, effective="2026-06-17", charges="hosting: {amount: 6000.00 EUR, per: month}")
    found = credit(judge([first, second], [down_minutes(60, "2026-06-20 10:00")]), "2026-06")
    assert found.amount == money("600")
