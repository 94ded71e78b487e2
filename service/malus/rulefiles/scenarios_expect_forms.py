"""The keys of what a scenario expects, line by line.

Owns: the description that checks those keys. Does not own: what an expectation is compared with, or any event.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeAlias

from malus.model.assessment import (
    BonusState,
    CreditState,
    EarnBackState,
    Finality,
    ObligationState,
    RightState,
    StepState,
)
from malus.model.money import Money, zero
from malus.model.quantities import Outcome, Unit
from malus.rulefiles.documents import ListOf, Malformed, Text, Words
from malus.rulefiles.findings import Reading
from malus.rulefiles.forms import ByKey, Form, Key, may, needs
from malus.rulefiles.forms_clauses import SETTLED
from malus.rulefiles.quantities_text import elapsed_time, money, quantity
from malus.rulefiles.scalars import CHANNELS, MONEY, VALUE, words

#: What stands for "there is nothing of that kind".
NONE: Final = "none"
#: A level that is expected: its exact value, the unit it was written in (None: a bare fraction), and its text.
ExpectedLevel: TypeAlias = tuple[Fraction, Unit | None, str]
#: A level as printed: its number in the unit it is written in, that unit, its decimals, and its text.
RoundedLevel: TypeAlias = tuple[Fraction, Unit, int, str]

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


def _rounded(text: str, reading: Reading) -> RoundedLevel:
    read = quantity(text, reading)
    if read.unit not in ("%", ""):
        raise Malformed("wrong-unit", f"`{text[:60]}` is no percentage or number", "write `99.8981 %` or `7.38`")
    decimals = len(text.removesuffix("%").strip().partition(".")[2])
    return read.number, Unit.PERCENT if read.unit else Unit.COUNT, decimals, text


def _credit(text: str, reading: Reading) -> Money | str:
    return NONE if text == NONE else money(text, reading)


def _signed(text: str, reading: Reading) -> Money:
    amount = money(text.removeprefix("-"), reading)
    return zero(amount.currency) - amount if text.startswith("-") else amount


def _place(text: str, reading: Reading) -> int:
    del reading
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise Malformed("out-of-range", f"`{text[:60]}` is no step", "steps count from 1")
    return int(text)


LEVEL: Final[Text[ExpectedLevel]] = Text(
    says="an exact level: `715/720`, `99.5 %`, `4 hours`, `3`", parse=_level, numeric=True
)
ROUNDED_LEVEL: Final[Text[RoundedLevel]] = Text(
    says="a level to so many decimals: `99.8981 %`, `7.38`", parse=_rounded, numeric=True
)
CREDIT_OR_NONE: Final[Text[Money | str]] = Text(
    says="an amount, `1200.00 EUR`, or `none` where no credit may follow", parse=_credit
)
PLACE: Final[Text[int]] = Text(says="a step of the ladder, from 1", parse=_place, numeric=True)
VERDICTS: Final = words(*Outcome)
FINALITIES: Final = words(*Finality)
CREDIT_STATES: Final = words(*CreditState)
RIGHT_STATES: Final[Words[str]] = words(*(state.value for state in RightState), NONE)
EARN_BACK_STATES: Final[Words[str]] = words(*(state.value for state in EarnBackState), NONE)
BONUS_STATES: Final[Words[str]] = words(*(state.value for state in BonusState), NONE)
SIGNED_MONEY: Final[Text[Money]] = Text(says="an amount, also below nought: `-1200.00 EUR`", parse=_signed)
OBLIGATION_STATES: Final[Words[str]] = words(*(state.value for state in ObligationState), NONE)
STEP_STATES: Final[Words[str]] = words(*(state.value for state in StepState), NONE)
DUTY_STATES: Final[Words[str]] = words("missed", NONE)
DUTIES: Final[Words[str]] = words("report outages", "report incidents")
_IN_PERIOD: Final = may("period", VALUE, "the period, by its label: `2026-06`")


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
            may("subject", VALUE, "the incident or listed subject; left out, the credits of all of them together"),
            may("value", LEVEL, "the level, exactly"),
            may("value_rounded", ROUNDED_LEVEL, "the level, rounded half up to as many decimals as are written"),
            may("verdict", VERDICTS, "whether the promise was kept"),
            may("credit", CREDIT_OR_NONE, "what is credited, after caps"),
            may("before_cap", MONEY, "what would be credited without caps"),
            may("state", CREDIT_STATES, "where the credit stands"),
            _FINALITY,
            may("pending_on", VALUE, "what the credit waits for"),
            may("claim_until", VALUE, _LAST_INSTANT),
            may("choice_until", VALUE, _LAST_INSTANT),
            may("settled", MONEY, "what invoices took of the credit"),
        ),
        _expected(
            "right",
            "`{right: chronic, state: open, exercise_until: 2026-08-30 end_of_day}`",
            needs("right", VALUE, "the clause that gives it"),
            needs("state", RIGHT_STATES, "where it stands; `none`: it did not arise"),
            may("subject", VALUE, "the listed subject it is for"),
            may("arisen", VALUE, "when it arose; a date is the start of that day"),
            may("cure_until", VALUE, _LAST_INSTANT),
            may("exercise_until", VALUE, _LAST_INSTANT),
            may("ends_service", VALUE, "when the service ends after the notice"),
            _FINALITY,
        ),
        _expected(
            "earn_back",
            "`{earn_back: uptime-credit, period: 2026-06, state: due, amount: -1200.00 EUR}`",
            needs("earn_back", VALUE, "the clause whose credit is returned"),
            needs("state", EARN_BACK_STATES, "where it stands; `none`: there is nothing to return"),
            _IN_PERIOD,
            may("subject", VALUE, "the subject of the credit"),
            may("amount", SIGNED_MONEY, "what is returned, below nought"),
            _FINALITY,
        ),
        _expected(
            "bonus",
            "`{bonus: seasonal-capacity, period: 2026-06, state: due, amount: -1500.00 EUR}`",
            needs("bonus", VALUE, "the clause that gives it"),
            needs("state", BONUS_STATES, "where it stands; `none`: nothing is earned"),
            _IN_PERIOD,
            may("subject", VALUE, "the incident or listed subject it is for"),
            may("amount", SIGNED_MONEY, "what the customer owes after caps, below nought"),
            may("before_cap", SIGNED_MONEY, "what it would owe without caps, below nought"),
            may("settled", SETTLED, "`netted` or `apart`"),
            may("pending_on", VALUE, "what it waits for"),
            _FINALITY,
        ),
        _expected(
            "obligation",
            "`{obligation: repair-plan, period: 2026-06, state: missed, due: 2026-07-07 end_of_day}`",
            needs("obligation", VALUE, "the clause that asks for it"),
            needs("state", OBLIGATION_STATES, "where it stands; `none`: nothing is owed"),
            _IN_PERIOD,
            may("subject", VALUE, "the incident or listed subject it is for"),
            may("due", VALUE, _LAST_INSTANT),
        ),
        _expected(
            "escalation",
            "`{escalation: late-response, step: 1, subject: INC-7, state: raised, notify: service-desk}`",
            needs("escalation", VALUE, "the clause with the ladder"),
            needs("step", PLACE, "the step, from 1"),
            needs("state", STEP_STATES, "`coming` or `raised`; `none`: it does not hold"),
            may("subject", VALUE, "the incident or listed subject it is about"),
            _IN_PERIOD,
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
            "net",
            "`{net: -500.00 EUR, period: 2026-10}`",
            needs("net", SIGNED_MONEY, "the total less the bonuses that are netted; below nought the customer owes it"),
            may("period", VALUE, "only that of this period"),
            may("subject", VALUE, "only that of this incident or listed subject"),
        ),
        _expected(
            "total",
            "`{total: 3500.00 EUR, period: 2026-10}`",
            needs("total", MONEY, "all credits together; those of a period that still runs do not count"),
            may("period", VALUE, "only those of this period"),
            may("subject", VALUE, "only those of this incident or listed subject"),
        ),
    ),
)
EXPECTATIONS: Final = ListOf(of=EXPECTATION)
