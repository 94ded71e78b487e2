"""A target that moves by a formula: on which day, by how much, how far at most, and what it becomes a level of."""

from __future__ import annotations

import pytest
from malus.model.agreement import Terms
from malus.model.assessment import Assessment, Verdict
from malus.model.explanation import Undetermined
from malus.model.measuring_steps import LevelsCombined
from malus.model.moving import TargetMoved
from malus.model.quantities import Outcome, limit_text
from malus.model.recompute import recomputed
from malus.operations.render_steps import step_text

from tests.evaluation.written import MICROSECOND, at, fact, judge, reading, written

SCORE = (
    "score: {{measure: value, of: shop, from: readings, per: {per}, accepts: {accepts}, several: last,"
    " counted_in: period_of_start, no_data: undetermined{more}}}"
)
LAST_YEAR = (
    "last-year: {{measure: combined, from: periods, indicator: score, per: month, takes: mean, over: last 12,"
    " fewer: {fewer}, missing: {missing}, no_data: undetermined{more}}}"
)
EVERY_YEAR = "first: 2027-01-01, every: 12 months"
BECOMES = f"{EVERY_YEAR}, becomes: last-year, looser: stays, no_level: stays, round: exact"


def moving(
    moves: str,
    limit: str = "at_least: 99.9 %",
    accepts: str = "0 % to 100 %",
    per: str = "month",
    each: str = "",
    last_year: str = "",
    **other: str,
) -> Terms:
    promise = f"promise: {{indicator: score, {limit}, moves: {{{moves}}}}}"
    clause = f"score: {{source: art. 6, {promise}, credit: {{each: period, amount: 50.00 EUR}}}}"
    indicators = SCORE.format(accepts=accepts, per=per, more=each) + last_year
    return written(indicators, clause, **other)


def improving(
    moves: str = BECOMES, fewer: str = "counts", missing: str = "left_out", each: str = "", **other: str
) -> Terms:
    last_year = "\n" + LAST_YEAR.format(fewer=fewer, missing=missing, more=each)
    return moving(moves, "at_least: 99.6 %", each=each, last_year=last_year, **other)


def judged(terms: Terms | list[Terms], values: dict[str, str], as_of: str = "2035-01-01") -> dict[str, Verdict]:
    events = [reading(f"{day} 12:00", value, indicator="score") for day, value in values.items()]
    return by_label(judge(terms, events, as_of=as_of))


def by_label(answer: Assessment) -> dict[str, Verdict]:
    for verdict in answer.verdicts:
        recomputed(verdict.explanation)
    return {item.period.label: item for item in answer.verdicts if item.clause == "score"}


def target(verdict: Verdict) -> str:
    assert verdict.limit is not None
    return limit_text(verdict.limit)


def targets(verdicts: dict[str, Verdict], *labels: str) -> list[str]:
    return [target(verdicts[label]) for label in labels]


def sentences(verdict: Verdict) -> list[str]:
    return [step_text(step, "UTC") for step in verdict.explanation.steps if isinstance(step, TargetMoved)]


def year(number: int, value: str) -> dict[str, str]:
    return {f"{number}-{month:02}-10": value for month in range(1, 13)}


def test_a_target_rises_on_every_anniversary_up_to_its_ceiling() -> None:
    terms = moving(f"{EVERY_YEAR}, rises_by: 0.01 percentage points, never_beyond: 99.925 %")
    months = ("2026-12", "2027-01", "2027-12", "2028-01", "2029-01", "2034-12")
    expected = [f"at least {value} %" for value in ("99.9", "99.91", "99.91", "99.92", "99.925", "99.925")]
    assert targets(judged(terms, {}), *months) == expected


def test_a_level_exactly_at_the_moved_target_keeps_it_and_one_below_does_not() -> None:
    terms = moving(f"{EVERY_YEAR}, rises_by: 0.01 percentage points, never_beyond: 99.99 %")
    found = judged(terms, {"2026-12-10": "99.9", "2027-01-10": "99.9", "2027-02-10": "99.91", "2027-03-10": "99.9099"})
    outcomes = [found[f"{label}"].outcome for label in ("2026-12", "2027-01", "2027-02", "2027-03")]
    assert outcomes == [Outcome.MET, Outcome.MISSED, Outcome.MET, Outcome.MISSED]


def test_every_move_is_explained_with_what_it_started_from_and_the_bound_that_held() -> None:
    terms = moving(f"{EVERY_YEAR}, rises_by: 0.01 percentage points, never_beyond: 99.915 %")
    assert sentences(judged(terms, {})["2028-06"]) == [
        "from 2027-01-01 the promise at least 99.9 % rises by 0.01 percentage points: at least 99.91 %",
        (
            "from 2028-01-01 the promise at least 99.91 % rises by 0.01 percentage points, never beyond 99.915 %: "
            "at least 99.915 %"
        ),
    ]


