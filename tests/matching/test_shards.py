"""More rules than one ruleset of the engine takes are cut, and the answers stay whole."""

import pytest
from malus.matching.durable import DurableMatcher
from malus.matching.shards import MOST_RULES, Shard, shards_that_know, split
from malus.model.rules import Fact, Rule, RuleSet

from tests.matching.builders import credit, rule, rule_set, when
from tests.matching.oracle import expected_outcome


def bands(clause: int, rows: int) -> tuple[Rule, ...]:
    return tuple(
        rule(
            "verdict",
            when("clause", "equals", clause),
            when("row", "at_least", row),
            then=(credit(clause, row),),
        )
        for row in range(rows)
    )


def answers_as_the_reference(rules: RuleSet, facts: list[Fact]) -> bool:
    """Whether the matcher says what the reference does, and something follows from one of the facts."""
    expected = tuple(expected_outcome(rules, fact) for fact in facts)
    something = any(outcome.consequences for outcome in expected)
    return something and DurableMatcher().consequences(rules, facts) == expected


def test_a_rule_set_that_fits_is_one_shard() -> None:
    (shard,) = split(rule_set(*bands(1, MOST_RULES)))
    assert len(shard.rules) == MOST_RULES == 56
    assert split(rule_set()) == ()


def test_a_larger_one_is_cut_by_kind_first() -> None:
    states = tuple(rule("state", when("step", "equals", step), then=(credit(1),)) for step in range(10))
    shards = split(rule_set(*bands(1, 50), *states))
    assert [(set(shard.kinds), len(shard.rules)) for shard in shards] == [({"verdict"}, 50), ({"state"}, 10)]


def test_then_by_clause_and_a_fact_goes_to_the_one_shard_that_knows_its_clause() -> None:
    rules = rule_set(*(band for clause in range(40) for band in bands(clause, 5)))
    shards = split(rules)
    assert len(shards) == 4
    assert sum(len(shard.rules) for shard in shards) == 200
    for clause in range(40):
        fact = Fact.of("verdict", clause=clause, row=3)
        (place,) = shards_that_know(shards, fact)
        assert clause in (shards[place].clauses or ())
    assert shards_that_know(shards, Fact.of("verdict", clause=40)) == ()
    assert shards_that_know(shards, Fact.of("verdict", clause="3")) == ()
    assert answers_as_the_reference(
        rules, [Fact.of("verdict", clause=clause, row=row) for clause in range(41) for row in (0, 2, 9)]
    )


def test_one_clause_with_more_rows_than_fit_is_answered_by_several_shards_together() -> None:
    rules = rule_set(*bands(1, 150), *bands(2, 3))
    assert answers_as_the_reference(rules, [Fact.of("verdict", clause=1, row=row) for row in (0, 55, 56, 149, 200)])
    assert len(shards_that_know(split(rules), Fact.of("verdict", clause=1))) == 3


def test_rules_for_any_clause_are_heard_beside_the_rules_for_one() -> None:
    rules = rule_set(
        *(band for clause in range(20) for band in bands(clause, 4)),
        rule("verdict", when("outcome", "equals", "missed"), then=(credit(99),)),
    )
    assert answers_as_the_reference(
        rules,
        [
            Fact.of("verdict", clause=7, row=2, outcome="missed"),
            Fact.of("verdict", outcome="missed"),
            Fact.of("verdict", clause=77, outcome="missed"),
        ],
    )


def test_a_derived_fact_fires_rules_in_other_shards_and_in_the_third_again() -> None:
    hop = tuple(
        rule(
            "verdict",
            when("clause", "equals", clause),
            when("flag", "equals", "go"),
            then=(credit(clause),),
            derives=(Fact.of("verdict", clause=clause + 20, flag="go"), Fact.of("state", step=clause)),
        )
        for clause in (0, 20, 40)
    )
    states = tuple(rule("state", when("step", "equals", step), then=(credit(100 + step),)) for step in (0, 20, 40))
    rules = rule_set(*(band for clause in range(61) for band in bands(clause, 4)), *hop, *states)
    assert len(split(rules)) > 3
    assert answers_as_the_reference(rules, [Fact.of("verdict", clause=0, flag="go", row=1)])


def test_an_unknown_fact_asks_the_engine_nothing() -> None:
    assert split(rule_set(*bands(1, 2)))[0].knows(Fact.of("state")) is False


@pytest.mark.parametrize("size", [0, MOST_RULES + 1])
def test_a_shard_is_neither_empty_nor_too_large(size: int) -> None:
    with pytest.raises(ValueError, match=f"a shard of {size} rules"):
        Shard(kinds=frozenset({"verdict"}), clauses=None, rules=bands(1, size))
