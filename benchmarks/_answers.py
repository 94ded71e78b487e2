"""Our answers to the yardstick's job, in its columns: a mapping of what a batch decided, no judging."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
from malus.batch.running import Batch

from benchmarks._yardstick import INDICATORS, MONTHS

_SECOND = 1_000_000
_RATES = {
    "resolved-in-time": {1: 20, 2: 10, 3: 5},
    "success-ratio": {1: 100, 2: 25, 3: 10},
    "uptime": {1: 100, 2: 25, 3: 10},
}


def yardstick_answers(batch: Batch) -> pa.Table:
    """The rows of the yardstick, sorted by agreement, month and indicator."""
    credits: dict[tuple[str, str], dict[str, int]] = {}
    capped: dict[tuple[str, str], int] = {}
    for row in batch.credits.to_pylist():
        place = (row["agreement"], row["period"])
        credits.setdefault(place, {})[row["clause"]] = int(Decimal(row["before_cap"]) * 100)
        capped[place] = capped.get(place, 0) + int(Decimal(row["amount"]) * 100)
    rights: dict[str, str] = {}
    for row in batch.rights.to_pylist():
        month = row["arisen_at"].timestamp() - 1
        label = _month(int(month))
        rights[row["agreement"]] = min(label, rights.get(row["agreement"], label))
    rows = []
    for row in batch.verdicts.to_pylist():
        name, place = row["indicator"], (row["agreement"], row["period"])
        scale = _SECOND if name == "uptime" else 1
        kept = row["outcome"] == "met"
        rows.append(
            {
                "agreement": row["agreement"],
                "month": row["period"],
                "indicator": name,
                "numerator": row["numerator"] // scale,
                "denominator": row["denominator"] // scale,
                "rate_percent": 0 if kept else _RATES[name][row["row"]],
                "credit_cents": credits.get(place, {}).get(row["clause"], 0),
                "capped_cents": capped.get(place, 0),
                "right_from": rights.get(row["agreement"]),
            }
        )
    assert len(rows) % (len(MONTHS) * len(INDICATORS)) == 0, f"{len(rows)} rows"
    rows.sort(key=lambda row: (row["agreement"], row["month"], row["indicator"]))
    return pa.Table.from_pylist(rows)


def digest_of(answers: pa.Table) -> str:
    """The yardstick's digest of its answers: SHA-256 over a line of text a row, nothing as `-`."""
    told = hashlib.sha256()
    for row in zip(*(column.to_pylist() for column in answers.columns), strict=True):
        told.update(("|".join("-" if each is None else str(each) for each in row) + "\n").encode())
    return told.hexdigest()


def _month(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")
