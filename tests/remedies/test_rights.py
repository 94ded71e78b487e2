"""How a right moves: it may be cured, then is open, then exercised, waived or forfeited, to the microsecond."""

import pytest
from malus.model.assessment import RightState
from malus.model.clauses import Due, RightTerms
from malus.model.deadlines import Deadline
from malus.model.durations import parse_duration
from malus.model.events import Act, Notice, Obligation
from malus.model.explanation import TimeLimit
from malus.remedies.rights import Course, Heard, course_of

from tests.evaluation.written import ZONE, at

#: The right arises with the end of June: that moment closes the day before.
ARISEN = at("2026-07-01")
CURE_UNTIL = at("2026-07-31") - 1
#: From the end of the cure, or from the breach.
LATE, EARLY = at("2026-08-31") - 1, at("2026-07-31") - 1
CURED = "the right had been cured"
OPEN_NOT = "the right was not open at that moment: "


def due(after, text):
    return Due(after=after, deadline=Deadline(within=parse_duration(text), until="end_of_day", zone=ZONE))


def right(cure=None, exercise=None, notice=None):
    return RightTerms(
        kind="termination",
        holder="customer",
        cure=None if cure is None else due("breach", cure),
        exercise=exercise,
        notice=None if notice is None else parse_duration(notice),
    )


def cure(text, name="plan"):
    return Obligation(agreement="acme", id=f"c{text}", name=name, at=at(text))


def notice(text, act=Act.EXERCISES, **told):
    return Notice(agreement="acme", id=told.pop("id", f"n{text}"), clause="exit", act=act, at=at(text), **told)


def course(terms, as_of, cures=(), notices=(), *, closes_day=True):
    moment = at(as_of) if isinstance(as_of, str) else as_of
    return course_of(terms, ARISEN, list(cures), list(notices), moment, ZONE, closes_day=closes_day, business_days=None)


def limit(name, runs_from, last, done=None):
    return TimeLimit(name=name, runs_from=runs_from, last_instant=last, done_at=None if done is None else at(done))


BOTH = right(cure="30 days", exercise=due("cure", "31 days"), notice="30 days")
SOON = right(exercise=due("breach", "30 days"))
PLAIN = right()


def test_while_it_can_be_cured_it_is_told_until_when_it_could_then_be_exercised():
    assert course(BOTH, CURE_UNTIL) == Course(
        state=RightState.CURING,
        cure_until=CURE_UNTIL,
        exercise_until=LATE,
        ends_service_at=None,
        settled_at=None,
        limits=(limit("cure", ARISEN, CURE_UNTIL), limit("exercise", CURE_UNTIL, LATE)),
        heard=(),
    )


def test_the_instant_after_the_time_to_cure_it_is_open():
    assert course(BOTH, CURE_UNTIL + 1) == Course(
        state=RightState.OPEN,
        cure_until=CURE_UNTIL,
        exercise_until=LATE,
        ends_service_at=None,
        settled_at=None,
        limits=(limit("cure", ARISEN, CURE_UNTIL), limit("exercise", CURE_UNTIL, LATE)),
        heard=(),
    )


@pytest.mark.parametrize("when", ["2026-07-01", "2026-07-15 12:00", "2026-07-30 23:59:59.999999"])
def test_a_cure_from_the_first_to_the_last_instant_ends_it(when):
    told, late = cure(when), notice("2026-08-05")
    assert course(BOTH, "2026-09-15", [told], [late]) == Course(
        state=RightState.CURED,
        cure_until=CURE_UNTIL,
        exercise_until=None,
        ends_service_at=None,
        settled_at=told.at,
        limits=(limit("cure", ARISEN, CURE_UNTIL, when),),
        heard=(Heard(event=told), Heard(event=late, unused=CURED)),
    )


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("2026-06-30 23:59:59.999999", "the right had not arisen yet, so there was nothing to cure"),
        ("2026-07-31", "the time to cure the right was over"),
    ],
)
def test_a_cure_outside_its_time_changes_nothing_and_is_told_why(when, why):
    told = cure(when)
    found = course(BOTH, "2026-08-15", [told])
    assert (found.state, found.heard) == (RightState.OPEN, (Heard(event=told, unused=why),))


def test_of_two_cures_the_earliest_counts_and_one_that_lies_ahead_does_not_yet():
    first, second = cure("2026-07-10"), cure("2026-07-20")
    found = course(BOTH, "2026-08-15", [second, first])
    assert (found.settled_at, found.heard) == (first.at, (Heard(event=second, unused=CURED), Heard(event=first)))
    assert course(BOTH, "2026-07-09", [first]).state is RightState.CURING
    assert course(BOTH, "2026-07-10", [first]).state is RightState.CURED


