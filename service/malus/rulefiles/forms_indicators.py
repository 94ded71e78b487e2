"""The keys of indicators: what is measured, from which events, and everything that its paper settles.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.events import Transition
from malus.model.indicators import By
from malus.rulefiles.documents import ListOf, NamesTo, Words
from malus.rulefiles.forms import ByKey, ByWord, Form, may, needs
from malus.rulefiles.forms_availability import DOWNTIME, FROM_CHECKS, FROM_OUTAGES, TIME_SHARE
from malus.rulefiles.forms_combined import OVER_INDICATORS, OVER_PERIODS, OVER_SUBJECTS
from malus.rulefiles.forms_deadlines import deadline_form
from malus.rulefiles.forms_deliveries import DELIVERY_TIME, EXCURSION, IN_FULL, WEIGHTED_BY
from malus.rulefiles.forms_measures import (
    COUNTED_IN_KEY,
    EXCLUDING,
    FEW,
    NAMED,
    NO_DATA_SAYS,
    OF,
    PER,
    REPORTED_IN_TIME,
    WHERE_INCIDENTS,
    WHERE_OUTAGES,
    WHERE_SITE,
    measured_form,
)
from malus.rulefiles.forms_moves import BECOMES, FALLS, RISES
from malus.rulefiles.forms_statistics import OF_READINGS, OF_TIMES, SAMPLE
from malus.rulefiles.scalars import (
    ACCEPTED_RANGE,
    CYCLE,
    EDGE_AND_TIME,
    ELAPSED_TIME,
    LIMIT,
    NAME,
    NAMES,
    NO_DATA,
    QUANTITY,
    VALUE,
    words,
)

SEVERAL: Final[Words[Literal["last", "mean", "refused"]]] = words("last", "mean", "refused")
MOMENT: Final[Words[Transition]] = words(
    Transition.OPENED, Transition.ACCEPTED, Transition.RESPONDED, Transition.WORKAROUND, Transition.RESOLVED
)
WHILE_OPEN: Final[Words[Literal["runs", "waits"]]] = words("runs", "waits")
REOPENED: Final[Words[Literal["gap_counts", "gap_is_paused"]]] = words("gap_counts", "gap_is_paused")
BY: Final = words(*By)
EMPTY_INTERVAL: Final[Words[Literal["good", "bad", "leaves_the_mean"]]] = words("good", "bad", "leaves_the_mean")
SHARE_OF: Final[Words[Literal["good", "errors"]]] = words("good", "errors")
PERIOD_END: Final[Words[str]] = words("period_end")
DUE: Final = deadline_form("the deadline", PERIOD_END, "the time runs from the end of each period")
PAUSES: Final = ListOf(of=VALUE, least=0)
PRIORITIES: Final = ListOf(of=VALUE)

MOVES: Final = ByKey(name="a target that moves", forms=(("rises_by", RISES), ("falls_by", FALLS), ("becomes", BECOMES)))
EDGES: Final = ("below", "at_most", "above", "at_least")
_LIMITED: Final = (
    needs("indicator", NAME, "the indicator that is judged"),
    may("below", LIMIT, "kept below this, itself outside"),
    may("at_most", LIMIT, "kept up to this, itself inside"),
    may("above", LIMIT, "kept above this, itself outside"),
    may("at_least", LIMIT, "kept from this on, itself inside"),
)
LIMITED: Final = Form(
    name="a side of a limit",
    says="an indicator and a limit on it: `{indicator: response, at_most: 4 hours}`",
    keys=_LIMITED,
)
PROMISED: Final = Form(
    name="a promise",
    says="an indicator and its limit: `{indicator: uptime, at_least: 99.9 %}`",
    keys=(*_LIMITED, may("moves", MOVES, "how the limit moves: on which days, by what, how far at most")),
)


RATIO: Final = measured_form(
    "ratio",
    "tallies",
    WHERE_SITE,
    OF,
    PER,
    COUNTED_IN_KEY,
    may("share_of", SHARE_OF, "whether the share of good ones is meant, or that of errors; left out: good"),
    may("few", FEW, "what a period with a small total says in place of its level"),
    needs("no_data", NO_DATA, NO_DATA_SAYS),
)
INTERVAL_MEAN: Final = measured_form(
    "mean_of_intervals",
    "tallies",
    WHERE_SITE,
    OF,
    PER,
    needs("interval", ELAPSED_TIME, "how long each interval is: `5 minutes`"),
    needs("empty_interval", EMPTY_INTERVAL, "what an interval without any total counts as"),
    may("share_of", SHARE_OF, "whether the share of good ones is meant, or that of errors; left out: good"),
    may("no_data", NO_DATA, NO_DATA_SAYS),
)
VALUE_GIVEN: Final = measured_form(
    "value",
    "readings",
    WHERE_SITE,
    OF,
    PER,
    needs("accepts", ACCEPTED_RANGE, "the values that are taken; one outside is refused"),
    needs("several", SEVERAL, "what several readings of one period mean"),
    COUNTED_IN_KEY,
    needs("no_data", NO_DATA, NO_DATA_SAYS),
)
ELAPSED: Final = measured_form(
    "elapsed",
    "incidents",
    WHERE_INCIDENTS,
    OF,
    may("per", CYCLE, "how time is cut into periods; left out: by month"),
    needs("starts", MOMENT, "where the clock starts"),
    needs("ends", MOMENT, "where the clock stops"),
    needs("calendar", NAME, "the hours that count; `always` is round the clock"),
    needs("pauses", PAUSES, "the reasons for which the clock may be paused; `[]` for none"),
    COUNTED_IN_KEY,
    needs("while_open", WHILE_OPEN, "whether an incident without an end is judged as time goes by"),
    may("reopened", REOPENED, "whether the time between resolved and reopened counts"),
    may("by", BY, "which priority judges an incident whose priority changed"),
    may("priorities", PRIORITIES, "the priorities, the highest first"),
    EXCLUDING,
    may("no_data", NO_DATA, NO_DATA_SAYS),
)
OUTAGE_TIME: Final = measured_form(
    "elapsed",
    "outages",
    WHERE_OUTAGES,
    OF,
    PER,
    needs("calendar", NAME, "the hours that count; `always` is round the clock"),
    COUNTED_IN_KEY,
    needs("while_open", WHILE_OPEN, "whether an outage without an end is judged as time goes by"),
    REPORTED_IN_TIME,
    EXCLUDING,
)
SHARE: Final = Form(
    name="an indicator of share",
    says="the part of incidents or deliveries that keep a limit",
    keys=(
        needs("measure", words("share"), "what is worked out"),
        may("good_when", LIMITED, "an incident is good when its elapsed time keeps this limit"),
        may("bad_when", LIMITED, "an incident is bad when its elapsed time is on this side"),
        may("weighted_by", WEIGHTED_BY, "of deliveries: whether each counts once, by its value or its quantity"),
        may("in_full", IN_FULL, "of deliveries: whether one in time is good whole, in part, or only in full"),
        PER,
        COUNTED_IN_KEY,
        needs("no_data", NO_DATA, NO_DATA_SAYS),
        *NAMED,
    ),
)
OUTAGE_COUNT: Final = measured_form(
    "occurrences",
    "outages",
    WHERE_OUTAGES,
    OF,
    PER,
    may("each", EDGE_AND_TIME, "how long each must be to count: `above 30 minutes`"),
    COUNTED_IN_KEY,
    REPORTED_IN_TIME,
    EXCLUDING,
)
INCIDENT_COUNT: Final = measured_form(
    "occurrences",
    "incidents",
    WHERE_INCIDENTS,
    OF,
    PER,
    may("bad_when", LIMITED, "only incidents whose elapsed time is on this side: `{indicator: ..., above: 4 hours}`"),
    COUNTED_IN_KEY,
    EXCLUDING,
)
LATE_COUNT: Final = measured_form(
    "occurrences",
    "deliveries",
    None,
    PER,
    needs(
        "bad_when", LIMITED, "a delivery counts when its level is on this side: `{indicator: lateness, above: 1 day}`"
    ),
    COUNTED_IN_KEY,
)
DELIVERED: Final = Form(
    name="an indicator of delivered",
    says="whether what is owed for every period came in time",
    keys=(
        needs("measure", words("delivered"), "what is worked out"),
        PER,
        needs("due", DUE, "by when it is delivered"),
        *NAMED,
    ),
)


POINTS: Final = Form(
    name="an indicator of points",
    says="the service points that breaches of some clauses give",
    keys=(
        needs("measure", words("points"), "what is worked out"),
        needs("clauses", NAMES, "the clauses whose points are added up"),
        PER,
        may("over", QUANTITY, "so many periods together, this one the last: `3 months`"),
        *NAMED,
    ),
)


def _origins(measure: str, *forms: tuple[str, Form]) -> tuple[str, ByWord]:
    return measure, ByWord(name=f"an indicator of {measure}", key="from", forms=forms)


INDICATOR: Final = ByWord(
    name="an indicator",
    key="measure",
    forms=(
        _origins("availability", ("outages", FROM_OUTAGES), ("checks", FROM_CHECKS)),
        _origins("downtime", ("outages", DOWNTIME)),
        _origins("time_share", ("readings", TIME_SHARE)),
        _origins("ratio", ("tallies", RATIO)),
        _origins("mean_of_intervals", ("tallies", INTERVAL_MEAN)),
        _origins("value", ("readings", VALUE_GIVEN)),
        _origins("elapsed", ("incidents", ELAPSED), ("outages", OUTAGE_TIME), ("deliveries", DELIVERY_TIME)),
        ("share", SHARE),
        _origins("sample", ("tallies", SAMPLE)),
        _origins("statistic", ("readings", OF_READINGS), ("elapsed_times", OF_TIMES)),
        _origins("excursion", ("readings", EXCURSION)),
        _origins("occurrences", ("outages", OUTAGE_COUNT), ("incidents", INCIDENT_COUNT), ("deliveries", LATE_COUNT)),
        ("delivered", DELIVERED),
        ("points", POINTS),
        _origins(
            "combined",
            ("periods", OVER_PERIODS),
            ("indicators", OVER_INDICATORS),
            ("subjects", OVER_SUBJECTS),
        ),
    ),
)
INDICATORS: Final = NamesTo(name=NAME, of=INDICATOR)
