"""What is wrong with what came in has one stated outcome, said where it stands, and never a silent nought.

From files to the answer: rule files through the linter, event files through the judgement.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from malus.composition import judge
from malus.model.assessment import CreditState, ServiceCredit
from malus.model.explanation import BaseSum
from malus.model.money import Money
from malus.model.quantities import Outcome
from malus.operations.agreements import load_agreements
from malus.operations.evaluate import EvaluateAnswer, evaluate

RULES = """\
format: 1
agreement: acme
title: Hosting
document: SLA 1
language: en
effective: 2026-01-01
signed: {provider: 2025-12-12, customer: 2025-12-15}
review: {every: 12 months, source: art. 9}
timezone: Europe/Amsterdam
currency: EUR
money: {round: half_up, when: each_remedy}
parties:
  provider: {name: Polder}
  customer: {name: Noord}
services:
  web: {title: Web}
subjects:
  delft: {kind: site}
  gouda: {kind: site}
charges:
  hosting: {from: events, per: month, absent: pending}
indicators:
  uptime:
    measure: value
    of: web
    from: readings
    per: month
    accepts: 0 % to 100 %
    several: last
    counted_in: period_of_start
    no_data: undetermined
  booked:
    measure: ratio
    of: web
    from: tallies
    per: month
    counted_in: period_of_start
    no_data: undetermined
  response:
    measure: elapsed
    of: web
    from: incidents
    per: month
    starts: opened
    ends: responded
    calendar: always
    pauses: [waiting]
    counted_in: period_of_start
    while_open: runs
  site-uptime:
    measure: availability
    of: web
    from: outages
    per: month
    ignore_up_to: 0 seconds
    for_each: site
clauses:
  uptime-credit:
    source: art. 4.2
    promise: {indicator: uptime, at_least: 99.9 %}
    credit:
      of: {charge: hosting, period: judged}
      overlap: refuse
      gaps: undetermined
      bands:
        - {at_least: 99.5 %, below: 99.9 %, rate: 5 %}
        - {below: 99.0 %, rate: 25 %}
  booking:
    source: art. 4.3
    promise: {indicator: booked, at_least: 99.5 %}
    credit: {each: period, amount: 150.00 EUR}
  late:
    source: art. 5.1
    promise: {indicator: response, at_most: 4 hours}
    credit: {each: incident, amount: 250.00 EUR}
  site-credit:
    source: art. 6.1
    promise: {indicator: site-uptime, at_least: 99.9 %}
    credit: {each: period, amount: 10.00 EUR}
