"""Plain builders for tests: the text of a small rule file, and events with as little around them as possible.

Owns: the parts of an agreement that a test does not care about. Does not own: any expectation.
"""

from __future__ import annotations

import datetime
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.rulefiles.compiler import compile_terms

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

FRAME = """\
format: 1
agreement: small
title: A small agreement
document: SLA 1
language: en
effective: {effective}
{ends}signed: {{provider: 2025-12-01, customer: {signed}}}
review: {{every: 12 months, source: art. 9}}
timezone: {zone}
currency: EUR
money: {{round: half_up, when: {rounded}}}
business_days: office
parties:
  provider: {{name: Provider, contacts: {{desk: {{email: desk@provider.example, calendar: always}}}}}}
  customer:
    name: Customer
{duties}services:
  shop: {{title: Shop}}
charges:
  hosting: {{amount: 1000.00 EUR, per: month}}
calendars:
  office: {{days: mon-fri, hours: 08:00-18:00, holidays: none}}
exclusions:
  maintenance: {{cause: maintenance, source: art. 3}}
indicators:
{indicators}
clauses:
{clauses}
{more}"""


def rule_file(
    indicators: str,
    clauses: str,
    more: str = "",
    *,
    effective: str = "2026-01-01",
    ends: str = "",
    signed: str = "2025-12-02",
    zone: str = "UTC",
    rounded: str = "each_remedy",
    duties: str = "",
) -> str:
    """The text of a rule file: indicators and clauses as they would stand there, two blanks in front."""
    return FRAME.format(
        indicators=indicators.strip("\n"),
        clauses=clauses.strip("\n"),
        more=more.strip("\n") + "\n",
        effective=effective,
        ends=f"ends: {ends}\n" if ends else "",
        signed=signed,
        zone=zone,
        rounded=rounded,
        duties=f"    duties: [{duties}]\n" if duties else "",
    )


def terms(text: str) -> Terms:
    """The Terms of a sound rule file."""
    compiled = compile_terms(text, "small.yaml")
    assert compiled.terms is not None, compiled.diagnostics
    return compiled.terms


def utc(text: str) -> int:
    """The instant that `2026-03-01 10:00` (seconds and decimals may follow) is in UTC, in microseconds."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def outage(start: str | None, end: str | None, **values: Any) -> told.Outage:
    return _told(
        told.Outage,
        start=None if start is None else utc(start),
        end=None if end is None else utc(end),
        **{"service": "shop", **values},
    )


def incident(name: str, transition: str, at: str, **values: Any) -> told.Incident:
    return _told(
        told.Incident,
        incident_id=name,
        transition=told.Transition(transition),
        at=utc(at),
        service="shop",
        **values,
    )


def exclusion(start: str, end: str | None, **values: Any) -> told.Exclusion:
    ends = None if end is None else utc(end)
    return _told(told.Exclusion, cause=told.Cause.MAINTENANCE, start=utc(start), end=ends, **values)


def opening(start: str, end: str, **values: Any) -> told.Opening:
    return _told(told.Opening, start=utc(start), end=utc(end), **values)


def _told(kind: type[Any], **values: Any) -> Any:
    """An event whose id follows from what it says, so that equal events are one."""
    named = "-".join(str(value) for value in values.values() if value is not None)
    return kind(agreement="small", source="test", **{"id": f"{kind.__name__}-{named}", **values})
