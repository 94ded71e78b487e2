"""Caps: windows, nesting, who loses what, balances brought in."""

import pytest
from malus.model.explanation import CapCut

from tests.evaluation.written import (
    UPTIME,
    amounts,
    at,
    charge,
    claim,
    credit,
    down_minutes,
    fact,
    judge,
    money,
    opening,
    reasons,
    written,
)


def clauses(*sums):
    return "\n".join(
        f"c{number}: {{source: a, promise: {{indicator: uptime, at_least: 99.9 %}}, "
        f"credit: {{each: period, amount: {amount} EUR}}}}"
        for number, amount in enumerate(sums, start=1)
    )


def cap(at_most="100.00 EUR", per="month", cut="pro_rata", limits="[c1]", name="most", more=""):
    counts = "" if "counts" in more else ", counts: earned"
    return (
        f"{{name: {name}, limits: {limits}, at_most: {at_most}, per: {per}, cut: {cut}, "
        f"source: art. 4.6{counts}{more}}}"
    )


def capped(sums, *caps, more="", **others):
    return written(clauses=clauses(*sums), more="caps:\n" + "\n".join(f"  - {item}" for item in caps) + more, **others)


JUNE = down_minutes(60)
JULY = down_minutes(60, "2026-07-03 10:00")
AUGUST = down_minutes(60, "2026-08-03 10:00")


def test_a_credit_is_cut_to_what_the_cap_leaves_and_the_figure_before_stands_beside_it():
    found = credit(judge(capped(["150.00"], cap()), [JUNE]), "2026-06", "c1")
    assert (found.before_cap, found.amount) == (money("150"), money("100"))
    [step] = [step for step in found.explanation.steps if isinstance(step, CapCut)]
    assert (step.cap, step.limit, step.used, step.cut, step.result) == (
        "most",
        money("100"),
        money("0"),
        money("50"),
        money("100"),
    )


@pytest.mark.parametrize(("wanted", "paid"), [("99.99", "99.99"), ("100.00", "100"), ("100.01", "100")])
def test_a_cap_that_is_reached_exactly_cuts_nothing(wanted, paid):
    found = credit(judge(capped([wanted], cap()), [JUNE]), "2026-06", "c1")
    assert found.amount == money(paid)
    assert any(isinstance(step, CapCut) for step in found.explanation.steps) is (wanted == "100.01")


def test_a_shared_cut_is_given_out_by_largest_remainder_with_ties_in_clause_order():
    terms = capped(["50.00", "50.00", "50.00"], cap(limits="[c1, c2, c3]"))
    assert amounts(judge(terms, [JUNE])) == ["1667/50", "3333/100", "3333/100"]


def test_the_cent_that_is_left_goes_to_the_largest_remainder_and_the_shares_add_up():
    terms = capped(["10.00", "20.00", "40.00"], cap("50.00 EUR", limits="[c1, c2, c3]"))
    answer = judge(terms, [JUNE])
    # 7.142857, 14.285714 and 28.571428: two cents of 49.98... are left, for .2857 no, .5714 and .2857 by size.
    assert [str(item.amount.amount) for item in answer.credits] == ["357/50", "1429/100", "2857/100"]
    assert sum(item.amount.amount for item in answer.credits) == 50


def test_in_order_the_first_clause_takes_what_it_wants():
    terms = capped(["60.00", "60.00", "60.00"], cap(limits="[c1, c2, c3]", cut="in_order"))
    assert amounts(judge(terms, [JUNE])) == ["60", "40", "0"]


def test_caps_nest_in_the_order_of_the_file_and_a_later_cap_sees_what_an_earlier_one_left():
    single, both = cap("50.00 EUR", name="single"), cap("100.00 EUR", limits="[c1, c2]", name="both")
    answer = judge(capped(["200.00", "100.00"], single, both), [JUNE])
    # 200 is cut to 50 first; 50 and 100 then share 100 as 33.33 and 66.67.
    assert amounts(answer) == ["3333/100", "6667/100"]
    swapped = judge(capped(["200.00", "100.00"], both, single), [JUNE])
    assert amounts(swapped) == ["50", "3333/100"]


def test_a_month_of_a_cap_has_its_own_room():
    assert amounts(judge(capped(["80.00"], cap()), [JUNE, JULY])) == ["80", "80"]


@pytest.mark.parametrize(
    ("per", "paid"), [("quarter", ["80", "80", "20"]), ("year", ["80", "20", "0"]), ("term", ["80", "20", "0"])]
)
def test_a_longer_window_is_used_up_by_earlier_periods(per, paid):
    events = [JUNE, JULY, AUGUST]
    assert amounts(judge(capped(["80.00"], cap(per=per)), events)) == paid


