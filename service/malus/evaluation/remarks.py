"""Owns the remarks on accepted events that judge nothing: each a named outcome, never silence.

Does not own: the routing of events to services (intake), or anything that is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter

from malus.evaluation.event_owners import accepted, called_by_events, fed_by_readings, fed_by_tallies
from malus.evaluation.facts import Facts, by_kind, remark_each
from malus.evaluation.in_force import names_of
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.subject_facts import PRIORITY
from malus.evaluation.subject_remarks import remark_subjects
from malus.measures.in_service import DeploymentSubject
from malus.measures.incidents import IncidentSubject, lacks_priority
from malus.measures.outages import OutageSubject
from malus.measures.tallies import READ_AS, reading_value
from malus.model.agreement import Terms
from malus.model.availability import TimedIndicator
from malus.model.conditions import Promise
from malus.model.events import (
    Charge,
    Check,
    Event,
    Exclusion,
    Notice,
    Obligation,
    Opening,
    Reading,
    Tally,
    Transition,
    happened_at,
)
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    DeliveryTime,
    Elapsed,
    Excursion,
    GivenValue,
    Indicator,
    Occurrences,
    Sample,
    Share,
    Statistic,
    TimeShare,
    Where,
)
from malus.model.periods import period_containing
from malus.model.quantities import Unit
from malus.model.subjects import single_kinds
from malus.remedies.rights import Heard


def remark_unused(facts: Facts, judged: Sequence[JudgedPeriod], heard: Sequence[Heard]) -> None:
    """Remark every event that no indicator, clause, charge or cap of the terms in force then can use.

    `heard` are the deliveries and notices that a right or obligation heard of, with what became of each there: one
    that changed nothing anywhere is remarked with the reasons.
    """
    _remark_measured(facts)
    remark_subjects(facts)
    for exclusion in facts.exclusions:
        _remark_exclusion(facts, exclusion)
    for charge in facts.charges:
        _remark_charge(facts, charge)
    became = _became(judged, heard)
    for delivery in facts.obligations:
        _remark_delivery(facts, delivery, became)
    rights = [name for text in facts.terms for clause in text.clauses if clause.right for name in names_of(clause)]
    for notice in facts.notices:
        if notice.clause not in rights:
            facts.remark(notice, "unknown-name", f"`{notice.clause}` is no clause with a right: {_list(rights)}")
        else:
            _remark_unheard(facts, notice, became, f"no right of `{notice.clause}` that it could speak of has arisen")
    for opening in facts.openings:
        _remark_opening(facts, opening)


def _became(judged: Sequence[JudgedPeriod], heard: Sequence[Heard]) -> dict[int, set[str]]:
    """What became of each event, by its identity: why it was not used; an empty reason where it was used."""
    became: dict[int, set[str]] = defaultdict(set)
    for item in heard:
        became[id(item.event)].add(item.unused)
    for period in judged:
        if period.measurement.delivery is not None:
            became[id(period.measurement.delivery)].add("")
    return became


def _remark_unheard(facts: Facts, event: Obligation | Notice, became: dict[int, set[str]], otherwise: str) -> None:
    """Remark an event that nothing used; `otherwise` is said where nothing heard of it at all."""
    why = became.get(id(event), {otherwise})
    if "" not in why:
        facts.remark(event, "unused", "; ".join(sorted(why)))


def _remark_measured(facts: Facts) -> None:
    _remark_subjects(facts)
    for service, checks in facts.checks.items():
        remark_each(facts, service, checks, _remark_check, by_kind)
    for service, tallies in facts.tallies.items():
        remark_each(facts, service, tallies, _remark_tally, attrgetter("indicator"))
    for service, readings in facts.readings.items():
        remark_each(facts, service, readings, _remark_reading)


def _remark_check(facts: Facts, service: str, check: Check) -> None:
    _needs(facts, check, service, (CheckedAvailability,), "checks", check.at)


def _remark_tally(facts: Facts, service: str, tally: Tally) -> None:
    _one_indicator(facts, tally, service, fed_by_tallies, "tallies")


def _remark_reading(facts: Facts, service: str, reading: Reading) -> None:
    indicator = _one_indicator(facts, reading, service, fed_by_readings, "readings")
    if isinstance(indicator, GivenValue | Excursion | Statistic | TimeShare):
        _remark_value(facts, reading, indicator)
    elif isinstance(indicator, Availability):
        _remark_total(facts, reading, indicator)


def _remark_outage(facts: Facts, service: str, outage: OutageSubject) -> None:
    _needs(facts, outage.events[0], service, (Availability, Elapsed, Occurrences), "outages", outage.start)


def _remark_subjects(facts: Facts) -> None:
    for service, outages in facts.outages.items():
        remark_each(facts, service, outages, _remark_outage, by_kind)
    for service, deployments in facts.deployments.items():
        for deployment in deployments:
            _remark_deployment(facts, deployment, service)
    for service, stories in facts.incidents.items():
        for story in stories:
            _needs(facts, story.facts[0], service, (Elapsed, Occurrences), "incidents", story.facts[0].at)
            _remark_priority(facts, service, story)
            _remark_pauses(facts, story)
    for service, deliveries in facts.deliveries.items():
        for delivery in deliveries:
            told = delivery.events[0]
            _needs(facts, told, service, (DeliveryTime, Excursion, Sample), "deliveries", happened_at(told))


def _needs(facts: Facts, event: Event, service: str, kinds: tuple[type, ...], what: str, at: int) -> None:
    terms = facts.terms_at(max(at, facts.terms[0].starts())) or facts.terms[-1]
    if not _is_measured(terms, service, kinds, what):
        facts.remark(event, "unused", f"no indicator of `{service}` is measured from {what}")


@lru_cache(maxsize=10_000)
def _is_measured(terms: Terms, service: str, kinds: tuple[type, ...], what: str) -> bool:
    """Whether an indicator of these kinds is measured from a service's outages, incidents, checks or deliveries."""
    return any(
        isinstance(item, kinds)
        and item.service == service
        and (not isinstance(item, Elapsed | Occurrences) or item.origin == what)
        for item in terms.indicators
    )


