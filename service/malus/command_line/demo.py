"""Owns `malus demo`: the service it starts for itself, and what it shows of a year that was played through the wire.

Does not own: how the year is played (demo_year), or any figure: amounts, sentences and digests are the service's.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

import malus
from malus.command_line.exits import Exit, ending
from malus.command_line.waiting import waiting
from malus.model.faults import MalusError
from malus.model.instants import civil_day

if TYPE_CHECKING:
    from malus_client import Client, Decision, Explained

    from malus.command_line.demo_year import Played
    from malus.model.instants import Instant

#: The agreements of the year, in the order in which they are shown.
AGREEMENTS: Final = ("it-hosting", "healthcare", "aws-ec2-region")
#: By then every claim and every grace of the year is over.
UNTIL: Final = "2027-04-01T00:00:00Z"
_YEAR: Final = "year-2026"
#: Steps of a credit that are its arithmetic.
_ARITHMETIC: Final = ("rate_times", "count_times", "blocks_pay", "lapsed")


def demo(
    *,
    events: Annotated[
        Path | None,
        typer.Option(
            "--events",
            "-e",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
            help="Play these .csv files instead: copy the example, change a row, see which cents move.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the ledger, and say where it is.")] = False,
) -> None:
    """A year under three agreements, played through a service of its own: what is owed in the end, and why.

    It starts a service with a ledger in a temporary folder, tells it a year of events month by month through the client
    library, moves time on at the end of each month, pulls the decisions as billing would, and shows what they come to.
    """
    from malus_client import CallError, connect

    from malus.command_line.demo_year import play, told_in
    from malus.model.instants import parse_instant

    with ending():
        files, until = examples(), parse_instant(UNTIL, None)
        folder = events or files / "example-events" / _YEAR
        with _ledger_folder(keep=keep) as place, _served(files / "agreements", place) as port:
            typer.echo(f"a service of its own is up on 127.0.0.1:{port}, its ledger in {place}")
            try:
                with connect(f"127.0.0.1:{port}", deadline_seconds=60) as client, waiting() as bar:
                    titles = {item.name: item for item in client.agreements()}
                    facts = told_in(folder, {name: item.timezone for name, item in titles.items()})
                    played = play(client, facts, AGREEMENTS, until, bar.tell)
                    bar.close()
                    _say_played(played, until, folder)
                    _say_owed(client, {name: item.title for name, item in titles.items()}, until)
            except CallError as fault:
                raise MalusError(fault.reason, fault.message, fault.metadata) from None
        _say_next(files, folder, place if keep else None)
    raise typer.Exit(Exit.FINDINGS if played.refused else Exit.NOTHING_TO_SAY)


def examples() -> Path:
    """Where the example agreements and events are: in the installed package, or in the clone that it runs from."""
    package = Path(malus.__file__).parent
    packed = package / "examples"
    return packed if packed.is_dir() else package.parents[1] / "rules"


@contextmanager
def _ledger_folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="malus-demo-"))
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _served(agreements: Path, folder: Path) -> Iterator[int]:
    from malus.composition import start_service
    from malus.logs import set_up

    set_up(level="warning", as_json=False)
    service = start_service(
        rules={"default": [agreements / name for name in AGREEMENTS]},
        ledger_url=f"sqlite:///{folder / 'ledger.db'}",
        address="127.0.0.1:0",
    )
    try:
        yield service.port
    finally:
        service.stop()


def _say_played(played: Played, until: Instant, folder: Path) -> None:
    kinds = ", ".join(f"{count} {outcome}" for outcome, count in sorted(played.outcomes.items()))
    typer.echo(
        f"{played.rows} rows of {_short(folder)} told in {played.calls} calls over {played.months} months,"
        f" up to {civil_day(until, 'UTC')}"
    )
    typer.echo(f"  what became of their events: {kinds}")
    for place, result in played.refused:
        why = "; ".join(f"{item.field}: {item.description}" for item in result.violations) or result.message
        typer.echo(f"  {place}: {result.outcome} [{result.reason}] {why}", err=True)


def _say_owed(client: Client, titles: dict[str, str], until: Instant) -> None:
    """Pull as billing would, and show what the deltas come to and what the latest revisions say."""
    pulled = tuple(client.pull("billing", acknowledge=True))
    changed = sum(decision.revision > 1 for decision in pulled)
    typer.echo(f"{len(pulled)} decisions pulled, {changed} of them later revisions of an earlier one")
    latest = {decision.key: decision for decision in pulled}
    shown: list[Explained] = []
    for name in AGREEMENTS:
        own = [decision for decision in pulled if decision.agreement == name]
        standing = [item for item in latest.values() if item.agreement == name and not item.withdrawn]
        owed = sum((item.delta for item in own if item.delta is not None), Decimal("0.00"))
        currency = next((item.currency for item in own if item.currency), "")
        answer = client.simulate(name, on_ledger=True, as_of=until).assessment
        typer.echo(f"\n{name}  {titles[name]}")
        typer.echo(f"  owed  {owed:,} {currency or answer.currency}, the deltas of {len(own)} decisions added up")
        explained = [client.explain(item.key) for item in _in_order(standing, "service_credit")]
        for item in explained:
            typer.echo(f"  {_credit_line(item)}")
        for decision in _in_order(standing, "right") + _in_order(standing, "obligation"):
            typer.echo(f"  {_standing_line(decision)}")
        steps = len(_in_order(standing, "escalation"))
        if steps:
            typer.echo(f"  escalation  {steps} step{'s' if steps > 1 else ''} of ladders")
        typer.echo(f"  digest  {answer.digest}")
        shown += explained
    _say_one_in_full(shown)


def _in_order(decisions: Sequence[Decision], kind: str) -> list[Decision]:
    found = [decision for decision in decisions if decision.kind == kind]
    return sorted(found, key=lambda item: (item.period, item.occasion, item.clause, item.subject))


def _credit_line(explained: Explained) -> str:
    decision = explained.decision
    amount = "pending" if decision.amount is None else f"{decision.amount:,}"
    subject = f" {decision.subject}" if decision.subject else ""
    state = "" if decision.is_final else f"; {decision.state}, provisional"
    why = "; ".join(_arithmetic(explained)) or decision.state
    return f"{amount:>12}  {decision.period:<8}{decision.clause}{subject}, {decision.source}: {why}{state}"


def _arithmetic(explained: Explained) -> Iterator[str]:
    """The sentences that lead to the amount: what is paid, and every cap that took something off."""
    steps = explained.decision.message.remedy.service_credit.explanation.steps
    # The sentences of the steps come last, one for each.
    for step, sentence in zip(steps, explained.sentences[len(explained.sentences) - len(steps) :], strict=True):
        kind = step.WhichOneof("step")
        if kind in _ARITHMETIC or (kind == "cap_cut" and step.cap_cut.cut.amount.numerator != "0"):
            yield sentence


def _standing_line(decision: Decision) -> str:
    remedy = decision.message.remedy
    what = remedy.right.kind if decision.kind == "right" else remedy.obligation_due.deliver
    subject = f" {decision.subject}" if decision.subject else ""
    return (
        f"{decision.kind}  {what.replace('_', ' ')}{subject} ({decision.clause}, {decision.source}): {decision.state}"
    )


def _say_one_in_full(shown: Sequence[Explained]) -> None:
    """The credit that caps took most from, or the highest: step by step, as it was decided."""
    if not shown:
        return
    chosen = max(shown, key=lambda item: (_cut(item.decision), item.decision.amount or 0))
    typer.echo(f"\nwhy, for one of them: {chosen.decision.name}")
    for sentence in chosen.sentences:
        typer.echo(f"  {sentence}")


def _cut(decision: Decision) -> bool:
    """Whether caps took something off, and left something."""
    amount, before = decision.amount, decision.before_cap
    return bool(amount) and amount is not None and before is not None and before > Fraction(amount)


def _say_next(files: Path, folder: Path, kept: Path | None) -> None:
    # In a clone `uv run` finds the environment; where the package is installed, the command is there by itself.
    run = "malus" if files.is_relative_to(Path(malus.__file__).parent) else "uv run malus"
    rules = " ".join(_short(files / "agreements" / name) for name in AGREEMENTS)
    events, one = _short(folder), _short(files / "agreements" / AGREEMENTS[0])
    typer.echo("\nwhat to type next")
    typer.echo(f"  the same without a service:  {run} evaluate {rules} --events {events} --as-of {UNTIL}")
    typer.echo(
        f"  why a month is what it is:   {run} explain {one} --events {events} --as-of {UNTIL}"
        " --clause uptime-credit --period 2026-12"
    )
    typer.echo(f"  change a row and look again: cp -r {events} my-events, edit, {run} demo --events my-events")
    if kept is None:
        typer.echo(f"  keep the ledger:             {run} demo --keep")
    else:
        ledger = kept / "ledger.db"
        typer.echo(
            f"  serve the ledger that was kept: {run} serve --rules {_short(files / 'agreements')} --ledger {ledger}"
        )


def _short(path: Path) -> str:
    """The path from here where it lies beneath, else as it is."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here)) if path.resolve().is_relative_to(here) else str(path)
