"""What facts and rules may hold: nothing that the engine could misread gets past the border."""

import pytest
from malus.model.rules import (
    INTEGER_LIMIT,
    MOST_CONDITIONS,
    Condition,
    Consequence,
    Fact,
    Rule,
    RuleSet,
    canonical_text,
    rules_from_canonical_text,
)

from tests.matching.builders import LAST, credit, rule, rule_set, when


@pytest.mark.parametrize("value", [LAST, -LAST, 0, "a", "plan-missing", "P1/net:core_2.b", "a" * 64])
def test_an_exact_integer_or_a_code_is_a_value(value: int | str) -> None:
    assert Fact.of("state", flag=value).values == (("flag", value),)
    assert when("flag", "equals", value).value == value


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        1.0,
        None,
        INTEGER_LIMIT,
        -INTEGER_LIMIT,
        "",
        "a" * 65,
        "é",
        "²",
        "a b",
        'a"b',
        "a\\b",
        "a\n",
        "-x",
    ],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"neither an exact integer nor a code|strictly inside"):
        Fact.of("state", flag=value)
    with pytest.raises(ValueError, match=r"neither an exact integer nor a code|strictly inside"):
        when("flag", "equals", value)


def test_properties_come_from_the_list_sorted_and_once() -> None:
    with pytest.raises(ValueError, match="property 'sid' is none of"):
        Fact.of("state", sid=1)
    with pytest.raises(ValueError, match="property 'customer' is none of"):
        when("customer", "equals", 1)
    for values in ((("row", 1), ("clause", 1)), (("row", 1), ("row", 2))):
        with pytest.raises(ValueError, match="not sorted, each named once"):
            Fact(kind="state", values=values)
    with pytest.raises(ValueError, match="not a tuple"):
        Fact(kind="state", values=[("row", 1)])
    with pytest.raises(ValueError, match="kind 'commit' is none of"):
        Fact(kind="commit", values=())


@pytest.mark.parametrize("test", ["at_least", "above", "at_most", "below"])
def test_edges_take_integers_only(test: str) -> None:
    with pytest.raises(ValueError, match=f"{test} compares integers"):
        when("row", test, "missed")


def test_a_test_and_a_part_come_from_their_lists() -> None:
    with pytest.raises(ValueError, match="test 'matches' is none of"):
        Condition(property="row", test="matches", value=1)
    with pytest.raises(ValueError, match="part 'discount' is none of"):
        Consequence(clause=1, part="discount")


@pytest.mark.parametrize(("clause", "row"), [(-1, 0), (0, -1), (True, 0), ("a", 0), (INTEGER_LIMIT, 0)])
def test_a_consequence_is_placed_by_ordinals(clause: int, row: int) -> None:
    with pytest.raises(ValueError, match=r"not an ordinal|neither an exact|strictly inside"):
        Consequence(clause=clause, part="credit", row=row)


def test_a_rule_has_a_name_something_to_say_and_not_too_many_conditions() -> None:
    with pytest.raises(ValueError, match="a rule has a name"):
        Rule(name="", kind="state", conditions=(), consequences=(credit(1),))
    with pytest.raises(ValueError, match="neither a consequence nor a fact"):
        rule("state")
    with pytest.raises(ValueError, match="more than 16 conditions"):
        rule("state", *[when("row", "at_least", 1)] * (MOST_CONDITIONS + 1), then=(credit(1),))
    with pytest.raises(ValueError, match="not a tuple of Consequence"):
        rule("state", then=[credit(1)])
    with pytest.raises(ValueError, match="not a tuple of Rule"):
        RuleSet(rules=[rule("state", then=(credit(1),))])


def test_the_digest_knows_structure_and_neither_names_nor_order() -> None:
    one = rule("state", when("row", "at_least", 1), when("flag", "equals", "a"), then=(credit(1), credit(2)))
    same = Rule(name="other", kind="state", conditions=one.conditions[::-1], consequences=one.consequences[::-1])
    two = rule("verdict", then=(credit(3),))
    assert rule_set(one, two).digest == rule_set(two, same).digest
    different = (
        rule("state", when("row", "at_least", 2), when("flag", "equals", "a"), then=one.consequences),
        rule("state", when("row", "above", 1), when("flag", "equals", "a"), then=one.consequences),
        rule("state", when("row", "at_least", 1), then=one.consequences),
        rule("state", *one.conditions, then=(credit(1),)),
        rule("state", *one.conditions, then=one.consequences, derives=(Fact.of("state", step=1),)),
        rule("aggregate", *one.conditions, then=one.consequences),
    )
    assert len({rule_set(one).digest, *(rule_set(other).digest for other in different)}) == 7


def test_an_integer_and_a_code_of_the_same_digits_have_different_digests() -> None:
    one, other = (rule_set(rule("state", when("row", "equals", value), then=(credit(1),))) for value in (1, "1"))
    assert one.digest != other.digest


def test_canonical_text_reads_back_to_the_same_structure() -> None:
    rules = rule_set(
        rule(
            "verdict",
            when("outcome", "equals", "missed"),
            then=(credit(1),),
            derives=(Fact.of("state", step=1),),
        ),
        rule("state", when("step", "at_least", -LAST), then=(credit(2, 3),)),
    )
    again = rules_from_canonical_text(canonical_text(rules))
    assert again.digest == rules.digest
    assert canonical_text(again) == canonical_text(rules)


@pytest.mark.parametrize("text", ["", "{", "1", '["1"]', '["{}"]', '["[]"]', '[{"kind":"state"}]'])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"canonical text|Expecting"):
        rules_from_canonical_text(text)
