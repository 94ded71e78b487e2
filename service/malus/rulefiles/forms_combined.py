"""The keys of levels that are made of other levels: of periods, of indicators, of subjects.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.model.combined import Takes
from malus.rulefiles.documents import Text, Words
from malus.rulefiles.forms import may, needs
from malus.rulefiles.forms_measures import NO_DATA_SAYS, PER, measured_form
from malus.rulefiles.quantities_text import last_periods
from malus.rulefiles.scalars import ACCEPTED_RANGE, NAME, NAMES, NO_DATA, words

TAKES: Final = words(*Takes)
MISSING: Final[Words[Literal["left_out", "undetermined"]]] = words("left_out", "undetermined")
FEWER: Final[Words[Literal["counts", "no_data"]]] = words("counts", "no_data")
#: Stands for the periods inside each period, however many.
INSIDE: Final = 0
OVER: Final[Text[int]] = Text(
    says="the last so many periods, this one among them: `last 12`, or `inside`: those inside this one",
    parse=lambda text, reading: INSIDE if text == "inside" else last_periods(text, reading),
    pattern="inside|last [0-9]+",
)
_TAKES: Final = needs("takes", TAKES, "what is made of the levels")
_MISSING: Final = needs("missing", MISSING, "what becomes of a part that has no level")
_NO_DATA: Final = needs("no_data", NO_DATA, NO_DATA_SAYS)

OVER_PERIODS: Final = measured_form(
    "combined",
    "periods",
    None,
    needs("indicator", NAME, "the indicator whose levels are taken"),
    PER,
    _TAKES,
    needs("over", OVER, "over which of its periods"),
    may("fewer", FEWER, "whether fewer periods since the start count, or are no data yet"),
    _MISSING,
    _NO_DATA,
)
OVER_INDICATORS: Final = measured_form(
    "combined",
    "indicators",
    None,
    needs("indicators", NAMES, "the indicators whose levels are taken, each in the same period"),
    PER,
    _TAKES,
    may("accepts", ACCEPTED_RANGE, "of `first_over_second`: the levels that are taken; one outside is undetermined"),
    _MISSING,
    _NO_DATA,
)
OVER_SUBJECTS: Final = measured_form(
    "combined",
    "subjects",
    None,
    needs("indicator", NAME, "the indicator whose subjects' levels are taken, all in the same period"),
    PER,
    _TAKES,
    _MISSING,
    _NO_DATA,
)
