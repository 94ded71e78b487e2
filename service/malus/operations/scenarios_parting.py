"""Owns where an answer and an expectation part: the row, the cap, the claim or the verdict that made the figure.

Does not own: whether they differ (scenarios_compared). Everything is read off the explanation; nothing is judged again.
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.model.agreement import Terms
from malus.model.assessment import ServiceCredit, Verdict
from malus.model.clauses import Clause
from malus.model.credits import BandCredit
from malus.model.explanation import (
    BaseSum,
    BlocksPay,
    CapCut,
    CountTimes,
    Explanation,
    Lapsed,
    Measured,
    NotPaidBelow,
    RateTimes,
    RowHit,
    Step,
    Undetermined,
)
from malus.model.money import Money, money_text
from malus.model.paying_steps import LostTime, PaidAs
from malus.model.quantities import Outcome, level_text, limit_text
from malus.operations.render_steps import step_text
from malus.operations.render_words import amount_text, percent_text


def parting(
    verdicts: Sequence[Verdict],
    credits: Sequence[ServiceCredit],
    wanted: Money | None,
    terms: Sequence[Terms],
    zone: str,
) -> str:
    """Where a credit and the amount that was expected of it part, in a sentence; empty where several credits differ.

    Names the clause, its line and its article. `wanted` (None: not asked) is looked for among the other rows.
    """
    if len(credits) == 1:
        place, told = _of_credit(credits[0], wanted, terms, zone)
        return f"they part at {place}: {told}"
    if not credits and len(verdicts) == 1:
        explanation = verdicts[0].explanation
        return f"they part at {_place(explanation)}: {_of_verdict(verdicts[0])}"
    return ""


def _of_credit(credit: ServiceCredit, wanted: Money | None, terms: Sequence[Terms], zone: str) -> tuple[str, str]:
    explanation = credit.explanation
    steps, here = explanation.steps, _place(explanation)
    lapsed = next((step for step in steps if isinstance(step, Lapsed)), None)
    if lapsed is not None and wanted == lapsed.before:
        return here, step_text(lapsed, zone)
    cuts = [step for step in steps if isinstance(step, CapCut) and step.cut.amount]
    if cuts and wanted is not None and wanted in (credit.before_cap, cuts[0].before):
        cut = cuts[0]
        return here, f"the cap `{cut.cap}` ({cut.source}) takes {amount_text(cut.cut)} off {amount_text(cut.before)}"
    least = next((step for step in steps if isinstance(step, NotPaidBelow)), None)
    if least is not None:
        return here, step_text(least, zone)
    row = next((step for step in steps if isinstance(step, RowHit)), None)
    if row is not None:
        return _place(explanation, table_row=(row.row, _line_of(explanation, row, terms))), _of_row(
            credit, row, wanted, terms, zone
        )
    if credit.pending_on:
        return here, f"it waits for {credit.pending_on}"
    sums = _paying(steps)
    return here, step_text(sums[-1], zone) if sums else f"it is {credit.state.value}"


def _paying(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if isinstance(step, CountTimes | RateTimes | BlocksPay | LostTime)]


def _of_row(credit: ServiceCredit, hit: RowHit, wanted: Money | None, terms: Sequence[Terms], zone: str) -> str:
    steps = credit.explanation.steps
    # Where rows are looked up by another indicator, its level is measured last.
    measured = next((step for step in reversed(steps) if isinstance(step, Measured)), None)
    level = "the level" if measured is None else level_text(measured.rounded or measured.level)
    table = _table(credit.explanation, terms, next((step for step in steps if isinstance(step, PaidAs)), None))
    band = next((band for band in table.bands if band.row == hit.row), None) if table else None
    if table is None or band is None:
        return f"{level} falls in it"
    pays = percent_text(band.rate) if band.rate is not None else money_text(band.amount) if band.amount else "nothing"
    if band.slope is not None:
        return f"{level}: {step_text(_paying(steps)[-1], zone)}"
    told = f"{level} pays {pays}"
    base = next((step for step in steps if isinstance(step, BaseSum)), None)
    if wanted is None:
        return told
    for other in table.bands:
        paid = base.total.times(other.rate) if base is not None and other.rate is not None else other.amount
        if other.row != hit.row and paid == wanted:
            rate = f" ({percent_text(other.rate)})" if other.rate is not None else ""
            return f"{told}; {amount_text(wanted)} would be row {other.row}{rate}"
    return told if base is None else f"{told} of {money_text(base.total)}"


def _table(explanation: Explanation, terms: Sequence[Terms], paid_as: PaidAs | None = None) -> BandCredit | None:
    """The table of a clause, as it stands for the subject where rows differ by it."""
    for text in terms:
        if text.effective.isoformat() == explanation.terms_effective:
            clauses: list[Clause] = [clause for clause in text.clauses if clause.name == explanation.clause]
            if clauses and isinstance(clauses[0].credit, BandCredit):
                credit = clauses[0].credit
                if paid_as is None:
                    return credit
                return credit.paid_to(paid_as.subject, text.subjects.class_of(paid_as.subject))
    return None


def _of_verdict(verdict: Verdict) -> str:
    unsure = next((step for step in verdict.explanation.steps if isinstance(step, Undetermined)), None)
    if verdict.outcome is Outcome.UNDETERMINED and unsure is not None:
        return unsure.reason + (f": {', '.join(unsure.named)}" if unsure.named else "")
    if verdict.level is None:
        kept = verdict.outcome is Outcome.MET
        return f"nothing gave a level, which the terms take for {'kept, so no credit follows' if kept else 'missed'}"
    level = level_text(verdict.level)
    limit = "" if verdict.limit is None else f" {limit_text(verdict.limit)}"
    if verdict.outcome is Outcome.MET:
        return f"{level} keeps the promise of{limit}, so no credit follows"
    return f"{level} breaks the promise of{limit}"


def _line_of(explanation: Explanation, hit: RowHit, terms: Sequence[Terms]) -> int:
    table = _table(explanation, terms)
    return next((band.line for band in table.bands if band.row == hit.row), 0) if table else 0


def _place(explanation: Explanation, table_row: tuple[int, int] | None = None) -> str:
    row, line = ("", explanation.line) if table_row is None else (f", row {table_row[0]}", table_row[1])
    at = f"line {line}, " if line else ""
    return f"{explanation.clause}{row} ({at}{explanation.source})"
