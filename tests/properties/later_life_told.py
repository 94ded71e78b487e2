"""Random lives of credits after they arose: disputed, agreed anew, taken by invoices, exactly and a cent beside.

Owns: one clause that is sure to be breached, and what the parties do with its credits and others. Does not own: how
credits arise.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.events import DisputeAct
from malus.model.money import MINOR_DIGITS, Money

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.promises import Written
from tests.properties.telling import DAY, HOUR, Teller
from tests.reference.caps import after_caps
from tests.reference.credits import Due, credits_before_caps
from tests.reference.options import after_options
from tests.reference.verdicts import Judgement
from tests.reference.windows import firings
from tests.reference.world import World

Document = dict[str, Any]

#: Of how many credits something is told at most.
MOST = 4


def write_later_life(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """One more promise that is sure to be missed, and what becomes of what an invoice leaves."""
    cycle = choices.pick(["month", "week", "month from day 16"])
    indicator = {"measure": "availability", "of": "shop", "from": "outages", "per": cycle, "ignore_up_to": "0 seconds"}
    document["indicators"]["taken"] = indicator
    credit = {"each": "period", "amount": money(choices.pick([25_000, 33_333, 0]), document["currency"])}
    clause = {"source": "art. 4.7", "promise": {"indicator": "taken", "at_least": "99.9 %"}, "credit": credit}
    document["clauses"]["taken-clause"] = clause
    if choices.chance(80):
        settlement = document.setdefault("settlement", {"as": "next_invoice"})
        settlement["rest"] = choices.pick(["carried_over", "paid_out", "lapses", "lapses"])
    limited = [cap for cap in document.get("caps", ()) if _may_limit(cap)]
    for cap in limited:
        if choices.chance(80):
            cap["limits"] = [*cap["limits"], "taken-clause"]
    if not limited and choices.chance(70):
        document.setdefault("caps", []).append(_cap(choices, document, written))


def _cap(choices: Choices, document: Document, written: Sequence[Written]) -> Document:
    """One that the new credits share with all others."""
    limits = ["taken-clause", *(one.clause for one in written if one.has_credit)]
    cap: Document = {"name": "taken-cap", "limits": limits, "at_most": money(40_000, document["currency"])}
    cap["per"] = choices.pick(["month", "quarter", "rolling 2 months"])
    cap |= {"cut": choices.pick(["in_order", "pro_rata"]), "counts": choices.pick(["earned", "claimed"])}
    return {**cap, "source": "art. 9"}


def _may_limit(cap: Document) -> bool:
    single = cap["per"] in {"incident", "outage", "delivery"}
    return "limits" in cap and not single and cap.get("base") != "judged_period"


def tell_later_life(teller: Teller, world: World) -> None:
    """Outages that break the promise in a few periods."""
    for chain in world.indicators:
        for cut in world.periods(chain)[:6]:
            indicator = chain.members[cut.place]
            if indicator.name == "taken" and teller.choices.chance(60):
                start = cut.start + HOUR
                about = {"outage_id": f"t{len(teller.told)}", "service": "shop"}
                teller.tell(told.Outage, start=start, end=start + 12 * HOUR, **about)


def respond_to_later_life(teller: Teller, world: World, judged: Sequence[Judgement]) -> list[int]:
    """What the parties do with some credits; returns when something turns."""
    choices = teller.choices
    dues = credits_before_caps(world, list(judged), firings(world, list(judged)))
    after_options(world, dues)
    amounts = after_caps(world, dues)
    standing = [(due, amount) for due, amount in zip(dues, amounts, strict=True) if due.verdict.cut.end <= world.as_of]
    own = [one for one in standing if one[0].clause.name == "taken-clause"]
    others = [one for one in standing if one[0].clause.name != "taken-clause"]
    moments: list[int] = []
    for due, amount in [*own[:MOST], *others[: MOST // 2]]:
        for act in (_agree, _dispute, _take):
            if choices.chance(50):
                moments += act(teller, world, due, amount)
    return moments


def _named(choices: Choices, world: World, due: Due) -> dict[str, Any]:
    """The credit by the names that its clause has or had, its period, its subject."""
    verdict = due.verdict
    by_incident = bool(verdict.single) and choices.chance(40)
    return {
        "clause": choices.pick([due.clause.name, due.clause.name, *due.clause.formerly]),
        "period": None if by_incident else choices.pick([verdict.cut.start, verdict.cut.end - 1]),
        "subject": verdict.single or verdict.whose or None,
    }


def _agree(teller: Teller, world: World, due: Due, amount: Fraction | None) -> list[int]:
    choices, verdict = teller.choices, due.verdict
    currency = world.terms[verdict.cut.place].currency
    at = verdict.cut.end + choices.pick([0, DAY, 5 * DAY, -HOUR])
    moments = []
    for _ in range(choices.pick([1, 1, 2])):
        agreed = choices.pick([Fraction(0), amount or Fraction(100), Fraction(90), Fraction(300)])
        signed = [at + choices.pick([0, 0, 3 * DAY]), at + choices.pick([0, 0, DAY])]
        moments += signed
        provider, customer = signed
        if choices.chance(15):
            provider, customer = choices.pick([(provider, None), (None, customer), (None, None)])
        teller.tell(
            told.Adjustment,
            at=at,
            amount=Money(amount=agreed, currency=currency if choices.chance(95) else "GBP"),
            reason="counted twice",
            provider_signed_at=provider,
            customer_signed_at=customer,
            **_named(choices, world, due),
        )
        at += choices.pick([0, 0, 2 * DAY])
    return moments


def _dispute(teller: Teller, world: World, due: Due, amount: Fraction | None) -> list[int]:
    choices = teller.choices
    at = due.verdict.cut.end + choices.pick([0, DAY, 10 * DAY, -HOUR])
    moments = []
    for act in choices.pick(
        [[DisputeAct.RAISES], [DisputeAct.RAISES, DisputeAct.ENDS], [DisputeAct.ENDS], [DisputeAct.RAISES] * 2]
    ):
        teller.tell(told.Dispute, at=at, act=act, **_named(choices, world, due))
        moments.append(at)
        at += choices.pick([HOUR, 7 * DAY])
    return moments


def _take(teller: Teller, world: World, due: Due, amount: Fraction | None) -> list[int]:
    choices = teller.choices
    currency = world.terms[due.verdict.cut.place].currency
    cent = Fraction(1, 10 ** MINOR_DIGITS[currency])
    whole = amount or choices.pick([Fraction(90), Fraction(300), Fraction(0)])
    most = whole if choices.chance(60) else choices.pick([whole + cent, max(Fraction(0), whole - cent), Fraction(90)])
    parts = choices.pick([[most], [most], [most - most // 2, Fraction(most // 2)]])
    at = due.verdict.cut.end + choices.pick([0, 20 * DAY, -HOUR])
    for part in parts:
        amount_taken = Money(amount=part, currency=currency if choices.chance(95) else "GBP")
        teller.tell(told.Settlement, at=at, amount=amount_taken, invoice="F-1", **_named(choices, world, due))
        at += choices.pick([0, 10 * DAY])
    return [at]
