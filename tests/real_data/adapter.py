"""Owns how two real logs become event files: public uptime checks, and the state changes of a service desk.

Does not own: any figure (plain works those out), or the terms (the rule files beside this module), but for the names
in the terms of the other services that were checked: they are those of TORO Dynmap with another service.

    python -m tests.real_data.adapter FOLDER_OF_THE_LOGS FOLDER_TO_WRITE
"""

import csv
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

CHECKS_LOG = "uptime-checks-2024-2026.csv"
INCIDENTS_LOG = "incidents-2016.csv"

RULES = Path(__file__).parent / "rules"
WRITTEN_SERVICE = "TORO Dynmap"
SERVICE_DESK = "service-desk"

#: The one state in which the desk's clock stands still, and the reason that the rule file knows it by.
WAITING_STATE, WAITING_REASON = "Awaiting User Info", "awaiting-user-info"

LogRow: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Where the rule files and event files of both logs stand, and how many rows each event file holds."""

    rules: Path
    events: Path
    checks: int
    incident_facts: int


def prepare(logs: Path, folder: Path) -> Prepared:
    """Write `rules/` and `events/` of both logs into a folder. A log that is missing raises FileNotFoundError."""
    checks, incidents = _rows(logs / CHECKS_LOG), _rows(logs / INCIDENTS_LOG)
    rules, events = folder / "rules", folder / "events"
    shutil.copytree(RULES, rules)
    _write_terms_of_the_other_services({row["service"] for row in checks} - {WRITTEN_SERVICE}, rules)
    events.mkdir()
    return Prepared(
        rules=rules,
        events=events,
        checks=_write(events / "checks.csv", check_events(checks)),
        incident_facts=_write(events / "incidents.csv", incident_events(incidents)),
    )


def name_of(service: str) -> str:
    """The kebab-case name under which a service of the log has its agreement: `TORO Dynmap` is `toro-dynmap`."""
    return re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-")


def check_events(rows: Iterable[LogRow]) -> Iterator[LogRow]:
    """A check event for each row of the log; the log's own order is the sequence at equal instants."""
    for sequence, row in enumerate(rows):
        name = name_of(row["service"])
        yield {
            "kind": "check",
            "agreement": name,
            "service": name,
            "at": row["checked_at"],
            "state": row["state"],
            "sequence": str(sequence),
        }


def incident_events(rows: Iterable[LogRow]) -> Iterator[LogRow]:
    """The transitions of each incident: opened, paused and resumed around every wait for the user, resolved.

    The opening carries the priority of the first row and the resolution that of the last one. An incident without
    `resolved_at` has no resolution; its other facts are there all the same.
    """
    by_number: dict[str, list[LogRow]] = {}
    for row in rows:
        by_number.setdefault(row["number"], []).append(row)
    for number, unordered in by_number.items():
        # Two rows of the log share a number in its sequence twice; a stable sort leaves them as they stand.
        states = sorted(unordered, key=lambda row: int(row["sys_mod_count"]))
        for sequence, fact in enumerate(_transitions(states)):
            yield {
                "kind": "incident",
                "agreement": SERVICE_DESK,
                "incident_id": number,
                "sequence": str(sequence),
                **fact,
            }


def _transitions(states: Sequence[LogRow]) -> Iterator[LogRow]:
    first, last = states[0], states[-1]
    yield {"transition": "opened", "at": _utc(first["opened_at"]), "priority": _priority(first)}
    for row, following in pairwise([*states, None]):
        if row is None or row["incident_state"] != WAITING_STATE:
            continue
        yield {"transition": "paused", "at": _utc(row["sys_updated_at"]), "reason": WAITING_REASON}
        if following is not None:
            if _utc(following["sys_updated_at"]) < _utc(row["sys_updated_at"]):
                raise ValueError(f"{row['number']}: a wait for the user ends before it starts")
            yield {"transition": "resumed", "at": _utc(following["sys_updated_at"])}
    if last["resolved_at"] != "?":
        # Told last: a wait that starts at the very instant of the resolution starts before it and lasts no time.
        yield {"transition": "resolved", "at": _utc(last["resolved_at"]), "priority": _priority(last)}


def _priority(row: LogRow) -> str:
    return row["priority"].split(" - ")[1].lower()


def _utc(text: str) -> str:
    moment = datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_terms_of_the_other_services(services: Iterable[str], rules: Path) -> None:
    (written,) = (RULES / name_of(WRITTEN_SERVICE)).glob("*.yaml")
    text = written.read_text(encoding="utf-8")
    for service in services:
        folder = rules / name_of(service)
        folder.mkdir()
        other = text.replace(name_of(WRITTEN_SERVICE), name_of(service)).replace(WRITTEN_SERVICE, service)
        (folder / written.name).write_text(other, encoding="utf-8")


def _rows(log: Path) -> list[LogRow]:
    with log.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, events: Iterable[LogRow]) -> int:
    rows = list(events)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
