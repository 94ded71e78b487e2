"""The figures of both logs, worked out with whole seconds and exact fractions and nothing else.

Knows nothing of the engine and shares no line with it or with the adapter: where the two agree, it is not because
one copied the other.

    python -m tests.real_data.plain FOLDER_OF_THE_LOGS
"""

import csv
import sys
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

FEE = Fraction(100)
HOURS = {"1 - Critical": 4, "2 - High": 8, "3 - Moderate": 24, "4 - Low": 120}


class UptimeMonth(NamedTuple):
    down: int
    seconds: int
    level: Fraction
    credit: Fraction


class DeskMonth(NamedTuple):
    resolved: int
    in_time: int


class Worked(NamedTuple):
    number: str
    priority: str
    month: str | None
    seconds: int


def uptime_months(logs: Path, first: str, stop: str) -> dict[tuple[str, str], UptimeMonth]:
    """Every service and month from `first` up to but not with `stop` (`2026-07`), where the last state stays."""
    checks: dict[str, list[tuple[datetime, str]]] = {}
    with (logs / "uptime-checks-2024-2026.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = moment(row["checked_at"], "%Y-%m-%dT%H:%M:%SZ")
            checks.setdefault(row["service"], []).append((at, row["state"]))
    found = {}
    for service, rows in checks.items():
        month = first
        while month != stop:
            start, end = bounds(month)
            down = 0
            for place, (at, state) in enumerate(rows):
                until = rows[place + 1][0] if place + 1 < len(rows) else bounds(stop)[0]
                if state == "down" and until > start and at < end:
                    down += whole_seconds(min(until, end) - max(at, start))
            seconds = whole_seconds(end - start)
            level = Fraction(seconds - down, seconds)
            found[service, month] = UptimeMonth(down, seconds, level, credit(level))
            month = following(month)
    return found


def credit(level: Fraction) -> Fraction:
    if level < Fraction(95, 100):
        return FEE
    if level < Fraction(99, 100):
        return FEE * 25 / 100
    if level < Fraction(999, 1000):
        return FEE * 10 / 100
    return Fraction(0)


def desk_months(incidents: list[Worked], first: str, stop: str) -> dict[tuple[str, str], DeskMonth]:
    """Every priority and month from `first` up to but not with `stop`, also those without any resolution."""
    found = {}
    for priority in HOURS:
        month = first
        while month != stop:
            here = [item for item in incidents if (item.priority, item.month) == (priority, month)]
            found[priority, month] = DeskMonth(len(here), sum(in_time(item) for item in here))
            month = following(month)
    return found


def desk_incidents(logs: Path, until: str) -> list[Worked]:
    """Each incident's time up to its resolution (month None: not resolved, up to the first of month `until`)."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (logs / "incidents-2016.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["number"], []).append(row)
    worked = []
    for number, states in rows.items():
        states.sort(key=lambda row: int(row["sys_mod_count"]))
        last = states[-1]
        is_resolved = last["resolved_at"] != "?"
        end = civil(last["resolved_at"]) if is_resolved else bounds(until)[0]
        seconds = whole_seconds(end - civil(last["opened_at"]))
        for place, row in enumerate(states):
            if row["incident_state"] == "Awaiting User Info":
                since = min(civil(row["sys_updated_at"]), end)
                then = min(civil(states[place + 1]["sys_updated_at"]), end) if place + 1 < len(states) else end
                seconds -= whole_seconds(then - since)
        worked.append(Worked(number, last["priority"], end.strftime("%Y-%m") if is_resolved else None, seconds))
    return worked


def in_time(incident: Worked) -> bool:
    return incident.seconds <= HOURS[incident.priority] * 3600


def bounds(month: str) -> tuple[datetime, datetime]:
    return moment(month, "%Y-%m"), moment(following(month), "%Y-%m")


def following(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02}"


def civil(text: str) -> datetime:
    return moment(text, "%d-%m-%Y %H:%M")


def moment(text: str, form: str) -> datetime:
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def whole_seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def decimal(value: Fraction, places: int) -> str:
    whole, rest = divmod(round(value * 10**places), 10**places)
    return f"{whole}.{rest:0{places}}"


def main(logs: Path) -> None:
    for (service, month), uptime in uptime_months(logs, "2024-04", "2026-07").items():
        level, owed = f"{decimal(uptime.level * 100, 6)} %", f"{decimal(uptime.credit, 2)} EUR"
        sys.stdout.write(f"{service} {month}: {uptime.down} s of {uptime.seconds} s down, {level}, {owed}\n")
    incidents = desk_incidents(logs, "2017-03")
    for (priority, month), desk in desk_months(incidents, "2016-02", "2017-03").items():
        sys.stdout.write(f"{priority} {month}: {desk.in_time} of {desk.resolved} in time\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
