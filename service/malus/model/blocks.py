"""Owns long sequences of values that never change, in blocks, so that what is worked out of a block is worked out once.

Does not own: what is worked out. A history grows by a few events a call; whatever is said of single events, or adds up
over them, was said of all but the last few blocks before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar, overload

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

#: The most answers that a block remembers; the oldest is forgotten first.
MOST_REMEMBERED: Final = 64
#: So many blocks of about one size become one; those of more values than `_LARGE` stay, for all is worked out anew.
_TOGETHER: Final = 8
_LARGE: Final = 512


class Block(Sequence[T]):
    """Values that are held together. A block is itself and equal to no other, and never changes."""

    __slots__ = ("_found", "_items")

    def __init__(self, items: Iterable[T]) -> None:
        self._items = tuple(items)
        self._found: dict[Hashable, Any] = {}

    def once(self, key: Hashable, work: Callable[[Block[T]], R]) -> R:
        """What a pure function makes of the block, worked out once; `key` names the function and all else it is given.

        The answer is shared by all who ask: it must not be changed.
        """
        found: R
        try:
            found = self._found[key]
        except KeyError:
            found = self._remember(key, work(self))
        return found

    def kept(self, key: Hashable) -> Any:
        """What was kept with the block under a key that is no other's; None where nothing is."""
        return self._found.get(("kept", key))

    def keep(self, key: Hashable, what: R) -> R:
        """Keep something with the block, in place of what was kept under that key."""
        return self._remember(("kept", key), what)

    def _remember(self, key: Hashable, found: R) -> R:
        self._found[key] = found
        for oldest in list(self._found)[: len(self._found) - MOST_REMEMBERED]:
            # Another thread may have been quicker to forget it.
            self._found.pop(oldest, None)
        return found

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._items[place]


class Blocks(Sequence[T], Generic[T]):
    """Blocks, and loose values behind them; as a sequence it is all of their values.

    `order` sorts the values where the order matters to whoever looks at them one by one; without it they come block by
    block. Whoever asks block by block gets them in no order that means anything.
    """

    __slots__ = ("_blocks", "_loose", "_order", "_sorted")

    def __init__(
        self,
        blocks: Iterable[Block[T]] = (),
        loose: Iterable[T] = (),
        *,
        order: Callable[[T], Any] | None = None,
    ) -> None:
        self._blocks = list(blocks)
        self._loose = list(loose)
        self._order = order
        self._sorted: Sequence[T] | None = None

    def append(self, value: T) -> None:
        """Add a value, of which nothing is remembered."""
        self._loose.append(value)
        self._sorted = None

    def add(self, block: Block[T]) -> None:
        """Add a block."""
        self._blocks.append(block)
        self._sorted = None

    def blocks(self) -> Iterator[Block[T]]:
        """Every block; loose values are one of their own, made for this once."""
        yield from self._blocks
        if self._loose:
            yield Block(self._loose)

    def first(self, most: int) -> list[T]:
        """Some of the values, as many as are wanted at most."""
        return list(islice(chain(*self._blocks, self._loose), most))

    def closed(self) -> list[Block[T]]:
        """Every block, with the loose values as one that stays."""
        if self._loose:
            self._blocks.append(Block(self._loose))
            self._loose = []
        return self._blocks

    def mapped(self, key: Hashable, work: Callable[[Block[T]], Iterable[S]]) -> Blocks[S]:
        """What a pure function makes of each block, as blocks that are remembered with theirs."""
        return self._made(key, work, None)

    def chosen(self, key: Hashable, work: Callable[[Block[T]], Iterable[T]]) -> Blocks[T]:
        """Those values of each block that a pure function chooses, in the order of these."""
        return self._made(key, work, self._order)

    def once(self, key: Hashable, work: Callable[[Blocks[T]], R]) -> R:
        """What a pure function makes of all the values; worked out once, until there are others. `key` as above."""
        if not self._blocks or self._loose:
            return work(self)
        blocks = tuple(self._blocks)
        known: tuple[tuple[Block[T], ...], R] | None = blocks[0].kept(key)
        if known is None or known[0] != blocks:
            known = blocks[0].keep(key, (blocks, work(self)))
        return known[1]

    def in_order(
        self, key: Hashable, work: Callable[[Block[T]], list[S]], order: Callable[[S], Any] | None = None
    ) -> list[S]:
        """What a pure function makes of each block, sorted, all of it in this order; `order` None: by itself.

        What it made of the large blocks is kept in order, so that what came since is only to be put in its place. The
        answer is shared by all who ask: it must not be changed.
        """
        blocks = tuple(self.blocks())
        large = max((place for place, block in enumerate(blocks, 1) if len(block) >= _LARGE), default=0)
        together: list[S] = []
        if large:
            done, together = blocks[0].kept(key) or ((), together)
            if done != blocks[: min(len(done), large)]:
                done, together = (), []
            if len(done) < large:
                later = blocks[len(done) : large]
                together = _in_order(together, [block.once(key, work) for block in later], order)
                blocks[0].keep(key, (blocks[:large], together))
        return _in_order(together, [block.once(key, work) for block in blocks[large:]], order)

    def _made(
        self, key: Hashable, work: Callable[[Block[T]], Iterable[S]], order: Callable[[S], Any] | None
    ) -> Blocks[S]:
        blocks = [block.once(key, lambda block: Block(work(block))) for block in self._blocks]
        return Blocks(blocks, work(Block(self._loose)) if self._loose else (), order=order)

    def followed_by(self, values: Iterable[T]) -> Blocks[T]:
        """These and further values as one more block. Small blocks are put together, large ones stay as they are."""
        assert not self._loose, "a history has no loose values"
        blocks = [*self._blocks, Block(values)]
        while len(blocks[-1]) < _LARGE:
            alike = 1
            while alike < len(blocks) and _size(blocks[-1 - alike]) <= _size(blocks[-1]):
                alike += 1
            if alike < _TOGETHER:
                break
            blocks[-alike:] = [Block(chain(*blocks[-alike:]))]
        return Blocks(blocks, order=self._order)

    def __len__(self) -> int:
        return sum(map(len, self._blocks)) + len(self._loose)

    def __iter__(self) -> Iterator[T]:
        return iter(self._all()) if self._order is not None else chain(*self._blocks, self._loose)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._all()[place]

    def _all(self) -> Sequence[T]:
        if self._sorted is None:
            together = chain(*self._blocks, self._loose)
            self._sorted = tuple(together) if self._order is None else sorted(together, key=self._order)
        return self._sorted


def blocks_of(values: Iterable[T]) -> Blocks[T]:
    """The values in blocks where they are; else all of them loose."""
    return values if isinstance(values, Blocks) else Blocks(loose=values)


def _in_order(ours: list[Any], others: Iterable[list[Any]], order: Callable[[Any], Any] | None) -> list[Any]:
    """What is in order, and further lists each in order, all in order."""
    added = sorted(chain.from_iterable(others), key=order)
    if not added or not ours:
        return added or ours
    place = bisect_left(ours, added[0] if order is None else order(added[0]), key=order)
    return [*ours[:place], *sorted([*ours[place:], *added], key=order)]


def _size(block: Sequence[object]) -> int:
    """The size of a block, roughly: by powers of eight."""
    return (len(block).bit_length() - 1) // 3
