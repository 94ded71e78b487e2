"""Owns the order of things for new terms: their rules are tried in a process of their own before they are matched here.

Does not own: matching (`durable`) or the trial (`guard`).
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.matching.durable import DurableMatcher
from malus.matching.guard import TrialGate
from malus.model.faults import MalusError
from malus.model.rules import Fact, Outcome, RuleSet


class TriedMatcher:
    """Matches facts against rule sets that have passed their trial; equal rule sets are tried once."""

    def __init__(self, matcher: DurableMatcher | None = None, gate: TrialGate | None = None) -> None:
        """Use the given matcher and gate, or new ones."""
        self._matcher = matcher if matcher is not None else DurableMatcher()
        self._gate = gate if gate is not None else TrialGate()
        self._passed: set[str] = set()

    def consequences(self, rules: RuleSet, facts: Sequence[Fact]) -> tuple[Outcome, ...]:
        """What follows from each fact, in order. Raises MalusError `rules-refused` where the trial failed."""
        if rules.digest not in self._passed:
            refusal = self._gate.accept(rules)
            if refusal is not None:
                raise MalusError(
                    "rules-refused",
                    "the rules of these terms did not pass their trial, so nothing was judged by them: "
                    f"{refusal.reason}; simplify the clauses that were added last, or report the file",
                    {"rules": rules.digest, "why": refusal.reason},
                )
            self._passed.add(rules.digest)
        return self._matcher.consequences(rules, facts)
