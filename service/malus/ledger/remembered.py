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

#: The most events, and the most decisions, that are held; some 500 to 1,000 bytes each.
MOST_HELD: Final = 200_000

#: The most agreements of which it is known when they were asked for.
MOST_ASKED: Final = 100_000

#: The most texts of terms that are known to be kept.
MOST_TEXTS: Final = 10_000

_NONE: Final[Mapping[RemedyKey, Decision]] = {}
_NEVER: Final = (0, 0)

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class _Until(Generic[Held]):
    """What is known of an agreement up to a place: the number of its last call, or of the tenant's last decision."""

    place: int
    held: Held
    size: int


class _Shelf(Generic[Held]):
    """What is held of one kind, and how much that is.

    Where there is too much, the agreement goes that was asked for longest ago, unless that is since the one in hand was
    asked for the last time: then the one in hand goes. So of agreements that are fed in turn, and have more than is
    held, most stay; if each made room for the next, every one would be read again at each of its turns.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str], _Until[Held]] = OrderedDict()
        #: When an agreement was asked for, the time before and the last time, also where it is not held any more.
        self._asked: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._questions = 0
        self._size = 0

    def asked(self, whose: tuple[str, str]) -> _Until[Held] | None:
        """What is known of an agreement that is asked for."""
        self._questions += 1
        _, last = self._asked.pop(whose, _NEVER)
        self._asked[whose] = (last, self._questions)
        if whose in self._held:
            self._held.move_to_end(whose)
        while len(self._asked) > MOST_ASKED:
            self._asked.popitem(last=False)
        return self.known(whose)

    def known(self, whose: tuple[str, str]) -> _Until[Held] | None:
        """What is known of an agreement."""
        return self._held.get(whose)

    def keep(self, whose: tuple[str, str], known: _Until[Held]) -> None:
        """Hold this of an agreement, as far as there is room for it."""
        self._forget(whose)
        self._held[whose] = known
        self._size += known.size
        before, _ = self._asked.get(whose, _NEVER)
        while self._size > MOST_HELD:
            oldest = next(iter(self._held))
            _, last = self._asked.get(oldest, _NEVER)
            self._forget(oldest if last < before else whose)

    def _forget(self, whose: tuple[str, str]) -> None:
        known = self._held.pop(whose, None)
        self._size -= 0 if known is None else known.size


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
        known = self._events.asked((tenant, agreement)) or _Until(0, Blocks[Event](), 0)
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
        known = self._latest.asked((tenant, agreement)) or _Until(0, _NONE, 0)
        newer = () if known.place == last else read_after(known.place)
        held: Mapping[RemedyKey, Decision] = {**known.held, **{item.decision.key: item.decision for item in newer}}
        self._latest.keep((tenant, agreement), _Until(last, held, len(held)))
        return held
