"""Owns what `evaluate` and `explain` share: their options, the asking, and what is said of the input.

Does not own: how an answer is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from malus.command_line.exits import Exit
from malus.command_line.waiting import waiting
from malus.model.faults import Severity
from malus.operations.evaluate import EvaluateAnswer, Watch, evaluate
from malus.operations.render_input import input_text
from malus.rulefiles.frames import render


class AnswerFormat(StrEnum):
    """`text` for people; `json` keeps every field."""

    TEXT = "text"
    JSON = "json"


Rules: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        exists=True,
        metavar="RULES...",
        help="Rule files, an agreement's folder, or a folder of agreements.",
        show_default=False,
    ),
]
SomeRules: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(
        exists=True,
        metavar="[RULES...]",
        help="Rule files, an agreement's folder, or a folder of agreements.",
        show_default=False,
    ),
]
Events: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--events",
        "-e",
        exists=True,
        metavar="FILE",
        help="What happened: .jsonl, .csv, .parquet, or a folder of such files. May be given several times.",
        show_default=False,
    ),
]
AsOf: TypeAlias = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="The moment the question is asked for: 2026-07-15, 2026-07-15 10:00 (the agreement's time) or"
        " 2026-07-15T10:00:00Z.",
        show_default=False,
    ),
]
SomeAsOf: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="The moment the question is asked for: 2026-07-15, 2026-07-15 10:00 (the agreement's time) or"
        " 2026-07-15T10:00:00Z.",
        show_default=False,
    ),
]
KnownAt: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="MOMENT",
        help="Leave out what was learnt, or signed, later than this.",
        show_default=False,
    ),
]
Agreements: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--agreement", "-a", metavar="NAME", help="Only this agreement. May be given several times.", show_default=False
    ),
]
Format: TypeAlias = Annotated[AnswerFormat, typer.Option("--format", help="text for people, json with every field.")]


def asked(
    rules: list[Path],
    events: list[Path] | None,
    as_of: str,
    known_at: str | None,
    agreements: Collection[str] | None,
) -> EvaluateAnswer:
    """The answer to a question from files, with a bar for whoever waits for it. Raises MalusError."""
    from malus.composition import judge, remembered_files

    with waiting() as bar:
        watch = Watch(
            loading=lambda _, done, total: bar.tell("rule files", done, total),
            reading=bar.tell,
            judging=lambda _, done, total: bar.tell("agreements", done, total),
        )
        return evaluate(
            rules,
            events or [],
            as_of=as_of,
            known_at=known_at,
            agreements=agreements or (),
            judge=judge(),
            watch=watch,
            remembered=remembered_files(),
        )


def say_about_input(answer: EvaluateAnswer) -> None:
    """Say on standard error what kept something out of the answer: rule errors in frames, then the rest."""
    errors = [item for item in answer.diagnostics if item.severity is Severity.ERROR]
    if errors:
        typer.echo(render(errors, answer.lines), nl=False, err=True)
    typer.echo(input_text(answer), nl=False, err=True)


def exit_of(answer: EvaluateAnswer) -> Exit:
    """4 where an agreement could not be worked out, 1 where something was refused or unknown, else 0."""
    if any(item.reason != "rule-faults" for item in answer.not_judged):
        return Exit.NOT_COMPUTED
    if answer.not_judged or answer.faults or answer.remarks:
        return Exit.FINDINGS
    return Exit.NOTHING_TO_SAY
