"""Owns the comparison of an assessment with what a scenario expects of it: every difference, each with both sides.

Does not own: the comparison of a clause (scenarios_clauses), how a difference is shown (scenarios_text), any judging.
What an expectation does not state is not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, assert_never

from malus.model.agreement import Terms
from malus.model.assessment import (
    Assessment,
    Bonus,
    BonusState,
    CreditState,
    EarnBack,
    Escalation,
    ObligationDue,
    Right,
)
from malus.model.faults import Diagnostic
from malus.model.instants import parse_instant
from malus.model.money import money_text, zero
from malus.model.periods import Period
from malus.operations.scenarios_clauses import compare_clause, credits_expected
from malus.operations.scenarios_differences import Difference, Differences
from malus.operations.scenarios_parting import parting
from malus.rulefiles.scenarios import Scenario
from malus.rulefiles.scenarios_expect_forms import NONE
from malus.rulefiles.scenarios_expected import (
    ExpectedBonus,
    ExpectedClause,
    ExpectedDuty,
    ExpectedEarnBack,
    ExpectedFault,
    ExpectedObligation,
    ExpectedRefusal,
    ExpectedRight,
    ExpectedStep,
    ExpectedTotal,
)

_T = TypeVar("_T")


def compared(scenario: Scenario, assessment: Assessment, terms: Sequence[Terms]) -> tuple[Difference, ...]:
    """Every difference, in the order of the file; then, with `nothing_else`, whatever was not expected.

    A line that states a credit or its state covers that credit; nothing else then means: no other credit that is not
    zero, no other right, obligation or escalation step, and no event that judges nothing beside those named.
    """
    table = _Comparison(
        scenario=scenario,
        assessment=assessment,
        terms=terms,
        differences=Differences(zone=assessment.timezone),
    )
    for item in scenario.expected:
        match item:
            case ExpectedClause():
                compare_clause(item, assessment, terms, table.differences)
                table.covered |= {id(credit) for credit in credits_expected(item, assessment)}
            case ExpectedRight():
                table.right(item)
            case ExpectedBonus() | ExpectedEarnBack():
                table.beside_credits(item)
            case ExpectedObligation():
                table.obligation(item)
            case ExpectedStep():
                table.step(item)
            case ExpectedDuty():
                table.duty(item)
            case ExpectedRefusal():
                table.refusal(item)
            case ExpectedTotal():
                table.total(item)
            case ExpectedFault():
                pass  # of the rule files, not of the answer
            case _:
                assert_never(item)
    if scenario.nothing_else:
        table.rest()
    return tuple(table.differences.found)


def faults_compared(scenario: Scenario, diagnostics: Sequence[Diagnostic]) -> tuple[Difference, ...]:
    """A difference for every fault that the rule files were expected to have and have not."""
    codes = sorted({item.code for item in diagnostics})
    return tuple(
        Difference(line=item.line, what="rule files", expected=item.code, got=", ".join(codes) or "nothing found")
        for item in scenario.expected
        if isinstance(item, ExpectedFault) and item.code not in codes
    )


@dataclass(slots=True, kw_only=True)
class _Comparison:
    """The differences so far, and what the expectations have covered."""

    scenario: Scenario
    assessment: Assessment
    terms: Sequence[Terms]
    differences: Differences
    covered: set[int] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def right(self, item: ExpectedRight) -> None:
        rights = [
            entry
            for entry in self.assessment.rights
            if entry.key.clause == item.clause and item.subject in (None, entry.key.subject)
        ]
        if len(rights) > 1 and item.arisen is not None:
            rights = [entry for entry in rights if entry.arisen_at == item.arisen] or rights
        what = " ".join(filter(None, ("right", item.clause, item.subject)))
        by = "subject" if len({entry.key.subject for entry in rights}) > 1 else "arisen"
        entry = self._the_one(item.line, what, item.state, rights, lambda entry: entry.state.value, by)
        if entry is None:
            return
        told = self.differences
        told.moment(item.line, f"{what} arisen", item.arisen, entry.arisen_at)
        told.moment(item.line, f"{what} ends_service", item.ends_service, entry.ends_service_at)
        told.last_moment(item.line, f"{what} cure_until", item.cure_until, entry.cure_until)
        told.last_moment(item.line, f"{what} exercise_until", item.exercise_until, entry.exercise_until)
        if item.finality is not None and item.finality is not entry.finality:
            self.differences.add(item.line, f"{what} finality", item.finality.value, entry.finality.value)

    def beside_credits(self, item: ExpectedBonus | ExpectedEarnBack) -> None:
        if isinstance(item, ExpectedBonus):
            self._bonus(item)
        else:
            self._earn_back(item)

    def _earn_back(self, item: ExpectedEarnBack) -> None:
        returned = [
            entry
            for entry in self.assessment.earn_backs
            if entry.key.clause == item.clause
            and item.subject in (None, entry.key.subject)
            and (item.period is None or entry.period.label == item.period.label)
        ]
        what = f"earn_back {item.clause}"
        entry = self._the_one(item.line, what, item.state, returned, lambda entry: entry.state.value, "period")
        if entry is None:
            return
        if item.amount is not None:
            self.differences.money(item.line, what, item.amount, entry.amount or zero(self.assessment.currency), "")
        if item.finality is not None and item.finality is not entry.finality:
            self.differences.add(item.line, f"{what} finality", item.finality.value, entry.finality.value)

    def _bonus(self, item: ExpectedBonus) -> None:
        earned = [
            entry
            for entry in self.assessment.bonuses
            if entry.key.clause == item.clause
            and item.subject in (None, entry.key.subject, entry.key.occasion)
            and (item.period is None or entry.period.label == item.period.label)
        ]
        what = f"bonus {item.clause}"
        entry = self._the_one(item.line, what, item.state, earned, lambda entry: entry.state.value, "period")
        if entry is None:
            return
        nothing = zero(self.assessment.currency)
        if item.amount is not None:
            self.differences.money(item.line, what, item.amount, entry.amount or nothing, "")
        if item.before_cap is not None:
            self.differences.money(item.line, f"{what} before_cap", item.before_cap, entry.before_cap or nothing, "")
        for name, wanted, got in (
            ("settled", item.settled, entry.settled),
            ("pending_on", item.pending_on, entry.pending_on),
            ("finality", item.finality, entry.finality),
        ):
            if wanted not in (None, got):
                self.differences.add(item.line, f"{what} {name}", str(wanted), got)

    def obligation(self, item: ExpectedObligation) -> None:
        owed = [
            entry
            for entry in self.assessment.obligations
            if entry.key.clause == item.clause
            and item.subject in (None, entry.key.subject, entry.key.occasion)
            and _occurs_in(item.period, entry.key.occasion)
        ]
        if len(owed) > 1 and item.due is not None:
            owed = [entry for entry in owed if entry.due_until == item.due] or owed
        what = f"obligation {item.clause}"
        entry = self._the_one(item.line, what, item.state, owed, lambda entry: entry.state.value, "due")
        if entry is not None:
            self.differences.last_moment(item.line, f"{what} due", item.due, entry.due_until)

    def step(self, item: ExpectedStep) -> None:
        steps = [
            entry
            for entry in self.assessment.escalations
            if (entry.key.clause, entry.step) == (item.clause, item.step)
            and item.subject in (None, entry.key.subject, entry.key.occasion)
            and _occurs_in(item.period, entry.key.occasion)
        ]
        what = f"escalation {item.clause} step {item.step}" + (f" {item.subject}" if item.subject else "")
        entry = self._the_one(item.line, what, item.state, steps, lambda entry: entry.state.value, "subject")
        if entry is None:
            return
        self.differences.last_moment(item.line, f"{what} due", item.due, entry.due_at)
        if item.notify not in (None, entry.notify):
            self.differences.add(item.line, f"{what} notify", str(item.notify), entry.notify)
        if item.by is not None and item.by != tuple(sorted(entry.by)):
            self.differences.add(item.line, f"{what} by", ", ".join(item.by), ", ".join(entry.by))

    def duty(self, item: ExpectedDuty) -> None:
        missed = [
            entry
            for entry in self.assessment.missed_duties
            if entry.duty == item.duty and item.subject in (None, entry.subject)
        ]
        what = " ".join(filter(None, (f"duty {item.duty}", item.subject)))
        entry = self._the_one(item.line, what, item.state, missed, lambda _: "missed", "subject")
        if entry is not None:
            self.differences.last_moment(item.line, f"{what} due", item.due, entry.due_until)

    def refusal(self, item: ExpectedRefusal) -> None:
        lines = self.scenario.line_called(item.event)
        places = {line.evidence for line in lines}
        self.refused |= places
        reasons = {located.fault.reason for line in lines for located in line.faults}
        reasons |= {remark.reason for remark in self.assessment.remarks if remark.evidence in places}
        if item.reason not in reasons:
            got = ", ".join(sorted(reasons)) or "it was taken"
            self.differences.add(item.line, f"event {item.event}", f"refused: {item.reason}", got)

    def total(self, item: ExpectedTotal) -> None:
        counted = [
            entry.amount
            for entry in self.assessment.credits
            if entry.amount is not None
            and entry.state is not CreditState.ACCRUING
            and (item.period is None or entry.period.label == item.period.label)
            and item.subject in (None, entry.key.subject, entry.key.occasion)
        ]
        counted += [
            entry.amount
            for entry in self.assessment.earn_backs
            if entry.amount is not None and (item.period is None or entry.period.label == item.period.label)
        ]
        if item.netted:
            counted += [
                entry.amount
                for entry in self.assessment.bonuses
                if entry.amount is not None
                and entry.settled == "netted"
                and entry.state is not BonusState.ACCRUING
                and (item.period is None or entry.period.label == item.period.label)
                and item.subject in (None, entry.key.subject, entry.key.occasion)
            ]
        got = sum(counted, zero(self.assessment.currency))
        what = " ".join(
            filter(None, ("net" if item.netted else "total", item.period.label if item.period else None, item.subject))
        )
        self.differences.money(item.line, what, item.total, got, "")

    def rest(self) -> None:
        line = self.scenario.line
        for credit in self.assessment.credits:
            if id(credit) not in self.covered and (credit.amount is None or credit.amount.amount):
                waits = f"{credit.state.value}: {credit.pending_on}"
                got = waits if credit.amount is None else money_text(credit.amount)
                what = " ".join(filter(None, (credit.key.clause, credit.period.label, credit.key.subject)))
                why = parting((), [credit], None, self.terms, self.assessment.timezone)
                self.differences.add(line, what, "nothing else", got, why)
        others: Sequence[Bonus | EarnBack | Right | ObligationDue | Escalation] = (
            *self.assessment.bonuses,
            *self.assessment.earn_backs,
            *self.assessment.rights,
            *self.assessment.obligations,
            *self.assessment.escalations,
        )
        for other in others:
            if id(other) not in self.covered:
                period = other.period.label if isinstance(other, Bonus | EarnBack) else None
                what = " ".join(filter(None, (other.key.slot, other.key.clause, period, other.key.subject)))
                self.differences.add(line, what, "nothing else", other.state.value)
        for remark in self.assessment.remarks:
            # A scenario that corrects an event means it not to count.
            if remark.evidence not in self.refused and remark.reason not in ("corrected", "retracted"):
                what = f"event {remark.event}"
                self.differences.add(line, what, "it judges something", f"{remark.reason}: {remark.message}")

    def _the_one(
        self, line: int, what: str, state: str, found: Sequence[_T], state_of: Callable[[_T], str], by: str
    ) -> _T | None:
        """The only one that fits, its state compared; None where there is none, or none was expected, or several."""
        self.covered |= {id(entry) for entry in found}
        got = ", ".join(sorted({state_of(entry) for entry in found})) or NONE
        if state == NONE or not found:
            if state != got:
                self.differences.add(line, what, state, got)
            return None
        if len(found) > 1:
            self.differences.add(line, what, f"one: say which by `{by}`", f"{len(found)}: {got}")
            return None
        if got != state:
            self.differences.add(line, what, state, got)
        return found[0]


def _occurs_in(period: Period | None, occasion: str) -> bool:
    """Whether an occasion, the first instant of a period in UTC or the name of a subject, lies in a period."""
    if period is None:
        return True
    try:
        return period.start <= parse_instant(occasion, None) < period.end
    except ValueError:
        return False
