"""Random deliveries for which more time was granted: once or several times, late, wrongly, over edges of every kind.

Owns: a lateness with its clause for them, those deliveries, and what became of what was granted. Does not own: how late
anything is counted (`deliveries_written`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.event_corrections import Retraction
from malus.model.indicators import DeliveryTime
from malus.model.money import Money

from tests.properties.choices import Choices
from tests.properties.credits_written import write_credit
from tests.properties.joined import join_clauses, join_indicator
from tests.properties.promises import Written
from tests.properties.remedies_written import write_right
from tests.properties.telling import DAY, HOUR, MINUTE, Teller, blocks_of, levels_of, moment, nudge
from tests.reference.civil import after_working, day_of, day_start, shifted
from tests.reference.verdicts import Judgement
from tests.reference.world import Cut, World

Document = dict[str, Any]

NAME = "extended"
#: At most so many periods, with so many deliveries in each.
FEW = 2
#: What is granted at a time; half of a day and a day of 24 hours are no days of the calendar.
GRANTED: tuple[dict[str, int], ...] = (
    {"days": 1},
    {"days": 2},
    {"days": 3},
    {"days": 7},
    {"days": 30},
    {"days": 0},
    {"microseconds": 12 * HOUR},
    {"microseconds": DAY},
    {"microseconds": 1},
    {"days": 1, "microseconds": HOUR},
)


def write_extended(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One lateness from when deliveries were due, and what it costs."""
    edge, value, _ = join_indicator(choices, document, "lateness", NAME, "month")
    indicator = document["indicators"][NAME]
    indicator["starts"], indicator["early"] = "due", "zero"
    clause: Document = {
        "source": "art. 12.1",
        "promise": {"indicator": NAME, edge: value},
        "credit": write_credit(choices, document, "lateness", {edge: value}, "lower"),
    }
    if choices.chance(40):
        clause["right"] = write_right(choices)
    join_clauses(choices, document, {f"{NAME}-clause": clause})
    if choices.chance(30):
        most = choices.pick(["55 % of value_of_delivery", "10 % of value_of_delivery"])
        cap = {"name": "late-goods", "limits": [f"{NAME}-clause"], "at_most": most, "per": "delivery"}
        document.setdefault("caps", []).append(
            {**cap, "cut": "in_order", "counts": choices.pick(["earned", "claimed"]), "source": "art. 12.6"}
        )
    for step in document.get("claims", ()):
        if step["after"].startswith(("incident", "outage")) or step["step"] == "claim":
            step["after"] = _after(choices, document)


def _after(choices: Choices, document: Document) -> str:
    """A claim may run from when a delivery was due only where every credit is paid for one."""
    credited = [one for one in document["clauses"].values() if "credit" in one]
    single = all(
        "promise" in one and document["indicators"][one["promise"]["indicator"]].get("from") == "deliveries"
        for one in credited
    )
    return choices.pick(["delivery_due", "delivery_due", "delivery_done", "period_end"]) if single else "period_end"


def tell_extended(teller: Teller, world: World) -> None:
    """A few deliveries in a few periods, each with what was granted for it."""
    choices = teller.choices
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if isinstance(chain.members[cut.place], DeliveryTime)]
        first = choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            if chain.members[cut.place].starts == "due":
                for _ in range(choices.between(1, FEW)):
                    _tell(teller, world.terms[cut.place], chain.members[cut.place], cut)


def _tell(teller: Teller, terms: Terms, indicator: DeliveryTime, cut: Cut) -> None:
    choices, zone, name = teller.choices, terms.timezone, f"x{len(teller.told) + 1:03}"
    at_last = _at_edges(choices, terms, indicator, cut)
    granted = [choices.pick(GRANTED) for _ in range(choices.pick([1, 1, 2, 3]))]
    days = sum(one.get("days", 0) for one in granted)
    due = shifted(at_last - sum(one.get("microseconds", 0) for one in granted), zone, days=-days)
    lengths = [int(level) for level in levels_of(terms, indicator.name)] + blocks_of(terms, indicator.name)
    late = max(0, choices.pick([*lengths, 0, DAY, 3 * DAY]) + nudge(choices))
    done = choices.pick([at_last + late, after_working(indicator.calendar, at_last, late), at_last - HOUR, due + 1])
    about: dict[str, Any] = {"delivery_id": name, "service": indicator.service, "item": "beds", "site": "north"}
    if choices.chance(80):
        about["value"] = Money(amount=Fraction(choices.pick([200, 333])), currency=terms.currency)
    shape = choices.pick(["whole", "two", "two", "under way"])
    if shape == "whole":
        teller.tell(told.Delivery, **about, due=due, done=done)
    else:
        teller.tell(told.Delivery, **about, due=due)
        if shape == "two":
            teller.tell(told.Delivery, delivery_id=name, done=done)
    for one in granted:
        _grant(teller, name, due, at_last, one)


