"""Nothing about the way in which facts arrive changes the answer, down to the last byte."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.model.events import Outage

from tests.properties.asked import assessed
from tests.properties.responses import Case, small_cases
from tests.reference.answer import comparable, differences

DAY = 86_400_000_000

# Random agreements are slow to write; on a busy machine a thousand of them take minutes.
pytestmark = pytest.mark.timeout(900)


@settings(max_examples=1000)
@given(case=small_cases(), seed=st.integers(0, 2**32))
def test_order_repetition_and_batches_change_no_byte(case: Case, seed: int) -> None:
    lots = random.Random(seed)  # noqa: S311 - an order keeps no secret
    events = list(case.events)
    batches = [events[number::3] for number in range(3)]
    lots.shuffle(batches)
    told = [event for batch in batches for event in lots.sample(batch, len(batch))]
    twice = [event for event in events if event.id is not None and lots.random() < 0.5]
    again = lots.sample(told + twice, len(told) + len(twice))
    expected = assessed(case).digest()
    assert assessed(case, told).digest() == expected
    assert assessed(case, again).digest() == expected


@settings(max_examples=500)
@given(case=small_cases(), seed=st.integers(0, 2**32))
def test_when_we_learned_of_events_changes_no_byte(case: Case, seed: int) -> None:
    lots = random.Random(seed)  # noqa: S311 - an order keeps no secret
    whole = replace(case, known_at=None)
    late = [replace(event, recorded_at=case.as_of + lots.randint(-90, 90) * DAY) for event in case.events]
    assert assessed(whole, late).digest() == assessed(whole).digest()


@settings(max_examples=500)
@given(case=small_cases())
def test_an_outage_told_in_two_facts_is_the_same_outage(case: Case) -> None:
    told = []
    for event in case.events:
        if isinstance(event, Outage) and event.outage_id and event.start is not None and event.end is not None:
            told += [
                replace(event, end=None, id=None if event.id is None else event.id + "-began"),
                replace(event, start=None, id=None if event.id is None else event.id + "-ended"),
            ]
        else:
            told.append(event)
    whole, parts = comparable(assessed(case)), comparable(assessed(case, told))
    assert differences(whole, parts) == []
