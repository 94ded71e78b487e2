"""Each fault that an engine is likely to have turns the comparison red within a few hundred random agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from malus.model.agreement import Terms
from malus.model.clauses import AtShare, Clause
from malus.model.conditions import MissedPeriods, OccurrencesInWindow, OnePeriod, Promise
from malus.model.credits import JUDGED, BandCredit, BlockCredit, LostTimeCredit
from malus.model.event_deliveries import Extension
from malus.model.indicators import (
    Availability,
    By,
    Combined,
    CountedIn,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Occurrences,
    Ratio,
    Sample,
    Share,
)
from malus.model.quantities import Edge

from tests.properties.choices import Seeded
from tests.properties.focuses import FOCUSES, Focus
from tests.properties.responses import write_case
from tests.properties.telling import HOUR
from tests.reference import (
    answer,
    bases,
    caps,
    combined,
    consequences,
    credits,
    deliveries,
    earn_backs,
    edges,
    exclusions,
    excursions,
    finality,
    incidents,
    later_life,
    levels,
    moved,
    standing,
    turns,
    uptime,
    verdicts,
    windows,
    world,
)
from tests.reference.answer import differences, reference_assessment

WITHIN = 400
Plant = Callable[[pytest.MonkeyPatch], Callable[[Terms], Terms] | None]


def _edges_taken_as_strict(patch: pytest.MonkeyPatch) -> None:
    def strict(world: Any, edge: str, value: Fraction, level: Fraction, grain: Fraction = Fraction(0)) -> bool:
        return level < value if edge in {"below", "at_most"} else level > value

    for module in (levels, verdicts, credits, windows):
        patch.setattr(module, "holds", strict)


def _overlaps_counted_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world, "united", lambda *lists: sorted(span for spans in lists for span in spans))
    patch.setattr(uptime, "total", lambda spans: sum(end - start for start, end in spans))


def _caps_left_out(patch: pytest.MonkeyPatch) -> None:
    def uncut(world: Any, dues: list[Any]) -> list[Any]:
        return [
            None if due.wanted is None else bases.in_minor_units(world.terms[due.verdict.cut.place], due.wanted)
            for due in dues
        ]

    patch.setattr(answer, "after_caps", uncut)


def _a_shared_cut_given_to_the_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(caps, "pro_rata", lambda _, wants, room: caps._in_order(wants, room))


def _deadlines_a_microsecond_late(patch: pytest.MonkeyPatch) -> None:
    exact = verdicts.last_moment
    for module in (levels, verdicts, consequences, windows):
        patch.setattr(module, "last_moment", lambda *args, **named: exact(*args, **named) + 1)


def _levels_a_microsecond_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(uptime, "ratio", lambda part, whole: Fraction(part - 1) / Fraction(whole))


def _incidents_a_microsecond_long(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(incidents, "total", lambda spans: sum(end - start for start, end in spans) + 1)


def _exclusions_ignored(patch: pytest.MonkeyPatch) -> None:
    for module in (exclusions, levels, uptime, deliveries):
        patch.setattr(module, "excused", lambda *_, **__: [])


def _notice_of_exclusions_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(exclusions, "_announced", lambda *_: True)


def _amounts_rounded_down(patch: pytest.MonkeyPatch) -> None:
    exact = edges.rounded
    patch.setattr(bases, "rounded", lambda value, places, _: exact(value, places, "down"))


def _day_zero_counted(patch: pytest.MonkeyPatch) -> None:
    exact = verdicts.last_moment
    for module in (levels, verdicts, consequences, windows):
        patch.setattr(module, "last_moment", lambda deadline, start, **_: exact(deadline, start))


def _opened_balances_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(caps, "_openings", lambda *_: [])


def _never_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(credits, "missed_just_before", lambda *_: False)


def _windows_of_a_period_open(patch: pytest.MonkeyPatch) -> None:
    exact = windows._in_days

    def wide(world: Any, place: int, condition: Any, at: int, moment: int) -> bool:
        if isinstance(condition.span, OnePeriod):
            return at <= moment
        return exact(world, place, condition, at, moment)

    patch.setattr(windows, "_in_days", wide)


def _in_terms(change: Callable[[Clause], Clause]) -> Plant:
    def plant(_: pytest.MonkeyPatch) -> Callable[[Terms], Terms]:
        return lambda terms: replace(terms, clauses=tuple(change(clause) for clause in terms.clauses))

    return plant


def _in_indicators(change: Callable[[Any], Any]) -> Plant:
    def plant(_: pytest.MonkeyPatch) -> Callable[[Terms], Terms]:
        return lambda terms: replace(terms, indicators=tuple(change(one) for one in terms.indicators))

    return plant


def _one_period_more(clause: Clause) -> Clause:
    condition = clause.condition
    if not isinstance(condition, MissedPeriods):
        return clause
    return replace(clause, condition=replace(condition, window=condition.window + 1))


def _edge_of_days_turned(clause: Clause) -> Clause:
    condition = clause.condition
    if not isinstance(condition, OccurrencesInWindow):
        return clause
    turned = "outside" if condition.at_the_edge == "inside" else "inside"
    return replace(clause, condition=replace(condition, at_the_edge=turned))


def _started_blocks_dropped(clause: Clause) -> Clause:
    if not isinstance(clause.credit, BlockCredit):
        return clause
    return replace(clause, credit=replace(clause.credit, part="ignored"))


def _slopes_dropped(clause: Clause) -> Clause:
    if not isinstance(clause.credit, BandCredit):
        return clause
    bands = tuple(replace(row, slope=None) for row in clause.credit.bands)
    return replace(clause, credit=replace(clause.credit, bands=bands))


def _parts_of_slopes_counted(clause: Clause) -> Clause:
    if not isinstance(clause.credit, BandCredit):
        return clause
    bands = tuple(
        row if row.slope is None else replace(row, slope=replace(row.slope, part="counts"))
        for row in clause.credit.bands
    )
    return replace(clause, credit=replace(clause.credit, bands=bands))


def _every_base_judged(clause: Clause) -> Clause:
    base = getattr(clause.credit, "base", None)
    if clause.credit is None or base is None:
        return clause
    return replace(clause, credit=replace(clause.credit, base=replace(base, period=JUDGED)))  # type: ignore[arg-type, call-arg]


def _free_time_paid(clause: Clause) -> Clause:
    if not isinstance(clause.credit, LostTimeCredit):
        return clause
    return replace(clause, credit=replace(clause.credit, after=0))


def _warned_too_late(clause: Clause) -> Clause:
    steps = tuple(
        replace(step, timing=AtShare(share=Fraction(1))) if isinstance(step.timing, AtShare) else step
        for step in clause.escalation
    )
    return replace(clause, escalation=steps)


def _by_the_start(indicator: Any) -> Any:
    return replace(indicator, by=By.AT_START) if isinstance(indicator, Elapsed) else indicator


def _placed_by_the_start(indicator: Any) -> Any:
    if isinstance(indicator, Elapsed | Ratio | Share):
        return replace(indicator, counted_in=CountedIn.PERIOD_OF_START)
    return indicator


def _short_outages_kept(indicator: Any) -> Any:
    return replace(indicator, ignore_up_to=0) if isinstance(indicator, Availability) else indicator


def _gaps_counted(indicator: Any) -> Any:
    if isinstance(indicator, Elapsed) and indicator.reopened is not None:
        return replace(indicator, reopened="gap_counts")
    return indicator


def _agreed_hours_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(uptime, "agreed_time", lambda _world, _indicator, cut: [cut.span])


def _mean_of_the_sums(patch: pytest.MonkeyPatch) -> None:
    exact = levels._from_tallies
    patch.setattr(levels, "mean_of_intervals", lambda world, chain, one, cut: exact(world, chain, _summed(one), cut))


def _summed(indicator: Any) -> Any:
    return SimpleNamespace(counted_in=CountedIn.PERIOD_OF_START, where=indicator.where)


def _whole_minutes_forgotten(indicator: Any) -> Any:
    return replace(indicator, whole_minutes=None) if isinstance(indicator, Availability) else indicator


def _weights_forgotten(indicator: Any) -> Any:
    return replace(indicator, weights=None) if isinstance(indicator, Availability) else indicator


def _extensions_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deliveries, "_extended", lambda _world, one, _cut: one.first("due"))


def _days_counted_in_hours(indicator: Any) -> Any:
    return replace(indicator, days=None) if isinstance(indicator, DeliveryTime) else indicator


def _rows_by_the_promise(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(credits, "picked_by", lambda _world, verdict, _credit: (verdict.level, verdict.found.grain))


def _paid_as_the_first_class(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(credits, "for_subject", lambda entries, *_: entries[0][1])


def _every_one_a_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(credits, "turn_of", lambda *_: turns.FIRST)


def _in_order_of_names(patch: pytest.MonkeyPatch) -> None:
    by_name = turns.one_by_one

    def alike(*args: Any, **named: Any) -> list[Any]:
        return [replace(one, start=0) for one in by_name(*args, **named)]

    patch.setattr(turns, "one_by_one", alike)


def _never_moved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdicts, "moved", lambda _world, _terms, _moves, limit, *_: limit)


def _moved_with_its_period(patch: pytest.MonkeyPatch) -> None:
    exact = verdicts.promised_of_single

    def by_period(world: Any, clause: Clause, cut: Any, one: Any) -> Any:
        return exact(world, clause, cut, replace(one, start=cut.start))

    for module in (verdicts, consequences, windows):
        patch.setattr(module, "promised_of_single", by_period)


def _first_limit_for_all(clause: Clause) -> Clause:
    promise = clause.condition
    if not isinstance(promise, Promise) or promise.moves is None or len(promise.limits) == 1:
        return clause
    alike = tuple(replace(one, limit=promise.limits[0].limit) for one in promise.limits)
    return replace(clause, condition=replace(promise, limits=alike))


def _moved_a_day_late(patch: pytest.MonkeyPatch) -> None:
    exact = moved.day_of
    patch.setattr(moved, "day_of", lambda instant, zone: exact(instant - 24 * HOUR, zone))


def _blocks_of_the_first_class(clause: Clause) -> Clause:
    credit = clause.credit
    if not isinstance(credit, BlockCredit) or not credit.differs.blocks:
        return clause
    _, block = credit.differs.blocks[0]
    alike = replace(credit.differs, blocks=tuple((word, block) for word, _ in credit.differs.blocks))
    return replace(clause, credit=replace(credit, differs=alike))


def _floors_of_returns_ignored(clause: Clause) -> Clause:
    return clause if clause.returned is None else replace(clause, returned=replace(clause.returned, floor=None))


def _agreements_cut_by_caps(patch: pytest.MonkeyPatch) -> None:
    exact = later_life.agree

    def cut(world: Any, dues: list[Any]) -> None:
        exact(world, dues)
        for due in dues:
            due.agreed = False

    patch.setattr(answer, "agree", cut)


def _rates_of_the_last_day(_: pytest.MonkeyPatch) -> Callable[[Terms], Terms]:
    def late(terms: Terms) -> Terms:
        return terms if terms.exchange is None else replace(terms, exchange=replace(terms.exchange, at="period_end"))

    return late


def _foreign_money_taken_as_it_is(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bases, "in_own_currency", lambda _world, _terms, charged, _span: charged.amount)


def _disputes_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(later_life, "_disputed", lambda *_: False)


def _returns_a_period_early(clause: Clause) -> Clause:
    if clause.returned is None:
        return clause
    return replace(clause, returned=replace(clause.returned, periods=max(1, clause.returned.periods - 1)))


def _graces_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finality, "_after_grace", lambda _terms, _period_end, end, **_: end)


def _final_whatever_shares_a_cap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finality, "_with_caps", lambda *_: None)


def _final_whatever_it_stands_against(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finality, "_with_options", lambda _world, _dues, alone: list(alone))


def _returns_final_with_their_credits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(earn_backs, "_decided", lambda *_: True)


FAULTS: dict[str, Plant] = {
    "a credit is final before its grace is over": _graces_forgotten,
    "a credit is final whatever shares a cap with it": _final_whatever_shares_a_cap,
    "a credit is final whatever it stands against": _final_whatever_it_stands_against,
    "the limit itself is taken as a miss": _edges_taken_as_strict,
    "an overlap is counted twice": _overlaps_counted_twice,
    "caps are left out": _caps_left_out,
    "a shared cut is taken in order": _a_shared_cut_given_to_the_first,
    "a deadline ends one microsecond late": _deadlines_a_microsecond_late,
    "time down is one microsecond off": _levels_a_microsecond_off,
    "an incident takes one microsecond longer": _incidents_a_microsecond_long,
    "exclusions are ignored": _exclusions_ignored,
    "late announcements are accepted": _notice_of_exclusions_ignored,
    "amounts are rounded down": _amounts_rounded_down,
    "the day that a period closes is not day zero": _day_zero_counted,
    "balances brought in are forgotten": _opened_balances_forgotten,
    "a window has one period more": _in_terms(_one_period_more),
    "the edge of a window of days is turned": _in_terms(_edge_of_days_turned),
    "time outside of the agreed hours counts": _agreed_hours_forgotten,
    "the mean of intervals is the ratio of sums": _mean_of_the_sums,
    "minutes begun are not whole": _in_indicators(_whole_minutes_forgotten),
    "outages do not weigh": _in_indicators(_weights_forgotten),
    "granted time is forgotten": _extensions_forgotten,
    "days late are hours late": _in_indicators(_days_counted_in_hours),
    "started blocks are dropped": _in_terms(_started_blocks_dropped),
    "slopes are left out": _in_terms(_slopes_dropped),
    "a begun unit of a slope counts": _in_terms(_parts_of_slopes_counted),
    "every rate is of the judged period": _in_terms(_every_base_judged),
    "free time is paid for": _in_terms(_free_time_paid),
    "a miss is never one again": _never_again,
    "a window of one period never ends": _windows_of_a_period_open,
    "a warning comes with the breach": _in_terms(_warned_too_late),
    "the first priority judges": _in_indicators(_by_the_start),
    "what ends with a period is placed by its start": _in_indicators(_placed_by_the_start),
    "short outages are not ignored": _in_indicators(_short_outages_kept),
    "the time between resolution and reopening counts": _in_indicators(_gaps_counted),
}


def _nothing_taken_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standing.Standing, "_taken_back", lambda _self, _one: False)


def _corrections_beside_what_they_correct(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standing.Standing, "_naming_event", lambda _self, _one: [])


def _season_of_the_period(patch: pytest.MonkeyPatch) -> None:
    exact = verdicts.limit_of_single

    def by_period(world: Any, limits: Any, one: Any, terms: Terms, whose: str) -> Any:
        started = next((cut.start for chain in world.indicators for cut in world.periods(chain)), one.start)
        return exact(world, limits, replace(one, start=started), terms, whose)

    patch.setattr(verdicts, "limit_of_single", by_period)


def _nothing_split(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world.World, "splits", lambda _self, _span: [])


def _parts_at_the_first_price(patch: pytest.MonkeyPatch) -> None:
    exact = bases._price
    patch.setattr(bases, "_price", lambda _, judging, item, whose: exact(judging, judging, item, whose))


def _limits_of_readings_inside(patch: pytest.MonkeyPatch) -> None:
    def strict(world: Any, edge: str, value: Fraction, level: Fraction, grain: Fraction = Fraction(0)) -> bool:
        return level < value if edge in {"below", "at_most"} else level > value

    patch.setattr(excursions, "holds", strict)


def _small_samples_judged(indicator: Any) -> Any:
    return replace(indicator, few=None) if isinstance(indicator, Sample) else indicator


def _short_deliveries_good(indicator: Any) -> Any:
    return replace(indicator, in_full="not_judged") if isinstance(indicator, DeliveryShare) else indicator


def _late_reports_forgiven(indicator: Any) -> Any:
    return replace(indicator, reporting=None) if getattr(indicator, "reporting", None) else indicator


def _bad_as_soon_as_begun(patch: pytest.MonkeyPatch) -> None:
    exact = levels.bad_ones
    patch.setattr(
        levels, "bad_ones", lambda *args: [replace(one, known=min(one.known, one.start)) for one in exact(*args)]
    )


def _doubt_left_out(patch: pytest.MonkeyPatch) -> None:
    exact = levels.bad_ones
    patch.setattr(levels, "bad_ones", lambda *args: [one for one in exact(*args) if not one.doubt])


def _bad_at_their_limit(indicator: Any) -> Any:
    if not isinstance(indicator, Occurrences) or indicator.judged_by is None or indicator.each is None:
        return indicator
    return replace(indicator, each=replace(indicator.each, edge=Edge.AT_LEAST))


def _granted(change: Callable[[list[Any], int], list[Any]]) -> Plant:
    """What was granted for each delivery, otherwise than it was, by when it was due."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        exact = deliveries._extended

        def changed(world: Any, one: Any, cut: Any) -> int | None:
            told_of = [item for item in world.of_kind(Extension) if item.delivery_id == one.name]
            kept = change(told_of, one.first("due") or 0)
            facts = SimpleNamespace(of_kind=lambda _: kept, terms=world.terms, edge=world.edge, as_of=world.as_of)
            return exact(facts, one, cut)  # type: ignore[arg-type]

        patch.setattr(deliveries, "_extended", changed)

    return plant


