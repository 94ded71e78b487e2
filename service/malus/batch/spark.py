"""Owns a batch's work on Spark: rows of event files, grouped by agreement over Arrow, and what came of each group.

Does not own: any fold or judgement: a group is folded as rows are anywhere, or judged by what the caller sends along.
pyspark is imported here and nowhere else, and only when Spark is asked for.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from malus.batch.columns import columns_read, is_foldable
from malus.batch.folding import Folded, fold_batches
from malus.batch.lanes import Lanes
from malus.batch.parquet_files import reading
from malus.model.faults import MalusError
from malus.model.instants import Instant

#: Rows of one file, with the numbers that they have in it.
FileRows = tuple[str, pa.Array, pa.RecordBatch]
#: Judges agreements from their rows: what was sent along, their names, their rows file by file. Runs on a worker, so it
#: is a function that a module has by name, and what it answers can be pickled.
JudgeRows = Callable[[Any, Collection[str], Sequence[FileRows]], object]

_FOLDED: Final = "agreement string, rows long, odd boolean, figures binary"
_TOLD: Final = "told binary"
_GROUP, _FILE, _ROW = "_group", "_file", "_row"
_GLOB: Final = re.compile(r"([\\*?\[\]{}])")


@contextmanager
def rows_on_spark(files: Sequence[Path], master: str | None) -> Iterator[RowsOnSpark]:
    """The rows of Parquet files, on Spark, for as long as its session lasts.

    `master`: where Spark runs, None: where its own configuration says. Raises MalusError: `spark-missing`,
    `java-missing`, `spark-failed`, those of `reading`, and while rows are asked for `columns-differ`, `column-unread`.
    """
    session = _session(master)
    try:
        yield RowsOnSpark(session, files)
    finally:
        session.stop()


class RowsOnSpark:
    """Rows of event files that Spark groups by agreement; all of a group are in the memory of one worker at once."""

    def __init__(self, session: Any, files: Sequence[Path]) -> None:
        self._session = session
        self._files = files
        self._schemas = {file: _schema(file) for file in files}

    def fold(self, names: Sequence[str], lanes: Lanes, as_of: Instant) -> Folded:
        """Fold the rows of all agreements, as `fold_files` does."""
        unfolded = tuple(file for file, schema in self._schemas.items() if not is_foldable(schema))
        figures = np.zeros((len(names), lanes.most_periods, 3, 3), dtype=np.int64)
        lanes.complete(figures)  # of agreements without rows, which are in no group
        odd = np.zeros(len(names), dtype=np.uint8)
        rows = np.zeros(len(names), dtype=np.int64)
        strangers: dict[str, int] = {}
        places = {name: place for place, name in enumerate(names)}
        if self._files and not unfolded:
            frame = self._frame(self._files)
            sent = self._session.sparkContext.broadcast((places, lanes, as_of))
            for row in _answered(frame.groupBy("agreement").applyInArrow(partial(_folded_group, sent), _FOLDED)):
                place = places.get(row.agreement)
                if place is None:
                    strangers[row.agreement or ""] = strangers.get(row.agreement or "", 0) + row.rows
                else:
                    figures[place] = np.frombuffer(row.figures, dtype=np.int64).reshape(figures.shape[1:])
                    odd[place], rows[place] = row.odd, row.rows
            for shared in self._sharing(frame, names):
                odd[[places[name] for name in shared]] = 1
        events = sum(pq.read_metadata(file).num_rows for file in self._files)
        return Folded(figures=figures, odd=odd, rows=rows, strangers=strangers, unfolded=unfolded, events=events)

    def judged(
        self, files: Sequence[Path], names: Collection[str], judge_rows: JudgeRows, sent: object
    ) -> Iterator[object]:
        """What `judge_rows` answers for each agreement that has rows, or for several that have an id in common.

        Rows that name no agreement are judged as those of none.
        """
        from pyspark.sql import functions as sql

        if not files:
            return
        frame = self._frame(files, placed=True)
        chosen = frame.where(sql.col("agreement").isin(sorted(names)) | sql.col("agreement").isNull())
        first = {name: min(shared) for shared in self._sharing(chosen, names) for name in shared}
        grouped = chosen.withColumn(_GROUP, sql.col("agreement"))
        if first:
            grouped = grouped.replace(first, subset=[_GROUP])
        called = {str(file.absolute()): str(file) for file in files}
        along = self._session.sparkContext.broadcast(sent)
        function = partial(_judged_group, judge_rows, along, called)
        for row in _answered(grouped.groupBy(_GROUP).applyInArrow(function, _TOLD)):
            yield pickle.loads(row.told)  # noqa: S301 - our own worker's answer

    def _frame(self, files: Sequence[Path], *, placed: bool = False) -> Any:
        """The rows of files that have the same columns of events; `placed`: with their file and number."""
        from pyspark.sql import functions as sql

        said = {file: {name: self._schemas[file].field(name).type for name in self._names(file)} for file in files}
        for file, columns in said.items():
            _check_alike(files[0], said[files[0]], file, columns)
        frame = self._session.read.option("mergeSchema", "false").parquet(*[_location(file) for file in files])
        more = [sql.col("_metadata.file_path").alias(_FILE), sql.col("_metadata.row_index").alias(_ROW)]
        return frame.select(*[sql.col(name) for name in said[files[0]]], *(more if placed else []))

    def _names(self, file: Path) -> list[str]:
        return columns_read(self._schemas[file])

    def _sharing(self, frame: Any, names: Collection[str]) -> list[set[str]]:
        """The agreements that have an id in common, each with all that it is tied to."""
        from pyspark.sql import functions as sql

        if "id" not in frame.columns:
            return []
        told = frame.select("agreement", sql.col("id").cast("string").alias("id")).where("id != ''").dropna()
        several = told.groupBy("id").agg(sql.collect_set("agreement").alias("owners")).where(sql.size("owners") > 1)
        known = set(names)
        tied: list[set[str]] = []
        for row in _answered(several.select("owners").distinct()):
            mine = known & set(row.owners)
            if len(mine) > 1:
                apart = [other for other in tied if not other & mine]
                tied = [*apart, mine.union(*(other for other in tied if other & mine))]
        return tied


def _schema(file: Path) -> pa.Schema:
    with reading(file):
        return pq.read_schema(file)


def _folded_group(sent: Any, key: tuple[pa.Scalar, ...], table: pa.Table) -> pa.Table:
    """Fold the rows of one agreement, on a worker."""
    places, lanes, as_of = sent.value
    name = key[0].as_py()
    place = places.get(name)
    odd, figures = False, None
    if place is not None:
        folded = fold_batches(table.to_batches(), [name], lanes.of_one(place), as_of)
        odd, figures = bool(folded.odd[0]), folded.figures[0].tobytes()
    return pa.table(
        {
            "agreement": pa.array([name], pa.string()),
            "rows": pa.array([table.num_rows], pa.int64()),
            "odd": [odd],
            "figures": pa.array([figures], pa.binary()),
        }
    )


def _judged_group(judge_rows: JudgeRows, sent: Any, called: Mapping[str, str], table: pa.Table) -> pa.Table:
    """Judge agreements from their rows, file by file as they stand there, on a worker."""
    names = sorted(table["agreement"].unique().drop_null().to_pylist())
    by_path = {unquote(urlsplit(place).path): place for place in table[_FILE].unique().to_pylist()}
    parts: list[FileRows] = []
    for path, name in called.items():
        if path in by_path:
            mine = table.filter(pc.equal(table[_FILE], by_path[path])).sort_by(_ROW).combine_chunks()
            (rows,) = mine.drop_columns([_GROUP, _FILE, _ROW]).to_batches()
            parts.append((name, pc.add(mine[_ROW].chunk(0), 1), rows))
    assert sum(len(numbers) for _, numbers, _ in parts) == table.num_rows, "a row of no file"
    return pa.table({"told": pa.array([pickle.dumps(judge_rows(sent.value, names, parts))], pa.binary())})


def _session(master: str | None) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        what = (
            f"--engine spark needs pyspark, which the Python of malus ({sys.prefix}) does not have:"
            " `pip install 'malus[spark]'`, or leave out --engine to judge on this machine"
        )
        raise MalusError("spark-missing", what, {"python": sys.prefix}) from None
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        where = f"JAVA_HOME ({home})" if home else "PATH"
        what = (
            f"--engine spark needs Java 17 or newer, and there is no `java` in {where}: install a Java runtime"
            " or set JAVA_HOME, or leave out --engine to judge on this machine"
        )
        raise MalusError("java-missing", what, {"where": where})
    builder = SparkSession.builder.appName("malus")
    for name, value in _settings(master).items():
        builder = builder.config(name, value)
    if master is None or master.startswith("local"):
        # Spark would start whatever `python3` is on PATH, which need not be the one that has malus.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with _spark_faults():
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    return session


def _settings(master: str | None) -> dict[str, str]:
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",
        # An instant is what the file says, however long ago.
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    }
    if master is not None:
        settings["spark.master"] = master
        if master.startswith("local"):
            # Of a Spark that lasts as long as one command, nothing listens to other machines.
            settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
            settings["spark.ui.enabled"] = "false"
    return settings


def _answered(frame: Any) -> list[Any]:
    with _spark_faults():
        return list(frame.collect())


@contextmanager
def _spark_faults() -> Iterator[None]:
    """Say in one sentence what Spark gave up on; its own log has the rest."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as fault:
        told = fault.java_exception.getMessage() if isinstance(fault, Py4JJavaError) else str(fault)
        lines = [line.strip() for line in str(told).splitlines() if line.strip()]
        what = f"Spark gave up: {' '.join(lines[:1])[:300]} ... {' '.join(lines[-1:])[:300]}"
        raise MalusError("spark-failed", what) from fault


