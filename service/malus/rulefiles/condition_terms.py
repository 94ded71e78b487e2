"""Compiles conditions: the promise of a clause, or what must have happened in a window or another clause.

Owns: which clause or indicator a condition speaks of, and in which units its window is counted.
Does not own: what follows from a condition.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from malus.model.clauses import (
    Condition,
    Declared,
    Fires,
    MissedPeriods,
    NotFulfilled,
    OccurrencesInDays,
    Promise,
    TotalInDays,
)
from malus.model.indicators import Availability, Indicator, Occurrences
from malus.model.quantities import Limit, Unit
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.documents import Malformed, Named, Unsound, sure
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import LIMITED
from malus.rulefiles.levels import count_value, edge_written, limits_on
from malus.rulefiles.quantities_text import Quantity
from malus.rulefiles.scalars import ELAPSED_TIME, NAME, QUANTITY, WINDOW
from malus.rulefiles.scope import Scope
from malus.rulefiles.spelling import nearest

_CYCLE_WORDS: Final = ("periods", "days", "weeks", "months", "quarters", "years")


def condition_terms(name: str, given: Given, scope: Scope, indicators: dict[str, Indicator]) -> Condition:
    """The promise or condition of a clause; Unsound where it is faulty."""
    told = [key for key in ("promise", "when") if given.has(key)]
    if len(told) != 1:
        code = "duplicate-name" if told else "missing-key"
        what = f"`{name}` has both a promise and a condition" if told else f"`{name}` does not say when it applies"
        given.reading.error(code, given.label, what, hint="write `promise:` or `when:`")
        raise Unsound
    if told == ["promise"]:
        _refuse_fires(given)
        return _promise(given.must("promise", LIMITED), scope, indicators)
    when = given.must("when", forms.WHEN)
    if when.form in (forms.DECLARED, forms.UNFULFILLED):
        _refuse_fires(given)
        return _flag(when, scope) if when.form is forms.DECLARED else _unfulfilled(when, scope)
    if not given.has("fires"):
        given.lacks("fires", "a window stays true for a while, and the remedies differ")
    fires = given.get("fires", forms.FIRES)
    if when.form is forms.MISSED:
        return _missed(when, fires, scope, indicators)
    if when.form is forms.OCCURRED:
        return _occurred(when, fires, scope, indicators)
    if fires is Fires.ON_EACH_NEW_FACT:
        what = "time down that is added up has no single facts to fire on"
        hint = "write `once_while_true` or `facts_used_once`"
        given.reading.error("wrong-measure", given.at("fires"), what, hint=hint)
        fires = None
    return _totalled(when, fires, scope, indicators)


def _refuse_fires(given: Given) -> None:
    if given.has("fires"):
        what = "`fires` belongs to a condition over a window, and this clause has none"
        given.reading.error("unknown-key", given.key_node("fires"), what, hint="leave it out")


def _promise(given: Given, scope: Scope, indicators: dict[str, Indicator]) -> Promise:
    indicator = _indicator(given, "indicator", scope, indicators)
    limits = limits_on(given, indicator, "the promise")
    return Promise(indicator=indicator.name, limits=limits)


def _indicator(given: Given, key: str, scope: Scope, indicators: dict[str, Indicator]) -> Indicator:
    name = given.must(key, NAME)
    scope.refer("indicator", name, given.at(key), given.reading)
    if name not in indicators:
        raise Unsound
    return indicators[name]


def _missed(when: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]) -> Condition:
    name = when.must("missed", NAME)
    clause, judged = _promising_clause(name, when, scope)
    cycle = None if judged not in indicators else indicators[judged].cycle.kind
    count = _of_cycle(when, "at_least", when.get("at_least", QUANTITY), cycle)
    window = _of_cycle(when, "within", when.get("within", WINDOW), cycle)
    if count is None or window is None:
        raise Unsound
    if count > window:
        what = f"{count} cannot be missed within {window}"
        when.reading.error("out-of-range", when.at("at_least"), what, hint="in a row is the same number twice")
    return MissedPeriods(name=clause, count=count, window=window, fires=sure(fires))


def _promising_clause(name: str, when: Given, scope: Scope) -> tuple[str, str]:
    """The clause whose promise was missed, and its indicator; the clause may be named by its indicator."""
    promises = _promises(scope)
    if name in promises:
        scope.used.add(("clause", name))
        return name, promises[name] or ""
    by_indicator = [clause for clause, judged in promises.items() if judged == name]
    node = when.at("missed")
    if len(by_indicator) == 1:
        scope.used.update({("indicator", name), ("clause", by_indicator[0])})
        return by_indicator[0], name
    clauses, indicators = scope.declared["clause"], scope.declared["indicator"]
    if len(by_indicator) > 1:
        hint = "name the clause: " + ", ".join(f"`{clause}`" for clause in by_indicator)
        when.reading.error("unknown-clause", node, f"{len(by_indicator)} clauses promise `{name}`", hint=hint)
    elif clauses is not None and name in clauses:
        scope.used.add(("clause", name))
        hint = "name a clause with a promise, or its indicator"
        when.reading.error("unknown-clause", node, f"`{name}` promises nothing that could be missed", hint=hint)
    elif indicators is not None and name in indicators:
        scope.used.add(("indicator", name))
        hint = "add a clause with that promise, and name it here"
        when.reading.error("unknown-clause", node, f"no clause promises anything about `{name}`", hint=hint)
    elif clauses is not None and indicators is not None:
        hint = did_you_mean(name, (*promises, *indicators))
        when.reading.error("unknown-clause", node, f"`{name}` is neither a clause nor an indicator", hint=hint)
    raise Unsound


def _promises(scope: Scope) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for named in scope.top.get("clauses", forms.CLAUSES) or ():
        promise = None if named.value is None else named.value.get("promise", LIMITED)
        if named.value is None or named.value.faulty("promise"):
            found[named.name] = None
        elif promise is not None:
            found[named.name] = _meant(promise.get("indicator", NAME), scope)
    return found


def _meant(indicator: str | None, scope: Scope) -> str | None:
    # A misspelt indicator is reported at the promise; nobody else need hear of it.
    names = scope.declared["indicator"] or {}
    return indicator if indicator is None or indicator in names else nearest(indicator, tuple(names))


def _of_cycle(when: Given, key: str, told: Quantity | None, cycle: str | None) -> int | None:
    if told is None:
        return None
    if told.number.denominator != 1 or told.number < 1:
        hint = f"write `2 {cycle or 'month'}s`"
        when.reading.error("out-of-range", when.at(key), f"`{told.text}` is no number of periods", hint=hint)
        return None
    unit = told.unit if told.unit.endswith("s") else f"{told.unit}s"
    fits = ("periods",) if cycle is None else ("periods", f"{cycle}s")
    if cycle is None and unit in _CYCLE_WORDS:
        return int(told.number)
    if unit not in fits:
        counted = f"not by `{told.unit}`" if told.unit else "and this number has no unit"
        what = f"the indicator is counted by {cycle or 'period'}, {counted}"
        when.reading.error("wrong-unit", when.at(key), what, hint=f"write `{told.number} {fits[-1]}`")
        return None
    return int(told.number)


def _occurred(when: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]) -> Condition:
    days = _days(when)
    indicator = _indicator(when, "occurrences", scope, indicators)
    if not isinstance(indicator, Occurrences):
        hint = "name an indicator of measure `occurrences`"
        when.reading.error("wrong-measure", when.at("occurrences"), f"`{indicator.name}` counts nothing", hint=hint)
        raise Unsound
    edge = edge_written(when, "the condition")
    told = when.must(edge.value, QUANTITY)
    try:
        value = count_value(told, indicator.origin, indicator.name)
    except Malformed as fault:
        when.reading.error(fault.code, when.at(edge.value), fault.what, hint=fault.hint)
        raise Unsound from None
    return OccurrencesInDays(
        indicator=indicator.name,
        count=Limit(edge=edge, value=value, unit=Unit.COUNT),
        days=sure(days),
        day=when.must("day", forms.DAY),
        placed_at=when.must("placed_at", forms.PLACED_AT),
        at_the_edge=when.must("at_the_edge", forms.AT_THE_EDGE),
        fires=sure(fires),
    )


def _totalled(when: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]) -> Condition:
    days = _days(when)
    indicator = _indicator(when, "total", scope, indicators)
    if not isinstance(indicator, Availability):
        hint = "name an indicator of measure `availability` from outages"
        when.reading.error("wrong-measure", when.at("total"), f"`{indicator.name}` adds up no time down", hint=hint)
        raise Unsound
    edge = edge_written(when, "the condition")
    total = Limit(edge=edge, value=Fraction(when.must(edge.value, ELAPSED_TIME)), unit=Unit.DURATION)
    return TotalInDays(indicator=indicator.name, total=total, days=sure(days), fires=sure(fires))


def _days(when: Given) -> int | None:
    told = when.get("within", WINDOW)
    if told is None:
        return None
    sizes: dict[str, Literal[1, 7]] = {"day": 1, "days": 1, "week": 7, "weeks": 7}
    if told.unit not in sizes:
        what = f"`{told.text}` is no number of days"
        when.reading.error("wrong-unit", when.at("within"), what, hint="write `any 30 days`")
        return None
    return int(told.number) * sizes[told.unit]


def _flag(when: Given, scope: Scope) -> Condition:
    flag = when.must("declared", NAME)
    declared = _declared_flags(scope)
    if flag not in declared:
        hint = did_you_mean(flag, declared) or "no clause declares it: write `declares:` on the one that does"
        when.reading.error("unknown-flag", when.at("declared"), f"no clause declares `{flag}`", hint=hint)
    for named in _clauses(scope):
        if named.value is not None and named.value.get("declares", NAME) == flag:
            scope.used.add(("clause", named.name))
    return Declared(flag=flag)


def _declared_flags(scope: Scope) -> tuple[str, ...]:
    flags = (named.value.get("declares", NAME) for named in _clauses(scope) if named.value is not None)
    return tuple(dict.fromkeys(flag for flag in flags if flag is not None))


def _clauses(scope: Scope) -> tuple[Named[Given], ...]:
    return scope.top.get("clauses", forms.CLAUSES) or ()


def _unfulfilled(when: Given, scope: Scope) -> Condition:
    name = when.must("not_fulfilled", NAME)
    if scope.refer("clause", name, when.at("not_fulfilled"), when.reading):
        owing = [named for named in _clauses(scope) if named.name == name and named.value is not None]
        if owing and not any(named.value is not None and named.value.has("obligation") for named in owing):
            hint = "name a clause with an `obligation`"
            when.reading.error("unknown-clause", when.at("not_fulfilled"), f"`{name}` obliges nobody", hint=hint)
    return NotFulfilled(clause=name)
