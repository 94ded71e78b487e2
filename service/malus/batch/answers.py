"""Owns the folder that a batch's answers are written to, and their explanation from what is written there.

Does not own: judging, or the sentences of an explanation. Levels and terms are written, so the steps between them and
the amounts are worked out again when somebody asks; they must come to the amounts that were written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from malus.batch.asking import Asking
from malus.batch.levels import measurement_of
from malus.batch.other_tables import other_tables
from malus.batch.plain_terms import plain_terms
from malus.batch.running import Batch
from malus.batch.tables import assessment_tables
from malus.evaluation.following import Matcher
from malus.ledger.typed_text import assessment_from, text_of
from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.faults import MalusError
from malus.model.instants import parse_instant, utc_text

TABLES: Final = ("verdicts", "credits", "rights", "bonuses", "earn_backs", "obligations")
AGREEMENTS: Final = "agreements.jsonl"

#: Gives the terms that a text says, as the compiler does.
Compile = Callable[[str], Terms | None]


def write_batch(
    batch: Batch,
    folder: Path,
    texts: Mapping[str, Sequence[Terms]],
    written: Callable[[Terms], str],
    *,
    json_lines: bool = False,
) -> None:
    """Write a batch: a Parquet file a table, and the terms of each agreement as JSON lines.

    `written` gives the text of terms. `json_lines`: each table as JSON lines too, instants in RFC 3339. An agreement
    that was judged from its events has its whole assessment beside its terms.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        table = getattr(batch, name)
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=1)
        if json_lines:
            with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(_json_lines(table))
    with (folder / AGREEMENTS).open("w", encoding="utf-8") as file:
        for name in sorted({*batch.folded, *batch.assessments}):
            told = batch.assessments.get(name)
            line = {
                "agreement": name,
                "as_of": utc_text(batch.as_of),
                "terms": [{"digest": text.digest(), "text": written(text)} for text in texts[name]],
                "assessment": None if told is None else text_of(told),
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def explained(folder: Path, agreements: Collection[str], compile_text: Compile, matcher: Matcher) -> list[Assessment]:
    """The assessments of agreements (none named: all) with every step, from what a batch wrote into a folder.

    Raises MalusError: `no-decisions` where the folder holds none, `unknown-agreement`, `decisions-differ` where the
    amounts that were written do not follow from the levels and terms beside them.
    """
    try:
        lines = [json.loads(line) for line in (folder / AGREEMENTS).read_text(encoding="utf-8").splitlines()]
        tables = [pq.read_table(folder / f"{name}.parquet") for name in TABLES]
    except (OSError, ValueError, pa.ArrowException):
        what = f"{folder} holds no decisions: name the folder that `malus evaluate --out` wrote"
        raise MalusError("no-decisions", what, {"path": str(folder)}) from None
    by_name = {line["agreement"]: line for line in lines}
    for name in agreements:
        if name not in by_name:
            raise MalusError("unknown-agreement", f"{folder} holds nothing of {name!r}", {"agreement": name})
    return [
        _explained(by_name[name], [_of(table, name) for table in tables], compile_text, matcher)
        for name in sorted(agreements or by_name)
    ]


def _explained(line: Any, tables: Sequence[pa.Table], compile_text: Compile, matcher: Matcher) -> Assessment:
    name = line["agreement"]
    terms = [compile_text(item["text"]) for item in line["terms"]]
    if [None if text is None else text.digest() for text in terms] != [item["digest"] for item in line["terms"]]:
        raise _differs(name, "the terms beside them mean something else to this version of malus")
    known = tuple(text for text in terms if text is not None)
    if line["assessment"] is not None:
        said = assessment_from(line["assessment"])
    else:
        plain = plain_terms(known, parse_instant(line["as_of"], None))
        if plain is None:
            raise _differs(name, "this version of malus does not fold its terms")
        said = Asking(plain, parse_instant(line["as_of"], None), matcher).assessed(
            {
                (item.name, period.start): measurement_of(lane, item, period, figures)
                for lane, item in enumerate(plain.lanes)
                if item is not None
                for period, figures in _levels(tables[0], item.name, plain.periods)
            }
        )
    again = (*assessment_tables(said, known), *other_tables(said))
    for place, (mine, stored) in enumerate(zip(again, tables, strict=True)):
        told = [entry for entry in stored.schema.names if entry != "events"]
        if mine.select(told).to_pylist() != stored.select(told).to_pylist():
            raise _differs(name, f"its {TABLES[place]} come out otherwise")
    return said


def _levels(verdicts: pa.Table, indicator: str, periods: Sequence[Any]) -> Iterator[tuple[Any, tuple[int, int, int]]]:
    rows = verdicts.filter(pc.equal(verdicts["indicator"].cast(pa.string()), indicator))
    figures = {
        start: (numerator, denominator, events)
        for start, numerator, denominator, events in zip(
            rows["start"].cast(pa.int64()).to_pylist(),
            rows["numerator"].to_pylist(),
            rows["denominator"].to_pylist(),
            rows["events"].to_pylist(),
            strict=True,
        )
    }
    return ((period, figures[period.start]) for period in periods if period.start in figures)


def _of(table: pa.Table, name: str) -> pa.Table:
    return table.filter(pc.equal(table["agreement"].cast(pa.string()), name))


def _differs(name: str, why: str) -> MalusError:
    what = f"what was written of {name} does not follow from the levels beside it: {why}; evaluate it again"
    return MalusError("decisions-differ", what, {"agreement": name})


def _json_lines(table: pa.Table) -> Iterator[str]:
    instants = [entry.name for entry in table.schema if pa.types.is_timestamp(entry.type)]
    for batch in table.to_batches(max_chunksize=4096):
        plain = pa.Table.from_batches([batch])
        for name in instants:
            plain = plain.set_column(plain.schema.get_field_index(name), name, plain[name].cast(pa.int64()))
        for row in plain.to_pylist():
            for name in instants:
                row[name] = None if row[name] is None else utc_text(row[name])
            yield json.dumps(row, ensure_ascii=False) + "\n"
