"""Compiles credits: tables, fixed sums and blocks of time, with the base that rates are taken of.

Owns: which credit fits which indicator. Does not own: whether a table is complete (band_table).
"""

from __future__ import annotations

from typing import Final

from malus.model.conditions import Condition, Promise
from malus.model.credits import AmountCredit, Band, BandCredit, BlockCredit, ChargeBase, Credit, PaidOnlyIf
from malus.model.indicators import Availability, Elapsed, Indicator, Occurrences
from malus.model.quantities import Edge, Limit
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.documents import Item, Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import EDGES
from malus.rulefiles.levels import limit_on
from malus.rulefiles.scalars import ELAPSED_TIME, MONEY, NAME, NAMES, PERCENT, QUANTITY
from malus.rulefiles.scope import Scope

_FITS: Final = {
    "incident": "a promise on an indicator of measure `elapsed`",
    "occurrence": "a promise on an indicator of measure `occurrences`",
    "period_total": "a promise on an indicator of measure `availability` from outages",
    "each_outage": "a promise on an indicator of measure `availability` from outages",
    "each_incident": "a promise on an indicator of measure `elapsed`",
}


def credit_terms(given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope) -> Credit | None:
    """The credit of a clause, None where it has none. `judged`: its promise's indicator, if sound."""
    if not given.has("credit"):
        return None
    credit = given.must("credit", forms.CREDIT)
    if credit.form is forms.TABLE:
        return _table(credit, condition, judged, scope)
    if credit.form is forms.SUM:
        return _sum(credit, condition, judged)
    return _blocks(credit, condition, judged, scope)


class _Parts:
    """The base and the least credit, each read by itself, so that a fault in one hides none elsewhere."""

    def __init__(self, given: Given, scope: Scope, *, pays_rates: bool) -> None:
        self.base = built(lambda: _base(given, scope, needed=pays_rates))
        self.least = built(lambda: _paid_only_if(given))
        base_is_sound = self.base is not None or not (pays_rates or given.has("of"))
        self.sound = base_is_sound and (self.least is not None or not given.has("paid_only_if"))


def _table(given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope) -> Credit:
    rows = given.must("bands", forms.BANDS)
    pays_rates = any(item.value.has("rate") for item in rows)
    parts = _Parts(given, scope, pays_rates=pays_rates)
    if condition is not None and not isinstance(condition, Promise):
        hint = "a table looks up the level of a promise: write `promise:`, or a fixed credit"
        given.reading.error("wrong-measure", given.key_node("bands"), "this clause has no level to look up", hint=hint)
        raise Unsound
    rates = [item for item in rows if item.value.has("rate") and not item.value.has("amount")]
    amounts = [item for item in rows if item.value.has("amount") and not item.value.has("rate")]
    mixed = bool(rates) and bool(amounts)
    if mixed:
        odd = (rates if len(rates) < len(amounts) else amounts)[0].value
        what = "some rows pay a rate and some an amount: which of them pays most cannot be told"
        odd.reading.error("mixed-rows", odd.label, what, hint="write all rows with `rate:`, or all with `amount:`")
    bands = tuple(_band(row, item, judged) for row, item in enumerate(rows, start=1))
    if mixed or not parts.sound or given.faulty("pays") or given.faulty("gaps"):
        raise Unsound
    return BandCredit(
        base=parts.base,
        overlap=given.must("overlap", forms.OVERLAP),
        pays=given.get("pays", forms.PAYS) or "only_when_missed",
        bands=tuple(sure(band) for band in bands),
        gaps=given.get("gaps", forms.GAPS) or "refused",
        paid_only_if=parts.least,
    )


def _band(row: int, item: Item[Given], judged: Indicator | None) -> Band | None:
    given = item.value
    written = [edge for edge in EDGES if given.has(edge)]
    sides = [edge in ("below", "at_most") for edge in written]
    sound = True
    if not written:
        given.reading.error("missing-key", given.label, "this row has no edge", hint="write `below:` or another edge")
        sound = False
    if sides.count(True) > 1 or sides.count(False) > 1:
        what = f"this row has `{'` and `'.join(written)}`"
        given.reading.error("duplicate-name", given.label, what, hint="write one lower and one upper edge at most")
        sound = False
    if given.has("rate") == given.has("amount"):
        what = "this row pays " + ("two things" if given.has("rate") else "nothing")
        code = "duplicate-name" if given.has("rate") else "missing-key"
        given.reading.error(code, given.label, what, hint="write `rate:` or `amount:`")
        sound = False
    if judged is None:
        return None
    limits = [_limit(given, edge, judged) for edge in written]
    paid = given.get("rate", PERCENT), given.get("amount", MONEY)
    if not sound or any(limit is None for limit in limits) or paid == (None, None):
        return None
    kept = tuple(limit for limit in limits if limit is not None)
    return Band(row=row, limits=kept, rate=paid[0], amount=paid[1], line=given.line)


