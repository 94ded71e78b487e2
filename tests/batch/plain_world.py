"""Random agreements of plain terms and random rows of events for them, in Parquet: what a batch folds."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

START = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 7, 10, 12, tzinfo=UTC)

_TEXT = """\
format: 1
agreement: {name}
title: Gateway
document: Annex {name}
language: en
effective: 2026-01-{day}
signed: {{provider: 2025-12-12, customer: 2025-12-15}}
review: {{every: 12 months, source: art. 9}}
timezone: {zone}
currency: EUR
money: {{round: half_up, when: {when}}}
parties:
  provider: {{name: Quay}}
  customer: {{name: "Buyer of {name}"}}
services:
  gateway: {{}}
charges:
  fee: {{amount: {fee} EUR, per: month}}
indicators:
  answered:
    {{measure: ratio, of: gateway, from: tallies, per: {cycle}, counted_in: {counted}, no_data: {no_data}}}
  up: {{measure: availability, of: gateway, from: outages, per: {cycle}, ignore_up_to: {ignored}, no_data: met}}
  repair:
    measure: elapsed
    of: gateway
    from: incidents
    per: {cycle}
    starts: opened
    ends: resolved
    calendar: always
    pauses: []
    counted_in: period_of_end
    while_open: waits
    reopened: gap_counts
    by: at_end
  repaired-in-time:
    measure: share
    {share}
    per: {cycle}
    counted_in: period_of_end
    no_data: {no_data}
clauses:
  answered-credit:
    source: art. 1
    promise: {{indicator: answered, at_least: 99.5 %}}
    credit:
      of: {{charge: fee, period: judged, part_period: pro_rata}}
      bands:
        - {{below: 99.5 %, rate: 5 %}}
        - {{below: 97 %, rate: 12.5 %}}
      overlap: highest_credit
  up-credit:
    source: art. 2
    promise: {{indicator: up, above: 99 %}}
    credit:
      bands:
        - {{at_most: 90 %, amount: 333.33 EUR}}
        - {{above: 90 %, at_most: 99 %, amount: 77.77 EUR}}
      overlap: refuse
  repaired-sum:
    source: art. 3
    promise: {{indicator: repaired-in-time, {promised}}}
    credit: {{each: period, amount: 41.50 EUR}}
  chronic:
    source: art. 4
    when: {{missed: {missed}, at_least: 2 {cycle}s, within: any {window} {cycle}s}}
    fires: {fires}
    right:
      kind: termination
      of: customer
      exercise: {{within: 30 days, after: arisen, until: end_of_day}}
caps:
  - name: all
    limits: [answered-credit, up-credit, repaired-sum]
    at_most: {cap}
    per: {cycle}
    cut: {cut}
    counts: earned
    part_period: pro_rata
    source: art. 5
claims:
  - step: claim
    by: customer
    within: 60 days
    after: period_end
    until: end_of_day
    otherwise: lapses
    clauses: [{claimed}]
    source: art. 6
settlement:
  as: next_invoice
  rest: paid_out
  grace: {{within: 5 days, after: claims, until: end_of_day}}
