"""When a condition over a window comes true: missed periods, occurrences in days, total time in days, and what
other clauses declare.

Owns: the moments at which a clause fires. Does not own: what then follows (`consequences`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from malus.model import events as told
from malus.model.clauses import Clause
from malus.model.conditions import (
    AnyOf,
    CalendarDays,
    CalendarMonths,
    Declared,
    Fires,
    MissedPeriods,
    MissedTogether,
    OccurrencesInWindow,
    OnePeriod,
    Promise,
    TotalInWindow,
    TrailingTime,
)
from malus.model.indicators import DaysCounted, Delivered, DeliveryTime, Elapsed
from malus.model.quantities import Limit

from tests.reference.civil import EXACT, day_of, day_start, last_moment, open_spans, period_at, shifted, text_of
from tests.reference.deliveries import late_from
from tests.reference.edges import holds, rounded_level
from tests.reference.incidents import used_up_at
from tests.reference.levels import happenings, level_found_spans
from tests.reference.spans import Span, crossings, kept, united
from tests.reference.subjects import meant
from tests.reference.together import enough_missed, stands_with
from tests.reference.verdicts import Judgement, promised_of_single
from tests.reference.world import Chain, Cut, World

DAY = 24 * EXACT["hours"]


@dataclass(frozen=True)
class Firing:
    """A clause came true: when, by which terms, and what it is called for ever.

    `closes`: the moment is the end of a period, so that its deadlines count from the day it closes.
    `cut`: the period that a credit for it falls in, where it came true with one. `stands`: that period is over, so
    that rights arise; until then its credit accrues. `rests_on`: the verdicts that are enough, of promises missed
    together.
    """

    clause: Clause
    place: int
    at: int
    occasion: str
    closes: bool
    subject: str = ""
    judgement: Any = None
    cut: Cut | None = None
    stands: bool = True
    whose: str = ""
    rests_on: tuple[Judgement, ...] = ()
    final: bool = True

    @property
    def single(self) -> str:
        """The incident that it is for, where each is judged by itself."""
        return "" if self.subject == self.whose else self.subject

    @property
    def owed_to(self) -> str:
        """What its remedies are called by: the listed subject, else the incident."""
        return self.whose or self.subject


def firings(world: World, judged: list[Judgement]) -> list[Firing]:
    """Every moment at which a clause came true, up to the moment of asking."""
    found = came_true(world, judged)
    return once_for_each_occasion(world, found + _declared(world, once_for_each_occasion(world, found)))


def came_true(world: World, judged: list[Judgement]) -> list[Firing]:
    """The same for each ground by itself, without what follows from what others declare."""
    broken = [one for verdict in judged for one in _broken(world, verdict)]
    found = [one for one in broken if one.stands]
    for chain in world.clauses:
        for ground in sorted({number for one in chain.members.values() for number, _ in grounds(one)}):
            part = Ground(chain, ground)
            found += _missed_periods(world, part, judged)
            found += _occurrences(world, part)
            found += _totals(world, part)
            found += _together(world, part, broken, judged)
    return found


def grounds(clause: Clause) -> list[tuple[int, Any]]:
    """The conditions of a clause that are no promise, numbered: each of `any_of` is one by itself."""
    if isinstance(clause.condition, AnyOf):
        return list(enumerate(clause.condition.conditions))
    return [] if isinstance(clause.condition, Promise) else [(0, clause.condition)]


@dataclass
class Ground:
    """One of the conditions of a clause, through the terms."""

    chain: Chain
    number: int

    def under(self, kind: type[Any]) -> Iterator[tuple[int, Clause, Any]]:
        """Place, clause and condition wherever it is of a kind."""
        for place, clause in sorted(self.chain.members.items()):
            for number, condition in grounds(clause):
                if number == self.number and isinstance(condition, kind):
                    yield place, clause, condition


def once_for_each_occasion(world: World, found: list[Firing]) -> list[Firing]:
    """Several grounds that rest on the same first fact are one occasion: the ground that came first."""
    kept: list[Firing] = []
    taken: set[tuple[str, str, str]] = set()
    for one in sorted(found, key=lambda one: one.at):
        key = (one.clause.name, one.occasion, one.owed_to)
        if isinstance(one.clause.condition, AnyOf):
            world.edge("two grounds rest on the same fact", when=key in taken)
            if key in taken:
                continue
            taken.add(key)
        kept.append(one)
    return kept


def _broken(world: World, verdict: Judgement) -> list[Firing]:
    if verdict.outcome != "missed":
        return []
    occasion = verdict.called()
    place, at, closes = verdict.cut.place, broken_at(world, verdict), True
    # One that is judged by itself is late from when its time is up, not from when its period ends.
    up = None if verdict.incident is None else _time_up(world, verdict)
    if up is not None:
        at, closes = up, False
    stands = verdict.cut.end <= world.as_of or up is not None
    return [
        Firing(
            verdict.clause, place, at, occasion, closes, verdict.subject, verdict, stands=stands, whose=verdict.whose
        )
    ]


def _time_up(world: World, verdict: Judgement) -> int | None:
    indicator = world.terms[verdict.cut.place].indicator(verdict.clause.condition.indicator)  # type: ignore[union-attr]
    if not isinstance(indicator, Elapsed | DeliveryTime):
        # No time runs out where readings or samples of a delivery are judged.
        return None
    one = verdict.incident
    assert one is not None
    limit = promised_of_single(world, verdict.clause, verdict.cut, one)
    if isinstance(indicator, DeliveryTime):
        return _too_late_from(world, indicator, verdict, limit)
    needed = -(-limit.value // 1)
    up = used_up_at(one, needed)
    if up is None and isinstance(indicator, Elapsed) and indicator.by != "each_its_part" and one.end is not None:
        # Late by rounding alone: from when its time would have been up, had its clock run on.
        world.edge("late by rounding alone")
        later = (one.end, one.end + 100 * DAY)
        after = kept(open_spans(indicator.calendar, *later), [later])
        up = used_up_at(replace(one, spans=[*one.spans, *after]), needed)
    return up


def _too_late_from(world: World, indicator: DeliveryTime, verdict: Judgement, limit: Limit) -> int:
    """The moment at which the time of a late delivery was up; where civil days count, at which one too many began."""
    one, days, whose = verdict.incident, indicator.days, indicator.for_each
    assert one is not None
    if days is not None and days.day != "24_hours":

        def late(took: int) -> bool:
            level = rounded_level(indicator, Fraction(took), "duration")
            return not holds(world, limit.edge, limit.value, level)

        world.edge("too late from the start of a day")
        return late_from(world, indicator, one, verdict.cut, whose, late)
    running = replace(indicator, days=None)
    needed = _allowed(limit, days)
    world.edge("too late once its days are over", when=days is not None)
    return late_from(world, running, one, verdict.cut, whose, lambda took: took >= needed)


def _allowed(limit: Limit, days: DaysCounted | None) -> int:
    """How much time may run: of days of 24 hours, all of those that may count and, where part days do not, another."""
    if days is None or days.part_day == "exact":
        return -(-limit.value // 1)
    counted = limit.value // DAY if limit.edge == "at_most" else -(-limit.value // DAY) - 1
    return int(counted + (days.part_day == "ignored")) * DAY


def broken_at(world: World, verdict: Judgement) -> int:
    """The end of its period; for a report that is owed, the first instant after its own deadline."""
    indicator = world.terms[verdict.cut.place].indicator(verdict.clause.condition.indicator)
    if isinstance(indicator, Delivered) and verdict.outcome == "missed":
        return last_moment(indicator.due, verdict.cut.end, closes_day=True) + 1
    return verdict.cut.end


@dataclass
class Past:
    """One period of a chain: whether it was missed, and the terms that judged it (None: there were none).

    `under`: the terms that look at one without terms.
    """

    start: int
    end: int
    missed: bool
    place: int | None
    known: int = 0
    cut: Cut | None = None
    under: int | None = None
    final: bool = True


def _missed_periods(world: World, ground: Ground, judged: list[Judgement]) -> list[Firing]:
    everyone = sorted({one.whose for one in judged})
    promises = _watched(world, ground)
    return [
        one for watched in promises for whose in everyone for one in _missed_by(world, ground, watched, judged, whose)
    ]


def _missed_by(world: World, ground: Ground, promises: Chain, judged: list[Judgement], whose: str) -> list[Firing]:
    """The same of one promise, for one subject or for the agreement as a whole."""
    found: list[Firing] = []
    used: set[int] = set()
    was_true = False
    conditions = {
        place: (clause, condition)
        for place, clause, condition in ground.under(MissedPeriods)
        if promise_of(world, place, condition) is promises
    }
    history = _history(world, promises, judged, whose)
    for number, last in enumerate(history):
        looking = last.under if last.place is None else last.place
        place = min(ground.chain.members) if looking is None else looking
        if place not in conditions:
            was_true = False
            continue
        clause, condition = conditions[place]
        window = history[max(0, number + 1 - condition.window) : number + 1]
        missed = [one for one in window if one.missed]
        if condition.fires == Fires.FACTS_USED_ONCE:
            missed = [one for one in missed if one.start not in used]
        now = len(missed) >= condition.count
        world.edge("missed periods exactly as many as needed", when=len(missed) == condition.count)
        world.edge("missed period just out of the window", when=_just_out(history, number, condition))
        fires = now and last.place is not None
        if condition.fires == Fires.ONCE_WHILE_TRUE:
            fires = fires and not was_true
            world.edge("condition stays true", when=now and was_true)
        elif condition.fires == Fires.ON_EACH_NEW_FACT:
            fires = fires and last.missed
        if fires:
            world.edge(f"missed periods fire {condition.fires}")
            # A condition that stays true fires again on each new miss, so each is called by the miss itself.
            named = last if condition.fires == Fires.ON_EACH_NEW_FACT else missed[0]
            found.append(
                Firing(
                    clause,
                    place,
                    last.known,
                    text_of(named.start),
                    True,
                    whose,
                    cut=last.cut,
                    whose=whose,
                    final=all(one.final for one in window),
                )
            )
            used |= {one.start for one in missed}
        was_true = now
    return found


def _just_out(history: list[Past], number: int, condition: MissedPeriods) -> bool:
    before = number - condition.window
    inside = sum(one.missed for one in history[max(0, before + 1) : number + 1])
    return before >= 0 and history[before].missed and inside == condition.count - 1


def _history(world: World, promises: Chain, judged: list[Judgement], whose: str) -> list[Past]:
    """The complete periods of the promise that a clause watches, those brought in before them."""
    past: dict[int, Past] = {}
    for one in judged:
        place = one.cut.place
        if one.whose != whose:
            continue
        if place not in promises.members or promises.members[place].name != one.clause.name:
            continue
        if one.cut.end <= world.as_of:
            missed = one.outcome == "missed" or (one.cut.start in past and past[one.cut.start].missed)
            final = one.final and (one.cut.start not in past or past[one.cut.start].final)
            known = broken_at(world, one)
            past[one.cut.start] = Past(one.cut.start, one.cut.end, missed, place, known, one.cut, final=final)
    listed = [past[start] for start in sorted(past)]
    # Nobody brings in a past for a subject that is not judged.
    return brought_in(world, promises, whose) + _with_gaps(world, promises, listed) if listed or not whose else []


def _with_gaps(world: World, promises: Chain, listed: list[Past]) -> list[Past]:
    """The whole periods in which no terms were in force stand between the others: nothing was missed in them."""
    found = listed[:1]
    for before, one in pairwise(listed):
        assert one.cut is not None
        gaps = without_terms(world, promises.members[one.cut.place], before.end, one.cut)
        world.edge("a whole period without terms", when=bool(gaps))
        world.edge("days without terms", when=not gaps and before.end < one.start)
        found += [Past(start, end, False, None, under=one.place) for start, end in gaps]
        found.append(one)
    return found


def without_terms(world: World, promise: Clause, since: int, cut: Cut) -> list[Span]:
    """The whole periods of a promise between an instant and the period that a cut is of."""
    assert isinstance(promise.condition, Promise)
    cycle, zone = world.terms[cut.place].indicator(promise.condition.indicator).cycle, world.terms[cut.place].timezone
    found: list[Span] = []
    reached = cut.whole[0]
    while (span := period_at(cycle, reached - 1, zone))[0] >= since:
        found.insert(0, span)
        reached = span[0]
    return found


def _watched(world: World, ground: Ground) -> list[Chain]:
    """The promises that a condition watches through the terms: one, unless it is reworded to watch another."""
    found: list[Chain] = []
    for place, _, condition in ground.under(MissedPeriods):
        chain = promise_of(world, place, condition)
        if chain not in found:
            found.append(chain)
    return found


def promise_of(world: World, place: int, condition: MissedPeriods) -> Chain:
    """The promise that a condition names, by its clause or by its indicator."""
    clauses = world.terms[place].clauses
    promises = [one for one in clauses if isinstance(one.condition, Promise)]
    named = next(one for one in promises if condition.name in {one.name, one.condition.indicator})
    return world.clause_chain(place, named.name)


def brought_in(world: World, promises: Chain, whose: str) -> list[Past]:
    """The periods before the first terms, as far back as the earliest miss that was brought in."""
    place = min(promises.members)
    promise = promises.members[place]
    terms = world.terms[place]
    indicator = world.indicator_chain(place, promise.condition.indicator)
    names = promises.names | indicator.names
    openings = [
        one
        for one in world.of_kind(told.Opening)
        if one.missed in names and (not whose or whose in {meant(terms, text) for text in one.subjects})
    ]
    if not openings:
        return []
    earliest = min(one.start for one in openings)
    spans = {(one.start, one.end) for one in openings}
    cycle = indicator.members[place].cycle
    found: list[Past] = []
    reached = world.starts(0)
    while reached > earliest:
        start, end = period_at(cycle, reached - 1, terms.timezone)
        span = (start, min(end, reached))
        world.edge("missed period brought in", when=span in spans)
        found.insert(0, Past(span[0], span[1], span in spans, None))
        reached = start
    return found


def _occurrences(world: World, ground: Ground) -> list[Firing]:
    found: list[Firing] = []
    used: dict[str, set[int]] = {}
    for place, clause, condition in ground.under(OccurrencesInWindow):
        for whose in _everyone(world, place, condition.indicator):
            found += _often(world, place, clause, condition, whose, used.setdefault(whose, set()))
    return found


def _everyone(world: World, place: int, indicator: str) -> list[str]:
    """Every subject for which an indicator is judged; the agreement as a whole has no name."""
    chain = world.indicator_chain(place, indicator)
    return sorted({one.whose for cut in world.periods(chain) for one in world.each(chain, cut)})


def _often(
    world: World, place: int, clause: Clause, condition: OccurrencesInWindow, whose: str, used: set[int]
) -> list[Firing]:
    """When one subject's occurrences are enough."""
    found: list[Firing] = []
    # What nobody can know by the moment of asking, since its time has not come, is not counted yet.
    facts = [(at, known) for at, known in _facts(world, place, condition, whose) if known <= world.as_of]
    # Facts at one instant are one moment: the condition is looked at once, with all of them.
    for moment in sorted(dict(facts)):
        if world.in_force(moment) != place:
            continue
        inside = [at for at, _ in facts if _in_days(world, place, condition, at, moment)]
        fresh = [at for at in inside if at not in used]
        if condition.fires == Fires.FACTS_USED_ONCE:
            inside = fresh
        enough = bool(inside) and holds(world, condition.count.edge, condition.count.value, Fraction(len(inside)))
        if condition.fires == Fires.ONCE_WHILE_TRUE and enough:
            before = Fraction(sum(at < moment for at in inside))
            held = holds(world, condition.count.edge, condition.count.value, before)
            world.edge("condition stays true", when=held)
            enough = not held
        if enough:
            known = _known_by(world, condition, facts, inside, moment)
            world.edge(f"occurrences fire {condition.fires}")
            named = moment if condition.fires == Fires.ON_EACH_NEW_FACT else inside[0]
            found.append(Firing(clause, place, max(moment, known), text_of(named), False, whose, whose=whose))
            used |= set(inside)
    return found


