"""The engine against the plain reference: the same answer on random agreements, and explanations that add up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.properties.asked import assessed, disagreements, unexplained
from tests.properties.choices import Seeded
from tests.properties.responses import Case, cases, write_case

FIFTY_THOUSAND = 50_000


# A pass takes under a minute; a difference is made small first, which may take several.
@pytest.mark.timeout(900)
@settings(max_examples=500)
@given(case=cases())
def test_engine_and_reference_agree_and_every_credit_is_explained_to_the_cent(case: Case) -> None:
    assert disagreements(case) == []
    assert unexplained(assessed(case)) == []


@pytest.mark.long
@pytest.mark.timeout(0)
def test_engine_and_reference_agree_on_fifty_thousand_agreements() -> None:
    for seed in range(1_000_000, 1_000_000 + FIFTY_THOUSAND):
        case = write_case(Seeded(seed))
        assert (seed, disagreements(case), unexplained(assessed(case))) == (seed, [], [])
