"""Random excursions: readings outside of limits, of each delivery or of a period, and what they pay.

Owns: those indicators, their clauses and caps, and the readings on and beside their limits. Does not own: the
deliveries that are read (`goods_told`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.indicators import Excursion

from tests.properties.choices import Choices
from tests.properties.figure_histories import BESIDE, UNITS, called, when
from tests.properties.goods_told import tell_goods
from tests.properties.goods_written import write_goods_clause
from tests.properties.promises import CYCLES, Written
from tests.properties.remedies_written import write_windows
from tests.properties.telling import HOUR, Teller, levels_of
from tests.reference.world import Cut, World

Document = dict[str, Any]

#: Limits with the name of the promises that fit their unit.
OUTSIDE = (
    ({"above": "13"}, "number"),
    ({"at_least": "13"}, "number"),
    ({"below": "2", "above": "8"}, "number"),
    ({"at_most": "-0.5", "at_least": "0.5"}, "number"),
    ({"below": "20 %"}, "percent"),
    ({"at_least": "90 %"}, "percent"),
    ({"above": "200 milliseconds"}, "time"),
)
WORST = {
    "number": ({"at_most": "0"}, {"at_most": "2.5"}, {"below": "2.5"}),
    "percent": ({"at_most": "0 %"}, {"at_most": "1 %"}, {"below": "1 %"}),
    "time": ({"at_most": "0 hours"}, {"at_most": "200 milliseconds"}, {"below": "30 minutes"}),
}
MANY = ({"at_most": "0"}, {"at_most": "1"}, {"below": "2"})
#: At most so many periods and deliveries of each indicator.
FEW = 2


def write_excursions(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One or two such indicators with their clauses."""
    for name in ["warmth", "warmth-too"][: choices.pick([1, 1, 2])]:
        service = choices.pick(list(document["services"]))
        indicator, unit = excursion_of(choices, service)
        far = indicator["counts"] == "worst"
        document["indicators"][name] = indicator
        promise = choices.pick(WORST[unit] if far else MANY)
        write_goods_clause(choices, document, name, promise, each="point" if far else "occurrence")
        if indicator["measured_on"] == "period_total":
            mine = Written(name, f"{name}-clause", "excursion", indicator["per"], has_credit=True, per_incident=False)
            write_windows(choices, document, [mine])


def excursion_of(choices: Choices, service: str) -> tuple[Document, str]:
    """An indicator of readings outside of limits, and what they are read in."""
    limits, unit = choices.pick(OUTSIDE)
    indicator: Document = {"measure": "excursion", "of": service, "from": "readings"}
    if choices.chance(50):
        indicator["reads"] = "temperature"
    indicator |= limits
    indicator["counts"] = choices.pick(["readings", "worst", "worst"])
    far = indicator["counts"] == "worst"
    indicator["measured_on"] = choices.pick(["each_delivery", "each_delivery", "period_total"])
    indicator["per"] = choices.pick(CYCLES)
    indicator["counted_in"] = choices.pick(["period_of_start", "period_of_end"])
    if far and choices.chance(50):
        indicator["round"] = f"{choices.pick([0, 1])} places {choices.pick(['half_up', 'down', 'up'])}"
    indicator["no_data"] = choices.pick(["met", "missed", "undetermined"])
    if indicator["measured_on"] == "period_total" and choices.chance(30):
        indicator["no_data"] = "previous"
    if choices.chance(15):
        indicator["where"] = {"site": choices.pick(["north", ["north", "south"]])}
    return indicator, unit


def tell_excursions(teller: Teller, world: World) -> None:
    """Readings on the limits and beside them, of deliveries or of none."""
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if isinstance(chain.members[cut.place], Excursion)]
        first = teller.choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            _tell(teller, world.terms[cut.place], chain.members[cut.place], cut)


def _tell(teller: Teller, terms: Terms, indicator: Excursion, cut: Cut) -> None:
    choices = teller.choices
    if indicator.measured_on == "period_total":
        for _ in range(choices.between(0, 3)):
            start, end = when(choices, cut)
            _read(teller, terms, indicator, start, end, choices.pick([None, None, "somewhere"]))
        return
    for _ in range(choices.between(1, FEW)):
        name, start, end = tell_goods(teller, terms, indicator, cut)
        for _ in range(choices.between(0, 3)):
            at = choices.pick([start, end, start + HOUR, cut.start - HOUR, cut.end])
            _read(teller, terms, indicator, at, at + choices.pick([0, 0, HOUR]), choices.pick([name, name, name, None]))


def _read(teller: Teller, terms: Terms, indicator: Excursion, start: int, end: int, delivery: str | None) -> None:
    choices = teller.choices
    unit, scale = UNITS[indicator.unit]
    limit = choices.pick(indicator.outside)
    value = limit.value * scale
    if choices.chance(60):
        further = [Fraction(1), *(levels_of(terms, indicator.name) if indicator.counts == "worst" else [])]
        away = choices.pick(further) * scale
        value += away if limit.edge in {"above", "at_least"} else -away
    value += choices.pick(BESIDE)
    if indicator.unit != "count":
        value = max(Fraction(0), value)
    teller.tell(
        told.Reading,
        start=start,
        end=end,
        value=value,
        unit=unit if not choices.chance(6) else "count" if unit == "%" else "%",
        delivery_id=delivery,
        **{**called(teller, terms, indicator), **by_an_earlier_name(choices, indicator)},
    )


def by_an_earlier_name(choices: Choices, indicator: Any) -> Document:
    """How an event calls an indicator that had another name, now and then as it was called before."""
    if not indicator.formerly or not choices.chance(70):
        return {}
    return {"indicator": choices.pick(indicator.formerly)}
