"""Random deliveries of goods that are read or checked: at the edges of periods, in parts, against themselves.

Owns: those deliveries. Does not own: what was read of them or found in them, nor lateness (`delivery_histories`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.money import Money

from tests.properties.telling import DAY, HOUR, Teller, moment
from tests.reference.world import Cut


def tell_goods(teller: Teller, terms: Terms, indicator: Any, cut: Cut) -> tuple[str, int, int]:
    """One delivery that sets out in a period, or comes in it; its name and when it was on the way."""
    choices = teller.choices
    name = f"p{len(teller.told) + 1:03}"
    start, end = _way(teller, cut)
    about: dict[str, Any] = {
        "delivery_id": name,
        "service": teller.service(terms, indicator.service),
        "site": choices.pick(["north", "north", "east"]),
    }
    if choices.chance(80):
        about["value"] = Money(amount=Fraction(choices.pick([200, 333, 10_000])), currency=terms.currency)
    if choices.chance(80):
        about["quantity"] = Fraction(choices.pick([20, 7, 0, 1]))
    began: dict[str, Any] = choices.pick(
        [
            {"sent": start},
            {"due": start},
            {"sent": start, "due": end},
            {"due": start, "sent": start + HOUR},
            {"due": end + DAY},
            {},
        ]
    )
    if "due" in began and choices.chance(25):
        teller.tell(told.Extension, delivery_id=name, at=cut.start, days=choices.pick([0, 2]), microseconds=6 * HOUR)
    shape = choices.pick(["whole", "whole", "two", "under way", "clash"])
    tell_in_parts(teller, about, began, end, shape)
    if shape == "clash" and began and choices.chance(50):
        teller.tell(told.Delivery, delivery_id=name, done=end + HOUR)
    return name, start, end


def tell_in_parts(teller: Teller, about: Mapping[str, Any], began: Mapping[str, int], done: int, shape: str) -> None:
    """One delivery, told `whole` or in two parts; of one that is `under way` nobody tells that it is there."""
    if shape == "whole" or not began:
        teller.tell(told.Delivery, **about, **began, done=done)
        return
    teller.tell(told.Delivery, **about, **began)
    if shape != "under way":
        teller.tell(told.Delivery, delivery_id=about["delivery_id"], done=done)


def _way(teller: Teller, cut: Cut) -> tuple[int, int]:
    choices = teller.choices
    start = moment(choices, cut)
    length = choices.pick([HOUR, DAY, 3 * DAY, 0])
    if choices.chance(30):
        start = choices.pick([cut.start, cut.start - 1, cut.end - 1])
    if choices.chance(30):
        end = choices.pick([cut.end, cut.end - 1])
        return max(cut.start, end - length), end
    if choices.chance(5):
        return start, start - HOUR
    return start, start + length
