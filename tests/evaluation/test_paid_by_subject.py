"""What a credit pays may differ by name or class of the subject, and the explanation says as what it was paid."""

from __future__ import annotations

import pytest
from malus.model.explanation import RowHit
from malus.model.paying_steps import PaidAs

from tests.evaluation.test_subjects import EACH, SITES
from tests.evaluation.written import PROMISE, amounts, credit, down_minutes, judge, outage, written

JUNE = "2026-06"
OFF = (
    "off: {measure: elapsed, of: shop, from: outages, per: month, calendar: always, counted_in: period_of_start,"
    " while_open: runs, for_each: site}"
)


def paying(pays: str) -> str:
    return f"uptime-credit: {{source: art. 4.2, {PROMISE}, credit: {{each: period, {pays}}}}}"


@pytest.mark.parametrize(
    ("pays", "small", "large"),
    [
        ("amount: {small: 95.00 EUR, large: 190.00 EUR}", "95", "190"),
        ("amount: {small: 95.00 EUR, rotterdam: 7.00 EUR, large: 190.00 EUR}", "95", "7"),
        ("amount: {small: 0.00 EUR, large: 190.00 EUR}", "0", "190"),
        ("rate: {small: 1 %, large: 2 %}, of: {charge: hosting, period: judged}", "120", "240"),
        ("rate: {small: 0 %, large: 2 %}, of: {charge: hosting, period: judged}", "0", "240"),
    ],
)
def test_a_sum_or_rate_differs_by_class_and_a_name_goes_before_its_class(pays: str, small: str, large: str) -> None:
    told = [down_minutes(300, site="delft"), down_minutes(300, site="rotterdam")]
    answer = judge(written(EACH, paying(pays), SITES), told, as_of="2026-07-01")
    assert [str(credit(answer, JUNE, subject=name).amount.amount) for name in ("delft", "rotterdam")] == [small, large]  # type: ignore[union-attr]


def rows(table: str) -> str:
    return f"uptime-credit: {{source: art. 4.2, {PROMISE}, credit: {{{table}}}}}"


ROWS = "overlap: refuse, bands: [{below: 99 %, PAYS}, {at_least: 99 %, below: 99.9 %, amount: 1.00 EUR}]"
BASE = "of: {charge: hosting, period: judged}"
RATES = f"overlap: refuse, {BASE}, bands: [{{below: 99.9 %, rate: {{small: 1 %, large: 2 %}}}}]"


@pytest.mark.parametrize(
    ("pays", "minutes", "small", "large"),
    [
        ("amount: {small: 10.00 EUR, large: 25.00 EUR}", 433, "10", "25"),
        ("amount: {small: 10.00 EUR, large: 25.00 EUR}", 432, "1", "1"),
        ("amount: {small: 10.00 EUR, rotterdam: 7.00 EUR, large: 25.00 EUR}", 433, "10", "7"),
        ("amount: {small: 0.00 EUR, large: 25.00 EUR}", 433, "0", "25"),
    ],
)
def test_a_row_pays_what_it_says_of_the_class_of_the_subject(pays: str, minutes: int, small: str, large: str) -> None:
    told = [down_minutes(minutes, site="delft"), down_minutes(minutes, site="rotterdam")]
    answer = judge(written(EACH, rows(ROWS.replace("PAYS", pays)), SITES), told, as_of="2026-07-01")
    assert [str(credit(answer, JUNE, subject=name).amount.amount) for name in ("delft", "rotterdam")] == [small, large]  # type: ignore[union-attr]


def test_a_row_takes_the_rate_of_the_class_and_says_as_what_it_paid() -> None:
    told = [down_minutes(300, site="delft"), down_minutes(300, site="rotterdam")]
    answer = judge(written(EACH, rows(RATES), SITES), told, as_of="2026-07-01")
    assert amounts(answer) == ["120", "240"]
    said = [step for item in answer.credits for step in item.explanation.steps if isinstance(step, PaidAs)]
    assert said == [PaidAs(subject="delft", word="small"), PaidAs(subject="rotterdam", word="large")]


def test_of_two_rows_that_match_each_subject_has_the_one_that_pays_it_most() -> None:
    table = (
        "overlap: highest_credit, bands: [{below: 99.9 %, amount: {small: 10.00 EUR, large: 25.00 EUR}},"
        " {below: 99 %, amount: {small: 30.00 EUR, large: 20.00 EUR}}]"
    )
    told = [down_minutes(500, site="delft"), down_minutes(500, site="rotterdam")]
    answer = judge(written(EACH, rows(table), SITES), told, as_of="2026-07-01")
    hits = [step.row for item in answer.credits for step in item.explanation.steps if isinstance(step, RowHit)]
    assert (amounts(answer), hits) == (["30", "25"], [2, 1])


