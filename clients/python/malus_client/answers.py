"""Owns what callers get: plain values made of messages, each with its message beside it for all further fields.

Does not own: how they are asked for. Moments are datetimes in UTC, amounts Decimal, exact amounts Fraction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from google.protobuf.descriptor import EnumDescriptor
from malus.v1 import (
    agreement_service_pb2,
    assessment_pb2,
    decision_pb2,
    error_reason_pb2,
    evaluation_service_pb2,
    explanation_pb2,
    quantity_pb2,
    remedy_pb2,
    rule_file_pb2,
)

from malus_client.amounts import decimal_of, fraction_of
from malus_client.event_times import datetime_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What is wrong with one field; `field` is its path in the request, or the column of a row."""

    field: str
    reason: str
    description: str

    @classmethod
    def of(cls, message: Any) -> Violation:
        return cls(field=message.field, reason=message.reason, description=message.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventResult:
    """What became of one event. `row`: the place of its row among those sent, from 0.

    `outcome`: accepted, duplicate, conflict or rejected; `reason` and `message` say why it was refused. `remarks`: of
    an accepted event that judged nothing, as (reason, message). `decisions`: names of those that its first call wrote.
    """

    row: int
    source: str
    id: str
    outcome: str
    reason: str = ""
    message: str = ""
    violations: tuple[Violation, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    decisions: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        return self.outcome in {"accepted", "duplicate"}

    @classmethod
    def of(cls, message: evaluation_service_pb2.EventResult, row: int) -> EventResult:
        return cls(
            row=row,
            source=message.source,
            id=message.id,
            outcome=_word(evaluation_service_pb2.EventResult.Outcome.DESCRIPTOR, message.outcome),
            reason=_reason(message.reason),
            message=message.message,
            violations=tuple(Violation.of(item) for item in message.violations),
            remarks=tuple((_reason(remark.reason), remark.message) for remark in message.remarks),
            decisions=tuple(message.decisions),
        )

    @classmethod
    def of_columns(cls, columns: Any, answer: Any, before: int) -> Iterator[EventResult]:
        """What became of each row of a call in columns; `before` rows were sent in earlier calls."""
        said = {item.index: item for item in answer.results}
        for place, outcome in enumerate(answer.outcomes):
            if place in said:
                yield cls.of(said[place], before + place)
                continue
            own_id = columns.ids[place] if columns.ids else f"{columns.id_prefix}-{columns.first_number + place}"
            word = _word(evaluation_service_pb2.EventResult.Outcome.DESCRIPTOR, outcome)
            yield cls(row=before + place, source=columns.source, id=own_id, outcome=word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One immutable entry of the ledger for a remedy; see decision.proto for each field.

    `key` is the name without its revision, the same for every revision. `amount` and `delta` are None where no money is
    involved or it still waits. `period` is a label such as 2026-06, empty where there is none.
    """

    name: str
    key: str
    sequence: int
    recorded_at: datetime
    agreement: str
    kind: str
    clause: str
    slot: str
    subject: str
    occasion: str
    revision: int
    supersedes: int | None
    reason: str
    as_of: datetime
    state: str
    is_final: bool
    period: str
    currency: str
    amount: Decimal | None
    delta: Decimal | None
    before_cap: Fraction | None
    withdrawn: bool
    source: str
    message: decision_pb2.Decision

    @classmethod
    def of(cls, message: decision_pb2.Decision) -> Decision:
        kind = message.remedy.WhichOneof("remedy") or ""
        key = message.name.rpartition("@")[0]
        return cls(
            name=message.name,
            key=key,
            sequence=message.sequence,
            recorded_at=datetime_of(message.recorded_at),
            agreement=key.split("/")[1],
            kind=kind.removesuffix("_due"),
            clause=message.key.clause,
            slot=message.key.slot,
            subject=message.key.subject,
            occasion=message.key.occasion,
            revision=message.revision,
            supersedes=message.supersedes if message.HasField("supersedes") else None,
            reason=_word(decision_pb2.DecisionReason.DESCRIPTOR, message.reason),
            as_of=datetime_of(message.as_of),
            state=message.state,
            is_final=message.finality == quantity_pb2.FINALITY_FINAL,
            period=message.period.label,
            currency=message.amount.currency_code or message.delta.currency_code,
            amount=decimal_of(message.amount) if message.HasField("amount") else None,
            delta=decimal_of(message.delta) if message.HasField("delta") else None,
            before_cap=fraction_of(message.before_cap) if message.HasField("before_cap") else None,
            withdrawn=message.withdrawn,
            source=getattr(message.remedy, kind).explanation.source if kind else "",
            message=message,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of events that were sent, in their order, and the decisions that followed from them."""

    results: tuple[EventResult, ...]
    decisions: tuple[Decision, ...]

    @property
    def refused(self) -> tuple[EventResult, ...]:
        return tuple(result for result in self.results if not result.is_kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A decision and its steps as sentences."""

    decision: Decision
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A service credit of an assessment. `amount` is None while it waits for `pending_on`."""

    clause: str
    subject: str
    occasion: str
    period: str
    currency: str
    amount: Decimal | None
    state: str
    is_final: bool
    pending_on: str
    source: str

    @classmethod
    def of(cls, message: remedy_pb2.ServiceCredit) -> Credit:
        return cls(
            clause=message.key.clause,
            subject=message.key.subject,
            occasion=message.key.occasion,
            period=message.period.label,
            currency=message.amount.currency_code,
            amount=decimal_of(message.amount) if message.HasField("amount") else None,
            state=_word(remedy_pb2.CreditState.DESCRIPTOR, message.state),
            is_final=message.finality == quantity_pb2.FINALITY_FINAL,
            pending_on=message.pending_on,
            source=message.explanation.source,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The whole answer for one agreement. Equal digests are equal answers, however the events arrived."""

    agreement: str
    as_of: datetime
    timezone: str
    currency: str
    credits: tuple[Credit, ...]
    digest: str
    message: assessment_pb2.Assessment

    @property
    def total(self) -> Decimal:
        """All its credits together, those included that may still change, less what was earned back.

        What the customer owes as a bonus is no part of it: see `bonuses` and `net`.
        """
        returned = [decimal_of(one.amount) for one in self.message.earn_backs if one.HasField("amount")]
        return sum((*(one.amount for one in self.credits if one.amount is not None), *returned), Decimal("0.00"))

    @property
    def bonuses(self) -> Decimal:
        """What the customer owes for more than was promised, 0 or below, netted or apart."""
        return self._owed((explanation_pb2.BONUS_SETTLED_APART, explanation_pb2.BONUS_SETTLED_NETTED))

    @property
    def net(self) -> Decimal:
        """The total less the bonuses that are set off against credits; below 0 the customer owes it."""
        return self.total + self._owed((explanation_pb2.BONUS_SETTLED_NETTED,))

    def _owed(self, settled: tuple[int, ...]) -> Decimal:
        mine = [bonus for bonus in self.message.bonuses if bonus.settled in settled and bonus.HasField("amount")]
        return sum((decimal_of(bonus.amount) for bonus in mine), Decimal("0.00"))

    @classmethod
    def of(cls, message: assessment_pb2.Assessment) -> Assessment:
        return cls(
            agreement=message.agreement.removeprefix("agreements/"),
            as_of=datetime_of(message.as_of),
            timezone=message.timezone,
            currency=message.currency_code,
            credits=tuple(Credit.of(credit) for credit in message.credits),
            digest=message.digest,
            message=message,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What would be, and what is to be said about the drafts it was asked with."""

    assessment: Assessment
    diagnostics: tuple[rule_file_pb2.Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement. `terms`: the first day in force and the digest of each of its terms, and whether both signed."""

    name: str
    title: str
    timezone: str
    currency: str
    terms: tuple[tuple[date, str, bool], ...]
    ledger_clock: datetime | None

    @classmethod
    def of(cls, message: agreement_service_pb2.Agreement) -> Agreement:
        return cls(
            name=message.name.removeprefix("agreements/"),
            title=message.title,
            timezone=message.timezone,
            currency=message.currency_code,
            terms=tuple((_date(entry.effective_date), entry.digest, entry.signed) for entry in message.terms),
            ledger_clock=datetime_of(message.ledger_clock) if message.HasField("ledger_clock") else None,
        )


def _date(day: Any) -> date:
    return date(day.year, day.month, day.day)


def _word(of: EnumDescriptor, number: int) -> str:
    """The value of an enum in lower case, without its prefix; the number where this client does not know it yet."""
    value = of.values_by_number.get(number)
    prefix = of.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(number) if value is None else value.name.removeprefix(prefix).lower()


def _reason(number: int) -> str:
    return _word(error_reason_pb2.ErrorReason.DESCRIPTOR, number).replace("_", "-") if number else ""
