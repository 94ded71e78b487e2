"""Random returns of credits: which later periods give them back, what they must reach, what bars it; and their history.

Owns: the `returned` of clauses, one clause that is sure to have it, and what happens around its limits.
Does not own: the other promises and what happens to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.indicators import Availability, GivenValue

from tests.properties.amounts import money
from tests.properties.bonuses_written import SURPASSED
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, OPPOSITE, PERCENT_BELOW
from tests.properties.naming import called_anew
from tests.properties.promises import ONE_BY_ONE, Written
from tests.properties.telling import HOUR, Teller, nudge
from tests.reference.verdicts import Judgement
from tests.reference.world import Cut, World

Document = dict[str, Any]

UNITS = {"month": "months", "quarter": "quarters", "week": "weeks", "year": "years", "day": "days"}
NO_DATA = ("met", "missed", "previous", "undetermined")
SUMS = (25_000, 33_333, 25_000, 0)


def write_earned_back(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Give credits back for later periods: those of one clause at least."""
    own = _own(choices, document)
    for one in (*written, own):
        clause = document["clauses"][one.clause]
        if "credit" not in clause or one.measure in ONE_BY_ONE or not choices.chance(80 if one is not own else 100):
            continue
        clause["returned"] = _returned(choices, document, one, often=70 if one is own else 40)


def _own(choices: Choices, document: Document) -> Written:
    """A promise whose levels can be told exactly, and the credit for it."""
    cycle = choices.pick(["month", "week", "week", "month from day 16", "month"])
    indicator = {"measure": "availability", "of": "shop", "from": "outages", "per": cycle, "ignore_up_to": "0 seconds"}
    if choices.chance(40):
        indicator = {"measure": "value", "of": "shop", "from": "readings", "per": cycle, "accepts": "0 % to 100 %"}
        indicator |= {"several": "last", "counted_in": "period_of_start", "no_data": choices.pick(NO_DATA)}
    # What happens elsewhere does not count, so that most periods keep the promise.
    indicator["where"] = {"site": "archive"}
    if choices.chance(25):
        indicator["round"] = choices.pick(["1 places half_up", "0 places down", "2 places up"])
    edge, value = choices.pick(["at_least", "above"]), choices.pick(["99 %", "99.9 %"])
    credit: Document = {
        "each": "period",
        "amount": money(choices.pick(SUMS), document["currency"]),
    }
    if choices.chance(40):
        base = {"charge": choices.pick(["hosting", "usage"]), "period": "judged", "part_period": "pro_rata"}
        rows = [{OPPOSITE[edge]: value, "rate": "3.33 %"}, {"below": "98 %", "rate": "10 %"}]
        credit = {"of": base, "overlap": "highest_credit", "bands": rows}
        if choices.chance(40):
            rows[0] = {"at_most": "99.95 %", "rate": "3.33 %"}
            credit["pays"] = "whenever_a_row_matches"
    document["indicators"]["kept"] = indicator
    clause = {"source": "art. 4.7", "promise": {"indicator": "kept", edge: value}, "credit": credit}
    document["clauses"]["kept-clause"] = clause
    if choices.chance(50):
        document["clauses"]["kept-chronic"] = _barring(choices, cycle)
    for cap in document.get("caps", ()):
        # A rate of the judged period's charges is of one period only where all are judged by the same ones.
        single = cap["per"] in {"incident", "outage", "delivery"} or cap.get("base") == "judged_period"
        if "limits" in cap and not single and choices.chance(60):
            cap["limits"] = [*cap["limits"], "kept-clause"]
    return Written("kept", "kept-clause", str(indicator["measure"]), cycle, has_credit=True, per_incident=False)


def _barring(choices: Choices, cycle: str) -> Document:
    count, window = choices.pick([(2, 2), (2, 3), (1, 1), (1, 2)])
    unit = UNITS[cycle.split(maxsplit=1)[0]]
    when = {"missed": "kept", "at_least": f"{count} {unit}", "within": f"any {window} {unit}"}
    fires = choices.pick(["once_while_true", "on_each_new_fact", "facts_used_once"])
    return {"source": "art. 8.1", "when": when, "fires": fires, "right": {"kind": "termination", "of": "customer"}}