@pytest.mark.parametrize("when", ["2026-07-31", "2026-08-15 09:00", "2026-08-30 23:59:59.999999"])
def test_a_notice_from_the_first_to_the_last_instant_decides_it_and_the_service_ends_so_long_after(when):
    told = notice(when)
    found = course(BOTH, "2026-10-15", [], [told])
    assert found == Course(
        state=RightState.EXERCISED,
        cure_until=CURE_UNTIL,
        exercise_until=LATE,
        ends_service_at=told.at + 30 * 86_400_000_000,
        settled_at=told.at,
        limits=(limit("cure", ARISEN, CURE_UNTIL), limit("exercise", CURE_UNTIL, LATE, when)),
        heard=(Heard(event=told),),
    )


def test_a_right_that_is_waived_is_settled_by_that():
    told = notice("2026-08-02", Act.WAIVES)
    assert course(BOTH, "2026-08-15", [], [told]) == Course(
        state=RightState.WAIVED,
        cure_until=CURE_UNTIL,
        exercise_until=LATE,
        ends_service_at=None,
        settled_at=told.at,
        limits=(limit("cure", ARISEN, CURE_UNTIL), limit("exercise", CURE_UNTIL, LATE, "2026-08-02")),
        heard=(Heard(event=told),),
    )


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("2026-06-30", OPEN_NOT + "it had not arisen yet"),
        ("2026-07-01", OPEN_NOT + "it could still be cured"),
        ("2026-07-30 23:59:59.999999", OPEN_NOT + "it could still be cured"),
        ("2026-08-31", OPEN_NOT + "the time to exercise it was over"),
    ],
)
def test_a_notice_outside_its_time_changes_nothing_and_is_told_why(when, why):
    told = notice(when)
    found = course(BOTH, "2026-09-15", [], [told])
    assert (found.state, found.heard) == (RightState.FORFEITED, (Heard(event=told, unused=why),))
    early = course(BOTH, "2026-07-20", [], [told])
    assert early.state is RightState.CURING
    assert [heard.unused.startswith(OPEN_NOT) for heard in early.heard] == [True]


def test_the_earliest_notice_decides_and_at_one_instant_the_order_of_its_source():
    first, second = notice("2026-08-02", Act.WAIVES), notice("2026-08-03")
    found = course(BOTH, "2026-08-15", [], [second, first])
    assert found.state is RightState.WAIVED
    assert found.heard == (Heard(event=second, unused="an earlier notice had decided the right"), Heard(event=first))
    later, sooner = notice("2026-08-02", id="a", sequence=2), notice("2026-08-02", Act.WAIVES, id="b", sequence=1)
    assert course(BOTH, "2026-08-15", [], [later, sooner]).state is RightState.WAIVED
    one, other = notice("2026-08-02", id="b"), notice("2026-08-02", Act.WAIVES, id="a")
    assert course(BOTH, "2026-08-15", [], [one, other]).state is RightState.WAIVED


def test_a_notice_that_lies_ahead_does_not_count_yet():
    assert course(BOTH, "2026-08-01", [], [notice("2026-08-02")]).state is RightState.OPEN
    assert course(BOTH, "2026-08-02", [], [notice("2026-08-02")]).state is RightState.EXERCISED


def test_after_the_time_to_exercise_it_is_forfeited_from_the_next_instant_on():
    assert course(BOTH, LATE).state is RightState.OPEN
    found = course(BOTH, LATE + 1)
    assert (found.state, found.settled_at, found.exercise_until) == (RightState.FORFEITED, LATE + 1, LATE)


def test_without_a_cure_the_time_to_exercise_runs_from_the_breach_whose_day_it_may_close():
    found = course(SOON, "2026-07-10")
    assert (found.state, found.cure_until, found.limits) == (
        RightState.OPEN,
        None,
        (limit("exercise", ARISEN, EARLY),),
    )
    assert course(SOON, "2026-07-10", closes_day=False).exercise_until == at("2026-08-01") - 1


def test_an_exercise_that_runs_from_the_breach_does_so_beside_a_cure():
    found = course(right(cure="10 days", exercise=due("breach", "30 days")), "2026-07-20")
    assert (found.cure_until, found.exercise_until) == (at("2026-07-11") - 1, EARLY)


def test_without_any_limit_it_stays_open_and_ends_the_service_at_once():
    assert course(PLAIN, "2030-01-01").state is RightState.OPEN
    told = notice("2029-01-01")
    found = course(PLAIN, "2030-01-01", [cure("2026-07-02")], [told])
    assert (found.state, found.ends_service_at, found.limits) == (RightState.EXERCISED, told.at, ())
    assert found.heard == (Heard(event=told),)
