"""Owns the whole answer: verdicts, remedies, states and finality, and the canonical digest of them.

Does not own: how it was worked out, or what the ledger remembers of it. It holds no revision, sequence or arrival
time: the same accepted facts give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from malus.model.canonical import ASIDE, digest
from malus.model.clauses import Party
from malus.model.credits import Settled
from malus.model.explanation import Explanation
from malus.model.instants import Instant
from malus.model.money import Money
from malus.model.periods import Period
from malus.model.quantities import Level, Limit, Outcome
from malus.model.quick_values import quickly_made


class Finality(StrEnum):
    """Whether anything the terms allow for may still change an answer."""

    PROVISIONAL = "provisional"
    FINAL = "final"


class CreditState(StrEnum):
    """Where a service credit stands.

    `accruing`: its period still runs, so it is a view, not a claim. `choice_pending`: the customer has yet to pick it
    or another option. `reduced_to_zero`: another option of its group is paid instead.
    """

    ACCRUING = "accruing"
    PENDING = "pending"
    CHOICE_PENDING = "choice_pending"
    CLAIM_OPEN = "claim_open"
    DUE = "due"
    DISPUTED = "disputed"
    SETTLED = "settled"
    LAPSED = "lapsed"
    REDUCED_TO_ZERO = "reduced_to_zero"


class EarnBackState(StrEnum):
    """Where the return of a credit stands; `pending`: the periods that decide still run."""

    PENDING = "pending"
    DUE = "due"
    LOST = "lost"


class BonusState(StrEnum):
    """Where a bonus stands. `accruing`: its period still runs, so it is a view; `pending`: it waits for something."""

    ACCRUING = "accruing"
    PENDING = "pending"
    DUE = "due"


class RightState(StrEnum):
    """Where a right stands."""

    CURING = "curing"
    CURED = "cured"
    OPEN = "open"
    EXERCISED = "exercised"
    WAIVED = "waived"
    FORFEITED = "forfeited"


class ObligationState(StrEnum):
    """Where an obligation stands."""

    DUE = "due"
    FULFILLED = "fulfilled"
    MISSED = "missed"


class StepState(StrEnum):
    """Where an escalation step stands, as far as the facts tell; raising and withdrawing is the ledger's."""

    COMING = "coming"
    RAISED = "raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyKey:
    """What a remedy is called for ever: clause, slot, subject and occasion; never a row number or an amount.

    `subject`: the listed subject it is for, else the incident; empty where the clause has but one.
    `occasion`: the first instant of the period, the incident's id, or the first fact of a window.
    """

    clause: str
    slot: str
    subject: str
    occasion: str

    def is_of(self, verdict: Verdict) -> bool:
        """Whether this is what follows from a verdict, where both are of one period."""
        clause, subject, incident = verdict.owed_under
        return (self.clause, self.subject) == (clause, subject) and incident in ("", self.occasion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An indicator against an objective in one period, for one subject (empty: the period as a whole).

    `subject`: the incident, else the listed subject that `whose` names too. `whose`: the listed subject for which the
    clause is judged, whose charges and caps count; empty where the clause has but one.
    """

    clause: str
    indicator: str
    period: Period
    subject: str
    outcome: Outcome
    level: Level | None
    limit: Limit | None
    finality: Finality
    final_from: Instant | None
    terms_digest: str
    explanation: Explanation
    whose: str = ""

    @property
    def owed_under(self) -> tuple[str, str, str]:
        """Clause, subject and incident that the keys of its remedies have; no incident where it is of a period."""
        incident = "" if self.subject == self.whose else self.subject
        return (self.clause, self.whose or self.subject, incident)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredit:
    """Money that the provider owes for a breach, net of tax; `amount` is after caps and `before_cap` beside it.

    A pending credit has no amount: `pending_on` names what it waits for. `settled` is what invoices took of it,
    `choice_until` the last instant at which the customer may pick it.
    """

    key: RemedyKey
    period: Period
    before_cap: Money | None
    amount: Money | None
    pending_on: str
    state: CreditState
    finality: Finality
    final_from: Instant | None
    claim_until: Instant | None
    explanation: Explanation
    settled: Money | None = None
    choice_until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnBack:
    """The return of a credit that later periods earn; `returns` names the credit, which stands as it is.

    `amount` is below nothing once it is due, nothing where it is lost, None while it is pending. It gives no room
    under a cap back.
    """

    key: RemedyKey
    returns: RemedyKey
    period: Period
    amount: Money | None
    pending_on: str
    state: EarnBackState
    finality: Finality
    final_from: Instant | None
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """Money that the customer owes the provider for more than was promised, net of tax; no part of any credit.

    Both amounts are below nothing: what the provider owes counts above it. `amount` is after caps and `before_cap`
    beside it; None while it is pending, which `pending_on` explains. `settled`: whether it is set off against credits
    on the invoice, or owed by itself.
    """

    key: RemedyKey
    period: Period
    settled: Settled
    before_cap: Money | None
    amount: Money | None
    pending_on: str
    state: BonusState
    finality: Finality
    final_from: Instant | None
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right that arose; we report it and never use it. Instants are the last ones inside."""

    key: RemedyKey
    kind: str
    holder: Party
    arisen_at: Instant
    cure_until: Instant | None
    exercise_until: Instant | None
    ends_service_at: Instant | None
    state: RightState
    finality: Finality
    final_from: Instant | None
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDue:
    """A plan or report that a party owes because a clause was triggered."""

    key: RemedyKey
    deliver: str
    by: Party
    due_until: Instant
    fulfilled_at: Instant | None
    state: ObligationState
    finality: Finality
    final_from: Instant | None
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A step of a ladder that holds given the facts."""

    key: RemedyKey
    step: int
    due_at: Instant
    notify: str
    by: tuple[str, ...]
    state: StepState
    explanation: Explanation


Remedy: TypeAlias = ServiceCredit | Bonus | EarnBack | Right | ObligationDue | Escalation


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class MissedDuty:
    """What the customer did not do in time; a fact, not a remedy."""

    duty: str
    subject: str
    source: str
    due_until: Instant
    done_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A right or window that has not fired, and how near it is."""

    clause: str
    source: str
    explanation: Explanation
    subject: str = ""


EventReason: TypeAlias = Literal[
    "unused",
    "unknown-agreement",
    "no-terms-in-force",
    "unsigned-terms",
    "outside-accepts",
    "wrong-unit",
    "wrong-currency",
    "unknown-service",
    "service-missing",
    "unknown-subject",
    "subject-missing",
    "indicator-missing",
    "unknown-name",
    "contradictory-facts",
    "incomplete-subject",
    "claim-without-credit",
    "late-claim",
    "opening-straddles-window",
    "late-choice",
    "unsigned-adjustment",
    "settled-too-much",
    "corrected",
    "retracted",
    "corrects-nothing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRemark:
    """What became of an accepted event that judged nothing: a named outcome and what to do about it."""

    event: str
    reason: EventReason
    message: str
    evidence: str = field(default="", metadata=ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The whole answer for one agreement, as of a moment and as known at a moment.

    `terms`: effective date and digest of every terms that were used. Lists are in canonical order.
    """

    agreement: str
    as_of: Instant
    known_at: Instant | None
    timezone: str
    currency: str
    terms: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]
    credits: tuple[ServiceCredit, ...]
    rights: tuple[Right, ...]
    obligations: tuple[ObligationDue, ...]
    escalations: tuple[Escalation, ...]
    missed_duties: tuple[MissedDuty, ...]
    nearly: tuple[NearMiss, ...]
    remarks: tuple[EventRemark, ...]
    earn_backs: tuple[EarnBack, ...] = ()
    bonuses: tuple[Bonus, ...] = ()

    def digest(self) -> str:
        """SHA-256 of the canonical text: equal for equal facts, however they arrived."""
        return digest(self)
