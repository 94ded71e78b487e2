"""One of several options: which is paid, what becomes of the others, and the customer's choice among them."""

import pytest
from malus.model.afterwards import OptionTaken
from malus.model.assessment import CreditState, Finality
from malus.model.instants import utc_text

from tests.evaluation.written import (
    at,
    choice,
    claim,
    credit,
    down_minutes,
    fact,
    judge,
    reading,
    reasons,
    written,
)

VALUE = (
    "{measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_start, no_data: met}"
)
INDICATORS = f"up: {VALUE}\nrepair: {VALUE}\ndelay: {VALUE}"
OPTIONS = "options: [[up-credit, repair-credit], [delay-credit]]"
CHOOSE = "choose: {within: 30 days, after: period_end, until: end_of_day, otherwise: OTHERWISE}"


def pays(name, amount):
    indicator = name.removesuffix("-credit")
    promise = f"promise: {{indicator: {indicator}, at_least: 90 %}}"
    return f"{name}: {{source: art. 4, {promise}, credit: {{each: period, amount: {amount}.00 EUR}}}}"


def terms(take="highest_total", amounts=(200, 40, 100), more="", group=""):
    names = ("up-credit", "repair-credit", "delay-credit")
    clauses = "\n".join(pays(name, amount) for name, amount in zip(names, amounts, strict=True))
    one_of = f"one_of:\n  - {{name: one-remedy, {OPTIONS}, take: {take}, per: month, source: art. 4.6{group}}}\n"
    return written(INDICATORS, clauses, one_of + more)


def chooses(otherwise="highest_total", **more):
    return terms("customer_chooses", group=", " + CHOOSE.replace("OTHERWISE", otherwise), **more)


def missed(*indicators, day="2026-06-10"):
    return [reading(day, "50", indicator=name) for name in indicators]


ALL = missed("up", "repair", "delay")


def paid(answer):
    return {item.key.clause: None if item.amount is None else int(item.amount.amount) for item in answer.credits}


def states(answer):
    return {item.key.clause: item.state.value for item in answer.credits}


def test_the_option_with_the_highest_total_is_paid_whole_and_the_other_is_reduced_to_zero():
    answer = judge(terms(), ALL)
    assert paid(answer) == {"up-credit": 200, "repair-credit": 40, "delay-credit": 0}
    assert states(answer)["delay-credit"] == "reduced_to_zero"
    assert str(credit(answer, "2026-06", "delay-credit").before_cap.amount) == "100"


def test_a_tie_goes_to_the_first_option_and_says_so():
    answer = judge(terms(amounts=(60, 40, 100)), ALL)
    assert paid(answer)["delay-credit"] == 0
    [step] = [one for one in credit(answer, "2026-06", "up-credit").explanation.steps if isinstance(one, OptionTaken)]
    assert (step.how, step.taken, step.tied) == ("highest_total", 1, True)


def test_a_cent_more_moves_the_choice():
    assert paid(judge(terms(amounts=(60, 39, 100)), ALL))["delay-credit"] == 100


def test_first_takes_the_first_option_that_pays_anything():
    assert paid(judge(terms("first"), missed("delay"))) == {"delay-credit": 100}
    assert paid(judge(terms("first", amounts=(1, 1, 100)), ALL)) == {
        "up-credit": 1,
        "repair-credit": 1,
        "delay-credit": 0,
    }


def test_options_stand_against_each_other_within_a_month_only():
    answer = judge(terms(), [*missed("up"), *missed("delay", day="2026-07-10")])
    assert paid(answer) == {"up-credit": 200, "delay-credit": 100}


def test_a_choice_is_pending_until_it_is_made_and_then_exactly_that_option_is_paid():
    waits = judge(chooses(), ALL, as_of="2026-07-15")
    assert set(states(waits).values()) == {"choice_pending"}
    assert set(paid(waits).values()) == {None}
    assert utc_text(credit(waits, "2026-06", "up-credit").choice_until) == utc_text(at("2026-07-31") - 1)
    made = judge(chooses(), [*ALL, choice("delay-credit", "2026-07-10")], as_of="2026-07-15")
    assert paid(made) == {"up-credit": 0, "repair-credit": 0, "delay-credit": 100}
    assert credit(made, "2026-06", "delay-credit").finality is Finality.FINAL


@pytest.mark.parametrize(
    ("otherwise", "amounts"),
    [
        ("highest_total", {"up-credit": 200, "repair-credit": 40, "delay-credit": 0}),
        ("first", {"up-credit": 200, "repair-credit": 40, "delay-credit": 0}),
        ("lapses", {"up-credit": 0, "repair-credit": 0, "delay-credit": 0}),
    ],
)
def test_without_a_choice_the_terms_say_what_is_paid(otherwise, amounts):
    assert paid(judge(chooses(otherwise), ALL, as_of="2026-08-01")) == amounts


def test_the_last_instant_to_choose_is_inside_and_a_microsecond_later_is_late():
    last = at("2026-07-31") - 1
    assert paid(judge(chooses(), [*ALL, choice("delay-credit", last)]))["delay-credit"] == 100
    late = judge(chooses(), [*ALL, choice("delay-credit", last + 1)])
    assert paid(late)["delay-credit"] == 0
    assert reasons(late) == ["late-choice"]


