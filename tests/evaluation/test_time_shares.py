"""The share of a month for which readings lay inside their limits, to the microsecond, with gaps as the terms say."""

from dataclasses import replace
from fractions import Fraction

import pytest
from malus.model.agreement import Terms
from malus.model.events import Reading
from malus.model.instants import HOUR
from malus.model.measuring_steps import TimeInside
from malus.model.quantities import Outcome
from malus.model.recompute import recomputed
from malus.operations.render_steps import step_text

from tests.evaluation.written import MICROSECOND, ZONE, at, excused, judge, verdict, written

# June has 720 hours; 1 % of it are 7 h 12 min.
ALLOWED = 7 * HOUR + HOUR // 5


def cold(limits="at_least: 2, at_most: 8", holds="until_next_reading", unobserved="counts_as_outside", more=""):
    it = (
        f"cold: {{measure: time_share, of: shop, from: readings, reads: warmth, {limits}, holds_for: {holds}, "
        f"unobserved: {unobserved}, per: month{more}}}"
    )
    return written(it, "cold: {source: art. 7, promise: {indicator: cold, at_least: 99 %}}")


def warmth(value, moment="2026-06-01", end=None, **more):
    start = at(moment) if isinstance(moment, str) else moment
    return Reading(
        agreement="acme",
        indicator="warmth",
        start=start,
        end=start if end is None else at(end),
        value=Fraction(value),
        unit="count",
        **more,
    )


def found(terms, *events, as_of="2026-12-01"):
    told = verdict(judge(terms, events, as_of=as_of), "2026-06", "cold")
    recomputed(told.explanation)
    return told


def inside(told) -> TimeInside:
    return next(step for step in told.explanation.steps if isinstance(step, TimeInside))


@pytest.mark.parametrize(("more", "outcome"), [(0, Outcome.MET), (MICROSECOND, Outcome.MISSED)])
def test_exactly_one_percent_of_the_month_may_be_outside_and_not_a_microsecond_more(more: int, outcome: Outcome):
    warm = at("2026-06-10")
    told = found(cold(), warmth(5), warmth(9, warm), warmth(5, warm + ALLOWED + more))
    assert told.outcome is outcome
    assert inside(told).outside == ALLOWED + more


@pytest.mark.parametrize(
    ("limits", "value", "is_inside"),
    [
        ("at_least: 2, at_most: 8", 2, True),
        ("at_least: 2, at_most: 8", 8, True),
        ("above: 2, below: 8", 2, False),
        ("above: 2, below: 8", 8, False),
        ("at_most: 8", -100, True),
        ("at_least: 2", "1.999999", False),
    ],
)
def test_a_reading_exactly_at_a_limit_is_on_the_side_that_its_edge_says(limits: str, value, is_inside: bool):
    told = found(cold(limits), warmth(value))
    assert told.level.exact() == (1 if is_inside else 0)


def test_a_reading_holds_until_the_next_also_over_the_turn_of_the_month():
    told = found(cold(), warmth(5, "2026-05-20"), warmth(9, "2026-07-20"))
    assert told.level.exact() == 1


@pytest.mark.parametrize(
    ("unobserved", "level"),
    [
        ("counts_as_inside", 1),
        ("counts_as_outside", Fraction(1, 720)),
        ("leaves_the_base, no_data: undetermined", 1),
    ],
)
def test_a_reading_holds_for_the_stated_time_at_most_and_the_rest_is_as_the_terms_say(unobserved: str, level):
    told = found(cold(holds="at most 1 hour", unobserved=unobserved), warmth(5, "2026-06-03 12:00"))
    assert told.level.exact() == level
    assert inside(told).inside == HOUR
    assert inside(told).unobserved == 719 * HOUR


def test_gaps_are_named_with_their_first_and_last_moment():
    told = found(cold(holds="at most 480 hours", unobserved="counts_as_inside"), warmth(5), warmth(6, "2026-06-25"))
    texts = [step_text(step, ZONE) for step in told.explanation.steps]
    assert (
        "at least 2 and at most 8: 624 h inside, 0 s outside, 96 h without a reading counts as inside: "
        "2026-06-21 to 2026-06-25"
    ) in texts


def test_a_reading_over_an_interval_holds_for_the_interval_and_the_stated_time_after_it():
    terms = cold(holds="at most 1 hour", unobserved="counts_as_outside")
    assert inside(found(terms, warmth(5, "2026-06-03", end="2026-06-04"))).inside == 25 * HOUR


def test_no_reading_at_all_is_time_without_one_and_never_a_silent_full_share():
    assert found(cold()).outcome is Outcome.MISSED
    assert found(cold(unobserved="leaves_the_base, no_data: undetermined")).outcome is Outcome.UNDETERMINED


