"""How a level came about, in sentences; test_render holds that every kind of step has one."""

from fractions import Fraction

from malus.model.explanation import MeanOfIntervals, Step
from malus.model.instants import MINUTE
from malus.model.quantities import Level, Unit
from malus.operations.render_measured import measuring_text, number_text


def percent(part: int, whole: int) -> Level:
    return Level(numerator=part, denominator=whole, unit=Unit.PERCENT)


MEASURED: dict[str, tuple[Step, str]] = {
    "MeanOfIntervals": (
        MeanOfIntervals(
            length=5 * MINUTE,
            intervals=8640,
            measured=12,
            ratio_sum=Fraction(5, 2),
            full=8628,
            level=percent(17261, 17280),
        ),
        "mean of 8,640 intervals of 5 min: 12 with events add up to 2.5 and 8,628 without count as 1 each",
    ),
}


def test_intervals_without_events_are_named_only_where_they_count() -> None:
    level = percent(1, 2)
    step = MeanOfIntervals(length=MINUTE, intervals=2, measured=2, ratio_sum=Fraction(1), full=0, level=level)
    assert measuring_text(step) == "mean of 2 intervals of 1 min: 2 with events add up to 1"


def test_a_number_that_is_long_to_write_is_about_so_much() -> None:
    assert number_text(Fraction(1, 3)) == "1/3"
    assert number_text(Fraction(10**13, 3**30)) == "about 0.04856936"
