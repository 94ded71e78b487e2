"""One figure of many readings, or of the times of incidents, outages and deliveries, as its terms define it."""

from dataclasses import replace
from fractions import Fraction

import pytest
from malus.model.event_deliveries import Delivery
from malus.model.events import Reading
from malus.model.instants import HOUR
from malus.model.measuring_steps import StatisticTaken, TooFew
from malus.model.quantities import Outcome
from malus.model.recompute import recomputed
from malus.operations.render_steps import step_text

from tests.evaluation.written import ZONE, at, fact, judge, verdict, written

MILLISECOND = 1_000
NEAREST = "takes: percentile, percentile: {at: 95 %, method: nearest_rank}"
LINEAR = "takes: percentile, percentile: {at: 95 %, method: linear}"
OPENED_TO_RESOLVED = (
    "repair: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved, "
    "calendar: CALENDAR, pauses: [], counted_in: period_of_start, while_open: WHILE, reopened: gap_counts}"
)


def of_readings(
    takes: str, limit: str = "at_most: 200 milliseconds", more: str = "", accepts="0 seconds to 3600 seconds"
):
    it = (
        f"latency: {{measure: statistic, of: shop, from: readings, accepts: {accepts}, {takes}, per: month, "
        f"counted_in: period_of_start, no_data: undetermined{more}}}"
    )
    return written(it, f"latency: {{source: art. 4, promise: {{indicator: latency, {limit}}}}}")


def read(value: str | int, unit: str = "milliseconds", moment: str = "2026-06-03 12:00"):
    when = at(moment)
    return Reading(agreement="acme", indicator="latency", start=when, end=when, value=Fraction(value), unit=unit)


def found(terms, events, clause: str = "latency"):
    told = verdict(judge(terms, events, as_of="2026-12-01"), "2026-06", clause)
    recomputed(told.explanation)
    return told


def said(told) -> list[str]:
    return [step_text(step, ZONE) for step in told.explanation.steps]


@pytest.mark.parametrize(("slow", "outcome"), [(5, Outcome.MET), (6, Outcome.MISSED)])
def test_by_nearest_rank_five_of_a_hundred_may_be_slower_and_not_one_more(slow: int, outcome: Outcome):
    told = found(of_readings(NEAREST), [read(200)] * (100 - slow) + [read(900)] * slow)
    assert told.outcome is outcome


def test_exactly_the_limit_keeps_it_and_a_microsecond_more_does_not():
    assert found(of_readings(NEAREST), [read(200)]).outcome is Outcome.MET
    assert found(of_readings(NEAREST), [read("200.001")]).outcome is Outcome.MISSED


@pytest.mark.parametrize(("takes", "level"), [(NEAREST, Fraction(19)), (LINEAR, Fraction(1905, 100))])
def test_the_two_definitions_of_a_percentile_differ_and_the_terms_choose(takes: str, level: Fraction):
    # Of 1, 2, ... 20 ms: number 19 by rank, and 1 + 0.95 x 19 = 19.05 in a line.
    told = found(of_readings(takes), [read(value) for value in range(1, 21)])
    assert told.level.exact() == level * MILLISECOND


@pytest.mark.parametrize(
    ("part", "method", "level"),
    [
        ("50 %", "nearest_rank", 20),
        ("50 %", "linear", 25),
        ("25 %", "nearest_rank", 10),
        ("25.1 %", "nearest_rank", 20),
        ("100 %", "nearest_rank", 40),
        ("100 %", "linear", 40),
        ("0.1 %", "nearest_rank", 10),
        ("75 %", "linear", Fraction(65, 2)),
    ],
)
def test_percentiles_of_four_readings(part: str, method: str, level: Fraction):
    takes = f"takes: percentile, percentile: {{at: {part}, method: {method}}}"
    told = found(of_readings(takes), [read(value) for value in (40, 10, 30, 20)])
    assert told.level.exact() == level * MILLISECOND


