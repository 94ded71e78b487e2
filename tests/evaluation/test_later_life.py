"""What becomes of a credit: disputed and held, settled by invoices, agreed anew by both parties."""

import pytest
from malus.model.afterwards import SettledBy
from malus.model.assessment import Finality

from tests.evaluation.written import (
    UPTIME_CREDIT,
    adjusted,
    at,
    credit,
    disputed,
    down_minutes,
    judge,
    money,
    reasons,
    settled,
    written,
)

DOWN = [down_minutes(60)]  # a tenth of 12,000.00


def terms(rest="carried_over", more=""):
    return written(more=f"settlement: {{as: next_invoice, rest: {rest}}}\n{more}")


def june(answer):
    found = credit(answer, "2026-06")
    return found.state.value, None if found.amount is None else str(found.amount.amount)


def test_an_invoice_that_took_it_all_settles_a_credit_and_one_cent_less_does_not():
    assert june(judge(terms(), [*DOWN, settled("1200.00", "2026-07-31")])) == ("settled", "1200")
    less = judge(terms(), [*DOWN, settled("1199.99", "2026-07-31")])
    assert june(less) == ("due", "1200")
    assert credit(less, "2026-06").settled == money("1199.99")


def test_several_invoices_add_up_to_the_credit():
    answer = judge(terms(), [*DOWN, settled("500", "2026-07-31", invoice="F-1"), settled("700", "2026-08-31")])
    assert june(answer)[0] == "settled"
    [step] = [one for one in credit(answer, "2026-06").explanation.steps if isinstance(one, SettledBy)]
    assert (step.taken, step.rest) == (money("1200"), money("0"))


@pytest.mark.parametrize(("rest", "state"), [("carried_over", "due"), ("paid_out", "due"), ("lapses", "settled")])
def test_what_an_invoice_leaves_is_carried_over_paid_out_or_lapses(rest, state):
    assert june(judge(terms(rest), [*DOWN, settled("500", "2026-07-31")]))[0] == state


def test_an_invoice_that_took_too_much_is_named():
    answer = judge(terms(), [*DOWN, settled("1200.01", "2026-07-31")])
    assert (june(answer)[0], reasons(answer)) == ("settled", ["settled-too-much"])


def test_money_of_another_currency_settles_nothing():
    answer = judge(terms(), [*DOWN, settled("1200 USD", "2026-07-31")])
    assert (june(answer)[0], reasons(answer)) == ("due", ["wrong-currency"])


def test_a_disputed_credit_is_held_until_the_dispute_ends():
    held = judge(terms(), [*DOWN, disputed("raises", "2026-07-05")], as_of="2026-08-01")
    assert (june(held), credit(held, "2026-06").finality) == (("disputed", "1200"), Finality.PROVISIONAL)
    over = [*DOWN, disputed("raises", "2026-07-05"), disputed("ends", "2026-07-20")]
    assert june(judge(terms(), over, as_of=at("2026-07-20") - 1))[0] == "disputed"
    answer = judge(terms(), over, as_of="2026-07-20")
    assert (june(answer), credit(answer, "2026-06").finality) == (("due", "1200"), Finality.FINAL)


def test_a_dispute_may_be_raised_again_and_a_second_one_meanwhile_is_named():
    again = [disputed("raises", "2026-07-05"), disputed("ends", "2026-07-06"), disputed("raises", "2026-07-07")]
    assert june(judge(terms(), [*DOWN, *again]))[0] == "disputed"
    assert reasons(judge(terms(), [*DOWN, *again, disputed("raises", "2026-07-08")])) == ["unused"]


@pytest.mark.parametrize(
    "event", [settled("1", "2026-07-31"), disputed("raises", "2026-07-31"), adjusted("1", "2026-07-31")]
)
def test_an_event_that_speaks_of_no_credit_is_named(event):
    assert reasons(judge(terms(), [event])) == ["unused"]


