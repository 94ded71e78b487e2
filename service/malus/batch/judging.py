"""Owns how the one judgement answers for many: every distinct pattern of facts goes through it once.

Does not own: any judging. Levels are placed among the edges of their clauses; periods with the same places, of the same
terms, charges and stage of their claims, have the same answer, and one of them is asked about (`evaluate.assessed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from malus.batch.asking import Asking, Dated, lanes_in_use, told_by_period
from malus.batch.columns import Ints, Longs
from malus.batch.levels import edges_of, level_at, measurement_of, positions_among
from malus.batch.plain_terms import PlainTerms
from malus.batch.rights import rights_of
from malus.evaluation.following import Matcher
from malus.model.assessment import Right, ServiceCredit, Verdict
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import BandCredit
from malus.model.indicators import Indicator
from malus.model.instants import Instant
from malus.model.quantities import Level, Unit
from malus.remedies.bands import row_number
from malus.remedies.charge_base import ChargeBook


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


def judged_group(
    plain: PlainTerms, figures: Longs, dated: Dated, as_of: Instant, matcher: Matcher
) -> JudgedGroup | None:
    """What follows for agreements of one shape; `figures[agreement, period, lane]` as folded, `dated` of `dated_of`.

    None where periods turn out not to be judged apart from each other; their events tell then.
    """
    asking = Asking(plain, as_of, matcher)
    lanes = lanes_in_use(plain)
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
    ) or not _final_alone(plain, answers, placed, dated):
        return None
    rights = tuple(rights_of(asking, answers, placed, dated))
    return JudgedGroup(plain=plain, patterns=placed, answers=answers, dated=dated, rights=rights)


def _final_alone(
    plain: PlainTerms, answers: Sequence[Sequence[tuple[Verdict, ServiceCredit | None]]], placed: Ints, dated: Dated
) -> bool:
    """Whether every credit is final when it would be by itself, also with those that share the room of its cap."""
    for pattern, answer in enumerate(answers):
        for cap in plain.terms.caps:
            together = {
                place: credit
                for place, (_, credit) in enumerate(answer)
                if credit is not None and plain.promises[place].name in cap.limits
            }
            if len(together) < 2:
                continue
            if any(credit.amount is None for credit in together.values()):
                return False
            if cap.counts != "claimed":
                continue
            for period in np.unique(np.nonzero(placed == pattern)[1]).tolist():
                alone = [dated[place][period][1] for place in together]
                if len({None if credit is None else credit.final_from for credit in alone}) > 1:
                    return False
    return True


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
        told = told_by_period(asking, asking.assessed(levels))
        for period, pattern in chosen.items():
            answers[pattern] = told[plain.periods[period].start]
    return tuple(answers)
