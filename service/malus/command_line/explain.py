"""Owns `malus explain`: its options, what it prints and its exit code. Does not own any explanation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from malus.command_line.asking import (
    Agreements,
    Events,
    KnownAt,
    SomeAsOf,
    SomeRules,
    asked,
    exit_of,
    say_about_input,
)
from malus.command_line.exits import Exit, ending
from malus.model.agreement import Terms
from malus.operations.evaluate import EvaluateAnswer


def explain(
    rules: SomeRules = None,
    *,
    as_of: SomeAsOf = None,
    events: Events = None,
    known_at: KnownAt = None,
    agreement: Agreements = None,
    clause: Annotated[
        str | None, typer.Option("--clause", "-c", metavar="NAME", help="Only this clause.", show_default=False)
    ] = None,
    period: Annotated[
        list[str] | None,
        typer.Option("--period", "-p", metavar="PERIOD", help="Only this period: 2026-06.", show_default=False),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", "-s", metavar="NAME", help="Only this incident or subject.", show_default=False),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario",
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help="Explain what a scenario tells, at its own moment, by the rule files that it lies beside.",
            show_default=False,
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
            help="Explain what `malus evaluate --out` wrote there, instead of asking again.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Why it is what it is: the arithmetic of every clause step by step, and why something did not follow.

    Every figure can be checked with a pocket calculator: the level exact and as printed, the row it falls in,
    the charge it is paid on, what caps took off, what rounding did, and what would have changed the answer.

    Example: malus explain rules/agreements/it-hosting --events june.csv --as-of 2026-07-15 -p 2026-06
    Example: malus explain --scenario rules/agreements/it-hosting/scenarios/february-in-a-leap-year.yaml
    """
    from malus.operations.explain import check_clause, check_period, check_subject, narrowed
    from malus.operations.render import assessment_text

    periods = period or ()
    with ending():
        answer: EvaluateAnswer | None = None
        known: list[Terms] = []
        if scenario is not None:
            if rules or events or as_of or known_at or agreement or decisions:
                raise typer.BadParameter("--scenario names all that is asked: name no rules, events, moment or folder")
            from malus.composition import judge
            from malus.operations.scenarios import assessed_scenario

            assessment, terms = assessed_scenario(scenario, judge=judge())
            assessments, known = [assessment], [*terms]
        elif decisions is not None:
            if rules or events or as_of or known_at:
                raise typer.BadParameter("--decisions explains what was written: name no rules, events or moment")
            from malus.command_line.batching import decisions_explained

            assessments = decisions_explained(decisions, agreement or ())
        elif not rules or as_of is None:
            raise typer.BadParameter("name rule files and --as-of, a --scenario, or the folder of --decisions")
        else:
            answer = asked(rules, events, as_of, known_at, agreement)
            assessments = list(answer.assessments)
            known = [entry for texts in answer.terms.values() for entry in texts]
        if clause is not None:
            check_clause(clause, known, assessments)
        for label in periods:
            check_period(label, assessments)
        if subject is not None:
            check_subject(subject, assessments)
        for assessment in assessments:
            part = narrowed(assessment, clause=clause, periods=periods, subject=subject)
            typer.echo(assessment_text(part, full=True))
        if answer is None:
            raise typer.Exit(Exit.NOTHING_TO_SAY)
        say_about_input(answer)
    raise typer.Exit(exit_of(answer))
