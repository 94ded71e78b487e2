"""Elapsed times: what runs, what pauses, who judges, and shares of incidents that keep their limit."""

from fractions import Fraction

import pytest
from malus.model.explanation import Undetermined
from malus.model.instants import DAY, HOUR, MINUTE
from malus.model.quantities import Outcome

from tests.evaluation.written import amounts, at, credit, excused, fact, judge, money, reasons, verdict, written


def timed(promise="at_most: 4 hours", clause_more="credit: {each: incident, amount: 250.00 EUR}", **choices):
    said = {
        "measure": "elapsed",
        "of": "shop",
        "from": "incidents",
        "per": "month",
        "starts": "opened",
        "ends": "responded",
        "calendar": "always",
        "pauses": "[waiting]",
        "counted_in": "period_of_start",
        "while_open": "runs",
        "by": "at_end",
    } | choices
    keys = ", ".join(f"{name}: {value}" for name, value in said.items() if value)
    clause = f"it: {{source: a, promise: {{indicator: it, {promise}}}, {clause_more}}}"
    return written(f"it: {{{keys}}}", clause, exclusions="maintenance: {cause: maintenance, source: a}")


def of(terms, *events, as_of="2026-07-01", subject="I", period="2026-06"):
    return verdict(judge(terms, events, as_of=as_of), period, "it", subject)


OPENED = fact("I", "opened", "2026-06-03 10:00", "high")


def test_a_response_within_exactly_four_hours_keeps_the_promise_and_one_microsecond_more_breaks_it():
    assert of(timed(), OPENED, fact("I", "responded", "2026-06-03 14:00")).outcome is Outcome.MET
    late = fact("I", "responded", at("2026-06-03 14:00") + 1)
    assert of(timed(), OPENED, late).outcome is Outcome.MISSED


def test_each_late_incident_pays_by_itself():
    events = [
        OPENED,
        fact("I", "responded", "2026-06-03 15:00"),
        fact("J", "opened", "2026-06-04 10:00"),
        fact("J", "responded", "2026-06-04 15:00"),
        fact("K", "opened", "2026-06-05 10:00"),
        fact("K", "responded", "2026-06-05 11:00"),
    ]
    answer = judge(timed(), events)
    assert [(item.key.subject, item.amount) for item in answer.credits] == [("I", money("250")), ("J", money("250"))]


def test_a_pause_for_an_allowed_reason_stops_the_clock_and_another_reason_does_not():
    ended = fact("I", "responded", "2026-06-03 15:00")
    for reason, elapsed in (("waiting", 4 * HOUR), ("lunch", 5 * HOUR)):
        pause = [fact("I", "paused", "2026-06-03 11:00", reason=reason), fact("I", "resumed", "2026-06-03 12:00")]
        assert of(timed(), OPENED, *pause, ended).level.numerator == elapsed


def test_the_next_pause_replaces_the_one_before():
    events = [
        OPENED,
        fact("I", "paused", "2026-06-03 11:00", reason="waiting"),
        fact("I", "paused", "2026-06-03 12:00", reason="lunch"),
        fact("I", "responded", "2026-06-03 15:00"),
    ]
    assert of(timed(), *events).level.numerator == 4 * HOUR


def test_a_pause_that_is_never_resumed_lasts_to_the_end():
    paused = fact("I", "paused", "2026-06-03 11:00", reason="waiting")
    assert of(timed(), OPENED, paused).level.numerator == HOUR
    assert of(timed(), OPENED, paused, fact("I", "responded", "2026-06-03 15:00")).level.numerator == HOUR


@pytest.mark.parametrize(("reopened", "elapsed"), [("gap_counts", 8 * HOUR), ("gap_is_paused", 3 * HOUR)])
def test_the_gap_before_a_reopening_counts_or_is_paused(reopened, elapsed):
    events = [
        OPENED,
        fact("I", "resolved", "2026-06-03 12:00"),
        fact("I", "reopened", "2026-06-03 17:00"),
        fact("I", "resolved", "2026-06-03 18:00"),
    ]
    assert of(timed(ends="resolved", reopened=reopened), *events).level.numerator == elapsed


def test_an_incident_that_was_reopened_runs_again():
    events = [OPENED, fact("I", "resolved", "2026-06-03 12:00"), fact("I", "reopened", "2026-06-03 13:00")]
    found = of(timed(ends="resolved", reopened="gap_counts"), *events, as_of="2026-06-03 16:00")
    assert found.level.numerator == 6 * HOUR


