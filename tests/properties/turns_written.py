"""Random credits whose first ones of a period pay otherwise than each further one.

Owns: `first` beside a sum or a rate for each, at what was written and at a clause of its own, and a crowd of failures
for that. Does not own: how single times are measured (`promises`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.conditions import Promise
from malus.model.credits import AmountCredit
from malus.model.indicators import DeliveryTime, Elapsed, Occurrences

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import charges_of
from tests.properties.joined import join_clauses, join_indicator
from tests.properties.promises import CYCLES, Written
from tests.properties.subjects_written import charge_each, list_subjects, words_for
from tests.properties.telling import DAY, HOUR, Teller, moment, nudge
from tests.reference.world import World

Document = dict[str, Any]

EACH = {"elapsed": "incident", "outage times": "outage", "lateness": "delivery", "occurrences": "occurrence"}
NAME = "turns"


def write_turns(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Pay the first ones otherwise: of what was written, and of a clause of its own."""
    for one in written:
        credit = document["clauses"][one.clause].get("credit", {})
        if credit.get("each") in EACH.values() and choices.chance(60):
            _first(choices, document, credit, "")
    measure = choices.pick(["elapsed", "elapsed", "outage times", "outage times", "lateness", "occurrences"])
    kind = choices.pick(["", "", "site", "line", "priority"])
    edge, value, _ = join_indicator(choices, document, measure, NAME, choices.pick(CYCLES))
    indicator = document["indicators"][NAME]
    if measure == "occurrences":
        indicator.pop("each", None)
    if kind == "priority" and "by" not in indicator:
        kind = ""
    if kind:
        indicator["for_each"] = kind
        list_subjects(document)
        charge_each(choices, document, kind)
        if kind == "priority" and isinstance(value, dict):
            value = next(iter(value.values()))
    credit = {"each": EACH[measure], "amount": money(choices.pick([25_000, 33_300, 0]), document["currency"])}
    if choices.chance(45):
        del credit["amount"]
        credit["rate"] = choices.pick(["2 %", "0.7 %"])
        credit["of"] = charges_of(choices, measure)
    elif measure == "lateness" and choices.chance(40):
        credit["units"] = "quantity_of_delivery"
    _first(choices, document, credit, kind)
    clause = {"source": "art. 4.8", "promise": {"indicator": NAME, edge: value}, "credit": credit}
    join_clauses(choices, document, {f"{NAME}-clause": clause})


def _first(choices: Choices, document: Document, credit: Document, kind: str) -> None:
    """Say what the first ones pay: one or several of them, now and then the same as the others, or by class."""
    many = choices.pick([1, 1, 2, 3])
    if "rate" in credit:
        firsts = [choices.pick(["5 %", "1 %", "2 %", "0 %"]) for _ in range(many)]
    else:
        firsts = [money(choices.pick([9_999, 50_000, 33_300]), document["currency"]) for _ in range(many)]
        if kind and choices.chance(50):
            credit["amount"] = {
                one: money(choices.pick([25_000, 3_333]), document["currency"]) for one in words_for(choices, kind)
            }
        if kind and choices.chance(50):
            credit["first"] = {one: choices.pick(firsts) for one in words_for(choices, kind)}
            return
    credit["first"] = firsts[0] if many == 1 and choices.chance(70) else firsts


def tell_turns(teller: Teller, world: World) -> None:
    """Several failures of one period: some at the same instant, still running, or against themselves."""
    choices = teller.choices
    for chain in world.indicators:
        cuts = [one for one in world.periods(chain) if _has_firsts(world, chain, one)]
        for cut in cuts[: choices.pick([1, 1, 2])]:
            indicator = chain.members[cut.place]
            at = moment(choices, cut)
            for _ in range(choices.between(2, 4)):
                _failure(teller, world, indicator, cut, at)
                at += choices.pick([0, 0, HOUR, -HOUR, DAY, 3 * DAY])


def _has_firsts(world: World, chain: Any, cut: Any) -> bool:
    name = chain.members[cut.place].name
    return any(
        isinstance(one.condition, Promise)
        and one.condition.indicator == name
        and isinstance(one.credit, AmountCredit)
        and one.credit.has_firsts
        for one in world.terms[cut.place].clauses
    )


def _failure(teller: Teller, world: World, indicator: Any, cut: Any, at: int) -> None:
    choices = teller.choices
    terms = world.terms[cut.place]
    service = teller.service(terms, indicator.service)
    name = choices.pick(["a", "b", "z"]) + f"{len(teller.told):03}"
    length = choices.pick([5 * HOUR, 30 * HOUR, 9 * DAY]) + nudge(choices)
    match indicator:
        case Elapsed(origin="outages") | Occurrences(origin="outages"):
            about = {"outage_id": name, "service": service, "severity": choices.pick(["major", "major", "minor"])}
            about["site"] = choices.pick(["north", "north", "east"])
            end = None if choices.chance(12) else at + length
            teller.tell(told.Outage, start=at, end=end, **about)
            if choices.chance(8):
                teller.tell(told.Outage, start=at, end=at + length + HOUR, **about)
        case Elapsed() | Occurrences():
            about = {"incident_id": name, "service": service}
            priority = choices.pick(["critical", "critical", "high", "low"])
            teller.tell(told.Incident, transition=told.Transition.OPENED, at=at, priority=priority, **about)
            starts = getattr(indicator, "starts", "opened")
            if starts == "accepted":
                teller.tell(told.Incident, transition=told.Transition.ACCEPTED, at=at, **about)
            if not choices.chance(12):
                ends = told.Transition(getattr(indicator, "ends", "resolved"))
                teller.tell(told.Incident, transition=ends, at=at + length, **about)
                if choices.chance(8):
                    teller.tell(told.Incident, transition=told.Transition.RESOLVED, at=at + length + HOUR, **about)
        case DeliveryTime():
            about = {"delivery_id": name, "service": service, "item": choices.pick(["beds", "chairs"])}
            teller.tell(
                told.Delivery,
                due=at,
                sent=at if indicator.starts == "sent" else None,
                done=None if choices.chance(12) else at + length,
                quantity=Fraction(choices.pick([3, 1])),
                **about,
            )
        case _:
            raise AssertionError(indicator)
