"""Compiles what a rate is taken of: charges of a stretch of time, a share of a pool, or a fixed sum.

Owns: which keys of a base need which others. Does not own: the credits that take a rate of it (credit_terms).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from malus.model.clauses import Cap, Holds
from malus.model.credits import ChargeBase, ChargedPeriod, PoolShare, ValueOf
from malus.model.periods import Cycle
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.documents import Unsound, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.scalars import CHARGED_PERIOD, MONEY, NAME, NAMES, PERCENT, ROUNDING_MODE
from malus.rulefiles.scope import Scope

_WORTH: Final[dict[ValueOf, str]] = {
    "delivery": "it needs a promise that is judged for each delivery",
    "deliveries": "it needs a promise on a share of deliveries",
    "non_compliant": "it needs a promise on a share of deliveries",
}


def base_terms(
    given: Given,
    scope: Scope,
    caps: Mapping[str, Cap],
    *,
    clause: str,
    needed: bool,
    by_subject: bool,
    knows_value_of: Callable[[ValueOf], bool],
    holds: Holds,
) -> ChargeBase | None:
    """The base of a credit of a clause, None where it has no `of`.

    `needed`: the credit takes a rate. `by_subject`: it is paid for an incident or outage, which has a start.
    `knows_value_of`: whether what is judged has goods of that kind. `holds`: which caps may be its pool.
    """
    if not given.has("of"):
        if needed:
            given.lacks("of", "a rate is taken of something")
            raise Unsound
        return None
    if not needed:
        what = "nothing here is a rate, so nothing is taken of a charge"
        given.reading.error("unknown-key", given.key_node("of"), what, hint="leave `of` out, or write `rate:`")
    base = given.must("of", forms.BASE)
    if base.form is forms.FIXED:
        return ChargeBase(fixed=base.must("amount", MONEY))
    if base.form is forms.VALUED:
        of = base.must("value_of", forms.VALUE_OF)
        if not knows_value_of(of):
            what = f"nothing that this clause judges has a `value_of: {of}`"
            base.reading.error("wrong-measure", base.at("value_of"), what, hint=_WORTH[of])
            raise Unsound
        return ChargeBase(value_of=of)
    if base.form is forms.POOLED:
        return _pooled(base, caps, clause, holds)
    return _charged(base, scope, by_subject=by_subject)


def _pooled(base: Given, caps: Mapping[str, Cap], clause: str, holds: Holds) -> ChargeBase:
    name = base.must("pool", NAME)
    share, rounding = base.must("share", PERCENT), base.get("round", ROUNDING_MODE)
    cap = caps.get(name)
    limits = cap.limits if cap is not None and cap.holds == holds else ()
    if cap is None or clause not in limits or (cap.window.kind not in ("each_period", "period")):
        if cap is None:
            what, hint = f"`{name}` is no cap of this file", "an at-risk pool is a cap: declare it under `caps`"
        elif clause not in limits:
            key = "limits" if holds == "credits" else "limits_bonuses"
            what, hint = f"`{clause}` draws on `{name}`, which does not limit it", f"add it to `{key}` of that cap"
        else:
            what, hint = f"`{name}` holds no sum of a single period", "a pool is a cap with `per: period` or a cycle"
        base.reading.error("unknown-pool", base.at("pool"), what, hint=hint)
        raise Unsound
    if base.faulty("round"):
        raise Unsound
    pool = PoolShare(pool=name, rate=cap.rate, share=share, for_each=cap.for_each)
    if cap.amount is not None:
        return ChargeBase(fixed=cap.amount, pool=pool, round=rounding)
    return ChargeBase(
        charges=cap.charges,
        period=_period_of(cap),
        part_period=cap.part_period,
        pool=pool,
        round=rounding,
    )


def _period_of(cap: Cap) -> ChargedPeriod:
    if cap.window.kind == "each_period" or cap.base == "judged_period":
        return ChargedPeriod(kind="judged")
    cycle: Cycle | None = cap.window.cycle
    return ChargedPeriod(kind="cycle", cycle=cycle)


def _charged(base: Given, scope: Scope, *, by_subject: bool) -> ChargeBase:
    if base.has("charge") and base.has("charges"):
        what = "the base names its charge twice"
        base.reading.error("duplicate-name", base.label, what, hint="write `charge:` or `charges:`")
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
    period = base.get("period", CHARGED_PERIOD)
    before = _before(base, period, by_subject=by_subject)
    _day_of_fee(base, period)
    if not charges or any(base.faulty(key) for key in ("part_period", "less", "day_of_fee", "round")):
        raise Unsound
    return ChargeBase(
        charges=tuple(sorted(charges)),
        less=tuple(sorted(less)),
        period=sure(period),
        before=before or "period_end",
        part_period=base.get("part_period", forms.PART_PERIOD),
        day_of_fee=base.get("day_of_fee", forms.DAY_OF_FEE),
        round=base.get("round", ROUNDING_MODE),
    )


def _before(base: Given, period: ChargedPeriod | None, *, by_subject: bool) -> forms.Before | None:
    """What preceding days end before; it must be stated there, and nowhere else."""
    before = base.get("before", forms.BEFORE)
    if period is not None and (period.kind == "preceding") != base.has("before"):
        if base.has("before"):
            what = "`before` belongs to `period: preceding 30 days`"
            base.reading.error("unknown-key", base.key_node("before"), what, hint="leave it out")
        else:
            base.lacks("before", "preceding days end before something")
        raise Unsound
    if before == "subject_start" and not by_subject:
        what = "this credit is paid for a period, which has no incident or outage to start"
        hint = "write `period_start` or `period_end`, or a promise on an `elapsed` time"
        base.reading.error("wrong-measure", base.at("before"), what, hint=hint)
        raise Unsound
    if base.faulty("before"):
        raise Unsound
    return before


def _day_of_fee(base: Given, period: ChargedPeriod | None) -> None:
    if not base.has("day_of_fee"):
        return
    if base.has("part_period"):
        what = "a day's fee is the same in a part of a month"
        base.reading.error("unknown-key", base.key_node("part_period"), what, hint="leave it out")
    if period is not None and period.kind in ("preceding", "cycle"):
        what = "a day's fee is one of the judged month, the one before or the next"
        base.reading.error("unknown-value", base.at("period"), what, hint="write `judged`, `previous` or `next`")
