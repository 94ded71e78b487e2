"""Agreements written as an author writes them, events as they happen, and the judgement of both.

Owns: a whole rule file around the few lines that a test is about, and short words for facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from textwrap import indent

from malus.evaluation.evaluate import assess
from malus.model.agreement import Terms
from malus.model.assessment import Assessment, Right, ServiceCredit, Verdict
from malus.model.events import (
    Act,
    Adjustment,
    Cause,
    Charge,
    Check,
    CheckState,
    Choice,
    Claim,
    Dispute,
    DisputeAct,
    Event,
    Exclusion,
    Incident,
    Notice,
    Obligation,
    Opening,
    Outage,
    Reading,
    Settlement,
    Tally,
    Transition,
)
from malus.model.faults import Severity
from malus.model.instants import MINUTE, Instant, parse_instant
from malus.model.money import Money, zero
from malus.model.recompute import recomputed
from malus.model.rules import Fact, Outcome, RuleSet
from malus.rulefiles.compiler import compile_terms

from tests.matching.oracle import expected_outcome

ZONE = "Europe/Amsterdam"
MICROSECOND = 1

UPTIME = "uptime: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds}"
PROMISE = "promise: {indicator: uptime, at_least: 99.9 %}"
TENTH = "credit: {of: {charge: hosting, period: judged}, overlap: highest_credit, bands: [{below: 99.9 %, rate: 10 %}]}"
UPTIME_CREDIT = f"uptime-credit: {{source: art. 4.2, {PROMISE}, {TENTH}}}"

_TEXT = """\
format: 1
agreement: acme
title: Hosting of the shop
document: SLA 1
language: en
effective: {effective}
signed: {signed}
review: {{every: 12 months, source: art. 9}}
timezone: {zone}
currency: {currency}
money: {{round: {rounding}, when: {when}}}
business_days: office
parties:
  provider:
    name: Polder Cloud
    contacts:
      desk: {{phone: "+31 20 555 0100", email: desk@polder.example, calendar: always}}
      manager: {{email: boss@polder.example, calendar: office}}
  customer: {{name: Noordzee{duties}}}
services: {services}
charges:
{charges}
calendars:
  office: {{days: mon-fri, hours: 09:00-17:00, holidays: none}}
exclusions:
{exclusions}
indicators:
{indicators}
clauses:
{clauses}
{more}
"""


class PlainMatcher:
    """Matching written plainly: what the engine's answer must equal."""

    def consequences(self, rules: RuleSet, facts: Sequence[Fact]) -> tuple[Outcome, ...]:
        return tuple(expected_outcome(rules, fact) for fact in facts)


def written(
    indicators: str = UPTIME,
    clauses: str = UPTIME_CREDIT,
    more: str = "",
    *,
    effective: str = "2026-01-01",
    signed: str = "{provider: 2025-12-12, customer: 2025-12-15}",
    zone: str = ZONE,
    currency: str = "EUR",
    rounding: str = "half_up",
    when: str = "each_remedy",
    duties: str = "",
    services: str = "{shop: {title: Shop}}",
    charges: str = "hosting: {amount: 12000.00 EUR, per: month}",
    exclusions: str = "maintenance: {cause: maintenance, announced: at least 5 business days, source: art. 3.4}",
) -> Terms:
    """The Terms of a whole rule file around what a test is about. Fails with the file's faults."""
    text = _TEXT.format(
        effective=effective,
        signed=signed,
        zone=zone,
        currency=currency,
        rounding=rounding,
        when=when,
        duties=f", duties: [{duties}]" if duties else "",
        services=services,
        charges=indent(charges, "  "),
        exclusions=indent(exclusions, "  "),
        indicators=indent(indicators, "  "),
        clauses=indent(clauses, "  "),
        more=more,
    )
    compiled = compile_terms(text, f"acme/{effective}-test.yaml")
    errors = [found for found in compiled.diagnostics if found.severity is Severity.ERROR]
    assert compiled.terms is not None, "\n".join(f"{e.place} {e.code}: {e.what} ({e.hint})" for e in errors)
    return compiled.terms


def at(text: str, zone: str = ZONE) -> Instant:
    return parse_instant(text, zone)


def judge(
    terms: Terms | Sequence[Terms],
    events: Iterable[Event] = (),
    *,
    as_of: str | Instant = "2027-01-01",
    known_at: Instant | None = None,
) -> Assessment:
    """The assessment; every amount in it must follow from nothing but its own explanation."""
    texts = [terms] if isinstance(terms, Terms) else list(terms)
    moment = at(as_of) if isinstance(as_of, str) else as_of
    answer = assess(texts, list(events), as_of=moment, known_at=known_at, matcher=PlainMatcher())
    for owed in (*answer.credits, *answer.bonuses):
        if owed.amount is not None:
            assert (recomputed(owed.explanation) or zero(owed.amount.currency)) == owed.amount
    return answer


def verdict(answer: Assessment, period: str, clause: str = "uptime-credit", subject: str = "") -> Verdict:
    found = [
        item for item in answer.verdicts if (item.clause, item.period.label, item.subject) == (clause, period, subject)
    ]
    assert len(found) == 1, [(item.clause, item.period.label, item.subject) for item in answer.verdicts]
    return found[0]


def credit(answer: Assessment, period: str, clause: str = "uptime-credit", subject: str = "") -> ServiceCredit:
    found = [
        item
        for item in answer.credits
        if (item.key.clause, item.period.label, item.key.subject) == (clause, period, subject)
    ]
    assert len(found) == 1, [(item.key, item.period.label) for item in answer.credits]
    return found[0]