def _location(file: Path) -> str:
    """A file's place as Spark takes it; it lies at the same path on every machine."""
    return "file://" + _GLOB.sub(r"\\\1", str(file.absolute()))


def _check_alike(
    first: Path, expected: Mapping[str, pa.DataType], file: Path, columns: Mapping[str, pa.DataType]
) -> None:
    """Spark reads all files as one table: what it would leave out or change in silence is refused."""
    for name in sorted(expected.keys() | columns.keys()):
        kinds = [_plain_type(mine[name]) if name in mine else None for mine in (expected, columns)]
        if kinds[0] != kinds[1]:
            told = [f"{kind or 'missing'} in {path}" for kind, path in zip(kinds, (first, file), strict=True)]
            what = (
                f"the column `{name}` is {' and '.join(told)}: on Spark all files have the same columns of events;"
                " write them alike, or leave out --engine to judge on this machine"
            )
            raise MalusError("columns-differ", what, {"column": name, "path": str(file)})
        if kinds[1] is not None and not _is_handed_on(kinds[1]):
            what = (
                f"the column `{name}` of {file} is of type {kinds[1]}, which Spark does not hand on as it is: write"
                " instants in microseconds and numbers with a sign, or leave out --engine to judge on this machine"
            )
            raise MalusError("column-unread", what, {"column": name, "path": str(file)})


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """A type without what says nothing of its values."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_timestamp(kind):
        return pa.timestamp(kind.unit, "UTC" if kind.tz else None)
    return pa.string() if pa.types.is_large_string(kind) else kind


def _is_handed_on(kind: pa.DataType) -> bool:
    is_too_fine = pa.types.is_timestamp(kind) and kind.unit == "ns"
    return not (is_too_fine or pa.types.is_uint64(kind) or pa.types.is_null(kind))
