"""Credits that later periods give back: which of them, where the return stands, what it comes to.

Owns: the periods that decide, what bars a return. Does not own: the credit that is returned, nor when another clause
came true (`windows`).
"""

from __future__ import annotations

from fractions import Fraction

from tests.reference.credits import Due
from tests.reference.edges import holds
from tests.reference.verdicts import Judgement
from tests.reference.windows import Firing, came_true
from tests.reference.world import World

EarnBacks = dict[tuple[str, int, str, str], tuple[str, Fraction | None, bool]]


def earn_backs(
    world: World, judged: list[Judgement], dues: list[Due], amounts: list[Fraction | None], finals: list[bool]
) -> EarnBacks:
    """(clause, period, subject, occasion) -> where the return stands, its amount below nought, whether it is final."""
    found: EarnBacks = {}
    # A clause applies whenever one of its grounds comes true, also where another one rests on the same fact.
    bars = any(due.clause.returned is not None and due.clause.returned.not_when is not None for due in dues)
    fired = came_true(world, judged) if bars else []
    for due, amount, credited in zip(dues, amounts, finals, strict=True):
        # A credit that comes to nothing, as one that lapsed, has nothing to give back; one that waits may have.
        if due.clause.returned is None or due.state in {"accruing", "lapsed"} or amount == 0:
            continue
        state = _state(world, judged, fired, due.verdict)
        returned: Fraction | None = None
        if state == "lost":
            returned = Fraction(0)
        elif state == "due" and amount is None:
            world.edge("a return waits for its credit")
            state = "pending"
        elif state == "due" and amount is not None:
            returned = -amount
        world.edge(f"a return is {state}")
        key = (due.clause.name, due.verdict.cut.start, due.verdict.owed_to, due.verdict.called())
        final = credited and state != "pending" and _decided(world, judged, due.verdict)
        found[key] = state, returned, final
    return found


def _state(world: World, judged: list[Judgement], fired: list[Firing], paid_for: Judgement) -> str:
    terms = paid_for.clause.returned
    assert terms is not None
    if terms.floor is not None and paid_for.level is not None:
        world.edge("a level exactly at the floor of a return", when=paid_for.level == terms.floor.value)
        if _too_bad(world, paid_for):
            world.edge("too bad to be returned")
            return "lost"
    following = _following(world, judged, paid_for)[: terms.periods]
    complete = [one for one in following if one.cut.end <= world.as_of]
    world.edge(
        "the last period of a return ends at the moment of asking", when=_ends_now(world, complete, terms.periods)
    )
    if any(_reached(world, paid_for, one) is False for one in complete):
        return "lost"
    last = complete[-1].cut.end if len(complete) == terms.periods else world.as_of
    if terms.not_when is not None and _barred(world, fired, paid_for, last):
        world.edge("a return is barred")
        return "lost"
    kept = [one for one in complete if _reached(world, paid_for, one)]
    world.edge("a return waits for a level", when=len(kept) < len(complete) == terms.periods)
    return "due" if len(kept) == terms.periods else "pending"


def _decided(world: World, judged: list[Judgement], paid_for: Judgement) -> bool:
    """Whether what a return that is due or lost rests on is final: the failure itself, one later period, or all."""
    terms = paid_for.clause.returned
    assert terms is not None
    if _too_bad(world, paid_for):
        return True
    following = _following(world, judged, paid_for)[: terms.periods]
    lost = [one for one in following if one.cut.end <= world.as_of and _reached(world, paid_for, one) is False]
    rests_on = lost[:1] or following
    world.edge("a return waits for the grace of a later period", when=not all(one.final for one in rests_on))
    return bool(lost or len(following) == terms.periods) and all(one.final for one in rests_on)


def _too_bad(world: World, paid_for: Judgement) -> bool:
    terms = paid_for.clause.returned
    assert terms is not None
    if terms.floor is None or paid_for.level is None:
        return False
    return holds(world, terms.floor.edge, terms.floor.value, paid_for.level, paid_for.found.grain)


def _following(world: World, judged: list[Judgement], paid_for: Judgement) -> list[Judgement]:
    """The same promise in later periods, for the same subject, the next one first."""
    promise = world.clause_chain(paid_for.cut.place, paid_for.clause.name)
    return [
        one
        for one in sorted(judged, key=lambda one: one.cut.start)
        if one.cut.start >= paid_for.cut.end
        and one.whose == paid_for.whose
        and world.clause_chain(one.cut.place, one.clause.name) is promise
    ]


def _ends_now(world: World, complete: list[Judgement], periods: int) -> bool:
    return len(complete) == periods and complete[-1].cut.end == world.as_of


def _reached(world: World, paid_for: Judgement, one: Judgement) -> bool | None:
    """Whether a later period did what the return asks for; None where nobody can tell."""
    terms = paid_for.clause.returned
    assert terms is not None
    if one.outcome == "undetermined":
        return None
    world.edge("no level to hold against the target of a return", when=bool(terms.target) and one.level is None)
    if terms.target is None or one.level is None:
        return one.outcome == "met"
    world.edge("a level exactly at the target of a return", when=one.level == terms.target.value)
    return holds(world, terms.target.edge, terms.target.value, one.level, one.found.grain)


def _barred(world: World, fired: list[Firing], paid_for: Judgement, last: int) -> bool:
    """Whether the clause that bars a return came true from the end of the credit's period on."""
    terms = paid_for.clause.returned
    assert terms is not None
    assert terms.not_when is not None
    barring = world.clause_chain(paid_for.cut.place, terms.not_when)
    moments = [
        one.at
        for one in fired
        if world.clause_chain(one.place, one.clause.name) is barring and one.whose in {"", paid_for.whose}
    ]
    world.edge("a clause bars at the end of the credit's own period", when=paid_for.cut.end in moments)
    world.edge("a clause bars at the end of the last period", when=last in moments)
    return any(paid_for.cut.end <= at <= last for at in moments)
