"""One clause, many subjects: each listed one has its own level, verdict, credit and share of a cap."""

from __future__ import annotations

import pytest
from malus.model.agreement import Terms
from malus.model.event_deliveries import Delivery
from malus.model.explanation import BaseSum
from malus.model.quantities import Outcome

from tests.evaluation.written import (
    PROMISE,
    amounts,
    at,
    charge,
    check,
    claim,
    credit,
    delivered,
    down_minutes,
    excused,
    fact,
    judge,
    money,
    opening,
    outage,
    reading,
    reasons,
    tally,
    verdict,
    written,
)

SITES = """\
subjects:
  delft: {kind: site, class: small}
  rotterdam: {kind: site, class: large, known_as: [ROTTERDAM (Waalhaven)]}
"""
EACH = (
    "uptime: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds, for_each: site,"
    " excluding: [maintenance], excluded_time: leaves_the_base, no_data: met}"
)
TENTH = "credit: {of: {charge: hosting, period: judged}, overlap: highest_credit, bands: [{below: 99.9 %, rate: 10 %}]}"
CREDIT = f"uptime-credit: {{source: art. 4.2, {PROMISE}, {TENTH}}}"
PER_SITE = "hosting: {amount: {delft: 1000.00 EUR, large: 3000.00 EUR}, per: month, for_each: site}"
JUNE = "2026-06"


def by_site(indicators: str = EACH, clauses: str = CREDIT, more: str = "", **other: str) -> Terms:
    return written(indicators, clauses, SITES + more, **other)


def june(answer: object, clause: str = "uptime-credit") -> dict[str, Outcome]:
    return {
        item.subject: item.outcome
        for item in answer.verdicts  # type: ignore[attr-defined]
        if item.period.label == JUNE and item.clause == clause
    }


def test_a_site_that_failed_has_its_own_credit_and_a_listed_site_without_events_is_judged() -> None:
    answer = judge(by_site(charges=PER_SITE), [down_minutes(300, subjects=("rotterdam",))], as_of="2026-07-01")
    assert june(answer) == {"delft": Outcome.MET, "rotterdam": Outcome.MISSED}
    assert credit(answer, JUNE, subject="rotterdam").amount.amount == 300  # type: ignore[union-attr]
    assert amounts(answer) == ["300"]


def test_the_site_column_names_a_subject_and_so_does_what_events_call_it() -> None:
    told = [down_minutes(300, site="ROTTERDAM (Waalhaven)"), down_minutes(300, site="delft")]
    answer = judge(by_site(charges=PER_SITE), told, as_of="2026-07-01")
    assert amounts(answer) == ["100", "300"]


def test_an_outage_of_two_sites_counts_for_both_and_its_minutes_are_not_added_up() -> None:
    told = [down_minutes(30, subjects=("delft", "rotterdam")), down_minutes(30, start="2026-06-09 10:00", site="delft")]
    answer = judge(by_site(), told, as_of="2026-07-01")
    assert june(answer) == {"delft": Outcome.MISSED, "rotterdam": Outcome.MET}


def test_a_site_nobody_listed_is_named_and_judges_no_subject() -> None:
    answer = judge(by_site(), [down_minutes(300, site="breda")], as_of="2026-07-01")
    assert reasons(answer) == ["unknown-subject"]
    assert "`breda`" in answer.remarks[0].message
    assert amounts(answer) == []


def test_an_outage_that_names_no_site_is_named_where_each_site_is_judged() -> None:
    answer = judge(by_site(), [down_minutes(300)], as_of="2026-07-01")
    assert reasons(answer) == ["subject-missing"]


