"""Random counts of late incidents and of late or rejected deliveries, a period or within so many days.

Owns: those counts with what they are judged by, their clauses, and bad ones on the edges of limits, periods and
windows. Does not own: windows as such (`remedies_written`), nor how lateness, samples and excursions are measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.conditions import OccurrencesInWindow
from malus.model.events import Transition
from malus.model.indicators import DeliveryTime, Elapsed, Excursion, Occurrences, Sample

from tests.properties.choices import Choices
from tests.properties.credits_written import charges_of, write_credit
from tests.properties.excursions_written import excursion_of, tell_excursions
from tests.properties.figure_histories import UNITS, called
from tests.properties.goods_told import tell_in_parts
from tests.properties.joined import join_clauses
from tests.properties.longer_histories import as_far_on
from tests.properties.promises import CYCLES, Written, level_of
from tests.properties.remedies_written import write_right, write_windows
from tests.properties.samples_written import sample_of, tell_samples
from tests.properties.telling import DAY, HOUR, Teller, moment, nudge
from tests.reference.civil import after_working
from tests.reference.windows import grounds
from tests.reference.world import Cut, World

Document = dict[str, Any]

NAME, JUDGED = "bad-ones", "bad-ones-by"
#: Where an excursion of so much is bad, by the unit that is read.
BEYOND = {
    "number": ({"above": "0"}, {"above": "2.5"}, {"at_least": "2.5"}),
    "percent": ({"above": "0 %"}, {"at_least": "1 %"}),
    "time": ({"above": "0 hours"}, {"at_least": "200 milliseconds"}),
}
MANY = ({"above": "0"}, {"above": "1"}, {"at_least": "2"})
DEFECTS = ({"above": "5"}, {"above": "0"}, {"at_least": "2"})
#: At most so many periods with bad ones of their own.
FEW = 2


def write_counted(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Count what is bad by an indicator of its own, promise something of the count, and look at it in a window."""
    service = choices.pick(list(document["services"]))
    kind = choices.pick(["lateness", "lateness", "sample", "excursion", "elapsed"])
    judged, bad, promise = _judged(choices, document, kind, service)
    cycle = choices.pick(CYCLES)
    counted: Document = {"measure": "occurrences", "from": "incidents" if kind == "elapsed" else "deliveries"}
    if kind == "elapsed":
        counted["of"] = service
    counted |= {
        "bad_when": {"indicator": JUDGED, **bad},
        "per": cycle,
        "counted_in": choices.pick(["period_of_start", "period_of_end"]),
    }
    document["indicators"] = {JUDGED: judged, NAME: counted, **document["indicators"]}
    often = choices.pick([{"at_most": "1 times"}, {"below": "1 times"}, {"below": "3 times"}])
    clauses: Document = {
        f"{NAME}-clause": {
            "source": "art. 12.8",
            "promise": {"indicator": NAME, **often},
            "credit": write_credit(choices, document, "occurrences", often, "lower"),
        }
    }
    if choices.chance(40):
        right = {"promise": {"indicator": JUDGED, **promise}, "right": write_right(choices)}
        clauses[f"{JUDGED}-clause"] = {"source": "art. 12.7", **right}
    if "pool" in clauses[f"{NAME}-clause"]["credit"].get("of", {}):
        clauses[f"{NAME}-clause"]["credit"]["of"] = charges_of(choices, "occurrences")
    join_clauses(choices, document, clauses)
    for step in document.get("claims", ()):
        if step["after"].startswith(("incident", "outage", "delivery")):
            step["after"] = "period_end"
    mine = Written(NAME, f"{NAME}-clause", "occurrences", cycle, has_credit=True, per_incident=False)
    write_windows(choices, document, [mine])
    if kind != "elapsed":
        for name, clause in document["clauses"].items():
            if name.startswith(NAME):
                document["clauses"][name] = _in_deliveries(clause)


