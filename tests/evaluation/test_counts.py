"""Ratios, given values, occurrences and deliveries: what is counted, and in which period."""

from fractions import Fraction

import pytest
from malus.model.explanation import Margin, Undetermined
from malus.model.instants import SECOND
from malus.model.quantities import Outcome

from tests.evaluation.written import (
    amounts,
    at,
    credit,
    delivered,
    down_minutes,
    excused,
    fact,
    judge,
    money,
    outage,
    reading,
    reasons,
    tally,
    verdict,
    written,
)


def clause(promise, credit_text="{each: period, amount: 5.00 EUR}"):
    return f"it: {{source: a, promise: {{indicator: it, {promise}}}, credit: {credit_text}}}"


def counted(indicator, promise="at_least: 99 %", credit_text="{each: period, amount: 5.00 EUR}", **more):
    return written(f"it: {{{indicator}}}", clause(promise, credit_text), **more)


def june(terms, *events, as_of="2027-01-01"):
    return verdict(judge(terms, events, as_of=as_of), "2026-06", "it")


RATIO = "measure: ratio, of: shop, from: tallies, per: month, counted_in: {}, no_data: {}"


def ratio(counted_in="period_of_start", no_data="undetermined"):
    return counted(RATIO.format(counted_in, no_data))


def test_a_ratio_is_the_sum_of_good_over_the_sum_of_total():
    found = june(ratio(), tally("2026-06-01", "2026-06-02", 1, 2), tally("2026-06-02", "2026-06-03", 97, 98))
    assert found.level.exact() == Fraction(98, 100)
    assert found.outcome is Outcome.MISSED


def test_the_margin_of_a_ratio_is_told_in_failures():
    found = june(ratio(), tally("2026-06-01", "2026-06-02", 98, 100))
    [margin] = [step for step in found.explanation.steps if isinstance(step, Margin)]
    assert (margin.direction, margin.what, margin.count, margin.towards) == ("less", "failures", 1, "met")


@pytest.mark.parametrize(("counted_in", "period"), [("period_of_start", "2026-06"), ("period_of_end", "2026-07")])
def test_a_tally_across_a_month_end_belongs_where_the_terms_count_it(counted_in, period):
    answer = judge(ratio(counted_in), [tally("2026-06-30 23:00", "2026-07-01 01:00", 1, 2)])
    has_level = [item.period.label for item in answer.verdicts if item.level is not None]
    assert has_level == [period]


@pytest.mark.parametrize(
    ("counted_in", "start", "end", "period"),
    [
        ("period_of_end", "2026-06-30 23:00", "2026-07-01 00:00", "2026-06"),
        ("period_of_start", "2026-07-01 00:00", "2026-07-01 01:00", "2026-07"),
        ("period_of_end", "2026-07-01 00:00", "2026-07-01 00:00", "2026-07"),
        ("period_of_start", "2026-07-01 00:00", "2026-07-01 00:00", "2026-07"),
    ],
)
def test_an_end_exactly_at_the_month_end_belongs_to_the_month_it_closes(counted_in, start, end, period):
    answer = judge(ratio(counted_in), [tally(start, end, 1, 2)])
    assert [item.period.label for item in answer.verdicts if item.level is not None] == [period]


def test_a_tally_that_ends_after_the_moment_of_asking_does_not_exist_yet():
    events = [tally("2026-06-01", "2026-06-02", 1, 2)]
    assert june(ratio(), *events, as_of=at("2026-06-02") - 1).level is None
    assert june(ratio(), *events, as_of="2026-06-02").level is not None


def test_no_total_is_no_data_and_never_a_penalty_by_accident():
    answer = judge(ratio(), [tally("2026-06-01", "2026-06-02", 0, 0)])
    assert verdict(answer, "2026-06", "it").outcome is Outcome.UNDETERMINED
    assert answer.credits == ()


