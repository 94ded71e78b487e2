"""The keys of subjects: the sites, lines, priorities or customers that one clause judges one by one.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from malus.model.money import Money
from malus.rulefiles.documents import ByShape, Item, ListOf, Named, NamesTo
from malus.rulefiles.forms import Form, Key, may, needs
from malus.rulefiles.scalars import (
    AMOUNT_OR_RATE,
    ANY_MONEY,
    BLOCK_TIME,
    FREE,
    MONEY,
    NAME,
    NAME_OR_NAMES,
    PERCENT,
    SUBJECT_WORD,
    VALUES,
)

SUBJECT: Final = Form(
    name="a subject",
    says="what is judged by itself: `{kind: site, title: Rotterdam}`",
    keys=(
        needs("kind", NAME, "what it is one of: `site`, `line`, `priority`; `for_each` names this"),
        may("title", FREE, "its title, for reports"),
        may("class", NAME, "its class among its kind: limits and amounts may differ by it"),
        may("part_of", NAME_OR_NAMES, "the subjects that it is part of"),
        may("known_as", VALUES, "what events call it besides its name"),
    ),
)
SUBJECTS: Final = NamesTo(name=NAME, of=SUBJECT)
#: One amount, or one by name or class of the subject.
AMOUNT: Final[ByShape[Money | tuple[Named[Money], ...]]] = ByShape(
    scalar=MONEY, mapping=NamesTo(name=SUBJECT_WORD, of=MONEY)
)
#: What is charged: likewise, and in any currency.
CHARGED: Final[ByShape[Money | tuple[Named[Money], ...]]] = ByShape(
    scalar=ANY_MONEY, mapping=NamesTo(name=SUBJECT_WORD, of=ANY_MONEY)
)
#: One rate, or one by name or class of the subject.
RATE: Final[ByShape[Fraction | tuple[Named[Fraction], ...]]] = ByShape(
    scalar=PERCENT, mapping=NamesTo(name=SUBJECT_WORD, of=PERCENT)
)
#: What the first one of several pays, or the first ones in order; an amount by name or class of the subject.
FIRSTS: Final[ByShape[Money | Fraction | tuple[Item[Money | Fraction], ...] | tuple[Named[Money], ...]]] = ByShape(
    scalar=AMOUNT_OR_RATE,
    sequence=ListOf(of=AMOUNT_OR_RATE),
    mapping=NamesTo(name=SUBJECT_WORD, of=MONEY),
)
#: One length of a block, or one by name or class of the subject.
LENGTH: Final[ByShape[tuple[int, bool] | tuple[Named[tuple[int, bool]], ...]]] = ByShape(
    scalar=BLOCK_TIME, mapping=NamesTo(name=SUBJECT_WORD, of=BLOCK_TIME)
)


def for_each(says: str) -> Key:
    """The key that names a kind of subject, or several of which every pair is one."""
    return may("for_each", NAME_OR_NAMES, f"{says}, or several kinds, each with each: `[line, priority]`")
