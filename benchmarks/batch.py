"""What a batch costs: the yardstick's job, from Parquet files to every level, credit, cap and right, written.

Rivals are the yardstick's own scripts, each a process of its own, as they stand in the folder that `MALUS_YARDSTICK`
names (this project does not hold them). `MALUS_YARDSTICK_PYTHON` names an interpreter that has what they import. Every
rival's answers must have our digest before any time is told. `scan` gives no answers: it only reads the columns.
Ours is timed as theirs are: in the process, imports apart, until the answers lie on disk. Rivals have the terms in
their code; ours are in rule files, so the time to load them is told beside (`rules_seconds`).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._yardstick import AS_OF, write_rules

REPEATS = 5
RIVALS = ("duckdb_sql", "polars_frame", "pandas_frame", "plain_python", "scan")
#: How many times faster we promise to be, at 2 million events and at 20 million.
PROMISED = {
    2_000_000: {"duckdb_sql": 2.0},
    20_000_000: {"duckdb_sql": 2.5, "polars_frame": 2.5, "pandas_frame": 5.0, "scan": 0.66},
}
#: The same rows in random order, against the least that a user would write: SQL.
PROMISED_SHUFFLED = {20_000_000: {"duckdb_sql": 1.5}}
_FILES, _ROW_GROUP = 8, 131_072
#: A rival that takes minutes is run once, and not at all in the full size.
_SLOW = "plain_python"

_PROGRAM = """
import json, sys, time
from pathlib import Path
from malus.batch.answers import write_batch
from malus.command_line.batching import judged_batch
from malus.composition import judge
from malus.model.instants import parse_instant
from malus.operations.agreements import load_agreements
from malus.operations.compiled_files import CompiledFiles
rules, cache, events, out = map(Path, sys.argv[1:5])
judgement = judge()
began = time.perf_counter()
loaded = load_agreements([rules], remembered=CompiledFiles(cache))
rules_seconds = time.perf_counter() - began
files = sorted(events.glob("*.parquet"))
began = time.perf_counter()
texts = loaded.judged()
batch, _ = judged_batch(texts, files, parse_instant(sys.argv[5], None), judgement)
write_batch(batch, out, texts, lambda text: loaded.contents[text.path].decode())
seconds = time.perf_counter() - began
status = Path("/proc/self/status").read_text()
peak_kib = int(status.split("VmHWM:")[1].split()[0])
if len(sys.argv) > 6:
    sys.path[:0] = sys.argv[6:]
    import answers
    import pyarrow.parquet as pq
    from benchmarks._answers import yardstick_answers
    digest = answers.digest(yardstick_answers(batch).select(answers.SCHEMA.names).cast(answers.SCHEMA))
else:
    digest = None
print(json.dumps({"seconds": seconds, "rules_seconds": rules_seconds, "peak_mb": round(peak_kib * 1024 / 1e6),
                  "events": batch.events, "digest": digest, "folded": len(batch.folded)}))
