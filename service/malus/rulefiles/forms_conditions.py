"""The keys of conditions: what must have come together, in which window, before a clause applies.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.conditions import Fires
from malus.rulefiles.documents import ListOf, Words
from malus.rulefiles.forms import ByKey, Form, Key, may, needs
from malus.rulefiles.scalars import CYCLE, ELAPSED_TIME, NAME, QUANTITY, WINDOW, words

FIRES: Final = words(*Fires)
DAY: Final[Words[Literal["24_hours", "calendar_day"]]] = words("24_hours", "calendar_day")
PLACED_AT: Final[Words[Literal["start", "end"]]] = words("start", "end")
AT_THE_EDGE: Final[Words[Literal["inside", "outside"]]] = words("inside", "outside")

_SPAN: Final[tuple[Key, ...]] = (
    may("within", WINDOW, "how far back it looks: `any 30 days`, `any 2 hours`"),
    may("per", CYCLE, "or the stretch of the calendar in which it is counted: `month`"),
)
MISSED: Final = Form(
    name="a condition on missed periods",
    says="`{missed: uptime, at_least: 3 months, within: any 6 months}`",
    keys=(
        needs("missed", NAME, "a clause with a promise, or an indicator that one promise uses"),
        needs("at_least", QUANTITY, "how many missed periods: `3 months`"),
        needs("within", WINDOW, "the window: `any 6 months`"),
    ),
)
OCCURRED: Final = Form(
    name="a condition on occurrences",
    says="`{occurrences: long-outages, at_least: 3 outages, within: any 30 days, ...}`",
    keys=(
        needs("occurrences", NAME, "an indicator of occurrences"),
        may("at_least", QUANTITY, "from this number on: `3 outages`"),
        may("above", QUANTITY, "above this number"),
        *_SPAN,
        may("day", DAY, "what a day of the window is, where it is counted in days or weeks"),
        needs("placed_at", PLACED_AT, "the instant that an occurrence stands at"),
        may("at_the_edge", AT_THE_EDGE, "whether one exactly as old as the window still counts"),
    ),
)
TOTALLED: Final = Form(
    name="a condition on total time",
    says="`{total: uptime, at_least: 24 hours, within: any 30 days}`",
    keys=(
        needs("total", NAME, "an indicator of availability from outages"),
        may("at_least", ELAPSED_TIME, "from this time down on"),
        may("above", ELAPSED_TIME, "above this time down"),
        *_SPAN,
    ),
)
DECLARED: Final = Form(
    name="a condition on a declared fact",
    says="`{declared: critical-default}`",
    keys=(needs("declared", NAME, "a fact that another clause declares"),),
)
UNFULFILLED: Final = Form(
    name="a condition on an obligation",
    says="`{not_fulfilled: repair-plan}`",
    keys=(needs("not_fulfilled", NAME, "a clause with an obligation that was not fulfilled in time"),),
)
SAME: Final[Words[Literal["period", "incident"]]] = Words(
    choices=(("same_period", "period"), ("same_incident", "incident"))
)
_TOGETHER: Final = ListOf(of=NAME, least=2)
ALL_OF: Final = Form(
    name="a condition on all of several promises",
    says="`{all_of: [uptime-credit, repair-credit], in: same_period}`",
    keys=(
        needs("all_of", _TOGETHER, "clauses with promises, or indicators that one promise uses: all were missed"),
        needs("in", SAME, "in one period, or by one incident"),
    ),
)
SOME_OF: Final = Form(
    name="a condition on some of several promises",
    says="`{some_of: [uptime, repair, reports], at_least: 2 promises, in: same_period}`",
    keys=(
        needs("some_of", _TOGETHER, "clauses with promises, or indicators that one promise uses"),
        needs("at_least", QUANTITY, "how many of them were missed: `2 promises`"),
        needs("in", SAME, "in one period, or by one incident"),
    ),
)
_SINGLE: Final = (
    ("missed", MISSED),
    ("occurrences", OCCURRED),
    ("total", TOTALLED),
    ("declared", DECLARED),
    ("not_fulfilled", UNFULFILLED),
    ("all_of", ALL_OF),
    ("some_of", SOME_OF),
)
#: Conditions that look over no window, so that nothing is said about how often they fire.
WITHOUT_WINDOW: Final = (DECLARED, UNFULFILLED, ALL_OF, SOME_OF)
TOGETHER: Final = _TOGETHER
SINGLES: Final = ListOf(of=ByKey(name="one of several conditions", forms=_SINGLE), least=2)
ANY_OF: Final = Form(
    name="any of several conditions",
    says="`{any_of: [{occurrences: ...}, {total: ...}]}`: each of them by itself is enough",
    keys=(needs("any_of", SINGLES, "the conditions"),),
)
WHEN: Final = ByKey(name="a condition", forms=(*_SINGLE, ("any_of", ANY_OF)))
