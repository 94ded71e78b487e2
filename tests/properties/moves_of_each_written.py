"""Random promises whose target moves for what is judged by itself: incidents, outages, deliveries, listed subjects.

Owns: clauses of their own for that, and clocks that start on the days of a move. Does not own: how a target moves
(`moves_written`), nor what is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from malus.model.conditions import Promise
from malus.model.indicators import DeliveryTime, Elapsed

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.joined import join_clauses, join_indicator
from tests.properties.moves_written import credit_for_moving, moves_of
from tests.properties.promises import Written
from tests.properties.remedies_written import write_right
from tests.properties.seasons_written import tell_one
from tests.properties.subjects_written import charge_each, list_subjects, words_for
from tests.properties.telling import HOUR, Teller, levels_of, nudge
from tests.reference.civil import day_start
from tests.reference.world import World

Document = dict[str, Any]

NAME = "moving-each"
EACH = {"elapsed": "incident", "outage times": "outage", "lateness": "delivery"}
OF_PERIODS = ("outages", "downtime", "ratio", "value", "checks", "occurrences")
CYCLES = ("month", "month", "month from day 16", "week", "quarter")
LADDER: tuple[Document, ...] = (
    {"at": "80 % of promise"},
    {"at": "promise"},
    {"within": "10 minutes", "before": "promise"},
    {"within": "4 hours", "after": "promise", "calendar": "office"},
)


def write_moves_of_each(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Promise something of each incident, outage, delivery or subject that moves while the agreement runs."""
    single = choices.chance(65)
    measure = choices.pick(["elapsed", "elapsed", "elapsed", "outage times", "lateness"] if single else OF_PERIODS)
    cycle = choices.pick(CYCLES)
    edge, limit, better = join_indicator(choices, document, measure, NAME, cycle)
    indicator = document["indicators"][NAME]
    kind = choices.pick(["", "", "", "priority", "site", "line"] if single else ["site", "line"])
    if kind == "priority" and "by" not in indicator:
        kind = ""
    value = next(iter(limit.values())) if isinstance(limit, dict) else limit
    if kind:
        indicator["for_each"] = kind
        list_subjects(document)
        charge_each(choices, document, kind)
        limit = value
    moves = moves_of(
        choices, document, value, better, lambda: _becomes(choices, document, indicator, cycle, kind, single=single)
    )
    if kind and choices.chance(50):
        limit = dict.fromkeys(words_for(choices, kind), value)
    elif isinstance(limit, dict) and "becomes" in moves:
        limit = value
    elif isinstance(limit, dict):
        # A bound has to lie beyond the limits of all priorities.
        moves["never_beyond"] = "40 hours" if "rises_by" in moves else "5 minutes"
    credit = _credit(choices, document, measure, value, better)
    clause: Document = {"source": "art. 5.9", "promise": {"indicator": NAME, edge: limit, "moves": moves}}
    clause["credit"] = credit
    if measure in {"elapsed", "outage times"} and choices.chance(60):
        steps = [choices.pick(LADDER) for _ in range(choices.pick([1, 2]))]
        clause["escalation"] = [{**one, "notify": "desk", "by": ["email"]} for one in steps]
    if choices.chance(40):
        clause["right"] = write_right(choices)
    join_clauses(choices, document, {f"{NAME}-clause": clause})
    for step in document.get("claims", ()):
        if step["after"].startswith(("incident", "outage", "delivery")):
            step["after"] = "period_end"


def _credit(choices: Choices, document: Document, measure: str, value: str, better: str) -> Document:
    if measure not in EACH:
        return credit_for_moving(choices, document, measure, value, better)
    if choices.chance(50):
        return {"each": EACH[measure], "amount": money(choices.pick([25_000, 33_300]), document["currency"])}
    in_hours = "24 hours" if "day" in value else value
    credit = credit_for_moving(choices, document, "occurrences", in_hours, better)
    return credit if "bands" in credit else {**credit, "each": EACH[measure]}


def _becomes(
    choices: Choices, document: Document, indicator: Document, cycle: str, kind: str, *, single: bool
) -> Document:
    """Become a level of whole periods: of single times one figure of them, for each subject its own or that of all."""
    name = f"{NAME}-level"
    level: Document = {
        "measure": "statistic",
        "from": "elapsed_times",
        "times": NAME,
        "takes": choices.pick(["mean", "highest", "lowest"]),
        "per": cycle,
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
    }
    if not single:
        level = {"measure": "combined", "from": "periods", "indicator": NAME, "per": indicator["per"], "over": "last 2"}
        level |= {"fewer": choices.pick(["counts", "no_data"]), "takes": choices.pick(["mean", "highest"])}
        level["missing"] = choices.pick(["left_out", "undetermined"])
        if choices.chance(30):
            name = NAME
    if name != NAME:
        document["indicators"][name] = {**level, "no_data": "undetermined"}
        if kind and (not single or choices.chance(70)):
            document["indicators"][name]["for_each"] = kind
    said = {"becomes": name, "looser": choices.pick(["stays", "follows"])}
    return {**said, "no_level": choices.pick(["stays", "undetermined"])}


def tell_at_moves(teller: Teller, world: World) -> None:
    """Incidents, outages and deliveries whose clock starts on the day of a move, or one microsecond before."""
    choices = teller.choices
    for terms in world.terms:
        for clause in terms.clauses:
            promise = clause.condition
            if not isinstance(promise, Promise) or promise.moves is None:
                continue
            indicator = terms.indicator(promise.indicator)
            if not isinstance(indicator, Elapsed | DeliveryTime):
                continue
            day = terms.effective
            while (start := day_start(day, terms.timezone)) < world.as_of:
                if day in _days(promise.moves.first, promise.moves.every_months) and choices.chance(90):
                    length = max(0, int(choices.pick(levels_of(terms, indicator.name))) + nudge(choices))
                    tell_one(teller, indicator, start + choices.pick([0, 0, -1, HOUR]), length)
                day = day.fromordinal(day.toordinal() + 1)


def _days(first: Any, every_months: int) -> list[Any]:
    """The first few days on which a target moves."""
    found = []
    for number in range(8):
        months = first.year * 12 + first.month - 1 + number * every_months
        found.append(first.replace(year=months // 12, month=months % 12 + 1))
    return found
