# ruff: noqa: INP001 - a script to be copied stands in no package
"""What billing takes from malus: final credits since the last time, as rows of a CSV file. Copy it and make it yours.

    python billing_pull.py 127.0.0.1:7070 credits.csv

The place reached is kept beside the file, in `credits.csv.cursor`. Run it as often as you like, and after any crash: a
credit is known by its decision's name, and what was booked of it before is read from the file, so nothing is booked
twice and nothing is missed. `change` is what to book now; all changes of a credit add up to its last amount. What the
customer owes as a bonus is of the kind `bonus` and stands below 0.
"""

from __future__ import annotations

import argparse
import csv
import sys
from decimal import Decimal
from pathlib import Path

from malus_client import CallError, Decision, connect

COLUMNS = (
    "decision",
    "agreement",
    "kind",
    "clause",
    "subject",
    "period",
    "currency",
    "amount",
    "change",
    "state",
    "source",
)


def pull(address: str, book: Path, deadline_seconds: float = 30) -> int:
    """Append what is new to the book; returns how many rows."""
    place = book.with_name(f"{book.name}.cursor")
    names, booked = read(book)
    added = 0
    with connect(address, deadline_seconds=deadline_seconds) as malus:
        after = place.read_text(encoding="utf-8").strip() if place.exists() else "c1-0"
        for page in malus.pull("billing", after, final_only=True).pages():
            new = [item for item in page.decisions if item.amount is not None and item.name not in names]
            append(book, [row(item, booked) for item in new])
            # Only now is the page done: after a crash before this line it comes again, and its names are known.
            place.write_text(page.cursor, encoding="utf-8")
            added += len(new)
    return added


def read(book: Path) -> tuple[set[str], dict[str, Decimal]]:
    """The decisions in the book by name, and what was booked so far of each credit."""
    names: set[str] = set()
    booked: dict[str, Decimal] = {}
    if book.exists():
        with book.open(encoding="utf-8", newline="") as file:
            for entry in csv.DictReader(file):
                names.add(entry["decision"])
                booked[entry["decision"].rpartition("@")[0]] = Decimal(entry["amount"])
    return names, booked


def row(item: Decision, booked: dict[str, Decimal]) -> tuple[object, ...]:
    """A row of the book; `change` is against what was booked, whatever revisions came in between."""
    amount = item.amount or Decimal(0)
    change = amount - booked.get(item.key, Decimal(0))
    booked[item.key] = amount
    keyed = (item.name, item.agreement, item.kind, item.clause, item.subject, item.period, item.currency)
    return (*keyed, amount, change, item.state, item.source)


def append(book: Path, rows: list[tuple[object, ...]]) -> None:
    """Write rows at the end of the book, under a header where it is new."""
    is_new = not book.exists()
    with book.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow(COLUMNS)
        writer.writerows(rows)


def main() -> int:
    """Ask, say how many rows were added, and return the exit code."""
    parser = argparse.ArgumentParser(description="Append final credits since the last time to a CSV file.")
    parser.add_argument("address", help="host:port of the service")
    parser.add_argument("book", type=Path, help="the CSV file")
    parser.add_argument("--deadline-seconds", type=float, default=30, help="how long each call may take (default: 30)")
    given = parser.parse_args()
    try:
        added = pull(given.address, given.book, given.deadline_seconds)
    except CallError as fault:
        sys.stderr.write(f"error[{fault.reason}] {fault.message}\n")
        return 4
    sys.stdout.write(f"{added} rows added to {given.book}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
