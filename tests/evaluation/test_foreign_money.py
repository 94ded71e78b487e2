"""Money of another currency is named and counts nothing; nothing is ever added across currencies."""

from dataclasses import replace

from malus.model.assessment import CreditState

from tests.evaluation.written import UPTIME_CREDIT, charge, credit, down_for, judge, money, reasons, written

BILLED = "hosting: {from: events, per: month, absent: pending}"


def test_a_charge_in_a_foreign_currency_is_remarked_and_the_credit_waits_for_one_in_ours():
    terms = written(clauses=UPTIME_CREDIT, charges=BILLED)
    in_euros = charge("hosting", "2026-06-01", "2026-07-01", "5")
    in_dollars = replace(in_euros, amount=money("5", "USD"))
    answer = judge(terms, [down_for(3_600_000_000), in_dollars])
    assert reasons(answer) == ["wrong-currency"]
    assert credit(answer, "2026-06").state is CreditState.PENDING
