"""What follows from facts, and that the engine is used in the one pattern that is safe."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import durable.engine
import pytest
from malus.matching.durable import MOST_LINKS, DurableMatcher
from malus.matching.engine import MOST_FACTS_A_CYCLE, SIDS_IN_TURN, QuietHost
from malus.model.rules import PROPERTIES, Consequence, Fact, Outcome, Rule, RuleSet

from tests.matching.builders import LAST, credit, rule, rule_set, when
from tests.matching.oracle import expected_outcome

MISSED = rule_set(
    rule("verdict", when("outcome", "equals", "missed"), when("row", "at_least", 2), then=(credit(1, 2),)),
)


def follows(rules: RuleSet, fact: Fact) -> Outcome:
    (outcome,) = DurableMatcher().consequences(rules, (fact,))
    return outcome


def resident_kilobytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


@pytest.mark.parametrize("edge", [-LAST, -(2**53) - 1, -1, 0, 1, 2**31, 2**32, 2**53 + 1, LAST - 1])
@pytest.mark.parametrize(
    ("test", "below", "on", "above"),
    [
        ("equals", False, True, False),
        ("at_least", False, True, True),
        ("above", False, False, True),
        ("at_most", True, True, False),
        ("below", True, False, False),
    ],
)
def test_an_edge_is_hit_to_the_unit(test: str, edge: int, below: bool, on: bool, above: bool) -> None:
    rules = rule_set(rule("aggregate", when("total", test, edge), then=(credit(1),)))
    for value, met in ((edge - 1, below), (edge, on), (edge + 1, above)):
        if abs(value) <= LAST:
            outcome = follows(rules, Fact.of("aggregate", total=value))
            assert (outcome.consequences == (credit(1),)) is met


def test_a_code_never_meets_an_integer_of_the_same_digits() -> None:
    rules = rule_set(
        rule("state", when("flag", "equals", 3), then=(credit(1),)),
        rule("state", when("flag", "equals", "3"), then=(credit(2),)),
        rule("state", when("flag", "at_least", 3), then=(credit(3),)),
        rule("state", when("flag", "at_most", 3), then=(credit(4),)),
    )
    assert follows(rules, Fact.of("state", flag="3")).consequences == (credit(2),)
    assert follows(rules, Fact.of("state", flag=3)).consequences == (credit(1), credit(3), credit(4))


def test_a_code_of_64_characters_differs_from_another_in_its_last() -> None:
    rules = rule_set(rule("state", when("flag", "equals", "c" * 63 + "d"), then=(credit(1),)))
    assert follows(rules, Fact.of("state", flag="c" * 63 + "d")).consequences == (credit(1),)
    assert follows(rules, Fact.of("state", flag="c" * 64)).consequences == ()
    assert follows(rules, Fact.of("state", flag="c" * 63)).consequences == ()


def test_a_rule_without_conditions_is_met_by_every_fact_of_its_kind_and_no_other() -> None:
    rules = rule_set(rule("verdict", then=(credit(1),)))
    assert follows(rules, Fact.of("verdict", row=1)).consequences == (credit(1),)
    assert follows(rules, Fact.of("verdict")).consequences == (credit(1),)
    assert follows(rules, Fact.of("state", row=1)).consequences == ()


def test_outcomes_stand_in_the_order_of_the_facts_and_do_not_see_each_other() -> None:
    hit = Fact.of("verdict", outcome="missed", row=2)
    miss = Fact.of("verdict", outcome="met", row=2)
    nothing = Outcome(consequences=(), derived=())
    outcome = Outcome(consequences=(credit(1, 2),), derived=())
    assert DurableMatcher().consequences(MISSED, (miss, hit, miss, hit)) == (
        nothing,
        outcome,
        nothing,
        outcome,
    )


def test_what_two_rules_both_bring_is_named_once_and_sorted() -> None:
    right = Consequence(clause=1, part="right")
    rules = rule_set(
        rule("verdict", then=(credit(2), right)),
        rule("verdict", then=(credit(2), credit(1))),
    )
    assert follows(rules, Fact.of("verdict")).consequences == (credit(1), right, credit(2))


def test_an_empty_rule_set_brings_nothing() -> None:
    nothing = Outcome(consequences=(), derived=())
    assert follows(rule_set(), Fact.of("verdict", outcome="missed")) == nothing
    assert DurableMatcher().consequences(MISSED, ()) == ()


def test_exchanging_the_consequences_of_two_rules_exchanges_the_outcome() -> None:
    def table(first: Consequence, second: Consequence) -> RuleSet:
        return rule_set(
            rule("verdict", when("row", "equals", 1), then=(first,)),
            rule("verdict", when("row", "equals", 2), then=(second,)),
        )

    matcher = DurableMatcher()
    rows = (Fact.of("verdict", row=1), Fact.of("verdict", row=2))
    as_written = matcher.consequences(table(credit(7), credit(8)), rows)
    exchanged = matcher.consequences(table(credit(8), credit(7)), rows)
    assert [outcome.consequences for outcome in as_written] == [(credit(7),), (credit(8),)]
    assert exchanged == as_written[::-1]


@pytest.mark.parametrize("order", [1, -1])
def test_a_derived_fact_fires_a_second_rule_and_a_third(order: int) -> None:
    severe, plan_missing = Fact.of("aggregate", count=3), Fact.of("state", flag="plan-missing")
    right = Consequence(clause=2, part="right")
    chain = (
        rule("verdict", when("outcome", "equals", "missed"), derives=(severe,)),
        rule("aggregate", when("count", "at_least", 3), then=(credit(1),), derives=(plan_missing,)),
        rule("state", when("flag", "equals", "plan-missing"), then=(right,)),
    )
    outcome = follows(rule_set(*chain[::order]), Fact.of("verdict", outcome="missed"))
    assert outcome == Outcome(consequences=(credit(1), right), derived=(severe, plan_missing))


def _chain(links: int) -> RuleSet:
    return rule_set(
        *(
            rule("state", when("step", "equals", link), derives=(Fact.of("state", step=link + 1),))
            for link in range(links)
        )
    )


def test_a_chain_of_derived_facts_may_have_16_links_and_no_more() -> None:
    assert len(follows(_chain(MOST_LINKS), Fact.of("state", step=0)).derived) == MOST_LINKS == 16
    with pytest.raises(AssertionError, match="more than 16 links"):
        follows(_chain(MOST_LINKS + 1), Fact.of("state", step=0))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_facts_that_derive_each_other_in_a_circle_are_our_fault_and_end(length: int) -> None:
    rules = rule_set(
        *(
            rule(
                "state",
                when("step", "equals", place),
                derives=(Fact.of("state", step=(place + 1) % length),),
            )
            for place in range(length)
        )
    )
    with pytest.raises(AssertionError, match="circle"):
        follows(rules, Fact.of("state", step=0))


def test_a_fact_derived_on_two_ways_is_one_fact() -> None:
    left, right, last = Fact.of("state", step=1), Fact.of("state", step=2), Fact.of("state", step=3)
    rules = rule_set(
        rule("verdict", derives=(left, right)),
        rule("state", when("step", "equals", 1), derives=(last,)),
        rule("state", when("step", "equals", 2), derives=(last,)),
        rule("state", when("step", "equals", 3), then=(credit(1),)),
    )
    assert follows(rules, Fact.of("verdict")) == Outcome(consequences=(credit(1),), derived=(left, right, last))


def test_more_derived_facts_than_a_cycle_takes_are_refused_by_name() -> None:
    many = tuple(Fact.of("state", step=step) for step in range(MOST_FACTS_A_CYCLE))
    rules = rule_set(rule("verdict", derives=many), rule("state", then=(credit(1),)))
    with pytest.raises(AssertionError, match="more than 256 facts"):
        follows(rules, Fact.of("verdict"))
    fewer = rule_set(rule("verdict", derives=many[1:]), rule("state", then=(credit(1),)))
    assert len(follows(fewer, Fact.of("verdict")).derived) == MOST_FACTS_A_CYCLE - 1


def test_no_thread_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise AssertionError(f"{thread} was started")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    before = threading.enumerate()
    matcher = DurableMatcher()
    matcher.consequences(MISSED, [Fact.of("verdict", outcome="missed", row=row) for row in range(50)])
    assert threading.enumerate() == before
    with pytest.raises(AssertionError, match="was started"):
        durable.engine.Host()  # the stock host does, so the guard above guards


def test_threads_share_a_matcher_and_get_the_same_answers() -> None:
    matcher = DurableMatcher(most_answers=20, most_shards=1)
    sets = tuple(rule_set(rule("verdict", when("row", "at_least", edge), then=(credit(1, edge),))) for edge in range(3))
    facts = [Fact.of("verdict", row=row) for row in range(4)]

    def ask(turn: int) -> bool:
        rules = sets[turn % 3]
        return matcher.consequences(rules, facts) == tuple(expected_outcome(rules, fact) for fact in facts)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))


def test_two_thousand_states_one_after_the_other_leave_none_behind() -> None:
    matcher = DurableMatcher(most_answers=1)
    facts = [Fact.of("verdict", outcome="missed", row=row) for row in range(2000)]
    outcomes = matcher.consequences(MISSED, facts)
    assert [bool(outcome.consequences) for outcome in outcomes] == [row >= 2 for row in range(2000)]


def test_memory_is_flat_over_twenty_thousand_cycles() -> None:
    matcher = DurableMatcher(most_answers=10)

    def run(first: int, last: int) -> None:
        for row in range(first, last):
            matcher.consequences(MISSED, (Fact.of("verdict", outcome="missed", row=row),))

    run(0, 2000)
    before = resident_kilobytes()
    run(2000, 22000)
    assert resident_kilobytes() - before < 4096


def test_memory_is_flat_over_a_thousand_rule_sets() -> None:
    matcher = DurableMatcher(most_answers=10, most_shards=4)

    def run(first: int, last: int) -> None:
        for edge in range(first, last):
            rules = rule_set(
                *(rule("verdict", when("row", "at_least", edge + row), then=(credit(1),)) for row in range(6))
            )
            (outcome,) = matcher.consequences(rules, (Fact.of("verdict", row=edge),))
            assert outcome.consequences == (credit(1),)

    run(0, 100)
    before = resident_kilobytes()
    run(100, 1100)
    # A rule set of this size takes some 130 kB while it is loaded.
    assert resident_kilobytes() - before < 16384


def test_a_rule_set_is_loaded_again_after_it_was_unloaded() -> None:
    matcher = DurableMatcher(most_answers=1, most_shards=1)
    other = rule_set(rule("verdict", then=(credit(9),)))
    for row in range(2, 6):
        (outcome,) = matcher.consequences(MISSED, (Fact.of("verdict", outcome="missed", row=row),))
        assert outcome.consequences == (credit(1, 2),)
        (outcome,) = matcher.consequences(other, (Fact.of("verdict", row=row),))
        assert outcome.consequences == (credit(9),)


def test_rule_sets_that_differ_in_names_and_order_only_are_loaded_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loads: list[object] = []
    register = QuietHost.register_rulesets

    def counted(host: QuietHost, definitions: object) -> object:
        loads.append(definitions)
        return register(host, definitions)

    monkeypatch.setattr(QuietHost, "register_rulesets", counted)
    matcher = DurableMatcher()
    rules = (
        rule("verdict", when("row", "equals", 1), then=(credit(1),)),
        rule("verdict", when("row", "equals", 2), then=(credit(2),)),
    )
    renamed = tuple(
        Rule(name="other", kind=same.kind, conditions=same.conditions, consequences=same.consequences)
        for same in rules[::-1]
    )
    one, two = rule_set(*rules), rule_set(*renamed)
    fact = (Fact.of("verdict", row=2),)
    assert matcher.consequences(one, fact) == matcher.consequences(two, fact)
    matcher.consequences(two, (Fact.of("verdict", row=1),))
    assert len(loads) == 1


def test_rules_in_another_order_are_not_taken_for_those_that_stay_loaded() -> None:
    matcher = DurableMatcher(most_shards=1)
    table = tuple(
        rule(
            "verdict",
            when("clause", "equals", clause),
            when("row", "at_least", row),
            then=(credit(clause, row),),
        )
        for clause in range(30)
        for row in range(3)
    )
    of_another_kind = rule_set(rule("state", then=(credit(1),)))
    for turn, rules in enumerate((rule_set(*table), rule_set(*table[::-1]), rule_set(*table))):
        for clause in (0, 1, 18, 19, 29):
            fact = Fact.of("verdict", clause=clause, row=1, count=turn)
            assert matcher.consequences(rules, (fact,)) == (expected_outcome(rules, fact),)
        matcher.consequences(of_another_kind, (Fact.of("verdict", count=turn),))


def test_an_answer_found_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = DurableMatcher()
    fact = (Fact.of("verdict", outcome="missed", row=2),)
    first = matcher.consequences(MISSED, fact)

    def refuse(*_: object) -> None:
        raise AssertionError("the engine was asked")

    monkeypatch.setattr(QuietHost, "assert_facts", refuse)
    assert matcher.consequences(MISSED, fact) == first
    with pytest.raises(AssertionError, match="the engine was asked"):
        matcher.consequences(MISSED, (Fact.of("verdict", outcome="missed", row=3),))


class SteppingClock:
    """The clock that the engine reads, which may jump as it does when a machine was suspended."""

    def __init__(self, jumps: int) -> None:
        self.now = 1_700_000_000
        self.jumps = jumps

    def __call__(self) -> int:
        if self.jumps > 0:
            self.jumps -= 1
            self.now += 11
        return self.now


def test_a_cycle_that_the_engine_let_go_of_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = DurableMatcher()
    matcher.consequences(MISSED, (Fact.of("verdict", row=0),))
    clock = SteppingClock(jumps=2)
    monkeypatch.setattr(durable.engine, "_unix_now", clock)
    (outcome,) = matcher.consequences(MISSED, (Fact.of("verdict", outcome="missed", row=2),))
    assert clock.jumps == 0
    assert outcome.consequences == (credit(1, 2),)


def test_a_machine_that_stands_still_throughout_gives_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matcher = DurableMatcher()
    monkeypatch.setattr(durable.engine, "_unix_now", SteppingClock(jumps=1_000_000))
    fact = (Fact.of("verdict", outcome="missed", row=2),)
    with pytest.raises(TimeoutError, match="stood still"):
        matcher.consequences(MISSED, fact)
    monkeypatch.undo()
    (outcome,) = matcher.consequences(MISSED, fact)
    assert outcome.consequences == (credit(1, 2),)


def test_a_fault_in_an_action_is_raised_after_the_cycle(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no room")

    matcher = DurableMatcher()
    rules = rule_set(rule("verdict", derives=(Fact.of("state", step=1),)), rule("state", then=(credit(1),)))
    matcher.consequences(rules, (Fact.of("state"),))
    with monkeypatch.context() as patched:
        patched.setattr(durable.engine.Closure, "assert_fact", fail)
        with pytest.raises(AssertionError, match="no room"):
            matcher.consequences(rules, (Fact.of("verdict"),))
    (outcome,) = matcher.consequences(rules, (Fact.of("verdict"),))
    assert outcome.consequences == (credit(1),)


@pytest.mark.parametrize("kept", [slice(0, 1), slice(1, 2)], ids=["commit lost", "fact lost"])
def test_a_fact_or_commit_that_the_engine_drops_is_noticed(monkeypatch: pytest.MonkeyPatch, kept: slice) -> None:
    matcher = DurableMatcher()
    matcher.consequences(MISSED, (Fact.of("verdict"),))
    ask = QuietHost.assert_facts
    monkeypatch.setattr(QuietHost, "assert_facts", lambda host, name, facts: ask(host, name, facts[kept]))
    with pytest.raises(AssertionError, match="the rule engine saw"):
        matcher.consequences(MISSED, (Fact.of("verdict", outcome="missed", row=2),))


def test_names_that_the_engine_sees_do_not_collide_in_its_hash() -> None:
    def fnv1a(text: str) -> int:
        value = 0x811C9DC5
        for byte in text.encode():
            value = (value ^ byte) * 16777619 % 2**32
        return value

    assert fnv1a("$and") == 3746487396, "the figure that stands in the engine's source"
    properties = [f"{letter}_{name}" for letter in "nc" for name in PROPERTIES]
    properties += ["id", "sid", "kind", "$s", "$m", "$forward", "$and", "$gte", "$gt", "$lte", "$lt"]
    ids = [f"f{number}" for number in range(MOST_FACTS_A_CYCLE)] + ["commit"]
    ids += [f"sid-s{number}" for number in range(SIDS_IN_TURN)]
    for names in (properties, ids):
        assert len({fnv1a(name) for name in names}) == len(names)


def test_a_matcher_remembers_at_least_one_answer_and_one_shard() -> None:
    for limits in ({"most_answers": 0}, {"most_shards": 0}):
        with pytest.raises(ValueError, match="at least one"):
            DurableMatcher(**limits)
