"""Owns how a rule set is cut so that no part asks too much of durable-rules, and which parts know a fact.

Rules look at one fact each, so they are independent of each other: the answer to a fact is the union of what
the parts say, however the cut was made. Does not own matching itself (`engine`, `durable`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from malus.model.rules import FACT_KINDS, Fact, FactKind, Rule, RuleSet

# With a sink for each of three kinds and the commit rule a shard holds at most 60 rules. The engine keeps
# every node that one fact reaches on a stack of 64, and hangs where 512 conditions share a table.
MOST_RULES: Final = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Rules that are loaded together. `clauses` is None where rules of the shard look at any clause."""

    kinds: frozenset[FactKind]
    clauses: frozenset[int] | None
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.rules) <= MOST_RULES:
            raise ValueError(f"a shard of {len(self.rules)} rules")

    def knows(self, fact: Fact) -> bool:
        """Whether a rule here may be met by the fact; a shard that does not know it has nothing to say."""
        if fact.kind not in self.kinds:
            return False
        return self.clauses is None or dict(fact.values).get("clause") in self.clauses


def split(rules: RuleSet) -> tuple[Shard, ...]:
    """Cut a rule set into shards of at most 56 rules: whole if it fits, else by kind, then by clause.

    A fact belongs to one shard, unless rules that look at any clause stand beside rules for its clause, or
    one clause alone has more rules than fit; then several shards know it and their answers are joined.
    """
    if len(rules.rules) <= MOST_RULES:
        kinds = frozenset(rule.kind for rule in rules.rules)
        return (Shard(kinds=kinds, clauses=None, rules=rules.rules),) if rules.rules else ()
    return tuple(
        shard
        for kind in FACT_KINDS
        for shard in _split_kind(kind, tuple(rule for rule in rules.rules if rule.kind == kind))
    )


def shards_that_know(shards: Sequence[Shard], fact: Fact) -> tuple[int, ...]:
    """The places, in order, of the shards a fact has to be asked of."""
    return tuple(place for place, shard in enumerate(shards) if shard.knows(fact))


def _split_kind(kind: FactKind, rules: tuple[Rule, ...]) -> Iterator[Shard]:
    kinds = frozenset({kind})
    if len(rules) <= MOST_RULES:
        if rules:
            yield Shard(kinds=kinds, clauses=None, rules=rules)
        return
    by_clause: dict[int | None, list[Rule]] = {}
    for rule in rules:
        by_clause.setdefault(_clause_of(rule), []).append(rule)
    for part in _chunks(by_clause.pop(None, [])):
        yield Shard(kinds=kinds, clauses=None, rules=part)
    clauses: set[int] = set()
    together: list[Rule] = []
    for clause, members in by_clause.items():
        assert clause is not None
        if together and len(together) + len(members) > MOST_RULES:
            yield Shard(kinds=kinds, clauses=frozenset(clauses), rules=tuple(together))
            clauses, together = set(), []
        if len(members) > MOST_RULES:
            for part in _chunks(members):
                yield Shard(kinds=kinds, clauses=frozenset({clause}), rules=part)
        else:
            clauses.add(clause)
            together += members
    if together:
        yield Shard(kinds=kinds, clauses=frozenset(clauses), rules=tuple(together))


def _clause_of(rule: Rule) -> int | None:
    # Two different clauses asked of one fact can never both hold; either shard answers rightly with nothing.
    for condition in rule.conditions:
        if condition.property == "clause" and condition.test == "equals" and isinstance(condition.value, int):
            return condition.value
    return None


def _chunks(rules: Iterable[Rule]) -> Iterator[tuple[Rule, ...]]:
    members = tuple(rules)
    for start in range(0, len(members), MOST_RULES):
        yield members[start : start + MOST_RULES]
