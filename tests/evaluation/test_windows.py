"""Conditions over windows: missed periods, occurrences in days, total time in days; how often they fire."""

import pytest
from malus.model.explanation import Margin, Window
from malus.model.instants import DAY, HOUR, MINUTE, civil_text, utc_text

from tests.evaluation.written import (
    PROMISE,
    UPTIME,
    UPTIME_CREDIT,
    ZONE,
    amounts,
    at,
    down_for,
    down_minutes,
    excused,
    judge,
    notice,
    only_right,
    opening,
    outage,
    written,
)

RIGHT = "right: {kind: termination, of: customer}"


def bad(*months):
    return [down_minutes(60, f"{month}-03 10:00") for month in months]


def chronic(
    condition="{missed: uptime, at_least: 3 months, within: any 6 months}",
    fires="once_while_true",
    clauses=UPTIME_CREDIT,
    **more,
):
    return written(
        more.pop("indicators", UPTIME),
        f"{clauses}\nchronic: {{source: art. 8.3, when: {condition}, fires: {fires}, {RIGHT}}}",
        **more,
    )


def arisen(answer):
    return [civil_text(right.arisen_at, ZONE)[:10] for right in answer.rights]


def test_three_missed_months_of_any_six_give_the_right_at_the_end_of_the_third():
    answer = judge(chronic(), bad("2026-02", "2026-04", "2026-07"))
    assert arisen(answer) == ["2026-08-01"]
    assert only_right(answer).key.occasion == utc_text(at("2026-02-01"))


def test_three_missed_months_of_seven_are_not_enough_and_the_nearest_miss_is_told():
    answer = judge(chronic(), bad("2026-02", "2026-04", "2026-08"), as_of="2026-09-10")
    assert answer.rights == ()
    [near] = answer.nearly
    [window] = [step for step in near.explanation.steps if isinstance(step, Window)]
    assert (near.clause, window.reached, window.needed.value, window.fired) == ("chronic", 2, 3, False)
    assert [fact.label for fact in window.facts if fact.counts] == ["2026-04", "2026-08"]


def test_the_running_month_is_not_a_fact_of_a_window_yet():
    assert judge(chronic(), bad("2026-02", "2026-04", "2026-07"), as_of=at("2026-08-01") - 1).rights == ()
    assert len(judge(chronic(), bad("2026-02", "2026-04", "2026-07"), as_of="2026-08-01").rights) == 1


@pytest.mark.parametrize(
    ("begins_again", "rights"),
    [("2026-03-02", ["2026-05-01"]), ("2026-04-17", ["2026-05-01"]), ("2026-05-01", [])],
)
def test_days_without_terms_are_no_period_of_their_own_and_a_whole_month_of_them_was_not_missed(begins_again, rights):
    in_a_row = "{missed: uptime, at_least: 3 months, within: any 3 months}"
    clause = f"uptime-credit: {{source: art. 4.2, {PROMISE}}}"
    first = chronic(
        in_a_row, clauses=clause, more="ends: 2026-02-28" if begins_again == "2026-03-02" else "ends: 2026-03-30"
    )
    second = chronic(in_a_row, clauses=clause, effective=begins_again)
    missed = {
        "2026-03-02": ("2026-02", "2026-03", "2026-04"),
        "2026-04-17": ("2026-02", "2026-03"),
        "2026-05-01": ("2026-02", "2026-03", "2026-05"),
    }[begins_again]
    events = [*bad(*missed), down_minutes(60, "2026-04-20 10:00")]
    assert arisen(judge([first, second], events)) == rights


@pytest.mark.parametrize(("begins_again", "rights"), [("2026-04-01", 2), ("2026-03-17", 1)])
def test_a_condition_becomes_untrue_in_a_whole_month_without_terms(begins_again, rights):
    once = "{missed: uptime, at_least: 1 month, within: any 1 month}"
    clause = f"uptime-credit: {{source: art. 4.2, {PROMISE}}}"
    texts = [
        chronic(once, clauses=clause, more="ends: 2026-02-28"),
        chronic(once, clauses=clause, effective=begins_again),
    ]
    events = [*bad("2026-02", "2026-04"), down_minutes(60, "2026-03-20 10:00")]
    assert len(judge(texts, events).rights) == rights