def test_an_open_incident_runs_and_is_missed_as_soon_as_its_time_is_up():
    assert of(timed(), OPENED, as_of="2026-06-03 14:00").outcome is Outcome.MET
    found = of(timed(), OPENED, as_of=at("2026-06-03 14:00") + 1)
    assert (found.outcome, found.finality) == (Outcome.MISSED, "provisional")


def test_an_open_incident_is_no_verdict_where_the_terms_wait_for_its_end():
    answer = judge(timed(while_open="waits"), [OPENED], as_of="2026-07-01")
    assert answer.verdicts == ()


def test_an_open_incident_never_counts_in_the_period_of_its_end():
    answer = judge(timed(counted_in="period_of_end"), [OPENED], as_of="2026-08-01")
    assert answer.verdicts == ()


def test_after_its_month_an_open_incident_owes_its_fixed_sum_and_what_grows_with_its_time_accrues():
    answer = judge(timed(), [OPENED], as_of="2026-07-05")
    assert credit(answer, "2026-06", "it", "I").state == "due"
    assert verdict(answer, "2026-06", "it", "I").finality == "provisional"
    blocks = "credit: {block: 1 hour, after: 4 hours, part: counts, measured_on: each_incident, amount: 10.00 EUR}"
    growing = credit(judge(timed(clause_more=blocks), [OPENED], as_of="2026-07-05"), "2026-06", "it", "I")
    assert (growing.state, growing.finality) == ("accruing", "provisional")


def test_a_transition_at_the_first_instant_of_a_month_is_of_that_month():
    opened = fact("I", "opened", "2026-06-30 22:00")
    for counted_in, end, period in (
        ("period_of_end", at("2026-07-01") - 1, "2026-06"),
        ("period_of_end", at("2026-07-01"), "2026-07"),
        ("period_of_start", at("2026-07-01"), "2026-06"),
    ):
        answer = judge(timed(counted_in=counted_in), [opened, fact("I", "responded", end)], as_of="2026-08-01")
        assert [item.period.label for item in answer.verdicts] == [period]


def test_working_hours_alone_run_on_an_office_calendar():
    friday = fact("I", "opened", "2026-06-05 16:00")
    monday = fact("I", "responded", "2026-06-08 10:00")
    assert of(timed(calendar="office"), friday, monday).level.numerator == 2 * HOUR


def test_a_night_of_summer_time_is_an_hour_shorter_on_the_clock():
    events = [fact("I", "opened", "2026-03-28 12:00"), fact("I", "responded", "2026-03-29 12:00")]
    assert of(timed(), *events, period="2026-03").level.numerator == 23 * HOUR


def test_excused_time_stops_the_clock():
    terms = timed(excluding="[maintenance]")
    events = [OPENED, fact("I", "responded", "2026-06-03 15:00"), excused("2026-06-03 09:00", "2026-06-03 12:00")]
    assert of(terms, *events).level.numerator == 3 * HOUR


def test_a_pause_inside_excused_time_is_taken_off_once():
    terms = timed(excluding="[maintenance]")
    events = [
        OPENED,
        fact("I", "paused", "2026-06-03 11:00", reason="waiting"),
        fact("I", "resumed", "2026-06-03 13:00"),
        fact("I", "responded", "2026-06-03 15:00"),
        excused("2026-06-03 10:30", "2026-06-03 12:00"),
    ]
    assert of(terms, *events).level.numerator == 5 * HOUR - 150 * MINUTE


CHANGES = [
    fact("I", "opened", "2026-06-03 10:00", "low"),
    fact("I", "priority_changed", "2026-06-03 12:00", "high"),
    fact("I", "priority_changed", "2026-06-03 13:00", "middle"),
    fact("I", "responded", "2026-06-03 16:00"),
]
BY_PRIORITY = "at_most: {high: 2 hours, middle: 5 hours, low: 10 hours}"


@pytest.mark.parametrize(
    ("by", "outcome", "limit"),
    [("at_start", Outcome.MET, 10), ("at_end", Outcome.MISSED, 5), ("highest", Outcome.MISSED, 2)],
)
def test_one_priority_judges_an_incident_whose_priority_changed(by, outcome, limit):
    terms = timed(BY_PRIORITY, by=by, priorities="[high, middle, low]")
    found = of(terms, *CHANGES)
    assert (found.outcome, found.limit.value) == (outcome, limit * HOUR)
    assert found.level.numerator == 6 * HOUR


