"""What a caller gets and hands back names the same thing again, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.edge.operations_port import DecisionName
from malus.edge.resource_names import (
    cursor,
    decision_name,
    from_wire_cursor,
    from_wire_decision_name,
    from_wire_page_token,
    page_token,
)
from malus.edge.violations import MalformedRequestError
from malus.model.assessment import RemedyKey
from malus.model.faults import MalusError

from tests.edge.reading_back import TEXTS


@given(clause=TEXTS, slot=TEXTS, subject=TEXTS, occasion=TEXTS, revision=st.none() | st.integers(1, 10**8))
def test_a_decision_is_found_by_its_name_whatever_its_key_holds(
    clause: str, slot: str, subject: str, occasion: str, revision: int | None
) -> None:
    key = RemedyKey(clause=clause, slot=slot, subject=subject, occasion=occasion)
    name = DecisionName(agreement="acme", key=key, revision=revision)
    assert from_wire_decision_name(decision_name(name)) == name


@pytest.mark.parametrize("name", ["", "agreements/a", "agreements/a/decisions/x", "agreements/a/decisions/a~b~c~d@0"])
def test_another_text_names_no_decision(name: str) -> None:
    with pytest.raises(MalformedRequestError):
        from_wire_decision_name(name)


@given(reached=st.integers(0, 10**17))
def test_a_cursor_comes_back(reached: int) -> None:
    assert from_wire_cursor(cursor(reached)) == reached


@pytest.mark.parametrize("text", ["", "5", "c1-", "c1-01", "c2-1", "c1--1", "c1-" + "9" * 30, "c1-١"])
def test_another_text_is_no_cursor(text: str) -> None:
    with pytest.raises(MalusError) as told:
        from_wire_cursor(text)
    assert told.value.reason == "malformed-cursor"


@given(last=st.lists(TEXTS, min_size=2, max_size=2))
def test_a_page_token_comes_back_for_the_same_filters(last: list[str]) -> None:
    assert from_wire_page_token(page_token("filters", tuple(last)), "filters", parts=2) == tuple(last)


@pytest.mark.parametrize(
    "token", [page_token("other", ("a", "b")), page_token("filters", ("a",)), "x", "ü", "bnVsbA", "W10", "W1tbW1tb"]
)
def test_a_token_of_another_list_or_nobody_s_is_refused(token: str) -> None:
    with pytest.raises(MalusError) as told:
        from_wire_page_token(token, "filters", parts=2)
    assert told.value.reason == "malformed-page-token"


def test_no_token_is_the_first_page() -> None:
    assert from_wire_page_token("", "filters", parts=2) is None
