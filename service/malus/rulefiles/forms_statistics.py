"""The keys of statistics: of which values, what is taken of them, and how a percentile is defined.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.statistics import PercentileMethod, Taken
from malus.rulefiles.documents import Words
from malus.rulefiles.forms import Form, may, needs
from malus.rulefiles.forms_measures import COUNTED_IN_KEY, FEW, NO_DATA_SAYS, OF, PER, WHERE_SITE, measured_form
from malus.rulefiles.scalars import ACCEPTED_RANGE, NAME, NO_DATA, PERCENT, words

TAKEN: Final[Words[Taken]] = words("count", "sum", "mean", "lowest", "highest", "percentile")
METHOD: Final[Words[PercentileMethod]] = words("nearest_rank", "linear")
PERCENTILE: Final = Form(
    name="the percentile",
    says="which part of the values lies up to it, and how it is found: `{at: 95 %, method: nearest_rank}`",
    keys=(
        needs("at", PERCENT, "above 0 % and at most 100 %"),
        needs("method", METHOD, "a value itself, the one at the rank rounded up, or a point in a line between two"),
    ),
)
_TAKEN: Final = (
    PER,
    needs("takes", TAKEN, "what is taken of all the values of a period"),
    may("percentile", PERCENTILE, "which percentile; needed with `takes: percentile`"),
    may("few", FEW, "what a period with few values says in place of its level"),
    COUNTED_IN_KEY,
    needs("no_data", NO_DATA, NO_DATA_SAYS),
)
SAMPLED_ON: Final[Words[Literal["each_delivery", "period_total"]]] = words("each_delivery", "period_total")
SAMPLE: Final = measured_form(
    "sample",
    "tallies",
    WHERE_SITE,
    OF,
    PER,
    needs("measured_on", SAMPLED_ON, "whether each delivery has a sample of its own, or the period has one"),
    may("few", FEW, "what a smaller sample than agreed says in place of its level"),
    COUNTED_IN_KEY,
    needs("no_data", NO_DATA, NO_DATA_SAYS),
)
OF_READINGS: Final = measured_form(
    "statistic",
    "readings",
    WHERE_SITE,
    OF,
    may("reads", NAME, "the name that the readings carry; left out: the indicator's own"),
    needs("accepts", ACCEPTED_RANGE, "the readings that are taken; one outside is refused"),
    *_TAKEN,
)
OF_TIMES: Final = measured_form(
    "statistic",
    "elapsed_times",
    None,
    needs("times", NAME, "the indicator of measure `elapsed` whose times these are"),
    *_TAKEN,
)
