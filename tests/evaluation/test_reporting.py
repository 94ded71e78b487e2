"""The customer's duty to report: an outage that was reported late counts from its report on, or not at all."""

from __future__ import annotations

import pytest
from malus.model.agreement import Terms
from malus.model.assessment import Finality
from malus.model.explanation import TimeExcluded
from malus.model.quantities import Outcome

from tests.evaluation.written import at, credit, judge, outage, verdict, written

DUTY = "{name: prompt-report, report: outages, within: WITHIN, after: outage_start, source: art. 6.1}"
UPTIME = (
    "uptime: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds,"
    " reporting: {duty: prompt-report, not_kept: NOT_KEPT}}"
)
CLAUSE = (
    "uptime-credit: {source: art. 4.2, promise: {indicator: uptime, at_least: 99.9 %},"
    " credit: {each: period, amount: 500.00 EUR}}"
)
JUNE = "2026-06"


def duty(
    not_kept: str = "does_not_count", within: str = "4 hours", indicators: str = UPTIME, clauses: str = CLAUSE
) -> Terms:
    return written(indicators.replace("NOT_KEPT", not_kept), clauses, duties=DUTY.replace("WITHIN", within))


def down(
    reported: str | None, start: str = "2026-06-03 10:00", end: str | None = "2026-06-03 20:00", **more: object
) -> object:
    told = None if reported is None else at(reported)
    return outage(start, end, reported_at=told, **more)


@pytest.mark.parametrize(
    ("reported", "outcome"),
    [
        ("2026-06-03 14:00", Outcome.MISSED),
        ("2026-06-03 14:00:00.000001", Outcome.MET),
        (None, Outcome.MET),
    ],
)
def test_at_the_last_instant_an_outage_is_reported_in_time_and_later_it_does_not_count(
    reported: str | None, outcome: Outcome
) -> None:
    answer = judge(duty(), [down(reported)], as_of="2026-07-05")
    assert verdict(answer, JUNE).outcome is outcome
    assert bool(answer.missed_duties) is (outcome is Outcome.MET)


def test_a_late_report_lets_the_time_run_from_there() -> None:
    answer = judge(duty("counts_from_report"), [down("2026-06-03 18:00")], as_of="2026-07-05")
    mine = verdict(answer, JUNE)
    assert mine.level is not None
    assert mine.level.numerator * 720 == mine.level.denominator * 718
    (left_out,) = [step for step in mine.explanation.steps if isinstance(step, TimeExcluded)]
    assert (left_out.exclusion, left_out.source, left_out.microseconds) == (
        "prompt-report",
        "art. 6.1",
        8 * 3_600_000_000,
    )


def test_a_duty_of_no_time_at_all_counts_every_outage_from_its_report() -> None:
    terms = duty("counts_from_report", within="0 minutes")
    answer = judge(terms, [down("2026-06-03 11:00")], as_of="2026-07-05")
    mine = verdict(answer, JUNE)
    assert mine.level is not None
    assert mine.level.numerator * 720 == mine.level.denominator * 711


def test_a_report_after_the_end_leaves_nothing_to_count() -> None:
    answer = judge(duty("counts_from_report"), [down("2026-06-04 08:00")], as_of="2026-07-05")
    assert verdict(answer, JUNE).outcome is Outcome.MET


def test_a_month_is_final_once_its_last_outage_can_no_longer_be_reported_in_time() -> None:
    told = [down(None, "2026-06-30 20:00", "2026-06-30 23:00")]
    terms = duty(within="6 hours")
    early, late = judge(terms, told, as_of="2026-07-01 02:00"), judge(terms, told, as_of="2026-07-01 02:00:01")
    assert verdict(early, JUNE).final_from == at("2026-07-01 02:00")
    assert verdict(early, JUNE).outcome is Outcome.MET
    assert verdict(late, JUNE).finality is Finality.FINAL
    more = judge(terms, [*told, down("2026-06-03 11:00")], as_of="2026-07-01 02:00")
    assert credit(more, JUNE).final_from == at("2026-07-01 02:00")
    still = judge(
        terms, [down("2026-07-01 01:00", "2026-06-30 20:00", "2026-06-30 23:00")], as_of="2026-07-01 02:00:01"
    )
    assert credit(still, JUNE).key.clause == "uptime-credit"


def test_each_outage_that_is_timed_or_counted_goes_by_its_report_too() -> None:
    more = (
        "each: {measure: elapsed, of: shop, from: outages, per: month, calendar: always, counted_in: period_of_start,"
        " while_open: runs, reporting: {duty: prompt-report, not_kept: counts_from_report}}\n"
        "count: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start,"
        " reporting: {duty: prompt-report, not_kept: does_not_count}}"
    )
    clauses = (
        "long: {source: a, promise: {indicator: each, at_most: 2 hours}, credit: {block: 1 hour, after: 0 hours,"
        " part: ignored, measured_on: each_outage, amount: 5.00 EUR}}\n"
        "few: {source: a, promise: {indicator: count, at_most: 0}, credit: {each: occurrence, amount: 7.00 EUR}}"
    )
    told = [
        down("2026-06-03 18:00", outage_id="O-1"),
        down("2026-06-04 12:00", "2026-06-04 11:00", "2026-06-04 20:00", outage_id="O-2"),
        down(None, "2026-06-05 11:00", "2026-06-05 20:00", outage_id="O-3"),
    ]
    answer = judge(duty(indicators=more, clauses=clauses), told, as_of="2026-07-05")
    assert {item.subject: item.outcome for item in answer.verdicts if item.clause == "long"} == {
        "O-1": Outcome.MET,
        "O-2": Outcome.MISSED,
    }
    assert [
        item.level.numerator
        for item in answer.verdicts
        if item.clause == "few" and item.level and item.period.label == JUNE
    ] == [1]