def _known_by(
    world: World, condition: OccurrencesInWindow, facts: list[tuple[int, int]], inside: list[int], moment: int
) -> int:
    """The first instant at which so many of those inside are known to be some that the condition holds.

    Where it fires on each new one, one of those that are new has to be known.
    """
    known = sorted(at_last for at, at_last in facts if at in inside)
    edges = set(world.edges)
    many = [
        instant
        for number, instant in enumerate(known, 1)
        if holds(world, condition.count.edge, condition.count.value, Fraction(number))
    ]
    world.edges = edges
    news = min(at_last for at, at_last in facts if at == moment)
    world.edge("an earlier one is known to be bad only after a later one", when=news < known[-1])
    each_new = condition.fires == Fires.ON_EACH_NEW_FACT
    return max(many[0], news) if each_new else many[0]


def _facts(world: World, place: int, condition: OccurrencesInWindow, whose: str) -> list[tuple[int, int]]:
    """(the instant an occurrence stands for, the moment from which it is known to be one), in order."""
    chain = world.indicator_chain(place, condition.indicator)
    found: list[tuple[int, int]] = []
    for cut in _of(world, chain, whose):
        indicator = chain.members[cut.place]
        for one in happenings(world, indicator, cut):
            at = one.start if condition.placed_at == "start" else one.end
            # What happens at the very moment of asking is so, although no period that begins then is listed yet.
            reached = cut.end + (cut.end == world.as_of)
            if at is None or not cut.start <= at < reached or at > world.as_of:
                continue
            found.append((at, max(at, one.known)))
    return sorted(found)


