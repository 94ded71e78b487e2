# ruff: noqa: INP001 - a script to be copied stands in no package
"""Judge a history again and print where the credits would differ from those that stand. Nothing is stored.

    python batch_reevaluate.py 127.0.0.1:7070 it-hosting history.csv --as-of 2027-04-01T00:00:00Z --draft new-terms.yaml

The history is an event file (CSV) of at most 1,000 events; rows of other agreements are passed over. It is judged by
itself, from an empty base, by the terms that are served or by the drafts given; what stands is the ledger's answer at
the same moment. Exit code 0: no difference, 3: differences, 4: it could not be judged.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from malus_client import Assessment, CallError, Credit, connect


def reevaluate(
    address: str, agreement: str, history: Path, *, as_of: str, drafts: list[Path]
) -> tuple[Assessment, Assessment]:
    """The answer that stands, and the one that the history gives."""
    with history.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["agreement"] == agreement]
    texts = {draft.name: draft.read_bytes() for draft in drafts}
    with connect(address, deadline_seconds=60) as malus:
        stands = malus.simulate(agreement, on_ledger=True, as_of=as_of).assessment
        again = malus.simulate(agreement, rows, on_ledger=False, rule_files=texts, as_of=as_of).assessment
    return stands, again


def differences(stands: Assessment, again: Assessment) -> list[str]:
    """A line for each credit that is not the same in both, in the order of periods and clauses."""
    before, after = ({_place(credit): credit for credit in answer.credits} for answer in (stands, again))
    lines = []
    for place in sorted(before.keys() | after.keys()):
        old, new = _shown(before.get(place)), _shown(after.get(place))
        if old != new:
            period, clause, subject, _ = place
            lines.append(f"{period}  {clause}{' ' if subject else ''}{subject}: {old} -> {new}")
    return lines


def _place(credit: Credit) -> tuple[str, str, str, str]:
    return credit.period, credit.clause, credit.subject, credit.occasion


def _shown(credit: Credit | None) -> str:
    if credit is None:
        return "none"
    amount = f"{credit.amount:,} {credit.currency}" if credit.amount is not None else "pending"
    return f"{amount} ({credit.state.replace('_', ' ')})"


def main() -> int:
    """Ask, print, and return the exit code."""
    parser = argparse.ArgumentParser(description="Judge a history again and print where credits would differ.")
    parser.add_argument("address", help="host:port of the service")
    parser.add_argument("agreement", help="the agreement, e.g. it-hosting")
    parser.add_argument("history", type=Path, help="its events, a CSV file")
    parser.add_argument("--as-of", required=True, help="the moment the question is asked for, RFC 3339")
    parser.add_argument("--draft", action="append", default=[], type=Path, help="a rule file in place of those served")
    given = parser.parse_args()
    try:
        answers = reevaluate(given.address, given.agreement, given.history, as_of=given.as_of, drafts=given.draft)
    except CallError as fault:
        sys.stderr.write(f"error[{fault.reason}] {fault.message}\n")
        for violation in fault.violations:
            sys.stderr.write(f"  {violation.field}: {violation.description}\n")
        return 4
    lines = differences(*answers)
    stands, again = answers
    same = "the same answer" if stands.digest == again.digest else f"{len(lines)} credits differ"
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.write(f"{given.agreement}: {stands.total:,} -> {again.total:,} {again.currency}, {same}\n")
    return 3 if stands.digest != again.digest else 0


if __name__ == "__main__":
    sys.exit(main())
