"""Random tables whose rows another indicator picks, rows that differ by class of subject, and blocks that do.

Owns: indicators and clauses of their own for these. Does not own: any measure (`promises`), nor the list of subjects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, OPPOSITE, PERCENT_BELOW, charges_of, slope_beyond
from tests.properties.joined import join_clauses, join_indicator
from tests.properties.promises import CYCLES, Written
from tests.properties.subjects_written import charge_each, list_subjects, words_for

Document = dict[str, Any]

#: What may be promised, and what may pick the row: whatever has a level of whole periods.
PROMISED = ("outages", "outages", "outages", "downtime", "ratio", "value", "checks", "occurrences", "statistic")
PICKING = ("downtime", "downtime", "occurrences", "value", "ratio", "outages", "statistic", "time share")
#: What cannot be measured for each subject by itself, without further ado.
OF_ALL = ("combined", "share", "intervals")
KINDS = ("site", "site", "line")


def write_rows(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Add one to three clauses: rows by another indicator, rows by class of subject, blocks by class."""
    clauses: Document = {}
    kinds = {"another": 75, "classes": 45, "blocks": 45}
    chosen = [one for one, often in kinds.items() if choices.chance(often)] or [choices.pick(list(kinds))]
    for name in chosen:
        kind = choices.pick(KINDS) if name != "another" or choices.chance(50) else ""
        writer = {"another": _rows_by_another, "classes": _rows_by_class, "blocks": _blocks_by_class}[name]
        clause = writer(choices, document, f"rows-{name}", kind)
        if kind:
            list_subjects(document)
            charge_each(choices, document, kind)
        clauses[f"{name}-clause"] = clause
    join_clauses(choices, document, clauses)


def _rows_by_another(choices: Choices, document: Document, name: str, kind: str) -> Document:
    cycle = choices.pick(CYCLES)
    picking = choices.pick(PICKING if kind else (*PICKING, *OF_ALL))
    promised = choices.pick(PROMISED if kind else (*PROMISED, *OF_ALL))
    _, value, better = join_indicator(choices, document, picking, f"{name}-picks", cycle, kind)
    # Rows are looked up by the level of the judged period itself.
    if document["indicators"][f"{name}-picks"].get("no_data") == "previous":
        document["indicators"][f"{name}-picks"]["no_data"] = choices.pick(["met", "missed", "undetermined"])
    edge, limit, _ = join_indicator(choices, document, promised, name, cycle, kind)
    rates = choices.chance(70)
    further = (PERCENT_BELOW if better == "higher" else BEYOND)[value][0]
    good = {"higher": "at_least", "lower": choices.pick(["at_most", "below"])}[better]
    if better == "higher" and value != "100 %" and choices.chance(30):
        good = "above"
    bad = OPPOSITE[good]
    credit: Document = {}
    if rates:
        credit["of"] = charges_of(choices, promised)
    credit["rows_by"] = f"{name}-picks"
    credit["overlap"] = choices.pick(["refuse", "refuse", "highest_credit", "first_row"])
    pays = [_paid(choices, document, kind, number, by_rate=rates) for number in range(3)]
    if credit["overlap"] == "refuse":
        rows = [{good: value, **pays[0]}, {bad: value, good: further, **pays[1]}, {bad: further, **pays[2]}]
        if choices.chance(35):
            del rows[1]
            credit["gaps"] = "undetermined"
    else:
        rows = [{good: value, **pays[0]}, {bad: value, **pays[1]}, {bad: further, **pays[2]}]
        if credit["overlap"] == "first_row":
            rows.reverse()
    if choices.chance(30):
        steepest = next(row for row in rows if bad in row)
        slope, part = slope_beyond(choices, document, value, better, by_rate=rates)
        steepest["slope"], steepest["part"] = slope.replace("the promise", value), part
    credit["bands"] = rows
    if choices.chance(20):
        credit["again"] = {"missed_in": "previous_period", "times": choices.pick(["2", "1.5"])}
    return {"source": "art. 4.5", "promise": {"indicator": name, edge: limit}, "credit": credit}