@pytest.mark.parametrize(("ends", "begins_again", "paid"), [("27", "03-17", "100"), ("28", "04-01", "50")])
def test_the_month_just_before_is_that_before_days_without_terms_and_never_that_before_a_whole_month_of_them(
    ends, begins_again, paid
):
    sum_of = "credit: {each: period, amount: 50.00 EUR, again: {missed_in: previous_period, times: 2}}"
    clause = f"uptime-credit: {{source: art. 4.2, {PROMISE}, {sum_of}}}"
    texts = [
        written(UPTIME, clause, f"ends: 2026-02-{ends}"),
        written(UPTIME, clause, effective=f"2026-{begins_again}"),
    ]
    events = [*bad("2026-02"), down_minutes(60, f"2026-{begins_again} 10:00")]
    answer = judge(texts, events)
    assert [str(credit.amount.amount) for credit in answer.credits] == ["50", paid]


FIVE = ("2026-02", "2026-03", "2026-04", "2026-05", "2026-10")


@pytest.mark.parametrize(
    ("fires", "months"),
    [
        ("once_while_true", ["2026-05-01"]),
        ("on_each_new_fact", ["2026-05-01", "2026-06-01"]),
        ("facts_used_once", ["2026-05-01"]),
    ],
)
def test_a_window_of_missed_months_fires_as_often_as_the_terms_say(fires, months):
    assert arisen(judge(chronic(fires=fires), bad(*FIVE))) == months


def test_facts_that_were_used_make_no_second_right_and_six_misses_make_two():
    six = bad("2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07")
    assert arisen(judge(chronic(fires="facts_used_once"), six)) == ["2026-05-01", "2026-08-01"]


def test_a_condition_that_became_false_may_fire_once_more():
    months = bad("2026-01", "2026-02", "2026-03", "2026-09", "2026-10", "2026-11")
    assert arisen(judge(chronic(), months)) == ["2026-04-01", "2026-12-01"]


def test_rights_on_each_new_fact_are_told_apart_by_the_new_fact():
    answer = judge(chronic(fires="on_each_new_fact"), bad("2026-02", "2026-03", "2026-04", "2026-05"))
    assert len({right.key for right in answer.rights}) == len(answer.rights) == 2


def test_an_undetermined_month_is_not_a_missed_one():
    story = [
        outage("2026-03-03 10:00", "2026-03-03 11:00", outage_id="o", id="1"),
        outage(None, "2026-03-03 12:00", outage_id="o", id="2"),
    ]
    assert judge(chronic(), [*bad("2026-02", "2026-04"), *story]).rights == ()


def test_a_window_may_name_a_clause_instead_of_its_indicator():
    condition = "{missed: uptime-credit, at_least: 2 months, within: any 2 months}"
    assert arisen(judge(chronic(condition), bad("2026-02", "2026-03"))) == ["2026-04-01"]


def test_misses_brought_in_count_and_the_right_arises_with_a_month_judged_here():
    brought = [
        opening("2025-11-01", "2025-12-01", missed="uptime"),
        opening("2025-12-01", "2026-01-01", missed="uptime-credit"),
    ]
    answer = judge(chronic(), [*brought, *bad("2026-01")])
    assert arisen(answer) == ["2026-02-01"]
    assert only_right(answer).key.occasion == utc_text(at("2025-11-01"))


def test_misses_alone_that_were_brought_in_give_no_right():
    brought = [opening(f"2025-{n}-01", f"2025-{n + 1}-01", missed="uptime") for n in (9, 10, 11) if n > 9]
    assert judge(chronic(), [*brought, opening("2025-12-01", "2026-01-01", missed="other")]).rights == ()


