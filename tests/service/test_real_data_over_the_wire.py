"""Two logs that real operations left behind give the same digests over the wire as on the command line."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from malus.model.events import Event
from malus.model.instants import parse_instant
from malus.operations.evaluate import evaluate
from malus.operations.event_files import read_events

from tests.real_data.adapter import SERVICE_DESK, prepare
from tests.service.build import JUDGE
from tests.service.wire import outcomes, served

pytestmark = pytest.mark.skipif(
    "MALUS_REAL_DATA" not in os.environ,
    reason="MALUS_REAL_DATA is not set: it names the folder of the two logs, which are not part of the project",
)


def _with_ids(file: Path, folder: Path) -> Path:
    """The same rows, each with an id, which the wire asks for and which explanations name."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    named = folder / file.name
    with named.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "source", *rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"id": f"row-{number}", "source": file.stem, **row} for number, row in enumerate(rows))
    return named


def _batches(events: tuple[Event, ...], size: int = 1000) -> Iterator[tuple[Event, ...]]:
    for start in range(0, len(events), size):
        yield events[start : start + size]


@pytest.mark.parametrize(("name", "until"), [("checks.csv", "2026-07-01"), ("incidents.csv", "2017-03-01")])
def test_both_logs_give_the_digests_of_the_command_line(name: str, until: str, tmp_path: Path) -> None:
    prepared = prepare(Path(os.environ["MALUS_REAL_DATA"]), tmp_path / "logs")
    as_of = parse_instant(f"{until}T00:00:00Z", None)
    file = _with_ids(prepared.events / name, tmp_path)
    services = [folder.name for folder in prepared.rules.iterdir() if folder.name != SERVICE_DESK]
    agreements = services if name == "checks.csv" else [SERVICE_DESK]
    plain = evaluate([prepared.rules], [file], as_of=as_of, agreements=agreements, judge=JUDGE)
    read = read_events(file, lambda _: "UTC")
    assert read.faults == ()
    with served(tmp_path, prepared.rules, now=lambda: as_of) as (_, caller):
        # Agreement after agreement, so that each is judged as seldom as its events allow.
        for batch in _batches(tuple(sorted(read.events, key=lambda event: event.agreement))):
            assert set(outcomes(caller.send(batch))) == {"ACCEPTED"}
        assert {item.agreement: caller.digest(item.agreement) for item in plain.assessments} == {
            item.agreement: item.digest() for item in plain.assessments
        }
