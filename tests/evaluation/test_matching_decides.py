"""Matching alone decides what follows; the answer depends on the set of facts and on nothing else."""

import itertools
import random
from dataclasses import replace

import pytest
from malus.evaluation import triggers
from malus.evaluation.evaluate import assess
from malus.evaluation.following import rules_of
from malus.matching.durable import DurableMatcher
from malus.model.canonical import canonical_text
from malus.model.rules import Outcome, RuleSet

from tests.evaluation.written import (
    PROMISE,
    TENTH,
    UPTIME,
    PlainMatcher,
    at,
    claim,
    down_minutes,
    excused,
    fact,
    judge,
    money,
    opening,
    outage,
    tally,
    verdict,
    written,
)

ELAPSED = (
    "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved, calendar: always, "
    "pauses: [waiting], counted_in: period_of_start, while_open: runs, reopened: gap_counts, by: at_end}"
)
PLANNED = UPTIME.replace("per: month", "per: month, excluding: [maintenance], excluded_time: leaves_the_base")
WHOLE = written(
    f"{PLANNED}\n{ELAPSED}",
    f"uptime-credit: {{source: a, {PROMISE}, {TENTH}, declares: critical, "
    "obligation: {deliver: plan, by: provider, within: 5 business days, after: breach, until: end_of_day}}\n"
    "late: {source: b, promise: {indicator: it, at_most: 4 hours}, credit: {each: incident, amount: 250.00 EUR}, "
    "escalation: [{at: 80 % of promise, notify: desk, by: [phone]}, {at: promise, notify: manager, by: [email]}]}\n"
    "no-plan: {source: c, when: {not_fulfilled: uptime-credit}, credit: {each: period, amount: 500.00 EUR}}\n"
    "told: {source: d, when: {declared: critical}, escalation: [{within: 1 day, after: breach, "
    "until: end_of_day, notify: desk, by: [phone]}]}\n"
    "chronic: {source: e, when: {missed: uptime, at_least: 2 months, within: any 3 months}, fires: once_while_true, "
    "right: {kind: termination, of: customer}}\n"
    "much: {source: f, when: {total: uptime, at_least: 2 hours, within: any 90 days}, fires: once_while_true, "
    "right: {kind: step_in, of: customer}}",
    "caps: [{name: most, limits: [uptime-credit, late, no-plan], at_most: 1500.00 EUR, "
    "per: rolling 12 months, cut: pro_rata, "
    "counts: earned, source: g}]\n"
    "claims: [{clauses: [uptime-credit], step: claim, by: customer, within: 30 days, "
    "after: period_end, until: end_of_day, "
    "otherwise: lapses, source: h}]",
)
FACTS = [
    down_minutes(60, id="1"),
    down_minutes(30, "2026-06-03 10:45", id="2"),
    outage("2026-07-03 10:00", outage_id="o", id="3"),
    outage(None, "2026-07-03 12:00", outage_id="o", id="4", reported_at=at("2026-07-03 10:30")),
    excused("2026-06-10", "2026-06-11", "2026-05-20", id="5"),
    fact("I", "opened", "2026-06-03 10:00", "high", id="6"),
    fact("I", "paused", "2026-06-03 11:00", reason="waiting", id="7"),
    fact("I", "resumed", "2026-06-03 12:00", id="8"),
    fact("I", "resolved", "2026-06-03 17:00", id="9"),
    claim("2026-07-05", id="10"),
    opening("2025-09-01", "2026-01-01", cap="most", used=money("100"), id="11"),
    down_minutes(5, "2026-08-03 10:00", service="nowhere", id="12"),
]


def test_the_whole_agreement_yields_a_remedy_of_every_kind():
    answer = judge(WHOLE, FACTS)
    assert {item.key.clause for item in answer.credits} == {"uptime-credit", "late", "no-plan"}
    assert [item.key.clause for item in answer.rights] == ["much", "chronic"]
    assert len(answer.obligations) == 2
    assert {item.key.clause for item in answer.escalations} == {"late", "told"}
    assert [remark.reason for remark in answer.remarks] == ["unknown-service"]


