"""Owns the sentence about the time for which readings lay inside their limits, with the gaps between them.

Does not own: the sentences of other levels (render_measured), or any figure.
"""

from __future__ import annotations

from typing import Final

from malus.model.durations import duration_text
from malus.model.measuring_steps import TimeInside
from malus.model.quantities import limit_text
from malus.operations.render_words import moment_text

#: As many gaps as a sentence lists.
_SHOWN: Final = 5
_COUNTS: Final = {
    "counts_as_up": "counts as inside",
    "counts_as_down": "counts as outside",
    "leaves_the_base": "leaves the base",
}


def inside_text(step: TimeInside, zone: str) -> str:
    """How long it was inside and outside, and what the gaps count as: `at least 2 and at most 8: 20 h inside, …`."""
    limits = " and ".join(limit_text(limit) for limit in step.limits)
    text = f"{limits}: {duration_text(step.inside)} inside, {duration_text(step.outside)} outside"
    if not step.unobserved:
        return text
    gaps = ", ".join(f"{moment_text(gap.start, zone)} to {moment_text(gap.end, zone)}" for gap in step.gaps[:_SHOWN])
    more = step.all_gaps - _SHOWN
    gaps += f" and {more} more" if more > 0 else ""
    return f"{text}, {duration_text(step.unobserved)} without a reading {_COUNTS[step.counts]}: {gaps}"