def test_a_window_counts_through_an_amendment_and_a_new_name():
    first = chronic()
    second = chronic(
        "{missed: reachable, at_least: 3 months, within: any 6 months}",
        indicators=UPTIME.replace("uptime: {", "reachable: {formerly: uptime, "),
        clauses=UPTIME_CREDIT.replace("uptime-credit: {", "new-credit: {formerly: uptime-credit, ").replace(
            "indicator: uptime", "indicator: reachable"
        ),
        effective="2026-04-01",
    )
    answer = judge([first, second], bad("2026-02", "2026-03", "2026-05"))
    assert arisen(answer) == ["2026-06-01"]
    assert only_right(answer).explanation.terms_effective == "2026-04-01"


def test_a_miss_that_was_brought_in_under_a_name_of_long_ago_counts_under_the_newest_one():
    texts = [chronic()]
    for before, name, effective in (("uptime", "reachable", "2026-02-01"), ("reachable", "up", "2026-03-01")):
        renamed = UPTIME.replace("uptime: {", f"{name}: {{formerly: {before}, ")
        clause = UPTIME_CREDIT.replace("indicator: uptime", f"indicator: {name}").replace("uptime-credit: {", "c: {")
        if before == "uptime":
            clause = clause.replace("c: {", "c: {formerly: uptime-credit, ")
        condition = f"{{missed: {name}, at_least: 3 months, within: any 6 months}}"
        texts.append(chronic(condition, indicators=renamed, clauses=clause, effective=effective))
    brought = opening("2025-12-01", "2026-01-01", missed="uptime")
    assert arisen(judge(texts, [brought, *bad("2026-03", "2026-04")])) == ["2026-05-01"]


def test_a_condition_that_held_under_the_old_terms_does_not_fire_again_under_the_new():
    answer = judge([chronic(), chronic(effective="2026-05-01")], bad("2026-02", "2026-03", "2026-04", "2026-05"))
    assert arisen(answer) == ["2026-05-01"]


def test_a_window_is_judged_by_the_terms_at_the_start_of_its_last_period():
    stricter = chronic("{missed: uptime, at_least: 2 months, within: any 6 months}", effective="2026-04-01")
    assert arisen(judge([chronic(), stricter], bad("2026-02", "2026-03"))) == ["2026-05-01"]


OFTEN = UPTIME + (
    "\nlong: {measure: occurrences, of: shop, from: outages, each: at least 30 minutes, per: month, "
    "counted_in: period_of_start}"
)


def often(
    count="at_least: 3 outages", edge="outside", day="24_hours", placed="start", fires="once_while_true", days=30
):
    at_the_edge = "" if day == "calendar_day" else f", at_the_edge: {edge}"
    condition = f"{{occurrences: long, {count}, within: any {days} days, day: {day}, placed_at: {placed}{at_the_edge}}}"
    return chronic(condition, fires, indicators=OFTEN)


def half_hours(*starts):
    return [down_minutes(30, start) for start in starts]


def test_a_third_long_outage_within_thirty_days_gives_the_right_once_its_length_is_known():
    answer = judge(often(), half_hours("2026-06-03 10:00", "2026-06-10 10:00", "2026-06-20 10:00"))
    assert only_right(answer).arisen_at == at("2026-06-20 10:30")
    assert only_right(answer).key.occasion == utc_text(at("2026-06-03 10:00"))


@pytest.mark.parametrize(("edge", "fired"), [("inside", True), ("outside", False)])
def test_an_outage_exactly_thirty_days_ago_counts_or_not_as_the_terms_say(edge, fired):
    events = half_hours("2026-06-01 10:00", "2026-06-10 10:00", "2026-07-01 10:00")
    assert bool(judge(often(edge=edge), events).rights) is fired


@pytest.mark.parametrize("edge", ["inside", "outside"])
def test_beside_the_edge_both_readings_agree(edge):
    later = [*half_hours("2026-06-10 10:00", "2026-07-01 10:00")]
    inside = down_minutes(30, "2026-06-01 10:00")
    inside = outage(inside.start + 1, inside.end + 1)
    assert judge(often(edge=edge), [inside, *later]).rights != ()
    outside = outage(at("2026-06-01 10:00") - 1, at("2026-06-01 10:30"))
    assert judge(often(edge=edge), [outside, *later]).rights == ()


