"""Owns the groups of options: which credits of a period stand against each other, and what becomes of each.

Does not own: which option is taken (remedies.options), or caps, which come after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from malus.evaluation.drafts import ChoiceStanding, CreditDraft
from malus.evaluation.facts import Facts
from malus.evaluation.in_force import names_of
from malus.model.afterwards import Option, OptionTaken
from malus.model.clauses import INCIDENT, OneOf
from malus.model.deadlines import last_instant
from malus.model.events import Choice, event_name
from malus.model.explanation import Undetermined
from malus.model.money import Money, zero
from malus.model.periods import Period, period_containing
from malus.remedies.claims import settled_from
from malus.remedies.options import Taken, taken


def with_one_of_each_group(drafts: Sequence[CreditDraft], facts: Facts) -> list[CreditDraft]:
    """The credits in the order given, those of options that are not taken reduced to nothing.

    A group is looked at by its period and, where it says so, by subject. A credit that lapsed unclaimed counts for
    nothing in its option. While one of a group's credits waits for something all of them do, unless the customer has
    chosen. A choice that nothing can be made of is remarked.
    """
    result = list(drafts)
    used: set[int] = set()
    shared: dict[tuple[int, str, int, str], list[int]] = defaultdict(list)
    groups: dict[tuple[int, str, int, str], tuple[OneOf, Period]] = {}
    for place, draft in enumerate(drafts):
        for group in draft.trigger.terms.one_of:
            if _option_of(draft, group):
                whole = period_containing(group.cycle, draft.trigger.period.end - 1, draft.trigger.terms.timezone)
                subject = _whose(draft, group)
                key = (draft.trigger.place, group.name, whole.start, subject)
                shared[key].append(place)
                groups[key] = group, whole
    for key, (group, whole) in groups.items():
        places = shared[key]
        together = _resolved(group, whole, key[3], [result[place] for place in places], facts, used)
        for place, draft in zip(places, together, strict=True):
            result[place] = draft
    for event in facts.choices:
        if id(event) not in used:
            facts.remark(event, "unused", "no group of options had credits for what it names to choose from")
    return result


def _resolved(
    group: OneOf, whole: Period, subject: str, drafts: Sequence[CreditDraft], facts: Facts, used: set[int]
) -> list[CreditDraft]:
    currency = drafts[0].trigger.terms.currency
    totals = [
        sum((_counted(draft, currency) for draft in drafts if _option_of(draft, group) == number), zero(currency))
        for number in range(1, len(group.options) + 1)
    ]
    made, standing = _choice(group, whole, subject, drafts, facts, used)
    chosen = None if made is None else _picked(group, made, drafts)
    if chosen is None:
        # Which of them is taken depends on all; what the customer has chosen does not.
        final_from = settled_from([draft.final_from for draft in drafts])
        drafts = [replace(draft, final_from=final_from) for draft in drafts]
    waiting = next((draft.capped.waiting for draft in drafts if draft.capped.amount is None), "")
    if standing is not None and standing.rivals:
        waiting = f"one choice: {' and '.join(standing.rivals)} contradict each other"
    if waiting and chosen is None:
        return [_waits(draft, f"{waiting} (`{group.name}`)", standing) for draft in drafts]
    open_still = standing is not None and facts.as_of <= standing.until
    which = taken(group, totals, chosen=chosen, may_choose=open_still)
    if which is None:
        assert standing is not None
        return [_waits(draft, f"the customer's choice in `{group.name}`", standing, choose=True) for draft in drafts]
    if which.how == "highest_total" and not any(total.amount for total in totals):
        # Nothing is paid instead of anything: a credit that lapsed has lapsed.
        return [replace(draft, choice=standing) for draft in drafts]
    options = tuple(Option(clauses=names, total=total) for names, total in zip(group.options, totals, strict=True))
    return [_settled(draft, group, options, which, standing) for draft in drafts]


def _whose(draft: CreditDraft, group: OneOf) -> str:
    """The incident, or the subject of the group's kind that a credit's own subject is or is part of."""
    if group.for_each is None:
        return ""
    if group.for_each == INCIDENT:
        return draft.trigger.subject
    return next(iter(draft.trigger.terms.subjects.at_or_above(draft.trigger.whose, group.for_each)), "")


def _settled(
    draft: CreditDraft, group: OneOf, options: tuple[Option, ...], which: Taken, standing: ChoiceStanding | None
) -> CreditDraft:
    mine = _option_of(draft, group)
    amount = draft.capped.amount
    if amount is None and mine == which.option:
        return replace(draft, choice=standing)
    before = amount if amount is not None else zero(draft.trigger.terms.currency)
    result = before if mine == which.option else zero(before.currency)
    step = OptionTaken(
        group=group.name,
        source=group.source,
        options=options,
        how=which.how,
        taken=which.option,
        tied=which.tied,
        mine=mine,
        before=before,
        result=result,
    )
    not_taken = draft.not_taken or (mine != which.option and bool(before.amount or amount is None))
    return replace(
        draft,
        # What waits and is not taken waits no more: whatever it were, nothing of it is paid.
        capped=replace(draft.capped, amount=result, waiting="", steps=(*draft.capped.steps, step)),
        not_taken=not_taken,
        choice=standing,
    )


def _waits(draft: CreditDraft, reason: str, standing: ChoiceStanding | None, *, choose: bool = False) -> CreditDraft:
    capped = draft.capped
    if capped.amount is not None and not capped.amount.amount and not choose:
        return replace(draft, choice=standing)
    return replace(
        draft,
        capped=replace(
            capped,
            amount=None,
            waiting=capped.waiting or reason,
            steps=capped.steps if capped.waiting else (*capped.steps, Undetermined(reason=f"waits for {reason}")),
        ),
        choice=None if standing is None else replace(standing, pending=choose),
    )


def _counted(draft: CreditDraft, currency: str) -> Money:
    amount = draft.capped.amount
    return zero(currency) if amount is None or draft.capped.lapsed else amount


def _option_of(draft: CreditDraft, group: OneOf) -> int:
    """The option that a credit's clause belongs to, from 1; 0 for none."""
    return next((number for number, names in enumerate(group.options, start=1) if draft.clause.name in names), 0)


