"""Owns what the deliveries of a period come to: the share that was in time and in full, and how many were bad.

Does not own: how late each was (lateness), what its samples and readings say, or what a promise makes of a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from malus.measures.by_period import of_each_period
from malus.measures.deliveries import DeliverySubject, JudgedDelivery, deliveries_placed
from malus.measures.lateness import TimedDelivery, first_beyond, placed_deliveries
from malus.measures.occurrences import Occurrence
from malus.model.explanation import EventsUsed
from malus.model.indicators import DeliveryShare, DeliveryTime, Occurrences
from malus.model.instants import Instant
from malus.model.measurement import Goods, Measurement, events_used
from malus.model.periods import Period
from malus.model.quantities import Level, Unit

_DOUBT = "these facts about one delivery cannot both be true"


def measure_delivery_share(
    share: DeliveryShare, indicator: DeliveryTime, periods: Sequence[Period], timed: Sequence[TimedDelivery]
) -> list[Measurement]:
    """The named part of each period's deliveries, by count, value or quantity; no delivery, or none of worth, is empty.

    What is late is bad whole, so that goods are never bad twice, for being late and for being short.
    """
    placed = placed_deliveries(indicator, share.counted_in, periods, timed)
    measured = []
    for period, here, clash in of_each_period(periods, placed):
        goods = tuple(_goods(share, item) for item in here)
        weighed = [_weighed(share, item) for item in here]
        untold = tuple(item.subject.name for item, weight in zip(here, weighed, strict=True) if weight is None)
        whole = sum((weight[0] for weight in weighed if weight is not None), Fraction(0))
        good = sum((weight[1] for weight in weighed if weight is not None), Fraction(0))
        named = good if share.good else whole - good
        part = named / whole if whole else Fraction(0)
        reason = _DOUBT if clash else f"nobody told how much {_told_of(share)} there was of these" if untold else ""
        measured.append(
            Measurement(
                period=period,
                level=_level(share, named, whole, part) if whole and not reason else None,
                steps=(events_used("delivery facts", [event for item in here for event in item.subject.events]),),
                empty=not whole and not reason,
                undetermined=reason,
                named=clash or untold,
                goods=goods,
            )
        )
    return measured


def measure_late(
    indicator: Occurrences, late: DeliveryTime, periods: Sequence[Period], timed: Sequence[TimedDelivery]
) -> list[Measurement]:
    """How many deliveries of each period were so late."""
    measured = []
    placed = placed_deliveries(late, indicator.counted_in, periods, timed)
    for period, here, clash in of_each_period(periods, placed):
        facts = events_used("delivery facts", [event for item in here for event in item.subject.events])
        count = sum(_is_bad(indicator, item.level()) for item in here)
        measured.append(_counted(period, count, (facts,), clash))
    return measured


def measure_rejected(
    indicator: Occurrences, periods: Sequence[Period], judged: Sequence[JudgedDelivery], called: str, as_of: Instant
) -> list[Measurement]:
    """How many deliveries of each period were so bad by what was checked or read of them; one without a level is not.

    `called` says what that is: readings or tallies.
    """
    by_name = {item.subject.name: item for item in judged}
    subjects = [item.subject for item in judged]
    placed = deliveries_placed(indicator.counted_in, periods, subjects, as_of)
    measured = []
    for period, here, clash in of_each_period(periods, [(by_name[one.name], period) for one, period in placed]):
        facts = events_used("delivery facts", [event for item in here for event in item.subject.events])
        used = events_used(called, [event for item in here for event in item.used])
        count = sum(_is_bad(indicator, item.level) for item in here)
        measured.append(_counted(period, count, (facts, used), clash))
    return measured


def rejected_occurrences(indicator: Occurrences, judged: Sequence[JudgedDelivery], as_of: Instant) -> list[Occurrence]:
    """Every delivery that was so bad, from when it was sent, or else due, until it was there, sorted by start."""
    found = []
    for item in judged:
        subject = item.subject
        moments = (subject.sent, subject.judged_by, subject.done)
        start = next(moment for moment in moments if moment is not None)
        if subject.contradiction or not _is_bad(indicator, item.level):
            continue
        end = as_of if subject.done is None else subject.done
        length = max(0, end - start)
        found.append(
            Occurrence(start=start, end=end, length=length, known=start, open=subject.done is None, name=subject.name)
        )
    return sorted(found, key=lambda item: (item.start, item.end, item.name))


def late_occurrences(
    indicator: Occurrences, late: DeliveryTime, timed: Sequence[TimedDelivery], as_of: Instant, zone: str
) -> list[Occurrence]:
    """Every delivery that was so late, from when it was due until it was there, sorted by start."""
    found = [
        Occurrence(
            start=item.start,
            end=as_of if item.end is None else item.end,
            length=item.counted,
            known=_late_at(indicator, late, item, as_of, zone),
            open=item.end is None,
            name=item.subject.name,
        )
        for item in timed
        if not item.subject.contradiction
        and not (item.end is None and late.while_open == "waits")
        and _is_bad(indicator, item.level())
    ]
    return sorted(found, key=lambda item: (item.start, item.end, item.name))


def _late_at(indicator: Occurrences, late: DeliveryTime, item: TimedDelivery, as_of: Instant, zone: str) -> Instant:
    """The first instant at which a delivery was so late that it is counted."""
    assert indicator.each is not None, "lateness is held against a limit"
    stopped = as_of if item.end is None else item.end
    since = first_beyond(late, item, indicator.each, zone)
    return stopped if since is None else min(stopped, since)


def _is_bad(indicator: Occurrences, level: Level | None) -> bool:
    return level is not None and indicator.each is not None and indicator.each.holds(level)


def _counted(period: Period, count: int, steps: tuple[EventsUsed, ...], clash: tuple[str, ...]) -> Measurement:
    return Measurement(
        period=period,
        level=None if clash else Level(numerator=count, denominator=1, unit=Unit.COUNT),
        steps=steps,
        undetermined=_DOUBT if clash else "",
        named=clash,
    )


def _in_time(share: DeliveryShare, item: TimedDelivery) -> bool:
    return share.limit.holds(item.level()) == share.good


def _weighed(share: DeliveryShare, item: TimedDelivery) -> tuple[Fraction, Fraction] | None:
    """What a delivery weighs and how much of that is good; None where nobody told."""
    subject = item.subject
    match share.weighted_by:
        case "count":
            whole: Fraction | None = Fraction(1)
        case "value":
            whole = None if subject.value is None else subject.value.amount
        case "quantity":
            whole = subject.quantity
    if whole is None:
        return None
    if not _in_time(share, item):
        return whole, Fraction(0)
    part = _good_part(share, subject)
    return None if part is None else (whole, whole * part)


def _good_part(share: DeliveryShare, subject: DeliverySubject) -> Fraction | None:
    """The part of a delivery in time that is good: by value where that was told, else by quantity; None: untold."""
    if share.in_full == "not_judged":
        return Fraction(1)
    part: Fraction | None = None
    by_quantity = subject.quantity is not None and subject.good_quantity is not None
    if share.weighted_by != "quantity" and subject.value is not None and subject.good_value is not None:
        part = _of(subject.good_value.amount, subject.value.amount)
    elif by_quantity:
        assert subject.quantity is not None and subject.good_quantity is not None
        part = _of(subject.good_quantity, subject.quantity)
    if part is not None and share.in_full == "all_or_nothing":
        return Fraction(part == 1)
    return part


def _of(some: Fraction, whole: Fraction) -> Fraction:
    return some / whole if whole else Fraction(1)


def _goods(share: DeliveryShare, item: TimedDelivery) -> Goods:
    """What a delivery is worth, and what of it is bad under this share."""
    goods = item.subject.goods()
    part = _good_part(share, item.subject) if _in_time(share, item) else Fraction(0)
    bad = None if part is None or goods.value is None else goods.value.times(1 - part)
    return replace(goods, bad_value=bad, complies=part == 1)


def _level(share: DeliveryShare, named: Fraction, whole: Fraction, part: Fraction) -> Level:
    if share.weighted_by == "count" and named.denominator == whole.denominator == 1:
        return Level(numerator=named.numerator, denominator=whole.numerator, unit=Unit.PERCENT)
    return Level(numerator=part.numerator, denominator=part.denominator, unit=Unit.PERCENT)


def _told_of(share: DeliveryShare) -> str:
    return "value or good part" if share.weighted_by == "value" else "quantity or good part"
