"""Owns the remarks on events that name a subject nobody listed, or none where each is judged by itself.

Does not own: which facts count for which subject (subject_facts), or any other remark (remarks).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, assert_never

from malus.evaluation.event_owners import called_by_events, fed_by_readings, fed_by_tallies
from malus.evaluation.facts import Facts, remark_each
from malus.evaluation.in_force import names_of
from malus.evaluation.subject_facts import PRIORITY, Telling, counted_for, texts_of
from malus.measures.deliveries import DeliverySubject
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject
from malus.measures.outages import OutageSubject
from malus.model.agreement import Terms
from malus.model.availability import TimedIndicator
from malus.model.blocks import Blocks
from malus.model.events import Charge, Check, Exclusion, Happening, Obligation, Opening, Reading, Tally, happened_at
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Indicator,
    Occurrences,
    Share,
)
from malus.model.subjects import Subjects, single_kinds

#: As many names as a message lists.
_NAMES_SHOWN = 8


def remark_subjects(facts: Facts) -> None:
    """Remark every event that names an unlisted subject, or names none of a kind that it would be judged for."""
    for folded in (facts.deployments, facts.incidents, facts.deliveries):
        for service, subjects in folded.items():
            for fact in subjects:
                _remark_told(facts, service, fact)
    by_site, by_indicator = attrgetter("subjects", "site"), attrgetter("subjects", "site", "indicator")
    told: tuple[tuple[Mapping[str, Blocks[Any]], attrgetter[Any]], ...] = (
        (facts.outages, by_site),
        (facts.checks, by_site),
        (facts.tallies, by_indicator),
        (facts.readings, by_indicator),
    )
    for stores, said in told:
        for service, events in stores.items():
            remark_each(facts, service, events, _remark_told, said)
    for exclusion in facts.exclusions:
        _remark_exclusion(facts, exclusion)
    for charge in facts.charges:
        _remark_charge(facts, charge)
    for opening in facts.openings:
        _remark_opening(facts, opening)
    for delivery in facts.obligations:
        _remark_delivery(facts, delivery)


def _remark_told(facts: Facts, service: str, fact: Telling) -> None:
    event = _event(fact)
    terms = _terms(facts, happened_at(event))
    if not terms.subjects.listed:
        if fact.subjects:
            _unknown(facts, event, terms, fact.subjects)
        return
    said = [*fact.subjects]
    if isinstance(fact, IncidentSubject) and PRIORITY in terms.subjects.kinds():
        said += texts_of(fact, PRIORITY)
    if _unknown(facts, event, terms, said):
        return
    lacking: dict[str, list[str]] = {}
    counts = False
    for indicator in _measuring(terms, service, fact):
        kind = indicator.for_each
        if kind is None or (kind == PRIORITY and isinstance(fact, IncidentSubject)):
            continue
        if counted_for(fact, terms.subjects, kind):
            counts = True
        else:
            lacking.setdefault(kind, []).append(indicator.name)
    # A fact that names subjects of one kind is none of another's: a line's outage is no site's. Half a pair is a slip.
    lacking = {
        kind: names for kind, names in lacking.items() if not counts or _names_part_of(fact, terms.subjects, kind)
    }
    # A site is a mere text where no subject is asked for.
    if lacking and fact.site is not None and _unknown(facts, event, terms, (fact.site,)):
        return
    for kind, names in lacking.items():
        lacks = [single for single in single_kinds(kind) if not counted_for(fact, terms.subjects, single)]
        listed = ", ".join(f"`{name}`" for name in names)
        _missing(facts, event, kind, f"{listed} is measured for each", lacks)


def _names_part_of(fact: Telling, subjects: Subjects, kind: str) -> bool:
    """Whether a fact names a subject of one of several kinds by itself, so that it speaks of the pairs."""
    return any(subjects.counted_for(single, texts_of(fact, "")) for single in single_kinds(kind))


def _remark_exclusion(facts: Facts, exclusion: Exclusion) -> None:
    terms = _terms(facts, exclusion.start)
    if _unknown(facts, exclusion, terms, exclusion.subjects) or not exclusion.subjects:
        return
    excused = {item.name for item in terms.exclusions if item.cause is exclusion.cause}
    listing = [
        item
        for item in terms.indicators
        if isinstance(item, TimedIndicator | Elapsed | DeliveryTime | Occurrences)
        and excused & set(item.excluding)
        and (item.for_each is not None or isinstance(item, Elapsed | DeliveryTime))
    ]
    if excused and not listing:
        why = "it holds for some subjects only, and nothing that it could excuse is measured for each of them"
        facts.remark(exclusion, "unused", why)


def _remark_charge(facts: Facts, charge: Charge) -> None:
    terms = _terms(facts, charge.start)
    item = next((item for item in terms.charges if item.name == charge.item), None)
    if _unknown(facts, charge, terms, charge.subjects) or item is None or item.for_each is None or not item.is_billed:
        return
    named = [name for name in charge.subjects if name in terms.subjects.of_kind(item.for_each)]
    if not named:
        _missing(facts, charge, item.for_each, f"`{item.name}` is billed for each")


def _remark_opening(facts: Facts, opening: Opening) -> None:
    terms = _terms(facts, opening.start)
    if _unknown(facts, opening, terms, opening.subjects) or opening.subjects:
        return
    for cap in terms.caps:
        if cap.name == opening.cap and cap.for_each is not None:
            _missing(facts, opening, cap.for_each, f"`{cap.name}` is a cap for each")
    for indicator in terms.indicators:
        if opening.missed in names_of(indicator) and indicator.for_each is not None:
            _missing(facts, opening, indicator.for_each, f"`{indicator.name}` is measured for each")


def _remark_delivery(facts: Facts, delivery: Obligation) -> None:
    terms = _terms(facts, delivery.at)
    for indicator in terms.indicators:
        if not isinstance(indicator, Delivered) or delivery.name not in names_of(indicator):
            continue
        if indicator.for_each is None:
            continue
        if delivery.subject is None:
            _missing(facts, delivery, indicator.for_each, f"`{indicator.name}` is owed for each")
        else:
            _unknown(facts, delivery, terms, (delivery.subject,))


def _unknown(facts: Facts, event: Happening, terms: Terms, said: Sequence[str]) -> bool:
    """Remark each text that names no listed subject; whether there is one."""
    unlisted = [text for text in dict.fromkeys(said) if terms.subjects.called(text) is None]
    listed = [subject.name for subject in terms.subjects.listed]
    for text in unlisted:
        known = ", ".join(listed[:_NAMES_SHOWN]) + (
            f" and {len(listed) - _NAMES_SHOWN} more" * (len(listed) > _NAMES_SHOWN)
        )
        why = f"`{text}` is no subject of these terms, so it counts for none: {known or 'there is none'}"
        facts.remark(event, "unknown-subject", why)
    return bool(unlisted)


def _missing(facts: Facts, event: Happening, kind: str, why: str, lacks: Sequence[str] = ()) -> None:
    none = "none" if len(single_kinds(kind)) == 1 else f"no {' and no '.join(lacks)}"
    # A report is delivered for one subject; whatever else names any may name several.
    column = "subject" if isinstance(event, Obligation) else "subjects"
    facts.remark(event, "subject-missing", f"{why} {kind}, and this names {none}: name it under `{column}`")


def _measuring(terms: Terms, service: str, fact: Telling) -> Iterator[Indicator]:
    """The indicators of a service that a fact is for, whatever their `where` asks for."""
    for item in terms.indicators:
        timed = _timed_by(terms, item)
        if timed.service != service:
            continue
        match fact:
            case OutageSubject():
                counted = isinstance(item, Occurrences | Elapsed) and item.origin == "outages"
                mine = counted or isinstance(item, Availability)
            case DeploymentSubject():
                mine = isinstance(item, TimedIndicator) and item.only_in_service
            case IncidentSubject():
                mine = isinstance(timed, Occurrences | Elapsed) and timed.origin == "incidents"
            case DeliverySubject():
                mine = isinstance(timed, DeliveryTime)
            case Check():
                mine = isinstance(item, CheckedAvailability)
            case Tally() | Reading():
                fed = fed_by_tallies if isinstance(fact, Tally) else fed_by_readings
                mine = fed(item) and (fact.indicator is None or fact.indicator in called_by_events(item))
            case _:
                assert_never(fact)
        if mine:
            yield item


def _timed_by(terms: Terms, indicator: Indicator) -> Indicator:
    """The indicator that times what another one counts; the same one where it measures by itself."""
    match indicator:
        case Share(indicator=name) | DeliveryShare(indicator=name) | Occurrences(judged_by=str(name)):
            return terms.indicator(name)
        case _:
            return indicator


def _event(fact: Telling) -> Happening:
    match fact:
        case OutageSubject() | DeploymentSubject() | DeliverySubject():
            return fact.events[0]
        case IncidentSubject():
            return fact.facts[0]
        case _:
            return fact


def _terms(facts: Facts, at: int) -> Terms:
    return facts.terms_at(max(at, facts.terms[0].starts())) or facts.terms[-1]
