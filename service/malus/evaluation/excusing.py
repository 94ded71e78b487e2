"""Owns what the terms excuse, for a subject that is judged or for one thing that happened, worked out once for each.

Does not own: which time an exclusion excuses (measures.exclusions), or whom it names (subject_facts).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from malus.evaluation.facts import Facts
from malus.evaluation.subject_facts import exclusions_for, named_of
from malus.evaluation.told_facts import ToldFacts
from malus.measures.deliveries import DeliverySubject
from malus.measures.exclusions import Excused, excused_time
from malus.measures.incidents import IncidentSubject
from malus.model.availability import TimedIndicator
from malus.model.indicators import DeliveryTime, Elapsed, Occurrences

Excusable: TypeAlias = TimedIndicator | Elapsed | DeliveryTime | Occurrences


@dataclass(slots=True, kw_only=True)
class Excusing:
    """What the terms of each place make of every exclusion event that an indicator lets excuse time.

    `narrow`: some exclusions hold for some subjects only; where none does, all is worked out for all of them together.
    """

    facts: Facts
    told: ToldFacts
    narrow: bool = field(init=False)
    _found: dict[tuple[object, ...], list[Excused]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.narrow = any(event.subjects for event in self.facts.exclusions)

    def names(
        self, place: int, fact: IncidentSubject | DeliverySubject, kind: str | None, whose: str
    ) -> tuple[str, ...]:
        """The subjects that one incident or delivery must be excused for, where it is judged for one of a kind."""
        return named_of(fact, self.told.subjects(place), kind, whose) if self.narrow else ()

    def of(
        self,
        place: int,
        indicator: Excusable,
        whose: str,
        names: tuple[str, ...] = (),
        delivery: str | None = None,
    ) -> list[Excused]:
        """What is excused for a subject, or for what happened to `names` of it.

        An exclusion that names a delivery excuses nothing else.
        """
        if not any(event.delivery_id == delivery for event in self.facts.exclusions):
            delivery = None
        if not self.narrow:
            whose, names = "", ()
        key = (place, indicator.excluding, indicator.service, whose, names, delivery)
        if key not in self._found:
            terms = self.facts.terms[place]
            wanted = [item for item in terms.exclusions if item.name in indicator.excluding]
            told = [event for event in self.facts.exclusions if event.delivery_id in (None, delivery)]
            events = exclusions_for(told, self.told.subjects(place), whose, names)
            self._found[key] = excused_time(wanted, events, indicator.service, self.facts.as_of, terms.timezone)
        return self._found[key]