def test_a_fee_without_for_each_stays_whole_and_a_rate_of_all_sites_adds_them_up() -> None:
    told = [down_minutes(300, site="delft")]
    assert amounts(judge(by_site(), told, as_of="2026-07-01")) == ["1200"]
    whole = EACH.replace(" for_each: site,", "")
    answer = judge(by_site(whole, charges=PER_SITE), told, as_of="2026-07-01")
    assert amounts(answer) == ["400"]
    base = next(step for step in answer.credits[0].explanation.steps if isinstance(step, BaseSum))
    assert [(part.subject, part.amount.amount) for part in base.parts] == [("delft", 1000), ("rotterdam", 3000)]


def test_a_bill_for_each_site_is_awaited_for_the_site_that_failed_alone() -> None:
    terms = by_site(charges="hosting: {from: events, per: month, absent: pending, for_each: site}")
    told = [down_minutes(300, site="delft")]
    bill = charge("hosting", "2026-06-01", "2026-07-01", "500", subjects=("rotterdam",))
    waiting = judge(terms, [*told, bill], as_of="2026-07-02")
    assert credit(waiting, JUNE, subject="delft").pending_on == "the charge `hosting` of 2026-06 for delft"
    mine = charge("hosting", "2026-06-01", "2026-07-01", "500", subjects=("delft",))
    assert amounts(judge(terms, [*told, bill, mine], as_of="2026-07-02")) == ["50"]
    nobodys = charge("hosting", "2026-06-01", "2026-07-01", "500")
    assert reasons(judge(terms, [nobodys], as_of="2026-07-02")) == ["subject-missing"]


def test_the_promise_may_differ_by_class_of_subject() -> None:
    promise = "promise: {indicator: uptime, at_least: {small: 99 %, large: 99.9 %}}"
    clause = f"uptime-credit: {{source: art. 4.2, {promise}, credit: {{each: period, amount: 50.00 EUR}}}}"
    told = [down_minutes(100, site="delft"), down_minutes(100, site="rotterdam")]
    answer = judge(by_site(clauses=clause), told, as_of="2026-07-01")
    assert june(answer) == {"delft": Outcome.MET, "rotterdam": Outcome.MISSED}


def test_maintenance_of_one_site_excuses_that_site_alone() -> None:
    quick = "maintenance: {cause: maintenance, source: art. 3.4}"
    told = [
        down_minutes(300, site="delft"),
        down_minutes(300, site="rotterdam"),
        excused("2026-06-03 10:00", "2026-06-03 15:00", subjects=("delft",)),
    ]
    answer = judge(by_site(exclusions=quick), told, as_of="2026-07-01")
    assert june(answer) == {"delft": Outcome.MET, "rotterdam": Outcome.MISSED}
    assert reasons(answer) == []


def test_no_data_takes_the_previous_level_of_the_same_site() -> None:
    satisfied = (
        "satisfied: {measure: value, of: shop, from: readings, per: month, accepts: 0 to 10, several: last,"
        " counted_in: period_of_start, no_data: previous, for_each: site}"
    )
    clause = (
        "happy: {source: a, promise: {indicator: satisfied, at_least: 7}, credit: {each: period, amount: 5.00 EUR}}"
    )
    told = [reading("2026-05-10", "5", "count", site="delft"), reading("2026-06-10", "9", "count", site="rotterdam")]
    answer = judge(by_site(satisfied, clause), told, as_of="2026-07-01")
    assert june(answer, "happy") == {"delft": Outcome.MISSED, "rotterdam": Outcome.MET}


