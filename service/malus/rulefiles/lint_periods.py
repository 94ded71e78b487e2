"""Checks what time does to the terms: part periods, finality before the claims end, unknown holidays.

Owns: those three checks. Does not own: how a part period is charged, nor when an answer is final.
"""

from __future__ import annotations

import datetime
from typing import Final

from malus.model.availability import TimedIndicator
from malus.model.calendars import HorizonFault
from malus.model.clauses import Clause
from malus.model.conditions import (
    MissedPeriods,
    MissedTogether,
    OccurrencesInWindow,
    Promise,
    SingleCondition,
    TotalInWindow,
    single_conditions,
)
from malus.model.credits import ChargeBase
from malus.model.deadlines import last_instant
from malus.model.instants import Instant, start_of_day
from malus.model.periods import Cycle, period_containing
from malus.rulefiles import forms_clauses
from malus.rulefiles.drafts import Draft
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_agreement import CALENDARS, HOLIDAYS
from malus.rulefiles.forms_caps import CAPS, CLAIMS, SETTLEMENT
from malus.rulefiles.forms_indicators import INDICATORS
from malus.rulefiles.scalars import DATE, NAME

_MONTHS_TRIED: Final = 14


def lint_periods(draft: Draft) -> None:
    """Report part periods without a price, answers final too early, claims without a start, years without holidays."""
    effective = draft.scope.top.get("effective", DATE)
    if effective is None or draft.scope.top.faulty("ends") or draft.scope.top.faulty("timezone"):
        return
    ends = draft.scope.top.get("ends", DATE)
    _part_periods(draft, effective, ends)
    _fixed_bases(draft, effective, ends)
    _finality(draft, effective)
    _claims_that_never_start(draft)
    _holidays(draft, effective, ends)


def _fixed_bases(draft: Draft, effective: datetime.date, ends: datetime.date | None) -> None:
    for named in draft.scope.top.get("indicators", INDICATORS) or ():
        indicator = draft.indicators.get(named.name)
        if named.value is None or not isinstance(indicator, TimedIndicator) or indicator.fixed_base is None:
            continue
        if indicator.fixed_base.part_period is None:
            hint = "add `part_base: full` or `part_base: its_own_time`"
            held = f"`{named.name}` does not say what a part of one is held against"
            _cut_periods(draft, indicator.cycle, effective, ends, named.value, held, hint)


def _part_periods(draft: Draft, effective: datetime.date, ends: datetime.date | None) -> None:
    for named in draft.scope.top.get("clauses", forms_clauses.CLAUSES) or ():
        clause = draft.clauses.get(named.name)
        if named.value is None or clause is None:
            continue
        if clause.credit is not None:
            credit = named.value.must("credit", forms_clauses.CREDIT)
            _part_of_base(draft, effective, ends, clause, clause.credit.base, credit)
        if clause.bonus is not None:
            bonus = named.value.must("bonus", forms_clauses.BONUS)
            _part_of_base(draft, effective, ends, clause, clause.bonus.table.base, bonus)
    for item in draft.scope.top.get("caps", CAPS) or ():
        cap = draft.caps.get(item.value.get("name", NAME) or "")
        if cap is None or not cap.charges or cap.part_period is not None:
            continue
        cycles = [charge.cycle for charge in draft.charges if charge.name in cap.charges]
        window = cap.window.cycle or (cycles[0] if cycles else None)
        if window is not None:
            _part_period(draft, window, effective, ends, item.value, f"the cap `{cap.name}`")


def _part_of_base(
    draft: Draft,
    effective: datetime.date,
    ends: datetime.date | None,
    clause: Clause,
    base: ChargeBase | None,
    given: Given,
) -> None:
    """A base of charges whose periods the terms cut must say what a part of one is charged."""
    if base is not None and base.day_of_fee is not None:
        _day_of_fee(draft, base, given)
    if base is None or base.part_period or base.day_of_fee or base.fixed or base.pool or base.value_of:
        return
    cycle = base.period.cycle
    if cycle is None and isinstance(clause.condition, Promise):
        cycle = draft.indicators[clause.condition.indicator].cycle
    if cycle is not None:
        _part_period(draft, cycle, effective, ends, given.must("of", forms_clauses.BASE), f"`{clause.name}`")


def _day_of_fee(draft: Draft, base: ChargeBase, credit: Given) -> None:
    other = [charge for charge in draft.charges if charge.name in base.charges and charge.cycle.kind != "month"]
    if other:
        given = credit.must("of", forms_clauses.BASE)
        what = f"`{other[0].name}` is charged per {other[0].cycle.kind}, so it has no month to take a day's fee of"
        given.reading.error("wrong-measure", given.at("day_of_fee"), what, hint="name a charge `per: month`")


