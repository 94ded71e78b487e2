"""Owns availability from checks: how long each state that a monitor saw holds, per period.

Does not own: excused time, nor what a level is held against.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby
from typing import TypeAlias

from malus.measures.agreed_time import AgreedTime
from malus.measures.exclusions import Excused, exclusion_steps
from malus.measures.in_service import UNSURE, DeploymentSubject, unsure_in
from malus.measures.kernels import DEGRADED, DOWN, UP
from malus.measures.measure import observed_states
from malus.model.events import Check, CheckState, event_name
from malus.model.indicators import CheckedAvailability, Unobserved
from malus.model.instants import Instant
from malus.model.measurement import Measurement, content_line, events_used
from malus.model.periods import Period
from malus.model.quantities import Level, Unit

#: From when to when the state is unknown, and the checks that leave it so.
_Clash: TypeAlias = tuple[Instant, Instant, tuple[str, ...]]

_CODES = {CheckState.UP: UP, CheckState.DOWN: DOWN, CheckState.DEGRADED: DEGRADED}


def measure_checked_availability(
    indicator: CheckedAvailability,
    periods: Sequence[Period],
    checks: Sequence[Check],
    excused: Sequence[Excused],
    agreed: AgreedTime,
    as_of: Instant,
    deployments: Sequence[DeploymentSubject] = (),
) -> list[Measurement]:
    """Up time over agreed time of each period, in exact microseconds, from one service's checks up to `as_of`.

    A state holds until the next check, `holds` microseconds at most. Of checks at one instant the one with the
    highest sequence counts; two states with the same sequence cannot both be true. Time without a state counts as
    the terms say; time after `as_of` is not down. Excused time is never down. Nothing can be said of a period of which
    `deployments` leave open whether the service was in service.
    """
    ordered = sorted(
        (check for check in checks if check.at <= as_of),
        key=lambda check: (check.at, check.sequence or 0, content_line(check)),
    )
    segments = agreed.counted
    instants = [check.at for check in ordered]
    states = observed_states(
        instants,
        [_CODES[check.state] for check in ordered],
        segments,
        hold=-1 if indicator.holds is None else indicator.holds,
        until=as_of,
    )
    clashes = _clashes(ordered, indicator.holds, as_of)
    measured = []
    for place, period in enumerate(periods):
        counted = segments.counted[place]
        past = sum(max(0, min(end, as_of) - start) for start, end in segments.pieces[place])
        down, degraded, observed = states[place]
        if indicator.degraded == "counts_as_down":
            down += degraded
        base = agreed.bases[place]
        match indicator.unobserved:
            case Unobserved.COUNTS_AS_DOWN:
                down += past - observed
            case Unobserved.LEAVES_THE_BASE:
                base -= counted - observed
            case Unobserved.COUNTS_AS_UP:
                pass
        first = max(0, bisect_right(instants, period.start) - 1)
        used = ordered[first : bisect_left(instants, period.end)]
        reason, named = _doubt(clashes, deployments, period)
        base = max(0, base)
        up = max(0, base - down)
        measured.append(
            Measurement(
                period=period,
                level=Level(numerator=up, denominator=base, unit=Unit.PERCENT) if base and not reason else None,
                steps=(events_used("checks", used), *exclusion_steps(excused, period), *agreed.steps[place]),
                empty=not base and not reason,
                undetermined=reason,
                named=named,
                down=down,
            )
        )
    return measured


def _doubt(
    clashes: Sequence[_Clash], deployments: Sequence[DeploymentSubject], period: Period
) -> tuple[str, tuple[str, ...]]:
    """Why nothing can be said of a period, and the events that leave it so; empty where all is well."""
    names = {name for start, end, both in clashes if start < period.end and end > period.start for name in both}
    if names:
        return "these checks saw two states at one instant", tuple(sorted(names))
    unsure = unsure_in(deployments, period)
    return (UNSURE, unsure) if unsure else ("", ())


def _clashes(ordered: Sequence[Check], holds: int | None, as_of: Instant) -> list[_Clash]:
    """The spans whose state is unknown because the last word at one instant is two words."""
    groups = [(at, list(group)) for at, group in groupby(ordered, key=lambda check: check.at)]
    clashes = []
    for place, (at, group) in enumerate(groups):
        last = max(check.sequence or 0 for check in group)
        told = [check for check in group if (check.sequence or 0) == last]
        if len({check.state for check in told}) > 1:
            end = groups[place + 1][0] if place + 1 < len(groups) else as_of
            end = end if holds is None else min(end, at + holds)
            clashes.append((at, max(end, at + 1), tuple(f"{event_name(check)} ({check.state})" for check in told)))
    return clashes