def amounts(answer: Assessment) -> list[str | None]:
    """What every credit pays, in the order of the assessment."""
    return [None if item.amount is None else str(item.amount.amount) for item in answer.credits]


def only_right(answer: Assessment) -> Right:
    assert len(answer.rights) == 1, answer.rights
    return answer.rights[0]


def reasons(answer: Assessment) -> list[str]:
    return [remark.reason for remark in answer.remarks]


def money(text: str, currency: str = "EUR") -> Money:
    return Money(amount=Fraction(text), currency=currency)


def outage(start: str | Instant | None, end: str | Instant | None = None, **more: object) -> Outage:
    return Outage(agreement="acme", start=_instant(start), end=_instant(end), **more)  # type: ignore[arg-type]


def down_for(microseconds: int, start: str = "2026-06-03 10:00", **more: object) -> Outage:
    return outage(at(start), at(start) + microseconds, **more)


def down_minutes(minutes: int, start: str = "2026-06-03 10:00", **more: object) -> Outage:
    return down_for(minutes * MINUTE, start, **more)


def check(when: str | Instant, state: str, **more: object) -> Check:
    moment = at(when) if isinstance(when, str) else when
    return Check(agreement="acme", at=moment, state=CheckState(state), **more)  # type: ignore[arg-type]


def tally(start: str, end: str, good: int, total: int, **more: object) -> Tally:
    return Tally(agreement="acme", start=at(start), end=at(end), good=good, total=total, **more)  # type: ignore[arg-type]


def reading(when: str, value: str, unit: str = "%", end: str | None = None, **more: object) -> Reading:
    return Reading(
        agreement="acme",
        start=at(when),
        end=at(end or when),
        value=Fraction(value),
        unit=unit,
        **more,  # type: ignore[arg-type]
    )


def fact(incident: str, transition: str, when: str | Instant, priority: str | None = None, **more: object) -> Incident:
    moment = at(when) if isinstance(when, str) else when
    return Incident(
        agreement="acme",
        incident_id=incident,
        transition=Transition(transition),
        at=moment,
        priority=priority,
        **more,  # type: ignore[arg-type]
    )


def excused(start: str, end: str | None, announced: str | Instant | None = None, **more: object) -> Exclusion:
    cause = Cause(more.pop("cause", "maintenance"))
    return Exclusion(
        agreement="acme",
        cause=cause,
        start=at(start),
        end=_instant(end),
        announced_at=_instant(announced),
        **more,  # type: ignore[arg-type]
    )


def charge(item: str, start: str, end: str, amount: str, **more: object) -> Charge:
    return Charge(agreement="acme", item=item, start=at(start), end=at(end), amount=money(amount), **more)  # type: ignore[arg-type]


def delivered(name: str, when: str | Instant, period: str | None = None, **more: object) -> Obligation:
    moment = at(when) if isinstance(when, str) else when
    return Obligation(agreement="acme", name=name, at=moment, period=_instant(period), **more)  # type: ignore[arg-type]


def claim(
    when: str | Instant, period: str | None = "2026-06-01", clause: str = "uptime-credit", **more: object
) -> Claim:
    moment = at(when) if isinstance(when, str) else when
    return Claim(agreement="acme", clause=clause, at=moment, period=_instant(period), **more)  # type: ignore[arg-type]


def notice(clause: str, act: str, when: str | Instant, period: str | None = None, **more: object) -> Notice:
    moment = at(when) if isinstance(when, str) else when
    return Notice(agreement="acme", clause=clause, act=Act(act), at=moment, period=_instant(period), **more)  # type: ignore[arg-type]


def choice(
    option: str, when: str | Instant, period: str | None = "2026-06-01", group: str = "one-remedy", **more: object
) -> Choice:
    moment = at(when) if isinstance(when, str) else when
    return Choice(agreement="acme", group=group, option=option, at=moment, period=_instant(period), **more)  # type: ignore[arg-type]


def settled(amount: str, when: str | Instant, period: str = "2026-06-01", **more: object) -> Settlement:
    told = {"clause": "uptime-credit", "amount": money(*amount.split()), **more}
    return Settlement(agreement="acme", at=_instant(when) or 0, period=_instant(period), **told)  # type: ignore[arg-type]


def disputed(act: str, when: str | Instant, period: str = "2026-06-01", **more: object) -> Dispute:
    told = {"clause": "uptime-credit", "act": DisputeAct(act), **more}
    return Dispute(agreement="acme", at=_instant(when) or 0, period=_instant(period), **told)  # type: ignore[arg-type]


def adjusted(
    amount: str, when: str | Instant, signed: Sequence[str | None] = (), period: str = "2026-06-01", **more: object
) -> Adjustment:
    told = {"clause": "uptime-credit", "amount": money(amount), "reason": "counted twice", **more}
    provider, customer = signed or (when, when)
    return Adjustment(
        agreement="acme",
        at=_instant(when) or 0,
        period=_instant(period),
        provider_signed_at=_instant(provider),
        customer_signed_at=_instant(customer),
        **told,  # type: ignore[arg-type]
    )


def opening(start: str, end: str, **more: object) -> Opening:
    return Opening(agreement="acme", start=at(start), end=at(end), **more)  # type: ignore[arg-type]


def _instant(given: str | Instant | None) -> Instant | None:
    return at(given) if isinstance(given, str) else given