def _in_deliveries(node: Any) -> Any:
    """The same, where what is counted is called by its name."""
    if isinstance(node, dict):
        return {key: _in_deliveries(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_in_deliveries(value) for value in node]
    return str(node).replace(" times", " deliveries").replace("per time", "per delivery")


def _judged(choices: Choices, document: Document, kind: str, service: str) -> tuple[Document, Document, Document]:
    """What each is judged by, from where on it is bad, and what may be promised of each by itself."""
    if kind in {"lateness", "elapsed"}:
        judged, promise, _ = level_of(choices, document, kind, JUDGED, service, "month")
        hours = ["4 hours", "30 minutes"] if kind == "elapsed" else ["0 hours", "4 hours", "26 hours"]
        limit = choices.pick(["0 days", "1 day", "2 days"] if "day" in judged else hours)
        edge = "above" if limit.startswith("0") else choices.pick(["above", "at_least"])
        return judged, {edge: limit}, promise
    if kind == "sample":
        judged, bad = sample_of(choices, service), choices.pick(DEFECTS)
    else:
        judged, unit = excursion_of(choices, service)
        bad = choices.pick(BEYOND[unit] if judged["counts"] == "worst" else MANY)
    judged["measured_on"] = "each_delivery"
    if judged["no_data"] == "previous":
        judged["no_data"] = "undetermined"
    ((edge, value),) = bad.items()
    return judged, bad, {{"above": "at_most", "at_least": "below"}[edge]: value}


def tell_counted(teller: Teller, world: World) -> None:
    """Bad ones and others as good as bad: a few in a period, and several at the edges of a window."""
    choices = teller.choices
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if _counts_bad(chain.members[cut.place])]
        first = choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            indicator = chain.members[cut.place]
            placed_at = "start" if indicator.counted_in == "period_of_start" else "end"
            for _ in range(choices.between(0, 3)):
                _tell(teller, world.terms[cut.place], indicator, _at_edges(choices, cut), placed_at)
    for place, terms in enumerate(world.terms):
        for clause in terms.clauses:
            for _, condition in grounds(clause):
                if isinstance(condition, OccurrencesInWindow) and choices.chance(70):
                    _tell_series(teller, world, place, condition)
    tell_samples(teller, world)
    tell_excursions(teller, world)


def _counts_bad(indicator: Any) -> bool:
    return isinstance(indicator, Occurrences) and indicator.judged_by is not None


def _at_edges(choices: Choices, cut: Cut) -> int:
    return choices.pick([moment(choices, cut), moment(choices, cut), cut.start, cut.end - 1, cut.end])


def _tell_series(teller: Teller, world: World, place: int, condition: OccurrencesInWindow) -> None:
    """Several of them, as far from each other as the window is long."""
    choices, terms = teller.choices, world.terms[place]
    indicator = terms.indicator(condition.indicator)
    if not _counts_bad(indicator):
        return
    at = world.starts(place) + choices.between(1, 20) * DAY + choices.pick([0, choices.between(0, 23)]) * HOUR
    for _ in range(choices.between(2, 4)):
        _tell(teller, terms, indicator, at, condition.placed_at)
        at = max(as_far_on(choices, condition.span, at, HOUR, terms.timezone) + nudge(choices), at + HOUR)


