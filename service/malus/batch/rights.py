"""Owns the rights of many agreements over windows of missed periods: every distinct window is counted once.

Does not own: how a window is counted (missed_windows), or what follows from it (evaluate).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from malus.batch.asking import Asking, Dated
from malus.batch.columns import Ints
from malus.evaluation.chains import promised_by
from malus.evaluation.evaluate import followed_from
from malus.evaluation.following import count_fact
from malus.evaluation.missed_windows import WindowCount, count_window
from malus.evaluation.triggers import Follower, Trigger
from malus.model.assessment import Right, ServiceCredit, Verdict
from malus.model.clauses import Clause
from malus.model.conditions import MissedPeriods, Promise
from malus.model.instants import Instant, utc_text
from malus.model.measurement import Measurement
from malus.model.quantities import Outcome
from malus.remedies.claims import settled_from


def rights_of(
    asking: Asking,
    answers: Sequence[Sequence[tuple[Verdict, ServiceCredit | None]]],
    patterns: Ints,
    dated: Dated,
) -> Iterator[tuple[int, Right]]:
    """The rights that arise for each agreement, by its place; `answers` of the `patterns[agreement, period]`."""
    plain = asking.plain
    periods = [period for period in plain.periods if period.end <= asking.as_of]
    follower = Follower.of(asking.matcher, (plain.terms,))
    for clause in plain.windows:
        condition = clause.condition
        assert isinstance(condition, MissedPeriods)
        promise = plain.promises.index(promised_by(plain.terms, condition.name))
        missed = np.array([answer[promise][0].outcome is Outcome.MISSED for answer in answers])[patterns]
        # The lowest bit is the newest period, the highest the one before the window; a set bit was missed.
        window = np.zeros(missed.shape[0], dtype=np.int64)
        counts: dict[int, WindowCount] = {}
        known: dict[tuple[int, int], tuple[Right, ...]] = {}
        mask = (1 << condition.window + 1) - 1
        for place in range(len(periods)):
            window = (window << 1 | missed[:, place]) & mask
            for bits in np.unique(window).tolist():
                if bits not in counts:
                    counts[bits] = _counted(follower, clause, condition, bits)
                count = counts[bits]
                if count.occasion is None:
                    continue
                # The window may begin before the first period that there is: nothing of it was missed then.
                occasion = place - (condition.window - 1 - count.occasion)
                if (place, occasion) not in known:
                    finals = [
                        item.final_from for item, _ in dated[promise][max(0, place - condition.window + 1) : place + 1]
                    ]
                    known[place, occasion] = _arisen(asking, follower, clause, count, place, occasion, finals)
                for agreement in np.flatnonzero(window == bits).tolist():
                    yield from ((agreement, right) for right in known[place, occasion])


def _counted(follower: Follower, clause: Clause, condition: MissedPeriods, bits: int) -> WindowCount:
    missed = [bool(bits >> back & 1) for back in range(condition.window, -1, -1)]
    was_true = follower.holds(0, count_fact(clause, 0, sum(missed[:-1])))
    return count_window(follower, 0, clause, 0, condition.fires, missed[1:], was_true=was_true, is_new=missed[-1])


def _arisen(
    asking: Asking,
    follower: Follower,
    clause: Clause,
    count: WindowCount,
    place: int,
    occasion: int,
    finals: Sequence[Instant | None],
) -> tuple[Right, ...]:
    assert isinstance(clause.condition, MissedPeriods)
    plain = asking.plain
    period = plain.periods[place]
    promise = promised_by(plain.terms, clause.condition.name).condition
    assert isinstance(promise, Promise)
    trigger = Trigger(
        place=0,
        terms=plain.terms,
        fact=count.fact,
        period=period,
        cycle=plain.terms.indicator(promise.indicator).cycle,
        subject="",
        whose="",
        occasion=utc_text(plain.periods[occasion].start),
        at=period.end,
        closes_day=True,
        complete=True,
        stands=True,
        final_from=settled_from(finals),
        measurement=Measurement(period=period, level=None),
        steps=(),
    )
    return tuple(followed_from([trigger], follower, asking.facts()).rights)
