"""Whether nothing that the terms allow for can change a credit any more, or its return.

Owns: periods, claims, choices and graces that are over, of a credit and of all that it depends on. Does not own: when
a verdict is final (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.clauses import ClaimStep
from malus.model.conditions import Promise
from malus.model.credits import AmountCredit, BandCredit

from tests.reference.caps import beside, counted_before
from tests.reference.civil import last_moment
from tests.reference.credits import Due, claims
from tests.reference.options import choice_until, chosen_at, groups_of
from tests.reference.reported import may_still_be_reported
from tests.reference.verdicts import Judgement, claim_deadline, final_from, steps_for
from tests.reference.world import World


def final_credits(
    world: World, judged: list[Judgement], dues: list[Due], amounts: Sequence[Fraction | None]
) -> list[bool]:
    """Of each credit whether it is final: it and all that it stands against, or shares the room of a cap with."""
    alone = [due.state != "accruing" and _is_over(world, judged, due) for due in dues]
    found = _with_options(world, dues, alone)
    found = [final and amount is not None for final, amount in zip(found, amounts, strict=True)]
    known = [due.state != "accruing" and amount is not None for due, amount in zip(dues, amounts, strict=True)]
    _with_caps(world, dues, known, found)
    return [final and due.state != "disputed" for final, due in zip(found, dues, strict=True)]


def _is_over(world: World, judged: list[Judgement], due: Due) -> bool:
    """Whether its period, its claim and the grace are over, and the verdicts that it rests on final."""
    verdict, terms = due.verdict, world.terms[due.verdict.cut.place]
    if not _rests(world, judged, verdict):
        return False
    end, closes = verdict.cut.end, True
    done: dict[str, int] = {}
    for step in steps_for(terms, verdict.clause):
        deadline = claim_deadline(step, verdict.cut, verdict.incident, done)
        if deadline is None:
            return False
        taken = [at for at in _claimed(world, terms, due, step) if at <= deadline]
        if not taken:
            world.edge("a credit waits for its claim", when=world.as_of <= deadline)
            if world.as_of <= deadline:
                return False
            end, closes = max(end, deadline + 1), True
            break
        done[step.step] = taken[0]
        if taken[0] > end:
            end, closes = taken[0], False
    since = _after_grace(terms, verdict.cut.end, end, closes=closes)
    world.edge("a credit is final from the moment of asking on", when=since == world.as_of)
    world.edge("a credit is final a microsecond later", when=since == world.as_of + 1)
    world.edge("a credit waits for its grace", when=since > world.as_of >= end)
    return since <= world.as_of


def _lapsed(world: World, due: Due) -> bool:
    """Whether a step of its claim was not done in time, whatever else became of it."""
    terms, done = world.terms[due.verdict.cut.place], dict[str, int]()
    for step in steps_for(terms, due.verdict.clause):
        deadline = claim_deadline(step, due.verdict.cut, due.verdict.incident, done)
        taken = [] if deadline is None else [at for at in _claimed(world, terms, due, step) if at <= deadline]
        if not taken:
            return deadline is not None and world.as_of > deadline
        done[step.step] = taken[0]
    return False


def _after_grace(terms: Terms, period_end: int, end: int, *, closes: bool) -> int:
    """The first instant after the grace, which runs from the end of the period, or of the claims."""
    if terms.settlement is None or terms.settlement.grace is None:
        return end
    start, whole_day = (period_end, True) if terms.settlement.grace_after == "period_end" else (end, closes)
    return max(end, last_moment(terms.settlement.grace, start, closes_day=whole_day) + 1)


def _claimed(world: World, terms: Terms, due: Due, step: ClaimStep) -> list[int]:
    return sorted(
        one.at
        for one in world.of_kind(told.Claim)
        if claims(one, terms, due.verdict) and (one.step == step.step or (one.step is None and len(terms.claims) == 1))
    )


def _rests(world: World, judged: list[Judgement], verdict: Judgement) -> bool:
    """Whether reports, the verdicts of its window or those that come before can no longer change what it is for."""
    if not isinstance(verdict.clause.condition, Promise):
        return verdict.final
    chain = world.indicator_chain(verdict.cut.place, verdict.clause.condition.indicator)
    # One that is judged by itself waits for no report of another.
    if verdict.incident is None and may_still_be_reported(world, chain.members[verdict.cut.place], verdict.cut):
        return False
    credit = verdict.clause.credit
    if isinstance(credit, BandCredit) and credit.rows_by is not None:
        picks = world.terms[verdict.cut.place].indicator(credit.rows_by)
        if may_still_be_reported(world, picks, verdict.cut):
            return False
    if not isinstance(credit, AmountCredit) or not credit.has_firsts or verdict.incident is None:
        return True
    # What runs on and has broken its promise keeps its place.
    those = [verdict, *(one for one in judged if _comes_first(one, verdict))]
    dated = all(final_from(world, one.clause, one.cut, one.incident) <= world.as_of for one in those)
    world.edge("a credit waits for those before it", when=not dated)
    return dated


def _comes_first(one: Judgement, verdict: Judgement) -> bool:
    if one.clause is not verdict.clause or one.cut.start != verdict.cut.start or one.whose != verdict.whose:
        return False
    assert one.incident is not None
    assert verdict.incident is not None
    return (one.incident.start, one.subject) < (verdict.incident.start, verdict.subject)


def _with_options(world: World, dues: list[Due], alone: list[bool]) -> list[bool]:
    """What stands against others is final with them, or once the customer has chosen."""
    found = list(alone)
    for place, due in enumerate(dues):
        if due.agreed:
            continue
        for group in groups_of(world, due):
            if chosen_at(world, group) is not None:
                continue
            rivals = [number for number, other in enumerate(dues) if group in groups_of(world, other)]
            open_still = group[1].choice is not None and world.as_of <= choice_until(group)
            world.edge("a credit waits for a choice", when=alone[place] and open_still)
            world.edge("a credit waits for one that it stands against", when=not all(alone[one] for one in rivals))
            found[place] = found[place] and not open_still and all(alone[one] for one in rivals)
    return found


def _with_caps(world: World, dues: list[Due], known: list[bool], found: list[bool]) -> None:
    """What shares the room of a cap waits for what is not known of those before and beside it there.

    And where the cap counts what is claimed, for their claims.
    """
    for end, place in sorted({(one.verdict.cut.end, one.verdict.cut.place) for one in dues}):
        group = [n for n, one in enumerate(dues) if (one.verdict.cut.end, one.verdict.cut.place) == (end, place)]
        for cap in world.terms[place].caps:
            if cap.holds != "credits":
                continue
            mine = [n for n in group if dues[n].clause.name in cap.limits and not dues[n].agreed]
            now = list(found) if cap.counts == "claimed" else known
            # What lapsed comes to nothing, whatever room there is; the others wait for it all the same.
            for n in [one for one in mine if not _lapsed(world, dues[one])]:
                others = [*beside(world, cap, dues, mine, n), *counted_before(world, cap, dues, n)]
                world.edge(
                    "a credit waits for one under its cap", when=found[n] and not all(now[one] for one in others)
                )
                found[n] = found[n] and all(now[one] for one in others)
