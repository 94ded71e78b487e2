"""Constructs that few agreements have, each of them certain in agreements of its own.

Owns: the list of them. Does not own: what they write (a module each).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.properties.bonuses_written import write_bonuses
from tests.properties.choices import Choices
from tests.properties.corrections_told import correct_acts, tell_corrections
from tests.properties.counted_written import tell_counted, write_counted
from tests.properties.delivered_written import tell_delivered_shares, write_delivered_shares
from tests.properties.earned_back_written import (
    amend_earned_back,
    respond_to_earned_back,
    tell_earned_back,
    write_earned_back,
)
from tests.properties.exchange_written import tell_exchange, write_exchange
from tests.properties.excursions_written import tell_excursions, write_excursions
from tests.properties.extended_written import respond_to_extended, tell_extended, write_extended
from tests.properties.later_life_told import respond_to_later_life, tell_later_life, write_later_life
from tests.properties.moves_of_each_written import tell_at_moves, write_moves_of_each
from tests.properties.moves_written import write_moves
from tests.properties.of_subjects_written import amend_subjects, tell_of_subjects, write_of_subjects
from tests.properties.over_another_written import tell_over_another, write_over_another
from tests.properties.promises import Written
from tests.properties.reporting_written import tell_reporting, write_reporting
from tests.properties.rows_written import write_rows
from tests.properties.samples_written import tell_samples, write_samples
from tests.properties.seasons_written import tell_at_seasons, write_seasons
from tests.properties.splits_written import amend_within, tell_at_splits, write_parts
from tests.properties.telling import Teller
from tests.properties.turns_written import tell_turns, write_turns
from tests.reference.verdicts import Judgement
from tests.reference.world import World


def _as_it_is(choices: Choices, document: dict[str, Any], written: Sequence[Written]) -> None:
    pass


def _nothing_more(teller: Teller, world: World) -> None:
    pass


def _left_alone(choices: Choices, document: dict[str, Any]) -> None:
    pass


def _no_answer(teller: Teller, world: World, judged: Sequence[Judgement]) -> list[int]:
    return []


@dataclass(frozen=True)
class Focus:
    """What one kind of agreement has beside what every random agreement may have.

    `write` adds to a document that has its promises, windows, caps and claims; an amended text keeps what it wrote,
    but for what `amend` changes in it. In `amended` of a hundred agreements a text follows the one before.
    `tell` adds to what happened; `respond` to what the parties did about it, and returns the moments at which
    something turns, one of which the case may be asked at.
    """

    name: str
    write: Callable[[Choices, dict[str, Any], Sequence[Written]], None] = _as_it_is
    amend: Callable[[Choices, dict[str, Any]], None] = _left_alone
    amended: int = 25
    tell: Callable[[Teller, World], None] = _nothing_more
    respond: Callable[[Teller, World, Sequence[Judgement]], list[int]] = _no_answer


FOCUSES = (
    Focus("bonuses", write=write_bonuses),
    Focus("corrections", tell=tell_corrections, respond=correct_acts),
    Focus("excursions", write=write_excursions, tell=tell_excursions),
    Focus("rows", write=write_rows),
    Focus("seasons", write=write_seasons, tell=tell_at_seasons),
    Focus(
        "earned back",
        write=write_earned_back,
        amend=amend_earned_back,
        tell=tell_earned_back,
        respond=respond_to_earned_back,
    ),
    Focus("samples", write=write_samples, tell=tell_samples),
    Focus("moves", write=write_moves),
    Focus("turns", write=write_turns, tell=tell_turns),
    Focus("splits", write=write_parts, amend=amend_within, amended=80, tell=tell_at_splits),
    Focus("reporting", write=write_reporting, tell=tell_reporting),
    Focus("delivered shares", write=write_delivered_shares, tell=tell_delivered_shares),
    Focus("exchange", write=write_exchange, tell=tell_exchange),
    Focus("later life", write=write_later_life, tell=tell_later_life, respond=respond_to_later_life),
    Focus("counted", write=write_counted, tell=tell_counted),
    Focus("extended", write=write_extended, tell=tell_extended, respond=respond_to_extended),
    Focus("moves of each", write=write_moves_of_each, tell=tell_at_moves),
    Focus("of subjects", write=write_of_subjects, amend=amend_subjects, amended=80, tell=tell_of_subjects),
    Focus("over another", write=write_over_another, tell=tell_over_another),
)


def focus_of(seed: int) -> Focus | None:
    """The focus of a seed: of four agreements one is of everything, the others of each construct in turn."""
    return None if seed % 4 == 0 else FOCUSES[seed // 4 % len(FOCUSES)]