def test_a_period_that_an_anniversary_falls_into_keeps_the_target_of_the_day_it_started() -> None:
    moves = "first: 2027-01-16, every: 12 months, rises_by: 0.01 percentage points, never_beyond: 99.99 %"
    assert targets(judged(moving(moves), {}), "2027-01", "2027-02") == ["at least 99.9 %", "at least 99.91 %"]
    daily = judged(moving(moves, per="day"), {}, as_of="2027-02-01")
    assert targets(daily, "2027-01-15", "2027-01-16") == ["at least 99.9 %", "at least 99.91 %"]


def test_a_guarantee_may_fall_every_year_down_to_its_floor() -> None:
    moves = f"{EVERY_YEAR}, falls_by: 0.5 percentage points, never_beyond: 96.2 %"
    found = judged(moving(moves, "at_least: 97 %"), {"2027-02-10": "96.5", "2026-12-10": "96.5"})
    assert targets(found, "2027-01", "2028-01", "2029-01") == ["at least 96.5 %", "at least 96.2 %", "at least 96.2 %"]
    assert (found["2027-02"].outcome, found["2026-12"].outcome) == (Outcome.MET, Outcome.MISSED)


def test_a_part_of_the_target_is_taken_of_the_target_as_it_was_rounded_before() -> None:
    moves = f"{EVERY_YEAR}, falls_by: 5 % of target, round: 1 place half_up"
    found = judged(moving(moves, "at_most: 21", accepts="0 to 100"), {})
    # 21 - 1.05 = 19.95, so 20.0; then 20 - 1 = 19; then 19 - 0.95 = 18.05, so 18.1.
    assert targets(found, "2027-01", "2028-01", "2029-01") == ["at most 20", "at most 19", "at most 18.1"]
    assert sentences(found["2027-01"]) == [
        "from 2027-01-01 the promise at most 21 falls by 5 % of it, 1.05, rounded to 1 place half up: at most 20"
    ]


def test_a_part_of_what_is_left_up_to_100_percent_is_never_used_up() -> None:
    moves = f"{EVERY_YEAR}, rises_by: 10 % of rest, round: exact"
    assert targets(judged(moving(moves), {}), "2027-01", "2028-01") == ["at least 99.91 %", "at least 99.919 %"]


def test_a_target_may_move_more_often_than_once_a_year() -> None:
    moves = "first: 2026-03-01, every: 1 quarters, rises_by: 0.01 percentage points, never_beyond: 99.99 %"
    months = ("2026-02", "2026-03", "2026-05", "2026-06")
    assert targets(judged(moving(moves), {}), *months) == [
        f"at least {value} %" for value in ("99.9", "99.91", "99.91", "99.92")
    ]


def test_the_day_is_that_of_the_agreements_own_clock() -> None:
    moves = f"{EVERY_YEAR}, rises_by: 0.01 percentage points, never_beyond: 99.99 %"
    daily = judged(moving(moves, per="day", zone="Pacific/Auckland"), {}, as_of="2027-01-03")
    assert targets(daily, "2026-12-31", "2027-01-01") == ["at least 99.9 %", "at least 99.91 %"]


def test_each_priority_and_each_season_moves_by_itself() -> None:
    moves = f"{EVERY_YEAR}, rises_by: 1 percentage points, never_beyond: 98 %"
    found = judged(moving(moves, "at_least: {november-march: 97 %, april-october: 94 %}"), {})
    assert targets(found, "2027-01", "2027-05", "2028-11", "2028-10") == [
        "at least 98 %",
        "at least 95 %",
        "at least 98 %",
        "at least 96 %",
    ]


REPAIR = (
    "repair: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved,"
    " reopened: gap_counts, calendar: always, pauses: [], counted_in: period_of_end, while_open: runs, by: at_end}"
)


def repaired() -> Terms:
    moves = f"moves: {{{EVERY_YEAR}, falls_by: 5 % of target, never_beyond: 3 hours, round: exact}}"
    clause = (
        f"slow: {{source: art. 5, promise: {{indicator: repair, at_most: {{high: 4 hours, low: 8 hours}}, {moves}}}, "
        "credit: {each: incident, amount: 50.00 EUR}, "
        "escalation: [{at: promise, notify: manager, by: [email]}]}"
    )
    return written(REPAIR, clause)


