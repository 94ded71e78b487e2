"""Money of another currency counts at a rate that the parties wrote down, or is named and counts nothing."""

from dataclasses import replace

import pytest
from malus.model.assessment import CreditState
from malus.model.explanation import BaseSum

from tests.evaluation.written import (
    UPTIME_CREDIT,
    at,
    charge,
    credit,
    down_for,
    judge,
    money,
    opening,
    reasons,
    written,
)

BILLED = "hosting: {from: events, per: month, absent: pending}"
HOUR = 3_600_000_000
DOLLARS = "{one: USD, is: 0.92 EUR, from: 2026-01-01, source: art. 7}"


def terms(*rates, at_="period_start", charges=BILLED, more="", **kinds):
    listed = ", ".join(rates or (DOLLARS,))
    return written(charges=charges, more=f"exchange: {{at: {at_}{more}, rates: [{listed}]}}", **kinds)


def billed(amount, currency="USD", start="2026-06-01", end="2026-07-01"):
    return replace(charge("hosting", start, end, "1"), amount=money(amount, currency))


def june(text, *charges, **kinds):
    return credit(judge(text, [down_for(HOUR), *charges], **kinds), "2026-06")


def waits_for(found):
    assert (found.state, found.amount) == (CreditState.PENDING, None)
    return found.pending_on


def test_a_charge_in_a_foreign_currency_is_remarked_and_the_credit_waits_for_one_in_ours():
    text = written(clauses=UPTIME_CREDIT, charges=BILLED)
    answer = judge(text, [down_for(HOUR), billed("5")])
    assert reasons(answer) == ["wrong-currency"]
    assert credit(answer, "2026-06").state is CreditState.PENDING


def test_what_was_billed_in_a_currency_without_any_rate_is_never_taken_as_nothing():
    text = written(clauses=UPTIME_CREDIT, charges=BILLED.replace("pending", "zero"))
    assert waits_for(june(text, billed("5"))) == "the charge `hosting` of 2026-06"
    assert june(text, billed("5"), billed("8", "EUR")).amount == money("0.80")
    assert june(text).amount == money(0)


def test_at_a_stated_rate_it_counts_and_the_step_says_which():
    answer = judge(terms(), [down_for(HOUR), billed("100")])
    assert reasons(answer) == []
    found = credit(answer, "2026-06")
    assert found.amount == money("9.20")
    part = next(step for step in found.explanation.steps if isinstance(step, BaseSum)).parts[0]
    assert part.exchanged is not None
    assert (part.amount, part.exchanged.billed, part.exchanged.since) == (money(92), money(100, "USD"), "2026-01-01")


def test_a_rate_may_say_what_one_of_our_own_currency_is():
    text = terms("{one: EUR, is: 1.25 USD, from: 2026-01-01, source: art. 7}")
    assert june(text, billed("100")).amount == money(8)


def test_charges_of_both_currencies_add_up():
    assert june(terms(), billed("100"), billed("8", "EUR")).amount == money(10)


@pytest.mark.parametrize(("mode", "amount"), [("", "30.02"), (", round: down", "30.01")])
def test_what_is_changed_stays_exact_unless_the_paper_rounds_it(mode, amount):
    # Two bills of 150.0765625 euro: a tenth of both is 30.0153125, and of both rounded down 30.014.
    text = terms("{one: USD, is: 0.96049 EUR, from: 2026-01-01, source: art. 7}", more=mode)
    assert june(text, billed("156.25"), billed("156.25")).amount == money(amount)


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2026-05-31", "9.00"), ("2026-06-01", "9.00"), ("2026-06-02", "8.00"), ("2026-07-01", "8.00")],
)
def test_the_rate_of_the_first_day_counts_and_not_that_of_the_next(day, amount):
    text = terms(
        "{one: USD, is: 0.80 EUR, from: 2026-01-01, source: art. 7}",
        f"{{one: USD, is: 0.90 EUR, from: {day}, source: art. 7}}",
    )
    assert june(text, billed("100")).amount == money(amount)


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2026-06-02", "9.00"), ("2026-06-30", "9.00"), ("2026-07-01", "8.00")],
)
def test_the_rate_of_the_last_day_counts_where_the_paper_says_so(day, amount):
    text = terms(
        "{one: USD, is: 0.80 EUR, from: 2026-01-01, source: art. 7}",
        f"{{one: USD, is: 0.90 EUR, from: {day}, source: art. 7}}",
        at_="period_end",
    )
    assert june(text, billed("100")).amount == money(amount)


