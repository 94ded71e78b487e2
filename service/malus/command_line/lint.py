"""Owns `malus lint`: its options, its formats and its exit code. Does not own any finding."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from malus.command_line.exits import Exit, ending
from malus.command_line.waiting import waiting
from malus.model.faults import Diagnostic, Severity
from malus.operations.agreements import LoadedRules, load_agreements
from malus.rulefiles.frames import as_json, render


class LintFormat(StrEnum):
    """`text` for people, `json` keeps every field, `github` marks the lines of a pull request."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def lint(
    paths: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            metavar="PATHS...",
            help="Rule files, an agreement's folder, or a folder of agreements.",
            show_default=False,
        ),
    ],
    today: Annotated[
        datetime.datetime | None,
        typer.Option(
            "--today",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="The day that reviews are due by. [default: this day]",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        LintFormat, typer.Option("--format", help="text, json with every field, or github.")
    ] = LintFormat.TEXT,
) -> None:
    """All that is wrong in rule files, in one run: each fault with its line, what it means and what to write.

    Errors keep an agreement from being judged. Warnings are likely slips. Notes say what was assumed where
    the file is silent; they alone leave the exit code at 0.

    Example: malus lint rules/agreements
    """
    day = today.date() if today is not None else datetime.datetime.now(tz=datetime.UTC).date()
    from malus.composition import remembered_files

    with ending(), waiting() as bar:
        rules = load_agreements(
            paths,
            today=day,
            progress=lambda _, done, total: bar.tell("rule files", done, total),
            remembered=remembered_files(),
        )
    match output:
        case LintFormat.JSON:
            typer.echo(json.dumps(as_json(rules.diagnostics), indent=1, ensure_ascii=False))
        case LintFormat.GITHUB:
            for line in github_lines(rules.diagnostics):
                typer.echo(line)
        case LintFormat.TEXT:
            typer.echo(lint_text(rules), nl=False)
    weighs = any(item.severity is not Severity.NOTE for item in rules.diagnostics)
    raise typer.Exit(Exit.FINDINGS if weighs else Exit.NOTHING_TO_SAY)


def lint_text(rules: LoadedRules) -> str:
    """The frames of all findings, the agreements that they keep out, or that there is nothing to say."""
    if not rules.diagnostics:
        return f"nothing found in {rules.files} file{'s' if rules.files != 1 else ''}\n"
    refused = [item.name for item in rules.agreements if item.is_refused]
    text = render(rules.diagnostics, rules.lines)
    return text + "".join(f"{name} cannot be judged until its errors are corrected\n" for name in refused)


def github_lines(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Findings as the workflow commands that mark lines of a pull request."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
    lines = []
    for item in diagnostics:
        place = f"file={_property(item.place.path)},line={item.place.line},col={item.place.column}"
        said = "\n".join(part for part in (item.what, item.hint, item.money) if part)
        lines.append(f"::{levels[item.severity]} {place},title={_property(item.code)}::{_data(said)}")
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
