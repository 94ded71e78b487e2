"""Owns when a service was in service, as deployments tell it: each one's facts folded, the union of them all.

Does not own: the days that a rule file states, nor what time out of service does to a level (agreed_time).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from malus.measures.bounds import INSTANT_LIMIT
from malus.model.events import Deployment, event_name
from malus.model.instants import Instant
from malus.model.measurement import content_line
from malus.model.periods import Period

UNSURE = "these facts about one deployment cannot both be true"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSubject:
    """One deployment with everything told of it up to a moment, from `start` to `end`; far away while it lasts.

    `contradiction` names facts that cannot both be true, or that lack the start; the span is then the widest told.
    """

    start: Instant
    end: Instant
    service: str | None
    site: str | None
    subjects: tuple[str, ...]
    events: tuple[Deployment, ...]
    contradiction: tuple[str, ...] = ()


def fold_deployments(events: Iterable[Deployment], as_of: Instant) -> list[DeploymentSubject]:
    """Fold the facts of each deployment together, as they were at `as_of`, sorted by start.

    An end later than that has not come, so the deployment lasts on. Two different starts, ends or services of one
    deployment cannot both be true.
    """
    told: dict[str, list[Deployment]] = defaultdict(list)
    alone: list[list[Deployment]] = []
    for event in events:
        if event.start is not None and event.start > as_of:
            continue
        if event.deployment_id is None:
            alone.append([event])
        elif event.start is not None or (event.end is not None and event.end <= as_of):
            told[event.deployment_id].append(event)
    subjects = [_folded(facts, as_of) for facts in (*alone, *told.values())]
    return sorted(subjects, key=lambda subject: (subject.start, subject.end, event_name(subject.events[0])))


def unsure_in(deployments: Iterable[DeploymentSubject], period: Period) -> tuple[str, ...]:
    """The facts about deployments that leave open whether a service was in service in a period."""
    named = {
        name
        for item in deployments
        if item.start < period.end and item.end > period.start
        for name in item.contradiction
    }
    return tuple(sorted(named))


def _folded(facts: list[Deployment], as_of: Instant) -> DeploymentSubject:
    starts = sorted({fact.start for fact in facts if fact.start is not None})
    ends = sorted({fact.end for fact in facts if fact.end is not None and fact.end <= as_of})
    services = sorted({fact.service for fact in facts if fact.service is not None})
    sites = sorted({fact.site for fact in facts if fact.site is not None})
    unsure = not starts or max(len(starts), len(ends), len(services), len(sites)) > 1
    upside_down = bool(starts and ends) and ends[-1] < starts[0]
    first = (starts or ends)[0]
    return DeploymentSubject(
        start=min(first, ends[0]) if ends else first,
        end=max(first, ends[-1]) if ends else INSTANT_LIMIT,
        service=services[0] if services else None,
        site=sites[0] if sites else None,
        subjects=tuple(sorted({name for fact in facts for name in fact.subjects})),
        events=tuple(sorted(facts, key=content_line)),
        contradiction=tuple(sorted({event_name(fact) for fact in facts})) if unsure or upside_down else (),
    )