def test_each_priority_may_be_judged_by_its_own_part_of_the_time():
    answer = judge(timed(BY_PRIORITY, by="each_its_part"), CHANGES)
    parts = {item.subject: item.level.numerator for item in answer.verdicts}
    assert parts == {"I/low": 2 * HOUR, "I/high": HOUR, "I/middle": 3 * HOUR}
    assert {item.outcome for item in answer.verdicts} == {Outcome.MET}


def test_an_incident_whose_priority_has_no_limit_is_not_judged():
    answer = judge(timed("at_most: {high: 2 hours}"), [fact("I", "opened", "2026-06-03", "low")])
    assert answer.verdicts == ()


def test_only_incidents_judged_under_the_asked_priority_are_measured():
    terms = timed(where="{priority: high}")
    answer = judge(terms, [OPENED, fact("J", "opened", "2026-06-03", "low")])
    assert [item.subject for item in answer.verdicts] == ["I"]


def test_the_clock_starts_with_the_transition_that_the_terms_name():
    terms = timed(starts="accepted", ends="workaround")
    events = [
        OPENED,
        fact("I", "accepted", "2026-06-03 11:00"),
        fact("I", "accepted", "2026-06-03 12:00"),
        fact("I", "workaround", "2026-06-03 10:30"),
        fact("I", "workaround", "2026-06-03 14:00"),
        fact("I", "workaround", "2026-06-03 15:00"),
    ]
    assert of(terms, *events).level.numerator == 3 * HOUR
    assert judge(terms, [OPENED]).verdicts == ()


@pytest.mark.parametrize(
    "second",
    [fact("I", "opened", "2026-06-03 11:00", id="b"), fact("I", "resolved", "2026-06-03 13:00", id="b")],
)
def test_two_stories_of_one_incident_leave_it_undetermined_and_both_facts_are_named(second):
    first = fact("I", second.transition, "2026-06-03 12:00", id="a")
    opened = [] if second.transition == "opened" else [fact("I", "opened", "2026-06-03 10:00", id="o")]
    answer = judge(timed(), [*opened, first, second])
    found = verdict(answer, "2026-06", "it", "I")
    assert (found.outcome, found.level) == (Outcome.UNDETERMINED, None)
    [why] = [step for step in found.explanation.steps if isinstance(step, Undetermined)]
    assert [name[0] for name in why.named] == ["a", "b"]
    assert answer.credits == ()
    assert reasons(answer) == ["contradictory-facts"]


def test_two_services_or_sites_of_one_incident_cannot_both_be_true():
    events = [fact("I", "opened", "2026-06-03", site="north"), fact("I", "responded", "2026-06-03 09:00", site="south")]
    assert of(timed(), *events).outcome is Outcome.UNDETERMINED


def test_the_same_fact_told_twice_is_one():
    events = [OPENED, fact("I", "opened", "2026-06-03 10:00", "high", id="again")]
    assert of(timed(), *events, fact("I", "responded", "2026-06-03 11:00")).outcome is Outcome.MET


def test_an_incident_that_nobody_opened_is_remarked_and_not_judged():
    answer = judge(
        timed(starts="responded", ends="resolved", reopened="gap_counts"), [fact("I", "responded", "2026-06-03")]
    )
    assert answer.verdicts == ()
    assert reasons(answer) == ["incomplete-subject"]


def test_facts_at_one_instant_follow_the_sources_order_and_then_the_rank_of_transitions():
    terms = timed(ends="resolved", reopened="gap_counts")
    together = at("2026-06-03 12:00")
    by_rank = [OPENED, fact("I", "reopened", together), fact("I", "resolved", together)]
    assert of(terms, *by_rank, as_of="2026-06-03 15:00").level.numerator == 5 * HOUR
    in_order = [OPENED, fact("I", "reopened", together, sequence=1), fact("I", "resolved", together, sequence=2)]
    assert of(terms, *in_order, as_of="2026-06-03 15:00").level.numerator == 2 * HOUR


def test_time_beyond_a_limit_is_paid_by_blocks_for_each_incident():
    blocks = "credit: {block: 1 hour, after: 4 hours, part: counts, measured_on: each_incident, amount: 10.00 EUR}"
    events = [OPENED, fact("I", "responded", at("2026-06-03 16:00") + 1)]
    assert amounts(judge(timed(clause_more=blocks), events)) == ["30"]


