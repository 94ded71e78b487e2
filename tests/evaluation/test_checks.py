"""Availability from checks: how long a state holds, what silence counts as, whom to believe."""

from fractions import Fraction

import pytest
from malus.model.explanation import Undetermined
from malus.model.instants import DAY, HOUR, MINUTE
from malus.model.quantities import Outcome

from tests.evaluation.written import check, excused, judge, verdict, written


def seen(**choices):
    said = {
        "per": "day",
        "state_holds": "until_next_check",
        "unobserved": "counts_as_up",
        "degraded": "counts_as_up",
        "no_data": "undetermined",
    } | choices
    keys = ", ".join(f"{name}: {value}" for name, value in said.items())
    return written(
        f"seen: {{measure: availability, of: shop, from: checks, {keys}}}",
        "seen-clause: {source: a, promise: {indicator: seen, at_least: 99 %}, credit: {each: period, "
        "amount: 5.00 EUR}}",
        exclusions="maintenance: {cause: maintenance, source: a}",
    )


def day(terms, *events, label="2026-06-03", as_of="2026-07-01"):
    return verdict(judge(terms, events, as_of=as_of), label, "seen-clause")


def test_a_state_holds_until_the_next_check():
    found = day(seen(), check("2026-06-03 10:00", "down"), check("2026-06-03 11:00", "up"))
    assert found.level.exact() == Fraction(23, 24)


def test_a_state_holds_no_longer_than_the_terms_let_it():
    terms = seen(state_holds="at most 15 minutes")
    found = day(terms, check("2026-06-03 10:00", "down"), check("2026-06-03 11:00", "up"))
    assert found.level.exact() == 1 - Fraction(15 * MINUTE, DAY)


def test_the_state_of_yesterday_still_holds_this_morning():
    found = day(seen(), check("2026-06-02 20:00", "down"), check("2026-06-03 06:00", "up"))
    assert found.level.exact() == Fraction(18, 24)


@pytest.mark.parametrize(
    ("unobserved", "level"),
    [
        ("counts_as_up", Fraction(23, 24)),
        ("counts_as_down", Fraction(1, 24)),
        ("leaves_the_base", Fraction(1, 2)),
    ],
)
def test_time_that_nobody_saw_counts_as_the_terms_say(unobserved, level):
    terms = seen(unobserved=unobserved, state_holds="at most 1 hour")
    found = day(terms, check("2026-06-03 10:00", "down"), check("2026-06-03 11:00", "up"))
    assert found.level.exact() == level


def test_a_day_that_nobody_saw_has_no_base_where_silence_leaves_it():
    found = day(seen(unobserved="leaves_the_base", state_holds="at most 1 hour"))
    assert (found.outcome, found.level) == (Outcome.UNDETERMINED, None)


@pytest.mark.parametrize(("degraded", "down"), [("counts_as_up", 0), ("counts_as_down", HOUR)])
def test_a_degraded_service_counts_as_the_terms_say(degraded, down):
    found = day(seen(degraded=degraded), check("2026-06-03 10:00", "degraded"), check("2026-06-03 11:00", "up"))
    assert found.level.denominator - found.level.numerator == down


def test_two_states_at_one_instant_leave_the_days_they_reach_undetermined():
    events = [
        check("2026-06-03 23:00", "up", id="a"),
        check("2026-06-03 23:00", "down", id="b"),
        check("2026-06-04 01:00", "up", id="c"),
    ]
    found = day(seen(), *events)
    assert found.outcome is Outcome.UNDETERMINED
    [why] = [step for step in found.explanation.steps if isinstance(step, Undetermined)]
    assert why.named == ("a (up)", "b (down)")
    assert day(seen(), *events, label="2026-06-04").outcome is Outcome.UNDETERMINED
    assert day(seen(), *events, label="2026-06-05").outcome is Outcome.MET


def test_the_sources_own_order_settles_two_checks_at_one_instant():
    events = [
        check("2026-06-03 10:00", "up", id="a", sequence=2),
        check("2026-06-03 10:00", "down", id="b", sequence=1),
    ]
    assert day(seen(), *events).level.exact() == 1


def test_two_checks_that_agree_at_one_instant_are_no_contradiction():
    events = [check("2026-06-03 10:00", "up", id="a"), check("2026-06-03 10:00", "up", id="b")]
    assert day(seen(), *events).outcome is Outcome.MET


@pytest.mark.parametrize("unobserved", ["counts_as_up", "counts_as_down", "leaves_the_base"])
def test_what_lies_ahead_is_never_down(unobserved):
    terms = seen(unobserved=unobserved)
    found = day(terms, check("2026-06-03 00:00", "up"), as_of="2026-06-03 12:00")
    assert found.level.exact() == 1


def test_time_without_a_check_is_down_only_up_to_the_moment_of_asking():
    terms = seen(unobserved="counts_as_down")
    found = day(terms, as_of="2026-06-03 06:00")
    assert found.level.exact() == Fraction(18, 24)


def test_excused_time_is_never_down_and_may_leave_the_base():
    events = [
        excused("2026-06-03 10:00", "2026-06-03 11:00"),
        check("2026-06-03 09:00", "down"),
        check("2026-06-03 12:00", "up"),
    ]
    counts_up = day(seen(excluding="[maintenance]", excluded_time="counts_as_up"), *events)
    assert counts_up.level.exact() == Fraction(22, 24)
    leaves = day(seen(excluding="[maintenance]", excluded_time="leaves_the_base"), *events)
    assert leaves.level.exact() == Fraction(21, 23)
    silent = seen(excluding="[maintenance]", excluded_time="leaves_the_base", unobserved="leaves_the_base")
    assert day(silent, *events).level.exact() == Fraction(24 - 9 - 1 - 2, 24 - 9 - 1)


def test_checks_of_another_site_are_not_asked():
    terms = seen(where="{site: north}")
    found = day(terms, check("2026-06-03 10:00", "down", site="south"), check("2026-06-03 09:00", "up", site="north"))
    assert found.level.exact() == 1
