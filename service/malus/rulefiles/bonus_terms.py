"""Compiles bonuses: what the customer owes for more than was promised.

Owns: that a bonus belongs to a promise. Does not own: its rows and base, which it has as a credit has them
(credit_terms), nor whether its rows keep the promise (lint_bonuses).
"""

from __future__ import annotations

from dataclasses import replace

from malus.model.conditions import Promise
from malus.model.credits import BonusTerms
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.credit_terms import Owed, table_terms
from malus.rulefiles.documents import Unsound
from malus.rulefiles.forms import Given


def bonus_terms(given: Given, owed: Owed) -> BonusTerms | None:
    """The bonus of a clause, None where it has none."""
    if not given.has("bonus"):
        return None
    told = given.must("bonus", forms.BONUS)
    if owed.condition is not None and not isinstance(owed.condition, Promise):
        what = "only a promise can be surpassed"
        given.reading.error("wrong-measure", given.key_node("bonus"), what, hint="write `promise:`")
        raise Unsound
    return BonusTerms(
        table=table_terms(told, replace(owed, holds="bonuses")), settled=told.must("settled", forms.SETTLED)
    )
