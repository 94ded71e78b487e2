"""Owns when a service is in service under some terms: the days that they state, or what deployments tell.

Does not own: how deployments are folded (measures), nor what time out of service does to a level.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from malus.measures.exact import Stretch
from malus.measures.in_service import DeploymentSubject
from malus.model.agreement import FAR_AWAY, InService, Terms
from malus.model.instants import start_of_day


def time_in_service(terms: Terms, deployments: Sequence[DeploymentSubject], service: str) -> list[Stretch]:
    """The stretches [start, end) in which a service is in service; deployments that contradict themselves tell none."""
    if told_by_deployments(terms, service):
        return [(item.start, item.end) for item in deployments if not item.contradiction]
    days = _stated(terms, service)
    first = -FAR_AWAY if days is None or days.first is None else start_of_day(days.first, terms.timezone)
    if days is None or days.last is None:
        return [(first, FAR_AWAY)]
    return [(first, start_of_day(days.last + datetime.timedelta(days=1), terms.timezone))]


def told_by_deployments(terms: Terms, service: str) -> bool:
    """Whether events tell when a service was in service."""
    stated = _stated(terms, service)
    return stated is not None and stated.from_events


def _stated(terms: Terms, service: str) -> InService | None:
    return next(item.in_service for item in terms.services if item.name == service)
