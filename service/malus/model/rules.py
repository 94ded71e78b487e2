"""Owns the facts about a period and the rules that say what follows from them, as plain values.

A fact is small and coarse: a verdict, an aggregate or a state, described by a few exact integers and codes.
A rule looks at one fact and names consequences by their place in the file, or states a further fact.
Does not own how facts are matched (`malus.matching`), who states them (`malus.evaluation`), or what a
consequence is worth (`malus.remedies`). No text written by a customer ever enters these values.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self, get_args

FactKind = Literal["verdict", "aggregate", "state"]
Test = Literal["equals", "at_least", "above", "at_most", "below"]
Part = Literal["credit", "bonus", "earn_back", "points", "right", "obligation", "escalation"]

FACT_KINDS: Final[tuple[FactKind, ...]] = get_args(FactKind)
TESTS: Final[tuple[Test, ...]] = get_args(Test)
PARTS: Final[tuple[Part, ...]] = get_args(Part)

# The only properties a fact may have: the engine tells names apart by a 32-bit hash, so none is made up on
# the way.
PROPERTIES: Final = ("bonus_row", "clause", "count", "flag", "outcome", "part", "points_row", "row", "step", "total")

# Integers must lie strictly inside ±INTEGER_LIMIT; codes are printable ASCII without quotes, spaces or
# escapes.
INTEGER_LIMIT: Final = 2**62
CODE_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}", re.ASCII)
MOST_CONDITIONS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known about one period, in the words of the rules: sorted (property, value) pairs.

    Values are exact integers strictly inside ±2**62 or codes of 1 to 64 characters. A property occurs once.
    Raises ValueError for anything else; `True` is not an integer here.
    """

    kind: FactKind
    values: tuple[tuple[str, int | str], ...]

    def __post_init__(self) -> None:
        _check_kind(self.kind)
        _check_members(self.values, tuple)
        for name, value in self.values:
            _check_property(name)
            _check_value(value)
        names = [name for name, _ in self.values]
        if not all(left < right for left, right in itertools.pairwise(names)):
            raise ValueError(f"properties {names} are not sorted, each named once")

    @classmethod
    def of(cls, kind: FactKind, **values: int | str) -> Self:
        """State a fact by its properties in any order.

        >>> Fact.of("verdict", outcome="missed", clause=3).values
        (('clause', 3), ('outcome', 'missed'))
        """
        return cls(kind=kind, values=tuple(sorted(values.items(), key=lambda pair: pair[0])))

    @property
    def order(self) -> tuple[str, tuple[tuple[str, bool, int | str], ...]]:
        """The place of this fact in a sorted list: by kind, then by property; integers before codes."""
        return self.kind, tuple((name, isinstance(value, str), value) for name, value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One test on one property of a fact; a fact that lacks the property does not meet it.

    `at_least` and `at_most` include their edge, `above` and `below` exclude it, and all four take integers
    only. `equals` takes an integer or a code; an integer never equals a code, whatever its digits.
    """

    property: str
    test: Test
    value: int | str

    def __post_init__(self) -> None:
        _check_property(self.property)
        if self.test not in TESTS:
            raise ValueError(f"test {self.test!r} is none of {', '.join(TESTS)}")
        _check_value(self.value)
        if self.test != "equals" and type(self.value) is not int:
            raise ValueError(f"{self.test} compares integers, not {self.value!r}")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Consequence:
    """A remedy that follows, by its place in the file: the clause's ordinal, the part, the row or step."""

    clause: int
    part: Part
    row: int = 0

    def __post_init__(self) -> None:
        for name, number in (("clause", self.clause), ("row", self.row)):
            _check_value(number)
            if type(number) is not int or number < 0:
                raise ValueError(f"{name} {number!r} is not an ordinal")
        if self.part not in PARTS:
            raise ValueError(f"part {self.part!r} is none of {', '.join(PARTS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a fact of this kind meets every condition, these consequences follow and these facts hold too.

    Without conditions every fact of the kind meets the rule. The name is for people and changes no answer.
    """

    name: str
    kind: FactKind
    conditions: tuple[Condition, ...]
    consequences: tuple[Consequence, ...]
    derives: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        _check_kind(self.kind)
        if not self.name:
            raise ValueError("a rule has a name")
        _check_members(self.conditions, Condition)
        _check_members(self.consequences, Consequence)
        _check_members(self.derives, Fact)
        if len(self.conditions) > MOST_CONDITIONS:
            raise ValueError(f"rule {self.name!r} has more than {MOST_CONDITIONS} conditions")
        if not self.consequences and not self.derives:
            raise ValueError(f"rule {self.name!r} has neither a consequence nor a fact to derive")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All rules of one agreement's terms. Their order changes no answer."""

    rules: tuple[Rule, ...]
    # Worked out once: every remembered answer is looked up by it.
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_members(self.rules, Rule)
        digest = hashlib.sha256(canonical_text(self).encode("ascii")).hexdigest()
        object.__setattr__(self, "digest", digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What follows from one fact: consequences and derived facts, each sorted and named once."""

    consequences: tuple[Consequence, ...]
    derived: tuple[Fact, ...]


def canonical_text(rules: RuleSet) -> str:
    """The rule set as one line of ASCII JSON, the same for two rule sets exactly when their structure is.

    Rules, conditions, consequences and derived facts are sorted and named once; names of rules are left out,
    so agreements that differ in names only are matched, remembered and tried as one.
    """
    return json.dumps(sorted({_rule_text(rule) for rule in rules.rules}), ensure_ascii=True, separators=(",", ":"))


def rules_from_canonical_text(text: str) -> RuleSet:
    """Read what `canonical_text` wrote, rules named by their place. Raises ValueError for any other text."""
    try:
        return RuleSet(
            rules=tuple(_rule_from(f"rule {place}", json.loads(rule)) for place, rule in enumerate(json.loads(text)))
        )
    except (TypeError, LookupError) as fault:
        raise ValueError(f"not the canonical text of a rule set: {fault}") from fault


def _rule_text(rule: Rule) -> str:
    parts: Mapping[str, object] = {
        "kind": rule.kind,
        "when": _sorted_once([[test.property, test.test, test.value] for test in rule.conditions]),
        "then": _sorted_once([[then.clause, then.part, then.row] for then in rule.consequences]),
        "derives": _sorted_once([[fact.kind, [list(pair) for pair in fact.values]] for fact in rule.derives]),
    }
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":"))


def _sorted_once(members: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    # Sorted by their text, because integers and codes do not compare with each other.
    by_text = {json.dumps(member): member for member in members}
    return [by_text[text] for text in sorted(by_text)]


def _rule_from(name: str, parts: Mapping[str, Any]) -> Rule:
    return Rule(
        name=name,
        kind=parts["kind"],
        conditions=tuple(Condition(property=which, test=test, value=value) for which, test, value in parts["when"]),
        consequences=tuple(Consequence(clause=clause, part=part, row=row) for clause, part, row in parts["then"]),
        derives=tuple(
            Fact(kind=kind, values=tuple((which, value) for which, value in pairs)) for kind, pairs in parts["derives"]
        ),
    )


def _check_members(members: object, member_type: type) -> None:
    # A list would pass until it is first remembered, and no two look-ups would agree on it after a change.
    if not isinstance(members, tuple) or not all(isinstance(member, member_type) for member in members):
        raise ValueError(f"{members!r} is not a tuple of {member_type.__name__}")


def _check_kind(kind: object) -> None:
    if kind not in FACT_KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(FACT_KINDS)}")


def _check_property(name: object) -> None:
    if name not in PROPERTIES:
        raise ValueError(f"property {name!r} is none of {', '.join(PROPERTIES)}")


def _check_value(value: object) -> None:
    if type(value) is int:
        if not -INTEGER_LIMIT < value < INTEGER_LIMIT:
            raise ValueError(f"{value} is not strictly inside ±2**62")
    elif type(value) is not str or CODE_PATTERN.fullmatch(value) is None:
        raise ValueError(f"{value!r} is neither an exact integer nor a code of 1 to 64 letters, digits, _ . : / -")
