"""Owns `malus explain`: its options, what it prints and its exit code. Does not own any explanation."""

from __future__ import annotations

from typing import Annotated

import typer

from malus.command_line.asking import (
    Agreements,
    AsOf,
    Events,
    KnownAt,
    Rules,
    asked,
    exit_of,
    say_about_input,
)
from malus.command_line.exits import ending


def explain(
    rules: Rules,
    *,
    as_of: AsOf,
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
) -> None:
    """Why it is what it is: the arithmetic of every clause step by step, and why something did not follow.

    Every figure can be checked with a pocket calculator: the level exact and as printed, the row it falls in,
    the charge it is paid on, what caps took off, what rounding did, and what would have changed the answer.

    Example: malus explain rules/agreements/noordzee-webshop --events june.csv --as-of 2026-07-15 -p 2026-06
    """
    from malus.operations.explain import check_clause, check_period, check_subject, narrowed
    from malus.operations.render import assessment_text

    periods = period or ()
    with ending():
        answer = asked(rules, events, as_of, known_at, agreement)
        if clause is not None:
            check_clause(clause, [entry for terms in answer.terms.values() for entry in terms])
        for label in periods:
            check_period(label, answer.assessments)
        if subject is not None:
            check_subject(subject, answer.assessments)
        for assessment in answer.assessments:
            part = narrowed(assessment, clause=clause, periods=periods, subject=subject)
            typer.echo(assessment_text(part, full=True))
        say_about_input(answer)
    raise typer.Exit(exit_of(answer))
