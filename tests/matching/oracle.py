"""What follows from a fact, written plainly: the reference that the engine has to agree with."""

from malus.model.rules import Condition, Consequence, Fact, Outcome, Rule, RuleSet


def expected_outcome(rules: RuleSet, fact: Fact) -> Outcome:
    consequences: set[Consequence] = set()
    derived: set[Fact] = set()
    waiting = [fact]
    while waiting:
        looking_at = waiting.pop()
        for rule in rules.rules:
            if meets(rule, looking_at):
                consequences.update(rule.consequences)
                waiting += [found for found in rule.derives if found not in derived]
                derived.update(rule.derives)
    return Outcome(
        consequences=tuple(sorted(consequences, key=lambda then: (then.clause, then.part, then.row))),
        derived=tuple(sorted(derived, key=lambda found: found.order)),
    )


def meets(rule: Rule, fact: Fact) -> bool:
    return rule.kind == fact.kind and all(holds(condition, fact) for condition in rule.conditions)


def holds(condition: Condition, fact: Fact) -> bool:
    value = dict(fact.values).get(condition.property)
    if condition.test == "equals":
        return type(value) is type(condition.value) and value == condition.value
    if not isinstance(value, int):
        return False
    assert isinstance(condition.value, int)
    return {
        "at_least": value >= condition.value,
        "above": value > condition.value,
        "at_most": value <= condition.value,
        "below": value < condition.value,
    }[condition.test]