MEASURES = {
    "availability": (EACH, "at_least: 99.9 %", [down_minutes(300, site="delft")]),
    "checks": (
        (
            "m: {measure: availability, of: shop, from: checks, per: month, state_holds: until_next_check,"
            " unobserved: counts_as_up, degraded: counts_as_down, for_each: site}"
        ),
        "at_least: 99.9 %",
        [check("2026-06-03 10:00", "down", site="delft"), check("2026-06-03 10:00", "up", site="rotterdam")],
    ),
    "ratio": (
        (
            "m: {measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_start, no_data: met,"
            " for_each: site}"
        ),
        "at_least: 99.9 %",
        [
            tally("2026-06-01", "2026-06-02", 1, 2, site="delft"),
            tally("2026-06-01", "2026-06-02", 2, 2, site="rotterdam"),
        ],
    ),
    "occurrences": (
        "m: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start, for_each: site}",
        "at_most: 0 outages",
        [down_minutes(1, site="delft")],
    ),
    "incidents": (
        "m: {measure: occurrences, of: shop, from: incidents, per: month, counted_in: period_of_start, for_each: site}",
        "at_most: 0 incidents",
        [fact("INC-1", "opened", "2026-06-03 10:00", site="delft")],
    ),
    "delivered": (
        (
            "m: {measure: delivered, per: month, due: {within: 2 days, after: period_end, until: end_of_day},"
            " for_each: site}"
        ),
        "at_least: 1 delivery",
        [delivered("m", "2026-07-01", "2026-06-01", subject="rotterdam")],
    ),
}


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_taken_for_each_site_by_itself(name: str) -> None:
    indicator, limit, told = MEASURES[name]
    called = indicator.partition(":")[0]
    clause = f"c: {{source: a, promise: {{indicator: {called}, {limit}}}, credit: {{each: period, amount: 5.00 EUR}}}}"
    answer = judge(by_site(indicator, clause), told, as_of="2026-08-01")
    assert june(answer, "c") == {"delft": Outcome.MISSED, "rotterdam": Outcome.MET}
    assert credit(answer, JUNE, "c", "delft").key.occasion == "2026-05-31T22:00:00Z"


def test_a_report_for_nobody_is_asked_for_its_subject_by_the_column_that_reports_have() -> None:
    indicator, limit, _ = MEASURES["delivered"]
    clause = f"c: {{source: a, promise: {{indicator: m, {limit}}}, credit: {{each: period, amount: 5.00 EUR}}}}"
    nobodys = delivered("m", "2026-07-01", "2026-06-01")
    remarks = judge(by_site(indicator, clause), [nobodys], as_of="2026-08-01").remarks
    (message,) = (remark.message for remark in remarks if remark.reason == "subject-missing")
    assert message.endswith(": name it under `subject`")


RESPONSE = (
    "response: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: responded,"
    " calendar: always, pauses: [], counted_in: period_of_start, while_open: runs, by: at_end, for_each: KIND}"
)


def test_an_incident_is_judged_for_its_site_and_pays_on_the_fee_of_that_site() -> None:
    clause = (
        "late: {source: a, promise: {indicator: response, at_most: 4 hours}, credit: {of: {charge: hosting,"
        " period: judged}, overlap: refuse, bands: [{above: 4 hours, rate: 10 %}]}}"
    )
    told = [
        fact("INC-1", "opened", "2026-06-03 10:00", site="rotterdam"),
        fact("INC-1", "responded", "2026-06-03 15:00"),
        fact("INC-2", "opened", "2026-06-03 10:00", site="delft"),
        fact("INC-2", "responded", "2026-06-03 14:00"),
    ]
    answer = judge(by_site(RESPONSE.replace("KIND", "site"), clause, charges=PER_SITE), told, as_of="2026-07-01")
    mine = credit(answer, JUNE, "late", "rotterdam")
    assert (mine.key.occasion, mine.amount.amount) == ("INC-1", 300)  # type: ignore[union-attr]
    assert [(item.subject, item.whose) for item in answer.verdicts] == [("INC-1", "rotterdam"), ("INC-2", "delft")]


