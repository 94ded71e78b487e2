"""Owns what rows say of themselves: which agreements have an id twice, and which name a service that is not theirs.

Does not own: what such rows mean. Their agreements are marked, and judged from their events, where an id counts once.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from malus.batch.columns import Bytes, Ints, Longs, Mapped, names_of, words_of
from malus.batch.lanes import Lanes
from malus.batch.spilling import SpilledRows
from malus.measures.row_checks import check_services, hash_ids

#: A column of agreements: codes, the bits of those that are there, and the number of each code.
Owners = tuple[Ints, Bytes, Ints]

_UNKNOWN, _UNSAID = -1, -2


class Identities:
    """The hashes of all ids, whichever agreement they are of; equal ids have equal hashes.

    Two ids that differ may share a hash: then their agreements take the longer way to the same answer.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self._rows = SpilledRows(folder, "ids", budget, parted_by=1)

    def add(self, batch: pa.RecordBatch, owners: Owners, odd: Bytes) -> None:
        """Keep the ids of some rows, if they have any; marks agreements with a row whose id is missing or odd."""
        if "id" not in batch.schema.names or not batch.num_rows:
            return
        letters, offsets, bits = words_of(batch.column("id"))
        mine = np.empty(batch.num_rows, dtype=np.int32)
        hashes = np.empty(batch.num_rows, dtype=np.int64)
        size = hash_ids(*owners, letters, offsets, bits, odd, mine, hashes)
        if size:
            self._rows.add(mine[:size].copy(), hashes[:size].copy())

    def mark_repeated(self, odd: Bytes) -> None:
        """Mark the agreements of every id that came more than once."""
        for chunks in self._rows.parts():
            ordered: Longs = np.concatenate([hashes for _, hashes in chunks])
            ordered.sort()
            repeated = ordered[1:][ordered[1:] == ordered[:-1]]
            if repeated.size:
                for owners, hashes in chunks:
                    odd[owners[np.isin(hashes, repeated)]] = 1


class Services:
    """Which service each agreement has."""

    def __init__(self, lanes: Lanes) -> None:
        self._names = Mapped(pa.array(lanes.services, pa.string()), _UNKNOWN)
        self._of = np.where(lanes.shapes < 0, _UNKNOWN, lanes.service_of[lanes.shapes]).astype(np.int32)

    def check(self, batch: pa.RecordBatch, owners: Owners, odd: Bytes) -> None:
        """Mark agreements with a row that names another service than theirs."""
        if "service" not in batch.schema.names or batch.column("service").null_count == batch.num_rows:
            return
        codes, bits, names = names_of(batch.column("service"))
        numbers = self._names.codes(names).numbers.copy()
        numbers[[place for place, name in enumerate(names.to_pylist()) if not name]] = _UNSAID
        check_services(*owners, codes, bits, numbers, self._of, odd)
