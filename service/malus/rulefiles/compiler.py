"""Compiles the text of one rule file into Terms, with every fault found in one run. Start here.

Owns: the order of the journey (text, located nodes, forms, parts, lint) and what a whole file must have.
Does not own: any part's own rules, opening files, what several files say together (lint_folder).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from malus.model.agreement import Terms
from malus.model.calendars import Calendar
from malus.model.faults import Diagnostic, Severity, in_reading_order
from malus.rulefiles.calendar_terms import calendar_terms, holidays_version, zone_data_version
from malus.rulefiles.cap_terms import cap_terms, claim_steps, settlement_terms
from malus.rulefiles.clause_terms import clause_terms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.drafts import Draft
from malus.rulefiles.exchange_terms import exchange_terms
from malus.rulefiles.findings import Part, Reading, part_of
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_agreement import AGREEMENT, AMENDED, NOT_MODELLED, RESTATED, SIGNED
from malus.rulefiles.indicator_terms import indicator_terms
from malus.rulefiles.lint import lint_terms
from malus.rulefiles.nodes import Mapping as Keys
from malus.rulefiles.nodes import Scalar
from malus.rulefiles.option_terms import option_groups
from malus.rulefiles.party_terms import (
    charge_terms,
    exclusion_terms,
    money_rule,
    party_terms,
    review_terms,
    service_terms,
)
from malus.rulefiles.reader import read_document
from malus.rulefiles.scalars import CURRENCY, DATE, FREE, LANGUAGE, NAME, ZONE
from malus.rulefiles.scope import Scope, declared_names
from malus.rulefiles.subject_terms import subject_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What became of a file: its Terms, None where there is any error, and everything there is to say.

    `lines` are the file's, for showing faults where they stand. `places` says where its keys at the top
    stand. `calendars` are those of the terms, by name.
    """

    path: str
    terms: Terms | None
    diagnostics: tuple[Diagnostic, ...]
    lines: tuple[str, ...] = ()
    places: Mapping[str, Part] = field(default_factory=dict)
    calendars: tuple[Calendar, ...] = ()

    def __post_init__(self) -> None:
        errors = any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)
        assert errors == (self.terms is None), "a file has terms or errors, and never both"


def compile_terms(text: bytes | str, path: str) -> Compiled:
    """The Terms of a rule file, and all of its faults, warnings and notes in the order of the file.

    Nothing is loaded from a file with an error. Equal meaning gives equal digests: comments, layout and the
    order of keys do not count, the order of lists and of clauses does. Never raises, whatever the text.
    """
    document = read_document(text, path)
    if document.root is None:
        return Compiled(path=path, terms=None, diagnostics=document.diagnostics, lines=document.lines)
    title = document.root.get("scenario")
    if title is not None and document.root.get("agreement") is None:
        # Of all that a scenario lacks as terms there is one thing to say.
        only = Reading(path=path)
        hint = "it belongs in the folder `scenarios` beside its agreement's rule files"
        only.error("scenario-file", title, "this is a scenario: play it with `malus test`", hint=hint)
        return Compiled(path=path, terms=None, diagnostics=only.diagnostics(), lines=document.lines)
    reading = Reading(path=path, currency=_currency(document.root), found=list(document.diagnostics))
    top = AGREEMENT.read(document.root, reading)
    scope = None if top is None else _scope(top)
    terms = None if scope is None else _compile(scope, path)
    return Compiled(
        path=path,
        terms=terms,
        diagnostics=in_reading_order(reading.found),
        lines=document.lines,
        places={entry.key.text: part_of(entry.key) for entry in document.root},
        calendars=() if scope is None else tuple(scope.calendars[name] for name in sorted(scope.calendars)),
    )


def _scope(top: Given) -> Scope:
    scope = Scope(top=top, zone=top.get("timezone", ZONE) or "UTC", declared=declared_names(top))
    scope.calendars = calendar_terms(scope)
    scope.subjects = subject_terms(scope)
    scope.exchange = built(lambda: exchange_terms(scope))
    return scope


def _compile(scope: Scope, path: str) -> Terms | None:
    top = scope.top
    if top.has("business_days"):
        built(lambda: scope.calendar(top, "business_days"))
    draft = _draft(scope)
    ends, effective = top.get("ends", DATE), top.get("effective", DATE)
    if ends is not None and effective is not None and ends < effective:
        top.reading.error("out-of-range", top.at("ends"), f"the terms end before {effective}", hint="write a later day")
    lint_terms(draft)
    if any(diagnostic.severity is Severity.ERROR for diagnostic in top.reading.found):
        return None
    return built(partial(_terms, draft, path))


def _draft(scope: Scope) -> Draft:
    parties = party_terms(scope)
    scope.duties = {duty.name: duty for party in parties or () for duty in party.duties if duty.name}
    indicators, caps = indicator_terms(scope), cap_terms(scope)
    # The parts come in the order of the file; each reports its own faults, whatever becomes of the others.
    return Draft(
        scope=scope,
        parties=parties,
        services=service_terms(scope),
        charges=charge_terms(scope),
        exclusions=exclusion_terms(scope),
        money=built(lambda: money_rule(scope)),
        review=built(lambda: review_terms(scope)),
        indicators=indicators,
        clauses=clause_terms(scope, indicators, caps),
        one_of=option_groups(scope),
        caps=caps,
        claims=claim_steps(scope),
        settlement=built(lambda: settlement_terms(scope)),
    )


def _terms(draft: Draft, path: str) -> Terms:
    top, scope = draft.scope.top, draft.scope
    signed = top.must("signed", SIGNED)
    if scope.top.has("settlement") and draft.settlement is None:
        raise Unsound
    return Terms(
        agreement=top.must("agreement", NAME),
        title=top.must("title", FREE),
        document=top.must("document", FREE),
        language=top.must("language", LANGUAGE),
        effective=top.must("effective", DATE),
        ends=top.get("ends", DATE),
        signed_provider=signed.get("provider", DATE),
        signed_customer=signed.get("customer", DATE),
        timezone=top.must("timezone", ZONE),
        currency=top.must("currency", CURRENCY),
        money=sure(draft.money),
        business_days=scope.calendar_named(top.must("business_days", NAME)) if top.has("business_days") else None,
        review=draft.review,
        parties=sure(draft.parties),
        services=draft.services,
        charges=draft.charges,
        exclusions=draft.exclusions,
        indicators=tuple(sorted(draft.indicators.values(), key=lambda item: item.name)),
        clauses=tuple(draft.clauses.values()),
        caps=tuple(draft.caps.values()),
        claims=sure(draft.claims),
        settlement=draft.settlement,
        one_of=tuple(draft.one_of.values()),
        exchange=scope.exchange,
        amended=top.get("amended", AMENDED) or "by_start",
        restates=tuple(item.value for item in top.get("restates", RESTATED) or ()),
        not_modelled=tuple(
            sorted((item.name, sure(item.value)) for item in top.get("not_modelled", NOT_MODELLED) or ())
        ),
        data_versions=_data_versions(draft),
        subjects=scope.subjects,
        path=path,
    )


def _data_versions(draft: Draft) -> tuple[str, ...]:
    told = [zone_data_version()]
    if any("holidays " in calendar.holiday_source for calendar in draft.scope.calendars.values()):
        told.append(holidays_version())
    return tuple(sorted(told))


def _currency(root: Keys) -> str | None:
    # Amounts come before the key that says their currency is read, so it is looked up first.
    node = root.get("currency")
    if not isinstance(node, Scalar):
        return None
    return CURRENCY.read(node, Reading(path=""))
