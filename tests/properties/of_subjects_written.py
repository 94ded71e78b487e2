"""Random levels made of those of all subjects: of sites, lines, priorities and pairs, and what is made of them in turn.

Owns: those indicators, their clauses, lists of subjects that an amendment changes, and facts that bring the level of
all exactly to a limit. Does not own: the measure of any one subject (`promises`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.indicators import Availability, Combined, GivenValue, Ratio

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.combined_written import combined, takes_of
from tests.properties.credits_written import charges_of, write_credit
from tests.properties.figure_histories import UNITS
from tests.properties.joined import join_clauses, join_indicator
from tests.properties.promises import CYCLES, NO_DATA, Written
from tests.properties.remedies_written import write_windows
from tests.properties.service_histories import lengths_down
from tests.properties.subjects_written import charge_each, list_subjects
from tests.properties.telling import Teller, levels_of, moment, nudge
from tests.reference.subjects import of_kind
from tests.reference.world import Cut, World

Document = dict[str, Any]

KINDS = ("site", "site", "site", "line", "priority", "pair")
OF_PLACES = (
    "outages",
    "outages",
    "ratio",
    "ratio",
    "value",
    "downtime",
    "checks",
    "occurrences",
    "statistic",
    "time share",
    "intervals",
)
#: How many periods are told of on purpose.
FEW = 2


def write_of_subjects(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Add one or two levels of all subjects, each with its clauses."""
    for name in ["joint", "joint-too"][: choices.pick([1, 1, 2])]:
        _add(choices, document, name)


def _add(choices: Choices, document: Document, name: str) -> None:
    # In so many agreements sites are likely to be listed later, each of them judged and charged by itself too.
    grows = choices.chance(40)
    kind = "site" if grows else choices.pick(KINDS)
    cycle = choices.pick(["month", "month", "week", "month from day 16"]) if grows else choices.pick(CYCLES)
    part, by_priority = f"{name}-part", kind in {"priority", "pair"}
    list_subjects(document)
    measure = "share" if by_priority else choices.pick(OF_PLACES)
    edge, value, better = join_indicator(
        choices, document, measure, part, cycle, ["line", "priority"] if kind == "pair" else kind
    )
    # Days late are those of deliveries; a level made of several is a time.
    value = "26 hours" if value == "2 days" else value
    indicators = document["indicators"]
    if by_priority:
        timing = indicators[f"{part}-time"]
        timing.setdefault("by", choices.pick(["at_start", "at_end", "highest", "each_its_part"]))
        timing.setdefault("priorities", ["critical", "high", "low"])
    of_each = part
    if grows or choices.chance(25):
        # Each subject's own mean of several periods, and then one level of those.
        of_each = f"{name}-each"
        indicators[of_each] = combined(choices, {part: indicators[part]}, cycle, value)
        indicators[of_each] |= {"for_each": indicators[part]["for_each"], "no_data": choices.pick(NO_DATA)}
    whole: Document = {"measure": "combined", "from": "subjects", "indicator": of_each, "per": cycle}
    whole["takes"] = choices.pick(takes_of({of_each: indicators[of_each]}, value))
    whole["missing"] = choices.pick(["left_out", "undetermined"])
    whole["no_data"] = choices.pick(NO_DATA)
    indicators[name] = whole
    judged = name
    if choices.chance(25):
        judged = f"{name}-further"
        indicators[judged] = {**combined(choices, {name: whole}, cycle, value), "no_data": choices.pick(NO_DATA)}
    if choices.chance(25):
        indicators[judged]["round"] = f"{choices.pick([1, 2])} places {choices.pick(['half_up', 'down', 'half_even'])}"
    promise = {edge: value}
    credit = write_credit(choices, document, "combined", promise, better)
    if "pool" in credit.get("of", {}):
        credit["of"] = charges_of(choices, "combined")
    clauses: Document = {
        f"{name}-clause": {"source": "art. 4.12", "promise": {"indicator": judged, **promise}, "credit": credit}
    }
    if grows or choices.chance(40):
        charge_each(choices, document, kind)
        paid: Document = {"amount": money(choices.pick([5_001, 20_050]), document["currency"])}
        if grows or choices.chance(40):
            paid = {"rate": choices.pick(["5 %", "0.7 %"]), "of": charges_of(choices, measure)}
        if grows:
            document["charges"]["hosting"].setdefault("for_each", "site")
            paid["of"] |= {"period": choices.pick(["previous", "previous", "judged"]), "part_period": "pro_rata"}
            paid["of"].pop("before", None)
        clauses[f"{name}-of-each"] = {
            "source": "art. 4.13",
            "promise": {"indicator": choices.pick([part, of_each]), **promise},
            "credit": {"each": "period", **paid},
        }
    join_clauses(choices, document, clauses)
    mine = Written(judged, f"{name}-clause", "combined", cycle, has_credit=True, per_incident=False)
    write_windows(choices, document, [mine])


