"""Compiles what follows besides credits: rights that arise, obligations, and ladders of escalation.

Owns: which starts and which contacts they may name. Does not own: when any of it is due.
"""

from __future__ import annotations

from functools import partial

from malus.model.clauses import AfterStart, AtShare, BeforePromise, EscalationStep, ObligationTerms, RightTerms
from malus.model.conditions import Condition, Promise
from malus.model.indicators import Elapsed, Indicator
from malus.rulefiles import forms_consequences as forms
from malus.rulefiles.deadline_terms import due_terms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_agreement import CONTACTS, CUSTOMER, PARTIES, PROVIDER
from malus.rulefiles.scalars import CHANNELS, DURATION, ELAPSED_TIME, NAME, PARTY, SHARE_OF_PROMISE
from malus.rulefiles.scope import Scope


def right_terms(given: Given, scope: Scope) -> RightTerms | None:
    """The right of a clause, None where it has none."""
    if not given.has("right"):
        return None
    right = given.must("right", forms.RIGHT)
    cure = exercise = None
    if right.has("cure"):
        cure = built(lambda: due_terms(right.must("cure", forms.CURE), forms.ARISEN, scope))
    if right.has("exercise"):
        told = right.get("exercise", forms.EXERCISE)
        if told is not None and told.get("after", forms.ARISEN_OR_CURE) == "cure" and not right.has("cure"):
            what = "the right has no time to cure that this could run from"
            right.reading.error("missing-key", told.at("after"), what, hint="write `after: arisen`, or add `cure:`")
        exercise = built(lambda: due_terms(sure(told), forms.ARISEN_OR_CURE, scope))
    if (right.has("cure") and cure is None) or (right.has("exercise") and exercise is None):
        raise Unsound
    return RightTerms(
        kind=right.must("kind", forms.RIGHT_KIND),
        holder=right.must("of", PARTY),
        cure=cure,
        exercise=exercise,
        notice=right.must("notice", DURATION) if right.has("notice") else None,
    )


def obligation_terms(given: Given, scope: Scope) -> ObligationTerms | None:
    """The obligation of a clause, None where it has none."""
    if not given.has("obligation"):
        return None
    owed = given.must("obligation", forms.OBLIGATION)
    due = due_terms(owed, forms.BREACH, scope)
    return ObligationTerms(deliver=owed.must("deliver", NAME), by=owed.must("by", PARTY), due=due)


def escalation_steps(
    given: Given, condition: Condition | None, judged: Indicator | None, scope: Scope
) -> tuple[EscalationStep, ...]:
    """The ladder of a clause, in order; empty where it has none."""
    if not given.has("escalation"):
        return ()
    items = given.must("escalation", forms.STEPS)
    timed = condition is None or (isinstance(condition, Promise) and (judged is None or isinstance(judged, Elapsed)))
    made = [built(partial(_step, row, item.value, scope, timed=timed)) for row, item in enumerate(items, start=1)]
    return tuple(sure(step) for step in made)


def _step(row: int, given: Given, scope: Scope, *, timed: bool) -> EscalationStep:
    _check_contact(given, scope)
    timing: AtShare | BeforePromise | AfterStart
    if given.form is forms.STEP_AT:
        _check_timed(given, "at", timed=timed)
        timing = AtShare(share=given.must("at", SHARE_OF_PROMISE))
    elif given.form is forms.STEP_BEFORE:
        _check_timed(given, "before", timed=timed)
        timing = BeforePromise(microseconds=given.must("within", ELAPSED_TIME))
    else:
        if given.get("after", forms.PROMISE_OR_BREACH) == "promise":
            _check_timed(given, "after", timed=timed)
        timing = AfterStart(due=due_terms(given, forms.PROMISE_OR_BREACH, scope))
    by = tuple(sorted({item.value for item in given.must("by", CHANNELS)}))
    return EscalationStep(step=row, timing=timing, notify=given.must("notify", NAME), by=by)


def _check_timed(given: Given, key: str, *, timed: bool) -> None:
    if not timed:
        hint = "write `{within: ..., after: breach}`: only a promise on `elapsed` has time that runs"
        given.reading.error("wrong-measure", given.at(key), "no promised time runs in this clause", hint=hint)
        raise Unsound


def _check_contact(given: Given, scope: Scope) -> None:
    name = given.get("notify", NAME)
    if name is None or not scope.refer("contact", name, given.at("notify"), given.reading):
        return
    contact = _contact(name, scope)
    if contact is not None and not contact.has("phone") and not contact.has("email"):
        return  # it cannot be reached at all, which has been reported
    for item in given.get("by", CHANNELS) or ():
        if contact is not None and not contact.has(item.value):
            what = f"`{name}` has no {item.value}"
            hint = f"add `{item.value}:` to the contact on line {contact.line}, or take another channel"
            given.reading.error("unknown-channel", item.node, what, hint=hint)


def _contact(name: str, scope: Scope) -> Given | None:
    parties = scope.top.get("parties", PARTIES)
    if parties is None:
        return None
    for party in (parties.get("provider", PROVIDER), parties.get("customer", CUSTOMER)):
        for named in () if party is None else party.get("contacts", CONTACTS) or ():
            if named.name == name:
                return named.value
    return None
