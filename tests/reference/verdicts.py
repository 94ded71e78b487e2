"""Verdicts: every promise in every period that has begun, with its level and finality.

Owns: no data, shares of incidents, rounding before judging, claims' deadlines as far as finality needs them.
Does not own: measuring (`levels`, `incidents`), credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from malus.model.agreement import Terms
from malus.model.clauses import ClaimStep, Clause
from malus.model.conditions import Promise
from malus.model.indicators import (
    Combined,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Excursion,
    Points,
    Sample,
    Share,
    level_unit,
)

from tests.reference import incidents
from tests.reference.civil import last_moment, text_of
from tests.reference.combined import Part, combined
from tests.reference.delivered import delivered_share
from tests.reference.edges import holds, rounded_level
from tests.reference.excursions import outside_of_each
from tests.reference.figures import one_by_one
from tests.reference.found import Found
from tests.reference.incidents import Timed, judged_by, limit_for, placed
from tests.reference.levels import measured
from tests.reference.moved import moved
from tests.reference.reported import may_still_be_reported
from tests.reference.samples import defects_of_each
from tests.reference.seasons import counted_elsewhere, limit_of_period, limit_of_single
from tests.reference.world import Chain, Cut, World


@dataclass
class Judgement:
    """One verdict and what its consequences need to know.

    `mends`: it rests on a promise that a running incident broke, which another priority at its end may yet mend.
    """

    clause: Clause
    cut: Cut
    subject: str
    outcome: str
    level: Fraction | None
    exact: Fraction | None
    found: Found
    incident: Timed | None
    final: bool
    occasion: str = ""
    mends: bool = False

    @property
    def whose(self) -> str:
        """The listed subject that it is judged for."""
        return self.cut.whose

    @property
    def owed_to(self) -> str:
        """What its remedies are called by: the listed subject, else the incident."""
        return self.whose or self.subject

    @property
    def single(self) -> str:
        """The incident, outage or delivery, where each is judged by itself."""
        return self.subject if self.incident is not None else ""

    def called(self) -> str:
        """The occasion of what it brings: the first fact of a window, the incident, or the period's start."""
        return self.occasion or self.single or text_of(self.cut.start)

    @property
    def complete_at(self) -> int:
        return self.cut.end


def verdicts(world: World) -> list[Judgement]:
    """Every verdict but those about points, in the order of periods, then of clauses in their file, of subjects."""
    found: list[Judgement] = []
    for chain in world.indicators:
        cuts = world.periods(chain)
        for number, cut in enumerate(cuts):
            for clause in world.terms[cut.place].clauses:
                condition = clause.condition
                indicator = chain.members[cut.place]
                if isinstance(condition, Promise) and condition.indicator == indicator.name:
                    if isinstance(indicator, Points):
                        continue
                    if isinstance(indicator, Elapsed | DeliveryTime):
                        for one in world.each(chain, cut):
                            found += _per_incident(world, clause, indicator, one)
                    elif getattr(indicator, "measured_on", "") == "each_delivery":
                        for one in world.each(chain, cut):
                            found += _per_delivery(world, clause, chain, one)
                    else:
                        for one in world.each(chain, cut):
                            found += _per_period(world, clause, chain, [*cuts[:number], one], number)
    return sorted(found, key=lambda one: (one.cut.start, one.clause.ordinal, one.subject, one.whose))


def _per_period(world: World, clause: Clause, chain: Chain, cuts: list[Cut], number: int) -> Iterator[Judgement]:
    assert isinstance(clause.condition, Promise)
    cut = cuts[number]
    found = level_found(world, chain, cut)
    if not found.listed:
        world.edge("report not yet due")
        return
    limit = promised(world, clause, cut)
    outcome, level, exact = "undetermined", None, None
    if limit is not None:
        outcome, level, exact = _held(world, chain, cuts, number, found, limit)
    waits = may_still_be_reported(world, chain.members[cut.place], cut)
    final = world.as_of >= final_from(world, clause, cut, None) and not waits
    yield Judgement(clause, cut, cut.whose, outcome, level, exact, found, None, final)


