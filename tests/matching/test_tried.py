import sys

import pytest
from malus.matching.guard import TrialGate
from malus.matching.tried import TriedMatcher
from malus.model.faults import MalusError
from malus.model.rules import Condition, Consequence, Fact, Rule, RuleSet

RULES = RuleSet(
    rules=(
        Rule(
            name="late",
            kind="verdict",
            conditions=(Condition(property="outcome", test="equals", value="missed"),),
            consequences=(Consequence(clause=0, part="credit"),),
        ),
    )
)
MISSED = Fact.of("verdict", outcome="missed")


class CountingGate(TrialGate):
    def __init__(self) -> None:
        super().__init__()
        self.trials = 0

    def accept(self, rules):
        self.trials += 1
        return super().accept(rules)


def test_rules_that_pass_their_trial_are_matched_and_tried_once():
    gate = CountingGate()
    matcher = TriedMatcher(gate=gate)

    answers = [matcher.consequences(RULES, [MISSED])[0].consequences for _ in range(3)]

    assert answers == [(Consequence(clause=0, part="credit"),)] * 3
    assert gate.trials == 1


def test_rules_whose_trial_dies_are_refused_by_name_and_nothing_is_matched():
    dying = TrialGate(command=(sys.executable, "-c", "import os; os.abort()"))
    matcher = TriedMatcher(gate=dying)

    with pytest.raises(MalusError) as refused:
        matcher.consequences(RULES, [MISSED])

    assert refused.value.reason == "rules-refused"
    assert "signal 6" in refused.value.message
