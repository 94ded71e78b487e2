"""Random promises by season: every promise that can have them, and facts at the first instant of a season.

Owns: limits by part of the year, what starts where one begins. Does not own: what is promised, nor other facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from malus.model import events as told
from malus.model.conditions import Promise
from malus.model.events import Transition
from malus.model.indicators import DeliveryTime, Elapsed

from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, PERCENT_BELOW
from tests.properties.promises import Written
from tests.properties.telling import DAY, HOUR, Teller, nudge
from tests.reference.civil import after_working, day_start
from tests.reference.world import World

Document = dict[str, Any]

#: What else a promise of so much is in another part of the year: less of it.
LESS = {
    **{value: less for value, (less, _) in {**PERCENT_BELOW, **BEYOND}.items()},
    "0 days": "2 days",
    "1 day": "2 days",
    "0 hours": "4 hours",
}
PARTS = (
    ("november-march", "april-october"),
    ("16 february-31 march", "april-15 february"),
    ("march", "april-february"),
    ("29 february-30 june", "july-28 february"),
    ("16 october-15 april", "16 april-15 october"),
    ("january-march", "april-june", "july-december"),
    ("1 march-28 march", "29 march-24 october", "25 october-february"),
)


def write_seasons(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Let every promise of one value differ by the part of the year."""
    for one in written:
        clause = document["clauses"][one.clause]
        edge, value = next((key, value) for key, value in clause["promise"].items() if key != "indicator")
        if isinstance(value, dict) and one.measure in {"elapsed", "outage times"} and not _by_level(clause):
            # A limit goes by priority or by season, never by both.
            value = clause["promise"][edge] = choices.pick(["4 hours", "30 minutes"])
        if isinstance(value, dict) or value not in LESS or one.measure in {"delivered", "points"}:
            continue
        if "bands" in clause.get("points", {}):
            continue  # a row of points is one of breaches, all year
        parts = choices.pick(PARTS)
        values = [value, LESS[value], value] if choices.chance(50) else [LESS[value], value, LESS[value]]
        clause["promise"][edge] = dict(zip(parts, values, strict=False))
        if "bands" in clause.get("credit", {}):
            clause["credit"]["pays"] = "only_when_missed"


def _by_level(clause: Document) -> bool:
    return "bands" in clause.get("credit", {}) or "bands" in clause.get("points", {})


def tell_at_seasons(teller: Teller, world: World) -> None:
    """Incidents, outages and deliveries whose clock starts where a season does, or one microsecond before."""
    choices = teller.choices
    for place, terms in enumerate(world.terms):
        for clause in terms.clauses:
            promise = clause.condition
            if not isinstance(promise, Promise) or promise.limits[0].season is None:
                continue
            indicator = terms.indicator(promise.indicator)
            if isinstance(indicator, Elapsed | DeliveryTime):
                for start in _first_instants(world, place, promise):
                    if choices.chance(90):
                        length = max(0, int(choices.pick(promise.limits).limit.value) + nudge(choices))
                        tell_one(teller, indicator, start + choices.pick([0, 0, -1, HOUR]), length)


def _first_instants(world: World, place: int, promise: Promise) -> list[int]:
    zone, day = world.terms[place].timezone, world.terms[place].effective
    seasons = [one.season for one in promise.limits if one.season is not None]
    found = []
    while day_start(day, zone) < world.as_of:
        if any((day.month, day.day) == one.first for one in seasons):
            found.append(day_start(day, zone))
        day = day.fromordinal(day.toordinal() + 1)
    return found


def tell_one(teller: Teller, indicator: Any, start: int, length: int) -> None:
    """An incident, outage or delivery whose clock starts at an instant and runs for so long."""
    choices, name = teller.choices, f"c{len(teller.told) + 1:03}"
    end = after_working(indicator.calendar, start, length) if choices.chance(80) else start + length
    if isinstance(indicator, DeliveryTime):
        if indicator.starts == "due" and choices.chance(30):
            teller.tell(told.Extension, delivery_id=name, at=start - 3 * DAY, microseconds=HOUR)
            start -= HOUR
        about = {"due" if indicator.starts == "due" else "sent": start}
        teller.tell(told.Delivery, delivery_id=name, service=indicator.service, item="beds", **about, done=end)
    elif indicator.origin == "outages":
        teller.tell(told.Outage, outage_id=name, service=indicator.service, severity="major", start=start, end=end)
    else:
        about = {"incident_id": name, "service": indicator.service}
        opened = start - choices.pick([0, HOUR]) if indicator.starts == "accepted" else start
        teller.tell(told.Incident, transition=Transition.OPENED, at=opened, priority="critical", **about)
        if indicator.starts == "accepted":
            teller.tell(told.Incident, transition=Transition.ACCEPTED, at=start, **about)
        if choices.chance(85):
            teller.tell(told.Incident, transition=Transition(indicator.ends), at=end, **about)
