"""Owns the levels by which rows are looked up where they are not those that a promise judges.

Does not own: the measuring, nor which row takes a level (remedies.bands).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from malus.evaluation.in_force import Run
from malus.evaluation.measuring import Measures
from malus.evaluation.settling import settled
from malus.model.conditions import Promise
from malus.model.credits import BandCredit
from malus.model.instants import Instant
from malus.model.measurement import Measurement

#: The other indicator, the start of the period, and the subject.
RowsLevels = Mapping[tuple[str, Instant, str], Measurement]


def rows_levels(run: Run, measures: Measures) -> RowsLevels:
    """Every level that a table of a promise on this indicator looks its rows up by; empty where each looks up its own.

    The other indicator has the same periods and subjects, as the compiler sees to.
    """
    names = {
        clause.credit.rows_by
        for clause in run.terms.clauses
        if isinstance(clause.condition, Promise)
        and clause.condition.indicator == run.indicator.name
        and isinstance(clause.credit, BandCredit)
        and clause.credit.rows_by is not None
    }
    levels: dict[tuple[str, Instant, str], Measurement] = {}
    for name in sorted(names):
        other = replace(run, indicator=run.terms.indicator(name))
        for measurement in measures.measured(other):
            held, _ = settled(other.indicator, measurement, None)
            levels[name, measurement.period.start, measurement.whose] = held
    return levels
