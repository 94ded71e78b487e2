"""Compiles who and what for: parties with contacts and duties, services, charges, exclusions, and the review.

Owns: those parts of the Terms, each by name order so that the order of keys never counts.
Does not own: indicators, clauses, caps and claims.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from malus.model.agreement import (
    ChargeTerms,
    Contact,
    Duty,
    ExclusionTerms,
    InService,
    MoneyRule,
    PartyTerms,
    Review,
    Service,
)
from malus.model.clauses import Party
from malus.model.money import Money
from malus.rulefiles.deadline_terms import calendar_of, due_terms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_agreement import (
    ABSENT,
    BILLED_CHARGE,
    CHARGES,
    CONTACTS,
    CUSTOMER,
    DUTIES,
    DUTY_AFTER,
    EXCLUSIONS,
    IN_SERVICE,
    MONEY_RULE,
    MONEY_WHEN,
    PARTIES,
    PROVIDER,
    REPORTED,
    REVIEW,
    SERVICES,
    SUPPORT,
)
from malus.rulefiles.forms_subjects import CHARGED
from malus.rulefiles.nodes import Node
from malus.rulefiles.scalars import (
    CAUSE,
    CHANNELS,
    CURRENCY,
    CYCLE,
    DATE,
    DATES,
    DURATION,
    EMAIL,
    FREE,
    NAME,
    NOTICE_TIME,
    PHONE,
    ROUNDING_MODE,
    SOURCE,
    TIME_PER_CYCLE,
)
from malus.rulefiles.scope import Scope
from malus.rulefiles.subject_terms import by_subject, kind_of


def party_terms(scope: Scope) -> tuple[PartyTerms, ...] | None:
    """Both parties, the provider first."""
    parties = scope.top.get("parties", PARTIES)
    if parties is None:
        return None
    provider, customer = parties.get("provider", PROVIDER), parties.get("customer", CUSTOMER)
    made = (_party("provider", provider, scope), _party("customer", customer, scope))
    return built(lambda: tuple(sure(party) for party in made))


def service_terms(scope: Scope) -> tuple[Service, ...]:
    """The services, by name."""
    made = [
        built(partial(_service, named.name, given, scope))
        for named in scope.top.get("services", SERVICES) or ()
        if (given := named.value) is not None
    ]
    return tuple(sorted((item for item in made if item is not None), key=lambda item: item.name))


def charge_terms(scope: Scope) -> tuple[ChargeTerms, ...]:
    """The charges, by name."""
    made = [
        built(partial(_charge, named.name, given, scope))
        for named in scope.top.get("charges", CHARGES) or ()
        if (given := named.value) is not None
    ]
    return tuple(sorted((item for item in made if item is not None), key=lambda item: item.name))


def exclusion_terms(scope: Scope) -> tuple[ExclusionTerms, ...]:
    """The exclusions, by name."""
    made = [
        built(partial(_exclusion, named.name, given, scope))
        for named in scope.top.get("exclusions", EXCLUSIONS) or ()
        if (given := named.value) is not None
    ]
    return tuple(sorted((item for item in made if item is not None), key=lambda item: item.name))


def money_rule(scope: Scope) -> MoneyRule:
    """How amounts are rounded."""
    given = scope.top.must("money", MONEY_RULE)
    return MoneyRule(mode=given.must("round", ROUNDING_MODE), when=given.must("when", MONEY_WHEN))


def review_terms(scope: Scope) -> Review:
    """How often the agreement is looked at again: in civil time, so hours and business days are refused."""
    given = scope.top.must("review", REVIEW)
    every = given.must("every", DURATION)
    if every.unit == "business days" or every.is_exact or every.number == 0:
        hint = "write days, weeks, months, quarters or years: `12 months`"
        given.reading.error("wrong-unit", given.at("every"), f"`{every}` is no rhythm of reviews", hint=hint)
        raise Unsound
    held = tuple(sorted({item.value for item in given.get("held", DATES) or ()}))
    return Review(every=every, source=given.must("source", SOURCE), held=held)


def _party(party: Party, given: Given | None, scope: Scope) -> PartyTerms | None:
    if given is None:
        return None
    contacts = [
        built(partial(_contact, named.name, named.value, scope))
        for named in given.get("contacts", CONTACTS) or ()
        if named.value is not None
    ]
    duties = given.get("duties", DUTIES) or () if party == "customer" else ()
    compiled = [built(partial(_duty, item.value, scope)) for item in duties]
    return built(
        lambda: PartyTerms(
            party=party,
            name=given.must("name", FREE),
            contacts=tuple(sorted((sure(contact) for contact in contacts), key=lambda contact: contact.name)),
            duties=tuple(sure(duty) for duty in compiled),
        )
    )


def _contact(name: str, given: Given, scope: Scope) -> Contact:
    if not given.has("phone") and not given.has("email"):
        what = f"`{name}` cannot be reached"
        given.reading.error("missing-key", given.label, what, hint="write `phone:`, `email:` or both")
    return Contact(
        name=name,
        phone=given.get("phone", PHONE),
        email=given.get("email", EMAIL),
        calendar=scope.calendar(given) if given.has("calendar") else None,
    )


def _duty(given: Given, scope: Scope) -> Duty:
    due = due_terms(given, DUTY_AFTER, scope)
    told = given.must("report", REPORTED)
    if told == "outages" and due.after == "incident_start":
        hint = "write `after: outage_start`, or `report: incidents`"
        given.reading.error("unknown-value", given.at("after"), "an outage has no `incident_start`", hint=hint)
    # What starts the time decides what is reported: papers say "report incidents" and mean the outage.
    source = given.must("source", SOURCE)
    reported: Literal["incidents", "outages"] = "incidents" if due.after == "incident_start" else "outages"
    return Duty(report=reported, due=due, source=source, name=given.get("name", NAME) or "")


def _service(name: str, given: Given, scope: Scope) -> Service:
    calendar, channels = None, tuple[str, ...]()
    if given.has("support"):
        support = given.must("support", SUPPORT)
        calendar = scope.calendar(support)
        channels = _channels(support)
    in_service = given.get("in_service", IN_SERVICE)
    if given.faulty("in_service"):
        raise Unsound
    return Service(
        name=name,
        title=given.get("title", FREE) or "",
        description=given.get("description", FREE) or "",
        support_calendar=calendar,
        support_by=channels,
        in_service=None if in_service is None else _in_service(in_service),
    )


def _in_service(told: str | Given) -> InService:
    if isinstance(told, str):
        return InService(from_events=True)
    first, last = told.get("from", DATE), told.get("until", DATE)
    if first is not None and last is not None and last < first:
        what = "this service goes out of service before it comes into it"
        told.reading.error("out-of-range", told.at("until"), what, hint="write a later `until`")
        raise Unsound
    return InService(first=first, last=last)


def _channels(given: Given) -> tuple[str, ...]:
    return tuple(sorted({item.value for item in given.must("by", CHANNELS)}))


def _charge(name: str, given: Given, scope: Scope) -> ChargeTerms:
    cycle = given.must("per", CYCLE)
    kind = kind_of(given, scope)
    if given.form is BILLED_CHARGE:
        absent = given.must("absent", ABSENT)
        return ChargeTerms(name=name, amount=None, cycle=cycle, absent=absent, for_each=kind)
    told = given.must("amount", CHARGED)
    if isinstance(told, Money):
        _in_known_currency(told, given.at("amount"), given, scope)
        return ChargeTerms(name=name, amount=told, cycle=cycle, for_each=kind)
    for item in told:
        if item.value is not None:
            _in_known_currency(item.value, item.key, given, scope)
    amounts = by_subject(told, kind, given, "amount", scope)
    return ChargeTerms(name=name, amount=None, cycle=cycle, for_each=kind, amounts=amounts)


def _in_known_currency(money: Money, at: Node, given: Given, scope: Scope) -> None:
    own = scope.top.get("currency", CURRENCY)
    unreadable = scope.top.has("exchange") and scope.exchange is None
    if own is None or money.currency == own or unreadable:
        return
    if scope.exchange is None or all(rate.foreign(own) != money.currency for rate in scope.exchange.rates):
        what = f"`{money.currency}` is not the agreement's currency, which is {own}, and has no rate"
        hint = "write the rate that the parties agreed on under `exchange`; money never mixes currencies without one"
        given.reading.error("wrong-unit", at, what, hint=hint)
        raise Unsound


def _exclusion(name: str, given: Given, scope: Scope) -> ExclusionTerms:
    if given.has("at_most") and not given.has("first"):
        given.lacks("first", "with a most, someone must say which windows are excused first")
    announced = given.get("announced", NOTICE_TIME)
    calendar = None if announced is None else calendar_of(given, announced, scope)
    budget = given.get("at_most", TIME_PER_CYCLE)
    return ExclusionTerms(
        name=name,
        cause=given.must("cause", CAUSE),
        source=given.must("source", SOURCE),
        announced=announced,
        announced_calendar=calendar,
        budget_microseconds=None if budget is None else budget[0],
        budget_cycle=None if budget is None else budget[1],
    )
