"""The engine against the plain reference: the same answer on random agreements, and explanations that add up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.properties.asked import assessed, disagreements, unexplained
from tests.properties.responses import Case, case_of, cases

FIFTY_THOUSAND = 50_000
#: Seeds that one worker plays in a row: small enough that several workers end at about the same time.
SLICE = 500


# A pass takes under a minute; a difference is made small first, which may take several.
@pytest.mark.timeout(900)
@settings(max_examples=500)
@given(case=cases())
def test_engine_and_reference_agree_and_every_credit_is_explained_to_the_cent(case: Case) -> None:
    assert disagreements(case) == []
    assert unexplained(assessed(case)) == []


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("first", range(1_000_000, 1_000_000 + FIFTY_THOUSAND, SLICE))
def test_engine_and_reference_agree_on_fifty_thousand_agreements(first: int) -> None:
    found = {}
    for seed in range(first, first + SLICE):
        case = case_of(seed)
        wrong = disagreements(case) + unexplained(assessed(case))
        if wrong:
            found[seed] = wrong
    # Every seed of the slice that goes wrong, not only its first.
    assert found == {}
