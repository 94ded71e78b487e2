"""Rules in few words, and random ones."""

from hypothesis import strategies as st
from malus.model.rules import (
    INTEGER_LIMIT,
    PARTS,
    PROPERTIES,
    Condition,
    Consequence,
    Fact,
    FactKind,
    Rule,
    RuleSet,
)

LAST = INTEGER_LIMIT - 1


def when(which: str, test: str, value: int | str) -> Condition:
    return Condition(property=which, test=test, value=value)


def credit(clause: int, row: int = 0) -> Consequence:
    return Consequence(clause=clause, part="credit", row=row)


def rule(
    kind: FactKind,
    *conditions: Condition,
    then: tuple[Consequence, ...] = (),
    derives: tuple[Fact, ...] = (),
) -> Rule:
    return Rule(name="a rule", kind=kind, conditions=conditions, consequences=then, derives=derives)


def rule_set(*rules: Rule) -> RuleSet:
    return RuleSet(rules=rules)


# Few properties and few values, so that facts and rules meet often, on their edges above all.
_properties = st.sampled_from(PROPERTIES[:4])
_integers = st.one_of(
    st.sampled_from((0, 1, 2, 3, 4, -1, LAST, LAST - 1, -LAST, 1 - LAST, 2**53, 2**53 + 1, 2**32, 2**31)),
    st.integers(-LAST, LAST),
)
_codes = st.sampled_from(("missed", "met", "0", "1", "3", "true", "null", "c" * 63, "c" * 64, "c" * 63 + "d"))
_values = st.one_of(_integers, _codes)
_conditions = st.one_of(
    st.builds(when, _properties, st.just("equals"), _values),
    st.builds(when, _properties, st.sampled_from(("at_least", "above", "at_most", "below")), _integers),
)
_consequences = st.builds(
    Consequence,
    clause=st.sampled_from((0, 1, 2, 60, LAST)),
    part=st.sampled_from(PARTS),
    row=st.sampled_from((0, 1, 2)),
)


def facts(*kinds: FactKind) -> st.SearchStrategy[Fact]:
    return st.builds(
        lambda kind, values: Fact.of(kind, **values),
        st.sampled_from(kinds),
        st.dictionaries(_properties, _values, max_size=4),
    )


def rules(most: int, least: int = 0) -> st.SearchStrategy[RuleSet]:
    """Verdicts derive aggregates and states, aggregates derive states: chains, and never a circle."""
    below: dict[FactKind, tuple[FactKind, ...]] = {
        "verdict": ("aggregate", "state"),
        "aggregate": ("state",),
        "state": (),
    }

    def of(kind: FactKind) -> st.SearchStrategy[Rule]:
        derived = st.lists(facts(*below[kind]), max_size=2) if below[kind] else st.just([])
        return st.builds(
            lambda conditions, first, rest, derives: rule(
                kind, *conditions, then=(first, *rest), derives=tuple(derives)
            ),
            st.lists(_conditions, max_size=4),
            _consequences,
            st.lists(_consequences, max_size=2),
            derived,
        )

    one = st.one_of(of("verdict"), of("aggregate"), of("state"))
    return st.lists(one, min_size=least, max_size=most).map(lambda members: rule_set(*members))