def _remark_deployment(facts: Facts, deployment: DeploymentSubject, service: str) -> None:
    terms = facts.terms_at(max(deployment.start, facts.terms[0].starts())) or facts.terms[-1]
    asked = any(
        isinstance(item, TimedIndicator) and item.only_in_service and item.service == service
        for item in terms.indicators
    )
    told_so = any(item.name == service and item.in_service and item.in_service.from_events for item in terms.services)
    if not (asked and told_so):
        why = f"no indicator of `{service}` asks deployments when it was in service"
        facts.remark(deployment.events[0], "unused", why)


def _remark_priority(facts: Facts, service: str, story: IncidentSubject) -> None:
    """Remark an incident that is not judged because the priority that decides about it is not known."""
    opened = next(fact for fact in story.facts if fact.transition is Transition.OPENED)
    terms = facts.terms_at(max(opened.at, facts.terms[0].starts())) or facts.terms[-1]
    if story.contradiction:
        return
    by_priority = _by_priority(terms)
    missing: dict[str, list[str]] = defaultdict(list)
    for item in terms.indicators:
        if not isinstance(item, Elapsed | Occurrences) or item.origin != "incidents":
            continue
        if item.service == service and item.name in by_priority:
            when = lacks_priority(item, story, facts.as_of)
            if when:
                missing[when].append(item.name)
    for when, names in missing.items():
        why = f"no priority is known {when}, which decides about {_quoted(names)}: send it"
        facts.remark(opened, "incomplete-subject", why)


def _remark_pauses(facts: Facts, story: IncidentSubject) -> None:
    """Remark a resume that ends no pause. A pause while paused changes the reason: what is told last holds."""
    paused = False
    for fact in story.facts:
        if fact.transition is Transition.RESUMED and not paused:
            facts.remark(fact, "unused", "the incident was not paused then: this resumes nothing")
        if fact.transition in (Transition.PAUSED, Transition.RESUMED):
            paused = fact.transition is Transition.PAUSED


def _by_priority(terms: Terms) -> set[str]:
    """The indicators that take incidents by priority, or are promised by it."""
    names = {item.name for item in terms.indicators if any(part.field_name == "priority" for part in _where(item))}
    names |= {item.name for item in terms.indicators if _goes_by_priority(item)}
    for indicator in terms.indicators:
        by_priority = (
            any(limit.priority is not None for limit in indicator.limits) if isinstance(indicator, Share) else False
        )
        if isinstance(indicator, Share) and (by_priority or _goes_by_priority(indicator)):
            names.add(indicator.indicator)
    for clause in terms.clauses:
        promise = clause.condition
        if isinstance(promise, Promise) and any(limit.priority is not None for limit in promise.limits):
            names.add(promise.indicator)
    return names


def _goes_by_priority(indicator: Indicator) -> bool:
    return indicator.for_each is not None and PRIORITY in single_kinds(indicator.for_each)


def _where(indicator: Indicator) -> tuple[Where, ...]:
    return indicator.where if isinstance(indicator, Elapsed | Occurrences) else ()


