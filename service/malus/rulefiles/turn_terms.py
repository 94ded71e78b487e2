"""Compiles what the first ones of a period pay, where they pay otherwise than the later ones.

Owns: what has a first one in a period. Does not own: the rest of a credit (credit_terms).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from malus.model.conditions import Condition
from malus.model.indicators import Indicator
from malus.model.money import Money
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.documents import Item, Named, Unsound
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_subjects import FIRSTS
from malus.rulefiles.paid_terms import told_by_subject
from malus.rulefiles.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Firsts:
    """What the first ones of a period pay: amounts or rates in order, or an amount that `differs` by subject."""

    amounts: tuple[Money, ...] = ()
    rates: tuple[Fraction, ...] = ()
    differs: tuple[tuple[str, Money], ...] = ()


def firsts_terms(given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope) -> Firsts:
    """What the first ones of a period pay; empty where every one is paid alike. Unsound where a figure is faulty."""
    if not given.has("first"):
        return Firsts()
    each = given.get("each", forms.EACH)
    if each in ("period", "point"):
        what = f"of `each: {each}` there is no first one in a period"
        hint = "write `each: incident`, `outage`, `delivery` or `occurrence`, or leave it out"
        given.reading.error("wrong-measure", given.key_node("first"), what, hint=hint)
        raise Unsound
    told = given.must("first", FIRSTS)
    many = told if isinstance(told, tuple) else ()
    named = [item for item in many if isinstance(item, Named)]
    figures = [item.value for item in many if isinstance(item, Item)] if isinstance(told, tuple) else [told]
    rates = tuple(figure for figure in figures if isinstance(figure, Fraction))
    if len(rates) != (len(figures) if given.has("rate") else 0) or (named and given.has("rate")):
        what = "the first ones pay otherwise than the later ones: some a rate and some an amount"
        hint = "write amounts beside `amount:`, or rates beside `rate:`"
        given.reading.error("mixed-rows", given.at("first"), what, hint=hint)
        raise Unsound
    return Firsts(
        amounts=tuple(figure for figure in figures if isinstance(figure, Money)),
        rates=rates,
        differs=told_by_subject(named, given, "first", condition, judged, scope) if named else (),
    )