def test_the_time_for_one_incident_is_that_of_the_day_on_which_its_clock_starts() -> None:
    limit = at("2027-01-01 00:00") + 228 * 60_000_000
    events = [
        fact("OLD", "opened", "2026-12-31 23:00", "high"),
        fact("OLD", "resolved", "2027-01-01 03:00"),
        fact("NEW", "opened", "2027-01-01 00:00", "high"),
        fact("NEW", "resolved", limit),
        fact("LATE", "opened", "2027-01-01 00:00", "high"),
        fact("LATE", "resolved", limit + MICROSECOND),
    ]
    answer = judge(repaired(), events, as_of="2027-03-01")
    told = {item.subject: (target(item), item.outcome) for item in answer.verdicts}
    assert told == {
        "OLD": ("at most 4 h", Outcome.MET),
        "NEW": ("at most 3 h 48 min", Outcome.MET),
        "LATE": ("at most 3 h 48 min", Outcome.MISSED),
    }


def test_a_ladder_goes_by_the_moved_time_too() -> None:
    events = [fact("NEW", "opened", "2027-01-01 00:00", "high")]
    steps = judge(repaired(), events, as_of="2027-01-02").escalations
    assert [step.due_at for step in steps] == [at("2027-01-01 03:48")]


def test_a_target_becomes_what_was_reached_the_year_before() -> None:
    found = judged(improving(), {**year(2026, "99.8"), "2026-12-10": "99.2", "2027-01-10": "99.74"})
    assert targets(found, "2026-12", "2027-01", "2027-12") == ["at least 99.6 %", *["at least 99.75 %"] * 2]
    assert found["2027-01"].outcome is Outcome.MISSED
    steps = found["2027-01"].explanation.steps
    combined = next(step for step in steps if isinstance(step, LevelsCombined))
    assert [part.name for part in combined.parts] == [f"2026-{month:02}" for month in range(1, 13)]
    assert sentences(found["2027-01"]) == [
        "from 2027-01-01 the promise at least 99.6 % becomes last-year of 2026-12, 99.75 %: at least 99.75 %"
    ]


def test_a_level_that_would_ease_the_promise_leaves_it_or_is_followed_as_the_file_says() -> None:
    worse = year(2026, "99.5")
    stays = judged(improving(), worse)
    assert targets(stays, "2027-01") == ["at least 99.6 %"]
    assert sentences(stays["2027-01"]) == [
        (
            "from 2027-01-01 the promise at least 99.6 % stays, as last-year of 2026-12, 99.5 % is less strict: "
            "at least 99.6 %"
        )
    ]
    follows = judged(improving(BECOMES.replace("looser: stays", "looser: follows")), worse)
    assert targets(follows, "2027-01") == ["at least 99.5 %"]


def test_one_move_is_no_longer_than_the_paper_allows() -> None:
    bounded = improving(f"{BECOMES}, by_at_most: 10 % of rest, never_beyond: 99.65 %")
    found = judged(bounded, {**year(2026, "99.9"), **year(2027, "99.9")})
    assert targets(found, "2027-01", "2028-01") == ["at least 99.64 %", "at least 99.65 %"]
    just = judged(bounded, year(2026, "99.64"))
    assert sentences(just["2027-01"]) == [
        "from 2027-01-01 the promise at least 99.6 % becomes last-year of 2026-12, 99.64 %: at least 99.64 %"
    ]


def test_a_lower_target_that_is_stricter_becomes_the_lower_level() -> None:
    last_year = "\n" + LAST_YEAR.format(fewer="counts", missing="left_out", more="")
    terms = moving(f"{BECOMES}, never_beyond: 3", "at_most: 9", accepts="0 to 100", last_year=last_year)
    events = [reading(f"{day} 12:00", "2", unit="", indicator="score") for day in year(2026, "2")]
    assert targets(by_label(judge(terms, events, as_of="2028-01-01")), "2026-12", "2027-01") == [
        "at most 9",
        "at most 3",
    ]


def test_a_fact_that_comes_to_light_later_moves_the_target_of_the_year_after() -> None:
    before = {**year(2026, "99.8"), "2027-01-10": "99.75"}
    assert judged(improving(), before)["2027-01"].outcome is Outcome.MISSED
    later = {**before, "2026-06-11": "99.2"}
    assert target(judged(improving(), later)["2027-01"]) == "at least 99.75 %"
    assert judged(improving(), later)["2027-01"].outcome is Outcome.MET


