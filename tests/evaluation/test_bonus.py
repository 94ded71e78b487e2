"""What the customer owes for more than was promised: beside credits, below nothing, never taken off one silently."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from malus.evaluation.evaluate import assess
from malus.model.agreement import Terms
from malus.model.assessment import Assessment, Bonus, BonusState, Finality
from malus.model.explanation import CapCut, Margin
from malus.model.paying_steps import OwedByCustomer
from malus.model.rules import Fact, Outcome, RuleSet
from malus.operations.render import assessment_text
from malus.operations.render_steps import step_text

from tests.evaluation.written import ZONE, PlainMatcher, amounts, at, judge, money, reading, tally, verdict, written

SEEN = (
    "seen: {measure: value, of: shop, from: readings, per: month, accepts: 0 % to 200 %, several: last, "
    "counted_in: period_of_start, no_data: undetermined}"
)
MALUS = (
    "credit: {of: {charge: hosting, period: judged}, overlap: refuse, "
    "bands: [{below: 97 %, slope: 2 % per percentage point below 97 %, part: pro_rata}]}"
)
ROWS = "[{above: 97 %, slope: 1 % per percentage point above 97 %, part: pro_rata}]"
FEE = "hosting: {amount: 100000.00 EUR, per: month}"


def paying(rows: str = ROWS, settled: str = "apart", malus: str = MALUS, more: str = "", **other: str) -> Terms:
    bonus = f"bonus: {{of: {{charge: hosting, period: judged}}, overlap: refuse, settled: {settled}, bands: {rows}}}"
    clause = f"capacity: {{source: art. 6, promise: {{indicator: seen, at_least: 97 %}}, {malus}, {bonus}}}"
    return written(SEEN, clause, more, charges=FEE, **other)


def owed(answer: Assessment) -> list[str | None]:
    return [None if item.amount is None else str(item.amount.amount) for item in answer.bonuses]


def only(answer: Assessment) -> Bonus:
    assert len(answer.bonuses) == 1, answer.bonuses
    return answer.bonuses[0]


@pytest.mark.parametrize(
    ("level", "credited", "bonus"),
    [("96", ["2000"], []), ("97", [], []), ("97.001", [], ["-1"]), ("98", [], ["-1000"]), ("102.5", [], ["-5500"])],
)
def test_less_than_promised_is_credited_and_more_is_owed_by_the_customer(
    level: str, credited: list[str], bonus: list[str]
) -> None:
    answer = judge(paying(), [reading("2026-06-03", level)])
    assert (amounts(answer), owed(answer)) == (credited, bonus)


def test_a_bonus_says_who_owes_it_and_adds_up_from_its_own_steps() -> None:
    bonus = only(judge(paying(), [reading("2026-06-03", "98")]))
    assert (bonus.key.slot, bonus.state, bonus.finality) == ("bonus", BonusState.DUE, Finality.FINAL)
    told = [step_text(step, ZONE) for step in bonus.explanation.steps if isinstance(step, OwedByCustomer)]
    assert told == [
        "a bonus: the customer owes 1,000.00 EUR, by itself, apart from credits: -1,000.00 EUR",
    ]


def test_credits_and_bonuses_are_never_summed_silently() -> None:
    events = [reading("2026-05-03", "98"), reading("2026-06-03", "96")]
    apart = assessment_text(judge(paying(), events))
    assert "total 2,000.00 EUR  bonuses 1,000.00 EUR owed by the customer" in apart
    assert "net " not in apart
    netted = assessment_text(judge(paying(settled="netted"), events))
    assert "bonuses 1,000.00 EUR owed by the customer  net 1,000.00 EUR owed by the provider" in netted
    assert "bonus: 1,000.00 EUR owed by the customer, 2026-05 (capacity, art. 6): netted, due, final" in netted


def test_where_netted_bonuses_are_more_than_credits_the_customer_owes_the_rest() -> None:
    events = [reading("2026-05-03", "101"), reading("2026-06-03", "96")]
    assert "net 2,000.00 EUR owed by the customer" in assessment_text(judge(paying(settled="netted"), events))


def test_a_bonus_has_caps_of_its_own_and_uses_up_none_of_the_credits() -> None:
    caps = """
caps:
  - {name: most-credited, limits: [capacity], at_most: 3000.00 EUR, per: year, cut: in_order, source: art. 7}
  - {name: most-earned, limits_bonuses: [capacity], at_most: 5 % of hosting, per: month, cut: in_order, source: art. 8}
  - {name: most-a-year, limits_bonuses: [capacity], at_most: 7500.00 EUR, per: year, cut: in_order, source: art. 8}
