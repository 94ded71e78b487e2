"""Random indicators with the clause that promises something about them, and what a breach of it pays.

Owns: one indicator, its promise, its credit and its ladder. Does not own: conditions over several periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.properties.availability_written import how_outages_count, mean_of_intervals, which_time_counts
from tests.properties.choices import Choices
from tests.properties.combined_written import INSIDE, combined
from tests.properties.credits_written import BEYOND, PERCENT_BELOW, write_credit
from tests.properties.deliveries_written import lateness
from tests.properties.figures_written import statistic_of_readings, statistic_of_times, time_share

Document = dict[str, Any]

MEASURES = (
    "outages",
    "outages",
    "outages",
    "downtime",
    "intervals",
    "checks",
    "ratio",
    "value",
    "elapsed",
    "elapsed",
    "elapsed",
    "share",
    "outage times",
    "lateness",
    "lateness",
    "occurrences",
    "occurrences",
    "delivered",
    "statistic",
    "time share",
    "combined",
)
CYCLES = (
    "month",
    "month",
    "month",
    "quarter",
    "week",
    "month from day 16",
    "month from day 31",
    "quarter from month 2",
    "year from month 4",
    "year",
    "day",
)
#: Judged incident by incident, outage by outage, delivery by delivery.
ONE_BY_ONE = ("elapsed", "outage times", "lateness")
NO_DATA = ("met", "missed", "previous", "undetermined")


@dataclass(frozen=True)
class Written:
    """What was written: the indicator, its clause, and how it is measured."""

    indicator: str
    clause: str
    measure: str
    cycle: str
    has_credit: bool
    per_incident: bool


def write_promise(choices: Choices, document: Document, name: str, service: str) -> Written:
    """Add one indicator and the clause that promises something about it."""
    measure = choices.pick(MEASURES)
    cycle = choices.pick(CYCLES)
    indicator, promise, better = level_of(choices, document, measure, name, service, cycle)
    document["indicators"][name] = indicator
    clause: Document = {"source": "art. 4", "promise": {"indicator": name, **promise}}
    has_credit = choices.chance(85)
    if has_credit:
        clause["credit"] = write_credit(choices, document, measure, promise, better)
    if measure not in ONE_BY_ONE and measure != "delivered" and choices.chance(15):
        _by_season(choices, clause)
    if measure in {"elapsed", "outage times"} and choices.chance(60):
        clause["escalation"] = _ladder(choices)
    elif measure not in ONE_BY_ONE:
        if choices.chance(20):
            clause["obligation"] = _obligation(choices)
        if choices.chance(15):
            clause["escalation"] = [
                {
                    "within": "2 business days",
                    "after": "breach",
                    "until": "end_of_day",
                    "notify": "desk",
                    "by": ["email"],
                }
            ]
        if choices.chance(15):
            clause["declares"] = f"{name}-failed"
    if "escalation" not in clause and "obligation" not in clause and not has_credit:
        clause["credit"] = write_credit(choices, document, measure, promise, better)
        has_credit = True
    document["clauses"][f"{name}-clause"] = clause
    return Written(name, f"{name}-clause", measure, cycle, has_credit, measure in ONE_BY_ONE)


def _by_season(choices: Choices, clause: Document) -> None:
    """Promise less in a part of the year; one table pays for the breaches of both."""
    edge, value = next((key, value) for key, value in clause["promise"].items() if key != "indicator")
    less = {**PERCENT_BELOW, **BEYOND}[value][0]
    parts = choices.pick(
        [
            ("november-march", "april-october"),
            ("16 february-31 march", "april-15 february"),
            ("march", "april-february"),
        ]
    )
    clause["promise"][edge] = dict(zip(parts, choices.pick([(value, less), (less, value)]), strict=True))
    if "bands" in clause.get("credit", {}):
        clause["credit"]["pays"] = "only_when_missed"


Made = tuple[Document, Document, str]


def level_of(choices: Choices, document: Document, measure: str, name: str, service: str, cycle: str) -> Made:
    """An indicator by its measure, what may be promised of it, and whether higher or lower is better."""
    writer = {
        "outages": _outages,
        "downtime": _downtime,
        "intervals": _intervals,
        "checks": _checks,
        "ratio": _ratio,
        "value": _value,
        "elapsed": _elapsed,
        "share": _share,
        "outage times": _outage_times,
        "lateness": _lateness,
        "occurrences": _occurrences,
        "delivered": _delivered,
        "statistic": _statistic,
        "time share": _time_share,
        "combined": _combined,
    }[measure]
    return writer(choices, document, name, service, cycle)


def _excluding(choices: Choices, indicator: Document, *, base: bool) -> None:
    if choices.chance(50):
        indicator["excluding"] = choices.pick([["maintenance"], ["maintenance", "force-majeure"]])
        if base:
            indicator["excluded_time"] = choices.pick(["counts_as_up", "leaves_the_base"])


def _rounding(choices: Choices, indicator: Document) -> None:
    if choices.chance(15):
        mode = choices.pick(["half_up", "half_even", "down", "up", "half_down"])
        indicator["round"] = f"{choices.pick([1, 2, 0])} places {mode}"


def _percent(choices: Choices) -> Document:
    return {choices.pick(["at_least", "at_least", "above"]): choices.pick(["99.9 %", "99 %", "95 %", "50 %", "100 %"])}


def _outages(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {"measure": "availability", "of": service, "from": "outages", "per": cycle}
    _excluding(choices, indicator, base=True)
    if choices.chance(20):
        indicator["where"] = choices.pick([{"severity": "major"}, {"site": ["north", "south"]}])
    indicator["ignore_up_to"] = choices.pick(["0 seconds", "0 seconds", "5 minutes", "30 seconds"])
    which_time_counts(choices, document, indicator, choices.pick(NO_DATA))
    how_outages_count(choices, indicator)
    _rounding(choices, indicator)
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _downtime(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {"measure": "downtime", "of": service, "from": "outages", "per": cycle}
    _excluding(choices, indicator, base=False)
    indicator["ignore_up_to"] = choices.pick(["0 seconds", "5 minutes"])
    which_time_counts(choices, document, indicator, "met")
    how_outages_count(choices, indicator)
    return indicator, {choices.pick(["at_most", "below"]): choices.pick(["4 hours", "30 minutes"])}, "lower"


def _intervals(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = mean_of_intervals(choices, service, cycle, choices.pick(NO_DATA))
    _rounding(choices, indicator)
    if indicator.get("share_of") == "errors":
        return indicator, {choices.pick(["at_most", "below"]): choices.pick(["1 %", "0.1 %"])}, "lower"
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _checks(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {
        "measure": "availability",
        "of": service,
        "from": "checks",
        "per": cycle,
        "state_holds": choices.pick(["until_next_check", "at most 15 minutes", "at most 12 hours"]),
        "unobserved": choices.pick(["counts_as_up", "counts_as_down", "leaves_the_base"]),
        "degraded": choices.pick(["counts_as_up", "counts_as_down"]),
    }
    _excluding(choices, indicator, base=True)
    if indicator["unobserved"] == "leaves_the_base" or choices.chance(20):
        indicator["no_data"] = choices.pick(NO_DATA)
    which_time_counts(choices, document, indicator, choices.pick(NO_DATA))
    _rounding(choices, indicator)
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _ratio(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {
        "measure": "ratio",
        "of": service,
        "from": "tallies",
        "per": cycle,
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "no_data": choices.pick(NO_DATA),
    }
    _rounding(choices, indicator)
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _value(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {
        "measure": "value",
        "of": service,
        "from": "readings",
        "per": cycle,
        "accepts": "0 % to 100 %",
        "several": choices.pick(["last", "mean", "refused"]),
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "no_data": choices.pick(NO_DATA),
    }
    _rounding(choices, indicator)
    if choices.chance(25):
        indicator["accepts"] = "0 milliseconds to 10000 milliseconds"
        return indicator, {choices.pick(["at_most", "below"]): "200 milliseconds"}, "lower"
    if choices.chance(25):
        indicator["accepts"] = "0 to 1000"
        return indicator, {choices.pick(["at_most", "below"]): "10"}, "lower"
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _timing(choices: Choices, service: str) -> Document:
    ends = choices.pick(["responded", "resolved", "resolved", "workaround"])
    indicator: Document = {
        "measure": "elapsed",
        "of": service,
        "from": "incidents",
        "per": choices.pick(["month", "month", "week", "month from day 16"]),
        "starts": choices.pick(["opened", "opened", "accepted"]),
        "ends": ends,
        "calendar": choices.pick(["always", "office", "split"]),
        "pauses": choices.pick([["waiting-for-customer"], [], ["waiting-for-customer", "frozen"]]),
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "while_open": choices.pick(["runs", "runs", "waits"]),
    }
    if ends == "resolved":
        indicator["reopened"] = choices.pick(["gap_counts", "gap_is_paused"])
    if choices.chance(60):
        indicator["by"] = choices.pick(["at_start", "at_end", "highest", "each_its_part"])
        indicator["priorities"] = ["critical", "high", "low"]
        if choices.chance(30):
            indicator["where"] = {"priority": choices.pick(["critical", ["critical", "high"]])}
    return indicator


def _limits(choices: Choices, indicator: Document, edges: list[str]) -> Document:
    one = choices.pick(["4 hours", "30 minutes", "26 hours"])
    if "by" in indicator and choices.chance(60):
        return {choices.pick(edges): {"critical": one, "high": "8 hours"}}
    return {choices.pick(edges): one}


def _elapsed(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = _timing(choices, service)
    _excluding(choices, indicator, base=False)
    if choices.chance(10):
        indicator["round"] = "1 places half_up"
    return indicator, _limits(choices, indicator, ["at_most", "at_most", "below"]), "lower"


def _outage_times(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {
        "measure": "elapsed",
        "of": service,
        "from": "outages",
        "per": choices.pick(["month", "week", "month from day 16"]),
        "calendar": choices.pick(["always", "always", "office"]),
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "while_open": choices.pick(["runs", "waits"]),
    }
    _excluding(choices, indicator, base=False)
    limit: Any = choices.pick(["4 hours", "30 minutes"])
    if choices.chance(30):
        limit = {"major": limit, "minor": "8 hours"}
    return indicator, {choices.pick(["at_most", "below"]): limit}, "lower"


def _lateness(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = lateness(choices, service)
    _excluding(choices, indicator, base=False)
    limit = choices.pick(["0 days", "2 days", "1 day"]) if "day" in indicator else choices.pick(["0 hours", "4 hours"])
    return indicator, {"at_most": limit}, "lower"


def _share(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    timing = _timing(choices, service)
    document["indicators"][f"{name}-time"] = timing
    when = choices.pick(["good_when", "bad_when"])
    edges = ["at_most", "below"] if when == "good_when" else ["above", "at_least"]
    indicator = {
        "measure": "share",
        when: {"indicator": f"{name}-time", **_limits(choices, timing, edges)},
        "per": cycle,
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
        "no_data": choices.pick(NO_DATA),
    }
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _statistic(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    limit = choices.pick(["4 hours", "30 minutes", "26 hours"])
    if choices.chance(55):
        indicator, promise = statistic_of_readings(choices, service)
    else:
        kind = choices.pick(["incidents", "incidents", "outages", "deliveries"])
        timing = _timing(choices, service)
        if kind == "outages":
            timing, *_ = _outage_times(choices, document, name, service, cycle)
        elif kind == "deliveries":
            timing = lateness(choices, service)
            limit = "2 days" if "day" in timing else limit
        document["indicators"][f"{name}-time"] = timing
        indicator, promise = statistic_of_times(choices, f"{name}-time", limit)
    indicator["per"] = cycle
    indicator["counted_in"] = choices.pick(["period_of_start", "period_of_end"])
    indicator["no_data"] = choices.pick(NO_DATA)
    _rounding(choices, indicator)
    return indicator, promise, "lower"


def _combined(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    writer = choices.pick([_outages, _outages, _ratio, _value, _checks, _time_share, _downtime, _occurrences])
    several = choices.chance(40)
    inside = not several and cycle in INSIDE and choices.chance(50)
    part, promise, better = writer(choices, document, name, service, INSIDE[cycle] if inside else cycle)
    parts = {f"{name}-part": part}
    if several:
        other, against, _ = writer(choices, document, name, service, cycle)
        if set(against.values()) == set(promise.values()) and other["from"] == part["from"]:
            parts[f"{name}-other"] = other
    document["indicators"].update(parts)
    indicator = combined(choices, parts, cycle, next(iter(promise.values())))
    indicator["no_data"] = choices.pick(NO_DATA)
    if choices.chance(15):
        document["indicators"][f"{name}-first"] = indicator
        further = {f"{name}-first": indicator, **{key: one for key, one in parts.items() if one["per"] == cycle}}
        indicator = combined(choices, further, cycle, next(iter(promise.values())))
        indicator["no_data"] = choices.pick(NO_DATA)
    _rounding(choices, indicator)
    return indicator, promise, better


def _time_share(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator = {**time_share(choices, service), "per": cycle}
    if choices.chance(40):
        indicator["excluding"] = ["maintenance"]
        indicator["excluded_time"] = choices.pick(["counts_as_inside", "leaves_the_base"])
    which_time_counts(choices, document, indicator, "met")
    if {"hours", "not_in_service"} & indicator.keys() or indicator["unobserved"] == "leaves_the_base":
        indicator["no_data"] = choices.pick(NO_DATA)
    _rounding(choices, indicator)
    return indicator, _without_edge_at_top(_percent(choices)), "higher"


def _occurrences(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    indicator: Document = {"measure": "occurrences", "of": service}
    indicator["from"] = choices.pick(["outages", "outages", "incidents"])
    indicator["per"] = cycle
    if indicator["from"] == "outages":
        if choices.chance(60):
            indicator["each"] = choices.pick(["above 30 minutes", "at least 30 minutes", "at least 5 minutes"])
        _excluding(choices, indicator, base=False)
    indicator["counted_in"] = choices.pick(["period_of_start", "period_of_end"])
    return (
        indicator,
        choices.pick([{"at_most": "1 times"}, {"below": "1 times"}, {"below": "3 times"}]),
        "lower",
    )


def _delivered(choices: Choices, document: Document, name: str, service: str, cycle: str) -> Made:
    due = choices.pick(
        [
            {"within": "5 business days", "after": "period_end", "until": "end_of_day"},
            {"within": "10 days", "after": "period_end", "until": "end_of_day"},
            {"within": "36 hours", "after": "period_end", "until": "same_instant"},
        ]
    )
    indicator = {"measure": "delivered", "per": cycle, "due": due}
    return indicator, {"at_least": "1 delivery"}, "higher"


def _without_edge_at_top(promise: Document) -> Document:
    """`above 100 %` cannot be kept, so it is not promised."""
    if promise == {"above": "100 %"}:
        return {"at_least": "100 %"}
    return promise


def _ladder(choices: Choices) -> list[Document]:
    steps: list[Document] = [
        {"at": "80 % of promise"},
        {"at": "promise"},
        {"within": "10 minutes", "before": "promise"},
        {"within": "4 hours", "after": "promise", "calendar": "office"},
        {"within": "1 business day", "after": "promise", "until": "end_of_day"},
        {"within": "2 days", "after": "promise", "until": "same_instant"},
    ]
    count = choices.pick([1, 2, 3])
    return [{**choices.pick(steps), "notify": "desk", "by": ["email"]} for _ in range(count)]


def _obligation(choices: Choices) -> Document:
    deadline = choices.pick(
        [
            {"within": "10 business days", "after": "breach", "until": "end_of_day"},
            {"within": "2 weeks", "after": "breach", "until": "same_instant"},
        ]
    )
    return {"deliver": "improvement-plan", "by": "provider", **deadline}