def amend_subjects(choices: Choices, document: Document) -> None:
    """List one site more, one less, or let one be part of another line."""
    listed, maps = document["subjects"], list(_maps(document, "subjects"))
    # Where something is said of small sites, one of them is left.
    fewer = [] if any("small" in one for one in maps) else ["fewer"]
    change, name = (
        choices.pick(["more", "more", "more", "moved", *fewer]),
        choices.pick(["west", "west", "west", "east"]),
    )
    if change == "more" and name not in listed:
        listed[name] = {"kind": "site", "class": "large", "part_of": "ring"}
        for one in maps:
            if "north" in one:
                one[name] = one["north"]
    elif change == "fewer":
        for one in (listed, *maps):
            one.pop(name, None)
    elif change == "moved" and "east" in listed:
        listed["east"]["part_of"] = "ring"


def _maps(node: Any, but: str = "") -> Iterator[Document]:
    if isinstance(node, list):
        for one in node:
            yield from _maps(one)
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key != but:
                yield from _maps(value)


def tell_of_subjects(teller: Teller, world: World) -> None:
    """Every subject exactly at a limit, or as far above as below it, so that all of them together are at it."""
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if getattr(chain.members[cut.place], "over", "") == "subjects"]
        first = teller.choices.between(0, max(0, len(cuts) - FEW))
        later = [number for number, cut in enumerate(cuts) if _listed_now(world, chain.members[cut.place], cut)]
        first = teller.choices.pick([first, *later[:1], *later[:1]])
        for cut in cuts[first : first + FEW]:
            _tell(teller, world, chain.members[cut.place], cut)


def _part_of(world: World, whole: Combined, cut: Cut) -> Any:
    part = world.terms[cut.place].indicator(whole.indicators[0])
    while isinstance(part, Combined):
        part = world.terms[cut.place].indicator(part.indicators[0])
    assert part.for_each is not None
    return part


def _listed_now(world: World, whole: Combined, cut: Cut) -> set[str]:
    """The subjects that the terms before did not list."""
    kind = _part_of(world, whole, cut).for_each
    before = world.terms[cut.place - 1] if cut.place else world.terms[0]
    return set(of_kind(world.terms[cut.place], kind)) - set(of_kind(before, kind))


def _tell(teller: Teller, world: World, whole: Combined, cut: Cut) -> None:
    choices, terms, part = teller.choices, world.terms[cut.place], _part_of(world, whole, cut)
    levels = levels_of(terms, part.name)
    if not levels or " and " in part.for_each or part.for_each == "priority":
        return
    level, aside = choices.pick(levels), choices.pick([0, 1, 1, 50])
    subjects = of_kind(terms, part.for_each)
    fresh = _listed_now(world, whole, cut)
    for place, one in enumerate(subjects):
        if one in fresh:
            _of_one(teller, world, part, cut, one, Fraction(choices.pick([0, 0, 1])), 0)
        if one in fresh or choices.chance(10):
            continue
        off = [aside, -aside][place] if place < 2 else 0
        off += nudge(choices) if choices.chance(30) else 0
        _of_one(teller, world, part, cut, one, level, off)


def _of_one(teller: Teller, world: World, part: Any, cut: Cut, subject: str, level: Fraction, off: int) -> None:
    """One fact that brings a subject to a level, or the least that can be told beside it."""
    choices, terms = teller.choices, world.terms[cut.place]
    about = {"service": part.service, "subjects": (subject,)}
    if isinstance(part, Ratio):
        total = 1000 * choices.pick([1, 1, 1, 3])
        good = min(total, max(0, int(level * total) + off))
        about["indicator"] = part.name
        teller.tell(told.Tally, start=moment(choices, cut), end=cut.end, good=good, total=total, **about)
    elif isinstance(part, GivenValue):
        unit, scale = UNITS[part.unit]
        at = moment(choices, cut)
        value = level * scale + Fraction(off, 1000)
        teller.tell(told.Reading, start=at, end=at, value=value, unit=unit, **about, indicator=part.name)
    elif isinstance(part, Availability):
        length = max(0, choices.pick(lengths_down(terms, part, cut)) + off) if level else (cut.end - cut.start) // 2
        start = choices.pick([cut.start, max(cut.start, cut.end - length)])
        site = choices.pick([None, subject])
        named = f"o{len(teller.told) + 1:03}"
        teller.tell(told.Outage, start=start, end=start + length, severity="major", site=site, outage_id=named, **about)
