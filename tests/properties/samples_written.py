"""Random samples: defects of each delivery or of a period, how many were to be checked, and what they pay.

Owns: those indicators, their clauses, and the tallies on and beside their limits. Does not own: the deliveries that
are checked (`goods_told`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.indicators import Sample

from tests.properties.choices import Choices
from tests.properties.excursions_written import FEW, by_an_earlier_name
from tests.properties.figure_histories import called, when
from tests.properties.goods_told import tell_goods
from tests.properties.goods_written import write_goods_clause
from tests.properties.promises import CYCLES, Written
from tests.properties.remedies_written import write_windows
from tests.properties.telling import HOUR, Teller, levels_of, nudge
from tests.reference.world import Cut, World

Document = dict[str, Any]

#: Acceptance numbers.
ACCEPTED = ({"at_most": "5"}, {"at_most": "0"}, {"at_most": "1"}, {"below": "2"})


def write_samples(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One or two such indicators with their clauses."""
    for name in ["checked", "checked-too"][: choices.pick([1, 1, 2])]:
        service = choices.pick(list(document["services"]))
        indicator = sample_of(choices, service)
        document["indicators"][name] = indicator
        write_goods_clause(choices, document, name, choices.pick(ACCEPTED), each="occurrence")
        if indicator["measured_on"] == "period_total":
            mine = Written(name, f"{name}-clause", "sample", indicator["per"], has_credit=True, per_incident=False)
            write_windows(choices, document, [mine])


def sample_of(choices: Choices, service: str) -> Document:
    """An indicator of defects in what was checked."""
    indicator: Document = {"measure": "sample", "of": service, "from": "tallies"}
    indicator["measured_on"] = choices.pick(["each_delivery", "each_delivery", "period_total"])
    if choices.chance(70):
        few: Document = {"below": choices.pick(["80", "10"]), "says": choices.pick(["met", "no_data"])}
        if choices.chance(60):
            few["missed_after"] = choices.pick(["5", "0", "1"])
        indicator["few"] = few
    indicator["per"] = choices.pick(CYCLES)
    indicator["counted_in"] = choices.pick(["period_of_start", "period_of_end"])
    indicator["no_data"] = choices.pick(["met", "missed", "undetermined"])
    if indicator["measured_on"] == "period_total" and choices.chance(30):
        indicator["no_data"] = "previous"
    if choices.chance(15):
        indicator["where"] = {"site": choices.pick(["north", ["north", "south"]])}
    return indicator


def tell_samples(teller: Teller, world: World) -> None:
    """Tallies of so many as were agreed and of fewer, with defects on the limits, of deliveries or of none."""
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if isinstance(chain.members[cut.place], Sample)]
        first = teller.choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            _tell(teller, world.terms[cut.place], chain.members[cut.place], cut)


def _tell(teller: Teller, terms: Terms, indicator: Sample, cut: Cut) -> None:
    choices = teller.choices
    if indicator.measured_on == "period_total":
        for start, end in [when(choices, cut) for _ in range(choices.pick([0, 1, 1, 2]))]:
            _check(teller, terms, indicator, start, end, choices.pick([None, None, "somewhere"]))
        return
    for _ in range(choices.between(1, FEW)):
        name, start, end = tell_goods(teller, terms, indicator, cut)
        for _ in range(choices.pick([0, 1, 1, 1, 2])):
            at = choices.pick([start, start, start + HOUR, cut.start - HOUR, cut.end - HOUR])
            _check(teller, terms, indicator, at, at + HOUR, choices.pick([name, name, name, name, None]))


def _check(teller: Teller, terms: Terms, indicator: Sample, start: int, end: int, delivery: str | None) -> None:
    """A tally of a sample that is whole, a piece short of it, half of it, or empty."""
    choices = teller.choices
    few = indicator.few
    agreed = 80 if few is None else few.below
    total = choices.pick([agreed, agreed, agreed + 1, 0])
    limits = [int(level) for level in levels_of(terms, indicator.name)]
    if few is not None and choices.chance(65):
        total = choices.pick([agreed - 1, agreed // 2, agreed - 2])
        limits = limits if few.missed_after is None else [few.missed_after, few.missed_after + 1]
    bad = min(total, max(0, choices.pick(limits) + choices.pick([0, nudge(choices)])))
    teller.tell(
        told.Tally,
        start=start,
        end=max(end, start + 1),
        good=total - bad,
        total=total,
        delivery_id=delivery,
        **{**called(teller, terms, indicator), **by_an_earlier_name(choices, indicator)},
    )