def test_what_both_parties_agreed_replaces_the_amount_whatever_caps_leave():
    cap = "caps: [{name: c, limits: [uptime-credit], at_most: 100.00 EUR, per: month, cut: in_order, source: art. 9}]"
    assert june(judge(terms(more=cap), [*DOWN, adjusted("900", "2026-07-20")])) == ("due", "900")
    found = credit(judge(terms(more=cap), [*DOWN, adjusted("900", "2026-07-20")]), "2026-06")
    assert str(found.before_cap.amount) == "1200"


def test_an_agreed_amount_is_what_it_uses_of_a_cap():
    cap = "caps: [{name: c, limits: [uptime-credit], at_most: 1500.00 EUR, per: year, cut: in_order, source: art. 9}]"
    both = [*DOWN, down_minutes(60, "2026-07-03 10:00")]
    assert str(credit(judge(terms(more=cap), both), "2026-07").amount.amount) == "300"
    assert (
        str(credit(judge(terms(more=cap), [*both, adjusted("1000", "2026-07-20")]), "2026-07").amount.amount) == "500"
    )


def test_an_adjustment_counts_from_the_later_signature_and_not_before():
    event = adjusted("900", "2026-07-20", ("2026-07-20", "2026-07-25"))
    assert june(judge(terms(), [*DOWN, event], as_of="2026-07-25")) == ("due", "900")
    before = judge(terms(), [*DOWN, event], as_of=at("2026-07-25") - 1)
    assert (june(before), reasons(before)) == (("due", "1200"), ["unsigned-adjustment"])
    one_sided = judge(terms(), [*DOWN, adjusted("900", "2026-07-20", ("2026-07-20", None))])
    assert (june(one_sided), reasons(one_sided)) == (("due", "1200"), ["unsigned-adjustment"])


def test_the_newest_adjustment_counts_and_two_of_one_moment_contradict_each_other():
    two = [adjusted("900", "2026-07-20"), adjusted("800", "2026-07-21")]
    assert june(judge(terms(), [*DOWN, *two])) == ("due", "800")
    rivals = [adjusted("900", "2026-07-20", id="A-1"), adjusted("800", "2026-07-20", id="A-2")]
    answer = judge(terms(), [*DOWN, *rivals])
    assert (june(answer), reasons(answer)) == (("pending", None), ["contradictory-facts"])


def test_an_agreement_lifts_a_credit_that_had_lapsed_and_an_invoice_then_settles_it():
    claims = (
        "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
        "otherwise: lapses, source: a}]"
    )
    assert june(judge(terms(more=claims), DOWN)) == ("lapsed", "0")
    agreed = [*DOWN, adjusted("600", "2026-09-20")]
    assert june(judge(terms(more=claims), agreed)) == ("due", "600")
    assert june(judge(terms(more=claims), [*agreed, settled("600", "2026-10-01")])) == ("settled", "600")


@pytest.mark.parametrize(("agreed", "other"), [("100", "300"), ("350", "150"), ("600", "0")])
def test_what_was_agreed_takes_its_room_before_others_of_the_same_month_share_the_rest(agreed, other):
    cap = (
        "caps: [{name: c, limits: [uptime-credit, second], at_most: 500.00 EUR, per: month, cut: pro_rata, source: b}]"
    )
    promise = "promise: {indicator: uptime, at_least: 99.9 %}"
    second = f"second: {{source: b, {promise}, credit: {{each: period, amount: 300.00 EUR}}}}"
    text = written(clauses=f"{UPTIME_CREDIT}\n{second}", more=f"settlement: {{as: next_invoice, rest: lapses}}\n{cap}")
    answer = judge(text, [*DOWN, adjusted(agreed, "2026-07-20")])
    amounts = {item.key.clause: str(item.amount.amount) for item in answer.credits if item.period.label == "2026-06"}
    assert amounts == {"uptime-credit": agreed, "second": other}
