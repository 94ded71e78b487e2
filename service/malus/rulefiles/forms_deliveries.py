"""The keys of indicators of deliveries: how late each was, and what a day of lateness is.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.rulefiles.documents import Words
from malus.rulefiles.forms import may, needs
from malus.rulefiles.forms_measures import (
    COUNTED_IN_KEY,
    EXCLUDING,
    NO_DATA_SAYS,
    OF,
    PER,
    WHERE_DELIVERIES,
    WHERE_SITE,
    measured_form,
)
from malus.rulefiles.scalars import NAME, NO_DATA, QUANTITY, words

UNDER_WAY: Final[Words[Literal["runs", "waits"]]] = words("runs", "waits")
DELIVERY_STARTS: Final[Words[Literal["due", "sent"]]] = words("due", "sent")
DONE: Final[Words[Literal["done"]]] = words("done")
ZERO: Final[Words[Literal["zero"]]] = words("zero")
DAY: Final[Words[Literal["24_hours", "calendar_day", "business_day"]]] = words(
    "24_hours", "calendar_day", "business_day"
)
PART_DAY: Final[Words[Literal["counts", "ignored", "exact"]]] = words("counts", "ignored", "exact")
DAY_COUNTS: Final[Words[Literal["counts", "does_not_count"]]] = words("counts", "does_not_count")
WEIGHTED_BY: Final[Words[Literal["count", "value", "quantity"]]] = words("count", "value", "quantity")
IN_FULL: Final[Words[Literal["not_judged", "good_part_counts", "all_or_nothing"]]] = words(
    "not_judged", "good_part_counts", "all_or_nothing"
)
COUNTS: Final[Words[Literal["readings", "worst"]]] = words("readings", "worst")
EXCURSION_ON: Final[Words[Literal["each_delivery", "period_total"]]] = words("each_delivery", "period_total")
EXCURSION: Final = measured_form(
    "excursion",
    "readings",
    WHERE_SITE,
    OF,
    PER,
    may("reads", NAME, "the name that the readings carry; left out: the indicator's own"),
    may("below", QUANTITY, "a reading below this is outside"),
    may("at_most", QUANTITY, "a reading up to this is outside"),
    may("above", QUANTITY, "a reading above this is outside"),
    may("at_least", QUANTITY, "a reading from this on is outside"),
    needs("counts", COUNTS, "how many readings are outside, or how far the worst of them is"),
    needs("measured_on", EXCURSION_ON, "whether each delivery has a level of its own, or the period has one"),
    COUNTED_IN_KEY,
    needs("no_data", NO_DATA, NO_DATA_SAYS),
)
DELIVERY_TIME: Final = measured_form(
    "elapsed",
    "deliveries",
    WHERE_DELIVERIES,
    OF,
    PER,
    needs("starts", DELIVERY_STARTS, "where the clock starts: when it was due, extensions included, or was sent"),
    needs("ends", DONE, "where the clock stops: when it was there"),
    may("early", ZERO, "what comes before it is due is no time late; needed with `starts: due`"),
    needs("calendar", NAME, "the hours or business days that count; `always` is round the clock"),
    may("day", DAY, "what a day is, where it is counted in days; left out: the time itself, exact"),
    may("part_day", PART_DAY, "what a begun day of 24 hours counts as"),
    may("due_day", DAY_COUNTS, "whether the civil day on which it was due is one of the days"),
    may("done_day", DAY_COUNTS, "whether the civil day on which it came is one of the days"),
    COUNTED_IN_KEY,
    needs("while_open", UNDER_WAY, "whether what is still under way is judged as time goes by"),
    EXCLUDING,
)
