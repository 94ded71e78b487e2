"""Deliveries: how late each was, what a day of that is, what it pays, and what it gives a right to."""

from fractions import Fraction

import pytest
from malus.model.assessment import CreditState, Finality, RightState
from malus.model.event_deliveries import Delivery, Extension
from malus.model.events import Cause, Exclusion
from malus.model.instants import DAY, HOUR, MINUTE, SECOND
from malus.model.measuring_steps import Late
from malus.model.money import Money
from malus.model.quantities import Outcome

from tests.evaluation.written import at, judge, money, verdict, written

DAYS_24 = "day: 24_hours, part_day: counts"
CIVIL = "day: calendar_day, due_day: does_not_count, done_day: counts"
BUSINESS = "day: business_day, due_day: does_not_count, done_day: counts"
FIXED = "credit: {each: delivery, amount: 100.00 EUR}"


def timed(counted=DAYS_24, promise="at_most: 0 days", more=FIXED, caps="", **choices):
    said = {
        "measure": "elapsed",
        "of": "shop",
        "from": "deliveries",
        "per": "month",
        "starts": "due",
        "ends": "done",
        "early": "zero",
        "calendar": "office" if "business_day" in counted else "always",
        "counted_in": "period_of_start",
        "while_open": "runs",
        "excluding": "[maintenance]",
    } | choices
    keys = ", ".join(f"{name}: {value}" for name, value in said.items() if value)
    counted = f", {counted}" if counted else ""
    clause = f"it: {{source: a, promise: {{indicator: it, {promise}}}, {more}}}"
    exclusions = "maintenance: {cause: force_majeure, source: a}"
    return written(f"it: {{{keys}{counted}}}", clause, caps, exclusions=exclusions)


def told(name="D", due=None, done=None, value=None, **more):
    return Delivery(
        agreement="acme",
        delivery_id=name,
        due=None if due is None else at(due),
        done=at(done) if isinstance(done, str) else done,
        value=None if value is None else money(value),
        **more,
    )


def later(by, name="D"):
    return Extension(agreement="acme", delivery_id=name, at=at("2026-05-01"), days=by)


def excused(start, end, delivery=None):
    return Exclusion(agreement="acme", cause=Cause.FORCE_MAJEURE, start=at(start), end=at(end), delivery_id=delivery)


def level(terms, *events, as_of="2026-08-01", period="2026-06"):
    return verdict(judge(terms, events, as_of=as_of), period, "it", "D").level.numerator


