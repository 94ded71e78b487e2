"""Owns which facts count for which listed subject: what each fact says of its subjects, against the terms' list.

Does not own: the list itself (model.subjects), or any measuring. A fact counts for every subject that it names, and for
those that these are part of; an exclusion holds for what it names and for all that is part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias, TypeVar

from malus.measures.deliveries import DeliverySubject
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject
from malus.measures.lateness import TimedDelivery
from malus.measures.outages import OutageSubject
from malus.measures.response import Timed
from malus.model.events import Check, Exclusion, Obligation, Reading, Tally
from malus.model.subjects import Subjects, members_of, paired, single_kinds

#: The kind of subject that incidents name by their priority.
PRIORITY: Final = "priority"

Telling: TypeAlias = OutageSubject | DeploymentSubject | IncidentSubject | DeliverySubject | Check | Tally | Reading
Counted: TypeAlias = Telling | Timed | TimedDelivery | Obligation
T = TypeVar("T", bound=Counted)


def counted_for(fact: Counted, subjects: Subjects, kind: str) -> tuple[str, ...]:
    """The subjects of a kind that a fact counts for; of two kinds at once, the pairs of those it names of each."""
    singles = single_kinds(kind)
    named = [subjects.counted_for(single, texts_of(fact, single)) for single in singles]
    return named[0] if len(singles) == 1 else paired(named)


def texts_of(fact: Counted, kind: str) -> tuple[str, ...]:
    """What a fact says of its subjects of a kind, as it says it: names in `subjects`, the site, the priority."""
    match fact:
        case Timed() if kind == PRIORITY:
            return () if fact.clock.priority is None else (fact.clock.priority,)
        case Timed() | TimedDelivery():
            return _named(fact.subject)
        case Obligation():
            return () if fact.subject is None else (fact.subject,)
        case IncidentSubject() if kind == PRIORITY:
            told = [item.priority for item in fact.facts if item.priority is not None]
            return tuple(told[-1:])
        case _:
            return _named(fact)


def by_subject(facts: Iterable[T], subjects: Subjects, kind: str) -> dict[str, list[T]]:
    """The facts that count for each listed subject of a kind, in the order given; one without any is there too."""
    parts: dict[str, list[T]] = {name: [] for name in subjects.of_kind(kind)}
    for fact in facts:
        for name in counted_for(fact, subjects, kind):
            parts[name].append(fact)
    return parts


def exclusions_for(
    exclusions: Sequence[Exclusion], subjects: Subjects, whose: str, names: Sequence[str]
) -> list[Exclusion]:
    """The exclusions that hold for a subject, or for one thing that happened to these `names` of it.

    They name no subject, or the one thing itself; or the subject, or what it is part of; or all the names. Without
    any, for the service as a whole, those that name none.
    """
    return [
        item
        for item in exclusions
        if not item.subjects
        or item.delivery_id is not None
        or (whose and subjects.covers(item.subjects, whose))
        or (names and all(subjects.covers(item.subjects, name) for name in names))
    ]


def named_of(fact: Counted, subjects: Subjects, kind: str | None, whose: str) -> tuple[str, ...]:
    """The listed subjects that a fact names, each once, without those that belong to another than `whose`."""
    called = (subjects.called(text) for text in texts_of(fact, ""))
    names = sorted({name for name in called if name is not None})
    members = members_of(whose)
    return tuple(
        name
        for name in names
        if kind is None
        or not any(
            above and not set(above) & set(members)
            for above in (subjects.at_or_above(name, single) for single in single_kinds(kind))
        )
    )


def _named(fact: Telling) -> tuple[str, ...]:
    return fact.subjects if fact.site is None else (*fact.subjects, fact.site)
