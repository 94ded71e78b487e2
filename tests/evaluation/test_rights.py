"""Rights and obligations: where they stand, and what follows from an obligation that was not fulfilled."""

import pytest
from malus.model.explanation import FollowsFrom

from tests.evaluation.written import (
    PROMISE,
    UPTIME_CREDIT,
    amounts,
    at,
    delivered,
    down_minutes,
    fact,
    judge,
    notice,
    only_right,
    reasons,
    written,
)

CURE = "cure: {within: 30 days, after: arisen, until: end_of_day}"
EXERCISE = "exercise: {within: 60 days, after: cure, until: end_of_day}"
# June breaks, so the right arises at the start of 1 July, which closes June.
CURE_ENDS = at("2026-07-31") - 1
EXERCISE_ENDS = at("2026-09-29") - 1
JUNE = down_minutes(60)


def right(*parts, kind="termination"):
    keys = ", ".join([f"kind: {kind}", "of: customer", *parts])
    return written(clauses=f"{UPTIME_CREDIT}\nleave: {{source: art. 8, {PROMISE}, right: {{{keys}}}}}")


FULL = right(CURE, EXERCISE, "notice: 1 month")


def standing(*events, as_of="2027-01-01", terms=FULL):
    found = only_right(judge(terms, [JUNE, *events], as_of=as_of))
    return found.state.value, found.finality.value


def test_a_right_arises_with_the_end_of_the_month_and_shows_its_last_instants():
    found = only_right(judge(FULL, [JUNE], as_of="2026-07-01"))
    assert (found.arisen_at, found.cure_until, found.exercise_until) == (at("2026-07-01"), CURE_ENDS, EXERCISE_ENDS)
    assert (found.kind, found.holder, found.state.value) == ("termination", "customer", "curing")


def test_a_right_does_not_arise_while_its_month_still_runs():
    assert judge(FULL, [JUNE], as_of=at("2026-07-01") - 1).rights == ()


def test_a_cure_at_its_last_instant_ends_the_right_and_one_microsecond_later_does_not():
    assert standing(delivered("leave", CURE_ENDS)) == ("cured", "final")
    assert standing(delivered("leave", CURE_ENDS + 1), as_of="2026-08-15") == ("open", "provisional")


def test_a_cure_before_the_right_arose_cures_nothing():
    assert standing(delivered("leave", "2026-06-20"), as_of="2026-08-15") == ("open", "provisional")


def test_a_cure_for_another_month_cures_nothing():
    assert standing(delivered("leave", "2026-07-10", "2026-05-10"), as_of="2026-08-15") == ("open", "provisional")
    assert standing(delivered("leave", "2026-07-10", "2026-06-10"), as_of="2026-08-15") == ("cured", "final")


def test_a_right_is_open_from_the_end_of_the_cure_to_the_last_instant_of_its_exercise():
    assert standing(as_of=CURE_ENDS) == ("curing", "provisional")
    assert standing(as_of=CURE_ENDS + 1) == ("open", "provisional")
    assert standing(as_of=EXERCISE_ENDS) == ("open", "provisional")
    assert standing(as_of=EXERCISE_ENDS + 1) == ("forfeited", "final")


def test_a_right_exercised_at_its_last_instant_ends_the_service_after_the_notice():
    answer = judge(FULL, [JUNE, notice("leave", "exercises", EXERCISE_ENDS)])
    found = only_right(answer)
    assert (found.state.value, found.finality.value) == ("exercised", "final")
    assert found.ends_service_at == at("2026-10-28 23:59:59.999999")


def test_a_right_exercised_one_microsecond_too_late_is_forfeited():
    assert standing(notice("leave", "exercises", EXERCISE_ENDS + 1)) == ("forfeited", "final")


def test_a_right_cannot_be_exercised_while_it_is_being_cured():
    assert standing(notice("leave", "exercises", CURE_ENDS)) == ("forfeited", "final")
    assert standing(notice("leave", "exercises", CURE_ENDS + 1)) == ("exercised", "final")


def test_the_earliest_notice_decides():
    events = [notice("leave", "waives", "2026-08-10"), notice("leave", "exercises", "2026-08-11")]
    assert standing(*events) == ("waived", "final")


def test_a_notice_for_another_month_changes_nothing():
    assert standing(notice("leave", "exercises", "2026-08-10", "2026-05-05")) == ("forfeited", "final")
    assert standing(notice("leave", "exercises", "2026-08-10", "2026-06-05")) == ("exercised", "final")


def test_a_right_without_time_limits_stays_open_and_ends_the_service_at_once():
    terms = right(kind="step_in")
    assert standing(terms=terms) == ("open", "provisional")
    found = only_right(judge(terms, [JUNE, notice("leave", "exercises", "2026-12-01")]))
    assert found.ends_service_at == at("2026-12-01")


def test_a_time_to_exercise_may_run_from_the_moment_the_right_arose():
    terms = right("exercise: {within: 10 days, after: arisen, until: end_of_day}")
    assert only_right(judge(terms, [JUNE])).exercise_until == at("2026-07-11") - 1


def test_a_notice_may_be_counted_in_business_days():
    terms = right("notice: 5 business days")
    # Exercised on Friday 3 July at noon: five business days later is Friday 10 July at noon.
    found = only_right(judge(terms, [JUNE, notice("leave", "exercises", "2026-07-03 12:00")]))
    assert found.ends_service_at == at("2026-07-10 12:00")


