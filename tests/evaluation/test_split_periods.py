"""A month in which an amendment takes effect: finished under the old terms, or split in two, each under its own."""

from fractions import Fraction

import pytest
from malus.model.quantities import Outcome

from tests.evaluation.written import at, claim, fact, judge, money, outage, reasons, written

UPTIME = "uptime: {measure: availability, of: shop, from: outages, per: PER, ignore_up_to: 0 seconds}"
PAYS = (
    "kept: {{source: a, promise: {{indicator: uptime, at_least: {0}}}, "
    "credit: {{of: {{charge: hosting, period: judged, part_period: {2}}}, overlap: highest_credit, "
    "bands: [{{below: {0}, rate: {1}}}]{3}}}}}"
)
OLD_FEE, NEW_FEE = "3000.00", "6000.00"


def old(rate="10 %", part="pro_rata", per="month", more=""):
    return written(
        UPTIME.replace("PER", per),
        PAYS.format("99.9 %", rate, part, ""),
        more,
        charges=f"hosting: {{amount: {OLD_FEE} EUR, per: month}}",
    )


def new(amended="split", rate="20 %", part="pro_rata", per="month", effective="2026-06-16", more=""):
    return written(
        UPTIME.replace("PER", per),
        PAYS.format("99.0 %", rate, part, ""),
        f"amended: {amended}\n{more}",
        effective=effective,
        charges=f"hosting: {{amount: {NEW_FEE} EUR, per: month}}",
    )


def june(answer):
    return [
        (item.period.label, item.period.start, item.period.end, item.outcome)
        for item in answer.verdicts
        if at("2026-06-01") <= item.period.start < at("2026-07-01")
    ]


DOWN_TWICE = [outage("2026-06-10 10:00", "2026-06-10 15:00"), outage("2026-06-20 10:00", "2026-06-20 15:00")]


def test_by_start_the_terms_of_the_first_day_judge_the_whole_month():
    answer = judge([old(), new("by_start")], DOWN_TWICE)
    assert june(answer) == [("2026-06", at("2026-06-01"), at("2026-07-01"), Outcome.MISSED)]
    assert [item.amount for item in answer.credits] == [money("300")]


def test_by_start_is_what_a_file_means_that_says_nothing():
    assert old().amended == "by_start"


def test_split_each_part_is_judged_by_its_own_terms_and_paid_of_its_own_days_and_fee():
    answer = judge([old(), new()], DOWN_TWICE)
    middle = at("2026-06-16")
    assert june(answer) == [
        ("2026-06", at("2026-06-01"), middle, Outcome.MISSED),
        ("2026-06-16", middle, at("2026-07-01"), Outcome.MISSED),
    ]
    # Fifteen days of thirty each: 10 % of 1,500.00, and 20 % of 3,000.00.
    assert [item.amount for item in answer.credits] == [money("150"), money("600")]


def test_split_the_level_of_a_part_is_held_against_its_own_hours():
    answer = judge([old(), new()], DOWN_TWICE)
    level = next(item.level for item in answer.verdicts if item.period.label == "2026-06-16")
    assert level.exact() == Fraction(355, 360)


def test_split_keeps_the_next_month_whole_and_by_its_own_name():
    answer = judge([old(), new()], [outage("2026-07-10", "2026-07-11")])
    assert [(item.period.label, item.amount) for item in answer.credits] == [("2026-07", money("1200"))]


def test_an_outage_over_the_boundary_gives_each_part_its_own_time():
    # Half an hour on either side: 21 min 36 s may be down under the old terms, 3 h 36 min under the new ones.
    answer = judge([old(), new()], [outage("2026-06-15 23:30", "2026-06-16 00:30")])
    assert [item[3] for item in june(answer)] == [Outcome.MISSED, Outcome.MET]


def test_what_happens_at_the_boundary_itself_is_of_the_new_terms():
    answer = judge([old(), new()], [outage("2026-06-16 00:00", "2026-06-16 03:00")])
    assert [item[3] for item in june(answer)] == [Outcome.MET, Outcome.MET]


@pytest.mark.parametrize("part", ["pro_rata", "full"])
def test_a_part_pays_of_the_fee_as_its_own_terms_say(part: str):
    answer = judge([old(), new(part=part)], [outage("2026-06-20", "2026-06-21")])
    assert [item.amount for item in answer.credits] == [money("600" if part == "pro_rata" else "1200")]


def test_an_amendment_on_the_first_of_a_month_splits_nothing():
    answer = judge([old(), new(effective="2026-06-01")], DOWN_TWICE)
    assert june(answer) == [("2026-06", at("2026-06-01"), at("2026-07-01"), Outcome.MISSED)]


