"""Compiles conditions: the promise of a clause, or what must have happened in a window or another clause.

Owns: which clause or indicator a condition speaks of, and in which units its window is counted.
Does not own: what follows from a condition.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from malus.model.conditions import (
    AnyOf,
    Condition,
    Declared,
    Fires,
    MissedPeriods,
    MissedTogether,
    NotFulfilled,
    Promise,
    SingleCondition,
)
from malus.model.indicators import Elapsed, Indicator
from malus.rulefiles import forms_conditions as forms
from malus.rulefiles.documents import Item, Named, Unsound, built, sure
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_clauses import CLAUSES
from malus.rulefiles.forms_indicators import MOVES, PROMISED
from malus.rulefiles.levels import limits_on
from malus.rulefiles.moves_terms import moves_terms
from malus.rulefiles.nodes import Node
from malus.rulefiles.quantities_text import Quantity
from malus.rulefiles.scalars import NAME, QUANTITY, WINDOW
from malus.rulefiles.scope import Scope
from malus.rulefiles.spelling import nearest
from malus.rulefiles.window_terms import occurrences_terms, total_terms

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
        return _promise(given.must("promise", PROMISED), scope, indicators)
    when = given.must("when", forms.WHEN)
    several = when.form is forms.ANY_OF
    parts = tuple(item.value for item in when.must("any_of", forms.SINGLES)) if several else (when,)
    if all(part.form in forms.WITHOUT_WINDOW for part in parts):
        _refuse_fires(given)
    elif not given.has("fires"):
        given.lacks("fires", "a window stays true for a while, and the remedies differ")
    fires = given.get("fires", forms.FIRES)
    found = [built(partial(_single, part, given, fires, scope, indicators)) for part in parts]
    sound = tuple(part for part in found if part is not None)
    if len(sound) < len(found):
        raise Unsound
    return AnyOf(conditions=sound) if several else sound[0]


def _single(
    when: Given, given: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]
) -> SingleCondition:
    """One condition of a clause; `given` is the whole clause, which says how often it fires."""
    if when.form is forms.DECLARED:
        return _flag(when, scope)
    if when.form is forms.UNFULFILLED:
        return _unfulfilled(when, scope)
    if when.form in (forms.ALL_OF, forms.SOME_OF):
        return _together(when, scope, indicators)
    if when.form is forms.MISSED:
        return _missed(when, fires, scope, indicators)
    if when.form is forms.OCCURRED:
        return occurrences_terms(when, fires, scope, indicators)
    if fires is Fires.ON_EACH_NEW_FACT:
        what = "time down that is added up has no single facts to fire on"
        hint = "write `once_while_true` or `facts_used_once`"
        given.reading.error("wrong-measure", given.at("fires"), what, hint=hint)
        fires = None
    return total_terms(when, fires, scope, indicators)


def _refuse_fires(given: Given) -> None:
    if given.has("fires"):
        what = "`fires` belongs to a condition over a window, and this clause has none"
        given.reading.error("unknown-key", given.key_node("fires"), what, hint="leave it out")


def _promise(given: Given, scope: Scope, indicators: dict[str, Indicator]) -> Promise:
    indicator = _indicator(given, "indicator", scope, indicators)
    limits = limits_on(given, indicator, "the promise", scope)
    moves = None
    if given.has("moves"):
        moves = moves_terms(given.must("moves", MOVES), limits, indicator, indicators, scope)
    return Promise(indicator=indicator.name, limits=limits, moves=moves)


def _indicator(given: Given, key: str, scope: Scope, indicators: dict[str, Indicator]) -> Indicator:
    name = given.must(key, NAME)
    scope.refer("indicator", name, given.at(key), given.reading)
    if name not in indicators:
        raise Unsound
    return indicators[name]


def _missed(when: Given, fires: Fires | None, scope: Scope, indicators: dict[str, Indicator]) -> MissedPeriods:
    name = when.must("missed", NAME)
    clause, judged = _promising_clause(name, when.at("missed"), when, scope)
    cycle = None if judged not in indicators else indicators[judged].cycle.kind
    count = _of_cycle(when, "at_least", when.get("at_least", QUANTITY), cycle)
    window = _of_cycle(when, "within", when.get("within", WINDOW), cycle)
    if count is None or window is None:
        raise Unsound
    if count > window:
        what = f"{count} cannot be missed within {window}"
        when.reading.error("out-of-range", when.at("at_least"), what, hint="in a row is the same number twice")
    return MissedPeriods(name=clause, count=count, window=window, fires=sure(fires))


def _together(when: Given, scope: Scope, indicators: dict[str, Indicator]) -> MissedTogether:
    told = when.must("all_of" if when.form is forms.ALL_OF else "some_of", forms.TOGETHER)
    by = when.must("in", forms.SAME)
    named = [(built(partial(_promising_clause, item.value, item.node, when, scope)), item) for item in told]
    clauses: list[str] = []
    for found, item in named:
        if found is None:
            continue
        if found[0] in clauses:
            when.reading.error("duplicate-name", item.node, f"`{item.value}` stands twice here", hint="write it once")
        clauses.append(found[0])
        _check_together(indicators.get(found[1]), by, item, when)
    cycles = {indicators[found[1]].cycle for found, _ in named if found is not None and found[1] in indicators}
    if by == "period" and len(cycles) > 1:
        what = (
            f"these are judged by {' and by '.join(sorted(cycle.kind for cycle in cycles))}, so no period is the same"
        )
        when.reading.error("wrong-unit", when.label, what, hint="name promises of one `per`")
    count = len(told) if when.form is forms.ALL_OF else _promises_needed(when, len(told))
    if len(clauses) < len(told):
        raise Unsound
    return MissedTogether(clauses=tuple(clauses), count=count, by=by)


def _check_together(judged: Indicator | None, by: str, item: Item[str], when: Given) -> None:
    if by == "incident" and judged is not None and not isinstance(judged, Elapsed):
        what = f"`{item.value}` is judged by period, so no incident misses it"
        hint = "name promises on indicators of measure `elapsed`, or write `in: same_period`"
        when.reading.error("wrong-measure", item.node, what, hint=hint)


def _promises_needed(when: Given, listed: int) -> int:
    told = when.must("at_least", QUANTITY)
    if told.unit not in ("", "promise", "promises") or told.number.denominator != 1:
        what = f"`{told.text}` is no number of promises"
        when.reading.error("wrong-unit", when.at("at_least"), what, hint="write `2 promises`")
        raise Unsound
    if not 1 <= told.number <= listed:
        what = f"{told.number} of {listed} cannot be missed"
        when.reading.error("out-of-range", when.at("at_least"), what, hint=f"write 1 to {listed} promises")
        raise Unsound
    return int(told.number)


def _promising_clause(name: str, node: Node, when: Given, scope: Scope) -> tuple[str, str]:
    """The clause whose promise was missed, and its indicator; the clause may be named by its indicator."""
    promises = _promises(scope)
    if name in promises:
        scope.used.add(("clause", name))
        return name, promises[name] or ""
    by_indicator = [clause for clause, judged in promises.items() if judged == name]
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
    for named in scope.top.get("clauses", CLAUSES) or ():
        promise = None if named.value is None else named.value.get("promise", PROMISED)
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


def _flag(when: Given, scope: Scope) -> Declared:
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
    return scope.top.get("clauses", CLAUSES) or ()


def _unfulfilled(when: Given, scope: Scope) -> NotFulfilled:
    name = when.must("not_fulfilled", NAME)
    if scope.refer("clause", name, when.at("not_fulfilled"), when.reading):
        owing = [named for named in _clauses(scope) if named.name == name and named.value is not None]
        if owing and not any(named.value is not None and named.value.has("obligation") for named in owing):
            hint = "name a clause with an `obligation`"
            when.reading.error("unknown-clause", when.at("not_fulfilled"), f"`{name}` obliges nobody", hint=hint)
    return NotFulfilled(clause=name)
