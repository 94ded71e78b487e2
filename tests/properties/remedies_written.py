"""Random conditions over several periods, with the rights that follow, and random caps, claims and settlement.

Owns: the parts of a file that speak of more than one breach. Does not own: the promises themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import POOL
from tests.properties.promises import Written

Document = dict[str, Any]

FIRES = ("once_while_true", "on_each_new_fact", "facts_used_once")
UNITS = {"month": "months", "quarter": "quarters", "week": "weeks", "year": "years", "day": "days"}


def write_windows(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Clauses about windows, and those that follow from other clauses."""
    for one in written:
        clauses = document["clauses"]
        if not one.per_incident and choices.chance(60):
            count, window = choices.pick([(2, 2), (2, 3), (1, 2), (3, 3)])
            when = {
                "missed": choices.pick([one.indicator, one.clause]),
                "at_least": f"{count} {UNITS[one.cycle.split()[0]]}",
                "within": f"any {window} {UNITS[one.cycle.split()[0]]}",
            }
            chronic = _fired(choices, when, choices.pick(FIRES))
            if choices.chance(40):
                chronic["credit"] = _extra(choices, document)
            clauses[f"{one.indicator}-chronic"] = chronic
        if one.measure == "occurrences" and choices.chance(75):
            clauses[f"{one.indicator}-often"] = _fired(choices, _often(choices, one), choices.pick(FIRES))
        if one.measure == "outages" and choices.chance(35):
            clauses[f"{one.indicator}-total"] = _fired(choices, _down(choices, one), "once_while_true")
        if choices.chance(25):
            several = _several(choices, one)
            if len(several) > 1:
                fires = "once_while_true" if any("total" in each for each in several) else choices.pick(FIRES)
                clauses[f"{one.indicator}-several"] = _fired(choices, {"any_of": several}, fires)
        clause = clauses[one.clause]
        if "declares" in clause:
            clauses[f"{one.indicator}-follows"] = {
                "source": "art. 8",
                "when": {"declared": clause["declares"]},
                "right": write_right(choices),
            }
        if "obligation" in clause and choices.chance(60):
            clauses[f"{one.indicator}-neglected"] = {
                "source": "art. 8",
                "when": {"not_fulfilled": one.clause},
                "right": write_right(choices),
            }


