"""Owns what a child process does with terms nobody has matched yet: load them, ask a fact a kind and a rule.

The engine is C and has crashed and hung on rule sets; here it may. Does not own starting and judging the
child (`guard`). Reads one rule set a line on standard input as canonical text, and writes one line for each,
in order.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final, TextIO

from malus.matching.durable import DurableMatcher
from malus.model.rules import (
    FACT_KINDS,
    INTEGER_LIMIT,
    Condition,
    Fact,
    Rule,
    RuleSet,
    rules_from_canonical_text,
)

PASSED: Final = "passed"

# One line an answer; anything else on standard output comes from the engine.
ANSWER: Final = re.compile(r'trial (?P<digest>[0-9a-f]{64}) "(?P<verdict>[^"]*)"')


def try_each(lines: TextIO, answers: TextIO) -> None:
    """Try the rule sets read from `lines` and answer each with a line `trial <digest> "<passed or why not>"`.

    Every answer is flushed before the next rule set is read, so the lines written tell which one killed the
    process.
    """
    for line in lines:
        text = line.removesuffix("\n")
        digest = hashlib.sha256(text.encode("ascii")).hexdigest()
        # What a fault says may quote anything; the answer stays one line without quotes.
        verdict = re.sub(r"[^ !#-~]", "?", _try(text))
        answers.write(f'\ntrial {digest} "{verdict}"\n')
        answers.flush()


def _try(text: str) -> str:
    try:
        rules = rules_from_canonical_text(text)
        DurableMatcher().consequences(rules, tuple(trial_facts(rules)))
    except Exception as fault:  # noqa: BLE001 - whatever went wrong is the answer
        return f"{type(fault).__name__}: {fault}"
    return PASSED


def trial_facts(rules: RuleSet) -> Iterator[Fact]:
    """A bare fact of every kind, and for each rule a fact that meets it, or comes close where none can."""
    yield from (Fact(kind=kind, values=()) for kind in FACT_KINDS)
    yield from (_fact_for(rule) for rule in rules.rules)


def _fact_for(rule: Rule) -> Fact:
    conditions: dict[str, list[Condition]] = {}
    for condition in rule.conditions:
        conditions.setdefault(condition.property, []).append(condition)
    return Fact.of(rule.kind, **{which: _value_for(tests) for which, tests in conditions.items()})


def _value_for(tests: list[Condition]) -> int | str:
    # The highest lower edge or, failing that, the lowest upper one; an equality leaves no choice.
    lower: list[int] = []
    upper: list[int] = []
    for condition in tests:
        if not isinstance(condition.value, int) or condition.test == "equals":
            return condition.value
        match condition.test:
            case "at_least":
                lower.append(condition.value)
            case "above":
                lower.append(min(condition.value + 1, INTEGER_LIMIT - 1))
            case "at_most":
                upper.append(condition.value)
            case "below":
                upper.append(max(condition.value - 1, 1 - INTEGER_LIMIT))
    return max(lower) if lower else min(upper)
