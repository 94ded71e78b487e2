"""Random bonuses: tables of levels that surpass a promise, and caps on what they come to.

Owns: the `bonus` of a clause and caps with `limits_bonuses`. Does not own: its promise, nor the credit beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, PERCENT_BELOW, charges_of, slope_beyond
from tests.properties.promises import Written

Document = dict[str, Any]

#: A level past each promise, and one past that.
SURPASSED = {
    "99.9 %": ("99.95 %", "100 %"),
    "99 %": ("99.5 %", "99.9 %"),
    "95 %": ("99 %", "100 %"),
    "50 %": ("90 %", "99 %"),
    "4 hours": ("1 hour", "0 hours"),
    "30 minutes": ("10 minutes", "0 minutes"),
    "26 hours": ("4 hours", "1 hour"),
    "200 milliseconds": ("150 milliseconds", "100 milliseconds"),
    "10": ("5", "2"),
    "3 times": ("1 times", "0 times"),
    "1 %": ("0.1 %", "0 %"),
    "0.1 %": ("0.05 %", "0 %"),
}
#: For each edge of a promise: past a level, from it on, short of it, up to it.
EDGES = {
    "at_least": ("above", "at_least", "below", "at_most"),
    "above": ("above", "at_least", "below", "at_most"),
    "at_most": ("below", "at_most", "above", "at_least"),
    "below": ("below", "at_most", "above", "at_least"),
}


def write_bonuses(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Owe something for more than was promised, wherever levels past a promise are listed here."""
    earning = []
    for one in written:
        clause = document["clauses"][one.clause]
        edge, value = next((key, value) for key, value in clause["promise"].items() if key != "indicator")
        value = _strictest(value)
        if value not in SURPASSED or one.measure == "lateness":
            continue
        clause["bonus"] = _bonus(choices, document, one.measure, edge, value)
        if clause.get("credit", {}).get("pays") == "whenever_a_row_matches":
            clause["credit"]["pays"] = "only_when_missed"
        earning.append(one.clause)
    caps = _caps(choices, document, earning) if earning else []
    if caps:
        document.setdefault("caps", []).extend(caps)


def _strictest(value: Any) -> str | None:
    """The promise that all levels past it keep, where it differs by season."""
    if not isinstance(value, dict):
        return str(value)
    values, less = list(value.values()), {**PERCENT_BELOW, **BEYOND}
    return next((one for one in values if one in less and set(values) == {one, less[one][0]}), None)


def _bonus(choices: Choices, document: Document, measure: str, edge: str, value: str) -> Document:
    past, on, short, up_to = EDGES[edge]
    further, furthest = SURPASSED[value]
    by_rate = choices.chance(75)
    little = {"rate": choices.pick(["1 %", "0.33 %"])} if by_rate else {"amount": money(5_001, document["currency"])}
    more = {"rate": choices.pick(["2 %", "2.5 %"])} if by_rate else {"amount": money(20_050, document["currency"])}
    bonus: Document = {"overlap": choices.pick(["highest_credit", "first_row"])}
    if by_rate:
        bonus["of"] = charges_of(choices, measure)
    shape = choices.pick(["one", "slope", "nested", "beside", "between", "narrow"])
    if shape == "one":
        rows = [{choices.pick([past, on]) if furthest != "0 %" else on: further, **more}]
    elif shape == "slope":
        flipped = "lower" if past == "above" else "higher"
        slope, part = slope_beyond(choices, document, value, flipped, by_rate=by_rate)
        rows = [{past: value, "slope": slope, "part": part, **(little if choices.chance(30) else {})}]
    elif shape == "nested":
        rows = [{past: value, **little}, {on: further, **more}]
        if bonus["overlap"] == "first_row":
            rows.reverse()
    elif shape == "beside":
        bonus["overlap"] = "refuse"
        rows = [{past: value, short: further, **little}, {on: further, **more}]
    elif shape == "between":
        rows = [{past: value, up_to: further, **little}, {on: furthest, **more}]
        bonus["gaps"] = "undetermined"
    else:
        rows = [{on: further, short: furthest, **more}]
        bonus["gaps"] = "undetermined"
    bonus["settled"] = choices.pick(["netted", "apart"])
    if choices.chance(20):
        least = money(choices.pick([100, 25_000]), document["currency"])
        compared = choices.pick(["before_rounding", "after_rounding"])
        bonus["paid_only_if"] = {choices.pick(["above", "at_least"]): least, "compared": compared}
    return {**bonus, "bands": rows}


def _caps(choices: Choices, document: Document, earning: list[str]) -> list[Document]:
    caps = []
    for name, windows in (("earned", ["month", "period", "quarter"]), ("earned-long", ["year", "rolling 2 months"])):
        if choices.chance(45):
            most = choices.pick([money(20_050, document["currency"]), money(30_001, document["currency"])])
            cap: Document = {"name": name, "limits_bonuses": list(earning), "at_most": most}
            cap["per"] = choices.pick(windows)
            if choices.chance(50):
                cap |= {"at_most": choices.pick(["2 % of hosting", "0.7 % of [hosting, support]"])}
                if cap["per"].startswith("rolling"):
                    cap["base"] = "same_window"
                cap["part_period"] = choices.pick(["pro_rata", "full"])
            caps.append({**cap, "cut": choices.pick(["in_order", "pro_rata"]), "source": "art. 4.9"})
    return caps