def test_durable_rules_and_plain_matching_give_the_same_bytes():
    plain = judge(WHOLE, FACTS)
    engine = assess([WHOLE], FACTS, as_of=at("2027-01-01"), matcher=DurableMatcher())
    assert canonical_text(engine) == canonical_text(plain)
    assert engine.digest() == plain.digest()


class NothingFollows:
    def consequences(self, _rules, facts):
        return tuple(Outcome(consequences=(), derived=()) for _ in facts)


def test_a_matcher_from_which_nothing_follows_leaves_verdicts_and_no_remedy():
    answer = assess([WHOLE], FACTS, as_of=at("2027-01-01"), matcher=NothingFollows())
    assert answer.verdicts == judge(WHOLE, FACTS).verdicts
    assert (answer.credits, answer.rights, answer.obligations, answer.escalations) == ((), (), (), ())


TWO = written(
    f"{UPTIME}\n{ELAPSED}",
    f"down: {{source: a, {PROMISE}, credit: {{each: period, amount: 10.00 EUR}}}}\n"
    "late: {source: b, promise: {indicator: it, at_most: 4 hours}, right: {kind: step_in, of: customer}}",
)


def exchanged(terms):
    """The compiled rules with the consequences of the first two clauses exchanged."""
    rules = rules_of(terms).rules
    swap = {0: rules[1].consequences, 1: rules[0].consequences}
    return RuleSet(rules=tuple(replace(rule, consequences=swap[place]) for place, rule in enumerate(rules)))


@pytest.mark.parametrize("matcher", [PlainMatcher(), DurableMatcher()])
def test_exchanging_the_consequences_of_two_rules_exchanges_the_remedies(monkeypatch, matcher):
    events = [down_minutes(60)]
    before = assess([TWO], events, as_of=at("2026-07-15"), matcher=matcher)
    assert [item.key.clause for item in before.credits] == ["down"]
    assert before.rights == ()
    monkeypatch.setattr(triggers, "rules_of", exchanged)
    after = assess([TWO], events, as_of=at("2026-07-15"), matcher=matcher)
    assert after.credits == ()
    assert [item.key.clause for item in after.rights] == ["late"]
    assert after.verdicts == before.verdicts


def test_the_order_of_events_changes_nothing():
    answer = judge(WHOLE, FACTS)
    shuffled = random.Random(20260603)  # noqa: S311 - an order to try, no secret
    for _ in range(8):
        events = list(FACTS)
        shuffled.shuffle(events)
        assert judge(WHOLE, events).digest() == answer.digest()


def test_repeated_events_with_an_id_change_nothing():
    assert judge(WHOLE, [*FACTS, *FACTS, FACTS[3]]).digest() == judge(WHOLE, FACTS).digest()


def test_rows_without_an_id_count_as_often_as_they_stand_there():
    terms = written(
        "it: {measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_start, no_data: met}",
        "it: {source: a, promise: {indicator: it, at_least: 99 %}, credit: {each: period, amount: 1.00 EUR}}",
    )
    row = tally("2026-06-01", "2026-06-02", 1, 2)
    assert verdict(judge(terms, [row, row]), "2026-06", "it").level.denominator == 4
    named = tally("2026-06-01", "2026-06-02", 1, 2, id="t")
    assert verdict(judge(terms, [named, named]), "2026-06", "it").level.denominator == 2


def test_where_and_when_an_event_was_read_is_no_part_of_the_answer():
    told = [replace(event, evidence=f"row {number}", recorded_at=number) for number, event in enumerate(FACTS)]
    assert judge(WHOLE, told).digest() == judge(WHOLE, FACTS).digest()


def test_every_order_of_facts_at_one_instant_gives_the_same_bytes():
    together = [
        fact("I", "opened", "2026-06-03 10:00", "high"),
        fact("I", "paused", "2026-06-03 10:00", reason="waiting"),
        fact("I", "resumed", "2026-06-03 10:00"),
        fact("I", "priority_changed", "2026-06-03 10:00", "low"),
    ]
    assert len({judge(WHOLE, order).digest() for order in itertools.permutations(together)}) == 1


def test_an_amount_never_depends_on_what_lies_after_the_moment_of_asking():
    early = judge(WHOLE, FACTS[:2], as_of="2026-07-01")
    assert judge(WHOLE, FACTS, as_of="2026-07-01").credits[0].before_cap == early.credits[0].before_cap
