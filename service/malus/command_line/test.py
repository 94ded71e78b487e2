"""Owns `malus test`: its options, its formats and its exit code. Does not own the playing of scenarios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from malus.command_line.asking import AnswerFormat, Format
from malus.command_line.exits import Exit, ending
from malus.command_line.waiting import waiting
from malus.model.faults import MalusError


def test(
    paths: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            metavar="PATHS...",
            help="Scenario files, an agreement's folder, or a folder of agreements.",
            show_default=False,
        ),
    ],
    output: Format = AnswerFormat.TEXT,
) -> None:
    """Whether rule files do what the paper means: each scenario is played, and every difference told at once.

    A scenario lies in the folder `scenarios` beside its agreement's rule files: what happens, as of when, and what is
    expected. It is judged exactly as `malus evaluate` judges. Every difference shows both sides, how far they are
    apart, and the row and article where they part.

    Example: malus test rules/agreements/it-hosting
    """
    from malus.composition import judge
    from malus.operations.scenarios import play_scenarios
    from malus.operations.scenarios_text import scenario_text, scenarios_json, totals_text

    with ending():
        try:
            with waiting() as bar:
                played = play_scenarios(
                    paths, judge=judge(), progress=lambda _, done, total: bar.tell("scenarios", done, total)
                )
        except MalusError as fault:
            if fault.reason == "no-scenarios":
                raise typer.BadParameter(fault.message) from None
            raise
    if output is AnswerFormat.JSON:
        typer.echo(json.dumps(scenarios_json(played), indent=1, ensure_ascii=False))
    else:
        for item in played:
            typer.echo(scenario_text(item), nl=False)
        typer.echo(totals_text(played), nl=False)
    raise typer.Exit(Exit.NOTHING_TO_SAY if all(item.passed for item in played) else Exit.FINDINGS)
