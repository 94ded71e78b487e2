"""The keys of what follows besides money: rights, obligations, steps of escalation, and the return of a credit.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.rulefiles.documents import ListOf, Text, Words
from malus.rulefiles.forms import ByKey, Form, Key, may, needs
from malus.rulefiles.forms_deadlines import deadline_form, deadline_keys
from malus.rulefiles.forms_indicators import EDGES
from malus.rulefiles.quantities_text import next_periods
from malus.rulefiles.scalars import CHANNELS, DURATION, ELAPSED_TIME, NAME, PARTY, QUANTITY, SHARE_OF_PROMISE, words

ARISEN: Final[Words[str]] = words("arisen")
ARISEN_OR_CURE: Final[Words[str]] = words("arisen", "cure")
RIGHT_KIND: Final[Words[Literal["termination", "partial_termination", "step_in"]]] = words(
    "termination", "partial_termination", "step_in"
)
CURE: Final = deadline_form("the time to cure", ARISEN, "the time runs from the moment the right arises")
EXERCISE: Final = deadline_form("the time to exercise", ARISEN_OR_CURE, "what the time runs from")
RIGHT: Final = Form(
    name="a right",
    says="`{kind: termination, of: customer}`",
    keys=(
        needs("kind", RIGHT_KIND, "what its holder may do"),
        needs("of", PARTY, "who holds it"),
        may("cure", CURE, "the time in which the other party may remedy first"),
        may("exercise", EXERCISE, "until when it may be exercised; left out: as long as it stands"),
        may("notice", DURATION, "the notice with which it is exercised"),
    ),
)
BREACH: Final[Words[str]] = words("breach")
OBLIGATION: Final = Form(
    name="an obligation",
    says="`{deliver: repair-plan, by: provider, within: 5 business days, after: breach}`",
    keys=(
        needs("deliver", NAME, "what is owed"),
        needs("by", PARTY, "who owes it"),
        *deadline_keys(BREACH, "the time runs from the moment the clause applies"),
    ),
)
_NOTIFIED: Final[tuple[Key, ...]] = (
    needs("notify", NAME, "the contact that is told"),
    needs("by", CHANNELS, "how: the contact must have that channel"),
)
PROMISE_OR_BREACH: Final[Words[str]] = words("promise", "breach")
PROMISE: Final[Words[str]] = words("promise")
STEP_AT: Final = Form(
    name="a step at a share of the promise",
    says="`{at: 80 % of promise, notify: service-desk, by: [phone]}`",
    keys=(needs("at", SHARE_OF_PROMISE, "how much of the promised time is used"), *_NOTIFIED),
)
STEP_AFTER: Final = Form(
    name="a step after",
    says="`{within: 4 hours, after: promise, notify: management, by: [email]}`",
    keys=(*deadline_keys(PROMISE_OR_BREACH, "what the time runs from"), *_NOTIFIED),
)
STEP_BEFORE: Final = Form(
    name="a step before",
    says="`{within: 1 hour, before: promise, notify: service-desk, by: [phone]}`",
    keys=(
        needs("before", PROMISE, "the time ends with the promised time"),
        needs("within", ELAPSED_TIME, "so much promised time before its end"),
        *_NOTIFIED,
    ),
)
STEP: Final = ByKey(name="a step", forms=(("at", STEP_AT), ("after", STEP_AFTER), ("before", STEP_BEFORE)))
STEPS: Final = ListOf(of=STEP)

NEXT_PERIODS: Final = Text(
    says="the periods that decide: `each of the next 3 months`",
    parse=next_periods,
    pattern="each of the next .+",
)
REACHED: Final = Form(
    name="the level to reach",
    says="one edge: `{at_least: 99.95 %}`",
    keys=tuple(may(edge, QUANTITY, "the level") for edge in EDGES),
)
TOO_BAD: Final = Form(
    name="the level that is too bad",
    says="one edge: `{below: 95 %}`",
    keys=tuple(may(edge, QUANTITY, "the level") for edge in EDGES),
)
RETURNED: Final = Form(
    name="the return of a credit",
    says="`{if_met_in: each of the next 3 months, not_if: {below: 95 %}}`",
    keys=(
        needs("if_met_in", NEXT_PERIODS, "the later periods that must all keep the promise"),
        may("target", REACHED, "what they must reach instead, where it is not the promise"),
        may("not_if", TOO_BAD, "levels that were too bad for their credit to be returned"),
        may("not_when", NAME, "a clause over a window: nothing is returned where it applied meanwhile"),
    ),
)
