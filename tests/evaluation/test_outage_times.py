"""The time of each outage: its own verdict, credit, claim and cap; and the charge for the lost time, many times."""

import pytest
from malus.model.instants import MINUTE
from malus.model.paying_steps import LostTime
from malus.model.quantities import Outcome
from malus.operations.render_steps import step_text

from tests.evaluation.written import (
    PROMISE,
    UPTIME,
    ZONE,
    amounts,
    charge,
    claim,
    credit,
    down_for,
    down_minutes,
    judge,
    money,
    outage,
    reasons,
    verdict,
    written,
)

EACH = (
    "each: {measure: elapsed, of: shop, from: outages, per: month, calendar: always, counted_in: period_of_start, "
    "while_open: runs}"
)


def timed(credit_text, limit="at_most: 5 minutes", more="", indicator=EACH, **others):
    clause = f"uptime-credit: {{source: a, promise: {{indicator: each, {limit}}}, credit: {credit_text}}}"
    return written(indicator, clause, more, **others)


def test_an_outage_is_judged_whole_in_the_month_of_its_start():
    answer = judge(timed("{each: outage, amount: 95.00 EUR}"), [outage("2026-06-30 20:00", "2026-07-01 08:00", id="A")])
    assert [(item.period.label, item.key.subject, item.amount) for item in answer.credits] == [
        ("2026-06", "A", money("95"))
    ]


@pytest.mark.parametrize(("extra", "outcome"), [(0, Outcome.MET), (1, Outcome.MISSED)])
def test_exactly_the_promised_time_is_met_and_a_microsecond_more_is_missed(extra, outcome):
    answer = judge(timed("{each: outage, amount: 1.00 EUR}"), [down_for(5 * MINUTE + extra, id="A")])
    assert verdict(answer, "2026-06", subject="A").outcome is outcome


def test_an_outage_that_lasts_is_missed_once_its_time_is_up_and_its_blocks_still_grow():
    blocks = "{block: 1 hour, after: 0 hours, part: counts, measured_on: each_outage, amount: 10.00 EUR}"
    answer = judge(timed(blocks), [outage("2026-06-03 10:00", id="A")], as_of="2026-06-03 12:30")
    found = credit(answer, "2026-06", subject="A")
    assert (found.state, found.amount) == ("accruing", money("30"))


def test_outages_that_touch_are_two_outages_here():
    events = [down_minutes(40, id="A"), down_minutes(40, "2026-06-03 10:40", id="B")]
    assert amounts(judge(timed("{each: outage, amount: 1.00 EUR}", "at_most: 1 hour"), events)) == []
    assert amounts(judge(timed("{each: outage, amount: 1.00 EUR}"), events)) == ["1", "1"]


def test_only_hours_of_the_calendar_count():
    office = EACH.replace("calendar: always", "calendar: office")
    # Friday 16:00 to Monday 10:00 are two office hours.
    answer = judge(
        timed("{each: outage, amount: 1.00 EUR}", "below: 2 hours", indicator=office),
        [outage("2026-06-05 16:00", "2026-06-08 10:00", id="A")],
    )
    assert amounts(answer) == ["1"]


def test_a_limit_may_differ_by_severity():
    terms = timed("{each: outage, amount: 1.00 EUR}", "at_most: {critical: 1 hour, minor: 4 hours}")
    events = [
        down_minutes(90, id="A", severity="critical"),
        down_minutes(90, "2026-06-09 10:00", id="B", severity="minor"),
    ]
    assert [item.key.subject for item in judge(terms, events).credits] == ["A"]


def test_an_outage_whose_facts_clash_is_undetermined_and_pays_nothing():
    events = [
        outage("2026-06-03 10:00", "2026-06-03 11:00", outage_id="A"),
        outage("2026-06-03 10:00", "2026-06-03 12:00", outage_id="A"),
    ]
    answer = judge(timed("{each: outage, amount: 1.00 EUR}"), events)
    assert verdict(answer, "2026-06", subject="A").outcome is Outcome.UNDETERMINED
    assert answer.credits == ()
    assert reasons(answer) == ["contradictory-facts"]


