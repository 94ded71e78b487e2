"""Levels that are made of other levels: of the last periods, of those inside, of several indicators or subjects."""

from fractions import Fraction

import pytest
from malus.model.measuring_steps import LevelsCombined
from malus.model.quantities import Outcome

from tests.evaluation.written import UPTIME, down_minutes, judge, money, outage, reading, tally, verdict, written

GIVEN = (
    "score: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_end, no_data: undetermined}"
)
CLAUSE = "promised: {source: art. 4.2, promise: {indicator: mean, at_least: 99.5 %}}"
NO_DATA = "no_data: undetermined"


def over(keys: str, source: str = "score", takes: str = "mean", missing: str = "left_out", no_data: str = NO_DATA):
    return (
        f"mean: {{measure: combined, from: periods, indicator: {source}, per: month, takes: {takes}, "
        f"missing: {missing}, {no_data}, {keys}}}"
    )


def scores(*values: str, first_month: int = 1):
    return [
        reading(f"2026-{month:02}-20 12:00", value)
        for month, value in enumerate(values, start=first_month)
        if value != "-"
    ]


def found(indicators: str, events, period: str, clause: str = CLAUSE, **more: str):
    return verdict(judge(written(indicators, clause, **more), events, as_of="2027-02-01"), period, "promised")


def level(indicators: str, events, period: str, clause: str = CLAUSE, **more: str):
    told = found(indicators, events, period, clause, **more).level
    return None if told is None else told.exact() * 100


class TestTheLastPeriods:
    TWO = f"{GIVEN}\n{over('over: last 2, fewer: counts')}"

    def test_the_mean_with_the_month_before(self):
        assert level(self.TWO, scores("99.0", "99.8"), "2026-02") == Fraction("99.4")

    def test_the_first_month_has_none_before_it_and_stands_alone(self):
        assert level(self.TWO, scores("99.8"), "2026-01") == Fraction("99.8")

    def test_a_month_before_without_a_level_is_left_out_or_leaves_it_open(self):
        assert level(self.TWO, scores("-", "99.8"), "2026-02") == Fraction("99.8")
        strict = f"{GIVEN}\n{over('over: last 2, fewer: counts', missing='undetermined')}"
        told = found(strict, scores("-", "99.8"), "2026-02")
        assert told.outcome is Outcome.UNDETERMINED
        assert "these levels are missing" in str(told.explanation.steps)

    def test_a_month_without_any_level_of_either_has_no_data(self):
        assert found(self.TWO, [], "2026-03").outcome is Outcome.UNDETERMINED
        met = f"{GIVEN}\n{over('over: last 2, fewer: counts', no_data='no_data: met')}"
        assert found(met, [], "2026-03").outcome is Outcome.MET

    def test_exactly_the_promise_is_met_and_the_least_less_is_not(self):
        assert found(self.TWO, scores("99.2", "99.8"), "2026-02").outcome is Outcome.MET
        assert found(self.TWO, scores("99.2", "99.799999"), "2026-02").outcome is Outcome.MISSED

    def test_with_fewer_months_than_asked_there_is_no_data_yet(self):
        year = f"{GIVEN}\n{over('over: last 12, fewer: no_data', no_data='no_data: met')}"
        events = scores(*["90"] * 12)
        outcomes = [found(year, events, f"2026-{month:02}").outcome for month in (1, 11, 12)]
        assert outcomes == [Outcome.MET, Outcome.MET, Outcome.MISSED]

    def test_a_thirteenth_month_no_longer_counts_the_first(self):
        year = f"{GIVEN}\n{over('over: last 12, fewer: no_data')}"
        events = [*scores("40", *["100"] * 11), reading("2027-01-20 12:00", "100")]
        assert level(year, events, "2026-12") == 95
        # January 2027 is over on the first of February.
        assert level(year, events, "2027-01") == 100

    def test_the_part_is_rounded_where_its_own_indicator_says_so(self):
        rounded = self.TWO.replace("counted_in", "round: 0 places half_up, counted_in")
        assert level(rounded, scores("98.5", "99.4"), "2026-02") == 99

    def test_the_whole_is_rounded_by_itself(self):
        one = self.TWO.replace("over: last 2", "round: 1 place down, over: last 2")
        assert level(one, scores("99.0", "99.75"), "2026-02") == Fraction("99.3")

    def test_amendments_and_new_names_carry_the_months_before_on(self):
        first = written(self.TWO, CLAUSE)
        second = written(
            self.TWO.replace("score", "rating").replace("measure: value", "formerly: score, measure: value"),
            CLAUSE,
            effective="2026-03-01",
            signed="{provider: 2026-02-01, customer: 2026-02-02}",
        )
        told = verdict(judge([first, second], scores("99.0", "99.0", "100"), as_of="2026-12-01"), "2026-03", "promised")
        assert told.level is not None
        assert told.level.exact() * 100 == Fraction("99.5")
        step = next(step for step in told.explanation.steps if isinstance(step, LevelsCombined))
        assert [part.name for part in step.parts] == ["2026-02", "2026-03"]

    def test_before_the_window_is_full_a_missing_month_does_not_change_what_no_data_says(self):
        keys = over("over: last 3, fewer: no_data", missing="undetermined", no_data="no_data: met")
        assert found(f"{GIVEN}\n{keys}", scores("-", "40"), "2026-02").outcome is Outcome.MET
        assert found(f"{GIVEN}\n{keys}", scores("-", "40", "40"), "2026-03").outcome is Outcome.UNDETERMINED

    def test_an_amendment_under_which_no_week_has_begun_yet_counts_the_weeks_before_it(self):
        weekly = f"{GIVEN.replace('per: month', 'per: week')}\n{over('over: inside')}"
        later = written(weekly, CLAUSE, effective="2026-04-01", signed="{provider: 2026-02-01, customer: 2026-02-02}")
        # The first of April is a Wednesday: the week that runs is still that of the terms before.
        events = [reading("2026-03-04 12:00", "99"), reading("2026-03-11 12:00", "98")]
        told = judge([written(weekly, CLAUSE), later], events, as_of="2026-04-03")
        assert verdict(told, "2026-03", "promised").level.exact() * 100 == Fraction("98.5")
        assert verdict(told, "2026-04", "promised").outcome is Outcome.UNDETERMINED

    def test_contradictory_facts_of_a_part_leave_the_whole_open(self):
        uptime = f"{UPTIME}\n{over('over: last 2, fewer: counts', 'uptime')}"
        clash = [
            outage("2026-02-03 10:00", "2026-02-03 11:00", outage_id="O-1"),
            outage("2026-02-03 10:00", "2026-02-03 12:00", outage_id="O-1"),
        ]
        assert found(uptime, clash, "2026-03").outcome is Outcome.UNDETERMINED
        assert found(uptime, clash, "2026-04").outcome is Outcome.MET