@pytest.mark.parametrize(
    ("takes", "limit", "level"),
    [
        ("count", "at_least: 3", 3),
        ("sum", "at_most: 1 second", 100 * MILLISECOND),
        ("mean", "at_most: 1 second", Fraction(100 * MILLISECOND, 3)),
        ("lowest", "at_most: 1 second", 10 * MILLISECOND),
        ("highest", "at_most: 1 second", 50 * MILLISECOND),
    ],
)
def test_every_other_figure_is_exact(takes: str, limit: str, level: Fraction):
    told = found(of_readings(f"takes: {takes}", limit), [read(50), read(10), read(40)])
    assert told.level.exact() == level
    assert told.outcome is Outcome.MET


def test_a_mean_is_rounded_before_it_is_judged_only_where_the_terms_say_so():
    readings = [read(value, "count") for value in (10, 10, 11)]
    plain = of_readings("takes: mean", "at_most: 10.3", accepts="0 to 100")
    rounded = of_readings("takes: mean", "at_most: 10.3", ", round: 1 place half_up", accepts="0 to 100")
    assert found(plain, readings).outcome is Outcome.MISSED
    assert found(rounded, readings).outcome is Outcome.MET


def test_readings_of_other_months_and_outside_what_is_accepted_do_not_count():
    told = found(
        of_readings("takes: count", "at_least: 1"),
        [read(1), read(2, moment="2026-05-31 23:59"), read(3, moment="2026-07-01"), read("3600000.001")],
    )
    assert told.level.exact() == 1


@pytest.mark.parametrize(
    ("says", "count", "outcome"),
    [("met", 19, Outcome.MET), ("no_data", 19, Outcome.UNDETERMINED), ("met", 20, Outcome.MISSED)],
)
def test_few_readings_say_what_the_terms_say(says: str, count: int, outcome: Outcome):
    told = found(of_readings(NEAREST, more=f", few: {{below: 20, says: {says}}}"), [read(900)] * count)
    assert told.outcome is outcome
    assert any(isinstance(step, TooFew) for step in told.explanation.steps) is (count < 20)
    assert ("19 in all: fewer than 20, so no level is judged" in said(told)) is (count < 20)


def test_no_reading_at_all_is_no_data_and_never_nothing():
    told = found(of_readings("takes: count", "at_most: 3"), [])
    assert told.outcome is Outcome.UNDETERMINED


def test_values_beyond_sixty_four_bits_stay_exact():
    most = 10**18 - 1
    terms = of_readings("takes: sum", f"at_most: {most}", accepts=f"0 to {most}")
    told = found(terms, [*[read(most, "count")] * 99, read(1, "count")])
    assert told.level.exact() == 99 * most + 1
    assert told.outcome is Outcome.MISSED


def test_a_percentile_is_shown_with_its_place_and_the_values():
    told = found(of_readings(LINEAR), [read(value) for value in (10, 20)])
    step = next(step for step in told.explanation.steps if isinstance(step, StatisticTaken))
    assert step.place == Fraction(195, 100)
    assert any(text.startswith("percentile 95 of 2 values in ascending order, at place 1.95") for text in said(told))


def test_more_than_a_hundred_values_are_not_listed_and_still_add_up():
    told = found(of_readings("takes: mean"), [read(value) for value in range(101)])
    step = next(step for step in told.explanation.steps if isinstance(step, StatisticTaken))
    assert not step.parts
    assert told.level.exact() == 50 * MILLISECOND


# Times of incidents


def of_times(
    takes: str = "takes: mean", calendar: str = "always", while_open: str = "waits", limit: str = "at_most: 4 hours"
):
    repair = OPENED_TO_RESOLVED.replace("CALENDAR", calendar).replace("WHILE", while_open)
    it = (
        f"{repair}\nmttr: {{measure: statistic, from: elapsed_times, times: repair, {takes}, per: month, "
        "counted_in: period_of_start, no_data: met}"
    )
    return written(it, f"mttr: {{source: art. 5, promise: {{indicator: mttr, {limit}}}}}")