def test_calendar_days_reach_back_to_the_start_of_the_first_day():
    events = half_hours("2026-06-02 00:00", "2026-06-10 10:00", "2026-07-01 23:00")
    assert judge(often(day="calendar_day"), events).rights != ()
    events = half_hours("2026-06-01 23:20", "2026-06-10 10:00", "2026-07-01 23:00")
    assert judge(often(day="calendar_day"), events).rights == ()


def test_outages_may_be_placed_at_their_end():
    events = half_hours("2026-06-03 10:00", "2026-06-10 10:00", "2026-06-20 10:00")
    assert only_right(judge(often(placed="end"), events)).arisen_at == at("2026-06-20 10:30")
    still_open = [*events[:2], outage("2026-06-20 10:00")]
    assert judge(often(placed="end"), still_open, as_of="2026-06-20 18:00").rights == ()
    assert judge(often(), still_open, as_of="2026-06-20 18:00").rights != ()


@pytest.mark.parametrize(("count", "needed"), [("at_least: 3 outages", 3), ("above: 3 outages", 4)])
def test_above_needs_one_more_than_at_least(count, needed):
    days = ["2026-06-03 10:00", "2026-06-04 10:00", "2026-06-05 10:00", "2026-06-06 10:00"]
    assert judge(often(count), half_hours(*days[: needed - 1])).rights == ()
    assert len(judge(often(count), half_hours(*days[:needed])).rights) == 1


@pytest.mark.parametrize(("fires", "rights"), [("once_while_true", 1), ("on_each_new_fact", 4), ("facts_used_once", 2)])
def test_a_window_of_occurrences_fires_as_often_as_the_terms_say(fires, rights):
    events = half_hours(*(f"2026-06-{day:02} 10:00" for day in range(3, 9)))
    answer = judge(often(fires=fires), events)
    assert len(answer.rights) == rights
    assert len({right.key for right in answer.rights}) == rights


def test_a_window_of_occurrences_fires_again_once_it_held_fewer():
    events = half_hours(*(f"2026-0{month}-{day:02} 10:00" for month in (6, 9) for day in (3, 4, 5)))
    assert len(judge(often(), events).rights) == 2


def test_a_contradictory_outage_is_no_fact_of_a_window():
    story = [
        outage("2026-06-20 10:00", "2026-06-20 11:00", outage_id="o", id="1"),
        outage(None, "2026-06-20 12:00", outage_id="o", id="2"),
    ]
    assert judge(often(), [*half_hours("2026-06-03 10:00", "2026-06-10 10:00"), *story]).rights == ()


def test_how_near_a_window_of_occurrences_is_names_its_outages():
    answer = judge(often(), half_hours("2026-06-03 10:00", "2026-06-10 10:00"))
    [window] = [step for near in answer.nearly for step in near.explanation.steps]
    assert (window.what, window.reached, len(window.facts)) == ("outages in 30 days", 2, 2)


def total(limit="at_least: 24 hours", fires="once_while_true", days=30, indicators=UPTIME, **more):
    return chronic(f"{{total: uptime, {limit}, within: any {days} days}}", fires, indicators=indicators, **more)


def test_the_total_time_down_gives_the_right_at_the_microsecond_it_comes_to_the_limit():
    events = [down_for(20 * HOUR), outage("2026-06-10 00:00", "2026-06-11 00:00")]
    answer = judge(total(), events)
    assert only_right(answer).arisen_at == at("2026-06-10 04:00")
    assert only_right(answer).key.occasion == utc_text(at("2026-06-03 10:00"))
    assert only_right(judge(total("above: 24 hours"), events)).arisen_at == at("2026-06-10 04:00") + 1


@pytest.mark.parametrize(("length", "fired"), [(24 * HOUR, True), (24 * HOUR - 1, False)])
def test_one_microsecond_less_than_the_total_is_not_enough(length, fired):
    assert bool(judge(total(), [down_for(length)]).rights) is fired


def test_time_that_has_left_the_window_no_longer_counts():
    first = down_for(20 * HOUR, "2026-06-01 00:00")
    assert judge(total(), [first, down_for(5 * HOUR, "2026-07-01 20:00")]).rights == ()
    assert judge(total(), [first, down_for(5 * HOUR, "2026-06-30 20:00")]).rights != ()


