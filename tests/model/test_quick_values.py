"""Values that are made quickly are the values that a dataclass makes."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import get_args

import pytest
from malus.model.event_base import as_recorded, content_of
from malus.model.events import Event, Outage
from malus.model.quick_values import quickly_made


def outage(**fields: object) -> Outage:
    return Outage(agreement="hosting", id="e1", start=1, **fields)  # type: ignore[arg-type]


def test_fields_that_are_not_given_have_their_defaults() -> None:
    made = outage(end=2)
    for one in fields(Outage):
        told = {"agreement": "hosting", "id": "e1", "start": 1, "end": 2}
        assert getattr(made, one.name) == told.get(one.name, one.default)


def test_they_are_equal_copied_and_frozen_as_any() -> None:
    made = outage(end=2)
    assert made == outage(end=2) != outage(end=3)
    assert hash(made) == hash(outage(end=2))
    assert replace(made, end=3) == outage(end=3)
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made  # noqa: S301 - of this very test
    with pytest.raises(FrozenInstanceError):
        made.end = 3  # type: ignore[misc]


def test_what_is_missing_unknown_or_not_named_is_refused() -> None:
    for given, named in (((), {}), ((), {"agreement": "a", "weather": 1}), (("a",), {})):
        with pytest.raises(TypeError):
            Outage(*given, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_kind_of_event_is_recorded_with_all_that_it_tells(kind: type[Event]) -> None:
    told = object.__new__(kind)
    for one in fields(kind):
        object.__setattr__(told, one.name, f"of {one.name}")
    recorded = as_recorded(told, 5, "digest")
    assert recorded == replace(told, recorded_at=5)
    assert content_of(recorded) == "digest"


def test_a_value_that_is_checked_or_has_factories_is_not_made_so() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Checked:
        number: int

        def __post_init__(self) -> None:
            assert self.number

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Filled:
        numbers: list[int] = field(default_factory=list)

    for kind in (Checked, Filled):
        with pytest.raises(AssertionError):
            quickly_made(kind)