def _choice(
    group: OneOf, whole: Period, subject: str, drafts: Sequence[CreditDraft], facts: Facts, used: set[int]
) -> tuple[Choice | None, ChoiceStanding | None]:
    """The customer's choice that counts, and where choosing stands; a late or second one is remarked."""
    if group.choice is None:
        return None, None
    until = last_instant(group.choice.due.deadline, whole.end, closes_day=True)
    told = [event for event in facts.choices if event.group == group.name and _is_for(event, whole, subject)]
    told.sort(key=lambda event: (event.at, event.sequence or 0, event.id or ""))
    used |= {id(event) for event in told}
    made: Choice | None = None
    rivals: tuple[str, ...] = ()
    for event in told:
        if not _picked(group, event, drafts):
            facts.remark(event, "unknown-name", f"`{event.option}` is in no option of `{group.name}`")
        elif event.at > until:
            facts.remark(event, "late-choice", f"this came after the last instant to choose in `{group.name}`")
        elif made is None:
            made = event
        elif _picked(group, event, drafts) == _picked(group, made, drafts):
            pass  # said twice
        elif (event.at, event.sequence or 0) == (made.at, made.sequence or 0):
            rivals = (event_name(made), event_name(event))
            facts.remark(event, "contradictory-facts", f"these cannot both be true: {', '.join(rivals)}")
        else:
            facts.remark(event, "unused", f"`{made.option}` had been chosen in `{group.name}` before: the first counts")
    if rivals:
        return None, ChoiceStanding(until=until, rivals=rivals)
    return made, ChoiceStanding(until=until, made_at=None if made is None else made.at)


def _picked(group: OneOf, event: Choice, drafts: Sequence[CreditDraft]) -> int:
    clauses = {clause.name: names_of(clause) for clause in drafts[0].trigger.terms.clauses}
    for number, names in enumerate(group.options, start=1):
        if any(event.option in clauses[name] for name in names):
            return number
    return 0


def _is_for(event: Choice, whole: Period, subject: str) -> bool:
    if event.subject is not None and event.subject != subject:
        return False
    if event.period is None:
        return event.subject is not None
    return whole.start <= event.period < whole.end and (event.subject is not None or not subject)
