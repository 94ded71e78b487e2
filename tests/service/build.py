"""A service without a wire: its operations over a ledger in a folder, a clock that a test moves, and a few events."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from malus.composition import judge
from malus.ledger.ledger import SqlLedger, open_ledger
from malus.model.assessment import Assessment
from malus.model.events import Claim, Event, Incident, Outage, Transition
from malus.model.instants import Instant, parse_instant
from malus.operations.catalogue import Catalogue, load_catalogue
from malus.operations.ports import Judge
from malus.operations.service import ServiceOperations
from malus.operations.service_values import EventsAnswer, LedgerBase, Pull, Simulation

from tests.operations.rule_text import write_agreement

TENANT = "default"
ZONE = "Europe/Amsterdam"
#: One judgement for all tests: its kernels and tried rules are the same for all of them.
JUDGE = judge()


def at(text: str) -> Instant:
    return parse_instant(text, ZONE)


class Moment:
    """A clock that stands still until a test moves it."""

    def __init__(self, text: str) -> None:
        self.now = at(text)

    def __call__(self) -> Instant:
        return self.now


def wanted() -> None:
    """Somebody waits for the answer."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The operations of one tenant, as short as a test wants to say them."""

    operations: ServiceOperations
    ledger: SqlLedger
    catalogue: Catalogue
    moment: Moment

    def send(self, *events: Event, as_of: str | None = None, check: Callable[[], None] = wanted) -> EventsAnswer:
        moment = None if as_of is None else at(as_of)
        return self.operations.evaluate_events(TENANT, events, as_of=moment, check_wanted=check)

    def stored(self, agreement: str = "acme") -> tuple[Event, ...]:
        """What the ledger holds, less when it was recorded."""
        return tuple(replace(event, recorded_at=None) for event in self.ledger.events_of(TENANT, agreement, None))

    def advance(self, as_of: str, agreement: str | None = "acme") -> Any:
        return self.operations.advance(TENANT, agreement, at(as_of), check_wanted=wanted)

    def standing(self, agreement: str = "acme", **told: Any) -> Assessment:
        asked: dict[str, Any] = {"base": LedgerBase(), "events": (), "drafts": (), "as_of": None}
        return self.operations.simulate(
            TENANT, Simulation(agreement=agreement, **asked | told), check_wanted=wanted
        ).assessment

    def pull(self, **told: Any) -> Any:
        asked: dict[str, Any] = {"consumer": "billing", "after": 0, "most": 1000, "final_only": False}
        return self.operations.pull_decisions(TENANT, Pull(**asked | {"agreement": None} | told))


@contextmanager
def desk(
    folder: Path,
    *agreements: str,
    now: str = "2026-06-15",
    rules: Path | None = None,
    more: str = "",
    judging: Judge = JUDGE,
    **ledger: Any,
) -> Iterator[Desk]:
    """Operations over a ledger in the folder and small agreements, or over the rule files of another folder."""
    if rules is None:
        rules = folder / "rules"
        for name in agreements or ("acme",):
            write_agreement(rules, name=name, more=more)
    moment = Moment(now)
    catalogue = load_catalogue({TENANT: [rules]}, judge=JUDGE, now=moment())
    opened = open_ledger(f"sqlite:///{folder / 'ledger.db'}", **ledger)
    operations = ServiceOperations(catalogue=catalogue, ledger=opened, judge=judging, clock=moment)
    try:
        yield Desk(operations=operations, ledger=opened, catalogue=catalogue, moment=moment)
    finally:
        opened.close()


def outage(name: str, start: str, end: str | None, *, agreement: str = "acme", **told: Any) -> Outage:
    return Outage(
        agreement=agreement,
        id=name,
        source=told.pop("source", "monitor"),
        start=at(start),
        end=None if end is None else at(end),
        **told,
    )


def incident(name: str, subject: str, what: Transition, moment: str, *, agreement: str = "acme") -> Incident:
    return Incident(agreement=agreement, id=name, source="desk", incident_id=subject, transition=what, at=at(moment))


def claim(name: str, clause: str, month: str, moment: str, *, agreement: str = "acme") -> Claim:
    return Claim(
        agreement=agreement,
        id=name,
        source="customer",
        clause=clause,
        period=at(f"{month}-01"),
        step="claim",
        at=at(moment),
    )


def credited(answers: Any, clause: str = "uptime-credit") -> dict[str, list[str]]:
    """The amounts that decisions of a clause give, revision by revision, by the occasion of the period."""
    found: dict[str, list[str]] = {}
    for item in answers:
        decision = item.decision
        if decision.key.clause == clause and decision.key.slot == "credit":
            text = "-" if decision.amount is None else str(decision.amount.amount)
            found.setdefault(decision.period.label, []).append(text)
    return found
