"""Shares of deliveries and late ones counted: what weighs, what is good of a short one, and what of it is paid for."""

from fractions import Fraction

import pytest
from malus.model.event_deliveries import Delivery
from malus.model.quantities import Outcome

from tests.evaluation.written import at, judge, money, verdict, written

LATENESS = (
    "late: {measure: elapsed, of: shop, from: deliveries, per: month, starts: due, ends: done, early: zero, "
    "calendar: always, counted_in: period_of_start, while_open: runs}"
)


def shared(weighted="value", in_full="good_part_counts", when="good_when: {indicator: late, at_most: 0 hours}"):
    share = (
        f"it: {{measure: share, {when}, weighted_by: {weighted}, in_full: {in_full}, per: month, "
        "counted_in: period_of_start, no_data: met}"
    )
    edge = "at_least" if when.startswith("good") else "at_most"
    promise = f"promise: {{indicator: it, {edge}: {'98' if edge == 'at_least' else '2'} %}}"
    clause = f"it: {{source: a, {promise}, credit: {{each: period, rate: 3 %, of: {{value_of: non_compliant}}}}}}"
    return written(f"{LATENESS}\n{share}", clause)


def told(name, *, late=False, value=None, good=None, quantity=None, good_quantity=None):
    return Delivery(
        agreement="acme",
        delivery_id=name,
        due=at("2026-06-02"),
        done=at("2026-06-03" if late else "2026-06-02"),
        value=None if value is None else money(value),
        good_value=None if good is None else money(good),
        quantity=None if quantity is None else Fraction(quantity),
        good_quantity=None if good_quantity is None else Fraction(good_quantity),
    )


def level(terms, *events):
    return verdict(judge(terms, events), "2026-06", "it").level.exact()


def test_exactly_the_promised_share_is_kept_and_a_cent_less_pays_for_all_that_is_bad():
    kept = judge(shared(), [told("D", value="100", good="98")])
    assert verdict(kept, "2026-06", "it").outcome is Outcome.MET
    missed = judge(shared(), [told("D", value="10000", good="9799.99")])
    assert [item.amount for item in missed.credits] == [money("6")]


def test_what_is_late_is_bad_whole_and_not_once_more_for_being_short():
    events = [told("D", value="900", good="900"), told("E", late=True, value="100", good="40")]
    assert level(shared(), *events) == Fraction(9, 10)
    assert [item.amount for item in judge(shared(), events).credits] == [money("3")]


def test_the_value_of_what_came_as_agreed_is_not_waited_for():
    events = [told("D", quantity=5, good_quantity=5), told("E", late=True, value="100", quantity=5)]
    assert [item.amount for item in judge(shared(weighted="quantity"), events).credits] == [money("3")]


@pytest.mark.parametrize(
    ("weighted", "in_full", "good"),
    [
        ("value", "good_part_counts", Fraction(90, 100)),
        ("value", "all_or_nothing", Fraction(0)),
        ("value", "not_judged", Fraction(1)),
        ("quantity", "good_part_counts", Fraction(19, 20)),
        ("count", "all_or_nothing", Fraction(0)),
        ("count", "not_judged", Fraction(1)),
    ],
)
def test_a_short_delivery_in_time_is_good_as_the_terms_say(weighted, in_full, good):
    short = told("D", value="100", good="90", quantity="20", good_quantity="19")
    assert level(shared(weighted, in_full), short) == good


def test_the_good_part_is_told_by_quantity_where_no_good_value_is():
    assert level(shared(), told("D", value="100", quantity="20", good_quantity="19")) == Fraction(19, 20)


@pytest.mark.parametrize("event", [told("D", good=None, value="100"), told("D", quantity="20", good_quantity="20")])
def test_what_nobody_told_is_never_taken_for_good(event):
    judged = verdict(judge(shared(), [event, told("E", value="100", good="100")]), "2026-06", "it")
    assert judged.outcome is Outcome.UNDETERMINED
    assert any(getattr(step, "named", ()) == ("D",) for step in judged.explanation.steps)


def test_a_share_of_the_bad_side_is_kept_below_its_limit():
    terms = shared("count", "not_judged", "bad_when: {indicator: late, above: 0 hours}")
    assert level(terms, told("D"), told("E", late=True)) == Fraction(1, 2)


def test_a_month_without_deliveries_is_what_no_data_says():
    assert verdict(judge(shared(), []), "2026-06", "it").outcome is Outcome.MET


COUNTED = (
    "often: {measure: occurrences, from: deliveries, per: month, bad_when: {indicator: late, above: 24 hours}, "
    "counted_in: period_of_end}"
)


def test_late_deliveries_are_counted_and_pay_each():
    credit = "credit: {each: occurrence, amount: 5.00 EUR}"
    clause = f"it: {{source: a, promise: {{indicator: often, at_most: 1 delivery}}, {credit}}}"
    terms = written(f"{LATENESS}\n{COUNTED}", clause)
    start = at("2026-06-02")
    lates = [
        Delivery(agreement="acme", delivery_id=f"D{n}", due=start, done=start + 86_400_000_000 + n) for n in (0, 1, 2)
    ]
    assert [item.amount for item in judge(terms, lates).credits] == [money("10")]
    assert not judge(terms, lates[:2]).credits


@pytest.mark.parametrize(("edge", "fires"), [("outside", False), ("inside", True)])
def test_a_failure_exactly_sixty_days_old_is_inside_or_outside_as_the_terms_say(edge, fires):
    window = f"at_least: 2 deliveries, within: any 60 days, day: 24_hours, placed_at: end, at_the_edge: {edge}"
    credit = "fires: on_each_new_fact, credit: {each: period, amount: 5.00 EUR}"
    clause = f"it: {{source: a, when: {{occurrences: often, {window}}}, {credit}}}"
    terms = written(f"{LATENESS}\n{COUNTED}", clause)
    done = at("2026-06-10 12:00")
    pair = [
        Delivery(agreement="acme", delivery_id="A", due=done - 10 * 86_400_000_000, done=done),
        Delivery(agreement="acme", delivery_id="B", due=done, done=done + 60 * 86_400_000_000),
    ]
    assert bool(judge(terms, pair).credits) is fires
