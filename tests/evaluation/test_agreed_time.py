"""Which time counts: agreed hours, time in service, a fixed base, whole minutes; each to the microsecond."""

from fractions import Fraction

import pytest
from malus.model.events import Deployment
from malus.model.instants import HOUR, MINUTE
from malus.model.measuring_steps import TimeBase, TimeInWholeMinutes
from malus.model.quantities import Outcome
from malus.operations.render_steps import step_text

from tests.evaluation.written import (
    at,
    check,
    down_for,
    down_minutes,
    excused,
    judge,
    outage,
    reasons,
    verdict,
    written,
)

PROMISED = "promised: {source: art. 4.2, promise: {indicator: up, at_least: 99.9 %}}"
SHORT = "promised: {source: art. 4.2, promise: {indicator: up, at_most: 2 hours}}"


def terms(keys: str, measure: str = "availability", clause: str = PROMISED, **more: str):
    ignore = "ignore_up_to: 0 seconds"
    up = f"up: {{measure: {measure}, of: shop, from: outages, per: month, {ignore}, {keys}}}"
    return written(up, clause, **more)


def found(terms, events, period: str = "2026-06", as_of: str = "2026-12-15"):
    return verdict(judge(terms, events, as_of=as_of), period, "promised")


def level(terms, events, period: str = "2026-06"):
    told = found(terms, events, period).level
    assert told is not None
    return told.exact()


def step_of(kind, told):
    return next(step for step in told.explanation.steps if isinstance(step, kind))


def deployment(start: str | None, end: str | None = None, **more: object):
    moments = {"start": start and at(start), "end": end and at(end)}
    return Deployment(agreement="acme", **moments, **more)  # type: ignore[arg-type]


class TestAgreedHours:
    HOURS = "hours: office, no_data: met"  # Monday to Friday, nine to five

    def test_only_time_in_the_agreed_hours_is_in_the_base_and_can_be_down(self):
        # June 2026 has 22 working days of eight hours.
        night = outage("2026-06-03 16:00", "2026-06-04 10:00")
        assert level(terms(self.HOURS), [night]) == Fraction(22 * 8 - 2, 22 * 8)
        base = step_of(TimeBase, found(terms(self.HOURS), [night]))
        assert (base.base, base.closed) == (22 * 8 * HOUR, (720 - 176) * HOUR)

    def test_a_weekend_is_never_down(self):
        assert level(terms(self.HOURS), [outage("2026-06-06", "2026-06-08 09:00")]) == 1
        assert level(terms(self.HOURS), [outage("2026-06-06", at("2026-06-08 09:00") + 1)]) < 1

    def test_excused_time_leaves_only_the_hours_that_it_takes(self):
        keys = f"{self.HOURS}, excluding: [maintenance], excluded_time: leaves_the_base"
        night = excused("2026-06-15 12:00", "2026-06-16 10:00", "2026-05-01")
        down = outage("2026-06-15 12:00", "2026-06-16 11:00")
        assert level(terms(keys), [night, down]) == Fraction(22 * 8 - 6 - 1, 22 * 8 - 6)

    def test_a_month_without_an_agreed_hour_says_what_the_terms_say(self):
        closed = written(
            "up: {measure: availability, of: shop, from: outages, per: day, ignore_up_to: 0 seconds, "
            "hours: office, no_data: undetermined}",
            PROMISED,
        )
        assert found(closed, [outage("2026-06-06", "2026-06-07")], "2026-06-06").outcome is Outcome.UNDETERMINED

    def test_checks_too_are_judged_in_the_agreed_hours_only(self):
        up = (
            "up: {measure: availability, of: shop, from: checks, per: day, state_holds: until_next_check, "
            "unobserved: counts_as_up, degraded: counts_as_down, hours: office, no_data: met}"
        )
        events = [check("2026-06-03 08:00", "down"), check("2026-06-03 10:00", "up")]
        assert level(written(up, PROMISED), events, "2026-06-03") == Fraction(7, 8)


