"""The keys of rates of exchange: which day's rate counts, and the rates that the parties wrote down.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final

from malus.model.exchange import RateDay
from malus.rulefiles.documents import ListOf, Words
from malus.rulefiles.forms import Form, may, needs
from malus.rulefiles.scalars import CURRENCY, DATE, ROUNDING_MODE, SOURCE, WORTH, words

RATE_DAY: Final[Words[RateDay]] = words("period_start", "period_end")
EXCHANGE_RATE: Final = Form(
    name="a rate of exchange",
    says="`{one: USD, is: 0.92 EUR, from: 2026-01-01, source: art. 7}`, or `{one: EUR, is: 1.0870 USD, ...}`",
    keys=(
        needs("one", CURRENCY, "the currency of which one unit is meant: `USD`"),
        needs("is", WORTH, "what that is worth: `0.92 EUR`"),
        needs("from", DATE, "the first day on which it holds"),
        may("until", DATE, "the last day on which it holds; left out: until a later rate of the same currency"),
        needs("source", SOURCE, "where the parties wrote it down, and whose rate it is"),
    ),
)
EXCHANGE_RATES: Final = ListOf(of=EXCHANGE_RATE)
EXCHANGE: Final = Form(
    name="the exchange",
    says="`{at: period_start, rates: [{one: USD, is: 0.92 EUR, from: 2026-01-01, source: art. 7}]}`",
    keys=(
        needs("at", RATE_DAY, "which day's rate counts: of the first or the last day that is charged for"),
        needs("rates", EXCHANGE_RATES, "the rates"),
        may("round", ROUNDING_MODE, "how what was changed is rounded to the cent; left out: it stays exact"),
    ),
)
