"""One of several: which option of a group is paid, and what becomes of the credits of the others.

Owns: what stands against what, totals, the customer's choice. Does not own: the credits, nor caps, which come after.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.clauses import INCIDENT, OneOf

from tests.reference.civil import last_moment, period_at
from tests.reference.credits import Due
from tests.reference.subjects import held_by, names
from tests.reference.world import World, event_order

Group = tuple[int, OneOf, tuple[int, int], str]


def after_options(world: World, dues: list[Due]) -> None:
    """Leave nothing of what is not taken; what waits for the choice, or for another amount, waits."""
    groups: dict[tuple[int, str, int, str], tuple[Group, list[Due]]] = {}
    for due in dues:
        for group in groups_of(world, due):
            groups.setdefault((group[0], group[1].name, group[2][0], group[3]), (group, []))[1].append(due)
    for group, members in groups.values():
        _resolve(world, group, members)


def groups_of(world: World, due: Due) -> list[Group]:
    """The groups that a credit stands in: their terms, their period, the incident if each is looked at by itself."""
    place, found = due.verdict.cut.place, []
    for one in world.terms[place].one_of:
        if any(due.clause.name in names for names in one.options):
            whole = period_at(one.cycle, due.verdict.cut.end - 1, world.terms[place].timezone)
            terms = world.terms[place]
            whose = due.verdict.single if one.for_each == INCIDENT else held_by(terms, one.for_each, due.verdict.whose)
            found.append((place, one, whole, whose))
    return found


def choice_until(group: Group) -> int:
    assert group[1].choice is not None
    return last_moment(group[1].choice.due.deadline, group[2][1], closes_day=True)


def _resolve(world: World, group: Group, members: list[Due]) -> None:
    terms = group[1]
    options = [[one for one in members if one.clause.name in names] for names in terms.options]
    totals = [sum((_counts(one) for one in option), Fraction(0)) for option in options]
    picked = _picked(world, group)
    rivals = len(picked) > 1
    waiting = any(one.wanted is None for one in members)
    world.edge("an option that lapsed", when=any(one.state == "lapsed" for one in members))
    world.edge("two choices at one moment", when=rivals)
    if rivals or (waiting and not picked):
        world.edge("options wait for an amount", when=waiting and len(members) > 1)
        for one in members:
            _wait(one, "pending")
        return
    worth = [number for number, total in enumerate(totals) if total]
    how = terms.take
    if how == "customer_chooses":
        assert terms.choice is not None
        how = terms.choice.otherwise  # type: ignore[assignment]
        if picked:
            world.edge("an option is chosen")
            _take(options, picked.pop())
            return
        if len(worth) == 1:
            world.edge("one option alone pays anything")
            _take(options, worth[0])
            return
        if worth and world.as_of <= choice_until(group):
            world.edge("the customer may still choose")
            for one in members:
                _wait(one, "choice_pending")
            return
    if not worth:
        return
    world.edge(f"one of several, {how}", when=len(worth) > 1)
    world.edge("options of one total", when=len(worth) > 1 and len({totals[number] for number in worth}) == 1)
    if how == "lapses":
        _take(options, None)
    elif how == "first":
        _take(options, worth[0])
    else:
        _take(options, totals.index(max(totals)))


def _counts(due: Due) -> Fraction:
    return Fraction(0) if due.wanted is None or due.state == "lapsed" else due.wanted


def _take(options: list[list[Due]], taken: int | None) -> None:
    for number, option in enumerate(options):
        for one in option:
            if number == taken or one.wanted == 0:
                continue
            # What is not taken is nothing, whatever it would have come to.
            one.wanted = Fraction(0)
            one.unclaimed = one.state == "lapsed"
            one.state = one.state if one.state == "accruing" else "reduced_to_zero"


def _wait(due: Due, state: str) -> None:
    if due.wanted == 0 and state == "pending":
        return
    due.wanted = None
    due.state = due.state if due.state == "accruing" else state


def chosen_at(world: World, group: Group) -> int | None:
    """When an option was chosen in time; None where none was, or several at one moment."""
    made = _made(world, group)
    first = min(((one.at, event_order(one)[0]) for one, _ in made), default=None)
    return None if first is None or len(_picked(world, group)) > 1 else first[0]


def _picked(world: World, group: Group) -> set[int]:
    """The option that was chosen in time: one, none, or several of one moment."""
    made = _made(world, group)
    first = min(((one.at, event_order(one)[0]) for one, _ in made), default=None)
    return {number for one, number in made if (one.at, event_order(one)[0]) == first}


def _made(world: World, group: Group) -> list[tuple[Any, int]]:
    """Every choice that was made in time, with the number of its option."""
    place, terms, whole, subject = group
    if terms.choice is None:
        return []
    until = choice_until(group)
    made: list[tuple[Any, int]] = []
    for one in world.of_kind(told.Choice):
        if one.group != terms.name or not _speaks_of(world.terms[place], one, whole, subject):
            continue
        world.edge("chosen at the last instant", when=one.at == until)
        world.edge("chosen one microsecond late", when=one.at == until + 1)
        number = _option_named(world, place, terms, one.option)
        if one.at <= until and number is not None:
            made.append((one, number))
    return made


def _option_named(world: World, place: int, terms: OneOf, name: str) -> int | None:
    for number, option in enumerate(terms.options):
        for clause in world.terms[place].clauses:
            if clause.name in option and name in {clause.name, *clause.formerly}:
                return number
    return None


def _speaks_of(terms: Terms, one: told.Choice, whole: tuple[int, int], subject: str) -> bool:
    if one.period is None and one.subject is None:
        return False
    if one.period is not None and not whole[0] <= one.period < whole[1]:
        return False
    # A group that looks at each incident needs to be told which.
    return one.subject is not None and names(terms, one.subject, subject, subject) if subject else one.subject is None