def test_a_right_for_a_late_incident_arises_the_moment_its_time_is_up():
    terms = written(
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, "
        "ends: resolved, calendar: always, "
        "pauses: [], counted_in: period_of_start, while_open: runs, reopened: gap_counts}",
        "it: {source: a, promise: {indicator: it, at_most: 8 hours}, right: {kind: step_in, of: customer}}",
    )
    answer = judge(terms, [fact("I", "opened", "2026-06-03 10:00")], as_of="2026-06-04")
    assert (only_right(answer).arisen_at, only_right(answer).key.subject) == (at("2026-06-03 18:00"), "I")


PLAN = "obligation: {deliver: plan, by: provider, within: 5 business days, after: breach, until: end_of_day}"
# June closes on Tuesday; five business days later is Tuesday 7 July.
PLAN_ENDS = at("2026-07-08") - 1


def owing(*clauses):
    more = "\n".join(clauses)
    return written(clauses=f"repair: {{source: art. 7, {PROMISE}, {PLAN}}}\n{more}")


def owed(*events, as_of="2027-01-01", terms=None):
    answer = judge(terms or owing(), [JUNE, *events], as_of=as_of)
    [item] = answer.obligations
    return item


def test_an_obligation_falls_due_so_many_business_days_after_the_breach():
    item = owed(as_of="2026-07-01")
    assert (item.due_until, item.state.value, item.by, item.deliver) == (PLAN_ENDS, "due", "provider", "plan")


@pytest.mark.parametrize("name", ["plan", "repair"])
def test_an_obligation_is_fulfilled_at_its_last_instant_by_its_own_or_its_clauses_name(name):
    item = owed(delivered(name, PLAN_ENDS))
    assert (item.state.value, item.fulfilled_at, item.finality.value) == ("fulfilled", PLAN_ENDS, "final")


def test_an_obligation_is_missed_one_microsecond_later():
    late = owed(delivered("plan", PLAN_ENDS + 1))
    assert (late.state.value, late.fulfilled_at) == ("missed", PLAN_ENDS + 1)
    assert owed(as_of=PLAN_ENDS).state.value == "due"
    assert owed(as_of=PLAN_ENDS + 1).state.value == "missed"


def test_what_was_delivered_for_another_month_fulfils_nothing():
    assert owed(delivered("plan", "2026-07-03", "2026-05-10")).state.value == "missed"


AGAIN = "no-plan: {source: art. 7.2, when: {not_fulfilled: repair}, credit: {each: period, amount: 500.00 EUR}}"


def test_an_obligation_that_was_not_fulfilled_is_a_fact_for_another_clause():
    answer = judge(owing(AGAIN), [JUNE])
    assert amounts(answer) == ["500"]
    [step] = [step for step in answer.credits[0].explanation.steps if isinstance(step, FollowsFrom)]
    assert step.clause == "repair"
    assert judge(owing(AGAIN), [JUNE, delivered("plan", PLAN_ENDS)]).credits == ()
    assert judge(owing(AGAIN), [JUNE], as_of=PLAN_ENDS).credits == ()


LATE_IN_TIME = (
    "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved, calendar: always, "
    "pauses: [], counted_in: period_of_start, while_open: runs, reopened: gap_counts}"
)
LATE_PLAN = (
    "repair: {source: a, promise: {indicator: it, at_most: 8 hours}, "
    "obligation: {deliver: plan, by: provider, within: 2 days, after: breach, until: end_of_day}}\n"
    "no-plan: {source: b, when: {not_fulfilled: repair}, credit: {each: period, amount: 500.00 EUR}, "
    "right: {kind: step_in, of: customer}}"
)


def test_a_credit_for_a_missed_obligation_accrues_while_its_month_runs_and_the_right_arises_at_once():
    opened = fact("I", "opened", "2026-06-03 10:00")
    terms, missed_from = written(LATE_IN_TIME, LATE_PLAN), at("2026-06-06")
    before = judge(terms, [opened], as_of=missed_from - 1)
    assert (before.credits, before.rights) == ((), ())
    running = judge(terms, [opened], as_of=missed_from)
    assert [(item.state.value, item.finality.value) for item in running.credits] == [("accruing", "provisional")]
    assert only_right(running).arisen_at == missed_from
    over = judge(terms, [opened], as_of="2026-07-01")
    assert [item.state.value for item in over.credits] == ["due"]


def test_a_chain_of_obligations_that_nobody_fulfils_ends_in_a_right():
    second = (
        "no-plan: {source: art. 7.2, when: {not_fulfilled: repair}, obligation: {deliver: excuse, by: provider, "
        "within: 2 days, after: breach, until: end_of_day}}"
    )
    last = "out: {source: art. 7.3, when: {not_fulfilled: no-plan}, right: {kind: termination, of: customer}}"
    answer = judge(owing(second, last), [JUNE])
    assert [item.state.value for item in answer.obligations] == ["missed", "missed"]
    # The second deadline closes 9 July.
    assert only_right(answer).arisen_at == at("2026-07-10")
    kept = judge(owing(second, last), [JUNE, delivered("excuse", "2026-07-09")])
    assert kept.rights == ()


def test_a_declared_fact_triggers_the_clauses_that_name_it():
    clauses = (
        f"uptime-credit: {{source: a, {PROMISE}, declares: critical, credit: {{each: period, amount: 1.00 EUR}}}}\n"
        "fee: {source: b, when: {declared: critical}, credit: {each: period, amount: 99.00 EUR}, declares: worse}\n"
        "leave: {source: c, when: {declared: worse}, right: {kind: termination, of: customer}}"
    )
    answer = judge(written(clauses=clauses), [JUNE])
    assert amounts(answer) == ["1", "99"]
    assert only_right(answer).arisen_at == at("2026-07-01")


def test_a_notice_about_a_clause_without_a_right_is_remarked():
    assert reasons(judge(FULL, [notice("uptime-credit", "waives", "2026-07-01")])) == ["unknown-name"]
