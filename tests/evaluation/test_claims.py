"""Claims, lapses and finality: until when something may be done, and when an answer can no longer change."""

import pytest
from malus.model.explanation import Lapsed
from malus.model.instants import civil_text

from tests.evaluation.written import (
    UPTIME_CREDIT,
    ZONE,
    at,
    claim,
    credit,
    down_minutes,
    fact,
    judge,
    money,
    reasons,
    verdict,
    written,
)

JUNE = down_minutes(60)
END_OF_30_JULY = at("2026-07-31") - 1
CLAIM = (
    "{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: art. 4.8}"
)


def claimed(*steps, settlement="", clauses=UPTIME_CREDIT):
    text = "claims:\n" + "\n".join(f"  - {step}" for step in steps) if steps else ""
    return written(clauses=clauses, more=text + settlement)


def test_without_claims_a_credit_is_due_when_its_month_is_over():
    found = credit(judge(claimed(), [JUNE], as_of="2026-07-01"), "2026-06")
    assert (found.state, found.finality, found.claim_until) == ("due", "final", None)


def test_a_credit_waits_for_its_claim_and_the_last_instant_is_shown():
    found = credit(judge(claimed(CLAIM), [JUNE], as_of=END_OF_30_JULY), "2026-06")
    assert (found.state, found.amount, found.claim_until) == ("claim_open", money("1200"), END_OF_30_JULY)
    assert found.finality == "provisional"


def test_a_claim_at_the_last_instant_is_in_time():
    answer = judge(claimed(CLAIM), [JUNE, claim(END_OF_30_JULY)])
    found = credit(answer, "2026-06")
    assert (found.state, found.amount, found.finality) == ("due", money("1200"), "final")
    assert answer.remarks == ()


def test_a_claim_one_microsecond_later_is_late_and_the_credit_has_lapsed():
    answer = judge(claimed(CLAIM), [JUNE, claim(END_OF_30_JULY + 1)])
    found = credit(answer, "2026-06")
    assert (found.state, found.amount, found.before_cap) == ("lapsed", money("0"), money("1200"))
    assert reasons(answer) == ["late-claim"]
    [step] = [step for step in found.explanation.steps if isinstance(step, Lapsed)]
    assert (step.step, step.last_instant, step.before) == ("claim", END_OF_30_JULY, money("1200"))


def test_a_credit_lapses_one_microsecond_after_the_last_instant():
    found = credit(judge(claimed(CLAIM), [JUNE], as_of=END_OF_30_JULY + 1), "2026-06")
    assert (found.state, found.finality, found.final_from) == ("lapsed", "final", END_OF_30_JULY + 1)


def test_a_claim_counts_only_once_it_was_made():
    found = credit(judge(claimed(CLAIM), [JUNE, claim("2026-07-20")], as_of="2026-07-15"), "2026-06")
    assert found.state == "claim_open"


def test_a_claim_that_names_no_credit_is_remarked():
    answer = judge(claimed(CLAIM), [JUNE, claim("2026-06-10", "2026-05-01"), claim("2026-07-10", None)])
    assert reasons(answer) == ["claim-without-credit", "claim-without-credit"]
    assert {"name the period" in remark.message for remark in answer.remarks} == {True, False}


def test_a_claim_of_another_clause_takes_no_step_of_this_one():
    both = UPTIME_CREDIT + (
        "\nother: {source: b, promise: {indicator: uptime, at_least: 99.5 %}, credit: {each: period, amount: 5.00 EUR}}"
    )
    answer = judge(claimed(CLAIM, clauses=both), [down_minutes(600), claim("2026-07-10", clause="other")])
    assert [item.state.value for item in answer.credits] == ["lapsed", "due"]


def test_a_step_that_names_its_clauses_binds_no_others():
    both = UPTIME_CREDIT + (
        "\nother: {source: b, promise: {indicator: uptime, at_least: 99.5 %}, credit: {each: period, amount: 5.00 EUR}}"
    )
    step = CLAIM.replace("{step", "{clauses: [other], step")
    answer = judge(claimed(step, clauses=both), [down_minutes(600)])
    assert [item.state.value for item in answer.credits] == ["due", "lapsed"]


SECOND = (
    "{step: proof, by: customer, within: 10 days, after: claim, until: end_of_day, otherwise: lapses, source: art. 4.9}"
)


def test_each_of_two_steps_has_its_own_last_instant():
    terms = claimed(CLAIM, SECOND)
    first = claim("2026-07-10 12:00", step="claim")
    waits = credit(judge(terms, [JUNE, first], as_of="2026-07-15"), "2026-06")
    assert (waits.state, waits.claim_until) == ("claim_open", at("2026-07-21") - 1)
    both = judge(terms, [JUNE, first, claim(at("2026-07-21") - 1, step="proof")])
    assert credit(both, "2026-06").state == "due"
    late = judge(terms, [JUNE, first, claim(at("2026-07-21"), step="proof")])
    assert credit(late, "2026-06").state == "lapsed"
    assert reasons(late) == ["late-claim"]