class TestTimeInService:
    KEYS = "not_in_service: leaves_the_base, no_data: met"

    def days(self, first: str, last: str):
        return terms(self.KEYS, services=f"{{shop: {{in_service: {{from: {first}, until: {last}}}}}}}")

    def told(self):
        return terms(self.KEYS, services="{shop: {in_service: deployments}}")

    def test_days_in_service_are_whole_days_both_inside(self):
        ten_days = self.days("2026-06-11", "2026-06-20")
        assert level(ten_days, [down_minutes(2, "2026-06-12 10:00")]) == 1 - Fraction(2, 14400)
        assert level(ten_days, [outage("2026-06-20 23:59", "2026-06-21 05:00")]) == 1 - Fraction(1, 14400)
        assert step_of(TimeBase, found(ten_days, [])).out_of_service == 20 * 24 * HOUR

    def test_two_minutes_of_ten_days_break_what_two_of_a_month_keep(self):
        down = [down_minutes(15, "2026-06-12 10:00")]
        assert found(self.days("2026-06-11", "2026-06-20"), down).outcome is Outcome.MISSED
        assert found(self.days("2026-06-01", "2026-06-30"), down).outcome is Outcome.MET

    def test_deployments_tell_it_and_overlapping_ones_count_once(self):
        events = [
            deployment("2026-06-11", "2026-06-16"),
            deployment("2026-06-15", "2026-06-21"),
            down_minutes(2, "2026-06-12 10:00"),
        ]
        assert level(self.told(), events) == 1 - Fraction(2, 14400)

    def test_without_a_deployment_there_was_no_service_and_no_base(self):
        answer = found(self.told(), [down_minutes(600)])
        assert (answer.level, answer.outcome) == (None, Outcome.MET)

    def test_a_deployment_without_an_end_lasts_on_and_an_end_told_later_ends_it(self):
        lasting = [deployment("2026-06-21", deployment_id="D-1"), down_minutes(144, "2026-06-22 10:00")]
        assert level(self.told(), lasting) == 1 - Fraction(144, 14400)
        ended = [*lasting, deployment(None, "2026-06-26", deployment_id="D-1")]
        assert level(self.told(), ended) == 1 - Fraction(144, 7200)

    def test_two_ends_of_one_deployment_leave_its_periods_undetermined(self):
        both = [
            deployment("2026-06-01", "2026-06-10", deployment_id="D-1"),
            deployment(None, "2026-06-12", deployment_id="D-1"),
        ]
        answer = judge(self.told(), both, as_of="2026-12-15")
        assert verdict(answer, "2026-06", "promised").outcome is Outcome.UNDETERMINED
        assert verdict(answer, "2026-07", "promised").outcome is Outcome.MET
        assert reasons(answer) == ["contradictory-facts"]

    def test_a_deployment_that_nobody_asks_for_is_named(self):
        assert reasons(judge(terms("no_data: met"), [deployment("2026-06-01")])) == ["unused"]
        assert reasons(judge(self.days("2026-06-01", "2026-06-30"), [deployment("2026-06-01")])) == ["unused"]


class TestFixedBase:
    KEYS = "base: 43200 minutes"

    def test_the_base_is_the_same_in_every_month(self):
        down = [down_minutes(44, "2026-07-03 10:00"), down_minutes(44, "2026-02-03 10:00")]
        for month in ("2026-02", "2026-07"):
            assert level(terms(self.KEYS), down, month) == 1 - Fraction(44, 43200)
        assert found(terms(self.KEYS), down, "2026-07").outcome is Outcome.MISSED
        assert level(terms("no_data: met"), down, "2026-07") == 1 - Fraction(44, 44640)

    def test_more_time_down_than_the_base_has_is_nothing_up(self):
        assert level(terms(self.KEYS), [outage("2026-07-01", "2026-08-01")], "2026-07") == 0

    def test_excused_time_leaves_the_fixed_base_where_the_terms_say_so(self):
        keys = f"{self.KEYS}, excluding: [maintenance], excluded_time: leaves_the_base"
        window = excused("2026-07-15 00:00", "2026-07-15 10:00", "2026-05-01")
        assert level(terms(keys), [window, down_minutes(44, "2026-07-03 10:00")], "2026-07") == 1 - Fraction(44, 42600)

    @pytest.mark.parametrize(("part", "minutes"), [("full", 43200), ("its_own_time", 15 * 1440)])
    def test_a_part_month_is_held_against_what_the_terms_say(self, part: str, minutes: int):
        cut = terms(f"{self.KEYS}, part_base: {part}", effective="2026-06-16")
        assert level(cut, [down_minutes(43, "2026-06-20 10:00")]) == 1 - Fraction(43, minutes)


