"""What a service does under steady load: events a second and memory, minute by minute, for ten minutes if `full`.

One caller sends calls of 1,000 outages as fast as they are answered, to a hundred agreements in turn. SQLite with
synchronous=FULL, one process. Memory is to be flat: what is remembered is bounded, and the rest is in the ledger.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._serving import RULES, Server, check_accepted, check_totals, request, running

AGREEMENTS = 100
EVENTS_A_CALL = 1000
FULL_MINUTES = 10
MINUTE_SECONDS = 60
SMALL_PARTS = 3
SMALL_SECONDS = 10
MOST_GROWTH = 1.1


def measure(*, full: bool) -> dict[str, Any]:
    """Events a second and memory of ten minutes, each by itself; of three times ten seconds unless `full`."""
    return compared(FULL_MINUTES, MINUTE_SECONDS) if full else compared(SMALL_PARTS, SMALL_SECONDS)


def compared(
    parts: int, seconds: float, agreements: int = AGREEMENTS, events_a_call: int = EVENTS_A_CALL
) -> dict[str, Any]:
    """The figures of so many parts of so many seconds; the agreements and the events of a call may be fewer."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules, ledger = folder / "rules", folder / "ledger.db"
        names = [_written(rules, number) for number in range(agreements)]
        sent = dict.fromkeys(names, 0)
        figures = []
        with running("malus", ledger, rules) as malus:
            for agreement in names:
                _send(malus, sent, agreement, 1)
            turn = 0
            for _ in range(parts):
                events, asking, until = 0, 0.0, time.perf_counter() + seconds
                while time.perf_counter() < until:
                    asking += _send(malus, sent, names[turn % agreements], events_a_call)
                    events += events_a_call
                    turn += 1
                figures.append(
                    {"events": events, "events_per_second": round(events / asking), "memory_mb": malus.memory_now_mb()}
                )
            for agreement in names[:1]:
                check_totals(malus, ledger, sent[agreement], folder, agreement, rules)
    return {
        "ours": parts * seconds,
        "rivals": {},
        "ratio": {},
        "events": sum(part["events"] for part in figures),
        "memory_mb": malus.memory_mb,
        "agreements": agreements,
        "seconds_a_part": seconds,
        "parts": figures,
        "short_of": _shortfalls([part["memory_mb"] for part in figures]),
    }


def _shortfalls(memory: list[int]) -> list[str]:
    middle, last = memory[len(memory) // 2], memory[-1]
    if last <= middle * MOST_GROWTH:
        return []
    return [f"flat memory, at most {MOST_GROWTH} times that of the middle at the end: {middle} MB became {last} MB"]


def _written(rules: Path, number: int) -> str:
    """The rule files of one more agreement, alike but for its name."""
    name = f"hosting-{number}"
    folder = rules / name
    folder.mkdir(parents=True)
    for file in RULES.glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace("agreement: it-hosting", f"agreement: {name}")
        (folder / file.name).write_text(text, encoding="utf-8")
    return name


def _send(malus: Server, sent: dict[str, int], agreement: str, count: int) -> float:
    """Send the next outages of an agreement; the seconds until they were durable."""
    asked = request(sent[agreement], count, agreement)
    began = time.perf_counter()
    answer = malus.evaluation.EvaluateEvents(asked)
    took = time.perf_counter() - began
    check_accepted(asked, answer)
    sent[agreement] += count
    return took