@pytest.mark.parametrize(("no_data", "outcome"), [("met", "met"), ("missed", "missed"), ("previous", "missed")])
def test_a_month_without_tallies_counts_as_the_terms_say(no_data, outcome):
    answer = judge(ratio(no_data=no_data), [tally("2026-05-01", "2026-05-02", 1, 2)])
    assert verdict(answer, "2026-06", "it").outcome.value == outcome


VALUE = (
    "measure: value, of: shop, from: readings, per: month, accepts: {}, several: {}, counted_in: {}, "
    "no_data: undetermined"
)


def value(accepts="0 % to 100 %", several="last", counted_in="period_of_start", promise="at_least: 99 %"):
    return counted(VALUE.format(accepts, several, counted_in), promise)


def test_the_last_reading_of_a_month_is_its_level():
    found = june(value(), reading("2026-06-20", "98.5"), reading("2026-06-10", "99.5"))
    assert found.level.exact() == Fraction(985, 1000)


def test_the_sources_own_order_decides_between_readings_at_one_instant():
    found = june(value(), reading("2026-06-20", "98.5", sequence=2), reading("2026-06-20", "99.5", sequence=1))
    assert found.level.exact() == Fraction(985, 1000)


def test_the_mean_of_readings_is_exact():
    readings = [reading("2026-06-20", "99"), reading("2026-06-21", "98"), reading("2026-06-22", "98")]
    assert june(value(several="mean"), *readings).level.exact() == Fraction(295, 300)


def test_several_readings_are_refused_and_all_named_where_the_terms_refuse_them():
    found = june(value(several="refused"), reading("2026-06-20", "99", id="a"), reading("2026-06-21", "99", id="b"))
    assert found.outcome is Outcome.UNDETERMINED
    [why] = [step for step in found.explanation.steps if isinstance(step, Undetermined)]
    assert why.named == ("a", "b")
    assert june(value(several="refused"), reading("2026-06-20", "99")).outcome is Outcome.MET


def test_a_reading_at_the_end_of_what_is_accepted_counts_and_one_beyond_does_not_exist():
    assert june(value(), reading("2026-06-20", "100")).level.exact() == 1
    answer = judge(value(), [reading("2026-06-20", "100.01")])
    assert verdict(answer, "2026-06", "it").level is None
    assert reasons(answer) == ["outside-accepts"]


def test_a_reading_in_another_unit_does_not_exist():
    answer = judge(value(), [reading("2026-06-20", "99", "count")])
    assert verdict(answer, "2026-06", "it").level is None
    assert reasons(answer) == ["wrong-unit"]


def test_a_reading_of_one_second_is_one_of_a_second():
    seconds = value("0 seconds to 3600 seconds", promise="at_most: 2 seconds")
    assert june(seconds, reading("2026-06-20", "1", "second")).level.exact() == SECOND
    assert june(seconds, reading("2026-06-20", "1", "hour")).outcome is Outcome.MISSED
    (remark,) = judge(seconds, [reading("2026-06-20", "1", "%")]).remarks
    assert remark.message == "`it` is read as a length of time (`seconds`, `minutes`, `hours`), not in `%`"


def test_readings_may_be_times_or_counts():
    seconds = value("0 seconds to 3600 seconds", promise="at_most: 2 seconds")
    assert june(seconds, reading("2026-06-20", "2000", "milliseconds")).outcome is Outcome.MET
    assert june(seconds, reading("2026-06-20", "2001", "milliseconds")).outcome is Outcome.MISSED
    plain = value("0 to 10", promise="at_most: 3")
    assert june(plain, reading("2026-06-20", "3", "count")).outcome is Outcome.MET
    assert june(plain, reading("2026-06-20", "3.5", "count")).outcome is Outcome.MISSED


@pytest.mark.parametrize("counted_in", ["period_of_start", "period_of_end"])
def test_a_reading_at_the_first_instant_of_a_month_is_of_that_month(counted_in):
    answer = judge(value(counted_in=counted_in), [reading("2026-07-01", "99.5")])
    assert [item.period.label for item in answer.verdicts if item.level is not None] == ["2026-07"]


