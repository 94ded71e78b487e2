"""Several promises missed in one period, or by one incident."""

import pytest
from malus.model.explanation import Window

from tests.evaluation.written import UPTIME, at, down_minutes, fact, judge, reading, written

SPEED = (
    "speed: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_start, no_data: met}"
)
SCORE = SPEED.replace("speed", "score")
INDICATORS = f"{UPTIME}\n{SPEED}\n{SCORE}"
PROMISES = "\n".join(
    f"{name}-kept: {{source: a, promise: {{indicator: {name}, at_least: 99 %}}}}"
    for name in ("uptime", "speed", "score")
)
DOWN = down_minutes(600, "2026-06-03 10:00")


def terms(when):
    clause = f"together: {{source: art. 7, when: {when}, credit: {{each: period, amount: 70.00 EUR}}}}"
    return written(INDICATORS, f"{PROMISES}\n{clause}")


def slow(day="2026-06-10", name="speed"):
    return reading(day, "98.99", indicator=name)


def paid(answer):
    return [(item.period.label, str(item.amount.amount), item.state.value) for item in answer.credits]


BOTH = "{all_of: [uptime-kept, speed], in: same_period}"


def test_both_promises_missed_in_one_month_pay_once_at_its_end():
    assert paid(judge(terms(BOTH), [DOWN, slow()])) == [("2026-06", "70", "due")]
    assert paid(judge(terms(BOTH), [DOWN, slow()], as_of=at("2026-07-01") - 1)) == [("2026-06", "70", "accruing")]


def test_one_of_them_is_not_enough_and_the_other_one_a_month_later_neither():
    assert paid(judge(terms(BOTH), [DOWN])) == []
    assert paid(judge(terms(BOTH), [DOWN, slow("2026-07-10")])) == []


def test_how_near_the_last_month_came_is_told():
    answer = judge(terms(BOTH), [DOWN], as_of="2026-06-20")
    [near] = answer.nearly
    [window] = near.explanation.steps
    assert isinstance(window, Window)
    assert (window.reached, [one.label for one in window.facts if one.counts]) == (1, ["uptime-kept"])


@pytest.mark.parametrize(("missed", "pays"), [(1, []), (2, ["70"]), (3, ["70"])])
def test_so_many_of_a_list(missed, pays):
    some = "{some_of: [uptime-kept, speed-kept, score-kept], at_least: 2 promises, in: same_period}"
    events = [DOWN, slow(), slow(name="score")][:missed]
    assert [amount for _, amount, _ in paid(judge(terms(some), events))] == pays


def test_an_undetermined_promise_is_not_a_missed_one():
    unknown = SPEED.replace("no_data: met", "no_data: undetermined")
    clause = f"together: {{source: art. 7, when: {BOTH}, credit: {{each: period, amount: 70.00 EUR}}}}"
    assert paid(judge(written(f"{UPTIME}\n{unknown}\n{SCORE}", f"{PROMISES}\n{clause}"), [DOWN])) == []


LATE = (
    "{measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: END, calendar: always, "
    "pauses: [], counted_in: period_of_start, while_open: runs, by: at_end}"
)


def test_one_incident_that_breaks_two_limits_pays_once_and_two_that_break_one_each_pay_nothing():
    mended = LATE.replace("END", "resolved, reopened: gap_is_paused")
    indicators = f"answer: {LATE.replace('END', 'responded')}\nmended: {mended}"
    clauses = (
        "late-answer: {source: a, promise: {indicator: answer, at_most: 1 hour}}\n"
        "late-repair: {source: a, promise: {indicator: mended, at_most: 4 hours}}\n"
        "both: {source: b, when: {all_of: [late-answer, late-repair], in: same_incident}, "
        "credit: {each: period, amount: 30.00 EUR}}"
    )

    def story(name, answered, mended):
        day = "2026-06-03"
        return [
            fact(name, "opened", f"{day} 10:00"),
            fact(name, "responded", f"{day} {answered}"),
            fact(name, "resolved", f"{day} {mended}"),
        ]

    answer = judge(written(indicators, clauses), [*story("I-1", "12:00", "16:00"), *story("I-2", "12:00", "13:00")])
    assert [(item.key.subject, item.key.occasion, str(item.amount.amount)) for item in answer.credits] == [
        ("I-1", "I-1", "30")
    ]
    apart = [*story("I-1", "12:00", "13:00"), *story("I-2", "10:30", "16:00")]
    assert judge(written(indicators, clauses), apart).credits == ()


@pytest.mark.parametrize(("resolved", "paid_by"), [("2026-07-01 16:00", "31"), ("2026-06-30 16:00", "30")])
def test_an_incident_that_breaks_a_limit_under_each_of_two_texts_pays_by_the_later(resolved, paid_by):
    mended = LATE.replace("END", "resolved, reopened: gap_is_paused").replace("period_of_start", "period_of_end")
    indicators = f"answer: {LATE.replace('END', 'responded')}\nmended: {mended}"

    def text(late_repair, amount):
        return (
            "late-answer: {source: a, promise: {indicator: answer, at_most: 1 hour}}\n"
            f"{late_repair}: {{source: a, promise: {{indicator: mended, at_most: 4 hours}}}}\n"
            f"both: {{source: b, when: {{all_of: [late-answer, {late_repair}], in: same_incident}}, "
            f"credit: {{each: period, amount: {amount} EUR}}}}"
        )

    first = written(indicators, text("late-repair", "30.00"))
    renamed = text("late-mend", "31.00").replace(
        "{source: a, promise: {indicator: mended", "{formerly: late-repair, source: a, promise: {indicator: mended"
    )
    second = written(indicators, renamed, effective="2026-07-01")
    story = [
        fact("I-1", "opened", "2026-06-30 10:00"),
        fact("I-1", "responded", "2026-06-30 12:00"),
        fact("I-1", "resolved", resolved),
    ]
    assert [str(item.amount.amount) for item in judge([first, second], story).credits] == [paid_by]


def test_a_declared_fact_may_follow_from_promises_missed_together():
    clauses = "\n".join(
        (
            PROMISES,
            f"double: {{source: b, when: {BOTH}, declares: double-miss}}",
            "out: {source: c, when: {declared: double-miss}, right: {kind: termination, of: customer}}",
        )
    )
    answer = judge(written(INDICATORS, clauses), [DOWN, slow()])
    assert [right.arisen_at for right in answer.rights] == [at("2026-07-01")]