def _in_hours(granted: list[Any], _: int) -> list[Any]:
    return [replace(one, days=0, microseconds=one.microseconds + one.days * 24 * HOUR) for one in granted]


def _one_subject_alone(patch: pytest.MonkeyPatch) -> None:
    exact = combined.of_kind
    patch.setattr(combined, "of_kind", lambda terms, kind: exact(terms, kind)[:1])


def _subjects_always_listed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world.World, "measures", lambda *_: True)


def _subjects_without_a_level_left_out(indicator: Any) -> Any:
    if not isinstance(indicator, Combined) or indicator.over != "subjects":
        return indicator
    return replace(indicator, missing="left_out")


def _the_second_over_the_first(indicator: Any) -> Any:
    if not isinstance(indicator, Combined) or indicator.takes != "first_over_second":
        return indicator
    return replace(indicator, indicators=tuple(reversed(indicator.indicators)))


def _nothing_too_much(indicator: Any) -> Any:
    if not isinstance(indicator, Combined) or indicator.takes != "first_over_second":
        return indicator
    return replace(indicator, most=Fraction(10**9))


#: Of what few agreements have, each with the focus whose agreements tell.
FOCUSED_FAULTS: dict[str, tuple[str, Plant]] = {
    "a target never moves": ("moves", _never_moved),
    "a target moves a day late": ("moves", _moved_a_day_late),
    "a target for single ones never moves": ("moves of each", _never_moved),
    "a single one goes by the day on which its period starts": ("moves of each", _moved_with_its_period),
    "what moves is the first limit, for all alike": ("moves of each", _in_terms(_first_limit_for_all)),
    "a reading on a limit is always inside": ("excursions", _limits_of_readings_inside),
    "only the last of several extensions counts": ("extended", _granted(lambda granted, _: granted[-1:])),
    "a day granted is one of 24 hours": ("extended", _granted(_in_hours)),
    "what is granted once it was due does not count": (
        "extended",
        _granted(lambda granted, due: [one for one in granted if one.at <= due]),
    ),
    "a delivery is late from when it is due": ("counted", _bad_as_soon_as_begun),
    "one told against itself is not counted": ("counted", _doubt_left_out),
    "one exactly at a limit is bad": ("counted", _in_indicators(_bad_at_their_limit)),
    "a small sample is judged as a whole one": ("samples", _in_indicators(_small_samples_judged)),
    "a short delivery is good whole": ("delivered shares", _in_indicators(_short_deliveries_good)),
    "an outage reported late counts whole": ("reporting", _in_indicators(_late_reports_forgiven)),
    "each failure is the first of its period": ("turns", _every_one_a_first),
    "all others began before": ("turns", _in_order_of_names),
    "the promised level picks every row": ("rows", _rows_by_the_promise),
    "every class is paid what the first is": ("rows", _paid_as_the_first_class),
    "every class has blocks as long as the first": ("rows", _in_terms(_blocks_of_the_first_class)),
    "what is taken back stays so when that is taken back": ("corrections", _nothing_taken_back),
    "a correction counts beside what it corrects": ("corrections", _corrections_beside_what_they_correct),
    "an incident goes by the season in which the agreement began": ("seasons", _season_of_the_period),
    "an amendment splits nothing": ("splits", _nothing_split),
    "every part has the price of the terms that judge": ("splits", _parts_at_the_first_price),
    "a credit is returned however bad the level was": ("earned back", _in_terms(_floors_of_returns_ignored)),
    "what was agreed is cut by caps": ("later life", _agreements_cut_by_caps),
    "a charge takes the rate of its last day": ("exchange", _rates_of_the_last_day),
    "foreign money is taken as it is": ("exchange", _foreign_money_taken_as_it_is),
    "a dispute holds nothing": ("later life", _disputes_forgotten),
    "the level of all is that of one subject": ("of subjects", _one_subject_alone),
    "a subject was listed from the beginning": ("of subjects", _subjects_always_listed),
    "a subject without a level counts for nothing": (
        "of subjects",
        _in_indicators(_subjects_without_a_level_left_out),
    ),
    "the second is taken over the first": ("over another", _in_indicators(_the_second_over_the_first)),
    "a level above what is accepted is taken": ("over another", _in_indicators(_nothing_too_much)),
    "a return is final with its credit": ("earned back", _returns_final_with_their_credits),
    "a credit is returned a period early": ("earned back", _in_terms(_returns_a_period_early)),
}


