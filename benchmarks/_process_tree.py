"""What a program on Spark has used: its own process, the Java machine and the workers beneath it."""

import os
from pathlib import Path


def used() -> dict[str, float]:
    """`peak_mb` and `cpu_seconds` of this process and of all beneath it, added up.

    Memory in MB of 10**6 bytes is that of processes which still run; pages that they share count in each, so it is the
    most that it can have been. Processor time counts those that ended too, once whoever started them knows it.
    """
    parents: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                told = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents.setdefault(int(told[1]), []).append(int(place.name))
            ticks[int(place.name)] = sum(map(int, told[11:15]))
    kib, spent, waiting = 0, 0, [os.getpid()]
    while waiting:
        process = waiting.pop()
        waiting += parents.get(process, [])
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        kib += int(status.split("VmHWM:")[1].split()[0]) if "VmHWM:" in status else 0
        spent += ticks.get(process, 0)
    return {"peak_mb": round(kib * 1024 / 1e6), "cpu_seconds": round(spent / os.sysconf("SC_CLK_TCK"), 2)}
