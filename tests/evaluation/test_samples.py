"""Samples that were checked: accepted up to so many defects, rejected with one more, each delivery or each period."""

import pytest
from malus.model.event_deliveries import Delivery
from malus.model.quantities import Outcome
from malus.model.recompute import recomputed
from malus.operations.render_steps import step_text

from tests.evaluation.written import ZONE, at, judge, money, tally, verdict, written


def checked(on="each_delivery", more="", no_data="undetermined", credit="each: delivery, amount: 50.00 EUR"):
    it = (
        f"it: {{measure: sample, of: shop, from: tallies, measured_on: {on}, per: month, "
        f"counted_in: period_of_start, no_data: {no_data}{more}}}"
    )
    return written(it, f"it: {{source: a, promise: {{indicator: it, at_most: 5}}, credit: {{{credit}}}}}")


def told(name="D"):
    return Delivery(agreement="acme", delivery_id=name, sent=at("2026-06-02"), done=at("2026-06-05"))


def sampled(defects: int, total: int = 80, delivery: str | None = "D", day: str = "2026-06-06"):
    return tally(day, f"{day} 12:00", total - defects, total, delivery_id=delivery)


def found(terms, *events, subject="D"):
    it = verdict(judge(terms, events), "2026-06", "it", subject)
    recomputed(it.explanation)
    return it


@pytest.mark.parametrize(("defects", "outcome"), [(0, Outcome.MET), (5, Outcome.MET), (6, Outcome.MISSED)])
def test_up_to_the_acceptance_number_a_delivery_is_accepted_and_one_more_rejects_it(defects: int, outcome: Outcome):
    assert found(checked(), told(), sampled(defects)).outcome is outcome


def test_samples_of_one_delivery_are_added_up():
    assert found(checked(), told(), sampled(3, 40), sampled(3, 40, day="2026-06-07")).outcome is Outcome.MISSED


def test_each_delivery_has_the_samples_that_name_it_and_no_others():
    answer = judge(checked(), [told(), told("E"), sampled(6), sampled(5, delivery="E"), sampled(80, delivery=None)])
    assert [(item.key.subject, item.amount) for item in answer.credits] == [("D", money("50"))]


@pytest.mark.parametrize(
    ("defects", "total", "outcome"),
    [(5, 79, Outcome.UNDETERMINED), (6, 79, Outcome.MISSED), (5, 80, Outcome.MET)],
)
def test_a_smaller_sample_than_agreed_rejects_and_does_not_accept(defects: int, total: int, outcome: Outcome):
    few = ", few: {below: 80, says: no_data, missed_after: 5}"
    assert found(checked(more=few), told(), sampled(defects, total)).outcome is outcome


def test_a_delivery_that_nobody_checked_is_what_the_terms_say():
    assert found(checked(), told()).outcome is Outcome.UNDETERMINED
    assert found(checked(no_data="met"), told()).outcome is Outcome.MET
    assert found(checked(no_data="missed"), told()).outcome is Outcome.MISSED


def test_a_sample_of_none_is_no_sample():
    assert found(checked(), told(), sampled(0, 0)).outcome is Outcome.UNDETERMINED


def test_a_period_takes_all_that_was_checked_in_it():
    terms = checked("period_total", credit="each: occurrence, amount: 2.00 EUR")
    answer = judge(terms, [sampled(4, delivery=None), sampled(3, day="2026-06-20"), sampled(80, day="2026-07-01")])
    assert verdict(answer, "2026-06", "it").level.exact() == 7
    assert answer.credits[0].amount == money("14")


def test_the_explanation_says_how_many_were_checked_and_what_would_have_changed_it():
    texts = [step_text(step, ZONE) for step in found(checked(), told(), sampled(5)).explanation.steps]
    assert "80 checked, 75 as agreed: 5 defects" in texts
    assert "1 more defect moves it to missed" in texts