def _paid(choices: Choices, document: Document, kind: str, place: int, *, by_rate: bool) -> Document:
    """What a row pays: more in each further one, now and then by name or class of the subject."""
    differs = bool(kind) and choices.chance(60)
    if by_rate:
        rates = [["0 %", "1 %"], ["5 %", "3.33 %"], ["10 %", "12.5 %"]][place]
        return {"rate": {one: choices.pick(rates) for one in words_for(choices, kind)} if differs else rates[1]}
    sums = [[0, 1_001], [10_001, 20_050], [25_000, 33_333]][place]
    currency = document["currency"]
    if differs:
        return {"amount": {one: money(choices.pick(sums), currency) for one in words_for(choices, kind)}}
    return {"amount": money(sums[1], currency)}


def _rows_by_class(choices: Choices, document: Document, name: str, kind: str) -> Document:
    measure = choices.pick(["outages", "outages", "downtime", "ratio", "value", "occurrences", "statistic"])
    edge, value, better = join_indicator(choices, document, measure, name, choices.pick(CYCLES), kind)
    further = (PERCENT_BELOW if better == "higher" else BEYOND)[value][0]
    bad, rates = OPPOSITE[edge], choices.chance(70)
    beside = OPPOSITE[bad]
    credit: Document = {"of": charges_of(choices, measure)} if rates else {}
    credit["overlap"] = choices.pick(["refuse", "highest_credit", "highest_credit", "first_row"])
    # Of rows that overlap, one pays this subject more and the other that one.
    first, second = (choices.pick([1, 2]) for _ in range(2)) if credit["overlap"] == "highest_credit" else (1, 2)
    little = _paid(choices, document, kind, first, by_rate=rates)
    much = _paid(choices, document, kind, second, by_rate=rates)
    if credit["overlap"] == "refuse":
        rows = [{bad: value, beside: further, **little}, {bad: further, **much}]
    elif credit["overlap"] == "highest_credit":
        rows = [{bad: value, **little}, {bad: further, **much}]
    else:
        rows = [{bad: further, **much}, {bad: value, **little}]
    if choices.chance(20):
        rows[-1]["slope"], rows[-1]["part"] = slope_beyond(choices, document, value, better, by_rate=rates)
    credit["bands"] = rows
    return {"source": "art. 4.6", "promise": {"indicator": name, edge: value}, "credit": credit}


def _blocks_by_class(choices: Choices, document: Document, name: str, kind: str) -> Document:
    measure = choices.pick(["outages", "downtime", "outage times", "outage times"])
    edge, value, _ = join_indicator(choices, document, measure, name, choices.pick(CYCLES), kind)
    if isinstance(value, dict):
        value = next(iter(value.values()))
    blocks, afters = ["1 hour", "15 minutes", "4 hours"], ["0 hours", "4 hours", "10 minutes"]
    by_class = choices.pick(["block", "after", "both", "both"])
    credit: Document = {
        "block": choices.pick(blocks),
        "after": choices.pick(afters),
        "part": choices.pick(["counts", "ignored", "pro_rata"]),
        "measured_on": "each_outage" if measure == "outage times" else choices.pick(["period_total", "each_outage"]),
    }
    if by_class != "after":
        credit["block"] = {one: choices.pick(blocks) for one in words_for(choices, kind)}
    if by_class != "block":
        credit["after"] = {one: choices.pick(afters) for one in words_for(choices, kind)}
    if choices.chance(60):
        credit["amount"] = money(choices.pick([5_000, 3_333]), document["currency"])
        if choices.chance(40):
            credit["first"] = {
                one: money(choices.pick([9_999, 0]), document["currency"]) for one in words_for(choices, kind)
            }
    else:
        credit["rate"] = choices.pick(["1 %", "0.7 %"])
        credit["of"] = charges_of(choices, measure)
    return {"source": "art. 4.7", "promise": {"indicator": name, edge: value}, "credit": credit}
