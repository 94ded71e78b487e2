"""Random duties to report outages on which it depends how these count, and outages reported on the last instant.

Owns: that duty, an indicator that asks for it, and those outages. Does not own: the other outages (`histories`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.indicators import Availability, Elapsed, Occurrences

from tests.properties.choices import Choices
from tests.properties.credits_written import write_credit
from tests.properties.promises import Written
from tests.properties.telling import DAY, HOUR, MINUTE, Teller, moment
from tests.reference.civil import last_moment
from tests.reference.world import Cut, World

Document = dict[str, Any]

NAME, DUTY = "reported", "prompt-report"
DUTIES = (
    {"within": "4 hours", "after": "outage_start"},
    {"within": "0 minutes", "after": "outage_start"},
    {"within": "3 business days", "after": "outage_start", "until": "end_of_day"},
    {"within": "4 hours", "after": "outage_end", "calendar": "office"},
)
#: Measure, what else it says, what is promised and which way is better.
MEASURES: tuple[tuple[str, Document, Document, str], ...] = (
    ("outages", {"measure": "availability", "ignore_up_to": "0 seconds"}, {"at_least": "99.9 %"}, "higher"),
    ("outages", {"measure": "availability", "ignore_up_to": "5 minutes"}, {"at_least": "99 %"}, "higher"),
    ("downtime", {"measure": "downtime", "ignore_up_to": "0 seconds"}, {"at_most": "4 hours"}, "lower"),
    (
        "outage times",
        {"measure": "elapsed", "calendar": "always", "while_open": "runs"},
        {"at_most": "4 hours"},
        "lower",
    ),
    ("occurrences", {"measure": "occurrences", "each": "above 30 minutes"}, {"at_most": "1 times"}, "lower"),
)
#: At most so many periods, with so many outages in each.
FEW = 2


def write_reporting(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One indicator that asks whether the customer reported, and the same question for every one written before."""
    duty = {"name": DUTY, "report": "outages", **choices.pick(DUTIES), "source": "art. 6"}
    document["parties"]["customer"]["duties"] = [duty]
    asked = {"duty": DUTY, "not_kept": choices.pick(["counts_from_report", "counts_from_report", "does_not_count"])}
    measure, more, promise, better = choices.pick(MEASURES)
    indicator = {"of": choices.pick(list(document["services"])), "from": "outages", **more}
    indicator["per"] = choices.pick(["month", "week", "quarter", "month from day 16"])
    if measure in {"outage times", "occurrences"}:
        indicator["counted_in"] = choices.pick(["period_of_start", "period_of_end"])
    document["indicators"][NAME] = {**indicator, "reporting": asked}
    clause: Document = {"source": "art. 4.12", "promise": {"indicator": NAME, **promise}}
    clause["credit"] = write_credit(choices, document, measure, promise, better)
    if "pool" in clause["credit"].get("of", {}):
        clause["credit"]["of"] = {"charge": "hosting", "period": "judged", "part_period": "full"}
    document["clauses"][f"{NAME}-clause"] = clause
    for one in document["indicators"].values():
        if one.get("from") == "outages" and choices.chance(60):
            one["reporting"] = asked
    for step in document.get("claims", ()):
        if step["after"].startswith(("incident", "outage", "delivery")):
            step["after"] = "period_end"


def tell_reporting(teller: Teller, world: World) -> None:
    """Outages reported on the last instant and beside it, while they last, after they were over, or not."""
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if _asks(chain.members[cut.place])]
        first = teller.choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            for _ in range(FEW):
                _tell(teller, world.terms[cut.place], chain.members[cut.place], cut)


def _asks(indicator: Any) -> bool:
    return isinstance(indicator, Availability | Elapsed | Occurrences) and indicator.reporting is not None


def _tell(teller: Teller, terms: Terms, indicator: Any, cut: Cut) -> None:
    choices, asked = teller.choices, indicator.reporting
    start = moment(choices, cut)
    end = start + choices.pick([5 * HOUR, 9 * HOUR, 2 * DAY, 30 * MINUTE + 1, 4 * HOUR])
    if choices.chance(15):
        start, end = cut.end - 3 * HOUR, cut.end + 3 * HOUR
    until = last_moment(asked.deadline, end if asked.after == "outage_end" else start)
    at = choices.pick([until, until, until + 1, until + HOUR, start, end, end - 1, end + HOUR, None])
    about = {"outage_id": f"r{len(teller.told):03}", "service": teller.service(terms, indicator.service)}
    about |= {"severity": choices.pick(["major", "minor"]), "site": choices.pick(["north", "east"])}
    if choices.chance(15):
        teller.tell(told.Outage, start=start, reported_at=at, **about)
        return
    teller.tell(told.Outage, start=start, end=end, reported_at=at, **about)
