"""What was measured in one period, before any promise is held against it.

Owns: the shape alone. Does not own: how any level is measured (`levels`, `uptime`, `means`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.reference.civil import Span


@dataclass
class Found:
    """What was measured: `level` None means no data; `doubt` that the facts disagree.

    `forgiven`: too few were counted to judge a level, and the terms take that for met.
    `sums`: what a ratio is one of, over what, as they can be added up over periods.
    `worth`: what the deliveries of a share are worth, and `bad_worth` what of them did not comply; None: nobody told.
    `times` is how long each outage counts, `lost` how long all of them do, where that is not just their length.
    """

    level: Fraction | None = None
    doubt: bool = False
    down: tuple[tuple[Span, ...], ...] = ()
    listed: bool = True
    grain: Fraction = Fraction(0)
    times: tuple[int, ...] = ()
    lost: int = 0
    forgiven: bool = False
    sums: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    worth: Fraction | None = None
    bad_worth: Fraction | None = None