class TestWholeMinutes:
    DOWN = (61_000_000, 59_000_000)

    def events(self):
        return [down_for(self.DOWN[0], "2026-06-03 10:00:30"), down_for(self.DOWN[1], "2026-06-03 12:00:30")]

    @pytest.mark.parametrize(
        ("each", "part", "minutes"),
        [
            ("outage", "counts", 2 + 1),
            ("outage", "ignored", 1 + 0),
            ("period", "counts", 2),
            ("period", "ignored", 2),
            ("clock_minute", "counts", 2 + 2),
            ("clock_minute", "ignored", 0),
        ],
    )
    def test_minutes_are_those_of_each_outage_of_the_sum_or_of_the_clock(self, each: str, part: str, minutes: int):
        whole = terms(f"whole_minutes: {{each: {each}, part: {part}}}")
        assert level(whole, self.events()) == 1 - Fraction(minutes, 43200)
        step = step_of(TimeInWholeMinutes, found(whole, self.events()))
        assert (step.exact, step.counted) == (120_000_000, minutes * MINUTE)

    def test_two_outages_in_one_minute_of_the_clock_are_one_minute(self):
        whole = terms("whole_minutes: {each: clock_minute, part: counts}")
        twice = [down_for(1_000_000, "2026-06-03 10:00:05"), down_for(1_000_000, "2026-06-03 10:00:50")]
        assert level(whole, twice) == 1 - Fraction(1, 43200)

    def test_a_full_minute_of_the_clock_is_down_whole_whatever_a_part_is(self):
        for part in ("counts", "ignored"):
            whole = terms(f"whole_minutes: {{each: clock_minute, part: {part}}}")
            assert level(whole, [outage("2026-06-03 10:00", "2026-06-03 10:03")]) == 1 - Fraction(3, 43200)

    def test_each_part_of_an_outage_over_the_months_end_is_counted_in_its_month(self):
        whole = terms("whole_minutes: {each: outage, part: counts}")
        over = [outage(at("2026-06-30 23:59:30"), at("2026-07-01 00:00:01"))]
        assert level(whole, over) == 1 - Fraction(1, 43200)
        assert level(whole, over, "2026-07") == 1 - Fraction(1, 44640)


class TestTimeDown:
    def test_the_level_is_the_time_down_itself(self):
        down = terms("where: {severity: major}", "downtime", SHORT)
        events = [down_minutes(120, severity="major"), down_minutes(60, "2026-06-05", severity="minor")]
        assert level(down, events) == 2 * HOUR
        assert found(down, events).outcome is Outcome.MET
        assert found(down, [down_for(2 * HOUR + 1, severity="major")]).outcome is Outcome.MISSED

    def test_a_month_without_an_outage_has_no_time_down(self):
        assert level(terms("where: {severity: major}", "downtime", SHORT), []) == 0

    def test_excused_time_is_not_down(self):
        down = terms("excluding: [maintenance]", "downtime", SHORT)
        window = excused("2026-06-15 00:00", "2026-06-15 05:00", "2026-05-01")
        assert level(down, [window, outage("2026-06-15 00:00", "2026-06-15 06:00")]) == HOUR

    def test_what_would_have_changed_the_answer_is_so_much_less_of_it(self):
        told = found(terms("where: {site: a}", "downtime", SHORT), [down_minutes(150, site="a")])
        assert "30 min less downtime moves it to met" in _sentences(told)


def _sentences(told):
    return [step_text(step, "Europe/Amsterdam") for step in told.explanation.steps]