"""
    events = [reading(f"2026-0{month}-03", level) for month, level in ((3, "103"), (4, "100"), (5, "96"), (6, "90"))]
    answer = judge(paying(more=caps), events)
    assert owed(answer) == ["-5000", "-2500"]
    assert amounts(answer) == ["2000", "1000"]
    first = answer.bonuses[0]
    assert first.before_cap == money("-6000")
    assert [step.cap for step in first.explanation.steps if isinstance(step, CapCut)] == ["most-earned"]


def test_between_the_promise_and_the_first_row_nothing_is_earned() -> None:
    rows = "[{at_least: 99 %, amount: 400.00 EUR}]"
    clause = (
        "capacity: {source: art. 6, promise: {indicator: seen, at_least: 97 %}, "
        f"bonus: {{overlap: refuse, settled: apart, bands: {rows}}}}}"
    )
    terms = written(SEEN, clause, charges=FEE)
    for level, bonus in (("96.5", []), ("98.999", []), ("99", ["-400"]), ("150", ["-400"])):
        assert owed(judge(terms, [reading("2026-06-03", level)])) == bonus, level


def test_a_month_that_nobody_measured_earns_nothing_also_where_it_counts_as_kept() -> None:
    for says in ("met", "missed", "undetermined"):
        terms = written(SEEN.replace("undetermined", says), paying_clause(), charges=FEE)
        answer = judge(terms, [], as_of="2026-03-01")
        assert owed(answer) == [], says


def paying_clause() -> str:
    return (
        "capacity: {source: art. 6, promise: {indicator: seen, at_least: 97 %}, "
        "bonus: {of: {charge: hosting, period: judged}, overlap: refuse, settled: apart, "
        f"bands: {ROWS}}}}}"
    )


def test_a_level_between_rows_that_the_paper_leaves_out_waits_for_a_word() -> None:
    rows = "[{above: 97 %, at_most: 98 %, rate: 1 %}, {above: 99 %, rate: 3 %}], gaps: undetermined"
    bonus = only(judge(paying(rows), [reading("2026-06-03", "98.5")]))
    assert (bonus.amount, bonus.state, bonus.finality) == (None, BonusState.PENDING, Finality.PROVISIONAL)
    assert bonus.pending_on == "no row of the table takes this level"


def test_a_bonus_of_a_running_month_is_a_view() -> None:
    bonus = only(judge(paying(), [reading("2026-06-03", "98")], as_of="2026-06-20"))
    assert (bonus.state, bonus.finality) == (BonusState.ACCRUING, Finality.PROVISIONAL)
    told = assessment_text(judge(paying(settled="netted"), [reading("2026-06-03", "98")], as_of="2026-06-20"))
    assert "bonuses" not in told.splitlines()[0]


def test_a_lower_level_may_be_what_earns_it() -> None:
    late = "it: {measure: occurrences, of: shop, from: incidents, per: month, counted_in: period_of_start}"
    clause = (
        "few: {source: a, promise: {indicator: it, at_most: 3}, credit: {each: period, amount: 10.00 EUR}, "
        "bonus: {overlap: refuse, settled: apart, bands: [{at_most: 1, amount: 25.00 EUR}]}}"
    )
    answer = judge(written(late, clause), [], as_of="2026-02-01")
    assert owed(answer) == ["-25"]


def test_without_a_matcher_that_says_so_no_bonus_follows() -> None:
    class Silent(PlainMatcher):
        def consequences(self, rules: RuleSet, facts: Sequence[Fact]) -> tuple[Outcome, ...]:
            assert rules.rules
            return super().consequences(RuleSet(rules=()), facts)

    answer = assess([paying()], [reading("2026-06-03", "98")], as_of=at("2027-01-01"), matcher=Silent())
    assert answer.bonuses == ()


def test_the_margin_names_the_next_row_of_the_bonus() -> None:
    uptime = "seen: {measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_start, no_data: met}"
    terms = written(uptime, paying_clause().replace("97 %", "90 %"), charges=FEE)
    for good, towards in ((89, ["met"]), (90, ["missed", "row 1 of the bonus"]), (91, ["met"])):
        steps = verdict(judge(terms, [tally("2026-06-01", "2026-06-02", good, 100)]), "2026-06", "capacity").explanation
        assert [step.towards for step in steps.steps if isinstance(step, Margin)][: len(towards)] == towards, good