def write_together(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """What follows when several promises are missed in one period, or by one incident."""
    timed = [one for one in written if one.measure == "elapsed"]
    by_incident = len(timed) > 1 and choices.chance(60)
    alike = (
        timed
        if by_incident
        else [one for one in written if one.measure != "lateness" and _per(document, one) == _per(document, written[0])]
    )
    if len(alike) < 2 or not choices.chance(70):
        return
    named = [choices.pick([one.indicator, one.clause]) for one in alike]
    when: Document = {"all_of": named, "in": "same_incident" if by_incident else "same_period"}
    if choices.chance(30):
        when = {"some_of": named, "at_least": f"{choices.pick([1, 2])} promises", "in": when["in"]}
    clause: Document = {"source": "art. 8", "when": when}
    if choices.chance(60):
        clause["credit"] = _extra(choices, document)
    if "credit" not in clause or choices.chance(40):
        clause["right"] = write_right(choices)
    document["clauses"]["together"] = clause


def _per(document: Document, one: Written) -> str:
    return str(document["indicators"][one.indicator]["per"])


def _extra(choices: Choices, document: Document) -> Document:
    """A sum, or a rate of the charges, for something that came true over several promises or periods."""
    if choices.chance(60):
        return {"each": "period", "amount": money(choices.pick([30_000, 12_345]), document["currency"])}
    base = {"charge": "hosting", "period": choices.pick(["judged", "previous"]), "part_period": "pro_rata"}
    return {"each": "period", "rate": choices.pick(["3 %", "0.7 %"]), "of": base}


def _several(choices: Choices, one: Written) -> list[Document]:
    """Grounds of their own for one remedy."""
    grounds: list[Document] = []
    if not one.per_incident:
        unit = UNITS[one.cycle.split()[0]]
        grounds.append({"missed": one.indicator, "at_least": f"2 {unit}", "within": f"any 2 {unit}"})
    if one.measure == "occurrences":
        grounds += [_often(choices, one) for _ in range(choices.pick([1, 2]))]
    if one.measure == "outages":
        grounds += [_down(choices, one) for _ in range(choices.pick([1, 2]))]
    return grounds


def _often(choices: Choices, one: Written) -> Document:
    when: Document = {"occurrences": one.indicator}
    when |= choices.pick([{"at_least": "2 times"}, {"above": "1 times"}, {"at_least": "3 times"}])
    span = choices.pick(["days", "days", "short", "long", "period"])
    if span == "period":
        when["per"] = choices.pick(["month", "week", "month from day 16", "quarter"])
        when["placed_at"] = choices.pick(["start", "end"])
        return when
    if span == "days":
        when["within"] = choices.pick(["any 7 days", "any 30 days", "any 3 days", "any 2 weeks"])
        when["day"] = choices.pick(["24_hours", "calendar_day"])
    else:
        shorter, longer = ["any 90 minutes", "any 26 hours"], ["any 1 month", "any 2 months", "any 1 quarter"]
        when["within"] = choices.pick(shorter if span == "short" else longer)
    when["placed_at"] = choices.pick(["start", "end"])
    edge = choices.pick(["inside", "outside"])
    return when if when.get("day") == "calendar_day" else {**when, "at_the_edge": edge}


def _down(choices: Choices, one: Written) -> Document:
    when = {"total": one.indicator, **choices.pick([{"at_least": "4 hours"}, {"above": "2 hours"}])}
    if choices.chance(40):
        return {**when, "per": choices.pick(["month", "week", "month from day 16"])}
    return {**when, "within": f"any {choices.pick(['7 days', '30 days', '26 hours'])}"}


def _fired(choices: Choices, when: Document, fires: str) -> Document:
    clause: Document = {"source": "art. 8", "when": when, "fires": fires}
    if choices.chance(80):
        clause["right"] = write_right(choices)
    else:
        clause["obligation"] = {
            "deliver": "root-cause",
            "by": "provider",
            "within": "5 business days",
            "after": "breach",
            "until": "end_of_day",
        }
    return clause


def write_right(choices: Choices) -> Document:
    right: Document = {
        "kind": choices.pick(["termination", "partial_termination", "step_in"]),
        "of": "customer",
    }
    if choices.chance(50):
        right["cure"] = choices.pick(
            [
                {"within": "10 days", "after": "arisen", "until": "end_of_day"},
                {"within": "72 hours", "after": "arisen", "until": "same_instant"},
                {"within": "1 month", "after": "arisen", "until": "same_instant"},
            ]
        )
    if choices.chance(70):
        after = choices.pick(["arisen", "cure"]) if "cure" in right else "arisen"
        within = choices.pick(["60 days", "20 business days", "1 month"])
        right["exercise"] = {"within": within, "after": after, "until": "end_of_day"}
    if choices.chance(50):
        right["notice"] = choices.pick(["1 month", "30 days"])
    return right


def write_options(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One of several credits, or of several sums of them."""
    timed = [one.clause for one in written if one.has_credit and one.measure == "elapsed"]
    by_incident = len(timed) > 1 and choices.chance(60)
    credited = [one.clause for one in written if one.has_credit]
    clauses = timed if by_incident else [*credited, *_over_periods(document)]
    if len(clauses) < 2 or not choices.chance(60):
        return
    split = choices.between(1, len(clauses) - 1)
    take = choices.pick(["highest_total", "first", "customer_chooses", "customer_chooses"])
    group: Document = {"name": "one", "options": [clauses[:split], clauses[split:]], "take": take}
    group["per"] = choices.pick([_per(document, written[0]), "month", "quarter"])
    if by_incident:
        group["for_each"] = "incident"
    if take == "customer_chooses":
        until = choices.pick(
            [{"within": "30 days", "until": "end_of_day"}, {"within": "72 hours", "until": "same_instant"}]
        )
        otherwise = choices.pick(["highest_total", "first", "lapses"])
        group["choose"] = {**until, "after": "period_end", "otherwise": otherwise}
    document["one_of"] = [{**group, "source": "art. 4.5"}]


def write_caps(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Caps, nested in the order of the file."""
    credited = [one for one in written if one.has_credit]
    if not credited:
        return
    caps: list[Document] = []
    pooled = [one.clause for one in credited if document["clauses"][one.clause]["credit"].get("of", {}).get("pool")]
    if pooled:
        cycles = {one.cycle for one in credited}
        caps.append(_cap(choices, document, POOL, pooled, choices.pick([*sorted(cycles), "period"]), "same_window"))
    if choices.chance(30):
        single = {"elapsed": "incident", "outage times": "outage", "lateness": "delivery"}
        per = single.get(credited[0].measure, "period")
        caps.append(_cap(choices, document, "single", [credited[0].clause], per, "same_window"))
    if choices.chance(50):
        limited = [*(one.clause for one in credited), *_over_periods(document)]
        per = choices.pick(["month", "quarter", "year", "month from day 16"])
        caps.append(_cap(choices, document, "together", limited, per, "same_window"))
    if choices.chance(40):
        limited = [one.clause for one in credited]
        alike = len({one.cycle for one in credited}) == 1 and not any(one.per_incident for one in credited)
        base = choices.pick(["same_window", "judged_period"]) if alike else "same_window"
        per = choices.pick(["rolling 12 months", "rolling 2 months", "term"])
        caps.append(_cap(choices, document, "rolling", limited, per, base))
    if caps:
        document["caps"] = caps


def _over_periods(document: Document) -> list[str]:
    """The clauses with a credit that are no promise."""
    return [name for name, one in document["clauses"].items() if "when" in one and "credit" in one]


def _cap(choices: Choices, document: Document, name: str, limited: list[str], per: str, base: str) -> Document:
    by_rate = choices.chance(50) and not (per == "term" and base == "same_window")
    most = choices.pick(["10 % of hosting", "30 % of [hosting, support]", "3.3 % of hosting"])
    if not by_rate:
        most = money(choices.pick([40_000, 50_001, 100_000]), document["currency"])
    if per == "delivery" and choices.chance(60):
        by_rate, most = False, "55 % of value_of_delivery"
    elif choices.chance(8):
        by_rate, most = False, f"10 % of {money(500_000, document['currency'])}"
    cap: Document = {"name": name, "limits": limited, "at_most": most, "per": per}
    if by_rate and (per.startswith("rolling") or per == "term"):
        cap["base"] = base
    if by_rate:
        cap["part_period"] = choices.pick(["pro_rata", "full"])
    cap["cut"] = choices.pick(["pro_rata", "in_order"])
    cap["counts"] = choices.pick(["earned", "claimed"])
    cap["source"] = "art. 4.6"
    return cap


def write_claims(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """No step, one, or two of which the second follows the first."""
    if not any(one.has_credit for one in written) or choices.chance(45):
        return
    steps: list[Document] = [
        {
            "step": "claim",
            "by": "customer",
            "within": choices.pick(["30 days", "5 business days", "1 month"]),
            "after": "period_end",
            "until": choices.pick(["end_of_day", "same_instant"]),
            "otherwise": "lapses",
            "source": "art. 4.8",
        }
    ]
    # What is paid for a period has no one incident from whose start or end a claim could run.
    if all(one.per_incident for one in written if one.has_credit) and not _over_periods(document):
        kinds = {one.measure for one in written if one.has_credit}
        after = {"elapsed": "incident_{}", "outage times": "outage_{}"}.get(min(kinds), "delivery_{}")
        ends = ("due", "done") if after.startswith("delivery") else ("start", "end")
        if len(kinds) == 1:
            steps[0]["after"] = choices.pick(["period_end", *(after.format(end) for end in ends)])
    elif choices.chance(20):
        steps[0]["clauses"] = [next(one.clause for one in written if one.has_credit)]
    if choices.chance(25):
        second = {
            "step": "proof",
            "by": "customer",
            "within": "10 days",
            "after": "claim",
            "until": "end_of_day",
        }
        steps.append({**second, "otherwise": "lapses", "source": "art. 4.9"})
        if "clauses" in steps[0]:
            steps[1]["clauses"] = list(steps[0]["clauses"])
    document["claims"] = steps


def write_settlement(choices: Choices, document: Document) -> None:
    """How credits are settled, perhaps with a time of grace."""
    if choices.chance(40):
        return
    settlement: Document = {"as": "next_invoice", "rest": "carried_over"}
    if choices.chance(70):
        grace = {"within": "5 business days", "after": "claims", "until": "end_of_day"}
        if "claims" not in document and choices.chance(50):
            grace = {"within": "48 hours", "after": "period_end", "until": "same_instant"}
        settlement["grace"] = grace
    document["settlement"] = settlement
