"""The keys of a target that moves: from which day on, how often, by what, and how far at most.

Owns: the description that checks those keys and makes their schema, and how a stride is written. Does not own: what
they compile to.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from malus.model.quantities import LevelRounding
from malus.rulefiles.documents import Malformed, Text, Words
from malus.rulefiles.findings import Reading
from malus.rulefiles.forms import Form, Key, may, needs
from malus.rulefiles.quantities_text import NUMBER, Quantity, level_rounding, percent, quantity, short
from malus.rulefiles.scalars import DATE, DURATION, NAME, QUANTITY, words

#: What stands in place of a rounding: the target is kept as exact as it comes out.
EXACT: Final = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrideText:
    """How far a target moves, as written: a quantity, or a share of the target or of the rest up to 100 %."""

    quantity: Quantity | None = None
    share: Fraction = Fraction(0)
    of: Literal["unit", "target", "rest"] = "unit"


def _stride(text: str, reading: Reading) -> StrideText:
    for of in ("target", "rest"):
        if text.endswith(f" of {of}"):
            share = percent(text.removesuffix(f" of {of}"), reading)
            if not 0 < share <= 1:
                hint = "write above 0 % and at most 100 %"
                raise Malformed("out-of-range", f"`{short(text)}` is no way to move", hint)
            return StrideText(share=share, of="target" if of == "target" else "rest")
    read = quantity(text, reading)
    if read.unit == "%":
        hint = "write `0.1 percentage points`, `5 % of target`, or `10 % of rest`: of what lies between it and 100 %"
        raise Malformed("wrong-unit", f"`{short(text)}` does not say of what", hint)
    if read.number <= 0:
        raise Malformed("out-of-range", f"`{short(text)}` moves nothing", "write how far, above nothing")
    return StrideText(quantity=read)


def _rounding(text: str, reading: Reading) -> LevelRounding | str:
    return EXACT if text == EXACT else level_rounding(text, reading)


STRIDE: Final[Text[StrideText]] = Text(
    says="how far: `0.01 percentage points`, `10 minutes`, `5 % of target`, `10 % of rest`",
    parse=_stride,
    pattern=rf"{NUMBER}( .+)?",
    numeric=True,
)
ROUND_OR_EXACT: Final[Text[LevelRounding | str]] = Text(
    says="`2 places half_up`, or `exact`", parse=_rounding, pattern="exact|[0-9]+ places? [a-z_]+"
)
LOOSER: Final[Words[Literal["stays", "follows"]]] = words("stays", "follows")
NO_LEVEL: Final[Words[Literal["stays", "undetermined"]]] = words("stays", "undetermined")
_ROUND: Final = "how a target that moved is rounded, before `never_beyond`; the next move starts from there"
_DAYS: Final[tuple[Key, ...]] = (
    needs("first", DATE, "the first day on which the written target is another one"),
    needs("every", DURATION, "how often it moves from then on, on the same day of the month: `12 months`"),
)
_BOUNDS: Final[tuple[Key, ...]] = (
    may("by_at_most", STRIDE, "how far a single move goes at most"),
    may("never_beyond", QUANTITY, "the target that no move passes"),
)


def moves_form(how: str) -> Form:
    """The keys of a target that rises or falls by so much."""
    return Form(
        name=f"a target that {how}",
        says=f"`{{first: 2027-01-01, every: 12 months, {how}_by: 0.01 percentage points, never_beyond: 99.99 %}}`",
        keys=(
            *_DAYS,
            needs(f"{how}_by", STRIDE, "how far it moves each time"),
            *_BOUNDS,
            may("round", ROUND_OR_EXACT, _ROUND),
        ),
    )


RISES: Final = moves_form("rises")
FALLS: Final = moves_form("falls")
BECOMES: Final = Form(
    name="a target that becomes a level",
    says="`{first: 2027-01-01, every: 12 months, becomes: last-year, looser: stays, no_level: stays, round: exact}`",
    keys=(
        *_DAYS,
        needs("becomes", NAME, "the indicator whose last level before that day the target becomes"),
        needs("looser", LOOSER, "what a level means that would ease the promise"),
        needs("no_level", NO_LEVEL, "what it means where that level is not there"),
        *_BOUNDS,
        needs("round", ROUND_OR_EXACT, _ROUND),
    ),
)
