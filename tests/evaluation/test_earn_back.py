"""A credit that later periods earn back: a remedy of its own, pending while they run, lost when one is missed."""

import pytest
from malus.model.assessment import Finality
from malus.model.money import zero
from malus.model.recompute import recomputed

from tests.evaluation.written import TENTH, UPTIME, claim, down_minutes, judge, settled, written

PROMISE = "promise: {indicator: uptime, at_least: 99.9 %}"


def terms(returned="{if_met_in: each of the next 3 months}", more="", clauses=""):
    clause = f"uptime-credit: {{source: art. 4.2, {PROMISE}, {TENTH}, returned: {returned}}}"
    return written(UPTIME, f"{clause}\n{clauses}", more)


def returns(answer):
    """Each return: the month of its credit, where it stands, what is returned."""
    for item in answer.earn_backs:
        if item.amount is not None:
            assert (recomputed(item.explanation) or zero("EUR")) == item.amount
    return [
        (item.period.label, item.state.value, None if item.amount is None else str(item.amount.amount))
        for item in answer.earn_backs
    ]


MARCH = [down_minutes(60, "2026-03-03 10:00")]


def test_three_kept_months_return_the_credit_which_stands_as_it_is():
    answer = judge(terms(), MARCH, as_of="2026-07-01")
    assert returns(answer) == [("2026-03", "due", "-1200")]
    [returned], [credit] = answer.earn_backs, answer.credits
    assert (returned.returns, returned.key.slot) == (credit.key, "earn_back")
    assert (credit.state.value, str(credit.amount.amount)) == ("due", "1200")
    assert returned.finality is Finality.FINAL


def test_it_is_pending_while_the_months_run():
    answer = judge(terms(), MARCH, as_of="2026-06-30")
    assert returns(answer) == [("2026-03", "pending", None)]
    assert answer.earn_backs[0].pending_on == "1 more month that keep the promise"


def test_one_missed_month_loses_it_at_once_and_opens_one_of_its_own():
    answer = judge(terms(), [*MARCH, down_minutes(60, "2026-05-03 10:00")], as_of="2026-09-01")
    assert returns(answer) == [("2026-03", "lost", "0"), ("2026-05", "due", "-1200")]
    early = judge(terms(), [*MARCH, down_minutes(60, "2026-04-03 10:00")], as_of="2026-05-01")
    assert returns(early)[0] == ("2026-03", "lost", "0")


@pytest.mark.parametrize(("minutes", "state"), [(2160, "due"), (2161, "lost")])
def test_a_failure_below_the_floor_is_never_returned(minutes, state):
    answer = judge(
        terms("{if_met_in: each of the next 3 months, not_if: {below: 95 %}}"),
        [down_minutes(minutes, "2026-06-03 00:00")],
        as_of="2026-10-01",
    )
    assert returns(answer)[0][1] == state


@pytest.mark.parametrize("as_of", ["2026-07-01", "2026-07-02", "2026-08-01", "2026-09-15"])
def test_what_the_floor_loses_is_final_with_its_credit_and_stays_so(as_of):
    text = terms("{if_met_in: each of the next 3 months, not_if: {below: 95 %}}")
    [lost] = judge(text, [down_minutes(2161, "2026-06-03 00:00")], as_of=as_of).earn_backs
    assert (lost.state.value, lost.finality) == ("lost", Finality.FINAL)


@pytest.mark.parametrize(("as_of", "finality"), [("2026-05-01", Finality.PROVISIONAL), ("2026-06-01", Finality.FINAL)])
def test_what_another_clause_bars_is_final_with_the_last_month_that_could_have_returned_it(as_of, finality):
    chronic = (
        "chronic: {source: a, when: {occurrences: long, at_least: 1 outage, within: any 1 day, day: calendar_day, "
        "placed_at: start}, fires: once_while_true, right: {kind: termination, of: customer}}"
    )
    indicators = (
        UPTIME + "\nlong: {measure: occurrences, of: mail, from: outages, per: month, counted_in: period_of_start}"
    )
    returned = "{if_met_in: each of the next 2 months, not_when: chronic}"
    clause = f"uptime-credit: {{source: a, {PROMISE}, {TENTH}, returned: {returned}}}"
    text = written(indicators, f"{clause}\n{chronic}", services="{shop: {title: Shop}, mail: {title: Mail}}")
    told = [
        down_minutes(60, "2026-03-03 10:00", service="shop"),
        down_minutes(1, "2026-04-10 10:00", service="mail"),
    ]
    [lost] = judge(text, told, as_of=as_of).earn_backs
    assert (lost.state.value, lost.finality) == ("lost", finality)


