"""Checks a compiled file for what is hardly meant: names nobody uses, clauses without effect, unsigned terms.

Owns: the order of all checks on one file, and those about names. Does not own: tables (lint_tables), part
periods and deadlines (lint_periods), several files together (lint_folder).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from malus.model.conditions import Declared, NotFulfilled, Promise, single_conditions
from malus.model.faults import Severity
from malus.model.indicators import Elapsed, Share
from malus.model.periods import Cycle, CycleKind, period_labelled
from malus.rulefiles.drafts import Draft
from malus.rulefiles.exchange_terms import lint_exchange
from malus.rulefiles.forms_agreement import CUSTOMER, DUTIES, DUTY_AFTER, PARTIES, REPORTED, RESTATED, SIGNED
from malus.rulefiles.forms_clauses import CLAUSES
from malus.rulefiles.forms_indicators import INDICATORS
from malus.rulefiles.lint_bonuses import lint_bonuses
from malus.rulefiles.lint_periods import lint_periods
from malus.rulefiles.lint_subjects import lint_subjects
from malus.rulefiles.lint_tables import lint_tables
from malus.rulefiles.nodes import Mapping, Node, Scalar
from malus.rulefiles.scalars import DATE, NAME
from malus.rulefiles.scope import ALWAYS, Scope, Sort

_EFFECTS: Final = ("credit", "bonus", "points", "right", "obligation", "escalation", "declares")
_PLAIN_CYCLES: Final = tuple(Cycle(kind=kind) for kind in get_args(CycleKind))
_USABLE: Final[tuple[Sort, ...]] = ("indicator", "calendar", "charge", "exclusion", "subject")


def lint_terms(draft: Draft) -> None:
    """Report everything that one file by itself lets us see; faulty parts of it are left out of account."""
    _unsigned(draft.scope)
    _unused(draft.scope)
    _without_effect(draft.scope)
    _circles(draft)
    _priorities(draft)
    _restated(draft)
    _unjudged_duties(draft.scope)
    lint_exchange(draft.scope, draft.scope.exchange, draft.charges)
    lint_tables(draft)
    lint_bonuses(draft)
    lint_periods(draft)
    lint_subjects(draft)


def _unsigned(scope: Scope) -> None:
    signed = scope.top.get("signed", SIGNED)
    if signed is None:
        return
    absent = [party for party in ("provider", "customer") if not signed.has(party)]
    if absent:
        what = f"the {' and the '.join(absent)} did not sign: these terms are never in force"
        hint = "add the day of signature: `signed: {provider: 2025-12-12, customer: 2025-12-15}`"
        scope.top.reading.warning("unsigned-terms", scope.top.key_node("signed"), what, hint=hint)
    for party in ("provider", "customer"):
        day, effective = signed.get(party, DATE), scope.top.get("effective", DATE)
        if day is not None and effective is not None and day > effective:
            what = f"the {party} signed after the terms took effect: they reach back"
            scope.top.reading.note("signed-later", signed.at(party), what)


def _unused(scope: Scope) -> None:
    # Where another part is faulty, its references may never have been read: then a mention counts as a use.
    faulty = any(diagnostic.severity is Severity.ERROR for diagnostic in scope.top.reading.found)
    mentioned = set(_words(scope.top.node)) if faulty else set[str]()
    for sort in _USABLE:
        for name, key in (scope.declared[sort] or {}).items():
            if (sort, name) not in scope.used and name not in mentioned and name != ALWAYS:
                what = f"nothing uses the {sort} `{name}`"
                scope.top.reading.warning(f"unused-{sort}", key, what, hint="take it out, or name it where it counts")


def _words(node: Node) -> Iterator[str]:
    match node:
        case Scalar():
            yield node.text
            yield from node.text.replace("[", " ").replace("]", " ").replace(",", " ").split()
        case Mapping():
            for entry in node:
                yield from _words(entry.value)
        case _:
            for item in node.items:
                yield from _words(item)


def _without_effect(scope: Scope) -> None:
    for named in scope.top.get("clauses", CLAUSES) or ():
        given = named.value
        if given is None or any(given.has(key) for key in _EFFECTS) or ("clause", named.name) in scope.used:
            continue
        what = f"nothing follows from `{named.name}`, and no other clause uses it"
        hint = "add `credit`, `bonus`, `points`, `right`, `obligation`, `escalation` or `declares`"
        given.reading.warning("clause-without-effect", named.key, what, hint=hint)


def _circles(draft: Draft) -> None:
    given = {named.name: named.value for named in draft.scope.top.get("clauses", CLAUSES) or ()}
    declares: dict[str, list[str]] = {}
    for name, value in given.items():
        flag = None if value is None else value.get("declares", NAME)
        if flag is not None:
            declares.setdefault(flag, []).append(name)
    waits: dict[str, list[str]] = {}
    for name, clause in draft.clauses.items():
        waits[name] = []
        for _, condition in single_conditions(clause.condition):
            match condition:
                case Declared(flag=flag):
                    waits[name] += declares.get(flag, [])
                case NotFulfilled(clause=other):
                    waits[name].append(other)
                case _:
                    pass
    reported: set[frozenset[str]] = set()
    for name in waits:
        circle = _circle(name, waits)
        clause_given = given[name]
        if circle and frozenset(circle) not in reported and clause_given is not None:
            reported.add(frozenset(circle))
            what = "these clauses wait for each other: " + ", ".join(f"`{item}`" for item in (*circle, name))
            hint = "a clause that waits for its own effect never applies"
            clause_given.reading.error("declared-cycle", clause_given.label, what, hint=hint)


def _priorities(draft: Draft) -> None:
    by_priority = {
        clause.condition.indicator
        for clause in draft.clauses.values()
        if isinstance(clause.condition, Promise) and any(item.priority for item in clause.condition.limits)
    }
    for indicator in draft.indicators.values():
        if isinstance(indicator, Share) and any(item.priority for item in indicator.limits):
            by_priority.add(indicator.indicator)
        if isinstance(indicator, Elapsed) and any(item.field_name == "priority" for item in indicator.where):
            by_priority.add(indicator.name)
    # An outage has one severity from beginning to end.
    by_priority -= {
        item.name for item in draft.indicators.values() if isinstance(item, Elapsed) and item.origin == "outages"
    }
    for named in draft.scope.top.get("indicators", INDICATORS) or ():
        if named.value is not None and named.name in by_priority and not named.value.has("by"):
            hint = "write `by: at_end`, `at_start`, `highest` or `each_its_part`"
            named.value.reading.note("priority-by-assumed", named.key, "the priority at the end judges", hint=hint)


def _restated(draft: Draft) -> None:
    if draft.scope.top.faulty("timezone"):
        return
    cycles = [*_PLAIN_CYCLES, *(indicator.cycle for indicator in draft.indicators.values())]
    for item in draft.scope.top.get("restates", RESTATED) or ():
        if not any(_names_period(cycle, item.value, draft.scope.zone) for cycle in cycles):
            what = f"`{item.value[:60]}` names no period, so nothing is judged again by it"
            hint = "write a period as in `2026-06`, `2026-Q2`, `2026` or `2026-06-16`"
            draft.scope.top.reading.warning("malformed-period", item.node, what, hint=hint)


def _names_period(cycle: Cycle, label: str, zone: str) -> bool:
    try:
        period_labelled(cycle, label, zone)
    except ValueError:
        return False
    return True


def _unjudged_duties(scope: Scope) -> None:
    parties = scope.top.get("parties", PARTIES)
    customer = None if parties is None else parties.get("customer", CUSTOMER)
    for item in () if customer is None else customer.get("duties", DUTIES) or ():
        told, after = item.value.get("report", REPORTED), item.value.get("after", DUTY_AFTER)
        if told == "incidents" and after == "incident_start":
            what = "nothing judges whether an incident is reported in time: it is known from when it is opened"
            hint = "leave it as a promise on paper, or write `report: outages, after: outage_start`"
            item.value.reading.note("duty-not-judged", item.value.at("report"), what, hint=hint)


def _circle(name: str, waits: dict[str, list[str]]) -> tuple[str, ...]:
    """The clauses from `name` round to itself; empty where there is no way back."""
    paths: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        for following in waits.get(path[-1], []):
            if following == name:
                return path
            if following not in seen:
                seen.add(following)
                paths.append((*path, following))
    return ()
