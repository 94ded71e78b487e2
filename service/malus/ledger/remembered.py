"""Owns what a writer need not read twice: events and decisions are never edited, so what was read of them stays true.

Does not own: reading them (selections). It is only asked under the write lock, and only told what is committed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from malus.model.assessment import RemedyKey
from malus.model.decisions import Decision
from malus.model.events import Event
from malus.model.ledger_values import NumberedDecision

#: The most events and decisions that are held, of the agreements that were asked for last; about a kilobyte each.
MOST_HELD: Final = 100_000

_NONE: Final[Mapping[RemedyKey, Decision]] = {}

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class _Until(Generic[Held]):
    """What is known of an agreement up to a place: the number of its last call, or of the tenant's last decision."""

    place: int
    held: Held
    size: int


class Remembered:
    """What is held of the agreements of every tenant; the one asked for longest ago is forgotten first."""

    def __init__(self) -> None:
        self._events: OrderedDict[tuple[str, str], _Until[tuple[Event, ...]]] = OrderedDict()
        self._latest: OrderedDict[tuple[str, str], _Until[Mapping[RemedyKey, Decision]]] = OrderedDict()

    def events(
        self, tenant: str, agreement: str, last_call: int, read_after: Callable[[int], Sequence[Event]]
    ) -> tuple[Event, ...]:
        """The events of an agreement up to its last call; those that are not known yet are read."""
        known = self._events.get((tenant, agreement), _Until(0, (), 0))
        events = known.held if known.place == last_call else (*known.held, *read_after(known.place))
        self._keep(self._events, (tenant, agreement), _Until(last_call, events, len(events)))
        return events

    def add_events(self, tenant: str, agreement: str, call: int, events: Iterable[Event]) -> None:
        """A call was committed; it is added where all before it are known."""
        known = self._events.get((tenant, agreement))
        if known is not None and known.place == call - 1:
            held = (*known.held, *events)
            self._keep(self._events, (tenant, agreement), _Until(call, held, len(held)))

    def latest(
        self, tenant: str, agreement: str, last: int, read_after: Callable[[int], Iterable[NumberedDecision]]
    ) -> Mapping[RemedyKey, Decision]:
        """The latest revisions of an agreement up to a place in the sequence; what came since the last time is read."""
        known = self._latest.get((tenant, agreement), _Until(0, _NONE, 0))
        newer = () if known.place == last else read_after(known.place)
        held: Mapping[RemedyKey, Decision] = {**known.held, **{item.decision.key: item.decision for item in newer}}
        self._keep(self._latest, (tenant, agreement), _Until(last, held, len(held)))
        return held

    @staticmethod
    def _keep(store: OrderedDict[tuple[str, str], _Until[Held]], whose: tuple[str, str], known: _Until[Held]) -> None:
        store[whose] = known
        store.move_to_end(whose)
        while sum(item.size for item in store.values()) > MOST_HELD and store:
            store.popitem(last=False)
