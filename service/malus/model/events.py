"""Owns the events: immutable facts about services, incidents, charges and what the parties did.

Does not own: how they are read from a file or the wire, nor what any agreement makes of them.
An event's id is not its subject's id: an outage that ends later is a second event with the same `outage_id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from malus.model.event_base import EventBase
from malus.model.event_corrections import Retraction
from malus.model.event_deliveries import Delivery, Extension
from malus.model.instants import Instant, utc_text
from malus.model.money import Money
from malus.model.quick_values import quickly_made


class CheckState(StrEnum):
    """What a monitor saw."""

    UP = "up"
    DOWN = "down"
    DEGRADED = "degraded"


class Transition(StrEnum):
    """What happened to an incident; the order here is the fixed rank of transitions at one instant."""

    OPENED = "opened"
    PRIORITY_CHANGED = "priority_changed"
    ACCEPTED = "accepted"
    RESPONDED = "responded"
    PAUSED = "paused"
    RESUMED = "resumed"
    WORKAROUND = "workaround"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Cause(StrEnum):
    """Why a time is excused."""

    MAINTENANCE = "maintenance"
    FORCE_MAJEURE = "force_majeure"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"


class Act(StrEnum):
    """What a party does with a right."""

    EXERCISES = "exercises"
    WAIVES = "waives"


class DisputeAct(StrEnum):
    """What a party does about a credit that is disputed."""

    RAISES = "raises"
    ENDS = "ends"


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Outage(EventBase):
    """A service was down in [start, end). A part told later repeats the `outage_id`; without an end it lasts on.

    `share` is the part of it that was hit, 0 to 1; `affected` how many of its users, sites or lines were.
    """

    outage_id: str | None = None
    service: str | None = None
    start: Instant | None = None
    end: Instant | None = None
    severity: str | None = None
    site: str | None = None
    reported_at: Instant | None = None
    share: Fraction | None = None
    affected: int | None = None


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Check(EventBase):
    """A monitor saw a service in one state at an instant."""

    service: str | None = None
    at: Instant
    state: CheckState
    site: str | None = None


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(EventBase):
    """A number given as such, at an instant (start = end) or over [start, end).

    `value` is exact and in the unit it names: `%` (99.5 is 99.5 %), `count`, or a unit of time. `delivery_id` is the
    delivery that it was read during.
    """

    indicator: str | None = None
    service: str | None = None
    start: Instant
    end: Instant
    value: Fraction
    unit: str
    site: str | None = None
    delivery_id: str | None = None


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(EventBase):
    """Good and total counts over [start, end); 0 <= good <= total. `delivery_id` is the delivery they were taken of."""

    indicator: str | None = None
    service: str | None = None
    start: Instant
    end: Instant
    good: int
    total: int
    site: str | None = None
    delivery_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(EventBase):
    """One transition of an incident; `reason` belongs to `paused`."""

    incident_id: str
    transition: Transition
    at: Instant
    service: str | None = None
    priority: str | None = None
    reason: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(EventBase):
    """A time in [start, end) that may be excused, with its cause; it holds for every service unless it names one.

    One that names a delivery excuses the time of that delivery and of nothing else.
    """

    cause: Cause
    start: Instant
    end: Instant | None = None
    announced_at: Instant | None = None
    service: str | None = None
    delivery_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(EventBase):
    """What was billed for an item over [start, end), net of tax."""

    item: str
    start: Instant
    end: Instant
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation(EventBase):
    """A plan, report or cure was delivered at an instant.

    `name` is what was owed: an indicator of measure `delivered`, a clause with an obligation, or a clause whose
    right this cures. `period` is any instant of the period it is for, `subject` the incident or the listed subject.
    """

    name: str
    at: Instant
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(EventBase):
    """A step of a claim was taken at an instant; the remedy is named by clause and period or subject."""

    clause: str
    at: Instant
    step: str | None = None
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(EventBase):
    """A party exercises or waives a right at an instant; without a period it speaks of the right then open."""

    clause: str
    act: Act
    at: Instant
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(EventBase):
    """The customer picks one option of a group at an instant: the one that `option`, a clause, belongs to.

    `period` is any instant of the period it is for, `subject` the incident or other subject.
    """

    group: str
    option: str
    at: Instant
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(EventBase):
    """An invoice took so much of a credit, 0 or more, at an instant."""

    clause: str
    at: Instant
    amount: Money
    invoice: str | None = None
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(EventBase):
    """A party disputes a credit from an instant on, or the dispute is over."""

    clause: str
    act: DisputeAct
    at: Instant
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment(EventBase):
    """Both parties agree what a credit amounts to, 0 or more, and why; it counts once both have signed."""

    clause: str
    at: Instant
    amount: Money
    reason: str
    provider_signed_at: Instant | None = None
    customer_signed_at: Instant | None = None
    period: Instant | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(EventBase):
    """A balance brought in over [start, end) when an agreement moves in.

    Either `cap` with what it had credited (`used`) and the charges of that time (`charged`), or `missed`: an
    indicator or clause that was missed in the period which is exactly [start, end).
    """

    start: Instant
    end: Instant
    cap: str | None = None
    used: Money | None = None
    charged: Money | None = None
    missed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(EventBase):
    """A service was in service in [start, end), as when a customer's machine existed; without an end it lasts on.

    A part told later repeats the `deployment_id`. It speaks of its service only where the terms ask for it.
    """

    deployment_id: str | None = None
    service: str | None = None
    start: Instant | None = None
    end: Instant | None = None
    site: str | None = None


#: What happened, at a time of its own.
Happening: TypeAlias = (
    Outage
    | Deployment
    | Check
    | Reading
    | Tally
    | Incident
    | Delivery
    | Extension
    | Exclusion
    | Charge
    | Obligation
    | Claim
    | Notice
    | Choice
    | Settlement
    | Dispute
    | Adjustment
    | Opening
)
#: Everything that can be told: what happened, and that it was told in error.
Event: TypeAlias = Happening | Retraction


def happened_at(event: Happening) -> Instant:
    """The first instant an event speaks of: what places it under the terms in force then."""
    match event:
        case Outage() | Deployment():
            first = event.start if event.start is not None else event.end
            return first if first is not None else 0
        case Delivery():
            told = [at for at in (event.due, event.sent, event.done) if at is not None]
            return min(told, default=0)
        case Reading() | Tally() | Exclusion() | Charge() | Opening():
            return event.start
        case _:
            return event.at


def event_name(event: Event) -> str:
    """How an explanation names an event: its id, its subject's id, or its kind and first instant.

    Never the row it was read from, which would make equal facts look different.
    """
    if event.id:
        return event.id
    match event:
        case Outage(outage_id=str(subject)) | Deployment(deployment_id=str(subject)):
            named = subject
        case Incident(incident_id=subject):
            named = subject
        case Delivery(delivery_id=str(subject)):
            named = subject
        case Retraction():
            named = f"retraction of {event.corrects}"
        case _:
            named = f"{type(event).__name__.lower()} {utc_text(happened_at(event))}"
    return named
