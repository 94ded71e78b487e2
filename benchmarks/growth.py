"""How a batch grows: ten times the events, ten times the agreements, ten times the history.

Promised: ten times the events take ten times the time, within 15 %, and no more memory where they lie by agreement.
Times are the growth's own: what a batch costs without any event is taken off. Each size is a process of its own, and
sizes take turns; the answers of both orders of the same events must be equal.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._yardstick import write_rules

REPEATS = 5
MOST_GROWTH = 11.5
MOST_MEMORY_GROWTH = 1.15
_SECOND = 1_000_000
_START = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
_MONTH = 30 * 86_400
_ROW_GROUP = 131_072

_PROGRAM = """
import hashlib, json, sys, time
from pathlib import Path
from malus.command_line.batching import judged_batch
from malus.composition import judge
from malus.operations.agreements import load_agreements
from malus.operations.compiled_files import CompiledFiles
rules, cache, events = map(Path, sys.argv[1:4])
loaded = load_agreements([rules], remembered=CompiledFiles(cache))
judgement, as_of = judge(), int(sys.argv[4])
texts = {name: terms for name, terms in loaded.judged().items() if int(name[1:]) < int(sys.argv[5])}
judged_batch(texts, [], as_of, judgement)
began = time.perf_counter()
judged_batch(texts, [], as_of, judgement)
empty = time.perf_counter() - began
files = sorted(events.glob("*.parquet"))
began = time.perf_counter()
batch, _ = judged_batch(texts, files, as_of, judgement)
seconds = time.perf_counter() - began
said = json.dumps([batch.verdicts.to_pylist(), batch.credits.to_pylist(), batch.rights.to_pylist()], default=str)
peak_kib = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
print(json.dumps({"seconds": seconds, "empty": empty, "peak_mb": round(peak_kib * 1024 / 1e6), "events": batch.events,
                  "digest": hashlib.sha256(said.encode()).hexdigest()}))
"""


def measure(*, full: bool) -> dict[str, Any]:
    """From 200 thousand events of 100 agreements over 6 months; from 2 million if `full`."""
    return compared(2_000_000 if full else 200_000, 100, 6, REPEATS)


def compared(events: int, agreements: int, months: int, repeats: int) -> dict[str, Any]:
    """The figures of a base size and of ten times each of events, agreements and months (a tenth of each is base)."""
    sizes = {
        "base": (events, agreements, months),
        "events": (10 * events, agreements, months),
        "agreements": (events, 10 * agreements, months),
        "history": (events, agreements, 10 * months),
        "shuffled": (events, agreements, months),
    }
    with tempfile.TemporaryDirectory() as scratch:
        rules = write_rules(Path(scratch) / "rules", 10 * agreements)
        for name, size in sizes.items():
            _write_events(Path(scratch) / name, *size, shuffled=name == "shuffled")
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in sizes}
        for _ in range(repeats):
            for name, size in sizes.items():
                runs[name].append(_run(rules, Path(scratch), name, size))
    assert runs["base"][0]["digest"] == runs["shuffled"][0]["digest"], "the order of rows changes the answer"
    growth = {
        name: round(statistics.median(_own(run) / _own(base) for run, base in zip(mine, runs["base"], strict=True)), 2)
        for name, mine in runs.items()
    }
    # The first process of all compiles the rule files too, so the most that some run held is not what a batch holds.
    memory = {name: statistics.median(run["peak_mb"] for run in mine) for name, mine in runs.items()}
    short_of = []
    if growth["events"] > MOST_GROWTH:
        short_of.append(f"at most {MOST_GROWTH} times the time for ten times the events: {growth['events']}")
    if memory["events"] > MOST_MEMORY_GROWTH * memory["base"]:
        short_of.append(f"flat memory for ten times the events: {memory['events']} MB after {memory['base']}")
    return {
        "ours": statistics.median(run["seconds"] for run in runs["base"]),
        "rivals": {},
        "ratio": {},
        "events": events,
        "sizes": {name: list(size) for name, size in sizes.items()},
        "memory_mb": memory["base"],
        "seconds": {name: statistics.median(run["seconds"] for run in mine) for name, mine in runs.items()},
        "without_events": {name: statistics.median(run["empty"] for run in mine) for name, mine in runs.items()},
        "growth": growth,
        "memory_mb_of": memory,
        "short_of": short_of,
    }


def _own(run: dict[str, Any]) -> float:
    """What the events themselves cost."""
    return max(1e-6, float(run["seconds"]) - float(run["empty"]))


def _write_events(folder: Path, events: int, agreements: int, months: int, *, shuffled: bool) -> None:
    folder.mkdir()
    chance = np.random.default_rng(7)
    agreement = np.sort(chance.integers(0, agreements, events))
    start = _START + chance.integers(0, months * _MONTH, events)
    order = np.random.default_rng(8).permutation(events) if shuffled else np.lexsort((start, agreement))
    kind = chance.choice(3, events, p=[0.8, 0.1, 0.1])
    total = chance.integers(1, 20_000, events)
    columns = {
        "agreement": pa.DictionaryArray.from_arrays(
            pa.array(agreement[order], pa.int32()), [f"a{number:04d}" for number in range(agreements)]
        ),
        "kind": pa.DictionaryArray.from_arrays(pa.array(kind[order], pa.int32()), ["tally", "outage", "incident"]),
        "start": pa.array(start[order] * _SECOND, pa.timestamp("us", "UTC")),
        "end": pa.array((start + chance.integers(1, 3600, events))[order] * _SECOND, pa.timestamp("us", "UTC")),
        "good": pa.array((total - total // 700)[order], mask=(kind != 0)[order]),
        "total": pa.array(total[order], mask=(kind != 0)[order]),
        "priority": pa.array((1 + total % 3)[order], pa.int8(), mask=(kind != 2)[order]),
    }
    pq.write_table(pa.table(columns), folder / "events.parquet", row_group_size=_ROW_GROUP, compression="zstd")


def _run(rules: Path, scratch: Path, name: str, size: tuple[int, int, int]) -> dict[str, Any]:
    _, agreements, months = size
    as_of = (_START + (months + 1) * _MONTH) * _SECOND
    words = [str(rules), str(scratch / "cache"), str(scratch / name), str(as_of), str(agreements)]
    ended = subprocess.run([sys.executable, "-c", _PROGRAM, *words], check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told
