"""What a scenario expects: one value for each line of `expect`, typed and checked against the terms' names.

Owns: those values and how a line becomes one. Does not own: the keys (scenarios_forms), or any comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from malus.model.assessment import CreditState, Finality
from malus.model.instants import Instant
from malus.model.money import Money
from malus.model.periods import Period
from malus.model.quantities import Outcome
from malus.rulefiles.documents import Unsound
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_clauses import SETTLED
from malus.rulefiles.scalars import CHANNELS, MONEY, VALUE
from malus.rulefiles.scenarios_expect_forms import (
    BONUS_STATES,
    CREDIT_OR_NONE,
    CREDIT_STATES,
    DUTIES,
    DUTY_STATES,
    EARN_BACK_STATES,
    FINALITIES,
    LEVEL,
    OBLIGATION_STATES,
    PLACE,
    RIGHT_STATES,
    ROUNDED_LEVEL,
    SIGNED_MONEY,
    STEP_STATES,
    VERDICTS,
    ExpectedLevel,
    RoundedLevel,
)
from malus.rulefiles.scenarios_moments import LineReading


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedClause:
    """A clause's verdict and credit in a period or for a subject; None compares nothing. `credit` may be `none`."""

    line: int
    clause: str
    period: Period | None
    subject: str | None
    value: ExpectedLevel | None
    value_rounded: RoundedLevel | None
    verdict: Outcome | None
    credit: Money | str | None
    before_cap: Money | None
    state: CreditState | None
    finality: Finality | None
    pending_on: str | None
    claim_until: Instant | None
    choice_until: Instant | None
    settled: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRight:
    """A right of a clause; `state` is `none` where it did not arise. Instants are the last ones inside."""

    line: int
    clause: str
    state: str
    subject: str | None
    arisen: Instant | None
    cure_until: Instant | None
    exercise_until: Instant | None
    ends_service: Instant | None
    finality: Finality | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEarnBack:
    """The return of a clause's credit; `state` is `none` where nothing is to be earned back."""

    line: int
    clause: str
    state: str
    period: Period | None
    subject: str | None
    amount: Money | None
    finality: Finality | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedBonus:
    """A bonus of a clause; `state` is `none` where nothing is earned. Amounts are below nothing."""

    line: int
    clause: str
    state: str
    period: Period | None
    subject: str | None
    amount: Money | None
    before_cap: Money | None
    settled: str | None
    pending_on: str | None
    finality: Finality | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedObligation:
    """What a party owes because of a clause; `state` is `none` where nothing is owed."""

    line: int
    clause: str
    state: str
    period: Period | None
    subject: str | None
    due: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStep:
    """A step of a clause's ladder; `state` is `none` where it does not hold."""

    line: int
    clause: str
    step: int
    state: str
    subject: str | None
    period: Period | None
    due: Instant | None
    notify: str | None
    by: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDuty:
    """A duty of the customer: `missed`, or `none` where it was kept."""

    line: int
    duty: str
    state: str
    subject: str | None
    due: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRefusal:
    """An event that judges nothing, and why. `event` is its id, its subject, or its place among `events`."""

    line: int
    event: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFault:
    """Something that is wrong with the rule files, by its code."""

    line: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedTotal:
    """All credits together, or those of a period or of one subject; `netted`: less the bonuses set off against them."""

    line: int
    total: Money
    period: Period | None
    subject: str | None
    netted: bool = False


Expectation: TypeAlias = (
    ExpectedClause
    | ExpectedRight
    | ExpectedEarnBack
    | ExpectedBonus
    | ExpectedObligation
    | ExpectedStep
    | ExpectedDuty
    | ExpectedRefusal
    | ExpectedFault
    | ExpectedTotal
)


