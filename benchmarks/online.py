"""What EvaluateEvents costs in calls of 1 to 1,000 events, each judged and durable when it is answered.

Every size has a ledger of its own, in SQLite with synchronous=FULL. Beside it, in the same run: an empty handler on
the same server settings that is sent the same calls, and the same rows written by bare INSERTs, 1,000 a commit.
One caller, one agreement, outages in order. Then tallies of another agreement in columns, beside the same tallies as
messages, 1,000 a call. Answers are checked before any time is told.
"""

import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver  # type: ignore[import-untyped] # published without types
from malus.ledger.ledger import open_ledger
from malus.v1 import evaluation_service_pb2 as wire

from benchmarks._serving import (
    BUSES,
    Server,
    check_accepted,
    check_tallies,
    check_totals,
    columns,
    request,
    running,
    tallies,
)

SMALL = {1: 200, 10: 50, 100: 20, 1000: 4}
FULL = {1: 1000, 10: 200, 100: 50, 1000: 20}
SMALL_ROWS = {1000: 4, 5000: 2}
FULL_ROWS = {1000: 20, 5000: 8}
LEAST_RATE = 100_000
ROWS_PER_COMMIT = 1000
REPEATS = 5


def measure(*, full: bool) -> dict[str, Any]:
    """Seconds for calls of 1,000 events, and the figures of every size; the ledgers grow deeper if `full`."""
    return compared(FULL, FULL_ROWS) if full else compared(SMALL, SMALL_ROWS)


def compared(calls: Mapping[int, int], rows: Mapping[int, int]) -> dict[str, Any]:
    """The figures for so many calls of each size, by events a call; the largest size is the one that counts.

    `rows`: of calls in columns, by rows a call.
    """
    with tempfile.TemporaryDirectory() as name, running("empty-handler", Path(name)) as empty:
        empty.evaluation.EvaluateEvents(request(0, 1))
        sizes = {size: _of_size(size, count, empty) for size, count in calls.items()}
    largest = sizes[max(sizes)]
    rivals = {name: largest[f"{name}_seconds"] for name in ("empty-handler", "bare-inserts")}
    rate = largest["events_per_second"]
    promised = f"{LEAST_RATE} events a second in calls of {max(sizes)}: it was {rate}"
    return {
        "ours": largest["seconds"],
        "rivals": rivals,
        "ratio": {name: round(seconds / largest["seconds"], 4) for name, seconds in rivals.items()},
        "events": largest["events"],
        "memory_mb": largest["memory_mb"],
        "events_a_call": {str(size): figures for size, figures in sizes.items()},
        "rows_a_call": {str(size): _of_columns(size, count) for size, count in rows.items()},
        "short_of": [promised] if rate < LEAST_RATE else [],
    }


def _of_size(size: int, calls: int, empty: Server) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger = folder / "ledger.db"
        # One event before: what is compiled on first use is no part of the figures.
        warming = request(0, 1)
        requests = [request(1 + number * size, size) for number in range(calls)]
        events = size * calls
        with running("malus", ledger) as malus:
            check_accepted(warming, malus.evaluation.EvaluateEvents(warming))
            times, answers = _called(malus.evaluation.EvaluateEvents, requests)
            for sent, answer in zip(requests, answers, strict=True):
                check_accepted(sent, answer)
            check_totals(malus, ledger, 1 + events, folder)
        empty_times, _ = _called(empty.evaluation.EvaluateEvents, requests)
        rows_seconds = _bare_inserts(ledger, folder, events)
    seconds = sum(times)
    edge = max(1, calls // 10)
    return {
        "calls": calls,
        "events": events,
        "seconds": round(seconds, 4),
        "events_per_second": round(events / seconds),
        "call_ms": {
            "median": round(statistics.median(times) * 1000, 2),
            "first_tenth": round(statistics.mean(times[:edge]) * 1000, 2),
            "last_tenth": round(statistics.mean(times[-edge:]) * 1000, 2),
        },
        "empty-handler_seconds": round(sum(empty_times), 4),
        "bare-inserts_seconds": round(rows_seconds, 4),
        "memory_mb": malus.memory_mb,
    }


def _of_columns(size: int, calls: int) -> dict[str, Any]:
    """The figures of tallies in columns, and of the same tallies as messages; both ledgers must come to one answer."""
    rows, each = size * calls, min(size, ROWS_PER_COMMIT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running("malus", folder / "columns.db", BUSES) as malus:
            malus.evaluation.EvaluateColumns(columns(0, 1))
            times, answers = _called(
                malus.evaluation.EvaluateColumns, [columns(1 + n * size, size) for n in range(calls)]
            )
            for answer in answers:
                assert list(answer.outcomes) == [wire.EventResult.OUTCOME_ACCEPTED] * size, answer.results
            check_tallies(malus, folder / "columns.db", 1 + rows, folder)
        with running("malus", folder / "messages.db", BUSES) as other:
            other.evaluation.EvaluateEvents(tallies(0, 1))
            asked = [tallies(first, min(each, 1 + rows - first)) for first in range(1, 1 + rows, each)]
            message_times, answers = _called(other.evaluation.EvaluateEvents, asked)
            for sent, answer in zip(asked, answers, strict=True):
                check_accepted(sent, answer)
            check_tallies(other, folder / "messages.db", 1 + rows, folder)
    return {
        "calls": calls,
        "rows": rows,
        "seconds": round(sum(times), 4),
        "rows_per_second": round(rows / sum(times)),
        "call_ms": round(statistics.median(times) * 1000, 2),
        "as_messages_per_second": round(rows / sum(message_times)),
        "memory_mb": malus.memory_mb,
    }


def _called(call: Any, requests: list[Any]) -> tuple[list[float], list[Any]]:
    times, answers = [], []
    for asked in requests:
        began = time.perf_counter()
        answers.append(call(asked))
        times.append(time.perf_counter() - began)
    return times, answers


def _bare_inserts(ledger: Path, folder: Path, events: int) -> float:
    """Median seconds for the rows of the ledger's events, in the order stored, into the same tables of a new file."""
    with driver.connect(ledger) as connection:
        rows = connection.execute("SELECT * FROM events ORDER BY call_number, place").fetchall()[1:]
    assert len(rows) == events
    marks = ", ".join("?" * len(rows[0]))
    times = []
    for repeat in range(REPEATS):
        file = folder / f"bare-{repeat}.db"
        open_ledger(f"sqlite:///{file}").close()
        bare = driver.connect(file, isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        began = time.perf_counter()
        for first in range(0, len(rows), ROWS_PER_COMMIT):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(f"INSERT INTO events VALUES ({marks})", rows[first : first + ROWS_PER_COMMIT])  # noqa: S608 - question marks only
            bare.execute("COMMIT")
        times.append(time.perf_counter() - began)
        assert bare.execute("SELECT * FROM events ORDER BY call_number, place").fetchall() == rows
        bare.close()
    return statistics.median(times)
