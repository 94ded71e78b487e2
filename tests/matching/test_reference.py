"""durable-rules and the reference say the same of random rule sets and facts."""

from hypothesis import given, settings
from hypothesis import strategies as st
from malus.matching.durable import DurableMatcher
from malus.model.rules import Fact, RuleSet

from tests.matching.builders import facts, rules
from tests.matching.oracle import expected_outcome

_some_facts = st.lists(facts("verdict", "aggregate", "state"), min_size=1, max_size=6)


def agree(rules: RuleSet, facts: list[Fact]) -> None:
    matcher = DurableMatcher(most_shards=2)
    expected = tuple(expected_outcome(rules, fact) for fact in facts)
    assert matcher.consequences(rules, facts) == expected
    assert matcher.consequences(rules, facts) == expected, "a remembered answer is the same answer"


@settings(max_examples=2000)
@given(rules=rules(most=8), facts=_some_facts)
def test_the_engine_agrees_with_the_reference_on_small_rule_sets(rules: RuleSet, facts: list[Fact]) -> None:
    agree(rules, facts)


@settings(max_examples=40)
@given(rules=rules(most=140, least=50), facts=_some_facts)
def test_the_engine_agrees_with_the_reference_on_rule_sets_that_are_split(rules: RuleSet, facts: list[Fact]) -> None:
    agree(rules, facts)
