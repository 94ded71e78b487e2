"""What caps leave of credits, one period end after the other.

Owns: windows, room, the two ways to cut. Does not own: the credits themselves, nor where their claims stand.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.clauses import Cap
from malus.model.money import MINOR_DIGITS

from tests.reference.bases import WaitsError, base_of, charged, goods_base, in_minor_units
from tests.reference.civil import Span, period_at, shifted
from tests.reference.credits import Due
from tests.reference.incidents import FOREVER
from tests.reference.subjects import held_by, meant
from tests.reference.verdicts import Judgement
from tests.reference.world import World


def after_caps(world: World, dues: list[Due], holds: str = "credits") -> list[Fraction | None]:
    """The amount of each credit (or bonus) after every cap on such, in the same order; None for those that wait."""
    finals: dict[int, Fraction | None] = {}
    for end in sorted({one.verdict.cut.end for one in dues}):
        group = [place for place, one in enumerate(dues) if one.verdict.cut.end == end]
        for terms_place in sorted({dues[place].verdict.cut.place for place in group}):
            members = [place for place in group if dues[place].verdict.cut.place == terms_place]
            for cap in world.terms[terms_place].caps:
                if cap.holds != holds:
                    continue
                _cut(world, world.terms[terms_place], cap, dues, members, finals)
            for place in members:
                wanted = dues[place].wanted
                terms = world.terms[terms_place]
                finals[place] = None if wanted is None else in_minor_units(terms, wanted)
    return [finals[place] for place in range(len(dues))]


def _cut(
    world: World,
    terms: Terms,
    cap: Cap,
    dues: list[Due],
    members: list[int],
    finals: dict[int, Fraction | None],
) -> None:
    limited = [place for place in members if dues[place].clause.name in cap.limits and _uses(cap, dues[place])]
    for holder in sorted({_holder(terms, cap, dues[place]) for place in limited}):
        world.edge("a cap for each subject", when=bool(holder))
        touched = [place for place in limited if _holder(terms, cap, dues[place]) == holder]
        _cut_for(world, terms, cap, dues, touched, finals)


def _holder(terms: Terms, cap: Cap, due: Due) -> str:
    return held_by(terms, cap.for_each, due.verdict.whose)


def _cut_for(
    world: World, terms: Terms, cap: Cap, dues: list[Due], touched: list[int], finals: dict[int, Fraction | None]
) -> None:
    if cap.window.kind == "each_incident":
        for subject in dict.fromkeys(dues[place].verdict.subject for place in touched):
            together = [place for place in touched if dues[place].verdict.subject == subject]
            _cut_together(world, terms, cap, dues, together, finals, ())
        return
    if cap.window.kind == "each_period":
        for span in {dues[place].verdict.cut.span for place in touched}:
            together = [place for place in touched if dues[place].verdict.cut.span == span]
            _cut_together(world, terms, cap, dues, together, finals, ())
        return
    if touched:
        _cut_together(world, terms, cap, dues, touched, finals, tuple(finals))


def _uses(cap: Cap, due: Due) -> bool:
    return due.wanted is not None and not (cap.counts == "claimed" and (due.state == "lapsed" or due.unclaimed))


def _cut_together(
    world: World,
    terms: Terms,
    cap: Cap,
    dues: list[Due],
    together: list[int],
    finals: dict[int, Fraction | None],
    earlier: tuple[int, ...],
) -> None:
    verdict = dues[together[0]].verdict
    first = verdict.cut
    window = window_of(world, terms, cap, first.end, first.span)
    try:
        limit = _limit(world, terms, cap, window, verdict)
        used = _opened(world, terms, cap, window, verdict)
    except WaitsError:
        for place in [one for one in together if not dues[one].agreed]:
            dues[place].wanted = None
            dues[place].state = "pending" if dues[place].state != "accruing" else "accruing"
        return
    for place in earlier:
        amount = finals[place]
        held = _holder(terms, cap, dues[place]) == _holder(terms, cap, dues[together[0]])
        if amount is not None and held and _within(cap, window, dues[place]) and _named(world, terms, cap, dues[place]):
            used += amount if _uses(cap, dues[place]) else 0
    room = max(Fraction(0), limit - used)
    # What the parties agreed is not cut; it takes its room before what the terms come to.
    for place in together:
        if dues[place].agreed:
            world.edge("what was agreed uses a cap", when=len(together) > 1)
            room = max(Fraction(0), room - (dues[place].wanted or 0))
    together = [place for place in together if not dues[place].agreed]
    if not together:
        return
    wants: dict[int, Fraction] = {place: dues[place].wanted or Fraction(0) for place in together}
    world.edge("cap reached exactly", when=sum(wants.values()) == room > 0)
    world.edge("cap missed by one minor unit", when=sum(wants.values()) - room == _unit(terms))
    if sum(wants.values()) <= room:
        return
    world.edge(f"cap cuts {cap.cut}", when=len(together) > 1)
    world.edge(f"cap cuts per {cap.window.kind}")
    world.edge("nothing left under a cap", when=room == 0)
    shares = pro_rata(terms, wants, room) if cap.cut == "pro_rata" else _in_order(wants, room)
    for place in together:
        dues[place].wanted = shares[place]


def beside(world: World, cap: Cap, dues: list[Due], group: list[int], place: int) -> list[int]:
    """Those of one period's end whose room under a cap is that of one of them, without itself."""
    terms, own = world.terms[dues[place].verdict.cut.place], dues[place].verdict
    alike = {
        "each_incident": lambda one: one.subject == own.subject,
        "each_period": lambda one: one.cut.span == own.cut.span,
    }.get(cap.window.kind, lambda _: True)
    holder = _holder(terms, cap, dues[place])
    return [
        one for one in group if one != place and _holder(terms, cap, dues[one]) == holder and alike(dues[one].verdict)
    ]


