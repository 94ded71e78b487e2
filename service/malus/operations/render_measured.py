"""Owns the sentences of what was measured: the events, the time that was excused, how a level came about.

Does not own: the sentences of money (render_steps), or any figure: nothing is measured again.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeAlias, assert_never

from malus.model.durations import duration_text
from malus.model.explanation import NAMED_EVENTS_LIMIT, EventsUsed, Judged, Measured, TimeExcluded, Undetermined
from malus.model.instants import MINUTE
from malus.model.measuring_steps import (
    LevelsCombined,
    MeanOfIntervals,
    SampleChecked,
    StatisticTaken,
    TimeBase,
    TimeInWholeMinutes,
    TimeWeighed,
    TooFew,
)
from malus.model.money import decimal_text, rounded_text
from malus.model.moving import TargetMoved
from malus.model.paying_steps import PointsAdded, PointsGiven
from malus.model.quantities import level_text, limit_text
from malus.operations.render_moves import moved_text
from malus.operations.render_words import counted, level_exactly, listed

#: The most signs of an exact number that is shown whole.
_SHORT: Final = 24
CountingStep: TypeAlias = (
    TimeBase
    | TimeInWholeMinutes
    | TimeWeighed
    | LevelsCombined
    | StatisticTaken
    | SampleChecked
    | TooFew
    | MeanOfIntervals
)
MeasuringStep: TypeAlias = (
    EventsUsed
    | TimeExcluded
    | TimeBase
    | TimeInWholeMinutes
    | TimeWeighed
    | MeanOfIntervals
    | PointsAdded
    | LevelsCombined
    | StatisticTaken
    | SampleChecked
    | TooFew
    | Measured
    | TargetMoved
    | Judged
    | Undetermined
)
#: As many parts of a combined level as a sentence lists.
_PARTS_SHOWN: Final = 12
_BEGUN: Final = {"counts": "a minute begun counts", "ignored": "a minute begun does not count"}
_EACH: Final = {"outage": "of each outage", "period": "in all", "clock_minute": "of the clock"}


def measuring_text(step: MeasuringStep) -> str:
    """The sentence of a step that leads to a level or holds it against the promise."""
    match step:
        case EventsUsed():
            return _events_used(step)
        case TimeExcluded():
            return excluded_text(step)
        case TimeBase() | TimeInWholeMinutes() | TimeWeighed() | TooFew():
            return _counting(step)
        case LevelsCombined() | StatisticTaken() | SampleChecked() | MeanOfIntervals():
            return _counting(step)
        case PointsAdded():
            return points_text(step)
        case Measured():
            text = f"{step.indicator} {level_exactly(step.level)}"
            return text if step.rounded is None else f"{text}, rounded to {level_text(step.rounded)}"
        case TargetMoved():
            return moved_text(step)
        case Judged():
            season = f" for {step.season}" if step.season else ""
            return f"promised {limit_text(step.limit)}{season}: {step.outcome.value}"
        case Undetermined():
            return step.reason + (f" ({listed(step.named)})" if step.named else "")
        case _:
            assert_never(step)


def _counting(step: CountingStep) -> str:
    match step:
        case TimeBase():
            return _time_base(step)
        case TimeInWholeMinutes():
            minutes = f"{duration_text(step.exact)} down are {duration_text(step.counted)}"
            return f"{minutes} in whole minutes {_EACH[step.each]}, {_BEGUN[step.part]}"
        case TimeWeighed():
            return _time_weighed(step)
        case TooFew():
            if step.failures is None:
                return f"{step.total:,} in all: fewer than {step.below:,}, so no level is judged"
            allowed = "" if step.allowed is None else f", and no more than {step.allowed:,} failed"
            failed = f"{step.failures:,} of {step.total:,} failed"
            return f"{failed}: fewer than {step.below:,}{allowed}, so no level is judged"
        case LevelsCombined():
            return _combined(step)
        case StatisticTaken():
            return _statistic(step)
        case SampleChecked():
            return f"{step.checked:,} checked, {step.good:,} as agreed: {counted(step.defects, 'defect')}"
        case MeanOfIntervals():
            return _mean_of_intervals(step)
        case _:
            assert_never(step)


def _events_used(step: EventsUsed) -> str:
    if not step.count:
        return f"no {counted(0, step.kind).partition(' ')[2]}"
    text = f"measured from {counted(step.count, step.kind)}"
    if not step.named:
        return f"{text} (set {step.set_digest[:12]})" if step.set_digest else text
    named = ", ".join(step.named)
    if len(step.named) < min(step.count, NAMED_EVENTS_LIMIT):
        return f"{text} of {named}"  # several facts of what is named
    if step.count > len(step.named):
        return f"{text}, the first {len(step.named)} being {named}; all of them are set {step.set_digest[:12]}"
    return f"{text}: {named}"


def points_text(step: PointsAdded) -> str:
    """The points of each breach and their sum: `points: 3 (uptime 2026-05) + 2 x 1 (uptime 2026-06, again) = 5`."""
    parts = " + ".join(_points(part) for part in step.parts)
    return f"points: {parts} = {decimal_text(step.total)}" if parts else "points: none"


def _points(part: PointsGiven) -> str:
    times = "" if part.times == 1 else f"{decimal_text(part.times)} x "
    added = f" + {decimal_text(part.added)}" if part.added else ""
    named = " ".join(word for word in (part.clause, part.period, part.subject) if word)
    again = f", missed again after {part.again}" if part.again else ""
    return f"{times}{decimal_text(part.points)}{added} ({named}{again})"


def excluded_text(step: TimeExcluded) -> str:
    """Time that was excused or why it was not: `2 h excluded: maintenance MW-881, art. 7.4 (…)`."""
    what = " ".join(part for part in (step.exclusion, step.event) if part)
    article = f", {step.source}" if step.source else ""
    if step.refused:
        return f"{duration_text(step.microseconds)} not excluded: {what}{article}: {step.refused}"
    noticed = f" ({step.noticed})" if step.noticed else ""
    return f"{duration_text(step.microseconds)} excluded: {what}{article}{noticed}"


def _time_base(step: TimeBase) -> str:
    text = f"base: {duration_text(step.period)}" if step.fixed is None else f"base: fixed {duration_text(step.fixed)}"
    less = [(step.excused, "excused")]
    if step.fixed is None:
        less = [(step.closed, "outside the agreed hours"), (step.out_of_service, "out of service"), *less]
    for time, why in less:
        text += f" less {duration_text(time)} {why}" if time else ""
    return f"{text} = {duration_text(step.base)}"


def _time_weighed(step: TimeWeighed) -> str:
    together = "added up" if step.overlapping == "added_up" else "the highest counts"
    lost, base = (number_text(number / MINUTE) for number in (step.lost, step.base))
    if step.by == "share":
        return f"down by share, outages at one time {together}: {lost} of {base} minutes"
    return f"down by how many were affected, outages at one time {together}: {lost} of {base} minutes x affected"


def _combined(step: LevelsCombined) -> str:
    parts = [f"{part.name} {level_text(part.level)}" for part in step.parts]
    if step.takes == "first_over_second":
        return f"{parts[0]} over {parts[1]} = {level_exactly(step.level)}"
    shown = listed(tuple(parts), _PARTS_SHOWN)
    return f"{step.takes.replace('_', ' ')} of {counted(len(parts), 'level')}: {shown}"


def _statistic(step: StatisticTaken) -> str:
    values = counted(step.count, "value")
    shown = listed(tuple(f"{level_text(part.level)} ({part.name})" for part in step.parts), _PARTS_SHOWN)
    behind = f": {shown}" if shown else ""
    level = level_exactly(step.level)
    match step.takes:
        case "count":
            return f"{values} in all{behind}"
        case "sum":
            return f"sum of {values}{behind} = {level}"
        case "mean":
            assert step.total is not None, "a mean has a total"
            return f"mean of {values}{behind}: {level_text(step.total)} / {step.count:,} = {level}"
        case "lowest" | "highest":
            return f"{step.takes} of {values}{behind} = {level}"
        case "percentile":
            return f"{_percentile(step)}{behind} = {level}"


def _percentile(step: StatisticTaken) -> str:
    assert step.percentile is not None and step.place is not None, "a percentile has a place"
    assert step.low is not None and step.high is not None, "there are values at its place"
    what = f"percentile {decimal_text(step.percentile * 100)} of {counted(step.count, 'value')} in ascending order"
    if step.method == "nearest_rank":
        return f"{what}, by nearest rank number {step.place.numerator:,}"
    between = f"between {level_text(step.low)} and {level_text(step.high)}"
    return f"{what}, at place {number_text(step.place)} in a line {between}"


def _mean_of_intervals(step: MeanOfIntervals) -> str:
    of = f"mean of {counted(step.intervals, 'interval')} of {duration_text(step.length)}"
    measured = f"{step.measured:,} with events add up to {number_text(step.ratio_sum)}"
    full = f" and {step.full:,} without count as 1 each" if step.full else ""
    return f"{of}: {measured}{full}"


def number_text(value: Fraction) -> str:
    """An exact number; one that is long to write is given to eight decimals, with the word."""
    exact = decimal_text(value, grouped=True)
    return exact if len(exact) <= _SHORT else f"about {rounded_text(value, 8, grouped=True)}"
