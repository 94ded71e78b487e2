"""What the first failure of a period pays otherwise than the later ones, counted by the start of each."""

from itertools import permutations

import pytest
from malus.evaluation.deciding import decided
from malus.model.assessment import CreditState, Finality
from malus.model.decisions import Reason
from malus.model.instants import HOUR
from malus.model.paying_steps import InTurn

from tests.evaluation.test_elapsed import timed
from tests.evaluation.test_subjects import SITES
from tests.evaluation.written import amounts, at, credit, fact, judge, outage, written

CREDIT = "credit: {{each: incident, first: {first}, amount: 100.00 EUR}}"


def paying(first="75.00 EUR", **choices):
    return timed(clause_more=CREDIT.format(first=first), **choices)


def late(name, opened, hours=5):
    start = at(opened) if isinstance(opened, str) else opened
    return [fact(name, "opened", start, "high"), fact(name, "responded", start + hours * HOUR)]


def paid(answer):
    return {item.key.subject: str(item.amount.amount) for item in answer.credits if item.amount is not None}


ONE, TWO, THREE = late("C", "2026-06-03 10:00"), late("B", "2026-06-04 10:00"), late("A", "2026-06-05 10:00")


def test_the_first_failure_of_the_month_pays_75_and_each_further_one_100():
    assert paid(judge(paying(), [*ONE, *TWO, *THREE])) == {"C": "75", "B": "100", "A": "100"}


def test_the_order_in_which_facts_arrive_does_not_matter():
    for told in permutations([ONE, TWO, THREE]):
        answer = judge(paying(), [item for facts in told for item in reversed(facts)])
        assert paid(answer) == {"C": "75", "B": "100", "A": "100"}


def test_several_first_ones_pay_in_order():
    assert paid(judge(paying("[50.00 EUR, 75.00 EUR]"), [*ONE, *TWO, *THREE])) == {"C": "50", "B": "75", "A": "100"}


def test_what_kept_its_promise_is_no_failure_and_takes_no_place():
    kept = late("K", "2026-06-01 10:00", hours=4)
    assert paid(judge(paying(), [*kept, *ONE, *TWO])) == {"C": "75", "B": "100"}


def test_each_month_begins_anew_by_the_month_that_the_failure_is_counted_in():
    last = late("L", at("2026-07-01") - 1)
    july = late("J", "2026-07-01 00:00")
    assert paid(judge(paying(), [*ONE, *last, *july])) == {"C": "75", "L": "100", "J": "75"}
    by_end = paying(counted_in="period_of_end")
    assert paid(judge(by_end, [*ONE, *last, *july])) == {"C": "75", "L": "75", "J": "100"}


def test_a_quarter_counts_through_its_months():
    july = late("J", "2026-07-02 10:00")
    august = late("H", "2026-08-02 10:00")
    answer = judge(paying(per="quarter"), [*ONE, *july, *august])
    assert paid(answer) == {"C": "75", "J": "75", "H": "100"}


def test_of_two_that_start_at_the_same_instant_the_name_decides():
    assert paid(judge(paying(), [*late("Y", "2026-06-03 10:00"), *late("X", "2026-06-03 10:00")])) == {
        "X": "75",
        "Y": "100",
    }
    assert paid(judge(paying(), [*late("Y", at("2026-06-03 10:00") - 1), *late("X", "2026-06-03 10:00")])) == {
        "Y": "75",
        "X": "100",
    }


def test_a_late_fact_about_an_earlier_failure_moves_both():
    before = judge(paying(), [*TWO])
    after = judge(paying(), [*TWO, *ONE])
    assert (paid(before), paid(after)) == ({"B": "75"}, {"B": "100", "C": "75"})
    assert credit(before, "2026-06", "it", "B").key == credit(after, "2026-06", "it", "B").key


def test_a_failure_that_comes_before_one_that_was_decided_revises_it_by_the_difference():
    first = decided(judge(paying(), TWO, as_of="2026-07-02"), {}, Reason.FIRST)
    again = decided(
        judge(paying(), [*TWO, *ONE], as_of="2026-07-02"), {item.key: item for item in first}, Reason.NEW_FACTS
    )
    told = {item.key.subject: (item.revision, str(item.delta.amount)) for item in again if item.delta is not None}
    assert told == {"B": (2, "25"), "C": (1, "75")}


def test_the_explanation_names_the_place_and_what_came_before():
    answer = judge(paying(), [*ONE, *TWO, *THREE])
    said = {
        item.key.subject: (step.number, step.earlier)
        for item in answer.credits
        for step in item.explanation.steps
        if isinstance(step, InTurn)
    }
    assert said == {"C": (1, ()), "B": (2, ("C",)), "A": (3, ("C", "B"))}


@pytest.mark.parametrize(
    ("as_of", "state", "expected"),
    [
        # At 14:00 the earlier one has used up its four hours exactly; a microsecond later it missed them too.
        ("2026-07-01 02:00", CreditState.ACCRUING, {"S": "75"}),
        (at("2026-07-01 02:00") + 1, CreditState.DUE, {"R": "75", "S": "100"}),
    ],
)
def test_while_an_earlier_one_can_still_break_its_promise_the_place_is_not_settled(as_of, state, expected):
    running = fact("R", "opened", "2026-06-30 22:00", "high")
    urgent = [fact("S", "opened", "2026-06-30 23:00", "low"), fact("S", "responded", "2026-07-01 00:30")]
    answer = judge(paying(promise="at_most: {high: 4 hours, low: 1 hour}"), [running, *urgent], as_of=as_of)
    assert paid(answer) == expected
    assert credit(answer, "2026-06", "it", "S").state is state


