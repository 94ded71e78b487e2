"""What one event a call costs while 32 callers ask at once, beside an empty handler on the same server settings.

All callers speak of one agreement, and each asks again as soon as it is answered. A call that the service refuses
because it is full is repeated as the client library does, and the wait is part of its time. SQLite, synchronous=FULL.
"""

import math
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from malus_client.calls import Caller

from benchmarks._serving import check_accepted, check_totals, request, running

CALLERS = 32
SMALL = 20
FULL = 100
LEAST_SHARE = 0.6
MOST_P99 = 2.0
_DEADLINE_SECONDS = 300


def measure(*, full: bool) -> dict[str, Any]:
    """Seconds for 640 calls of 32 callers (3,200 if `full`), their rate and how long a call takes."""
    return compared(CALLERS, FULL if full else SMALL)


def compared(callers: int, calls: int) -> dict[str, Any]:
    """The figures of so many callers with so many calls each."""
    total = callers * calls
    requests = [[request(1 + caller * calls + number, 1) for number in range(calls)] for caller in range(callers)]
    warming = request(0, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger = folder / "ledger.db"
        with running("malus", ledger) as malus:
            check_accepted(warming, malus.evaluation.EvaluateEvents(warming))
            ours, answers = _asked(malus.evaluation.EvaluateEvents, requests)
            for of_caller, answered in zip(requests, answers, strict=True):
                for sent, answer in zip(of_caller, answered, strict=True):
                    check_accepted(sent, answer)
            check_totals(malus, ledger, 1 + total, folder)
        with running("empty-handler", ledger) as empty:
            empty.evaluation.EvaluateEvents(warming)
            theirs, _ = _asked(empty.evaluation.EvaluateEvents, requests)
    share = theirs["seconds"] / ours["seconds"]
    slower = ours["p99_ms"] / theirs["p99_ms"]
    short_of = []
    if share < LEAST_SHARE:
        short_of.append(f"{LEAST_SHARE} of an empty handler's rate: it was {share:.4f}")
    if slower > MOST_P99:
        short_of.append(f"a p99 of at most {MOST_P99} × an empty handler's: it was {slower:.1f}")
    return {
        "ours": ours["seconds"],
        "rivals": {"empty-handler": theirs["seconds"]},
        "ratio": {"empty-handler": round(share, 4)},
        "events": total,
        "memory_mb": malus.memory_mb,
        "callers": callers,
        "malus": ours,
        "empty-handler": theirs,
        "short_of": short_of,
    }


def _asked(call: Any, requests: list[list[Any]]) -> tuple[dict[str, Any], list[list[Any]]]:
    """All callers at once: the figures, and each caller's answers."""
    together = threading.Barrier(len(requests) + 1)

    def ask(mine: list[Any]) -> tuple[list[float], list[Any], int]:
        tries = 0

        def tried(*given: Any, **named: Any) -> Any:
            nonlocal tries
            tries += 1
            return call(*given, **named)

        caller = Caller(_DEADLINE_SECONDS)
        times, answers = [], []
        together.wait()
        for asked in mine:
            began = time.perf_counter()
            answers.append(caller.call(tried, asked))
            times.append(time.perf_counter() - began)
        return times, answers, tries

    with ThreadPoolExecutor(len(requests)) as pool:
        asking = [pool.submit(ask, mine) for mine in requests]
        together.wait()
        began = time.perf_counter()
        done = [item.result() for item in asking]
        seconds = time.perf_counter() - began
    times = sorted(moment for mine, _, _ in done for moment in mine)
    figures = {
        "seconds": round(seconds, 4),
        "calls_per_second": round(len(times) / seconds, 1),
        "p50_ms": _at(times, 50),
        "p99_ms": _at(times, 99),
        "repeats": sum(tries for _, _, tries in done) - len(times),
    }
    return figures, [answers for _, answers, _ in done]


def _at(times: list[float], percent: int) -> float:
    """The nearest rank, in milliseconds."""
    return round(times[math.ceil(len(times) * percent / 100) - 1] * 1000, 3)