def test_the_day_is_that_of_the_bill_and_not_of_the_whole_month():
    text = terms(DOLLARS, "{one: USD, is: 1.00 EUR, from: 2026-06-11, source: art. 7}")
    parts = [billed("100", end="2026-06-11"), billed("100", start="2026-06-11")]
    assert june(text, *parts).amount == money("19.20")


@pytest.mark.parametrize("absent", ["pending", "zero"])
@pytest.mark.parametrize(
    ("rate", "currency", "day"),
    [
        ("{one: USD, is: 0.92 EUR, from: 2026-06-02, source: art. 7}", "USD", "2026-06-01"),
        ("{one: USD, is: 0.92 EUR, from: 2026-01-01, until: 2026-05-31, source: art. 7}", "USD", "2026-06-01"),
        (DOLLARS, "GBP", "2026-06-01"),
    ],
)
def test_without_a_rate_on_its_day_the_credit_waits_for_that_and_is_never_zero(rate, currency, day, absent):
    text = terms(rate, charges=BILLED.replace("pending", absent))
    assert waits_for(june(text, billed("100", currency))) == f"a rate of {currency} on {day}"


def test_a_rate_that_holds_to_the_end_of_that_day_counts():
    text = terms("{one: USD, is: 0.92 EUR, from: 2026-01-01, until: 2026-06-01, source: art. 7}")
    assert june(text, billed("100")).amount == money("9.20")


def test_a_rate_that_ended_gives_no_way_back_to_an_earlier_one():
    text = terms(DOLLARS, "{one: USD, is: 0.90 EUR, from: 2026-05-01, until: 2026-05-31, source: art. 7}")
    assert waits_for(june(text, billed("100"))) == "a rate of USD on 2026-06-01"


def test_a_fixed_charge_may_be_in_another_currency():
    text = terms(charges="hosting: {amount: 100.00 USD, per: month}")
    assert june(text).amount == money("9.20")


def test_a_part_of_a_foreign_charge_is_a_part_of_what_it_is_in_ours():
    text = terms(
        charges="hosting: {amount: 300.00 USD, per: month}",
        clauses=UPTIME_CREDIT.replace("period: judged", "period: judged, day_of_fee: share_of_calendar_month"),
    )
    assert june(text).amount == money("0.92")


def test_a_cap_of_foreign_charges_cuts_in_our_currency():
    text = written(
        charges=BILLED,
        more=f"exchange: {{at: period_start, rates: [{DOLLARS}]}}\n"
        "caps: [{name: most, limits: [uptime-credit], at_most: 5 % of hosting, per: month, cut: in_order, source: a}]",
    )
    assert june(text, billed("100")).amount == money("4.60")


def test_a_bill_for_the_month_in_which_the_agreement_begins_takes_the_rate_of_its_first_day_inside():
    text = terms(NEW_RATE, clauses=IN_PARTS, effective="2026-06-16")
    answer = judge(text, [down_for(HOUR, "2026-06-20 10:00"), billed("100")])
    assert [item.amount for item in answer.credits] == [money("4.50")]


def test_later_terms_bring_the_rate_of_their_days():
    first = terms("{one: USD, is: 0.80 EUR, from: 2026-01-01, until: 2026-05-31, source: art. 7}")
    second = terms("{one: USD, is: 0.90 EUR, from: 2026-06-01, source: amendment 1}", effective="2026-06-01")
    both = [first, second]
    assert june(both, billed("100")).amount == money("9.00")
    answer = judge(both, [down_for(HOUR, "2026-05-03 10:00"), billed("100", start="2026-05-01", end="2026-06-01")])
    assert credit(answer, "2026-05").amount == money("8.00")