def _limit(given: Given, edge: str, judged: Indicator) -> Limit | None:
    told = given.get(edge, QUANTITY)
    if told is None:
        return None
    try:
        return limit_on(Edge(edge), told, judged, given, given.at(edge))
    except Unsound:
        return None


def _sum(given: Given, condition: Condition | None, judged: Indicator | None) -> Credit:
    least = built(lambda: _paid_only_if(given))
    each = given.must("each", forms.EACH)
    if condition is not None and each != "period":
        fits = isinstance(condition, Promise) and (
            judged is None or isinstance(judged, Elapsed if each == "incident" else Occurrences)
        )
        _check_fit(given, "each", each, fits=fits)
    if given.has("paid_only_if") and least is None:
        raise Unsound
    return AmountCredit(each=each, amount=given.must("amount", MONEY), paid_only_if=least)


def _blocks(given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope) -> Credit:
    parts = _Parts(given, scope, pays_rates=given.has("rate"))
    block = given.get("block", ELAPSED_TIME)
    if block == 0:
        given.reading.error("out-of-range", given.at("block"), "a block of no time", hint="write `1 hour`")
    if given.has("rate") == given.has("amount"):
        code = "duplicate-name" if given.has("rate") else "missing-key"
        what = "a block pays " + ("two things" if given.has("rate") else "nothing")
        given.reading.error(code, given.label, what, hint="write `rate:` or `amount:`")
    measured = given.must("measured_on", forms.MEASURED_ON)
    if condition is not None:
        wanted = Elapsed if measured == "each_incident" else Availability
        fits = isinstance(condition, Promise) and (judged is None or isinstance(judged, wanted))
        _check_fit(given, "measured_on", measured, fits=fits)
    if not parts.sound or block == 0:
        raise Unsound
    return BlockCredit(
        base=parts.base,
        block=given.must("block", ELAPSED_TIME),
        after=given.must("after", ELAPSED_TIME),
        part=given.must("part", forms.PART),
        measured_on=measured,
        rate=given.must("rate", PERCENT) if given.has("rate") else None,
        amount=given.must("amount", MONEY) if given.has("amount") else None,
        first=given.must("first", MONEY) if given.has("first") else None,
        paid_only_if=parts.least,
    )


def _check_fit(given: Given, key: str, word: str, *, fits: bool) -> None:
    if not fits:
        what = f"`{key}: {word}` does not fit this clause"
        given.reading.error("wrong-measure", given.at(key), what, hint=f"it needs {_FITS[word]}")
        raise Unsound


def _base(given: Given, scope: Scope, *, needed: bool) -> ChargeBase | None:
    if not given.has("of"):
        if needed:
            given.lacks("of", "a rate is taken of something")
            raise Unsound
        return None
    if not needed:
        what = "nothing here is a rate, so nothing is taken of a charge"
        given.reading.error("unknown-key", given.key_node("of"), what, hint="leave `of` out, or write `rate:`")
    base = given.must("of", forms.BASE)
    if base.has("charge") == base.has("charges"):
        code = "duplicate-name" if base.has("charge") else "missing-key"
        what = "the base names " + ("its charge twice" if base.has("charge") else "no charge")
        base.reading.error(code, base.label, what, hint="write `charge:` or `charges:`")
        raise Unsound
    told = base.get("charges", NAMES) or ()
    names = tuple((item.value, item.node) for item in told)
    if base.has("charge"):
        names = ((base.must("charge", NAME), base.at("charge")),)
    charges = scope.refer_all("charge", base, "charges", names)
    less = scope.refer_all("charge", base, "less", tuple((i.value, i.node) for i in base.get("less", NAMES) or ()))
    for name in less:
        if name in charges:
            what = f"`{name}` is taken off what it is part of"
            base.reading.error("duplicate-name", base.at("less"), what, hint="write it once")
    if not charges or base.faulty("part_period") or base.faulty("less"):
        raise Unsound
    return ChargeBase(
        charges=tuple(sorted(charges)),
        less=tuple(sorted(less)),
        period=base.must("period", forms.CHARGED_PERIOD),
        part_period=base.get("part_period", forms.PART_PERIOD),
    )


def _paid_only_if(given: Given) -> PaidOnlyIf | None:
    if not given.has("paid_only_if"):
        return None
    least = given.must("paid_only_if", forms.PAID_ONLY_IF)
    if least.has("above") == least.has("at_least"):
        code = "duplicate-name" if least.has("above") else "missing-key"
        least.reading.error(code, least.label, "one amount must be passed", hint="write `above:` or `at_least:`")
        raise Unsound
    return PaidOnlyIf(
        edge="above" if least.has("above") else "at_least",
        least=least.must("above" if least.has("above") else "at_least", MONEY),
        compared=least.must("compared", forms.COMPARED),
    )
