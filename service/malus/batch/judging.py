"""Owns how the one judgement answers for many: every distinct pattern of facts goes through it once.

Does not own: any judging. Levels are placed among the edges of their clauses; periods with the same places, of the same
terms, charges and stage of their claims, have the same answer, and one of them is asked about (`evaluate.assessed`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from malus.batch.columns import Ints, Longs
from malus.batch.levels import FoldedLevels, edges_of, level_at, measurement_of, positions_among
from malus.batch.plain_terms import PlainTerms
from malus.evaluation.chains import promised_by
from malus.evaluation.evaluate import assessed, followed_from
from malus.evaluation.following import Matcher, count_fact
from malus.evaluation.in_force import Thread
from malus.evaluation.intake import Facts
from malus.evaluation.told_facts import ToldFacts
from malus.evaluation.triggers import Follower, Trigger
from malus.evaluation.windows import fires_now
from malus.model.assessment import Assessment, Right, ServiceCredit, Verdict
from malus.model.clauses import Clause
from malus.model.conditions import Fires, MissedPeriods, Promise
from malus.model.credits import BandCredit
from malus.model.indicators import Indicator
from malus.model.instants import Instant, utc_text
from malus.model.measurement import Measurement
from malus.model.quantities import Level, Outcome, Unit
from malus.remedies.bands import row_number
from malus.remedies.charge_base import ChargeBook

#: By promise and period: a verdict and a credit (None where it earns none) whose instants are the period's own.
Dated = tuple[tuple[tuple[Verdict, ServiceCredit | None], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedGroup:
    """What follows for agreements of one shape.

    `patterns[agreement, period]`: the place of its answer among `answers`: the verdict of each promise (in the order of
    `plain.promises`) and its credit, None where there is none. Instants in an answer are those of the period that was
    asked about; `dated[promise][period]` has the verdict and the credit whose instants are a period's own. `rights` by
    the agreement's place.
    """

    plain: PlainTerms
    patterns: Ints
    answers: tuple[tuple[tuple[Verdict, ServiceCredit | None], ...], ...]
    dated: Dated
    rights: tuple[tuple[int, Right], ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """One shape of terms, and the moment and matcher it is asked about with."""

    plain: PlainTerms
    as_of: Instant
    matcher: Matcher

    def facts(self) -> Facts:
        """The facts of an agreement of which nothing is told but levels."""
        return Facts(as_of=self.as_of, terms=(self.plain.terms,))

    def assessed(self, levels: dict[tuple[str, int], Measurement]) -> Assessment:
        """What follows from levels, in the periods that have some."""
        starts = {start for _, start in levels}
        threads = tuple(
            Thread(
                runs=tuple(
                    replace(run, periods=tuple(period for period in run.periods if period.start in starts))
                    for run in thread.runs
                )
            )
            for thread in self.plain.threads
        )
        facts = self.facts()
        measures = FoldedLevels(facts=facts, told=ToldFacts(facts=facts), threads=threads, levels=levels)
        return assessed(measures, None, self.matcher)


def judged_group(
    plain: PlainTerms, figures: Longs, dated: Dated, as_of: Instant, matcher: Matcher
) -> JudgedGroup | None:
    """What follows for agreements of one shape; `figures[agreement, period, lane]` as folded, `dated` of `dated_of`.

    None where periods turn out not to be judged apart from each other; their events tell then.
    """
    asking = Asking(plain, as_of, matcher)
    lanes = _lanes_in_use(plain)
    figures = figures[:, : len(plain.periods)]
    keys = np.broadcast_to(np.array(_stages(asking, dated), dtype=np.int64), figures.shape[:2]).copy()
    for number, item in lanes:
        edges = edges_of(plain, item)
        lane = figures[:, :, number]
        places = positions_among(edges, lane[:, :, 0].ravel(), lane[:, :, 1].ravel())
        stands = _stands(plain, item, edges)
        keys = keys * (int(stands.max()) + 1) + stands[places + 1].reshape(keys.shape)
    _, first, patterns = np.unique(keys.ravel(), return_index=True, return_inverse=True)
    placed: Ints = patterns.reshape(keys.shape).astype(np.int32)
    answers = _answers(asking, lanes, figures, first)
    if any(
        credit is not None and dated[place][0][1] is None
        for answer in answers
        for place, (_, credit) in enumerate(answer)
    ):
        return None
    rights = tuple(_rights(asking, answers, placed, dated))
    return JudgedGroup(plain=plain, patterns=placed, answers=answers, dated=dated, rights=rights)


def _stands(plain: PlainTerms, indicator: Indicator, edges: Sequence[Fraction]) -> Ints:
    """A number for each place among the edges, that without a level first: the same where every clause says the same.

    What a clause says of a level is what it states as a fact: whether the promise holds, and the row of its table.
    """
    numbers: dict[object, int] = {None: 0}
    stands = [0]
    mine = [clause for clause in plain.promises if _promise(clause).indicator == indicator.name]
    for position in range(2 * len(edges) + 1):
        numerator, denominator = level_at(edges, position)
        level = Level(numerator=numerator, denominator=denominator, unit=Unit.PERCENT)
        said = tuple(
            (
                _promise(clause).limits[0].limit.holds(level),
                row_number(clause.credit, level, _promise(clause).limits[0].limit)
                if isinstance(clause.credit, BandCredit)
                else None,
            )
            for clause in mine
        )
        stands.append(numbers.setdefault(said, len(numbers)))
    return np.array(stands, dtype=np.int32)


def _promise(clause: Clause) -> Promise:
    assert isinstance(clause.condition, Promise)
    return clause.condition


def _lanes_in_use(plain: PlainTerms) -> list[tuple[int, Indicator]]:
    return [(number, item) for number, item in enumerate(plain.lanes) if item is not None]


def dated_of(plain: PlainTerms, as_of: Instant, matcher: Matcher) -> Dated:
    """A verdict and, where there can be one, a credit of each promise in every period, for the sake of their dates.

    No event has a say in it, so it is asked while the files are still being read.
    """
    asking = Asking(plain, as_of, matcher)
    lanes = _lanes_in_use(plain)
    found: dict[int, tuple[tuple[Verdict, ServiceCredit | None], ...]] = {}
    edges = {item.name: edges_of(plain, item) for _, item in lanes}
    # Somewhere among the edges each clause pays, if it ever does; the worst place is tried first.
    for step in range(max(2 * len(each) + 1 for each in edges.values())):
        levels = {}
        for number, item in lanes:
            mine = edges[item.name]
            numerator, denominator = level_at(mine, min(step, 2 * len(mine)))
            for period in plain.periods:
                levels[item.name, period.start] = measurement_of(number, item, period, (numerator, denominator, 0))
        told = _by_period(asking, asking.assessed(levels))
        for place in range(len(plain.promises)):
            column = tuple(told[period.start][place] for period in plain.periods)
            if place not in found or (found[place][0][1] is None and column[0][1] is not None):
                found[place] = column
        if all(column[0][1] is not None or plain.promises[place].credit is None for place, column in found.items()):
            break
    return tuple(found[place] for place in range(len(plain.promises)))


def _stages(asking: Asking, dated: Sequence[Sequence[tuple[Verdict, ServiceCredit | None]]]) -> list[int]:
    """A number for each period: the same where its charges and the stage of its claims are the same."""
    plain, terms = asking.plain, asking.plain.terms
    book = ChargeBook(terms=(terms,), charges=(), openings=())
    numbers: dict[object, int] = {}
    stages = []
    for place, period in enumerate(plain.periods):
        said: list[object] = [period.cut_from is None]
        for column in dated:
            verdict, credit = column[place]
            said += [verdict.finality, None if credit is None else (credit.state, credit.finality)]
        for clause in plain.promises:
            base = clause.credit.base if isinstance(clause.credit, BandCredit) else None
            if base is not None:
                said.append(
                    _said(book.sum_between(base.charges, base.less, period.start, period.end, base.part_period))
                )
        for cap in terms.caps:
            for start, end in ((period.start, period.end), (period.whole_start, period.whole_end)):
                said.append(_said(book.sum_between(cap.charges, (), start, end, cap.part_period)))
        stages.append(numbers.setdefault(tuple(said), len(numbers)))
    return stages


def _said(base: object) -> object:
    return getattr(base, "total", base)


def _answers(
    asking: Asking, lanes: Sequence[tuple[int, Indicator]], figures: Longs, first: Longs
) -> tuple[tuple[tuple[Verdict, ServiceCredit | None], ...], ...]:
    """The answer of each pattern, asked in as few judgements as there are patterns of one period."""
    plain = asking.plain
    count = len(plain.periods)
    rounds: list[dict[int, int]] = []
    depth = [0] * count
    for pattern, row in enumerate(first.tolist()):
        period = row % count
        if depth[period] == len(rounds):
            rounds.append({})
        rounds[depth[period]][period] = pattern
        depth[period] += 1
    answers: list[tuple[tuple[Verdict, ServiceCredit | None], ...]] = [()] * first.size
    for chosen in rounds:
        levels = {}
        for period, pattern in chosen.items():
            mine = figures[first[pattern] // count, period].tolist()
            for number, item in lanes:
                at = plain.periods[period]
                levels[item.name, at.start] = measurement_of(number, item, at, mine[number])
        told = _by_period(asking, asking.assessed(levels))
        for period, pattern in chosen.items():
            answers[pattern] = told[plain.periods[period].start]
    return tuple(answers)


def _by_period(asking: Asking, said: Assessment) -> dict[Instant, tuple[tuple[Verdict, ServiceCredit | None], ...]]:
    credits = {(item.key.clause, item.period.start): item for item in said.credits}
    verdicts = {(item.clause, item.period.start): item for item in said.verdicts}
    starts = dict.fromkeys(item.period.start for item in said.verdicts)
    return {
        start: tuple(
            (verdicts[clause.name, start], credits.get((clause.name, start))) for clause in asking.plain.promises
        )
        for start in starts
    }


def _rights(
    asking: Asking,
    answers: Sequence[Sequence[tuple[Verdict, ServiceCredit | None]]],
    patterns: Ints,
    dated: Sequence[Sequence[tuple[Verdict, ServiceCredit | None]]],
) -> Iterator[tuple[int, Right]]:
    """The rights that arise for each agreement, by its place, from windows over missed periods."""
    plain = asking.plain
    periods = [period for period in plain.periods if period.end <= asking.as_of]
    follower = Follower.of(asking.matcher, (plain.terms,))
    for clause in plain.windows:
        condition = clause.condition
        assert isinstance(condition, MissedPeriods)
        promise = plain.promises.index(promised_by(plain.terms, condition.name))
        missed = np.array([answer[promise][0].outcome is Outcome.MISSED for answer in answers])[patterns]
        window = np.zeros(missed.shape[0], dtype=np.int64)
        fired: dict[int, int | None] = {}
        known: dict[tuple[int, int], tuple[Right, ...]] = {}
        mask = (1 << condition.window + 1) - 1
        for place in range(len(periods)):
            window = (window << 1 | missed[:, place]) & mask
            for bits in np.unique(window).tolist():
                if bits not in fired:
                    fired[bits] = _fired(follower, clause, condition, bits)
                offset = fired[bits]
                if offset is None:
                    continue
                if (place, offset) not in known:
                    finals = [
                        item.final_from for item, _ in dated[promise][max(0, place - condition.window + 1) : place + 1]
                    ]
                    known[place, offset] = _arisen(asking, follower, clause, place, offset, bits, finals)
                for agreement in np.flatnonzero(window == bits).tolist():
                    yield from ((agreement, right) for right in known[place, offset])


def _fired(follower: Follower, clause: Clause, condition: MissedPeriods, bits: int) -> int | None:
    """How many periods ago the occasion of a right began that arises now; None where none does.

    The lowest bit is the newest period; a set bit was missed.
    """
    inside = bits & (1 << condition.window) - 1

    def holds(window: int) -> bool:
        following = follower.follows(0, (count_fact(clause, 0, window.bit_count()),))[0]
        return bool(following.consequences or following.derived)

    if not holds(inside) or not fires_now(condition.fires, was_true=holds(bits >> 1), is_new=bool(bits & 1)):
        return None
    return 0 if condition.fires is Fires.ON_EACH_NEW_FACT else inside.bit_length() - 1


def _arisen(
    asking: Asking,
    follower: Follower,
    clause: Clause,
    place: int,
    offset: int,
    bits: int,
    finals: Sequence[Instant | None],
) -> tuple[Right, ...]:
    assert isinstance(clause.condition, MissedPeriods)
    plain = asking.plain
    period = plain.periods[place]
    promise = promised_by(plain.terms, clause.condition.name).condition
    assert isinstance(promise, Promise)
    inside = bits & (1 << clause.condition.window) - 1
    known = [final for final in finals if final is not None]
    trigger = Trigger(
        place=0,
        terms=plain.terms,
        fact=count_fact(clause, 0, inside.bit_count()),
        period=period,
        cycle=plain.terms.indicator(promise.indicator).cycle,
        subject="",
        whose="",
        occasion=utc_text(plain.periods[place - offset].start),
        at=period.end,
        closes_day=True,
        complete=True,
        stands=True,
        final_from=max([period.end, *known]) if len(known) == len(finals) else None,
        measurement=Measurement(period=period, level=None),
        steps=(),
    )
    return tuple(followed_from([trigger], follower, asking.facts()).rights)