def _of(world: World, chain: Chain, whose: str) -> list[Cut]:
    """The periods of an indicator in which one subject is judged."""
    return [one for cut in world.periods(chain) for one in world.each(chain, cut) if one.whose == whose]


def _in_days(world: World, place: int, condition: OccurrencesInWindow, at: int, moment: int) -> bool:
    if at > moment:
        return False
    if isinstance(condition.span, CalendarDays):
        zone = world.terms[place].timezone
        last = day_of(moment, zone)
        opens = day_start(last.fromordinal(last.toordinal() - condition.span.days + 1), zone)
        world.edge("occurrence at the edge of its calendar days", when=at in {opens, opens - 1})
        return at >= opens
    if isinstance(condition.span, OnePeriod):
        opens = period_at(condition.span.cycle, moment, world.terms[place].timezone)[0]
        world.edge("occurrence at the first instant of its period", when=at == opens)
        world.edge("occurrence just before the period that counts", when=at < opens)
        return at >= opens
    if isinstance(condition.span, CalendarMonths):
        opens = shifted(moment, world.terms[place].timezone, months=-condition.span.months)
        world.edge("occurrence exactly so many months ago", when=at == opens)
    else:
        assert isinstance(condition.span, TrailingTime)
        opens = moment - condition.span.microseconds
    world.edge(f"occurrence exactly at the edge, {condition.at_the_edge}", when=at == opens)
    world.edge("occurrence one microsecond beside the edge", when=abs(at - opens) == 1)
    return at >= opens if condition.at_the_edge == "inside" else at > opens


