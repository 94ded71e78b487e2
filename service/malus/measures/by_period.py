"""Owns which subjects belong to each period, and which of them contradict themselves.

Does not own: where a subject is placed (response, lateness), or what is measured of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from malus.model.instants import Instant
from malus.model.periods import Period


class _Subject(Protocol):
    @property
    def contradiction(self) -> tuple[str, ...]: ...


class _OfSubject(Protocol):
    @property
    def subject(self) -> _Subject: ...


T = TypeVar("T", bound=_OfSubject)


def of_each_period(
    periods: Sequence[Period], placed: Iterable[tuple[T, Period]]
) -> Iterator[tuple[Period, list[T], tuple[str, ...]]]:
    """Each period with its subjects as they were placed, and the names of facts of theirs that cannot all be true."""
    here: dict[Instant, list[T]] = {period.start: [] for period in periods}
    for item, period in placed:
        here[period.start].append(item)
    for period in periods:
        mine = here[period.start]
        yield period, mine, tuple(sorted({name for item in mine for name in item.subject.contradiction}))
