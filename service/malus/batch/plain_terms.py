"""Owns which terms are plain: their events can be folded row by row and their periods judged apart from each other.

Does not own: judging. Derived from the types of the terms in this one place: whatever a value says beyond what is
understood here makes its agreement go through `assess` with its events, so a new construct is slow before it is fast.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final

from malus.evaluation.in_force import Thread, threads_of
from malus.model.agreement import Terms
from malus.model.clauses import Cap, Clause
from malus.model.conditions import Fires, MissedPeriods, Promise
from malus.model.credits import JUDGED, AmountCredit, Band, BandCredit, ChargeBase
from malus.model.events import Transition
from malus.model.indicators import Availability, CountedIn, Elapsed, Indicator, NoData, Ratio, Share
from malus.model.instants import Instant
from malus.model.periods import Period

#: The lanes of the row fold, in its order: one indicator each.
LANES: Final = (Ratio, Availability, Share)

_NAMED: Final = {"name", "cycle", "service", "no_data", "round", "formerly", "source", "line"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTerms:
    """Terms whose events are folded: the indicator of each lane, None where it is empty, and the periods of them all.

    `promises`: the clauses that promise something of an indicator. `windows`: those over missed periods of a promise.
    """

    terms: Terms
    lanes: tuple[Indicator | None, ...]
    elapsed: Elapsed | None
    periods: tuple[Period, ...]
    threads: tuple[Thread, ...]
    promises: tuple[Clause, ...]
    windows: tuple[Clause, ...]


def plain_terms(texts: Sequence[Terms], as_of: Instant) -> PlainTerms | None:
    """The terms of an agreement where they are plain, else None."""
    if len(texts) != 1 or not texts[0].is_signed() or len(texts[0].services) != 1 or texts[0].starts() > as_of:
        return None
    terms = texts[0]
    lanes, elapsed = _lanes(terms)
    measured = [item for item in lanes if item is not None]
    if not _says_only(terms, _TERMS) or not measured or len({item.cycle for item in measured}) != 1:
        return None
    if len(measured) + (elapsed is not None) != len(terms.indicators):
        return None
    promises = tuple(clause for clause in terms.clauses if isinstance(clause.condition, Promise))
    windows = tuple(clause for clause in terms.clauses if not isinstance(clause.condition, Promise))
    sound = (
        all(_is_plain_promise(clause, measured) for clause in promises)
        and all(_is_plain_window(clause, promises) for clause in windows)
        and all(_is_plain_cap(cap, measured[0]) for cap in terms.caps)
        and not any(party.duties for party in terms.parties)
        and _says_only(terms.services[0], {"name", "title", "description", "support_calendar", "support_by"})
        and all(
            charge.amount is not None and _says_only(charge, {"name", "amount", "cycle"}) for charge in terms.charges
        )
    )
    if not sound:
        return None
    threads = threads_of((terms,), (terms.digest(),), as_of)
    measured_threads = [thread for thread in threads if any(run.indicator is measured[0] for run in thread.runs)]
    periods = measured_threads[0].runs[0].periods if measured_threads and measured_threads[0].runs else ()
    return (
        PlainTerms(
            terms=terms,
            lanes=lanes,
            elapsed=elapsed,
            periods=periods,
            threads=threads,
            promises=promises,
            windows=windows,
        )
        if periods
        else None
    )


def _lanes(terms: Terms) -> tuple[tuple[Indicator | None, ...], Elapsed | None]:
    lanes: list[Indicator | None] = []
    elapsed: Elapsed | None = None
    for kind in LANES:
        mine = [item for item in terms.indicators if type(item) is kind and _is_plain_indicator(item)]
        lanes.append(mine[0] if len(mine) == 1 else None)
    share = lanes[-1]
    if isinstance(share, Share):
        timed = terms.indicator(share.indicator)
        assert isinstance(timed, Elapsed), "the compiler lets a share be of elapsed times only"
        elapsed = timed if _is_plain_elapsed(timed) else None
        if elapsed is None:
            lanes[-1] = None
    return tuple(lanes), elapsed


def _is_plain_indicator(item: Indicator) -> bool:
    if item.round is not None or item.no_data is NoData.PREVIOUS:
        return False
    match item:
        case Ratio():
            counted = (CountedIn.PERIOD_OF_START, CountedIn.PERIOD_OF_END)
            return item.counted_in in counted and _says_only(item, _NAMED | {"counted_in"})
        case Availability():
            return _says_only(item, _NAMED | {"ignore_up_to", "excluded_time"})
        case Share():
            plain = all(_says_only(limit, {"priority", "limit"}) for limit in item.limits)
            known = _NAMED | {"indicator", "limits", "good", "counted_in"}
            return plain and item.counted_in is CountedIn.PERIOD_OF_END and _says_only(item, known)
        case _:
            return False


def _is_plain_elapsed(item: Elapsed) -> bool:
    """Whole incidents have one priority and no pause, so nothing else about them can change their time."""
    plain = (
        item.starts is Transition.OPENED
        and item.ends is Transition.RESOLVED
        and item.calendar.always
        and item.origin == "incidents"
    )
    known = _NAMED | {"origin", "starts", "ends", "calendar", "pauses", "counted_in", "while_open", "reopened", "by"}
    return plain and item.by.value != "each_its_part" and _says_only(item, known | {"priorities"})


def _is_plain_promise(clause: Clause, measured: Collection[Indicator]) -> bool:
    promise = clause.condition
    assert isinstance(promise, Promise)
    known = {"ordinal", "name", "source", "condition", "credit", "formerly", "line"}
    return (
        _says_only(clause, known)
        and _says_only(promise, {"indicator", "limits"})
        and any(item.name == promise.indicator for item in measured)
        and all(limit.priority is None and _says_only(limit, {"priority", "limit"}) for limit in promise.limits)
        and _is_plain_credit(clause.credit)
    )


def _is_plain_credit(credit: object) -> bool:
    match credit:
        case None:
            return True
        case BandCredit():
            known = {"base", "overlap", "pays", "bands", "gaps", "paid_only_if"}
            plain = all(_is_plain_band(band) for band in credit.bands)
            return plain and _says_only(credit, known) and (credit.base is None or _is_plain_base(credit.base))
        case AmountCredit():
            return credit.each == "period" and _says_only(credit, {"each", "amount", "paid_only_if"})
        case _:
            return False


def _is_plain_band(band: Band) -> bool:
    return _says_only(band, {"row", "limits", "rate", "amount", "line"})


def _is_plain_base(base: ChargeBase) -> bool:
    known = {"charges", "less", "period", "before", "part_period", "fixed", "round"}
    return base.period == JUDGED and _says_only(base, known)


def _is_plain_window(clause: Clause, promises: Collection[Clause]) -> bool:
    condition = clause.condition
    known = {"ordinal", "name", "source", "condition", "right", "formerly", "line"}
    return (
        isinstance(condition, MissedPeriods)
        and _says_only(condition, {"name", "count", "window", "fires"})
        and condition.fires is not Fires.FACTS_USED_ONCE
        and condition.window < _WIDEST
        and _says_only(clause, known)
        and any(
            condition.name in (item.name, item.condition.indicator)
            for item in promises
            if isinstance(item.condition, Promise)
        )
    )


#: A window and the period before it are kept as bits of one number.
_WIDEST: Final = 60


def _is_plain_cap(cap: Cap, indicator: Indicator) -> bool:
    window = cap.window
    known = {
        "name",
        "source",
        "limits",
        "amount",
        "rate",
        "charges",
        "window",
        "base",
        "cut",
        "counts",
        "part_period",
        "line",
    }
    within = window.kind == "each_period" or (window.kind == "period" and window.cycle == indicator.cycle)
    return within and _says_only(window, {"kind", "cycle"}) and _says_only(cap, known)


#: What terms may say: what is understood above, what judging periods apart does not touch, and names.
_TERMS: Final = {
    "agreement", "title", "document", "language", "effective", "signed_provider", "signed_customer", "timezone",
    "currency", "money", "business_days", "review", "parties", "services", "charges", "exclusions", "indicators",
    "clauses", "caps", "claims", "settlement", "not_modelled", "data_versions", "path",
}  # fmt: skip


def _says_only(value: Any, known: Collection[str]) -> bool:
    """Whether all that a value says beyond the known fields is what it says when nothing is written."""
    for each in fields(value):
        if each.name in known or not each.init:  # what is worked out of the others says no more than they do
            continue
        said = getattr(value, each.name)
        if each.default is not MISSING:
            unsaid = each.default
        elif each.default_factory is not MISSING:
            unsaid = each.default_factory()
        else:
            unsaid = None
        if said != unsaid and said not in ((), None):
            return False
    return True
