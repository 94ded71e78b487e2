"""Two kinds of subject at once: each line with each priority has its own level, limit, credit and share of a cap."""

from __future__ import annotations

from malus.model.agreement import Terms
from malus.model.quantities import Outcome

from tests.evaluation.written import credit, fact, judge, outage, reasons, tally, written

LISTED = """\
subjects:
  north: {kind: line, class: old}
  south: {kind: line, known_as: [ZUID]}
  high: {kind: priority, known_as: [P1]}
  low: {kind: priority, known_as: [P2]}
"""
REPAIR = (
    "repair: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved,"
    " calendar: always, pauses: [], counted_in: period_of_start, while_open: runs, reopened: gap_counts, by: at_end,"
    " for_each: [line, priority]}"
)
SLOW = "slow: {source: a, promise: {indicator: repair, at_most: LIMIT}, credit: {each: incident, amount: PAID}}"
LINE_CAP = (
    "caps: [{name: line, limits: [slow], at_most: 10 % of hosting, per: month, for_each: line, cut: in_order,"
    " source: a}]\n"
)
LINE_FEE = "hosting: {amount: {north: 1000.00 EUR, south: 2000.00 EUR}, per: month, for_each: line}"
JUNE = "2026-06"


def by_pair(limit: str = "4 hours", paid: str = "70.00 EUR", more: str = "", **other: str) -> Terms:
    return written(REPAIR, SLOW.replace("LIMIT", limit).replace("PAID", paid), LISTED + more, **other)


def fault(name: str, line: str, priority: str, hours: int) -> list[object]:
    return [
        fact(name, "opened", "2026-06-03 08:00", priority, subjects=(line,)),
        fact(name, "resolved", f"2026-06-03 {8 + hours:02}:00"),
    ]


def test_a_fault_is_judged_for_its_line_and_its_priority_together() -> None:
    told = [*fault("F-1", "north", "P1", 5), *fault("F-2", "ZUID", "P2", 4)]
    answer = judge(by_pair(), told, as_of="2026-07-01")
    assert [(item.subject, item.whose, item.outcome) for item in answer.verdicts] == [
        ("F-1", "north/high", Outcome.MISSED),
        ("F-2", "south/low", Outcome.MET),
    ]
    assert credit(answer, JUNE, "slow", "north/high").key.occasion == "F-1"


def test_the_limit_of_a_pair_goes_before_that_of_a_member_and_a_member_is_enough() -> None:
    told = [*fault("F-1", "north", "P1", 3), *fault("F-2", "south", "P1", 3), *fault("F-3", "south", "P2", 3)]
    answer = judge(by_pair("{high: 2 hours, low: 8 hours, old/high: 3 hours}"), told, as_of="2026-07-01")
    assert {item.subject: item.outcome for item in answer.verdicts} == {
        "F-1": Outcome.MET,
        "F-2": Outcome.MISSED,
        "F-3": Outcome.MET,
    }


def test_what_is_paid_differs_by_pair_too() -> None:
    told = [*fault("F-1", "north", "P1", 5), *fault("F-2", "south", "P2", 5)]
    answer = judge(by_pair(paid="{high: 50.00 EUR, low: 20.00 EUR, south/low: 7.00 EUR}"), told, as_of="2026-07-01")
    assert {item.key.subject: str(item.amount.amount) for item in answer.credits if item.amount} == {
        "north/high": "50",
        "south/low": "7",
    }


def test_a_cap_and_a_fee_of_each_line_are_those_of_all_its_pairs() -> None:
    told = [*fault("F-1", "north", "P1", 5), *fault("F-2", "north", "P2", 5), *fault("F-3", "south", "P1", 5)]
    answer = judge(by_pair(more=LINE_CAP, charges=LINE_FEE), told, as_of="2026-07-01")
    cut = {item.key.occasion: str(item.amount.amount) for item in answer.credits if item.amount}
    assert cut == {"F-1": "70", "F-2": "30", "F-3": "70"}