class TestRatioOfSums:
    def test_time_of_several_months_is_added_up_before_it_is_divided(self):
        uptime = f"{UPTIME}\n{over('over: last 2, fewer: counts', 'uptime', 'ratio_of_sums')}"
        down = [down_minutes(403, "2026-02-10 10:00")]
        minutes = (31 + 28) * 1440
        assert level(uptime, down, "2026-02") == 100 - Fraction(403 * 100, minutes)
        mean = f"{UPTIME}\n{over('over: last 2, fewer: counts', 'uptime')}"
        assert level(mean, down, "2026-02") == 100 - Fraction(403 * 100, 28 * 1440) / 2

    def test_counts_are_added_up_too(self):
        ratio = (
            "right: {measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_end, no_data: met}\n"
            f"{over('over: last 3, fewer: counts', 'right', 'ratio_of_sums')}"
        )
        events = [tally("2026-01-01", "2026-01-02", 1, 2), tally("2026-02-01", "2026-02-02", 98, 98)]
        assert level(ratio, events, "2026-02") == 99

    def test_thirty_days_roll_day_by_day(self):
        rolling = (
            "daily: {measure: availability, of: shop, from: outages, per: day, ignore_up_to: 0 seconds}\n"
            "mean: {measure: combined, from: periods, indicator: daily, per: day, takes: ratio_of_sums, "
            "over: last 30, fewer: counts, missing: undetermined, no_data: undetermined}"
        )
        events = [outage("2026-03-10", "2026-03-11")]
        # The day of the clock change has 23 hours.
        assert level(rolling, events, "2026-04-08") == 100 - Fraction(24 * 100, 30 * 24 - 1)
        assert level(rolling, events, "2026-04-09") == 100

    def test_shares_of_a_service_that_were_hit_do_not_add_up_over_months(self):
        weighted = UPTIME.replace("ignore_up_to", "weighted_by: share, overlapping: added_up, ignore_up_to")
        assert weighted != UPTIME
        with pytest.raises(AssertionError, match="ratios of time or of counts"):
            written(f"{weighted}\n{over('over: last 2, fewer: counts', 'uptime', 'ratio_of_sums')}", CLAUSE)


