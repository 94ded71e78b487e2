"""Owns a delivery's story: everything told of it folded together, with the time granted and what it is worth.

Does not own: how late it was (lateness), or what the terms make of that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from malus.model.event_deliveries import Delivery, Extension
from malus.model.events import Reading, Tally, event_name
from malus.model.indicators import CountedIn, Where
from malus.model.instants import Instant
from malus.model.measurement import Goods, content_line
from malus.model.money import Money
from malus.model.periods import Period, shift_civil
from malus.model.quantities import Level

_MOMENTS = ("due", "sent", "done")
_FACTS = (*_MOMENTS, "quantity", "good_quantity", "value", "good_value", "service", "item", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySubject:
    """One delivery with everything told of it up to a moment.

    `due` is the one first told, `judged_by` the one with every extension. `contradiction` names facts that cannot both
    be true; the fields they disagree about are then the least of what was told.
    """

    name: str
    service: str | None
    item: str | None
    site: str | None
    subjects: tuple[str, ...]
    due: Instant | None
    judged_by: Instant | None
    sent: Instant | None
    done: Instant | None
    quantity: Fraction | None
    good_quantity: Fraction | None
    value: Money | None
    good_value: Money | None
    events: tuple[Delivery, ...]
    extensions: tuple[Extension, ...] = ()
    contradiction: tuple[str, ...] = ()

    @property
    def begins(self) -> Instant | None:
        """When its own time starts: sent, else due with every extension, else there; None where nothing is known."""
        return next((at for at in (self.sent, self.judged_by, self.done) if at is not None), None)

    def goods(self) -> Goods:
        """What it is worth, and the worth of the part that did not come as agreed where that was told."""
        bad = None if self.value is None or self.good_value is None else self.value - self.good_value
        return Goods(name=self.name, value=self.value, bad_value=bad, quantity=self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDelivery:
    """One delivery with the level that its readings or tallies (`used`) give it; None where they give none."""

    subject: DeliverySubject
    level: Level | None
    used: tuple[Reading, ...] | tuple[Tally, ...]


def fold_deliveries(
    events: Iterable[Delivery], extensions: Iterable[Extension], as_of: Instant, zone: str, currency: str
) -> list[DeliverySubject]:
    """Fold the facts of each delivery together as they were at `as_of`, sorted by name.

    What is due later is known before; what was sent or done later is not yet so. Different facts about one field cannot
    both be true. Extensions add up: civil days first, at the same time of day in `zone`, then elapsed time. Money of
    another currency than the terms' is not known.
    """
    told: dict[str, list[Delivery]] = defaultdict(list)
    for event in events:
        told[event.delivery_id or event_name(event)].append(event)
    granted: dict[str, list[Extension]] = defaultdict(list)
    for extension in extensions:
        granted[extension.delivery_id].append(extension)
    return [_folded(name, told[name], granted[name], as_of, zone, currency) for name in sorted(told)]


def selected_deliveries(subjects: Iterable[DeliverySubject], where: Sequence[Where]) -> list[DeliverySubject]:
    """The deliveries whose fields have the values that an indicator asks for."""
    asked = [(item.field_name, frozenset(item.values)) for item in where]
    return [subject for subject in subjects if all(getattr(subject, name) in values for name, values in asked)]


def deliveries_placed(
    counted_in: CountedIn, periods: Sequence[Period], deliveries: Sequence[DeliverySubject], as_of: Instant
) -> list[tuple[DeliverySubject, Period]]:
    """Each delivery with the period that it belongs to.

    A delivery belongs to the period in which it was sent, or else due, or to that in which it was there. One that was
    there before it is due, by then, belongs to the period of its due day all the same, if that has begun.
    """
    firsts = [period.start for period in periods]
    placed = []
    for delivery in deliveries:
        at = delivery.done if counted_in is CountedIn.PERIOD_OF_END else delivery.begins
        came = delivery.done is not None
        place = -1 if at is None or (at > as_of and not came) else bisect_right(firsts, at) - 1
        if at is not None and place >= 0 and at < periods[place].end:
            placed.append((delivery, periods[place]))
    return placed


def _folded(
    name: str, facts: list[Delivery], extensions: list[Extension], as_of: Instant, zone: str, currency: str
) -> DeliverySubject:
    told = sorted(facts, key=content_line)
    granted = sorted(extensions, key=content_line)
    clash: set[str] = set()
    said: dict[str, object] = {}
    for field_name in _FACTS:
        values = [(_told(fact, field_name, as_of, currency), fact) for fact in told]
        values = [(value, fact) for value, fact in values if value is not None]
        if len({value for value, _ in values}) > 1:
            clash |= {f"{event_name(fact)} ({field_name.replace('_', ' ')})" for _, fact in values}
        said[field_name] = min((value for value, _ in values), key=_rank) if values else None
    due, sent, done = (_instant(said[moment]) for moment in _MOMENTS)
    if sent is not None and done is not None and done < sent:
        clash |= {event_name(fact) for fact in told}
    judged_by = due
    if due is not None and granted:
        judged_by = shift_civil(due, zone, days=sum(extension.days for extension in granted))
        judged_by += sum(extension.microseconds for extension in granted)
    quantity, good_quantity = said["quantity"], said["good_quantity"]
    value, good_value = said["value"], said["good_value"]
    return DeliverySubject(
        name=name,
        service=_text(said["service"]),
        item=_text(said["item"]),
        site=_text(said["site"]),
        subjects=tuple(sorted({subject for fact in told for subject in fact.subjects})),
        due=due,
        judged_by=judged_by,
        sent=sent,
        done=done,
        quantity=quantity if isinstance(quantity, Fraction) else None,
        good_quantity=good_quantity if isinstance(good_quantity, Fraction) else None,
        value=value if isinstance(value, Money) else None,
        good_value=good_value if isinstance(good_value, Money) else None,
        events=tuple(told),
        extensions=tuple(granted),
        contradiction=tuple(sorted(clash)),
    )


def _told(fact: Delivery, field_name: str, as_of: Instant, currency: str) -> object:
    value = getattr(fact, field_name)
    if field_name in ("sent", "done") and value is not None and value > as_of:
        return None
    if isinstance(value, Money) and value.currency != currency:
        return None
    return value


def _rank(value: Any) -> Any:
    """Values of one field are alike, and money is in the terms' currency."""
    return value.amount if isinstance(value, Money) else value


def _instant(value: object) -> Instant | None:
    return value if isinstance(value, int) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