def test_months_without_a_level_are_left_out_or_leave_the_target_as_the_file_says() -> None:
    gap = {day: value for day, value in year(2026, "99.8").items() if day != "2026-06-10"}
    assert targets(judged(improving(), gap), "2027-01") == ["at least 99.8 %"]
    # The mean itself is undetermined then, and so is what was promised.
    strict = judged(improving(missing="undetermined"), {**gap, "2027-01-10": "99.9"})["2027-01"]
    assert strict.outcome is Outcome.UNDETERMINED
    doubt = next(step for step in strict.explanation.steps if isinstance(step, Undetermined))
    assert doubt.reason == "nobody knows what the target becomes on 2027-01-01: these levels are missing"
    assert doubt.named == ("2026-12", "2026-06")


def test_fewer_months_than_a_year_has_count_or_leave_the_target_where_it_is() -> None:
    half = {day: "99.8" for day in year(2026, "") if day >= "2026-07"}
    late = {"effective": "2026-07-01", "signed": "{provider: 2026-06-12, customer: 2026-06-15}"}
    assert targets(judged(improving(**late), half), "2027-01") == ["at least 99.8 %"]
    few = judged(improving(fewer="no_data", **late), half)["2027-01"]
    assert target(few) == "at least 99.6 %"
    assert sentences(few) == [
        "from 2027-01-01 the promise at least 99.6 % stays, as last-year has no level before that day: at least 99.6 %"
    ]
    moves = BECOMES.replace("no_level: stays", "no_level: undetermined")
    unknown = judged(improving(moves, fewer="no_data", **late), half)["2027-01"]
    assert unknown.outcome is Outcome.UNDETERMINED


def test_before_there_was_any_period_the_target_stays_or_nobody_knows_it() -> None:
    moves = BECOMES.replace("first: 2027-01-01", "first: 2026-01-01")
    assert targets(judged(improving(moves), {}), "2026-01") == ["at least 99.6 %"]
    unknown = judged(improving(moves.replace("no_level: stays", "no_level: undetermined")), {"2026-01-10": "99.9"})
    assert unknown["2026-01"].outcome is Outcome.UNDETERMINED


SUBJECTS = "subjects:\n  north: {kind: site}\n  south: {kind: site}"


def test_each_subject_has_the_target_that_it_reached_itself() -> None:
    events = [
        reading(f"{day} 12:00", value, indicator="score", site=site)
        for site, value in (("north", "99.8"), ("south", "99.7"))
        for day in year(2026, value)
    ]
    answer = judge(improving(each=", for_each: site", more=SUBJECTS), events, as_of="2027-02-01")
    told = {item.whose: target(item) for item in answer.verdicts if item.period.label == "2027-01"}
    assert told == {"north": "at least 99.8 %", "south": "at least 99.7 %"}


def test_an_amendment_that_restates_the_clause_changes_no_target_and_one_that_states_another_does() -> None:
    signed = {"effective": "2028-01-01", "signed": "{provider: 2027-12-12, customer: 2027-12-15}"}
    told = {**year(2026, "99.8"), **year(2027, "99.9")}
    once = judged(improving(), told)
    same = judged([improving(), improving(**signed)], told)
    assert (
        targets(same, "2027-06", "2028-06")
        == targets(once, "2027-06", "2028-06")
        == [
            "at least 99.8 %",
            "at least 99.9 %",
        ]
    )
    moves = "first: 2029-01-01, every: 12 months, rises_by: 0.1 percentage points, never_beyond: 99.9 %"
    other = judged([improving(), moving(moves, "at_least: 99.5 %", **signed)], told)
    assert targets(other, "2027-06", "2028-06", "2029-06") == ["at least 99.8 %", "at least 99.5 %", "at least 99.6 %"]


def test_a_yearly_level_is_known_through_an_amendment_in_the_middle_of_its_year() -> None:
    yearly = "\n" + SCORE.format(accepts="0 % to 100 %", per="year", more="").replace("score:", "benchmark:")
    moves = "first: 2028-01-01, every: 12 months, becomes: benchmark, looser: follows, no_level: stays, round: exact"
    signed = {"effective": "2027-07-01", "signed": "{provider: 2027-06-12, customer: 2027-06-15}"}
    texts = [moving(moves, last_year=yearly), moving(moves, last_year=yearly, **signed)]
    events = [reading("2027-03-01 12:00", "98.5", indicator="benchmark")]
    assert targets(by_label(judge(texts, events, as_of="2028-02-01")), "2027-12", "2028-01") == [
        "at least 99.9 %",
        "at least 98.5 %",
    ]


@pytest.mark.parametrize("day", ["2027-01-29", "2028-02-29"])
def test_a_target_moves_on_a_day_that_every_such_month_has(day: str) -> None:
    every = "1 months" if day == "2027-01-29" else "4 years"
    with pytest.raises(AssertionError, match="malformed-date"):
        moving(f"first: {day}, every: {every}, rises_by: 0.01 percentage points, never_beyond: 99.99 %")