Outcome = tuple[str, Fraction | None, Fraction | None]


def _held(world: World, chain: Chain, cuts: list[Cut], number: int, found: Found, limit: Any) -> Outcome:
    """What was measured, held against a limit: the outcome, the level as printed, and as it was."""
    indicator = chain.members[cuts[number].place]
    if found.doubt:
        return "undetermined", None, None
    if found.forgiven:
        return "met", found.level, found.level
    if found.level is None:
        return _without_data(world, chain, cuts, number, limit)
    level = rounded_level(indicator, found.level, level_unit(indicator))
    world.edge("a level of all subjects exactly at its promise", when=_of_all(indicator) and level == limit.value)
    world.edge("rounding changes the outcome", when=_flips(world, limit, found.level, level))
    outcome = "met" if holds(world, limit.edge, limit.value, level, found.grain) else "missed"
    return outcome, level, found.level


def _of_all(indicator: Any) -> bool:
    return isinstance(indicator, Combined) and indicator.over == "subjects"


def _per_delivery(world: World, clause: Clause, chain: Chain, cut: Cut) -> Iterator[Judgement]:
    """What was read or checked of each delivery, one verdict for each."""
    assert isinstance(clause.condition, Promise)
    for one, found in _of_each_delivery(world, chain, cut):
        limit = promised_of_single(world, clause, cut, one)
        outcome, level, exact = "undetermined", None, None
        if limit is not None:
            outcome, level, exact = _held(world, chain, [cut], 0, found, limit)
        final = one.end is not None and world.as_of >= final_from(world, clause, cut, one)
        yield Judgement(clause, cut, one.subject, outcome, level, exact, found, one, final)


def _of_each_delivery(world: World, chain: Chain, cut: Cut) -> Iterator[tuple[Timed, Found]]:
    indicator = chain.members[cut.place]
    if isinstance(indicator, Sample):
        return defects_of_each(world, chain, indicator, cut)
    assert isinstance(indicator, Excursion)
    return outside_of_each(world, chain, indicator, cut)


def promised(world: World, clause: Clause, cut: Cut) -> Any:
    """The limit that holds for a period, moved as far as it has by then; None where nobody can say where it lies."""
    assert isinstance(clause.condition, Promise)
    terms, moves = world.terms[cut.place], clause.condition.moves
    return moved(world, terms, moves, _before_it_moves(world, clause, cut), cut.start, partial(_level_by, world, cut))


def promised_of_single(world: World, clause: Clause, cut: Cut, one: Timed) -> Any:
    """The limit for an incident, outage or delivery, moved as far as it has on the day on which its own time starts.

    None where it has none, and where nobody can say where it lies.
    """
    assert isinstance(clause.condition, Promise)
    terms, moves = world.terms[cut.place], clause.condition.moves
    limit = limit_of_single(world, clause.condition.limits, one, terms, cut.whose)
    if limit is None or moves is None:
        return limit
    there = moved(world, terms, moves, limit, one.start, partial(_level_by, world, cut))
    if there is not None:
        by_period = moved(world, terms, moves, limit, cut.start, partial(_level_by, world, cut))
        world.edge("a clock before or after a move, in a period that is not", when=there != by_period)
        world.edge("a limit of a priority that moved", when=one.priority is not None and there != limit)
    world.edge("a single one of which nobody can say what was promised", when=there is None)
    return there


def _level_by(world: World, cut: Cut, name: str, instant: int) -> Part | None:
    """The level of an indicator in the last of its periods that ended by an instant."""
    chain = world.indicator_chain(cut.place, name)
    whose = "" if chain.members[cut.place].for_each is None else cut.whose
    cuts = [one for one in (replace(one, whose=whose) for one in world.periods(chain)) if world.measures(chain, one)]
    over = [number for number, one in enumerate(cuts) if one.end <= instant]
    return printed(world, chain, cuts, over[-1]) if over else None


