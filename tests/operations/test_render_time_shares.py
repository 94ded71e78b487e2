"""How long readings lay inside their limits, in a sentence with the gaps between them."""

from dataclasses import replace
from fractions import Fraction

from malus.model.explanation import Step
from malus.model.instants import HOUR, parse_instant
from malus.model.measuring_steps import Gap, TimeInside
from malus.model.quantities import Edge, Level, Limit, Unit
from malus.operations.render_time_shares import inside_text

ZONE = "Europe/Amsterdam"
GAP = Gap(start=parse_instant("2026-06-10 08:00", ZONE), end=parse_instant("2026-06-10 16:00", ZONE))
STEP = TimeInside(
    limits=(
        Limit(edge=Edge.AT_LEAST, value=Fraction(2), unit=Unit.COUNT),
        Limit(edge=Edge.AT_MOST, value=Fraction(8), unit=Unit.COUNT),
    ),
    inside=711 * HOUR,
    outside=HOUR,
    unobserved=8 * HOUR,
    counts="counts_as_down",
    gaps=(GAP,),
    all_gaps=1,
    base=720 * HOUR,
    level=Level(numerator=711, denominator=720, unit=Unit.PERCENT),
)
INSIDE: dict[str, tuple[Step, str]] = {
    "TimeInside": (
        STEP,
        (
            "at least 2 and at most 8: 711 h inside, 1 h outside, 8 h without a reading counts as outside: "
            "2026-06-10 08:00 to 2026-06-10 16:00"
        ),
    ),
}


def test_of_many_gaps_the_first_five_are_listed() -> None:
    text = inside_text(replace(STEP, gaps=(GAP,) * 7, all_gaps=7), ZONE)
    assert text.count(" to ") == 5
    assert text.endswith(" and 2 more")


def test_without_a_gap_nothing_is_said_of_one() -> None:
    assert inside_text(replace(STEP, unobserved=0, gaps=(), all_gaps=0), ZONE).endswith("1 h outside")
