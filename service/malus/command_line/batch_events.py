"""Owns how agreements of a batch are judged from their events, and what was found in these that kept something out.

Does not own: which agreements are (batch.running), the reading of rows, or the judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.faults import MalusError
from malus.model.instants import Instant
from malus.operations.evaluate import Judge

if TYPE_CHECKING:
    from malus.batch.spark import FileRows, RowsOnSpark
    from malus.operations.event_sink import EventFault, EventSink

#: Rows of events that are held at once.
MOST_ROWS_HELD: Final = 1_000_000


@dataclass(slots=True, kw_only=True)
class Told:
    """What came of events: the assessment of each agreement, or why there is none; rows that are none or came again."""

    assessments: dict[str, Assessment] = field(default_factory=dict)
    failed: dict[str, MalusError] = field(default_factory=dict)
    faults: list[EventFault] = field(default_factory=list)
    duplicates: int = 0

    def add(self, other: Told) -> None:
        """Take in what came of other events. Rows of no agreement are read with those of each, and told once."""
        self.assessments |= other.assessments
        self.failed |= other.failed
        self.faults = list(dict.fromkeys([*self.faults, *other.faults]))
        self.duplicates += other.duplicates


def judged_from(
    read: Callable[[EventSink], None],
    names: Collection[str],
    texts: Mapping[str, tuple[Terms, ...]],
    as_of: Instant,
    judge: Judge,
) -> Told:
    """What follows for agreements from the events that are read into a sink."""
    from malus.operations.event_sink import EventSink

    zones = {name: texts[name][-1].timezone for name in names if texts[name]}
    sink = EventSink(lambda name: zones.get(name, "UTC"))
    read(sink)
    told = Told(faults=sink.faults, duplicates=sink.duplicates)
    events: dict[str, list] = {name: [] for name in names}  # type: ignore[type-arg]  # events of every kind
    for event in sink.finished().events:
        events[event.agreement].append(event)
    for name in names:
        try:
            told.assessments[name] = judge(texts[name], events[name], as_of=as_of, known_at=None)
        except MalusError as fault:
            told.failed[name] = fault
    return told


class FromFiles:
    """Judges agreements from their events in Parquet files, as many of them at once as their rows allow."""

    def __init__(
        self, texts: Mapping[str, tuple[Terms, ...]], files: Sequence[Path], as_of: Instant, judge: Judge
    ) -> None:
        self._texts, self._files, self._as_of, self._judge = texts, files, as_of, judge
        self.told = Told()

    def __call__(self, rows: Mapping[str, int]) -> Mapping[str, Assessment]:
        """The assessments of the agreements that are named, each with about how many rows it has."""
        for names in _chunks(rows):
            read = partial(self._read, names)
            self.told.add(judged_from(read, names, self._texts, self._as_of, self._judge))
        return self.told.assessments

    def _read(self, names: Collection[str], sink: EventSink) -> None:
        from malus.operations.event_parquet import read_parquet

        for file in self._files:
            read_parquet(file, sink, names)


class FromSpark:
    """Judges agreements from their events on Spark, each where its rows are."""

    def __init__(
        self,
        texts: Mapping[str, tuple[Terms, ...]],
        files: Sequence[Path],
        as_of: Instant,
        judge: Judge,
        spark: RowsOnSpark,
    ) -> None:
        self._texts, self._files, self._as_of, self._judge, self._spark = texts, files, as_of, judge, spark
        self.told = Told()

    def __call__(self, rows: Mapping[str, int]) -> Mapping[str, Assessment]:
        """The assessments of the agreements that are named."""
        texts = {name: self._texts[name] for name in rows}
        told = Told()
        for part in self._spark.judged(self._good_files(told), rows.keys(), judged_rows, (texts, self._as_of)):
            assert isinstance(part, Told)
            told.add(part)
        # An agreement without a row is in no group: nothing was told of it.
        silent = [name for name in rows if name not in told.assessments and name not in told.failed]
        told.add(judged_from(lambda _: None, silent, texts, self._as_of, self._judge))
        order = {str(file): place for place, file in enumerate(self._files)}
        told.faults.sort(key=lambda fault: (order[fault.path], fault.row))
        self.told.add(told)
        return self.told.assessments

    def _good_files(self, told: Told) -> list[Path]:
        import pyarrow.parquet as pq

        from malus.operations.event_parquet import good_columns
        from malus.operations.event_sink import EventSink

        sink = EventSink(None)
        good = [file for file in self._files if good_columns(str(file), pq.read_schema(file), sink) is not None]
        told.faults += sink.faults
        return good


def judged_rows(
    sent: tuple[Mapping[str, tuple[Terms, ...]], Instant], names: Collection[str], rows: Sequence[FileRows]
) -> Told:
    """What follows for agreements from rows of files; called on a worker."""
    from malus.operations.event_parquet import take_rows

    def read(sink: EventSink) -> None:
        for path, numbers, batch in rows:
            take_rows(path, numbers, batch, sink)

    texts, as_of = sent
    return judged_from(read, names, texts, as_of, _judge())


@cache
def _judge() -> Judge:
    """The judgement of this process, which judges one group of rows after another."""
    from malus.composition import judge

    return judge()


def _chunks(rows: Mapping[str, int]) -> list[list[str]]:
    chunks: list[list[str]] = []
    held = 0
    for name, count in rows.items():
        if not chunks or held + count > MOST_ROWS_HELD:
            chunks.append([])
            held = 0
        chunks[-1].append(name)
        held += count
    return chunks