def _before_it_moves(world: World, clause: Clause, cut: Cut) -> Any:
    """The limit of a promise that differs by season: that of the day on which the judged period starts."""
    assert isinstance(clause.condition, Promise)
    if any(one.subject is not None for one in clause.condition.limits):
        world.edge("a promise that differs by subject")
        return limit_for(clause.condition.limits, None, world.terms[cut.place], cut.whose)
    return limit_of_period(world, clause.condition.limits, cut)


def promise_of(world: World, verdict: Judgement) -> Fraction:
    """Where the promise lies for what was judged: its season, priority or subject."""
    assert isinstance(verdict.clause.condition, Promise)
    if verdict.incident is None:
        return promised(world, verdict.clause, verdict.cut).value  # type: ignore[no-any-return]
    return promised_of_single(world, verdict.clause, verdict.cut, verdict.incident).value  # type: ignore[no-any-return]


def _flips(world: World, limit: Any, exact: Fraction | None, printed: Fraction) -> bool:
    edges = set(world.edges)
    assert exact is not None
    flips = holds(world, limit.edge, limit.value, exact) != holds(world, limit.edge, limit.value, printed)
    world.edges = edges
    return flips


def level_found(world: World, chain: Chain, cut: Cut) -> Found:
    """The level of a period, also where it is a share of incidents or made of other levels."""
    known = world.found.get((id(chain), cut.start, cut.whose))
    if known is None:
        known = world.found[id(chain), cut.start, cut.whose] = _found(world, chain, cut)
    return known


def _found(world: World, chain: Chain, cut: Cut) -> Found:
    indicator = chain.members[cut.place]
    if isinstance(indicator, Combined):
        return combined(world, indicator, cut, partial(printed, world))
    if isinstance(indicator, DeliveryShare):
        return delivered_share(world, indicator, cut)
    if not isinstance(indicator, Share):
        return measured(world, chain, cut)
    terms = world.terms[cut.place]
    timing = terms.indicator(indicator.indicator)
    assert isinstance(timing, Elapsed)
    kept, counted, doubt = 0, 0, False
    for one in judged_by(world, timing, cut, kind=indicator.for_each):
        if not incidents.counts_for(world, indicator.for_each, one, cut):
            continue
        limit = limit_for(indicator.limits, one.priority)
        if limit is None or not placed(one, indicator.counted_in, cut):
            continue
        if one.end is None and timing.while_open == "waits":
            world.edge("open incident waits")
            continue
        doubt = doubt or one.doubt
        counted += 1
        kept += holds(world, limit.edge, limit.value, Fraction(one.elapsed), Fraction(1))
    if counted == 0:
        return Found(doubt=doubt)
    held = Fraction(kept, counted)
    return Found(level=held, doubt=doubt, sums=(Fraction(kept), Fraction(counted)))


def printed(world: World, chain: Chain, cuts: list[Cut], number: int) -> Part:
    """A level without any promise: as its terms print it; where they say so, that of the last period that had one."""
    indicator = chain.members[cuts[number].place]
    found = level_found(world, chain, cuts[number])
    if found.level is None and not (found.doubt or found.forgiven) and indicator.no_data == "previous":
        earlier = [one for one in (level_found(world, chain, cut) for cut in cuts[:number]) if _says(one)]
        found = earlier[-1] if earlier else found
    if found.level is None:
        return Part(found, None)
    return Part(found, rounded_level(indicator, found.level, level_unit(indicator)))


def _says(found: Found) -> bool:
    return found.level is not None and not found.doubt


def _without_data(world: World, chain: Chain, cuts: list[Cut], number: int, limit: Any) -> Outcome:
    indicator = chain.members[cuts[number].place]
    said = indicator.no_data or "undetermined"
    world.edge(f"no data: {said}")
    if said != "previous":
        return str(said), None, None
    for before in reversed(cuts[:number]):
        earlier = replace(before, whose=cuts[number].whose)
        if not world.measures(chain, earlier):
            continue
        found = level_found(world, chain, earlier)
        if _says(found):
            assert found.level is not None
            level = rounded_level(indicator, found.level, level_unit(indicator))
            outcome = "met" if holds(world, limit.edge, limit.value, level, found.grain) else "missed"
            world.edge("previous level taken")
            return outcome, level, found.level
    return "undetermined", None, None


