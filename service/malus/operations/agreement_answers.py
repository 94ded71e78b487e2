"""Owns the questions about agreements: which there are, the terms in force on a day, reviews due, what is served.

Does not own: loading (catalogue), or any judging.
"""

from __future__ import annotations

import datetime

from malus.model.agreement import Terms
from malus.model.deadlines import Deadline, last_instant
from malus.model.faults import MalusError
from malus.model.instants import Instant, civil_day, start_of_day
from malus.operations.catalogue import Catalogue, ServedAgreement
from malus.operations.ports import Ledger
from malus.operations.service_values import (
    AgreementStatus,
    AgreementSummary,
    ReloadState,
    ReviewDue,
    TermsWithText,
)
from malus.operations.store_faults import told_to_callers


def list_agreements(
    tenant: str, *, after: str, most: int, catalogue: Catalogue, ledger: Ledger
) -> tuple[AgreementSummary, ...]:
    """At most `most` agreements after a name; those that do not serve have no terms."""
    with told_to_callers():
        clocks = ledger.clocks(tenant)
    found = [item for item in catalogue.agreements(tenant) if item.name > after][:most]
    return tuple(
        AgreementSummary(
            agreement=item.name,
            terms=item.terms,
            ledger_clock=clocks[item.name].as_of if item.name in clocks else None,
        )
        for item in found
    )


def get_agreement(tenant: str, agreement: str, *, catalogue: Catalogue, ledger: Ledger) -> AgreementSummary:
    """One agreement. Raises MalusError `unknown-agreement`, `store-unavailable`."""
    served = catalogue.named(tenant, agreement)
    with told_to_callers():
        clock = ledger.clocks(tenant).get(agreement)
    return AgreementSummary(
        agreement=agreement, terms=served.terms, ledger_clock=None if clock is None else clock.as_of
    )


def terms_in_force(tenant: str, agreement: str, on: datetime.date, *, catalogue: Catalogue) -> TermsWithText:
    """The signed terms in force on a civil day, with the rule file as it was written.

    Raises MalusError `unknown-agreement`, `agreement-not-serving`, `no-terms-in-force`.
    """
    served = catalogue.serving(tenant, agreement)
    terms = _in_force(served, on)
    if terms is None:
        what = f"no terms of {agreement} that both parties signed are in force on {on}"
        raise MalusError("no-terms-in-force", what, {"agreement": agreement, "date": on.isoformat()})
    return TermsWithText(terms=terms, text=served.texts[terms.digest()])


def reviews_due(
    tenant: str,
    by: datetime.date,
    *,
    after: tuple[datetime.date, str] | None,
    most: int,
    now: Instant,
    catalogue: Catalogue,
) -> tuple[ReviewDue, ...]:
    """At most `most` reviews due on or before a civil day, by day and agreement.

    A review is due so long after the last one that was held by today, or after the terms of today took effect.
    """
    found = [due for item in catalogue.agreements(tenant) if (due := _review(item, now)) is not None]
    listed = sorted((due.due_on, due.agreement, due) for due in found if due.due_on <= by)
    return tuple(due for day, name, due in listed if after is None or (day, name) > after)[:most]


def reload_status(tenant: str, *, catalogue: Catalogue) -> ReloadState:
    """What is served, and what is to be said about the files of each agreement."""
    return ReloadState(
        generation=catalogue.generation(tenant),
        checked_at=catalogue.checked_at,
        agreements=tuple(
            AgreementStatus(
                agreement=item.name,
                serving=item.is_serving,
                faulty=item.is_faulty,
                loaded_at=item.loaded_at,
                diagnostics=item.diagnostics,
            )
            for item in catalogue.agreements(tenant)
        ),
    )


def _in_force(served: ServedAgreement, on: datetime.date) -> Terms | None:
    begun = [terms for terms in served.terms if terms.is_signed() and terms.effective <= on]
    if not begun or (begun[-1].ends is not None and begun[-1].ends < on):
        return None
    return begun[-1]


def _review(served: ServedAgreement, now: Instant) -> ReviewDue | None:
    if not served.is_serving:
        return None
    today = civil_day(now, served.terms[-1].timezone)
    terms = _in_force(served, today)
    if terms is None or terms.review is None:
        return None
    held = max((day for day in terms.review.held if day <= today), default=None)
    since = terms.effective if held is None else max(held, terms.effective)
    deadline = Deadline(within=terms.review.every, until="end_of_day", zone=terms.timezone)
    due_on = civil_day(last_instant(deadline, start_of_day(since, terms.timezone)), terms.timezone)
    return ReviewDue(
        agreement=served.name,
        due_on=due_on,
        last_held=held,
        every=str(terms.review.every),
        source=terms.review.source,
        overdue=due_on < today,
    )
