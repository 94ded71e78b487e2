"""Checks the files of one agreement together: one name, one file a date, no hole between terms, reviews held.

Owns: what only several files, or a day to hold them against, can show. Does not own: a single file (lint).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from malus.model.agreement import Terms
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import ChargeBase
from malus.model.deadlines import Deadline, last_instant
from malus.model.durations import Duration
from malus.model.faults import Diagnostic, Place, Severity, in_reading_order
from malus.model.instants import civil_day, start_of_day
from malus.model.periods import Cycle, period_containing
from malus.rulefiles.compiler import Compiled
from malus.rulefiles.findings import Part

_WARN_AHEAD: int = 365


def lint_agreement(compiled: Sequence[Compiled], today: datetime.date | None) -> tuple[Diagnostic, ...]:
    """What the files of one folder say together, in reading order.

    `compiled`: the files, in any order; those with errors are left out of account. `today`: the civil day
    that reviews and known holidays are held against; None leaves those two out. Errors: two files from one
    day on, two agreements in one folder; none of the files may then be loaded. Warnings: a stretch without terms, a
    part of a split period without a price, a file named after another day, a review overdue, holidays that will soon
    be unknown.
    """
    sound = sorted(
        ((item.terms, item) for item in compiled if item.terms is not None),
        key=lambda pair: (pair[0].effective, pair[1].path),
    )
    found: list[Diagnostic] = []
    for (earlier, first), (later, second) in pairwise(sound):
        found.extend(_neighbours(earlier, first, later, second))
        found.extend(_split(earlier, first, later, second))
    for terms, item in sound:
        found.extend(_called(terms, item))
    if sound:
        found.extend(_one_name([item for _, item in sound]))
    if today is not None:
        in_force = [pair for pair in sound if _in_force(pair[0], today)]
        if in_force:
            found.extend(_review(*in_force[-1], today))
            found.extend(_horizon(*in_force[-1], today))
    return in_reading_order(found)


def _neighbours(earlier: Terms, first: Compiled, later: Terms, second: Compiled) -> Iterator[Diagnostic]:
    if earlier.effective == later.effective:
        yield _said(
            second,
            "effective",
            Severity.ERROR,
            "overlapping-terms",
            f"two files are in force from {later.effective}",
            hint="the whole of the terms stands in one file: take one out, or correct its date",
            also=((first.places["effective"].place, "the other one"),),
        )
    elif earlier.ends is not None and earlier.ends + datetime.timedelta(days=1) < later.effective:
        yield _said(
            second,
            "effective",
            Severity.WARNING,
            "gap-between-terms",
            f"no terms are in force after {earlier.ends} and before {later.effective}",
            hint="nothing is judged in between: correct a date, or leave it if the paper has this gap",
            also=((first.places.get("ends", first.places["effective"]).place, "these end"),),
        )


def _split(earlier: Terms, first: Compiled, later: Terms, second: Compiled) -> Iterator[Diagnostic]:
    """What a later file splits the earlier one pays in part, so it must say what a part is charged."""
    if later.amended != "split" or not later.is_signed():
        return
    for clause in earlier.clauses:
        bases = (clause.credit and clause.credit.base, clause.bonus and clause.bonus.table.base)
        for base in bases:
            cycle = _cycle_without_a_part(earlier, clause, base) if base else None
            if cycle is not None and period_containing(cycle, later.starts(), later.timezone).start < later.starts():
                yield _said(
                    first,
                    "clauses",
                    Severity.WARNING,
                    "part-period-unstated",
                    f"`effective: {later.effective}` splits a {cycle.kind}, and `{clause.name}` does not say what a "
                    "part of one is charged",
                    hint="add `part_period: pro_rata` or `part_period: full` beside its `charge`",
                    source=clause.source,
                    also=((second.places["effective"].place, "the cut"),),
                )


def _cycle_without_a_part(terms: Terms, clause: Clause, base: ChargeBase) -> Cycle | None:
    if not base.charges or base.part_period or base.day_of_fee:
        return None
    if base.period.cycle is not None or not isinstance(clause.condition, Promise):
        return base.period.cycle
    named = clause.condition.indicator
    return next((indicator.cycle for indicator in terms.indicators if indicator.name == named), None)


def _called(terms: Terms, item: Compiled) -> Iterator[Diagnostic]:
    """A file's name begins with the day from which its terms hold, where it begins with a day at all."""
    dated = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])", item.path.replace("\\", "/").rpartition("/")[2])
    if dated is not None and dated[0] != terms.effective.isoformat():
        yield _said(
            item,
            "effective",
            Severity.WARNING,
            "name-disagrees",
            f"these terms hold from {terms.effective}, and the file's name says {dated[0]}",
            hint="rename the file, or correct the date",
        )


def _one_name(files: Sequence[Compiled]) -> Iterator[Diagnostic]:
    names = [item.terms.agreement for item in files if item.terms is not None]
    for item, name in zip(files, names, strict=True):
        if name != names[0]:
            yield _said(
                item,
                "agreement",
                Severity.ERROR,
                "another-agreement",
                f"this folder holds `{names[0]}`, and this file is of `{name}`",
                hint="a folder holds the files of one agreement",
                also=((files[0].places["agreement"].place, "the first file"),),
            )


def _in_force(terms: Terms, today: datetime.date) -> bool:
    return terms.effective <= today and (terms.ends is None or today <= terms.ends) and terms.is_signed()


def _review(terms: Terms, item: Compiled, today: datetime.date) -> Iterator[Diagnostic]:
    if terms.review is None:
        return
    last = max((*(day for day in terms.review.held if day <= today), terms.effective))
    due = _due(last, terms.review.every, terms.timezone)
    if due < today:
        since = "the last review" if last in terms.review.held else "the terms took effect"
        yield _said(
            item,
            "review",
            Severity.WARNING,
            "review-overdue",
            f"a review was due on {due}, {terms.review.every} after {since}",
            hint="hold it and add its day: `held: [...]`",
            source=terms.review.source,
        )


@lru_cache(maxsize=10_000)
def _due(last: datetime.date, every: Duration, zone: str) -> datetime.date:
    """The last day for a review that follows one; agreements of one wording ask alike."""
    deadline = Deadline(within=every, until="end_of_day", zone=zone)
    return civil_day(last_instant(deadline, start_of_day(last, zone)), zone)


def _horizon(terms: Terms, item: Compiled, today: datetime.date) -> Iterator[Diagnostic]:
    known = [calendar.horizon_end for calendar in item.calendars if not calendar.always]
    soon = today + datetime.timedelta(days=_WARN_AHEAD)
    last = min((soon, terms.ends) if terms.ends is not None else (soon,))
    if known and min(known) < last:
        yield _said(
            item,
            "effective",
            Severity.WARNING,
            "holiday-horizon",
            f"holidays are known until {min(known)}, and the terms stay in force",
            hint="restate the terms from a later date, so that holidays are written out further",
        )


def _said(
    item: Compiled,
    key: str,
    severity: Severity,
    code: str,
    what: str,
    *,
    hint: str,
    source: str = "",
    also: tuple[tuple[Place, str], ...] = (),
) -> Diagnostic:
    part: Part = item.places[key]
    return Diagnostic(
        code=code,
        severity=severity,
        place=part.place,
        span=part.span,
        what=what,
        hint=hint,
        source=source,
        also=also,
    )
