"""Random histories for compiled terms: events that meet limits, boundaries and clock changes exactly.

Owns: what happened to the services and incidents. Does not own: what the parties did about it (`responses`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.conditions import OccurrencesInWindow, TotalInWindow
from malus.model.events import CheckState, Transition
from malus.model.indicators import (
    Availability,
    CheckedAvailability,
    Delivered,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Excursion,
    GivenValue,
    IntervalMean,
    Occurrences,
    Points,
    Ratio,
    Sample,
    Share,
)

from tests.properties.choices import Choices
from tests.properties.delivery_histories import tell_delivery
from tests.properties.figure_histories import tell_many
from tests.properties.focuses import Focus
from tests.properties.incident_histories import tell_incident
from tests.properties.longer_histories import tell_bills, tell_openings, tell_series
from tests.properties.service_histories import lengths_down, tell_intervals, tell_service, weight
from tests.properties.subject_histories import name_subjects
from tests.properties.telling import DAY, HOUR, MINUTE, Teller, blocks_of, exclude, levels_of, moment, nudge
from tests.reference.civil import last_moment
from tests.reference.windows import grounds
from tests.reference.world import Cut, World


def write_history(choices: Choices, terms: list[Terms], until: int, focus: Focus | None = None) -> list[told.Event]:
    """What happened to the services until a moment, as facts without any answer to them."""
    teller = Teller(choices)
    world = World(terms, [], until, None)
    for chain in world.indicators:
        for cut in _some(choices, world.periods(chain)):
            if len(teller.told) < 22:
                _happen(teller, terms_at(world, cut), chain.members[cut.place], cut)
    for place, one in enumerate(world.terms):
        for clause in one.clauses:
            counted = [one for _, one in grounds(clause) if isinstance(one, OccurrencesInWindow | TotalInWindow)]
            if counted and choices.chance(70):
                tell_series(teller, world, place, clause)
    if world.terms:
        tell_bills(teller, world)
        tell_openings(teller, world)
        if focus is not None:
            focus.tell(teller, world)
        if choices.chance(10):
            start = world.starts(0) + choices.between(0, 20) * DAY
            teller.tell(told.Outage, start=start, end=start + HOUR, service="unknown")
    name_subjects(choices, terms, teller.told)
    return teller.told


def terms_at(world: World, cut: Cut) -> Terms:
    return world.terms[cut.place]


def _some(choices: Choices, cuts: list[Cut]) -> list[Cut]:
    """At most three periods, the last ones among them now and then."""
    if len(cuts) <= 3:
        return cuts
    first = choices.between(0, len(cuts) - 3)
    return cuts[first : first + 3]


def _happen(teller: Teller, terms: Terms, indicator: Any, cut: Cut) -> None:
    match indicator:
        case Availability():
            _outages(teller, terms, indicator, cut)
        case IntervalMean():
            tell_intervals(teller, terms, indicator, cut)
        case CheckedAvailability():
            _checks(teller, terms, indicator, cut)
        case Ratio():
            _tallies(teller, terms, indicator, cut)
        case GivenValue():
            _readings(teller, terms, indicator, cut)
        case Elapsed(origin="outages"):
            _one_outage(teller, terms, indicator, cut)
        case DeliveryTime():
            tell_delivery(teller, terms, indicator, cut)
        case Elapsed():
            tell_incident(teller, terms, indicator, cut)
        case Occurrences(judged_by=None):
            _occurrence(teller, terms, indicator, cut)
        case Delivered():
            _delivery(teller, terms, indicator, cut)
        case Share() | DeliveryShare() | Points() | Excursion() | Sample() | Occurrences():
            pass
        case _:
            tell_many(teller, terms, indicator, cut)


def _outages(teller: Teller, terms: Terms, indicator: Availability, cut: Cut) -> None:
    choices = teller.choices
    length = choices.pick([HOUR, 3 * HOUR, 30 * MINUTE, 26 * HOUR, 5 * DAY])
    if choices.chance(60):
        exact = lengths_down(terms, indicator, cut)
        exact += [*blocks_of(terms, indicator.name), indicator.ignore_up_to]
        length = max(0, choices.pick(exact) + nudge(choices))
    start = moment(choices, cut)
    if choices.chance(50) and start + length > cut.end:
        start = max(cut.start, cut.end - length)
    if choices.chance(15):
        start = cut.start - min(length // 2, 3 * HOUR)
    tell_service(teller, terms, indicator, cut)
    outage(teller, terms, indicator.service, start, length, **weight(choices, indicator))
    alone = indicator.weights is None and indicator.whole_minutes is None
    if choices.chance(30 if alone else 65):
        soon = length + 20_000_000
        minute = indicator.whole_minutes is not None and indicator.whole_minutes.each == "clock_minute"
        again = start + choices.pick([soon, soon, length, soon] if minute else [0, length, length // 2, soon])
        outage(teller, terms, indicator.service, again, HOUR, **weight(choices, indicator))
    if indicator.excluding and choices.chance(80):
        exclude(teller, terms, indicator, start, length)


def _one_outage(teller: Teller, terms: Terms, indicator: Elapsed, cut: Cut) -> None:
    choices = teller.choices
    lengths = [int(level) for level in levels_of(terms, indicator.name)] + blocks_of(terms, indicator.name)
    length = max(0, choices.pick(lengths or [HOUR]) + nudge(choices))
    start = choices.pick([moment(choices, cut), moment(choices, cut), cut.end - length, cut.end - HOUR])
    outage(teller, terms, indicator.service, start, length)
    if choices.chance(30):
        outage(teller, terms, indicator.service, start + choices.pick([length, length // 2]), HOUR)
    if indicator.excluding and choices.chance(50):
        exclude(teller, terms, indicator, start, length)


def outage(teller: Teller, terms: Terms, service: str | None, start: int, length: int, **more: Any) -> None:
    """One outage: told at once or in two facts, still open, or against itself."""
    choices = teller.choices
    named = teller.service(terms, service)
    name = f"o{len(teller.told) + 1:03}"
    about = {
        "outage_id": name,
        "service": named,
        "severity": choices.pick(["major", "major", "minor"]),
        "site": choices.pick(["north", "east"]),
        **more,
    }
    if choices.chance(40):
        about["reported_at"] = _reported(choices, terms, start, length)
    shape = choices.pick(["whole", "whole", "whole", "whole", "two", "open", "clash", "end only", "no name"])
    if shape == "whole":
        teller.tell(told.Outage, start=start, end=start + length, **about)
    elif shape == "no name":
        teller.tell(told.Outage, start=start, end=start + length, **{**about, "outage_id": None, "id": name})
    elif shape == "two":
        teller.tell(told.Outage, start=start, **about)
        teller.tell(told.Outage, end=start + length, outage_id=name, service=named)
    elif shape == "open":
        teller.tell(told.Outage, start=start, **about)
    elif shape == "clash" and choices.chance(30):
        teller.tell(told.Outage, start=start, end=start + length, **about)
        teller.tell(told.Outage, start=start, end=start + length + HOUR, **about)
    elif shape == "end only" and choices.chance(30):
        teller.tell(told.Outage, end=start + max(length, HOUR), **about)
    else:
        teller.tell(told.Outage, start=start, end=start + length, **about)


def _reported(choices: Choices, terms: Terms, start: int, length: int) -> int:
    duties = [duty for party in terms.parties for duty in party.duties]
    if not duties or choices.chance(20):
        return start + HOUR
    after = start + length if duties[0].due.after == "outage_end" else start
    return last_moment(duties[0].due.deadline, after) + choices.pick([0, 0, 1])


def _checks(teller: Teller, terms: Terms, indicator: CheckedAvailability, cut: Cut) -> None:
    choices = teller.choices
    at = moment(choices, cut)
    tell_service(teller, terms, indicator, cut)
    for _ in range(choices.between(1, 4)):
        state = choices.pick([CheckState.UP, CheckState.DOWN, CheckState.DOWN, CheckState.DEGRADED])
        service = teller.service(terms, indicator.service)
        sequence = choices.pick([None, None, 1, 2])
        teller.tell(told.Check, service=service, at=at, state=state, sequence=sequence)
        gaps = [HOUR, 6 * HOUR, 15 * MINUTE, 2 * DAY, 15 * MINUTE + 1]
        if indicator.holds is not None:
            gaps += [indicator.holds, indicator.holds]
        base = cut.end - cut.start
        exact = [int((1 - level) * base) + nudge(choices) for level in levels_of(terms, indicator.name)]
        at += max(0, choices.pick([*gaps, *exact, 0 if choices.chance(20) else HOUR]))
    if choices.chance(50):
        teller.tell(told.Check, service=teller.service(terms, indicator.service), at=at, state=CheckState.UP)
    if indicator.excluding and choices.chance(60):
        exclude(teller, terms, indicator, at - 2 * HOUR, HOUR)


def _span(choices: Choices, cut: Cut) -> tuple[int, int]:
    start = moment(choices, cut)
    length = choices.pick([HOUR, DAY, 3 * DAY])
    if choices.chance(25):
        return cut.end - length, cut.end
    if choices.chance(20):
        return cut.start - HOUR, cut.start + HOUR
    return start, start + length


def _tallies(teller: Teller, terms: Terms, indicator: Ratio, cut: Cut) -> None:
    choices = teller.choices
    if choices.chance(15):
        return
    for _ in range(choices.between(1, 2)):
        level = choices.pick(levels_of(terms, indicator.name) or [Fraction(1)])
        total = choices.pick([1000, 1000, 2000, 0])
        good = min(total, max(0, int(level * total) + nudge(choices)))
        start, end = _span(choices, cut)
        named = choices.pick([None, indicator.name])
        service = teller.service(terms, indicator.service)
        teller.tell(told.Tally, start=start, end=end, good=good, total=total, indicator=named, service=service)


def _readings(teller: Teller, terms: Terms, indicator: GivenValue, cut: Cut) -> None:
    choices = teller.choices
    if choices.chance(15):
        return
    scale, unit = {"percent": (Fraction(100), "%"), "count": (Fraction(1), "count")}.get(
        indicator.unit, (Fraction(1, 1000), "milliseconds")
    )
    assert indicator.accepts_to is not None
    for _ in range(choices.between(1, 2)):
        level = choices.pick([*levels_of(terms, indicator.name), indicator.accepts_to, indicator.accepts_to * 2])
        value = level * scale + choices.pick([Fraction(0), Fraction(1, 1000), Fraction(-1, 1000), Fraction(-5)])
        start, end = _span(choices, cut)
        if choices.chance(40):
            start = end = moment(choices, cut)
        teller.tell(
            told.Reading,
            start=start,
            end=end,
            value=value,
            unit=unit if not choices.chance(10) else "seconds" if unit == "%" else "%",
            indicator=choices.pick([None, indicator.name]),
            service=teller.service(terms, indicator.service),
        )


def _occurrence(teller: Teller, terms: Terms, indicator: Occurrences, cut: Cut) -> None:
    choices = teller.choices
    if indicator.origin == "incidents":
        at, name = moment(choices, cut), f"i{len(teller.told) + 1:03}"
        about = {"incident_id": name, "service": teller.service(terms, indicator.service)}
        teller.tell(told.Incident, transition=Transition.OPENED, at=at, **about)
        if choices.chance(80):
            end = choices.pick([at + HOUR, cut.end, at + DAY])
            teller.tell(told.Incident, transition=Transition.RESOLVED, at=max(at, end), **about)
        return
    length = HOUR if indicator.each is None else int(indicator.each.value) + nudge(choices)
    start = choices.pick([moment(choices, cut), cut.end - length])
    outage(teller, terms, indicator.service, start, length)
    if indicator.excluding and choices.chance(50):
        exclude(teller, terms, indicator, start, length)


def _delivery(teller: Teller, terms: Terms, indicator: Delivered, cut: Cut) -> None:
    choices = teller.choices
    if choices.chance(25):
        return
    at = last_moment(indicator.due, cut.end, closes_day=True) + choices.pick([0, 0, 1, -DAY])
    teller.tell(told.Obligation, name=indicator.name, at=at, period=choices.pick([cut.start, cut.end - 1]))
