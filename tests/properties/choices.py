"""How random agreements are chosen: by hypothesis, which can shrink them, or by a seed, which is quick.

Owns: the three questions that a generator asks. Does not own: what is made of the answers.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(Protocol):
    """One of several things, a yes with some likelihood, a number between two."""

    def pick(self, options: Sequence[T]) -> T: ...

    def chance(self, percent: int) -> bool: ...

    def between(self, least: int, most: int) -> int: ...


class Drawn:
    """Choices that hypothesis makes, and makes simpler where a test fails: the first option, no, the least."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return options[self._draw(st.integers(0, len(options) - 1))]

    def chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent

    def between(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))


class Seeded:
    """Choices that follow from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - these choices keep no secret

    def pick(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def between(self, least: int, most: int) -> int:
        return self._random.randint(least, most)
