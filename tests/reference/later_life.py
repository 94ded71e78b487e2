"""What becomes of credits: what the parties agreed they amount to, what is disputed, what invoices took.

Owns: those three. Does not own: what the terms come to, nor how a cap is shared out (`caps`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.events import DisputeAct

from tests.reference.credits import Due, claims
from tests.reference.world import World, event_order

#: Where a credit stands that a dispute holds.
HELD = {"due", "claim_open", "pending", "choice_pending"}


def agree(world: World, dues: list[Due]) -> None:
    """Put what both parties agreed in place of what the terms come to, before caps share out what is left."""
    for due in dues:
        signed = [one for one in _of(world, told.Adjustment, due) if _signed(world, due, one)]
        if not signed:
            continue
        newest = max(_moment(one) for one in signed)
        amounts = {one.amount.amount for one in signed if _moment(one) == newest}
        world.edge("several agreements about one credit", when=len({_moment(one) for one in signed}) > 1)
        if len(amounts) > 1:
            world.edge("agreements of one moment contradict each other")
            due.wanted, due.state = None, due.state if due.state in {"accruing", "choice_pending"} else "pending"
            continue
        world.edge(f"agreed upon what was {due.state}")
        due.wanted, due.state, due.agreed, due.unclaimed = amounts.pop(), "due", True, False


def live_on(world: World, dues: list[Due], amounts: list[Fraction | None]) -> list[Fraction | None]:
    """Whether each credit is disputed or settled, told in its state; what invoices took of it."""
    return [_settled(world, due, amount) for due, amount in zip(dues, amounts, strict=True)]


def _settled(world: World, due: Due, amount: Fraction | None) -> Fraction | None:
    terms = world.terms[due.verdict.cut.place]
    invoices = [one for one in _of(world, told.Settlement, due) if one.amount.currency == terms.currency]
    taken = sum((one.amount.amount for one in invoices), Fraction(0))
    disputed = due.state in HELD and _disputed(world, due)
    if invoices and amount and due.state == "due":
        world.edge("invoices took exactly what there is", when=taken == amount > 0)
        world.edge("invoices took more than there is", when=taken > amount)
        lapses = terms.settlement is not None and terms.settlement.rest == "lapses"
        world.edge("what an invoice left lapses", when=lapses and taken < amount)
        world.edge("what an invoice left is still due", when=not lapses and taken < amount)
        if taken >= amount or lapses:
            due.state = "settled"
    if disputed:
        world.edge("an open dispute")
        due.state = "disputed"
    return taken if invoices else None


def _disputed(world: World, due: Due) -> bool:
    acts = sorted(_of(world, told.Dispute, due), key=lambda one: (one.at, *event_order(one)))
    world.edge("a dispute that ended", when=bool(acts) and acts[-1].act == DisputeAct.ENDS)
    world.edge("a dispute that ended at the moment of asking", when=bool(acts) and acts[-1].at == world.as_of)
    return bool(acts) and acts[-1].act == DisputeAct.RAISES


def _of(world: World, kind: type[Any], due: Due) -> list[Any]:
    terms = world.terms[due.verdict.cut.place]
    return [one for one in world.of_kind(kind) if claims(one, terms, due.verdict)]


def _moment(one: told.Adjustment) -> tuple[int, int]:
    """When the later of both had signed."""
    signed = max(at for at in (one.at, one.provider_signed_at, one.customer_signed_at) if at is not None)
    return signed, one.sequence or 0


def _signed(world: World, due: Due, one: told.Adjustment) -> bool:
    if one.amount.currency != world.terms[due.verdict.cut.place].currency:
        return False
    moments = (one.provider_signed_at, one.customer_signed_at)
    world.edge("an agreement that one party has not signed", when=None in moments)
    world.edge("an agreement signed at the moment of asking", when=world.as_of in moments)
    return all(at is not None and at <= world.as_of for at in moments)
