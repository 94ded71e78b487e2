"""What a batch on Spark costs: the yardstick's job on `local[2]`, beside the job that an expert writes by hand there.

The rival (`_spark_rival.py`) groups by agreement over Arrow too and has the terms in its code. Each run is a process of
its own with a session of its own. `ours` and `rivals` are the job alone, timed once the session stands, for a user
starts one session and runs many jobs, until the answers lie on disk; `whole_process` is all of it, Java's start and
ours of the rule files too; `cpu_seconds` is what the job took of all processors, in every process. Before any time is
told the rival's answers must be ours, row by row, and what Spark writes must be, byte for byte, what the local engine
writes. Needs pyspark (`pip install 'malus[spark]'`) and Java 17; `MALUS_YARDSTICK` names the folder of the yardstick.
"""

import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import batch
from benchmarks._answers import digest_of
from benchmarks._yardstick import AGREEMENTS, AS_OF, write_rules

REPEATS = 5
RIVAL = "apply_in_arrow"
PROMISED = 1.0
_HERE = Path(__file__).parents[1]

_PROGRAM = """
import json, sys, time
from pathlib import Path
from malus.batch.answers import write_batch
from malus.batch.running import judge_batch
from malus.batch.spark import rows_on_spark
from malus.command_line.batch_events import FromSpark
from malus.command_line.batching import judged_batch
from malus.composition import judge, matcher_of
from malus.model.instants import parse_instant
from malus.operations.agreements import load_agreements
from malus.operations.compiled_files import CompiledFiles
rules, cache, events, out, answers = map(Path, sys.argv[1:6])
sys.path.insert(0, sys.argv[6])
from benchmarks._process_tree import used
judgement, as_of, files = judge(), parse_instant(sys.argv[7], None), sorted(events.glob("*.parquet"))
loaded = load_agreements([rules], remembered=CompiledFiles(cache))
texts = loaded.judged()
write = lambda batch, folder: write_batch(batch, folder, texts, lambda text: loaded.contents[text.path].decode())
with rows_on_spark(files, "local[2]") as rows:
    before = used()["cpu_seconds"]
    began = time.perf_counter()
    from_spark = FromSpark(texts, files, as_of, judgement, rows)
    batch = judge_batch(texts, as_of=as_of, matcher=matcher_of(judgement), fold=rows.fold, one_by_one=from_spark)
    write(batch, out)
    seconds = time.perf_counter() - began
    told = used()
if len(sys.argv) > 8:
    import pyarrow.parquet as pq
    from benchmarks._answers import yardstick_answers
    pq.write_table(yardstick_answers(batch), answers)
    here, _ = judged_batch(texts, files, as_of, judgement)
    write(here, Path(sys.argv[8]))
told["cpu_seconds"] -= before
print(json.dumps({"seconds": seconds, **told, "events": batch.events, "folded": len(batch.folded)}))
"""


def measure(*, full: bool) -> dict[str, Any]:
    """200 thousand events by agreement and by time (20 million if `full`), in paired runs."""
    missing = what_is_missing()
    if missing:
        sys.exit(f"the benchmark `spark` cannot run: {' and '.join(missing)}")
    with tempfile.TemporaryDirectory() as scratch:
        orders = {}
        for order in ("agreement", "time"):
            data = batch.events_of(20_000_000 if full else 200_000, order, Path(scratch))
            orders[order] = compared(data, Path(scratch), AGREEMENTS, REPEATS)
    assert len({figures["digest"] for figures in orders.values()}) == 1, "the order of rows changes the answer"
    short_of = [
        f"{order}: no slower than {RIVAL}: {figures['ratio'][RIVAL]}"
        for order, figures in orders.items()
        if figures["ratio"][RIVAL] < PROMISED
    ]
    worst = min(orders.values(), key=lambda figures: figures["ratio"][RIVAL])
    return {**worst, "orders": orders, "short_of": short_of}


def what_is_missing() -> list[str]:
    """What this machine lacks for Spark, in words."""
    return [
        *([] if importlib.util.find_spec("pyspark") else ["pyspark is not installed (pip install 'malus[spark]')"]),
        *([] if shutil.which("java") else ["there is no java on PATH"]),
    ]


def compared(data: Path, scratch: Path, agreements: int, repeats: int) -> dict[str, Any]:
    """The figures of one folder of events: answers compared, then medians of runs that take turns."""
    rules = scratch / "rules"
    if not rules.exists():
        write_rules(rules, agreements)
    checked = _ours(rules, scratch, data, check=True)
    _rival(scratch, data, agreements)
    ours, theirs = (pq.read_table(scratch / name) for name in ("answers.parquet", "rival.parquet"))
    assert theirs.equals(ours.cast(theirs.schema)), f"{RIVAL} answers otherwise"
    assert written(scratch / "out") == written(scratch / "here"), "Spark writes other bytes than the local engine"
    runs: dict[str, list[dict[str, Any]]] = {"ours": [], RIVAL: []}
    for _ in range(repeats):
        runs["ours"].append(_ours(rules, scratch, data, check=False))
        runs[RIVAL].append(_rival(scratch, data, agreements))
    return {
        "ours": _median(runs["ours"], "seconds"),
        "rivals": {RIVAL: _median(runs[RIVAL], "seconds")},
        "ratio": {RIVAL: _ratio(runs, "seconds")},
        "events": checked["events"],
        "memory_mb": max(run["peak_mb"] for run in runs["ours"]),
        "memory_mb_of": {RIVAL: max(run["peak_mb"] for run in runs[RIVAL])},
        "cpu_seconds": {name: _median(mine, "cpu_seconds") for name, mine in runs.items()},
        "whole_process": {name: _median(mine, "whole") for name, mine in runs.items()},
        "whole_process_ratio": _ratio(runs, "whole"),
        "agreements_folded": checked["folded"],
        "digest": digest_of(ours),
    }


def written(folder: Path) -> dict[str, bytes]:
    """What lies in a folder of answers, byte for byte."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def _median(runs: list[dict[str, Any]], name: str) -> float:
    return round(statistics.median(run[name] for run in runs), 3)


def _ratio(runs: dict[str, list[dict[str, Any]]], name: str) -> float:
    """The median of rival ÷ ours over the pairs: what else the machine does falls on both of a pair alike."""
    pairs = zip(runs[RIVAL], runs["ours"], strict=True)
    return round(statistics.median(rival[name] / ours[name] for rival, ours in pairs), 2)


def _ours(rules: Path, scratch: Path, data: Path, *, check: bool) -> dict[str, Any]:
    words = [rules, scratch / "cache", data, scratch / "out", scratch / "answers.parquet", _HERE, AS_OF]
    return _told(["-c", _PROGRAM, *map(str, words), *([str(scratch / "here")] if check else [])])


def _rival(scratch: Path, data: Path, agreements: int) -> dict[str, Any]:
    return _told(["-m", "benchmarks._spark_rival", str(data), str(agreements), str(scratch / "rival.parquet")])


def _told(words: list[str]) -> dict[str, Any]:
    began = time.perf_counter()
    ended = subprocess.run([sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=_HERE)
    whole = time.perf_counter() - began
    told: dict[str, Any] = {**json.loads(ended.stdout.splitlines()[-1]), "whole": whole}
    return told
