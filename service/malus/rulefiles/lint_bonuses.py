"""Checks the tables of bonuses: rows that miss the promise, gaps, overlaps, and levels that pay a credit besides.

Owns: what is otherwise with a bonus than with a credit. Does not own: tables as such (lint_tables).
"""

from __future__ import annotations

from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import BandCredit
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.band_table import Stretch, both, union, without
from malus.rulefiles.drafts import Draft
from malus.rulefiles.lint_tables import Table


def lint_bonuses(draft: Draft) -> None:
    """Report what is wrong with each sound table of a bonus."""
    for named in draft.scope.top.get("clauses", forms.CLAUSES) or ():
        clause = draft.clauses.get(named.name)
        if clause is None or named.value is None or not isinstance(clause.condition, Promise):
            continue
        if clause.bonus is not None:
            table = named.value.must("bonus", forms.BONUS)
            rows = tuple(item.node for item in table.must("bands", forms.BANDS))
            _Bonus(draft, clause, clause.bonus.table, clause.condition, named.value, table, rows).lint()


class _Bonus(Table):
    """A table that pays for levels that keep the promise, from a level on that it states."""

    def lint(self) -> None:
        """Report everything about this table."""
        if self.credit.overlap == "refuse":
            self.overlaps()
        if self.credit.gaps == "refused":
            self.gaps()
        self.dead_rows()
        self._pays_twice(self.clause)
        for cap in self.draft.caps.values():
            if cap.holds == "bonuses" and self.clause.name in cap.limits:
                self.unpayable_rows(cap)

    @property
    def paying(self) -> tuple[Stretch, ...]:
        """The levels that keep the promise: no other earns a bonus."""
        return self.kept

    def holes(self) -> tuple[Stretch, ...]:
        """Levels between or past the rows; that nothing is earned between the promise and the first row is plain."""
        end = self.levels.first if self.ascending else self.levels.last
        gaps = without(self.levels.whole(), self.covered)
        return both((hole for hole in gaps if end not in hole), self.kept)

    def _pays_twice(self, clause: Clause) -> None:
        credit = clause.credit
        if not isinstance(credit, BandCredit) or credit.pays == "only_when_missed":
            return
        paid = union(part for band in credit.bands for part in self.levels.of(band.limits))
        twice = both(paid, both(self.covered, self.kept))
        if twice:
            what = f"levels {self.levels.text(twice[0])} earn a bonus of `{clause.name}`, and a row of its credit pays"
            hint = "change an edge, or write `pays: only_when_missed` beside the `bands` of the credit"
            self.given.reading.error("promise-disagrees", self.given.label, what, hint=hint)
