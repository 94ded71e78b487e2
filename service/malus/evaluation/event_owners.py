"""Owns whose an event is: which indicators a tally or a reading feeds, and which readings the terms accept.

Does not own: which of the events fall into a period (measures), nor what becomes of one that is nobody's (remarks).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from malus.evaluation.facts import Facts
from malus.evaluation.in_force import indicator_lineages, names_of
from malus.measures.tallies import reading_value
from malus.model.agreement import Terms
from malus.model.availability import TimeShare
from malus.model.events import Check, Reading, Tally
from malus.model.indicators import (
    Availability,
    Excursion,
    GivenValue,
    Indicator,
    IntervalMean,
    Ratio,
    Sample,
    Statistic,
    Where,
)

Named = TypeVar("Named", Tally, Reading)


def fed_by_tallies(indicator: Indicator) -> bool:
    """Whether tallies of its service are an indicator's."""
    return isinstance(indicator, Ratio | IntervalMean | Sample)


def fed_by_readings(indicator: Indicator) -> bool:
    """Whether readings of its service are an indicator's: its values, or the total that its outages weigh against."""
    if isinstance(indicator, Availability):
        weights = indicator.weights
        return weights is not None and weights.by == "affected" and weights.total is None
    if isinstance(indicator, Statistic):
        return indicator.times is None
    return isinstance(indicator, GivenValue | Excursion | TimeShare)


def called_by_events(indicator: Indicator) -> tuple[str, ...]:
    """The names by which events speak of an indicator: its own, now and before, or what it reads instead."""
    if isinstance(indicator, Excursion | Statistic | TimeShare) and indicator.reads != indicator.name:
        return (indicator.reads,)
    return names_of(indicator)


def owned(facts: Facts, place: int, indicator: Indicator, events: Sequence[Named]) -> list[Named]:
    """The events that are an indicator's, as the terms at a place call it or as those did under which they were told.

    One that names no indicator is its where it could be for no other one then: a later text may have more of them.
    """
    names, words = called_by_events(indicator), _words_by_place(facts.terms, place, indicator)

    def told_of_it(event: Named) -> bool:
        then = facts.place_within(event.start, event.end - 1)
        return then is not None and event.indicator in words[then]

    return [event for event in events if event.indicator in names or told_of_it(event)]


def _words_by_place(terms: Sequence[Terms], place: int, indicator: Indicator) -> list[set[str | None]]:
    """By what each text calls an indicator, None among it where it need not be named; empty where it has none."""
    lineages, alike = indicator_lineages(terms), fed_by_tallies if fed_by_tallies(indicator) else fed_by_readings
    words: list[set[str | None]] = []
    for then, text in enumerate(terms):
        mine = [item for item in text.indicators if alike(item) and item.service == indicator.service]
        called: set[str | None] = set()
        for item in mine:
            if lineages[then, item.name] == lineages[place, indicator.name]:
                called |= set(called_by_events(item))
        if called and len({called_by_events(item) for item in mine}) == 1:
            called.add(None)
        words.append(called)
    return words


def accepted(indicator: GivenValue | Excursion | Statistic | TimeShare, reading: Reading) -> bool:
    """Whether the terms accept a reading: its unit is theirs and its value inside, both ends included."""
    value = reading_value(reading, indicator.unit)
    if value is None:
        return False
    if isinstance(indicator, Excursion | TimeShare):
        return True
    above = indicator.accepts_from is None or value >= indicator.accepts_from
    return above and (indicator.accepts_to is None or value <= indicator.accepts_to)


def wanted(event: Check | Tally | Reading, where: Sequence[Where]) -> bool:
    """Whether an event has the values that an indicator's `where` asks for."""
    return all(getattr(event, item.field_name) in item.values for item in where)
