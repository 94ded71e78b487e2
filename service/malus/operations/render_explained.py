"""Owns the explained period: what each clause comes to, line by line, up to a total that a clerk can re-add.

Does not own: the sentence of a step (render_steps), rights and what is near (render), or any judging: the
figures are the assessment's own, and the lines of a period add up to its total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from malus.model.assessment import Assessment, CreditState, Finality, ServiceCredit, Verdict
from malus.model.explanation import (
    BlocksPay,
    CapCut,
    CountTimes,
    Explanation,
    Lapsed,
    Margin,
    RateTimes,
    RowHit,
    Step,
    TimeExcluded,
    Undetermined,
)
from malus.model.money import Money, money_text, zero
from malus.model.paying_steps import LostTime
from malus.model.periods import Period
from malus.model.quantities import Outcome, limit_text
from malus.operations.render_measured import excluded_text
from malus.operations.render_steps import cap_limit_text, lost_time_text, margin_text, rate_text, step_text
from malus.operations.render_words import (
    amount_text,
    counted,
    last_moment_text,
    level_exactly,
    listed,
    moment_text,
    occasion_text,
)

_AMOUNT_WIDTH = 14
_INDENT = " " * (_AMOUNT_WIDTH + 2)


def explained_period(assessment: Assessment, period: Period, *, full: bool) -> list[str]:
    """The lines of one period: a heading with the total, then each clause, cap and loss, then what is open.

    `full` adds every step beneath its clause. Credits that are equal in their arithmetic (three incidents at
    250.00) share a line. Amounts before caps, less what caps and lapses took, make the total.
    """
    verdicts = [item for item in assessment.verdicts if item.period == period]
    credits_here = [item for item in assessment.credits if item.period == period]
    told = [item.explanation for item in verdicts] + [item.explanation for item in credits_here]
    effective = sorted({explanation.terms_effective for explanation in told})
    total = sum_of(credits_here, assessment.currency)
    open_still = "" if total_is_final(verdicts, credits_here) else "  provisional"
    terms = f"terms {', '.join(effective)}"
    lines = [f"{assessment.agreement} {period.label}  {terms}  total {money_text(total)}{open_still}"]
    keys = [item.key for item in credits_here]
    paid_for = {(key.clause, key.subject, incident) for key in keys for incident in ("", key.occasion)}
    for alike in _alike(credits_here):
        lines += _credit_lines(assessment, alike, verdicts, full=full)
    lines += _reductions(credits_here, assessment)
    unpaid = [item for item in verdicts if item.owed_under not in paid_for]
    kept = [item for item in unpaid if item.subject and item.outcome is Outcome.MET and not full]
    lines += _kept_lines(kept, verdicts)
    for verdict in unpaid:
        if full or not (verdict.subject and verdict.outcome is Outcome.MET):
            lines += _verdict_lines(verdict, assessment.timezone, full=full)
    return lines


def sum_of(credits_here: Iterable[ServiceCredit], currency: str) -> Money:
    """What credits come to after caps; those still pending count nothing."""
    amounts = (item.amount.amount for item in credits_here if item.amount is not None)
    return Money(amount=sum(amounts, Fraction(0)), currency=currency)


def total_is_final(verdicts: Iterable[Verdict], credits_here: Iterable[ServiceCredit]) -> bool:
    """Whether nothing of a period can change any more."""
    standing = [item.finality for item in verdicts] + [item.finality for item in credits_here]
    return all(finality is Finality.FINAL for finality in standing)


def credit_state_text(item: ServiceCredit, zone: str) -> str:
    """Where a credit stands, with the date that matters: `claim by 2026-07-30, end of the day`."""
    match item.state:
        case CreditState.CLAIM_OPEN:
            return f"claim by {last_moment_text(item.claim_until, zone)}" if item.claim_until else "claim open"
        case CreditState.LAPSED:
            lapses = [step for step in item.explanation.steps if isinstance(step, Lapsed)]
            named = [f": no {step.step} by {last_moment_text(step.last_instant, zone)}" for step in lapses]
            return "lapsed" + "".join(named[:1])
        case CreditState.PENDING:
            return f"pending: waits for {item.pending_on}"
        case CreditState.ACCRUING:
            return "accruing: if nothing more happens"
        case CreditState.DUE:
            return "due"
        case CreditState.CHOICE_PENDING:
            until = f", by {last_moment_text(item.choice_until, zone)}" if item.choice_until else ""
            return f"waits for {item.pending_on}{until}"
        case CreditState.DISPUTED:
            return "disputed: held until that is over"
        case CreditState.SETTLED:
            return "settled"
        case CreditState.REDUCED_TO_ZERO:
            return "reduced to zero: another option is paid"


def _alike(credits_here: Sequence[ServiceCredit]) -> list[list[ServiceCredit]]:
    """Credits whose lines would read the same: of one clause, state and arithmetic."""
    groups: dict[tuple[object, ...], list[ServiceCredit]] = {}
    for item in credits_here:
        pays = tuple(step for step in item.explanation.steps if isinstance(step, CountTimes))
        own = () if pays and item.key.subject else (item.key.subject, item.key.occasion, item.key.slot)
        key = (item.key.clause, item.key.slot, item.state, item.pending_on, item.claim_until, pays, own)
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _credit_lines(
    assessment: Assessment, alike: Sequence[ServiceCredit], verdicts: Sequence[Verdict], *, full: bool
) -> list[str]:
    first = alike[0]
    verdict = next((item for item in verdicts if first.key.is_of(item)), None)
    steps = _joined(verdict.explanation if verdict is not None else None, first.explanation)
    row = next((f" row {step.row}" for step in steps if isinstance(step, RowHit)), "")
    how = [] if verdict is None or verdict.level is None or len(alike) > 1 else [level_exactly(verdict.level)]
    how += _arithmetic(alike, steps)
    subjects = tuple(_subject_text(item) for item in alike if item.key.subject)
    named = f" ({listed(subjects)})" if subjects else ""
    before = [item.before_cap for item in alike if item.before_cap is not None]
    amount = amount_text(_added(before, assessment.currency)) if before else "pending"
    heading = _line(amount, f"{first.key.clause}{row}, {first.explanation.source}", "; ".join(how) + named)
    lines = [heading]
    if not full:
        lines += [_INDENT + excluded_text(step) for step in steps if isinstance(step, TimeExcluded)]
    if first.state not in (CreditState.DUE, CreditState.LAPSED):
        lines.append(_INDENT + credit_state_text(first, assessment.timezone))
    if full:
        for item in alike:
            if len(alike) > 1:
                lines.append(f"{_INDENT}{_subject_text(item)}:")
            own = next((entry for entry in verdicts if item.key.is_of(entry)), None)
            told = _joined(own.explanation if own is not None else None, item.explanation)
            lines += [f"{_INDENT}- {step_text(step, assessment.timezone)}" for step in told]
    return lines


def _subject_text(item: ServiceCredit) -> str:
    """The subject of a credit, and the incident where it is for one of a listed subject: `delft INC-7`."""
    incident = item.key.occasion
    of_an_incident = incident != item.key.subject and occasion_text(incident, "UTC") == incident
    return f"{item.key.subject} {incident}" if of_an_incident else item.key.subject


def _joined(verdict: Explanation | None, credit: Explanation) -> tuple[Step, ...]:
    """The steps of a verdict and of its credit, each once, in the order in which a person works them out."""
    told = verdict.steps if verdict is not None else ()
    margins = tuple(step for step in told if isinstance(step, Margin))
    return tuple(dict.fromkeys((*(step for step in told if not isinstance(step, Margin)), *credit.steps, *margins)))


def _arithmetic(alike: Sequence[ServiceCredit], steps: Sequence[Step]) -> list[str]:
    texts: list[str] = []
    for step in steps:
        match step:
            case RateTimes():
                texts.append(rate_text(step))
            case CountTimes():
                count = step.count * len(alike)
                texts.append(f"{counted(count, step.what)} x {amount_text(step.each)}")
            case BlocksPay():
                texts.append(f"{counted(step.blocks, 'block')} x {amount_text(step.each)}")
            case LostTime():
                texts.append(lost_time_text(step))
            case _:
                pass
    return texts


def _reductions(credits_here: Sequence[ServiceCredit], assessment: Assessment) -> list[str]:
    """What caps and lapses took off the amounts before caps, and what rounding after caps changed."""
    currency = assessment.currency
    lines: list[str] = []
    cuts: dict[str, list[CapCut]] = {}
    lapsed: list[Lapsed] = []
    for item in credits_here:
        for step in item.explanation.steps:
            if isinstance(step, CapCut) and step.cut.amount:
                cuts.setdefault(step.cap, []).append(step)
            if isinstance(step, Lapsed):
                lapsed.append(step)
    taken = zero(currency)
    for cap, steps in cuts.items():
        cut = _added([step.cut for step in steps], currency)
        taken += cut
        limits = dict.fromkeys(f"{amount_text(step.wanted)} > {cap_limit_text(step)}" for step in steps)
        used = dict.fromkeys(f"{amount_text(step.used)} used before" for step in steps if step.used.amount)
        what = "; ".join((*limits, *used))
        lines.append(_line(f"-{amount_text(cut)}", f"{cap} cap, {steps[0].source}", what))
    for lapse in lapsed:
        if lapse.before.amount:
            taken += lapse.before - lapse.result
            until = last_moment_text(lapse.last_instant, assessment.timezone)
            lines.append(_line(f"-{amount_text(lapse.before - lapse.result)}", "lapsed", f"no {lapse.step} by {until}"))
    settled = [item for item in credits_here if item.amount is not None and item.before_cap is not None]
    before = _added([item.before_cap for item in settled if item.before_cap is not None], currency)
    rest = sum_of(settled, currency) - (before - taken)
    if rest.amount:
        lines.append(_line(amount_text(rest), "rounded after caps", ""))
    return lines


def _kept_lines(kept: Sequence[Verdict], verdicts: Sequence[Verdict]) -> list[str]:
    """Subjects that kept a promise, by clause: there may be thousands of them."""
    of_clause: dict[tuple[str, str], list[str]] = {}
    for verdict in kept:
        of_clause.setdefault((verdict.clause, verdict.explanation.source), []).append(verdict.subject)
    return [
        _line("met", f"{clause}, {source}", f"{len(names)} of {in_all} ({listed(tuple(names))})")
        for (clause, source), names in of_clause.items()
        for in_all in (sum(item.clause == clause for item in verdicts),)
    ]


def _verdict_lines(verdict: Verdict, zone: str, *, full: bool) -> list[str]:
    """A verdict that has no credit: met, missed without money, or undetermined with its reasons."""
    level = level_exactly(verdict.level) if verdict.level is not None else "no level"
    limit = f", {limit_text(verdict.limit)}" if verdict.limit is not None else ""
    subject = f" {verdict.subject}" if verdict.subject else ""
    steps = verdict.explanation.steps
    why = [step_text(step, zone) for step in steps if isinstance(step, Undetermined)]
    if verdict.outcome is Outcome.UNDETERMINED:
        what = "; ".join(why) or "no reason given"
    else:
        margins = [margin_text(step) for step in steps if isinstance(step, Margin)]
        what = "; ".join((f"{level}{limit}", *why, *margins[:1]))
    lines = [_line(verdict.outcome.value, f"{verdict.clause}{subject}, {verdict.explanation.source}", what)]
    if full:
        lines += [f"{_INDENT}- {step_text(step, zone)}" for step in steps]
        if verdict.finality is Finality.PROVISIONAL and verdict.final_from is not None:
            lines.append(f"{_INDENT}- provisional until {moment_text(verdict.final_from, zone)}")
    return lines


def _added(amounts: Iterable[Money], currency: str) -> Money:
    return Money(amount=sum((item.amount for item in amounts), Fraction(0)), currency=currency)


def _line(amount: str, name: str, what: str) -> str:
    return f"{amount.rjust(_AMOUNT_WIDTH)}  {name.ljust(34)}  {what}".rstrip()