"""


def measure(*, full: bool) -> dict[str, Any]:
    """200 thousand events in both orders and in none (20 million if `full`), against every rival, in paired runs."""
    events = 20_000_000 if full else 200_000
    rivals = [name for name in RIVALS if not (full and name == _SLOW)]
    with tempfile.TemporaryDirectory() as scratch:
        orders = {}
        for order in ("agreement", "time", "shuffled"):
            data = events_of(events, order, Path(scratch))
            mine = ["duckdb_sql"] if order == "shuffled" else rivals
            orders[order] = compared(data, Path(scratch), mine, REPEATS)
    assert len({figures["digest"] for figures in orders.values()}) == 1, "the order of rows changes the answer"
    worst = max((orders["agreement"], orders["time"]), key=lambda figures: figures["ours"])
    short_of = [
        f"{order}: {what}"
        for order, figures in orders.items()
        for what in _short_of((PROMISED_SHUFFLED if order == "shuffled" else PROMISED).get(events, {}), figures)
    ]
    return {**worst, "orders": orders, "short_of": short_of}


def compared(data: Path, scratch: Path, rivals: list[str], repeats: int) -> dict[str, Any]:
    """The figures of one folder of events: medians of runs that take turns."""
    yardstick = _yardstick()
    rules = scratch / "rules"
    if not rules.exists():
        write_rules(rules)
    answer = _ours(rules, scratch, data, yardstick)
    runs: dict[str, list[dict[str, Any]]] = {"ours": []}
    for name in rivals:
        first = agreeing(name, data, answer["digest"])
        runs[name] = [first] if name == _SLOW else []
    for _ in range(repeats):
        runs["ours"].append(_ours(rules, scratch, data, None))
        for name in rivals:
            if name != _SLOW:
                runs[name].append(_rival(yardstick, name, data))
    medians = {name: statistics.median(run["seconds"] for run in mine) for name, mine in runs.items()}
    ours = medians.pop("ours")
    return {
        "ours": ours,
        "rivals": medians,
        "ratio": {name: _ratio(runs, name) for name in medians},
        "events": answer["events"],
        "memory_mb": max(run["peak_mb"] for run in runs["ours"]),
        "memory_mb_of": {name: max(run["peak_mb"] for run in runs[name]) for name in rivals},
        "rules_seconds": statistics.median(run["rules_seconds"] for run in runs["ours"]),
        "agreements_folded": answer["folded"],
        "digest": answer["digest"],
    }


def agreeing(name: str, data: Path, digest: str) -> dict[str, Any]:
    """One run of a rival; fails where it answers otherwise than we do."""
    told = _rival(_yardstick(), name, data)
    assert told["digest"] in (None, digest), f"{name} answers otherwise"
    return told


def _ratio(runs: dict[str, list[dict[str, Any]]], name: str) -> float:
    """The median of rival ÷ ours over the pairs: what else the machine does falls on both of a pair alike."""
    pairs = zip(runs[name], runs["ours"], strict=False)
    return round(statistics.median(rival["seconds"] / ours["seconds"] for rival, ours in pairs), 2)


def _short_of(promised: dict[str, float], figures: dict[str, Any]) -> list[str]:
    short = [
        f"{least} x {name}: {figures['ratio'][name]}"
        for name, least in promised.items()
        if name in figures["ratio"] and figures["ratio"][name] < least
    ]
    rival = figures["memory_mb_of"].get("duckdb_sql")
    if promised and rival is not None and figures["memory_mb"] > rival:
        short.append(f"no more memory than duckdb_sql: {figures['memory_mb']} MB against {rival}")
    return short


def _yardstick() -> Path:
    folder = os.environ.get("MALUS_YARDSTICK", "")
    if not folder or not (Path(folder) / "answers.py").exists():
        sys.exit("set MALUS_YARDSTICK to the folder of the yardstick: generate.py, answers.py and rivals/")
    return Path(folder)


def _python() -> str:
    return os.environ.get("MALUS_YARDSTICK_PYTHON", sys.executable)


def events_of(events: int, order: str, scratch: Path) -> Path:
    """The yardstick's events, made once: kept in `MALUS_YARDSTICK_DATA` where that is set, else with the run."""
    yardstick = _yardstick()
    kept = os.environ.get("MALUS_YARDSTICK_DATA")
    folder = (Path(kept) if kept else scratch) / f"{events}-{order}"
    if folder.exists():
        return folder
    if order == "shuffled":
        shuffle(events_of(events, "agreement", scratch), folder)
    else:
        words = [_python(), str(yardstick / "generate.py"), "--events", str(events), "--order", order]
        subprocess.run([*words, "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


def shuffle(source: Path, folder: Path) -> None:
    """The rows of a folder of events in an order of chance, the same each time, in files of the same make."""
    table = pq.read_table(source, memory_map=True).unify_dictionaries()
    order = np.random.default_rng(9).permutation(table.num_rows)
    groups = -(-table.num_rows // _ROW_GROUP)
    a_file = -(-groups // _FILES) * _ROW_GROUP
    folder.mkdir(parents=True)
    for number, first in enumerate(range(0, table.num_rows, a_file)):
        mine = table.take(pa.array(order[first : first + a_file]))
        place = folder / f"events-{number:03d}.parquet"
        pq.write_table(mine, place, row_group_size=_ROW_GROUP, compression="zstd")


def _rival(yardstick: Path, name: str, data: Path) -> dict[str, Any]:
    return _told([_python(), str(yardstick / "rivals" / f"{name}.py"), str(data)])


def _ours(rules: Path, scratch: Path, data: Path, yardstick: Path | None) -> dict[str, Any]:
    words = [sys.executable, "-c", _PROGRAM, str(rules), str(scratch / "cache"), str(data), str(scratch / "out"), AS_OF]
    return _told(words if yardstick is None else [*words, str(yardstick), str(Path(__file__).parents[1])])


def _told(words: list[str]) -> dict[str, Any]:
    ended = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told
