"""Owns the answer to "which consequences follow from these facts": what is loaded, remembered, derived.

Callers state the shape they need as a Protocol of their own; `DurableMatcher` matches it. Rules look at one
fact each, so the answer to a fact depends on nothing but the rule set and the fact, and is remembered by the
two. Does not own how the engine is spoken to (`engine`), how rules are cut (`shards`), or whether new terms
are safe to load at all (`guard`).
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

from malus.matching.engine import CycleLost, Firing, LoadedShard
from malus.matching.shards import Shard, shards_that_know, split
from malus.model.rules import Consequence, Fact, Outcome, RuleSet

# A chain of derived facts in terms people wrote has two or three links.
MOST_LINKS: Final = 16
_ASKED_AT_MOST: Final = 3

_NOTHING: Final = Outcome(consequences=(), derived=())


class DurableMatcher:
    """Matches facts against rule sets with durable-rules; safe to share between threads.

    The engine never releases the interpreter lock, so threads gain nothing by a matcher each; processes do.
    """

    def __init__(self, *, most_answers: int = 50_000, most_shards: int = 64) -> None:
        """Hold so many answers at most, oldest out first, and loaded shards, least recently used first."""
        if most_answers < 1 or most_shards < 1:
            raise ValueError("a matcher remembers at least one answer and one shard")
        self._most_answers = most_answers
        self._most_shards = most_shards
        self._lock = Lock()
        self._answers: OrderedDict[tuple[str, Fact], Outcome] = OrderedDict()
        self._plans: OrderedDict[str, tuple[Shard, ...]] = OrderedDict()
        self._loaded: OrderedDict[tuple[str, int], LoadedShard] = OrderedDict()

    def consequences(self, rules: RuleSet, facts: Sequence[Fact]) -> tuple[Outcome, ...]:
        """What follows from each fact by itself, in the order of the facts given.

        Facts do not see each other; a derived fact is matched in its turn, and the outcome of the fact it
        came from holds everything that follows. Raises AssertionError if derivation runs in a circle or
        through more than 16 links, which compiled terms never do, and TimeoutError if the machine stood still
        through every attempt.
        """
        digest = rules.digest
        answers = self._answers
        outcomes: list[Outcome] = []
        for fact in facts:
            # A look-up is whole under the interpreter's own lock, so an answer found needs none of ours.
            outcome = answers.get((digest, fact))
            outcomes.append(self._match(rules, fact) if outcome is None else outcome)
        return tuple(outcomes)

    def _match(self, rules: RuleSet, fact: Fact) -> Outcome:
        key = (rules.digest, fact)
        with self._lock:
            outcome = self._answers.get(key)
            if outcome is None:
                outcome = self._work_out(rules, fact)
                while len(self._answers) >= self._most_answers:
                    self._answers.popitem(last=False)
                self._answers[key] = outcome
            return outcome

    def _work_out(self, rules: RuleSet, fact: Fact) -> Outcome:
        shards = self._plan(rules)
        consequences: set[Consequence] = set()
        derivations: set[tuple[Fact, Fact]] = set()
        asked: set[Fact] = set()
        waiting = [fact]
        while waiting:
            asking = waiting.pop()
            if asking in asked:
                continue
            asked.add(asking)
            for place in shards_that_know(shards, asking):
                firing = self._ask(rules.digest, shards, place, asking)
                derivations |= firing.derivations
                consequences |= firing.consequences
                # A derived fact that this shard alone knows was matched within the cycle.
                waiting += [
                    derived for _, derived in firing.derivations if shards_that_know(shards, derived) != (place,)
                ]
        if not consequences and not derivations:
            return _NOTHING
        _refuse_endless(fact, derivations)
        derived_facts = {derived for _, derived in derivations}
        return Outcome(
            consequences=tuple(sorted(consequences)),
            derived=tuple(sorted(derived_facts, key=lambda derived: derived.order)),
        )

    def _ask(self, digest: str, shards: Sequence[Shard], place: int, fact: Fact) -> Firing:
        for _ in range(_ASKED_AT_MOST):
            try:
                return self._shard(digest, shards, place).ask(fact)
            except CycleLost:
                # Nothing was said of it, so it can be asked again; the memory of a lost cycle is not trusted.
                if (digest, place) in self._loaded:
                    self._loaded.pop((digest, place)).unload()
        raise TimeoutError(f"the machine stood still while {_ASKED_AT_MOST} cycles over one fact were run")

    def _plan(self, rules: RuleSet) -> tuple[Shard, ...]:
        shards = self._plans.get(rules.digest)
        if shards is None:
            shards = self._plans[rules.digest] = split(rules)
            if len(self._plans) > self._most_shards:
                forgotten, _ = self._plans.popitem(last=False)
                # Equal rules in another order are cut elsewhere: what is loaded goes with the plan it is of.
                for key in [key for key in self._loaded if key[0] == forgotten]:
                    self._loaded.pop(key).unload()
        self._plans.move_to_end(rules.digest)
        return shards

    def _shard(self, digest: str, shards: Sequence[Shard], place: int) -> LoadedShard:
        key = (digest, place)
        loaded = self._loaded.get(key)
        if loaded is None:
            while len(self._loaded) >= self._most_shards:
                _, oldest = self._loaded.popitem(last=False)
                oldest.unload()
            loaded = self._loaded[key] = LoadedShard(
                shards[place], knows_alone=lambda derived: shards_that_know(shards, derived) == (place,)
            )
        self._loaded.move_to_end(key)
        return loaded


def _refuse_endless(first: Fact, derivations: Iterable[tuple[Fact, Fact]]) -> None:
    # Link by link: a circle keeps finding facts for ever, so it meets the bound as an overlong chain does.
    followers: dict[Fact, set[Fact]] = {}
    for source, derived in derivations:
        followers.setdefault(source, set()).add(derived)
    reached = {first}
    for _ in range(MOST_LINKS + 1):
        reached = {derived for source in reached for derived in followers.get(source, ())}
        if not reached:
            return
    raise AssertionError(f"facts derive from each other in a circle or through more than {MOST_LINKS} links")