def test_a_bonus_pays_by_class_too() -> None:
    row = "{at_least: 99.9 %, amount: {small: 3.00 EUR, large: 4.00 EUR}}"
    bonus = f"bonus: {{overlap: refuse, settled: apart, bands: [{row}]}}"
    terms = written(EACH, f"uptime-credit: {{source: a, {PROMISE}, {bonus}}}", SITES)
    answer = judge(terms, [], as_of="2026-02-01")
    assert [str(item.amount.amount) for item in answer.bonuses if item.period.label == "2026-01"] == ["-3", "-4"]  # type: ignore[union-attr]


def test_the_explanation_says_as_what_a_subject_was_paid() -> None:
    pays = "amount: {delft: 95.00 EUR, large: 190.00 EUR}"
    told = [down_minutes(300, site="delft"), down_minutes(300, site="rotterdam")]
    answer = judge(written(EACH, paying(pays), SITES), told, as_of="2026-07-01")
    said = [step for item in answer.credits for step in item.explanation.steps if isinstance(step, PaidAs)]
    assert said == [PaidAs(subject="delft", word="delft"), PaidAs(subject="rotterdam", word="large")]


def test_a_sum_for_all_says_nothing_of_subjects() -> None:
    answer = judge(
        written(EACH, paying("amount: 5.00 EUR"), SITES), [down_minutes(300, site="delft")], as_of="2026-07-01"
    )
    assert not [step for step in answer.credits[0].explanation.steps if isinstance(step, PaidAs)]
    assert amounts(answer) == ["5"]


@pytest.mark.parametrize(
    ("until", "small", "large"),
    [
        ("2026-06-01 20:00", [], []),
        ("2026-06-01 20:01", ["95"], ["190"]),
        ("2026-06-02 07:59", ["95"], ["190"]),
        ("2026-06-02 08:00", ["140"], ["235"]),
    ],
)
def test_the_first_block_differs_by_class_and_every_further_one_is_the_same(
    until: str, small: list[str], large: list[str]
) -> None:
    pays = "measured_on: each_outage, first: {small: 95.00 EUR, large: 190.00 EUR}, amount: 45.00 EUR"
    block = f"{{block: 12 hours, after: 0 hours, part: ignored, {pays}}}"
    clause = f"back: {{source: a, promise: {{indicator: off, at_most: 12 hours}}, credit: {block}}}"
    terms = written(OFF, clause, SITES)
    for site, paid in (("delft", small), ("rotterdam", large)):
        told = outage("2026-06-01 08:00", until, site=site)
        assert amounts(judge(terms, [told], as_of="2026-07-01")) == paid


LENGTHS = (
    "back: {source: a, promise: {indicator: off, at_most: 1 hour}, credit: {block: {small: 24 hours, large: 4 hours},"
    " after: {small: 12 hours, rotterdam: 2 hours, large: 1 hour}, part: ignored, measured_on: each_outage,"
    " amount: 50.00 EUR}}"
)


@pytest.mark.parametrize(
    ("site", "minutes", "expected"),
    [
        ("delft", 36 * 60 - 1, "0"),
        ("delft", 36 * 60, "50"),
        ("rotterdam", 6 * 60 - 1, "0"),
        ("rotterdam", 6 * 60, "50"),
        ("rotterdam", 10 * 60 - 1, "50"),
        ("rotterdam", 10 * 60, "100"),
    ],
)
def test_a_block_and_what_is_free_are_as_long_as_the_class_says(site: str, minutes: int, expected: str) -> None:
    terms = written(OFF, LENGTHS, SITES)
    answer = judge(terms, [down_minutes(minutes, "2026-06-03 10:00", site=site)], as_of="2026-07-15")
    assert amounts(answer) == [expected]
    said = [step.word for step in answer.credits[0].explanation.steps if isinstance(step, PaidAs)]
    assert said == (["small"] if site == "delft" else ["large", "rotterdam"])


def test_a_length_may_differ_where_what_a_block_pays_does_not_and_the_other_way_round() -> None:
    same = LENGTHS.replace("after: {small: 12 hours, rotterdam: 2 hours, large: 1 hour}", "after: 0 hours").replace(
        "amount: 50.00 EUR", "first: {small: 5.00 EUR, large: 7.00 EUR}, amount: 50.00 EUR"
    )
    told = [down_minutes(24 * 60, site="delft"), down_minutes(8 * 60, site="rotterdam")]
    assert amounts(judge(written(OFF, same, SITES), told, as_of="2026-07-15")) == ["5", "57"]
