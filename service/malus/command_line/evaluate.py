"""Owns `malus evaluate`: its options, what it prints and its exit code. Does not own the evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from malus.command_line.asking import (
    Agreements,
    AnswerFormat,
    AsOf,
    Events,
    Format,
    KnownAt,
    Rules,
    asked,
    exit_of,
    say_about_input,
)
from malus.command_line.batching import Engine, write_answers
from malus.command_line.exits import ending
from malus.operations.evaluate import EvaluateAnswer


def evaluate(
    rules: Rules,
    *,
    as_of: AsOf,
    events: Events = None,
    known_at: KnownAt = None,
    agreement: Agreements = None,
    period: Annotated[
        list[str] | None,
        typer.Option(
            "--period", "-p", metavar="PERIOD", help="Only this period: 2026-06. Text only.", show_default=False
        ),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Explain each period, clause by clause.")] = False,
    output: Format = AnswerFormat.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Write what follows from Parquet events into this folder, in tables: for many agreements. With"
            " --format json as JSON lines too.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="With --out: where rows are folded, here or on Spark; the same answer.")
    ] = Engine.LOCAL,
    master: Annotated[
        str | None,
        typer.Option(
            "--master",
            metavar="URL",
            help="With --engine spark: local[2], spark://host:7077, yarn; else what Spark is configured for.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """What follows from what happened: a line for each period of each agreement, with its money.

    Each agreement is judged by the terms in force at the time, as of a moment. Rows that are no events and
    rule files with errors are told on standard error, each with its place; all else is judged all the same.

    Example: malus evaluate rules/agreements/it-hosting --events june.csv --as-of 2026-07-15
    """
    from malus.operations.explain import check_period, narrowed
    from malus.operations.render import assessment_text, closing_text

    with ending():
        if master is not None and engine is not Engine.SPARK:
            raise typer.BadParameter("--master names where Spark runs: it goes with --engine spark")
        if out is None and engine is not Engine.LOCAL:
            raise typer.BadParameter("--engine is for many events, whose answer is written: it goes with --out")
        if out is not None:
            if period or explain or known_at is not None:
                raise typer.BadParameter("--out writes the whole answer with all that is known: see `malus explain`")
            ended = write_answers(
                rules,
                events or [],
                as_of,
                agreement or (),
                out,
                engine=engine,
                master=master,
                json_lines=output is AnswerFormat.JSON,
            )
            raise typer.Exit(ended)
        if period and output is AnswerFormat.JSON:
            raise typer.BadParameter("--period narrows the text; json always holds the whole answer")
        answer = asked(rules, events, as_of, known_at, agreement)
        if output is AnswerFormat.JSON:
            say_json(answer)
        else:
            for label in period or ():
                check_period(label, answer.assessments)
            parts = [narrowed(assessment, periods=period or ()) for assessment in answer.assessments]
            for part in parts:
                typer.echo(assessment_text(part, explain=explain))
            typer.echo(closing_text(parts), nl=False)
            say_about_input(answer)
    raise typer.Exit(exit_of(answer))


def say_json(answer: EvaluateAnswer) -> None:
    """Print the whole answer as one JSON object."""
    from malus.operations.render_input import answer_json
    from malus.rulefiles.frames import as_json

    typer.echo(json.dumps(answer_json(answer, [*as_json(answer.diagnostics)]), indent=1, ensure_ascii=False))