def test_a_cap_of_each_pair_holds_that_pair_alone() -> None:
    caps = LINE_CAP.replace("10 % of hosting", "100.00 EUR").replace("for_each: line", "for_each: [line, priority]")
    told = [*fault("F-1", "north", "P1", 5), *fault("F-2", "north", "P1", 5), *fault("F-3", "north", "P2", 5)]
    answer = judge(by_pair(more=caps), told, as_of="2026-07-01")
    cut = {item.key.occasion: str(item.amount.amount) for item in answer.credits if item.amount}
    assert cut == {"F-1": "70", "F-2": "30", "F-3": "70"}


def test_the_pairs_of_sites_use_up_the_caps_of_the_pairs_of_their_lines() -> None:
    listed = """\
subjects:
  north: {kind: line}
  delft: {kind: site, part_of: north}
  gouda: {kind: site, part_of: north}
  loans: {kind: activity}
  cards: {kind: activity}
caps:
  - {name: each, limits: [booked], at_most: 15.00 EUR, per: month, for_each: [line, activity], cut: in_order, source: a}
"""
    right = (
        "right: {measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_start, no_data: met,"
        " for_each: [site, activity]}"
    )
    clause = (
        "booked: {source: a, promise: {indicator: right, at_least: 90 %}, credit: {each: period, amount: 10.00 EUR}}"
    )
    told = [
        tally("2026-06-01", "2026-06-02", good, 10, subjects=names)
        for good, names in (
            (5, ("delft", "loans")),
            (5, ("gouda/loans",)),
            (5, ("gouda", "cards")),
            (10, ("delft", "cards")),
        )
    ]
    answer = judge(written(right, clause, listed), told, as_of="2026-07-01")
    cut = {item.key.subject: str(item.amount.amount) for item in answer.credits if item.amount}
    assert cut == {"delft/loans": "10", "gouda/cards": "10", "gouda/loans": "5"}
    assert reasons(answer) == []


def test_a_fault_that_names_no_line_is_of_no_pair_and_says_what_is_lacking() -> None:
    told = [fact("F-1", "opened", "2026-06-03 08:00", "P1"), fact("F-1", "resolved", "2026-06-03 18:00")]
    answer = judge(by_pair(), told, as_of="2026-07-01")
    assert answer.verdicts == ()
    (said,) = answer.remarks
    assert (said.reason, said.message) == (
        "subject-missing",
        "`repair` is measured for each line and priority, and this names no line: name it under `subjects`",
    )


TWO_KINDS = (
    "of-lines: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds, for_each: line}\n"
    "of-sites: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds, for_each: site}"
)
BOTH = (
    "lines: {source: a, promise: {indicator: of-lines, at_least: 99.9 %}, credit: {each: period, amount: 5.00 EUR}}\n"
    "sites: {source: a, promise: {indicator: of-sites, at_least: 99.9 %}, credit: {each: period, amount: 5.00 EUR}}"
)


def test_two_kinds_of_subjects_of_one_service_do_not_ask_for_each_others_events() -> None:
    listed = "subjects: {north: {kind: line}, delft: {kind: site}}"
    told = [
        outage("2026-06-03 08:00", "2026-06-03 18:00", subjects=("north",)),
        outage("2026-06-04 08:00", "2026-06-04 18:00", site="delft"),
    ]
    answer = judge(written(TWO_KINDS, BOTH, listed), told, as_of="2026-07-01")
    assert {item.key.subject for item in answer.credits} == {"north", "delft"}
    assert reasons(answer) == []


def test_an_event_that_names_neither_is_asked_for_both() -> None:
    listed = "subjects: {north: {kind: line}, delft: {kind: site}}"
    told = [outage("2026-06-03 08:00", "2026-06-03 18:00")]
    answer = judge(written(TWO_KINDS, BOTH, listed), told, as_of="2026-07-01")
    assert reasons(answer) == ["subject-missing", "subject-missing"]
