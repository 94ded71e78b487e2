"""Owns the fold of event files into figures per agreement, indicator and period, on two threads.

Does not own: what figures mean (judging). Memory is bounded whatever the number of events and their order: figures take
what agreements and periods take, row groups are let go as they are folded, outages and ids spill to disk past a budget.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from malus.batch.columns import (
    Bytes,
    Ints,
    Longs,
    Mapped,
    columns_read,
    is_foldable,
    kind_codes,
    longs_of,
    names_of,
    rows_that_say_more,
)
from malus.batch.identities import Identities, Services
from malus.batch.lanes import Lanes
from malus.batch.spilling import SpilledRows
from malus.measures.row_kernels import fold_rows, fold_stretches, group_rows
from malus.model.event_values import EARLIEST_INSTANT, LARGEST_COUNT, LATEST_INSTANT
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

    Raises pyarrow's own exceptions for a file that is none.
    """
    work, unfolded, events = _row_groups(files)
    with tempfile.TemporaryDirectory() as scratch:
        outages = SpilledRows(Path(scratch), "outages", budget, parted_by=0)
        ids = Identities(Path(scratch), budget)
        threads = [_Thread(names, lanes, as_of, outages, ids) for _ in range(THREADS)]
        queue, lock = iter(work), Lock()

        def run(thread: _Thread) -> None:
            while True:
                with lock:
                    place = next(queue, None)
                if place is None:
                    return
                thread.fold(*place)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(run, threads))
        figures, odd, rows, strangers = threads[0].result(threads[1:])
        ids.mark_repeated(odd)
        _fold_outages(outages, len(names), lanes, figures)
    lanes.complete(figures)
    return Folded(figures=figures, odd=odd, rows=rows, strangers=strangers, unfolded=unfolded, events=events)


def _row_groups(files: Sequence[Path]) -> tuple[list[tuple[Path, list[str], int]], tuple[Path, ...], int]:
    work: list[tuple[Path, list[str], int]] = []
    unfolded = []
    events = 0
    for file in files:
        with pq.ParquetFile(file, memory_map=True) as opened:
            events += opened.metadata.num_rows
            if is_foldable(opened.schema_arrow):
                coded = [name for name in ("agreement", "kind", "service") if name in opened.schema_arrow.names]
                work += [(file, coded, group) for group in range(opened.metadata.num_row_groups)]
            else:
                unfolded.append(file)
    return work, tuple(unfolded), events


