"""Compiles the return of a credit: the later periods that earn it back, and what bars that.

Owns: which clauses may return their credit. Does not own: the credit.
"""

from __future__ import annotations

from malus.model.clauses import ReturnTerms
from malus.model.conditions import Condition, Promise
from malus.model.indicators import Indicator, is_of_each
from malus.model.quantities import Limit
from malus.rulefiles import forms_consequences as forms
from malus.rulefiles.documents import Unsound, built
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_clauses import CLAUSES
from malus.rulefiles.forms_conditions import ANY_OF, MISSED, OCCURRED, TOTALLED, WHEN
from malus.rulefiles.levels import edge_written, limit_on
from malus.rulefiles.scalars import NAME, QUANTITY
from malus.rulefiles.scope import Scope

_OVER_WINDOWS = (MISSED, OCCURRED, TOTALLED, ANY_OF)


def return_terms(
    given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope
) -> ReturnTerms | None:
    """The return of a clause's credit, None where it has none. `judged`: its promise's indicator, if sound."""
    if not given.has("returned"):
        return None
    told = given.must("returned", forms.RETURNED)
    if condition is not None and (not isinstance(condition, Promise) or (judged is not None and is_of_each(judged))):
        what = "only a credit for a period of a promise can be earned back by later ones"
        hint = "leave `returned` out, or put it at a clause that promises a level for each period"
        given.reading.error("wrong-measure", given.key_node("returned"), what, hint=hint)
        raise Unsound
    if not given.has("credit"):
        what = "this clause credits nothing, so there is nothing to return"
        given.reading.error("wrong-measure", given.key_node("returned"), what, hint="add its `credit`")
        raise Unsound
    floor = built(lambda: _limit(told, "not_if", judged))
    target = built(lambda: _limit(told, "target", judged))
    barring = built(lambda: _barring(told, scope))
    periods = built(lambda: _periods(told, judged))
    faulty = (told.has("not_if") and floor is None) or (told.has("target") and target is None)
    if periods is None or faulty or (told.has("not_when") and barring is None):
        raise Unsound
    return ReturnTerms(periods=periods, target=target, floor=floor, not_when=barring)


def _periods(told: Given, judged: Indicator | None) -> int:
    read = told.must("if_met_in", forms.NEXT_PERIODS)
    cycle = None if judged is None else judged.cycle.kind
    fits = ("period", "periods") if cycle is None else ("period", "periods", cycle, f"{cycle}s")
    if cycle is not None and read.unit not in fits:
        what = f"the indicator is counted by {cycle}, not by `{read.unit}`"
        hint = f"write `each of the next {read.number} {cycle}s`"
        told.reading.error("wrong-unit", told.at("if_met_in"), what, hint=hint)
        raise Unsound
    return int(read.number)


def _limit(told: Given, key: str, judged: Indicator | None) -> Limit | None:
    if not told.has(key):
        return None
    form = told.must(key, forms.TOO_BAD if key == "not_if" else forms.REACHED)
    edge = edge_written(form, f"`{key}`")
    if judged is None:
        raise Unsound
    return limit_on(edge, form.must(edge.value, QUANTITY), judged, form, form.at(edge.value))


def _barring(told: Given, scope: Scope) -> str | None:
    if not told.has("not_when"):
        return None
    name = told.must("not_when", NAME)
    if not scope.refer("clause", name, told.at("not_when"), told.reading):
        raise Unsound
    for named in scope.top.get("clauses", CLAUSES) or ():
        when = None if named.value is None or named.name != name else named.value.get("when", WHEN)
        if when is not None and when.form in _OVER_WINDOWS:
            return name
    hint = "name a clause whose condition looks over a window"
    told.reading.error("unknown-clause", told.at("not_when"), f"`{name}` looks over no window", hint=hint)
    raise Unsound
