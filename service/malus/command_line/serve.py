"""Owns `malus serve` and `malus migrate`: options, what they print, how the service ends. Does not own serving."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Signal
from typing import TYPE_CHECKING, Annotated

import typer

from malus.command_line.exits import Exit, ending

if TYPE_CHECKING:
    from malus.composition import Service

_SETTINGS = typer.Option(
    "--settings", metavar="FILE", help="Settings in TOML; flags and MALUS_… come first.", show_default=False
)
_LEDGER = typer.Option(
    "--ledger", metavar="FILE", help="The ledger's file, or its sqlite URL. [default: malus-ledger.db]"
)


def serve(
    *,
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rules",
            metavar="PATH",
            help="A folder of agreements, or TENANT=PATH. May be given several times.",
            show_default=False,
        ),
    ] = None,
    ledger: Annotated[str | None, _LEDGER] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="HOST:PORT", help="Where to listen. [default: 127.0.0.1:7070]")
    ] = None,
    plaintext_anywhere: Annotated[
        bool | None, typer.Option("--plaintext-anywhere", help="Listen without TLS off loopback too.")
    ] = None,
    reflection: Annotated[bool | None, typer.Option("--reflection", help="Let callers list the services.")] = None,
    tick_seconds: Annotated[
        int | None,
        typer.Option("--tick-seconds", metavar="N", help="How often the clock is looked at; 0: never. [default: 10]"),
    ] = None,
    settings: Annotated[Path | None, _SETTINGS] = None,
) -> None:
    """Serve agreements over gRPC: events in, decisions out, all of it remembered in the ledger.

    Agreements whose rule files have errors are named and do not serve; the others do. Ends with SIGTERM or Ctrl-C,
    after the calls under way have ended. Every option can also be set as MALUS_… or in the settings file.

    Example: malus serve --rules rules/agreements --ledger ledger.db
    """
    from malus import logs
    from malus.composition import DEFAULT_TENANT, keep_what_is_loaded, start_service
    from malus.model.faults import MalusError
    from malus.settings import PREFIX, settings_from

    flags: dict[str, object] = {
        "rules": rules,
        "ledger": ledger,
        "address": address,
        "plaintext_anywhere": plaintext_anywhere,
        "reflection": reflection,
        "tick_seconds": tick_seconds,
    }
    with ending():
        file = settings or (Path(os.environ[PREFIX + "SETTINGS"]) if PREFIX + "SETTINGS" in os.environ else None)
        asked = settings_from(flags, os.environ, file, default_tenant=DEFAULT_TENANT)
        if not asked.rules:
            what = "no rule files are named: write --rules and the folder of the agreements"
            raise MalusError("no-rule-files", what)
        logs.set_up(level=asked.log_level)
        with _ended_by_a_signal() as end:
            service = start_service(
                rules=asked.rules,
                ledger_url=asked.ledger_url,
                address=asked.address,
                plaintext_anywhere=asked.plaintext_anywhere,
                reflect=asked.reflection,
                tick_seconds=asked.tick_seconds or None,
            )
            keep_what_is_loaded()
            _say_what_serves(service, asked.address)
            end.wait()
            typer.echo("malus goes down: calls under way end first", err=True)
            all_ended = service.stop(notice_seconds=asked.drain_notice_seconds, grace_seconds=asked.drain_grace_seconds)
    if not all_ended:
        typer.echo(f"calls were cut off after {asked.drain_grace_seconds} s; none of them was acknowledged", err=True)
        raise typer.Exit(Exit.FINDINGS)


def migrate(
    *,
    ledger: Annotated[str | None, _LEDGER] = None,
    settings: Annotated[Path | None, _SETTINGS] = None,
) -> None:
    """Bring the ledger's tables to the revision of this release; forward only. Back the ledger up first.

    Example: malus migrate --ledger ledger.db
    """
    from malus.composition import DEFAULT_TENANT
    from malus.ledger.migration import migrate as migrated
    from malus.settings import PREFIX, settings_from

    with ending():
        file = settings or (Path(os.environ[PREFIX + "SETTINGS"]) if PREFIX + "SETTINGS" in os.environ else None)
        # The rules play no part here, and need not be named.
        asked = settings_from({"ledger": ledger, "rules": ["."]}, os.environ, file, default_tenant=DEFAULT_TENANT)
        done = migrated(asked.ledger_url)
    typer.echo(f"went through {', '.join(done)}" if done else "the ledger has the newest tables already")


def _say_what_serves(service: Service, address: str) -> None:
    from malus.model.faults import Severity

    catalogue = service.operations.catalogue
    items = [item for tenant in catalogue.tenants for item in catalogue.agreements(tenant)]
    for item in items:
        if item.is_faulty:
            error = next(found for found in item.diagnostics if found.severity is Severity.ERROR)
            typer.echo(
                f"{item.name} does not serve: {error.place}: {error.what}; `malus lint` shows all of it", err=True
            )
    serving = sum(item.is_serving for item in items)
    host = address.rpartition(":")[0]
    counted = f"{serving} agreement{'' if serving == 1 else 's'}"
    typer.echo(f"malus serves {counted} on {host}:{service.port}", err=True)


@contextmanager
def _ended_by_a_signal() -> Iterator[Signal]:
    """A flag that SIGTERM and Ctrl-C set, from before the first call is answered until the last one has ended."""
    end = Signal()
    names = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(name, lambda *_: end.set()) for name in names]
    try:
        yield end
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)