@pytest.mark.parametrize("fault", FOCUSED_FAULTS)
def test_planted_fault_of_a_focus_turns_the_comparison_red(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named, plant = FOCUSED_FAULTS[fault]
    (focus,) = (one for one in FOCUSES if one.name == named)
    assert _first_told(plant, monkeypatch, focus) is not None


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_turns_the_comparison_red(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _first_told(FAULTS[fault], monkeypatch) is not None


def _first_told(plant: Plant, monkeypatch: pytest.MonkeyPatch, focus: Focus | None = None) -> int | None:
    """The first random agreement that tells a fault; None if none of them does."""
    for seed in range(WITHIN):
        case = write_case(Seeded(seed), focus=focus)
        right = reference_assessment(case.terms, case.events, case.as_of, case.known_at)
        with monkeypatch.context() as patch:
            change = plant(patch)
            terms = case.terms if change is None else [change(one) for one in case.terms]
            wrong = reference_assessment(terms, case.events, case.as_of, case.known_at)
        if differences(right, wrong):
            return seed
    return None


def test_comparison_is_green_where_no_fault_is_planted() -> None:
    for seed in range(20):
        case = write_case(Seeded(seed))
        right = reference_assessment(case.terms, case.events, case.as_of, case.known_at)
        again = reference_assessment(case.terms, tuple(reversed(case.events)), case.as_of, case.known_at)
        assert differences(right, again) == []
