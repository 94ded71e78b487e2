"""Owns the fold of batches of rows into figures per agreement, indicator and period, wherever the rows come from.

Does not own: which rows there are (folding), or what figures mean (judging).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from malus.batch.columns import (
    Bytes,
    Ints,
    Longs,
    Mapped,
    kind_codes,
    longs_of,
    names_of,
    rows_that_say_more,
)
from malus.batch.identities import Identities, Services
from malus.batch.lanes import Lanes
from malus.batch.spilling import SpilledRows
from malus.measures.row_kernels import fold_rows
from malus.model.event_values import EARLIEST_INSTANT, LARGEST_COUNT, LATEST_INSTANT
from malus.model.instants import Instant


class RowFold:
    """Folds rows into figures of its own; outages and ids are kept aside, for they are folded when all are there.

    One thread uses it at a time; several may keep rows in the same place.
    """

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
        self._numbers = lanes.priority_numbers()
        self._figures = np.zeros((len(names), lanes.most_periods, 3, 3), dtype=np.int64)
        self._odd = np.zeros(len(names), dtype=np.uint8)
        self._rows = np.zeros(len(names), dtype=np.int64)
        self._strangers: Counter[str] = Counter()
        self._kept: tuple[Ints, Longs, Longs] = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64)

    def fold(self, batch: pa.RecordBatch) -> None:
        """Fold a batch of rows."""
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

    def result(self, others: Sequence[RowFold]) -> tuple[Longs, Bytes, Longs, Mapping[str, int]]:
        """The figures of all together: sums do not mind who counted what."""
        for other in others:
            # A sum of one of them is at most 2**62, so two of them may not be added where either passed 2**61.
            wide = ((self._figures | other._figures) >> 61 != 0).any(axis=(1, 2, 3))  # noqa: SLF001
            self._odd |= wide.astype(np.uint8) | other._odd  # noqa: SLF001
            self._figures += other._figures  # noqa: SLF001
            self._rows += other._rows  # noqa: SLF001
            self._strangers += other._strangers  # noqa: SLF001
        return self._figures, self._odd, self._rows, dict(self._strangers)

    def _priority(self, batch: pa.RecordBatch) -> tuple[Longs, Bytes, Ints, int]:
        if "priority" not in batch.schema.names or pa.types.is_integer(batch.schema.field("priority").type):
            return *longs_of(batch, "priority"), self._numbers, -128
        codes, bits, names = names_of(batch.column("priority"))
        return codes.astype(np.int64), bits, self._priorities.codes(names).numbers, 0
