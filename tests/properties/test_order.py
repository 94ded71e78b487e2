"""Nothing about the way in which facts arrive changes the answer, down to the last byte."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.model.blocks import Blocks
from malus.model.event_corrections import Retraction
from malus.model.events import Event, Outage

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


@settings(max_examples=300)
@given(case=small_cases(), seed=st.integers(0, 2**32))
def test_a_history_that_grew_while_it_was_judged_is_judged_as_one_that_is_read_anew(case: Case, seed: int) -> None:
    lots = random.Random(seed)  # noqa: S311 - an order keeps no secret
    named = [event if event.id else replace(event, id=f"row {number}") for number, event in enumerate(case.events)]
    once = {(event.source, event.id): event for event in named}
    told = lots.sample(list(once.values()), len(once))
    grown: Blocks[Event] = Blocks()
    while told:
        call = lots.choice((1, 1, 1, 2, 5))
        grown = grown.followed_by(told[:call])
        del told[:call]
        if not told or lots.random() < 0.3:
            asked = replace(case, as_of=case.as_of - lots.choice((0, 0, 1, 30, 400)) * DAY)
            assert assessed(asked, grown).digest() == assessed(asked, tuple(grown)).digest()


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


@settings(max_examples=500)
@given(case=small_cases(), seed=st.integers(0, 2**32))
def test_what_was_told_in_error_and_taken_back_changes_no_byte(case: Case, seed: int) -> None:
    lots = random.Random(seed)  # noqa: S311 - an order keeps no secret
    told: list[Event] = list(case.events)
    for event in case.events:
        if event.id is not None and lots.random() < 0.5:
            wrong = replace(event, id=f"{event.id}-wrong")
            told += [wrong, _retraction(wrong)]
    said = assessed(case, lots.sample(told, len(told)))
    kept = tuple(remark for remark in said.remarks if remark.reason != "retracted")
    assert replace(said, remarks=kept).digest() == assessed(case).digest()


@settings(max_examples=500)
@given(case=small_cases(), seed=st.integers(0, 2**32))
def test_what_was_told_in_error_and_corrected_is_as_if_it_had_been_told_right(case: Case, seed: int) -> None:
    lots = random.Random(seed)  # noqa: S311 - an order keeps no secret
    told: list[Event] = []
    for event in case.events:
        if event.id is not None and lots.random() < 0.5:
            wrong = replace(event, id=f"{event.id}-wrong")
            told += [wrong, replace(event, corrects=wrong.id)]
        else:
            told.append(event)
    put_right = assessed(case, lots.sample(told, len(told)))
    kept = tuple(remark for remark in put_right.remarks if remark.reason != "corrected")
    assert differences(comparable(assessed(case)), comparable(replace(put_right, remarks=kept))) == []


def _retraction(event: Event) -> Retraction:
    return Retraction(
        agreement=event.agreement,
        id=f"{event.id}-back",
        source=event.source,
        corrects=event.id,
        recorded_at=event.recorded_at,
    )
