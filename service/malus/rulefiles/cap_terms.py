"""Compiles caps, claims and settlement: the most that is credited, the steps to get it, and how it is paid.

Owns: which bases and starts they may name. Does not own: how a cap cuts, nor when an answer is final.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from malus.model.agreement import Settlement
from malus.model.clauses import Cap, CapWindow, ClaimStep, Holds
from malus.rulefiles import forms_caps as forms
from malus.rulefiles.deadline_terms import deadline_terms, due_terms
from malus.rulefiles.documents import Unsound, built, sure
from malus.rulefiles.findings import did_you_mean, word_in
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_clauses import CLAUSES, PART_PERIOD
from malus.rulefiles.nodes import Scalar
from malus.rulefiles.scalars import CAP_LIMIT, CAP_WINDOW, NAME, NAMES, PARTY, SOURCE, WORD
from malus.rulefiles.scope import Scope
from malus.rulefiles.subject_terms import kind_of

_STARTS: Final = (
    "period_end",
    "incident_start",
    "incident_end",
    "outage_start",
    "outage_end",
    "first_outage_start",
    "last_outage_end",
    "delivery_due",
    "delivery_done",
)


def cap_terms(scope: Scope) -> dict[str, Cap]:
    """Every cap without a fault, by name, in the order in which they cut."""
    caps: dict[str, Cap] = {}
    seen: set[str] = set()
    for item in scope.top.get("caps", forms.CAPS) or ():
        name = item.value.get("name", NAME)
        if name is not None and name in seen:
            what = f"two caps are called `{name}`"
            item.value.reading.error("duplicate-name", item.value.at("name"), what, hint="give each a name of its own")
        cap = built(partial(_cap, item.value, scope))
        if cap is not None and cap.name not in seen:
            caps[cap.name] = cap
        seen.add(name or "")
    return caps


def claim_steps(scope: Scope) -> tuple[ClaimStep, ...] | None:
    """The steps of a claim, in order; None where one is faulty."""
    if scope.top.faulty("claims"):
        return None
    steps: list[ClaimStep | None] = []
    earlier: list[str] = []
    for item in scope.top.get("claims", forms.CLAIMS) or ():
        steps.append(built(partial(_claim, item.value, tuple(earlier), scope)))
        name = item.value.get("step", NAME)
        if name is not None:
            earlier.append(name)
    sound = tuple(step for step in steps if step is not None)
    return sound if len(sound) == len(steps) else None


def settlement_terms(scope: Scope) -> Settlement | None:
    """How credits are settled; None where the file does not say."""
    if not scope.top.has("settlement"):
        return None
    given = scope.top.must("settlement", forms.SETTLEMENT)
    settled_as, rest = given.must("as", WORD), given.must("rest", forms.REST)
    if not given.has("grace"):
        return Settlement(settled_as=settled_as, rest=rest, grace=None)
    grace = given.must("grace", forms.GRACE)
    deadline = deadline_terms(grace, scope)
    return Settlement(
        settled_as=settled_as, rest=rest, grace=deadline, grace_after=grace.must("after", forms.GRACE_AFTER)
    )


def _cap(given: Given, scope: Scope) -> Cap:
    limits, kind = built(lambda: _capped(given, scope)), kind_of(given, scope)
    told, window = given.get("at_most", CAP_LIMIT), given.get("per", CAP_WINDOW)
    node = given.at("at_most")
    for charge in () if told is None else told.charges:
        at = word_in(node, charge) if isinstance(node, Scalar) else node
        scope.refer("charge", charge, at, given.reading)
    if told is not None and told.goods is not None and told.goods.value_of and window is not None:
        _for_a_delivery(given, window)
    rated = told is not None and bool(told.charges)
    if rated and window is not None and window.kind in ("rolling", "term") and not given.has("base"):
        given.lacks("base", "the window is longer than the period that a credit judges")
    if not rated and told is not None and given.has("base"):
        what = "an amount is a share of nothing"
        given.reading.error("unknown-key", given.key_node("base"), what, hint="leave `base` out")
    single = window is None or window.kind in ("each_incident", "each_period")
    if given.get("base", forms.CAP_BASE) == "as_credited" and not single:
        what = "a window of several credits has no one base that they are taken of"
        given.reading.error("unknown-value", given.at("base"), what, hint="write `same_window`, or `per: outage`")
    holds = _holds(given)
    if holds == "credits" and not given.has("counts") and scope.top.has("claims"):
        hint = "write `counts: earned` or `counts: claimed`"
        what = "a credit that lapses unclaimed has used this cap up"
        given.reading.note("cap-counts-assumed", given.key_node("name"), what, hint=hint)
    if told is None or window is None or any(given.faulty(key) for key in ("base", "counts", "part_period")):
        raise Unsound
    return Cap(
        name=given.must("name", NAME),
        source=given.must("source", SOURCE),
        limits=sure(limits),
        amount=told.amount,
        rate=told.rate,
        charges=tuple(sorted(told.charges)),
        window=window,
        base=given.get("base", forms.CAP_BASE) or _only_base(window),
        cut=given.must("cut", forms.CUT),
        counts=given.get("counts", forms.COUNTS) or "earned",
        part_period=given.get("part_period", PART_PERIOD),
        for_each=kind,
        goods=told.goods,
        holds=holds,
        line=given.line,
    )


def _for_a_delivery(given: Given, window: CapWindow) -> None:
    if window.kind != "each_incident":
        what = "what a delivery is worth limits the credits of that delivery only"
        given.reading.error("wrong-measure", given.at("at_most"), what, hint="write `per: delivery`")
        raise Unsound


def _only_base(window: CapWindow) -> forms.CapBase:
    # A single incident has no charges of its own: those of the period that it is judged in.
    return "judged_period" if window.kind in ("each_incident", "each_period") else "same_window"


def _holds(given: Given) -> Holds:
    return "bonuses" if given.has("limits_bonuses") and not given.has("limits") else "credits"


def _capped(given: Given, scope: Scope) -> tuple[str, ...]:
    if given.has("limits") == given.has("limits_bonuses"):
        both = given.has("limits")
        what = "a cap holds credits or bonuses, never both" if both else "the cap limits nothing"
        hint = "write `limits:` with clauses, or `limits_bonuses:`"
        given.reading.error("duplicate-name" if both else "missing-key", given.label, what, hint=hint)
        raise Unsound
    key, slot, does = ("limits", "credit", "credits") if given.has("limits") else ("limits_bonuses", "bonus", "gives")
    told = given.must(key, NAMES)
    names = scope.refer_all("clause", given, key, tuple((item.value, item.node) for item in told))
    clauses = {named.name: named.value for named in scope.top.get("clauses", CLAUSES) or ()}
    for item in told:
        clause = clauses.get(item.value)
        if clause is not None and not clause.has(slot):
            what = f"`{item.value}` {does} {'nothing' if slot == 'credit' else 'no bonus'}, so there is nothing to cap"
            hint = f"leave it out, or add its `{slot}`"
            given.reading.error(
                "cap-on-nothing", item.node, what, hint=hint, also=((clause.label.place, f"no {slot} here"),)
            )
    return names


def _claim(given: Given, earlier: tuple[str, ...], scope: Scope) -> ClaimStep:
    name = given.get("step", NAME)
    if name in earlier:
        what = f"two steps are called `{name}`"
        given.reading.error("duplicate-name", given.at("step"), what, hint="give each a name of its own")
    after = given.get("after", WORD)
    if after is not None and after not in (*_STARTS, *earlier):
        known = (*_STARTS, *earlier)
        what = f"`{after}` is neither a start nor an earlier step"
        given.reading.error("unknown-value", given.at("after"), what, hint=did_you_mean(after, known))
    told = given.get("clauses", NAMES) or ()
    clauses = scope.refer_all("clause", given, "clauses", tuple((item.value, item.node) for item in told))
    due = due_terms(given, WORD, scope)
    if given.faulty("clauses"):
        raise Unsound
    return ClaimStep(
        step=given.must("step", NAME),
        by=given.must("by", PARTY),
        due=due,
        clauses=tuple(sorted(clauses)),
        source=given.must("source", SOURCE),
    )