def test_a_reading_over_a_whole_month_is_of_that_month_by_its_end():
    answer = judge(value(counted_in="period_of_end"), [reading("2026-06-01", "99.5", end="2026-07-01")])
    assert [item.period.label for item in answer.verdicts if item.level is not None] == ["2026-06"]


def test_a_reading_names_its_indicator_where_several_read_the_same_service():
    terms = written(
        "it: {" + VALUE.format("0 % to 100 %", "last", "period_of_start") + "}\n"
        "other: {" + VALUE.format("0 % to 100 %", "last", "period_of_start") + "}",
        clause("at_least: 99 %"),
    )
    answer = judge(terms, [reading("2026-06-20", "98", indicator="it"), reading("2026-06-21", "99")])
    assert verdict(answer, "2026-06", "it").level.exact() == Fraction(98, 100)
    assert reasons(answer) == ["indicator-missing"]


OCCURS = "measure: occurrences, of: shop, from: {}, per: month, counted_in: {}"
ONE_OR_LESS = "at_most: 1 outage"


def test_each_occurrence_of_a_broken_month_pays():
    terms = counted(
        OCCURS.format("outages", "period_of_start"), "at_most: 0 outages", "{each: occurrence, amount: 100.00 EUR}"
    )
    answer = judge(terms, [down_minutes(1), down_minutes(1, "2026-06-05 10:00"), down_minutes(1, "2026-06-06 10:00")])
    assert credit(answer, "2026-06", "it").amount == money("300")


def test_outages_that_touch_are_one_occurrence():
    terms = counted(OCCURS.format("outages", "period_of_start"), ONE_OR_LESS)
    assert june(terms, down_minutes(5), down_minutes(5, "2026-06-03 10:05")).level.numerator == 1


@pytest.mark.parametrize(("minutes", "count"), [(30, 0), (31, 1)])
def test_only_outages_above_the_asked_length_occur(minutes, count):
    terms = counted(OCCURS.format("outages", "period_of_start") + ", each: above 30 minutes", ONE_OR_LESS)
    assert june(terms, down_minutes(minutes)).level.numerator == count


def test_excused_time_shortens_an_occurrence_and_one_wholly_excused_does_not_occur():
    indicator = OCCURS.format("outages", "period_of_start") + ", each: at least 30 minutes, excluding: [maintenance]"
    terms = counted(indicator, ONE_OR_LESS, exclusions="maintenance: {cause: maintenance, source: a}")
    window = excused("2026-06-03 10:00", "2026-06-03 10:40")
    assert june(terms, down_minutes(69), window).level.numerator == 0
    assert june(terms, down_minutes(70), window).level.numerator == 1
    plain = counted(OCCURS.format("outages", "period_of_start") + ", excluding: [maintenance]", ONE_OR_LESS)
    assert (
        june(plain, down_minutes(40), excused("2026-06-03 10:00", "2026-06-03 10:40", "2026-05-01")).level.numerator
        == 0
    )


@pytest.mark.parametrize(("counted_in", "period"), [("period_of_start", "2026-06"), ("period_of_end", "2026-07")])
def test_an_occurrence_across_a_month_end_is_counted_once_where_the_terms_place_it(counted_in, period):
    terms = counted(OCCURS.format("outages", counted_in), ONE_OR_LESS)
    answer = judge(terms, [outage("2026-06-30 23:00", "2026-07-01 01:00")])
    assert [item.period.label for item in answer.verdicts if item.level.numerator] == [period]


def test_an_outage_that_ends_with_the_month_belongs_to_it_by_its_end():
    terms = counted(OCCURS.format("outages", "period_of_end"), ONE_OR_LESS)
    answer = judge(terms, [outage("2026-06-30 23:00", "2026-07-01 00:00")])
    assert [item.period.label for item in answer.verdicts if item.level.numerator] == ["2026-06"]


def test_an_open_outage_has_not_yet_occurred_by_its_end():
    terms = counted(OCCURS.format("outages", "period_of_end"), ONE_OR_LESS)
    assert june(terms, outage("2026-06-03 10:00"), as_of="2026-06-04").level.numerator == 0


