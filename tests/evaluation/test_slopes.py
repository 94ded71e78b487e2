"""Rows with a slope: so much more for every unit beyond a level, alone or on top of a rate or a sum."""

import pytest
from malus.model.explanation import RateTimes
from malus.model.paying_steps import UnitsBeyond
from malus.operations.render_steps import step_text

from tests.evaluation.written import ZONE, amounts, credit, fact, judge, money, outage, reading, written

SHARE = (
    "seen: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_start, no_data: undetermined}"
)


def sloped(bands, overlap="refuse", promise="at_least: 98 %", of="of: {charge: hosting, period: judged}, ", **more):
    clause = (
        f"storage: {{source: a, promise: {{indicator: seen, {promise}}}, "
        f"credit: {{{of}overlap: {overlap}, bands: {bands}}}}}"
    )
    return written(SHARE, clause, charges="hosting: {amount: 100000.00 EUR, per: month}", **more)


CLIFF = (
    "[{at_least: 70 %, below: 98 %, slope: 2 % per percentage point below 98 %, part: pro_rata}, "
    "{below: 70 %, rate: 100 %}]"
)


@pytest.mark.parametrize(
    ("level", "paid"),
    [("98", []), ("97.999", ["2"]), ("97", ["2000"]), ("70", ["56000"]), ("69.999", ["100000"]), ("0", ["100000"])],
)
def test_a_slope_pays_for_every_point_below_its_start_and_ends_at_the_cliff(level, paid):
    assert amounts(judge(sloped(CLIFF), [reading("2026-06-03", level)])) == paid


@pytest.mark.parametrize(("part", "paid"), [("pro_rata", "3000"), ("counts", "4000"), ("ignored", "2000")])
def test_a_point_that_is_begun_counts_as_the_row_says(part, paid):
    bands = f"[{{below: 98 %, slope: 2 % per percentage point below 98 %, part: {part}}}]"
    assert amounts(judge(sloped(bands), [reading("2026-06-03", "96.5")])) == [paid]


@pytest.mark.parametrize(("level", "paid"), [("97", "2000"), ("96.9", "4000"), ("97.000000000001", "2000")])
def test_a_whole_point_is_one_and_a_hair_more_begins_the_next(level, paid):
    bands = "[{below: 98 %, slope: 2 % per percentage point below 98 %, part: counts}]"
    assert amounts(judge(sloped(bands), [reading("2026-06-03", level)])) == [paid]


def test_a_slope_adds_to_the_rate_of_its_row():
    bands = "[{below: 98 %, rate: 5 %, slope: 0.5 % per 0.1 percentage points below 98 %, part: ignored}]"
    found = credit(judge(sloped(bands), [reading("2026-06-03", "97.75")]), "2026-06", "storage")
    # 5 % and two whole tenths of a point at 0.5 % each.
    assert found.amount == money("6000")
    assert [step_text(step, ZONE) for step in found.explanation.steps if isinstance(step, UnitsBeyond | RateTimes)] == [
        "5 % x 100,000.00 = 5,000.00 EUR",
        (
            "97.75 % lies 0.25 percentage points below 98 %, in units of 0.1 percentage points, "
            "a started unit does not count: 2"
        ),
        "2 x 0.5 % x 100,000.00 = 1,000.00 EUR",
    ]


def test_of_sloped_rows_the_one_that_pays_most_at_the_level_is_taken():
    bands = (
        "[{below: 98 %, slope: 1 % per percentage point below 98 %, part: pro_rata}, "
        "{below: 97 %, slope: 3 % per percentage point below 97 %, part: pro_rata}]"
    )
    terms = sloped(bands, "highest_credit")
    # At 96.5 both pay 1.5 %: the first of equals. Below, the second; above, the first.
    for level, row, paid in (("96.6", 1, "1400"), ("96.5", 1, "1500"), ("96.4", 2, "1800")):
        found = credit(judge(terms, [reading("2026-06-03", level)]), "2026-06", "storage")
        assert (found.explanation.steps[3].row, found.amount) == (row, money(paid)), level