def _one_indicator(
    facts: Facts, event: Tally | Reading, service: str, fed: Callable[[Indicator], bool], what: str
) -> Indicator | None:
    place = facts.place_within(event.start, event.end - 1)
    assert place is not None, "only what some terms judge has a service"
    mine = [item for item in facts.terms[place].indicators if fed(item) and item.service == service]
    if event.indicator is not None:
        named = next((item for item in mine if event.indicator in called_by_events(item)), None)
        if named is None:
            names = _list(name for item in mine for name in called_by_events(item))
            facts.remark(event, "unknown-name", f"no indicator `{event.indicator}` is measured from {what}: {names}")
        return named
    if not mine:
        facts.remark(event, "unused", f"no indicator of `{service}` is measured from {what}")
        return None
    if len({called_by_events(item) for item in mine}) > 1:
        names = _list(name for item in mine for name in called_by_events(item))
        facts.remark(event, "indicator-missing", f"name the indicator, one of {names}")
        return None
    return mine[0]


def _remark_value(facts: Facts, reading: Reading, indicator: GivenValue | Excursion | Statistic | TimeShare) -> None:
    if reading_value(reading, indicator.unit) is None:
        facts.remark(
            reading, "wrong-unit", f"`{indicator.name}` is read as {READ_AS[indicator.unit]}, not in `{reading.unit}`"
        )
    elif not accepted(indicator, reading):
        facts.remark(
            reading,
            "outside-accepts",
            f"{reading.value} {reading.unit} lies outside what `{indicator.name}` accepts: the reading does not count",
        )


def _remark_total(facts: Facts, reading: Reading, indicator: Availability) -> None:
    total = reading_value(reading, Unit.COUNT)
    if total is None:
        why = f"`{indicator.name}` reads how many there are in all, which is not in `{reading.unit}`"
        facts.remark(reading, "wrong-unit", why)
    elif total < 0:
        facts.remark(reading, "outside-accepts", f"{reading.value} is no total: the reading does not count")


def _remark_exclusion(facts: Facts, exclusion: Exclusion) -> None:
    terms = facts.terms_at(max(exclusion.start, facts.terms[0].starts())) or facts.terms[-1]
    services = [service.name for service in terms.services]
    if exclusion.service is not None and exclusion.service not in services:
        facts.remark(
            exclusion,
            "unknown-service",
            f"`{exclusion.service}` is no service of these terms: {_list(services)}",
        )
    elif exclusion.cause not in [item.cause for item in terms.exclusions]:
        facts.remark(exclusion, "unused", f"these terms excuse no time for {exclusion.cause}")


def _remark_charge(facts: Facts, charge: Charge) -> None:
    terms = facts.terms_at(charge.start)
    items = {item.name: item for item in (terms.charges if terms else ())}
    if charge.item not in items:
        facts.remark(charge, "unknown-name", f"`{charge.item}` is no charge of these terms: {_list(items)}")
    elif not items[charge.item].is_billed:
        facts.remark(charge, "unused", f"the terms fix the charge `{charge.item}`: what was billed changes nothing")


def _remark_opening(facts: Facts, opening: Opening) -> None:
    caps = [cap.name for text in facts.terms for cap in text.caps]
    promises = [name for text in facts.terms for item in (*text.clauses, *text.indicators) for name in names_of(item)]
    if opening.cap is not None and opening.cap not in caps:
        facts.remark(opening, "unknown-name", f"`{opening.cap}` is no cap of these terms: {_list(caps)}")
    elif opening.missed is not None and opening.missed not in promises:
        facts.remark(opening, "unknown-name", f"`{opening.missed}` is no clause or indicator: {_list(promises)}")


def _remark_delivery(facts: Facts, delivery: Obligation, became: dict[int, set[str]]) -> None:
    terms = facts.terms_at(delivery.at) or facts.terms[-1]
    known = _deliverables(terms)
    report = next(
        (item for item in terms.indicators if isinstance(item, Delivered) and delivery.name in names_of(item)), None
    )
    if delivery.name not in known:
        facts.remark(delivery, "unknown-name", f"nothing called `{delivery.name}` is owed: {_list(known)}")
    elif report is None:
        _remark_unheard(facts, delivery, became, "nothing was owed at that moment")
    elif delivery.period is None:
        if id(delivery) not in became:
            facts.remark(delivery, "unused", f"`{delivery.name}` is owed for every period: name the one it is for")
    elif period_containing(report.cycle, delivery.period, terms.timezone).end <= facts.as_of:
        # A report for a period that still runs is judged when that is over.
        why = f"`{delivery.name}` is not owed for that period, or was delivered for it before"
        _remark_unheard(facts, delivery, became, why)


def _deliverables(terms: Terms) -> list[str]:
    names: list[str] = []
    for item in terms.indicators:
        if isinstance(item, Delivered):
            names += names_of(item)
    for clause in terms.clauses:
        if clause.obligation is not None:
            names += [clause.obligation.deliver, *names_of(clause)]
        if clause.right is not None and clause.right.cure is not None:
            names += names_of(clause)
    return names


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "there is none"