def _totals(world: World, ground: Ground) -> list[Firing]:
    found: list[Firing] = []
    for place, clause, condition in ground.under(TotalInWindow):
        watched = world.indicator_chain(place, condition.indicator)
        needed = int(condition.total.value) + (condition.total.edge == "above")
        reached = _in_one_period if isinstance(condition.span, OnePeriod) else _in_real_time
        for whose in _everyone(world, place, condition.indicator):
            down = united(*(level_found_spans(world, watched, cut) for cut in _of(world, watched, whose)))
            for moment, first in reached(world, place, condition, down, needed):
                if moment > world.as_of or world.in_force(moment) != place:
                    continue
                world.edge("total time in days reached")
                found.append(Firing(clause, place, moment, text_of(first), False, whose, whose=whose))
    return found


def _in_real_time(world: World, place: int, condition: Any, down: list[Span], needed: int) -> Iterator[Span]:
    """(moment at which the total is reached, first instant of the time that it rests on)."""
    width = condition.span.microseconds
    for moment in crossings(down, width, needed):
        yield moment, next(start for start, end in down if end > moment - width)


def _in_one_period(world: World, place: int, condition: Any, down: list[Span], needed: int) -> Iterator[Span]:
    zone, cycle = world.terms[place].timezone, condition.span.cycle
    cells = set()
    for start, end in down:
        cell = period_at(cycle, start, zone)
        cells.add(cell)
        while cell[1] < end:
            cell = period_at(cycle, cell[1], zone)
            cells.add(cell)
    for cell in sorted(cells):
        inside = kept(down, [cell])
        gone = 0
        for start, end in inside:
            if gone < needed <= gone + end - start:
                world.edge("total time in one period reached")
                yield start + needed - gone, inside[0][0]
            gone += end - start
        world.edge("time down over the end of a period that counts", when=inside[-1][1] == cell[1])