def test_a_slope_may_pay_a_sum_for_each_unit_of_time_or_of_a_count():
    timed = written(
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: responded, "
        "calendar: always, pauses: [], counted_in: period_of_start, while_open: runs}",
        "it: {source: a, promise: {indicator: it, at_most: 1 hour}, credit: {overlap: refuse, bands: "
        "[{above: 1 hour, amount: 10.00 EUR, slope: 5.00 EUR per 30 minutes above 1 hour, part: counts}]}}",
    )
    late = [fact("I", "opened", "2026-06-03 10:00"), fact("I", "responded", "2026-06-03 11:31")]
    assert amounts(judge(timed, late)) == ["20"]
    counted = written(
        "many: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start}",
        "many: {source: a, promise: {indicator: many, at_most: 1 outage}, credit: {overlap: refuse, bands: "
        "[{above: 1, slope: 7.50 EUR per outage above 1 outage, part: counts}]}}",
    )
    events = [outage(f"2026-06-0{day} 10:00", f"2026-06-0{day} 10:01") for day in (1, 2, 3)]
    assert amounts(judge(counted, events)) == ["15"]


def test_a_slope_of_a_charge_that_is_not_billed_yet_is_pending_and_names_it():
    billed = written(
        SHARE,
        "storage: {source: a, promise: {indicator: seen, at_least: 98 %}, credit: "
        f"{{of: {{charge: usage, period: next}}, overlap: refuse, bands: {CLIFF}}}}}",
        charges="usage: {from: events, per: month, absent: pending}",
    )
    found = credit(judge(billed, [reading("2026-06-03", "97")]), "2026-06", "storage")
    assert (found.amount, found.pending_on) == (None, "the charge `usage` of 2026-07")


SEASONS = "at_least: {november-march: 97 %, april-october: 94 %}"
FROM_THE_PROMISE = (
    "[{below: 97 %, slope: 2 % per percentage point below the promise, part: pro_rata}], pays: only_when_missed"
)


@pytest.mark.parametrize(
    ("day", "level", "paid"),
    [
        ("2026-03-03", "97", []),
        ("2026-03-03", "96", ["2000"]),
        ("2026-04-03", "96", []),
        ("2026-04-03", "94", []),
        ("2026-04-03", "93.5", ["1000"]),
        ("2026-11-03", "93.5", ["7000"]),
    ],
)
def test_a_slope_from_the_promise_moves_with_the_season(day, level, paid):
    assert amounts(judge(sloped(FROM_THE_PROMISE, promise=SEASONS), [reading(day, level)])) == paid


def test_a_slope_from_the_promise_says_where_that_lay():
    found = judge(sloped(FROM_THE_PROMISE, promise=SEASONS), [reading("2026-04-03", "93.5")]).credits[0]
    told = [step_text(step, ZONE) for step in found.explanation.steps if isinstance(step, UnitsBeyond)]
    assert told == [
        (
            "93.5 % lies 0.5 percentage points below the promise of 94 %, in units of 1 percentage point, "
            "a started unit counts for its part: 0.5"
        )
    ]


def test_of_rows_that_slope_from_the_promise_the_one_that_pays_most_in_this_season_is_taken():
    bands = (
        "[{below: 97 %, slope: 1 % per percentage point below the promise, part: pro_rata}, "
        "{below: 97 %, slope: 2 % per percentage point below 95 %, part: pro_rata}], pays: only_when_missed"
    )
    terms = sloped(bands, "highest_credit", promise=SEASONS)
    # At 93 % the winter's promise lies 4 points above and the second row pays 4 % too; in summer it is only 1 point.
    for day, level, row, paid in (("2026-03-03", "94", 1, "3000"), ("2026-04-03", "93", 2, "4000")):
        found = judge(terms, [reading(day, level)]).credits[0]
        assert (found.explanation.steps[3].row, found.amount) == (row, money(paid)), day


def test_a_slope_from_the_promise_is_each_sites_own():
    bands = "[{below: 99 %, slope: 1 % per percentage point below the promise, part: counts}], pays: only_when_missed"
    share = SHARE.replace("no_data", "for_each: site, no_data")
    more = "subjects: {delft: {kind: site, class: small}, ede: {kind: site, class: large}}"
    clause = (
        "storage: {source: a, promise: {indicator: seen, at_least: {small: 95 %, large: 99 %}}, "
        f"credit: {{of: {{charge: hosting, period: judged}}, overlap: refuse, bands: {bands}}}}}"
    )
    terms = written(share, clause, more, charges="hosting: {amount: 100000.00 EUR, per: month}")
    told = [reading("2026-06-03", "94", subjects=("delft",)), reading("2026-06-03", "94", subjects=("ede",))]
    assert amounts(judge(terms, told)) == ["1000", "5000"]
