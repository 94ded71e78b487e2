"""What a scenario expects: one value for each line of `expect`, typed and checked against the terms' names.

Owns: those values and how a line becomes one. Does not own: the keys (scenarios_forms), or any comparison.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypeAlias

from malus.model.assessment import CreditState, Finality
from malus.model.event_values import UnreadableError, read_value
from malus.model.instants import CivilTimeFault, Instant, civil_day, parse_instant, start_of_day
from malus.model.money import Money
from malus.model.periods import Period
from malus.model.quantities import Outcome
from malus.rulefiles.documents import Unsound
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.nodes import Node
from malus.rulefiles.scalars import CHANNELS, MONEY, VALUE
from malus.rulefiles.scenarios_expect_forms import (
    CREDIT_OR_NONE,
    CREDIT_STATES,
    DUTIES,
    DUTY_STATES,
    FINALITIES,
    LEVEL,
    OBLIGATION_STATES,
    PLACE,
    RIGHT_STATES,
    STEP_STATES,
    VERDICTS,
    ExpectedLevel,
)

_END_OF_DAY = " end_of_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedClause:
    """A clause's verdict and credit in a period or for a subject; None compares nothing. `credit` may be `none`."""

    line: int
    clause: str
    period: Period | None
    subject: str | None
    value: ExpectedLevel | None
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
    arisen: Instant | None
    cure_until: Instant | None
    exercise_until: Instant | None
    ends_service: Instant | None
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
    """All credits together, or those of a period."""

    line: int
    total: Money
    period: Period | None


Expectation: TypeAlias = (
    ExpectedClause
    | ExpectedRight
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
    read = _Read(given, zone)
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
                    arisen=read.instant("arisen"),
                    cure_until=read.last_instant("cure_until"),
                    exercise_until=read.last_instant("exercise_until"),
                    ends_service=read.instant("ends_service"),
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
        case _:
            return read.sound(ExpectedTotal(line=line, total=given.must("total", MONEY), period=read.period()))


def _check_names(given: Given, clauses: tuple[str, ...]) -> str:
    key = given.form.keys[0].name
    if key not in ("clause", "right", "obligation", "escalation"):
        return ""
    name = given.get(key, VALUE)
    if name is not None and clauses and name not in clauses:
        what = f"`{name}` is no clause of these terms"
        given.reading.error("unknown-clause", given.at(key), what, hint=did_you_mean(name, clauses))
    return name or ""


@dataclass(slots=True)
class _Read:
    """The values of a line that need the agreement's zone; `is_sound` until one of them is faulty."""

    given: Given
    zone: str
    is_sound: bool = True

    def sound(self, value: Expectation) -> Expectation:
        if not self.is_sound:
            raise Unsound
        return value

    def every_moment(self) -> None:
        """Report the faults of all of them, also where another value keeps the line from being read."""
        self.period()
        for key in ("arisen", "ends_service"):
            self.instant(key)
        for key in ("cure_until", "exercise_until", "claim_until", "choice_until", "due"):
            self.last_instant(key)

    def period(self) -> Period | None:
        text = self._text("period")
        if text is None:
            return None
        try:
            period = read_value("stretch", text, self.zone)
        except UnreadableError as fault:
            self._fault("period", fault.reason, fault.what, fault.hint)
            return None
        assert isinstance(period, Period), "a stretch is read as a period"
        return period

    def instant(self, key: str) -> Instant | None:
        text = self._text(key)
        return None if text is None else self._instant(key, text)

    def last_instant(self, key: str) -> Instant | None:
        """A last instant inside: a time, or the end of a day where the line says so; a bare date says neither."""
        text = self._text(key)
        if text is None:
            return None
        if text.endswith(_END_OF_DAY):
            start = self._instant(key, text.removesuffix(_END_OF_DAY))
            if start is None:
                return None
            return start_of_day(civil_day(start, self.zone) + datetime.timedelta(days=1), self.zone) - 1
        if ":" not in text:
            what = f"`{text}` does not say whether the day counts to its end"
            self._fault(key, "malformed-instant", what, f"write `{text}{_END_OF_DAY}`, or a date and time")
            return None
        return self._instant(key, text)

    def _text(self, key: str) -> str | None:
        return self.given.get(key, VALUE) if self.given.has(key) else None

    def _instant(self, key: str, text: str) -> Instant | None:
        try:
            return parse_instant(text, self.zone)
        except CivilTimeFault as fault:
            what, _, hint = fault.message.partition(": ")
            self._fault(key, fault.reason, what, hint)
            return None

    def _fault(self, key: str, code: str, what: str, hint: str) -> None:
        self.is_sound = False
        at: Node = self.given.at(key)
        self.given.reading.error(code, at, what, hint=hint)
