"""Owns what a question adds to the ledger: an agreement judged as of a moment, and the decisions that are new by it.

Does not own: the judgement, when a decision is written (evaluation.deciding), or the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from malus.evaluation.deciding import decided, next_transition
from malus.model.assessment import Assessment, RemedyKey
from malus.model.calendars import HorizonFault
from malus.model.decisions import Decision, Reason
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.instants import Instant, utc_text
from malus.model.ledger_values import AgreementClock
from malus.operations.catalogue import ServedAgreement
from malus.operations.ports import Judge, LedgerWriting


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAgain:
    """The answer, and what it adds to the decisions that stand."""

    assessment: Assessment
    decisions: tuple[Decision, ...]


def judge_again(
    writing: LedgerWriting,
    served: ServedAgreement,
    *,
    before: Sequence[Event],
    events: Sequence[Event],
    as_of: Instant,
    judge: Judge,
) -> JudgedAgain:
    """Judge an agreement by its events, those before and the new ones, and move its clock to `as_of`.

    A revision's reason is `terms_changed` where the text that the one before was made under is another now,
    `time_passed` where it would have come without the new events too, and `new_facts` else. Keeps the text of terms
    that decisions use; the decisions themselves are the caller's to add, last of all.
    Raises MalusError `beyond-horizon`, `agreement-not-serving`.
    """
    clock = writing.clock_of(served.name)
    latest = writing.latest_decisions(served.name)
    assessment = judged(judge, served, events, as_of=as_of)
    decisions = decided(assessment, latest, Reason.NEW_FACTS)
    if decisions and len(events) == len(before):
        by_time = decisions
    elif decisions and clock is not None and clock.next_transition is not None and clock.next_transition <= as_of:
        by_time = decided(judged(judge, served, before, as_of=as_of), latest, Reason.TIME_PASSED)
    else:
        by_time = []
    passed = {(item.key, item.content, item.withdrawn) for item in by_time}
    decisions = [replace(item, reason=_reason(item, latest, passed)) for item in decisions]
    writing.keep_terms({name: served.texts[name] for item in decisions for _, name in item.terms})
    writing.set_clock(served.name, AgreementClock(as_of=as_of, next_transition=next_transition(assessment)))
    return JudgedAgain(assessment=assessment, decisions=tuple(decisions))


def judged(
    judge: Judge, served: ServedAgreement, events: Sequence[Event], *, as_of: Instant, known_at: Instant | None = None
) -> Assessment:
    """The assessment; MalusError `beyond-horizon`, `rival-corrections` or `agreement-not-serving` where none is."""
    try:
        return judge(served.terms, events, as_of=as_of, known_at=known_at)
    except HorizonFault as fault:
        raise MalusError("beyond-horizon", f"{served.name}: {fault}", {"agreement": served.name}) from fault
    except MalusError as fault:
        if fault.reason == "rival-corrections":
            raise
        raise MalusError("agreement-not-serving", fault.message, {"agreement": served.name}) from fault


def moment_for(now: Instant, clock: AgreementClock | None) -> Instant:
    """The moment to judge for where none was asked for: now, and never behind an agreement's clock."""
    return now if clock is None else max(now, clock.as_of)


def check_not_past(agreement: str, as_of: Instant, clock: AgreementClock | None) -> None:
    """Raise MalusError `as-of-in-the-past` where a moment lies before an agreement's clock."""
    if clock is not None and as_of < clock.as_of:
        asked, stands = utc_text(as_of), utc_text(clock.as_of)
        raise MalusError(
            "as-of-in-the-past",
            f"{agreement} was judged as of {stands} already, so not as of {asked} any more: ask for a later moment",
            {"agreement": agreement, "as_of": asked, "ledger_clock": stands},
        )


def _reason(
    decision: Decision, latest: Mapping[RemedyKey, Decision], passed: set[tuple[RemedyKey, str, bool]]
) -> Reason:
    before = latest.get(decision.key)
    if before is None:
        return Reason.FIRST
    now = dict(decision.terms)
    if any(now.get(effective, digest) != digest for effective, digest in before.terms):
        return Reason.TERMS_CHANGED
    is_by_time = (decision.key, decision.content, decision.withdrawn) in passed
    return Reason.TIME_PASSED if is_by_time else Reason.NEW_FACTS
