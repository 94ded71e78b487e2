"""Corrections that cannot all be right: nobody answers, until all but one of them are taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from malus.model.event_corrections import Retraction
from malus.model.faults import MalusError

from tests.properties.asked import assessed, disagreements
from tests.properties.choices import Seeded
from tests.properties.responses import Case, write_case
from tests.reference.answer import reference_assessment
from tests.reference.standing import RivalsError

#: Agreements that are tried with each kind of rival.
TRIED = 8


def _corrected(case: Case) -> Any:
    """The first event with an id that nothing names yet."""
    named = {one.corrects for one in case.events}
    return next((one for one in case.events if _plain(one) and one.id not in named), None)


def _plain(one: Any) -> bool:
    return one.id is not None and one.corrects is None and not isinstance(one, Retraction)


def _correction(one: Any, name: str) -> Any:
    return replace(one, id=name, corrects=one.id, corrects_source="")


def _taking_back(one: Any, name: str) -> Retraction:
    return Retraction(agreement=one.agreement, id=name, source=one.source, corrects=one.id)


def _two_corrections(one: Any) -> list[Any]:
    return [_correction(one, "rival-1"), _correction(one, "rival-2")]


def _corrected_and_taken_back(one: Any) -> list[Any]:
    return [_correction(one, "rival-1"), _taking_back(one, "rival-2")]


def _corrected_beside_its_correction(one: Any) -> list[Any]:
    right = _correction(one, "right")
    return [right, _correction(right, "rival-1"), _correction(right, "rival-2")]


def _in_a_circle(one: Any) -> list[Any]:
    return [
        _taking_back(replace(one, id="rival-2"), "rival-1"),
        _taking_back(replace(one, id="rival-1"), "rival-2"),
    ]


RIVALS = [_two_corrections, _corrected_and_taken_back, _corrected_beside_its_correction, _in_a_circle]


@pytest.mark.parametrize("rivals", RIVALS)
def test_rivals_are_refused_and_answered_once_one_of_them_is_taken_back(rivals: Any) -> None:
    tried = 0
    for seed in range(2 * TRIED):
        case = replace(write_case(Seeded(seed)), known_at=None)
        one = _corrected(case)
        if one is None or tried == TRIED:
            continue
        tried += 1
        told = (*case.events, *rivals(one))
        with pytest.raises(RivalsError):
            reference_assessment(case.terms, told, case.as_of, None)
        with pytest.raises(MalusError) as refused:
            assessed(case, told)
        assert refused.value.reason == "rival-corrections"
        if rivals is _in_a_circle:
            continue
        sorted_out = (*told, _taking_back(told[-1], "enough"))
        assert disagreements(replace(case, events=sorted_out)) == []
    assert tried == TRIED
