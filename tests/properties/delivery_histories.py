"""Random deliveries: due, sent and done on the edges of limits, told at once or in parts, with time granted.

Owns: one delivery told for one indicator. Does not own: other histories.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.events import Cause
from malus.model.indicators import DeliveryTime
from malus.model.money import Money

from tests.properties.goods_told import tell_in_parts
from tests.properties.telling import DAY, HOUR, Teller, blocks_of, levels_of, moment, nudge
from tests.reference.civil import after_working, day_of, day_start, shifted
from tests.reference.world import Cut


def tell_delivery(teller: Teller, terms: Terms, indicator: DeliveryTime, cut: Cut) -> None:
    """One or two deliveries from when they were owed, as far as they go."""
    for _ in range(teller.choices.pick([1, 2])):
        _one(teller, terms, indicator, cut)


def _one(teller: Teller, terms: Terms, indicator: DeliveryTime, cut: Cut) -> None:
    choices, zone = teller.choices, terms.timezone
    name = f"g{len(teller.told) + 1:03}"
    start = moment(choices, cut)
    if choices.chance(40):
        start = day_start(day_of(start, zone), zone)
    granted = _extensions(teller, name) if indicator.starts == "due" and choices.chance(30) else (0, 0)
    due = shifted(start, zone, days=-granted[0]) - granted[1]
    lengths = [int(level) for level in levels_of(terms, indicator.name)] + blocks_of(terms, indicator.name)
    late = max(0, choices.pick([*lengths, 0, DAY, 3 * DAY]) + nudge(choices))
    done = after_working(indicator.calendar, start, late) if choices.chance(60) else start + late
    if choices.chance(15):
        done = start - choices.pick([HOUR, DAY, 1])
    about: dict[str, Any] = {
        "delivery_id": name,
        "service": teller.service(terms, indicator.service),
        "item": choices.pick(["beds", "beds", "lamps", None]),
        "site": choices.pick(["north", "north", "east"]),
    }
    if choices.chance(80):
        about["value"] = _money(terms, choices.pick([200, 333, 10_000]))
    if choices.chance(80):
        about["quantity"] = Fraction(choices.pick([20, 7, 0, 1]))
    told_of: dict[str, Any] = {"due": due} if indicator.starts == "due" else {"sent": start}
    if indicator.starts == "sent" and choices.chance(60):
        told_of["due"] = start + DAY
    shape = choices.pick(["whole", "whole", "two", "two", "under way", "clash"])
    tell_in_parts(teller, about, told_of, done, shape)
    if shape == "clash" and choices.chance(40):
        rival = choices.pick([{"done": done + HOUR}, {"value": _money(terms, 201)}])
        teller.tell(told.Delivery, delivery_id=name, **rival)
    if indicator.excluding and choices.chance(60):
        _excuse(teller, terms, indicator, name, start, max(late, DAY))


def _money(terms: Terms, amount: int) -> Money:
    return Money(amount=Fraction(amount), currency=terms.currency)


def _extensions(teller: Teller, name: str) -> tuple[int, int]:
    choices, days, microseconds = teller.choices, 0, 0
    for _ in range(choices.pick([1, 2])):
        by = choices.pick([{"days": 2}, {"days": 30}, {"microseconds": 6 * HOUR}])
        at = teller.told[-1].start if teller.told and hasattr(teller.told[-1], "start") else None
        teller.tell(told.Extension, delivery_id=name, at=at or 1_767_225_600_000_000, **by)
        days += by.get("days", 0)
        microseconds += by.get("microseconds", 0)
    return days, microseconds


def _excuse(teller: Teller, terms: Terms, indicator: DeliveryTime, name: str, start: int, length: int) -> None:
    """A cause that names this delivery, another one or none, over whole days or parts of them."""
    choices, zone = teller.choices, terms.timezone
    begins = choices.pick([start, start + HOUR, day_start(day_of(start, zone), zone) + DAY])
    accepted = choices.pick([one for one in terms.exclusions if one.name in indicator.excluding])
    teller.tell(
        told.Exclusion,
        cause=accepted.cause if not choices.chance(10) else Cause.CUSTOMER,
        start=begins,
        end=begins + choices.pick([DAY, length, HOUR, 2 * DAY]),
        announced_at=begins - 20 * DAY,
        delivery_id=choices.pick([name, name, None, "another"]),
    )