def _part_period(
    draft: Draft, cycle: Cycle, effective: datetime.date, ends: datetime.date | None, given: Given, name: str
) -> None:
    hint = "add `part_period: pro_rata` or `part_period: full`"
    _cut_periods(draft, cycle, effective, ends, given, f"{name} does not say what a part of one is charged", hint)


def _cut_periods(
    draft: Draft,
    cycle: Cycle,
    effective: datetime.date,
    ends: datetime.date | None,
    given: Given,
    unsaid: str,
    hint: str,
) -> None:
    zone = draft.scope.zone
    cuts = [("effective", effective)] if _is_inside(cycle, effective, zone) else []
    if ends is not None and _is_inside(cycle, ends + datetime.timedelta(days=1), zone):
        cuts.append(("ends", ends))
    if cuts:
        key, day = cuts[0]
        what = f"`{key}: {day}` cuts a {cycle.kind}, and {unsaid}"
        also = ((draft.scope.top.at(key).place, "the cut"),)
        given.reading.error("part-period-unstated", given.label, what, hint=hint, also=also)


def _is_inside(cycle: Cycle, day: datetime.date, zone: str) -> bool:
    instant = start_of_day(day, zone)
    return period_containing(cycle, instant, zone).start != instant


def _finality(draft: Draft, effective: datetime.date) -> None:
    settlement, claims = draft.settlement, draft.claims
    if settlement is None or settlement.grace is None or settlement.grace_after != "period_end" or not claims:
        return
    for month in range(_MONTHS_TRIED):
        number = effective.year * 12 + effective.month + month
        end = start_of_day(datetime.date(number // 12, number % 12 + 1, 1), draft.scope.zone)
        try:
            final = last_instant(settlement.grace, end, closes_day=True)
            early = [step.step for step in claims if final < _claim_ends(draft, step.step, end)]
        except HorizonFault:
            return
        if early:
            grace = draft.scope.top.must("settlement", SETTLEMENT)
            what = f"answers are final before `{early[0]}` may still be taken"
            hint = "write `after: claims`, or a longer grace"
            grace.reading.error("finality-before-claims", grace.at("grace"), what, hint=hint)
            return


def _claims_that_never_start(draft: Draft) -> None:
    """A credit for several periods or promises is for no single outage, incident or delivery to run a claim from."""
    told = (item.value for item in draft.scope.top.get("claims", CLAIMS) or ())
    named = {given.get("step", NAME): given for given in told}
    for step in draft.claims or ():
        if step.due.after == "period_end" or step.due.after in named:
            continue
        for clause in draft.clauses.values():
            asked = clause.credit is not None and (not step.clauses or clause.name in step.clauses)
            if asked and any(_is_of_several(part) for _, part in single_conditions(clause.condition)):
                what = f"`{clause.name}` is for no single outage, incident or delivery, so `{step.step}` never starts"
                hint = "run it from `period_end`, or limit it to other `clauses`"
                item = named[step.step]
                item.reading.warning("claim-never-starts", item.at("after"), what, hint=hint)


def _is_of_several(condition: SingleCondition) -> bool:
    if isinstance(condition, MissedTogether):
        return condition.by == "period"
    return isinstance(condition, MissedPeriods | OccurrencesInWindow | TotalInWindow)


def _claim_ends(draft: Draft, step: str, period_end: Instant) -> Instant:
    """The last instant of a step, the latest that it can be for a period that ends then."""
    steps = {item.step: item for item in draft.claims or ()}
    due = steps[step].due
    if due.after in steps:
        return last_instant(due.deadline, _claim_ends(draft, due.after, period_end))
    return last_instant(due.deadline, period_end, closes_day=due.after == "period_end")


def _holidays(draft: Draft, effective: datetime.date, ends: datetime.date | None) -> None:
    for named in draft.scope.top.get("calendars", CALENDARS) or ():
        calendar = draft.scope.calendars.get(named.name)
        if calendar is None or named.value is None or named.value.get("holidays", HOLIDAYS) in (None, "none"):
            continue
        known = {day.year for day, name in calendar.holidays if name != "closed"}
        last = max(known, default=effective.year) if ends is None else ends.year
        unknown = [str(year) for year in range(effective.year, last + 1) if year not in known]
        if ends is None and isinstance(named.value.get("holidays", HOLIDAYS), tuple):
            unknown.append(f"the years after {last}")
        if unknown:
            what = f"`{named.name}` knows no holiday of {', '.join(unknown)}, while the terms are in force"
            hint = "add those dates; a day that no holidays are known for is never judged"
            named.value.reading.warning("holiday-horizon", named.value.at("holidays"), what, hint=hint)
