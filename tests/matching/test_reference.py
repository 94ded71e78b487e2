"""durable-rules and the reference say the same of random rule sets and facts."""

from hypothesis import given, settings
from hypothesis import strategies as st
from malus.matching.durable import DurableMatcher
from malus.model.rules import Fact, Outcome, RuleSet

from tests.matching.builders import facts, rules
from tests.matching.oracle import expected_outcome

_some_facts = st.lists(facts("verdict", "aggregate", "state"), min_size=1, max_size=6)


def answers(rules: RuleSet, facts: list[Fact]) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    """What one matcher says when it is asked, and when it is asked again and remembers."""
    matcher = DurableMatcher(most_shards=2)
    return matcher.consequences(rules, facts), matcher.consequences(rules, facts)


def expected(rules: RuleSet, facts: list[Fact]) -> tuple[Outcome, ...]:
    return tuple(expected_outcome(rules, fact) for fact in facts)


@settings(max_examples=2000)
@given(rules=rules(most=8), facts=_some_facts)
def test_the_engine_agrees_with_the_reference_on_small_rule_sets(rules: RuleSet, facts: list[Fact]) -> None:
    assert answers(rules, facts) == (expected(rules, facts),) * 2


@settings(max_examples=40)
@given(rules=rules(most=140, least=50), facts=_some_facts)
def test_the_engine_agrees_with_the_reference_on_rule_sets_that_are_split(rules: RuleSet, facts: list[Fact]) -> None:
    assert answers(rules, facts) == (expected(rules, facts),) * 2
