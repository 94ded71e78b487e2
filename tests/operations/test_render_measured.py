"""How a level came about, in sentences; test_render holds that every kind of step has one."""

from fractions import Fraction

from malus.model.explanation import Step
from malus.model.instants import HOUR, MINUTE, SECOND
from malus.model.measuring_steps import (
    CombinedPart,
    LevelsCombined,
    MeanOfIntervals,
    SampleChecked,
    StatisticTaken,
    TimeBase,
    TimeInWholeMinutes,
    TimeWeighed,
    TooFew,
)
from malus.model.moving import Move, Stride, TargetMoved
from malus.model.quantities import Edge, Level, Limit, Unit
from malus.operations.render_measured import measuring_text, number_text


def percent(part: int, whole: int) -> Level:
    return Level(numerator=part, denominator=whole, unit=Unit.PERCENT)


def limit(value: str) -> Limit:
    return Limit(edge=Edge.AT_LEAST, value=Fraction(value) / 100, unit=Unit.PERCENT)


MEASURED: dict[str, tuple[Step, str]] = {
    "TooFew": (
        TooFew(total=20, below=100, failures=2, allowed=2),
        "2 of 20 failed: fewer than 100, and no more than 2 failed, so no level is judged",
    ),
    "SampleChecked": (SampleChecked(checked=80, good=79, defects=1), "80 checked, 79 as agreed: 1 defect"),
    "StatisticTaken": (
        StatisticTaken(
            takes="percentile",
            count=2,
            parts=(CombinedPart(name="A", level=percent(1, 10)), CombinedPart(name="B", level=percent(1, 5))),
            total=None,
            percentile=Fraction(3, 4),
            method="linear",
            place=Fraction(7, 4),
            low=percent(1, 10),
            high=percent(1, 5),
            level=percent(7, 40),
        ),
        (
            "percentile 75 of 2 values in ascending order, at place 1.75 in a line between 10 % and 20 %: "
            "10 % (A), 20 % (B) = 7/40 = 17.5 %"
        ),
    ),
    "LevelsCombined": (
        LevelsCombined(
            takes="ratio_of_sums",
            parts=(
                CombinedPart(name="2026-05", level=percent(99, 100)),
                CombinedPart(name="2026-06", level=percent(1, 1)),
            ),
            level=percent(100, 101),
        ),
        "ratio of sums of 2 levels: 2026-05 99 %, 2026-06 100 %",
    ),
    "TargetMoved": (
        TargetMoved(
            day="2027-01-01",
            before=limit("99.6"),
            move=Move(
                how="becomes",
                indicator="last-year",
                looser="stays",
                by_at_most=Stride(amount=Fraction(1, 10), of="rest"),
            ),
            level=percent(9987, 10000),
            period="2026-12",
            after=limit("99.64"),
        ),
        (
            "from 2027-01-01 the promise at least 99.6 % becomes last-year of 2026-12, 99.87 %, by at most "
            "10 % of what lies between it and 100 %, 0.04 percentage points: at least 99.64 %"
        ),
    ),
    "TimeBase": (
        TimeBase(
            period=720 * HOUR, closed=500 * HOUR, out_of_service=20 * HOUR, fixed=None, excused=HOUR, base=199 * HOUR
        ),
        "base: 720 h less 500 h outside the agreed hours less 20 h out of service less 1 h excused = 199 h",
    ),
    "TimeInWholeMinutes": (
        TimeInWholeMinutes(each="outage", part="counts", exact=61 * SECOND, counted=2 * MINUTE),
        "1 min 1 s down are 2 min in whole minutes of each outage, a minute begun counts",
    ),
    "TimeWeighed": (
        TimeWeighed(
            by="affected", overlapping="added_up", lost=Fraction(4800 * MINUTE), base=Fraction(4320000 * MINUTE)
        ),
        "down by how many were affected, outages at one time added up: 4,800 of 4,320,000 minutes x affected",
    ),
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


def test_a_fixed_base_is_called_so_and_a_share_is_of_minutes() -> None:
    fixed = TimeBase(period=744 * HOUR, closed=0, out_of_service=0, fixed=720 * HOUR, excused=0, base=720 * HOUR)
    assert measuring_text(fixed) == "base: fixed 720 h = 720 h"
    share = TimeWeighed(by="share", overlapping="highest", lost=Fraction(MINUTE, 3), base=Fraction(720 * HOUR))
    assert measuring_text(share) == "down by share, outages at one time the highest counts: 1/3 of 43,200 minutes"


def test_a_number_that_is_long_to_write_is_about_so_much() -> None:
    assert number_text(Fraction(1, 3)) == "1/3"
    assert number_text(Fraction(10**13, 3**30)) == "about 0.04856936"
