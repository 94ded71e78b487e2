"""Owns what many rows are folded into: those of event files, on two threads, or those that are in memory already.

Does not own: the fold of a batch of rows (row_folding), or what figures mean (judging). Memory is bounded whatever the
number of events and their order: figures take what agreements and periods take, row groups are let go as they are
folded, outages and ids spill to disk past a budget.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from malus.batch.columns import Bytes, Longs, columns_read, is_foldable
from malus.batch.identities import Identities
from malus.batch.lanes import Lanes
from malus.batch.parquet_files import reading
from malus.batch.row_folding import RowFold
from malus.batch.spilling import SpilledRows
from malus.measures.row_kernels import fold_stretches, group_rows
from malus.model.instants import Instant

#: Bytes of outages, and again of ids, held before they go to disk.
OUTAGE_BUDGET: Final = 64 * 2**20
THREADS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What files were folded into.

    `figures[agreement, period, lane]`: numerator, denominator, events used. `odd`: agreements with a row that was
    not folded, to be judged from their events. `rows`: of each agreement. `strangers`: rows by the agreement that they
    name and nobody knows, "" where a row names none. `unfolded`: files whose columns the fold does not take.
    """

    figures: Longs
    odd: Bytes
    rows: Longs
    strangers: Mapping[str, int]
    unfolded: tuple[Path, ...]
    events: int


def fold_files(
    files: Sequence[Path], names: Sequence[str], lanes: Lanes, as_of: Instant, *, budget: int = OUTAGE_BUDGET
) -> Folded:
    """Fold the rows of Parquet files; `names` are the agreements in the order of their numbers in `lanes`.

    Raises MalusError: those of `reading`, for a file that is none.
    """
    work, unfolded, events = _row_groups(files)
    with _kept(budget) as (outages, ids):
        folds = [RowFold(names, lanes, as_of, outages, ids) for _ in range(THREADS)]
        queue, lock = iter(work), Lock()

        def run(fold: RowFold) -> None:
            reader = _Reader()
            while True:
                with lock:
                    place = next(queue, None)
                if place is None:
                    return
                for batch in reader.batches(*place):
                    fold.fold(batch)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(run, folds))
        # What Arrow keeps of the memory that it is done with would lie there beside the outages while they are sorted.
        pa.default_memory_pool().release_unused()
        folded = _together(folds, outages, ids, names, lanes)
    return replace(folded, unfolded=unfolded, events=events)


def fold_batches(batches: Iterable[pa.RecordBatch], names: Sequence[str], lanes: Lanes, as_of: Instant) -> Folded:
    """Fold rows that are in memory, on this thread; their columns are such as `is_foldable` takes."""
    # What is in memory already may stay there: nothing spills, so no folder is used.
    outages = SpilledRows(Path(), "outages", sys.maxsize, parted_by=0)
    ids = Identities(Path(), sys.maxsize)
    fold = RowFold(names, lanes, as_of, outages, ids)
    for batch in batches:
        fold.fold(batch)
    return _together([fold], outages, ids, names, lanes)


@contextmanager
def _kept(budget: int) -> Iterator[tuple[SpilledRows, Identities]]:
    """Where outages and ids are kept until all rows are there."""
    with tempfile.TemporaryDirectory() as scratch:
        yield SpilledRows(Path(scratch), "outages", budget, parted_by=0), Identities(Path(scratch), budget)


def _together(
    folds: Sequence[RowFold], outages: SpilledRows, ids: Identities, names: Sequence[str], lanes: Lanes
) -> Folded:
    figures, odd, rows, strangers = folds[0].result(folds[1:])
    ids.mark_repeated(odd)
    _fold_outages(outages, len(names), lanes, figures, threads=len(folds))
    lanes.complete(figures)
    events = int(rows.sum()) + sum(strangers.values())
    return Folded(figures=figures, odd=odd, rows=rows, strangers=strangers, unfolded=(), events=events)


def _row_groups(files: Sequence[Path]) -> tuple[list[tuple[Path, list[str], int]], tuple[Path, ...], int]:
    work: list[tuple[Path, list[str], int]] = []
    unfolded = []
    events = 0
    for file in files:
        with reading(file), pq.ParquetFile(file, memory_map=True) as opened:
            events += opened.metadata.num_rows
            if is_foldable(opened.schema_arrow):
                coded = [name for name in ("agreement", "kind", "service") if name in opened.schema_arrow.names]
                work += [(file, coded, group) for group in range(opened.metadata.num_row_groups)]
            else:
                unfolded.append(file)
    return work, tuple(unfolded), events


def _fold_outages(rows: SpilledRows, agreements: int, lanes: Lanes, figures: Longs, *, threads: int) -> None:
    """Fold every outage into the time lane."""
    for chunks in rows.parts():
        counts = sum(np.bincount(mine, minlength=agreements) for mine, _, _ in chunks)
        bounds = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        room = np.empty((2, int(bounds[-1])), dtype=np.int64)
        places = bounds[:-1].copy()
        disordered = np.zeros(agreements, dtype=np.uint8)
        while chunks:  # each is let go once its rows have found their place
            mine, starts, ends = chunks.pop(0)
            group_rows(mine, bounds, places, starts, ends, room, disordered)
        fold = partial(_fold_span, bounds=bounds, room=room, disordered=disordered, lanes=lanes, figures=figures)
        if threads == 1:
            fold((0, agreements))
            continue
        half = int(np.searchsorted(bounds, room.shape[1] // 2))
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(fold, [(0, half), (half, agreements)]))


def _fold_span(
    span: tuple[int, int], bounds: Longs, room: Longs, disordered: Bytes, lanes: Lanes, figures: Longs
) -> None:
    first, last = span
    for agreement in (first + np.flatnonzero(disordered[first:last])).tolist():
        mine = room[:, bounds[agreement] : bounds[agreement + 1]]
        mine[:] = mine[:, np.argsort(mine[0])]
    fold_stretches(first, last, bounds, room, lanes.shapes, lanes.edges, lanes.counts, lanes.ignore_up_to, figures)


class _Reader:
    """Reads row groups, file by file; one thread uses it."""

    def __init__(self) -> None:
        self._open: tuple[Path, pq.ParquetFile] | None = None

    def batches(self, file: Path, coded: list[str], group: int) -> list[pa.RecordBatch]:
        """The rows of one row group, its names `coded` by a dictionary; whoever folds them lets them go."""
        with reading(file):
            if self._open is None or self._open[0] != file:
                if self._open is not None:
                    self._open[1].close()
                # Not mapped: pages of a mapped file count as memory of this process until it is closed.
                self._open = (file, pq.ParquetFile(file, read_dictionary=coded, pre_buffer=False))
            opened = self._open[1]
            table = opened.read_row_group(group, columns=columns_read(opened.schema_arrow), use_threads=False)
            return list(table.to_batches())
