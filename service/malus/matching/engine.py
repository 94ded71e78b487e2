"""Owns one shard of rules loaded in durable-rules, and the one pattern in which that engine answers rightly.

The engine crashes or answers wrongly outside the pattern, so nothing else is used of it: facts (never
events), tests of one property of one fact, one live state that is always deleted, actions that only append.
What it may see is made here: generated names and ids, whitelisted properties, exact integers and codes, which
`malus.model.rules` holds to. Does not own which shard is asked, what is remembered, or locks (`durable`); a
shard is used by one thread at a time.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import durable_rules_engine
from durable import engine

from malus.matching.shards import Shard
from malus.model.rules import Condition, Consequence, Fact, Rule

# Far more than any agreement derives. The engine tells ids apart by a 32-bit hash, the id of the state itself
# among them; up to these numbers no two collide.
MOST_FACTS_A_CYCLE: Final = 256
SIDS_IN_TURN: Final = 4096

_OPERATORS: Final = {"equals": None, "at_least": "$gte", "above": "$gt", "at_most": "$lte", "below": "$lt"}


class CycleLost(Exception):  # noqa: N818 - not our error: the machine stood still, and the fact is asked again
    """The engine let go of a cycle before it was through, as when ten seconds pass during one action."""


class QuietHost(engine.Host):  # type: ignore[misc] # published without types
    """The engine's host without the two threads that the stock host starts to run actions behind our back."""

    def _run(self) -> None:
        """Start nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """What one cycle brought: consequences, and pairs of a fact and a fact derived from it."""

    consequences: frozenset[Consequence]
    derivations: frozenset[tuple[Fact, Fact]]


class LoadedShard:
    """One shard in the engine's memory, from `__init__` until `unload`."""

    def __init__(self, shard: Shard, *, knows_alone: Callable[[Fact], bool]) -> None:
        """Load the rules and run one cycle to warm up.

        A derived fact for which `knows_alone` holds is matched in the same cycle; any other is only handed
        back.
        """
        self._shard = shard
        self._knows_alone = knows_alone
        self._cycle = _Cycle()
        self._cycles_run = 0
        self._host = QuietHost()
        self._host.register_rulesets({"shard": self._definition()})
        try:
            self.ask(Fact(kind=min(shard.kinds), values=()))
        except BaseException:
            self.unload()
            raise

    def ask(self, fact: Fact) -> Firing:
        """Run one cycle over one fact and the facts derived from it.

        Raises CycleLost if the engine let go of it (ask again), AssertionError if an action failed or a fact
        was not seen: an answer is whole or there is none.
        """
        self._cycles_run += 1
        sid = f"s{self._cycles_run % SIDS_IN_TURN}"
        cycle = self._cycle = _Cycle(sid=sid)
        try:
            messages = [cycle.message_for(fact), {"id": "commit", "sid": sid, "kind": "commit"}]
            # The answer is the state once every action is through, and 0 if the engine gave up silently.
            state = self._host.assert_facts("shard", messages)
        finally:
            self._delete_state(sid)
        if cycle.faults:
            raise AssertionError(f"the rule engine failed within a cycle: {cycle.faults}")
        if not isinstance(state, dict):
            raise CycleLost
        if "exception" in state:
            raise AssertionError(f"the rule engine reports {state['exception']}")
        if cycle.seen != set(cycle.facts) | {"commit"}:
            raise AssertionError(f"the rule engine saw {sorted(cycle.seen)} of {sorted(cycle.facts)} and commit")
        return Firing(consequences=frozenset(cycle.consequences), derivations=frozenset(cycle.derivations))

    def unload(self) -> None:
        """Give the engine's memory back. The shard must not be asked again."""
        # The engine has no public way to forget a ruleset; without this each load would stay for ever.
        durable_rules_engine.delete_ruleset(self._host.get_ruleset("shard")._handle)  # noqa: SLF001

    def _delete_state(self, sid: str) -> None:
        try:
            self._host.delete_state("shard", sid)
        except Exception as fault:  # noqa: BLE001 - raised again by `ask`, unless it asked in vain already
            # Only a first message that the engine could not read leaves no state behind.
            self._cycle.faults.append(fault)

    def _definition(self) -> dict[str, object]:
        definition: dict[str, object] = {
            f"r{place}": {"all": [{"m": _pattern(rule)}], "run": self._action(rule)}
            for place, rule in enumerate(self._shard.rules)
        }
        # A fact that no rule knows is an error to the engine, so one sink a kind takes and notes every fact.
        for kind in (*sorted(self._shard.kinds), "commit"):
            definition[f"sink_{kind}"] = {"all": [{"m": {"kind": kind}}], "run": self._note_seen}
        return definition

    def _action(self, rule: Rule) -> Callable[[engine.Closure], None]:
        matched_here = tuple((fact, self._knows_alone(fact)) for fact in rule.derives)

        def fire(closure: engine.Closure) -> None:
            # The engine swallows what an action raises, so faults are collected and raised after the cycle.
            try:
                self._cycle.consequences.update(rule.consequences)
                for derived, in_this_cycle in matched_here:
                    self._derive(closure, derived, in_this_cycle=in_this_cycle)
            except Exception as fault:  # noqa: BLE001 - raised again by `ask`
                self._cycle.faults.append(fault)

        return fire

    def _derive(self, closure: engine.Closure, derived: Fact, *, in_this_cycle: bool) -> None:
        cycle = self._cycle
        cycle.derivations.add((cycle.facts[closure.m["id"]], derived))
        if in_this_cycle and derived not in cycle.facts.values():
            closure.assert_fact(cycle.message_for(derived))

    def _note_seen(self, closure: engine.Closure) -> None:
        try:
            self._cycle.seen.add(closure.m["id"])
        except Exception as fault:  # noqa: BLE001 - raised again by `ask`
            self._cycle.faults.append(fault)


class _Cycle:
    """What the actions of one cycle append to."""

    def __init__(self, sid: str = "") -> None:
        self.sid = sid
        self.facts: dict[str, Fact] = {}
        self.consequences: set[Consequence] = set()
        self.seen: set[str] = set()
        self.derivations: set[tuple[Fact, Fact]] = set()
        self.faults: list[Exception] = []

    def message_for(self, fact: Fact) -> dict[str, int | str]:
        if len(self.facts) == MOST_FACTS_A_CYCLE:
            raise AssertionError(f"more than {MOST_FACTS_A_CYCLE} facts in one cycle")
        fact_id = f"f{len(self.facts)}"
        self.facts[fact_id] = fact
        values = {_engine_property(name, value): value for name, value in fact.values}
        return {"id": fact_id, "sid": self.sid, "kind": fact.kind, **values}


def _pattern(rule: Rule) -> dict[str, object]:
    kind: dict[str, object] = {"kind": rule.kind}
    tests = _once([_expression(condition) for condition in rule.conditions])
    return {"$and": [kind, *tests]} if tests else kind


def _expression(condition: Condition) -> dict[str, object]:
    operand: dict[str, object] = {_engine_property(condition.property, condition.value): condition.value}
    operator = _OPERATORS[condition.test]
    return operand if operator is None else {operator: operand}


def _engine_property(name: str, value: int | str) -> str:
    # The engine compares an integer with a string by its digits; a name for each type keeps the two apart.
    return f"n_{name}" if isinstance(value, int) else f"c_{name}"


def _once(expressions: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return list({json.dumps(expression): expression for expression in expressions}.values())