def test_a_claim_that_leaves_out_which_of_two_steps_it_takes_takes_none():
    answer = judge(claimed(CLAIM, SECOND), [JUNE, claim("2026-07-10")])
    assert credit(answer, "2026-06").state == "lapsed"
    assert reasons(answer) == ["claim-without-credit"]
    assert "which of several steps" in answer.remarks[0].message


def test_a_claim_for_another_incident_or_another_month_takes_no_step():
    wrong = [claim("2026-07-10", "2026-06-01", subject="I"), claim("2026-07-10", "2026-05-31", id="2")]
    answer = judge(claimed(CLAIM), [JUNE, *wrong])
    assert credit(answer, "2026-06").state == "lapsed"
    assert reasons(answer) == ["claim-without-credit", "claim-without-credit"]


def test_a_credit_that_nobody_claims_is_final_after_the_last_of_two_steps_could_have_been_taken():
    open_now = credit(judge(claimed(CLAIM, SECOND), [JUNE], as_of="2026-07-15"), "2026-06")
    # Claimed on 30 July at the latest, proven ten days later.
    assert civil_text(open_now.final_from, ZONE).startswith("2026-08-10")


LATE_RESPONSE = (
    (
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: responded, "
        "calendar: always, "
        "pauses: [], counted_in: period_of_start, while_open: runs}"
    ),
    "it: {source: a, promise: {indicator: it, at_most: 1 hour}, credit: {each: incident, amount: 5.00 EUR}}",
)


@pytest.mark.parametrize(
    ("after", "last"), [("incident_start", "2026-06-13 10:00"), ("incident_end", "2026-06-13 16:00")]
)
def test_a_claim_may_run_from_the_start_or_the_end_of_its_incident(after, last):
    step = f"{{step: claim, by: customer, within: 240 hours, after: {after}, otherwise: lapses, source: a}}"
    terms = written(*LATE_RESPONSE, f"claims: [{step}]")
    events = [fact("I", "opened", "2026-06-03 10:00"), fact("I", "responded", "2026-06-03 16:00")]
    made = claim(at(last), None, "it", subject="I")
    assert credit(judge(terms, [*events, made]), "2026-06", "it", "I").state == "due"
    late = claim(at(last) + 1, None, "it", subject="I")
    assert credit(judge(terms, [*events, late]), "2026-06", "it", "I").state == "lapsed"


def test_the_claim_for_an_incident_that_is_still_open_cannot_be_dated_yet():
    step = (
        "{step: claim, by: customer, within: 10 days, after: incident_end, until: end_of_day, "
        "otherwise: lapses, source: a}"
    )
    terms = written(*LATE_RESPONSE, f"claims: [{step}]")
    found = credit(judge(terms, [fact("I", "opened", "2026-06-03 10:00")]), "2026-06", "it", "I")
    assert (found.state, found.final_from, found.claim_until) == ("claim_open", None, None)
    assert found.finality == "provisional"


GRACE = (
    "\nsettlement: {as: next_invoice, rest: carried_over, grace: {within: 5 business days, "
    "after: claims, until: end_of_day}}"
)


def test_a_credit_is_final_after_the_grace_that_follows_its_claim():
    terms = claimed(CLAIM, settlement=GRACE)
    # Claimed on Monday 6 July; five business days later is Monday 13 July.
    last = at("2026-07-14")
    events = [JUNE, claim("2026-07-06")]
    assert credit(judge(terms, events, as_of=last - 1), "2026-06").finality == "provisional"
    found = credit(judge(terms, events, as_of=last), "2026-06")
    assert (found.finality, found.final_from) == ("final", last)


def test_a_met_verdict_is_final_after_claims_and_grace_as_if_nobody_claimed():
    terms = claimed(CLAIM, settlement=GRACE)
    # Thirty days close 30 July, a Thursday; five business days later is Thursday 6 August.
    found = verdict(judge(terms, as_of=at("2026-08-07") - 1), "2026-06")
    assert (found.finality, found.final_from) == ("provisional", at("2026-08-07"))
    assert verdict(judge(terms, as_of="2026-08-07"), "2026-06").finality == "final"


def test_a_grace_may_run_from_the_end_of_the_month():
    terms = written(
        more="settlement: {as: payment, rest: paid_out, grace: {within: 10 days, after: period_end, until: end_of_day}}"
    )
    assert verdict(judge(terms), "2026-06").final_from == at("2026-07-11")


def test_an_early_claim_is_settled_no_sooner_than_the_month_is_over():
    found = credit(judge(claimed(CLAIM), [JUNE, claim("2026-06-20")], as_of="2026-07-01"), "2026-06")
    assert (found.state, found.final_from) == ("due", at("2026-07-01"))
