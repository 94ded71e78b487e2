"""Random amendments within a period that end it there: other prices and promises from that day on.

Owns: `amended: split`, what differs from part to part, facts where one part ends. Does not own: the first text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.events import Transition
from malus.model.indicators import Availability, DeliveryTime, Elapsed, GivenValue, Occurrences, Ratio

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.promises import Written
from tests.properties.telling import DAY, HOUR, Teller, blocks_of, levels_of, nudge
from tests.reference.world import World

Document = dict[str, Any]


def write_parts(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Say of every charge that a rate is taken of what a part of a period has of it."""
    for one in written:
        credit = document["clauses"][one.clause].get("credit", {})
        if one.measure != "lateness" and "each" in credit and "again" not in credit and choices.chance(60):
            credit.pop("amount", None)
            credit |= {"rate": "2 %", "of": {"charge": "hosting", "period": choices.pick(["judged", "judged", "year"])}}
            if credit["of"]["period"] == "judged" and choices.chance(30):
                credit["of"]["charge"] = "support"
                credit["of"]["day_of_fee"] = choices.pick(["share_of_calendar_month", "thirtieth"])
    for base in _bases(document):
        base.setdefault("part_period", choices.pick(["pro_rata", "pro_rata", "full"]))
    for cap in document.get("caps", ()):
        if " of " in cap["at_most"]:
            cap.setdefault("part_period", choices.pick(["pro_rata", "full"]))


def _bases(document: Document) -> Iterator[Document]:
    for clause in document["clauses"].values():
        for paid in (clause.get("credit"), clause.get("bonus")):
            base = (paid or {}).get("of", {})
            if ("charge" in base or "charges" in base) and "day_of_fee" not in base:
                yield base


def amend_within(choices: Choices, document: Document) -> None:
    """End what runs where these terms begin, and charge and pay otherwise from there on."""
    document.pop("amended", None)
    if choices.chance(85):
        document["amended"] = "split"
    if choices.chance(60):
        document["charges"]["hosting"]["amount"] = money(choices.pick([600_000, 333_333]), document["currency"])
    if choices.chance(60):
        document["charges"]["support"]["amount"] = money(choices.pick([12_345, 70_001]), document["currency"])
    for clause in document["clauses"].values():
        credit = clause.get("credit", {})
        if "amount" in credit and choices.chance(40):
            credit["amount"] = money(choices.pick([12_500, 10_001]), document["currency"])
    for base in _bases(document):
        if choices.chance(20):
            base["part_period"] = choices.pick(["pro_rata", "full"])


def tell_at_splits(teller: Teller, world: World) -> None:
    """Facts that end or begin where terms take effect, and some over that."""
    for place, terms in enumerate(world.terms):
        at = world.starts(place)
        if place and terms.amended == "split" and at < world.as_of:
            for chain in world.indicators:
                if place in chain.members and teller.choices.chance(80):
                    _tell(teller, terms, chain.members[place], at)


def _tell(teller: Teller, terms: Any, indicator: Any, at: int) -> None:
    choices, name = teller.choices, f"p{len(teller.told) + 1:03}"
    lengths = [int(level) for level in levels_of(terms, indicator.name)] if isinstance(indicator, Elapsed) else []
    length = max(
        1, choices.pick([HOUR, 6 * HOUR, 2 * DAY, *lengths, *blocks_of(terms, indicator.name)]) + nudge(choices)
    )
    start = at - choices.pick([0, length, length // 2, 1, length - 1, 0])
    about: dict[str, Any] = {"service": getattr(indicator, "service", None)}
    match indicator:
        case Availability() | Elapsed(origin="outages") | Occurrences(origin="outages"):
            about |= {"outage_id": name, "severity": "major", "site": "north"}
            teller.tell(told.Outage, start=start, end=start + length, **about)
        case DeliveryTime():
            about |= {"delivery_id": name, "item": "beds", "site": "north"}
            first = {"due" if indicator.starts == "due" else "sent": start}
            teller.tell(told.Delivery, **about, **first, done=start + length)
        case Elapsed() | Occurrences():
            about["incident_id"] = name
            teller.tell(told.Incident, transition=Transition.OPENED, at=start, priority="critical", **about)
            if getattr(indicator, "starts", "") == "accepted":
                teller.tell(told.Incident, transition=Transition.ACCEPTED, at=start, **about)
            ends = getattr(indicator, "ends", "resolved")
            teller.tell(told.Incident, transition=Transition(ends), at=start + length, **about)
        case Ratio():
            about |= {"indicator": indicator.name, "good": choices.pick([990, 500]), "total": 1000}
            teller.tell(told.Tally, start=start, end=start + length, **about)
        case GivenValue(unit="percent"):
            about |= {"indicator": indicator.name, "value": Fraction(choices.pick([99, 90])), "unit": "%"}
            teller.tell(told.Reading, start=start, end=start + length, **about)
        case _:
            pass
