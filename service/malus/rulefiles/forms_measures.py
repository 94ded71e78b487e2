"""The keys that indicators share: the service, the period, the selection of events, rounding, names.

Owns: those keys and the shape of an indicator from one kind of event. Does not own: any measure's own keys.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.indicators import CountedIn
from malus.rulefiles.documents import Text, Words
from malus.rulefiles.forms import Form, Key, may, needs
from malus.rulefiles.forms_subjects import for_each
from malus.rulefiles.quantities_text import whole_number, whole_total
from malus.rulefiles.scalars import (
    CYCLE,
    LEVEL_ROUNDING,
    NAME,
    NAME_OR_NAMES,
    NAMES_OR_NONE,
    SOURCE,
    VALUES,
    words,
)

COUNTED_IN: Final[Words[CountedIn]] = words(CountedIn.PERIOD_OF_START, CountedIn.PERIOD_OF_END)


def _where(*fields: str) -> Form:
    sayings = {
        "item": "what was delivered",
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
WHERE_DELIVERIES: Final = _where("item", "site")
WHERE_SITE: Final = _where("site")

OF: Final = needs("of", NAME, "the service that is measured")
PER: Final = needs("per", CYCLE, "how time is cut into periods")
COUNTED_IN_KEY: Final = needs("counted_in", COUNTED_IN, "the period that something over a boundary belongs to")
NO_DATA_SAYS: Final = "what a period says in which nothing could be measured"
NAMED: Final = (
    for_each("the kind of subject of which each has a level of its own: `site`"),
    may("round", LEVEL_ROUNDING, "how the level is rounded before it is judged: `2 places half_up`"),
    may("formerly", NAME_OR_NAMES, "its name in earlier terms"),
    may("source", SOURCE, "where the paper says so"),
)
FEW_SAYS: Final[Words[Literal["met", "no_data"]]] = words("met", "no_data")
WHOLE_OR_NONE: Final[Text[int]] = Text(says="a whole number: `2`, or `0`", parse=whole_number, numeric=True)
WHOLE: Final[Text[int]] = Text(says="a whole number above nothing: `100`", parse=whole_total, numeric=True)
FEW: Final = Form(
    name="the few samples",
    says="what a small total says: `{below: 100, says: met}`, or `{below: 100, says: met, missed_after: 2}`",
    keys=(
        needs("below", WHOLE, "a total below this is small"),
        needs("says", FEW_SAYS, "whether a small total is met, or no data"),
        may("missed_after", WHOLE_OR_NONE, "so many failures are forgiven; with more the level judges all the same"),
    ),
)
NOT_KEPT: Final[Words[Literal["does_not_count", "counts_from_report"]]] = words("does_not_count", "counts_from_report")
REPORTING: Final = Form(
    name="the report",
    says="what becomes of outages reported too late: `{duty: prompt-report, not_kept: counts_from_report}`",
    keys=(
        needs("duty", NAME, "the customer's duty to report outages, by its name"),
        needs("not_kept", NOT_KEPT, "an outage reported later counts from its report on, or not at all"),
    ),
)
REPORTED_IN_TIME: Final = may("reporting", REPORTING, "whether outages that the customer reported late count")
EXCLUDING: Final = may("excluding", NAMES_OR_NONE, "the exclusions that excuse it")


def measured_form(measure: str, origin: str, where: Form | None, *keys: Key) -> Form:
    """An indicator of one measure from one kind of event, with the keys that every indicator has."""
    selected = () if where is None else (may("where", where, "only events with these values"),)
    return Form(
        name=f"an indicator of {measure} from {origin}",
        says=f"an indicator of {measure} from {origin}",
        keys=(
            needs("measure", words(measure), "what is worked out"),
            needs("from", words(origin), "the events that it is measured from"),
            *keys,
            *selected,
            *NAMED,
        ),
    )
