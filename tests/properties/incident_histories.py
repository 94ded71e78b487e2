"""Random incidents: transitions that end exactly at limits, with pauses, changes of priority and reopenings.

Owns: one incident told for one indicator. Does not own: outages and figures (`histories`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.events import Transition
from malus.model.indicators import Elapsed, Share

from tests.properties.choices import Choices
from tests.properties.telling import DAY, HOUR, MINUTE, Teller, blocks_of, exclude, levels_of, moment, nudge
from tests.reference.civil import after_working
from tests.reference.world import Cut

PRIORITIES = ("critical", "high", "low")


@dataclass
class Tale:
    """One incident while it is told: `at` is where its clock stands, `end` where it is meant to end."""

    teller: Teller
    name: str
    service: str | None
    at: int
    end: int = 0

    def fact(self, transition: Transition, **values: Any) -> None:
        self.teller.tell(
            told.Incident,
            incident_id=self.name,
            transition=transition,
            at=self.at,
            service=self.service,
            **values,
        )


def tell_incident(teller: Teller, terms: Terms, indicator: Elapsed, cut: Cut) -> None:
    """One incident from its opening to its resolution, or as far as it goes."""
    choices = teller.choices
    opened = moment(choices, cut)
    service = teller.service(terms, indicator.service)
    tale = Tale(teller, f"i{len(teller.told) + 1:03}", service, opened)
    if choices.chance(95):
        tale.fact(Transition.OPENED, priority=choices.pick([*PRIORITIES, None]))
    if indicator.starts == Transition.ACCEPTED:
        tale.at += choices.pick([0, HOUR])
        tale.fact(Transition.ACCEPTED)
    tale.end = _meant_to_end(choices, terms, indicator, cut, tale.at)
    _on_the_way(choices, tale, indicator)
    if not choices.chance(15):
        _over(choices, tale, indicator, opened)
    if indicator.excluding and choices.chance(40):
        exclude(teller, terms, indicator, opened, HOUR)


def _meant_to_end(choices: Choices, terms: Terms, indicator: Elapsed, cut: Cut, start: int) -> int:
    length = _promised(choices, terms, indicator) + nudge(choices)
    if choices.chance(10):
        return max(start, cut.end)
    if choices.chance(30):
        return start + choices.pick([HOUR, 3 * DAY, 0])
    return after_working(indicator.calendar, start, max(0, length))


def _on_the_way(choices: Choices, tale: Tale, indicator: Elapsed) -> None:
    if choices.chance(35):
        tale.at = choices.pick([tale.at, (tale.at + tale.end) // 2, tale.end])
        tale.fact(Transition.PRIORITY_CHANGED, priority=choices.pick(PRIORITIES))
    if choices.chance(35):
        tale.at += choices.pick([0, MINUTE, HOUR])
        tale.fact(Transition.PAUSED, reason=choices.pick([*indicator.pauses, "waiting-for-customer", "tea"]))
        if choices.chance(80):
            pause = choices.pick([HOUR, 5 * HOUR, MINUTE])
            tale.at += pause
            tale.end += pause
            tale.fact(choices.pick([Transition.RESUMED, Transition.RESUMED, Transition.PAUSED]))


def _over(choices: Choices, tale: Tale, indicator: Elapsed, opened: int) -> None:
    tale.at = max(tale.at, tale.end)
    if indicator.ends != Transition.RESOLVED:
        tale.fact(Transition(indicator.ends))
    elif choices.chance(30):
        tale.at -= min(choices.pick([HOUR, MINUTE]), tale.at - opened)
        tale.fact(Transition.RESOLVED)
        if choices.chance(85):
            tale.at += choices.pick([HOUR, MINUTE])
            tale.fact(Transition.REOPENED)
            tale.at += choices.pick([HOUR, MINUTE])
    if choices.chance(90):
        tale.fact(Transition.RESOLVED)
    if choices.chance(8):
        tale.at += HOUR
        tale.fact(choices.pick([Transition.RESOLVED, Transition.OPENED]))


def _promised(choices: Choices, terms: Terms, indicator: Elapsed) -> int:
    """A length at which a promise, a step of a ladder, a block or a share has its edge."""
    lengths = [int(level) for level in levels_of(terms, indicator.name)]
    lengths += blocks_of(terms, indicator.name)
    lengths += [length * 4 // 5 for length in lengths]
    for other in terms.indicators:
        if isinstance(other, Share) and other.indicator == indicator.name:
            lengths += [int(one.limit.value) for one in other.limits]
    return choices.pick(lengths or [HOUR])
