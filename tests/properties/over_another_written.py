"""Random levels of one indicator over another: what was delivered over what was promised, and how far it may go.

Owns: those indicators, their clauses, and readings that bring one over the other exactly to a limit, to an end of what
is accepted, or over nothing. Does not own: how bonuses are written (`bonuses_written`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.indicators import Combined, GivenValue, Statistic

from tests.properties.amounts import money
from tests.properties.bonuses_written import write_bonuses
from tests.properties.choices import Choices
from tests.properties.credits_written import charges_of, write_credit
from tests.properties.figure_histories import BESIDE, UNITS
from tests.properties.joined import join_clauses
from tests.properties.promises import CYCLES, NO_DATA, Written, level_of
from tests.properties.remedies_written import write_windows
from tests.properties.subjects_written import charge_each, list_subjects
from tests.properties.telling import Teller, levels_of, moment
from tests.reference.subjects import of_kind
from tests.reference.world import Cut, World

Document = dict[str, Any]

ACCEPTS = ("0 % to 150 %", "0 % to 150 %", "0 % to 100 %", "0 % to 120 %", "5 % to 110 %")
#: How many periods are told of on purpose.
FEW = 3


def write_over_another(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Add one or two such levels with their clauses, for all or for each site."""
    mine = [_add(choices, document, name) for name in ["yield", "yield-too"][: choices.pick([1, 1, 2])]]
    write_windows(choices, document, mine)
    if choices.chance(60):
        write_bonuses(choices, document, [one for one in mine if _may_be_surpassed(document["clauses"][one.clause])])


def _add(choices: Choices, document: Document, name: str) -> Written:
    cycle, kind = choices.pick(CYCLES), choices.pick(["", "", "", "site", "line"])
    of_time, parts = choices.chance(30), [f"{name}-first", f"{name}-second"]
    others = document["indicators"]
    document["indicators"] = {}
    added = {part: _part(choices, document, part, cycle, of_time=of_time) for part in parts}
    indicator: Document = {"measure": "combined", "from": "indicators", "indicators": parts, "per": cycle}
    indicator |= {"takes": "first_over_second", "accepts": choices.pick(ACCEPTS), "missing": "undetermined"}
    indicator["no_data"] = choices.pick(NO_DATA)
    if choices.chance(25):
        indicator["round"] = f"{choices.pick([0, 1])} places {choices.pick(['half_up', 'down', 'up'])}"
    document["indicators"] = {**document["indicators"], **added, name: indicator, **others}
    if kind:
        list_subjects(document)
        charge_each(choices, document, kind)
        for one in (*parts, name):
            document["indicators"][one]["for_each"] = kind
    promise = {choices.pick(["at_least", "at_least", "above"]): choices.pick(["100 %", "99 %", "95 %", "50 %"])}
    if promise.get("above") == "100 %" or (indicator["accepts"] == "0 % to 100 %" and choices.chance(30)):
        promise = {"at_most": "95 %"}
    clause: Document = {"source": "art. 4.10", "promise": {"indicator": name, **promise}}
    clause["credit"] = _credit(choices, document, promise)
    join_clauses(choices, document, {f"{name}-clause": clause})
    return Written(name, f"{name}-clause", "combined", cycle, has_credit=True, per_incident=False)


def _may_be_surpassed(clause: Document) -> bool:
    return "at_most" not in clause["promise"] and "100 %" not in clause["promise"].values()


def _part(choices: Choices, document: Document, name: str, cycle: str, *, of_time: bool) -> Document:
    """What is counted, or what lasts: given, a figure of readings, or of what happened."""
    service = next(iter(document["services"]))
    measure = choices.pick(["value", "sum", "sum", "figure", "downtime" if of_time else "occurrences"])
    if measure in {"downtime", "occurrences"}:
        return level_of(choices, document, measure, name, service, cycle)[0]
    part: Document = {"measure": "value" if measure == "value" else "statistic", "of": service, "from": "readings"}
    part |= {"per": cycle, "accepts": "0 milliseconds to 10000 milliseconds" if of_time else "0 to 1000"}
    if measure == "value":
        part["several"] = choices.pick(["last", "mean", "refused"])
    else:
        part["takes"] = "sum" if measure == "sum" else choices.pick(["mean", "lowest", "highest"])
    part["counted_in"] = choices.pick(["period_of_start", "period_of_end"])
    part["no_data"] = choices.pick(NO_DATA)
    if choices.chance(15):
        part["round"] = "0 places half_up"
    return part


def _credit(choices: Choices, document: Document, promise: Document) -> Document:
    if "at_most" not in promise:
        credit = write_credit(choices, document, "combined", promise, "higher")
        if "pool" in credit.get("of", {}):
            credit["of"] = charges_of(choices, "combined")
        return credit
    paid = [{"amount": money(amount, document["currency"])} for amount in (10_001, 20_050)]
    # A subject may be promised less.
    rows = [{"above": "90 %", **paid[0]}, {"above": "99 %", **paid[1]}]
    return {"overlap": "highest_credit", "pays": "only_when_missed", "bands": rows}


def tell_over_another(teller: Teller, world: World) -> None:
    """Readings of both that bring one over the other to a limit, to an end of what is accepted, or over nothing."""
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if _is_over_another(chain.members[cut.place])]
        first = teller.choices.between(0, max(0, len(cuts) - FEW))
        for cut in cuts[first : first + FEW]:
            whole, kind = chain.members[cut.place], chain.members[cut.place].for_each
            for whose in [None] if kind is None else of_kind(world.terms[cut.place], kind):
                _tell(teller, world, whole, cut, whose)


def _is_over_another(indicator: Any) -> bool:
    return isinstance(indicator, Combined) and indicator.takes == "first_over_second"


def _tell(teller: Teller, world: World, whole: Combined, cut: Cut, whose: str | None) -> None:
    choices, terms = teller.choices, world.terms[cut.place]
    assert whole.least is not None
    assert whole.most is not None
    levels = [*levels_of(terms, whole.name), whole.least, whole.most, whole.most]
    under = Fraction(choices.pick([200, 10, 100, 7, 0]))
    over = choices.pick(levels) * under + choices.pick(BESIDE)
    if under == 0:
        over = Fraction(choices.pick([0, 5]))
    for name, value in zip(whole.indicators, (over, under), strict=True):
        part = terms.indicator(name)
        if not isinstance(part, GivenValue | Statistic) or choices.chance(8):
            continue
        at = choices.pick([cut.start, moment(choices, cut), cut.end - 1])
        teller.tell(
            told.Reading,
            start=at,
            end=at,
            value=max(value, Fraction(0)),
            unit=UNITS[part.unit][0],
            indicator=part.name,
            service=part.service,
            subjects=() if whose is None else (whose,),
        )