class TestPeriodsInside:
    def test_the_mean_of_a_months_days(self):
        inside = (
            "daily: {measure: availability, of: shop, from: outages, per: day, ignore_up_to: 0 seconds}\n"
            f"{over('over: inside', 'daily')}"
        )
        events = [outage("2026-03-29 00:00", "2026-03-29 12:00"), outage("2026-03-30 00:00", "2026-03-30 12:00")]
        # Half past twelve civil hours are eleven of 23; every day weighs the same.
        lost = Fraction(11, 23) + Fraction(1, 2)
        assert level(inside, events, "2026-03") == 100 - lost * 100 / 31

    def test_part_months_have_the_days_of_their_part(self):
        inside = (
            "daily: {measure: availability, of: shop, from: outages, per: day, ignore_up_to: 0 seconds}\n"
            f"{over('over: inside', 'daily')}"
        )
        told = found(inside, [outage("2026-06-20", "2026-06-21")], "2026-06", effective="2026-06-16")
        assert told.level is not None
        assert told.level.exact() == Fraction(14, 15)


class TestSeveralIndicators:
    TWO = (
        f"{UPTIME}\n{GIVEN}\n"
        "mean: {measure: combined, from: indicators, indicators: [uptime, score], per: month, takes: TAKES, "
        "missing: left_out, no_data: undetermined}"
    )

    @pytest.mark.parametrize(("takes", "percent"), [("highest", 100), ("lowest", 98), ("mean", 99)])
    def test_the_best_the_worst_or_the_mean_of_two(self, takes: str, percent: int):
        assert level(self.TWO.replace("TAKES", takes), scores("98"), "2026-01") == percent

    def test_one_without_a_level_leaves_the_other(self):
        assert level(self.TWO.replace("TAKES", "lowest"), [], "2026-01") == 100

    def test_counts_and_times_add_up(self):
        sum_of_two = (
            "major: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start, "
            "where: {severity: major}}\n"
            "minor: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start, "
            "where: {severity: minor}}\n"
            "mean: {measure: combined, from: indicators, indicators: [major, minor], per: month, takes: sum, "
            "missing: left_out, no_data: met}"
        )
        clause = (
            "promised: {source: art. 4, promise: {indicator: mean, at_most: 1 outage}, "
            "credit: {each: period, amount: 5.00 EUR}}"
        )
        events = [
            down_minutes(5, "2026-06-03 10:00", severity="major"),
            down_minutes(5, "2026-06-04 10:00", severity="minor"),
        ]
        answer = judge(written(sum_of_two, clause), events, as_of="2026-12-01")
        assert verdict(answer, "2026-06", "promised").outcome is Outcome.MISSED
        assert [item.amount for item in answer.credits] == [money("5.00")]

    def test_a_combined_level_may_be_one_of_the_parts(self):
        rolling = (
            f"{UPTIME}\n"
            "two: {measure: combined, from: periods, indicator: uptime, per: month, takes: ratio_of_sums, "
            "over: last 2, fewer: counts, missing: left_out, no_data: undetermined}\n"
            "mean: {measure: combined, from: indicators, indicators: [uptime, two], per: month, takes: highest, "
            "missing: left_out, no_data: undetermined}"
        )
        events = [outage("2026-02-10", "2026-02-11")]
        assert level(rolling, events, "2026-02") == 100 - Fraction(100, 59)
        assert level(rolling, events, "2026-03") == 100


class TestSubjects:
    def test_the_mean_of_all_sites(self):
        sites = (
            "site-up: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds, "
            "for_each: site}\n"
            "mean: {measure: combined, from: subjects, indicator: site-up, per: month, takes: mean, "
            "missing: left_out, no_data: undetermined}"
        )
        listed = "subjects: {delft: {kind: site}, rotterdam: {kind: site}}"
        told = found(sites, [outage("2026-06-03", "2026-06-04", site="delft")], "2026-06", more=listed)
        assert told.level is not None
        assert told.level.exact() == 1 - Fraction(1, 60)
        step = next(step for step in told.explanation.steps if isinstance(step, LevelsCombined))
        assert [part.name for part in step.parts] == ["delft", "rotterdam"]
