"""Slow figures by counting microseconds one by one, for the kernels to be held against."""

from collections.abc import Sequence

Stretch = tuple[int, int]


def microseconds(stretches: Sequence[Stretch]) -> set[int]:
    return {moment for start, end in stretches for moment in range(start, end)}


def covered(
    outages: Sequence[Stretch], periods: Sequence[Stretch], exclusions: Sequence[Stretch], ignore_up_to: int
) -> list[int]:
    down = microseconds(outages)
    counted = set()
    for moment in down:
        if moment - 1 not in down:
            end = moment
            while end in down:
                end += 1
            if end - moment > ignore_up_to:
                counted |= set(range(moment, end))
    return [len((counted & microseconds([period])) - microseconds(exclusions)) for period in periods]


def states(
    checks: Sequence[tuple[int, int]],
    periods: Sequence[Stretch],
    exclusions: Sequence[Stretch],
    hold: int,
    until: int,
) -> list[tuple[int, int, int]]:
    figures = []
    for start, end in periods:
        down = degraded = observed = 0
        for moment in set(range(start, min(end, until))) - microseconds(exclusions):
            past = [check for check in checks if check[0] <= moment]
            if past and (hold < 0 or moment < past[-1][0] + hold):
                observed += 1
                down += past[-1][1] == 1
                degraded += past[-1][1] == 2
        figures.append((down, degraded, observed))
    return figures


def worked(start: int, end: int, hours: Sequence[Stretch], pauses: Sequence[Stretch]) -> int:
    return len((microseconds([(start, end)]) & microseconds(hours)) - microseconds(pauses))


def due(start: int, allowed: int, hours: Sequence[Stretch], pauses: Sequence[Stretch]) -> int | None:
    horizon = max(end for _, end in hours)
    for instant in range(start, max(start, horizon) + 1):
        if worked(start, instant, hours, pauses) >= allowed:
            return instant
    return None


def reached(stretches: Sequence[Stretch], width: int, reach: int) -> list[int]:
    """Every instant at which the trailing window comes to hold `reach`, having held less one microsecond before."""
    down = microseconds(stretches)

    def inside(instant: int) -> int:
        return len(down & set(range(instant - width, instant)))

    instants = range(min(down, default=0), max(down, default=0) + 2)
    return [instant for instant in instants if inside(instant - 1) < reach <= inside(instant)]
