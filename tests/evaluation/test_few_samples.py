"""Small totals that are forgiven, and the share of errors in place of that of good ones."""

from fractions import Fraction

import pytest
from malus.model.measuring_steps import TooFew
from malus.model.quantities import Outcome
from malus.operations.render_steps import step_text

from tests.evaluation.written import ZONE, judge, tally, verdict, written

RIGHT = "right: {measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_end, no_data: undetermined"
AT_LEAST = "promised: {source: art. 4.2, promise: {indicator: right, at_least: 99 %}}"
AT_MOST = "promised: {source: art. 4.2, promise: {indicator: right, at_most: 1 %}}"


def found(keys: str, good: int, total: int, clause: str = AT_LEAST):
    events = [tally("2026-06-03", "2026-06-04", good, total)]
    return verdict(judge(written(f"{RIGHT}{keys}}}", clause), events, as_of="2026-12-01"), "2026-06", "promised")


@pytest.mark.parametrize(
    ("good", "total", "outcome"),
    [(0, 99, Outcome.MET), (98, 99, Outcome.MET), (98, 100, Outcome.MISSED), (99, 100, Outcome.MET)],
)
def test_fewer_than_so_many_are_met_however_many_failed(good: int, total: int, outcome: Outcome):
    assert found(", few: {below: 100, says: met}", good, total).outcome is outcome


@pytest.mark.parametrize(("failures", "outcome"), [(2, Outcome.MET), (3, Outcome.MISSED)])
def test_few_are_missed_only_after_so_many_failures(failures: int, outcome: Outcome):
    told = found(", few: {below: 100, says: met, missed_after: 2}", 50 - failures, 50)
    assert told.outcome is outcome
    assert any(isinstance(step, TooFew) for step in told.explanation.steps) is (outcome is Outcome.MET)


def test_after_so_many_failures_the_level_judges_and_may_still_keep_the_promise():
    kept = found(
        ", few: {below: 1000, says: met, missed_after: 2}",
        897,
        900,
        "promised: {source: art. 4.2, promise: {indicator: right, at_least: 99 %}}",
    )
    assert kept.outcome is Outcome.MET
    assert kept.level is not None


def test_few_may_be_no_data():
    assert found(", few: {below: 100, says: no_data}", 99, 99).outcome is Outcome.UNDETERMINED


def test_no_total_at_all_is_no_data_and_not_few():
    assert found(", few: {below: 100, says: met}", 0, 0).outcome is Outcome.UNDETERMINED


def test_the_share_of_errors_is_one_less_that_of_good_ones():
    told = found(", share_of: errors", 985, 1000, AT_MOST)
    assert told.level is not None
    assert told.level.exact() == Fraction(15, 1000)
    assert told.outcome is Outcome.MISSED
    assert found(", share_of: errors", 990, 1000, AT_MOST).outcome is Outcome.MET


def test_what_would_have_changed_the_answer_is_so_many_fewer_failures():
    told = found(", share_of: errors", 985, 1000, AT_MOST)
    assert "5 fewer failures moves it to met" in [step_text(step, ZONE) for step in told.explanation.steps]