def test_a_total_fires_again_once_the_window_held_less():
    events = [down_for(24 * HOUR, "2026-02-03 00:00"), down_for(24 * HOUR, "2026-06-03 00:00")]
    assert len(judge(total(), events).rights) == 2
    near = [down_for(24 * HOUR, "2026-06-03 00:00"), down_for(24 * HOUR, "2026-06-05 00:00")]
    assert len(judge(total(), near).rights) == 1
    assert len(judge(total(fires="facts_used_once"), near).rights) == 2


def test_excused_time_is_not_in_the_total():
    indicators = UPTIME.replace("per: month", "per: month, excluding: [maintenance], excluded_time: counts_as_up")
    terms = total(indicators=indicators, exclusions="maintenance: {cause: maintenance, source: a}")
    events = [down_for(24 * HOUR), excused("2026-06-03 12:00", at_text("2026-06-03 12:00", 1))]
    assert judge(terms, events[:1]).rights != ()
    assert judge(terms, events).rights == ()


def at_text(start, minutes):
    return at(start) + minutes * MINUTE


def test_a_contradictory_outage_adds_nothing_to_a_total():
    story = [
        outage("2026-06-03 10:00", "2026-06-03 11:00", outage_id="o", id="1"),
        outage(None, "2026-06-20 12:00", outage_id="o", id="2"),
    ]
    assert judge(total(), story).rights == ()


def test_a_total_that_is_reached_by_an_open_outage_counts_to_the_moment_of_asking():
    events = [outage("2026-06-03 00:00")]
    assert judge(total(), events, as_of=at("2026-06-04") - 1).rights == ()
    assert only_right(judge(total(), events, as_of="2026-06-04")).arisen_at == at("2026-06-04")


def test_totals_belong_to_the_terms_in_force_when_they_are_reached():
    paid = UPTIME_CREDIT.replace("period: judged", "period: judged, part_period: pro_rata")
    looser = total("at_least: 100 hours", effective="2026-06-04", clauses=paid)
    events = [outage("2026-06-03 12:00", "2026-06-04 14:00")]
    assert judge([total(), looser], events).rights == ()
    assert judge([total(), looser], [outage("2026-06-02 12:00", "2026-06-03 14:00")]).rights != ()


def test_how_near_a_total_is_is_told_in_time():
    answer = judge(total(), [down_for(3 * HOUR)], as_of=at("2026-06-03 10:00") + DAY)
    [near] = answer.nearly
    assert near.explanation.steps[0].reached == 3 * HOUR


def test_a_window_may_pay_a_fixed_sum():
    terms = written(
        clauses=UPTIME_CREDIT
        + (
            "\nagain: {source: b, when: {missed: uptime, at_least: 2 months, within: any 3 months}, "
            "fires: once_while_true, "
            "credit: {each: period, amount: 77.00 EUR}}"
        )
    )
    assert amounts(judge(terms, bad("2026-02", "2026-03"))) == ["1200", "1200", "77"]


SETTLED = (
    "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: d}]\n"
    "settlement: {as: next_invoice, rest: paid_out, grace: {within: 5 days, after: claims, until: end_of_day}}"
)
LONG_DOWN = "{total: uptime, at_least: 24 hours, within: any 30 days}"


def test_a_right_from_time_down_is_not_final_before_the_facts_of_its_month_are():
    exercised = notice("chronic", "exercises", "2026-06-05")
    events = [down_for(24 * HOUR), exercised]
    plain = only_right(judge(chronic(LONG_DOWN), events, as_of="2026-06-20"))
    assert plain.final_from == at("2026-07-01")
    # July has 31 days: claims for June close with 30 July, and the grace with 4 August.
    graced = chronic(LONG_DOWN, more=SETTLED)
    answer = judge(graced, events, as_of=at("2026-08-05") - 1)
    [june] = [item for item in answer.verdicts if item.period.label == "2026-06"]
    assert (only_right(answer).final_from, june.final_from) == (at("2026-08-05"), at("2026-08-05"))
    assert only_right(answer).finality.value == "provisional"
    assert only_right(judge(graced, events, as_of="2026-08-05")).finality.value == "final"