def _returned(choices: Choices, document: Document, one: Written, often: int) -> Document:
    unit = UNITS[one.cycle.split()[0]]
    count = choices.pick([1, 1, 2, 3])
    returned: Document = {"if_met_in": f"each of the next {count} {unit if count > 1 else unit[:-1]}"}
    promise = document["clauses"][one.clause]["promise"]
    edge, value = next((key, value) for key, value in promise.items() if key != "indicator")
    value = next(iter(value.values())) if isinstance(value, dict) else str(value)
    worse, better = {**PERCENT_BELOW, **BEYOND}.get(value), SURPASSED.get(value)
    if better is not None and choices.chance(often):
        strict = {"above": "at_least", "below": "at_most"}
        returned["target"] = {choices.pick([edge, strict.get(edge, edge)]): choices.pick([value, better[0]])}
    if worse is not None and choices.chance(40):
        returned["not_if"] = {choices.pick([OPPOSITE[edge], OPPOSITE[OPPOSITE[OPPOSITE[edge]]]]): worse[0]}
    barring = [name for name, clause in document["clauses"].items() if _over_a_window(clause)]
    if barring and choices.chance(40):
        returned["not_when"] = choices.pick([*barring, barring[-1]])
    return returned


def amend_earned_back(choices: Choices, document: Document) -> None:
    """Call what is given back, or what bars it, something else."""
    for name in ("kept-clause", "kept-chronic"):
        if name in document["clauses"] and choices.chance(40):
            called_anew(document, name, "clauses")


def _over_a_window(clause: Document) -> bool:
    return bool({"missed", "occurrences", "total", "any_of"} & set(clause.get("when", ())))


def tell_earned_back(teller: Teller, world: World) -> None:
    """One period that pays, and later ones that keep the promise, or only just do not."""
    choices = teller.choices
    for chain in world.clauses:
        for place, clause in chain.members.items():
            if clause.returned is None or not clause.name.endswith("kept-clause"):
                continue
            assert isinstance(clause.condition, Promise)
            levels = world.indicator_chain(place, clause.condition.indicator)
            cuts = [one for one in world.periods(levels) if one.place == place]
            first = choices.between(0, max(0, min(2, len(cuts) - 1)))
            for number, cut in enumerate(cuts[first : first + 5]):
                _tell(teller, world.terms[place], clause, cut, paying=number == 0)


def _tell(teller: Teller, terms: Terms, clause: Clause, cut: Cut, *, paying: bool) -> None:
    """A level that a promise, a target or a floor has, or one beside it."""
    choices = teller.choices
    assert isinstance(clause.condition, Promise)
    assert clause.returned is not None
    indicator = terms.indicator(clause.condition.indicator)
    limits = [one.limit for one in clause.condition.limits]
    near = clause.returned.floor if paying else clause.returned.target
    limits += [] if near is None else [near, near]
    level = choices.pick([one.value for one in limits])
    if paying and choices.chance(30):
        level = Fraction(985, 1000)
    elif not paying and choices.chance(70):
        level = Fraction(1)
    if isinstance(indicator, Availability):
        length = max(0, int((1 - level) * (cut.end - cut.start)) + nudge(choices))
        if length:
            about = {"outage_id": f"k{len(teller.told)}", "service": indicator.service, "site": "archive"}
            teller.tell(told.Outage, start=cut.start, end=cut.start + length, **about)
    elif isinstance(indicator, GivenValue) and choices.chance(80):
        value = level * 100 + choices.pick([Fraction(0), Fraction(0), Fraction(-1, 1000)])
        at = cut.start + HOUR
        about = {"indicator": indicator.name, "service": indicator.service, "unit": "%", "site": "archive"}
        teller.tell(told.Reading, start=at, end=at, value=value, **about)


def respond_to_earned_back(teller: Teller, world: World, judged: Sequence[Judgement]) -> list[int]:
    """When the last of the periods that decide is over."""
    ends = []
    for paid_for in judged:
        if paid_for.clause.returned is None or paid_for.outcome != "missed":
            continue
        later = sorted(one.cut.end for one in judged if _decides(paid_for, one))
        ends += later[: paid_for.clause.returned.periods]
    return ends


def _decides(paid_for: Judgement, one: Judgement) -> bool:
    return one.clause.name == paid_for.clause.name and one.cut.start >= paid_for.cut.end