def test_priorities_are_subjects_too_and_the_one_that_judges_an_incident_decides() -> None:
    share = (
        "in-time: {measure: share, good_when: {indicator: response, at_most: 4 hours}, per: month,"
        " counted_in: period_of_start, no_data: met, for_each: priority}"
    )
    indicators = f"{RESPONSE.replace(', for_each: KIND', '')}\n{share}"
    clause = "c: {source: a, promise: {indicator: in-time, at_least: 95 %}, credit: {each: period, amount: 5.00 EUR}}"
    subjects = "subjects: {p1: {kind: priority, known_as: [P1]}, p2: {kind: priority, known_as: [P2]}}"
    told = [
        fact("INC-1", "opened", "2026-06-03 10:00", "P2"),
        fact("INC-1", "priority_changed", "2026-06-03 11:00", "P1"),
        fact("INC-1", "responded", "2026-06-03 15:00"),
        fact("INC-2", "opened", "2026-06-03 10:00", "P2"),
        fact("INC-2", "responded", "2026-06-03 11:00"),
        fact("INC-3", "opened", "2026-06-03 10:00", "P9"),
    ]
    answer = judge(written(indicators, clause, subjects), told, as_of="2026-07-01")
    assert june(answer, "c") == {"p1": Outcome.MISSED, "p2": Outcome.MET}
    assert reasons(answer) == ["unknown-subject"]


TO_THE_TENTH = "{name: tenth, limits: [uptime-credit], at_most: 10 % of hosting, per: month, for_each: line"
LINES = f"""\
subjects:
  north: {{kind: line}}
  south: {{kind: line}}
  delft: {{kind: site, part_of: north}}
  gouda: {{kind: site, part_of: north}}
  mons: {{kind: site, part_of: south}}
caps:
  - {TO_THE_TENTH}, cut: pro_rata, source: a}}
"""


def test_each_line_has_a_cap_of_its_own_that_its_sites_share() -> None:
    told = [down_minutes(300, site=name) for name in ("delft", "gouda", "mons")]
    clause = CREDIT.replace("rate: 10 %", "rate: 8 %")
    fees = "hosting: {amount: {north: 1000.00 EUR, south: 2000.00 EUR}, per: month, for_each: line}"
    answer = judge(written(EACH, clause, LINES, charges=fees), told, as_of="2026-07-01")
    assert amounts(answer) == ["50", "50", "160"]


def test_a_balance_brought_in_uses_up_the_cap_of_its_own_line() -> None:
    more = LINES.replace("10 % of hosting, per: month", "1500.00 EUR, per: rolling 12 months")
    used = opening("2025-09-01", "2026-01-01", cap="tenth", used=money("1450"), subjects=("north",))
    nobodys = opening("2025-09-01", "2026-01-01", cap="tenth", used=money("1450"))
    told = [down_minutes(300, site=name) for name in ("delft", "mons")]
    answer = judge(written(EACH, CREDIT, more), [*told, used, nobodys], as_of="2026-07-01")
    assert amounts(answer) == ["50", "1200"]
    assert reasons(answer) == ["subject-missing"]


def test_chronic_failure_is_that_of_one_site() -> None:
    chronic = (
        "chronic: {source: art. 8, when: {missed: uptime, at_least: 2 months, within: any 2 months},"
        " fires: once_while_true, right: {kind: partial_termination, of: customer}}"
    )
    told = [
        down_minutes(300, "2026-05-03 10:00", site="delft"),
        down_minutes(300, "2026-06-03 10:00", site="rotterdam"),
        down_minutes(300, "2026-07-03 10:00", site="rotterdam"),
    ]
    answer = judge(by_site(clauses=f"{CREDIT}\n{chronic}"), told, as_of="2026-08-01")
    assert [(item.key.subject, item.key.occasion) for item in answer.rights] == [("rotterdam", "2026-05-31T22:00:00Z")]