def near_window(answer):
    [near] = answer.nearly
    [window] = [step for step in near.explanation.steps if isinstance(step, Window)]
    return window


def test_facts_that_a_window_used_up_are_marked_and_not_reached_again():
    terms = chronic(fires="facts_used_once")
    answer = judge(terms, bad("2026-02", "2026-03", "2026-04", "2026-06"), as_of="2026-07-01")
    window = near_window(answer)
    assert (len(answer.rights), window.reached) == (1, 1)
    marked = [(fact.label, fact.used) for fact in window.facts if fact.counts]
    assert marked == [("2026-02", True), ("2026-03", True), ("2026-04", True), ("2026-06", False)]


def test_the_window_that_fires_shows_its_own_facts_as_counting():
    answer = judge(chronic(fires="facts_used_once"), bad("2026-02", "2026-03", "2026-04"), as_of="2026-05-01")
    [window] = [step for step in only_right(answer).explanation.steps if isinstance(step, Window)]
    assert (window.reached, any(fact.used for fact in window.facts)) == (3, False)


@pytest.mark.parametrize(("fires", "used", "reached"), [("facts_used_once", 2, 1), ("on_each_new_fact", 0, 3)])
def test_only_facts_that_are_used_once_are_marked_as_used(fires, used, reached):
    terms = chronic(
        "{occurrences: outs, at_least: 2 outages, within: any 30 days, day: 24_hours, placed_at: start, "
        "at_the_edge: inside}",
        fires,
        indicators=f"{UPTIME}\nouts: {{measure: occurrences, of: shop, from: outages, per: month, "
        "counted_in: period_of_start}",
    )
    days = ("2026-06-03 10:00", "2026-06-04 10:00", "2026-06-05 10:00")
    answer = judge(terms, [down_minutes(5, day) for day in days], as_of="2026-06-10")
    windows = [step for right in answer.rights for step in right.explanation.steps if isinstance(step, Window)]
    last = near_window(answer) if answer.nearly else windows[-1]
    assert (sum(fact.used for fact in last.facts), last.reached) == (used, reached)


def test_time_down_that_a_window_used_up_is_not_near_the_next_one():
    terms = chronic(LONG_DOWN, "facts_used_once")
    answer = judge(terms, [down_for(25 * HOUR)], as_of="2026-06-10")
    assert (len(answer.rights), near_window(answer).reached) == (1, HOUR)


def test_a_month_in_a_window_says_what_would_have_put_it_on_the_other_side_of_its_promise():
    # Rows in between would change the credit sooner than the promise is met.
    table = (
        "uptime-credit: {source: a, promise: {indicator: uptime, at_least: 99.9 %}, credit: "
        "{of: {charge: hosting, period: judged}, overlap: highest_credit, "
        "bands: [{below: 99.9 %, rate: 5 %}, {below: 99.8 %, rate: 10 %}]}}"
    )
    answer = judge(chronic(clauses=table), [*bad("2026-06"), down_minutes(3, "2026-05-03 10:00")], as_of="2026-07-01")
    by_label = {fact.label: fact for fact in near_window(answer).facts}
    missed, met = by_label["2026-06"].margin, by_label["2026-05"].margin
    # 99.9 % of June leaves 43 min 12 s down, of May 44 min 38.4 s.
    assert (missed.direction, missed.towards, missed.microseconds) == ("less", "met", 60 * MINUTE - 2_592_000_000)
    assert (met.direction, met.towards, met.microseconds) == ("more", "missed", 2_678_400_000 - 3 * MINUTE + 1)
    [june] = [item for item in answer.verdicts if item.period.label == "2026-06"]
    [may] = [item for item in answer.verdicts if item.period.label == "2026-05"]
    towards = [[s.towards for s in item.explanation.steps if isinstance(s, Margin)] for item in (june, may)]
    # In May both are the same change, so it is told once.
    assert towards == [["row 2", "met"], ["row 1"]]