"""

#: Columns that only some files have.
_MORE = {"corrects", "severity", "id", "service"}

_GOOD = "good_when: {indicator: repair, at_most: {high: 4 hours, low: 30 hours}}"
_BAD = "bad_when: {indicator: repair, above: 12 hours}"


def chance_of(seed: int) -> random.Random:
    """Chance that falls the same way each time."""
    return random.Random(seed)  # noqa: S311 - nothing here is secret


def rule_text(name: str, chance: random.Random) -> str:
    """The rule file of one agreement."""
    good = chance.random() < 0.7
    cycle = chance.choice(["month", "quarter"])
    return _TEXT.format(
        name=name,
        day=chance.choice(["01", "10"]),
        zone=chance.choice(["UTC", "Europe/Amsterdam"]),
        when=chance.choice(["each_remedy", "after_caps"]),
        fee=chance.choice(["1000.00", "999.99"]),
        cycle=cycle,
        counted=chance.choice(["period_of_start", "period_of_end"]),
        no_data=chance.choice(["met", "missed", "undetermined"]),
        ignored=chance.choice(["0 seconds", "2 hours"]),
        share=_GOOD if good else _BAD,
        promised="at_least: 90 %" if good else "at_most: 20 %",
        missed=chance.choice(["up-credit", "answered", "repaired-sum"]),
        window=chance.choice([2, 3, 4]),
        fires=chance.choice(["once_while_true", "on_each_new_fact"]),
        cap=chance.choice(["8 % of fee", "100.00 EUR"]),
        cut=chance.choice(["pro_rata", "in_order"]),
        claimed=chance.choice(["up-credit", "answered-credit", "repaired-sum"]),
    )


def write_rules(folder: Path, names: list[str], chance: random.Random) -> Path:
    """A folder of agreements, two of which have the same words where there are more than two."""
    texts = [rule_text(name, chance) for name in names]
    if len(names) > 2:
        texts[-1] = texts[0].replace(names[0], names[-1])
    for name, text in zip(names, texts, strict=True):
        (folder / name).mkdir(parents=True)
        (folder / name / "2026-01-01-first.yaml").write_text(text)
    return folder


def random_rows(names: list[str], count: int, chance: random.Random) -> list[dict[str, object]]:
    """Rows of all three kinds, on edges and across them, some not over yet."""
    edges = [datetime(2026, month, 1, tzinfo=UTC) for month in range(2, 9)]
    rows: list[dict[str, object]] = []
    for _ in range(count):
        start = START + timedelta(days=10, seconds=chance.randrange(190 * 86_400))
        if chance.random() < 0.2:
            start = chance.choice(edges) - timedelta(seconds=chance.choice([0, 1, 3600]))
        row: dict[str, object] = {"agreement": chance.choice(names), "start": start}
        kind = chance.choice(["tally", "outage", "incident"])
        lasts = timedelta(seconds=chance.choice([0, 60, 7200, 7201, 4 * 3600, 4 * 3600 + 1, 43_200, 5 * 86_400]))
        row |= {"kind": kind, "end": start + lasts}
        if kind == "tally":
            total = chance.randrange(1000)
            row |= {"total": total, "good": total - min(total, chance.choice([0, 0, 1, 5, 100]))}
        elif chance.random() < 0.1:
            row["end"] = None
        if kind == "incident":
            row["priority"] = chance.choice(["high", "low", "none"])
        rows.append(row)
    return rows


def identified(rows: list[dict[str, object]], chance: random.Random) -> list[dict[str, object]]:
    """The same rows with ids of their own and the service; now and then one repeats, rivals or is odd in either."""
    kind = chance.choice(["all sound", "all sound", "some not"])
    told = [
        {**row, "id": f"e{number:03}", "service": chance.choice(["gateway", "", None])}
        for number, row in enumerate(rows)
    ]
    if kind == "some not" and told:
        chosen = chance.choice(told)
        more = chance.choice(
            [
                dict(chosen),
                {**chance.choice(told), "id": chosen["id"]},
                {**chosen, "id": chance.choice([None, "", " e", "é", "e001#opened", "x" * 201])},
                {**chosen, "id": "other", "service": "elsewhere"},
                {**chosen, "id": "other", "severity": "high"},
            ]
        )
        told.insert(chance.randrange(len(told) + 1), more)
    return [{"severity": "", **row} for row in told] if chance.random() < 0.5 else told


def write_rows(folder: Path, rows: list[dict[str, object]], *, group: int = 50) -> list[Path]:
    """The rows as two Parquet files of small row groups, columns as a warehouse writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    instant = pa.timestamp("us", "UTC")
    schema = pa.schema(
        [
            ("agreement", pa.string()), ("kind", pa.string()), ("start", instant), ("end", instant),
            ("good", pa.int64()), ("total", pa.int64()), ("priority", pa.string()),
            *((name, pa.string()) for name in sorted({name for row in rows for name in row} & _MORE)),
        ]
    )  # fmt: skip
    files = []
    for part, mine in enumerate((rows[: len(rows) // 3], rows[len(rows) // 3 :])):
        path = folder / f"part-{part}.parquet"
        pq.write_table(pa.Table.from_pylist(mine, schema), path, row_group_size=group)
        files.append(path)
    return files
