"""Owns verdicts: each level held against each promise on it, with the row it falls in and the margin.

Does not own: measuring, or what follows from a verdict (following).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from malus.evaluation.in_force import Run, Thread
from malus.evaluation.measuring import Measures
from malus.evaluation.promised import Promised, held_of
from malus.evaluation.rows_levels import RowsLevels, rows_levels
from malus.evaluation.settling import settled
from malus.model.agreement import FAR_AWAY, Terms
from malus.model.assessment import Finality, Verdict
from malus.model.clauses import ClaimStep, Clause
from malus.model.conditions import Promise
from malus.model.credits import BandCredit, Credit
from malus.model.explanation import Explanation, Judged, Margin, Step, Undetermined
from malus.model.indicators import (
    Availability,
    By,
    CheckedAvailability,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Excursion,
    Indicator,
    IntervalMean,
    NoData,
    Occurrences,
    Points,
    Ratio,
    Sample,
    Share,
    TimeShare,
)
from malus.model.instants import Instant
from malus.model.measurement import Measurement
from malus.model.quantities import Level, Limit, Outcome, Unit
from malus.remedies.bands import (
    BEYOND,
    GAP,
    bonus_row_number,
    limits_of,
    nearest_change,
    row_looked_up,
    row_number,
    rows_for,
)
from malus.remedies.claims import claim_starts, final_from, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPeriod:
    """A verdict with all that its remedies are worked out from.

    `row`: the row of the clause's table that takes the level, `GAP` or `BEYOND` where none does; `points_row`: that of
    its table of points, `bonus_row` that of its bonus. `complete`: the period is over and the outcome stands: an
    incident that still runs can break a promise, and mend it only by its priority.
    `looked_up`: the level by which rows are looked up, where it is not the promised one.
    `margin`: what would have turned met into missed or missed into met, where that can be said.
    """

    verdict: Verdict
    measurement: Measurement
    place: int
    terms: Terms
    clause: Clause
    indicator: Indicator
    row: int
    points_row: int
    bonus_row: int
    complete: bool
    margin: Margin | None
    looked_up: Measurement | None = None


def judged_periods(threads: Sequence[Thread], measures: Measures, as_of: Instant) -> list[JudgedPeriod]:
    """Every promise on every indicator in every period that has begun, in order of period, clause and subject."""
    judged: list[JudgedPeriod] = []
    for thread in threads:
        previous: dict[str, Level] = {}
        for run in thread.runs:
            by_rows = rows_levels(run, measures)
            for measurement in measures.measured(run):
                held, level = settled(run.indicator, measurement, previous.get(measurement.whose))
                for clause in run.terms.clauses:
                    if isinstance(clause.condition, Promise) and clause.condition.indicator == run.indicator.name:
                        promised = measures.targets.promised(run.place, run.terms, clause, held_of(held))
                        verdict = None if promised is None else _judged(run, clause, promised, held, by_rows, as_of)
                        judged += [] if verdict is None else [verdict]
                if level is not None:
                    previous[measurement.whose] = level
    return sorted(judged, key=judged_order)


def judged_order(item: JudgedPeriod) -> tuple[Instant, int, str, str]:
    """Verdicts are in order of period, clause and subject."""
    return (item.verdict.period.start, item.clause.ordinal, item.verdict.subject, item.verdict.whose)


def verdict_final_from(terms: Terms, clause: Clause, measurement: Measurement) -> Instant | None:
    """From when a verdict is final, as if nobody claims before the last moment; None while that cannot be said."""
    steps = [step for step in terms.claims if clause.credit and (not step.clauses or clause.name in step.clauses)]
    return _finality_of(terms, steps, measurement)


def facts_final_from(terms: Terms, measurement: Measurement) -> Instant | None:
    """From when facts that nobody claims upon can no longer change: the period's end and the grace."""
    return _finality_of(terms, (), measurement)