def test_a_condition_that_comes_true_again_is_called_by_the_first_miss_that_is_still_in_its_window():
    terms = chronic("{missed: uptime, at_least: 2 months, within: any 3 months}")
    answer = judge(terms, bad("2026-01", "2026-03", "2026-05"), as_of="2026-07-10")
    assert arisen(answer) == ["2026-04-01", "2026-06-01"]
    assert [right.key.occasion for right in answer.rights] == [utc_text(at("2026-01-01")), utc_text(at("2026-03-01"))]


LONG = (
    "long: {measure: occurrences, of: shop, from: outages, each: above 30 minutes, per: month, "
    "counted_in: period_of_start}"
)
CHRONIC = (
    "{any_of: ["
    "{occurrences: long, at_least: 3 outages, within: any 30 days, "
    "day: 24_hours, placed_at: start, at_the_edge: inside}, "
    "{total: uptime, above: 24 hours, per: month}]}"
)


def test_either_of_two_conditions_gives_the_right():
    terms = chronic(CHRONIC, indicators=f"{UPTIME}\n{LONG}")
    three = [down_minutes(31, f"2026-06-{day:02} 10:00") for day in (1, 10, 30)]
    assert arisen(judge(terms, three)) == ["2026-06-30"]
    assert arisen(judge(terms, [down_for(24 * HOUR + 1, "2026-06-05 00:00")])) == ["2026-06-06"]
    assert arisen(judge(terms, [down_for(24 * HOUR, "2026-06-05 00:00")])) == []


def test_two_conditions_that_rest_on_one_first_fact_give_one_right_from_the_earlier():
    terms = chronic(CHRONIC, indicators=f"{UPTIME}\n{LONG}")
    long_one = down_for(23 * HOUR, "2026-06-01 00:00")
    answer = judge(terms, [long_one, down_minutes(40, "2026-06-02 00:00"), down_minutes(50, "2026-06-03 00:00")])
    assert arisen(answer) == ["2026-06-03"]
    assert only_right(answer).arisen_at == at("2026-06-03 00:20") + 1


def test_a_total_per_month_begins_anew_with_the_month_and_may_fire_again():
    terms = chronic("{total: uptime, above: 24 hours, per: month}")
    astride = down_for(40 * HOUR, "2026-06-30 04:00")
    assert arisen(judge(terms, [astride])) == []
    both = [down_for(25 * HOUR, "2026-06-10 00:00"), down_for(25 * HOUR, "2026-07-10 00:00")]
    assert arisen(judge(terms, both)) == ["2026-06-11", "2026-07-11"]


def test_how_near_a_total_per_month_is_looks_at_the_month_that_runs():
    terms = chronic("{total: uptime, above: 24 hours, per: month}")
    answer = judge(terms, [down_for(20 * HOUR, "2026-06-10 00:00")], as_of="2026-07-05")
    [near] = answer.nearly
    [window] = near.explanation.steps
    assert isinstance(window, Window)
    assert (window.reached, window.what) == (0, "time down in one month")


@pytest.mark.parametrize(("edge", "rights"), [("inside", 1), ("outside", 0)])
def test_a_window_of_seconds_holds_its_far_end_or_not(edge, rights):
    condition = (
        f"{{occurrences: any, at_least: 2 outages, within: any 2 seconds, placed_at: start, at_the_edge: {edge}}}"
    )
    every = "any: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start}"
    terms = chronic(condition, "on_each_new_fact", indicators=f"{UPTIME}\n{every}")
    two = [down_for(100, f"2026-06-03 10:00:{second}") for second in ("01", "03")]
    assert len(judge(terms, two).rights) == rights


def test_a_window_of_months_opens_at_the_same_day_of_the_month():
    condition = "{occurrences: long, at_least: 2 outages, within: any 1 month, placed_at: start, at_the_edge: EDGE}"
    two = [down_minutes(31, "2026-02-15 10:00"), down_minutes(31, "2026-03-15 10:00")]
    for edge, right in (("inside", ["2026-03-15"]), ("outside", [])):
        terms = chronic(condition.replace("EDGE", edge), "on_each_new_fact", indicators=f"{UPTIME}\n{LONG}")
        assert arisen(judge(terms, two)) == right
