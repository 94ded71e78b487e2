"""What it costs to start with many agreements: from nothing to a service that listens, its files compiled before.

There is no rival; the promise is five seconds for ten thousand files, and 500 MB of memory when idle. The files are
compiled once, unmeasured by the promise but told as `cold_seconds`. Every agreement must serve, whichever way.
`cpu_seconds` is what a start takes of one core: the machine's other work does not count in it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
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
from malus.composition import keep_what_is_loaded, start_service
rules, ledger = map(Path, sys.argv[1:])
service = start_service(rules=rules, ledger_url=f"sqlite:///{ledger}", address="127.0.0.1:0")
keep_what_is_loaded()
seconds, cpu_seconds = time.perf_counter() - began, time.process_time()
memory_kib = int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0])
from malus.operations.compiled_files import compiler_version
catalogue = service.operations.catalogue
serving = sum(item.is_serving for item in catalogue.agreements("default"))
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "serving": serving, "memory_kib": memory_kib,
                  "generation": catalogue.generation("default"), "compiler": compiler_version()}))
service.stop()
"""


def measure(*, full: bool) -> dict[str, Any]:
    """Starts with 1, 100 and 500 agreements (1, 1,000 and 10,000 if `full`), imports included, and the memory then."""
    sizes = (1, 1_000, 10_000) if full else (1, 100, 500)
    figures = {str(agreements): compared(agreements, REPEATS) for agreements in sizes}
    short_of = [f"{agreements} agreements: {what}" for agreements, each in figures.items() for what in each["short_of"]]
    return {**figures[str(sizes[-1])], "sizes": figures, "short_of": short_of}


def compared(agreements: int, repeats: int) -> dict[str, Any]:
    """The figures of starts with so many agreements; the first compiles, the others remember."""
    with tempfile.TemporaryDirectory() as scratch:
        rules = write_rules(Path(scratch) / "rules", agreements)
        cold = _started(rules, Path(scratch))
        warm = [_started(rules, Path(scratch)) for _ in range(repeats)]
    for started in (cold, *warm):
        assert started["serving"] == agreements, f"{started['serving']} of {agreements} serve"
        # Other code may mean other digests, and what was remembered is then compiled anew: that says nothing of memory.
        assert started["compiler"] == cold["compiler"], "malus was changed while this ran: run it again"
        assert started["generation"] == cold["generation"], "what is remembered is not what was compiled"
    seconds = statistics.median(started["seconds"] for started in warm)
    memory_mb = round(max(started["memory_kib"] for started in warm) * 1024 / 1e6)
    short_of = []
    if seconds > MOST_SECONDS * max(1, agreements / 10_000):
        short_of.append(f"{MOST_SECONDS} s: {seconds:.1f} s")
    if memory_mb > MOST_MEMORY_MB:
        short_of.append(f"{MOST_MEMORY_MB} MB when idle: {memory_mb} MB")
    return {
        "ours": round(seconds, 3),
        "rivals": {},
        "ratio": {},
        "events": 0,
        "agreements": agreements,
        "cpu_seconds": round(statistics.median(started["cpu_seconds"] for started in warm), 2),
        "cold_seconds": round(cold["seconds"], 2),
        "memory_mb": memory_mb,
        "cold_memory_mb": round(cold["memory_kib"] * 1024 / 1e6),
        "short_of": short_of,
    }


def _started(rules: Path, scratch: Path) -> dict[str, Any]:
    words = [sys.executable, "-c", _PROGRAM, str(rules), str(scratch / "ledger.db")]
    remembered = {**os.environ, "MALUS_CACHE": str(scratch / "cache")}
    ended = subprocess.run(words, check=True, capture_output=True, text=True, env=remembered)
    started: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return started