def test_terms_that_finish_what_runs_are_passed_over_by_later_ones_that_split_it():
    by_start, split = new("by_start", effective="2026-06-10"), new(effective="2026-06-20")
    answer = judge([old(), by_start, split], DOWN_TWICE)
    assert [(label, start) for label, start, _, _ in june(answer)] == [
        ("2026-06", at("2026-06-01")),
        ("2026-06-20", at("2026-06-20")),
    ]


def test_a_quarter_that_holds_a_split_month_is_paid_of_both_fees():
    # The quarter is judged by the amendment in July; June of the second quarter has two fees, half a month of each.
    quarter = written(
        UPTIME.replace("PER", "quarter"),
        PAYS.format("99.9 %", "10 %", "pro_rata", ""),
        charges=f"hosting: {{amount: {OLD_FEE} EUR, per: month}}",
    )
    answer = judge([quarter, new(per="quarter")], [outage("2026-06-10", "2026-06-11")])
    # 1 April to 16 June under the old terms: 3,000 + 3,000 + 15/30 x 3,000 = 7,500.
    assert [item.amount for item in answer.credits] == [money("750")]


def test_a_cap_of_the_month_counts_both_parts():
    cap = "caps: [{name: month, limits: [kept], at_most: 500.00 EUR, per: month, cut: in_order, source: c}]"
    answer = judge([old(more=cap), new(more=cap)], DOWN_TWICE)
    assert [item.amount for item in answer.credits] == [money("150"), money("350")]


def test_a_miss_of_the_second_part_is_one_right_after_the_first():
    twice = PAYS.format("99.9 %", "10 %", "pro_rata", ", again: {missed_in: previous_period, times: 2}")
    terms = [
        written(UPTIME.replace("PER", "month"), twice, charges=f"hosting: {{amount: {OLD_FEE} EUR, per: month}}"),
        written(
            UPTIME.replace("PER", "month"),
            twice,
            "amended: split",
            effective="2026-06-16",
            charges=f"hosting: {{amount: {OLD_FEE} EUR, per: month}}",
        ),
    ]
    answer = judge(terms, DOWN_TWICE)
    assert [item.amount for item in answer.credits] == [money("150"), money("300")], reasons(answer)


def test_an_incident_belongs_to_the_part_in_which_it_was_opened():
    it = (
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: responded, "
        "calendar: always, pauses: [], counted_in: period_of_start, while_open: runs}"
    )
    promise = "promise: {{indicator: it, at_most: {0} hours}}"
    text = f"it: {{{{source: a, {promise}, credit: {{{{each: incident, amount: 10.00 EUR}}}}}}}}"
    before = written(it, text.format(1))
    after = written(it, text.format(4), "amended: split", effective="2026-06-16")
    events = [
        fact(name, transition, when)
        for name, opened, responded in (
            ("A", "2026-06-15 23:59", "2026-06-16 02:00"),
            ("B", "2026-06-16 00:00", "2026-06-16 02:00"),
        )
        for transition, when in (("opened", opened), ("responded", responded))
    ]
    answer = judge([before, after], events)
    assert [item.key.subject for item in answer.credits] == ["A"]
    assert {item.period.label for item in answer.verdicts if item.subject == "B"} == {"2026-06-16"}


def test_a_claim_names_each_part_by_its_first_day():
    step = "step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, otherwise: lapses"
    steps = f"claims: [{{{step}, source: c}}]"
    terms = [old(more=steps), new(more=steps)]
    one = judge(terms, [*DOWN_TWICE, claim("2026-07-05", "2026-06-16", "kept")], as_of="2026-12-01")
    assert [item.amount for item in one.credits] == [money("0"), money("600")]
    other = judge(terms, [*DOWN_TWICE, claim("2026-07-05", "2026-06-01", "kept")], as_of="2026-12-01")
    assert [item.amount for item in other.credits] == [money("150"), money("0")]


def test_a_month_of_two_fees_counts_once_in_full_each_by_its_days():
    # The twenty days before July hold the split of June and but a part of June: 15/30 x 3,000 + 15/30 x 6,000 = 4,500.
    before = PAYS.replace("period: judged", "period: preceding 20 days, before: period_start")
    later = written(
        UPTIME.replace("PER", "month"),
        before.format("99.0 %", "20 %", "full", ""),
        "amended: split",
        effective="2026-06-16",
        charges=f"hosting: {{amount: {NEW_FEE} EUR, per: month}}",
    )
    answer = judge([old(), later], [outage("2026-07-10", "2026-07-11")])
    assert [item.amount for item in answer.credits] == [money("900")]