def shared(limits="good_when", counted_in="period_of_start", no_data="undetermined", **choices):
    said = {
        "measure": "elapsed",
        "of": "shop",
        "from": "incidents",
        "per": "month",
        "starts": "opened",
        "ends": "responded",
        "calendar": "always",
        "pauses": "[]",
        "counted_in": "period_of_start",
        "while_open": "runs",
        "by": "at_end",
    } | choices
    keys = ", ".join(f"{name}: {value}" for name, value in said.items())
    limit = {
        "good_when": "good_when: {indicator: time, at_most: {high: 1 hour, low: 24 hours}}",
        "bad_when": "bad_when: {indicator: time, above: {high: 1 hour, low: 24 hours}}",
    }[limits]
    edge = {"good_when": "at_least: 75 %", "bad_when": "at_most: 25 %"}[limits]
    return written(
        f"time: {{{keys}}}\nit: {{measure: share, {limit}, per: month, counted_in: {counted_in}, no_data: {no_data}}}",
        f"it: {{source: a, promise: {{indicator: it, {edge}}}, credit: {{each: period, amount: 5.00 EUR}}}}",
    )


def case(name, priority, minutes, start="2026-06-03 10:00"):
    return [fact(name, "opened", start, priority), fact(name, "responded", at(start) + minutes * MINUTE)]


FOUR = [*case("A", "high", 60), *case("B", "low", 61), *case("C", "high", 61), *case("D", "low", 1440)]


def test_a_good_share_is_the_part_of_incidents_that_keep_the_limit_of_their_priority():
    found = verdict(judge(shared(), FOUR), "2026-06", "it")
    assert (found.level.exact(), found.outcome) == (Fraction(3, 4), Outcome.MET)
    worse = verdict(judge(shared(), [*FOUR, *case("E", "low", 1441)]), "2026-06", "it")
    assert (worse.level.exact(), worse.outcome) == (Fraction(3, 5), Outcome.MISSED)


def test_a_bad_share_is_the_part_of_incidents_beyond_it_and_less_is_better():
    found = verdict(judge(shared("bad_when"), FOUR), "2026-06", "it")
    assert (found.level.exact(), found.outcome) == (Fraction(1, 4), Outcome.MET)
    worse = verdict(judge(shared("bad_when"), [*FOUR, *case("E", "low", 1441)]), "2026-06", "it")
    assert (worse.level.exact(), worse.outcome) == (Fraction(2, 5), Outcome.MISSED)


def test_an_incident_whose_priority_has_no_limit_is_not_in_the_share():
    found = verdict(judge(shared(), [*FOUR, *case("E", "other", 9999)]), "2026-06", "it")
    assert found.level.denominator == 4


def test_no_incident_is_no_data():
    assert verdict(judge(shared()), "2026-06", "it").outcome is Outcome.UNDETERMINED
    assert verdict(judge(shared(no_data="met")), "2026-06", "it").outcome is Outcome.MET


def test_one_undetermined_incident_leaves_the_share_undetermined():
    answer = judge(shared(), [*FOUR, fact("A", "opened", "2026-06-02", "high")])
    assert verdict(answer, "2026-06", "it").outcome is Outcome.UNDETERMINED


def test_open_incidents_are_in_a_share_as_far_as_they_ran_or_wait():
    opened = fact("E", "opened", "2026-06-29", "high")
    runs = verdict(judge(shared(), [*FOUR, opened], as_of="2026-07-01"), "2026-06", "it")
    assert runs.level.exact() == Fraction(3, 5)
    waits = verdict(judge(shared(while_open="waits"), [*FOUR, opened], as_of="2026-07-01"), "2026-06", "it")
    assert waits.level.exact() == Fraction(3, 4)


def test_a_share_counts_incidents_in_the_period_of_their_end_where_the_terms_say_so():
    events = case("A", "low", 60, "2026-06-30 23:30")
    answer = judge(shared(counted_in="period_of_end"), events)
    assert [item.period.label for item in answer.verdicts if item.level is not None] == ["2026-07"]


def test_a_day_is_twenty_four_hours_on_the_clock():
    assert DAY == 24 * HOUR
    assert of(timed("at_most: 24 hours"), OPENED, fact("I", "responded", "2026-06-04 10:00")).outcome is Outcome.MET