def counted_before(world: World, cap: Cap, dues: list[Due], place: int) -> list[int]:
    """Those of earlier periods that take room of a cap from one."""
    if cap.window.kind in {"each_incident", "each_period"}:
        return []
    cut = dues[place].verdict.cut
    terms = world.terms[cut.place]
    window, holder = window_of(world, terms, cap, cut.end, cut.span), _holder(terms, cap, dues[place])
    return [
        number
        for number, one in enumerate(dues)
        if (one.verdict.cut.end, one.verdict.cut.place) < (cut.end, cut.place)
        and not one.agreed
        and _holder(terms, cap, one) == holder
        and _within(cap, window, one)
        and _named(world, terms, cap, one)
    ]


def _unit(terms: Terms) -> Fraction:
    return Fraction(1, 10 ** MINOR_DIGITS[terms.currency])


def pro_rata(terms: Terms, wants: dict[int, Fraction], room: Fraction) -> dict[int, Fraction]:
    """The whole minor units of the room shared by what each wanted; those left over by largest remainder.

    Nobody gets one who could not be paid it: where amounts are rounded down after caps, a want of 0.277 is paid 0.27.
    """
    unit, asked = _unit(terms), sum(wants.values())
    units = room // unit
    exact = {place: units * want / asked for place, want in wants.items()}
    shares = {place: part // 1 for place, part in exact.items()}
    turns = sorted(exact, key=lambda one: (shares[one] - exact[one], one))
    for _ in range(len(wants)):
        for place in turns:
            if sum(shares.values()) < units and (shares[place] + 1) * unit <= in_minor_units(terms, wants[place]):
                shares[place] += 1
    return {place: min(share * unit, wants[place]) for place, share in shares.items()}


def _in_order(wants: dict[int, Fraction], room: Fraction) -> dict[int, Fraction]:
    shares = {}
    for place, want in wants.items():
        shares[place] = min(want, room)
        room -= shares[place]
    return shares


def window_of(world: World, terms: Terms, cap: Cap, end: int, span: Span) -> Span:
    """The time over which a cap is counted for a credit whose period ends at `end`."""
    match cap.window.kind:
        case "each_incident" | "each_period":
            return span
        case "period":
            assert cap.window.cycle is not None
            return period_at(cap.window.cycle, end - 1, terms.timezone)
        case "rolling":
            return shifted(end, terms.timezone, months=-cap.window.months), end
        case "term":
            return -FOREVER * 1000, FOREVER * 1000


def _within(cap: Cap, window: Span, due: Due) -> bool:
    """Whether an earlier credit's period end lies in the window."""
    end = due.verdict.cut.end
    if cap.window.kind == "period":
        return window[0] <= end - 1 < window[1]
    return window[0] < end <= window[1]


def _named(world: World, terms: Terms, cap: Cap, due: Due) -> bool:
    place = world.terms.index(terms)
    chain = world.clause_chain(due.verdict.cut.place, due.clause.name)
    return place in chain.members and chain.members[place].name in cap.limits


def _limit(world: World, terms: Terms, cap: Cap, window: Span, verdict: Judgement) -> Fraction:
    if cap.amount is not None:
        return Fraction(cap.amount.amount)
    assert cap.rate is not None
    span, whose = verdict.cut.span, held_by(terms, cap.for_each, verdict.whose)
    if cap.goods is not None:
        base = goods_base(world, verdict, cap.goods)
    elif cap.base == "as_credited":
        world.edge("a cap of what the credit was taken of")
        base = base_of(world, terms, verdict, verdict.clause.credit.base)  # type: ignore[union-attr]
    elif cap.base == "judged_period" or cap.window.kind.startswith("each"):
        base = sum((charged(world, terms, name, span, cap.part_period, whose) for name in cap.charges), Fraction(0))
    else:
        base = _charges_of(world, terms, cap, window, whose)
    limit = cap.rate * base
    return in_minor_units(terms, limit) if terms.money.when == "each_remedy" else limit


def _charges_of(world: World, terms: Terms, cap: Cap, window: Span, whose: str) -> Fraction:
    base = Fraction(0)
    if cap.window.kind != "period":
        for one in _openings(world, terms, cap, window, whose):
            base += one.charged.amount if one.charged is not None else 0
        window = max(window[0], world.starts(0)), window[1]
        world.edge("rolling window begins before the first terms", when=window[0] == world.starts(0))
    return base + sum(
        (charged(world, terms, name, window, cap.part_period, whose) for name in cap.charges), Fraction(0)
    )


def _opened(world: World, terms: Terms, cap: Cap, window: Span, verdict: Judgement) -> Fraction:
    if cap.window.kind.startswith("each"):
        return Fraction(0)
    whose = held_by(terms, cap.for_each, verdict.whose)
    opened = _openings(world, terms, cap, window, whose)
    return sum((one.used.amount for one in opened if one.used is not None), Fraction(0))


def _openings(world: World, terms: Terms, cap: Cap, window: Span, whose: str) -> list[Any]:
    """The balances brought in that lie wholly inside of a window; WaitsError where one straddles its edge."""
    found = []
    for one in world.of_kind(told.Opening):
        if one.cap != cap.name or one.end <= window[0] or one.start >= window[1]:
            continue
        if whose and whose not in {meant(terms, text) for text in one.subjects}:
            continue
        if one.start < window[0] or one.end > window[1]:
            world.edge("opening straddles a window")
            raise WaitsError
        world.edge("opening counts in a window")
        found.append(one)
    return found
