"""Owns what an agreement's facts are at a moment: known, so by then, folded into subjects, each with its service.

Does not own: what any measure makes of them. An event that judges nothing gets a remark with a name (SEMANTICS 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar, assert_never

from malus.evaluation.corrections import checked_standing, remarks_on
from malus.evaluation.facts import Facts
from malus.evaluation.plain_facts import plain_facts
from malus.measures.deliveries import fold_deliveries
from malus.measures.in_service import fold_deployments
from malus.measures.incidents import fold_incidents
from malus.measures.outages import fold_outages
from malus.model.agreement import Terms
from malus.model.blocks import Block, Blocks
from malus.model.event_corrections import Retraction
from malus.model.event_deliveries import Delivery, Extension
from malus.model.event_values import LATEST_INSTANT
from malus.model.events import (
    Adjustment,
    Charge,
    Check,
    Choice,
    Claim,
    Deployment,
    Dispute,
    Event,
    Exclusion,
    Happening,
    Incident,
    Notice,
    Obligation,
    Opening,
    Outage,
    Reading,
    Settlement,
    Tally,
    Transition,
    happened_at,
)
from malus.model.instants import Instant
from malus.model.money import Money

Observed = TypeVar("Observed", Check, Tally, Reading)
Billed = TypeVar("Billed", Charge, Opening)
#: What is so by itself and of no service.
Kept: TypeAlias = (
    Exclusion | Extension | Charge | Opening | Obligation | Claim | Notice | Choice | Settlement | Dispute | Adjustment
)


def facts_of(
    terms: tuple[Terms, ...],
    unsigned: Sequence[Terms],
    events: Iterable[Event],
    as_of: Instant,
    known_at: Instant | None,
) -> Facts:
    """Sort an agreement's events out: what is known at `known_at`, what is so at `as_of`, and whose service it is.

    A fact later than `as_of` is not yet so; an outage or exclusion that ends later still lasts. Equal events with ids
    are one; what is known to be corrected or taken back does not count, whenever it is so. An event of a time without
    terms is remarked, by whether unsigned terms cover it.
    Raises MalusError `rival-corrections` where corrections contradict each other.
    """
    facts = Facts(as_of=as_of, terms=terms)
    plain = plain_facts(events, as_of, known_at)
    standing = checked_standing(event for event in plain.others if _is_known(event, known_at))
    facts.remarks += remarks_on(standing)
    _tell(facts, standing.events, unsigned)
    texts = (terms, tuple(unsigned))
    for block in plain.blocks:
        facts.add(block.once(("facts", *texts), lambda block: _alone(block, *texts)))
    return facts


def _alone(block: Block[Event], terms: tuple[Terms, ...], unsigned: Sequence[Terms]) -> Facts:
    """What the events of a plain block are, once all of it is over."""
    facts = Facts(as_of=LATEST_INSTANT, terms=terms)
    _tell(facts, [event for event in block if not isinstance(event, Retraction)], unsigned)
    return facts


def _tell(facts: Facts, known: Sequence[Happening], unsigned: Sequence[Terms]) -> None:
    """Sort out what stands of events that are known."""
    as_of = facts.as_of
    for event in known:
        # What is told of a subject is folded together with the other facts of it.
        if not isinstance(event, Outage | Incident | Deployment | Delivery) and _is_so(event, as_of):
            _sorted_out(facts, event, unsigned)
    outages = [event for event in known if isinstance(event, Outage)]
    _fold(facts, outages, [event for event in known if isinstance(event, Incident)], unsigned)
    _fold_deployments(facts, [event for event in known if isinstance(event, Deployment)], unsigned)
    _fold_deliveries(facts, [event for event in known if isinstance(event, Delivery)], unsigned)


def _is_known(event: Event, known_at: Instant | None) -> bool:
    return known_at is None or event.recorded_at is None or event.recorded_at <= known_at


def _is_so(event: Happening, as_of: Instant) -> bool:
    """Whether what an event says is so by a moment; an outage or exclusion that ends later still lasts."""
    match event:
        case Tally() | Reading() | Charge() | Opening():
            return event.end <= as_of
        case _:
            return happened_at(event) <= as_of


def _sorted_out(facts: Facts, event: Check | Tally | Reading | Kept, unsigned: Sequence[Terms]) -> None:
    currency = facts.terms[0].currency
    match event:
        case Check():
            _by_service(facts, facts.checks, event, (event.at, event.at), unsigned)
        case Tally():
            _by_service(facts, facts.tallies, event, (event.start, event.end - 1), unsigned)
        case Reading():
            _by_service(facts, facts.readings, event, (event.start, event.end - 1), unsigned)
        case Charge():
            _kept(facts, event)  # whatever its currency: without a rate of its day the credit waits
            if all(text.exchange is None for text in facts.terms) and (foreign := _foreign(event, currency)):
                facts.remark(event, "wrong-currency", foreign)
        case Opening() | Settlement() | Adjustment() if foreign := _foreign(event, currency):
            facts.remark(event, "wrong-currency", foreign)
        case _:
            _kept(facts, event)


def _kept(facts: Facts, event: Kept) -> None:
    match event:
        case Exclusion():
            facts.exclusions.append(event)
        case Extension():
            facts.extensions.append(event)
        case Charge():
            facts.charges.append(_called(facts, event))
        case Opening():
            facts.openings.append(_called(facts, event))
        case _:
            _said_by_a_party(facts, event)


def _said_by_a_party(
    facts: Facts, event: Obligation | Claim | Notice | Choice | Settlement | Dispute | Adjustment
) -> None:
    match event:
        case Obligation():
            facts.obligations.append(event)
        case Claim():
            facts.claims.append(event)
        case Notice():
            facts.notices.append(event)
        case Choice():
            facts.choices.append(event)
        case Settlement():
            facts.settlements.append(event)
        case Dispute():
            facts.disputes.append(event)
        case Adjustment():
            facts.adjustments.append(event)
        case _:
            assert_never(event)


def _called(facts: Facts, event: Billed) -> Billed:
    """A charge or balance with its subjects by the names that the terms list; what nobody listed stays as it is."""
    if not event.subjects:
        return event
    subjects = (facts.terms_at(event.start) or facts.terms[0]).subjects
    return replace(event, subjects=tuple(sorted({subjects.called(text) or text for text in event.subjects})))


def _foreign(event: Charge | Opening | Settlement | Adjustment | Delivery, currency: str) -> str:
    """Why money of an event does not count: it is in another currency than the terms. Empty where it is not."""
    match event:
        case Opening():
            amounts: tuple[Money | None, ...] = (event.used, event.charged)
        case Delivery():
            amounts = (event.value, event.good_value)
        case _:
            amounts = (event.amount,)
    other = next((money.currency for money in amounts if money is not None and money.currency != currency), None)
    what = "its value" if isinstance(event, Delivery) else "the event"
    return "" if other is None else f"{other} is not {currency}, the currency of these terms: {what} does not count"


def _fold(facts: Facts, outages: Sequence[Outage], incidents: Sequence[Incident], unsigned: Sequence[Terms]) -> None:
    subjects, incomplete = fold_outages(outages, facts.as_of)
    for event in incomplete:
        facts.remark(
            event,
            "incomplete-subject",
            "no start of this outage is known: send an outage event with its start",
        )
    for subject in subjects:
        first = subject.events[0]
        service = _service(facts, first, subject.service, subject.start, subject.end, unsigned)
        if service is not None:
            facts.outages[service].append(subject)
            _remark_contradiction(facts, first, () if subject.start_unknown else subject.contradiction)
    for story in fold_incidents(incidents, facts.as_of):
        first_fact = story.facts[0]
        if all(fact.transition is not Transition.OPENED for fact in story.facts):
            facts.remark(
                first_fact,
                "incomplete-subject",
                "no opening of this incident is known: send an incident event that opens it",
            )
            continue
        service = _service(facts, first_fact, story.service, first_fact.at, story.facts[-1].at, unsigned)
        if service is not None:
            facts.incidents[service].append(story)
            _remark_contradiction(facts, first_fact, story.contradiction)


def _fold_deployments(facts: Facts, deployments: Sequence[Deployment], unsigned: Sequence[Terms]) -> None:
    for subject in fold_deployments(deployments, facts.as_of):
        first = subject.events[0]
        service = _service(facts, first, subject.service, subject.start, subject.end, unsigned)
        if service is not None:
            facts.deployments[service].append(subject)
            _remark_contradiction(facts, first, subject.contradiction)


def _fold_deliveries(facts: Facts, deliveries: Sequence[Delivery], unsigned: Sequence[Terms]) -> None:
    zone, currency = facts.terms[0].timezone, facts.terms[0].currency
    subjects = fold_deliveries(deliveries, facts.extensions, facts.as_of, zone, currency)
    for subject in subjects:
        first = subject.events[0]
        moments = [at for at in (subject.judged_by, subject.sent, subject.done) if at is not None]
        if not moments:
            facts.remark(
                first, "incomplete-subject", "nobody told when it is due or came: send that with its delivery_id"
            )
            continue
        service = _service(facts, first, subject.service, min(moments), max(moments), unsigned)
        if service is not None:
            facts.deliveries[service].append(subject)
            _remark_contradiction(facts, first, subject.contradiction)
        for event in subject.events:
            if foreign := _foreign(event, currency):
                facts.remark(event, "wrong-currency", foreign)
    known = {subject.name for subject in subjects}
    names = sorted(known)
    for beside in (*facts.extensions, *facts.exclusions, *_belonging(facts)):
        if beside.delivery_id is not None and beside.delivery_id not in known:
            hint = f": {', '.join(names[:6])}" if names else ""
            facts.remark(beside, "unknown-name", f"no delivery `{beside.delivery_id}` was told{hint}")


def _belonging(facts: Facts) -> list[Reading | Tally]:
    """Readings and tallies: they may belong to a delivery."""
    readings = [reading for store in facts.readings.values() for reading in store]
    return [*readings, *(tally for store in facts.tallies.values() for tally in store)]


def _remark_contradiction(facts: Facts, event: Event, named: Sequence[str]) -> None:
    if named:
        facts.remark(event, "contradictory-facts", f"these cannot both be true: {', '.join(named)}")


def _by_service(
    facts: Facts,
    store: dict[str, Blocks[Observed]],
    event: Observed,
    span: tuple[Instant, Instant],
    unsigned: Sequence[Terms],
) -> None:
    service = _service(facts, event, event.service, *span, unsigned)
    if service is not None:
        store[service].append(event)


def _service(
    facts: Facts, event: Happening, named: str | None, first: Instant, last: Instant, unsigned: Sequence[Terms]
) -> str | None:
    """The service an event speaks of: the one it names, or the only one; None with a remark otherwise."""
    place = facts.place_within(first, last)
    if place is None:
        covered = any(text.starts() <= happened_at(event) for text in unsigned)
        if covered:
            facts.remark(event, "unsigned-terms", "only unsigned terms cover this time: both parties sign them first")
        else:
            facts.remark(event, "no-terms-in-force", "no signed terms are in force at this time")
        return None
    names = facts.services[place]
    if named is None:
        if len(names) == 1:
            return names[0]
        facts.remark(event, "service-missing", f"name the service, one of {', '.join(names)}")
        return None
    if named not in names:
        facts.remark(event, "unknown-service", f"`{named}` is no service of these terms: {', '.join(names)}")
        return None
    return named
