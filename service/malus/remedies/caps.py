"""Owns caps: nested limits on what is credited, counted over their windows, and who loses what when one bites.

Does not own: how a credit was worked out. Credits come in the order in which they use caps up: period end, clause
order, subject (SEMANTICS 5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby

from malus.model.afterwards import Adjusted
from malus.model.agreement import MoneyRule
from malus.model.clauses import Cap
from malus.model.events import Opening
from malus.model.explanation import BaseSum, CapCut, Rounded, Step, Undetermined
from malus.model.instants import Instant, utc_text
from malus.model.measurement import Goods
from malus.model.money import MINOR_DIGITS, Money, RoundingMode, round_to, zero
from malus.model.periods import Period, period_containing, shift_civil
from malus.model.subjects import Subjects
from malus.remedies.charge_base import ChargeBook, Waiting
from malus.remedies.claims import settled_from
from malus.remedies.goods_base import goods_sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped:
    """A credit on its way through the caps: what it is now, and the steps so far.

    `place` is that of the terms that judge it, `caps` and `subjects` are theirs, the caps in the order of the file.
    `whose`: the subject that it is for, among them. `base`: what its rate was taken of, if it has one. `amount` None:
    it waits for something. `lapsed`: nobody claimed it in time. `goods`: the deliveries that it is for.
    `runs_on`: what it is for is not over, although its period is. `final_from`: from when neither it nor what shares a
    cap with it can change; None while that cannot be said.
    `straddling`: the balances brought in that lie partly outside a window of it, so that it cannot be worked out.
    `agreed`: what the parties agreed it amounts to, whatever caps leave of it; it then uses caps up by that.
    """

    place: int
    clause: str
    ordinal: int
    subject: str
    period: Period
    zone: str
    money: MoneyRule
    caps: tuple[Cap, ...]
    amount: Money | None
    lapsed: bool
    steps: tuple[Step, ...] = ()
    waiting: str = ""
    whose: str = ""
    subjects: Subjects = field(default_factory=Subjects)
    runs_on: bool = False
    final_from: Instant | None = None
    straddling: tuple[Opening, ...] = ()
    base: BaseSum | None = None
    agreed: Adjusted | None = None
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    """Where a cap counts: its name and the span (first exclusive for period ends, last inclusive).

    `alone`: the incident or period that it counts by itself. `whose`: the subject whose credits it counts.
    """

    cap: str
    start: Instant
    end: Instant
    whose: str
    alone: str = ""


def through_caps(credits: Sequence[Capped], book: ChargeBook, openings: Sequence[Opening]) -> list[Capped]:
    """Take every credit through its caps, in order; later caps see what earlier ones left.

    Credits whose periods end at one instant, under the same terms, share a cap's room: in proportion to what each wants
    (`pro_rata`, whole minor units by largest remainder, ties in order) or first come (`in_order`). What earlier periods
    credited in the same window has used it up; a lapsed credit does so only where the cap counts what was `earned`.
    Where the terms round only what is left after caps, that is done here, so that a cap is used up by what is payable.
    Returns the credits in the order given, cut and with a step for every cap that bit.
    """
    used: dict[str, list[tuple[Capped, Cap]]] = defaultdict(list)
    done: list[Capped] = []
    for _, group in groupby(credits, key=lambda credit: (credit.period.end, credit.place)):
        together = list(group)
        for name in _cap_names(together):
            together = _under_one_cap(name, together, used[name], book, openings)
        for name in _cap_names(together):
            together = _final_together(name, together, used[name], book)
        together = [_payable(credit) for credit in together]
        for credit in together:
            for cap in credit.caps:
                if credit.clause in cap.limits:
                    used[cap.name].append((credit, cap))
        done += together
    return done


def _payable(credit: Capped) -> Capped:
    if credit.amount is not None and not credit.amount.is_payable():
        result = credit.amount.payable(credit.money.mode)
        step = Rounded(before=credit.amount, mode=credit.money.mode, result=result)
        credit = replace(credit, amount=result, steps=(*credit.steps, step))
    if credit.agreed is None:
        return credit
    agreed = replace(credit.agreed, before=credit.amount)
    steps = (*credit.steps, agreed)
    return replace(credit, amount=agreed.result, steps=steps, lapsed=False, waiting="", straddling=())


def _cap_names(credits: Sequence[Capped]) -> list[str]:
    names: dict[str, None] = {}
    for credit in credits:
        for cap in credit.caps:
            names.setdefault(cap.name)
    return list(names)


def _under_one_cap(
    name: str,
    credits: Sequence[Capped],
    used: Sequence[tuple[Capped, Cap]],
    book: ChargeBook,
    openings: Sequence[Opening],
) -> list[Capped]:
    shared: dict[_Window, list[int]] = defaultdict(list)
    agreed: dict[_Window, list[Money]] = defaultdict(list)
    caps: dict[int, Cap] = {}
    for place, credit in enumerate(credits):
        cap = next((cap for cap in credit.caps if cap.name == name and credit.clause in cap.limits), None)
        if cap is not None and credit.agreed is not None:
            # What the parties agreed is not cut; it takes its room before what the terms come to.
            agreed[_window(cap, credit, book)].append(credit.agreed.result)
        elif cap is not None and not (credit.lapsed and cap.counts == "claimed"):
            caps[place] = cap
            shared[_window(cap, credit, book)].append(place)
    result = list(credits)
    for window, places in shared.items():
        mine = [credits[place] for place in places]
        cut = _cut(caps[places[0]], window, mine, used, agreed[window], book, openings)
        for place, credit in zip(places, cut, strict=True):
            result[place] = credit
    return result


def _final_together(
    name: str, credits: Sequence[Capped], used: Sequence[tuple[Capped, Cap]], book: ChargeBook
) -> list[Capped]:
    """What shares the room of a cap is not final while another waits or runs on; nor, of what is claimed, may lapse.

    What the parties agreed neither changes with the others nor changes them.
    """
    shared: dict[_Window, list[int]] = defaultdict(list)
    caps: dict[int, Cap] = {}
    for place, credit in enumerate(credits):
        cap = next((cap for cap in credit.caps if cap.name == name and credit.clause in cap.limits), None)
        if cap is not None and credit.agreed is None:
            caps[place] = cap
            shared[_window(cap, credit, book)].append(place)
    result = list(credits)
    for window, places in shared.items():
        before = [credit for credit, theirs in used if credit.agreed is None and _inside(credit, theirs, window)]
        together = [*before, *(credits[place] for place in places)]
        unknown = any(credit.amount is None or credit.runs_on for credit in together)
        final_from = None if unknown else settled_from([credit.final_from for credit in together])
        for place in places:
            # What lapsed comes to nothing, whatever shares a cap with it.
            if not credits[place].lapsed and (unknown or caps[place].counts == "claimed"):
                result[place] = replace(result[place], final_from=final_from)
    return result


def _cut(
    cap: Cap,
    window: _Window,
    credits: Sequence[Capped],
    used: Sequence[tuple[Capped, Cap]],
    agreed: Sequence[Money],
    book: ChargeBook,
    openings: Sequence[Opening],
) -> list[Capped]:
    straddling = tuple(opening for opening in openings if _straddles(opening, cap, window))
    if straddling:
        reason = f"an opening balance of the cap `{cap.name}` lies partly outside its window: give it per period"
        return [replace(_waits(credit, reason), straddling=straddling) for credit in credits]
    base = _base(cap, window, credits[0], book)
    if isinstance(base, Waiting):
        return [_waits(credit, base.what) for credit in credits]
    rule, currency = credits[0].money, book.terms[0].currency
    limit = cap.amount if cap.amount is not None else _of(base, cap, currency)
    if rule.when == "each_remedy":
        limit = limit.payable(rule.mode)
    before = [credit for credit, theirs in used if _inside(credit, theirs, window)]
    spent = sum(agreed, zero(currency))
    for credit in before:
        if credit.amount is not None and not (credit.lapsed and cap.counts == "claimed"):
            spent = spent + credit.amount
    for opening in openings:
        if _is_of(opening, cap.name, window) and opening.used is not None and _holds(window, opening):
            spent = spent + opening.used
    room = max(Fraction(0), (limit - spent).amount)
    wants = [credit.amount.amount if credit.amount is not None else Fraction(0) for credit in credits]
    gets = _shared_out(cap, room, wants, rule.mode, currency)
    answers = []
    for credit, want, get in zip(credits, wants, gets, strict=True):
        if credit.amount is None or get == want:
            answers.append(credit)
            continue
        step = CapCut(
            cap=cap.name,
            source=cap.source,
            rate=cap.rate,
            base=base,
            limit=limit,
            used=spent,
            wanted=Money(amount=sum(wants, Fraction(0)), currency=currency),
            before=credit.amount,
            cut=Money(amount=want - get, currency=currency),
            result=Money(amount=get, currency=currency),
            shared=cap.cut,
        )
        answers.append(replace(credit, amount=step.result, steps=(*credit.steps, step)))
    return answers


def _shared_out(
    cap: Cap, room: Fraction, wants: Sequence[Fraction], mode: RoundingMode, currency: str
) -> list[Fraction]:
    total = sum(wants, Fraction(0))
    if total <= room:
        return list(wants)
    if cap.cut == "in_order":
        gets, left = [], room
        for want in wants:
            gets.append(min(want, left))
            left -= gets[-1]
        return gets
    digits = MINOR_DIGITS[currency]
    minor = 10**digits
    # Down: the shares together never pass an unrounded room.
    units = round_to(room, digits, RoundingMode.DOWN) * minor
    exact = [units * want / total for want in wants]
    whole = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(wants)), key=lambda place: (whole[place] - exact[place], place))
    # A unit goes to nobody who has all of what he would be paid without a cap.
    most = [round_to(want, digits, mode) * minor for want in wants]
    rest = units.numerator - sum(whole)
    while takers := [place for place in by_remainder if whole[place] < most[place]][:rest]:
        for place in takers:
            whole[place] += 1
        rest -= len(takers)
    return [min(Fraction(share, minor), want) for share, want in zip(whole, wants, strict=True)]


def _window(cap: Cap, credit: Capped, book: ChargeBook) -> _Window:
    period, whose = credit.period, _whose(cap, credit)
    match cap.window.kind:
        case "each_incident":
            return _Window(cap.name, period.start, period.end, whose, f"{credit.subject}\n{utc_text(period.start)}")
        case "each_period":
            return _Window(cap.name, period.start, period.end, whose, utc_text(period.start))
        case "rolling":
            return _Window(cap.name, shift_civil(period.end, credit.zone, months=-cap.window.months), period.end, whose)
        case "period":
            assert cap.window.cycle is not None, "the compiler gives a cap by period its cycle"
            whole = period_containing(cap.window.cycle, period.end - 1, credit.zone)
            return _Window(cap.name, whole.start, whole.end, whose)
        case "term":
            stops = book.terms[-1].stops()
            # What was brought in is older than the terms and uses a cap over all of them up.
            starts = min([book.terms[0].starts(), *(event.start for event in book.openings if event.cap == cap.name)])
            return _Window(cap.name, starts, period.end if stops is None else stops, whose)


def _whose(cap: Cap, credit: Capped) -> str:
    """The subject whose cap a credit uses up: its own, or the whole of that kind that it is part of."""
    if cap.for_each is None:
        return ""
    return next(iter(credit.subjects.at_or_above(credit.whose, cap.for_each)), "")


def _inside(credit: Capped, cap: Cap, window: _Window) -> bool:
    """Whether an earlier credit belongs to a window: its period ends after the window's start, up to its end."""
    is_theirs = not window.whose or _whose(cap, credit) == window.whose
    return window.start < credit.period.end <= window.end and not window.alone and is_theirs


