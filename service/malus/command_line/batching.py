"""Owns `malus evaluate --out` and `malus explain --decisions`: a batch asked for, written, and read back.

Does not own: the batch itself, or the options of either command.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from malus.command_line.batch_events import FromFiles, FromSpark, Told
from malus.command_line.exits import Exit
from malus.command_line.waiting import waiting
from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.faults import MalusError, Severity
from malus.model.instants import Instant
from malus.operations.agreements import LoadedRules, load_agreements
from malus.operations.evaluate import Judge, moment_of
from malus.rulefiles.frames import render

if TYPE_CHECKING:
    from malus.batch.running import Batch


class Engine(StrEnum):
    """Where the work that grows with the events is done; the answer is the same."""

    LOCAL = "local"
    SPARK = "spark"


def write_answers(
    rules: Sequence[Path],
    events: Sequence[Path],
    as_of: str,
    agreements: Collection[str],
    out: Path,
    *,
    engine: Engine,
    master: str | None,
    json_lines: bool,
) -> Exit:
    """Judge the events of Parquet files and write what follows into a folder; says on standard error what was left out.

    Raises MalusError: those of `load_agreements`, `moment_of`, `reading` and `judged_on_spark`, `no-parquet`,
    `unknown-agreement`.
    """
    from malus.batch.answers import write_batch
    from malus.composition import judge, remembered_files

    files = _parquet_files(events)
    with waiting() as bar:
        loaded = load_agreements(
            rules,
            progress=lambda _, done, total: bar.tell("rule files", done, total),
            remembered=remembered_files(),
        )
    gc.freeze()  # all of it is kept to the end, so the collector need not look through it for circles
    for name in agreements:
        if name not in {item.name for item in loaded.agreements}:
            raise MalusError("unknown-agreement", f"no rule file declares the agreement {name!r}", {"agreement": name})
    texts = {name: terms for name, terms in loaded.judged().items() if not agreements or name in agreements}
    others = {item.name for item in loaded.agreements} - texts.keys()
    moment = moment_of(as_of, loaded, "as-of", agreements)
    if engine is Engine.SPARK:
        batch, told = judged_on_spark(texts, files, moment, judge(), master)
    else:
        batch, told = judged_batch(texts, files, moment, judge())
    write_batch(batch, out, texts, lambda text: loaded.contents[text.path].decode(), json_lines=json_lines)
    more = {"bonuses": batch.bonuses, "earn-backs": batch.earn_backs, "obligations": batch.obligations}
    beside = "".join(f", {table.num_rows:,} {what}" for what, table in more.items() if table.num_rows)
    typer.echo(
        f"{batch.events:,} events, {len(texts):,} agreements ({len(batch.assessments):,} judged event by event):"
        f" {batch.verdicts.num_rows:,} verdicts, {batch.credits.num_rows:,} credits, {batch.rights.num_rows:,} rights"
        f"{beside} in {out}"
    )
    return _said(loaded, batch, told, others)


def judged_batch(
    texts: Mapping[str, tuple[Terms, ...]],
    files: Sequence[Path],
    as_of: Instant,
    judge: Judge,
    budget: int | None = None,
) -> tuple[Batch, Told]:
    """What follows from Parquet files as of a moment, and what was found on the way that kept something out.

    `budget`: bytes of outages held in memory before they go to disk; None leaves it as it is.
    """
    from malus.batch.folding import OUTAGE_BUDGET, fold_files
    from malus.batch.running import judge_batch
    from malus.composition import matcher_of

    one_by_one = FromFiles(texts, files, as_of, judge)
    fold = partial(fold_files, files, budget=OUTAGE_BUDGET if budget is None else budget)
    batch = judge_batch(texts, as_of=as_of, matcher=matcher_of(judge), fold=fold, one_by_one=one_by_one)
    return batch, one_by_one.told


def judged_on_spark(
    texts: Mapping[str, tuple[Terms, ...]], files: Sequence[Path], as_of: Instant, judge: Judge, master: str | None
) -> tuple[Batch, Told]:
    """The same answer with the rows on Spark: grouped by agreement, folded or judged there, and collected here.

    Raises MalusError: those of `rows_on_spark`.
    """
    from malus.batch.running import judge_batch
    from malus.batch.spark import rows_on_spark
    from malus.composition import matcher_of

    with rows_on_spark(files, master) as rows:
        one_by_one = FromSpark(texts, files, as_of, judge, rows)
        batch = judge_batch(texts, as_of=as_of, matcher=matcher_of(judge), fold=rows.fold, one_by_one=one_by_one)
    return batch, one_by_one.told


def decisions_explained(folder: Path, agreements: Collection[str]) -> list[Assessment]:
    """The assessments that a batch wrote into a folder, with every step of their arithmetic."""
    from malus.batch.answers import explained
    from malus.composition import judge, matcher_of
    from malus.rulefiles.compiler import compile_terms

    return explained(folder, agreements, lambda text: compile_terms(text, "").terms, matcher_of(judge()))


def _parquet_files(events: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in events:
        files += sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or any(file.suffix != ".parquet" for file in files):
        what = "--out takes events in Parquet files: name them, or a folder that holds some, with --events"
        raise MalusError("no-parquet", what, {})
    return files


def _said(loaded: LoadedRules, batch: Batch, told: Told, others: Collection[str]) -> Exit:
    """Say on standard error what kept something out of the answer, and give the exit code of it."""
    errors = [item for item in loaded.diagnostics if item.severity is Severity.ERROR]
    if errors:
        typer.echo(render(errors, loaded.lines), nl=False, err=True)
    for fault in told.faults[:100]:
        typer.echo(f"{fault.path}:{fault.row}: error[{fault.reason}] {fault.what}: {fault.hint}", err=True)
    strangers = {name: rows for name, rows in batch.strangers.items() if name not in others}
    for name in sorted(strangers)[:20]:
        whose = f"no rule file declares the agreement {name!r}" if name else "they name no agreement"
        typer.echo(f"remark[unknown-agreement] {strangers[name]:,} rows judged nothing: {whose}", err=True)
    for name, failed in sorted(told.failed.items()):
        typer.echo(f"error[{failed.reason}] {name} was not judged: {failed.message}", err=True)
    if told.failed:
        return Exit.NOT_COMPUTED
    return Exit.FINDINGS if errors or told.faults or strangers else Exit.NOTHING_TO_SAY
