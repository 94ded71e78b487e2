"""One case put to the engine and to the reference.

Owns: how both are asked alike. Does not own: what they answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from malus.evaluation.evaluate import assess
from malus.matching.durable import DurableMatcher
from malus.model.assessment import Assessment
from malus.model.blocks import Blocks
from malus.model.recompute import recomputed

from tests.properties.responses import Case
from tests.reference.answer import comparable, differences, reference_assessment


@cache
def matcher() -> DurableMatcher:
    """One matcher for every example: its answers depend on nothing that came before."""
    return DurableMatcher()


def assessed(case: Case, events: Iterable[Any] | None = None) -> Assessment:
    """What the engine answers, to the case's own events or to the same ones told otherwise."""
    told = case.events if events is None else events if isinstance(events, Blocks) else tuple(events)
    return assess(case.terms, told, as_of=case.as_of, known_at=case.known_at, matcher=matcher())


def disagreements(case: Case) -> list[str]:
    """Where the engine and the reference differ, one line each."""
    expected = reference_assessment(case.terms, case.events, case.as_of, case.known_at)
    return differences(expected, comparable(assessed(case)))


def unexplained(assessment: Assessment) -> list[str]:
    """Every credit whose explanation does not add up to its amount."""
    found = []
    for credit in assessment.credits:
        if credit.amount is None or credit.state in {"lapsed", "pending"}:
            continue
        reached = recomputed(credit.explanation)
        if reached != credit.amount:
            found.append(f"{credit.key}: {credit.amount} is explained as {reached}")
    return found