def _judged(
    run: Run, clause: Clause, promised: Promised, measurement: Measurement, by_rows: RowsLevels, as_of: Instant
) -> JudgedPeriod:
    limit, promise = promised.limit, clause.condition
    assert isinstance(promise, Promise), "only a promise is judged"
    if promised.undetermined and not measurement.undetermined:
        measurement = replace(measurement, level=None, undetermined=promised.undetermined, named=promised.named)
    outcome, steps = _outcome(run.indicator, measurement, promised)
    row, table = GAP, _table_for(clause.credit, measurement)
    looked_up = None
    if table is not None and table.rows_by is not None:
        looked_up = by_rows[table.rows_by, measurement.period.start, measurement.whose]
        level = None if promised.undetermined else looked_up.level
        row = GAP if level is None else row_looked_up(table, level, limit)
        # What would change the row is no change of the level that is promised.
        table = None
    elif table is not None and measurement.level is not None:
        row = row_number(table, measurement.level, limit)
    points_row = GAP
    if clause.points is not None and clause.points.table is not None and measurement.level is not None:
        points_row = row_number(clause.points.table, measurement.level, limit)
    # What nothing was measured of is kept at most, and earns nothing.
    bonus_row = BEYOND
    bonus = None if clause.bonus is None else _table_for(clause.bonus.table, measurement)
    if bonus is not None and measurement.level is not None:
        bonus_row = bonus_row_number(bonus, measurement.level, limit)
    margins, to_promise = _margins(run.indicator, table, bonus, measurement, limit, outcome)
    period = measurement.period
    complete = period.end <= as_of and (not measurement.is_open or _stands(run.indicator, promise, outcome))
    final = verdict_final_from(run.terms, clause, measurement)
    verdict = Verdict(
        clause=clause.name,
        indicator=run.indicator.name,
        period=period,
        subject=measurement.subject or measurement.whose,
        whose=measurement.whose,
        outcome=outcome,
        level=measurement.level,
        limit=limit,
        finality=_finality(complete and not measurement.is_open, final, as_of),
        final_from=final,
        terms_digest=run.terms_digest,
        explanation=Explanation(
            clause=clause.name,
            source=clause.source,
            terms_effective=run.terms.effective.isoformat(),
            steps=(
                *measurement.steps,
                *promised.steps,
                *steps,
                *margins,
            ),
            line=clause.line,
        ),
    )
    return JudgedPeriod(
        verdict=verdict,
        measurement=measurement,
        place=run.place,
        terms=run.terms,
        clause=clause,
        indicator=run.indicator,
        row=row,
        points_row=points_row,
        bonus_row=bonus_row,
        complete=complete,
        margin=to_promise,
        looked_up=looked_up,
    )


def _table_for(credit: Credit | None, measurement: Measurement) -> BandCredit | None:
    """The table of a credit as it stands for what was measured; None where it has none."""
    return credit.paid_to(measurement.whose, measurement.of_class) if isinstance(credit, BandCredit) else None


def _stands(indicator: Indicator, promise: Promise, outcome: Outcome) -> bool:
    """Whether what still runs can no longer mend its breach: only another priority at its end could."""
    if isinstance(indicator, DeliveryTime | Excursion | Sample):
        return outcome is Outcome.MISSED
    assert isinstance(indicator, Elapsed), "only an elapsed time is judged while it runs"
    by_priority = any(item.priority is not None for item in promise.limits) or any(
        item.field_name == "priority" for item in indicator.where
    )
    return outcome is Outcome.MISSED and not (by_priority and indicator.by is By.AT_END)


def _outcome(indicator: Indicator, measurement: Measurement, promised: Promised) -> tuple[Outcome, tuple[Step, ...]]:
    limit, season = promised.limit, promised.season
    if measurement.level is not None:
        outcome = Outcome.MET if limit.holds(measurement.level) else Outcome.MISSED
        return outcome, (Judged(limit=limit, outcome=outcome, season=season),)
    if measurement.undetermined:
        return Outcome.UNDETERMINED, (Undetermined(reason=measurement.undetermined, named=measurement.named),)
    if measurement.says_met:
        return Outcome.MET, (Judged(limit=limit, outcome=Outcome.MET),)
    match indicator.no_data:
        case NoData.MET | NoData.MISSED:
            outcome = Outcome.MET if indicator.no_data is NoData.MET else Outcome.MISSED
            reason = f"nothing was measured, which the terms count as {outcome.value}"
            return outcome, (Undetermined(reason=reason), Judged(limit=limit, outcome=outcome, season=season))
        case NoData.PREVIOUS:
            reason = "nothing was measured, and there is no previous level to take"
        case NoData.UNDETERMINED:
            reason = "nothing was measured, which the terms leave undetermined"
        case None:
            reason = "nothing was measured, and the terms do not say what that counts as"
    return Outcome.UNDETERMINED, (Undetermined(reason=reason),)