def test_of_two_readings_at_one_instant_the_higher_sequence_counts():
    told = found(cold(), warmth(5, sequence=2), warmth(9, sequence=1))
    assert told.level.exact() == 1


def test_readings_of_one_instant_on_both_sides_cannot_both_be_true():
    told = found(cold(), warmth(5), warmth(9))
    assert told.outcome is Outcome.UNDETERMINED
    assert told.level is None


def test_readings_of_one_instant_on_one_side_say_the_same():
    assert found(cold(), warmth(5), warmth(6)).level.exact() == 1


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_readings_of_one_instant_on_one_side_hold_as_long_as_the_one_that_ends_last(first: str, second: str):
    terms = cold(holds="at most 1 hour", unobserved="counts_as_outside")
    long = warmth(5, "2026-06-03", "2026-06-03 12:00", id=first)
    told = found(terms, long, warmth(5, "2026-06-03", id=second), warmth(6, "2026-06-03", id="c"))
    assert inside(told).inside == 13 * HOUR


def test_excused_time_is_never_outside():
    event = excused("2026-06-10", "2026-06-11", announced="2026-05-01")
    more = ", excluding: [maintenance], excluded_time: counts_as_inside"
    told = found(cold(more=more), warmth(5), warmth(9, "2026-06-10"), warmth(5, "2026-06-11"), event)
    assert told.level.exact() == 1


def test_only_agreed_hours_count_where_the_terms_name_them():
    told = found(cold(more=", hours: office, no_data: met"), warmth(9), warmth(5, "2026-06-01 17:00"))
    # 22 working days of eight hours; the first of them was too warm until five.
    assert told.level.exact() == Fraction(21, 22)


def test_what_would_have_changed_the_answer_is_so_much_time_outside():
    warm = at("2026-06-10")
    told = found(cold(), warmth(5), warmth(9, warm), warmth(5, warm + ALLOWED + HOUR))
    assert "1 h less time outside moves it to met" in [step_text(step, ZONE) for step in told.explanation.steps]


def test_a_month_that_runs_is_judged_as_if_what_is_to_come_were_inside():
    told = found(cold(), warmth(9), warmth(5, "2026-06-01 01:00"), as_of="2026-06-02")
    assert told.level.exact() == Fraction(719, 720)


def renamed(first: str, second: str, more: str = "", clause: str = "") -> list[Terms]:
    """A text and the one from June, which calls the indicator something else; `more` indicators in the second one."""
    promise = "cold: {source: art. 7, promise: {indicator: cold, at_least: 99 %}}"
    measured = "measure: time_share, of: shop, from: readings, at_least: 2, holds_for: until_next_reading"
    measured += ", unobserved: counts_as_outside, per: month"
    return [
        written(f"cold: {{{measured}{first}}}", promise),
        written(
            f"cooled: {{formerly: cold, {measured}{second}}}\n{more}",
            f"{promise.replace('indicator: cold', 'indicator: cooled')}\n{clause}",
            effective="2026-06-01",
        ),
    ]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [("", "", "cold"), (", reads: warmth", ", reads: degrees", "warmth"), ("", "", None)],
)
def test_a_reading_holds_on_under_the_new_name_of_its_indicator_or_of_what_that_reads(first, second, told):
    answer = found(renamed(first, second), replace(warmth(5, "2026-05-20"), indicator=told))
    assert answer.level.exact() == 1


def test_a_reading_without_a_name_stays_that_of_the_only_indicator_there_was_when_it_was_told():
    other = (
        "damp: {measure: value, of: shop, from: readings, per: month, several: last, counted_in: period_of_end, "
        "accepts: 0 to 100, no_data: met}"
    )
    clause = "damp: {source: art. 8, promise: {indicator: damp, at_most: 60}}"
    texts = renamed("", "", other, clause)
    answer = judge(texts, [replace(warmth(5, "2026-05-20"), indicator=None)])
    assert verdict(answer, "2026-06", "cold").level.exact() == 1
    assert [remark.reason for remark in answer.remarks] == []
    later = judge(texts, [replace(warmth(5, "2026-06-20"), indicator=None)])
    assert verdict(later, "2026-06", "cold").level.exact() == 0
    assert [remark.reason for remark in later.remarks] == ["indicator-missing"]


def test_an_instant_reading_of_the_first_moment_of_new_terms_is_told_under_them():
    texts = renamed("", "")
    told = found(texts, replace(warmth(5, "2026-06-01"), indicator=None))
    assert told.level.exact() == 1