def test_a_month_that_ends_with_the_year_belongs_to_the_year_that_it_closes():
    events = [down_minutes(60, "2026-12-03 10:00"), down_minutes(60, "2027-01-03 10:00")]
    assert amounts(judge(capped(["80.00"], cap(per="year")), events, as_of="2027-03-01")) == ["80", "80"]


def test_twelve_rolling_months_forget_the_month_a_year_ago():
    months = [down_minutes(60, f"{month}-03 10:00") for month in ("2026-06", "2027-05", "2027-06")]
    answer = judge(capped(["80.00"], cap(per="rolling 12 months")), months, as_of="2028-01-01")
    assert amounts(answer) == ["80", "20", "80"]


@pytest.mark.parametrize(("per", "paid"), [("incident", ["100", "100"]), ("period", ["1389/25", "1111/25"])])
def test_a_cap_per_incident_looks_at_every_incident_by_itself_and_one_per_period_at_all_of_them(per, paid):
    terms = written(
        "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, "
        "ends: responded, calendar: always, "
        "pauses: [], counted_in: period_of_start, while_open: runs}",
        "c1: {source: a, promise: {indicator: it, at_most: 1 hour}, credit: {block: 1 hour, "
        "after: 1 hour, part: counts, "
        "measured_on: each_incident, amount: 40.00 EUR}}",
        f"caps: [{cap(per=per)}]",
    )
    events = [
        fact("I", "opened", "2026-06-03 10:00"),
        fact("I", "responded", "2026-06-03 16:00"),
        fact("J", "opened", "2026-06-04 10:00"),
        fact("J", "responded", "2026-06-04 15:00"),
    ]
    # 200.00 and 160.00 before the cap.
    assert amounts(judge(terms, events)) == paid


def test_a_cap_may_be_a_rate_of_the_charges_of_its_window():
    terms = capped(["5000.00"], cap("30 % of hosting"))
    assert amounts(judge(terms, [JUNE])) == ["3600"]


TWO_CHARGES = "hosting: {amount: 1000.00 EUR, per: month}\nsupport: {amount: 200.00 EUR, per: month}"


def test_a_cap_may_be_a_rate_of_several_charges():
    terms = capped(["5000.00"], cap("'50 % of [hosting, support]'"), charges=TWO_CHARGES)
    assert amounts(judge(terms, [JUNE])) == ["600"]


@pytest.mark.parametrize(("base", "paid"), [("same_window", "600"), ("judged_period", "100")])
def test_a_rolling_cap_is_a_rate_of_its_whole_window_or_of_the_judged_period(base, paid):
    terms = capped(
        ["5000.00"],
        cap("10 % of hosting", per="rolling 12 months", more=f", base: {base}"),
        charges="hosting: {amount: 1000.00 EUR, per: month}",
    )
    # June closes six months of charges since the terms began.
    assert amounts(judge(terms, [JUNE])) == [paid]


def test_a_limit_is_rounded_to_the_cent_before_anything_is_cut_to_it():
    terms = capped(["50.00"], cap("10 % of hosting"), charges="hosting: {amount: 100.05 EUR, per: month}")
    assert amounts(judge(terms, [JUNE])) == ["1001/100"]


def test_after_caps_a_shared_cut_never_passes_the_unrounded_room():
    terms = written(
        clauses=(
            "c1: {source: a, promise: {indicator: uptime, at_least: 99.9 %}, "
            "credit: {of: {charge: hosting, period: judged}, "
            "overlap: highest_credit, bands: [{below: 99.9 %, rate: 10.01 %}]}}"
        ),
        more=f"caps: [{cap('10 % of hosting')}]",
        when="after_caps",
        charges="hosting: {amount: 100.05 EUR, per: month}",
    )
    found = credit(judge(terms, [JUNE]), "2026-06", "c1")
    [step] = [step for step in found.explanation.steps if isinstance(step, CapCut)]
    assert step.cut.amount > 0
    assert step.result == money("10.00")


def test_a_credit_waits_where_the_base_of_its_cap_is_not_billed_yet():
    terms = capped(["50.00"], cap("10 % of hosting"), charges="hosting: {from: events, per: month, absent: pending}")
    found = credit(judge(terms, [JUNE]), "2026-06", "c1")
    assert (found.amount, found.before_cap, found.state) == (None, money("50"), "pending")
    bill = charge("hosting", "2026-06-01", "2026-07-01", "300.00")
    assert amounts(judge(terms, [JUNE, bill])) == ["30"]