def _tell(teller: Teller, terms: Terms, indicator: Any, at: int, placed_at: str) -> None:
    """One that stands for an instant, bad or just not."""
    judged = terms.indicator(indicator.judged_by)
    choices, name = teller.choices, f"b{len(teller.told) + 1:03}"
    length = choices.pick([HOUR, DAY, 0])
    if isinstance(judged, DeliveryTime | Elapsed):
        length = max(0, int(indicator.each.value) + choices.pick([0, 1, -1, 1, DAY]))
    start, end = (at, at + length) if placed_at == "start" else (at - length, at)
    if isinstance(judged, DeliveryTime | Elapsed) and placed_at == "start" and choices.chance(50):
        end = after_working(judged.calendar, start, length)
    if isinstance(judged, Elapsed):
        _tell_incident(teller, judged, name, start, end)
        return
    if isinstance(judged, DeliveryTime) and judged.excluding and choices.chance(40):
        _excuse(teller, terms, judged, name, start)
        end += 3 * DAY
    began = {"due": start}
    if isinstance(judged, DeliveryTime):
        began = {judged.starts: start}
    elif choices.chance(60):
        began = choices.pick([{"sent": start}, {"sent": start, "due": end}, {}])
    if "due" in began and choices.chance(15):
        teller.tell(told.Extension, delivery_id=name, at=start - 3 * DAY, microseconds=HOUR)
        began["due"] -= HOUR
    about = {"delivery_id": name, "service": judged.service, "item": "beds", "site": "north"}
    shape = choices.pick(["whole", "whole", "whole", "two", "two", "under way", "clash"])
    tell_in_parts(teller, about, began, end, shape)
    if shape == "clash" and began and choices.chance(40):
        teller.tell(told.Delivery, delivery_id=name, done=end + choices.pick([HOUR, DAY, -1]))
    if not isinstance(judged, DeliveryTime):
        _find(teller, terms, judged, indicator, name, end)


def _excuse(teller: Teller, terms: Terms, judged: DeliveryTime, name: str, start: int) -> None:
    """Days that are excused of this delivery alone, so that it is late after others that were due later."""
    cause = next(one.cause for one in terms.exclusions if one.name in judged.excluding)
    times = {"start": start, "end": start + 3 * DAY, "announced_at": start - 20 * DAY}
    teller.tell(told.Exclusion, cause=cause, delivery_id=name, **times)


def _tell_incident(teller: Teller, judged: Elapsed, name: str, start: int, end: int) -> None:
    choices = teller.choices
    about = {"incident_id": name, "service": judged.service}
    opened = start - choices.pick([0, HOUR]) if judged.starts == "accepted" else start
    teller.tell(
        told.Incident, transition=Transition.OPENED, at=opened, priority=choices.pick(["critical", "high"]), **about
    )
    if judged.starts == "accepted":
        teller.tell(told.Incident, transition=Transition.ACCEPTED, at=start, **about)
    if choices.chance(88):
        teller.tell(told.Incident, transition=Transition(judged.ends), at=end, **about)
    if judged.ends != "resolved" and choices.chance(40):
        teller.tell(told.Incident, transition=Transition.RESOLVED, at=end, **about)


def _find(teller: Teller, terms: Terms, judged: Any, indicator: Any, name: str, at: int) -> None:
    """What was found in a delivery or read of it: as much as is bad, or just not; now and then nothing."""
    choices = teller.choices
    if choices.chance(8):
        return
    at += choices.pick([0, 0, HOUR, DAY, -HOUR])
    about = {**called(teller, terms, judged), "delivery_id": name}
    bad = indicator.each.value + choices.pick([0, 1, 1, -1])
    if isinstance(judged, Sample):
        total = choices.pick([80, 80, 100, 79, 9, 10])
        found = min(total, max(0, int(bad)))
        teller.tell(told.Tally, start=at, end=at + HOUR, good=total - found, total=total, **about)
        return
    assert isinstance(judged, Excursion)
    unit, scale = UNITS[judged.unit]
    limit = choices.pick(judged.outside)
    way = 1 if limit.edge in {"above", "at_least"} else -1
    many = max(0, int(bad)) if judged.counts == "readings" else 1
    for number in range(many):
        away = Fraction(1) if judged.counts == "readings" else bad * scale + choices.pick([0, Fraction(1, 1000)])
        value = limit.value * scale + way * away
        if judged.unit != "count":
            value = max(Fraction(0), value)
        teller.tell(told.Reading, start=at + number, end=at + number, value=value, unit=unit, **about)
