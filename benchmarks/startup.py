"""What it costs to start with many agreements: from nothing to a catalogue that serves, its files compiled before.

There is no rival; the promise is five seconds for ten thousand files, and 500 MB of memory when idle. The files are
compiled once, unmeasured by the promise but told as `cold_seconds`. Every agreement must serve, whichever way.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._yardstick import write_rules

REPEATS = 5
MOST_SECONDS = 5
MOST_MEMORY_MB = 500

_PROGRAM = """
import json, sys, time
from pathlib import Path
began = time.perf_counter()
from malus.composition import judge
from malus.operations.catalogue import load_catalogue
from malus.operations.compiled_files import CompiledFiles, compiler_version
rules, cache = map(Path, sys.argv[1:])
catalogue = load_catalogue(
    {"default": [rules]}, judge=judge(), now=1_790_000_000_000_000, remembered=CompiledFiles(cache)
)
seconds = time.perf_counter() - began
serving = sum(item.is_serving for item in catalogue.agreements("default"))
status = Path("/proc/self/status").read_text()
memory_kib = int(status.split("VmRSS:")[1].split()[0])
print(json.dumps({"seconds": seconds, "serving": serving, "memory_kib": memory_kib,
                  "generation": catalogue.generation("default"), "compiler": compiler_version()}))
"""


def measure(*, full: bool) -> dict[str, Any]:
    """Seconds of a start with 500 agreements (10,000 if `full`), imports included, and the memory held then."""
    return compared(10_000 if full else 500, REPEATS)


def compared(agreements: int, repeats: int) -> dict[str, Any]:
    """The figures of starts with so many agreements; the first compiles, the others remember."""
    with tempfile.TemporaryDirectory() as scratch:
        rules = write_rules(Path(scratch) / "rules", agreements)
        cache = Path(scratch) / "cache"
        began = time.perf_counter()
        cold = _started(rules, cache)
        cold_seconds = time.perf_counter() - began
        warm = [_started(rules, cache) for _ in range(repeats)]
    for started in (cold, *warm):
        assert started["serving"] == agreements, f"{started['serving']} of {agreements} serve"
        # Other code may mean other digests, and what was remembered is then compiled anew: that says nothing of memory.
        assert started["compiler"] == cold["compiler"], "malus was changed while this ran: run it again"
        assert started["generation"] == cold["generation"], "what is remembered is not what was compiled"
    seconds = statistics.median(started["seconds"] for started in warm)
    memory_mb = max(started["memory_kib"] for started in warm) // 1024
    short_of = []
    if seconds * 10_000 > MOST_SECONDS * max(agreements, 10_000):
        short_of.append(f"{MOST_SECONDS} s for 10,000 files")
    if memory_mb > MOST_MEMORY_MB:
        short_of.append(f"{MOST_MEMORY_MB} MB when idle")
    return {
        "ours": seconds,
        "rivals": {},
        "ratio": {},
        "events": 0,
        "agreements": agreements,
        "cold_seconds": round(cold_seconds, 2),
        "memory_mb": memory_mb,
        "short_of": short_of,
    }


def _started(rules: Path, cache: Path) -> dict[str, Any]:
    words = [sys.executable, "-c", _PROGRAM, str(rules), str(cache)]
    ended = subprocess.run(words, check=True, capture_output=True, text=True)
    started: dict[str, Any] = json.loads(ended.stdout)
    return started