def test_a_credit_beside_one_that_still_waits_is_not_final():
    both = clauses("60.00") + (
        "\nc2: {source: a, promise: {indicator: uptime, at_least: 99.9 %}, "
        "credit: {of: {charge: hosting, period: judged}, "
        "overlap: highest_credit, bands: [{below: 99.9 %, rate: 10 %}]}}"
    )
    billed = "hosting: {from: events, per: month, absent: pending}"
    terms = written(clauses=both, more=f"caps: [{cap(limits='[c1, c2]')}]", charges=billed)
    answer = judge(terms, [JUNE])
    assert [(item.key.clause, item.finality.value) for item in answer.credits] == [
        ("c1", "provisional"),
        ("c2", "provisional"),
    ]
    bill = charge("hosting", "2026-06-01", "2026-07-01", "600.00")
    assert [item.finality.value for item in judge(terms, [JUNE, bill]).credits] == ["final", "final"]


CLAIMS = (
    "\nclaims:\n  - {step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: b}"
)


@pytest.mark.parametrize(("counts", "july"), [("earned", "20"), ("claimed", "80")])
def test_a_lapsed_credit_has_used_the_cap_up_or_not_as_the_terms_say(counts, july):
    terms = capped(["80.00"], cap(per="year", more=f", counts: {counts}"), more=CLAIMS)
    answer = judge(terms, [JUNE, JULY, claim("2026-08-05", "2026-07-01", "c1")])
    assert amounts(answer) == ["0", july]
    assert [item.state.value for item in answer.credits] == ["lapsed", "due"]


@pytest.mark.parametrize("per", ["rolling 12 months", "term"])
def test_what_was_credited_before_the_agreement_moved_in_has_used_the_cap_up(per):
    terms = capped(["80.00"], cap(per=per))
    brought = opening("2025-07-01", "2026-01-01", cap="most", used=money("70.00"))
    assert amounts(judge(terms, [JUNE, brought])) == ["30"]


def test_a_balance_from_outside_the_window_does_not_count():
    terms = capped(["80.00"], cap(per="rolling 12 months"))
    brought = opening("2025-01-01", "2025-07-01", cap="most", used=money("70.00"))
    assert amounts(judge(terms, [JUNE, brought])) == ["80"]


def test_a_balance_of_another_cap_does_not_count():
    terms = capped(["80.00", "1.00"], cap(per="rolling 12 months"), cap(name="other", limits="[c2]", per="term"))
    brought = opening("2025-07-01", "2026-01-01", cap="other", used=money("100.00"))
    assert amounts(judge(terms, [JUNE, brought])) == ["80", "0"]


def test_charges_brought_in_are_in_the_base_of_a_rolling_cap():
    terms = capped(
        ["5000.00"],
        cap("10 % of hosting", per="rolling 12 months", more=", base: same_window"),
        charges="hosting: {amount: 1000.00 EUR, per: month}",
    )
    brought = opening("2025-07-01", "2026-01-01", cap="most", used=money("0.00"), charged=money("4000.00"))
    assert amounts(judge(terms, [JUNE, brought])) == ["1000"]


def test_a_balance_across_the_edge_of_the_window_leaves_its_credits_pending_and_is_remarked():
    terms = capped(["80.00"], cap(per="rolling 12 months"))
    brought = opening("2025-06-01", "2025-08-01", cap="most", used=money("70.00"))
    answer = judge(terms, [JUNE, brought])
    found = credit(answer, "2026-06", "c1")
    assert (found.amount, found.state) == (None, "pending")
    assert "opening balance" in found.pending_on
    assert reasons(answer) == ["opening-straddles-window"]


def test_quarters_and_months_that_end_together_share_one_room():
    terms = written(
        UPTIME + "\nlong: {measure: availability, of: shop, from: outages, per: quarter, ignore_up_to: 0 seconds}",
        clauses("80.00")
        + "\nc2: {source: a, promise: {indicator: long, at_least: 99.99 %}, credit: {each: period, amount: 80.00 EUR}}",
        f"caps: [{cap(limits='[c1, c2]')}]",
    )
    answer = judge(terms, [JUNE])
    assert sorted((item.period.label, str(item.amount.amount)) for item in answer.credits) == [
        ("2026-06", "50"),
        ("2026-Q2", "50"),
    ]


def test_what_a_running_month_would_earn_comes_last():
    answer = judge(capped(["80.00"], cap(per="year")), [JUNE, JULY], as_of=at("2026-07-20"))
    assert [(item.state.value, str(item.amount.amount)) for item in answer.credits] == [
        ("due", "80"),
        ("accruing", "20"),
    ]
