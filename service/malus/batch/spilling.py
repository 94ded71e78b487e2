"""Owns rows of whole numbers that are kept until all files are read: in memory up to a budget, then on disk in parts.

Does not own: what the rows are, or what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

#: Columns of as many rows each.
Chunk = tuple[npt.NDArray[Any], ...]

_PARTS: Final = 64


@dataclass(slots=True)
class SpilledRows:
    """Rows as they came, parted by one of their columns once they are on disk: equal values are in one part."""

    folder: Path
    name: str
    budget: int
    parted_by: int
    _held: list[Chunk] = field(default_factory=list)
    _size: int = 0
    _kinds: tuple[npt.DTypeLike, ...] = ()
    _spilled: bool = False
    _lock: Lock = field(default_factory=Lock)

    def add(self, *columns: npt.NDArray[Any]) -> None:
        """Keep some rows; several threads may."""
        with self._lock:
            self._held.append(columns)
            self._kinds = tuple(column.dtype for column in columns)
            self._size += sum(column.nbytes for column in columns)
            if self._size > self.budget:
                self._spill()

    def parts(self) -> Iterator[list[Chunk]]:
        """All rows, part by part; whoever takes a part may empty its list."""
        if not self._spilled:
            if self._held:
                yield self._held
            return
        self._spill()
        for part in range(_PARTS):
            file = self._file(part)
            if file.exists():
                rows = np.fromfile(file, dtype=np.int64).reshape(-1, len(self._kinds))
                yield [tuple(rows[:, place].astype(kind) for place, kind in enumerate(self._kinds))]

    def _file(self, part: int) -> Path:
        return self.folder / f"{self.name}-{part}"

    def _spill(self) -> None:
        self._spilled = True
        for columns in self._held:
            rows = np.column_stack([column.astype(np.int64) for column in columns])
            parts = columns[self.parted_by] % _PARTS
            for part in np.unique(parts).tolist():
                with self._file(part).open("ab") as file:
                    rows[parts == part].tofile(file)
        self._held.clear()
        self._size = 0
