"""A service in this process with a ledger of its own, and the example year it can be told."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from malus.composition import start_service
from malus_client import Client, connect

from tests.architecture.tree import ROOT

AGREEMENTS = ("it-hosting", "healthcare", "aws-ec2-region")
RULES = ROOT / "rules" / "agreements"
YEAR = ROOT / "rules" / "example-events" / "year-2026"
UNTIL = "2027-04-01T00:00:00Z"


@contextmanager
def running(folder: Path, *agreements: str, reflect: bool = False) -> Iterator[tuple[Client, str]]:
    """A client of a new service that serves the agreements, and the service's address."""
    service = start_service(
        rules={"default": [RULES / name for name in agreements or AGREEMENTS]},
        ledger_url=f"sqlite:///{folder / 'ledger.db'}",
        address="127.0.0.1:0",
        reflect=reflect,
    )
    try:
        address = f"127.0.0.1:{service.port}"
        with connect(address, deadline_seconds=60) as client:
            yield client, address
    finally:
        service.stop()


def rows_of(agreement: str) -> list[dict[str, str]]:
    """The rows of the example year of one agreement."""
    with (YEAR / f"{agreement}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