def test_an_earlier_one_that_waits_for_its_end_leaves_the_place_open_until_then():
    terms = paying(while_open="waits")
    running = fact("R", "opened", "2026-06-03 09:00", "high")
    waiting = credit(judge(terms, [running, *ONE]), "2026-06", "it", "C")
    assert (str(waiting.amount.amount), waiting.state) == ("75", CreditState.ACCRUING)
    assert waiting.finality is Finality.PROVISIONAL
    over = judge(terms, [running, fact("R", "responded", "2026-07-03 09:00"), *ONE])
    assert paid(over) == {"R": "75", "C": "100"}
    later = credit(judge(terms, [fact("R", "opened", "2026-06-03 10:00", "high"), *ONE]), "2026-06", "it", "C")
    assert later.state is CreditState.DUE


def test_a_place_in_doubt_between_two_that_pay_the_same_is_paid():
    doubt = [
        fact("D", "opened", "2026-06-01 10:00", "high"),
        fact("D", "resolved", "2026-06-01 15:00", id="a"),
        fact("D", "resolved", "2026-06-01 16:00", id="b"),
        fact("D", "responded", "2026-06-01 15:00"),
    ]
    answer = judge(paying("[50.00 EUR, 50.00 EUR]"), [*doubt, *ONE, *TWO])
    assert {item.key.subject: item.amount and str(item.amount.amount) for item in answer.credits} == {
        "C": "50",
        "B": None,
    }


def test_a_later_one_that_still_runs_changes_nothing():
    running = fact("R", "opened", "2026-06-30 23:30", "high")
    answer = judge(paying(), [running, *ONE], as_of="2026-07-01 01:00")
    assert credit(answer, "2026-06", "it", "C").state is CreditState.DUE


def test_a_place_that_nobody_can_tell_waits_and_one_that_makes_no_difference_does_not():
    doubt = [
        fact("D", "opened", "2026-06-01 10:00", "high"),
        fact("D", "resolved", "2026-06-01 15:00", id="a"),
        fact("D", "resolved", "2026-06-01 16:00", id="b"),
    ]
    answer = judge(paying(), [*doubt, *ONE, *TWO])
    found = {item.key.subject: item for item in answer.credits}
    assert found["C"].amount is None
    assert found["C"].pending_on == "nobody can say whether an earlier incident missed the promise"
    assert str(found["B"].amount.amount) == "100"


def test_of_two_stories_of_a_start_the_earlier_one_decides_whose_place_is_in_doubt():
    doubt = [fact("D", "opened", "2026-06-03 11:00", id="a"), fact("D", "opened", "2026-06-04 12:00", id="b")]
    for told in (doubt, doubt[::-1]):
        found = {item.key.subject: item.amount for item in judge(paying(), [*told, *ONE, *TWO]).credits}
        assert str(found["C"].amount) == "75"
        assert str(found["B"].amount) == "100"
    found = {item.key.subject: item.amount for item in judge(paying(), [*doubt, *TWO]).credits}
    assert found["B"] is None


def test_a_rate_of_the_base_differs_by_turn_too():
    terms = timed(clause_more="credit: {each: incident, first: 5 %, rate: 10 %, of: {charge: hosting, period: judged}}")
    assert paid(judge(terms, [*ONE, *TWO, *THREE])) == {"C": "600", "B": "1200", "A": "1200"}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([31], ["75"]),
        ([31, 31], ["175"]),
        ([31, 31, 31], ["275"]),
        ([30, 31, 31], ["175"]),
        ([30], []),
    ],
)
def test_occurrences_of_a_month_are_counted_the_first_apart(minutes, expected):
    counted = (
        "long: {measure: occurrences, of: shop, from: outages, each: above 30 minutes, per: month, "
        "counted_in: period_of_start}"
    )
    clause = (
        "it: {source: a, promise: {indicator: long, at_most: 0 outages}, "
        "credit: {each: occurrence, first: 75.00 EUR, amount: 100.00 EUR}}"
    )
    told = [outage(f"2026-06-0{day} 10:00", at(f"2026-06-0{day} 10:00") + long * 60_000_000) for day, long in
            enumerate(minutes, start=1)]  # fmt: skip
    assert amounts(judge(written(counted, clause), told)) == expected


def test_each_listed_subject_has_a_first_failure_of_its_own_and_a_sum_by_class():
    off = (
        "off: {measure: elapsed, of: shop, from: outages, per: month, calendar: always, counted_in: period_of_start,"
        " while_open: runs, for_each: site}"
    )
    clause = (
        "it: {source: a, promise: {indicator: off, at_most: 1 hour}, "
        "credit: {each: outage, first: {small: 10.00 EUR, large: 20.00 EUR}, amount: 100.00 EUR}}"
    )
    told = [
        outage(f"2026-06-0{day} 10:00", f"2026-06-0{day} 12:00", site=site, outage_id=f"{site}-{day}")
        for day in (1, 2)
        for site in ("delft", "rotterdam")
    ]
    answer = judge(written(off, clause, SITES), told)
    found = {(item.key.subject, item.key.occasion): str(item.amount.amount) for item in answer.credits}
    assert found == {
        ("delft", "delft-1"): "10",
        ("delft", "delft-2"): "100",
        ("rotterdam", "rotterdam-1"): "20",
        ("rotterdam", "rotterdam-2"): "100",
    }


def test_a_credit_is_no_more_final_than_what_started_earlier():
    answer = judge(paying(), [*ONE, *TWO], as_of="2026-08-01")
    assert all(item.finality is Finality.FINAL for item in answer.credits)
    assert credit(answer, "2026-06", "it", "B").final_from >= credit(answer, "2026-06", "it", "C").final_from