def _per_incident(world: World, clause: Clause, indicator: Elapsed | DeliveryTime, cut: Cut) -> Iterator[Judgement]:
    assert isinstance(clause.condition, Promise)
    for one in one_by_one(world, indicator, cut):
        if not incidents.counts_for(world, indicator.for_each, one, cut):
            continue
        listed = limit_of_single(world, clause.condition.limits, one, world.terms[cut.place], cut.whose)
        world.edge("incident of a priority without a limit", when=listed is None)
        if listed is None or not placed(one, indicator.counted_in, cut):
            continue
        if one.end is None and indicator.while_open == "waits":
            world.edge("open incident waits")
            continue
        counted_elsewhere(world, clause.condition.limits, one, cut)
        world.edge("open incident runs", when=one.end is None)
        world.edge("incident across a period's boundary", when=one.end is not None and one.end > cut.end)
        exact = Fraction(one.elapsed)
        level = rounded_level(indicator, exact, "duration")
        limit = promised_of_single(world, clause, cut, one)
        kept = limit is not None and holds(world, limit.edge, limit.value, level, Fraction(1))
        outcome = "met" if kept else "missed"
        found = Found(level=exact, doubt=one.doubt, grain=Fraction(1))
        settled = one.end is not None
        since = final_from(world, clause, cut, one)
        final = since is not None and world.as_of >= since and settled
        if one.doubt or limit is None:
            yield Judgement(clause, cut, one.subject, "undetermined", None, None, found, one, final)
        else:
            yield Judgement(clause, cut, one.subject, outcome, level, exact, found, one, final)


def may_mend(terms: Terms, verdict: Judgement) -> bool:
    """Whether a running incident's breach may yet be mended, by another priority at its end."""
    promise = verdict.clause.condition
    if verdict.incident is None or verdict.incident.end is not None or not isinstance(promise, Promise):
        return verdict.mends
    timing = terms.indicator(promise.indicator)
    named = any(one.priority for one in promise.limits) or any(
        one.field_name == "priority"
        for one in timing.where  # type: ignore[union-attr]
    )
    return verdict.outcome != "missed" or (named and timing.by == "at_end")  # type: ignore[union-attr]


def steps_for(terms: Terms, clause: Clause) -> list[ClaimStep]:
    """The steps of a claim that the credit of a clause needs."""
    if clause.credit is None:
        return []
    return [one for one in terms.claims if not one.clauses or clause.name in one.clauses]


def claim_deadline(step: ClaimStep, cut: Cut, incident: Timed | None, done: dict[str, int]) -> int | None:
    """The last instant of a step, or None while what it runs from has not come."""
    after = step.due.after
    if after == "period_end":
        return last_moment(step.due.deadline, cut.end, closes_day=True)
    if after == "delivery_due":
        start = None if incident is None else incident.due
    elif after in {"incident_start", "outage_start"}:
        start = None if incident is None else incident.start
    elif after in {"incident_end", "outage_end", "delivery_done"}:
        start = None if incident is None else incident.end
    else:
        start = done.get(after)
    return None if start is None else last_moment(step.due.deadline, start)


def final_from(world: World, clause: Clause, cut: Cut, incident: Timed | None) -> int:
    """The first instant from which nothing that the terms allow for changes a verdict, as if nobody claimed."""
    terms = world.terms[cut.place]
    done: dict[str, int] = {}
    for step in steps_for(terms, clause):
        deadline = claim_deadline(step, cut, incident, done)
        if deadline is None:
            return world.as_of + incidents.FOREVER
        done[step.step] = deadline
    since = max([cut.end, *(last + 1 for last in done.values())])
    if terms.settlement is None or terms.settlement.grace is None:
        return since
    grace = terms.settlement.grace
    claimed = max(done.values(), default=0)
    if terms.settlement.grace_after == "claims" and claimed >= cut.end:
        last = last_moment(grace, claimed)
    else:
        last = last_moment(grace, cut.end, closes_day=True)
    return max(since, last + 1)
