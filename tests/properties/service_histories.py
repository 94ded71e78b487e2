"""What random histories tell of a service besides its outages: when it was in service, what hit how much of it, and the
tallies of single intervals.

Owns: deployments, totals, weights, tallies on the edges of intervals. Does not own: outages and checks (`histories`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.indicators import Availability, Downtime, IntervalMean

from tests.properties.choices import Choices
from tests.properties.telling import DAY, HOUR, MINUTE, Teller, levels_of, moment, nudge
from tests.reference.world import Cut


def lengths_down(terms: Terms, indicator: Availability, cut: Cut) -> list[int]:
    """How long the service is down exactly at a promise or at a row of its table."""
    levels = levels_of(terms, indicator.name)
    if isinstance(indicator, Downtime):
        exact = [int(level) for level in levels]
    else:
        fixed = indicator.fixed_base
        base = cut.end - cut.start if fixed is None or fixed.part_period is None else fixed.microseconds
        exact = [int((1 - level) * base) for level in levels]
    if indicator.whole_minutes is not None:
        exact += [length // MINUTE * MINUTE for length in exact]
    return exact


def weight(choices: Choices, indicator: Availability) -> dict[str, Any]:
    """How much of the service an outage hit, mostly told."""
    if indicator.weights is None or choices.chance(6):
        return {}
    if indicator.weights.by == "share":
        return {"share": choices.pick([Fraction(1, 2), Fraction(1, 3), Fraction(1), Fraction(3, 5)])}
    return {"affected": choices.pick([50, 72, 1, 100, 130])}


def tell_service(teller: Teller, terms: Terms, indicator: Any, cut: Cut) -> None:
    """When the service was in service, and how much of it there was, where that comes as events."""
    choices = teller.choices
    said = next((one.in_service for one in terms.services if one.name == indicator.service), None)
    if indicator.only_in_service and said is not None and said.from_events:
        for _ in range(choices.between(0, 2)):
            _deployment(teller, terms, indicator.service, cut)
    weights = getattr(indicator, "weights", None)
    if weights is not None and weights.by == "affected" and weights.total is None:
        at = choices.pick([cut.start, cut.start, cut.start - DAY, cut.start + 1])
        for _ in range(choices.between(1, 2)):
            teller.tell(
                told.Reading,
                start=at,
                end=at,
                value=Fraction(choices.pick([100, 80, 100, 200])),
                unit="count" if not choices.chance(5) else "%",
                indicator=choices.pick([indicator.name, indicator.name, None]),
                service=teller.service(terms, indicator.service),
            )
            at = moment(choices, cut)


def _deployment(teller: Teller, terms: Terms, service: str | None, cut: Cut) -> None:
    choices = teller.choices
    start = choices.pick([cut.start, moment(choices, cut), cut.start - DAY])
    end = start + choices.pick([HOUR, DAY, 10 * DAY, cut.end - cut.start])
    about = {"deployment_id": f"d{len(teller.told) + 1:03}", "service": teller.service(terms, service)}
    shape = choices.pick(["whole", "two", "open"])
    if shape == "whole":
        teller.tell(told.Deployment, start=start, end=end, **about)
        return
    teller.tell(told.Deployment, start=start, **about)
    if shape == "two":
        teller.tell(told.Deployment, end=end, **about)


def tell_intervals(teller: Teller, terms: Terms, indicator: IntervalMean, cut: Cut) -> None:
    """Tallies of single intervals, as many bad ones as a limit allows, now and then one over two."""
    choices, length = teller.choices, indicator.interval
    count = max(1, (cut.end - cut.start) // length)
    number = choices.pick([0, count - 1, choices.between(0, count - 1)])
    for _ in range(choices.between(1, 3)):
        at = cut.start + number * length
        level = choices.pick([*levels_of(terms, indicator.name), Fraction(0), Fraction(0)])
        total = choices.pick([100, 1000, 1000, 0])
        if choices.chance(40):
            # So many errors that this interval alone brings the mean to a limit.
            lost = (level if indicator.share_of == "errors" else 1 - level) * count
            good = min(total, max(0, int((1 - min(lost, Fraction(1))) * total) + nudge(choices)))
        else:
            good = min(total, max(0, int(level * total)))
        end = at + length
        if choices.chance(8):
            end += choices.pick([1, -1, length])
        teller.tell(
            told.Tally,
            start=at,
            end=end,
            good=good,
            total=total,
            indicator=choices.pick([None, indicator.name]),
            service=teller.service(terms, indicator.service),
        )
        number = choices.pick([number, number + 1, choices.between(0, count)])