def test_a_target_of_its_own_may_be_higher_than_the_promise():
    target = terms("{if_met_in: each of the next 2 months, target: {at_least: 99.95 %}}")
    kept_only = [*MARCH, down_minutes(30, "2026-04-03 10:00")]
    assert returns(judge(target, kept_only, as_of="2026-06-01")) == [("2026-03", "lost", "0")]
    assert returns(judge(target, [*MARCH, down_minutes(20, "2026-04-03 10:00")], as_of="2026-06-01"))[0][1] == "due"


def test_a_chronic_failure_bars_the_return():
    chronic = (
        "chronic: {source: a, when: {missed: uptime-credit, at_least: 2 months, within: any 3 months}, "
        "fires: once_while_true, right: {kind: termination, of: customer}}"
    )
    barred = terms("{if_met_in: each of the next 2 months, not_when: chronic}", clauses=chronic)
    two = [down_minutes(60, "2026-02-03 10:00"), *MARCH]
    assert returns(judge(barred, two, as_of="2026-07-01")) == [("2026-02", "lost", "0"), ("2026-03", "lost", "0")]
    assert returns(judge(barred, MARCH, as_of="2026-07-01")) == [("2026-03", "due", "-1200")]


CLAIMS = (
    "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: a}]\n"
)


def test_a_credit_that_lapsed_has_nothing_to_return_and_one_that_was_cut_returns_what_is_left():
    assert returns(judge(terms(more=CLAIMS), MARCH)) == []
    claimed = [*MARCH, claim("2026-04-05", "2026-03-01")]
    assert returns(judge(terms(more=CLAIMS), claimed)) == [("2026-03", "due", "-1200")]
    cap = "caps: [{name: c, limits: [uptime-credit], at_most: 500.00 EUR, per: month, cut: in_order, source: b}]\n"
    assert returns(judge(terms(more=cap), MARCH)) == [("2026-03", "due", "-500")]


def test_a_settled_credit_is_returned_all_the_same():
    paid = [*MARCH, settled("1200", "2026-04-30", "2026-03-01")]
    assert returns(judge(terms(), paid)) == [("2026-03", "due", "-1200")]


def test_the_returned_credit_gives_no_room_under_a_cap_back():
    cap = "caps: [{name: c, limits: [uptime-credit], at_most: 1200.00 EUR, per: year, cut: in_order, source: b}]\n"
    answer = judge(terms(more=cap), [*MARCH, down_minutes(60, "2026-08-03 10:00")], as_of="2026-12-01")
    assert [str(item.amount.amount) for item in answer.credits] == ["1200", "0"]
    assert returns(answer) == [("2026-03", "due", "-1200")]


ROWS_WHENEVER = (
    "credit: {of: {charge: hosting, period: judged}, overlap: highest_credit, pays: whenever_a_row_matches, "
    "bands: [{below: 99.95 %, rate: 10 %}]}"
)


def test_what_a_row_pays_although_the_promise_is_met_is_returned_too():
    clause = (
        f"uptime-credit: {{source: a, {PROMISE}, {ROWS_WHENEVER}, returned: {{if_met_in: each of the next 1 month}}}}"
    )
    answer = judge(written(UPTIME, clause), [down_minutes(30, "2026-03-03 10:00")], as_of="2026-05-01")
    assert answer.verdicts[2].outcome.value == "met"
    assert returns(answer) == [("2026-03", "due", "-1200")]


CHRONIC = (
    "{name}: {{source: a, {formerly}when: {{missed: uptime-credit, at_least: 2 months, within: any 3 months}}, "
    "fires: once_while_true, right: {{kind: termination, of: customer}}}}"
)


def test_a_clause_that_bars_does_so_under_its_new_name():
    old, new = "{if_met_in: each of the next 2 months, not_when: chronic}", "{if_met_in: each of the next 2 months}"
    both = [
        terms(old, clauses=CHRONIC.format(name="chronic", formerly="")),
        written(
            UPTIME,
            f"uptime-credit: {{source: art. 4.2, {PROMISE}, {TENTH}, returned: {new}}}\n"
            + CHRONIC.format(name="persistent", formerly="formerly: chronic, "),
            effective="2026-04-01",
        ),
    ]
    # March's return waits for two months more, of which the first is missed: lost either way, and barred as well.
    answer = judge(both, [*MARCH, down_minutes(60, "2026-04-03 10:00")], as_of="2026-05-01")
    assert any("persistent, which applied" in str(step) for step in answer.earn_backs[0].explanation.steps)


def test_nothing_is_lost_of_a_credit_that_still_waits_for_its_bill():
    clause = f"uptime-credit: {{source: a, {PROMISE}, {TENTH}, returned: {{if_met_in: each of the next 1 month}}}}"
    text = written(UPTIME, clause, charges="hosting: {from: events, per: month, absent: pending}")
    answer = judge(text, [*MARCH, down_minutes(60, "2026-04-03 10:00")], as_of="2026-05-01")
    assert returns(answer)[0] == ("2026-03", "lost", "0")
    assert answer.credits[0].amount is None
