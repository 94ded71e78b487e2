"""Values as the operations give them, and messages as callers send them, each with one thing told differently."""

import datetime
from dataclasses import replace
from fractions import Fraction
from typing import Any

from malus.model.agreement import MoneyRule, Service, Terms
from malus.model.assessment import (
    Assessment,
    CreditState,
    Escalation,
    EventRemark,
    Finality,
    MissedDuty,
    NearMiss,
    ObligationDue,
    ObligationState,
    RemedyKey,
    Right,
    RightState,
    ServiceCredit,
    StepState,
    Verdict,
)
from malus.model.clauses import Clause
from malus.model.conditions import Declared
from malus.model.decisions import Decision, Reason
from malus.model.explanation import Explanation, RateTimes, Rounded
from malus.model.instants import parse_instant
from malus.model.ledger_values import NumberedDecision
from malus.model.money import Money, RoundingMode
from malus.model.periods import Period
from malus.model.quantities import Edge, Level, Limit, Outcome, Unit
from malus.v1 import event_pb2

START, END = parse_instant("2026-06-01T00:00:00Z", None), parse_instant("2026-07-01T00:00:00Z", None)
JUNE = Period(start=START, end=END, label="2026-06")


def euros(text: str) -> Money:
    return Money(amount=Fraction(text), currency="EUR")


EXPLANATION = Explanation(
    clause="uptime",
    source="Art. 4",
    terms_effective="2026-01-01",
    line=17,
    steps=(
        RateTimes(rate=Fraction(1, 30), base=euros("1000"), result=euros("100/3")),
        Rounded(before=euros("100/3"), mode=RoundingMode.HALF_UP, result=euros("33.33")),
    ),
)


def credit(subject: str = "", amount: str = "33.33") -> ServiceCredit:
    return ServiceCredit(
        key=RemedyKey(clause="uptime", slot="credit", subject=subject, occasion="2026-06-01T00:00:00Z"),
        period=JUNE,
        before_cap=euros(amount),
        amount=euros(amount),
        pending_on="",
        state=CreditState.DUE,
        finality=Finality.FINAL,
        final_from=END,
        claim_until=None,
        explanation=EXPLANATION,
    )


def decision(number: int, **told: Any) -> NumberedDecision:
    remedy = credit(subject=f"INC-{number}")
    values: dict[str, Any] = {
        "agreement": "acme",
        "key": remedy.key,
        "revision": 1,
        "supersedes": None,
        "reason": Reason.FIRST,
        "as_of": END,
        "state": "due",
        "finality": Finality.FINAL,
        "period": JUNE,
        "amount": remedy.amount,
        "before_cap": remedy.before_cap,
        "delta": remedy.amount,
        "withdrawn": False,
        "terms": (("2026-01-01", "d1"),),
        "content": "c" * 64,
        "remedy": remedy,
    }
    return NumberedDecision(sequence=number, recorded_at=END + 1, decision=Decision(**values | told))


def assessment(agreement: str = "acme", known_at: int | None = None) -> Assessment:
    level = Level(numerator=43_157, denominator=43_200, unit=Unit.PERCENT)
    return Assessment(
        agreement=agreement,
        as_of=END,
        known_at=known_at,
        timezone="Europe/Amsterdam",
        currency="EUR",
        terms=(("2026-01-01", "d1"),),
        verdicts=(
            Verdict(
                clause="uptime",
                indicator="availability",
                period=JUNE,
                subject="",
                outcome=Outcome.MISSED,
                level=level,
                limit=Limit(edge=Edge.AT_LEAST, value=Fraction(999, 1000), unit=Unit.PERCENT),
                finality=Finality.FINAL,
                final_from=END,
                terms_digest="d1",
                explanation=EXPLANATION,
            ),
        ),
        credits=(credit(),),
        rights=(
            Right(
                key=RemedyKey(clause="exit", slot="right", subject="", occasion="2026-06-01T00:00:00Z"),
                kind="terminate",
                holder="customer",
                arisen_at=END,
                cure_until=None,
                exercise_until=END + 9,
                ends_service_at=None,
                state=RightState.OPEN,
                finality=Finality.PROVISIONAL,
                final_from=None,
                explanation=EXPLANATION,
            ),
        ),
        obligations=(
            ObligationDue(
                key=RemedyKey(clause="report", slot="obligation", subject="", occasion="2026-06-01T00:00:00Z"),
                deliver="root-cause report",
                by="provider",
                due_until=END + 5,
                fulfilled_at=None,
                state=ObligationState.DUE,
                finality=Finality.PROVISIONAL,
                final_from=None,
                explanation=EXPLANATION,
            ),
        ),
        escalations=(
            Escalation(
                key=RemedyKey(clause="uptime", slot="escalation-1", subject="o1", occasion="o1"),
                step=1,
                due_at=START + 7,
                notify="duty manager",
                by=("phone", "email"),
                state=StepState.RAISED,
                explanation=EXPLANATION,
            ),
        ),
        missed_duties=(MissedDuty(duty="report outages", subject="o1", source="Art. 6", due_until=END, done_at=None),),
        nearly=(NearMiss(clause="chronic", source="Art. 9", explanation=EXPLANATION),),
        remarks=(EventRemark(event="e9", reason="unused", message="nothing reads it"),),
    )


def terms(effective: str = "2026-01-01") -> Terms:
    first = datetime.date.fromisoformat(effective)
    return Terms(
        agreement="acme",
        title="Hosting",
        document="hosting.pdf",
        language="en",
        effective=first,
        ends=None,
        signed_provider=first,
        signed_customer=None,
        timezone="Europe/Amsterdam",
        currency="EUR",
        money=MoneyRule(mode=RoundingMode.HALF_UP, when="each_remedy"),
        business_days=None,
        review=None,
        parties=(),
        services=(Service(name="web"),),
        charges=(),
        exclusions=(),
        indicators=(),
        clauses=(Clause(ordinal=0, name="exit", source="Art. 9", condition=Declared(flag="chronic")),),
        caps=(),
        claims=(),
        settlement=None,
    )


def outage_message(name: str = "e1", **told: Any) -> event_pb2.Event:
    message = event_pb2.Event(id=name, source="monitoring", agreement="agreements/acme", **told)
    message.outage.interval.start_time.seconds = 1_780_000_000
    message.outage.interval.end_time.seconds = 1_780_000_600
    message.outage.service = "web"
    return message


def revised(numbered: NumberedDecision, sequence: int) -> NumberedDecision:
    old = numbered.decision
    return replace(numbered, sequence=sequence, decision=replace(old, revision=2, supersedes=1))