def _together(world: World, ground: Ground, broken: list[Firing], judged: list[Judgement]) -> list[Firing]:
    found: list[Firing] = []
    for place, clause, condition in ground.under(MissedTogether):
        for enough, cut in enough_missed(world, place, condition, broken):
            last = enough[-1]
            occasion = last.single if condition.by == "incident" else text_of(last.judgement.cut.start)
            subject = last.single if condition.by == "incident" else last.whose
            rests_on = tuple(one.judgement for one in enough)
            final = all(one.final for one in judged if stands_with(world, place, condition, one, last))
            found.append(
                replace(
                    last,
                    clause=clause,
                    occasion=occasion,
                    subject=subject,
                    cut=cut,
                    rests_on=rests_on,
                    final=final,
                )
            )
    return found


def _declared(world: World, found: list[Firing]) -> list[Firing]:
    """Clauses that follow from a flag of another one, at the same moment and on the same occasion."""
    following: list[Firing] = []
    for one in found:
        if one.clause.declares is None:
            continue
        for clause in world.terms[one.place].clauses:
            if any(isinstance(part, Declared) and part.flag == one.clause.declares for _, part in grounds(clause)):
                world.edge("declared fact used")
                following.append(replace(one, clause=clause, judgement=None))
    return following + (_declared(world, following) if following else [])
