"""What the parties did about what happened, and the moment of asking: placed on the edges of deadlines.

Owns: claims, cures, plans, notices, as-of times, when events were recorded; whole random cases.
Does not own: what happened to the services (`histories`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.event_corrections import Retraction
from malus.model.events import Act
from malus.rulefiles.compiler import compile_terms

from tests.properties.agreements import write_agreement
from tests.properties.choices import Choices, Drawn, Seeded
from tests.properties.focuses import FOCUSES, Focus, focus_of
from tests.properties.histories import write_history
from tests.properties.telling import DAY, Teller
from tests.reference.consequences import obligations, rights
from tests.reference.credits import claim_state, credits_before_caps
from tests.reference.options import choice_until, groups_of
from tests.reference.points import verdicts_and_points
from tests.reference.verdicts import claim_deadline, final_from, steps_for
from tests.reference.windows import firings
from tests.reference.world import World

ENOUGH = 24


@dataclass(frozen=True)
class Case:
    """One agreement with its history and the question asked of it."""

    texts: tuple[str, ...]
    terms: tuple[Terms, ...]
    events: tuple[told.Event, ...]
    as_of: int
    known_at: int | None

    def __repr__(self) -> str:
        files = "\n---\n".join(self.texts)
        told_of = "\n".join(str(event) for event in self.events)
        return f"Case(as_of={self.as_of}, known_at={self.known_at})\n{files}\n{told_of}\n"


def case_of(seed: int) -> Case:
    """The case that follows from a seed, of everything or of one focus."""
    return write_case(Seeded(seed), focus=focus_of(seed))


def compiled(texts: list[str]) -> tuple[Terms, ...]:
    """The Terms of rule files that are meant to be sound."""
    found = []
    for text in texts:
        result = compile_terms(text, "random.yaml")
        assert result.terms is not None, (result.diagnostics, text)
        found.append(result.terms)
    return tuple(found)


def write_case(choices: Choices, *, most_promises: int = 3, focus: Focus | None = None) -> Case:
    """An agreement, what happened, what was done about it, and when it is asked for."""
    texts = write_agreement(choices, most_promises=most_promises, focus=focus)
    terms = compiled(texts)
    signed = World(terms, [], 0, None)
    first = signed.starts(0)
    until = first + choices.pick([95, 62, 35, 130, 190]) * DAY
    events = write_history(choices, list(terms), until, focus)
    teller = Teller(choices, list(events))
    moments = _respond(teller, World(terms, events, until, None), focus)
    as_of = until
    if moments and choices.chance(75):
        as_of = choices.pick(moments) + choices.pick([0, 0, 1, -1])
    told_of, known_at = _recorded(choices, teller.told, as_of)
    return Case(tuple(texts), terms, tuple(told_of), as_of, known_at)


@st.composite
def cases(draw: Any) -> Case:
    """Whole random cases, for hypothesis: of everything, or of one focus."""
    choices = Drawn(draw)
    return write_case(choices, focus=choices.pick((None, *FOCUSES)))


@st.composite
def small_cases(draw: Any) -> Case:
    """Random cases of a single promise."""
    return write_case(Drawn(draw), most_promises=1)


def _respond(teller: Teller, world: World, focus: Focus | None) -> list[int]:
    """Tell what the parties did; returns the moments at which something turns."""
    choices = teller.choices
    judged = verdicts_and_points(world)
    moments = [one.cut.end for one in judged if one.cut.end <= world.as_of]
    fired = firings(world, judged)
    for due in credits_before_caps(world, judged, fired):
        if len(teller.told) < ENOUGH and due.verdict.cut.end <= world.as_of:
            moments += _claim(teller, world, due)
            moments += _choose(teller, world, due)
    fired = [one for one in fired if one.stands]
    moments += [one.at for one in fired]
    for one in obligations(world, fired):
        moments.append(one.until)
        if len(teller.told) < ENOUGH and choices.chance(50):
            period = None if one.firing.judgement is None else one.firing.judgement.cut.start
            at = max(one.firing.at, one.until + choices.pick([0, 0, 1, -DAY]))
            teller.tell(told.Obligation, name=one.firing.clause.name, at=at, period=period)
    for (clause, _, whose), listed in rights(world, fired).items():
        for arisen, _, cure, exercise in listed:
            moments += [one for one in (cure, exercise) if one is not None]
            if len(teller.told) < ENOUGH:
                _use(teller, clause, whose, arisen, cure, exercise)
    if focus is not None:
        moments += focus.respond(teller, world, judged)
    for verdict in judged[:5]:
        moment = final_from(world, verdict.clause, verdict.cut, verdict.incident)
        if moment < world.as_of + 400 * DAY:
            moments.append(moment)
    return sorted(set(moments))


def _claim(teller: Teller, world: World, due: Any) -> list[int]:
    choices, verdict = teller.choices, due.verdict
    terms = world.terms[verdict.cut.place]
    moments: list[int] = []
    done: dict[str, int] = {}
    steps = steps_for(terms, verdict.clause)
    for step in steps:
        deadline = claim_deadline(step, verdict.cut, verdict.incident, done)
        if deadline is None:
            break
        moments.append(deadline)
        if choices.chance(35):
            break
        at = deadline + choices.pick([0, 0, 1, -DAY])
        done[step.step] = at
        name = choices.pick([verdict.clause.name, *verdict.clause.formerly])
        teller.tell(
            told.Claim,
            clause=name,
            at=at,
            step=None if len(terms.claims) == 1 and choices.chance(50) else step.step,
            period=None if verdict.subject and choices.chance(30) else verdict.cut.start,
            subject=verdict.subject or None,
        )
    assert claim_state(world, terms, verdict, None) in {"pending", "accruing"}
    return moments


def _choose(teller: Teller, world: World, due: Any) -> list[int]:
    choices = teller.choices
    moments = []
    for group in groups_of(world, due):
        _, terms, whole, subject = group
        if terms.choice is None:
            continue
        until = choice_until(group)
        moments.append(until)
        if choices.chance(35):
            at = until + choices.pick([0, 0, 1, -DAY, -DAY])
            option = choices.pick([name for names in terms.options for name in names])
            period = choices.pick([whole[0], whole[1] - 1])
            teller.tell(told.Choice, group=terms.name, option=option, at=at, period=period, subject=subject or None)
    return moments


def _use(teller: Teller, clause: str, whose: str, arisen: int, cure: int | None, exercise: int | None) -> None:
    choices = teller.choices
    named = choices.pick([whose or None, whose or None, None])
    if cure is not None and choices.chance(40):
        teller.tell(told.Obligation, name=clause, at=cure + choices.pick([0, 0, 1, -DAY]), subject=named)
    if choices.chance(50):
        opens = arisen if cure is None else cure + 1
        at = choices.pick([opens, opens, opens + DAY, opens - 1])
        if exercise is not None and choices.chance(50):
            at = exercise + choices.pick([0, 0, 1])
        teller.tell(told.Notice, clause=clause, at=at, act=choices.pick([Act.EXERCISES, Act.WAIVES]), subject=named)


def _recorded(choices: Choices, events: list[Any], as_of: int) -> tuple[list[Any], int | None]:
    """Some events were learned of late; now and then only what was known by a moment is asked for."""
    learnt = [one.recorded_at for one in events if one.recorded_at is not None]
    if learnt and choices.chance(60):
        return events, choices.pick(learnt) + choices.pick([0, 0, 0, -1, DAY])
    if not choices.chance(25):
        return events, None
    late = [
        replace(one, recorded_at=told.happened_at(one) + choices.pick([0, DAY, 40 * DAY]))
        if not isinstance(one, Retraction) and one.recorded_at is None and choices.chance(70)
        else one
        for one in events
    ]
    return late, as_of - choices.pick([0, DAY, 30 * DAY]) if choices.chance(60) else None