def test_occurrences_and_time_down_in_a_window_are_those_of_one_site() -> None:
    often = (
        "often: {source: a, when: {occurrences: outages, at_least: 2 outages, within: any 30 days, day: 24_hours,"
        " placed_at: start, at_the_edge: outside}, fires: once_while_true, right: {kind: step_in, of: customer}}"
    )
    long = (
        "long: {source: a, when: {total: uptime, at_least: 10 hours, within: any 30 days}, fires: once_while_true,"
        " right: {kind: step_in, of: customer}}"
    )
    count = (
        "outages: {measure: occurrences, of: shop, from: outages, per: month, counted_in: period_of_start,"
        " for_each: site}"
    )
    told = [
        down_minutes(300, "2026-06-03 10:00", site="delft"),
        down_minutes(300, "2026-06-04 10:00", site="rotterdam"),
        down_minutes(300, "2026-06-05 10:00", site="rotterdam"),
    ]
    answer = judge(by_site(f"{EACH}\n{count}", f"{CREDIT}\n{often}\n{long}"), told, as_of="2026-07-01")
    assert {(item.key.clause, item.key.subject) for item in answer.rights} == {
        ("long", "rotterdam"),
        ("often", "rotterdam"),
    }
    assert {item.subject for item in answer.nearly} == {"delft"}


def test_a_claim_that_names_a_site_claims_the_credit_of_that_site() -> None:
    step = (
        "claims: [{step: claim, by: customer, within: 10 days, after: period_end, until: end_of_day,"
        " otherwise: lapses, source: a}]\n"
    )
    told = [down_minutes(300, site="delft"), down_minutes(300, site="rotterdam")]
    mine = claim("2026-07-02", subject="delft")
    answer = judge(by_site(more=step), [*told, mine], as_of="2026-08-01")
    states = {item.key.subject: item.state.value for item in answer.credits}
    assert states == {"delft": "due", "rotterdam": "lapsed"}


def test_the_level_of_a_site_is_that_of_the_terms_it_is_listed_in() -> None:
    old = written(EACH, CREDIT, "subjects: {delft: {kind: site}}")
    new = written(EACH, CREDIT, SITES, effective="2026-07-01")
    told = [
        outage("2026-06-03 10:00", "2026-06-03 15:00", site="rotterdam"),
        outage("2026-07-03", "2026-07-04", site="rotterdam"),
    ]
    answer = judge([old, new], told, as_of="2026-08-01")
    assert [item.period.label for item in answer.credits] == ["2026-07"]
    assert reasons(answer) == ["unknown-subject"]
    assert verdict(answer, "2026-07", subject="rotterdam").outcome is Outcome.MISSED


def test_a_delivery_is_judged_for_the_site_it_goes_to_and_pays_on_the_fee_of_that_site() -> None:
    late = (
        "late: {measure: elapsed, of: shop, from: deliveries, per: month, starts: due, ends: done, early: zero,"
        " calendar: always, counted_in: period_of_start, while_open: runs, day: 24_hours, part_day: counts,"
        " for_each: site}"
    )
    clause = (
        "c: {source: a, promise: {indicator: late, at_most: 0 days}, credit: {of: {charge: hosting, period: judged},"
        " overlap: refuse, bands: [{above: 0 days, rate: 10 %}]}}"
    )
    told = [
        Delivery(agreement="acme", delivery_id=name, due=at("2026-06-03"), done=at(done), site=site)
        for name, done, site in (
            ("D-1", "2026-06-05", "rotterdam"),
            ("D-2", "2026-06-03", "delft"),
            ("D-3", "2026-06-05", "breda"),
        )
    ]
    answer = judge(by_site(late, clause, charges=PER_SITE), told, as_of="2026-07-01")
    assert [(item.subject, item.whose, item.outcome) for item in answer.verdicts] == [
        ("D-1", "rotterdam", Outcome.MISSED),
        ("D-2", "delft", Outcome.MET),
    ]
    mine = credit(answer, JUNE, "c", "rotterdam")
    assert (mine.key.occasion, mine.amount) == ("D-1", money("300"))
    assert reasons(answer) == ["unknown-subject"]


BOTH = {"subjects": ("delft", "rotterdam")}
LATE = "late: {source: a, promise: {indicator: response, at_most: 4 hours}, credit: {each: incident, amount: 5.00 EUR}}"
QUICK = "maintenance: {cause: maintenance, source: art. 3.4}"
BOTH_WAITED = [fact("INC-1", "opened", "2026-06-03 10:00", **BOTH), fact("INC-1", "responded", "2026-06-03 16:00")]


