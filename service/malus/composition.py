"""Owns the wiring: what the judgement and a service are made of. Does not own any decision of its own."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING

from malus.model.instants import Instant
from malus.operations.evaluate import Judge

if TYPE_CHECKING:
    from malus.edge.server import Serving
    from malus.evaluation.following import Matcher
    from malus.ledger.ledger import SqlLedger
    from malus.operations.advance import Ticking
    from malus.operations.compiled_files import CompiledFiles
    from malus.operations.service import ServiceOperations

#: The tenant of every call, until callers say who they are; `--rules PATH` loads for it.
DEFAULT_TENANT = "default"


def judge() -> Judge:
    """The judgement as the whole product uses it, with one matcher for the process."""
    # On call: whoever judges nothing must not pay for the compiled kernels or the rule engine.
    from malus.evaluation.evaluate import assess
    from malus.matching.tried import TriedMatcher

    return partial(assess, matcher=TriedMatcher())


def matcher_of(judgement: Judge) -> Matcher:
    """The matcher inside a judgement that `judge` made: a batch asks the same one."""
    assert isinstance(judgement, partial), "a batch is judged by the judgement of this process"
    matcher: Matcher = judgement.keywords["matcher"]
    return matcher


def remembered_files() -> CompiledFiles | None:
    """What is remembered of compiled rule files: in the folder `MALUS_CACHE`, else beside the person's other caches.

    An empty `MALUS_CACHE` remembers nothing.
    """
    from malus.operations.compiled_files import CompiledFiles

    named = os.environ.get("MALUS_CACHE")
    if named == "":
        return None
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - without a home it stays as it is
    return CompiledFiles(Path(named) if named else Path(caches) / "malus")


def machine_clock() -> Instant:
    """The present moment by this machine's clock, in microseconds since the Unix epoch."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that runs: `port` is the one it listens on, also where 0 was asked for."""

    port: int
    operations: ServiceOperations
    ledger: SqlLedger
    serving: Serving
    ticking: TickingClock | None

    def stop(self, *, notice_seconds: float = 0, grace_seconds: float = 10) -> bool:
        """Go down without losing a call: say NOT_SERVING for a while, take no more, let those under way end.

        Returns whether all calls had ended by themselves within `grace_seconds`. What was acknowledged is durable.
        """
        all_ended = self.serving.drain(notice_seconds=notice_seconds, grace_seconds=grace_seconds)
        if self.ticking is not None:
            self.ticking.stop()
        self.ledger.close()
        return all_ended


def start_service(
    *,
    rules: Path | Mapping[str, Path | Sequence[Path]],
    ledger_url: str,
    address: str,
    now: Callable[[], Instant] | None = None,
    plaintext_anywhere: bool = False,
    reflect: bool = False,
    tick_seconds: int | None = None,
) -> Service:
    """Load the rule files, open the ledger, and answer on `host:port` (port 0: any that is free).

    `rules`: of the default tenant, or by tenant. `now` None: the machine's clock. `tick_seconds` None: time alone
    brings nothing until somebody advances. Raises MalusError: `no-rule-files`, `unreadable-file`, those of
    `open_ledger`, `malformed-address`, `plaintext-off-loopback`, `address-unusable`.
    """
    from malus.edge.server import start_server
    from malus.ledger import ledger as ledgers
    from malus.operations.advance import Ticking
    from malus.operations.catalogue import load_catalogue
    from malus.operations.service import ServiceOperations

    clock = now or machine_clock
    judgement = judge()
    catalogue = load_catalogue(_by_tenant(rules), judge=judgement, now=clock(), remembered=remembered_files())
    ledger = ledgers.open_ledger(ledger_url)
    operations = ServiceOperations(catalogue=catalogue, ledger=ledger, judge=judgement, clock=clock)
    try:
        serving = start_server(
            operations,
            address=address,
            caller_of=_default_tenant,
            plaintext_anywhere=plaintext_anywhere,
            reflect=reflect,
        )
    except BaseException:
        ledger.close()
        raise
    for item in catalogue.agreements(DEFAULT_TENANT):
        serving.set_serving(item.name, serving=item.is_serving)
    ticking = None
    if tick_seconds is not None:
        looks = Ticking(catalogue=catalogue, ledger=ledger, judge=judgement)
        ticking = TickingClock(looks, clock, serving, seconds=tick_seconds)
        ticking.start()
    return Service(port=serving.port, operations=operations, ledger=ledger, serving=serving, ticking=ticking)


def keep_what_is_loaded() -> None:
    """Let the collector look no more at what is loaded by now, as it would each time a ledger has grown by a quarter.

    For a process that does nothing but serve, once it has started.
    """
    gc.collect()
    gc.freeze()


class TickingClock:
    """A thread that looks at the clock every so many seconds, logs what came of it, and tells health."""

    def __init__(self, looks: Ticking, clock: Callable[[], Instant], serving: Serving, *, seconds: int) -> None:
        import structlog

        self._looks = looks
        self._clock = clock
        self._serving = serving
        self._seconds = seconds
        self._ending = Signal()
        self._held = False
        self._log = structlog.get_logger("malus.clock")
        self._thread = Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin to look, at once and then again and again."""
        self._serving.set_clock_ticking(ticking=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look that is under way ends first."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._look()
            if self._ending.wait(self._seconds):
                return

    def _look(self) -> None:
        from malus.model.faults import MalusError

        try:
            ticked = self._looks.tick(self._clock())
        except MalusError as fault:
            self._log.warning("tick_failed", reason=fault.reason, message=fault.message)
            return
        except Exception:  # noqa: BLE001 - a fault of ours in one look must not end the clock
            self._log.exception("tick_failed")
            return
        for tenant, agreement, why in ticked.failed:
            self._log.warning(
                "transition_failed", tenant=tenant, agreement=agreement, reason=why.reason, message=why.message
            )
        if ticked.held and not self._held:
            message = "the clock is more than a day ahead: check it, then move the ledger clocks with Advance"
            self._log.error("clock_jumped", message=message)
        if ticked.held is not self._held:
            self._held = ticked.held
            self._serving.set_clock_ticking(ticking=not ticked.held)
        if ticked.decisions:
            self._log.info("transitions_decided", decisions=ticked.decisions)


def _by_tenant(rules: Path | Mapping[str, Path | Sequence[Path]]) -> dict[str, list[Path]]:
    given = {DEFAULT_TENANT: rules} if isinstance(rules, Path) else rules
    return {tenant: [paths] if isinstance(paths, Path) else list(paths) for tenant, paths in given.items()}


def _default_tenant(context: object, method: str) -> str:  # noqa: ARG001 - every caller is the same until it says who it is
    return DEFAULT_TENANT