def repaired(name: str, opened: str, resolved: str | None = None):
    facts = [fact(name, "opened", opened)]
    return facts if resolved is None else [*facts, fact(name, "resolved", resolved)]


@pytest.mark.parametrize(("minute", "outcome"), [("00", Outcome.MET), ("01", Outcome.MISSED)])
def test_mean_time_to_repair_is_the_sum_over_the_number_of_incidents(minute: str, outcome: Outcome):
    told = found(
        of_times(),
        [
            *repaired("A", "2026-06-03 10:00", "2026-06-03 11:00"),
            *repaired("B", "2026-06-04 10:00", f"2026-06-04 17:{minute}"),
        ],
        "mttr",
    )
    assert told.outcome is outcome


def test_repair_in_working_time_stands_still_in_the_night():
    # From Wednesday 16:00 to Thursday 10:00 is two hours between nine and five.
    told = found(of_times(calendar="office"), repaired("A", "2026-06-03 16:00", "2026-06-04 10:00"), "mttr")
    assert told.level.exact() == 2 * HOUR


@pytest.mark.parametrize(("while_open", "count"), [("waits", 1), ("runs", 2)])
def test_an_incident_that_is_open_counts_with_its_time_so_far_or_waits(while_open: str, count: int):
    events = [*repaired("A", "2026-06-03 10:00", "2026-06-03 11:00"), *repaired("B", "2026-06-30 10:00")]
    told = found(of_times("takes: count", while_open=while_open, limit="at_most: 5"), events, "mttr")
    assert told.level.exact() == count


def test_no_incident_is_what_the_terms_say_of_no_data():
    assert found(of_times(), [], "mttr").outcome is Outcome.MET


def test_facts_of_one_incident_that_cannot_both_be_true_leave_the_figure_undetermined():
    events = [*repaired("A", "2026-06-03 10:00", "2026-06-03 11:00"), fact("A", "resolved", "2026-06-03 12:00")]
    assert found(of_times(), events, "mttr").outcome is Outcome.UNDETERMINED


def test_the_mean_lateness_of_deliveries_is_in_the_days_that_count():
    late = (
        "late: {measure: elapsed, of: shop, from: deliveries, starts: due, ends: done, early: zero, calendar: always, "
        "day: calendar_day, due_day: does_not_count, done_day: counts, per: month, counted_in: period_of_end, "
        "while_open: waits}"
    )
    mean = (
        "mean: {measure: statistic, from: elapsed_times, times: late, takes: mean, per: month, "
        "counted_in: period_of_end, no_data: met}"
    )
    terms = written(f"{late}\n{mean}", "mean: {source: art. 6, promise: {indicator: mean, at_most: 1 day}}")

    def delivered(name: str, day: int):
        return Delivery(agreement="acme", delivery_id=name, due=at("2026-06-03"), done=at(f"2026-06-{day:02} 12:00"))

    assert found(terms, [delivered("A", 3), delivered("B", 5)], "mean").outcome is Outcome.MET
    assert found(terms, [delivered("A", 3), delivered("B", 6)], "mean").outcome is Outcome.MISSED


def test_a_reading_that_ends_in_the_first_month_of_a_new_name_may_carry_the_old_one():
    placed = "counted_in: period_of_end"
    texts = [
        written(
            f"{name}: {{measure: statistic, of: shop, from: readings, accepts: 0 seconds to 3600 seconds, "
            f"takes: highest, per: month, {placed}, no_data: undetermined{formerly}}}",
            f"latency: {{source: art. 4, promise: {{indicator: {name}, at_most: 200 milliseconds}}}}",
            effective=day,
        )
        for name, formerly, day in (("latency", "", "2026-01-01"), ("delay", ", formerly: latency", "2026-06-01"))
    ]
    over = replace(read(900), start=at("2026-05-31 23:50"), end=at("2026-06-01 00:10"))
    assert found(texts, [over]).outcome is Outcome.MISSED
