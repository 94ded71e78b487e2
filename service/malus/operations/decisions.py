"""Owns the questions about decisions that are written: list, get, explain, pull, acknowledge. Nothing is judged again.

Does not own: writing a decision, cursors as text (edge), or the sentence of a step (render_steps).
"""

from __future__ import annotations

from malus.model.assessment import (
    Bonus,
    EarnBack,
    Escalation,
    Finality,
    ObligationDue,
    Remedy,
    RemedyKey,
    Right,
    ServiceCredit,
)
from malus.model.decisions import Decision
from malus.model.faults import MalusError
from malus.model.ledger_values import NumberedDecision
from malus.model.money import Money, money_text
from malus.operations.catalogue import Catalogue, unknown_agreement
from malus.operations.ports import Ledger
from malus.operations.render_steps import step_text
from malus.operations.render_words import spoken
from malus.operations.service_values import (
    DecisionName,
    DecisionsWanted,
    ExplainedDecision,
    Pull,
    Pulled,
    RemedyKind,
)
from malus.operations.store_faults import told_to_callers
from malus.rulefiles.compiler import compile_terms


def list_decisions(
    tenant: str,
    wanted: DecisionsWanted,
    *,
    after: DecisionName | None,
    most: int,
    catalogue: Catalogue,
    ledger: Ledger,
) -> tuple[NumberedDecision, ...]:
    """At most `most` latest revisions after a name, by agreement, clause, slot, subject and occasion.

    Raises MalusError `unknown-agreement`, `store-unavailable`.
    """
    with told_to_callers():
        _check_known(tenant, wanted.agreement, catalogue, ledger)
        latest = ledger.latest(tenant, wanted.agreement)
    start = None if after is None else _place(after.agreement, after.key)
    found = [
        item
        for item in latest
        if _is_wanted(item.decision, wanted)
        and (start is None or _place(item.decision.agreement, item.decision.key) > start)
    ]
    return tuple(found[:most])


def get_decision(tenant: str, name: DecisionName, *, ledger: Ledger) -> NumberedDecision:
    """That revision of a decision, or its latest. Raises MalusError `unknown-decision`, `store-unavailable`."""
    with told_to_callers():
        revisions = ledger.revisions(tenant, name.agreement, name.key)
    found = [item for item in revisions if name.revision in (None, item.decision.revision)]
    if not found:
        key = name.key
        told = f"{name.agreement} {key.clause} {key.slot} {key.subject} {key.occasion}"
        what = "there is no such decision: take its name from a list or a pull"
        raise MalusError("unknown-decision", what, {"decision": told})
    return found[-1]


def explain_decision(tenant: str, name: DecisionName, *, catalogue: Catalogue, ledger: Ledger) -> ExplainedDecision:
    """A decision and the sentences of its stored steps, in the civil time of its agreement."""
    found = get_decision(tenant, name, ledger=ledger)
    with told_to_callers():
        zone = _zone(tenant, found.decision, catalogue, ledger)
    return ExplainedDecision(decision=found, sentences=_sentences(found.decision, zone))


def pull_decisions(tenant: str, pull: Pull, *, catalogue: Catalogue, ledger: Ledger) -> Pulled:
    """Decisions after a place in the sequence, and the place reached, past those too that were not wanted.

    Raises MalusError `cursor-beyond-end`, `unknown-agreement`, `store-unavailable`.
    """

    def is_wanted(decision: Decision) -> bool:
        return (not pull.final_only or decision.finality is Finality.FINAL) and pull.agreement in (
            None,
            decision.agreement,
        )

    with told_to_callers():
        _check_known(tenant, pull.agreement, catalogue, ledger)
        after = ledger.acknowledged(tenant, pull.consumer) if pull.after is None else pull.after
        found, reached = ledger.decisions_after(tenant, after, pull.most, is_wanted)
        # Read after the decisions, so that it covers every one of them.
        head = ledger.chain_head(tenant)
    return Pulled(decisions=found, reached=reached, more=reached < head.sequence, head=head)


def acknowledge_decisions(tenant: str, consumer: str, reached: int, *, ledger: Ledger) -> int:
    """Remember how far a consumer has come, never backwards; the place that is remembered.

    Raises MalusError `cursor-beyond-end`, `store-unavailable`.
    """
    with told_to_callers():
        ledger.acknowledge(tenant, consumer, reached)
        return ledger.acknowledged(tenant, consumer)


def _check_known(tenant: str, agreement: str | None, catalogue: Catalogue, ledger: Ledger) -> None:
    """An agreement whose rule files are gone is known by what was decided for it."""
    if agreement is None or catalogue.found(tenant, agreement) is not None:
        return
    if agreement not in ledger.clocks(tenant):
        raise unknown_agreement(agreement)


def _is_wanted(decision: Decision, wanted: DecisionsWanted) -> bool:
    period = decision.period
    return (
        (wanted.show_withdrawn or not decision.withdrawn)
        and wanted.clause in ("", decision.key.clause)
        and wanted.kind in (None, _kind(decision.remedy))
        and wanted.finality in (None, decision.finality)
        and (wanted.period_after is None or (period is not None and period.end > wanted.period_after))
        and (wanted.period_before is None or (period is not None and period.start < wanted.period_before))
    )


def _kind(remedy: Remedy) -> RemedyKind:
    match remedy:
        case ServiceCredit():
            return "service_credit"
        case Bonus():
            return "bonus"
        case EarnBack():
            return "earn_back"
        case Right():
            return "right"
        case ObligationDue():
            return "obligation"
        case Escalation():
            return "escalation"


def _place(agreement: str, key: RemedyKey) -> tuple[str, ...]:
    return (agreement, key.clause, key.slot, key.subject, key.occasion)


def _zone(tenant: str, decision: Decision, catalogue: Catalogue, ledger: Ledger) -> str:
    served = catalogue.found(tenant, decision.agreement)
    if served is not None and served.is_serving:
        return served.terms[-1].timezone
    # Its rule files are gone or faulty; the text that it was made under is kept.
    for _, digest in decision.terms:
        text = ledger.terms_text(tenant, digest)
        terms = None if text is None else compile_terms(text, digest).terms
        if terms is not None:
            return terms.timezone
    return "UTC"


def _sentences(decision: Decision, zone: str) -> tuple[str, ...]:
    explanation = decision.remedy.explanation
    head = f"{explanation.clause}, {explanation.source}, by the terms of {explanation.terms_effective}"
    period = "" if decision.period is None else f" for {decision.period.label}"
    subject = f" ({decision.key.subject})" if decision.key.subject else ""
    lines = [f"{head}{period}{subject}: {_standing(decision)}"]
    if decision.withdrawn:
        lines.append("it no longer follows from the facts; these were the reasons of the revision before:")
    lines += [step_text(step, zone) for step in explanation.steps]
    return tuple(lines)


def _standing(decision: Decision) -> str:
    parts = [f"{spoken(decision.state)}, {decision.finality.value}"]
    if decision.amount is not None:
        parts.append(money_text(decision.amount))
    if decision.supersedes is not None:
        parts.append(f"revision {decision.revision}: {spoken(decision.reason.value)}{_change(decision.delta)}")
    return "; ".join(parts)


def _change(delta: Money | None) -> str:
    if delta is None:
        return ""
    if not delta.amount:
        return ", the same money as before"
    size = Money(amount=abs(delta.amount), currency=delta.currency)
    return f", {money_text(size)} {'more' if delta.amount > 0 else 'less'} than before"
