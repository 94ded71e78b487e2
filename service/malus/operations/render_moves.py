"""Owns the sentence of a target that moved: what it was, by what it moved, which bound held, what it is.

Does not own: the arithmetic (model.moving), nor how the level that it became was measured.
"""

from __future__ import annotations

from malus.model.moving import Stride, TargetMoved
from malus.model.quantities import Unit, level_text, limit_text, value_text
from malus.operations.render_words import percent_text, spoken


def moved_text(step: TargetMoved) -> str:
    """`from 2027-01-01 the promise at least 99.9 % rises by 0.01 percentage points: at least 99.91 %`."""
    before, move = limit_text(step.before), step.move
    if move.by is not None:
        what = f"{move.how} by {_stride(move.by, step.before.unit, step)}"
    elif step.level is None:
        what = f"stays, as {move.indicator} has no level before that day"
    elif step.after == step.before and step.level.exact() != step.before.value:
        what = f"stays, as {_level(step)} is less strict"
    else:
        what = f"becomes {_level(step)}"
    return f"from {step.day} the promise {before} {what}{_bounds(step)}: {limit_text(step.after)}"


def _level(step: TargetMoved) -> str:
    assert step.level is not None, "a level that is not there has no text"
    return f"{step.move.indicator} of {step.period}, {level_text(step.level)}"


def _bounds(step: TargetMoved) -> str:
    """The bounds that the target met on its way, and the rounding where it moved."""
    move, unit, words = step.move, step.before.unit, ""
    if step.after == step.before:
        return ""
    wanted = move.wanted(step.before, step.level)
    if move.by_at_most is not None and abs(wanted - step.before.value) > move.by_at_most.length(step.before.value):
        words += f", by at most {_stride(move.by_at_most, unit, step)}"
    if move.round is not None:
        places = "1 place" if move.round.places == 1 else f"{move.round.places} places"
        words += f", rounded to {places} {spoken(move.round.mode.value)}"
    if move.never_beyond is not None and step.after.value == move.never_beyond != wanted:
        words += f", never beyond {value_text(move.never_beyond, unit)}"
    return words


def _stride(stride: Stride, unit: Unit, step: TargetMoved) -> str:
    length = stride.length(step.before.value)
    is_percent = unit is Unit.PERCENT
    text = f"{percent_text(length).removesuffix(' %')} percentage points" if is_percent else value_text(length, unit)
    match stride.of:
        case "unit":
            return text
        case "target":
            return f"{percent_text(stride.amount)} of it, {text}"
        case "rest":
            return f"{percent_text(stride.amount)} of what lies between it and 100 %, {text}"
