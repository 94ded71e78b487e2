"""Owns the text of an assessment: a line for each period, or each explained, and what stands beside them.

Start here. Does not own: the lines of an explained period (render_explained), the sentence of a step
(render_steps), the form for programs (render_json). Nothing is judged again: the figures are the answer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from malus.model.assessment import (
    Assessment,
    Bonus,
    CreditState,
    EarnBack,
    Escalation,
    EventRemark,
    NearMiss,
    ObligationDue,
    ObligationState,
    Right,
    RightState,
    ServiceCredit,
    StepState,
    Verdict,
)
from malus.model.explanation import Step, Window
from malus.model.money import Money, money_text, zero
from malus.model.periods import Period
from malus.model.quantities import Outcome, level_text
from malus.operations.render_bonuses import beside_all, beside_total, bonus_text
from malus.operations.render_explained import credit_state_text, explained_period, sum_of, total_is_final
from malus.operations.render_steps import reached_text, step_text, window_fact_text
from malus.operations.render_words import (
    amount_text,
    counted,
    last_moment_text,
    listed,
    moment_text,
    occasion_text,
    spoken,
)

#: As many kinds of remarks of one agreement as are shown one by one.
REMARKS_SHOWN = 20


def assessment_text(assessment: Assessment, *, explain: bool = False, full: bool = False) -> str:
    """An assessment as a person reads it: the heading, its periods, then rights, deadlines and remarks.

    A period is one line with its money, or explained clause by clause with `explain`, or with every step of
    the arithmetic with `full`. Times are civil, in the agreement's zone. Ends with a line feed.
    """
    shown = periods_of(assessment)
    lines = [_heading(assessment)]
    for period in shown:
        if explain or full:
            lines += ["", *explained_period(assessment, period, full=full)]
        else:
            lines.append(_period_line(assessment, period))
    if not shown:
        lines.append("  no period has begun")
    if (explain or full) and shown:
        lines.append("")
    zone = assessment.timezone
    for bonus in assessment.bonuses:
        lines += [f"  {bonus_text(bonus)}", *_steps(bonus, zone, full=full)]
    for returned in assessment.earn_backs:
        lines += _returned_lines(returned, zone, full=full)
    for right in assessment.rights:
        lines += _right_lines(right, zone, full=full)
    for obligation in assessment.obligations:
        lines += _obligation_lines(obligation, zone, full=full)
    lines += _ladder_lines(assessment.escalations, zone, full=full)
    for duty in assessment.missed_duties:
        done = "not done" if duty.done_at is None else f"done {moment_text(duty.done_at, zone)}"
        until = last_moment_text(duty.due_until, zone)
        lines.append(f"  customer's duty missed: {duty.duty} {duty.subject}, {duty.source}: by {until}, {done}")
    for near in assessment.nearly:
        if full or _is_begun(near):
            lines += near_lines(near, zone, full=full)
    lines += remark_lines(assessment.remarks)
    return "\n".join(lines) + "\n"


def closing_text(assessments: Sequence[Assessment]) -> str:
    """What many assessments come to, by currency: one line each, the agreements counted; empty for a single one."""
    if len(assessments) < 2:
        return ""
    lines = []
    for currency in sorted({item.currency for item in assessments}):
        those = [item for item in assessments if item.currency == currency]
        settled, accruing, waiting = _sums([credit for item in those for credit in item.credits], currency)
        paying = sum(any(credit.amount and credit.amount.amount for credit in item.credits) for item in those)
        parts = [f"{counted(len(those), 'agreement')}, {paying:,} with credits", f"total {money_text(settled)}"]
        parts += beside_all([bonus for item in those for bonus in item.bonuses], currency)
        lines.append("  ".join([*parts, *_beside(accruing, waiting)]))
    return "\n".join(lines) + "\n"


def periods_of(assessment: Assessment) -> tuple[Period, ...]:
    """Every period that the assessment speaks of, each once, by start and then by length."""
    seen = {item.period for item in assessment.verdicts} | {item.period for item in assessment.credits}
    return tuple(sorted(seen, key=lambda period: (period.start, period.end)))


def remark_lines(remarks: Sequence[EventRemark]) -> list[str]:
    """What became of events that judged nothing: each reason once, with the first event and how many there are."""
    alike: dict[tuple[str, str], list[EventRemark]] = {}
    for remark in remarks:
        alike.setdefault((remark.reason, remark.message), []).append(remark)
    lines = []
    for (reason, message), those in list(alike.items())[:REMARKS_SHOWN]:
        first = those[0]
        place = f" ({first.evidence})" if first.evidence not in ("", first.event) else ""
        others = f" and {counted(len(those) - 1, 'other')}" if len(those) > 1 else ""
        lines.append(f"  remark[{reason}] {first.event}{place}{others}: {message}")
    rest: dict[str, int] = {}
    for (reason, _), those in list(alike.items())[REMARKS_SHOWN:]:
        rest[reason] = rest.get(reason, 0) + len(those)
    return lines + [f"  remark[{reason}] {counted(count, 'more event')}" for reason, count in rest.items()]


def near_lines(near: NearMiss, zone: str, *, full: bool) -> list[str]:
    """A right or window that has not fired and how near it is; with `full` each reason has its own line."""
    if full:
        steps = [line for step in near.explanation.steps for line in _told(step, zone)]
        return [
            f"  {near.clause}{_for(near.subject)}, {near.source}, did not arise:",
            *(f"    - {text}" for text in steps),
        ]
    short = [
        reached_text(step) if isinstance(step, Window) else step_text(step, zone) for step in near.explanation.steps
    ]
    return [f"  nearly: {near.clause}{_for(near.subject)}, {near.source}: {'; '.join(short)}"]


def _for(subject: str) -> str:
    return f" for {subject}" if subject else ""


def _told(step: Step, zone: str) -> list[str]:
    if not isinstance(step, Window):
        return [step_text(step, zone)]
    return [reached_text(step), *(window_fact_text(fact) for fact in step.facts)]


def _is_begun(near: NearMiss) -> bool:
    """Whether any fact counts yet: what has not begun is not near."""
    windows = [step for step in near.explanation.steps if isinstance(step, Window)]
    return not windows or any(step.reached for step in windows)


def _heading(assessment: Assessment) -> str:
    settled, accruing, waiting = _sums(assessment.credits, assessment.currency)
    amounts = [item.amount for item in assessment.earn_backs if item.amount is not None]
    returned = sum(amounts, zero(assessment.currency))
    terms = ", ".join(effective for effective, _ in assessment.terms) or "none in force"
    zone = assessment.timezone
    known = "" if assessment.known_at is None else f", as known {moment_text(assessment.known_at, zone)}"
    parts = [
        assessment.agreement,
        f"as of {moment_text(assessment.as_of, zone)} {zone}{known}",
        f"terms {terms}",
        f"total {money_text(settled + returned)}",
        *beside_total(assessment, settled + returned),
    ]
    return "  ".join([*parts, *_beside(accruing, waiting)])


def _sums(credits_here: Sequence[ServiceCredit], currency: str) -> tuple[Money, Money, int]:
    """What credits come to, what is accruing beside that, and how many are pending."""
    accruing = [item for item in credits_here if item.state is CreditState.ACCRUING]
    settled = [item for item in credits_here if item.state is not CreditState.ACCRUING]
    waiting = sum(item.state is CreditState.PENDING for item in credits_here)
    return sum_of(settled, currency), sum_of(accruing, currency), waiting


def _beside(accruing: Money, waiting: int) -> list[str]:
    parts = [f"accruing {money_text(accruing)}"] if accruing.amount else []
    return [*parts, f"{counted(waiting, 'credit')} pending"] if waiting else parts


def _period_line(assessment: Assessment, period: Period) -> str:
    verdicts = [item for item in assessment.verdicts if item.period == period]
    credits_here = [item for item in assessment.credits if item.period == period]
    parts = _verdict_words(verdicts)
    parts += _state_words(credits_here, assessment.timezone)
    if not total_is_final(verdicts, credits_here):
        parts.append("provisional")
    amount = amount_text(sum_of(credits_here, assessment.currency)).rjust(14)
    return f"  {period.label.ljust(10)} {amount} {assessment.currency}  {'; '.join(parts)}".rstrip()


def _state_words(credits_here: Sequence[ServiceCredit], zone: str) -> list[str]:
    """Where credits of a period stand that are not simply due, with their clauses where these differ."""
    clauses: dict[str, list[str]] = {}
    for item in credits_here:
        is_nothing = item.before_cap is not None and not item.before_cap.amount
        if item.state is not CreditState.DUE and not is_nothing:
            clauses.setdefault(credit_state_text(item, zone), []).append(item.key.clause)
    every = {item.key.clause for item in credits_here}
    return [
        state if set(named) == every and len(clauses) == 1 else f"{', '.join(dict.fromkeys(named))} {state}"
        for state, named in clauses.items()
    ]


def _verdict_words(verdicts: Sequence[Verdict]) -> list[str]:
    words: list[str] = []
    for outcome in (Outcome.MISSED, Outcome.UNDETERMINED):
        of_clause: dict[str, list[Verdict]] = {}
        for verdict in verdicts:
            if verdict.outcome is outcome:
                of_clause.setdefault(verdict.clause, []).append(verdict)
        named = [_clause_words(clause, missed, verdicts) for clause, missed in of_clause.items()]
        if named:
            words.append(f"{outcome.value} {', '.join(named)}")
    return words or (["all met"] if verdicts else ["nothing judged"])


def _clause_words(clause: str, these: Sequence[Verdict], verdicts: Sequence[Verdict]) -> str:
    if these[0].subject:
        return f"{clause} {len(these)} of {sum(item.clause == clause for item in verdicts)}"
    level = these[0].level
    return clause if level is None else f"{clause} {level_text(level)}"


def _right_lines(right: Right, zone: str, *, full: bool) -> list[str]:
    match right.state:
        case RightState.CURING:
            until = f"remedy by {last_moment_text(right.cure_until, zone)}" if right.cure_until else "curing"
        case RightState.OPEN:
            until = (
                f"open, exercise by {last_moment_text(right.exercise_until, zone)}"
                if right.exercise_until
                else "open, without an end"
            )
        case RightState.FORFEITED:
            until = "forfeited" + (
                f", not exercised by {last_moment_text(right.exercise_until, zone)}" if right.exercise_until else ""
            )
        case RightState.EXERCISED:
            until = "exercised" + (
                f", the service ends {moment_text(right.ends_service_at, zone)}" if right.ends_service_at else ""
            )
        case RightState.CURED | RightState.WAIVED:
            until = right.state.value
        case _:
            assert_never(right.state)
    line = (
        f"  right: {spoken(right.kind)} by the {right.holder}"
        f"{_for(right.key.subject)} ({right.key.clause}, {right.explanation.source})"
        f" arose {moment_text(right.arisen_at, zone)}: {until}"
    )
    return [line, *_steps(right, zone, full=full)]


def _returned_lines(returned: EarnBack, zone: str, *, full: bool) -> list[str]:
    amount = "pending" if returned.amount is None else money_text(returned.amount)
    waits = f": waits for {returned.pending_on}" if returned.pending_on else ""
    line = (
        f"  earn-back: {amount}, credit of {returned.period.label}{_for(returned.key.subject)}"
        f" ({returned.key.clause}, {returned.explanation.source}): {returned.state.value}{waits}"
    )
    return [line, *_steps(returned, zone, full=full)]


def _obligation_lines(obligation: ObligationDue, zone: str, *, full: bool) -> list[str]:
    until = last_moment_text(obligation.due_until, zone)
    state = f"due by {until}"
    if obligation.state is ObligationState.FULFILLED and obligation.fulfilled_at is not None:
        state = f"fulfilled {moment_text(obligation.fulfilled_at, zone)} (due by {until})"
    elif obligation.state is ObligationState.MISSED:
        state = f"missed, was due by {until}"
    line = (
        f"  obligation: {obligation.deliver} by the {obligation.by}"
        f"{_for(obligation.key.subject)} ({obligation.key.clause}, {obligation.explanation.source}): {state}"
    )
    return [line, *_steps(obligation, zone, full=full)]


def _ladder_lines(escalations: Sequence[Escalation], zone: str, *, full: bool) -> list[str]:
    """The steps still to come and, with `full`, those that were raised; otherwise these are counted."""
    lines: list[str] = []
    raised = [item for item in escalations if item.state is StepState.RAISED]
    for item in escalations:
        if not full and item.state is StepState.RAISED:
            continue
        about = item.key.subject or occasion_text(item.key.occasion, zone)
        lines.append(
            f"  escalation {item.state.value}: {item.key.clause} step {item.step}, {about}:"
            f" {moment_text(item.due_at, zone)}, {item.notify} by {listed(item.by)}"
        )
        lines += _steps(item, zone, full=full)
    if raised and not full:
        last = max(raised, key=lambda item: item.due_at)
        when = moment_text(last.due_at, zone)
        lines.append(f"  {counted(len(raised), 'escalation step')} raised, the last {when}")
    return lines


def _steps(remedy: Bonus | EarnBack | Right | ObligationDue | Escalation, zone: str, *, full: bool) -> list[str]:
    if not full:
        return []
    return [f"    - {line}" for step in remedy.explanation.steps for line in _told(step, zone)]