def test_later_terms_without_rates_leave_a_foreign_charge_waiting():
    second = written(charges=BILLED, effective="2026-06-01")
    assert waits_for(june([terms(), second], billed("100"))) == "a rate of USD on 2026-06-01"


def test_the_day_of_a_rate_begins_in_the_zone_of_the_terms():
    text = terms(DOLLARS, "{one: USD, is: 0.90 EUR, from: 2026-06-01, source: art. 7}", zone="Pacific/Auckland")
    start, end = at("2026-06-01", "Pacific/Auckland"), at("2026-07-01", "Pacific/Auckland")
    assert june(text, replace(billed("100"), start=start, end=end)).amount == money("9.00")


def test_a_balance_that_is_brought_in_has_no_rate():
    brought = opening("2026-01-01", "2026-06-01", cap="most", used=None, charged=money("100", "USD"))
    assert reasons(judge(terms(), [brought]))[:1] == ["wrong-currency"]


FIXED = {"charges": "hosting: {amount: 100.00 USD, per: month}"}
IN_PARTS = UPTIME_CREDIT.replace("period: judged", "period: judged, part_period: pro_rata")
OLD_RATE = "{one: USD, is: 0.80 EUR, from: 2026-01-01, source: art. 7}"
NEW_RATE = "{one: USD, is: 0.90 EUR, from: 2026-06-16, source: amendment 1}"


@pytest.mark.parametrize("day", ["period_start", "period_end"])
def test_each_part_of_a_split_month_takes_the_rate_of_its_own_day(day):
    first = terms(OLD_RATE, clauses=IN_PARTS, at_=day, **FIXED)
    second = replace(terms(NEW_RATE, clauses=IN_PARTS, at_=day, **FIXED, effective="2026-06-16"), amended="split")
    answer = judge([first, second], [down_for(HOUR, "2026-06-03 10:00"), down_for(HOUR, "2026-06-20 10:00")])
    # 10 % of 15 days of 30 of 100 dollars: 4.00 euro of them at 0.80, 4.50 at 0.90.
    assert [item.amount for item in answer.credits] == [money("4.00"), money("4.50")]


def test_nothing_is_charged_for_before_the_agreement_so_its_first_day_has_the_first_rate():
    text = terms(NEW_RATE, clauses=IN_PARTS, **FIXED, effective="2026-06-16")
    answer = judge(text, [down_for(HOUR, "2026-06-20 10:00")])
    assert [item.amount for item in answer.credits] == [money("4.50")]


@pytest.mark.parametrize(
    ("ends", "begins", "rule", "down", "paid"),
    [
        ("2026-05-20", "2026-06-20", "period_start", "2026-06-25 10:00", "8.00"),
        ("2026-06-10", "2026-07-05", "period_end", "2026-06-05 10:00", "9.00"),
    ],
)
def test_a_bill_for_days_without_terms_takes_the_rate_of_a_day_that_is_charged_for(ends, begins, rule, down, paid):
    days = [("0.90", "2026-05-01"), ("0.50", "2026-06-11"), ("0.80", "2026-06-20"), ("0.40", "2026-06-21")]
    rates = ", ".join(f"{{one: USD, is: {rate} EUR, from: {day}, source: a}}" for rate, day in days)
    said = f"exchange: {{at: {rule}, rates: [{rates}]}}"
    full = UPTIME_CREDIT.replace("period: judged", "period: judged, part_period: full")
    first = written(clauses=full, charges=BILLED, more=f"{said}\nends: {ends}")
    again = written(clauses=full, charges=BILLED, more=said, effective=begins)
    answer = judge([first, again], [down_for(10 * HOUR, down), billed("100")])
    assert [item.amount for item in answer.credits if item.amount != money(0)] == [money(paid)]
