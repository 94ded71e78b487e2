"""The keys of a scenario: what happens, line by line, and what is expected of it.

Owns: the description that checks those keys. Does not own: what an event's values may be (model.event_rows), what an
expectation is compared with, or the keys of an agreement.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeAlias

from malus.model.assessment import CreditState, Finality, ObligationState, RightState, StepState
from malus.model.money import Money
from malus.model.quantities import Outcome, Unit
from malus.rulefiles.documents import ListOf, Malformed, Text, Words
from malus.rulefiles.findings import Reading
from malus.rulefiles.forms import ByKey, Form, Key, may, needs
from malus.rulefiles.quantities_text import elapsed_time, money, quantity
from malus.rulefiles.scalars import CHANNELS, FREE, MONEY, SOURCE, VALUE, words

#: What stands for "there is nothing of that kind".
NONE: Final = "none"
#: A level that is expected: its exact value, the unit it was written in (None: a bare fraction), and its text.
ExpectedLevel: TypeAlias = tuple[Fraction, Unit | None, str]

_LAST_INSTANT: Final = "a last instant: `2026-08-30 end_of_day`, or a date and time"


def _level(text: str, reading: Reading) -> ExpectedLevel:
    parts = text.split("/")
    if len(parts) == 2 and all(part.isdecimal() for part in parts) and int(parts[1]):
        return Fraction(int(parts[0]), int(parts[1])), None, text
    read = quantity(text, reading)
    if read.unit == "%":
        return read.number / 100, Unit.PERCENT, text
    if not read.unit:
        return read.number, Unit.COUNT, text
    return Fraction(elapsed_time(text, reading)), Unit.DURATION, text


def _credit(text: str, reading: Reading) -> Money | str:
    return NONE if text == NONE else money(text, reading)


def _place(text: str, reading: Reading) -> int:
    del reading
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise Malformed("out-of-range", f"`{text[:60]}` is no step", "steps count from 1")
    return int(text)


LEVEL: Final[Text[ExpectedLevel]] = Text(
    says="an exact level: `715/720`, `99.5 %`, `4 hours`, `3`", parse=_level, numeric=True
)
CREDIT_OR_NONE: Final[Text[Money | str]] = Text(
    says="an amount, `1200.00 EUR`, or `none` where no credit may follow", parse=_credit
)
PLACE: Final[Text[int]] = Text(says="a step of the ladder, from 1", parse=_place, numeric=True)
VERDICTS: Final = words(*Outcome)
FINALITIES: Final = words(*Finality)
CREDIT_STATES: Final = words(*CreditState)
RIGHT_STATES: Final[Words[str]] = words(*(state.value for state in RightState), NONE)
OBLIGATION_STATES: Final[Words[str]] = words(*(state.value for state in ObligationState), NONE)
STEP_STATES: Final[Words[str]] = words(*(state.value for state in StepState), NONE)
DUTY_STATES: Final[Words[str]] = words("missed", NONE)
DUTIES: Final[Words[str]] = words("report outages", "report incidents")
YES: Final[Words[bool]] = Words(choices=(("true", True),))

_COMMON: Final[tuple[Key, ...]] = (
    may("id", VALUE, "the event's own id; left out, every line counts"),
    may("sequence", VALUE, "the source's own order of facts at one instant"),
    may("recorded", VALUE, "when we learned of it; only filters what was known"),
)
_FROM_TO: Final[tuple[Key, ...]] = (
    may("from", VALUE, "from when; a date is the start of that day"),
    may("to", VALUE, "until when, itself outside"),
)
_PERIOD: Final = may("period", VALUE, "the period it is for: `2026-06`")
_SUBJECT: Final = may("subject", VALUE, "the incident it is for")
_SITE: Final = may("site", VALUE, "the site")
_AT: Final = may("at", VALUE, "when; a date is the start of that day")


def _event(word: str, says: str, subject: str, *keys: Key) -> tuple[str, Form]:
    """A line whose first key names the kind of event and what it is about."""
    return word, Form(name=f"the event `{word}`", says=says, keys=(needs(word, VALUE, subject), *keys, *_COMMON))


PAUSE: Final = Form(
    name="a pause",
    says="`{from: 2026-06-03 11:00, to: 2026-06-03 12:00, reason: waiting-for-customer}`",
    keys=(*_FROM_TO, may("reason", VALUE, "why the clock stood still")),
)
PAUSES: Final = ListOf(of=PAUSE)
PRIORITY_CHANGE: Final = Form(
    name="a change of priority",
    says="`{at: 2026-06-03 11:00, to: high}`",
    keys=(_AT, may("to", VALUE, "its priority from then on")),
)
PRIORITY_CHANGES: Final = ListOf(of=PRIORITY_CHANGE)
MOMENTS: Final = ListOf(of=VALUE, single=True)
INCIDENT: Final = _event(
    "incident",
    "`{incident: INC-7, priority: critical, opened: 2026-06-03 10:00, responded: 2026-06-03 11:00}`",
    "the incident's name",
    may("service", VALUE, "the service; may be left out where there is only one"),
    may("priority", VALUE, "its priority when it was opened"),
    may("opened", VALUE, "when it was opened"),
    may("accepted", VALUE, "when it was accepted"),
    may("responded", VALUE, "when it was answered"),
    may("workaround", VALUE, "when a workaround was in place"),
    may("resolved", MOMENTS, "when it was resolved; a list where it was reopened"),
    may("reopened", MOMENTS, "when it was reopened"),
    may("pauses", PAUSES, "when its clock stood still, and why"),
    may("priority_changes", PRIORITY_CHANGES, "when its priority changed, and to what"),
    _SITE,
)
CHARGE: Final = _event(
    "charge",
    "`{charge: hosting, period: 2026-06, amount: 1000.00 EUR}`",
    "the charge's name",
    _PERIOD,
    *_FROM_TO,
    may("amount", VALUE, "how much was billed"),
)
EVENT: Final = ByKey(
    name="an event",
    forms=(
        _event(
            "outage",
            "`{outage: webshop, from: 2026-06-03 10:00, to: 2026-06-03 15:00}`",
            "the service that was down",
            may("outage_id", VALUE, "the outage, where several lines tell of one"),
            *_FROM_TO,
            may("severity", VALUE, "how severe"),
            _SITE,
            may("reported", VALUE, "when the customer reported it"),
        ),
        _event(
            "check",
            "`{check: webshop, at: 2026-06-03 10:00, state: down}`",
            "the service that a monitor saw",
            _AT,
            may("state", VALUE, "`up`, `down` or `degraded`"),
            _SITE,
        ),
        _event(
            "tally",
            "`{tally: webshop, from: 2026-06-01, to: 2026-07-01, good: 9990, total: 10000}`",
            "the service that was counted",
            *_FROM_TO,
            may("good", VALUE, "how many were good"),
            may("total", VALUE, "how many there were"),
            may("indicator", VALUE, "the indicator, where the service has several"),
            _SITE,
        ),
        _event(
            "reading",
            "`{reading: uptime, at: 2026-06-30, value: 99.7 %}`",
            "the indicator that was read",
            _AT,
            *_FROM_TO,
            may("value", VALUE, "the number with its unit; a count has none"),
            may("service", VALUE, "the service; may be left out where there is only one"),
            _SITE,
        ),
        INCIDENT,
        _event(
            "exclusion",
            "`{exclusion: maintenance, from: ..., to: ..., announced: 2026-05-20}`",
            "the cause: `maintenance`, `force_majeure`, `customer` or `third_party`",
            *_FROM_TO,
            may("announced", VALUE, "when it was announced"),
            may("service", VALUE, "the service; left out, it holds for every service"),
        ),
        CHARGE,
        _event(
            "obligation",
            "`{obligation: monthly-report, period: 2026-06, at: 2026-07-05}`",
            "the indicator or clause that asks for it, or whose right it cures",
            _PERIOD,
            _AT,
            _SUBJECT,
        ),
        _event(
            "claim",
            "`{claim: uptime-credit, period: 2026-06, at: 2026-07-06}`",
            "the clause whose credit is claimed",
            _PERIOD,
            _SUBJECT,
            _AT,
            may("step", VALUE, "the step, where the agreement has several"),
        ),
        _event(
            "notice",
            "`{notice: chronic, act: exercises, at: 2026-09-15}`",
            "the clause that gives the right",
            may("act", VALUE, "`exercises` or `waives`"),
            _AT,
            _PERIOD,
            _SUBJECT,
        ),
    ),
)
_BALANCE: Final = (_PERIOD, *_FROM_TO)
OPENING: Final = ByKey(
    name="an opening balance",
    forms=(
        (
            "cap",
            Form(
                name="an opening balance of a cap",
                says="`{cap: yearly, from: 2025-01-01, to: 2026-01-01, used: 11.01 EUR, charged: 110.00 EUR}`",
                keys=(
                    needs("cap", VALUE, "the cap that was used"),
                    *_BALANCE,
                    may("used", VALUE, "what had been credited under it"),
                    may("charged", VALUE, "what had been charged in that time"),
                    *_COMMON,
                ),
            ),
        ),
        (
            "missed",
            Form(
                name="an opening balance of a missed period",
                says="`{missed: uptime, period: 2025-12}`",
                keys=(needs("missed", VALUE, "the indicator or clause that was missed"), *_BALANCE, *_COMMON),
            ),
        ),
    ),
)
EVENTS: Final = ListOf(of=EVENT)
CHARGES: Final = ListOf(of=CHARGE[1])
OPENINGS: Final = ListOf(of=OPENING)


def _expected(word: str, says: str, about: Key, *keys: Key) -> tuple[str, Form]:
    return word, Form(name=f"the expectation `{word}`", says=says, keys=(about, *keys))


_FINALITY: Final = may("finality", FINALITIES, "whether anything may still change it")
EXPECTATION: Final = ByKey(
    name="an expectation",
    forms=(
        _expected(
            "clause",
            "`{clause: uptime-credit, period: 2026-06, credit: 1200.00 EUR, state: due}`",
            needs("clause", VALUE, "the clause"),
            may("period", VALUE, "the period, by its label"),
            may("subject", VALUE, "the incident; left out, the credits of all of them together"),
            may("value", LEVEL, "the level, exactly"),
            may("verdict", VERDICTS, "whether the promise was kept"),
            may("credit", CREDIT_OR_NONE, "what is credited, after caps"),
            may("before_cap", MONEY, "what would be credited without caps"),
            may("state", CREDIT_STATES, "where the credit stands"),
            _FINALITY,
            may("pending_on", VALUE, "what the credit waits for"),
            may("claim_until", VALUE, _LAST_INSTANT),
        ),
        _expected(
            "right",
            "`{right: chronic, state: open, exercise_until: 2026-08-30 end_of_day}`",
            needs("right", VALUE, "the clause that gives it"),
            needs("state", RIGHT_STATES, "where it stands; `none`: it did not arise"),
            may("arisen", VALUE, "when it arose; a date is the start of that day"),
            may("cure_until", VALUE, _LAST_INSTANT),
            may("exercise_until", VALUE, _LAST_INSTANT),
            may("ends_service", VALUE, "when the service ends after the notice"),
            _FINALITY,
        ),
        _expected(
            "obligation",
            "`{obligation: repair-plan, period: 2026-06, state: missed, due: 2026-07-07 end_of_day}`",
            needs("obligation", VALUE, "the clause that asks for it"),
            needs("state", OBLIGATION_STATES, "where it stands; `none`: nothing is owed"),
            _PERIOD,
            may("subject", VALUE, "the incident it is for"),
            may("due", VALUE, _LAST_INSTANT),
        ),
        _expected(
            "escalation",
            "`{escalation: late-response, step: 1, subject: INC-7, state: raised, notify: service-desk}`",
            needs("escalation", VALUE, "the clause with the ladder"),
            needs("step", PLACE, "the step, from 1"),
            needs("state", STEP_STATES, "`coming` or `raised`; `none`: it does not hold"),
            may("subject", VALUE, "the incident it is about"),
            _PERIOD,
            may("due", VALUE, _LAST_INSTANT),
            may("notify", VALUE, "the contact that is told"),
            may("by", CHANNELS, "how"),
        ),
        _expected(
            "duty",
            "`{duty: report outages, subject: OUT-3, state: missed}`",
            needs("duty", DUTIES, "what the customer had to do"),
            needs("state", DUTY_STATES, "`missed`, or `none` where it was kept"),
            may("subject", VALUE, "the outage"),
            may("due", VALUE, _LAST_INSTANT),
        ),
        _expected(
            "event",
            "`{event: R-1, refused: outside-accepts}`",
            needs("event", VALUE, "the event: its id, its subject, or its place among `events`, from 1"),
            needs("refused", VALUE, "why it judges nothing: the fault of a field, or the remark on the event"),
        ),
        _expected(
            "fault",
            "`{fault: table-gap}`",
            needs("fault", VALUE, "what `malus lint` finds in the rule files, by its code"),
        ),
        _expected(
            "total",
            "`{total: 3500.00 EUR, period: 2026-10}`",
            needs("total", MONEY, "all credits together; those of a period that still runs do not count"),
            may("period", VALUE, "only those of this period"),
        ),
    ),
)
EXPECTATIONS: Final = ListOf(of=EXPECTATION)
SCENARIO: Final = Form(
    name="a scenario",
    says="what happens and what is expected of it: `scenario`, `as_of`, `events`, `expect`",
    keys=(
        needs("scenario", FREE, "what it proves, in a sentence"),
        needs("as_of", VALUE, "the moment the question is asked for; a date is the start of that day"),
        may("known_at", VALUE, "leave out what was learnt, or signed, later"),
        may("terms", VALUE, "the label of the one file to use; left out, all files of the folder"),
        may("events", EVENTS, "what happened"),
        may("charges", CHARGES, "what was billed"),
        may("opening", OPENINGS, "what the agreement brings along"),
        needs("expect", EXPECTATIONS, "what follows"),
        may("nothing_else", YES, "`true`: nothing follows beyond what is expected"),
        may("source", SOURCE, "where the paper has this example"),
    ),
)
