"""The keys of indicators: what is measured, from which events, and everything that its paper settles.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.events import Transition
from malus.model.indicators import By, CountedIn, Unobserved
from malus.rulefiles.documents import ListOf, NamesTo, Text, Words
from malus.rulefiles.forms import ByWord, Form, Key, may, needs
from malus.rulefiles.forms_deadlines import deadline_form
from malus.rulefiles.forms_subjects import for_each
from malus.rulefiles.quantities_text import at_most_time
from malus.rulefiles.scalars import (
    ACCEPTED_RANGE,
    CYCLE,
    EDGE_AND_TIME,
    ELAPSED_TIME,
    LEVEL_ROUNDING,
    LIMIT,
    NAME,
    NAME_OR_NAMES,
    NAMES_OR_NONE,
    NO_DATA,
    SOURCE,
    VALUE,
    VALUES,
    words,
)

EXCLUDED_TIME: Final[Words[Literal["counts_as_up", "leaves_the_base"]]] = words("counts_as_up", "leaves_the_base")
DEGRADED: Final[Words[Literal["counts_as_up", "counts_as_down"]]] = words("counts_as_up", "counts_as_down")
UNOBSERVED: Final = words(*Unobserved)
COUNTED_IN: Final[Words[CountedIn]] = words(CountedIn.PERIOD_OF_START, CountedIn.PERIOD_OF_END)
SEVERAL: Final[Words[Literal["last", "mean", "refused"]]] = words("last", "mean", "refused")
MOMENT: Final[Words[Transition]] = words(
    Transition.OPENED, Transition.ACCEPTED, Transition.RESPONDED, Transition.WORKAROUND, Transition.RESOLVED
)
WHILE_OPEN: Final[Words[Literal["runs", "waits"]]] = words("runs", "waits")
REOPENED: Final[Words[Literal["gap_counts", "gap_is_paused"]]] = words("gap_counts", "gap_is_paused")
BY: Final = words(*By)
EMPTY_INTERVAL: Final[Words[Literal["good", "bad", "leaves_the_mean"]]] = words("good", "bad", "leaves_the_mean")
SHARE_OF: Final[Words[Literal["good", "errors"]]] = words("good", "errors")
#: Stands for a state that holds until the next check, however late that is.
UNTIL_NEXT_CHECK: Final = -1
HOLDS: Final[Text[int]] = Text(
    says="`until_next_check`, or the longest time: `at most 15 minutes`",
    parse=lambda text, reading: UNTIL_NEXT_CHECK if text == "until_next_check" else at_most_time(text, reading),
    pattern="until_next_check|at most .+",
)
PERIOD_END: Final[Words[str]] = words("period_end")
DUE: Final = deadline_form("the deadline", PERIOD_END, "the time runs from the end of each period")
PAUSES: Final = ListOf(of=VALUE, least=0)
PRIORITIES: Final = ListOf(of=VALUE)

EDGES: Final = ("below", "at_most", "above", "at_least")
LIMITED: Final = Form(
    name="a promise",
    says="an indicator and its limit: `{indicator: uptime, at_least: 99.9 %}`",
    keys=(
        needs("indicator", NAME, "the indicator that is judged"),
        may("below", LIMIT, "kept below this, itself outside"),
        may("at_most", LIMIT, "kept up to this, itself inside"),
        may("above", LIMIT, "kept above this, itself outside"),
        may("at_least", LIMIT, "kept from this on, itself inside"),
    ),
)


def _where(*fields: str) -> Form:
    sayings = {
        "priority": "the priority of the incident",
        "severity": "the severity of the outage",
        "site": "the site that the event names",
    }
    return Form(
        name=f"the selection by {' or '.join(fields)}",
        says="only events with these values: `{site: rotterdam}`",
        keys=tuple(may(name, VALUES, f"{sayings[name]}: one value, or a list") for name in fields),
    )


WHERE_OUTAGES: Final = _where("severity", "site")
WHERE_INCIDENTS: Final = _where("priority", "site")
WHERE_SITE: Final = _where("site")

_OF: Final = needs("of", NAME, "the service that is measured")
_PER: Final = needs("per", CYCLE, "how time is cut into periods")
_COUNTED_IN: Final = needs("counted_in", COUNTED_IN, "the period that something over a boundary belongs to")
_NO_DATA: Final = "what a period says in which nothing could be measured"
_NAMED: Final = (
    for_each("the kind of subject of which each has a level of its own: `site`"),
    may("round", LEVEL_ROUNDING, "how the level is rounded before it is judged: `2 places half_up`"),
    may("formerly", NAME_OR_NAMES, "its name in earlier terms"),
    may("source", SOURCE, "where the paper says so"),
)
_EXCLUDING: Final = may("excluding", NAMES_OR_NONE, "the exclusions that excuse it")
_EXCLUDED: Final = (
    _EXCLUDING,
    may("excluded_time", EXCLUDED_TIME, "whether excused time stays in the base as up, or leaves it"),
)


def _measured(measure: str, origin: str, where: Form | None, *keys: Key) -> Form:
    selected = () if where is None else (may("where", where, "only events with these values"),)
    return Form(
        name=f"an indicator of {measure} from {origin}",
        says=f"an indicator of {measure} from {origin}",
        keys=(
            needs("measure", words(measure), "what is worked out"),
            needs("from", words(origin), "the events that it is measured from"),
            *keys,
            *selected,
            *_NAMED,
        ),
    )


FROM_OUTAGES: Final = _measured(
    "availability",
    "outages",
    WHERE_OUTAGES,
    _OF,
    _PER,
    *_EXCLUDED,
    needs("ignore_up_to", ELAPSED_TIME, "outages up to this long do not count; `0 seconds` counts them all"),
    may("no_data", NO_DATA, _NO_DATA),
)
FROM_CHECKS: Final = _measured(
    "availability",
    "checks",
    WHERE_SITE,
    _OF,
    _PER,
    *_EXCLUDED,
    needs("state_holds", HOLDS, "how long a check's state holds"),
    needs("unobserved", UNOBSERVED, "what time without a check counts as"),
    needs("degraded", DEGRADED, "what a degraded service counts as"),
    may("no_data", NO_DATA, _NO_DATA),
)
RATIO: Final = _measured("ratio", "tallies", WHERE_SITE, _OF, _PER, _COUNTED_IN, needs("no_data", NO_DATA, _NO_DATA))
INTERVAL_MEAN: Final = _measured(
    "mean_of_intervals",
    "tallies",
    WHERE_SITE,
    _OF,
    _PER,
    needs("interval", ELAPSED_TIME, "how long each interval is: `5 minutes`"),
    needs("empty_interval", EMPTY_INTERVAL, "what an interval without any total counts as"),
    may("share_of", SHARE_OF, "whether the share of good ones is meant, or that of errors; left out: good"),
    may("no_data", NO_DATA, _NO_DATA),
)
VALUE_GIVEN: Final = _measured(
    "value",
    "readings",
    WHERE_SITE,
    _OF,
    _PER,
    needs("accepts", ACCEPTED_RANGE, "the values that are taken; one outside is refused"),
    needs("several", SEVERAL, "what several readings of one period mean"),
    _COUNTED_IN,
    needs("no_data", NO_DATA, _NO_DATA),
)
ELAPSED: Final = _measured(
    "elapsed",
    "incidents",
    WHERE_INCIDENTS,
    _OF,
    may("per", CYCLE, "how time is cut into periods; left out: by month"),
    needs("starts", MOMENT, "where the clock starts"),
    needs("ends", MOMENT, "where the clock stops"),
    needs("calendar", NAME, "the hours that count; `always` is round the clock"),
    needs("pauses", PAUSES, "the reasons for which the clock may be paused; `[]` for none"),
    _COUNTED_IN,
    needs("while_open", WHILE_OPEN, "whether an incident without an end is judged as time goes by"),
    may("reopened", REOPENED, "whether the time between resolved and reopened counts"),
    may("by", BY, "which priority judges an incident whose priority changed"),
    may("priorities", PRIORITIES, "the priorities, the highest first"),
    _EXCLUDING,
    may("no_data", NO_DATA, _NO_DATA),
)
OUTAGE_TIME: Final = _measured(
    "elapsed",
    "outages",
    WHERE_OUTAGES,
    _OF,
    _PER,
    needs("calendar", NAME, "the hours that count; `always` is round the clock"),
    _COUNTED_IN,
    needs("while_open", WHILE_OPEN, "whether an outage without an end is judged as time goes by"),
    _EXCLUDING,
)
SHARE: Final = Form(
    name="an indicator of share",
    says="the part of incidents that keep a limit",
    keys=(
        needs("measure", words("share"), "what is worked out"),
        may("good_when", LIMITED, "an incident is good when its elapsed time keeps this limit"),
        may("bad_when", LIMITED, "an incident is bad when its elapsed time is on this side"),
        _PER,
        _COUNTED_IN,
        needs("no_data", NO_DATA, _NO_DATA),
        *_NAMED,
    ),
)
OUTAGE_COUNT: Final = _measured(
    "occurrences",
    "outages",
    WHERE_OUTAGES,
    _OF,
    _PER,
    may("each", EDGE_AND_TIME, "how long each must be to count: `above 30 minutes`"),
    _COUNTED_IN,
    _EXCLUDING,
)
INCIDENT_COUNT: Final = _measured("occurrences", "incidents", WHERE_INCIDENTS, _OF, _PER, _COUNTED_IN, _EXCLUDING)
DELIVERED: Final = Form(
    name="an indicator of delivered",
    says="whether what is owed for every period came in time",
    keys=(
        needs("measure", words("delivered"), "what is worked out"),
        _PER,
        needs("due", DUE, "by when it is delivered"),
        *_NAMED,
    ),
)


def _origins(measure: str, *forms: tuple[str, Form]) -> tuple[str, ByWord]:
    return measure, ByWord(name=f"an indicator of {measure}", key="from", forms=forms)


INDICATOR: Final = ByWord(
    name="an indicator",
    key="measure",
    forms=(
        _origins("availability", ("outages", FROM_OUTAGES), ("checks", FROM_CHECKS)),
        _origins("ratio", ("tallies", RATIO)),
        _origins("mean_of_intervals", ("tallies", INTERVAL_MEAN)),
        _origins("value", ("readings", VALUE_GIVEN)),
        _origins("elapsed", ("incidents", ELAPSED), ("outages", OUTAGE_TIME)),
        ("share", SHARE),
        _origins("occurrences", ("outages", OUTAGE_COUNT), ("incidents", INCIDENT_COUNT)),
        ("delivered", DELIVERED),
    ),
)
INDICATORS: Final = NamesTo(name=NAME, of=INDICATOR)