"""
BILL = {"kind": "charge", "item": "hosting", "start": "2026-06-01", "end": "2026-07-01", "amount": "1000.00 EUR"}
MONTH = {"start": "2026-06-01", "end": "2026-07-01"}
LOW = {"kind": "reading", "at": "2026-06-30", "value": "98", "unit": "%"}


def ask(folder: Path, *rows: dict[str, str], rules: str = RULES, as_of: str = "2026-07-15") -> EvaluateAnswer:
    """The answer to files: the rules in a folder of their own, the rows in one file of events."""
    (folder / "acme").mkdir(exist_ok=True)
    (folder / "acme" / "2026-01-01-first.yaml").write_text(rules)
    told = [{"agreement": "acme", **row} for row in rows]
    columns = sorted({name for row in told for name in row})
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in told)]
    events = folder / "events.csv"
    events.write_text("\n".join(lines) + "\n")
    return evaluate([folder / "acme"], [events], as_of=as_of, judge=judge())


def june(answer: EvaluateAnswer, clause: str) -> Outcome:
    (found,) = [
        item.outcome
        for item in answer.assessments[0].verdicts
        if (item.clause, item.period.label) == (clause, "2026-06")
    ]
    return found


def credit(answer: EvaluateAnswer, clause: str) -> ServiceCredit | None:
    found = [
        item for item in answer.assessments[0].credits if item.key.clause == clause and item.period.label == "2026-06"
    ]
    return found[0] if found else None


def told(answer: EvaluateAnswer) -> list[tuple[str, str]]:
    """Each reason and where it stands: a fault of a row, or a remark on an event."""
    faults = [(fault.reason, f"{Path(fault.path).name}:{fault.row}") for fault in answer.faults]
    remarks = answer.assessments[0].remarks
    return faults + [(remark.reason, remark.evidence.rpartition("/")[2]) for remark in remarks]


def test_a_value_outside_what_the_indicator_accepts_is_refused_and_the_month_is_undetermined(tmp_path: Path) -> None:
    answer = ask(tmp_path, BILL, {**LOW, "value": "100.01"})
    assert told(answer) == [("outside-accepts", "events.csv:3")]
    assert june(answer, "uptime-credit") is Outcome.UNDETERMINED
    assert credit(answer, "uptime-credit") is None


def test_a_charge_that_has_not_arrived_is_named_and_worked_out_the_moment_it_comes(tmp_path: Path) -> None:
    waiting = credit(ask(tmp_path, LOW), "uptime-credit")
    assert waiting is not None
    assert (waiting.state, waiting.amount) == (CreditState.PENDING, None)
    assert waiting.pending_on == "the charge `hosting` of 2026-06"
    come = credit(ask(tmp_path, LOW, BILL), "uptime-credit")
    assert come is not None
    assert come.amount == Money(amount=Fraction(250), currency="EUR")


def test_a_bill_in_a_currency_without_a_rate_does_not_count_and_the_credit_waits(tmp_path: Path) -> None:
    answer = ask(tmp_path, LOW, {**BILL, "amount": "1000.00 USD"})
    assert told(answer) == [("wrong-currency", "events.csv:3")]
    waiting = credit(answer, "uptime-credit")
    assert waiting is not None
    assert waiting.state is CreditState.PENDING


def test_nought_of_nought_is_what_no_data_says_and_no_miss_by_accident(tmp_path: Path) -> None:
    none = {"kind": "tally", **MONTH, "good": "0", "total": "0"}
    answer = ask(tmp_path, none)
    assert june(answer, "booking") is Outcome.UNDETERMINED
    met = ask(tmp_path, none, rules=RULES.replace("no_data: undetermined\n  response", "no_data: met\n  response"))
    assert june(met, "booking") is Outcome.MET
    assert credit(met, "booking") is None


def test_a_level_between_rows_is_a_fault_of_the_file_or_pending_where_the_gap_is_accepted(tmp_path: Path) -> None:
    accepted = credit(ask(tmp_path, BILL, {**LOW, "value": "99.2"}), "uptime-credit")
    assert accepted is not None
    assert (accepted.state, accepted.pending_on) == (CreditState.PENDING, "no row of the table takes this level")
    (tmp_path / "acme" / "2026-01-01-first.yaml").write_text(RULES.replace("      gaps: undetermined\n", ""))
    codes = [(item.code, item.place.line > 0) for item in load_agreements([tmp_path / "acme"]).diagnostics]
    assert ("table-gap", True) in codes


def test_a_negative_fee_is_refused_and_a_fee_of_nought_pays_nought_with_its_arithmetic(tmp_path: Path) -> None:
    below = ask(tmp_path, LOW, {**BILL, "amount": "-1000.00 EUR"})
    assert told(below) == [("negative-number", "events.csv:3")]
    waiting = credit(below, "uptime-credit")
    assert waiting is not None
    assert waiting.state is CreditState.PENDING
    nought = credit(ask(tmp_path, LOW, {**BILL, "amount": "0.00 EUR"}), "uptime-credit")
    assert nought is not None
    assert nought.amount == Money(amount=Fraction(0), currency="EUR")
    assert any(isinstance(step, BaseSum) and step.parts for step in nought.explanation.steps)


@pytest.mark.parametrize(
    ("reason", "row"),
    [
        (
            "good-above-total",
            {"kind": "tally", **MONTH, "good": "11", "total": "10"},
        ),
        (
            "end-before-start",
            {"kind": "outage", "site": "delft", "start": "2026-06-03 12:00", "end": "2026-06-03 11:00"},
        ),
        ("end-before-start", {**BILL, "end": "2026-06-01"}),
        ("missing-field", {"kind": "incident", "incident_id": "I", "transition": "paused", "at": "2026-06-03 10:00"}),
        ("negative-number", {"kind": "tally", **MONTH, "good": "-1", "total": "10"}),
    ],
)
def test_a_row_that_cannot_be_so_is_named_with_its_line_and_judges_nothing(
    tmp_path: Path, reason: str, row: dict[str, str]
) -> None:
    answer = ask(tmp_path, row)
    assert told(answer) == [(reason, "events.csv:2")]
    assert answer.faults[0].hint


@pytest.mark.parametrize(
    ("code", "was", "becomes"),
    [
        ("out-of-range", "indicator: booked, at_least: 99.5 %", "indicator: booked, at_least: 100.5 %"),
        ("out-of-range", "accepts: 0 % to 100 %", "accepts: 100 % to 0 %"),
        ("out-of-range", "amount: 150.00 EUR", "amount: -150.00 EUR"),
        ("wrong-unit", "amount: 150.00 EUR", "amount: 150.00 USD"),
    ],
)
def test_a_figure_that_cannot_be_meant_is_a_fault_of_the_file_with_its_line(
    tmp_path: Path, code: str, was: str, becomes: str
) -> None:
    assert was in RULES
    answer = ask(tmp_path, LOW, rules=RULES.replace(was, becomes), as_of="2026-07-15T00:00:00Z")
    assert [item.agreement for item in answer.not_judged] == ["acme"]
    line = RULES[: RULES.index(was)].count("\n") + 1
    assert (code, line) in {(item.code, item.place.line) for item in answer.diagnostics}


def incident(*facts: str) -> list[dict[str, str]]:
    """Transitions of one incident on 3 June: `opened 10`, `paused 11 waiting`."""
    rows = []
    for text in facts:
        transition, hour, *reason = text.split()
        row = {"kind": "incident", "incident_id": "I", "transition": transition, "at": f"2026-06-03 {hour}:00"}
        rows.append(row | ({"reason": reason[0]} if reason else {}))
    return rows


@pytest.mark.parametrize(
    ("facts", "hours", "reasons"),
    [
        (("opened 10", "paused 11 waiting", "responded 16"), 1, []),
        (("opened 10", "paused 11 waiting", "paused 12 waiting", "resumed 13", "responded 16"), 4, []),
        (("opened 10", "paused 11 waiting", "paused 12 lunch", "resumed 13", "responded 16"), 5, []),
        (
            ("opened 10", "paused 11 waiting", "resumed 12", "resumed 13", "responded 16"),
            5,
            [("unused", "events.csv:5")],
        ),
        (("opened 10", "resumed 12", "responded 16"), 6, [("unused", "events.csv:3")]),
    ],
)
def test_a_pause_lasts_until_it_is_resumed_or_its_reason_changes_or_the_clock_ends(
    tmp_path: Path, facts: tuple[str, ...], hours: int, reasons: list[tuple[str, str]]
) -> None:
    answer = ask(tmp_path, *incident(*facts))
    (level,) = [item.level for item in answer.assessments[0].verdicts if item.clause == "late"]
    assert level is not None
    assert level.exact() == hours * 3_600_000_000
    assert told(answer) == reasons


def test_a_subject_nobody_listed_is_named_and_the_listed_ones_are_judged_all_the_same(tmp_path: Path) -> None:
    down = {"kind": "outage", "site": "breda", "start": "2026-06-03 10:00", "end": "2026-06-03 15:00"}
    answer = ask(tmp_path, down)
    assert told(answer) == [("unknown-subject", "events.csv:2")]
    judged = [item for item in answer.assessments[0].verdicts if item.clause == "site-credit"]
    assert {(item.subject, item.outcome) for item in judged if item.period.label == "2026-06"} == {
        ("delft", Outcome.MET),
        ("gouda", Outcome.MET),
    }
