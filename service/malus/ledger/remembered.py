"""Owns what a writer need not read twice: events and decisions are never edited, so what was read of them stays true.

Does not own: reading them (selections). It is only asked under the write lock, and only told what is committed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from malus.model.assessment import RemedyKey
from malus.model.blocks import Blocks
from malus.model.decisions import Decision
from malus.model.events import Event
from malus.model.ledger_values import NumberedDecision

#: The most events and decisions that are held, of the agreements that were asked for last; about a kilobyte each.
MOST_HELD: Final = 100_000

#: The most texts of terms that are known to be kept.
MOST_TEXTS: Final = 10_000

_NONE: Final[Mapping[RemedyKey, Decision]] = {}

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class _Until(Generic[Held]):
    """What is known of an agreement up to a place: the number of its last call, or of the tenant's last decision."""

    place: int
    held: Held
    size: int


class _Shelf(Generic[Held]):
    """What is held of one kind, and how much that is; the agreement asked for longest ago is forgotten first."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str], _Until[Held]] = OrderedDict()
        self._size = 0

    def known(self, whose: tuple[str, str]) -> _Until[Held] | None:
        return self._held.get(whose)

    def keep(self, whose: tuple[str, str], known: _Until[Held]) -> None:
        before = self._held.pop(whose, None)
        self._held[whose] = known
        self._size += known.size - (0 if before is None else before.size)
        while self._size > MOST_HELD:
            self._size -= self._held.popitem(last=False)[1].size


class Remembered:
    """What is held of the agreements of every tenant."""

    def __init__(self) -> None:
        self._events: _Shelf[Blocks[Event]] = _Shelf()
        self._latest: _Shelf[Mapping[RemedyKey, Decision]] = _Shelf()
        self._texts: dict[tuple[str, str], None] = {}

    def events(
        self, tenant: str, agreement: str, last_call: int, read_after: Callable[[int], Sequence[Event]]
    ) -> Blocks[Event]:
        """The events of an agreement up to its last call; those that are not known yet are read."""
        known = self._events.known((tenant, agreement)) or _Until(0, Blocks[Event](), 0)
        events = known.held if known.place == last_call else known.held.followed_by(read_after(known.place))
        self._events.keep((tenant, agreement), _Until(last_call, events, len(events)))
        return events

    def keep_events(self, tenant: str, agreement: str, call: int, events: Blocks[Event]) -> None:
        """A call was committed; with it these are the events of an agreement."""
        self._events.keep((tenant, agreement), _Until(call, events, len(events)))

    def has_text(self, tenant: str, name: str) -> bool:
        """Whether it is known that the text of terms with that digest is kept."""
        return (tenant, name) in self._texts

    def keep_texts(self, tenant: str, names: Iterable[str]) -> None:
        """The texts of these digests are kept, by what was committed."""
        self._texts |= dict.fromkeys((tenant, name) for name in names)
        while len(self._texts) > MOST_TEXTS:
            del self._texts[next(iter(self._texts))]

    def add_decisions(self, tenant: str, numbered: Sequence[NumberedDecision]) -> None:
        """Decisions were committed, one after the other; they are added where all before them are known."""
        for agreement in {item.decision.agreement for item in numbered}:
            known = self._latest.known((tenant, agreement))
            if known is not None and known.place == numbered[0].sequence - 1:
                newer = {item.decision.key: item.decision for item in numbered if item.decision.agreement == agreement}
                held: Mapping[RemedyKey, Decision] = {**known.held, **newer}
                self._latest.keep((tenant, agreement), _Until(numbered[-1].sequence, held, len(held)))

    def latest(
        self, tenant: str, agreement: str, last: int, read_after: Callable[[int], Iterable[NumberedDecision]]
    ) -> Mapping[RemedyKey, Decision]:
        """The latest revisions of an agreement up to a place in the sequence; what came since the last time is read."""
        known = self._latest.known((tenant, agreement)) or _Until(0, _NONE, 0)
        newer = () if known.place == last else read_after(known.place)
        held: Mapping[RemedyKey, Decision] = {**known.held, **{item.decision.key: item.decision for item in newer}}
        self._latest.keep((tenant, agreement), _Until(last, held, len(held)))
        return held
