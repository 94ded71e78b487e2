"""Owns the question "what would be": events and drafts laid over a stated base, judged, and nothing stored.

Does not own: the judgement, or what is stored. With the ledger as base and nothing added, the answer is the one that
stands, to the digest.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.calendars import HorizonFault
from malus.model.canonical import digest
from malus.model.events import Event
from malus.model.faults import Diagnostic, MalusError
from malus.model.instants import SECOND, Instant, civil_day
from malus.operations.catalogue import Catalogue
from malus.operations.judging_again import judged, moment_for
from malus.operations.ports import Judge, Ledger
from malus.operations.rule_drafts import compiled_drafts
from malus.operations.service_values import CheckWanted, DraftFile, LedgerBase, Simulation, SimulationAnswer
from malus.operations.store_faults import told_to_callers


def simulate(
    tenant: str,
    simulation: Simulation,
    *,
    now: Instant,
    catalogue: Catalogue,
    ledger: Ledger,
    judge: Judge,
    check_wanted: CheckWanted,
) -> SimulationAnswer:
    """Judge an agreement on a base with events added, by drafts or by the terms that serve.

    An event that the base holds already adds nothing. Drafts count as signed, and may be of an agreement that is not
    served yet. As-of None: `now`, or the agreement's clock where that is later.
    Raises MalusError `unknown-agreement`, `agreement-not-serving`, `faulty-rule-file`, `event-id-conflict`,
    `rival-corrections`, `beyond-horizon`, `store-unavailable` and what `check_wanted` raises.
    """
    name = simulation.agreement
    check_wanted()
    if not simulation.drafts:
        catalogue.serving(tenant, name)
    known_at = None
    stored: tuple[Event, ...] = ()
    as_of = simulation.as_of
    with told_to_callers():
        if isinstance(simulation.base, LedgerBase):
            known_at = simulation.base.known_at
            stored = ledger.events_of(tenant, name, known_at)
        if as_of is None:
            as_of = moment_for(now, ledger.clocks(tenant).get(name))
    events = _joined(stored, simulation.events)
    check_wanted()
    if not simulation.drafts:
        served = catalogue.serving(tenant, name)
        return SimulationAnswer(
            assessment=judged(judge, served, events, as_of=as_of, known_at=known_at), diagnostics=()
        )
    terms, diagnostics = _drafted(name, simulation.drafts, now, known_at)
    assessment = _judged_by_drafts(judge, terms, events, as_of, known_at)
    return SimulationAnswer(assessment=assessment, diagnostics=diagnostics)


def _joined(stored: Sequence[Event], added: Sequence[Event]) -> tuple[Event, ...]:
    contents = {(event.source, event.id): digest(event) for event in stored}
    joined = list(stored)
    for event in added:
        identity, content = (event.source, event.id), digest(event)
        if contents.setdefault(identity, content) != content:
            source = event.source or "an unnamed source"
            what = f"{event.id} of {source} has other content in the base: give it another id"
            raise MalusError("event-id-conflict", what, {"source": event.source, "event": event.id or ""})
        joined.append(event)
    distinct = {(event.source, event.id): event for event in reversed(joined)}
    return tuple(distinct.values())


def _drafted(
    agreement: str, files: Sequence[DraftFile], now: Instant, known_at: Instant | None
) -> tuple[tuple[Terms, ...], tuple[Diagnostic, ...]]:
    compiled = compiled_drafts(files, datetime.datetime.fromtimestamp(now // SECOND, UTC).date())
    if compiled.errors:
        first = compiled.errors[0]
        raise MalusError(
            "faulty-rule-file",
            f"{first.place}: {first.what}; validate the files to read all that is wrong with them",
            {"path": first.place.path, "errors": str(len(compiled.errors))},
        )
    of = compiled.terms[0].agreement
    if of != agreement:
        what = f"the drafts are of {of} and the call is of {agreement}: name one agreement"
        raise MalusError("faulty-rule-file", what, {"path": files[0].path, "errors": "1"})
    return tuple(_as_signed(terms, known_at) for terms in compiled.terms), compiled.diagnostics


def _as_signed(terms: Terms, known_at: Instant | None) -> Terms:
    if terms.is_signed():
        return terms
    day = terms.effective if known_at is None else min(terms.effective, civil_day(known_at, terms.timezone))
    return replace(terms, signed_provider=terms.signed_provider or day, signed_customer=terms.signed_customer or day)


def _judged_by_drafts(
    judge: Judge, terms: tuple[Terms, ...], events: tuple[Event, ...], as_of: Instant, known_at: Instant | None
) -> Assessment:
    name = terms[0].agreement
    try:
        return judge(terms, events, as_of=as_of, known_at=known_at)
    except HorizonFault as fault:
        raise MalusError("beyond-horizon", f"{name}: {fault}", {"agreement": name}) from fault
    except MalusError as fault:
        if fault.reason == "rival-corrections":
            raise
        raise MalusError("faulty-rule-file", fault.message, {"path": terms[0].path, "errors": "1"}) from fault