def _fold_outages(rows: SpilledRows, agreements: int, lanes: Lanes, figures: Longs) -> None:
    """Fold every outage into the time lane."""
    for chunks in rows.parts():
        counts = sum(np.bincount(mine, minlength=agreements) for mine, _, _ in chunks)
        bounds = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        room = np.empty((2, int(bounds[-1])), dtype=np.int64)
        places = bounds[:-1].copy()
        while chunks:  # each is let go once its rows have found their place
            mine, starts, ends = chunks.pop(0)
            group_rows(mine, places, starts, ends, room)
        half = int(np.searchsorted(bounds, room.shape[1] // 2))
        spans = [(0, half), (half, agreements)]
        fold = partial(_fold_span, bounds=bounds, room=room, lanes=lanes, figures=figures)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(fold, spans))


def _fold_span(span: tuple[int, int], bounds: Longs, room: Longs, lanes: Lanes, figures: Longs) -> None:
    first, last = span
    fold_stretches(first, last, bounds, room, lanes.shapes, lanes.edges, lanes.counts, lanes.ignore_up_to, figures)


class _Thread:
    """Reads row groups and folds them into figures of its own."""

    def __init__(
        self, names: Sequence[str], lanes: Lanes, as_of: Instant, outages: SpilledRows, ids: Identities
    ) -> None:
        self._lanes = lanes
        self._as_of = as_of
        self._outages = outages
        self._ids = ids
        self._services = Services(lanes)
        self._agreements = Mapped(pa.array(names, pa.string()), -1)
        self._priorities = Mapped(pa.array(lanes.priorities, pa.string()), len(lanes.priorities))
        self._numbers = np.array([lanes.priority_code(str(number)) for number in range(-128, 128)], dtype=np.int32)
        self._figures = np.zeros((len(names), lanes.most_periods, 3, 3), dtype=np.int64)
        self._odd = np.zeros(len(names), dtype=np.uint8)
        self._rows = np.zeros(len(names), dtype=np.int64)
        self._strangers: Counter[str] = Counter()
        self._kept: tuple[Ints, Longs, Longs] = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64)
        self._open: tuple[Path, pq.ParquetFile] | None = None

    def fold(self, file: Path, coded: list[str], group: int) -> None:
        """Fold one row group, its names `coded` by a dictionary; its columns are let go at once."""
        if self._open is None or self._open[0] != file:
            if self._open is not None:
                self._open[1].close()
            # Not mapped: pages of a mapped file count as memory of this process until it is closed.
            self._open = (file, pq.ParquetFile(file, read_dictionary=coded, pre_buffer=False))
        opened = self._open[1]
        table = opened.read_row_group(group, columns=columns_read(opened.schema_arrow), use_threads=False)
        for batch in table.to_batches():
            self._fold(batch)

    def result(self, others: Sequence[_Thread]) -> tuple[Longs, Bytes, Longs, Mapping[str, int]]:
        """The figures of all threads together: sums do not mind who counted what."""
        for other in others:
            # A sum of one thread is at most 2**62, so two of them may not be added where either passed 2**61.
            wide = ((self._figures | other._figures) >> 61 != 0).any(axis=(1, 2, 3))  # noqa: SLF001
            self._odd |= wide.astype(np.uint8) | other._odd  # noqa: SLF001
            self._figures += other._figures  # noqa: SLF001
            self._rows += other._rows  # noqa: SLF001
            self._strangers += other._strangers  # noqa: SLF001
        return self._figures, self._odd, self._rows, dict(self._strangers)

    def _fold(self, batch: pa.RecordBatch) -> None:
        lanes = self._lanes
        agreements, agreement_bits, agreement_names = names_of(batch.column("agreement"))
        kinds, kind_bits, kind_names = names_of(batch.column("kind"))
        numbers = self._agreements.codes(agreement_names).numbers
        owners = (agreements, agreement_bits, numbers)
        self._ids.add(batch, owners, self._odd)
        self._services.check(batch, owners, self._odd)
        more = rows_that_say_more(batch)
        if more is not None:
            said = pc.unique(batch.column("agreement").filter(more)).drop_null()
            places = pc.index_in(said.cast(pa.string()), value_set=self._agreements.names).drop_null()
            self._odd[places.to_numpy(zero_copy_only=False)] = 1
        priorities, priority_bits, priority_codes, least = self._priority(batch)
        strangers = np.zeros(len(agreement_names) + 1, dtype=np.int64)
        if self._kept[0].size < batch.num_rows:
            # Room for outages is kept from batch to batch: fresh pages cost as much as folding what comes in.
            rows = batch.num_rows
            self._kept = np.empty(rows, np.int32), np.empty(rows, np.int64), np.empty(rows, np.int64)
        kept_agreements, kept_starts, kept_ends = self._kept
        size = fold_rows(
            *owners, kinds, kind_bits, kind_codes(kind_names),
            *longs_of(batch, "start"), *longs_of(batch, "end"), *longs_of(batch, "good"), *longs_of(batch, "total"),
            priorities, priority_bits, priority_codes, least, lanes.limits,
            lanes.shapes, lanes.starts, lanes.edges, lanes.counts, lanes.rules,
            self._as_of, EARLIEST_INSTANT, LATEST_INSTANT, LARGEST_COUNT,
            self._figures, self._rows, self._odd, strangers,
            kept_agreements, kept_starts, kept_ends,
        )  # fmt: skip
        if size:
            self._outages.add(kept_agreements[:size].copy(), kept_starts[:size].copy(), kept_ends[:size].copy())
        for code in np.flatnonzero(strangers).tolist():
            name = agreement_names[code].as_py() if code < len(agreement_names) else ""
            self._strangers[name] += int(strangers[code])

    def _priority(self, batch: pa.RecordBatch) -> tuple[Longs, Bytes, Ints, int]:
        if "priority" not in batch.schema.names or pa.types.is_integer(batch.schema.field("priority").type):
            return *longs_of(batch, "priority"), self._numbers, -128
        codes, bits, names = names_of(batch.column("priority"))
        return codes.astype(np.int64), bits, self._priorities.codes(names).numbers, 0