def expectation(given: Given, *, zone: str, clauses: tuple[str, ...]) -> Expectation:
    """What a line expects. Raises Unsound where a value of it is faulty, once all of them are reported.

    `clauses`: the names that the terms have; empty where there are no terms to check names against.
    """
    named = _check_names(given, clauses)
    read = LineReading(given, zone)
    read.every_moment()
    if any(given.faulty(key) for key in given.entries) or not given.has(given.form.keys[0].name):
        raise Unsound
    line = given.node.place.line
    match given.form.keys[0].name:
        case "clause":
            return read.sound(
                ExpectedClause(
                    line=line,
                    clause=named,
                    period=read.period(),
                    subject=given.get("subject", VALUE),
                    value=given.get("value", LEVEL),
                    value_rounded=given.get("value_rounded", ROUNDED_LEVEL),
                    verdict=given.get("verdict", VERDICTS),
                    credit=given.get("credit", CREDIT_OR_NONE),
                    before_cap=given.get("before_cap", MONEY),
                    state=given.get("state", CREDIT_STATES),
                    finality=given.get("finality", FINALITIES),
                    pending_on=given.get("pending_on", VALUE),
                    claim_until=read.last_instant("claim_until"),
                    choice_until=read.last_instant("choice_until"),
                    settled=given.get("settled", MONEY),
                )
            )
        case "right":
            return read.sound(
                ExpectedRight(
                    line=line,
                    clause=named,
                    state=given.must("state", RIGHT_STATES),
                    subject=given.get("subject", VALUE),
                    arisen=read.instant("arisen"),
                    cure_until=read.last_instant("cure_until"),
                    exercise_until=read.last_instant("exercise_until"),
                    ends_service=read.instant("ends_service"),
                    finality=given.get("finality", FINALITIES),
                )
            )
        case "earn_back":
            return read.sound(
                ExpectedEarnBack(
                    line=line,
                    clause=named,
                    state=given.must("state", EARN_BACK_STATES),
                    period=read.period(),
                    subject=given.get("subject", VALUE),
                    amount=given.get("amount", SIGNED_MONEY),
                    finality=given.get("finality", FINALITIES),
                )
            )
        case "bonus":
            return read.sound(
                ExpectedBonus(
                    line=line,
                    clause=named,
                    state=given.must("state", BONUS_STATES),
                    period=read.period(),
                    subject=given.get("subject", VALUE),
                    amount=given.get("amount", SIGNED_MONEY),
                    before_cap=given.get("before_cap", SIGNED_MONEY),
                    settled=given.get("settled", SETTLED),
                    pending_on=given.get("pending_on", VALUE),
                    finality=given.get("finality", FINALITIES),
                )
            )
        case "obligation":
            return read.sound(
                ExpectedObligation(
                    line=line,
                    clause=named,
                    state=given.must("state", OBLIGATION_STATES),
                    period=read.period(),
                    subject=given.get("subject", VALUE),
                    due=read.last_instant("due"),
                )
            )
        case "escalation":
            channels = given.get("by", CHANNELS)
            return read.sound(
                ExpectedStep(
                    line=line,
                    clause=named,
                    step=given.must("step", PLACE),
                    state=given.must("state", STEP_STATES),
                    subject=given.get("subject", VALUE),
                    period=read.period(),
                    due=read.last_instant("due"),
                    notify=given.get("notify", VALUE),
                    by=None if channels is None else tuple(sorted(item.value for item in channels)),
                )
            )
        case "duty":
            return read.sound(
                ExpectedDuty(
                    line=line,
                    duty=given.must("duty", DUTIES),
                    state=given.must("state", DUTY_STATES),
                    subject=given.get("subject", VALUE),
                    due=read.last_instant("due"),
                )
            )
        case "event":
            return ExpectedRefusal(line=line, event=given.must("event", VALUE), reason=given.must("refused", VALUE))
        case "fault":
            return ExpectedFault(line=line, code=given.must("fault", VALUE))
        case "net":
            net, subject = given.must("net", SIGNED_MONEY), given.get("subject", VALUE)
            expected = ExpectedTotal(line=line, total=net, period=read.period(), subject=subject, netted=True)
            return read.sound(expected)
        case _:
            total, subject = given.must("total", MONEY), given.get("subject", VALUE)
            return read.sound(ExpectedTotal(line=line, total=total, period=read.period(), subject=subject))


def _check_names(given: Given, clauses: tuple[str, ...]) -> str:
    key = given.form.keys[0].name
    if key not in ("clause", "right", "bonus", "earn_back", "obligation", "escalation"):
        return ""
    name = given.get(key, VALUE)
    if name is not None and clauses and name not in clauses:
        what = f"`{name}` is no clause of these terms"
        given.reading.error("unknown-clause", given.at(key), what, hint=did_you_mean(name, clauses))
    return name or ""