def test_the_first_choice_counts_and_the_second_is_named():
    answer = judge(chooses(), [*ALL, choice("delay-credit", "2026-07-10"), choice("up-credit", "2026-07-11")])
    assert paid(answer)["delay-credit"] == 100
    assert reasons(answer) == ["unused"]


def test_two_choices_of_one_moment_contradict_each_other_and_nothing_is_paid():
    two = [choice("delay-credit", "2026-07-10", id="C-1"), choice("repair-credit", "2026-07-10", id="C-2")]
    answer = judge(chooses(), [*ALL, *two])
    assert set(paid(answer).values()) == {None}
    assert reasons(answer) == ["contradictory-facts"]
    assert "C-1 and C-2" in credit(answer, "2026-06", "up-credit").pending_on


def test_where_only_one_option_pays_there_is_nothing_to_choose():
    answer = judge(chooses(), missed("repair"), as_of="2026-07-15")
    assert paid(answer) == {"repair-credit": 40}
    assert states(answer) == {"repair-credit": "due"}


def test_a_choice_that_names_nothing_is_remarked():
    answer = judge(chooses(), [*ALL, choice("nothing", "2026-07-10"), choice("up-credit", "2026-07-10", "2026-05-01")])
    assert reasons(answer) == ["unknown-name", "unused"] or reasons(answer) == ["unused", "unknown-name"]


CLAIMS = (
    "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: art. 4.8}]\n"
)


def test_a_credit_that_lapsed_unclaimed_counts_for_nothing_in_its_option():
    claimed = [claim("2026-07-05", clause="delay-credit")]
    answer = judge(terms(more=CLAIMS), [*ALL, *claimed], as_of="2026-09-01")
    assert paid(answer) == {"up-credit": 0, "repair-credit": 0, "delay-credit": 100}
    open_still = judge(terms(more=CLAIMS), [*ALL, *claimed], as_of="2026-07-15")
    assert paid(open_still) == {"up-credit": 200, "repair-credit": 40, "delay-credit": 0}


def test_options_come_before_caps_so_what_is_not_taken_uses_no_cap_up():
    cap = (
        "caps: [{name: monthly, limits: [up-credit, repair-credit, delay-credit], at_most: 240.00 EUR, per: month, "
        "cut: pro_rata, source: art. 9}]\n"
    )
    assert paid(judge(terms(more=cap), ALL)) == {"up-credit": 200, "repair-credit": 40, "delay-credit": 0}


LATE = (
    "{measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: END, calendar: always, "
    "pauses: [], counted_in: period_of_start, while_open: runs, by: at_end}"
)


def test_one_incident_that_breaks_two_limits_pays_one_of_them_for_each_incident():
    mended = LATE.replace("END", "resolved, reopened: gap_is_paused")
    indicators = f"answer: {LATE.replace('END', 'responded')}\nmended: {mended}"
    clauses = "\n".join(
        f"{name}: {{source: a, promise: {{indicator: {of}, at_most: {limit}}}, "
        f"credit: {{each: incident, amount: {pays}.00 EUR}}}}"
        for name, of, limit, pays in (("late-answer", "answer", "1 hour", 50), ("late-repair", "mended", "4 hours", 80))
    )
    group = (
        "one_of:\n  - {name: one, options: [late-answer, late-repair], take: highest_total, per: month, "
        "for_each: incident, source: art. 5.3}\n"
    )
    story = [
        fact("I-1", "opened", "2026-06-03 10:00"),
        fact("I-1", "responded", "2026-06-03 12:00"),
        fact("I-1", "resolved", "2026-06-03 16:00"),
        fact("I-2", "opened", "2026-06-04 10:00"),
        fact("I-2", "responded", "2026-06-04 12:00"),
        fact("I-2", "resolved", "2026-06-04 12:30"),
    ]
    answer = judge(written(indicators, clauses, group), story)
    assert {(item.key.clause, item.key.subject): int(item.amount.amount) for item in answer.credits} == {
        ("late-answer", "I-1"): 0,
        ("late-repair", "I-1"): 80,
        ("late-answer", "I-2"): 50,
    }
    assert credit(answer, "2026-06", "late-answer", "I-1").state is CreditState.REDUCED_TO_ZERO


def test_an_option_that_waits_makes_the_others_wait():
    amounts = "usage: {from: events, per: month, absent: pending}"
    share = "credit: {of: {charge: usage, period: judged}, overlap: refuse, bands: [{below: 90 %, rate: 10 %}]}"
    clauses = "\n".join(
        (pays("up-credit", 200), f"delay-credit: {{source: a, promise: {{indicator: delay, at_least: 90 %}}, {share}}}")
    )
    group = "one_of:\n  - {name: one, options: [up-credit, delay-credit], take: highest_total, per: month, source: b}\n"
    answer = judge(written(INDICATORS, clauses, group, charges=amounts), missed("up", "delay"), as_of="2026-07-15")
    assert paid(answer) == {"up-credit": None, "delay-credit": None}
    assert "usage" in credit(answer, "2026-06", "up-credit").pending_on


def test_minutes_alone_make_no_option():
    assert judge(terms(), [down_minutes(5)]).credits == ()