LOST = (
    "{times: 50, after: 0 minutes, measured_on: each_outage, of: "
    "{charge: usage, period: preceding 30 days, before: subject_start, part_period: pro_rata}}"
)
BILLED = "usage: {from: events, per: month, absent: zero}"
BILL = charge("usage", "2026-05-01", "2026-06-01", "446.40")
CAP = """caps:
  - name: most
    limits: [uptime-credit]
    at_most: 100 % of usage
    per: outage
    base: as_credited
    cut: in_order
    source: b"""


def test_lost_time_pays_its_own_charge_many_times_over():
    # 30 of May's 31 days: 432.00 for 43,200 minutes.
    answer = judge(timed(LOST, charges=BILLED), [BILL, down_minutes(30, "2026-06-01 10:00", id="A")])
    found = credit(answer, "2026-06", subject="A")
    assert found.amount == money("15")
    [step] = [step for step in found.explanation.steps if isinstance(step, LostTime)]
    assert step_text(step, ZONE) == "50 x 432.00 x 30/43,200 min = 15.00 EUR (the charge for the lost time)"


def test_each_interruption_has_a_cap_of_its_own():
    events = [
        BILL,
        down_minutes(900, "2026-06-01 00:00", id="A"),
        down_minutes(900, "2026-06-01 18:00", id="B"),
        down_minutes(5, "2026-06-01 16:00", id="C"),
    ]
    assert amounts(judge(timed(LOST, more=CAP, charges=BILLED), events)) == ["432", "432"]


def test_lost_time_beyond_a_free_part_is_paid_on_the_months_own_length():
    lost = (
        "{times: 2, after: 1 hour, measured_on: period_total, of: {charge: hosting, period: judged}, "
        "paid_only_if: {above: 1.00 EUR, compared: after_rounding}}"
    )
    terms = written(
        UPTIME,
        f"uptime-credit: {{source: a, {PROMISE}, credit: {lost}}}",
        charges="hosting: {amount: 720.00 EUR, per: month}",
    )
    assert amounts(judge(terms, [down_minutes(180)])) == ["4"]
    assert amounts(judge(terms, [down_minutes(60)])) == ["0"]
    assert amounts(judge(terms, [down_minutes(90)])) == ["0"]  # 1.00 is not above 1.00


CLAIMS = """claims:
  - {step: ticket, by: customer, within: 72 hours, after: FIRST, otherwise: lapses, source: c}
  - {step: claim, by: customer, within: 30 days, after: LAST, until: end_of_day, otherwise: lapses, source: c}"""
SUM = f"uptime-credit: {{source: a, {PROMISE}, credit: {{each: period, amount: 10.00 EUR}}}}"


@pytest.mark.parametrize(
    ("ticket", "written_on", "state"),
    [
        ("2026-06-06 10:00", "2026-07-05 23:59:59.999999", "due"),
        ("2026-06-06 10:00:00.000001", "2026-06-07", "lapsed"),
        ("2026-06-06 10:00", "2026-07-06", "lapsed"),
    ],
)
def test_a_ticket_runs_from_the_first_outage_and_the_claim_from_the_end_of_the_last(ticket, written_on, state):
    terms = written(UPTIME, SUM, CLAIMS.replace("FIRST", "first_outage_start").replace("LAST", "last_outage_end"))
    events = [
        down_minutes(60),
        down_minutes(60, "2026-06-05 10:00"),
        claim(ticket, step="ticket"),
        claim(written_on, step="claim"),
    ]
    assert credit(judge(terms, events), "2026-06").state == state


def test_a_month_without_an_outage_is_final_although_claims_run_from_outages():
    terms = written(UPTIME, SUM, CLAIMS.replace("FIRST", "first_outage_start").replace("LAST", "last_outage_end"))
    assert verdict(judge(terms, []), "2026-06").finality == "final"


def test_the_claim_for_one_outage_runs_from_its_own_start_and_end():
    terms = timed(
        "{each: outage, amount: 1.00 EUR}",
        more=CLAIMS.replace("FIRST", "outage_start").replace("LAST", "outage_end"),
    )
    events = [
        down_minutes(60, id="A"),
        down_minutes(60, "2026-06-09 10:00", id="B"),
        claim("2026-06-04", None, step="ticket", subject="A"),
        claim("2026-06-20", None, step="claim", subject="A"),
    ]
    answer = judge(terms, events)
    assert [(item.key.subject, item.state) for item in answer.credits] == [("A", "due"), ("B", "lapsed")]
