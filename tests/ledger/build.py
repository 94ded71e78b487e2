"""Events and decisions in few words, a ledger in a folder, and a process of its own that writes to one."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

from malus.ledger.ledger import SqlLedger, open_ledger
from malus.model.assessment import CreditState, Finality, RemedyKey, ServiceCredit
from malus.model.canonical import digest
from malus.model.decisions import Decision, Reason
from malus.model.events import Outage
from malus.model.explanation import Explanation, FollowsFrom
from malus.model.instants import DAY, SECOND
from malus.model.ledger_values import EventIdentity
from malus.model.money import Money
from malus.model.periods import Period

TENANT = "acme"
AGREEMENT = "hosting"
MIDNIGHT = 1_780_000_000 * SECOND


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


def opened(folder: Path, **settings: object) -> SqlLedger:
    return open_ledger(url_in(folder), **settings)


def outage(number: int | str, *, agreement: str = AGREEMENT, source: str = "probe", lasts: int = 60) -> Outage:
    start = MIDNIGHT + (number if isinstance(number, int) else 0) * SECOND
    return Outage(agreement=agreement, id=f"e{number}", source=source, start=start, end=start + lasts * SECOND)


def identity(event: Outage) -> EventIdentity:
    assert event.id is not None
    return EventIdentity(source=event.source, id=event.id)


def key(number: int = 1, clause: str = "availability") -> RemedyKey:
    return RemedyKey(clause=clause, slot="credit", subject="", occasion=f"o{number:06}")


def decision(number: int = 1, *, revision: int = 1, agreement: str = AGREEMENT, euros: int = 100) -> Decision:
    amount = Money(amount=Fraction(euros), currency="EUR")
    remedy = ServiceCredit(
        key=key(number),
        period=Period(start=MIDNIGHT, end=MIDNIGHT + DAY, label="2026-05-28"),
        before_cap=amount,
        amount=amount,
        pending_on="",
        state=CreditState.DUE,
        finality=Finality.PROVISIONAL,
        final_from=None,
        claim_until=None,
        explanation=Explanation(
            clause="availability",
            source="art. 4",
            terms_effective="2026-01-01",
            steps=(FollowsFrom(fact="severe failure", clause="severe"),),
            line=12,
        ),
    )
    return Decision(
        agreement=agreement,
        key=remedy.key,
        revision=revision,
        supersedes=None if revision == 1 else revision - 1,
        reason=Reason.FIRST if revision == 1 else Reason.NEW_FACTS,
        as_of=MIDNIGHT,
        state=remedy.state.value,
        finality=remedy.finality,
        period=remedy.period,
        amount=amount,
        before_cap=amount,
        delta=amount,
        withdrawn=False,
        terms=(("2026-01-01", "d" * 64),),
        content=digest(remedy),
        remedy=remedy,
    )


def started(program: str, *words: str) -> subprocess.Popen[str]:
    """A process of its own by this interpreter, with a pipe to say how far it has come."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