def test_incidents_occur_when_they_are_opened_or_when_they_are_resolved():
    events = [fact("I", "opened", "2026-06-20", "high"), fact("I", "resolved", "2026-07-02")]
    for counted_in, period in (("period_of_start", "2026-06"), ("period_of_end", "2026-07")):
        terms = counted(OCCURS.format("incidents", counted_in), "at_most: 0 incidents")
        answer = judge(terms, events)
        assert [item.period.label for item in answer.verdicts if item.level.numerator] == [period]


def test_an_incident_that_was_reopened_has_not_been_resolved_whatever_came_after():
    terms = counted(OCCURS.format("incidents", "period_of_end"), "at_most: 0 incidents")
    events = [
        fact("I", "opened", "2026-06-02"),
        fact("I", "resolved", "2026-06-03"),
        fact("I", "reopened", "2026-06-04"),
        fact("I", "accepted", "2026-06-05"),
    ]
    assert june(terms, *events).level.numerator == 0
    assert june(terms, *events, fact("I", "resolved", "2026-06-20")).level.numerator == 1


def test_only_incidents_of_the_asked_priority_occur():
    terms = counted(OCCURS.format("incidents", "period_of_start") + ", where: {priority: high}", "at_most: 0 incidents")
    found = june(terms, fact("A", "opened", "2026-06-02", "low"), fact("B", "opened", "2026-06-02", "high"))
    assert found.level.numerator == 1


def test_an_incident_told_two_ways_leaves_the_month_of_its_opening_undetermined():
    terms = counted(OCCURS.format("incidents", "period_of_start") + ", where: {site: north}", "at_most: 0 incidents")
    story = [fact("I", "opened", "2026-06-02", site="north"), fact("I", "opened", "2026-06-03", site="north")]
    answer = judge(terms, [*story, fact("I", "resolved", "2026-07-03")])
    doubtful = [item.period.label for item in answer.verdicts if item.outcome is Outcome.UNDETERMINED]
    assert doubtful == ["2026-06"]
    elsewhere = [fact("I", "opened", "2026-06-02", site="south"), fact("I", "opened", "2026-06-03", site="south")]
    assert june(terms, *elsewhere).outcome is Outcome.MET


REPORT = "measure: delivered, per: month, due: {within: 10 days, after: period_end, until: end_of_day}"
ONE = "at_least: 1 delivery"


def test_a_report_on_its_last_day_is_in_time_and_one_microsecond_later_is_not():
    terms = counted(REPORT, ONE)
    last = at("2026-07-11") - 1
    assert june(terms, delivered("it", last, "2026-06-15")).outcome is Outcome.MET
    answer = judge(terms, [delivered("it", last + 1, "2026-06-15")])
    assert verdict(answer, "2026-06", "it").outcome is Outcome.MISSED
    assert "2026-06" in [item.period.label for item in answer.credits]


def test_a_report_that_is_not_due_yet_is_no_verdict():
    terms = counted(REPORT, ONE)
    before = judge(terms, [], as_of=at("2026-07-11") - 1)
    assert [item.period.label for item in before.verdicts] == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    after = judge(terms, [], as_of=at("2026-07-11"))
    assert verdict(after, "2026-06", "it").outcome is Outcome.MISSED
    early = judge(terms, [delivered("it", "2026-07-02", "2026-06-15")], as_of="2026-07-03")
    assert verdict(early, "2026-06", "it").outcome is Outcome.MET


def test_a_report_for_no_stated_period_counts_for_none_and_is_remarked():
    answer = judge(counted(REPORT, ONE), [delivered("it", "2026-07-02")])
    assert reasons(answer) == ["unused"]
    assert verdict(answer, "2026-06", "it").outcome is Outcome.MISSED


def test_every_missed_report_pays():
    answer = judge(counted(REPORT, ONE), [], as_of="2026-03-15")
    assert amounts(answer) == ["5", "5"]
