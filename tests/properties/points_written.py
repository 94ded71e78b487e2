"""Random service points: what misses weigh, an indicator that adds them up, and what its promise pays.

Owns: the points of clauses and the clause about their sum. Does not own: the promises that give them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, OPPOSITE, PERCENT_BELOW
from tests.properties.promises import ONE_BY_ONE, Written

Document = dict[str, Any]

#: In how many of a hundred agreements misses give points.
OFTEN = 12
UNITS = {"month": "months", "quarter": "quarters", "week": "weeks", "year": "years", "day": "days"}


def write_points(choices: Choices, document: Document, written: Sequence[Written]) -> list[Written]:
    """Let some promises give points, and promise that there are few of them."""
    weighing = [one for one in written if one.measure != "delivered"]
    if not weighing or not choices.chance(OFTEN):
        return []
    cycle = document["indicators"][choices.pick(weighing).indicator]["per"]
    weighing = [one for one in weighing if document["indicators"][one.indicator]["per"] == cycle]
    for one in weighing:
        document["clauses"][one.clause]["points"] = _given(choices, document, one)
    indicator: Document = {"measure": "points", "clauses": [one.clause for one in weighing], "per": cycle}
    if choices.chance(40):
        indicator["over"] = f"{choices.pick([2, 3])} {UNITS[cycle.split()[0]]}"
    document["indicators"]["weight"] = indicator
    promise = choices.pick([{"at_most": "0 points"}, {"below": "1 points"}, {"at_most": "2 points"}])
    credit = _paid(choices, document)
    if choices.chance(20):
        again: Document = {"missed_in": "previous_period", "times": "2"}
        credit["again"] = again
    clause = {"source": "sch. 7", "promise": {"indicator": "weight", **promise}, "credit": credit}
    document["clauses"]["weight-clause"] = clause
    return [Written("weight", "weight-clause", "points", cycle, has_credit=True, per_incident=False)]


def _given(choices: Choices, document: Document, one: Written) -> Document:
    promise = document["clauses"][one.clause]["promise"]
    edge, value = next((key, value) for key, value in promise.items() if key != "indicator")
    given: Document = {"each": choices.pick(["1", "2", "5"])}
    further = {**PERCENT_BELOW, **BEYOND}.get(value if isinstance(value, str) else "")
    if further is not None and choices.chance(60):
        against = OPPOSITE[edge]
        beside = OPPOSITE[against]
        shape = choices.pick(["disjoint", "nested", "narrow"])
        if shape == "disjoint":
            rows = [{against: value, beside: further[0], "points": "1"}, {against: further[0], "points": "3"}]
        elif shape == "nested":
            rows = [{against: further[0], "points": "3"}, {against: value, "points": "2"}]
        else:
            rows = [{against: further[0], "points": "4"}]
        overlap = choices.pick(["highest_credit", "first_row", *(["refuse"] if shape != "nested" else [])])
        given = {"bands": rows, "overlap": overlap}
        if shape == "narrow":
            given["gaps"] = "undetermined"
    if one.measure not in ONE_BY_ONE and choices.chance(40):
        given["again"] = {"missed_in": "previous_period", **choices.pick([{"times": "2"}, {"points": "1"}])}
    return given


def _paid(choices: Choices, document: Document) -> Document:
    base = {"charge": choices.pick(["hosting", "support", "usage"]), "period": choices.pick(["judged", "next"])}
    base["part_period"] = "pro_rata"
    if choices.chance(40):
        rows = [{"at_least": "1", "below": "4", "rate": "2 %"}, {"at_least": "4", "rate": "4.5 %"}]
        return {"of": base, "overlap": "refuse", "pays": "only_when_missed", "bands": rows}
    if choices.chance(50):
        return {"each": "point", "amount": money(choices.pick([5_000, 3_333]), document["currency"])}
    return {"each": "point", "rate": choices.pick(["0.5 %", "0.33 %"]), "of": base}
