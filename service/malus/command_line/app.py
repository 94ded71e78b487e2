"""Owns the command line as a whole: which commands there are and what `malus --help` says. Start here.

Does not own: any command; each has a module of its own.
"""

from __future__ import annotations

import typer

from malus.command_line.demo import demo
from malus.command_line.evaluate import evaluate
from malus.command_line.exits import EXIT_CODES
from malus.command_line.explain import explain
from malus.command_line.lint import lint
from malus.command_line.serve import migrate, serve
from malus.command_line.test import test

app = typer.Typer(
    name="malus",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "What a service level agreement costs when it is not kept: to the cent, with every reason.\n\n"
        "An agreement is written down once, in a rule file beside the signed paper. Events say what happened."
        " malus judges each period by the terms in force at the time: credits, rights, deadlines, escalations."
        "\n\nStart with `malus lint` on your rule files and `malus test` on their scenarios, then `malus evaluate`"
        " with what happened, then `malus explain` where a figure surprises you."
    ),
    epilog=EXIT_CODES,
)
app.command("lint", epilog=EXIT_CODES)(lint)
app.command("test", epilog=EXIT_CODES)(test)
app.command("evaluate", epilog=EXIT_CODES)(evaluate)
app.command("explain", epilog=EXIT_CODES)(explain)
app.command("serve", epilog=EXIT_CODES)(serve)
app.command("migrate", epilog=EXIT_CODES)(migrate)
app.command("demo", epilog=EXIT_CODES)(demo)
