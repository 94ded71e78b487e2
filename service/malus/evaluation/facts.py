"""Owns the facts of one agreement as of a moment: what stands, sorted out by kind and by service.

Does not own: how events are sorted out (intake), or what any measure makes of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from malus.evaluation.in_force import place_within
from malus.measures.deliveries import DeliverySubject
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject
from malus.measures.outages import IN_TIME, OutageSubject
from malus.model.agreement import Terms
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
    _starts: list[Instant] = field(init=False)

    def __post_init__(self) -> None:
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
        return place_within(self.terms, self._starts, first, last)


def remark_each(facts: Facts, service: str, told: Blocks[T], remark: Callable[[Facts, str, T], None]) -> None:
    """Let `remark` look at all that was told of a service; what it says of a block of it is remembered.

    It goes by the terms and by what was told alone, not by the moment.
    """

    def remarks(block: Block[T]) -> list[EventRemark]:
        alone = Facts(as_of=facts.as_of, terms=facts.terms)
        for item in block:
            remark(alone, service, item)
        return alone.remarks

    for block in told.blocks():
        facts.remarks += block.once((remark, service, facts.terms), remarks)