def _at_edges(choices: Choices, terms: Terms, indicator: DeliveryTime, cut: Cut) -> int:
    """When it is due at last: any hour, the edges of a period, of a day, of open hours, of a change of the clocks."""
    zone = terms.timezone
    at = moment(choices, cut)
    midnight = day_start(day_of(at, zone), zone)
    where = choices.pick(["anywhere", "period", "day", "hours", "weekend", "clock"])
    if where == "period":
        return choices.pick([cut.start, cut.start - 1, cut.end - 1, cut.end])
    if where == "day":
        return choices.pick([midnight, midnight - 1, midnight + DAY - 1])
    if where == "hours":
        morning = day_start(day_of(at, indicator.calendar.zone), indicator.calendar.zone)
        opens = morning + choices.pick([8 * HOUR, 18 * HOUR, 13 * HOUR, 2 * HOUR + 30 * MINUTE])
        return opens + choices.pick([0, 0, -1, 1])
    while where == "weekend" and day_of(at, zone).weekday() < 5:
        at += DAY
    if where == "clock":
        return _near_a_change(choices, zone, cut)
    return at


def _near_a_change(choices: Choices, zone: str, cut: Cut) -> int:
    """The time at which the clocks change in a period, on that day or beside it."""
    day = day_of(cut.start, zone)
    while (start := day_start(day, zone)) < cut.end:
        day = day.fromordinal(day.toordinal() + 1)
        if day_start(day, zone) - start != DAY:
            return start + choices.pick([0, 2 * HOUR, 2 * HOUR + 30 * MINUTE, 3 * HOUR, 12 * HOUR, DAY])
    return moment(choices, cut)


def _grant(teller: Teller, name: str, due: int, at_last: int, granted: dict[str, int]) -> None:
    """One extension: granted before it was due or after, learnt of late, put right, taken back, told twice."""
    choices = teller.choices
    at = choices.pick([due - 3 * DAY, due - 3 * DAY, due, due + DAY, at_last, at_last + DAY])
    shape = choices.pick(["plain", "plain", "plain", "back", "put right", "twice", "another"])
    recorded = at + choices.pick([0, DAY, 40 * DAY]) if choices.chance(30) else None
    number = f"{name}-{len(teller.told)}"
    named = "another" if shape == "another" and choices.chance(30) else name
    one = teller.tell(told.Extension, id=number, delivery_id=named, at=at, recorded_at=recorded, **granted)
    later = None if recorded is None else recorded + choices.pick([0, 1, DAY])
    if shape == "back":
        back = {"agreement": "random", "source": "test", "id": f"{number}-back"}
        teller.told.append(Retraction(**back, corrects=number, recorded_at=later))
    elif shape == "put right":
        more = {"days": one.days + 1} if choices.chance(50) else {"at": at + DAY}
        if choices.chance(20):
            more = {"delivery_id": "another"}
        teller.told.append(replace(one, id=f"{number}-again", corrects=number, recorded_at=later, **more))
    elif shape == "twice":
        teller.told.append(replace(one))


def respond_to_extended(teller: Teller, world: World, judged: Sequence[Judgement]) -> list[int]:
    """The parties do nothing more; returns when each extension was granted, and when deliveries are due."""
    moments = [one.at for one in world.of_kind(told.Extension)]
    moments += [one.incident.due for one in judged if one.incident is not None and one.incident.due is not None]
    return [one for one in moments if one <= world.as_of]
