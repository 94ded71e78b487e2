"""Owns claims and finality: which steps are taken, until when, and from when nothing the terms allow for can change.

Does not own: amounts. Deadlines and starts are instants; a deadline's last instant is inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.model.agreement import Settlement
from malus.model.clauses import ClaimStep
from malus.model.deadlines import last_instant
from malus.model.events import Claim
from malus.model.explanation import TimeLimit
from malus.model.instants import Instant
from malus.model.measurement import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the claim of a credit stands at a moment.

    `lapsed`: the step whose deadline passed unused. `open_until`: the last instant of the step that is next.
    `settled_by`: the instant from which no step can change anything; None while that cannot be said. It `closes` a
    day where it is the end of a period or of a deadline, not the moment at which a step was taken.
    `late`: claims that came after their deadline.
    """

    limits: tuple[TimeLimit, ...]
    lapsed: TimeLimit | None
    open_until: Instant | None
    waiting: bool
    settled_by: Instant | None
    closes: bool
    late: tuple[Claim, ...]


def standing(
    steps: Sequence[ClaimStep], claims: Sequence[Claim], starts: dict[str, Instant | None], as_of: Instant
) -> Standing:
    """Follow the steps of a claim in the order of the file.

    `starts` gives the moments that steps run from (None: not yet).
    An earlier step is itself such a moment, from the instant it was taken. `claims` are those that name this credit;
    one without a step name takes the first step that is still to be taken.
    """
    moments = dict(starts)
    limits: list[TimeLimit] = []
    late: list[Claim] = []
    settled_by = moments["period_end"]
    closes, waiting = True, False
    left = sorted(claims, key=lambda claim: (claim.at, claim.id or ""))
    for step in steps:
        start = moments.get(step.due.after)
        if start is None:
            waiting, settled_by = True, None
            break
        until = last_instant(step.due.deadline, start, closes_day=step.due.after == "period_end")
        mine = [claim for claim in left if claim.step in (None, step.step) and claim.at <= as_of]
        done = next((claim for claim in mine if claim.at <= until), None)
        late += [claim for claim in mine if claim.at > until]
        limits.append(
            TimeLimit(
                name=step.step,
                runs_from=start,
                last_instant=until,
                done_at=done.at if done is not None else None,
            )
        )
        if done is None:
            lapsed = limits[-1] if as_of > until else None
            unused = _settled(steps, moments, step, until)
            return Standing(
                limits=tuple(limits),
                lapsed=lapsed,
                open_until=None if lapsed else until,
                waiting=lapsed is None,
                settled_by=until + 1 if lapsed else unused,
                closes=True,
                late=tuple(late),
            )
        left = [claim for claim in left if claim is not done]
        moments[step.step] = done.at
        if settled_by is not None and done.at > settled_by:
            settled_by, closes = done.at, False
    return Standing(
        limits=tuple(limits),
        lapsed=None,
        open_until=None,
        waiting=waiting,
        settled_by=settled_by,
        closes=closes,
        late=tuple(late),
    )


def claim_starts(measurement: Measurement, period_end: Instant | None = None) -> dict[str, Instant | None]:
    """The moments that a claim may run from, None where one is not known yet.

    Those of the incident, outage or delivery that was measured; or, of a period, the start of its first and the end of
    its last outage, which without any are the period's end.
    """
    return {
        "period_end": measurement.period.end if period_end is None else period_end,
        "incident_start": measurement.starts,
        "incident_end": measurement.ends,
        "outage_start": measurement.starts,
        "outage_end": measurement.ends,
        "first_outage_start": measurement.first_start,
        "last_outage_end": measurement.last_end,
        "delivery_due": measurement.due,
        "delivery_done": measurement.ends,
    }


def final_from(settlement: Settlement | None, period_end: Instant, standing: Standing) -> Instant | None:
    """From when an answer is final: claims settled and the grace over, which runs from the claims or the period's end.

    The instant itself is final. None while the claims cannot be dated yet.
    """
    if standing.settled_by is None:
        return None
    final = max(period_end, standing.settled_by)
    if settlement is None or settlement.grace is None:
        return final
    if settlement.grace_after == "period_end":
        return max(final, last_instant(settlement.grace, period_end, closes_day=True) + 1)
    return max(final, last_instant(settlement.grace, final, closes_day=standing.closes) + 1)


def settled_from(finals: Sequence[Instant | None]) -> Instant | None:
    """From when all of several answers are final; None where one of them cannot be dated."""
    known = [final for final in finals if final is not None]
    return max(known) if len(known) == len(finals) else None


def _settled(
    steps: Sequence[ClaimStep], moments: dict[str, Instant | None], step: ClaimStep, until: Instant
) -> Instant | None:
    """The latest that claims can still change anything if every step is taken at its last instant."""
    latest = dict(moments)
    latest[step.step] = until
    end = until
    for later in steps[list(steps).index(step) + 1 :]:
        start = latest.get(later.due.after)
        if start is None:
            return None
        end = last_instant(later.due.deadline, start, closes_day=later.due.after == "period_end")
        latest[later.step] = end
    return end + 1
