"""The yardstick's job on Spark as an expert writes it for these very terms, and for nothing else.

Rows are grouped by agreement over Arrow, a group is worked out with NumPy in exact integers, and what comes back is
collected, put in order and written. Run as a script: folder of events, number of agreements, file for the answers.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks._process_tree import used

Longs = npt.NDArray[np.int64]

_SECOND = 1_000_000
_MONTHS = np.arange("2024-01", "2026-01", dtype="datetime64[M]")
_EDGES: Longs = np.arange("2024-01", "2026-02", dtype="datetime64[M]").astype("datetime64[us]").astype(np.int64)
_FEES = (100_000, 250_050, 999_999)
_INDICATORS = ("resolved-in-time", "success-ratio", "uptime")
_ROWS = (
    ((9500, 5), (9000, 10), (8000, 20)),
    ((9990, 10), (9900, 25), (9500, 100)),
    ((9995, 10), (9900, 25), (9500, 100)),
)
_LIMITS: Longs = np.array([0, 4, 8, 24]) * 3_600 * _SECOND
_ANSWERS = pa.schema(
    [
        ("agreement", pa.string()),
        ("month", pa.string()),
        ("indicator", pa.string()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
        ("rate_percent", pa.int64()),
        ("credit_cents", pa.int64()),
        ("capped_cents", pa.int64()),
        ("right_from", pa.string()),
    ]
)
_COLUMNS = ("agreement", "kind", "start", "end", "good", "total", "priority")
_EMPTY = pa.schema([("kind", pa.string()), *((name, pa.int64()) for name in _COLUMNS[2:])])


def answers_of(name: str, table: pa.Table) -> pa.Table:
    """The 72 answers of one agreement, from its events in any order."""
    numerators, denominators = np.zeros((3, 24), np.int64), np.zeros((3, 24), np.int64)
    tallies = table.filter(pc.equal(table["kind"], "tally"))
    place, inside = _month(_longs(tallies["start"]))
    np.add.at(numerators[1], place, _longs(tallies["good"])[inside])
    np.add.at(denominators[1], place, _longs(tallies["total"])[inside])

    incidents = table.filter(pc.and_(pc.equal(table["kind"], "incident"), pc.is_valid(table["end"])))
    ends = _longs(incidents["end"])
    place, inside = _month(ends)
    in_time = ends - _longs(incidents["start"]) <= _LIMITS[_longs(incidents["priority"])]
    np.add.at(numerators[0], place, in_time[inside])
    np.add.at(denominators[0], place, 1)

    outages = table.filter(pc.equal(table["kind"], "outage"))
    starts, ends = _longs(outages["start"]), _longs(outages["end"])
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    starts[1:] = np.maximum(starts[1:], ends[:-1])  # only what is not covered yet
    covered = np.clip(_EDGES[:, None] - starts, 0, np.maximum(ends - starts, 0)).sum(axis=1)
    denominators[2] = np.diff(_EDGES) // _SECOND
    numerators[2] = denominators[2] - np.diff(covered) // _SECOND

    rates = np.zeros((3, 24), np.int64)
    for number, rows in enumerate(_ROWS):
        for below, percent in rows:  # each row is lower than the one before
            rates[number][numerators[number] * 10_000 < denominators[number] * below] = percent
    fee = _FEES[int(name[1:]) % 3]
    credits = (rates * fee + 50) // 100
    capped = np.minimum(credits.sum(axis=0), (30 * fee + 50) // 100)
    missed = np.cumsum(np.concatenate((np.zeros(6, np.int64), rates[2] > 0)))
    due = np.flatnonzero(missed[6:] - missed[:-6] >= 3)
    right = str(_MONTHS[due[0]]) if due.size else None
    columns = [
        [name] * 72,
        np.repeat(_MONTHS.astype(str), 3).tolist(),
        _INDICATORS * 24,
        *(each.T.ravel() for each in (numerators, denominators, rates, credits)),
        np.repeat(capped, 3),
        [right] * 72,
    ]
    return pa.table(
        [pa.array(each, field.type) for each, field in zip(columns, _ANSWERS, strict=True)], schema=_ANSWERS
    )


def _month(instants: Longs) -> tuple[Longs, npt.NDArray[np.bool_]]:
    """The months of those instants that lie in one, and which these are."""
    place = np.searchsorted(_EDGES, instants, side="right") - 1
    inside = (place >= 0) & (place < 24)
    return place[inside], inside


def _longs(column: pa.ChunkedArray) -> Longs:
    values: Longs = column.combine_chunks().cast(pa.int64()).to_numpy(zero_copy_only=False)
    return values


def _group(key: tuple[pa.Scalar, ...], table: pa.Table) -> pa.Table:
    return answers_of(key[0].as_py(), table)


def _session() -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - what a group comes to is tested without Spark

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("by hand").master("local[2]")
    for name, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def main() -> None:
    """Run the job and print its figures as a line of JSON."""
    folder, agreements, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    session = _session()
    before = used()["cpu_seconds"]
    began = time.perf_counter()
    rows = session.read.parquet(folder).select(*_COLUMNS)
    schema = ", ".join(f"{each.name} {'string' if each.type == pa.string() else 'bigint'}" for each in _ANSWERS)
    answered = rows.groupBy("agreement").applyInArrow(_group, schema).toArrow().cast(_ANSWERS)
    silent = {f"a{number:04d}" for number in range(agreements)} - set(answered["agreement"].unique().to_pylist())
    nothing = _EMPTY.empty_table()
    answered = pa.concat_tables([answered, *(answers_of(name, nothing) for name in sorted(silent))])
    pq.write_table(answered.sort_by([(name, "ascending") for name in ("agreement", "month", "indicator")]), out)
    seconds = time.perf_counter() - began
    told = used()
    session.stop()
    print(json.dumps({"seconds": seconds, **told, "cpu_seconds": told["cpu_seconds"] - before}))


if __name__ == "__main__":
    main()