def response(kind: str) -> str:
    told = RESPONSE.replace(", for_each: KIND", f", for_each: {kind}" if kind else "")
    return told.replace("by: at_end", "by: at_end, excluding: [maintenance]")


@pytest.mark.parametrize(
    ("excused_sites", "missed"),
    [(("rotterdam",), ["delft"]), (("delft", "rotterdam"), []), ((), []), (("delft",), ["rotterdam"])],
)
def test_an_incident_of_two_sites_is_excused_for_the_one_site_whose_maintenance_it_was(
    excused_sites: tuple[str, ...], missed: list[str]
) -> None:
    terms = by_site(response("site"), LATE, exclusions=QUICK)
    free = excused("2026-06-03 10:00", "2026-06-03 16:00", subjects=excused_sites)
    answer = judge(terms, [*BOTH_WAITED, free], as_of="2026-07-01")
    assert [item.whose for item in answer.verdicts if item.outcome is Outcome.MISSED] == missed


@pytest.mark.parametrize(
    ("excused_sites", "outcome"), [(("rotterdam",), Outcome.MISSED), (("delft", "rotterdam"), Outcome.MET)]
)
def test_an_incident_that_is_judged_for_no_site_is_excused_where_all_its_sites_are(
    excused_sites: tuple[str, ...], outcome: Outcome
) -> None:
    terms = by_site(response(""), LATE, exclusions=QUICK)
    free = excused("2026-06-03 10:00", "2026-06-03 16:00", subjects=excused_sites)
    answer = judge(terms, [*BOTH_WAITED, free], as_of="2026-07-01")
    assert [item.outcome for item in answer.verdicts] == [outcome]


@pytest.mark.parametrize(("for_each", "paid"), [("", ["200", "200"]), (", for_each: site", ["50", "150"])])
def test_a_pool_is_one_for_all_sites_unless_its_cap_is_for_each(for_each: str, paid: list[str]) -> None:
    clause = (
        f"uptime-credit: {{source: a, {PROMISE}, credit: {{each: period, rate: 50 %, of: {{pool: at-risk,"
        " share: 100 %}}}"
    )
    pool = (
        "caps: [{name: at-risk, limits: [uptime-credit], at_most: 10 % of hosting, per: month, cut: pro_rata,"
        f" source: a{for_each}}}]\n"
    )
    told = [down_minutes(300, site="delft"), down_minutes(300, site="rotterdam")]
    answer = judge(by_site(clauses=clause, more=pool, charges=PER_SITE), told, as_of="2026-07-01")
    assert amounts(answer) == paid


def test_options_for_each_line_are_held_against_each_other_over_all_its_sites() -> None:
    second = CREDIT.replace("uptime-credit:", "by-the-sum:").replace(
        TENTH, "credit: {each: period, amount: 150.00 EUR}"
    )
    more = LINES[: LINES.index("caps:")] + (
        "one_of: [{name: dearest, options: [[uptime-credit], [by-the-sum]], take: highest_total, per: month,"
        " for_each: line, source: a}]\n"
    )
    fees = "hosting: {amount: {delft: 2000.00 EUR, gouda: 500.00 EUR, mons: 100.00 EUR}, per: month, for_each: site}"
    told = [down_minutes(300, site=name) for name in ("delft", "gouda")]
    answer = judge(written(EACH, f"{CREDIT}\n{second}", more, charges=fees), told, as_of="2026-07-01")
    assert {
        item.key.subject: str(item.amount.amount) for item in answer.credits if item.key.clause == "by-the-sum"
    } == {  # type: ignore[union-attr]
        "delft": "150",
        "gouda": "150",
    }
    assert {str(item.amount.amount) for item in answer.credits if item.key.clause == "uptime-credit"} == {"0"}  # type: ignore[union-attr]