@pytest.mark.parametrize(
    ("part", "done", "days"),
    [
        ("counts", 3 * DAY, 3),
        ("counts", 3 * DAY + 1, 4),
        ("ignored", 4 * DAY - 1, 3),
        ("ignored", 4 * DAY, 4),
        ("exact", 3 * DAY + DAY // 2, Fraction(7, 2)),
    ],
)
def test_a_begun_day_of_24_hours_counts_as_the_terms_say(part, done, days):
    terms = timed(f"day: 24_hours, part_day: {part}")
    assert level(terms, told(due="2026-06-01 12:00", done=at("2026-06-01 12:00") + done)) == days * DAY


def test_a_delivery_on_the_civil_day_it_was_due_is_not_late_and_the_next_day_is_one_day():
    assert level(timed(CIVIL), told(due="2026-06-01", done="2026-06-01 23:59")) == 0
    assert level(timed(CIVIL), told(due="2026-06-01 18:00", done="2026-06-02 00:00")) == DAY
    both = "day: calendar_day, due_day: counts, done_day: counts"
    assert level(timed(both), told(due="2026-06-01", done="2026-06-01 23:59")) == 0
    assert level(timed(both), told(due="2026-06-01", done="2026-06-02 08:00")) == 2 * DAY
    neither = "day: calendar_day, due_day: does_not_count, done_day: does_not_count"
    assert level(timed(neither), told(due="2026-06-01", done="2026-06-02 08:00")) == 0


def test_business_days_are_those_on_which_the_calendar_is_open():
    # From Friday to Tuesday: Monday and Tuesday.
    assert level(timed(BUSINESS), told(due="2026-06-05", done="2026-06-09 09:00")) == 2 * DAY
    assert level(timed(BUSINESS), told(due="2026-06-05", done="2026-06-07 09:00")) == 0


def test_a_march_day_of_23_hours_is_a_civil_day_and_not_a_day_of_24_hours():
    events = told(due="2026-03-29", done="2026-03-30")
    assert level(timed(CIVIL), events, period="2026-03") == DAY
    assert level(timed("day: 24_hours, part_day: ignored"), events, period="2026-03") == 0


def test_what_comes_early_is_no_time_late_and_never_an_error():
    terms = timed("", "at_most: 0 hours")
    assert level(terms, told(due="2026-06-20", done="2026-06-01")) == 0
    assert not judge(terms, [told(due="2026-06-20", done="2026-06-01")]).credits


def test_what_is_due_later_and_has_not_come_is_not_judged_yet():
    answer = judge(timed(), [told(due="2026-06-20")], as_of="2026-06-10")
    assert not answer.verdicts


def test_extensions_add_up_and_move_the_moment_it_is_judged_by():
    events = [told(due="2026-06-01", done="2026-06-21"), later(15), later(5)]
    assert level(timed(), *events) == 0
    assert level(timed(), events[0], later(15)) == 5 * DAY
    hours = Extension(agreement="acme", delivery_id="D", at=at("2026-05-01"), microseconds=6 * HOUR)
    assert level(timed("", "at_most: 0 hours"), told(due="2026-06-01", done="2026-06-02"), hours) == 18 * HOUR


def test_an_extension_over_a_clock_change_keeps_the_time_of_day():
    events = [told(due="2026-03-28 12:00", done="2026-03-30 12:00"), later(2)]
    assert level(timed("", "at_most: 0 hours"), *events, period="2026-03") == 0


def test_an_extension_for_a_delivery_nobody_told_is_named():
    answer = judge(timed(), [told(due="2026-06-01", done="2026-06-02"), later(2, "E")])
    assert [remark.reason for remark in answer.remarks] == ["unknown-name"]


def test_excused_time_is_taken_out_and_one_that_names_a_delivery_excuses_that_one_alone():
    events = [told(due="2026-06-01", done="2026-06-05"), told("E", due="2026-06-01", done="2026-06-05")]
    answer = judge(timed(), [*events, excused("2026-06-02", "2026-06-04", "D")])
    assert [(item.subject, item.level.numerator // DAY) for item in answer.verdicts if item.subject] == [
        ("D", 2),
        ("E", 4),
    ]
    everything = judge(timed(), [*events, excused("2026-06-01", "2026-06-06")])
    assert not everything.credits


def test_a_civil_day_goes_only_if_it_is_excused_from_end_to_end():
    event = told(due="2026-06-01", done="2026-06-05 10:00")
    assert level(timed(CIVIL), event, excused("2026-06-02", "2026-06-03")) == 3 * DAY
    assert level(timed(CIVIL), event, excused("2026-06-02 00:01", "2026-06-03")) == 4 * DAY


def test_facts_that_cannot_both_be_true_leave_the_delivery_undetermined_and_are_named():
    events = [
        told(due="2026-06-01", done="2026-06-03", id="a"),
        told(done="2026-06-04", id="b"),
    ]
    answer = judge(timed(), events)
    assert verdict(answer, "2026-06", "it", "D").outcome is Outcome.UNDETERMINED
    assert not answer.credits
    (remark,) = answer.remarks
    assert remark.reason == "contradictory-facts"
    assert "a (done)" in remark.message
    assert "b (done)" in remark.message


STEPS = (
    "claims: [{step: claim, by: customer, within: 5 days, after: delivery_due, until: end_of_day, otherwise: lapses,"
    " source: a}, {step: proof, by: customer, within: 60 days, after: claim, until: end_of_day, otherwise: lapses,"
    " source: a}]\n"
)


@pytest.mark.parametrize(
    ("as_of", "finality"), [("2026-04-21 23:59:59", Finality.PROVISIONAL), ("2026-04-22", Finality.FINAL)]
)
def test_a_delivery_whose_claim_was_over_before_its_month_began_is_final_after_the_last_step(as_of, finality):
    terms = timed(counted_in="period_of_end", caps=STEPS)
    answer = judge(terms, [told(due="2026-02-15 12:00", done="2026-03-02 12:00")], as_of=as_of)
    assert verdict(answer, "2026-03", "it", "D").finality is finality


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_delivery_told_against_itself_leaves_the_month_of_the_earliest_day_told_open(order):
    facts = [told(due="2026-06-20", done="2026-07-01 00:00", id="a"), told(due="2026-06-20", done="2026-06-30 23:59")]
    answer = judge(timed(counted_in="period_of_end"), [facts[place] for place in order])
    assert verdict(answer, "2026-06", "it", "D").outcome is Outcome.UNDETERMINED


def test_due_told_first_and_done_told_later_are_one_delivery():
    assert level(timed(), told(due="2026-06-01"), told(done="2026-06-03")) == 2 * DAY


def test_a_delivery_under_way_grows_until_it_comes():
    terms = timed(
        more="credit: {block: 1 day, after: 0 days, part: counts, measured_on: each_delivery, amount: 5.00 EUR}"
    )
    answer = judge(terms, [told(due="2026-06-01")], as_of="2026-06-11")
    (credit,) = answer.credits
    assert (credit.amount, credit.state) == (money("50"), CreditState.ACCRUING)
    assert judge(timed(while_open="waits"), [told(due="2026-06-01")], as_of="2026-06-11").verdicts == ()


WEEKS = "credit: {block: 7 days, after: 0 days, part: PART, measured_on: each_delivery, rate: 1 %, of: BASE}"


@pytest.mark.parametrize(("part", "amount"), [("counts", "6000"), ("ignored", "5000"), ("pro_rata", "5857.14")])
def test_forty_one_days_are_six_weeks_five_or_their_share(part, amount):
    credit = WEEKS.replace("PART", part).replace("BASE", "{amount: 100000.00 EUR}")
    answer = judge(timed(CIVIL, more=credit), [told(due="2026-06-30", done="2026-08-10")])
    assert [item.amount for item in answer.credits] == [money(amount)]


def test_a_rate_of_a_value_that_nobody_told_waits_and_is_never_nothing():
    credit = WEEKS.replace("PART", "counts").replace("BASE", "{value_of: delivery}")
    terms = timed(more=credit)
    (waiting,) = judge(terms, [told(due="2026-06-01", done="2026-06-03")]).credits
    assert (waiting.amount, waiting.pending_on, waiting.state) == (None, "the value of `D`", CreditState.PENDING)
    foreign = [told(due="2026-06-01", done="2026-06-03", id="x"), told(id="y")]
    foreign[1] = Delivery(agreement="acme", id="y", delivery_id="D", value=Money(amount=Fraction(5), currency="USD"))
    answer = judge(terms, foreign)
    assert answer.credits[0].amount is None
    assert [remark.reason for remark in answer.remarks] == ["wrong-currency"]


@pytest.mark.parametrize(("done", "amount"), [("2026-06-15", "10"), ("2026-06-16", "21"), ("2026-06-20", "25")])
def test_a_row_may_pay_more_for_every_day_beyond_so_many(done, amount):
    rows = (
        "[{above: 0 days, at_most: 14 days, amount: 10.00 EUR}, "
        "{above: 14 days, amount: 20.00 EUR, slope: 1.00 EUR per day above 14 days, part: counts}]"
    )
    terms = timed(CIVIL, more=f"credit: {{overlap: refuse, bands: {rows}}}")
    (paid,) = judge(terms, [told(due="2026-06-01", done=done)], as_of="2026-08-01").credits
    assert paid.amount == money(amount)


def test_grace_pays_for_all_days_or_only_for_those_beyond_it():
    late = told(due="2026-06-01", done="2026-06-04")
    for after, amount in (("0 days", "15"), ("2 days", "5")):
        credit = f"credit: {{block: 1 day, after: {after}, part: counts, measured_on: each_delivery, amount: 5.00 EUR}}"
        terms = timed(promise="at_most: 2 days", more=credit)
        assert [item.amount for item in judge(terms, [late]).credits] == [money(amount)]
        assert not judge(terms, [told(due="2026-06-01", done="2026-06-03")]).credits


def test_a_sum_by_the_unit_is_paid_for_the_quantity_of_the_delivery():
    credit = (
        "credit: {block: 1 day, after: 0 days, part: counts, measured_on: each_delivery, "
        "amount: 0.50 EUR, units: quantity_of_delivery}"
    )
    late = told(due="2026-06-01", done="2026-06-04", quantity=Fraction(20))
    assert [item.amount for item in judge(timed(more=credit), [late]).credits] == [money("30")]
    (waiting,) = judge(timed(more=credit), [told(due="2026-06-01", done="2026-06-04")]).credits
    assert waiting.pending_on == "the quantity of `D`"


def test_the_table_of_lateness_pays_the_row_of_the_delivery():
    rows = "[{above: 24 hours, at_most: 48 hours, rate: 5 %}, {above: 48 hours, rate: 10 %}]"
    credit = f"credit: {{of: {{value_of: delivery}}, overlap: refuse, pays: only_when_missed, bands: {rows}}}"
    terms = timed("", "at_most: 24 hours", credit)
    start = at("2026-06-01")
    for late, amount in ((DAY, None), (DAY + 1, "5"), (2 * DAY, "5"), (2 * DAY + 1, "10")):
        answer = judge(terms, [told(due="2026-06-01", done=start + late, value="100")])
        assert [item.amount for item in answer.credits] == ([] if amount is None else [money(amount)])


def test_a_cap_for_each_delivery_leaves_the_others_alone():
    credit = WEEKS.replace("PART", "counts").replace("BASE", "{value_of: delivery}").replace("1 %", "40 %")
    most = "at_most: 55 % of value_of_delivery, per: delivery"
    cap = f"caps: [{{name: most, limits: [it], {most}, cut: in_order, source: a}}]"
    terms = timed(more=credit, caps=cap)
    events = [
        told("D", due="2026-06-01", done="2026-06-20", value="1000"),
        told("E", due="2026-06-01", done="2026-06-20", value="2000"),
    ]
    assert [item.amount for item in judge(terms, events).credits] == [money("550"), money("1100")]


RIGHT = "right: {kind: termination, of: customer}"


@pytest.mark.parametrize(
    ("counted", "promise", "arisen"),
    [
        ("", "at_most: 360 hours", at("2026-06-16 12:00")),
        (DAYS_24, "at_most: 15 days", at("2026-06-16 12:00")),
        ("day: 24_hours, part_day: ignored", "at_most: 15 days", at("2026-06-17 12:00")),
        (DAYS_24, "below: 15 days", at("2026-06-15 12:00")),
        (CIVIL, "at_most: 15 days", at("2026-06-17")),
        (BUSINESS, "at_most: 3 days", at("2026-06-05")),
    ],
)
def test_a_right_arises_when_the_delivery_is_too_late_and_not_at_the_end_of_the_month(counted, promise, arisen):
    terms = timed(counted, promise, RIGHT)
    (right,) = judge(terms, [told(due="2026-06-01 12:00")], as_of="2026-06-28").rights
    assert (right.arisen_at, right.state) == (arisen, RightState.OPEN)
    assert not judge(terms, [told(due="2026-06-01 12:00")], as_of=arisen - 1).rights


def test_the_explanation_says_how_late_it_was_and_what_that_counts_as():
    events = [told(due="2026-06-01", done="2026-06-11 10:00"), later(5)]
    (credit,) = judge(timed(), events).credits
    (late,) = [step for step in credit.explanation.steps if isinstance(step, Late)]
    assert (late.due, late.counts_from) == (at("2026-06-01"), at("2026-06-06"))
    assert (late.running, late.counted) == (5 * DAY + 10 * HOUR, 6 * DAY)


def test_time_on_the_way_runs_from_when_it_was_sent():
    terms = timed("", "at_most: 10 minutes", starts="sent", early="")
    sent = at("2026-06-01 16:34:30")
    for seconds, paid in ((600, 0), (601, 1)):
        event = Delivery(agreement="acme", delivery_id="D", sent=sent, done=sent + seconds * SECOND)
        assert len(judge(terms, [event]).credits) == paid
    assert 10 * MINUTE == 600 * SECOND
