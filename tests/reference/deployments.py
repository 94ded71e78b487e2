"""When a service was in service: by days that the file states, or by what was told of its deployments.

Owns: the folding of deployments, and where they leave it open. Does not own: what that time is the base of (`uptime`).
"""

from __future__ import annotations

from typing import Any

from malus.model import events as told

from tests.reference.civil import Span, day_start
from tests.reference.spans import united
from tests.reference.subjects import told_of
from tests.reference.world import Cut, World


def in_service(world: World, indicator: Any, cut: Cut) -> list[Span]:
    """When a service was in service, as the file or the deployments say; those told against themselves say nothing."""
    terms = world.terms[cut.place]
    said = next(one.in_service for one in terms.services if one.name == indicator.service)
    assert said is not None
    if not said.from_events:
        first = cut.start if said.first is None else day_start(said.first, terms.timezone)
        last = cut.end
        if said.last is not None:
            last = day_start(said.last.fromordinal(said.last.toordinal() + 1), terms.timezone)
        return [(first, last)] if first < last else []
    spans = []
    for start, end, doubtful in _deployments(world, indicator, cut):
        if not doubtful:
            world.edge("still in service", when=end is None)
            # What is in service stays so until it is told otherwise, also in the time still to come.
            spans.append((start, cut.end if end is None else end))
    return united(spans)


def unsure_in_service(world: World, indicator: Any, cut: Cut) -> bool:
    """Whether nobody can say if a service was in service: it ended without a beginning, or its facts disagree."""
    if not indicator.only_in_service:
        return False
    said = next(one.in_service for one in world.terms[cut.place].services if one.name == indicator.service)
    if said is None or not said.from_events:
        return False
    unsure = any(
        doubtful and start < cut.end and (end is None or end > cut.start)
        for start, end, doubtful in _deployments(world, indicator, cut)
    )
    world.edge("nobody told when a service was put into service", when=unsure)
    return unsure


def _deployments(world: World, indicator: Any, cut: Cut) -> list[tuple[int, int | None, bool]]:
    """(start, end or None, whether its facts leave it open when it was in service) of each deployment that counts."""
    groups: dict[str, list[told.Deployment]] = {}
    for number, one in enumerate(world.of_kind(told.Deployment)):
        groups.setdefault(one.deployment_id or f"row {number}", []).append(one)
    found: list[tuple[int, int | None, bool]] = []
    for facts in groups.values():
        starts = sorted({one.start for one in facts if one.start is not None})
        ends = sorted({one.end for one in facts if one.end is not None})
        named = sorted({one.service for one in facts if one.service is not None})
        sites = {one.site for one in facts if one.site is not None}
        first = min(starts or ends)
        if not world.counts(told_of(*facts), indicator, cut):
            continue
        if world.service_of(named[0] if named else None, first) != indicator.service:
            continue
        disagree = max(len(starts), len(ends), len(named), len(sites)) > 1
        upside_down = bool(starts and ends and ends[-1] < starts[0])
        world.edge("a deployment contradicts itself", when=disagree or upside_down)
        start = min([*starts, *ends]) if disagree or upside_down or not starts else starts[0]
        end = max([*(starts if upside_down or disagree else []), *ends]) if ends else None
        found.append((start, end, disagree or upside_down or not starts))
    return found
