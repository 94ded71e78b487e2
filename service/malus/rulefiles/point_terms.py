"""Compiles service points: what a miss weighs, the indicator that adds points up, and what a repeated miss is worth.

Owns: which clauses give points, and that none gives points for points. Does not own: rows of money (band_terms).
"""

from __future__ import annotations

from fractions import Fraction

from malus.model.conditions import Condition, Promise
from malus.model.credits import Again, Band, BandCredit, ServicePoints
from malus.model.indicators import Indicator, Points
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles import forms_indicators
from malus.rulefiles.band_terms import edges_of
from malus.rulefiles.documents import Item, Unsound, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import PROMISED
from malus.rulefiles.indicator_parts import common_parts
from malus.rulefiles.scalars import FACTOR, MONEY, NAME, NAMES, PERCENT, QUANTITY, WHOLE
from malus.rulefiles.scope import Scope

_MOST_PERIODS = 120


def points_indicator(name: str, given: Given, scope: Scope) -> Indicator:
    """The service points of some clauses, by period."""
    told = given.must("clauses", NAMES)
    names = scope.refer_all("clause", given, "clauses", tuple((item.value, item.node) for item in told))
    clauses = {named.name: named.value for named in scope.top.get("clauses", forms.CLAUSES) or ()}
    for item in told:
        clause = clauses.get(item.value)
        if clause is None:
            continue
        if not clause.has("points"):
            what = f"`{item.value}` gives no points"
            hint = "add its `points`, or leave it out"
            given.reading.error("points-of-nothing", item.node, what, hint=hint)
        elif _is_about_points(clause, scope):
            what = f"`{item.value}` is judged by points itself, so it cannot give any"
            given.reading.error("points-cycle", item.node, what, hint="leave it out")
    return Points(**common_parts(name, given), clauses=tuple(sorted(names)), over=_over(given))


def points_terms(given: Given, condition: Condition | None, judged: Indicator | None) -> ServicePoints | None:
    """What a miss of a clause weighs; None where it gives no points."""
    if not given.has("points"):
        return None
    told = given.must("points", forms.POINTS)
    if condition is not None and not isinstance(condition, Promise):
        what = "only a missed promise gives points"
        given.reading.error("wrong-measure", given.key_node("points"), what, hint="write `promise:`")
        raise Unsound
    again = _points_again(told)
    if told.form is forms.POINTS_EACH:
        return ServicePoints(table=None, each=told.must("each", WHOLE), again=again)
    rows = told.must("bands", forms.POINTS_ROWS)
    bands = tuple(sure(band) for band in [_row(row, item, judged) for row, item in enumerate(rows, start=1)])
    if told.faulty("gaps"):
        raise Unsound
    table = BandCredit(
        base=None,
        overlap=told.must("overlap", forms.OVERLAP),
        pays="only_when_missed",
        bands=bands,
        gaps=told.get("gaps", forms.GAPS) or "refused",
    )
    return ServicePoints(table=table, each=None, again=again)


def again_terms(given: Given, *, pays_rates: bool) -> Again | None:
    """What a repeated miss is paid more; None where it is paid as any other."""
    if not given.has("again"):
        return None
    told = given.must("again", forms.AGAIN)
    _check_more(told, ("times", "rate", "amount"))
    if told.has("rate") and not pays_rates:
        what = "nothing else here is a rate, so there is nothing to take this one of"
        told.reading.error("mixed-rows", told.at("rate"), what, hint="write `amount:`")
        raise Unsound
    if any(told.faulty(key) for key in ("missed_in", "times", "rate", "amount")):
        raise Unsound
    return Again(
        times=told.get("times", FACTOR) or Fraction(1), rate=told.get("rate", PERCENT), amount=told.get("amount", MONEY)
    )


def _points_again(given: Given) -> Again | None:
    if not given.has("again"):
        return None
    told = given.must("again", forms.POINTS_AGAIN)
    _check_more(told, ("times", "points"))
    if any(told.faulty(key) for key in ("missed_in", "times", "points")):
        raise Unsound
    return Again(times=told.get("times", WHOLE) or Fraction(1), points=told.get("points", WHOLE) or Fraction(0))


def _check_more(told: Given, keys: tuple[str, ...]) -> None:
    if not any(told.has(key) for key in keys):
        hint = "write " + " or ".join(f"`{key}:`" for key in keys)
        told.reading.error("missing-key", told.label, "a repeated miss is worth no more than any other", hint=hint)
        raise Unsound


def _row(row: int, item: Item[Given], judged: Indicator | None) -> Band | None:
    limits = edges_of(item.value, judged)
    points = item.value.get("points", WHOLE)
    if limits is None or points is None:
        return None
    return Band(row=row, limits=limits, rate=None, amount=None, points=points, line=item.value.line)


def _is_about_points(clause: Given, scope: Scope) -> bool:
    promise = clause.get("promise", PROMISED)
    about = None if promise is None else promise.get("indicator", NAME)
    return any(
        named.name == about and named.value is not None and named.value.form is forms_indicators.POINTS
        for named in scope.top.get("indicators", forms_indicators.INDICATORS) or ()
    )


def _over(given: Given) -> int:
    if not given.has("over"):
        return 1
    told, cycle = given.must("over", QUANTITY), common_parts("points", given)["cycle"]
    words = ("period", "periods", cycle.kind, f"{cycle.kind}s")
    if told.unit not in words:
        what = f"`{told.text}` is no number of {cycle.kind}s"
        given.reading.error("wrong-unit", given.at("over"), what, hint=f"write `3 {cycle.kind}s`")
        raise Unsound
    if told.number.denominator != 1 or not 1 <= told.number <= _MOST_PERIODS:
        what = f"`{told.text}` is no number of whole periods up to {_MOST_PERIODS}"
        given.reading.error("out-of-range", given.at("over"), what, hint=f"write `3 {cycle.kind}s`")
        raise Unsound
    return int(told.number)