def _finality(settled: bool, final: Instant | None, as_of: Instant) -> Finality:
    return Finality.FINAL if settled and final is not None and final <= as_of else Finality.PROVISIONAL


def _finality_of(terms: Terms, steps: Sequence[ClaimStep], measurement: Measurement) -> Instant | None:
    # A delivery may be due, and its claim over, before the period begins that it is counted in.
    unclaimed = standing(steps, (), claim_starts(measurement), -FAR_AWAY)
    final = final_from(terms.settlement, measurement.period.end, unclaimed)
    return final if final is None or measurement.facts_until is None else max(final, measurement.facts_until)


def _margins(
    indicator: Indicator,
    credit: BandCredit | None,
    bonus: BandCredit | None,
    measurement: Measurement,
    limit: Limit,
    outcome: Outcome,
) -> tuple[tuple[Margin, ...], Margin | None]:
    """What would have changed the answer: the nearest change of the level each way, in its own units.

    Last of all, and by itself, the change to the other side of the promise; it is among the others once only.
    """
    level = measurement.level
    what = _what(indicator)
    if level is None or outcome is Outcome.UNDETERMINED or indicator.round is not None or what is None:
        return (), None
    edges = [limit, *(edge for table in (credit, bonus) if table is not None for edge in limits_of(table.bands))]
    margins = _changes(indicator, what, level, edges, _answer(limit, credit, bonus))
    to_promise = next(iter(_changes(indicator, what, level, [limit], _answer(limit, None, None))), None)
    if to_promise is not None and all(replace(item, towards=to_promise.towards) != to_promise for item in margins):
        margins.append(to_promise)
    return tuple(margins), to_promise


def _changes(
    indicator: Indicator, what: str, level: Level, edges: Sequence[Limit], answer: Callable[[Level], str]
) -> list[Margin]:
    margins: list[Margin] = []
    for less in (True, False):
        change = nearest_change(level, edges, answer, less=less)
        if change is None or (
            level.unit is Unit.PERCENT and not less and level.numerator + change[0] > level.denominator
        ):
            continue
        units, towards = change
        is_time = isinstance(indicator, Availability | CheckedAvailability | TimeShare | Elapsed | DeliveryTime)
        # Less up time is more down time; less of an elapsed time, a count or a bad share is less of it.
        is_good_share = level.unit is Unit.PERCENT and not _is_share_of_bad(indicator)
        worse = less if is_good_share else not less
        margins.append(
            Margin(
                direction="more" if worse else "less",
                what=what,
                towards=towards,
                microseconds=units if is_time else None,
                count=None if is_time else units,
            )
        )
    return margins


def _is_share_of_bad(indicator: Indicator) -> bool:
    """Whether less of the level is better: a share of what went wrong."""
    match indicator:
        case Share() | DeliveryShare():
            return not indicator.good
        case Ratio() | IntervalMean():
            return indicator.share_of == "errors"
        case _:
            return False


def _answer(limit: Limit, credit: BandCredit | None, bonus: BandCredit | None) -> Callable[[Level], str]:
    def answer(level: Level) -> str:
        met = limit.holds(level)
        earned = rows_for(bonus, level, limit).hit if met and bonus is not None else None
        if earned is not None:
            return f"row {earned.row} of the bonus"
        if credit is None or (met and credit.pays == "only_when_missed"):
            return "met" if met else "missed"
        hit = rows_for(credit, level, limit).hit
        return f"row {hit.row}" if hit is not None else ("met" if met else "no row")

    return answer


def _what(indicator: Indicator) -> str | None:
    match indicator:
        case Availability() | CheckedAvailability():
            # So much more or less time down says nothing where it is counted in whole minutes or by what it hit.
            counted = isinstance(indicator, Availability) and (indicator.whole_minutes or indicator.weights)
            return None if counted else "downtime"
        case TimeShare():
            return "time outside"
        case Elapsed():
            return "time" if indicator.origin == "incidents" else "downtime"
        case DeliveryShare():
            return "deliveries on the bad side" if indicator.weighted_by == "count" else None
        case DeliveryTime():
            return "delay" if indicator.days is None else None
        case Ratio():
            return "failures"
        case Share():
            return "late incidents" if indicator.good else "incidents on the bad side"
        case Points():
            return "points"
        case Sample():
            return "defects"
        case Occurrences():
            return "occurrences"
        case _:
            return None
