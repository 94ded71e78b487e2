"""Owns the facts of one agreement as of a moment: what stands, sorted out by kind and by service.

Does not own: how events are sorted out (intake), or what any measure makes of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from malus.evaluation.in_force import place_within
from malus.measures.deliveries import DeliverySubject
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject
from malus.measures.outages import IN_TIME, OutageSubject
from malus.model.agreement import FAR_AWAY, Terms
from malus.model.assessment import EventReason, EventRemark
from malus.model.blocks import Block, Blocks
from malus.model.event_deliveries import Extension
from malus.model.events import (
    Adjustment,
    Charge,
    Check,
    Choice,
    Claim,
    Dispute,
    Event,
    Exclusion,
    Notice,
    Obligation,
    Opening,
    Reading,
    Settlement,
    Tally,
    event_name,
)
from malus.model.instants import Instant

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Facts:
    """The facts of one agreement as of a moment, by service where they have one, and the remarks made so far."""

    as_of: Instant
    terms: tuple[Terms, ...]
    outages: dict[str, Blocks[OutageSubject]] = field(
        default_factory=lambda: defaultdict(lambda: Blocks(order=IN_TIME))
    )
    deployments: dict[str, list[DeploymentSubject]] = field(default_factory=lambda: defaultdict(list))
    incidents: dict[str, list[IncidentSubject]] = field(default_factory=lambda: defaultdict(list))
    deliveries: dict[str, list[DeliverySubject]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[str, Blocks[Check]] = field(default_factory=lambda: defaultdict(Blocks))
    tallies: dict[str, Blocks[Tally]] = field(default_factory=lambda: defaultdict(Blocks))
    readings: dict[str, Blocks[Reading]] = field(default_factory=lambda: defaultdict(Blocks))
    exclusions: list[Exclusion] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    remarks: list[EventRemark] = field(default_factory=list)
    services: list[list[str]] = field(init=False)
    _starts: list[Instant] = field(init=False)
    _found_last: tuple[Instant, Instant, int | None] = field(init=False, default=(0, 0, None))

    def __post_init__(self) -> None:
        self.services = [[service.name for service in text.services] for text in self.terms]
        self._starts = [text.starts() for text in self.terms]

    def remark(self, event: Event, reason: EventReason, message: str) -> None:
        """Say what became of an event that judges nothing."""
        self.remarks.append(
            EventRemark(event=event_name(event), reason=reason, message=message, evidence=event.evidence)
        )

    def add(self, plain: Facts) -> None:
        """Add what plain events are, which is only ever told of a service."""
        for name in ("outages", "checks", "tallies", "readings"):
            for service, told in getattr(plain, name).items():
                for block in told.closed():
                    getattr(self, name)[service].add(block)
        self.remarks += plain.remarks

    def terms_at(self, instant: Instant) -> Terms | None:
        """The terms in force at an instant; every event asks."""
        place = self.place_within(instant, instant)
        return None if place is None else self.terms[place]

    def place_within(self, first: Instant, last: Instant) -> int | None:
        """The place of the terms that judge what lasts so long, and so under which it was told."""
        place = self.only_place(first, last)
        return place_within(self.terms, self._starts, first, last) if place is None else place

    def only_place(self, first: Instant, last: Instant) -> int | None:
        """The place of the terms that are in force all the while; None where it cannot be said at once."""
        # Every event asks, several times, and most are told under the same terms as the one before.
        begins, ends, place = self._found_last
        if begins <= first < ends and last < ends:
            return place
        place = place_within(self.terms, self._starts, first, first)
        if place is None:
            return None
        begins = self._starts[place]
        later = [*self._starts[place + 1 :], self.terms[place].stops()]
        ends = min(instant for instant in (*later, FAR_AWAY) if instant is not None)
        self._found_last = (begins, ends, place)
        return place if begins <= first and last < ends else None


def remark_each(
    facts: Facts,
    service: str,
    told: Blocks[T],
    remark: Callable[[Facts, str, T], None],
    said: Callable[[T], Hashable] | None = None,
) -> None:
    """Let `remark` look at all that was told of a service; what it says of a block of it is remembered.

    It goes by the terms and by what was told alone, not by the moment. `said`: the fields that it goes by, where these
    are so few that most of what was told says the same; what says so under the same terms is then looked at once.
    """

    def remarks(block: Block[T]) -> list[EventRemark]:
        alone = Facts(as_of=facts.as_of, terms=facts.terms)
        unremarkable: set[Hashable] = set()
        for item in block:
            place = None if said is None else alone.only_place(*_span(item))
            same = None if said is None or place is None else (place, said(item))
            if same in unremarkable:
                continue
            before = len(alone.remarks)
            remark(alone, service, item)
            if same is not None and len(alone.remarks) == before:
                unremarkable.add(same)
        return alone.remarks

    for block in told.blocks():
        facts.remarks += block.once((remark, service, facts.terms), remarks)


def by_kind(_: object) -> None:
    """What a remark goes by that is made of the kind and the service alone."""


def _span(item: Any) -> tuple[Instant, Instant]:
    """The first and the last instant that an outage, a check, a tally or a reading speaks of."""
    return (item.at, item.at) if isinstance(item, Check) else (item.start, max(item.start, item.end))