def _straddles(opening: Opening, cap: Cap, window: _Window) -> bool:
    touches = opening.start < window.end and opening.end > window.start
    return _is_of(opening, cap.name, window) and not window.alone and touches and not _holds(window, opening)


def _holds(window: _Window, opening: Opening) -> bool:
    return not window.alone and window.start <= opening.start and opening.end <= window.end


def _is_of(opening: Opening, cap: str, window: _Window) -> bool:
    """Whether a balance is one of this cap, of the subject whose credits the window counts."""
    return opening.cap == cap and (not window.whose or window.whose in opening.subjects)


def _base(cap: Cap, window: _Window, credit: Capped, book: ChargeBook) -> BaseSum | Waiting | None:
    if cap.rate is None:
        return None
    if cap.goods is not None:
        return goods_sum(cap.goods, credit.goods, credit.period.label, book.terms[0].currency)
    if cap.base == "as_credited":
        if credit.base is None:
            return Waiting(what=f"a base of `{credit.clause}` that the cap `{cap.name}` is a share of")
        return credit.base
    if cap.base == "judged_period" or cap.window.kind in ("each_incident", "each_period"):
        return book.sum_between(cap.charges, (), credit.period.start, credit.period.end, cap.part_period, window.whose)
    if cap.window.kind == "period":
        return book.sum_between(cap.charges, (), window.start, window.end, cap.part_period, window.whose)
    return book.sum_with_brought_in(cap.name, cap.charges, window.start, window.end, cap.part_period, window.whose)


def _of(base: BaseSum | None, cap: Cap, currency: str) -> Money:
    assert base is not None and cap.rate is not None, f"cap {cap.name} has neither an amount nor a rate"
    assert base.total.currency == currency
    return base.total.times(cap.rate)


def _waits(credit: Capped, reason: str) -> Capped:
    return replace(
        credit, amount=None, waiting=reason, steps=(*credit.steps, Undetermined(reason=f"waits for {reason}"))
    )
