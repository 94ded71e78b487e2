"""The keys of availability and of time down: which time counts, how outages weigh, how long a check's state holds.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.indicators import Unobserved
from malus.rulefiles.documents import Text, Words
from malus.rulefiles.forms import Form, may, needs
from malus.rulefiles.forms_measures import (
    EXCLUDING,
    NO_DATA_SAYS,
    OF,
    PER,
    REPORTED_IN_TIME,
    WHERE_OUTAGES,
    WHERE_SITE,
    measured_form,
)
from malus.rulefiles.quantities_text import at_most_time, whole_total
from malus.rulefiles.scalars import ELAPSED_TIME, NAME, NO_DATA, QUANTITY, words

EXCLUDED_TIME: Final[Words[Literal["counts_as_up", "leaves_the_base"]]] = words("counts_as_up", "leaves_the_base")
DEGRADED: Final[Words[Literal["counts_as_up", "counts_as_down"]]] = words("counts_as_up", "counts_as_down")
UNOBSERVED: Final = words(*Unobserved)
LEAVES_THE_BASE: Final = words("leaves_the_base")
PART_BASE: Final[Words[Literal["full", "its_own_time"]]] = words("full", "its_own_time")
WHOLE_OF: Final[Words[Literal["outage", "period", "clock_minute"]]] = words("outage", "period", "clock_minute")
BEGUN: Final[Words[Literal["counts", "ignored"]]] = words("counts", "ignored")
WEIGHTED_BY: Final[Words[Literal["share", "affected"]]] = words("share", "affected")
OVERLAPPING: Final[Words[Literal["added_up", "highest"]]] = words("added_up", "highest")
#: Stands for a total that readings of the indicator tell.
TOLD_BY_READINGS: Final = 0
TOTAL: Final[Text[int]] = Text(
    says="how many there are in all, `100`, or `readings` where readings of this indicator tell it",
    parse=lambda text, reading: TOLD_BY_READINGS if text == "readings" else whole_total(text, reading),
    numeric=True,
)
#: Stands for a state that holds until the next check, however late that is.
UNTIL_NEXT_CHECK: Final = -1
HOLDS: Final[Text[int]] = Text(
    says="`until_next_check`, or the longest time: `at most 15 minutes`",
    parse=lambda text, reading: UNTIL_NEXT_CHECK if text == "until_next_check" else at_most_time(text, reading),
    pattern="until_next_check|at most .+",
)
WHOLE_MINUTES: Final = Form(
    name="the whole minutes",
    says="which time is counted in whole minutes: `{each: outage, part: counts}`",
    keys=(
        needs("each", WHOLE_OF, "the time of each outage, of the whole period, or every minute of the clock"),
        needs("part", BEGUN, "whether a minute begun counts as whole, or not at all"),
    ),
)
_HOURS: Final = may("hours", NAME, "the calendar of the agreed hours: other time is no part of the period")
_NOT_IN_SERVICE: Final = may(
    "not_in_service", LEAVES_THE_BASE, "time in which the service was not in service is no part of the period"
)
_BASE: Final = (
    EXCLUDING,
    may("excluded_time", EXCLUDED_TIME, "whether excused time stays in the base as up, or leaves it"),
    _HOURS,
    _NOT_IN_SERVICE,
    may("base", ELAPSED_TIME, "a fixed base, whatever the length of the period: `43200 minutes`"),
    may("part_base", PART_BASE, "what a period cut short is held against, where the base is fixed"),
)
_IGNORED: Final = needs(
    "ignore_up_to", ELAPSED_TIME, "outages up to this long do not count; `0 seconds` counts them all"
)
_WHOLE_MINUTES: Final = may("whole_minutes", WHOLE_MINUTES, "time down in whole minutes; left out: exact")

FROM_OUTAGES: Final = measured_form(
    "availability",
    "outages",
    WHERE_OUTAGES,
    OF,
    PER,
    *_BASE,
    _IGNORED,
    REPORTED_IN_TIME,
    _WHOLE_MINUTES,
    may("weighted_by", WEIGHTED_BY, "what an outage weighs: its share of the service, or how many it affected"),
    may("total", TOTAL, "how many there are in all, where outages weigh by how many they affected"),
    may("overlapping", OVERLAPPING, "whether outages at one time are added up, or the highest of them counts"),
    may("no_data", NO_DATA, NO_DATA_SAYS),
)
DOWNTIME: Final = measured_form(
    "downtime",
    "outages",
    WHERE_OUTAGES,
    OF,
    PER,
    EXCLUDING,
    _HOURS,
    _NOT_IN_SERVICE,
    _IGNORED,
    REPORTED_IN_TIME,
    _WHOLE_MINUTES,
)
INSIDE_TIME: Final[Words[Literal["counts_as_up", "leaves_the_base"]]] = Words(
    choices=(("counts_as_inside", "counts_as_up"), ("leaves_the_base", "leaves_the_base"))
)
UNREAD: Final[Words[Unobserved]] = Words(
    choices=(
        ("counts_as_inside", Unobserved.COUNTS_AS_UP),
        ("counts_as_outside", Unobserved.COUNTS_AS_DOWN),
        ("leaves_the_base", Unobserved.LEAVES_THE_BASE),
    )
)
#: Stands for a reading that holds until the next one, however late that is.
UNTIL_NEXT_READING: Final = -1
HOLDS_FOR: Final[Text[int]] = Text(
    says="`until_next_reading`, or the longest time: `at most 15 minutes`",
    parse=lambda text, reading: UNTIL_NEXT_READING if text == "until_next_reading" else at_most_time(text, reading),
    pattern="until_next_reading|at most .+",
)
TIME_SHARE: Final = measured_form(
    "time_share",
    "readings",
    WHERE_SITE,
    OF,
    PER,
    may("reads", NAME, "the name that the readings carry; left out: the indicator's own"),
    may("below", QUANTITY, "a reading below this is inside"),
    may("at_most", QUANTITY, "a reading up to this is inside"),
    may("above", QUANTITY, "a reading above this is inside"),
    may("at_least", QUANTITY, "a reading from this on is inside"),
    needs("holds_for", HOLDS_FOR, "how long a reading holds"),
    needs("unobserved", UNREAD, "what time without a reading counts as"),
    EXCLUDING,
    may("excluded_time", INSIDE_TIME, "whether excused time stays in the base as inside, or leaves it"),
    _HOURS,
    _NOT_IN_SERVICE,
    may("no_data", NO_DATA, NO_DATA_SAYS),
)
FROM_CHECKS: Final = measured_form(
    "availability",
    "checks",
    WHERE_SITE,
    OF,
    PER,
    *_BASE,
    needs("state_holds", HOLDS, "how long a check's state holds"),
    needs("unobserved", UNOBSERVED, "what time without a check counts as"),
    needs("degraded", DEGRADED, "what a degraded service counts as"),
    may("no_data", NO_DATA, NO_DATA_SAYS),
)
