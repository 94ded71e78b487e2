"""How many incidents took too long: by the clock of an elapsed time, in a month and within any days."""

import pytest
from malus.model.quantities import Outcome

from tests.evaluation.written import fact, judge, money, only_right, verdict, written

REPAIR = (
    "repair: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved, "
    "calendar: CALENDAR, pauses: [], counted_in: period_of_start, while_open: WHILE, reopened: gap_counts, by: at_end}"
)
LATE = (
    "late: {measure: occurrences, of: shop, from: incidents, per: month, "
    "bad_when: {indicator: repair, above: 4 hours}, counted_in: COUNTED}"
)
PAYS = "late: {source: a, promise: {indicator: late, at_most: 1}, credit: {each: occurrence, amount: 10.00 EUR}}"


def terms(calendar="always", while_open="waits", counted="period_of_start", clauses=PAYS):
    repair = REPAIR.replace("CALENDAR", calendar).replace("WHILE", while_open)
    return written(f"{repair}\n{LATE.replace('COUNTED', counted)}", clauses)


def incident(name: str, opened: str, resolved: str | None = None):
    facts = [fact(name, "opened", opened)]
    return facts if resolved is None else [*facts, fact(name, "resolved", resolved)]


def june(text, *incidents, as_of="2026-12-01"):
    return verdict(judge(text, [told for one in incidents for told in one], as_of=as_of), "2026-06", "late")


def test_only_incidents_beyond_the_limit_are_counted_and_one_exactly_at_it_is_not():
    told = june(
        terms(),
        incident("A", "2026-06-03 10:00", "2026-06-03 14:00"),
        incident("B", "2026-06-04 10:00", "2026-06-04 14:00:00.000001"),
        incident("C", "2026-06-05 10:00", "2026-06-05 20:00"),
    )
    assert told.level.exact() == 2
    assert told.outcome is Outcome.MISSED


def test_the_time_is_that_of_the_indicators_calendar():
    # From four in the afternoon to noon are four hours between nine and five.
    assert june(terms("office"), incident("A", "2026-06-03 16:00", "2026-06-04 12:00")).level.exact() == 0
    assert june(terms("office"), incident("A", "2026-06-03 16:00", "2026-06-04 12:01")).level.exact() == 1


@pytest.mark.parametrize(("while_open", "count"), [("runs", 1), ("waits", 0)])
def test_an_incident_that_is_open_counts_with_its_time_so_far_or_waits(while_open: str, count: int):
    assert june(terms(while_open=while_open), incident("A", "2026-06-03 10:00")).level.exact() == count


@pytest.mark.parametrize(("counted", "count"), [("period_of_start", 1), ("period_of_end", 0)])
def test_an_incident_over_the_turn_of_the_month_belongs_where_the_terms_say(counted: str, count: int):
    told = june(terms(counted=counted), incident("A", "2026-06-30 22:00", "2026-07-01 04:00"))
    assert told.level.exact() == count


def test_facts_that_cannot_both_be_true_leave_the_count_undetermined():
    told = june(
        terms(), [*incident("A", "2026-06-03 10:00", "2026-06-03 11:00"), fact("A", "resolved", "2026-06-03 20:00")]
    )
    assert told.outcome is Outcome.UNDETERMINED


def test_each_late_incident_pays():
    events = [
        told for day in (3, 4, 5) for told in incident(f"I-{day}", f"2026-06-{day:02} 10:00", f"2026-06-{day:02} 20:00")
    ]
    assert [item.amount for item in judge(terms(), events).credits] == [money("30")]


def test_three_late_incidents_within_thirty_days_give_a_right_and_quick_ones_do_not_count():
    right = (
        "chronic: {source: b, when: {occurrences: late, at_least: 3 incidents, within: any 30 days, day: 24_hours, "
        "placed_at: start, at_the_edge: outside}, "
        "fires: once_while_true, right: {kind: termination, of: customer}}"
    )
    text = terms(clauses=f"{PAYS}\n{right}")
    days = (3, 10, 17)
    late = [told for day in days for told in incident(f"I-{day}", f"2026-06-{day:02} 10:00", f"2026-06-{day:02} 20:00")]
    quick = incident("Q", "2026-06-12 10:00", "2026-06-12 11:00")
    assert not judge(text, [*late[:4], *quick]).rights
    assert only_right(judge(text, [*late, *quick])).key.clause == "chronic"
